"""What the delta walk keeps of the matrix as it was, before anything of it is changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import tensorflow as tf

from heatbrush_core.graph.graph import Slot
from heatbrush_core.graph.linear import Tensor
from heatbrush_core.walks.delta.locality import Locality
from heatbrush_core.walks.delta.spatial import SpatialShape
from heatbrush_core.walks.delta.steps import Step
from heatbrush_core.walks.forward import Tensors

CacheForm = Literal[
    "values",  # one row of channels for each cell of a map; a vector in its own shape
    "sums",  # (h + 1, w + 1, channels) over all cells above and left of a corner, float64
    "rows",  # (2, h + 1, channels) prefix and suffix maxima over rows
    "columns",  # (2, w + 1, channels) the same over columns
]
CacheKey = tuple[Slot, CacheForm]


def needed(locality: Locality) -> list[CacheKey]:
    """List what a delta walk wants to know of the matrix as it was, the logits last."""
    keys = dict.fromkeys(key for step in locality.steps for key in _of_step(locality, step))
    logits: CacheKey = (locality.graph.logits, "values")
    keys.pop(logits, None)
    return [*keys, logits]


def _of_step(locality: Locality, step: Step) -> Iterator[CacheKey]:
    for slot, read in zip(step.node.inputs, step.reads, strict=True):
        if read or locality.shapes[slot].is_vector:
            yield slot, "values"
    if step.how == "reduced":
        (slot,) = step.node.inputs
        forms: tuple[CacheForm, ...] = ("sums",)
        # what lies outside of a window has a sum, the whole's less the window's; the largest
        # outside is found from the lines before and behind the window
        if step.reduction == "max":
            forms = ("rows", "columns")
        yield from ((slot, form) for form in forms)
    for slot in step.outputs:
        if locality.shapes[slot].is_vector:
            yield slot, "values"


def take(locality: Locality, tensors: Tensors) -> list[Tensor]:
    """Take what `needed` lists from the slots of one matrix."""
    return [_taken(locality.shapes[slot], tensors[slot], form) for slot, form in needed(locality)]


def _taken(shape: SpatialShape, tensor: Tensor, form: CacheForm) -> Tensor:
    if shape.is_vector:
        return tensor
    cells = shape.grid.arranged(tensor)[0]
    if form == "values":
        return tf.reshape(cells, (-1, shape.channels))
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
