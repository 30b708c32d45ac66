"""How far a change reaches through one node, along rows and along columns.

A convolution or a pooling tells it by its window. For the others there is a table: the first kind
that a node is of says what is known of each axis, and what no kind says is asked of the operations
that TensorFlow traced. Whatever stays unknown is `Whole`: right for any node, only slow.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from heatbrush_core.graph import layers, pooling
from heatbrush_core.graph.graph import Node, Slot
from heatbrush_core.graph.linear import Linear, ReceptiveField, Tensor
from heatbrush_core.walks.delta import probing
from heatbrush_core.walks.delta.elementwise import dependences
from heatbrush_core.walks.delta.reach import WHOLE, Cropped, Reach, Reaches, Same, Whole, Window
from heatbrush_core.walks.delta.spatial import SpatialShape
from heatbrush_core.walks.forward import Tensors

ReachByAxis = Mapping[int, Reach]
"""By axis of the node's output; an axis that is not there is `Whole`."""


@dataclass(frozen=True, eq=False)
class TracedNode:
    """A node with the shapes, and the symbolic tensors, of its inputs and outputs."""

    node: Node
    given: Sequence[SpatialShape]
    made: Sequence[SpatialShape]
    inputs: Sequence[Tensor]
    outputs: Sequence[Tensor]

    @classmethod
    def of(cls, node: Node, shapes: Mapping[Slot, SpatialShape], tensors: Tensors) -> Self:
        """Put what is known of a node together."""
        given, made = ([shapes[slot] for slot in slots] for slots in (node.inputs, node.outputs))
        inputs, outputs = ([tensors[s] for s in slots] for slots in (node.inputs, node.outputs))
        return cls(node, given, made, inputs, outputs)


# ------------------------------------------------------------------ convolutions and poolings


def receptive_field(node: Node, given: SpatialShape) -> ReceptiveField | None:
    """Take the receptive field of a convolution or a pooling; None for any other node."""
    if node.kind == "linear":
        return node.map.receptive_field if isinstance(node.map, Linear) else None
    pool = pooling.pooling(node.operation, len(given.shape))
    if pool is None:
        return None

    def before(old: int, new: int, axis: int) -> int:
        missing = (new - 1) * pool.strides[axis] + pool.sizes[axis] - old
        return max(missing, 0) // 2 if pool.padding == "same" else 0

    ones = (1,) * len(pool.sizes)
    return ReceptiveField(pool.sizes, pool.strides, before, ones, lambda x, _: x)


def windows(at: TracedNode) -> Reaches | None:
    """Take the windows of a convolution or a pooling over rows and columns, or over one of the two.

    Where the other one is the channels of a convolution, it is read whole.
    """
    node, given, made = at.node, at.given[0], at.made[0]
    found = receptive_field(node, given)
    first = layers.is_channels_first(node.operation)
    spatial = tuple(range(2, len(given.shape)) if first else range(1, len(given.shape) - 1))
    mixed = set() if first or node.kind != "linear" else {len(given.shape) - 1}
    if found is None or given.axes - mixed != set(spatial) or made.axes != set(spatial):
        return None

    def along(axis: int | None) -> Reach:
        if axis is None:
            return Same()
        if axis in mixed:
            return Whole()
        which = spatial.index(axis)
        before = found.before(given.shape[axis], made.shape[axis], which)
        return Window(found.sizes[which], found.strides[which], before, found.input_dilation[which])

    rows, columns = given.grid
    return along(rows), along(columns)


# ------------------------------------------------------------------ other kinds of nodes


def reduces(at: TracedNode) -> bool:
    """Tell whether a node leaves the mean, sum or largest of a whole map, channel by channel."""
    found = pooling.reduction(at.node.operation, len(at.given[0].shape))
    return found is not None and len(at.given) == 1 and found.axes == at.given[0].axes


def reaches(at: TracedNode) -> Reaches:
    """Find how a node depends on its inputs, along rows and along columns; `Whole` if in doubt."""
    grid = at.made[0].grid
    if any(shape.grid != grid for shape in at.made):
        return WHOLE
    axes = [axis for axis in grid if axis is not None]
    find = next((find for is_one, find in BY_KIND if is_one(at)), _of_traced)
    found = find(at, axes)

    def along(which: int) -> Reach:
        axis, given = grid[which], [shape.grid[which] for shape in at.given]
        if axis is None:
            # neither had it: one cell makes one cell; it was lost here: all cells make one
            return Same() if set(given) == {None} else Whole()
        return Whole() if None in given else found.get(axis, Whole())

    return along(0), along(1)


def _is_dense(at: TracedNode) -> bool:
    map = at.node.map
    return isinstance(map, Linear) and map.receptive_field is None and map.cellwise


def _of_dense(at: TracedNode, axes: Collection[int]) -> ReachByAxis:
    """Take all axes cell by cell but the channels, which the kernel mixes."""
    assert isinstance(at.node.map, Linear)
    return {axis: Same() for axis in axes if axis != at.node.map.axis}


def _is_reduction(at: TracedNode) -> bool:
    return pooling.reduction(at.node.operation, len(at.given[0].shape)) is not None


def _of_reduction(_: TracedNode, axes: Collection[int]) -> ReachByAxis:
    """Take the axes that are left cell by cell."""
    return dict.fromkeys(axes, Same())


def _is_interpolation(at: TracedNode) -> bool:
    return at.node.kind == "mean" and layers.interpolates(at.node.operation)


def _of_interpolation(at: TracedNode, axes: Collection[int]) -> ReachByAxis:
    """Try it on the whole axis, whose size its weights follow from."""
    found = {axis: probing.interpolated(at.node, at.made[0], axis) for axis in axes}
    return {axis: reach for axis, reach in found.items() if reach is not None}


def _of_traced(at: TracedNode, axes: Collection[int]) -> ReachByAxis:
    """Ask the operations that TensorFlow traced."""
    found: dict[int, Reach] = {}
    for axis, dependence in dependences(at.inputs, at.outputs, axes).items():
        if dependence == "free":
            found[axis] = Same()
        elif dependence == "placed":
            found[axis] = Cropped.in_place(at.made[0].shape[axis])
    return found


BY_KIND: tuple[
    tuple[
        Callable[[TracedNode], bool],
        Callable[[TracedNode, Collection[int]], ReachByAxis],
    ],
    ...,
] = (
    (_is_dense, _of_dense),
    (_is_reduction, _of_reduction),
    (_is_interpolation, _of_interpolation),
)
"""(whether a node is of a kind, what that tells of its axes); the first that it is of counts."""
