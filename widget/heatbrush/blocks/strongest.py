"""The strongest cells of a large map as a selection: few pieces, or one sentence why not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from heatbrush_core import Region
from heatbrush_core.matrix.arrays import Floats32
from heatbrush_core.matrix.bands import Band

MOST = 2000
"""Bands of one selection, as in the page."""
LINES = 64
Bools = NDArray[np.bool_]
Box = tuple[int, int, int, int]


def strongest(cells: Floats32, percent: float, positive: bool) -> tuple[Region | None, str]:
    """Select the strongest cells, by magnitude or of the positive ones.

    Parameters
    ----------
    cells
        (H, W); NaN is no cell of it.
    percent
        Of the cells that are known.

    Returns
    -------
    Region or None, str
        None where there is none, and why; else what the reader should know, mostly nothing.
    """
    strength = cells if positive else np.abs(cells)
    known = int(np.count_nonzero(~np.isnan(cells)))
    strong = strength[strength > 0]
    kind = "positive" if positive else "other than 0"
    if not strong.size:
        return None, f"No cell of this map is {kind}; the selection stays as it is."
    wanted = max(1, round(percent / 100 * known))
    place = max(0, strong.size - wanted)
    inside = strength >= np.partition(strong, place)[place]
    count = int(np.count_nonzero(inside))
    said, note = f"{percent:g} % are {wanted:,} cells", ""
    if count < wanted:
        note = f"{said}, but only {count:,} are {kind}: these are selected."
    if count > wanted:
        note = f"{said}, but more have equal values: {count:,} are selected."
    region, pieces = covered(inside)
    if region is None:
        return None, (
            f"These cells lie in {pieces:,} pieces, but a selection holds at most {MOST:,}; choose "
            "fewer or larger pieces."
        )
    return region, note


def covered(inside: Bools) -> tuple[Region | None, int]:
    """Cover cells by the fewer of boxes made along rows and along columns; None where too many.

    The second is their number, or at least so many.
    """
    if inside.all():
        return Region((Band("add"),)), 1
    ways = [
        (inside, False, False),
        (inside.T, True, False),
        (~inside, False, True),
        (~inside.T, True, True),
    ]
    found = [_boxes(mask) for mask, _, _ in ways]
    sizes = [count + others for (_, count), (_, _, others) in zip(found, ways, strict=True)]
    best = int(np.argmin(sizes))
    boxes, (_, turned, others) = found[best][0], ways[best]
    if sizes[best] > MOST or boxes is None:
        return None, sizes[best]
    bands = [Band("add")] if others else []
    for r0, r1, c0, c1 in boxes:
        rows, columns = ((c0, c1), (r0, r1)) if turned else ((r0, r1), (c0, c1))
        height, width = inside.shape
        bands.append(
            Band(
                "remove" if others else "add",
                None if rows == (0, height) else rows,
                None if columns == (0, width) else columns,
            )
        )
    return Region(tuple(bands)), sizes[best]


def _boxes(mask: Bools) -> tuple[list[Box] | None, int]:
    """Return boxes of runs, each as long as the next line has the same run, and their number."""
    least = _least(mask)
    if least > MOST:
        return None, least
    edges = np.diff(mask.astype(np.int8), axis=1, prepend=0, append=0)
    line, start = np.nonzero(edges == 1)
    stop = np.nonzero(edges == -1)[1]
    width = mask.shape[1] + 1
    keys = (line * width + start) * width + stop
    first = ~np.isin(keys - width * width, keys)
    count = int(first.sum())
    if count > MOST:
        return None, count
    last = ~np.isin(keys + width * width, keys)
    ends = sorted(zip(start[last], stop[last], line[last] + 1, strict=True))
    begins = sorted(zip(start[first], stop[first], line[first], strict=True))
    boxes = [
        (int(row), int(end), int(left), int(right))
        for (left, right, row), (_, _, end) in zip(begins, ends, strict=True)
    ]
    return sorted(boxes), count


def _least(mask: Bools) -> int:
    """Count the runs that begin where none of the line before does, until there are too many.

    Each of these begins a box. Of noise there are millions, which take long to be told apart.
    """
    count, before = 0, np.zeros(mask.shape[1], bool)
    for first in range(0, len(mask), LINES):
        piece = mask[first : first + LINES]
        begins = piece.copy()
        begins[:, 1:] &= ~piece[:, :-1]
        count += int(np.count_nonzero(begins[0] & ~before))
        count += int(np.count_nonzero(begins[1:] & ~begins[:-1]))
        if count > MOST:
            break
        before = begins[-1]
    return count
