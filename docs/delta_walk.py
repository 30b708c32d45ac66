"""The picture of docs/occlusion.md: what one hidden window reaches in each layer of a network."""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "kernel")]

from benchmarks.networks import three_block  # noqa: E402

from heatbrush_core.explainer import Explainer  # noqa: E402
from heatbrush_core.matrix.perturbations import Boxes  # noqa: E402
from heatbrush_core.walks.delta.footprint import Footprint, Spans  # noqa: E402

PICTURE = ROOT / "docs" / "images" / "delta-walk.png"
SHAPE = (32, 48, 1)
WINDOW = Boxes.of(slice(12, 20), slice(12, 20), 1)
NAMES = {"kernel": "convolution\n3 × 3", "pool": "max pooling\n2 × 2"}
GREY, BLUE, PALE = "#d9dde2", "#0b62a4", "#9cc3e3"
HEIGHT, GAP = 32.0, 8.0


class Layer:
    """One layer, drawn as high as all others however many cells it has."""

    def __init__(self, ax: Axes, left: float, sizes: tuple[int, int], title: str) -> None:
        self.ax, self.left, self.cell = ax, left, HEIGHT / sizes[0]
        self.right = left + sizes[1] * self.cell
        self.rectangle(0, sizes[0], 0, sizes[1], GREY)
        middle = (left + self.right) / 2
        ax.text(middle, HEIGHT + 1.5, title, ha="center", va="bottom", fontsize=9)
        text = f"{sizes[0]} × {sizes[1]}"
        ax.text(middle, -1.5, text, ha="center", va="top", fontsize=9, color="#555")

    def rectangle(self, top: int, rows: int, left: int, columns: int, colour: str) -> None:
        """Paint some cells."""
        corner = (self.left + left * self.cell, HEIGHT - (top + rows) * self.cell)
        size = (columns * self.cell, rows * self.cell)
        self.ax.add_patch(Rectangle(corner, *size, color=colour, lw=0))


def cells(spans: Spans) -> list[int]:
    """Take the top, height, left and width of what one window reaches."""
    return [int(n) for span in spans for n in (span.starts[0], span.size)]


def main() -> None:
    """Draw every layer that changes the size of what is reached."""
    locality = Explainer(three_block(SHAPE))._network.locality()
    footprint = Footprint(locality, WINDOW)
    figure, ax = plt.subplots(figsize=(12, 2.5), layout="constrained")
    layer = Layer(ax, 0, locality.shapes[locality.graph.input].sizes, "hidden\nwindow")
    for step in [step for step in locality.steps if step.how in NAMES]:
        (given,) = step.node.inputs
        read = footprint.read(step, given)
        wanted = [n for line in read for n in (line.min(), line.max() - line.min() + 1)]
        layer.rectangle(*wanted, PALE)
        layer.rectangle(*cells(footprint.spans[given]), BLUE)
        made = step.outputs[0]
        layer = Layer(ax, layer.right + GAP, locality.shapes[made].sizes, NAMES[step.how])
        last = made
    layer.rectangle(*cells(footprint.spans[last]), BLUE)
    end = "mean, scores:\ndifferences only"
    ax.text(layer.right + GAP / 2, HEIGHT / 2, end, va="center", fontsize=9)
    for colour, text, at in ((BLUE, "computed again", 0), (PALE, "read as it was", 62)):
        ax.add_patch(Rectangle((at, -13), 4, 4, color=colour, lw=0))
        ax.text(at + 6, -11, text, va="center", fontsize=9)
    ax.set_xlim(-1, layer.right + 42)
    ax.set_ylim(-14, HEIGHT + 12)
    ax.set_aspect("equal")
    ax.axis("off")
    figure.savefig(PICTURE, dpi=150)


if __name__ == "__main__":
    main()
