"""Which layer speaks for the whole matrix: what every path to the score passes, after attention.

A map of one branch out of several, or of cells that attention mixes later, would be stretched over
the matrix as if it told of all of it.
"""

from __future__ import annotations

from collections import Counter

import keras

from heatbrush_core.graph import layers
from heatbrush_core.graph.analysis.grids import grids, last_convolution, places
from heatbrush_core.graph.analysis.once import once
from heatbrush_core.graph.graph import Graph, Node, Slot
from heatbrush_core.graph.inputs.still import still
from heatbrush_core.graph.model import parts


@once
def default_place(graph: Graph) -> str | None:
    """Find the last convolution that all paths pass, else the last merge of all of them.

    Returns
    -------
    str or None
        The place of the last convolution, see `grids.last_convolution`, if every path from the
        input to the logits passes it and no attention follows. Else that of the last sum or
        concatenation of which the same holds and that has both rows and columns. None where there
        is neither.
    """
    passed, known = _passed(graph), places(graph)
    last = last_convolution(graph)
    if last is not None and graph.places[last] in passed:
        return last
    merges = [
        name
        for name, slot in graph.places.items()
        if name in known and slot in passed and None not in grids(graph)[slot]
    ]
    made = {slot: node for node in graph.nodes for slot in node.outputs}
    merges = [name for name in merges if _merges(made[graph.places[name]])]
    return merges[-1] if merges else None


def _passed(graph: Graph) -> set[Slot]:
    """Find the slots that every path from input to logits passes, with no attention after them.

    Nodes are computed in order. Where one slot alone is still needed, what comes later is made of
    it only; and since it is needed by all that comes later, there is no other way round it.
    """
    # what the matrix does not reach is no way round
    nodes = [node for node in graph.nodes if node not in still(graph)]
    left = Counter(slot for node in nodes for slot in node.inputs)
    needed, passed = {graph.input}, set[Slot]()
    for node in nodes:
        left.subtract(node.inputs)
        needed.update(slot for slot in node.outputs if left[slot] or slot is graph.logits)
        needed = {slot for slot in needed if left[slot] or slot is graph.logits}
        if _attends(node):
            passed.clear()
        if len(needed) == 1:
            passed |= needed
    return passed


def _attends(node: Node) -> bool:
    """Tell whether a node weighs cells by other cells: a product of two, or an attention layer."""
    operation = node.operation
    if layers.known(operation) in layers.PRODUCTS_OF_MATRICES and len(node.inputs) > 1:
        return True
    inner = parts(operation) if isinstance(operation, keras.Layer) else []
    return any(layers.is_attention(each) for each in inner)


def _merges(node: Node) -> bool:
    """Tell whether a node adds or joins several tensors."""
    joins = node.kind == "sum" or layers.known(node.operation) in ("Concatenate", "Stack")
    return joins and len(set(node.inputs)) > 1
