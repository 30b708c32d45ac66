"""What of a graph stays whatever the matrix is: constants, held inputs, and all made of these."""

from __future__ import annotations

from heatbrush_core.graph.analysis.once import once
from heatbrush_core.graph.graph import Graph, Node, Slot
from heatbrush_core.graph.inputs.held import HeldInput


@once
def still(graph: Graph) -> frozenset[Node]:
    """Find the nodes that the matrix does not reach."""
    slots: set[Slot] = set()
    found = []
    for node in graph.nodes:
        if node.kind == "constant" or slots.issuperset(node.inputs):
            slots.update(node.outputs)
            found.append(node)
    return frozenset(found)


@once
def held(graph: Graph) -> dict[str, Node]:
    """List the held inputs that the graph needs, by name."""
    return {n.operation.name: n for n in graph.nodes if isinstance(n.operation, HeldInput)}


@once
def arrivals(graph: Graph) -> dict[Node, str]:
    """Tell at which nodes relevance has arrived at a held input, and at which.

    That is the input itself; of whole numbers, which carry none, it is what first looks them up,
    such as an embedding.
    """
    found: dict[Node, str] = {}
    codes: dict[Slot, str] = {}
    for node in graph.nodes:
        if isinstance(node.operation, HeldInput):
            if node.operation.is_floating:
                found[node] = node.operation.name
            else:
                codes[node.outputs[0]] = node.operation.name
            continue
        names = {codes.get(slot) for slot in node.inputs}
        if len(names) == 1 and None not in names:
            (name,) = names
            if node.kind == "structure":
                codes.update((slot, str(name)) for slot in node.outputs)
            else:
                found[node] = str(name)
    return found
