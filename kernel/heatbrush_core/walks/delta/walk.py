"""The delta walk: forward again, but only through the cells that a window can change.

Exact incremental inference. Every growing node gathers what it needs, old cells and new, by one
table made beforehand (`index_tables`), and runs without padding of its own. Nothing in the compiled
graph depends on where windows are or how large: one trace serves them all.

Where rows and columns are lost, at a global pooling or a flatten, what is carried on is no longer
the new values but their difference to the old, so that a small effect on a large logit keeps its
digits.

Source of the idea: Nakandala, Kumar & Papakonstantinou (2019), "Incremental and approximate
inference for faster occlusion-based deep CNN explanations" (Krypton), SIGMOD.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import tensorflow as tf

from heatbrush_core.graph import layers
from heatbrush_core.graph.graph import Node, Slot
from heatbrush_core.graph.linear import Affine, Linear, Tensor
from heatbrush_core.graph.picks import Pick
from heatbrush_core.walks.delta.cached import CacheKey
from heatbrush_core.walks.delta.index_tables import ReadTable, StepArrays
from heatbrush_core.walks.delta.locality import Locality
from heatbrush_core.walks.delta.node_reach import receptive_field
from heatbrush_core.walks.delta.reach import Cropped, Whole
from heatbrush_core.walks.delta.spatial import SpatialShape
from heatbrush_core.walks.delta.steps import Step


class DeltaWalk:
    """One walk, while it is traced.

    Parameters
    ----------
    locality
        The steps.
    old
        What is known of the matrix as it was, see `cached.needed`.
    arrays
        What each step needs for the windows, in the order of the steps.
    """

    def __init__(
        self, locality: Locality, old: Mapping[CacheKey, Tensor], arrays: Sequence[StepArrays]
    ) -> None:
        self._locality = locality
        self._shapes, self._graph = locality.shapes, locality.graph
        self._steps, self._arrays, self._old = locality.steps, arrays, old
        # (N, h, w, channels) new cells of maps; of vectors the difference, in their own shape
        self._new: dict[Slot, Tensor] = {}

    def run(self, cells: Tensor) -> Tensor:
        """(N, h, w, C) new cells of the windows -> (N, units) difference of the outputs."""
        self._new[self._graph.input] = cells
        for slot in self._locality.still:
            self._new[slot] = self._unmoved(slot, tf.shape(cells)[0])
        for step, arrays in zip(self._steps, self._arrays, strict=True):
            self._new.update(zip(step.outputs, self._made(step, arrays), strict=True))
        return self._new[self._graph.logits]

    def _unmoved(self, slot: Slot, count: Tensor) -> Tensor:
        """Take what no window changes: differences of 0, or what is no number itself."""
        old = self._old[slot, "values"]
        every = tf.repeat(old, count, axis=0)
        return tf.zeros_like(every) if old.dtype.is_floating else every

    def _made(self, step: Step, arrays: StepArrays) -> list[Tensor]:
        match step.how:
            case "cells":
                return self._cells(step, arrays)
            case "kernel":
                return [self._kernel(step, arrays)]
            case "pool":
                return [self._pool(step, arrays)]
            case "moved":
                return [self._moved(step, arrays)]
            case "picked":
                return [self._picked(step, arrays)]
            case "reduced":
                return [self._reduced(step, arrays)]
            case "vector":
                return self._vector(step.node)

    # -------------------------------------------------------------- maps

    def _given(self, step: Step, arrays: StepArrays) -> list[Tensor]:
        """Get the inputs of a step: vectors, and maps (N, h, w, channels), read where they must."""
        found = []
        for position, slot in enumerate(step.node.inputs):
            if self._shapes[slot].is_vector:
                found.append(self._whole(slot))
            elif position in arrays.reads:
                found.append(self._read(step, slot, arrays.reads[position]))
            else:
                found.append(self._new[slot])
        return found

    def _read(self, step: Step, slot: Slot, table: ReadTable) -> Tensor:
        """Gather cells, new and old and padding."""
        shape, new = self._shapes[slot], self._new[slot]
        lowest = step.how == "pool" and step.node.kind == "max"
        padding = new.dtype.min if lowest else False if new.dtype.is_bool else 0
        rows = [
            tf.fill((1, shape.channels), tf.constant(padding, new.dtype)),
            self._band(slot, table.band),
            tf.reshape(new, (-1, shape.channels)),
        ]
        found = tf.gather(tf.concat(rows, 0), table.index)
        # a layer that mixes an axis must know its length when it is traced
        known = [
            size if axis is None or isinstance(reach, Whole | Cropped) else None
            for size, axis, reach in zip(shape.sizes, shape.grid, step.reach, strict=True)
        ]
        found.set_shape((None, *known, shape.channels))
        return found

    def _band(self, slot: Slot, band: Tensor) -> Tensor:
        """Take the old rows of channels that any window needs."""
        return tf.slice(
            self._old[slot, "values"], (band[0], 0), (band[1], self._shapes[slot].channels)
        )

    def _cells(self, step: Step, arrays: StepArrays) -> list[Tensor]:
        """Run the node itself."""
        node = step.node
        given = [
            cells if self._shapes[slot].is_vector else _own(self._shapes[slot], cells)
            for slot, cells in zip(node.inputs, self._given(step, arrays), strict=True)
        ]
        return [
            self._arranged(slot, cells, arrays.own.get("kept"))
            for slot, cells in zip(node.outputs, node.call(*given), strict=True)
        ]

    def _arranged(self, slot: Slot, cells: Tensor, kept: Tensor | None) -> Tensor:
        """Turn what a node made into (N, h, w, channels), cropped; of a vector, the difference."""
        shape = self._shapes[slot]
        if shape.is_vector:
            return self._difference(slot, cells)
        cells = cells if shape.is_plain else shape.grid.arranged(cells)
        if kept is not None:
            cells = tf.gather(tf.reshape(cells, (-1, shape.channels)), kept)
        cells.set_shape((None, None, None, shape.channels))
        return cells

    def _kernel(self, step: Step, arrays: StepArrays) -> Tensor:
        (cells,), linear = self._given(step, arrays), step.node.map
        assert isinstance(linear, Linear) and linear.receptive_field is not None
        apply, kernel, bias = linear.receptive_field.apply, linear.kernel(), linear.bias()
        shape = self._shapes[step.node.inputs[0]]
        if any(isinstance(reach, Whole) for reach in step.reach):
            # rows or columns are its channels
            made = apply(shape.grid.restored(cells, shape.shape), kernel)
            made = self._shapes[step.outputs[0]].grid.arranged(made)
        else:
            made = _as_layer(shape, cells, lambda x: apply(x, kernel))
        return made if bias is None else tf.nn.bias_add(made, tf.reshape(bias, (-1,)))

    def _pool(self, step: Step, arrays: StepArrays) -> Tensor:
        (cells,), node = self._given(step, arrays), step.node
        shape = self._shapes[node.inputs[0]]
        field = receptive_field(node, shape)
        assert field is not None
        pool = tf.nn.max_pool if node.kind == "max" else tf.nn.avg_pool
        made = _as_layer(shape, cells, lambda x: pool(x, field.sizes, field.strides, "VALID"))
        if step.averages_padding:
            for name in ("row_shares", "column_shares"):
                made *= tf.cast(arrays.own[name], made.dtype)[..., None]
        return made

    def _moved(self, step: Step, arrays: StepArrays) -> Tensor:
        cells = tf.concat(self._given(step, arrays), -1)
        return cells if step.channels is None else tf.gather(cells, step.channels, axis=-1)

    # -------------------------------------------------------------- from maps to vectors

    def _picked(self, step: Step, arrays: StepArrays) -> Tensor:
        """Take the difference of the picked cells, of which the box around them was read."""
        (cells,), (slot,) = self._given(step, arrays), step.node.inputs
        shape, pick = self._shapes[slot], step.node.map
        assert isinstance(pick, Pick)
        picked = pick.moved([*shape.axes])(_own(shape, cells))
        return self._difference(step.outputs[0], picked)

    def _reduced(self, step: Step, arrays: StepArrays) -> Tensor:
        """Add to the mean, sum or maximum of a whole map what changed of it."""
        (slot,), (result,) = step.node.inputs, step.outputs
        new, made = self._new[slot], (-1, *self._shapes[result].shape[1:])
        edges = tf.unstack(arrays.own["edges"], num=4)
        if step.reduction == "max":
            most = tf.maximum(tf.reduce_max(new, (1, 2)), self._outside(slot, edges))
            return tf.reshape(most, made) - self._old[result, "values"]
        change = tf.reduce_sum(new, (1, 2)) - self._inside(slot, edges)
        if step.reduction == "mean":
            change /= math.prod(self._shapes[slot].sizes)
        return tf.reshape(change, made)

    def _inside(self, slot: Slot, edges: Sequence[Tensor]) -> Tensor:
        """(N, channels) sum of the old cells inside each window, from its four corners.

        In double precision, as the sums at the corners are those of half the map.
        """
        sums, (top, bottom, left, right) = self._old[slot, "sums"], edges
        corners = ((bottom, right, 1), (top, left, 1), (top, right, -1), (bottom, left, -1))
        parts = [
            sign * tf.gather_nd(sums, tf.stack((row, column), -1)) for row, column, sign in corners
        ]
        return tf.cast(tf.add_n(parts), self._new[slot].dtype)

    def _outside(self, slot: Slot, edges: Sequence[Tensor]) -> Tensor:
        """(N, channels) maximum of the old cells outside of each window.

        These are all that lie above, below, left or right of it; the four may overlap.
        """
        rows, columns = self._old[slot, "rows"], self._old[slot, "columns"]
        top, bottom, left, right = edges
        sides = ((rows[0], top), (rows[1], bottom), (columns[0], left), (columns[1], right))
        return tf.reduce_max(tf.stack([tf.gather(most, at) for most, at in sides]), 0)

    def _difference(self, slot: Slot, new: Tensor) -> Tensor:
        return new - self._old[slot, "values"] if new.dtype.is_floating else new

    def _whole(self, slot: Slot) -> Tensor:
        """Get a vector itself, not its difference."""
        new = self._new[slot]
        return self._old[slot, "values"] + new if new.dtype.is_floating else new

    def _vector(self, node: Node) -> list[Tensor]:
        """Carry differences through a node: directly where it is linear, else from both ends."""
        given = [self._new[slot] for slot in node.inputs]
        floating = all(each.dtype.is_floating for each in given)
        if floating and isinstance(node.map, Linear):
            return [node.map.apply(given[0], node.map.kernel())]
        if floating and isinstance(node.map, Affine):
            return [given[0] * node.map.scale()]
        if floating and _is_homogeneous(node):
            return list(node.call(*given))
        if floating and node.kind == "affine":
            # its shift cancels: it is what the node makes of zeros
            nothing = node.call(*(tf.zeros_like(self._old[slot, "values"]) for slot in node.inputs))
            return [new - old for new, old in zip(node.call(*given), nothing, strict=True)]
        # not linear in all its inputs together: the difference of both ends
        made = node.call(*(self._whole(slot) for slot in node.inputs))
        pairs = zip(node.outputs, made, strict=True)
        return [self._difference(slot, new) for slot, new in pairs]


def _is_homogeneous(node: Node) -> bool:
    """Tell whether a node makes the difference of its outputs from that of its inputs."""
    if node.kind == "structure":
        return len(node.inputs) > 1 or layers.moves(node.operation)
    return node.kind in ("sum", "mean")


def _own(shape: SpatialShape, cells: Tensor) -> Tensor:
    """Turn (N, h, w, channels) into a slot's own layout."""
    return cells if shape.is_plain else shape.grid.restored(cells, shape.shape)


def _as_layer(shape: SpatialShape, cells: Tensor, apply: Callable[[Tensor], Tensor]) -> Tensor:
    """Run a layer on (N, h, w, channels), in the order and number of its own spatial axes."""
    lost = [1 + which for which, axis in enumerate(shape.grid) if axis is None]
    if lost:
        return tf.expand_dims(apply(tf.squeeze(cells, lost)), lost[0])
    if shape.is_upright:
        return apply(cells)
    return tf.transpose(apply(tf.transpose(cells, (0, 2, 1, 3))), (0, 2, 1, 3))
