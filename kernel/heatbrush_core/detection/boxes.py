"""Boxes as arrays: their edges, intersection over union, and non-maximum suppression.

A box is (row, column, height, width) in index units: its centre, where (0, 0) is the centre of the
first cell, and how many cells it is high and wide. One that covers the rows 3, 4 and 5 has its
centre at row 4, height 3, and its edges at 2.5 and 5.5.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from heatbrush_core.checks import short
from heatbrush_core.matrix.arrays import Floats, Indices

FIELDS: Final = ("row", "column", "height", "width")
"""What the numbers of a box are, in their order."""
EDGES: Final = ("top", "bottom", "left", "right")
"""What the edges of a box are, in the order of `edges`."""


def read(given: ArrayLike, name: str = "boxes") -> Floats:
    """Read boxes as an array.

    Parameters
    ----------
    given : (n, 4) or (4,)
        Row and column of the centre, height, width; all finite, heights and widths at least 0.

    Returns
    -------
    (n, 4) float64

    Raises
    ------
    ValueError
        In one sentence.
    """
    array = numbers(given, name)
    array = array.reshape(-1, 4) if array.ndim == 1 and array.size in (0, 4) else array
    if array.ndim != 2 or array.shape[1] != 4:
        raise ValueError(
            f"{name} has shape {array.shape}, but (n, 4) is expected; give row and column of the "
            "centre, height and width of each box."
        )
    if not np.isfinite(array).all() or (array[:, 2:] < 0).any():
        raise ValueError(
            f"{name} holds a number that is not finite, or a height or width below 0, but a box "
            "has neither; leave such boxes out."
        )
    return array


def numbers(given: Any, name: str) -> Floats:
    """Read numbers as an array of any shape; what is none is refused in one sentence."""
    try:
        return np.asarray(given, np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{name} is {short(given)}, but numbers are expected; give an array of them."
        ) from error


def edges(boxes: Floats) -> Floats:
    """Return the edges of boxes, (..., 4) in the order of `EDGES`."""
    row, column, height, width = np.moveaxis(boxes, -1, 0)
    sides = (row - height / 2, row + height / 2, column - width / 2, column + width / 2)
    return np.stack(sides, -1)


def from_edges(sides: ArrayLike) -> Floats:
    """Return the boxes with these edges, (..., 4) each; the inverse of `edges`."""
    top, bottom, left, right = np.moveaxis(np.asarray(sides, np.float64), -1, 0)
    return np.stack([(top + bottom) / 2, (left + right) / 2, bottom - top, right - left], -1)


def iou(a: ArrayLike, b: ArrayLike) -> Floats:
    """Return the intersection over union of each box with each.

    Parameters
    ----------
    a : (n, 4) or (4,)
    b : (m, 4) or (4,)
        Boxes: row and column of the centre, height, width.

    Returns
    -------
    (n, m) float64
        0 to 1; 0 where neither of two boxes has an area.

    Raises
    ------
    ValueError
        If one is no array of boxes.
    """
    return overlaps(read(a, "a"), read(b, "b"))


def overlaps(one: Floats, other: Floats) -> Floats:
    """Return the intersection over union, (n, m), of boxes that were read."""
    half, other_half = one[:, 2:] / 2, other[:, 2:] / 2
    low = np.maximum((one[:, :2] - half)[:, None], (other[:, :2] - other_half)[None])
    high = np.minimum((one[:, :2] + half)[:, None], (other[:, :2] + other_half)[None])
    both = np.maximum(high - low, 0).prod(-1)
    either = one[:, 2:].prod(-1)[:, None] + other[:, 2:].prod(-1)[None] - both
    return np.divide(both, either, out=np.zeros_like(both), where=either > 0)


def best_first(scores: Floats) -> Indices:
    """Return the order of scores from the highest down; equal ones stay in their order."""
    return np.argsort(-scores, kind="stable")


def suppress(boxes: ArrayLike, scores: ArrayLike, labels: Any, overlap: float = 0.5) -> Indices:
    """Keep the best of boxes that overlap: greedy non-maximum suppression within each class.

    Parameters
    ----------
    boxes : (n, 4)
        Row and column of the centre, height, width.
    scores : (n,)
        From the highest down a box is kept, unless it overlaps one that was kept.
    labels : (n,)
        A box suppresses boxes of its own class only.
    overlap : float
        Intersection over union above which two boxes count as one. Default 0.5.

    Returns
    -------
    (kept,) int
        Indices of the boxes that stay, best first.
    """
    known, classes = read(boxes), np.asarray(labels)
    kept: list[int] = []
    order = best_first(np.asarray(scores, np.float64))
    left = np.ones(len(known), bool)
    for i in order.tolist():
        if left[i]:
            kept.append(i)
            left[i] = False
            rivals = np.flatnonzero(left & (classes == classes[i]))
            left[rivals[overlaps(known[[i]], known[rivals])[0] > overlap]] = False
    return np.array(kept, np.intp)
