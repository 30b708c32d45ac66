"""The arrays of numbers that are passed about: float64 to compute with, float32 to keep."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
"""What is computed with."""

Floats32 = NDArray[np.float32]
"""What an explanation keeps, half as large."""
