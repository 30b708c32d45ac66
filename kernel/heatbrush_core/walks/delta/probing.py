"""What a node does to the places of cells, found by sending numbers through it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from heatbrush_core.graph.graph import Node
from heatbrush_core.walks.delta.reach import Cropped, Moved, Rule
from heatbrush_core.walks.delta.spatial import Sheet

MOST = 2**24
"""Cells of a layer beyond which it is not tried."""


def interpolated(node: Node, made: Sheet, axis: int) -> Cropped | None:
    """Try an interpolation with one cell after the other, and see which cells each reaches."""
    given = int(node.inputs[0].shape[axis] or 0)
    if len(made.shape) != 4 or axis not in (1, 2) or not given or given**2 > MOST:
        return None
    lines = np.eye(given, dtype="float32").reshape((given, given, 1, 1))
    lines = lines if axis == 1 else lines.transpose(0, 2, 1, 3)
    with tf.init_scope():
        found = np.asarray(node.call(lines)[0])
    if found.shape[axis] != made.shape[axis]:
        return None
    touched = (found != 0).any(axis=(2, 3) if axis == 1 else (1, 3))
    count = touched.shape[1]
    some = touched.any(1)
    first = np.where(some, touched.argmax(1), count)
    last = np.where(some, count - 1 - touched[:, ::-1].argmax(1), -1)
    return Cropped(first, last)


def moved(
    node: Node, given: Sequence[Sheet], made: Sequence[Sheet], index: int
) -> tuple[Rule, Rule, tuple[int, ...] | None] | None:
    """Send coordinates through a node that moves cells, and see where they come out.

    None where rows, columns and channels do not move independently of each other.
    """
    sheet = made[index]
    cells = sum(math.prod(each.shape) for each in (*given, sheet))
    if cells > MOST or any(each.is_vector or each.sizes != given[0].sizes for each in given):
        return None
    h, w = given[0].sizes
    rows, columns = np.arange(1, h + 1)[:, None, None], np.arange(1, w + 1)[:, None]
    channels = np.arange(1, sum(each.channels for each in given) + 1)
    found = [_sent(node, given, sheet, index, each) for each in (rows, columns, channels)]
    sources = [
        each.max(axis=others).astype(np.intp)
        for each, others in zip(found, ((1, 2), (0, 2), (0, 1)), strict=True)
    ]
    there = [each > 0 for each in np.ix_(*sources)]
    full = np.broadcast_to(there[0] & there[1] & there[2], found[0].shape)
    for each, source in zip(found, np.ix_(*sources), strict=True):
        if not np.array_equal(each, np.where(full, source, 0)):
            return None
    if not there[2].all() or _sent(node, given, sheet, index, np.zeros(1)).any():
        return None
    moved = sources[2] - 1
    same = np.array_equal(moved, np.arange(len(channels)))
    kept = None if same else tuple(moved.tolist())
    return Moved(sources[0] - 1, h), Moved(sources[1] - 1, w), kept


def _sent(
    node: Node, given: Sequence[Sheet], made: Sheet, index: int, values: np.ndarray
) -> np.ndarray:
    """Run a node on (h, w, all inputs' channels) values, and give (h, w, channels) of a result."""
    total = sum(each.channels for each in given)
    values = np.broadcast_to(values, (*given[0].sizes, total)).astype("float32")
    parts = np.split(values, np.cumsum([each.channels for each in given])[:-1], axis=2)
    with tf.init_scope():
        cells = [
            np.asarray(each.grid.restored(tf.constant(part[None]), each.shape))
            for each, part in zip(given, parts, strict=True)
        ]
        return np.asarray(made.grid.arranged(node.call(*cells)[index]))[0]
