"""Quantiles near the ends of many numbers, exact without sorting all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.matrix.arrays import Floats32

SAMPLED = 2**18
"""Numbers of which a first guess is made."""
MORE = 1.5
"""How many times as many numbers as needed are sorted, so that a poor guess still holds them."""
PIECE = 2**20


def magnitudes(cells: Floats32, quantiles: Sequence[float]) -> list[float]:
    """Return quantiles of |value|, NaN left out; 0 where nothing is known."""
    return _highest(cells, np.abs, quantiles)


def ends(cells: Floats32, quantile: float) -> tuple[float, float]:
    """Return the lower and the upper quantile of values, NaN left out; 0 where nothing is known."""
    (low,) = _highest(cells, np.negative, [1 - quantile])
    (high,) = _highest(cells, np.positive, [1 - quantile])
    return -low, high


class Top(NamedTuple):
    """The largest of `among` numbers: `equal` that are `bound`, and sorted those above it."""

    among: int
    bound: float
    equal: int
    above: NDArray[np.float32]

    def at(self, quantile: float) -> float | None:
        """Return a quantile, linear between neighbours as `numpy.quantile`; None if it is lower."""
        place = quantile * (self.among - 1)
        first = int(np.floor(place))
        low, high = self._ranked(first), self._ranked(min(first + 1, self.among - 1))
        if low is None or high is None:
            return None
        return low + (place - first) * (high - low)

    def _ranked(self, rank: int) -> float | None:
        place = rank - (self.among - len(self.above) - self.equal)
        if place < 0:
            return None
        return self.bound if place < self.equal else float(self.above[place - self.equal])


def _highest(cells: Floats32, fold: np.ufunc, quantiles: Sequence[float]) -> list[float]:
    """Return quantiles of folded values."""
    flat = cells.reshape(-1)
    sample = fold(flat[:: max(1, flat.size // SAMPLED)])
    sample = sample[~np.isnan(sample)]
    share = MORE * (1 - min(quantiles)) + 0.001
    bound = float(np.quantile(sample, 1 - share)) if sample.size and share < 1 else -np.inf
    top = _top(flat, fold, bound)
    if not top.among:
        return [0.0 for _ in quantiles]
    found = [top.at(quantile) for quantile in quantiles]
    if None in found:  # a guess that missed
        top = _top(flat, fold, -np.inf)
        found = [top.at(quantile) for quantile in quantiles]
    return [each for each in found if each is not None]


def _top(flat: Floats32, fold: np.ufunc, bound: float) -> Top:
    """Take what is at a bound and above it, piece by piece."""
    count, equal, kept = 0, 0, []
    for first in range(0, flat.size, PIECE):
        values = fold(flat[first : first + PIECE])
        count += values.size - int(np.count_nonzero(np.isnan(values)))
        equal += int(np.count_nonzero(values == bound))
        kept.append(values[values > bound])
    return Top(count, bound, equal, np.sort(np.concatenate(kept)))
