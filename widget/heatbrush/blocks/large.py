"""What a page holds of a map that is too large to be sent whole, and the blocks it asks for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush import protocol
from heatbrush.blocks.extremes import ends, magnitudes
from heatbrush.blocks.pyramid import Bools, Pyramid, Span, Statistic, Steps
from heatbrush.border import wire
from heatbrush_core import Explanation
from heatbrush_core.maps.profiles import lines
from heatbrush_core.matrix.arrays import Floats, Floats32

HELD = 2**17
"""Blocks that a page holds of a larger one, each as its strongest value and as its mean: 512 KiB.

A saved page has nothing else, and takes a third more in text.
"""
SENT = 2**19
"""Blocks of one answer, at the most: 1 MiB."""
QUANTILES = (0.98, 0.998, 1.0)
"""Of |value|, where the colours of a map may end."""
TAIL = 0.01
"""Of the input's values, below and above which its colours end."""
MOST = 2.0**15
"""What the largest magnitude becomes, so that halves keep 11 bits of all that is seen."""
NONE: protocol.Halves = {"shape": [0], "scale": 1.0, "bytes": b""}


def empty() -> protocol.PanelArrays:
    """Return the arrays of no panel, for a view of large maps: every buffer keeps its place."""
    return {**wire.EMPTY, "large": _nothing()}


def _nothing() -> protocol.Large:
    return {
        "shape": [0, 0],
        "channel": None,
        "steps": (1, 1),
        "strongest": NONE,
        "mean": NONE,
        "rows": wire.ABSENT,
        "columns": wire.ABSENT,
        "quantiles": [],
    }


def halves(values: Floats32) -> protocol.Halves:
    """Return numbers as 16 bits each, NaN and infinity as they are; only for what is drawn."""
    finite = np.isfinite(values)
    largest = float(np.max(np.abs(values), where=finite, initial=0.0))
    scale = largest / MOST or 1.0
    with np.errstate(under="ignore"):
        numbers = np.asarray(values / np.float64(scale), "<f2")
    return {"shape": list(values.shape), "scale": scale, "bytes": numbers.tobytes()}


class LargeMap:
    """One plane of a large map or matrix, and what pages are told of it.

    Parameters
    ----------
    cells
        (H, W), NaN where nothing is known.
    shape
        (H, W) or (H, W, C) of what it is a plane of.
    channel
        Which channel it is; None is the only one, or the sum of all.
    exists
        (H, W), which cells exist; None where all do.
    """

    def __init__(
        self,
        cells: Floats32,
        shape: Sequence[int],
        channel: int | None = None,
        exists: Bools | None = None,
    ) -> None:
        self.pyramid = Pyramid(cells, exists)
        self._shape, self.channel = list(shape), channel

    def blocks(
        self, steps: Steps, rows: Span, columns: Span, statistic: Statistic
    ) -> protocol.Halves:
        """Return what is drawn of some blocks; see `Pyramid.blocks`."""
        level = self.pyramid.blocks(steps, rows, columns)
        return halves(level.value(statistic))

    def as_map(self, rows: ArrayLike, columns: ArrayLike) -> protocol.Large:
        """Return what a page holds of a map with these profiles."""
        found = magnitudes(self.pyramid.cells, QUANTILES)
        return self._told(rows, columns, list(zip(QUANTILES, found, strict=True)))

    @cached_property
    def as_input(self) -> protocol.Large:
        """What a page holds of a matrix; its profiles are of magnitudes."""
        low, high = ends(self.pyramid.cells, TAIL)
        rows, columns = _mean_magnitudes(self.pyramid.cells)
        level = self.pyramid.all(HELD)[1]
        outer = (float(np.fmin.reduce(level.low, None)), float(np.fmax.reduce(level.high, None)))
        least, most = (0.0 if np.isnan(each) else each for each in outer)
        return self._told(rows, columns, [(0.0, least), (TAIL, low), (1 - TAIL, high), (1.0, most)])

    def _told(
        self, rows: ArrayLike, columns: ArrayLike, quantiles: list[tuple[float, float]]
    ) -> protocol.Large:
        steps, level = self.pyramid.all(HELD)
        return {
            "shape": self._shape,
            "channel": self.channel,
            "steps": steps,
            "strongest": halves(level.value("strongest")),
            "mean": halves(level.value("mean")),
            "rows": wire.array(rows),
            "columns": wire.array(columns),
            "quantiles": quantiles,
        }


def of_map(found: Explanation, channel: int | None) -> LargeMap:
    """Return the plane of a map that is drawn: one channel where it has several, or their sum."""
    one = channel is not None and found.shape[2] > 1
    cells = found.values[..., channel] if one else found.map
    return LargeMap(cells, found.shape[:2], channel if one else None, found.valid)


def of_matrix(matrix: NDArray[np.generic], channel: int | None, exists: Bools | None) -> LargeMap:
    """Return the plane of a matrix that is drawn."""
    channels = matrix.shape[2]
    if channels == 1:
        cells = matrix[..., 0]
    else:
        cells = matrix.sum(-1) if channel is None else matrix[..., channel]
    plane = np.asarray(cells, np.float32)
    return LargeMap(plane, matrix.shape, channel if channels > 1 else None, exists)


def arrays(run: int, found: Explanation, plane: LargeMap) -> protocol.PanelArrays:
    """Return the arrays of what a run found, with the map reduced."""
    rows: ArrayLike = found.rows
    columns: ArrayLike = found.columns
    if plane.channel is not None:
        cells = plane.pyramid.cells
        rows, columns = (lines(cells, axis, found.profile) for axis in (1, 0))
    return {
        **wire.EMPTY,
        "run": run,
        "row_errors": wire.given(found.row_errors),
        "column_errors": wire.given(found.column_errors),
        "large": plane.as_map(rows, columns),
    }


def _mean_magnitudes(cells: Floats32) -> tuple[Floats, Floats]:
    """Average |value| along each row and each column, NaN left out, without a copy of all cells."""
    rows, columns = (np.zeros(size) for size in cells.shape)
    counts = np.zeros(cells.shape[0]), np.zeros(cells.shape[1])
    step = max(1, 2**20 // cells.shape[1])
    for first in range(0, cells.shape[0], step):
        piece = slice(first, first + step)
        values = np.abs(cells[piece])
        known = ~np.isnan(values)
        values[~known] = 0
        rows[piece] = values.sum(axis=1, dtype=np.float64)
        columns += values.sum(axis=0, dtype=np.float64)
        counts[0][piece] = known.sum(axis=1)
        counts[1][:] += known.sum(axis=0)
    with np.errstate(invalid="ignore"):
        return rows / counts[0], columns / counts[1]
