"""A layer that is applied to each step of a sequence alike: `TimeDistributed`.

The nodes of what is inside take the steps for matrices of their own, as Keras does: (N, T, ...)
becomes (N * T, ...), and back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from keras import ops

from heatbrush_core.graph.graph import Node, Slot
from heatbrush_core.graph.linear import Affine, Linear, Tensor
from heatbrush_core.graph.normalizations import Normalization

ALL_CELLS = ("softmax", "log_softmax", "sparsemax", "glu", "custom", "dropout", "prelu")
"""Activations that may ask where a cell is; all others are called on all steps at once."""


def distributed(node: Node, slots: Mapping[Slot, Slot], wrapper: Any) -> Node:
    """Make a node over all steps of a sequence from the node over one step.

    Parameters
    ----------
    node
        The node over one step.
    slots
        By each slot of a step, the slot of all steps.
    wrapper
        The layer that applies it.
    """
    inputs = tuple(slots[slot] for slot in node.inputs)
    outputs = tuple(slots[slot] for slot in node.outputs)
    node = replace(node, inputs=inputs, outputs=outputs)
    if isinstance(node.map, Linear):
        return _of_map(node, _linear(node.map))
    if isinstance(node.map, Affine):
        return _of_map(node, replace(node.map, axis=node.map.axis + 1))
    if node.kind == "activation" and node.activation not in ALL_CELLS:
        return node
    map = _normalization(node.map) if isinstance(node.map, Normalization) else None
    # what else a walk asks the operation for, such as the windows of a pooling, is that of a step
    return replace(node, operation=wrapper, call=_over_steps(node.call), map=map)


def over_steps(slot: Slot, steps: int | None) -> Slot:
    """Make the slot of all steps from the slot of one."""
    return Slot((slot.shape[0], steps, *slot.shape[1:]))


def _of_map(node: Node, map: Linear | Affine) -> Node:
    return replace(node, map=map, call=lambda x: (map(x),))


def _linear(map: Linear) -> Linear:
    """Apply a linear map to each step; a dense layer does so by itself."""
    dense = map.receptive_field is None and map.cellwise

    def apply(x: Tensor, kernel: Tensor) -> Tensor:
        return _unfolded(map.apply(_folded(x), kernel), x)

    def joined(linear: Linear) -> Linear:
        assert map.joined is not None
        one = map.joined(linear)
        return replace(one, apply=lambda x, kernel: _unfolded(one.apply(_folded(x), kernel), x))

    return replace(
        map,
        apply=map.apply if dense else apply,
        axis=map.axis + 1,
        receptive_field=None,
        cellwise=dense,
        joined=None if map.joined is None else joined,
    )


def _normalization(map: Normalization) -> Normalization:
    def frozen(x: Tensor) -> Callable[[Tensor], Tensor]:
        held = map.frozen(_folded(x))
        return lambda u: _unfolded(held(_folded(u)), u)

    return Normalization(frozen, lambda x: _unfolded(map.spread(_folded(x)), x))


def _over_steps(call: Callable[..., tuple[Tensor, ...]]) -> Callable[..., tuple[Tensor, ...]]:
    def each(*tensors: Tensor) -> tuple[Tensor, ...]:
        return tuple(_unfolded(y, tensors[0]) for y in call(*map(_folded, tensors)))

    return each


def _folded(x: Tensor) -> Tensor:
    return ops.reshape(x, (-1, *_sizes(x)[2:]))


def _unfolded(y: Tensor, like: Tensor) -> Tensor:
    return ops.reshape(y, (-1, _sizes(like)[1], *_sizes(y)[1:]))


def _sizes(x: Tensor) -> list[Any]:
    found = ops.shape(x)
    return [found[axis] if size is None else size for axis, size in enumerate(x.shape)]
