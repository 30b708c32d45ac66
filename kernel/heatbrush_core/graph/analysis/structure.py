"""What a graph tells before any tensor is seen: foldable normalisations, signs, gates."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from heatbrush_core.graph import layers
from heatbrush_core.graph.graph import Graph, Node, Slot
from heatbrush_core.graph.linear import Affine, Linear


def fold(graph: Graph) -> Graph:
    """Copy a graph with each batch normalisation inside the linear node that it follows.

    It is folded where it directly and alone follows, along the channels, and where nothing else
    sees what is between the two: then both are one linear map, and every rule treats them as one.
    """
    uses = Counter(slot for node in graph.nodes for slot in node.inputs)
    uses[graph.logits] += 1
    makers = {node.outputs[0]: node for node in graph.nodes if node.kind == "linear"}
    instead: dict[Node, Node | None] = {}
    for node in graph.nodes:
        maker = makers.get(node.inputs[0])
        if maker is None or not isinstance(node.map, Affine) or uses[node.inputs[0]] > 1:
            continue
        assert isinstance(maker.map, Linear)
        if maker.map.axis == node.map.axis:
            instead[maker] = _together(maker, node)
            instead[node] = None
    nodes = (instead.get(node, node) for node in graph.nodes)
    return replace(graph, nodes=tuple(node for node in nodes if node is not None))


def _together(maker: Node, node: Node) -> Node:
    assert isinstance(maker.map, Linear)
    assert isinstance(node.map, Affine)
    map = maker.map.then(node.map)
    return replace(maker, map=map, call=lambda x: (map(x),), outputs=node.outputs)


def nonnegative(graph: Graph) -> frozenset[Slot]:
    """Find the slots whose cells are never negative, whatever the input."""
    found: set[Slot] = set()
    for node in graph.nodes:
        if node.kind == "activation":
            known = layers.nonnegative(node.operation, node.activation)
        else:
            known = found.issuperset(node.inputs) and layers.keeps_sign(node.operation, node.kind)
        if known:
            found.update(node.outputs)
    return frozenset(found)


def gates(graph: Graph) -> frozenset[Slot]:
    """Find the slots that a sigmoid or softmax made, and that were only moved since.

    A sigmoid may be made by hand as a ReLU with a largest value that is scaled: relu6(x + 3) / 6.
    """
    found: set[Slot] = set()
    capped: set[Slot] = set()
    for node in graph.nodes:
        moved = node.kind == "structure" and found.issuperset(node.inputs)
        scaled = node.kind == "affine" and node.map is None and capped.issuperset(node.inputs)
        if moved or scaled or node.activation in layers.GATES:
            found.update(node.outputs)
        elif layers.capped(node.operation, node.activation):
            capped.update(node.outputs)
    return frozenset(found)


def first_linear(graph: Graph) -> tuple[frozenset[Node], tuple[Node, ...]]:
    """Find the linear nodes that see the input through structure and affine maps only.

    Returns
    -------
    frozenset of Node, tuple of Node
        These nodes, and those in front of them, in order.
    """
    near, first, front = {graph.input}, [], []
    for node in graph.nodes:
        if not near.issuperset(node.inputs):
            continue
        if node.kind == "linear":
            first.append(node)
        elif node.kind in ("structure", "affine"):
            near.update(node.outputs)
            front.append(node)
    return frozenset(first), tuple(front)
