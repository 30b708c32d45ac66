"""The arrays of numbers that are passed about: what is computed with, what is kept, and indices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
"""What is computed with."""

Floats32 = NDArray[np.float32]
"""What an explanation keeps, half as large."""

Indices = NDArray[np.intp]
"""Places in other arrays."""
