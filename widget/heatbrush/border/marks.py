"""What a decoder found, as marks that a page draws over the matrix."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from heatbrush import protocol
from heatbrush.border.outline import Corner, outline, simplified
from heatbrush_core.outputs import Thing

CORNERS = 4000
"""Of the outlines of all parts together: some 60 kB."""
Outline = list[list[tuple[float, float]]]


def marks(things: Sequence[Thing]) -> tuple[list[protocol.ThingMark], list[str]]:
    """Return the marks of things, and a sentence for what of them is not drawn, or not exactly.

    A mark is in the matrix' own rows and columns, whatever the page makes of their order.

    Parameters
    ----------
    things : list of Thing
        Those of one sample that have lines, best first: the first is line 0 of the scores.

    Returns
    -------
    list of ThingMark
        One for each thing that has a place.
    list of str
        Sentences for the reader; none where all is drawn as it was found.
    """
    count = len(things)
    drawn = {k: thing for k, thing in enumerate(things) if _placed(thing)}
    told = []
    if len(drawn) < count:
        told.append(
            f"{count - len(drawn)} of {count} things lie beside the matrix, without a mark."
        )
    lines, rough = _outlines({k: thing for k, thing in drawn.items() if thing.kind == "part"})
    if rough:
        told.append(
            f"The outlines of {rough} parts are drawn with fewer corners than they have, at most "
            f"{CORNERS} in all."
        )
    alike = len({thing.label for thing in things}) == 1
    return [_mark(k, thing, lines.get(k, []), alike) for k, thing in drawn.items()], told


def _placed(thing: Thing) -> bool:
    return math.isfinite(thing.row) and math.isfinite(thing.column)


def _mark(line: int, thing: Thing, lines: Outline, alike: bool) -> protocol.ThingMark:
    angle = thing.more.get("angle")
    return {
        "name": _name(thing, alike),
        "kind": thing.kind,  # type: ignore[typeddict-item]  # a decoder makes no other
        "row": float(thing.row),
        "column": float(thing.column),
        "height": _finite(thing.height),
        "width": _finite(thing.width),
        "score": _finite(thing.score),
        "line": line,
        "angle": None if angle is None or not math.isfinite(angle) else math.radians(angle),
        "outline": lines,
    }


def _name(thing: Thing, alike: bool) -> str:
    """Name the class, else the kind; of steps say which, as they have no place of their own."""
    if thing.kind != "step":
        numbered = thing.kind if alike else f"{thing.kind}, class {thing.label}"
        return thing.label if isinstance(thing.label, str) else numbered
    first, last = int(thing.more["first"]), int(thing.more["last"])
    steps = f"step {first}" if first == last else f"steps {first} to {last}"
    if isinstance(thing.label, str):
        return f"{thing.label}, {steps}"
    return steps if alike else f"class {thing.label}, {steps}"


def _finite(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None


def _outlines(parts: dict[int, Thing]) -> tuple[dict[int, Outline], int]:
    """Return the lines around parts, in the matrix, and of how many parts they are not exact."""
    exact = {k: outline(_cells(part)) for k, part in parts.items()}
    # the line around a part matters more than that around a hole
    order = sorted(
        ((k, at) for k, lines in exact.items() for at in range(len(lines))),
        key=lambda each: each[1],
    )
    kept = simplified([exact[k][at] for k, at in order], CORNERS)
    made: dict[int, list[list[Corner]]] = {k: [] for k in parts}
    for (k, _), line in zip(order, kept, strict=False):
        made[k].append(line)
    rough = sum(made[k] != lines for k, lines in exact.items())
    return {k: _in_matrix(made[k], part) for k, part in parts.items()}, rough


def _cells(part: Thing) -> NDArray[np.intp]:
    """Return the cells of the mask that a part was read from."""
    return part.terms["score"].readings[0].index[:, :2]


def _in_matrix(lines: list[list[Corner]], part: Thing) -> Outline:
    """Turn corners of the mask into places of the matrix: the part's own size says the stride."""
    cells = _cells(part)
    first = cells.min(0)
    stride = np.array([part.height, part.width]) / (cells.max(0) - first + 1)
    start = np.array([part.row - part.height / 2, part.column - part.width / 2])
    placed = [np.round(start + (np.array(line) - first) * stride, 3).tolist() for line in lines]
    return [[(row, column) for row, column in line] for line in placed]
