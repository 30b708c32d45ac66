"""How each node of a graph is computed again where a window of the matrix changed.

The delta walk carries, of every tensor that has the matrix's rows or columns, only the stretch that
a window can reach. Which stretch that is, and what must be read to compute it, is said here, once
per graph and size of matrix; `footprint` turns it into numbers for given windows, `walk` computes.
"""

from __future__ import annotations

import functools
import math
from dataclasses import replace

from heatbrush_core.graph.analysis.grids import grids
from heatbrush_core.graph.graph import Graph, Node, Slot
from heatbrush_core.graph.inputs.still import still
from heatbrush_core.graph.linear import Linear
from heatbrush_core.graph.picks import Pick
from heatbrush_core.walks.delta import node_reach, probing
from heatbrush_core.walks.delta.cost import Cost
from heatbrush_core.walks.delta.needs import Ranges, needs, whole
from heatbrush_core.walks.delta.node_reach import TracedNode
from heatbrush_core.walks.delta.reach import WHOLE, Picked, Reaches, Same, Window
from heatbrush_core.walks.delta.spatial import LOST, SpatialShape
from heatbrush_core.walks.delta.steps import How, Step
from heatbrush_core.walks.forward import Tensors

IN_PLACE = (Same(), Window(1))
"""What makes each cell of the one in its place alone."""


class Locality:
    """The steps of the delta walk over a graph, for one size of matrix.

    Parameters
    ----------
    graph
        The model, batch normalisation folded.
    tensors
        Every slot of it for one matrix, symbolic, as just traced.

    Attributes
    ----------
    shapes
        Every slot's.
    steps
        In the order in which they are taken.
    still
        The slots that no window changes, and that a step reads, or the outputs themselves.
    products
        Per node, multiplications with weights for all channels of one cell.
    """

    def __init__(self, graph: Graph, tensors: Tensors) -> None:
        self.graph = graph
        known = grids(graph)
        self.shapes = {
            slot: SpatialShape(known.get(slot, LOST), (1, *map(int, tensor.shape[1:])))
            for slot, tensor in tensors.items()
        }
        # scores are no map, even where there is one for each row
        self.shapes[graph.logits] = replace(self.shapes[graph.logits], grid=LOST)
        # the last slot whose windows a slot shares, the same cells of the same sizes, so that
        # nothing has to be gathered between the two; None where a change reaches every cell
        self._windows_of: dict[Slot, Slot | None] = {graph.input: graph.input}
        self.steps: list[Step] = []
        unmoved = still(graph)
        for node in graph.nodes:
            if node in unmoved:  # no window changes it: what it was is what it is
                self._windows_of.update(dict.fromkeys(node.outputs))
            else:
                self.steps += self._steps(TracedNode.of(node, self.shapes, tensors))
        slots = {slot for node in unmoved for slot in node.outputs}
        self.still = [slot for slot in slots if self._is_read(slot)]
        self.products = {node: _products(node) for node in graph.nodes}
        self._needed = needs(graph, self.shapes, self.steps, self._windows_of)

    def _is_read(self, slot: Slot) -> bool:
        """Tell whether a slot is read by a step, or is what comes out."""
        return slot is self.graph.logits or any(slot in step.node.inputs for step in self.steps)

    def needed(self, slot: Slot) -> Ranges | None:
        """Tell which rows and columns of a slot the outputs are made of; None for all of them.

        Slots that share windows are needed together. What lies in the matrix's own place has its
        windows, whatever is needed of them.
        """
        root = self._windows_of[slot]
        return None if root is None or root is self.graph.input else self._needed.get(root)

    @property
    def needed_input(self) -> Ranges:
        """Which rows and columns of the matrix the outputs are made of."""
        return self._needed.get(self.graph.input) or whole(self.shapes[self.graph.input])

    @functools.cached_property
    def cost(self) -> Cost:
        """What one matrix takes as a whole."""
        found = Cost()
        for node in self.graph.nodes:
            given = [self.shapes[slot] for slot in node.inputs]
            made = [self.shapes[slot] for slot in node.outputs]
            numbers = sum(shape.volume for shape in (*given, *made))
            # a transposed convolution multiplies once per cell that it takes, others per cell made
            cells = (given if _is_transposed(node) else made)[0]
            products = self.products[node] * cells.volume / cells.shape[-1]
            found = found.plus(Cost(1, products, numbers))
        return found

    def _steps(self, at: TracedNode) -> list[Step]:
        """Find how a node is computed again: in one step, but where its outputs are moved apart."""
        node = at.node
        if all(shape.is_vector for shape in at.given):
            return [self._step(node, "vector", WHOLE)]
        if isinstance(node.map, Pick):
            return [self._step(node, "picked", _picked(node.map, at.given[0]))]
        if self._changes_everywhere(node):
            return [self._step(node, "cells", WHOLE)]
        if all(shape.is_vector for shape in at.made):
            return [self._step(node, "reduced" if node_reach.reduces(at) else "cells", WHOLE)]
        if (windows := node_reach.windows(at)) is not None:
            return [self._step(node, "kernel" if node.kind == "linear" else "pool", windows)]
        reach = node_reach.reaches(at)
        if reach == WHOLE and node.kind == "structure" and (moved := self._moved(at)):
            return moved
        return [self._step(node, "cells", reach)]

    def _moved(self, at: TracedNode) -> list[Step]:
        """Make a step for each output of a node that moves cells; none if one is not just moved."""
        found = [probing.moved(at.node, at.given, made) for made in enumerate(at.made)]
        moves = [move for move in found if move is not None]
        if len(moves) < len(found):
            return []
        return [
            self._step(at.node, "moved", (move.rows, move.columns), (slot,), move.channels)
            for move, slot in zip(moves, at.node.outputs, strict=True)
        ]

    def _changes_everywhere(self, node: Node) -> bool:
        return self._windows_given(node) == {None}

    def _windows_given(self, node: Node) -> set[Slot | None]:
        """Take the slots whose windows the inputs of a node share, vectors left out."""
        maps = (slot for slot in node.inputs if not self.shapes[slot].is_vector)
        return {self._windows_of[slot] for slot in maps}

    def _step(
        self,
        node: Node,
        how: How,
        reach: Reaches,
        outputs: tuple[Slot, ...] | None = None,
        channels: tuple[int, ...] | None = None,
    ) -> Step:
        """Make a step, and note whose windows its outputs share."""
        outputs = node.outputs if outputs is None else outputs
        given = self._windows_given(node)
        # every map that goes in is computed as a whole, or none goes in
        everywhere = given <= {None}
        in_place = len(given) == 1 and all(each in IN_PLACE for each in reach)
        shared: Slot | None = outputs[0]
        if everywhere or reach == WHOLE:
            shared = None
        elif in_place:
            (shared,) = given
        self._windows_of.update(dict.fromkeys(outputs, shared))
        # a reduction takes the new cells as they are, and knows the old ones from sums and maxima
        as_computed = how != "picked" and (everywhere or in_place or how == "reduced")
        reads = tuple(not as_computed and not self.shapes[slot].is_vector for slot in node.inputs)
        return Step(node, how, reach, reads, outputs, channels)


def _products(node: Node) -> int:
    """Count the multiplications with weights for all channels of one cell."""
    if not isinstance(node.map, Linear):
        return 0
    kernel = node.map.kernel()
    parts = kernel if isinstance(kernel, list) else [kernel]
    return sum(math.prod(part.shape) for part in parts)


def _picked(pick: Pick, given: SpatialShape) -> Reaches:
    """Read the box around the cells that are picked."""
    rows, columns = (
        Same() if axis is None else Picked(pick.starts[axis - 1], pick.stops[axis - 1])
        for axis in given.grid
    )
    return rows, columns


def _is_transposed(node: Node) -> bool:
    field = node.map.receptive_field if isinstance(node.map, Linear) else None
    return field is not None and max(field.input_dilation) > 1
