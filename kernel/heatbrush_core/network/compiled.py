"""What runs in TensorFlow: outputs, gradients and walks, compiled once per size of matrix."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from keras import ops
from numpy.typing import NDArray

from heatbrush_core.graph import analysis as folding
from heatbrush_core.graph.graph import Graph, Slot
from heatbrush_core.graph.grids import GridAxes, grids
from heatbrush_core.graph.linear import Tensor
from heatbrush_core.network.heads import Head, ScoreKind
from heatbrush_core.network.incremental import Incremental, opened
from heatbrush_core.network.layout import Layout
from heatbrush_core.network.network import Activations, Arrays, Matrices, Relevance
from heatbrush_core.walks.backward import gradient as rules
from heatbrush_core.walks.backward import patterns
from heatbrush_core.walks.backward import walk as walks
from heatbrush_core.walks.backward.pattern_fits import Estimator, Key, Moments
from heatbrush_core.walks.backward.walk import Scene, Walk
from heatbrush_core.walks.forward import forward

GRADIENT = Walk("gradient", lambda scene: rules.gradient)
HEAD_POINTS = 16  # on the way between two inputs' logits, of a probability's slope


@dataclass(frozen=True)
class Aim:
    """What is differentiated or explained: a score of the outputs that a head reads.

    Attributes
    ----------
    weights
        (n,) or (N, n) weights of the classes.
    """

    head: Head
    weights: NDArray[np.float64]
    kind: ScoreKind

    def score(self, z: Tensor, weights: Tensor) -> Tensor:
        """(N, units) outputs, (N, n) weights -> (N,) scores."""
        return self.head.score(z, weights, self.kind, ops)

    def slope(self, z: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
        """(N, units) outputs -> the slope of the score there, and the (N,) score."""
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(z)
            score = self.score(z, weights)
        return tape.gradient(score, z), score

    def mean_slope(self, z0: Tensor, z: Tensor, weights: Tensor) -> Tensor:
        """Average the slope on the straight way from z0 to z, so that it tells the difference."""
        if self.kind == "logit" and self.head.reading != "probabilities":
            return self.slope(z, weights)[0]
        points, shares = np.polynomial.legendre.leggauss(HEAD_POINTS)
        slopes = [
            share / 2 * self.slope(z0 + (1 + at) / 2 * (z - z0), weights)[0]
            for at, share in zip(points.tolist(), shares.tolist(), strict=True)
        ]
        return tf.add_n(slopes)


class Engine:
    """Compiles and runs what a network is asked for.

    Parameters
    ----------
    model
        The Keras model.
    name
        How messages call it.
    graph
        Its graph, or None.
    dtype
        The precision of all walks.
    layout
        How the model wants its matrices.
    call
        The model as it is, a batch in its own layout -> (N, units) outputs.
    """

    def __init__(
        self,
        model: Any,
        name: str,
        graph: Graph | None,
        dtype: str,
        layout: Layout,
        call: Callable[[Tensor], Tensor],
    ) -> None:
        self.model, self.name, self.graph, self.dtype = model, name, graph, dtype
        self.layout, self.floats_per_cell = layout, 0.0
        self._call = call
        self._functions: dict[Any, Callable[..., Any]] = {}
        self._incremental: dict[tuple[int, ...], Incremental | None] = {}
        # which of them were found to have no gradient, and what their ledgers list
        self._cut: set[Any] = set()
        self._audited: dict[Any, tuple[str, ...]] = {}

    @functools.cached_property
    def folded(self) -> Graph:
        """The graph with batch normalisation folded."""
        assert self.graph is not None
        return folding.fold(self.graph)

    def incremental(self, shape: tuple[int, ...]) -> Incremental | None:
        """Get the delta walk for matrices of one size; None where there can be none."""
        if self.graph is None or self.model.run_eagerly:
            return None
        if shape not in self._incremental:
            self._incremental[shape] = opened(self.folded, self.layout, self.dtype, shape)
        return self._incremental[shape]

    # -------------------------------------------------------------- what is asked for

    def outputs(self, X: NDArray[Any]) -> NDArray[Any]:
        """(N, H, W, C) matrices -> (N, units) outputs, the logits where there is a graph."""
        function = self._compiled(("outputs", X.shape[1:]), self._outputs, [self._spec(X)])
        return np.asarray(function(self._constant(X)))

    def gradients(self, X: NDArray[Any], aim: Aim) -> tuple[NDArray[Any], NDArray[np.float64]]:
        """(N, H, W, C) matrices -> gradients of the (N,) scores, and the scores."""
        if self.graph is not None:
            found = self.relevance(X, aim, GRADIENT, {}, {})
            return found.values, found.scores
        key = ("gradients", aim.kind, X.shape[1:])
        taped = self._taped
        gradients, scores = self._run(key, lambda x, w: taped(x, w, aim, key), X, aim)
        return gradients, scores.astype(np.float64)

    def relevance(
        self, X: NDArray[Any], aim: Aim, walk: Walk, arrays: Arrays, inputs: Matrices
    ) -> Relevance:
        """Walk backward; `inputs` are more matrices like X, one of them may be "reference"."""
        shapes = tuple((name, np.shape(each)) for name, each in arrays.items())
        key = ("relevance", walk.key, aim.kind, X.shape[1:], shapes, *inputs)

        def walked(*tensors: Any) -> tuple[Tensor, ...]:
            return self._walked(*tensors, aim=aim, walk=walk, key=key)

        values, scores, start, *ledger = self._run(key, walked, X, aim, arrays, inputs)
        names = self._audited.get(key, ())
        sums = {name: each.astype(np.float64) for name, each in zip(names, ledger, strict=True)}
        return Relevance(values, scores.astype(np.float64), start.astype(np.float64), sums)

    def activations(self, X: NDArray[Any], aim: Aim, place: str) -> Activations:
        """Take what a layer gives, channels last, and the slope of the scores there."""
        assert self.graph is not None
        slot = self.graph.places[place]
        grid = grids(self.graph).get(slot)  # asked before compiling, as it tries nodes with numbers
        key = ("activations", place, aim.kind, X.shape[1:])
        taken = self._taken
        found = self._run(key, lambda x, w: taken(x, w, aim, slot, grid), X, aim)
        cells, slopes, scores = found
        return Activations(cells, slopes, scores.astype(np.float64))

    def moments(self, X: NDArray[Any], estimator: Estimator) -> dict[Key, Moments]:
        """Sum up over (N, H, W, C) what the patterns of each linear node are fitted from."""
        key = ("moments", estimator, X.shape[1:])
        summed = self._summed
        function = self._compiled(key, lambda x: summed(x, estimator), [self._spec(X)])
        found = function(self._constant(X))
        return {key: Moments(*(each.numpy() for each in sums)) for key, sums in found.items()}

    # -------------------------------------------------------------- what is compiled

    def _outputs(self, X: Tensor) -> Tensor:
        if self.graph is None:
            return self._call(self.layout.inward(X))
        return self._forward(self.graph, X)[self.graph.logits]

    def _forward(self, graph: Graph, X: Tensor) -> dict[Slot, Tensor]:
        """Walk forward, and count on the way what one matrix takes."""
        tensors = forward(graph, self.layout.inward(X))
        floats = sum(np.prod([n or 1 for n in t.shape[1:]]) for t in tensors.values())
        self.floats_per_cell = float(floats) / max(1, np.prod([n or 1 for n in X.shape[1:]]))
        return tensors

    def _taped(self, X: Tensor, weights: Tensor, aim: Aim, key: Any) -> tuple[Tensor, ...]:
        """Differentiate a model without a graph as a whole."""
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(X)
            score = aim.score(self._call(self.layout.inward(X)), weights)
        slope = tape.gradient(score, X)
        return self._known(slope, X, key), score

    def _walked(
        self,
        X: Tensor,
        weights: Tensor,
        arrays: dict[str, Tensor],
        inputs: dict[str, Tensor],
        *,
        aim: Aim,
        walk: Walk,
        key: Any,
    ) -> tuple[Tensor, ...]:
        assert self.graph is not None
        graph = self.folded if walk.folded else self.graph
        tensors = self._forward(graph, X)
        inward = {name: self.layout.inward(each) for name, each in inputs.items()}
        reference = forward(graph, inward["reference"]) if "reference" in inward else {}
        z = tensors[graph.logits]
        start, score = aim.slope(z, weights)
        side = tf.sign(start) if aim.head.two_sided else None
        scene = Scene(graph, tensors, {**arrays, **inward}, reference, side)
        if walk.start == "mean slope":
            start = aim.mean_slope(reference[graph.logits], z, weights)
        elif walk.start != "slope":
            start = start * z
            start = tf.nn.relu(start) if walk.start == "positive score" else start
        found = walks.backward(graph, tensors, start, walk.rule(scene)).get(graph.input)
        found = found if found is None else self.layout.outward(found)
        self._audited[key] = tuple(node.name for node in scene.ledger)
        ledger = [tf.stack(sums) for sums in scene.ledger.values()]
        return self._known(found, X, key), score, tf.reduce_sum(start, -1), *ledger

    def _summed(self, X: Tensor, estimator: Estimator) -> dict[Key, list[Tensor]]:
        return patterns.moments(self.folded, self._forward(self.folded, X), estimator)

    def _taken(
        self, X: Tensor, weights: Tensor, aim: Aim, slot: Slot, grid: GridAxes | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        graph = self.graph
        assert graph is not None
        tensors = self._forward(graph, X)
        start, score = aim.slope(tensors[graph.logits], weights)
        found = walks.backward(graph, tensors, start, rules.gradient).get(slot)
        cells = tensors[slot]
        slopes = tf.zeros_like(cells) if found is None else found
        if grid is not None:
            cells, slopes = grid.arranged(cells), grid.arranged(slopes)
        return cells, slopes, score

    # -------------------------------------------------------------- how it is run

    def _run(
        self,
        key: Any,
        function: Callable[..., Any],
        X: NDArray[Any],
        aim: Aim,
        arrays: Arrays | None = None,
        inputs: Matrices | None = None,
    ) -> list[NDArray[Any]]:
        """Run a compiled function of X and the weights, and of arrays and inputs where given."""
        weights = np.broadcast_to(aim.weights, (len(X), aim.weights.shape[-1]))
        signature: list[Any] = [self._spec(X), tf.TensorSpec((None, weights.shape[1]), self.dtype)]
        more: list[Arrays] = []
        if arrays is not None and inputs is not None:
            exact = {name: tf.TensorSpec(np.shape(a), self.dtype) for name, a in arrays.items()}
            signature += [exact, {name: self._spec(each) for name, each in inputs.items()}]
            more = [arrays, inputs]
        compiled = self._compiled(key, function, signature)
        constants = [{name: self._constant(a) for name, a in each.items()} for each in more]
        found = compiled(self._constant(X), self._constant(weights), *constants)
        if key in self._cut:
            raise ValueError(
                f"{self.name} has no gradient from its input to the score, as a threshold, a "
                "rounding or code outside TensorFlow cuts it; use a method that asks for scores "
                "only, such as occlusion."
            )
        return [each.numpy() for each in found]

    def _known(self, found: Tensor | None, X: Tensor, key: Any) -> Tensor:
        """Take zeros for what no node passed on, and remember that it was so."""
        if found is None:
            self._cut.add(key)
        return tf.zeros_like(X) if found is None else found

    def _constant(self, array: Any) -> Tensor:
        return tf.constant(array, self.dtype)

    def _spec(self, X: NDArray[Any]) -> tf.TensorSpec:
        return tf.TensorSpec((None, *X.shape[1:]), self.dtype)

    def _compiled(
        self, key: Any, function: Callable[..., Any], signature: list[Any]
    ) -> Callable[..., Any]:
        """Compile once per key; the batch axis stays free and every number comes as a tensor."""
        if self.model.run_eagerly:
            return function
        if key not in self._functions:
            # only a user's own code may need Python's control flow to be translated
            own = self.graph is None
            # TensorFlow counts traces per piece of code, and warns of the fifth model; a partial
            # has no code of its own
            alone = functools.partial(function)
            self._functions[key] = tf.function(alone, input_signature=signature, autograph=own)
        return self._functions[key]
