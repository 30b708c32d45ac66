"""TRIAL: carried out of walks."""

from __future__ import annotations

from collections.abc import Iterable

from heatbrush_core.graph.graph import Graph, Node, Slot
from heatbrush_core.graph.linear import Tensor

Tensors = dict[Slot, Tensor]


def forward(graph: Graph, x: Tensor) -> Tensors:
    """Compute every slot from the model's input."""
    return run(graph.nodes, {graph.input: x})


def run(nodes: Iterable[Node], tensors: Tensors) -> Tensors:
    """Compute what some nodes make, added to `tensors`."""
    for node in nodes:
        results = node.call(*(tensors[slot] for slot in node.inputs))
        tensors.update(zip(node.outputs, results, strict=True))
    return tensors
