"""Anchors: the sizes that a detector's boxes start from, found by k-means with 1 - IoU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from heatbrush_core.checks import count, short, whole
from heatbrush_core.detection.boxes import numbers
from heatbrush_core.matrix.arrays import Floats, Indices

STARTS, ROUNDS = 10, 300
"""Starts of k-means, of which the best counts, and rounds of each at the most."""


@dataclass(frozen=True, eq=False)
class Anchors:
    """Anchors, and how well they fit the boxes that they came from.

    Attributes
    ----------
    sizes
        (k, 2) height and width in cells, the smallest area first.
    nearest
        (n,) index of the anchor that fits each box best.
    mean_iou
        Mean over the boxes of the intersection over union with the best anchor, centre on centre.
    recall
        The best possible recall at an overlap of 0.5; see `best_possible_recall`.
    """

    sizes: Floats
    nearest: Indices
    mean_iou: float
    recall: float

    def heads(self, parts: int) -> tuple[tuple[tuple[float, float], ...], ...]:
        """Share the anchors out among heads, the smallest to the first, as `outputs.Head` takes.

        Raises
        ------
        ValueError
            If there are fewer anchors than heads.
        """
        number = count("parts", parts, len(self.sizes))
        shares = np.array_split(self.sizes, number)
        return tuple(tuple((float(h), float(w)) for h, w in share) for share in shares)


def anchors(boxes: Any, k: int, seed: int = 0) -> Anchors:
    """Find the k sizes that fit the sizes of boxes best.

    Parameters
    ----------
    boxes : (n, 2) or (n, 4) or DataFrame with the columns height and width
        Height and width of each box, in cells; of four numbers the last two.
    k : int
        How many anchors; at most as many as there are different sizes.
    seed : int
        Of the starts. Default 0.

    Returns
    -------
    Anchors

    Raises
    ------
    ValueError
        If the boxes are no sizes above 0, or k is out of range.

    Notes
    -----
    k-means, in which the distance of a box to an anchor is 1 minus the intersection over union of
    the two, centre on centre, and an anchor moves to the mean of its boxes (Redmon and Farhadi
    2017, YOLO9000). The best of 10 seeded starts by k-means++ counts, each at its best round.
    """
    sizes = _sizes(boxes, "boxes")
    distinct = len(np.unique(sizes, axis=0))
    count("k", k, distinct)
    random = np.random.default_rng(whole("seed", seed, 0))
    found = [_settled(sizes, _start(sizes, k, random)) for _ in range(STARTS)]
    best = max(found, key=lambda each: each[0])[1]
    best = best[np.lexsort((best[:, 0], best.prod(1)))]
    ious = size_iou(sizes, best)
    recall = best_possible_recall(sizes, best)
    return Anchors(best, ious.argmax(1), float(ious.max(1).mean()), recall)


def best_possible_recall(boxes: Any, anchors: Any, overlap: float = 0.5) -> float:
    """Return the share of boxes that overlap some anchor, centre on centre, by at least `overlap`.

    What lies below can be learnt only by moving an anchor far from where it starts.

    Parameters
    ----------
    boxes, anchors : (n, 2) or (n, 4) or DataFrame with the columns height and width, or Anchors
        Heights and widths in cells.
    overlap : float
        Intersection over union from which on a box counts. Default 0.5.

    Raises
    ------
    ValueError
        If one of them is no sizes above 0.
    """
    given = anchors.sizes if isinstance(anchors, Anchors) else anchors
    ious = size_iou(_sizes(boxes, "boxes"), _sizes(given, "anchors"))
    return float((ious.max(1) >= overlap).mean())


def size_iou(a: ArrayLike, b: ArrayLike) -> Floats:
    """Return the intersection over union, (n, m), of sizes (n, 2) and (m, 2), centre on centre."""
    one, other = np.asarray(a, np.float64)[:, None], np.asarray(b, np.float64)[None]
    both = np.minimum(one, other).prod(-1)
    return both / (one.prod(-1) + other.prod(-1) - both)


def _sizes(given: Any, name: str) -> Floats:
    if hasattr(given, "columns"):
        missing = [each for each in ("height", "width") if each not in given.columns]
        if missing:
            raise ValueError(
                f"{name} has no column {missing[0]}, but height and width are expected; give both."
            )
        given = given[["height", "width"]]
    array = numbers(given, name)
    if array.ndim != 2 or array.shape[1] not in (2, 4) or not len(array):
        raise ValueError(
            f"{name} is {short(array)}, but sizes of shape (n, 2), or boxes of shape (n, 4), are "
            "expected; give the height and the width of each."
        )
    array = array[:, -2:]
    if not (np.isfinite(array) & (array > 0)).all():
        raise ValueError(
            f"{name} holds a height or width that is not finite or not above 0, but such a box "
            "overlaps nothing; leave it out."
        )
    return array


def _start(sizes: Floats, k: int, random: np.random.Generator) -> Floats:
    """Draw anchors from the boxes, each more likely the worse those before fit it."""
    some = sizes[[random.integers(len(sizes))]]
    while len(some) < k:
        gap = 1 - size_iou(sizes, some).max(1)
        # what rounding leaves of a perfect fit is no gap
        weight = np.where(gap > 1e-12, gap, 0.0) ** 2
        some = np.concatenate([some, sizes[[random.choice(len(sizes), p=weight / weight.sum())]]])
    return some


def _settled(sizes: Floats, anchors: Floats) -> tuple[float, Floats]:
    """Move anchors to the means of their boxes until none changes; return the best on the way.

    The mean is not what minimises 1 - IoU, so that a round can also lose. With the anchors comes
    their mean intersection over union.
    """
    best, before = (-1.0, anchors), np.full(len(sizes), -1)
    for _ in range(ROUNDS):
        ious = size_iou(sizes, anchors)
        best = max(best, (float(ious.max(1).mean()), anchors), key=lambda each: each[0])
        nearest = ious.argmax(1)
        if (nearest == before).all():
            break
        before, moved = nearest, anchors.copy()
        for i in np.unique(nearest):
            moved[i] = sizes[nearest == i].mean(0)
        anchors = moved
    return best
