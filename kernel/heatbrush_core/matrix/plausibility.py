"""What is odd about a matrix: values unlike the background's, and padding that carries evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.matrix.axes import AXES, Axis

FACTOR = 4.0
"""How many times as large, or as small, a spread may be as all those of the background."""
FEWEST, PART = 2, 0.05
"""Lines, and part of an axis, from which what is constant to the edge is taken for padding."""
LEAST = 0.05
"""Share of a map that padding must carry to be told."""
DENSE = 0.5
"""Evidence per line of padding, divided by that per line of the whole map, from which it is told:
a window that reaches over the edge of what is no padding leaves less there."""


@dataclass(frozen=True, eq=False)
class Usual:
    """What the values of typical matrices are like, channel by channel.

    Attributes
    ----------
    low, high
        (C,) smallest and largest value of all.
    narrowest, widest
        (C,) smallest and largest standard deviation of a matrix.
    """

    low: Floats
    high: Floats
    narrowest: Floats
    widest: Floats

    @classmethod
    def of(cls, background: NDArray[Any]) -> Usual:
        """Measure (N, H, W, C) matrices, NaN where they have no cell."""
        every, spreads = (0, 1, 2), np.nanstd(background, axis=(1, 2), dtype=np.float64)
        ends = np.nanmin(background, axis=every), np.nanmax(background, axis=every)
        return cls(*ends, spreads.min(axis=0), spreads.max(axis=0))

    def unlike(self, x: NDArray[Any]) -> str:
        """Say how (H, W, C) x differs, as where a normalisation was forgotten; empty if not.

        It is NaN where a cell does not exist.
        """
        for channel in range(x.shape[2]):
            cells = x[..., channel]
            cells = cells[~np.isnan(cells)]
            if how := self._how(cells, channel):
                where = f" of channel {channel}" if x.shape[2] > 1 else ""
                low, high = self.low[channel], self.high[channel]
                return (
                    f"The values{where} lie between {cells.min():.3g} and {cells.max():.3g}, those "
                    f"of the background between {low:.3g} and {high:.3g}: {how}. If a "
                    "normalisation was forgotten, the model sees what it never saw."
                )
        return ""

    def _how(self, cells: NDArray[Any], channel: int) -> str:
        spread, mean = float(cells.std(dtype=np.float64)), float(cells.mean(dtype=np.float64))
        narrowest, widest = self.narrowest[channel], self.widest[channel]
        if widest > 0 and spread > FACTOR * widest:
            return f"their spread is {spread / widest:.2g} times the largest of the background"
        # a constant matrix is empty rather than scaled
        if 0 < spread < narrowest / FACTOR:
            return f"their spread is {spread / narrowest:.2g} times the smallest of the background"
        if widest > 0 and not self.low[channel] <= mean <= self.high[channel]:
            return f"their mean, {mean:.3g}, is outside of all that the background has"
        return ""


def padding(x: NDArray[Any], map: NDArray[Any], axes: tuple[Axis, Axis]) -> Iterator[str]:
    """Say which columns and rows are constant to the edge of x and carry evidence all the same.

    Parameters
    ----------
    x
        (H, W, C).
    map
        (H, W) evidence; NaN where nothing is known.
    axes
        The names of rows and columns.
    """
    for number in (1, 0):
        spans = _constant(np.moveaxis(x, number, 0))
        per_line = np.nansum(np.abs(map), axis=1 - number) if spans else np.zeros(0)
        total = float(per_line.sum())
        for start, stop in spans:
            share = float(per_line[start:stop].sum()) / total if total > 0 else 0.0
            if share >= max(LEAST, DENSE * (stop - start) / len(per_line)):
                which = AXES[number]
                yield (
                    f"{stop - start} {which} ({axes[number].span((start, stop))}) hold the same "
                    f"values up to the edge, as padding does, and carry {share:.0%} of this map: "
                    "the model may go by the padding itself; valid= says which cells do not exist."
                )


def _constant(lines: NDArray[Any]) -> list[tuple[int, int]]:
    """Find the first and the last lines that are equal up to the edge; none if all lines are."""
    count = len(lines)
    least = max(FEWEST, int(np.ceil(PART * count)))
    front = _equal(lines, least)
    if front == count:
        return []
    back = _equal(lines[::-1], least)
    return [
        (start, stop)
        for start, stop in ((0, front), (count - back, count))
        if stop - start >= least
    ]


def _equal(lines: NDArray[Any], least: int) -> int:
    """Count the first lines that equal the one at the edge; 0 for fewer than `least`."""
    if not (lines[:least] == lines[0]).all():  # nearly always: the others need not be looked at
        return 0
    same = (lines == lines[0]).reshape(len(lines), -1).all(axis=1)
    return len(same) if same.all() else int(same.argmin())
