"""Where a node puts cells, found by sending numbers through it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from heatbrush_core.graph.graph import Node
from heatbrush_core.walks.delta.reach import Cropped, Moved
from heatbrush_core.walks.delta.spatial import SpatialShape

MOST = 2**24
"""Cells of a layer beyond which it is not tried."""


def interpolated(node: Node, made: SpatialShape, axis: int) -> Cropped | None:
    """Try an interpolation with one cell after the other, and see which cells each reaches.

    All at once: matrix k of a batch holds a 1 in line k and zeros elsewhere.
    """
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


class Move(NamedTuple):
    """Where the cells of one result come from: along rows, along columns, and the channels.

    `channels` is the input channel of each output channel, those of several inputs counted on;
    None where they stay.
    """

    rows: Moved
    columns: Moved
    channels: tuple[int, ...] | None


def moved(
    node: Node, given: Sequence[SpatialShape], result: tuple[int, SpatialShape]
) -> Move | None:
    """Send coordinates through a node that moves cells, and see where they come out.

    None where rows, columns and channels do not move independently of each other.

    Parameters
    ----------
    node, given
        The node, and the shapes of its inputs.
    result
        The number and the shape of the output that is asked about.
    """
    cells = sum(math.prod(each.shape) for each in (*given, result[1]))
    if cells > MOST or any(each.is_vector or each.sizes != given[0].sizes for each in given):
        return None
    # coordinates count from 1, since 0 is what padding puts where no cell comes from
    h, w = given[0].sizes
    rows, columns = np.arange(1, h + 1)[:, None, None], np.arange(1, w + 1)[:, None]
    channels = np.arange(1, sum(each.channels for each in given) + 1)
    found = [_sent(node, given, result, each) for each in (rows, columns, channels)]
    # the row that each output row shows anywhere, and so on
    sources = [
        each.max(axis=others).astype(np.intp)
        for each, others in zip(found, ((1, 2), (0, 2), (0, 1)), strict=True)
    ]
    if not _are_independent(found, sources):
        return None
    # no channel may be made of padding, and padding must be 0, as the walk will put 0 there
    if not sources[2].all() or _sent(node, given, result, np.zeros(1)).any():
        return None
    kept = sources[2] - 1
    same = np.array_equal(kept, np.arange(len(channels)))
    return Move(
        Moved(sources[0] - 1, h),
        Moved(sources[1] - 1, w),
        None if same else tuple(kept.tolist()),
    )


def _are_independent(
    found: Sequence[NDArray[np.float32]], sources: Sequence[NDArray[np.intp]]
) -> bool:
    """Tell whether each cell shows the sources of its row, column and channel, or is padding."""
    across = np.ix_(*sources)
    there = (across[0] > 0) & (across[1] > 0) & (across[2] > 0)
    return all(
        np.array_equal(each, np.where(there, source, 0))
        for each, source in zip(found, across, strict=True)
    )


def _sent(
    node: Node,
    given: Sequence[SpatialShape],
    result: tuple[int, SpatialShape],
    values: NDArray[Any],
) -> NDArray[np.float32]:
    """Run a node on (h, w, all inputs' channels) values, and give (h, w, channels) of a result."""
    index, made = result
    total = sum(each.channels for each in given)
    values = np.broadcast_to(values, (*given[0].sizes, total)).astype("float32")
    parts = np.split(values, np.cumsum([each.channels for each in given])[:-1], axis=2)
    # outside of the graph that is being traced, as numbers are wanted
    with tf.init_scope():
        cells = [
            np.asarray(each.grid.restored(tf.constant(part[None]), each.shape))
            for each, part in zip(given, parts, strict=True)
        ]
        return np.asarray(made.grid.arranged(node.call(*cells)[index]))[0]
