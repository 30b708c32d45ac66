"""What the delta walk keeps of the matrix as it was, before anything of it is changed."""

from __future__ import annotations

from typing import Literal

import tensorflow as tf

from heatbrush_core.graph import layers
from heatbrush_core.graph.graph import Slot
from heatbrush_core.graph.linear import Tensor
from heatbrush_core.walks.delta.locality import Locality, Step
from heatbrush_core.walks.delta.spatial import Sheet
from heatbrush_core.walks.forward import Tensors

Form = Literal[
    "values",  # one row of channels for each cell of a map; a vector in its own shape
    "sums",  # (h + 1, w + 1, channels) over all cells above and left of a corner, float64
    "rows",  # (2, h + 1, channels) maximum of the first 0, 1 ... rows, and of all the others
    "columns",  # the same of columns
]
Key = tuple[Slot, Form]
Old = dict[Key, Tensor]


def keys(locality: Locality) -> list[Key]:
    """List what a delta walk wants to know, the values of the logits last."""
    found: dict[Key, None] = {}
    for step in locality.steps:
        for slot, read in zip(step.node.inputs, step.reads, strict=True):
            if read or locality.sheets[slot].is_vector:
                found[slot, "values"] = None
        if step.how == "reduced":
            (slot,) = step.node.inputs
            largest = how_reduced(step) == "max"
            forms: tuple[Form, ...] = ("rows", "columns") if largest else ("sums",)
            found.update({(slot, form): None for form in forms})
        for slot in step.outputs:
            if locality.sheets[slot].is_vector:
                found[slot, "values"] = None
    last: Key = (locality.graph.logits, "values")
    found.pop(last, None)
    return [*found, last]


def how_reduced(step: Step) -> str:
    """Tell what a whole map becomes: its "mean", "sum" or "max"."""
    found = layers.reduction(step.node.operation, len(step.node.inputs[0].shape))
    assert found is not None
    return found.how


def take(locality: Locality, tensors: Tensors) -> list[Tensor]:
    """Take what `keys` lists from the slots of one matrix."""
    return [_taken(locality.sheets[slot], tensors[slot], form) for slot, form in keys(locality)]


def _taken(sheet: Sheet, tensor: Tensor, form: Form) -> Tensor:
    if sheet.is_vector:
        return tensor
    cells = sheet.grid.arranged(tensor)[0]
    if form == "values":
        return tf.reshape(cells, (-1, sheet.channels))
    if form == "sums":
        return _sums(tf.cast(cells, tf.float64))
    lines = tf.reduce_max(cells, 1 if form == "rows" else 0)
    behind = tf.reverse(_running_maximum(tf.reverse(lines, (0,))), (0,))
    return tf.stack([_running_maximum(lines), behind])


def _sums(cells: Tensor) -> Tensor:
    """(h, w, n) -> (h + 1, w + 1, n) sums of the first rows and columns, by two products."""
    h, w, n = cells.shape
    rows, columns = (tf.sequence_mask(tf.range(k + 1), k, cells.dtype) for k in (h, w))
    lines = tf.reshape(tf.matmul(rows, tf.reshape(cells, (h, w * n))), (h + 1, w, n))
    return tf.matmul(columns, lines)


def _running_maximum(lines: Tensor) -> Tensor:
    """(n, channels) -> (n + 1, channels) maximum of the first 0, 1 ... n lines."""
    count, step = int(lines.shape[0]), 1
    lowest = tf.fill(tf.shape(lines[:1]), lines.dtype.min)
    while step < count:
        lines = tf.concat([lines[:step], tf.maximum(lines[step:], lines[:-step])], 0)
        step *= 2
    return tf.concat([lowest, lines], 0)
