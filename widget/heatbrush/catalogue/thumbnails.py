"""Small pictures of samples for the list: a byte for each place, on a scale of their own."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatbrush.catalogue.alike import Floats, means
from heatbrush.session.samples import Samples

ROWS, COLUMNS = 20, 48
KEPT = 2000
LOOKED = 4
"""Cells along each axis that one place is the mean of, at most: all would take too long."""
ABSENT = 255

Picture = NDArray[np.uint8]


class Thumbnails:
    """The pictures of a view's samples, made when they are asked for; the newest 2,000 are kept."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples
        height, width = samples.shape
        self.shape = min(height, ROWS), min(width, COLUMNS)
        self._made: OrderedDict[int, bytes] = OrderedDict()

    def of(self, sample: int) -> bytes:
        """Return the picture of one sample."""
        if sample in self._made:
            self._made.move_to_end(sample)
            return self._made[sample]
        made = picture(self._samples.matrices[sample], self._samples.exists(sample), self.shape)
        self._made[sample] = made.tobytes()
        if len(self._made) > KEPT:
            self._made.popitem(last=False)
        return self._made[sample]


def picture(
    matrix: NDArray[Any], exists: NDArray[np.bool_] | None, shape: tuple[int, int]
) -> Picture:
    """(H, W, C) -> a picture: the sum of the channels, 0 at its lowest and 254 at its highest."""
    sizes = zip(matrix.shape, shape, strict=False)
    steps = [max(1, size // (count * LOOKED)) for size, count in sizes]
    taken = np.s_[:: steps[0], :: steps[1]]
    cells = np.asarray(matrix[taken], np.float32).sum(axis=-1)
    there = np.isfinite(cells) if exists is None else exists[taken] & np.isfinite(cells)
    share = _means(there.astype(np.float32), shape)
    total = _means(np.where(there, cells, np.float32(0)), shape)
    known = share > 0
    if not known.any():
        return np.full(shape, ABSENT, np.uint8)
    value = np.where(known, total / np.where(known, share, 1), 0)
    low, high = value[known].min(), value[known].max()
    scaled = (value - low) * (254 / (high - low)) if high > low else np.full(shape, 127.0)
    return np.where(known, np.clip(np.rint(scaled), 0, 254), ABSENT).astype(np.uint8)


def _means(cells: Floats, shape: tuple[int, int]) -> Floats:
    return means(cells[None, :, :, None], shape)[0, :, :, 0]
