"""The walks over a graph: forward with tensors, backward with one rule per node."""

from __future__ import annotations

import tensorflow as tf

from heatbrush_core.graph import Graph, Slot
from heatbrush_core.layers import Tensor
from heatbrush_core.rules import Rule


def forward(graph: Graph, x: Tensor) -> dict[Slot, Tensor]:
    """Compute every slot from the model's input."""
    tensors = {graph.input: x}
    for node in graph.nodes:
        results = node.call(*(tensors[slot] for slot in node.inputs))
        tensors.update(zip(node.outputs, results, strict=True))
    return tensors


def backward(
    graph: Graph, tensors: dict[Slot, Tensor], start: Tensor, rule: Rule
) -> dict[Slot, Tensor]:
    """Carry relevance from the logits to every slot, summed where several nodes use one.

    Parameters
    ----------
    graph
        The model.
    tensors
        What `forward` computed.
    start
        (N, n) relevance of the logits.
    rule
        How one node passes it on.
    """
    relevance = {graph.logits: start}
    for node in reversed(graph.nodes):
        if relevance.keys().isdisjoint(node.outputs):
            continue
        outputs = [tensors[slot] for slot in node.outputs]
        given = [
            relevance[slot] if slot in relevance else tf.zeros_like(y)
            for slot, y in zip(node.outputs, outputs, strict=True)
        ]
        shares = rule(node, [tensors[slot] for slot in node.inputs], outputs, given)
        for slot, share in zip(node.inputs, shares, strict=True):
            if share is not None:
                relevance[slot] = relevance[slot] + share if slot in relevance else share
    return relevance
