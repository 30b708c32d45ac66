"""A selection seen from one axis: the interval that spans it, and what moving it does."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatbrush.border.asked import Which
from heatbrush_core import Region
from heatbrush_core.matrix.rectangles import stretches

Interval = tuple[int, int]
"""Half-open range of lines."""


def hull(region: Region, which: Which, shape: Sequence[int]) -> Interval | None:
    """Return the interval that spans all selected lines; None where the axis is not restricted."""
    touched = _touched(region, which, shape)
    if touched.all() or not touched.any():
        return None
    lines = np.flatnonzero(touched)
    return int(lines[0]), int(lines[-1]) + 1


def moved(region: Region, which: Which, to: Interval | None, shape: Sequence[int]) -> Region:
    """Return the selection with one axis replaced; what is selected along the other axis stays.

    Parameters
    ----------
    to
        The new interval; None lifts the restriction of this axis.
    """
    other: Which = "columns" if which == "rows" else "rows"
    touched = _touched(region, other, shape)
    restricted = touched.any() and not touched.all()
    if not restricted:
        return Region() if to is None else _lines(which, to)
    kept = stretches(touched)
    if to is None:
        return reduce(or_, (_lines(other, each) for each in kept))
    return reduce(or_, (_meet(which, to, each) for each in kept))


def snapped(ends: Any, length: int) -> Interval | None:
    """Return the lines whose centres lie between two positions.

    Line i reaches from i - 0.5 to i + 0.5. An interval inside one line is that line, as a
    brush that was drawn must select something; no interval, or one without extent, is None.
    """
    if ends is None or len(ends) != 2:
        return None
    low, high = sorted(float(end) for end in ends)
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return None
    start, stop = math.ceil(low), math.floor(high) + 1
    if start >= stop:
        start = math.floor((low + high) / 2 + 0.5)
        stop = start + 1
    start, stop = max(0, start), min(length, stop)
    return (start, stop) if start < stop else None


def lines(which: Which, flags: NDArray[np.bool_]) -> Region:
    """Return the rows or the columns that are True, as whole lines."""
    return reduce(or_, (_lines(which, each) for each in stretches(flags)), Region())


def _touched(region: Region, which: Which, shape: Sequence[int]) -> NDArray[np.bool_]:
    return np.asarray(region.mask(shape).any(axis=1 if which == "rows" else 0))


def _lines(which: Which, interval: Interval) -> Region:
    return Region.rows(*interval) if which == "rows" else Region.columns(*interval)


def _meet(which: Which, interval: Interval, other: Interval) -> Region:
    rows, columns = (interval, other) if which == "rows" else (other, interval)
    return Region.rectangle(*rows, *columns)
