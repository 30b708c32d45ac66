"""All nodes of a model, and the graphs that end at an output of it, or at what a target reads."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from heatbrush_core.graph.graph import HEADS, Graph, Node, Slot


@dataclass(frozen=True, eq=False)
class Traced:
    """All nodes of a model, whichever of its outputs needs them.

    Attributes
    ----------
    nodes
        In an order in which they can be computed.
    input
        The first slot.
    outputs
        The slots of the outputs, in the model's order.
    """

    nodes: tuple[Node, ...]
    input: Slot
    outputs: tuple[Slot, ...]

    def to(self, end: Slot) -> Graph:
        """Keep the nodes that an output needs, and see whether it is a softmax or sigmoid."""
        head = next((n for n in self.nodes if end in n.outputs and _is_head(n)), None)
        logits = end if head is None else head.inputs[0]
        return Graph(_needed(self.nodes, logits), self.input, logits, head)

    def output(self, number: int) -> Graph:
        """Keep the nodes that one of the outputs needs."""
        return self.to(self.outputs[number])

    def up_to(self, end: Slot) -> Graph:
        """Keep the nodes that a slot needs, whatever it is."""
        return Graph(_needed(self.nodes, end), self.input, end, None)

    def before(self, tail: Sequence[Node]) -> Graph:
        """Keep the nodes that a tail needs, which ends in the new logits."""
        (end,) = tail[-1].outputs
        return Graph(_needed((*self.nodes, *tail), end), self.input, end, None)

    @functools.cached_property
    def every(self) -> Graph:
        """All nodes, whichever output needs them."""
        return Graph(self.nodes, self.input, self.outputs[0], None)

    @property
    def places(self) -> dict[str, Slot]:
        """All nodes by name, and the layers, each after its own activation."""
        named = [node for node in self.nodes if node.kind not in ("mask", "constant")]
        every = {node.name: node.outputs[0] for node in named}
        return {**every, **{node.name.partition("/")[0]: node.outputs[0] for node in named}}


def _is_head(node: Node) -> bool:
    """Tell whether a node is a softmax over the classes or a sigmoid."""
    last = getattr(node.operation, "axis", -1) in (-1, len(node.outputs[0].shape) - 1)
    return node.activation in HEADS and (last or node.activation == "sigmoid")


def _needed(nodes: Sequence[Node], end: Slot) -> tuple[Node, ...]:
    """Keep the nodes that `end` depends on."""
    live, kept = {end}, []
    for node in reversed(nodes):
        if not live.isdisjoint(node.outputs):
            live.update(node.inputs)
            kept.append(node)
    return tuple(reversed(kept))
