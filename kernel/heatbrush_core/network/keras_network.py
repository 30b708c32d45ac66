"""A Keras model as scores and gradients: through its graph where it has one, else as it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from heatbrush_core.checks import short
from heatbrush_core.forks import Home
from heatbrush_core.graph.analysis import grids
from heatbrush_core.graph.graph import Graph
from heatbrush_core.graph.linear import Tensor
from heatbrush_core.graph.model import (
    fixed,
    in_half,
    stateful,
    unbuilt,
    unchanged,
    weights_checksum,
)
from heatbrush_core.matrix.perturbations import Boxes
from heatbrush_core.network import self_check, splitting
from heatbrush_core.network.compiled import Compiled
from heatbrush_core.network.incremental import IncrementalOriginal
from heatbrush_core.network.inputs.inputs import Name
from heatbrush_core.network.inputs.keras_inputs import KerasInputs, opened_inputs
from heatbrush_core.network.known_model import KnownModel, known
from heatbrush_core.network.memory import ran_out
from heatbrush_core.network.network import (
    Activations,
    Costs,
    Original,
    Relevance,
    Scores,
    moved,
)
from heatbrush_core.network.scores.heads import Head, Objective, is_mute
from heatbrush_core.network.scores.outputs import (
    fails,
    failure,
    flat,
    score_vectors,
)
from heatbrush_core.network.scores.reading import WORDS, of_map, read, read_outputs
from heatbrush_core.network.scores.trials import trials
from heatbrush_core.network.self_check import Examples
from heatbrush_core.network.targeted import Targeted
from heatbrush_core.walks.activity import Extremes
from heatbrush_core.walks.backward.pattern_fits import Estimator, Key, Moments
from heatbrush_core.walks.backward.walk import Walk
from heatbrush_core.walks.delta.locality import Locality

TENSORFLOW = Home("TensorFlow")
"""Where this module, and so TensorFlow, was imported: a fork of it can open no model either."""
CLOSE, CLOSE_IN_HALF = 1e-3, 5e-2  # of the largest score: a graph that differs by more is refused


class KerasNetwork(Targeted):
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

    def __init__(
        self,
        model: Any,
        output: str | None,
        scores: Scores | None,
        input: Name | KerasInputs | None = None,
    ) -> None:
        TENSORFLOW.check()
        self.model, self.name = model, f"The model {short(model.name)}"
        self._output, self._scores, self._is_copy = output, scores, False
        self._reading, self._is_aimed = None, False
        self.inputs = opened_inputs(model, input, self.name)
        self._take(self._learnt())

    def copied(self, model: Any) -> KerasNetwork:
        """Open a copy of the model as the model was opened; what holds for one holds for both."""
        # a copy has no loss, and what its weights give may look different
        settled = self.head is not None and (self._checked or self._known.read is not None)
        scores = WORDS[self.head.reading] if settled and self.head else self._scores
        inputs = None if self.inputs is None else self.inputs.again()
        twin = KerasNetwork(model, self._output, scores, inputs)
        twin._is_copy, twin.most, twin.incremental = True, self.most, self.incremental
        return twin

    def _learnt(self) -> KnownModel:
        """Read the model as it is now."""
        return known(self.model, self.name, self._output, self._scores, self.inputs)

    def _take(self, known: KnownModel) -> None:
        """Go by what is known of the model from now on; whatever was compiled before is void."""
        self._known, self._checked = known, False
        self.shape, self.head = known.shape, known.head
        self.offers, self.without_graph = known.offers, known.without_graph
        said = "" if known.read is None else known.read.note
        chosen = "" if self.inputs is None else self.inputs.note
        self.notes = tuple(filter(None, (known.note, chosen, said)))
        self.answer, self._answers, self.maps = None, {}, known.is_map
        self.fits = {}
        self.compiled = Compiled(
            self.model, self.name, known.graph, known.dtype, known.layout, self._call
        )
        self.compiled.alone = self.most == 1

    def prepare(self, x: NDArray[Any], examples: Examples | None = None) -> None:
        """Build the model where it is not built, and hold its graph against itself once."""
        if unbuilt(self.model):
            self._build(x)
        if self._is_aimed:
            return  # by a question to the model as a whole
        if not unchanged(self._known.fixed, fixed(self.model)):
            self._take(self._learnt())
        if self._checked:
            self._fit(x)
            return
        truth = self._truth(x)
        self._fit(x)
        apart = 0.0 if self._is_copy else self_check.drawn(truth, lambda: self._truth(x))
        self.notes = (*self.notes, *self._said(apart), *self._batched(x, truth, apart))
        if self.graph is not None:
            self._check(self.graph, x, 2 * apart, None if self._is_copy else examples)
        if self._known.read is None:
            self._read(x, examples, truth.shape[1])
        self._checked = True
        self._fit(x)
        self.notes = (*self.notes, *self._doubts(truth))

    @property
    def _close(self) -> float:
        """How far outputs may lie apart, by their size, that are the same but for rounding."""
        return CLOSE_IN_HALF if in_half(self.model) else CLOSE

    def _read(self, x: NDArray[Any], examples: Examples | None, units: int) -> None:
        """Settle how outputs are read where the model's layers do not tell."""
        known = self._known
        if self.answer is not None:
            self._reading = of_map(None, None, known.loss, self._scores, self.answer[-1]).reading
            return
        found = read(known.graph, known.ending, known.loss, self._scores, units)
        if found is None:
            background = None if examples is None else examples.background
            # one by one, as some models take no other batch
            outputs = [self.compiled.outputs(each[None])[0] for each in trials(x, background)]
            looked = np.asarray(outputs, np.float64).reshape(len(outputs), units)
            found = read_outputs(known.graph, known.ending, known.loss, looked, self._close)
        self.head = Head(found.reading, units)
        self.notes = (*self.notes, found.note) if found.note else self.notes

    def _said(self, apart: float) -> tuple[str, ...]:
        """Say what whoever looks at a map should know of the model."""
        kept = [layer.name for layer in stateful(self.model)]
        notes = [self_check.stateful(self.name, kept)] if kept else []
        return (*notes, self_check.random(self.name, apart)) if apart else tuple(notes)

    def _batched(
        self, x: NDArray[Any], truth: NDArray[np.float64], random: float
    ) -> tuple[str, ...]:
        """Ask about one matrix at a time from now on where two at once are too many; say why."""
        if self.most != 1 and not self._is_copy:
            try:
                apart = self_check.apart_in_a_batch(x, truth, self._truths)
            except (RuntimeError, ValueError) as error:
                if is_mute(error):
                    return ()  # which tells nothing of batches
                why = fails(2, error)
            else:
                if apart <= 2 * random + self._close * self_check.largest(truth):
                    return ()
                why = f"beside another, a matrix gets other scores (up to {apart:.2g} apart)"
            self.most, self.compiled.alone = 1, True
            return (self_check.alone(self.name, why),)
        self.compiled.alone = self.most == 1
        return ()

    def _check(
        self, graph: Graph, x: NDArray[Any], allowed: float, examples: Examples | None
    ) -> None:
        """Give the graph up, and say so, where it differs from the model on x or on one like it."""
        others = () if self._is_copy else self_check.matrices(x, graph.masked, examples)
        for index, matrix in enumerate((x, *others)):
            try:
                truth = self._truth(matrix)
            except (RuntimeError, ValueError):
                if index == 0:
                    raise
                continue  # what the model itself does not take tells nothing of its graph
            apart = self._apart(graph, matrix, truth)
            if apart is None or not apart <= allowed + self._close * self_check.largest(truth):
                # what was said of the reading goes, as outputs are read anew without the graph
                read = self._known.read.note if self._known.read is not None else ""
                notes = (
                    *(each for each in self.notes if each != read),
                    self_check.given_up(self.name, apart),
                )
                self._take(self._known.given_up(self.name, "does not compute what its graph says"))
                self.notes = notes
                return

    def _truth(self, x: NDArray[Any]) -> NDArray[np.float64]:
        """Ask the model itself about (H, W, C) x: (1, units) outputs."""
        return self._truths(x[None])

    def _truths(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Ask the model itself about (N, H, W, C) X at once: (N, units) outputs."""
        return score_vectors(self.name, flat(self._asked(X), len(X)), len(X))

    def _build(self, x: NDArray[Any]) -> None:
        try:
            self.model.build((None, *x.shape))
        except Exception as error:
            raise failure(self.name, (1, *x.shape), error) from error
        self._take(self._learnt())

    def _asked(self, X: NDArray[Any]) -> NDArray[Any]:
        """Ask the model itself, not compiled."""
        inward = self._known.layout.inward(tf.constant(X, self._dtype))
        try:
            result = self._ran(inward)
        except Exception as error:
            raise failure(self.name, X.shape, error) from error
        return np.asarray(self._known.output(result, self.name, self._output))

    def _call(self, X: Tensor) -> Tensor:
        """Run the model as it is; its chosen output, in the walks' precision."""
        return self._known.output(self._ran(X), self.name, self._output)

    def _apart(self, graph: Graph, x: NDArray[Any], truth: NDArray[np.float64]) -> float | None:
        """Find how far the graph's outputs lie from the model's; None where it cannot be run."""
        try:
            z = tf.constant(self.outputs(x[None]), self._dtype)
            z = z if self.answer is None else tf.reshape(z, (1, *self.answer))
            found = z if graph.head is None else graph.head.call(z)[0]
        except Exception:  # whatever a layer does not like about being called by a walk
            return None
        same = np.asarray(found, np.float64).reshape(truth.shape)
        return float(np.abs(moved(same, truth)).max())

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
        found = splitting.outputs(self, self._outputs, X)
        # a model without a graph may return what it likes
        splitting.alike(
            self.name, [found], self.head.units if self.head and self._checked else None
        )
        return found

    def _outputs(self, X: NDArray[Any]) -> NDArray[np.float64]:
        return score_vectors(self.name, flat(self._raw(X), len(X)), len(X))

    def _raw(self, X: NDArray[Any]) -> NDArray[Any]:
        """(N, H, W, C) matrices -> outputs in their own shape."""
        try:
            return self.compiled.outputs(X)
        except Exception as error:
            raise failure(self.name, X.shape, error) from error

    def original(self, x: NDArray[Any]) -> Original:
        """Open an (H, W, C) matrix of which many changes will be asked."""
        try:
            walk = self.compiled.incremental(x.shape) if self.incremental else None
            return Original(self, x) if walk is None else IncrementalOriginal(self, x, walk)
        except Exception as error:
            if ran_out(error):  # all that the walk remembers of a matrix takes more than it does
                return Original(self, x)
            raise failure(self.name, (1, *x.shape), error) from error

    def costs(self, boxes: Boxes, shape: tuple[int, ...]) -> Costs | None:
        """Estimate what changes inside boxes of an (H, W, C) matrix cost; None without a walk."""
        walk = self.compiled.incremental(shape) if self.incremental else None
        return None if walk is None else walk.costs(boxes)

    def gradients(
        self, X: NDArray[Any], objective: Objective
    ) -> tuple[NDArray[Any], NDArray[np.float64]]:
        """(N, H, W, C) matrices -> (N, H, W, C) gradients of the (N,) scores, and the scores."""
        return splitting.gradients(self, self.compiled.gradients, X, objective)

    def relevance(self, X: NDArray[Any], objective: Objective, walk: Walk) -> Relevance:
        """Walk backward from the (N,) scores of (N, H, W, C) matrices."""
        return splitting.relevance(self, self.compiled.relevance, X, objective, walk)

    def activations(self, X: NDArray[Any], objective: Objective, place: str) -> Activations:
        """Take what a layer gives for (N, H, W, C) matrices, and the slope of the scores there."""

        def ask(X: NDArray[Any], objective: Objective) -> Activations:
            return self.compiled.activations(X, objective, place)

        return splitting.activations(self, ask, X, objective)

    def moments(self, X: NDArray[Any], estimator: Estimator) -> dict[Key, Moments]:
        """Sum up over (N, H, W, C) what the patterns of each linear node are fitted from."""
        return splitting.moments(self, lambda X: self.compiled.moments(X, estimator), X)

    def extremes(self, X: NDArray[Any]) -> Extremes:
        """Take the lowest and the highest output of each node over (N, H, W, C) matrices."""
        return splitting.extremes(self, self.compiled.extremes, X)

    def fingerprint(self, most: int | None = None) -> int:
        """Tell one state of the weights from another, however they were changed."""
        return weights_checksum(self.model, most)

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
        if not sizes or len(sizes) < len(self.shape or ()) or not self.incremental:
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
