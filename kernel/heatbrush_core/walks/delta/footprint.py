"""Where given windows reach in every layer, and what it costs to compute that again."""

from __future__ import annotations

import functools
import math

import numpy as np

from heatbrush_core.graph.graph import Slot
from heatbrush_core.matrix.perturbations import Boxes
from heatbrush_core.walks.delta.cost import Cost
from heatbrush_core.walks.delta.locality import Locality
from heatbrush_core.walks.delta.reach import Indices, Span, Whole
from heatbrush_core.walks.delta.spatial import SpatialShape
from heatbrush_core.walks.delta.steps import Step

Spans = tuple[Span, Span]
"""Along rows and along columns."""


class Footprint:
    """What windows reach, layer by layer.

    Parameters
    ----------
    locality
        How the layers depend on each other.
    boxes
        The windows.
    """

    def __init__(self, locality: Locality, boxes: Boxes) -> None:
        self.locality, self.count = locality, len(boxes)
        self.spans: dict[Slot, Spans] = {
            locality.graph.input: (
                Span(boxes.rows, boxes.height),
                Span(boxes.columns, boxes.width),
            )
        }
        for slot in locality.still:
            self.spans[slot] = Span.whole(self.count, 1), Span.whole(self.count, 1)
        for step in locality.steps:
            for slot in step.outputs:
                self.spans[slot] = self._reached(step, slot)

    def _reached(self, step: Step, slot: Slot) -> Spans:
        made = self.locality.shapes[slot]
        rows, columns = (self._along(step, made, which) for which in (0, 1))
        needed = self.locality.needed(slot)
        return (
            (rows, columns)
            if needed is None
            else (rows.within(*needed[0]), columns.within(*needed[1]))
        )

    def _along(self, step: Step, made: SpatialShape, which: int) -> Span:
        """Find the stretch that a step makes, along rows (0) or columns (1)."""
        size, reach = made.sizes[which], step.reach[which]
        given = [
            self.spans[slot][which]
            for slot in step.node.inputs
            if self.locality.shapes[slot].grid[which] is not None
        ]
        if not given or isinstance(reach, Whole):
            return Span.whole(self.count, size)
        touched = [reach.touched(span, size) for span in given]
        if len(touched) == 1:
            return touched[0]
        first = np.min([span.starts for span in touched], axis=0)
        return Span.fitted(first, np.max([span.last for span in touched], axis=0), size)

    def size(self, slot: Slot) -> tuple[int, int]:
        """Cells of a slot that are computed for each window, along rows and columns."""
        rows, columns = self.spans[slot]
        return rows.size, columns.size

    def read(self, step: Step, slot: Slot) -> tuple[Indices, Indices]:
        """(N, n) rows and (N, m) columns of an input that a step reads; -1 for padding."""
        rows, columns = (self._read_along(step, slot, which) for which in (0, 1))
        return rows, columns

    def _read_along(self, step: Step, slot: Slot, which: int, most: int | None = None) -> Indices:
        """(N, n) cells of an input that a step reads along one axis, of `most` windows or all."""
        shape, (starts, size) = self.locality.shapes[slot], self.spans[step.outputs[0]][which]
        wanted = Span(starts[:most], size)
        if shape.grid[which] is None:
            return np.zeros((len(wanted.starts), 1), np.intp)
        return step.reach[which].read(wanted, shape.sizes[which])

    # -------------------------------------------------------------- what it costs

    @property
    def bytes(self) -> int:
        """Memory of the stretches themselves."""
        return sum(span.starts.nbytes for spans in self.spans.values() for span in spans)

    @functools.cached_property
    def largest(self) -> int:
        """Numbers of the largest tensor, per window."""
        read = (volume for step in self.locality.steps for volume in self._read_volumes(step))
        return max(*read, *map(self._volume, self.spans), 1)

    @property
    def per_window(self) -> Cost:
        """Marginal cost of one window in a batch."""
        found = Cost()
        for step in self.locality.steps:
            made = sum(map(self._volume, step.outputs))
            read = self._read_volumes(step)
            new = [self._volume(slot) for slot in step.node.inputs]
            numbers = made + 2 * sum(read) + sum(new)
            shape = self.locality.shapes[step.outputs[0]]
            cells = self._volume(step.outputs[0]) / shape.shape[-1]
            found = found.plus(Cost(0, self.locality.products[step.node] * cells, numbers))
        return found

    @property
    def per_batch(self) -> Cost:
        """Fixed cost of a batch, however few its windows are."""
        found = Cost()
        for step in self.locality.steps:
            old = sum(
                self.locality.shapes[slot].volume
                for slot, read in zip(step.node.inputs, step.reads, strict=True)
                if read or step.how == "reduced"
            )
            # the node and what lays out its result; a read takes a slice, a join and a gather
            found = found.plus(Cost(2 + 4 * sum(step.reads), 0, old))
        return found

    def _volume(self, slot: Slot) -> int:
        shape = self.locality.shapes[slot]
        if shape.is_vector:
            return shape.volume
        return math.prod(span.size for span in self.spans[slot]) * shape.channels

    def _read_volumes(self, step: Step) -> list[int]:
        """Numbers of each input that is gathered, per window."""
        found = []
        for slot, read in zip(step.node.inputs, step.reads, strict=True):
            if read:
                # all windows read as many cells, so that one tells
                rows, columns = (
                    self._read_along(step, slot, which, most=1).shape[1] for which in (0, 1)
                )
                found.append(rows * columns * self.locality.shapes[slot].channels)
        return found
