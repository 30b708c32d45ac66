"""Which matrices are sent whole."""

from __future__ import annotations

from collections.abc import Sequence

WHOLE = 2**20
"""Cells of a matrix that pages still hold whole, such as 512 x 2048."""


def is_large(shape: Sequence[int]) -> bool:
    """Tell whether a matrix is too large to be sent whole."""
    return shape[0] * shape[1] > WHOLE
