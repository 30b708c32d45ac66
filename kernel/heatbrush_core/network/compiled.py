"""What runs in TensorFlow: outputs, gradients and walks, compiled once per size of matrix."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from keras import ops
from numpy.typing import NDArray

from heatbrush_core.graph.analysis import structure
from heatbrush_core.graph.analysis.grids import GridAxes, grids
from heatbrush_core.graph.graph import Graph, Slot
from heatbrush_core.graph.inputs.held import HeldInput
from heatbrush_core.graph.linear import Tensor
from heatbrush_core.network.incremental import Incremental, opened
from heatbrush_core.network.inputs.inputs import Name
from heatbrush_core.network.inputs.keras_inputs import KerasInputs
from heatbrush_core.network.layout import Layout
from heatbrush_core.network.network import Activations, Relevance
from heatbrush_core.network.scores.cells import Heads
from heatbrush_core.network.scores.heads import Objective
from heatbrush_core.walks.activity import Extremes, extremes
from heatbrush_core.walks.backward import gradient, patterns
from heatbrush_core.walks.backward.pattern_fits import Estimator, Key, Moments
from heatbrush_core.walks.backward.walk import Scene, Walk, backward
from heatbrush_core.walks.distances import Place, distances
from heatbrush_core.walks.forward import forward

GRADIENT = Walk("gradient", lambda _: gradient.gradient)
HEAD_POINTS = 16  # on the straight line between two inputs' logits, of a probability's slope


class Compiled:
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

    Attributes
    ----------
    alone
        Whether it is given one matrix at a time, which a node with a fixed batch needs to know.
    floats_per_cell
        Numbers that all slots of the graph hold per cell of a matrix; 0 before the first walk.
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
        self._call, self.alone = call, False
        self._functions: dict[Any, Callable[..., Any]] = {}
        self._incremental: dict[tuple[int, ...], Incremental | None] = {}
        # which of them were found to have no gradient, and what their ledgers list
        self._cut: set[Any] = set()
        self._audited: dict[Any, tuple[str, ...]] = {}

    @functools.cached_property
    def folded(self) -> Graph:
        """The graph with batch normalisation folded."""
        assert self.graph is not None
        return structure.fold(self.graph)

    @property
    def traces(self) -> int:
        """How many functions were compiled; each is traced once."""
        return len(self._functions)

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
        function = self._function(("outputs", X.shape[1:]), self._outputs, [self._spec(X)])
        return np.asarray(function(self._constant(X)))

    def gradients(
        self, X: NDArray[Any], objective: Objective
    ) -> tuple[NDArray[Any], NDArray[np.float64]]:
        """(N, H, W, C) matrices -> gradients of the (N,) scores, and the scores."""
        if self.graph is not None:
            found = self.relevance(X, objective, GRADIENT)
            return found.values, found.scores
        key = ("gradients", objective.kind, X.shape[1:])
        gradients, scores = self._run(
            key, lambda x, w: self._taped(x, w, objective, key), X, objective
        )
        return gradients, scores.astype(np.float64)

    def relevance(self, X: NDArray[Any], objective: Objective, walk: Walk) -> Relevance:
        """Walk backward from the scores of (N, H, W, C) matrices."""
        shapes = tuple((name, np.shape(each)) for name, each in walk.numbers.items())
        key = ("relevance", walk.key, objective.kind, X.shape[1:], shapes, *walk.inputs)
        names = (*walk.numbers, *walk.inputs)

        def walked(x: Tensor, weights: Tensor, *arrays: Tensor) -> tuple[Tensor, ...]:
            given = dict(zip(names, arrays, strict=True))
            return self._walked(x, weights, given, objective, walk, key)

        values, scores, start, ledger = self._run(key, walked, X, objective, walk)
        sums = zip(self._audited.get(key, ()), ledger.astype(np.float64), strict=True)
        return Relevance(values, scores.astype(np.float64), start.astype(np.float64), dict(sums))

    def activations(self, X: NDArray[Any], objective: Objective, place: str) -> Activations:
        """Take what a layer gives, channels last, and the slope of the scores there."""
        assert self.graph is not None
        slot = self.graph.places[place]
        grid = grids(self.graph).get(slot)  # asked before compiling, as it tries nodes with numbers
        key = ("activations", place, objective.kind, X.shape[1:])
        cells, slopes, scores = self._run(
            key, lambda x, w: self._taken(x, w, objective, slot, grid), X, objective
        )
        return Activations(cells, slopes, scores.astype(np.float64))

    def held_slopes(
        self, x: NDArray[Any], objective: Objective, inputs: KerasInputs
    ) -> dict[Name, NDArray[Any] | None]:
        """Take the slopes of the score of (H, W, C) x along what is held, None of whole numbers."""
        floating = {name: each for name, each in inputs.held.items() if each.is_floating}
        key = ("held", objective.kind, x.shape, tuple(floating))
        found = self._run(
            key, lambda X, w: self._along(X, w, objective, [*floating.values()]), x[None], objective
        )
        slopes = {name: each[0] for name, each in zip(floating, found, strict=True)}
        return {name: slopes.get(name) for name in inputs.held}

    def moments(self, X: NDArray[Any], estimator: Estimator) -> dict[Key, Moments]:
        """Sum up over (N, H, W, C) what the patterns of each linear node are fitted from."""
        key = ("moments", estimator, X.shape[1:])
        summed = self._summed
        function = self._function(key, lambda x: summed(x, estimator), [self._spec(X)])
        found = function(self._constant(X))
        return {key: Moments(*(each.numpy() for each in sums)) for key, sums in found.items()}

    def extremes(self, X: NDArray[Any]) -> Extremes:
        """Take the lowest and the highest output of each node over (N, H, W, C) matrices."""
        graph = self.graph
        assert graph is not None
        key = ("extremes", X.shape[1:])
        function = self._function(
            key, lambda x: extremes(graph, self._forward(graph, x)), [self._spec(X)]
        )
        found = function(self._constant(X))
        return {name: (low.numpy(), high.numpy()) for name, (low, high) in found.items()}

    def distances(
        self, trio: Sequence[NDArray[Any]], graph: Graph, places: Sequence[Place]
    ) -> NDArray[Any]:
        """Compare (N, H, W, C) matrices with two others each: (layers, 4, N), see `distances`."""
        names = (place.source.name for place in places)
        key = ("distances", trio[0].shape[1:], *names)

        def compared(*given: Tensor) -> Tensor:
            return distances(graph, [self.layout.inward(X) for X in given], places)

        function = self._function(key, compared, [self._spec(trio[0])] * len(trio))
        return np.asarray(function(*map(self._constant, trio)))

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

    def _taped(
        self, X: Tensor, weights: Tensor, objective: Objective, key: Any
    ) -> tuple[Tensor, ...]:
        """Differentiate a model without a graph as a whole."""
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(X)
            z = self._call(self.layout.inward(X))
            score = objective.head.score(z, weights, objective.kind, ops)
        return self._known(tape.gradient(score, X), X, key), score

    def _along(
        self, X: Tensor, weights: Tensor, objective: Objective, held: Sequence[HeldInput]
    ) -> list[Tensor]:
        """Differentiate the score along what is held; zeros for what it does not depend on."""
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            for each in held:
                tape.watch(each.variable)
            score = objective.head.score(self._outputs(X), weights, objective.kind, ops)
        variables = [each.variable for each in held]
        found = tape.gradient(score, variables, unconnected_gradients="zero")
        return [tf.convert_to_tensor(each) for each in found]

    def _walked(
        self,
        X: Tensor,
        weights: Tensor,
        given: dict[str, Tensor],
        objective: Objective,
        walk: Walk,
        key: Any,
    ) -> tuple[Tensor, ...]:
        """Walk forward and back: relevance of X, scores, relevance of the logits, and the ledger.

        `given` holds what the walk brought along, by name. The ledger is (nodes, 4, N).
        """
        assert self.graph is not None
        graph = self.folded if walk.folded else self.graph
        tensors = self._forward(graph, X)
        arrays = {**given, **{name: self.layout.inward(given[name]) for name in walk.inputs}}
        reference = forward(graph, arrays["reference"]) if "reference" in walk.inputs else {}
        z = tensors[graph.logits]
        start, score = _slope(objective, z, weights)
        side = tf.sign(start) if objective.head.two_sided else None
        scene = Scene(graph, tensors, arrays, reference, side)
        if walk.start == "mean slope":
            start = _mean_slope(objective, reference[graph.logits], z, weights)
        elif walk.start != "slope":
            start = tf.math.multiply_no_nan(z, start)  # a masked class has -inf
            start = tf.nn.relu(start) if walk.start == "positive score" else start
        found = backward(graph, tensors, start, walk.rule(scene)).get(graph.input)
        found = found if found is None else self.layout.outward(found)
        self._audited[key] = tuple(node.name for node in scene.ledger)
        sums = [tf.stack(each) for each in scene.ledger.values()]
        ledger = tf.stack(sums) if sums else tf.zeros((0, 4, 0), self.dtype)
        return self._known(found, X, key), score, tf.reduce_sum(start, -1), ledger

    def _summed(self, X: Tensor, estimator: Estimator) -> dict[Key, list[Tensor]]:
        return patterns.moments(self.folded, self._forward(self.folded, X), estimator)

    def _taken(
        self, X: Tensor, weights: Tensor, objective: Objective, slot: Slot, grid: GridAxes | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        graph = self.graph
        assert graph is not None
        tensors = self._forward(graph, X)
        start, score = _slope(objective, tensors[graph.logits], weights)
        found = backward(graph, tensors, start, gradient.gradient).get(slot)
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
        objective: Objective,
        walk: Walk | None = None,
    ) -> list[NDArray[Any]]:
        """Run a compiled function of X, the target's weights, and all that a walk brings along."""
        weights = np.broadcast_to(objective.weights, (len(X), objective.weights.shape[-1]))
        given: list[Any] = [X, weights]
        signature = [self._spec(X), tf.TensorSpec((None, weights.shape[1]), self.dtype)]
        if walk is not None:
            given += [*walk.numbers.values(), *walk.inputs.values()]
            signature += [tf.TensorSpec(np.shape(a), self.dtype) for a in walk.numbers.values()]
            signature += [self._spec(each) for each in walk.inputs.values()]
        compiled = self._function(key, function, signature)
        found = compiled(*map(self._constant, given))
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
        return tf.TensorSpec((1 if self.alone else None, *X.shape[1:]), self.dtype)

    def _function(
        self, key: Any, function: Callable[..., Any], signature: Sequence[tf.TensorSpec]
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
            compiled = tf.function(alone, input_signature=signature, autograph=own)
            # the one function that the signature allows: to look for it again takes 0.1 ms a call
            self._functions[key] = compiled.get_concrete_function()
        return self._functions[key]


def _slope(objective: Objective, z: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """(N, units) outputs, (N, n) weights -> the slope of the score there, and the (N,) score."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(z)
        score = objective.head.score(z, weights, objective.kind, ops)
    return tape.gradient(score, z), score


def _mean_slope(objective: Objective, z0: Tensor, z: Tensor, weights: Tensor) -> Tensor:
    """Average the slope on the straight line from z0 to z, so that it tells the difference."""
    if objective.is_linear:
        return _slope(objective, z, weights)[0]
    if isinstance(head := objective.head, Heads) and objective.kind == "logit":
        if not head.of_probabilities:
            return head.mean_slope(z0, z, weights, ops)
    points, shares = np.polynomial.legendre.leggauss(HEAD_POINTS)
    slopes = [
        share / 2 * _slope(objective, z0 + (1 + at) / 2 * (z - z0), weights)[0]
        for at, share in zip(points.tolist(), shares.tolist(), strict=True)
    ]
    return tf.add_n(slopes)
