"""A Keras model whose outputs are what a target reads: its graph, cut there and continued.

The same weights, the same walks: only the last nodes are others.
"""

from __future__ import annotations

import copy
import functools
import itertools
from abc import abstractmethod
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, Self

import keras
import numpy as np
import tensorflow as tf
from keras import ops, tree
from numpy.typing import NDArray

from heatbrush_core.graph.analysis.endings import ending
from heatbrush_core.graph.analysis.grids import GridAxes, grids, places
from heatbrush_core.graph.analysis.probabilities import bounded
from heatbrush_core.graph.calls import one
from heatbrush_core.graph.graph import Graph, Node, Slot
from heatbrush_core.graph.linear import Tensor
from heatbrush_core.graph.model import without_state
from heatbrush_core.graph.picks import Pick
from heatbrush_core.graph.traced import Traced
from heatbrush_core.network import splitting
from heatbrush_core.network.compiled import Compiled
from heatbrush_core.network.inputs.inputs import Name
from heatbrush_core.network.inputs.keras_inputs import KerasInputs
from heatbrush_core.network.known_model import KnownModel
from heatbrush_core.network.network import Network, Scores
from heatbrush_core.network.scores.cells import of_whole
from heatbrush_core.network.scores.heads import Head, Objective
from heatbrush_core.network.scores.outputs import SHARES_OF_CELLS
from heatbrush_core.network.scores.reading import of_map, read
from heatbrush_core.network.sources import (
    ModelSources,
    Piece,
    Plan,
    as_returned,
    axes_of_array,
    computed,
    named,
    plan,
    try_out,
)
from heatbrush_core.targets import Made, Reading, Source, Term
from heatbrush_core.walks.distances import Place
from heatbrush_core.walks.forward import forward

Shape = tuple[int, ...]


class Targeted(Network):
    """What `KerasNetwork` does where a target is more than a class of its output.

    Attributes
    ----------
    compiled
        What runs in TensorFlow.
    """

    model: Any
    compiled: Compiled
    inputs: KerasInputs | None
    _known: KnownModel
    _is_aimed: bool
    # by the size of the matrix: what is returned for it, and where it is no map, ()
    _answers: dict[Shape, Shape]
    _reading: Reading | None
    _scores: Scores | None
    _output: str | None

    def _fit(self, x: NDArray[Any]) -> None:
        """Learn the shape of the map that the model returns for (H, W, C) x, if it does."""
        known, answer = self._known, self._answers.get(x.shape)
        if answer is None:
            if known.graph is not None and not known.is_map:
                return
            # of a model without a graph only an answer tells
            ask = self._asked if known.graph is None else self._raw
            answer = tuple(ask(x[None]).shape[1:])
            self._answers[x.shape] = answer = answer if len(answer) > 1 else ()
        self.answer = answer or None
        reading = self._reading if known.read is None else known.read.reading
        if self.answer is not None and reading is not None:
            self.head = of_whole(reading, self.answer)

    def _doubts(self, truth: NDArray[np.float64]) -> tuple[str, ...]:
        """Say that a map that is read as plain values may well hold probabilities."""
        values = self.head is not None and self.head.reading == "values"
        unsaid = self.answer is not None and values and self._scores is None
        return (SHARES_OF_CELLS,) if unsaid and bounded(truth) else ()

    @abstractmethod
    def _asked(self, X: NDArray[Any]) -> NDArray[Any]:
        """Ask the model itself, not compiled."""

    @abstractmethod
    def _raw(self, X: NDArray[Any]) -> NDArray[Any]:
        """(N, H, W, C) matrices -> outputs in their own shape."""

    @property
    def returns(self) -> tuple[Shape, ...] | None:
        """The shapes of all outputs for one matrix, channels last, where no matrix is needed."""
        known = self._known
        if known.traced is None:
            return None
        shapes, grid = [], grids(self._every)
        for slot in known.traced.outputs:
            shape = tuple(n or 0 for n in slot.shape[1:])
            if 0 in shape:
                return None
            first = _axes(slot, grid, "output")[2] == 0 and len(shape) > 1
            shapes.append((*shape[1:], shape[0]) if first else shape)
        return tuple(shapes)

    @property
    def ended(self) -> tuple[int, ...]:
        """The numbers of the outputs that are known to end in a softmax or a sigmoid."""
        traced = self._known.traced
        if traced is None:
            return ()
        return tuple(i for i in range(len(traced.outputs)) if traced.output(i).head is not None)

    @property
    def exclusive(self) -> Literal["values", "logits"] | None:
        """Whether the output is classes of which one is meant, and if so, whether as logits."""
        known, reading = self._known, self._reading
        if reading is None and known.read is not None:
            reading = known.read.reading
        if reading not in ("softmax", "probabilities"):
            return None
        alone = known.graph is None or known.graph.head is None
        return "logits" if reading == "softmax" and alone else "values"

    @property
    def version(self) -> Hashable:
        """What is another once the model is read anew."""
        return self._known

    def sources(self, x: NDArray[Any]) -> ModelSources:
        """Tell what targets may read for matrices like (H, W, C) x."""
        known = self._known
        if known.traced is None or known.graph is None:
            shapes, names = self._returned(x)
            outputs = [
                self._source(i, named(len(shapes), names, i), shape, axes_of_array(len(shape)))
                for i, shape in enumerate(shapes)
            ]
            chosen = names.index(self._output) if self._output in names else known.position or 0
            return ModelSources(
                self.name, x.shape, tuple(outputs), names, chosen, None, self.without_graph
            )
        traced, sizes, grid = known.traced, self._sizes(x), grids(self._every)
        outputs = [
            self._source(
                i, named(len(known.names), known.names, i), sizes[slot], _axes(slot, grid, "output")
            )
            for i, slot in enumerate(traced.outputs)
        ]
        by_slot = dict(zip(traced.outputs, outputs, strict=True))
        layers = {
            name: replace(by_slot[slot], name=f"the layer {name!r}")
            if slot in by_slot
            else Source(name, f"the layer {name!r}", sizes[slot], _axes(slot, grid, "layer"))
            for name, slot in traced.places.items()
        }
        given = sizes[traced.input]
        return ModelSources(
            self.name, given, tuple(outputs), known.names, known.position or 0, layers
        )

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers whose cells lie along rows or columns and have channels, as computed."""
        if self._known.traced is None or self._known.graph is None:
            return ()
        grid, slots = grids(self._every), self._known.traced.places
        return tuple(
            name for name in places(self._every) if _axes(slots[name], grid, "layer")[2] is not None
        )

    def distances(self, trio: Sequence[NDArray[Any]], layers: Sequence[str]) -> NDArray[Any]:
        """Compare (N, H, W, C) matrices with two others each at layers: (layers, 4, N)."""
        sources = self.sources(trio[0][0])
        wanted = [Place(self._slots(name), sources.layer(name)) for name in layers]
        return splitting.distances(
            self, lambda some: self.compiled.distances(some, self._every, wanted), trio
        )

    def aimed(self, x: NDArray[Any], terms: Sequence[Term]) -> Self:
        """Open the same model with only what a target reads as its outputs."""
        made = plan(terms, self._head_of, self._reference)
        twin, known = copy.copy(self), self._known
        inward = known.layout.inward(tf.zeros((1, *x.shape))).shape[1:]
        try_out(made, tuple(inward), lambda shape: tf.zeros(shape, known.dtype), ops)
        graph, call = None, functools.partial(self._computed, made)
        if known.graph is not None and known.traced is not None:
            graph = known.traced.before([*_tail(made, self._slots, known.traced)])
        same = [_same(each.term, x) for each in made.pieces]
        compiled = Compiled(self.model, self.name, graph, known.dtype, known.layout, call)
        compiled.alone = self.most == 1
        vars(twin).update(
            _known=replace(known, graph=graph, units=made.head.units),
            _is_aimed=True,
            compiled=compiled,
            fits={},
            head=made.head,
            weights=made.weights,
            answer=None,
            opaque=made.opaque,
            slopeless="x is the matrix that it is compared with" if all(same) else "",
        )
        return twin

    # -------------------------------------------------------------- with a graph

    @property
    def _every(self) -> Graph:
        """All nodes of the model, whatever its outputs need."""
        known = self._known
        assert known.traced is not None
        return known.traced.every

    def _sizes(self, x: NDArray[Any]) -> Mapping[Slot, Shape]:
        """Tell the shape of each slot for matrices like x, without the batch axis."""
        known = self._known
        assert known.traced is not None
        slots = {known.traced.input, *(s for n in known.traced.nodes for s in n.outputs)}
        if not any(None in slot.shape[1:] for slot in slots):
            return {slot: tuple(n or 0 for n in slot.shape[1:]) for slot in slots}
        found: dict[Slot, Shape] = {}

        def run(given: Tensor) -> Tensor:
            tensors = forward(self._every, known.layout.inward(given))
            found.update((slot, tuple(map(int, t.shape[1:]))) for slot, t in tensors.items())
            return given

        spec = tf.TensorSpec((1, *x.shape), known.dtype)
        tf.function(run, input_signature=[spec], autograph=False).get_concrete_function()
        return found

    def _slots(self, key: int | str, returned: bool = False) -> Slot:
        """Find the slot that is read: of an output its logits, where it has some.

        What is computed of outputs in another way takes them as they are `returned`.
        """
        known = self._known
        assert known.traced is not None and known.graph is not None
        if isinstance(key, str):
            return known.traced.places[key]
        if returned:
            return known.traced.outputs[key]
        return known.graph.logits if key == known.position else known.traced.output(key).logits

    def _head_of(self, key: int | str) -> Head:
        """Say how the cells of an output are read, or its classes; a layer holds plain values."""
        known, head = self._known, self.head
        if isinstance(key, str):
            return Head("values", 1)
        if known.traced is None or known.graph is None or key == known.position:
            if self.answer is not None:
                reading = self._reading if known.read is None else known.read.reading
                return Head(reading or "values", 1)
            return head or Head("values", 1)
        graph = known.traced.output(key)
        end = ending(graph, known.dtype) if graph.head is None else None
        channels = graph.logits.shape[-1] or 1
        if len(graph.logits.shape) != 2:
            return Head(of_map(graph, end, None, None, channels).reading, 1)
        found = read(graph, end, None, None, channels)
        return Head("values" if found is None else found.reading, channels)

    def _reference(self, source: Source, like: NDArray[Any]) -> Tensor:
        """Take what a layer gives for another (H, W, C) matrix."""
        known = self._known
        assert known.traced is not None
        inward = known.layout.inward(tf.constant(like[None], known.dtype))
        slot = self._slots(source.key)
        graph = known.traced.up_to(slot)
        return forward(graph, inward)[slot]

    # -------------------------------------------------------------- without one

    def _source(
        self, number: int, name: str, shape: Shape, axes: tuple[int | None, int | None, int | None]
    ) -> Source:
        classes = self._head_of(number).classes if len(shape) == 1 else 0
        return Source(number, name, shape, axes, classes)

    def _ran(self, inward: Tensor) -> Any:
        """Run the model as it is on a batch in its own layout, with what else it takes."""
        with without_state(self.model):
            if self.inputs is None:
                return self.model(inward, training=False)
            return self.model(self.inputs.around(inward, self.model), training=False)

    def held_slopes(self, x: NDArray[Any], objective: Objective) -> dict[Name, NDArray[Any] | None]:
        """Take the slope of the score of (H, W, C) x along each held input."""
        return {} if self.inputs is None else self.compiled.held_slopes(x, objective, self.inputs)

    def _results(self, inward: Tensor) -> tuple[list[Tensor], tuple[str, ...]]:
        """Run the model as it is: all its outputs, and their names where they have some."""
        result = self._ran(inward)
        names = tuple(result) if isinstance(result, dict) else ()
        flat = list(result.values()) if names else tree.flatten(result)
        return [ops.cast(each, self._known.dtype) for each in flat], names

    def _returned(self, x: NDArray[Any]) -> tuple[list[Shape], tuple[str, ...]]:
        known = self._known
        found, names = self._results(known.layout.inward(tf.constant(x[None], known.dtype)))
        return [tuple(map(int, each.shape[1:])) for each in found], names

    def _computed(self, made: Plan, inward: Tensor) -> Tensor:
        """(N, units) what a target reads of a batch in the model's own layout."""
        results, _ = self._results(inward)
        return computed(made, lambda source: results[int(source.key)], inward, ops)


def _axes(
    slot: Slot, known: Mapping[Slot, GridAxes], what: str
) -> tuple[int | None, int | None, int | None]:
    """Tell rows, columns and channels of a slot, without counting the batch axis."""
    rank, grid = len(slot.shape) - 1, known.get(slot)
    if rank == 3 and grid == (2, 3):
        return 1, 2, 0
    if rank == 2 and (grid is None or None in grid) and (grid is not None or what == "layer"):
        return 0, None, 1  # steps of a sequence
    return axes_of_array(rank)


def _tail(made: Plan, slots: Any, traced: Traced) -> list[Node]:
    """Make the nodes that take what is read out of the graph, the last of which gives all."""
    nodes: list[Node] = []
    runs = [list(run) for _, run in itertools.groupby(made.pieces, _place)]
    for number, pieces in enumerate(runs):
        name = "target" if len(runs) == 1 else f"target part {number + 1}"
        term, _, references = pieces[0]
        if isinstance(term, Made):
            given = [slots(each.key, returned=True) for each in term.sources]
            given += [traced.input] if term.with_input else []
            call = one(functools.partial(_made, term, references))
            made_of = Node(name, "opaque", term, call, tuple(given), (Slot((None, 1)),))
            nodes.append(made_of)
            continue
        # many things of one map are one node, not one each, which take as long to compile
        pick = Pick.of(np.concatenate([each.cells for each in pieces]), term.source.shape)
        slot = slots(term.source.key, returned=as_returned(term))
        end = Slot((None, pick.count))
        flatten = keras.layers.Flatten()
        nodes.append(Node(name, "structure", flatten, one(pick), (slot,), (end,), map=pick))
    if len(nodes) > 1:
        ends = tuple(node.outputs[0] for node in nodes)
        joined = Slot((None, made.head.units))
        call = one(lambda *tensors: ops.concatenate(tensors, axis=-1))
        join = keras.layers.Concatenate(axis=-1)
        nodes.append(Node("target", "structure", join, call, ends, (joined,)))
    return nodes


def _place(piece: Piece) -> Hashable:
    """Tell pieces apart that are read from other places; each number of whole outputs is one."""
    term = piece.term
    return id(piece) if isinstance(term, Made) else (term.source.key, as_returned(term))


def _made(term: Made, references: Sequence[Any], *values: Tensor) -> Tensor:
    return ops.reshape(term.compute(ops, values, references), (-1, 1))


def _same(term: Term, x: NDArray[Any]) -> bool:
    like = term.like if isinstance(term, Made) else None
    return like is not None and np.array_equal(like, x)
