"""What the model says of every sample, as far as it was asked; kept in columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from heatbrush_core import Explainer
from heatbrush_core.inference.inputs.holding import outputs_of_each
from heatbrush_core.network.scores.heads import is_mute

MOST_BYTES = 256 * 2**20
"""Above this the scores of single classes are not kept, only those of the predicted one."""

Floats = NDArray[np.float32]


class Scores:
    """The scores of `count` samples, all unknown at first.

    Attributes
    ----------
    known : (count,) bool
    predicted : (count,) int64
        The class with the largest score; -1 where there is none.
    best, margin : (count,) float32
        The score of that class, and how much more it is than the next; NaN where there is none.
    each : (count, classes) float32 or None
        The scores of all classes; None before the first, and where they would take too much memory.
    """

    def __init__(self, count: int) -> None:
        self.known = np.zeros(count, bool)
        self.predicted = np.full(count, -1)
        self.best: Floats = np.full(count, np.nan, np.float32)
        self.margin: Floats = np.full(count, np.nan, np.float32)
        self.each: Floats | None = None

    def fits(self, classes: int) -> bool:
        """Tell whether the scores of so many classes can be kept."""
        return len(self.known) * classes * 4 <= MOST_BYTES

    def ask(self, askers: Sequence[Explainer], matrices: NDArray[np.float32], which: slice) -> None:
        """Ask of some of (N, H, W, C) matrices, each by its asker; the head must be known."""
        explainer, outputs = askers[0], _outputs(askers, matrices[which])
        head = explainer.head
        logits = head.logits(outputs)
        shown = head.probabilities(outputs) if head.has_probabilities else logits
        if self.each is None and self.fits(shown.shape[1]):
            self.each = np.full((len(self.known), shown.shape[1]), np.nan, np.float32)
        if self.each is not None:
            self.each[which] = shown
        answered = np.isfinite(logits).any(axis=1)
        first = np.where(answered, np.argmax(np.where(np.isnan(logits), -np.inf, logits), 1), -1)
        self.predicted[which] = first
        self.best[which] = np.where(answered, shown[np.arange(len(shown)), first], np.nan)
        if shown.shape[1] > 1:
            two = np.sort(shown, axis=1)[:, -2:]
            self.margin[which] = two[:, 1] - two[:, 0]
        self.known[which] = True


def _outputs(askers: Sequence[Explainer], X: NDArray[np.float32]) -> NDArray[np.float64]:
    """(N, units) outputs; NaN for a matrix of which the model gives no number."""
    try:
        return outputs_of_each(askers, lambda part: X[part])
    except Exception as error:
        if not is_mute(error):
            raise
        if len(X) == 1:
            return np.full((1, askers[0].head.units), np.nan)
    return np.concatenate([_outputs([a], x[None]) for a, x in zip(askers, X, strict=True)])
