"""How the delta walk scales with the size of matrix and patch, and with depth; draws a picture."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks import occlusion
from benchmarks.networks import plain, three_block
from benchmarks.occlusion import Case, spent

PICTURE = Path(__file__).parents[1] / "docs" / "images" / "occlusion-cost.png"
SHARE = 64  # windows that the naive way is timed on
ROUNDS = 3


class Point(NamedTuple):
    """One place on a curve: seconds of a map, ours and naive, and the bound of their ratio."""

    at: str
    ours: float
    naive: float
    bound: float


def sizes() -> Iterator[Point]:
    """Matrices of 16 x 64 to 256 x 1024, patch 8, stride 4."""
    for height in (16, 32, 64, 128, 256):
        shape = (height, 4 * height, 1)
        yield point(f"{height}\n×{4 * height}", lambda shape=shape: three_block(shape), 8)


def patches() -> Iterator[Point]:
    """Patches of 2 to 64 cells, half as many to a step, on 64 x 256."""
    for patch in (2, 4, 8, 16, 32, 64):
        yield point(f"{patch}", three_block, patch)


def depths() -> Iterator[Point]:
    """1 to 16 convolutions of 32 filters without any pooling, on 64 x 128, patch 8, stride 4."""
    for depth in (1, 2, 4, 8, 12, 16):
        yield point(f"{depth}", lambda depth=depth: plain(depth), 8)


def point(at: str, network: Callable[[], Any], patch: int) -> Point:
    """Time one map both ways, in turn."""
    import heatbrush_core as hb

    model = network()
    x = np.random.default_rng(0).normal(size=model.input_shape[1:]).astype("float32")
    stride = max(1, patch // 2)
    case = Case(at, network, (patch, patch), (stride, stride), None)
    edges = occlusion.windows(x.shape, case)
    some = edges[:: max(1, len(edges) // SHARE)]
    naive = occlusion.naive(model, x, some, min(32, len(some)))
    explainer, settings = hb.Explainer(model), {"patch": patch, "stride": stride}

    def ours() -> None:
        explainer.explain(x, "occlusion", target=0, **settings)

    ours(), naive()
    found = [(spent(ours).wall, spent(naive, len(edges) / len(some)).wall) for _ in range(ROUNDS)]
    mine, theirs = np.median(found, axis=0)
    bound = occlusion.bound(explainer, x, edges[:: max(1, len(edges) // 256)])
    name = "".join(at.split())
    print(
        f"{name:>10}{len(edges):7} windows{1000 * mine:9.1f} ms{theirs / mine:7.1f} times naive, "
        f"bound {bound:.1f}",
        flush=True,
    )
    return Point(at, float(mine), float(theirs), bound)


CURVES = {"matrix, rows × columns": sizes, "patch, cells": patches, "convolutions": depths}


def draw(curves: dict[str, list[Point]]) -> None:
    """Draw seconds above, ratios below."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(2, len(curves), figsize=(11, 6), sharey="row", layout="tight")
    for (above, below), (name, points) in zip(axes.T, curves.items(), strict=True):
        at = range(len(points))
        above.plot(at, [p.naive for p in points], "o--", color="#767676", label="whole matrices")
        above.plot(at, [p.ours for p in points], "o-", color="#0b62a4", label="delta walk")
        below.plot(at, [p.bound for p in points], "o--", color="#767676", label="bound")
        ratios = [p.naive / p.ours for p in points]
        below.plot(at, ratios, "o-", color="#0b62a4", label="measured")
        for each in (above, below):
            each.set_yscale("log")
            each.set_xticks(at, [p.at for p in points], fontsize=9)
            each.grid(alpha=0.3)
        below.set_xlabel(name)
    axes[0, 0].set_ylabel("seconds of a map")
    axes[1, 0].set_ylabel("times faster")
    axes[0, 0].legend(frameon=False)
    axes[1, 0].legend(frameon=False)
    figure.savefig(PICTURE, dpi=130)


def main() -> None:
    curves: dict[str, list[Point]] = {}
    for name, make in CURVES.items():
        print(name)
        curves[name] = list(make())
    if "--draw" in sys.argv:
        draw(curves)


if __name__ == "__main__":
    main()
