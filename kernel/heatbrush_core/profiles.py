"""Profiles: a map as one number per row or column."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Profile = Literal["sum", "mean"]


def lines(cells: NDArray[Any], axis: int, profile: Profile) -> NDArray[np.float64]:
    """Sum or average a map along an axis, leaving NaN out; a line of nothing else is NaN."""
    known = ~np.isnan(cells)
    count = known.sum(axis=axis)
    total = np.where(known, cells, 0.0).sum(axis=axis, dtype=np.float64)
    divisor = np.where(count == 0, np.nan, 1.0 if profile == "sum" else count)
    return np.asarray(total / divisor)
