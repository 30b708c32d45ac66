"""Ready maps: what a user's function returns, or what was computed elsewhere, read as an array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from heatbrush_core.matrix.arrays import Floats, Floats32


def ready_map(given: Any, what: str, shape: Sequence[int] | None = None) -> Floats | Floats32:
    """Read a map, and check it against the matrix that it is about.

    Parameters
    ----------
    given
        (H, W) or (H, W, C) numbers; NaN where nothing is known.
    what
        The subject of the messages, such as "map".
    shape
        (H, W, C) of the matrix; None where it is not known.

    Returns
    -------
    (H, W) or (H, W, C) float64, or float32 where it came as that: perhaps the very array given

    Raises
    ------
    TypeError, ValueError
        In one sentence.
    """
    expected = "(rows, columns) or (rows, columns, channels)"
    try:
        found = np.asarray(given)
    except ValueError as error:
        raise ValueError(
            f"{what} has rows of different lengths, but one array of shape {expected} is expected; "
            "give a number per cell."
        ) from error
    if found.dtype.kind not in "biuf":
        raise TypeError(
            f"{what} holds {found.dtype} where numbers are expected; give an array of shape "
            f"{expected}."
        )
    if found.ndim not in (2, 3) or not found.size:
        raise ValueError(f"{what} has shape {found.shape}, but {expected} is expected.")
    if shape is not None and found.shape not in (tuple(shape[:2]), tuple(shape)):
        raise ValueError(
            f"{what} has shape {found.shape}, but the matrix is {tuple(shape)}; give a number per "
            "cell, or per cell and channel."
        )
    if np.isinf(found).any():
        raise ValueError(
            f"{what} holds infinite numbers, but a map has finite ones; put NaN where nothing is "
            "known."
        )
    # what is kept is float32: a large map need not be copied twice as large meanwhile
    return found if found.dtype == np.float32 else found.astype(np.float64)
