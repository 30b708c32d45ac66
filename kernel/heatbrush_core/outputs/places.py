"""Cells of an output and cells of the matrix: arrays read, strides, and places in units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from heatbrush_core.checks import index, short
from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.matrix.axes import AXES, Axis

Shape = tuple[int, ...]
Pair = tuple[float, float]


def arrays(outputs: Any) -> list[Floats]:
    """Read the outputs of a model for one sample: an array, or a list or dict of arrays.

    Raises
    ------
    ValueError
        If one of them holds no numbers.
    """
    several = isinstance(outputs, list | tuple) and all(hasattr(each, "shape") for each in outputs)
    if isinstance(outputs, Mapping):
        parts = list(outputs.values())
    else:
        parts = list(outputs) if several else [outputs]
    try:
        return [np.asarray(part, np.float64) for part in parts]
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"outputs is {short(outputs)}, but the arrays that a model returned for one sample are "
            "expected; give one array, or a list or dict of them."
        ) from error


def matrix_shape(given: Any) -> tuple[int, int]:
    """Read the shape of a matrix; channels after its two axes do not count.

    Raises
    ------
    ValueError
        If there are no two axes of at least one line.
    """
    sizes = [index(each) for each in given] if isinstance(given, Sequence) else []
    if len(sizes) not in (2, 3) or not all(size is not None and size > 0 for size in sizes):
        raise ValueError(
            f"shape is {short(given)}, but the rows and columns of the matrix are expected; give "
            "two whole numbers above 0."
        )
    return (sizes[0] or 0, sizes[1] or 0)


def strides(cells: Sequence[int], shape: tuple[int, int], given: Pair | None, noun: str) -> Pair:
    """Return how many rows and columns of the matrix one cell of an output stands for.

    Parameters
    ----------
    cells : (2,)
        Rows and columns of the output.
    shape : (2,)
        Rows and columns of the matrix.
    given : (2,) or None
        What the decoder was told; None where the output divides the matrix, or the other way round.
    noun : str
        What the output is called in a refusal.

    Raises
    ------
    ValueError
        If neither is a multiple of the other, so that one can only guess.
    """
    if given is not None:
        return given
    found = []
    for axis, mine, whole in zip(AXES, cells, shape, strict=True):
        if whole % mine and mine % whole:
            raise ValueError(
                f"{noun} has {mine} {axis} and the matrix {whole}, but a whole number of {axis} "
                "per cell is expected; give stride=(rows, columns) of the matrix per cell."
            )
        found.append(whole / mine)
    return found[0], found[1]


def centre(cell: Any, stride: Any) -> Any:
    """Return where the centre of an output's cell lies in the matrix."""
    return (cell + 0.5) * stride - 0.5


def cell_of(place: Any, stride: Any) -> Any:
    """Return the place in the output, in its own index units; the inverse of `centre`."""
    return (place + 0.5) / stride - 0.5


def in_units(axis: Axis, places: Floats) -> Any:
    """Return what places along an axis are called: numbers or dates between those of the lines.

    Half a line before the first and after the last still count; what has names has the name of the
    nearest line, NaN has none.
    """
    if axis.values is None and axis.dates is None:
        last = len(axis) - 1
        near = [None if np.isnan(at) else min(max(round(at), 0), last) for at in places.tolist()]
        return np.array([None if at is None else axis.labels[at] for at in near], object)
    if axis.dates is None:
        return _between(np.asarray(axis.coordinates, np.float64), places)
    dates = axis.dates
    since = _between((dates - dates[0]).astype(np.float64), places)
    later = np.where(np.isnan(since), 0, np.round(since)).astype(np.int64)
    unit = np.datetime_data(dates.dtype)[0]
    moments = dates[0] + later.astype(f"timedelta64[{unit}]")
    return np.where(np.isnan(since), np.array("NaT", dates.dtype), moments)


def _between(values: Floats, places: Floats) -> Floats:
    """Interpolate linearly; beyond the ends as far apart as the last two lines are."""
    if len(values) == 1:
        return np.where(np.isnan(places), np.nan, values[0])
    low = np.clip(np.floor(np.nan_to_num(places)).astype(int), 0, len(values) - 2)
    return values[low] + (places - low) * (values[low + 1] - values[low])
