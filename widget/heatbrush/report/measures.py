"""How often a model is right: counts of what it says against what is true. NumPy only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Z = 1.959964
"""Of a normal distribution, between whose ends 95 % lie."""


@dataclass(frozen=True)
class Counts:
    """What is true against what the model says.

    Attributes
    ----------
    table
        (n, n) samples; the row is the true class, the column the one that the model says.
    """

    table: NDArray[np.intp]

    @classmethod
    def of(cls, true: Sequence[int], said: Sequence[int], classes: int) -> Counts:
        """Count samples by their true class and the one that the model says."""
        table = np.zeros((classes, classes), np.intp)
        np.add.at(table, (np.asarray(true, np.intp), np.asarray(said, np.intp)), 1)
        return cls(table)

    @property
    def total(self) -> int:
        """All samples."""
        return int(self.table.sum())

    @property
    def right(self) -> int:
        """Samples of which the model says what is true."""
        return int(np.trace(self.table))

    @property
    def accuracy(self) -> float:
        """The share of these."""
        return self.right / self.total

    @property
    def balanced(self) -> float:
        """The mean recall of the classes that occur: a common class counts no more than others."""
        return float(np.nanmean(self.recall))

    @property
    def recall(self) -> NDArray[np.float64]:
        """(n,) of the samples of each class, the share that the model calls it; NaN of none."""
        return _shares(np.diag(self.table), self.table.sum(axis=1))

    @property
    def precision(self) -> NDArray[np.float64]:
        """(n,) of what the model calls each class, the share that is; NaN where it never does."""
        return _shares(np.diag(self.table), self.table.sum(axis=0))

    def interval(self) -> tuple[float, float]:
        """Where the accuracy on all such samples lies: the 95 % interval of Wilson (1927)."""
        return wilson(self.right, self.total)

    def confusions(self, most: int) -> list[tuple[int, int, int]]:
        """List the most frequent mistakes: true class, what the model says, samples."""
        wrong = self.table - np.diag(np.diag(self.table))
        order = np.argsort(-wrong, axis=None, kind="stable")[:most]
        pairs = (np.unravel_index(place, wrong.shape) for place in order)
        return [(int(t), int(s), int(wrong[t, s])) for t, s in pairs if wrong[t, s]]


def wilson(right: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of `total`, as Wilson (1927) gives it."""
    share, z = right / total, Z**2 / total
    middle = share + z / 2
    half = Z * np.sqrt(share * (1 - share) / total + Z**2 / (4 * total**2))
    return float((middle - half) / (1 + z)), float((middle + half) / (1 + z))


def _shares(part: NDArray[np.intp], whole: NDArray[np.intp]) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
