"""What numbers must be to be probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CLOSE = 1e-4


def bounded(outputs: NDArray[np.float64], close: float = CLOSE) -> bool:
    """Tell whether all outputs lie between 0 and 1."""
    return bool((outputs >= -close).all() and (outputs <= 1 + close).all())


def sum_to_one(outputs: NDArray[np.float64], close: float = CLOSE) -> bool:
    """Tell whether the outputs (N, units) of several units sum to 1 for each matrix."""
    return outputs.shape[1] > 1 and bool((np.abs(outputs.sum(axis=1) - 1) <= close).all())
