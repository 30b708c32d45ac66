"""Maps stretched to another size, as a coarse layer's map is to the matrix."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Interpolation = Literal["bilinear", "nearest"]


def resized(maps: NDArray[Any], shape: tuple[int, int], how: Interpolation) -> NDArray[Any]:
    """Stretch (..., h, w) maps to (..., H, W).

    Cells are areas, not points: the middle of a cell of one grid lies at the same share of the
    whole as in the other grid, which is TensorFlow's `resize`, and torch's `interpolate` with
    `align_corners=False`. Beyond the outermost middles the edge goes on. A grid that shrinks is
    sampled, not averaged.

    Parameters
    ----------
    maps
        (..., h, w).
    shape
        H and W.
    how
        "bilinear", or "nearest": the cell in which the middle of a new cell lies, the later of two.
    """
    rows = _along(maps.swapaxes(-1, -2), shape[0], how).swapaxes(-1, -2)
    return _along(rows, shape[1], how)


def _along(maps: NDArray[Any], size: int, how: Interpolation) -> NDArray[Any]:
    """Stretch the last axis."""
    cells, doubled = maps.shape[-1], 2 * np.arange(size) + 1
    if how == "nearest":
        return maps[..., doubled * cells // (2 * size)]  # whole numbers, so no rounding
    places = np.clip(doubled * cells / (2 * size) - 0.5, 0, cells - 1)
    below = places.astype(int)
    above = np.minimum(below + 1, cells - 1)
    share = (places - below).astype(maps.dtype)
    return maps[..., below] * (1 - share) + maps[..., above] * share
