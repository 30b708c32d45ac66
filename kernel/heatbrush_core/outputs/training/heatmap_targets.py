"""What a heat map should be for true landmarks: the tensor that a network is trained on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from heatbrush_core.checks import short
from heatbrush_core.detection.boxes import numbers
from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.outputs.decoder import code_of
from heatbrush_core.outputs.heatmap import Heatmap
from heatbrush_core.outputs.places import cell_of, matrix_shape, strides

FAINTEST = 0.01
"""Of a drawn peak, below which a cell has no orientation."""


def encode_landmarks(
    heatmap: Heatmap,
    landmarks: ArrayLike,
    shape: Sequence[int],
    cells: Sequence[int] | None = None,
    labels: Sequence[Any] | None = None,
    angles: ArrayLike | None = None,
    channels: int | None = None,
) -> Floats:
    """Draw the map that a network should return for true landmarks: its target in training.

    `Heatmap.decode` finds the landmarks in it again. Each is a Gaussian of height 1; those of one
    kind are joined by their maximum.

    Parameters
    ----------
    heatmap : Heatmap
        Its sigma, classes and orientation.
    landmarks : (n, 2)
        Row and column of each in index units of the matrix.
    shape : (rows, columns)
        Of the matrix.
    cells : (h, w) or None
        Rows and columns of the map. Default None, those of the matrix.
    labels : list or None
        The class of each: a name, or an index where there are no names. Default None, all of the
        first.
    angles : (n,) or None
        In degrees; needed where there is an orientation.
    channels : int or None
        Of the map. Default None, one per class (one, where there are no names) and two for an
        orientation.

    Returns
    -------
    (h, w, channels) float64
        Scores, from 0 to 1. An orientation stands in the cells that are nearest to its landmark,
        as far as the peak is above 0.01, and is 0 elsewhere.

    Raises
    ------
    ValueError
        One sentence, if a landmark lies outside of the matrix, or labels or angles do not fit.
    """
    size = matrix_shape(shape)
    grid = matrix_shape(size if cells is None else cells)
    kinds = len(heatmap.classes) if heatmap.classes is not None else 1
    channels = kinds + 2 * bool(heatmap.orientation) if channels is None else channels
    heatmap.check([(1, 1)] * heatmap.output + [(*grid, channels)], size)
    places = _inside(landmarks, size)
    names = _channels(heatmap, labels, len(places), channels)
    stride = strides(grid, size, heatmap.stride, heatmap.noun)
    gaps = np.indices(grid)[:, None] - cell_of(places, np.array(stride)).T[:, :, None, None]
    drawn = np.exp(-(gaps**2).sum(0) / (2 * heatmap.sigma**2))
    made = np.zeros((*grid, channels))
    for one, name in zip(drawn, names, strict=True):
        made[..., name] = np.maximum(made[..., name], one)
    if heatmap.orientation is not None:
        _turn(made, heatmap.orientation, drawn, angles)
    return made


def _channels(
    heatmap: Heatmap, labels: Sequence[Any] | None, count: int, channels: int
) -> list[int]:
    kinds = heatmap.kinds(channels)
    if labels is None:
        return kinds[:1] * count
    if len(labels) != count:
        raise ValueError(
            f"labels holds {len(labels)} classes, but there are {count} landmarks; give one of "
            "each."
        )
    return [kinds[code_of(heatmap.classes, each, len(kinds), heatmap.noun)] for each in labels]


def _turn(
    made: Floats, orientation: tuple[int, int], drawn: Floats, angles: ArrayLike | None
) -> None:
    """Write each landmark's angle into the cells that it is nearest to."""
    turns = np.radians(numbers([] if angles is None else angles, "angles"))
    if turns.shape != (len(drawn),):
        raise ValueError(
            f"angles is {short(angles)}, but there are {len(drawn)} landmarks with an "
            "orientation; give one angle in degrees for each."
        )
    if not len(drawn):
        return
    nearest, there = drawn.argmax(0), drawn.max(0) >= FAINTEST
    for channel, part in zip(orientation, (np.cos, np.sin), strict=True):
        made[..., channel] = np.where(there, part(turns)[nearest], 0.0)


def _inside(landmarks: ArrayLike, size: tuple[int, int]) -> Floats:
    places = numbers(landmarks, "landmarks")
    places = places.reshape(0, 2) if not places.size else places
    if places.ndim != 2 or places.shape[1] != 2:
        raise ValueError(
            f"landmarks has shape {places.shape}, but (n, 2) is expected; give row and column of "
            "each."
        )
    outside = ~((places >= -0.5) & (places < np.array(size) - 0.5)).all(1)
    if outside.any():
        worst = tuple(places[outside.argmax()].tolist())
        raise ValueError(
            f"A landmark lies at {worst}, but the matrix has {size[0]} rows and {size[1]} columns, "
            "from -0.5 on; leave out what lies outside."
        )
    return places
