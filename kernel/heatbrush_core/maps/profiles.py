"""Profiles: a map as one number per row or column."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core.matrix.arrays import Floats

Profile = Literal["sum", "mean"]


class Errors(NamedTuple):
    """Standard errors of a map (H, W) and of its profiles (H,) and (W,); None where not estimated.

    Those of a line do not follow from those of its cells, which one sample moves together.
    """

    map: Floats | None = None
    rows: Floats | None = None
    columns: Floats | None = None


def lines(cells: NDArray[Any], axis: int, profile: Profile) -> Floats:
    """Sum or average a map along an axis, leaving NaN out; a line of nothing else is NaN."""
    total, count = cells.sum(axis=axis, dtype=np.float64), np.int64(cells.shape[axis])
    if np.isnan(total).any():
        # copies, which of a large map take most of the time, only where there are gaps
        known = ~np.isnan(cells)
        count = known.sum(axis=axis)
        total = np.where(known, cells, 0.0).sum(axis=axis, dtype=np.float64)
    divisor = np.where(count == 0, np.nan, 1.0 if profile == "sum" else count)
    return np.asarray(total / divisor)


def errors_of(numbers: NDArray[Any], given: ArrayLike | None, name: str) -> Floats | None:
    """Check the standard errors of a map or a profile; NaN where its numbers are."""
    if given is None:
        return None
    errors = np.asarray(given, np.float64)
    if errors.shape != numbers.shape:
        raise ValueError(
            f"{name} has shape {errors.shape}, but {numbers.shape} is expected; give one for each "
            "number that was estimated."
        )
    return np.where(np.isnan(numbers), np.nan, errors)
