"""Peaks of a map: where they are, to a fraction of a cell."""

from __future__ import annotations

import numpy as np

from heatbrush_core.matrix.arrays import Floats, Indices

SEVERAL = np.ones((3, 3))
"""A cell and its eight neighbours."""


def peaks(values: Floats, threshold: float, distance: float) -> Indices:
    """Find the peaks of a map.

    A peak is a cell, or several equal ones that touch, above the threshold without a higher
    neighbour among the eight around; of several equal cells the one nearest to their middle counts.
    From the highest down, a peak is dropped where it is less than `distance` away from one that
    was kept.

    Parameters
    ----------
    values : (h, w)
        NaN is no peak.
    threshold : float
        What a peak is above.
    distance : float
        Cells, Euclidean.

    Returns
    -------
    (n, 2) int
        Row and column of each, highest first.
    """
    from scipy import ndimage

    known = np.where(np.isnan(values), -np.inf, values)
    highest = ndimage.maximum_filter(known, footprint=SEVERAL, mode="constant", cval=-np.inf)
    top = (known == highest) & (known > threshold)
    # cells that are level with others that have a higher neighbour are no peak either
    beside = ndimage.maximum_filter(
        np.where(top, -np.inf, known), footprint=SEVERAL, mode="constant", cval=-np.inf
    )
    parts = ndimage.label(top, SEVERAL)[0]
    parts[np.isin(parts, parts[top & (beside == known)])] = 0
    found = np.array([_middle(cells) for cells in groups(parts)], np.intp).reshape(-1, 2)
    found = found[np.argsort(-known[tuple(found.T)], kind="stable")]
    left, kept = np.ones(len(found), bool), []
    for number, cell in enumerate(found):
        if left[number]:
            kept.append(number)
            left &= np.hypot(*(found - cell).T) >= distance
    return found[kept]


def groups(parts: Indices) -> list[Indices]:
    """Return the cells of each part, (n, 2) each, of parts that were numbered from 1 on."""
    cells = np.argwhere(parts)
    numbers = parts[tuple(cells.T)]
    order = np.argsort(numbers, kind="stable")
    ends = np.flatnonzero(np.diff(numbers[order])) + 1
    return np.split(cells[order], ends) if len(cells) else []


def _middle(cells: Indices) -> tuple[int, int]:
    gaps = np.hypot(*(cells - cells.mean(0)).T)
    row, column = cells[gaps.argmin()].tolist()
    return row, column


def refined(values: Floats, cell: tuple[int, int]) -> tuple[float, float]:
    """Return where a peak is, to a fraction of a cell.

    Along each axis the vertex of the parabola through the logarithms of the peak and its two
    neighbours, which is exact for a Gaussian; through the values themselves where one is not above
    0. A peak at the border takes its two neighbours on the inner side. It never leaves its cell.
    """
    row, column = cell
    down = _offset(values[:, column], row)
    return row + down, column + _offset(values[row], column)


def _offset(line: Floats, at: int) -> float:
    if len(line) < 3:
        return 0.0
    first = min(max(at - 1, 0), len(line) - 3)
    three = line[first : first + 3]
    if not np.isfinite(three).all():
        return 0.0
    low, middle, high = np.log(three) if (three > 0).all() else three
    bend = low - 2 * middle + high
    if bend >= 0:
        return 0.0
    vertex = first + 1 + (low - high) / (2 * bend)
    return float(np.clip(vertex - at, -0.5, 0.5))
