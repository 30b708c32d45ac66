"""A Keras model as scores and gradients: through its graph where it has one, else as it is."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from heatbrush_core.graph import grids
from heatbrush_core.graph.graph import Graph
from heatbrush_core.graph.linear import Tensor
from heatbrush_core.graph.model import fixed, in_half, unbuilt, unchanged
from heatbrush_core.network.compiled import Compiled
from heatbrush_core.network.heads import Head, Objective
from heatbrush_core.network.incremental import IncrementalOriginal
from heatbrush_core.network.known_model import KnownModel, known
from heatbrush_core.network.network import Activations, Network, Original, Relevance, Scores
from heatbrush_core.network.outputs import failure, reading, score_vectors
from heatbrush_core.walks.activity import Extremes
from heatbrush_core.walks.backward.pattern_fits import Estimator, Key, Moments
from heatbrush_core.walks.backward.walk import Walk
from heatbrush_core.walks.delta.locality import Locality

CLOSE, CLOSE_IN_HALF = 1e-3, 5e-2  # of the largest score: a graph that differs by more is refused


class KerasNetwork(Network):
    """A Keras model. Everything it computes is compiled once per size of matrix.

    Weights are read when a compiled function runs, so training goes on being seen. What changes the
    layers themselves (`enable_lora`, `quantize`, `adapt`, another `activation`, layers added or
    taken away) is seen by `prepare`, and all is compiled anew.

    Attributes
    ----------
    compiled
        What runs in TensorFlow.
    """

    compiled: Compiled

    def __init__(self, model: Any, output: str | None, scores: Scores | None) -> None:
        self.model = model
        self.name = f"The model {model.name!r}"
        self._output, self._scores = output, scores
        self._take(known(model, self.name, output, scores))

    def copied(self, model: Any) -> KerasNetwork:
        """Open a copy of the model as the model was opened."""
        return KerasNetwork(model, self._output, self._scores)

    def _take(self, known: KnownModel) -> None:
        """Go by what is known of the model from now on; whatever was compiled before is void."""
        self._known, self._checked = known, False
        self.shape, self.head = known.shape, known.head
        self.offers, self.without_graph = known.offers, known.without_graph
        self.fits = {}
        self.compiled = Compiled(
            self.model, self.name, known.graph, known.dtype, known.layout, self._call
        )

    def prepare(self, x: NDArray[Any]) -> None:
        """Build the model where it is not built, and hold its graph against itself once."""
        if unbuilt(self.model):
            self._build(x)
        if not unchanged(self._known.fixed, fixed(self.model)):
            self._take(known(self.model, self.name, self._output, self._scores))
        if self._checked:
            return
        truth = score_vectors(self.name, self._asked(x[None]), 1)
        if self.graph is not None and not self._agrees(self.graph, x, truth):
            self._take(self._known.given_up(self.name, "does not compute what its graph says"))
        if self.head is None:
            units = truth.shape[1]
            self.head = Head(reading("", units, self._scores or "values"), units)
        self._checked = True

    def _build(self, x: NDArray[Any]) -> None:
        try:
            self.model.build((None, *x.shape))
        except Exception as error:
            raise failure(self.name, (1, *x.shape), error) from error
        self._take(known(self.model, self.name, self._output, self._scores))

    def _asked(self, X: NDArray[Any]) -> NDArray[Any]:
        """Ask the model itself, not compiled."""
        inward = self._known.layout.inward(tf.constant(X, self._dtype))
        try:
            result = self.model(inward, training=False)
        except Exception as error:
            raise failure(self.name, X.shape, error) from error
        return np.asarray(self._known.output(result, self.name, self._output))

    def _call(self, X: Tensor) -> Tensor:
        """Run the model as it is; its chosen output, in the walks' precision."""
        return self._known.output(self.model(X, training=False), self.name, self._output)

    def _agrees(self, graph: Graph, x: NDArray[Any], truth: NDArray[np.float64]) -> bool:
        try:
            z = tf.constant(self.outputs(x[None]), self._dtype)
            found = z if graph.head is None else graph.head.call(z)[0]
        except Exception:  # whatever a layer does not like about being called by a walk
            return False
        close = CLOSE_IN_HALF if in_half(self.model) else CLOSE
        return bool(np.allclose(found, truth, rtol=0, atol=close * max(np.abs(truth).max(), 1e-9)))

    @property
    def traces(self) -> int:
        """How many functions were compiled since the model was read."""
        return self.compiled.traces

    @property
    def _dtype(self) -> str:
        return self._known.dtype

    # -------------------------------------------------------------- computing

    def outputs(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """(N, H, W, C) matrices -> (N, units) outputs, the logits where there is a graph."""
        try:
            scores = self.compiled.outputs(X)
        except Exception as error:
            raise failure(self.name, X.shape, error) from error
        return score_vectors(self.name, scores, len(X))

    def original(self, x: NDArray[Any]) -> Original:
        """Open an (H, W, C) matrix of which many changes will be asked."""
        try:
            walk = self.compiled.incremental(x.shape)
            return Original(self, x) if walk is None else IncrementalOriginal(self, x, walk)
        except Exception as error:
            raise failure(self.name, (1, *x.shape), error) from error

    def gradients(
        self, X: NDArray[Any], objective: Objective
    ) -> tuple[NDArray[Any], NDArray[np.float64]]:
        """(N, H, W, C) matrices -> (N, H, W, C) gradients of the (N,) scores, and the scores."""
        return self.compiled.gradients(X, objective)

    def relevance(self, X: NDArray[Any], objective: Objective, walk: Walk) -> Relevance:
        """Walk backward from the (N,) scores of (N, H, W, C) matrices."""
        return self.compiled.relevance(X, objective, walk)

    def activations(self, X: NDArray[Any], objective: Objective, place: str) -> Activations:
        """Take what a layer gives for (N, H, W, C) matrices, and the slope of the scores there."""
        return self.compiled.activations(X, objective, place)

    def moments(self, X: NDArray[Any], estimator: Estimator) -> dict[Key, Moments]:
        """Sum up over (N, H, W, C) what the patterns of each linear node are fitted from."""
        return self.compiled.moments(X, estimator)

    def extremes(self, X: NDArray[Any]) -> Extremes:
        """Take the lowest and the highest output of each node over (N, H, W, C) matrices."""
        return self.compiled.extremes(X)

    def fingerprint(self) -> int:
        """Tell one state of the weights from another, however they were changed."""
        found = 0
        for weight in self.model.weights:
            cells = np.ascontiguousarray(weight).reshape(-1).view(np.uint8)
            found = zlib.crc32(cells.data, found)
        return found

    @property
    def graph(self) -> Graph | None:
        """The model's graph, where it shows one."""
        return self._known.graph

    @property
    def folded(self) -> Graph:
        """The model's graph with batch normalisation folded."""
        return self.compiled.folded

    def locality(self) -> Locality | None:
        """Tell how windows go through the folded graph; None where they do not, or sizes vary."""
        sizes = tuple(n for n in self.shape or () if n is not None)
        if not sizes or len(sizes) < len(self.shape or ()):
            return None
        walk = self.compiled.incremental(sizes if len(sizes) == 3 else (*sizes, 1))
        return None if walk is None else walk.locality

    def bytes_per_matrix(self, x: NDArray[Any]) -> float:
        """Estimate what one matrix takes, forward and backward."""
        per_cell = self.compiled.floats_per_cell or 64.0
        return 3 * per_cell * x.size * np.dtype(self._dtype).itemsize

    def places(self) -> list[str]:
        """List the layers whose cells lie along the matrix's rows or columns."""
        return [] if self.graph is None else list(grids.places(self.graph))
