"""The arrays of an explanation: checked against each other, cut to a region, float32, read-only."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core.maps.profiles import Profile, errors_of, lines
from heatbrush_core.matrix.arrays import Floats, Floats32
from heatbrush_core.matrix.region import Region


class Arrays(NamedTuple):
    """What an explanation holds: (H, W, C) values, (H, W) map, (H,) and (W,) profiles, errors."""

    values: Floats32
    map: Floats32
    rows: Floats32
    columns: Floats32
    standard_error: Floats32 | None
    row_errors: Floats32 | None
    column_errors: Floats32 | None


class Errors(NamedTuple):
    """Standard errors of a map and its profiles, as they are given."""

    standard_error: ArrayLike | None = None
    row_errors: ArrayLike | None = None
    column_errors: ArrayLike | None = None


def read(
    values: ArrayLike,
    map: ArrayLike | None,
    profile: Profile,
    within: Region | None,
    valid: NDArray[np.bool_] | None,
    errors: Errors,
) -> Arrays:
    """Take the values as they come from a method; only here are they cast to float32.

    A map of None is the sum over channels. Cells outside `within`, and those that do not exist by
    `valid`, become NaN; None is all.

    Raises
    ------
    ValueError
        In one sentence, where shapes do not fit together.
    """
    wide, cells = _cells(values, map)
    inside = None if within is None else within.mask((cells.shape[0], cells.shape[1]))
    for kept in (inside, valid):
        if kept is not None:
            wide[~kept], cells[~kept] = np.nan, np.nan
    # of what is kept, so that whoever sums the map gets the profile
    kept_cells = cells.astype(np.float32, copy=False)
    rows, columns = (lines(kept_cells, axis, profile) for axis in (1, 0))
    estimated: dict[str, Floats | Floats32] = {
        "standard_error": kept_cells,
        "row_errors": rows,
        "column_errors": columns,
    }
    checked = (errors_of(estimated[name], given, name) for name, given in errors._asdict().items())
    found = (None if each is None else _frozen(each) for each in checked)
    return Arrays(_frozen(wide), _frozen(kept_cells), _frozen(rows), _frozen(columns), *found)


def read_valid(given: ArrayLike | None, shape: tuple[int, ...]) -> NDArray[np.bool_] | None:
    """Take a mask of which cells exist as an own copy; None where all do."""
    if given is None:
        return None
    valid = np.array(given, np.bool_)
    if valid.shape != shape[:2]:
        raise ValueError(
            f"valid has shape {valid.shape}, but the values have {shape}; give True or False per "
            "row and column."
        )
    valid.flags.writeable = False
    return None if valid.all() else valid


def _cells(values: ArrayLike, map: ArrayLike | None) -> tuple[Floats | Floats32, Floats | Floats32]:
    """(H, W, C) values and the (H, W) map of them, own copies; of one channel both are one."""
    given: NDArray[Any] = np.asarray(values)
    wide = np.array(given) if given.dtype == np.float32 else np.array(given, np.float64)
    if wide.ndim != 3:
        raise ValueError(
            f"values have shape {wide.shape}, but (rows, columns, channels) is expected; "
            "add an axis of length 1 for a single channel."
        )
    cells = _summed(wide) if map is None else np.array(map, np.float64)
    if cells.shape != wide.shape[:2]:
        raise ValueError(
            f"map has shape {cells.shape}, but the values have {wide.shape}; "
            "give one number per row and column."
        )
    return wide, cells


def _summed(wide: Floats | Floats32) -> Floats | Floats32:
    """Sum over the channels; a single one is itself, not a copy."""
    return wide[..., 0] if wide.shape[2] == 1 else wide.sum(axis=2, dtype=np.float64)


def _frozen(wide: Floats | Floats32) -> Floats32:
    array = np.ascontiguousarray(wide, np.float32)
    array.flags.writeable = False
    return array
