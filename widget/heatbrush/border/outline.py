"""The lines around cells: closed, along the edges of cells, with as few corners as are allowed."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Corner = tuple[int, int]
Edge = tuple[Corner, Corner]
"""Where it begins, and the step that it makes."""
FEWEST = 4
"""Corners of a line that are kept."""
SIDES = (
    ((0, 1), (-1, 0), (0, 0)),
    ((1, 0), (0, 1), (0, 1)),
    ((0, -1), (1, 0), (1, 1)),
    ((-1, 0), (0, -1), (1, 0)),
)
"""Of a cell, its inside on the right: the step, the cell beyond, and where the step begins."""


def outline(cells: NDArray[np.intp]) -> list[list[Corner]]:
    """Return the lines around some cells and around their holes, the largest first.

    Parameters
    ----------
    cells : (n, 2) int
        Rows and columns.

    Returns
    -------
    list of list of (int, int)
        The corners of each line, which is closed: (r, c) lies before row r and before column c.
        Cells that touch at a corner only have a line each there.
    """
    origin = cells.min(0) - 1
    inside = np.zeros(cells.max(0) - origin + 2, bool)
    inside[tuple((cells - origin).T)] = True
    edges: dict[Edge, None] = {}
    for step, (down, right), begin in SIDES:
        last = inside & ~np.roll(inside, (-down, -right), (0, 1))
        for row, column in (np.argwhere(last) + begin + origin).tolist():
            edges[(row, column), step] = None
    return sorted(_lines(edges), key=lambda line: -abs(_area(line)))


def _lines(edges: dict[Edge, None]) -> Iterator[list[Corner]]:
    """Follow the edges around, and keep the corners at which they turn."""
    after = {edge: _next(edge, edges) for edge in edges}
    while after:
        edge, line = next(iter(after)), []
        while edge in after:
            follows = after.pop(edge)
            if follows[1] != edge[1]:
                line.append(follows[0])
            edge = follows
        yield line


def _next(edge: Edge, edges: Iterable[Edge]) -> Edge:
    """Return the edge that goes on: to the right where there are two, around the same cell."""
    (row, column), (down, right) = edge
    end = row + down, column + right
    turns = ((right, -down), (down, right), (-right, down))
    return next((end, turn) for turn in turns if (end, turn) in edges)


def _area(line: Sequence[Corner]) -> float:
    """Return the area within a line, negative around a hole."""
    rows, columns = np.array(line, np.float64).T
    return float(rows @ np.roll(columns, 1) - columns @ np.roll(rows, 1)) / 2


def simplified(lines: Sequence[Sequence[Corner]], most: int) -> list[list[Corner]]:
    """Return lines with at most so many corners together, as near to the old ones as may be.

    The last lines go first, if there are more than can have four corners each; then, one by one,
    the corner that changes an area least (Visvalingam and Whyatt, 1993).

    Parameters
    ----------
    lines : list of list of (int, int)
        Closed, those that matter most first.
    most : int
        Corners, at least four.

    Returns
    -------
    list of list of (int, int)
        In the same order; some of the last may be missing.
    """
    kept = [list(line) for line in lines[: max(1, most // FEWEST)]]
    spare = sum(map(len, kept)) - most
    if spare <= 0:
        return kept
    around = [
        {at: ((at - 1) % len(line), (at + 1) % len(line)) for at in range(len(line))}
        for line in kept
    ]
    heap = [(_cost(kept[k], around[k], at), k, at) for k in range(len(kept)) for at in around[k]]
    heapq.heapify(heap)
    while spare > 0 and heap:
        cost, k, at = heapq.heappop(heap)
        links = around[k]
        if at not in links or len(links) <= FEWEST or cost != _cost(kept[k], links, at):
            continue
        before, after = links.pop(at)
        links[before] = (links[before][0], after)
        links[after] = (before, links[after][1])
        for near in (before, after):
            heapq.heappush(heap, (_cost(kept[k], links, near), k, near))
        spare -= 1
    return [[line[at] for at in links] for line, links in zip(kept, around, strict=True)]


def _cost(line: Sequence[Corner], around: dict[int, tuple[int, int]], at: int) -> float:
    """Return the area between a line and itself without one corner."""
    before, after = (line[near] for near in around[at])
    (y0, x0), (y1, x1), (y2, x2) = before, line[at], after
    return abs((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)) / 2
