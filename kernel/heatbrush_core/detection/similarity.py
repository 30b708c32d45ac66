"""How alike two detections are, as D-RISE measures it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from heatbrush_core.detection.boxes import numbers, overlaps, read
from heatbrush_core.matrix.arrays import Floats, Indices


@dataclass(frozen=True, eq=False)
class Proposals:
    """All boxes that a detector proposes for one sample, before any is dropped.

    Attributes
    ----------
    places
        (n, 4) row and column of the centre, height, width.
    objectness
        (n,) how sure it is that something is there, 0 to 1.
    probabilities
        (n, classes) of each class if something is there; (n, 0) where there are no classes.
    head, predictor
        (n,) the head, and which of the boxes per cell.
    cell
        (n, 2) row and column of the cell in the head's own grid.
    """

    places: Floats
    objectness: Floats
    probabilities: Floats
    head: Indices
    predictor: Indices
    cell: Indices

    def only(self, which: Any) -> Proposals:
        """Take some of the boxes, by a mask or by indices."""
        parts = (self.places, self.objectness, self.probabilities)
        more = (self.head, self.predictor, self.cell)
        return Proposals(*(part[which] for part in (*parts, *more)))

    @property
    def score(self) -> Floats:
        """(n,) objectness times the probability of the most probable class."""
        if not self.probabilities.shape[1]:
            return self.objectness
        return self.objectness * self.probabilities.max(1)

    @property
    def label(self) -> Indices:
        """(n,) the most probable class; 0 where there are no classes."""
        if not self.probabilities.shape[1]:
            return np.zeros(len(self.places), np.intp)
        return self.probabilities.argmax(1)


def similarity(place: ArrayLike, probabilities: ArrayLike, proposals: Proposals) -> Floats:
    """Measure how alike one detection is to each of those proposed for another matrix.

    The product of the intersection over union, the cosine of the two vectors of class
    probabilities, and the objectness of the proposal (equations 4 to 7 of the source). D-RISE takes
    the largest. Without classes the cosine is 1; of a vector of zeros it is 0.

    Parameters
    ----------
    place : (4,)
        The box that is explained: row and column of its centre, height, width.
    probabilities : (classes,)
        Its class probabilities.
    proposals : Proposals
        What the detector says of the perturbed matrix.

    Returns
    -------
    (n,) float64
        0 to 1.

    Raises
    ------
    ValueError
        If the numbers of classes differ.

    References
    ----------
    Petsiuk et al. (2021), Black-box explanation of object detectors via saliency maps, CVPR.
    """
    mine = numbers(probabilities, "probabilities")
    theirs = proposals.probabilities
    if mine.shape != theirs.shape[1:]:
        raise ValueError(
            f"probabilities has shape {mine.shape}, but the proposals have {theirs.shape[1]} "
            "classes; give one probability for each."
        )
    shared = overlaps(read(place, "place"), proposals.places)[0]
    if not mine.size:
        return shared * proposals.objectness
    lengths = np.linalg.norm(mine) * np.linalg.norm(theirs, axis=1)
    cosine = np.divide(theirs @ mine, lengths, out=np.zeros(len(theirs)), where=lengths > 0)
    return shared * cosine * proposals.objectness
