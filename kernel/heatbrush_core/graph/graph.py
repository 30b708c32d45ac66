"""The graph: a model as one flat list of nodes, joined by slots.

A slot stands for a tensor before there are tensors; these come later, in `walks`. `tracing` makes
the graph of a Keras model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from heatbrush_core.graph import layers
from heatbrush_core.graph.layers import Kind
from heatbrush_core.graph.linear import Affine, Linear, Tensor
from heatbrush_core.graph.normalizations import Normalization
from heatbrush_core.graph.picks import Pick
from heatbrush_core.graph.recurrent import Recurrence

HEADS = ("softmax", "sigmoid", "log_softmax")


class Slot:
    """A tensor of the graph, before there are tensors.

    Attributes
    ----------
    shape
        As in Keras, the batch axis first, None where free.
    """

    # a plain object: keras.tree would open a container, such as a NamedTuple
    __slots__ = ("shape",)

    def __init__(self, shape: Sequence[int | None]) -> None:
        self.shape = tuple(shape)


@dataclass(frozen=True, eq=False)
class Node:
    """One step of the model.

    Attributes
    ----------
    name
        The layer's name; "name#2" for its second call.
    kind
        What the step is to a walk.
    operation
        The layer or operation it comes from; two nodes may share one.
    call
        (*tensors) -> tuple of tensors, in the walk's precision.
    inputs, outputs
        The slots, in the order in which `call` takes and gives them; one may be there twice.
    activation
        The name of the function, for kind "activation".
    map
        The linear or affine map, the normalisation, the recurrence or the choice of cells itself,
        where it is one.
    """

    name: str
    kind: Kind
    operation: Any
    call: Callable[..., tuple[Tensor, ...]]
    inputs: tuple[Slot, ...]
    outputs: tuple[Slot, ...]
    activation: str = ""
    map: Linear | Affine | Normalization | Recurrence | Pick | None = None


@dataclass(frozen=True, eq=False)
class Graph:
    """The nodes between a model's input and the logits of one of its outputs; see `tracing.traced`.

    Attributes
    ----------
    nodes
        In an order in which they can be computed; only those that the logits need.
    input, logits
        The first and the last slot.
    head
        The softmax or sigmoid after the logits; None where the model ends without.
    """

    nodes: tuple[Node, ...]
    input: Slot
    logits: Slot
    head: Node | None

    @property
    def places(self) -> dict[str, Slot]:
        """The layers by name, as often as they are called, each after its own activation."""
        return {
            node.name.partition("/")[0]: node.outputs[0]
            for node in self.nodes
            if node.kind != "mask"
        }

    def whole(self) -> Graph:
        """Take the softmax or sigmoid at the end as a node like all others."""
        if self.head is None:
            return self
        return Graph((*self.nodes, self.head), self.input, self.head.outputs[0], None)

    @property
    def masked(self) -> list[float]:
        """What stands for a step that does not count: 0, and what a Masking layer looks for."""
        values = [
            float(node.operation.mask_value)
            for node in self.nodes
            if layers.known(node.operation) == "Masking" and node.operation.mask_value is not None
        ]
        return list(dict.fromkeys([0.0, *values]))[:2]

    @property
    def channels_first(self) -> bool:
        """Whether the input has its channels first, as the first layer that cares tells."""
        near = {self.input}
        for node in self.nodes:
            if near.isdisjoint(node.inputs) or node.kind == "constant":
                continue
            if layout := getattr(node.operation, "data_format", None):
                return bool(layout == "channels_first")
            if layers.known(node.operation) not in layers.MOVES_AXES:
                near.update(node.outputs)
        return False
