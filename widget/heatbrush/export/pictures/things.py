"""Marks of what the model found, over one map of a figure: as the page draws them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from heatbrush import protocol
from heatbrush.export.pictures.shown import Shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = {"light": ("#08695f", "#ffffff"), "dark": ("#45c4b2", "#111111")}
"""Of lines, and of the halo around them."""
NAMED = 8
"""Things that have names; of more only the numbers are written."""
POINTER = 0.05
"""The stroke of an orientation, in sizes of the matrix."""
Line = list[tuple[float, float]]


def marked(shown: Shown, name: str | None) -> list[protocol.ThingMark]:
    """Return the things whose marks a panel has; name None is the input."""
    where = shown.options["things"]
    if where == "none" or (name is not None and (where == "input" or name in shown.others)):
        return []
    return shown.sample.get("things", [])


def draw(shown: Shown, name: str | None, place: Axes, ground: str) -> None:
    """Draw the marks of a panel; its limits stay as they are."""
    things = marked(shown, name)
    if not things:
        return
    from matplotlib import patheffects  # takes its time

    colour, halo = COLOURS[ground]
    place.autoscale(False)
    for mark in things:
        width = 1.8 if mark["line"] == shown.target["a"] else 1.0
        around = [patheffects.withStroke(linewidth=width + 1.6, foreground=halo)]
        for line in lines(mark, shown.matrix.shape[:2]):
            rows, columns = zip(*line, strict=True)
            place.plot(columns, rows, color=colour, linewidth=width, path_effects=around)
        if mark["kind"] == "landmark":
            at = mark["column"], mark["row"]
            place.plot(*at, "x", color=colour, markersize=5, mew=width, path_effects=around)
        place.annotate(
            _said(mark, shown, len(things) <= NAMED),
            _corner(mark),
            xytext=(3, 2),
            textcoords="offset points",
            color=colour,
            fontsize=6,
            fontweight="bold" if width > 1 else "normal",
            path_effects=around,
            annotation_clip=True,
        )


def lines(mark: protocol.ThingMark, shape: tuple[int, ...]) -> list[Line]:
    """Return the lines of a mark in index units: around it, or the stroke of an orientation."""
    row, column, angle = mark["row"], mark["column"], mark["angle"]
    if mark["outline"]:
        return [[*line, line[0]] for line in mark["outline"]]
    if mark["height"] is not None and mark["width"] is not None:
        top, bottom = row - mark["height"] / 2, row + mark["height"] / 2
        left, right = column - mark["width"] / 2, column + mark["width"] / 2
        return [[(top, left), (top, right), (bottom, right), (bottom, left), (top, left)]]
    if angle is None:
        return []
    length = POINTER * max(shape)
    end = row - length * math.sin(angle), column + length * math.cos(angle)
    return [[(row, column), end]]


def _corner(mark: protocol.ThingMark) -> tuple[float, float]:
    return (
        mark["column"] - (mark["width"] or 0) / 2,
        mark["row"] - (mark["height"] or 0) / 2,
    )


def _said(mark: protocol.ThingMark, shown: Shown, named: bool) -> str:
    number = str(mark["line"])
    if not named:
        return number
    scores = shown.scores["all"]
    score = scores[mark["line"]] if mark["line"] < len(scores) else mark["score"]
    return f"{number} {mark['name']}" + ("" if score is None else f" {score:.2g}")
