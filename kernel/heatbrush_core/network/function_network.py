"""A plain function as scores: nothing of it is seen but what it returns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.checks import clipped
from heatbrush_core.graph.analysis.probabilities import bounded, sum_to_one
from heatbrush_core.network import self_check, splitting
from heatbrush_core.network.network import Network, Scores
from heatbrush_core.network.scores.heads import Head, is_mute
from heatbrush_core.network.scores.outputs import fails, failure, score_vectors, worded
from heatbrush_core.network.self_check import Examples

SHARES = (
    "The function's outputs are read as plain values, though they lie between 0 and 1 and sum to "
    "1; what is explained is the value itself. If they are probabilities, say "
    "scores='probabilities'."
)


class FunctionNetwork(Network):
    """Any callable (N, H, W, C) -> (N, n) scores."""

    def __init__(self, function: Callable[[NDArray[Any]], Any], scores: Scores | None) -> None:
        self.function = function
        named = getattr(function, "__name__", type(function).__name__)
        self.name = f"The function {clipped(str(named))}"
        self.without_graph = "a plain function shows only its scores"
        self._scores = scores
        self._first: tuple[NDArray[Any], NDArray[np.float64]] | None = None
        self._apart = 0.0

    def prepare(self, x: NDArray[Any], examples: Examples | None = None) -> None:
        """Call the function once to count its scores."""
        if self.head is not None:
            return
        outputs = self.outputs(x[None])
        self._first, units = (x, outputs), outputs.shape[1]
        self.head = Head(worded(self._scores or "values", units), units)
        if self._scores is None and bounded(outputs) and sum_to_one(outputs):
            self.notes = (*self.notes, SHARES)

    def outputs(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """(N, H, W, C) matrices -> (N, units) outputs."""
        try:
            found = splitting.outputs(self, self._outputs, X)
        except (RuntimeError, ValueError) as error:
            if len(X) == 1 or self.most == 1 or is_mute(error):
                raise
            found = self._one_by_one(X, error)
        splitting.alike(self.name, [found], self.head.units if self.head else None)
        self._compare(X, found)
        return found

    def _one_by_one(self, X: NDArray[Any], error: Exception) -> NDArray[np.float64]:
        """Ask about single matrices from now on, where the function takes these and no batch."""
        try:
            self._outputs(X[:1])
        except (RuntimeError, ValueError):
            raise error from error.__cause__
        before, self.most = self.most, 1
        try:
            found = splitting.outputs(self, self._outputs, X)
        except (RuntimeError, ValueError):
            self.most = before  # one of the matrices is at fault, not how many they are
            raise
        self.notes = (*self.notes, self_check.alone(self.name, fails(len(X), error)))
        return found

    def _outputs(self, X: NDArray[Any]) -> NDArray[np.float64]:
        try:
            scores = np.asarray(self.function(X.copy()))  # which it may write into
        except Exception as error:
            raise failure(self.name, X.shape, error) from error
        return score_vectors(self.name, scores, len(X))

    def _compare(self, X: NDArray[Any], found: NDArray[np.float64]) -> None:
        """Notice that the function is random, where it is asked about its first matrix again.

        A call may be dear, so none is made for this alone; nearly all methods ask again.
        """
        if self._first is not None and np.array_equal(X[0], self._first[0]):
            apart = self_check.apart([self._first[1], found[:1]])
            if apart > self._apart:
                said = self_check.random(self.name, self._apart)
                self._apart = apart
                kept = (each for each in self.notes if each != said)
                self.notes = (*kept, self_check.random(self.name, apart))
