"""The delta walk: forward again, but only through the cells that a window can change.

Exact incremental inference. Every growing node gathers what it needs, old cells and new, by one
table made beforehand (`footprint`), and runs without padding of its own. Nothing in the compiled
graph depends on where windows are or how large: one trace serves them all.

Where rows and columns are lost, at a global pooling or a flatten, what is carried on is no longer
the new values but their difference to the old, so that a small effect on a large logit keeps its
digits.

Source of the idea: Nakandala, Kumar & Papakonstantinou (2019), "Incremental and approximate
inference for faster occlusion-based deep CNN explanations" (Krypton), SIGMOD.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import tensorflow as tf

from heatbrush_core.graph import layers
from heatbrush_core.graph.graph import Node, Slot
from heatbrush_core.graph.linear import Affine, Linear, Tensor
from heatbrush_core.walks.delta.cached import Key, how_reduced
from heatbrush_core.walks.delta.locality import Locality, Step, sight
from heatbrush_core.walks.delta.reach import Cropped, Whole
from heatbrush_core.walks.delta.spatial import Sheet


class DeltaWalk:
    """One walk, while it is traced.

    Parameters
    ----------
    locality
        The steps.
    old
        What is known of the matrix as it was, see `old.keys`.
    arrays
        What `Footprint.arrays` listed.
    """

    def __init__(
        self, locality: Locality, old: Mapping[Key, Tensor], arrays: Sequence[Tensor]
    ) -> None:
        self._sheets, self._graph = locality.sheets, locality.graph
        self._steps, self._old = locality.steps, old
        self._arrays: Iterator[Tensor] = iter(arrays)
        # (N, h, w, channels) new cells of maps; of vectors the difference, in their own shape
        self._new: dict[Slot, Tensor] = {}

    def run(self, cells: Tensor) -> Tensor:
        """(N, h, w, C) new cells of the windows -> (N, units) difference of the outputs."""
        self._new[self._graph.input] = cells
        for step in self._steps:
            self._take(step)
        return self._new[self._graph.logits]

    def _take(self, step: Step) -> None:
        if step.how == "vector":
            found = self._vector(step.node)
        elif step.how == "reduced":
            found = [self._reduced(step)]
        elif step.how == "kernel":
            found = [self._kernel(step)]
        elif step.how == "pool":
            found = [self._pool(step)]
        elif step.how == "moved":
            found = [self._moved(step)]
        else:
            found = self._cells(step)
        self._new.update(zip(step.outputs, found, strict=True))

    # -------------------------------------------------------------- maps

    def _laid_out(self, step: Step) -> list[Tensor]:
        """Get the inputs of a step: maps (N, h, w, channels), read anew where they must be."""
        found = []
        for slot, read in zip(step.node.inputs, step.reads, strict=True):
            if self._sheets[slot].is_vector:
                found.append(self._whole(slot))
            else:
                found.append(self._read(step, slot) if read else self._new[slot])
        return found

    def _read(self, step: Step, slot: Slot) -> Tensor:
        """Gather cells, new and old and padding, by the next table."""
        sheet, new = self._sheets[slot], self._new[slot]
        lowest = step.how == "pool" and step.node.kind == "max"
        padding = new.dtype.min if lowest else False if new.dtype.is_bool else 0
        band, table = next(self._arrays), next(self._arrays)
        rows = [
            tf.fill((1, sheet.channels), tf.constant(padding, new.dtype)),
            self._band(slot, band),
            tf.reshape(new, (-1, sheet.channels)),
        ]
        found = tf.gather(tf.concat(rows, 0), table)
        known = [
            size if axis is None or isinstance(rule, Whole | Cropped) else None
            for size, axis, rule in zip(sheet.sizes, sheet.grid, step.rules, strict=True)
        ]
        found.set_shape((None, *known, sheet.channels))
        return found

    def _band(self, slot: Slot, band: Tensor) -> Tensor:
        """Take the old rows of channels that any window needs."""
        return tf.slice(
            self._old[slot, "values"], (band[0], 0), (band[1], self._sheets[slot].channels)
        )

    def _own(self, slot: Slot, cells: Tensor) -> Tensor:
        """Turn (N, h, w, channels) into the slot's own layout."""
        sheet = self._sheets[slot]
        return cells if sheet.is_plain else sheet.grid.restored(cells, sheet.shape)

    def _cells(self, step: Step) -> list[Tensor]:
        """Run the node itself."""
        node = step.node
        given = [
            cells if self._sheets[slot].is_vector else self._own(slot, cells)
            for slot, cells in zip(node.inputs, self._laid_out(step), strict=True)
        ]
        made = node.call(*given)
        found = []
        crop = any(isinstance(rule, Cropped) for rule in step.rules)
        table = next(self._arrays) if crop else None
        for slot, cells in zip(node.outputs, made, strict=True):
            sheet = self._sheets[slot]
            if sheet.is_vector:
                found.append(self._difference(slot, cells))
                continue
            cells = cells if sheet.is_plain else sheet.grid.arranged(cells)
            if table is not None:
                cells = tf.gather(tf.reshape(cells, (-1, sheet.channels)), table)
            cells.set_shape((None, None, None, sheet.channels))
            found.append(cells)
        return found

    def _kernel(self, step: Step) -> Tensor:
        (cells,), linear = self._laid_out(step), step.node.map
        assert isinstance(linear, Linear) and linear.receptive_field is not None
        apply, kernel, bias = linear.receptive_field.apply, linear.kernel(), linear.bias()
        sheet = self._sheets[step.node.inputs[0]]
        if any(isinstance(rule, Whole) for rule in step.rules):  # rows or columns are its channels
            own = apply(sheet.grid.restored(cells, sheet.shape), kernel)
            made = self._sheets[step.outputs[0]].grid.arranged(own)
        else:
            made = _as_layer(sheet, cells, lambda x: apply(x, kernel))
        return made if bias is None else tf.nn.bias_add(made, tf.reshape(bias, (-1,)))

    def _pool(self, step: Step) -> Tensor:
        (cells,), node = self._laid_out(step), step.node
        sheet = self._sheets[node.inputs[0]]
        found = sight(node, sheet)
        assert found is not None
        pool = tf.nn.max_pool if node.kind == "max" else tf.nn.avg_pool
        made = _as_layer(sheet, cells, lambda x: pool(x, found.sizes, found.strides, "VALID"))
        if step.averages_padding:
            for _ in ("rows", "columns"):
                made *= tf.cast(next(self._arrays), made.dtype)[..., None]
        return made

    def _moved(self, step: Step) -> Tensor:
        cells = tf.concat(self._laid_out(step), -1)
        return cells if step.channels is None else tf.gather(cells, step.channels, axis=-1)

    # -------------------------------------------------------------- from maps to vectors

    def _reduced(self, step: Step) -> Tensor:
        """Add to the mean, sum or maximum of a whole map what changed of it."""
        (slot,), (result,) = step.node.inputs, step.outputs
        sheet, new, shape = self._sheets[slot], self._new[slot], self._sheets[result].shape
        edges = tf.unstack(next(self._arrays), num=4)
        how = how_reduced(step)
        if how == "max":
            most = tf.maximum(tf.reduce_max(new, (1, 2)), self._outside(slot, edges))
            return tf.reshape(most, (-1, *shape[1:])) - self._old[result, "values"]
        change = tf.reduce_sum(new, (1, 2)) - self._inside(slot, edges)
        if how == "mean":
            change /= sheet.sizes[0] * sheet.sizes[1]
        return tf.reshape(change, (-1, *shape[1:]))

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
            nothing = node.call(*(tf.zeros_like(self._old[slot, "values"]) for slot in node.inputs))
            return [new - old for new, old in zip(node.call(*given), nothing, strict=True)]
        made = node.call(*(self._whole(slot) for slot in node.inputs))
        pairs = zip(node.outputs, made, strict=True)
        return [self._difference(slot, new) for slot, new in pairs]


def _is_homogeneous(node: Node) -> bool:
    """Tell whether a node makes the difference of its outputs from that of its inputs."""
    if node.kind == "structure":
        return len(node.inputs) > 1 or layers.moves(node.operation)
    return node.kind in ("sum", "mean")


def _as_layer(sheet: Sheet, cells: Tensor, apply: Callable[[Tensor], Tensor]) -> Tensor:
    """Run a layer on (N, h, w, channels), in the order and number of its own spatial axes."""
    lost = [1 + which for which, axis in enumerate(sheet.grid) if axis is None]
    if lost:
        return tf.expand_dims(apply(tf.squeeze(cells, lost)), lost[0])
    if sheet.is_upright:
        return apply(cells)
    return tf.transpose(apply(tf.transpose(cells, (0, 2, 1, 3))), (0, 2, 1, 3))
