"""The forward walk: every slot of a graph, from the model's input on."""

from __future__ import annotations

from heatbrush_core.graph.graph import Graph, Slot
from heatbrush_core.graph.linear import Tensor

Tensors = dict[Slot, Tensor]


def forward(graph: Graph, x: Tensor) -> Tensors:
    """Compute every slot from the model's input."""
    tensors = {graph.input: x}
    for node in graph.nodes:
        results = node.call(*(tensors[slot] for slot in node.inputs))
        tensors.update(zip(node.outputs, results, strict=True))
    return tensors
