"""How far matrices lie from one of them: large ones by block means."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_BYTES = 64 * 2**20
"""What the reduced matrices of all samples may take."""
MOST_SIDE = 32
"""Blocks along one axis, at most."""

Floats = NDArray[np.float32]


class Reduced:
    """All matrices, each reduced to so many numbers that all can be kept.

    Parameters
    ----------
    shape
        (N, H, W, C) of all matrices.

    Attributes
    ----------
    blocks : tuple of int
        Along rows and columns; as many as there are rows and columns where nothing is reduced.
    known : (N,) bool
    values : (N, numbers) float32
    holes : bool
        Whether some cell held no number; it counts as 0.
    """

    def __init__(self, shape: tuple[int, int, int, int]) -> None:
        count, height, width, channels = shape
        side = math.isqrt(MOST_BYTES // (4 * count * channels))
        side = min(max(side, 2), MOST_SIDE)
        whole = height * width <= side * side
        self.blocks = (height, width) if whole else (min(height, side), min(width, side))
        self.known = np.zeros(count, bool)
        self.values: Floats = np.zeros((count, math.prod(self.blocks) * channels), np.float32)
        self.holes = False
        self._whole = whole

    @property
    def whole(self) -> bool:
        """Whether matrices are compared cell by cell."""
        return self._whole

    def add(self, X: NDArray[Any], which: slice) -> None:
        """Reduce some of (N, H, W, C) matrices."""
        cells = np.asarray(X[which], np.float32)
        if not np.isfinite(cells).all():
            self.holes, cells = True, np.where(np.isfinite(cells), cells, np.float32(0))
        self.values[which] = means(cells, self.blocks).reshape(len(cells), -1)
        self.known[which] = True

    def distances(self, to: int) -> Floats:
        """(N,) the distance of each from one of them; NaN where one of the two is not known."""
        found = distances(self.values, to)
        return np.where(self.known & self.known[to], found, np.float32(np.nan))


def means(X: Floats, blocks: tuple[int, int]) -> Floats:
    """(N, H, W, C) -> (N, rows, columns, C), the mean of each block."""
    for axis, count in zip((1, 2), blocks, strict=True):
        size = X.shape[axis]
        if count == size:
            continue
        starts = np.arange(count) * size // count
        sizes = np.diff([*starts, size])
        shape = [1, 1, 1, 1]
        shape[axis] = count
        total = np.add.reduceat(X, starts, axis=axis)
        X = np.asarray(total / sizes.reshape(shape), np.float32)
    return X


def distances(values: Floats, to: int) -> Floats:
    """(N, numbers) -> (N,) the Euclidean distance of each from one of them; NaN where one is."""
    found = np.empty(len(values), np.float32)
    step = max(1, 2**22 // max(1, values.shape[1]))  # a copy of all would be as large as all
    for start in range(0, len(values), step):
        part = values[start : start + step].astype(np.float64) - values[to]
        found[start : start + step] = np.sqrt((part**2).sum(axis=1))
    return found
