"""Where given windows reach in every layer, as the index tables that the delta walk gathers by."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.graph.graph import Slot
from heatbrush_core.matrix.perturbations import Boxes
from heatbrush_core.walks.delta.cost import Cost
from heatbrush_core.walks.delta.locality import Locality, Step
from heatbrush_core.walks.delta.reach import Cells, Cropped, Span, Whole
from heatbrush_core.walks.delta.spatial import Sheet

Spans = tuple[Span, Span]
Table = NDArray[np.int32]


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
        for step in locality.steps:
            for slot in step.outputs:
                self.spans[slot] = self._reached(step, slot)

    def _reached(self, step: Step, slot: Slot) -> Spans:
        made = self.locality.sheets[slot]
        rows, columns = (self._along(step, made, which) for which in (0, 1))
        return rows, columns

    def _along(self, step: Step, made: Sheet, which: int) -> Span:
        """Find the stretch that a step makes, along rows (0) or columns (1)."""
        size, rule = made.sizes[which], step.rules[which]
        given = [
            self.spans[slot][which]
            for slot in step.node.inputs
            if self.locality.sheets[slot].grid[which] is not None
        ]
        if made.grid[which] is None and not isinstance(rule, Whole):
            given = given or [Span.whole(self.count, 1)]
        if not given or isinstance(rule, Whole):
            return Span.whole(self.count, size)
        touched = [rule.touched(span, size) for span in given]
        if len(touched) == 1:
            return touched[0]
        first = np.min([span.starts for span in touched], axis=0)
        return Span.fitted(first, np.max([span.last for span in touched], axis=0), size)

    def size(self, slot: Slot) -> tuple[int, int]:
        """Cells of a slot that are computed for each window, along rows and columns."""
        rows, columns = self.spans[slot]
        return rows.size, columns.size

    def laid_out(self, step: Step, slot: Slot) -> tuple[Cells, Cells]:
        """(N, n) rows and (N, m) columns of an input that a step reads; -1 for padding."""
        rows, columns = (self._read(step, slot, which) for which in (0, 1))
        return rows, columns

    def _read(self, step: Step, slot: Slot, which: int, most: int | None = None) -> Cells:
        """(N, n) cells of an input that a step reads along one axis, of `most` windows or all."""
        sheet, (starts, size) = self.locality.sheets[slot], self.spans[step.outputs[0]][which]
        wanted = Span(starts[:most], size)
        if sheet.grid[which] is None:
            return np.zeros((len(wanted.starts), 1), np.intp)
        return step.rules[which].read(wanted, sheet.sizes[which])

    # -------------------------------------------------------------- what the walk gathers by

    def arrays(self) -> list[NDArray]:
        """All that the walk needs besides activations, in the order in which it asks."""
        found: list[NDArray] = []
        for step in self.locality.steps:
            found += self._arrays(step)
        return found

    def _arrays(self, step: Step) -> Iterator[NDArray]:
        """Per step: a band and a table for each input that is read, then what the step wants."""
        for slot, read in zip(step.node.inputs, step.reads, strict=True):
            if read:
                rows, columns = self.laid_out(step, slot)
                yield from table(rows, columns, self.locality.sheets[slot], self.spans[slot])
        if step.averages_padding:
            yield from self._shares(step)
        elif step.how == "reduced":
            (slot,) = step.node.inputs
            yield np.stack(
                [edge for s in self.spans[slot] for edge in (s.starts, s.last + 1)]
            ).astype(np.int32)
        elif any(isinstance(rule, Cropped) for rule in step.rules):
            yield self._crop(step)

    def _shares(self, step: Step) -> Iterator[NDArray]:
        """(N, n, 1) and (N, 1, m): a pooling's cells by those that are no padding."""
        rows, columns = self.laid_out(step, step.node.inputs[0])
        for which, cells in enumerate((rows, columns)):
            rule, span = step.rules[which], self.spans[step.outputs[0]][which]
            size, stride = getattr(rule, "size", 1), getattr(rule, "stride", 1)
            starts = np.arange(span.size) * stride
            there = (cells >= 0)[:, starts[:, None] + np.arange(size)].sum(2)
            share = size / np.maximum(there, 1)
            yield share[:, :, None] if which == 0 else share[:, None, :]

    def _crop(self, step: Step) -> Table:
        """(N, n, m) index of the wanted cells among the rows of what was run whole."""
        sizes, cells = [], []
        made = self.locality.sheets[step.outputs[0]].sizes
        for which, rule in enumerate(step.rules):
            span = self.spans[step.outputs[0]][which]
            cut = isinstance(rule, Cropped)
            sizes.append(made[which] if cut else span.size)
            plain = np.broadcast_to(np.arange(span.size), (self.count, span.size))
            cells.append(span.cells if cut else plain)
        of_window = np.arange(self.count)[:, None, None] * sizes[0]
        index = (of_window + cells[0][:, :, None]) * sizes[1] + cells[1][:, None, :]
        return index.astype(np.int32)

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
    def each(self) -> Cost:
        """What one window takes, beyond what all of a batch take together."""
        found = Cost()
        for step in self.locality.steps:
            made = sum(map(self._volume, step.outputs))
            read = self._read_volumes(step)
            new = [self._volume(slot) for slot in step.node.inputs]
            numbers = made + 2 * sum(read) + sum(new)
            sheet = self.locality.sheets[step.outputs[0]]
            cells = self._volume(step.outputs[0]) / sheet.shape[-1]
            found = found.plus(Cost(0, self.locality.products[step.node] * cells, numbers))
        return found

    @property
    def together(self) -> Cost:
        """What any batch takes, however few its windows are."""
        found = Cost()
        for step in self.locality.steps:
            old = sum(
                self.locality.sheets[slot].volume
                for slot, read in zip(step.node.inputs, step.reads, strict=True)
                if read or step.how == "reduced"
            )
            found = found.plus(Cost(2 + 4 * sum(step.reads), 0, old))
        return found

    def _volume(self, slot: Slot) -> int:
        sheet = self.locality.sheets[slot]
        if sheet.is_vector:
            return sheet.volume
        return math.prod(span.size for span in self.spans[slot]) * sheet.channels

    def _read_volumes(self, step: Step) -> list[int]:
        """Numbers of each input that is laid out anew, per window."""
        found = []
        for slot, read in zip(step.node.inputs, step.reads, strict=True):
            if read:
                rows, columns = (self._read(step, slot, which, 1).shape[1] for which in (0, 1))
                found.append(rows * columns * self.locality.sheets[slot].channels)
        return found


def table(rows: Cells, columns: Cells, sheet: Sheet, new: Spans) -> tuple[Table, Table]:
    """Say where each cell that is read comes from.

    The walk gathers from one list of rows of channels: one of padding, then the lines of the old
    tensor that any window needs (a band of it), then the new cells of all windows.

    Parameters
    ----------
    rows, columns
        (N, n) and (N, m), the cells that are read; -1 for padding.
    sheet
        What is read.
    new
        The stretches of it that were computed anew.

    Returns
    -------
    band, table
        (2,) the first of the old rows of channels, and how many; (N, n, m) index.
    """
    count, width = len(rows), sheet.sizes[1]
    there = rows >= 0
    last = int(rows.max(initial=0))
    first = int(np.min(rows, initial=last, where=there))
    lines = last - first + 1
    old = (1 + (rows - first) * width)[:, :, None] + columns[:, None, :]
    (r0, height), (c0, across) = new
    r, c = rows - r0[:, None], columns - c0[:, None]
    within = ((r >= 0) & (r < height))[:, :, None] & ((c >= 0) & (c < across))[:, None, :]
    start = 1 + lines * width + np.arange(count) * height * across
    fresh = (start[:, None] + r * across)[:, :, None] + c[:, None, :]
    known = there[:, :, None] & (columns >= 0)[:, None, :]
    index = np.where(known, np.where(within, fresh, old), 0).astype(np.int32)
    return np.array([first * width, lines * width], np.int32), index
