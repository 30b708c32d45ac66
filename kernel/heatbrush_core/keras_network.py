"""A Keras model as scores and gradients: through its graph where it has one, else as it is."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops, tree
from numpy.typing import NDArray

from heatbrush_core import rules, walks
from heatbrush_core.graph import Graph, functional_behind
from heatbrush_core.heads import Head, ScoreKind
from heatbrush_core.layers import Tensor
from heatbrush_core.network import Network, Scores, failure, reading, score_vectors

CLOSE, CLOSE_IN_HALF = 1e-3, 5e-2  # of the largest score: a graph that differs by more is refused


class KerasNetwork(Network):
    """A Keras model. Everything it computes is compiled once per size of matrix.

    Weights are read when a compiled function runs, so training goes on being seen; what changes the
    layers themselves (`enable_lora`, `quantize`, another `activation`) needs a new explainer.
    """

    def __init__(self, model: Any, output: str | None, scores: Scores | None) -> None:
        self.model = model
        self.name = f"The model {model.name!r}"
        self._output, self._scores = output, scores
        self._functional: Any = None
        self._graph: Graph | None = None
        self._channels_first = False
        self._position = 0
        self._checked = False
        self._floats_per_cell = 0.0
        self._open()

    # -------------------------------------------------------------- opening

    def _open(self) -> None:
        """Trace the graph, where the model shows one."""
        self._functional = functional_behind(self.model)
        self._functions: dict[Any, Callable[..., Any]] = {}
        # which of them were found to have no gradient, when they were traced
        self._cut: set[Any] = set()
        self._checked = False
        self.dtype = _precision(self.model)
        if self._functional is None and _unbuilt(self.model):
            self.offers = frozenset({"scores", "gradient", "graph"})
        elif self._functional is None:
            self._close("runs code of its own, so that its graph cannot be seen")
        else:
            self._position = self._chosen(self._functional)
            self.shape = self._matrix_shape(self._functional)
            self._graph = Graph(self._functional, self._position, self.dtype)
            self._channels_first = len(self.shape) == 3 and self._graph.channels_first
            if self._channels_first:
                self.shape = (*self.shape[1:], self.shape[0])
            self.offers = frozenset({"scores", "gradient", "graph"})
            self.head = self._graph_head(self._graph)

    def _close(self, reason: str) -> None:
        """Go on without a graph."""
        self._graph, self.head = None, None
        self._functions = {}
        self.offers = frozenset({"scores", "gradient"})
        self.without_graph = f"the model {self.model.name!r} {reason}"

    def _chosen(self, functional: Any) -> int:
        """Find the output that was asked for."""
        if len(functional.inputs) != 1:
            inputs = ", ".join(repr(t.name) for t in functional.inputs)
            raise ValueError(
                f"{self.name} has {len(functional.inputs)} inputs ({inputs}), but one matrix is "
                "expected; wrap it in a model of one input that fixes the others."
            )
        names = _output_names(functional)
        if self._output is None and len(names) == 1:
            return 0
        if self._output is None or self._output not in names:
            raise ValueError(
                f"output is {self._output!r}, but {self.name[0].lower()}{self.name[1:]} has "
                f"{', '.join(map(repr, names))}; choose one, such as output={names[0]!r}."
            )
        return names.index(self._output)

    def _matrix_shape(self, functional: Any) -> tuple[int | None, ...]:
        shape = tuple(functional.inputs[0].shape[1:])
        if len(shape) not in (2, 3):
            raise ValueError(
                f"{self.name} takes inputs of shape {shape}, but a matrix is expected, (rows, "
                "columns) or (rows, columns, channels); put a Reshape layer in front of it."
            )
        return shape

    def _graph_head(self, graph: Graph) -> Head:
        shape = graph.logits.shape
        if len(shape) != 2 or shape[1] is None:
            raise ValueError(
                f"{self.name} returns {shape[1:]} per matrix, but one score vector, (n,), is "
                "expected; add a layer such as GlobalAveragePooling2D or Flatten and Dense."
            )
        end, scores = "" if graph.head is None else graph.head.activation, self._scores
        if scores is None and graph.ends_in_probabilities:
            scores = "probabilities"
        elif scores is None and graph.nodes[-1].kind in ("activation", "opaque"):
            scores = "values"
        return Head(reading(end, shape[1], scores), shape[1])

    def prepare(self, x: NDArray[Any]) -> None:
        """Build the model where it is not built, and hold its graph against itself once."""
        if self._functional is None and _unbuilt(self.model):
            self._build(x)
        if functional_behind(self.model) is not self._functional:
            self._open()  # layers were added or taken away
        if self._checked:
            return
        truth = score_vectors(self.name, self._asked(x[None]), 1)
        if self._graph is not None and not self._agrees(x, truth):
            self._close("does not compute what its graph says")
        if self.head is None:
            units = truth.shape[1]
            self.head = Head(reading("", units, self._scores or "values"), units)
        self._checked = True

    def _build(self, x: NDArray[Any]) -> None:
        try:
            self.model.build((None, *x.shape))
        except Exception as error:
            raise failure(self.name, (1, *x.shape), error) from error
        self._open()

    def _asked(self, X: NDArray[Any]) -> NDArray[Any]:
        """Ask the model itself, not compiled."""
        try:
            result = self.model(self._inward(tf.constant(X, self.dtype)), training=False)
        except Exception as error:
            raise failure(self.name, X.shape, error) from error
        return np.asarray(self._one_of(result))

    def _agrees(self, x: NDArray[Any], truth: NDArray[np.float64]) -> bool:
        assert self._graph is not None
        try:
            z = tf.constant(self.outputs(x[None]), self.dtype)
            found = z if self._graph.head is None else self._graph.head.call(z)[0]
        except Exception:  # whatever a layer does not like about being called by a walk
            return False
        close = CLOSE_IN_HALF if _half(self.model) else CLOSE
        return bool(np.allclose(found, truth, rtol=0, atol=close * max(np.abs(truth).max(), 1e-9)))

    # -------------------------------------------------------------- computing

    def outputs(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """(N, H, W, C) matrices -> (N, units) outputs, the logits where there is a graph."""
        function = self._compiled(("outputs", X.shape[1:]), self._outputs, [self._spec(X)])
        try:
            scores = function(tf.constant(X, self.dtype)).numpy()
        except Exception as error:
            raise failure(self.name, X.shape, error) from error
        return score_vectors(self.name, scores, len(X))

    def gradients(
        self, X: NDArray[Any], weights: NDArray[np.float64], kind: ScoreKind
    ) -> tuple[NDArray[Any], NDArray[np.float64]]:
        """(N, H, W, C) matrices -> (N, H, W, C) gradients of the (N,) scores, and the scores."""
        signature = [self._spec(X), tf.TensorSpec(weights.shape, self.dtype)]
        key = ("gradients", kind, X.shape[1:])
        function = self._compiled(key, lambda x, w: self._gradients(x, w, kind, key), signature)
        gradients, scores = function(tf.constant(X, self.dtype), tf.constant(weights, self.dtype))
        if key in self._cut:
            raise ValueError(
                f"{self.name} has no gradient from its input to the score, as a threshold, a "
                "rounding or code outside TensorFlow cuts it; use a method that asks for scores "
                "only, such as occlusion."
            )
        return gradients.numpy(), scores.numpy().astype(np.float64)

    def _outputs(self, X: Tensor) -> Tensor:
        if self._graph is None:
            return self._call(X)
        return self._forward(self._inward(X))[self._graph.logits]

    def _gradients(
        self, X: Tensor, weights: Tensor, kind: ScoreKind, key: Any
    ) -> tuple[Tensor, Tensor]:
        assert self.head is not None
        graph = self._graph
        tensors = {} if graph is None else walks.forward(graph, self._inward(X))
        start = X if graph is None else tensors[graph.logits]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(start)
            z = self._call(start) if graph is None else start
            score = self.head.score(z, weights, kind, ops)
        slope = found = tape.gradient(score, start)
        if graph is not None:
            found = walks.backward(graph, tensors, slope, rules.gradient).get(graph.input)
        if found is None:
            self._cut.add(key)
            return tf.zeros_like(X), score
        return (found if graph is None else self._outward(found)), score

    def _forward(self, x: Tensor) -> dict[Any, Tensor]:
        """Walk forward, and count on the way what one matrix takes."""
        assert self._graph is not None
        tensors = walks.forward(self._graph, x)
        floats = sum(np.prod([n or 1 for n in t.shape[1:]]) for t in tensors.values())
        self._floats_per_cell = float(floats) / max(1, np.prod([n or 1 for n in x.shape[1:]]))
        return tensors

    def _call(self, X: Tensor) -> Tensor:
        """Run the model as it is; its chosen output, in the walk's precision."""
        return self._one_of(self.model(self._inward(X), training=False))

    def _one_of(self, result: Any) -> Tensor:
        """Take the chosen output; a model without a graph names its outputs by a dict, if at all.

        Raises
        ------
        ValueError
            If `output` does not say which.
        """
        named, flat = result if isinstance(result, dict) else {}, tree.flatten(result)
        if self._functional is not None:
            return ops.cast(flat[self._position], self.dtype)
        if self._output in named:
            return ops.cast(named[self._output], self.dtype)
        if self._output is None and len(flat) == 1:
            return ops.cast(flat[0], self.dtype)
        found, remedy = f"{len(flat)} outputs without names", "wrap it in a function of one output"
        if named:
            found, remedy = ", ".join(map(repr, named)), f"choose one, output={next(iter(named))!r}"
        elif len(flat) == 1:
            found, remedy = "one output without a name", "leave output= out"
        raise ValueError(
            f"output is {self._output!r}, but {self.name[0].lower()}{self.name[1:]} returns "
            f"{found}; {remedy}."
        )

    def _inward(self, X: Tensor) -> Tensor:
        """Turn (N, H, W, C) into the model's own layout."""
        if self.shape is not None and len(self.shape) == 2:
            return X[..., 0]
        return tf.transpose(X, (0, 3, 1, 2)) if self._channels_first else X

    def _outward(self, X: Tensor) -> Tensor:
        """Turn the model's own layout into (N, H, W, C)."""
        if self.shape is not None and len(self.shape) == 2:
            return X[..., None]
        return tf.transpose(X, (0, 2, 3, 1)) if self._channels_first else X

    def _spec(self, X: NDArray[Any]) -> tf.TensorSpec:
        return tf.TensorSpec((None, *X.shape[1:]), self.dtype)

    def _compiled(
        self, key: Any, function: Callable[..., Any], signature: list[tf.TensorSpec]
    ) -> Callable[..., Any]:
        """Compile once per key; the batch axis stays free and every number comes as a tensor."""
        if self.model.run_eagerly:
            return function
        if key not in self._functions:
            # only a user's own code may need Python's control flow to be translated
            own = self._graph is None
            # TensorFlow counts traces per piece of code, and warns of the fifth model; a partial
            # has no code of its own
            alone = functools.partial(function)
            self._functions[key] = tf.function(alone, input_signature=signature, autograph=own)
        return self._functions[key]

    def bytes_per_matrix(self, x: NDArray[Any]) -> float:
        """Estimate what one matrix takes, forward and backward."""
        per_cell = self._floats_per_cell or 64.0
        return 3 * per_cell * x.size * np.dtype(self.dtype).itemsize

    def report(self) -> list[dict[str, Any]] | None:
        """List one dict per node of the graph, or None where there is none."""
        if self._graph is None:
            return None
        return [
            {
                "node": node.name,
                "layer": type(node.operation).__name__,
                "kind": node.kind,
                "shape": node.outputs[0].shape[1:],
                "gradient": "chain rule",
            }
            for node in self._graph.nodes
        ]


def _unbuilt(model: Any) -> bool:
    """Tell whether a model is a Sequential whose input shape is not known yet."""
    own = isinstance(model, keras.Sequential) and type(model).call is keras.Sequential.call
    return own and not model.built


def _output_names(functional: Any) -> list[str]:
    """Name the outputs: by the keys of a dict, else by their layers."""
    struct = functional._outputs_struct
    if isinstance(struct, dict):
        return [next(k for k, v in struct.items() if v is t) for t in functional.outputs]
    return list(functional.output_names)


def _precision(model: Any) -> str:
    """Float64 for a model that has it, else float32."""
    types = {str(w.dtype) for w in model.weights} | {str(model.compute_dtype)}
    return "float64" if "float64" in types else "float32"


def _half(model: Any) -> bool:
    """Tell whether any layer computes in half precision."""
    types = {str(layer.compute_dtype) for layer in model._flatten_layers()}
    return bool(types & {"float16", "bfloat16"})
