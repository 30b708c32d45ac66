"""How the charts look: colours, line styles, axes, and figures without a ground."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple, get_args

import bqplot
import ipywidgets
import numpy as np

from heatbrush_core import Axis
from heatbrush_core.maps import colours

COLOURS, GREY = colours.LINES, colours.GREY
"""As in figures; axes are named in grey, as bqplot's own colour is orange in dark themes."""
Dash = Literal["solid", "dashed", "dotted", "dash_dotted"]
STYLES: tuple[Dash, ...] = get_args(Dash)
HEIGHT, GUTTER = 220, 80
"""Of a figure, and of what stands left of the maps, in pixels."""
NARROW = 300
"""A figure that would be narrower than this, in pixels, takes a row of its own."""


class Look(NamedTuple):
    """How one method, or one class, is drawn."""

    colour: str
    style: Dash


def look(index: int) -> Look:
    """Return colour and line style of a panel by its place; no pair occurs twice in 32.

    Neighbours differ in both: curves that coincide are seen as two, also without seeing colours.
    """
    turn = index // len(COLOURS)
    return Look(COLOURS[index % len(COLOURS)], STYLES[(index + turn) % len(STYLES)])


def figure(
    axes: Sequence[bqplot.Axis], left: int = GUTTER, share: int = 1, **traits: Any
) -> bqplot.Figure:
    """Return a figure that takes its share of a row; `left` is the room of its value axis."""
    # a fully transparent ground: the page's own shows, light or dark
    return bqplot.Figure(
        axes=list(axes),
        background_style={"fill": "transparent"},
        fig_margin={"top": 8, "bottom": 40, "left": left, "right": 12},
        display_toolbar=False,
        layout={
            "height": f"{HEIGHT}px",
            "min_width": f"min({NARROW}px, 100%)",
            "flex": f"{share} 1 {NARROW}px",
        },
        **traits,
    )


def row(figures: Sequence[bqplot.Figure]) -> ipywidgets.HBox:
    """Return figures side by side, or beneath each other where there is little room."""
    layout = {"width": "100%", "flex_flow": "row wrap", "margin": "0", "overflow": "visible"}
    return ipywidgets.HBox(list(figures), layout=layout).add_class("hb-figures")


def put(figure: bqplot.Figure, marks: list[bqplot.Mark]) -> None:
    """Let a figure show these marks, unless it does: each change leaves nodes in the page."""
    if figure.marks != marks:
        figure.marks = marks


def line_axis(scale: bqplot.LinearScale, axis: Axis) -> bqplot.Axis:
    """Return the axis of the lines: a few of their names, at their places."""
    places = ticks(axis.labels)
    return bqplot.Axis(
        scale=scale,
        label=axis.name,
        label_color=GREY,
        label_offset="30px",
        tick_values=np.array(places, dtype=float),
        tick_labels={str(place): short(axis.labels[place]) for place in places},
        grid_lines="none",
    )


def number_axis(scale: bqplot.LinearScale, label: str, side: str = "bottom") -> bqplot.Axis:
    """Return an axis of a few round numbers; `rescale` gives it others."""
    return bqplot.Axis(
        scale=scale,
        side=side,
        label=label,
        label_color=GREY,
        label_offset="30px" if side == "bottom" else "46px",
        tick_values=np.array(marks(scale.min, scale.max)),
        tick_format="~g",
        grid_lines="none",
    )


def named_axis(
    scale: bqplot.LinearScale, label: str, names: dict[str, str], offset: str = "46px"
) -> bqplot.Axis:
    """Return an axis on the left with names at places, which are whole numbers as text."""
    return bqplot.Axis(
        scale=scale,
        side="left",
        label=label,
        label_color=GREY,
        label_offset=offset,
        tick_values=np.array([float(place) for place in names]),
        tick_labels=names,
        grid_lines="none",
    )


def rescale(axis: bqplot.Axis, low: float, high: float) -> None:
    """Give the scale of a number axis other limits, and the axis the numbers that fit them."""
    with axis.scale.hold_sync():
        axis.scale.min, axis.scale.max = low, high
    axis.tick_values = np.array(marks(low, high))


def marks(low: float, high: float, most: int = 5) -> list[float]:
    """Return the multiples of a round step between limits, a few."""
    step, decimals = _round_step((high - low) / most)
    places = range(math.ceil(low / step), math.floor(high / step) + 1)
    return [round(place * step, decimals) for place in places]


def spanned(values: Iterable[float], *, room: float = 0.05) -> tuple[float, float]:
    """Return limits that hold 0 and all finite values, with a little room."""
    known = [0.0, *(float(value) for value in values if math.isfinite(value))]
    low, high = min(known), max(known)
    if low == high:
        return -1.0, 1.0
    margin = room * (high - low)
    return low - margin, high + margin


def ticks(labels: Sequence[str], characters: int = 48) -> list[int]:
    """Return places of labels that fit side by side: every 1st, 2nd, 5th, 10th, 20th and so on."""
    longest = max(len(short(label)) for label in labels)
    most = max(2, characters // (longest + 2))
    step, _ = _round_step(max(1.0, len(labels) / most))
    return list(range(0, len(labels), round(step)))


def _round_step(least: float) -> tuple[float, int]:
    """Return the first of 1, 2 or 5 times a power of ten from `least` on, and its decimals."""
    power = math.floor(math.log10(least))
    step = next(head * 10.0**power for head in (1, 2, 5, 10) if head * 10.0**power >= least)
    # twelve digits are fewer than a float holds: 3 * 0.1 becomes 0.3
    return step, 12 - power


def short(label: str, characters: int = 12) -> str:
    """Return a label that fits at an axis."""
    return label if len(label) <= characters else label[: characters - 1] + "…"
