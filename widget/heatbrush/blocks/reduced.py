"""A map in fewer blocks than it has cells: what a page can show of one that is still filling."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from heatbrush.border import wire

Floats32 = NDArray[np.float32]


def reduced(
    map: Floats32, most: tuple[int, int], profile: Literal["sum", "mean"]
) -> tuple[list[int], list[bytes]]:
    """Return shape and buffers of a partial map, as `protocol.Partial` describes them.

    Parameters
    ----------
    map
        (H, W), NaN where nothing is computed yet.
    most
        Rows and columns that can be told apart.
    profile
        Whether a line of the map is summed or averaged.
    """
    rows, columns = (min(size, limit) for size, limit in zip(map.shape, most, strict=True))
    if (rows, columns) == map.shape:
        whole = wire.array(map)
        return whole["shape"], [whole["bytes"]]
    small = wire.array(strongest(map, rows, columns))
    lines = (wire.array(lines_of(map, axis, profile)) for axis in (1, 0))
    return small["shape"], [small["bytes"], *(line["bytes"] for line in lines)]


def strongest(map: Floats32, rows: int, columns: int) -> Floats32:
    """Return the value of largest magnitude of each block, with its sign; NaN where all are."""
    ends, starts = (
        np.arange(n + 1) * size // n for n, size in zip((rows, columns), map.shape, strict=True)
    )
    high, low = (
        # whole rows first: reduceat takes ten times as long along them
        take.reduceat(
            np.stack([take.reduce(map[a:b]) for a, b in pairwise(ends)]), starts[:-1], axis=1
        )
        for take in (np.fmax, np.fmin)
    )
    return stronger(low, high)


def stronger(low: Floats32, high: Floats32) -> Floats32:
    """Return the one of larger magnitude of the smallest and the largest values."""
    return np.asarray(np.where(-low > high, low, high), np.float32)


def lines_of(map: Floats32, axis: int, profile: Literal["sum", "mean"]) -> Floats32:
    """Return a profile of the cells that are computed; NaN for a line without any."""
    known = np.isfinite(map)
    count = known.sum(axis=axis)
    total = np.where(known, map, 0).sum(axis=axis, dtype=np.float64)
    divisor = np.where(count > 0, count if profile == "mean" else 1, np.nan)
    return np.asarray(total / divisor, np.float32)
