"""What the delta walk gathers by: for given windows, the index tables of each step.

All that depends on where windows are and how large is in these tables, and nothing of it in the
compiled walk, which takes them as tensors.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.walks.delta.footprint import Footprint, Spans
from heatbrush_core.walks.delta.reach import Cropped, Indices, Window
from heatbrush_core.walks.delta.spatial import SpatialShape
from heatbrush_core.walks.delta.steps import Step

Table = NDArray[np.int32]


class ReadTable(NamedTuple):
    """Where the cells come from that a step reads of one input.

    Attributes
    ----------
    band
        (2,) the first of the old rows of channels that any window needs, and how many.
    index
        (N, n, m) where each cell lies in the list of padding, old rows and new rows.
    """

    band: Any
    index: Any


class StepArrays(NamedTuple):
    """What one step needs besides activations; arrays, and tensors while it is run.

    Attributes
    ----------
    reads
        By the position of an input, for those that are read.
    own
        What else the way needs in which the step is computed:
        "row_shares" (N, n, 1) and "column_shares" (N, 1, m) of a pooling that averages padding;
        "edges" (4, N) of what is reduced: top, bottom, left and right of each window;
        "kept" (N, n, m), the wanted cells among the rows of what was run whole.
    """

    reads: dict[int, ReadTable]
    own: dict[Literal["row_shares", "column_shares", "edges", "kept"], Any]


def step_arrays(footprint: Footprint) -> list[StepArrays]:
    """Make the arrays of all steps, in their order."""
    return [_of_step(footprint, step) for step in footprint.locality.steps]


def _of_step(footprint: Footprint, step: Step) -> StepArrays:
    found = StepArrays({}, {})
    for position, (slot, read) in enumerate(zip(step.node.inputs, step.reads, strict=True)):
        if read:
            shape, new = footprint.locality.shapes[slot], footprint.spans[slot]
            found.reads[position] = read_table(*footprint.read(step, slot), shape, new)
    if step.averages_padding:
        rows, columns = (_shares(footprint, step, which) for which in (0, 1))
        found.own["row_shares"] = rows[:, :, None]
        found.own["column_shares"] = columns[:, None, :]
    elif step.how == "reduced":
        (slot,) = step.node.inputs
        edges = [edge for span in footprint.spans[slot] for edge in (span.starts, span.last + 1)]
        found.own["edges"] = np.stack(edges).astype(np.int32)
    elif any(isinstance(reach, Cropped) for reach in step.reach):
        found.own["kept"] = _kept(footprint, step)
    return found


def read_table(rows: Indices, columns: Indices, shape: SpatialShape, new: Spans) -> ReadTable:
    """Say where each cell that is read comes from.

    The walk gathers from one list of rows of channels: one of padding, then the lines of the old
    tensor that any window needs (a band of it), then the new cells of all windows.

    Parameters
    ----------
    rows, columns
        (N, n) and (N, m), the cells that are read; -1 for padding.
    shape
        Of what is read.
    new
        The stretches of it that were computed anew.
    """
    count, width = len(rows), shape.sizes[1]
    there = rows >= 0
    last = int(rows.max(initial=0))
    first = int(np.min(rows, initial=last, where=there))
    lines = last - first + 1
    # 0 is the padding, from 1 on lie the old cells of the band, line by line
    old = (1 + (rows - first) * width)[:, :, None] + columns[:, None, :]
    # behind them the new cells, window by window, line by line
    (top, height), (left, across) = new
    r, c = rows - top[:, None], columns - left[:, None]
    within = ((r >= 0) & (r < height))[:, :, None] & ((c >= 0) & (c < across))[:, None, :]
    start = 1 + lines * width + np.arange(count) * height * across
    fresh = (start[:, None] + r * across)[:, :, None] + c[:, None, :]
    known = there[:, :, None] & (columns >= 0)[:, None, :]
    index = np.where(known, np.where(within, fresh, old), 0).astype(np.int32)
    return ReadTable(np.array([first * width, lines * width], np.int32), index)


def _shares(footprint: Footprint, step: Step, which: int) -> NDArray[np.float64]:
    """(N, n) cells of a pooling's window, divided by those that are no padding, along one axis.

    The walk pools without padding of its own, over zeros in its place, and so divides by all cells
    of the window; Keras divides by those that are there. This factor is what lies between.
    """
    cells = footprint.read(step, step.node.inputs[0])[which]
    reach, span = step.reach[which], footprint.spans[step.outputs[0]][which]
    size, stride = (reach.size, reach.stride) if isinstance(reach, Window) else (1, 1)
    starts = np.arange(span.size) * stride
    there = (cells >= 0)[:, starts[:, None] + np.arange(size)].sum(2)
    return size / np.maximum(there, 1)


def _kept(footprint: Footprint, step: Step) -> Table:
    """(N, n, m) index of the wanted cells among the rows of what was run whole."""
    sizes, cells = [], []
    made = footprint.locality.shapes[step.outputs[0]].sizes
    for which, reach in enumerate(step.reach):
        span = footprint.spans[step.outputs[0]][which]
        # along an axis that is not cropped the window alone was computed
        cut = isinstance(reach, Cropped)
        sizes.append(made[which] if cut else span.size)
        plain = np.broadcast_to(np.arange(span.size), (footprint.count, span.size))
        cells.append(span.cells if cut else plain)
    of_window = np.arange(footprint.count)[:, None, None] * sizes[0]
    index = (of_window + cells[0][:, :, None]) * sizes[1] + cells[1][:, None, :]
    return index.astype(np.int32)
