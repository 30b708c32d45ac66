"""A Keras model as scores and gradients: through its graph where it has one, else as it is."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import tensorflow as tf
from keras import ops, tree
from numpy.typing import NDArray

from heatbrush_core.graph import grids
from heatbrush_core.graph.graph import Graph
from heatbrush_core.graph.linear import Tensor
from heatbrush_core.graph.model import fixed, in_half, output_names, precision, unbuilt, unchanged
from heatbrush_core.graph.tracing import functional_behind, traced
from heatbrush_core.network.compiled import Aim, Engine
from heatbrush_core.network.heads import Head, ScoreKind
from heatbrush_core.network.incremental import IncrementalOriginal
from heatbrush_core.network.layout import Layout
from heatbrush_core.network.network import (
    Activations,
    Arrays,
    Matrices,
    Network,
    Original,
    Relevance,
    Scores,
)
from heatbrush_core.network.outputs import failure, reading, score_vectors
from heatbrush_core.walks.backward.pattern_fits import Estimator, Key, Moments
from heatbrush_core.walks.backward.walk import Walk
from heatbrush_core.walks.delta.locality import Locality

CLOSE, CLOSE_IN_HALF = 1e-3, 5e-2  # of the largest score: a graph that differs by more is refused


class KerasNetwork(Network):
    """A Keras model. Everything it computes is compiled once per size of matrix.

    Weights are read when a compiled function runs, so training goes on being seen. What changes the
    layers themselves (`enable_lora`, `quantize`, `adapt`, another `activation`, layers added or
    taken away) is seen by `prepare`, and all is compiled anew.
    """

    def __init__(self, model: Any, output: str | None, scores: Scores | None) -> None:
        self.model = model
        self.name = f"The model {model.name!r}"
        self._output, self._scores = output, scores
        self._functional: Any = None
        self._graph: Graph | None = None
        self._layout = Layout()
        self._position = 0
        self._checked = False
        self._open()

    # -------------------------------------------------------------- opening

    def _open(self) -> None:
        """Trace the graph, where the model shows one."""
        self._functional = functional_behind(self.model)
        self._fixed = fixed(self.model)
        self.fits = {}
        self._checked = False
        self.dtype = precision(self.model)
        if self._functional is None and unbuilt(self.model):
            self.offers = frozenset({"scores", "gradient", "graph"})
            self._engine = self._engine_for(None)
        elif self._functional is None:
            self._close("runs code of its own, so that its graph cannot be seen")
        else:
            self._position = self._chosen(self._functional)
            self.shape = self._matrix_shape(self._functional)
            self._graph = traced(self._functional, self._position, self.dtype)
            flat = len(self.shape) == 2
            self._layout = Layout(flat, not flat and self._graph.channels_first)
            if self._layout.channels_first:
                self.shape = (*self.shape[1:], self.shape[0])
            self.offers = frozenset({"scores", "gradient", "graph"})
            self.head = self._graph_head(self._graph)
            self._engine = self._engine_for(self._graph)

    def _close(self, reason: str) -> None:
        """Go on without a graph."""
        self._graph, self.head = None, None
        self._engine = self._engine_for(None)
        self.offers = frozenset({"scores", "gradient"})
        self.without_graph = f"the model {self.model.name!r} {reason}"

    def _engine_for(self, graph: Graph | None) -> Engine:
        return Engine(self.model, self.name, graph, self.dtype, self._layout, self._call)

    def _chosen(self, functional: Any) -> int:
        """Find the output that was asked for."""
        if len(functional.inputs) != 1:
            inputs = ", ".join(repr(t.name) for t in functional.inputs)
            raise ValueError(
                f"{self.name} has {len(functional.inputs)} inputs ({inputs}), but one matrix is "
                "expected; wrap it in a model of one input that fixes the others."
            )
        names = output_names(functional)
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
        if self._functional is None and unbuilt(self.model):
            self._build(x)
        if not unchanged(self._fixed, fixed(self.model)):
            self._open()
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
            result = self.model(self._layout.inward(tf.constant(X, self.dtype)), training=False)
        except Exception as error:
            raise failure(self.name, X.shape, error) from error
        return np.asarray(self._one_of(result))

    def _call(self, X: Tensor) -> Tensor:
        """Run the model as it is; its chosen output, in the walk's precision."""
        return self._one_of(self.model(X, training=False))

    def _agrees(self, x: NDArray[Any], truth: NDArray[np.float64]) -> bool:
        assert self._graph is not None
        try:
            z = tf.constant(self.outputs(x[None]), self.dtype)
            found = z if self._graph.head is None else self._graph.head.call(z)[0]
        except Exception:  # whatever a layer does not like about being called by a walk
            return False
        close = CLOSE_IN_HALF if in_half(self.model) else CLOSE
        return bool(np.allclose(found, truth, rtol=0, atol=close * max(np.abs(truth).max(), 1e-9)))

    # -------------------------------------------------------------- computing

    def outputs(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """(N, H, W, C) matrices -> (N, units) outputs, the logits where there is a graph."""
        try:
            scores = self._engine.outputs(X)
        except Exception as error:
            raise failure(self.name, X.shape, error) from error
        return score_vectors(self.name, scores, len(X))

    def original(self, x: NDArray[Any]) -> Original:
        """Open an (H, W, C) matrix of which many changes will be asked."""
        try:
            walk = self._engine.incremental(x.shape)
            return Original(self, x) if walk is None else IncrementalOriginal(self, x, walk)
        except Exception as error:
            raise failure(self.name, (1, *x.shape), error) from error

    def gradients(
        self, X: NDArray[Any], weights: NDArray[np.float64], kind: ScoreKind
    ) -> tuple[NDArray[Any], NDArray[np.float64]]:
        """(N, H, W, C) matrices -> (N, H, W, C) gradients of the (N,) scores, and the scores."""
        return self._engine.gradients(X, self._aim(weights, kind))

    def relevance(
        self,
        X: NDArray[Any],
        weights: NDArray[np.float64],
        kind: ScoreKind,
        walk: Walk,
        arrays: Arrays | None = None,
        inputs: Matrices | None = None,
    ) -> Relevance:
        """Walk backward from the (N,) scores of (N, H, W, C) matrices."""
        return self._engine.relevance(X, self._aim(weights, kind), walk, arrays or {}, inputs or {})

    def activations(
        self, X: NDArray[Any], weights: NDArray[np.float64], kind: ScoreKind, place: str
    ) -> Activations:
        """Take what a layer gives for (N, H, W, C) matrices, and the slope of the scores there."""
        return self._engine.activations(X, self._aim(weights, kind), place)

    def moments(self, X: NDArray[Any], estimator: Estimator) -> dict[Key, Moments]:
        """Sum up over (N, H, W, C) what the patterns of each linear node are fitted from."""
        return self._engine.moments(X, estimator)

    def fingerprint(self) -> int:
        """Tell one state of the weights from another, however they were changed."""
        found = 0
        for weight in self.model.weights:
            cells = np.ascontiguousarray(weight).reshape(-1).view(np.uint8)
            found = zlib.crc32(cells.data, found)
        return found

    def _aim(self, weights: NDArray[np.float64], kind: ScoreKind) -> Aim:
        assert self.head is not None
        return Aim(self.head, weights, kind)

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

    @property
    def graph(self) -> Graph | None:
        """The model's graph, where it shows one."""
        return self._graph

    @property
    def folded(self) -> Graph:
        """The model's graph with batch normalisation folded."""
        return self._engine.folded

    def locality(self) -> Locality | None:
        """Tell how windows go through the folded graph; None where they do not, or sizes vary."""
        sizes = tuple(n for n in self.shape or () if n is not None)
        if not sizes or len(sizes) < len(self.shape or ()):
            return None
        walk = self._engine.incremental(sizes if len(sizes) == 3 else (*sizes, 1))
        return None if walk is None else walk.locality

    def bytes_per_matrix(self, x: NDArray[Any]) -> float:
        """Estimate what one matrix takes, forward and backward."""
        per_cell = self._engine.floats_per_cell or 64.0
        return 3 * per_cell * x.size * np.dtype(self.dtype).itemsize

    def places(self) -> list[str]:
        """List the layers whose cells lie along the matrix's rows or columns."""
        return [] if self._graph is None else list(grids.places(self._graph))
