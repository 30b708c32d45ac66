"""A plain function as scores: nothing of it is seen but what it returns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.network import self_check
from heatbrush_core.network.heads import Head
from heatbrush_core.network.network import Network, Scores
from heatbrush_core.network.outputs import failure, reading, score_vectors
from heatbrush_core.network.self_check import Examples


class FunctionNetwork(Network):
    """Any callable (N, H, W, C) -> (N, n) scores."""

    def __init__(self, function: Callable[[NDArray[Any]], Any], scores: Scores | None) -> None:
        self.function = function
        self.name = f"The function {getattr(function, '__name__', type(function).__name__)}"
        self.without_graph = "a plain function shows only its scores"
        self._scores = scores

    def prepare(self, x: NDArray[Any], examples: Examples | None = None) -> None:
        """Call the function to count its scores, and again to see whether it is random."""
        if self.head is None:
            first = self.outputs(x[None])
            units = first.shape[1]
            if apart := self_check.apart(first, lambda: self.outputs(x[None])):
                self.notes = (self_check.random(self.name, apart),)
            self.head = Head(reading("", units, self._scores or "values"), units)

    def outputs(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """(N, H, W, C) matrices -> (N, units) outputs."""
        try:
            scores = np.asarray(self.function(X.copy()))  # which it may write into
        except Exception as error:
            raise failure(self.name, X.shape, error) from error
        return score_vectors(self.name, scores, len(X))
