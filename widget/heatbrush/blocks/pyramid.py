"""A large map in blocks of any size: smallest, largest and mean, fast enough to follow a zoom."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import Any, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from heatbrush.blocks.reduced import stronger
from heatbrush_core.matrix.arrays import Floats32

Statistic = Literal["strongest", "mean"]
Steps = tuple[int, int]
Span = tuple[int, int]
Bools = NDArray[np.bool_]

KEPT = 2**21
"""Blocks, at the most, of the level that is kept: what is zoomed out of is made of it."""


class Level(NamedTuple):
    """What is known of each block of some cells: (h, w) arrays.

    Attributes
    ----------
    low, high
        NaN where no cell is known.
    total
        Of the cells that are known.
    known
        How many these are; None is 1 in each block.
    there
        Whether a cell exists; None where all do.
    """

    low: Floats32
    high: Floats32
    total: Floats32
    known: Floats32 | None
    there: Bools | None

    @classmethod
    def of(cls, cells: Floats32, there: Bools | None) -> Self:
        """Take each cell as a block."""
        if not np.isnan(cells.sum()):
            # two copies less, which take most of the time
            return cls(cells, cells, cells, None, there)
        known = ~np.isnan(cells)
        return cls(cells, cells, np.where(known, cells, 0), known.astype(np.float32), there)

    def within(self, rows: Span, columns: Span) -> Self:
        """Cut blocks out."""
        part = slice(*rows), slice(*columns)
        return type(self)._make(None if each is None else each[part] for each in self)

    def coarser(self, steps: Steps) -> Self:
        """Gather blocks into larger ones; the last of an axis may hold fewer."""
        low, high = blocks(self.low, steps, np.fmin), blocks(self.high, steps, np.fmax)
        total = blocks(self.total, steps, np.add)
        known = self.known
        known = _sizes(self.low.shape, steps) if known is None else blocks(known, steps, np.add)
        there = None if self.there is None else blocks(self.there, steps, np.logical_or)
        return type(self)(low, high, total, known, there)

    def value(self, statistic: Statistic) -> Floats32:
        """Return a number per block: NaN where no cell is known, infinity where none exists."""
        if statistic == "strongest":
            found = stronger(self.low, self.high)
        else:
            with np.errstate(invalid="ignore", divide="ignore"):
                found = self.total if self.known is None else self.total / self.known
        return found if self.there is None else np.where(self.there, found, np.float32(np.inf))


def blocks(array: NDArray[Any], steps: Steps, gather: np.ufunc) -> NDArray[Any]:
    """Reduce every `steps` rows and columns of an array to one; powers of two."""
    for axis, step in enumerate(steps):
        size = array.shape[axis]
        if step == 1:
            continue
        whole = size // step * step
        if axis == 0:
            made = gather.reduce(array[:whole].reshape(-1, step, array.shape[1]), axis=1)
        else:
            made = _halved(array[:, :whole], step, gather)
        if whole < size:
            rest = array[whole:] if axis == 0 else array[:, whole:]
            last = gather.reduce(rest, axis=axis, keepdims=True)
            made = np.concatenate([made, last], axis=axis)
        array = made
    return array


def _halved(array: NDArray[Any], step: int, gather: np.ufunc) -> NDArray[Any]:
    """Reduce every `step` columns, a power of two: pairs of columns again and again.

    Seven times as fast as a reduction of so few numbers at a time.
    """
    while step > 1:
        array, step = gather(array[:, 0::2], array[:, 1::2]), step // 2
    return array


def _sizes(shape: tuple[int, ...], steps: Steps) -> Floats32:
    """Count the cells of each block."""
    of_rows, of_columns = (
        np.minimum(step, size - np.arange(0, size, step)).astype(np.float32)
        for size, step in zip(shape, steps, strict=True)
    )
    return np.outer(of_rows, of_columns).astype(np.float32)


def steps_for(shape: tuple[int, int], most: int) -> Steps:
    """Return the smallest blocks, powers of two, of which there are at most so many.

    The axis that has more blocks is cut coarser.
    """
    steps = [1, 1]
    counts = list(shape)
    while counts[0] * counts[1] > most:
        axis = int(counts[1] >= counts[0])
        steps[axis] *= 2
        counts[axis] = -(-shape[axis] // steps[axis])
    return steps[0], steps[1]


class Pyramid:
    """The blocks of one map.

    Parameters
    ----------
    cells
        (H, W), NaN where nothing is known; must not change.
    exists
        (H, W), which cells exist; None where all do.
    """

    def __init__(self, cells: Floats32, exists: Bools | None = None) -> None:
        self.shape = (int(cells.shape[0]), int(cells.shape[1]))
        self.cells = cells if exists is None else np.where(exists, cells, np.float32(np.nan))
        self.exists = exists
        self._steps = steps_for(self.shape, KEPT)
        # requests come on threads of the page, while the worker publishes
        self._lock = threading.Lock()

    @cached_property
    def _kept(self) -> Level:
        """Of all cells, made in pieces that stay in the cache of the processor."""
        step = self._steps[0]
        height = step * max(1, 2**20 // (step * self.shape[1]))
        pieces = [
            self._base((first, first + height), (0, self.shape[1])).coarser(self._steps)
            for first in range(0, self.shape[0], height)
        ]
        return Level._make(
            None if each[0] is None else np.concatenate(each) for each in zip(*pieces, strict=True)
        )

    def _base(self, rows: Span, columns: Span) -> Level:
        part = slice(*rows), slice(*columns)
        return Level.of(self.cells[part], None if self.exists is None else self.exists[part])

    def blocks(self, steps: Steps, rows: Span, columns: Span) -> Level:
        """Return blocks of `steps` cells: those from the first to before the last of each span.

        Parameters
        ----------
        steps
            Powers of two.
        rows, columns
            In blocks.
        """
        fine = self._steps
        if steps[0] >= fine[0] and steps[1] >= fine[1]:
            with self._lock:
                level = self._kept
            inner = steps[0] // fine[0], steps[1] // fine[1]
            return level.within(_times(rows, inner[0]), _times(columns, inner[1])).coarser(inner)
        return self._base(_times(rows, steps[0]), _times(columns, steps[1])).coarser(steps)

    def all(self, most: int) -> tuple[Steps, Level]:
        """Return all of the map in at most so many blocks, and the cells of one."""
        steps = steps_for(self.shape, most)
        rows, columns = (-(-size // step) for size, step in zip(self.shape, steps, strict=True))
        return steps, self.blocks(steps, (0, rows), (0, columns))


def _times(span: Span, step: int) -> Span:
    return span[0] * step, span[1] * step
