"""A plain function as scores: nothing of it is seen but what it returns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.graph.probabilities import bounded, sum_to_one
from heatbrush_core.network.heads import Head
from heatbrush_core.network.network import Network, Scores
from heatbrush_core.network.outputs import failure, score_vectors, worded

SHARES = (
    "The function's outputs are read as plain values, though they lie between 0 and 1 and sum to "
    "1; what is explained is the value itself. If they are probabilities, say "
    "scores='probabilities'."
)


class FunctionNetwork(Network):
    """Any callable (N, H, W, C) -> (N, n) scores."""

    def __init__(self, function: Callable[[NDArray[Any]], Any], scores: Scores | None) -> None:
        self.function = function
        self.name = f"The function {getattr(function, '__name__', type(function).__name__)}"
        self.without_graph = "a plain function shows only its scores"
        self._scores = scores

    def prepare(self, x: NDArray[Any], background: NDArray[Any] | None = None) -> None:
        """Call the function once to count its scores."""
        if self.head is not None:
            return
        outputs = self.outputs(x[None])
        units = outputs.shape[1]
        self.head = Head(worded(self._scores or "values", units), units)
        if self._scores is None and bounded(outputs) and sum_to_one(outputs):
            self.notes = (SHARES,)

    def outputs(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """(N, H, W, C) matrices -> (N, units) outputs."""
        try:
            scores = np.asarray(self.function(X.copy()))  # which it may write into
        except Exception as error:
            raise failure(self.name, X.shape, error) from error
        return score_vectors(self.name, scores, len(X))
