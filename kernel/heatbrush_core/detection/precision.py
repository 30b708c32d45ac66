"""Average precision of boxes, as the COCO evaluation defines it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.detection import boxes
from heatbrush_core.detection.boxes import best_first
from heatbrush_core.detection.tables import Boxes, of_sample, read_both
from heatbrush_core.matrix.arrays import Floats

if TYPE_CHECKING:
    import pandas as pd

OVERLAPS = tuple(np.linspace(0.5, 0.95, 10).tolist())
"""Overlaps from which on a box counts as found, over which the evaluation averages."""
RECALLS = np.linspace(0, 1, 101)
"""Where the curve of precision over recall is read."""
MOST = 100
"""Boxes of one class in one sample that count, the best ones."""


@dataclass(frozen=True, eq=False)
class AveragePrecision:
    """How good boxes are.

    Attributes
    ----------
    table
        A row per class and overlap: class, overlap, ap, recall, and the numbers of found and true
        boxes. ap and recall are NaN for a class that has no true box.
    """

    table: pd.DataFrame

    @property
    def mean(self) -> float:
        """Mean over all overlaps and the classes that have a true box; NaN where none has."""
        return float(self.table["ap"].mean())

    def at(self, overlap: float) -> float:
        """Mean over the classes at one overlap.

        Raises
        ------
        ValueError
            If it was not asked for.
        """
        there = np.isclose(self.table["overlap"], overlap)
        if not there.any():
            known = ", ".join(f"{each:.2f}" for each in sorted(set(self.table["overlap"])))
            raise ValueError(
                f"overlap is {overlap}, but the precision was measured at {known}; take one of "
                "these, or ask for it with overlaps=."
            )
        return float(self.table["ap"][there].mean())


def average_precision(
    found: Any, truth: Any, overlaps: Sequence[float] = OVERLAPS
) -> AveragePrecision:
    """Measure the average precision of boxes, of each class and over all.

    In each sample and class the boxes are taken from the best score down; each finds the true box
    that it overlaps most of those that are left, if by at least `overlap`. Precision is read at 101
    places of recall, each the highest from there on. At most 100 boxes per sample and class count.

    Parameters
    ----------
    found : list of DataFrame
        A table per sample, with the columns row, column, height, width, class and score, as
        `decode` gives. One table alone is one sample.
    truth : list of DataFrame
        As many tables, with the same columns but the score.
    overlaps : sequence of float
        Intersections over union from which on a box counts as found. Default 0.50, 0.55, ... 0.95.

    Returns
    -------
    AveragePrecision

    Raises
    ------
    TypeError, ValueError
        If these are no tables of boxes, or not as many of both.

    References
    ----------
    Lin et al. (2014), Microsoft COCO: common objects in context, as `pycocotools` computes it.
    """
    import pandas as pd

    both, rows = read_both(found, truth), []
    for code, name in enumerate(both.classes):
        found = both.found.only(both.found.label == code)
        truth = both.truth.only(both.truth.label == code)
        scores, hits = _matched(found, truth, overlaps)
        for each, hit in zip(overlaps, hits, strict=True):
            precision, recall = _area(scores, hit, len(truth.label))
            rows.append((name, each, precision, recall, len(scores), len(truth.label)))
    columns = ["class", "overlap", "ap", "recall", "found", "true"]
    return AveragePrecision(pd.DataFrame(rows, columns=columns))


def _matched(
    found: Boxes, truth: Boxes, overlaps: Sequence[float]
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the scores of boxes of one class, and which are right, (overlaps, boxes)."""
    least = np.minimum(overlaps, 1 - 1e-10)
    scores, hits = [np.zeros(0)], [np.zeros((len(least), 0), bool)]
    for sample in np.unique(found.sample):  # where none is found there is nothing to match
        mine = found.only(of_sample(found, sample))
        mine = mine.only(best_first(mine.score)[:MOST])
        theirs = truth.places[of_sample(truth, sample)]
        scores.append(mine.score)
        hits.append(_greedy(boxes.overlaps(mine.places, theirs), least))
    return np.concatenate(scores), np.concatenate(hits, axis=1)


def _greedy(ious: Floats, least: Floats) -> NDArray[np.bool_]:
    """Pair each box in turn with the free true one that it overlaps most; the last of equals.

    Returns (overlaps, boxes), one pairing for each overlap.
    """
    left = np.ones((len(least), ious.shape[1]), bool)
    hit = np.zeros((len(least), len(ious)), bool)
    for number in np.flatnonzero(ious.max(1, initial=0) >= least.min()):
        each = ious[number]
        free = left & (each >= least[:, None])
        hit[:, number] = free.any(1)
        best = len(each) - 1 - np.where(free, each, -1)[:, ::-1].argmax(1)
        left[hit[:, number], best[hit[:, number]]] = False
    return hit


def _area(scores: Floats, hit: NDArray[np.bool_], true: int) -> tuple[float, float]:
    """Return the area under the curve of precision over recall, and the recall of all boxes."""
    if not true:
        return float("nan"), float("nan")
    if not len(scores):
        return 0.0, 0.0
    right = hit[best_first(scores)].cumsum()
    recall = right / true
    return float(interpolated(right / np.arange(1, len(hit) + 1), recall)), float(recall[-1])


def interpolated(precision: Floats, recall: Floats, places: Floats = RECALLS) -> float:
    """Average the highest precision from each place of recall on; 0 beyond what is reached."""
    highest = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.searchsorted(recall, places, side="left")
    return float(np.append(highest, 0.0)[at].mean())
