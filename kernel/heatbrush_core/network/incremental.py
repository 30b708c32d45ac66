"""Changes of a matrix, computed through the cells that they reach: compiled walks and their plans.

A cost model chooses per call between the delta walk and whole matrices. For one or two windows of a
small network the whole is faster, as the walk has some twice as many operations.
"""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from heatbrush_core.graph.analysis.grids import grids
from heatbrush_core.graph.graph import Graph
from heatbrush_core.graph.linear import Tensor
from heatbrush_core.matrix.perturbations import Boxes, Changes
from heatbrush_core.network.layout import Layout
from heatbrush_core.network.memory import by_parts
from heatbrush_core.network.network import Costs, Original, Route
from heatbrush_core.network.scores.outputs import score_vectors
from heatbrush_core.network.self_check import largest
from heatbrush_core.walks.delta import cached
from heatbrush_core.walks.delta.footprint import Footprint
from heatbrush_core.walks.delta.index_tables import StepArrays, step_arrays
from heatbrush_core.walks.delta.locality import Locality
from heatbrush_core.walks.delta.walk import DeltaWalk
from heatbrush_core.walks.forward import forward

if TYPE_CHECKING:
    from heatbrush_core.network.network import Network

TABLES, PLANS = 64 * 2**20, 256
"""Bytes and number of the plans that are kept for windows that come again."""
CLOSE, NOISE = 1e-3, 1e-4
"""Of the largest difference and of the largest output: a walk that is further off is not used."""
ROOM = 8
"""Tensors as large as the largest that a batch may take, for its budget."""


class Unfit(Exception):
    """Raised for a graph in which not every tensor is a batch of tensors of a known shape."""


def opened(graph: Graph, layout: Layout, dtype: str, shape: Sequence[int]) -> Incremental | None:
    """Make the delta walk of a graph; None where the graph allows none."""
    try:
        return Incremental(graph, layout, dtype, shape)
    except Unfit:
        return None


class Incremental:
    """The delta walk over a graph for matrices of one size, compiled once for all windows.

    Weights are read whenever it runs.

    Parameters
    ----------
    graph
        The model, batch normalisation folded.
    layout
        How the model wants its matrices.
    dtype
        The precision of the walk.
    shape
        (H, W, C) of the matrices.

    Attributes
    ----------
    locality
        How each node is computed again.
    traces
        How often TensorFlow has traced one of the two walks, forward and delta.
    trusted
        Whether the walk agrees with the model; None before the first use.
    """

    def __init__(self, graph: Graph, layout: Layout, dtype: str, shape: Sequence[int]) -> None:
        self._graph, self._layout, self._dtype = graph, layout, dtype
        self._shape = tuple(shape)
        self.locality: Locality
        self.traces = 0
        grids(graph)  # found before compiling, as it tries nodes with numbers
        # a partial has code of its own, so TensorFlow does not count models as traces of one
        self._forward = tf.function(
            functools.partial(self._traced_forward),
            input_signature=[tf.TensorSpec((1, *shape), dtype)],
            autograph=False,
        ).get_concrete_function()
        self._walk: Callable[..., Tensor] | None = None
        self.trusted: bool | None = None
        self.name = "The delta walk"
        self.most: int | None = None
        self.held: int | None = None
        self._plans: OrderedDict[tuple[Any, ...], Plan] = OrderedDict()

    def _traced_forward(self, x: Tensor) -> list[Tensor]:
        tensors = forward(self._graph, self._layout.inward(x))
        if not all(map(_is_of_one_matrix, tensors.values())):
            raise Unfit
        self.locality = Locality(self._graph, tensors)
        self.traces += 1
        return cached.take(self.locality, tensors)

    def _traced_walk(self, like: list[StepArrays], cells: Tensor, *tensors: Tensor) -> Tensor:
        """Walk; of the tensors, first come those that are known, then the arrays of all steps.

        `like` says how the arrays belong to the steps.
        """
        self.traces += 1
        needed = cached.needed(self.locality)
        old = dict(zip(needed, tensors, strict=False))
        arrays = tf.nest.pack_sequence_as(like, tensors[len(needed) :])
        return DeltaWalk(self.locality, old, arrays).run(cells)

    def forward(self, x: NDArray[Any]) -> list[Tensor]:
        """Compute what a walk wants to know of (H, W, C) x; the last are the outputs."""
        return self._forward(tf.constant(x[None], self._dtype))

    def differences(self, known: list[Tensor], boxes: Boxes, cells: NDArray[Any]) -> NDArray[Any]:
        """(N, h, w, C) new cells of boxes -> (N, units) outputs, less the old."""
        arrays = self.plan(boxes).arrays
        if self._walk is None:
            like = tf.nest.map_structure(
                lambda _: None, step_arrays(Footprint(self.locality, boxes))
            )
            free = [tf.TensorSpec([None] * len(each.shape), each.dtype) for each in arrays]
            exact = [tf.TensorSpec(each.shape, each.dtype) for each in known]
            spec = tf.TensorSpec((None, None, None, self._shape[2]), self._dtype)
            # one flat list goes in: to open a nested one takes TensorFlow milliseconds per call
            self._walk = tf.function(
                functools.partial(self._traced_walk, like),
                input_signature=[spec, *exact, *free],
                autograph=False,
            ).get_concrete_function()
        return np.asarray(self._walk(tf.constant(cells, self._dtype), *known, *arrays))

    def reached(self, boxes: Boxes) -> NDArray[np.bool_]:
        """(N,) which boxes hold a cell that the outputs are made of; others change nothing."""
        rows, columns = self.locality.needed_input
        along = (boxes.rows < rows[1]) & (boxes.rows + boxes.height > rows[0])
        return along & (boxes.columns < columns[1]) & (boxes.columns + boxes.width > columns[0])

    def costs(self, boxes: Boxes) -> Costs | None:
        """Estimate what changes inside boxes cost; None where the walk is not used any more."""
        if self.trusted is False:
            return None
        whole, reached = self.locality.cost.times(len(boxes)).seconds, self.reached(boxes)
        walk = self.plan(boxes[reached]).seconds[0] if reached.any() else 0.0
        return Costs(walk, whole)

    def plan(self, boxes: Boxes) -> Plan:
        """Plan the walk for windows, or take the plan that was made for the same before."""
        key = (boxes.rows.tobytes(), boxes.columns.tobytes(), boxes.height, boxes.width)
        found = self._plans.pop(key, None) or Plan(Footprint(self.locality, boxes), self._dtype)
        self._plans[key] = found
        held = sum(plan.bytes for plan in self._plans.values())
        while (held > TABLES or len(self._plans) > PLANS) and len(self._plans) > 1:
            held -= self._plans.popitem(last=False)[1].bytes
        return found


class Plan:
    """What is known before windows are computed.

    Attributes
    ----------
    seconds
        Estimated time of a batch with all of them, and of one more.
    largest
        Numbers of the largest tensor, per window.
    bytes
        Of what the plan holds.
    """

    def __init__(self, footprint: Footprint, dtype: str) -> None:
        self._footprint: Footprint | None = footprint
        self._dtype = dtype
        marginal, fixed = footprint.per_window.seconds, footprint.per_batch.seconds
        self.seconds = (fixed + footprint.count * marginal, marginal)
        self.largest, self.bytes = footprint.largest, footprint.bytes

    @functools.cached_property
    def arrays(self) -> list[Tensor]:
        """What the steps of the walk gather by, as tensors in one list."""
        assert self._footprint is not None
        made = [
            tf.constant(each, None if each.dtype == np.int32 else self._dtype)
            for each in tf.nest.flatten(step_arrays(self._footprint))
        ]
        self.bytes = sum(int(np.prod(each.shape)) * each.dtype.size for each in made)
        self._footprint = None  # which is not asked again
        return made


def _is_of_one_matrix(tensor: Tensor) -> bool:
    shape = tensor.shape
    return bool(shape.is_fully_defined() and shape.rank and shape[0] == 1)


class IncrementalOriginal(Original):
    """One matrix; changes of it go through the delta walk where that is faster."""

    def __init__(self, network: Network, x: NDArray[Any], walk: Incremental) -> None:
        self._incremental = walk
        super().__init__(network, x)

    def _first_outputs(self) -> NDArray[np.float64]:
        self._old = self._incremental.forward(self.x)
        return score_vectors(self.network.name, np.asarray(self._old[-1]).reshape(1, -1), 1)[0]

    def route(self, boxes: Boxes) -> Route:
        """Choose how changes inside these boxes are computed, by what either way costs."""
        costs = self._incremental.costs(boxes)
        if costs is None or costs.walk > costs.whole or not self._agrees():
            return super().route(boxes)
        reached, work = self._incremental.reached(boxes), f"windows {boxes.height} x {boxes.width}"
        if not reached.any():
            return Route(True, f"{work}, none of which reaches the target", 8.0 * len(self.outputs))
        plan = self._incremental.plan(boxes[reached])
        size, share = self._old[-1].dtype.size, float(reached.mean())
        return Route(True, work, ROOM * plan.largest * size, plan.seconds[1] * share)

    def differences(self, changes: Changes, which: slice, route: Route) -> NDArray[np.float64]:
        """(N', units) outputs for some of the changes, less those for x."""
        if not route.incremental:
            found = super().differences(changes, which, route)
            reached = self._incremental.reached(changes.boxes[which])
            # a batch of another size rounds otherwise, also where nothing can change
            if not reached.all() and self._agrees():
                found[~reached] = 0
            return found

        def walked(part: slice) -> NDArray[np.float64]:
            some = slice(which.start + part.start, which.start + part.stop)
            boxes = changes.boxes[some]
            reached = self._incremental.reached(boxes)
            if reached.all():
                return self._walked(boxes, changes.cells(some))
            found = np.zeros((len(boxes), len(self.outputs)))
            if reached.any():
                found[reached] = self._walked(boxes[reached], changes.cells(some)[reached])
            return found

        count = which.stop - which.start
        try:
            return np.concatenate(by_parts(self._incremental, count, walked))
        except MemoryError:  # not even for one
            self._incremental.trusted = False
            return super().differences(changes, which, Route())

    def _walked(self, boxes: Boxes, cells: NDArray[Any]) -> NDArray[np.float64]:
        """(N, units) outputs for new cells of boxes, less those for x."""
        found = self._incremental.differences(self._old, boxes, cells)
        found = found.reshape(len(boxes), -1)
        masked = np.isnan(found) & np.isneginf(self.outputs)  # before and after
        return score_vectors(self.network.name, np.where(masked, 0, found), len(boxes))

    def _agrees(self) -> bool:
        """Hold the walk against the model once, on a large change; one that differs is not used."""
        if self._incremental.trusted is None:
            # in the middle of what the outputs are made of
            needed = self._incremental.locality.needed_input
            rows, columns = (slice(a + (b - a) // 3, b - (b - a) // 4) for a, b in needed)
            turned = self.x[::-1, ::-1][rows, columns]
            changes, which = Changes.to(self.x, (rows, columns), turned[None] + 1), slice(0, 1)
            truth = super().differences(changes, which, Route())
            found = self.differences(changes, which, Route(incremental=True))
            allowed = CLOSE * largest(truth) + NOISE * largest(self.outputs)
            self._incremental.trusted = bool(np.abs(found - truth).max() <= allowed)
        return self._incremental.trusted
