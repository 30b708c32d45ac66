"""A set of cells as few disjoint rectangles: coordinate compression with an open end."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

END = sys.maxsize
"""The open end of an axis, beyond every index."""

Rectangle = tuple[int, int, int, int]
"""First row, stop row, first column, stop column."""

Stretch = tuple[int, int]
"""A half-open range of lines: the first, and the one after the last."""

Stroke = tuple[bool, Rectangle]
"""Paint the rectangle, or where False, wipe it."""


class CutPlane:
    """The plane, cut along every edge of some rectangles: a block is inside or outside as a whole.

    Parameters
    ----------
    rectangles : iterable of Rectangle
        Whose edges cut the plane.
    """

    def __init__(self, rectangles: Iterable[Rectangle]) -> None:
        rows, columns = {0, END}, {0, END}
        for r0, r1, c0, c1 in rectangles:
            rows |= {r0, r1}
            columns |= {c0, c1}
        self.row_cuts = sorted(rows)
        self.column_cuts = sorted(columns)

    def paint(self, strokes: Iterable[Stroke]) -> NDArray[np.bool_]:
        """Blocks that are inside once all strokes are painted, in order."""
        row = {cut: i for i, cut in enumerate(self.row_cuts)}
        column = {cut: i for i, cut in enumerate(self.column_cuts)}
        inside = np.zeros((len(row) - 1, len(column) - 1), bool)
        for add, (r0, r1, c0, c1) in strokes:
            inside[row[r0] : row[r1], column[c0] : column[c1]] = add
        return inside

    def rectangles(self, inside: NDArray[np.bool_]) -> list[Rectangle]:
        """Disjoint rectangles that cover the blocks that are inside."""
        return cover(inside, self.row_cuts, self.column_cuts)


def cover(
    inside: NDArray[np.bool_], row_cuts: Sequence[int], column_cuts: Sequence[int]
) -> list[Rectangle]:
    """Cover the blocks that are inside with disjoint rectangles.

    One set of cells has one answer, however it was cut: cuts that separate nothing are dropped
    first. Rectangles are grown along the rows or along the columns, whichever needs fewer.
    """
    rows, columns = _changes(inside), _changes(inside.T)
    inside = inside[np.ix_(rows, columns)]
    row_cuts = [*(row_cuts[i] for i in rows), row_cuts[-1]]
    column_cuts = [*(column_cuts[i] for i in columns), column_cuts[-1]]
    across = list(_strips(inside))
    down = [(r0, r1, c0, c1) for c0, c1, r0, r1 in _strips(inside.T)]
    blocks = across if len(across) <= len(down) else down
    return sorted(
        (row_cuts[r0], row_cuts[r1], column_cuts[c0], column_cuts[c1]) for r0, r1, c0, c1 in blocks
    )


def _changes(inside: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Lines that differ from the line before; the first always counts."""
    differs = (inside[1:] != inside[:-1]).any(axis=1)
    return np.flatnonzero(np.concatenate([[True], differs]))


def _strips(inside: NDArray[np.bool_]) -> Iterator[Rectangle]:
    """Find stretches of each line, grown over the next lines while these hold the very same."""
    growing: dict[Stretch, int] = {}
    for line, cells in enumerate([*inside, np.zeros(inside.shape[1], bool)]):
        found = set(stretches(cells))
        for stretch in growing.keys() - found:
            yield growing.pop(stretch), line, *stretch
        for stretch in found:
            growing.setdefault(stretch, line)


def stretches(flags: NDArray[np.bool_]) -> list[Stretch]:
    """Cut (n,) flags into the longest stretches of True, in order."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def bounding_box(mask: NDArray[np.bool_]) -> tuple[slice, slice]:
    """Find the rows and the columns between the outermost cells of a mask that is not empty."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
