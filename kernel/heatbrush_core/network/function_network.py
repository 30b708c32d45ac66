"""A plain function as scores: nothing of it is seen but what it returns."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.checks import clipped
from heatbrush_core.graph.analysis.probabilities import bounded, sum_to_one
from heatbrush_core.network import self_check, splitting
from heatbrush_core.network.inputs.inputs import Inputs
from heatbrush_core.network.memory import by_parts
from heatbrush_core.network.network import Network, Scores
from heatbrush_core.network.scores.cells import of_whole
from heatbrush_core.network.scores.heads import Head, is_mute
from heatbrush_core.network.scores.outputs import (
    SHARES_OF_CELLS,
    fails,
    failure,
    flat,
    score_vectors,
    worded,
)
from heatbrush_core.network.self_check import Examples
from heatbrush_core.network.sources import (
    ModelSources,
    Plan,
    axes_of_array,
    computed,
    plan,
    try_out,
)
from heatbrush_core.targets import Source, Term

SHARES = (
    "The function's outputs are read as plain values, though they lie between 0 and 1 and sum to "
    "1; what is explained is the value itself. If they are probabilities, say "
    "scores='probabilities'."
)


class FunctionNetwork(Network):
    """Any callable (N, H, W, C) -> (N, n) scores, or of a dict or list with held inputs beside."""

    def __init__(
        self,
        function: Callable[[Any], Any],
        scores: Scores | None,
        inputs: Inputs | None = None,
    ) -> None:
        self.function, self.inputs = function, inputs
        named = getattr(function, "__name__", type(function).__name__)
        self.name = f"The function {clipped(str(named))}"
        self.without_graph = "a plain function shows only its scores"
        self._scores = scores
        self._first: tuple[NDArray[Any], NDArray[np.float64]] | None = None
        self._apart = 0.0
        self._made: Plan | None = None
        self._answers: dict[tuple[int, ...], tuple[int, ...]] = {}

    def prepare(self, x: NDArray[Any], examples: Examples | None = None) -> None:
        """Call the function once to count its scores."""
        if self._made is not None:
            return
        if self.head is not None and (self.answer is None or x.shape in self._answers):
            self._fit(x)
            return
        (found,) = by_parts(self, 1, lambda _: self._called(x[None]))
        if found.ndim > 2 and len(found) == 1:
            self._answers[x.shape] = tuple(found.shape[1:])
        self._fit(x)
        outputs = score_vectors(self.name, flat(found, 1), 1)
        self._first, units = (x, outputs), outputs.shape[1]
        if self.answer is not None:
            if self._scores is None and bounded(outputs) and SHARES_OF_CELLS not in self.notes:
                self.notes = (*self.notes, SHARES_OF_CELLS)
            return
        self.head = Head(worded(self._scores or "values", units), units)
        if self._scores is None and bounded(outputs) and sum_to_one(outputs):
            self.notes = (*self.notes, SHARES)

    def _fit(self, x: NDArray[Any]) -> None:
        """Go by the shape of the map that the function returns for (H, W, C) x, if it does."""
        self.answer = self._answers.get(x.shape)
        if self.answer is not None:
            self.head = of_whole(worded(self._scores or "values", self.answer[-1]), self.answer)

    @property
    def exclusive(self) -> Literal["values", "logits"] | None:
        """Whether the output is classes of which one is meant, and if so, whether as logits."""
        if self._scores not in ("logits", "probabilities"):
            return None
        return "logits" if self._scores == "logits" else "values"

    def sources(self, x: NDArray[Any]) -> ModelSources:
        """Tell what targets may read: the one output."""
        assert self.head is not None
        shape = self.answer or (self.head.units,)
        classes = 0 if self.answer else self.head.classes
        source = Source(0, "the function's output", shape, axes_of_array(len(shape)), classes)
        return ModelSources(self.name, x.shape, (source,), without_graph=self.without_graph)

    def aimed(self, x: NDArray[Any], terms: Sequence[Term]) -> FunctionNetwork:
        """Ask the same function, and read of its outputs what a target does."""
        head = self.head
        assert head is not None
        cell = head if self.answer is None else Head(head.reading, 1)
        made = plan(terms, lambda _: cell, _no_layers)
        try_out(made, x.shape, np.zeros, np)
        twin = copy.copy(self)
        vars(twin).update(
            _made=made,
            _first=None,
            head=made.head,
            weights=made.weights,
            opaque=made.opaque,
            answer=None,
        )
        return twin

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
        found = self._called(X)
        if self._made is not None:
            score_vectors(self.name, flat(found, len(X)), len(X))
            found = np.asarray(computed(self._made, lambda _: found, X, np))
        return score_vectors(self.name, flat(found, len(X)), len(X))

    def _called(self, X: NDArray[Any]) -> NDArray[Any]:
        try:
            given = X.copy()  # which it may write into
            given = given if self.inputs is None else self.inputs.arguments(given)
            return np.asarray(self.function(given))
        except Exception as error:
            raise failure(self.name, X.shape, error) from error

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


def _no_layers(source: Source, like: NDArray[Any]) -> Any:
    """Refuse what only a graph could tell; layers are refused by their names before."""
    raise TypeError(f"{source.name} has no layers to compare a matrix of {like.shape} in.")
