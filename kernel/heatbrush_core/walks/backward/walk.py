"""The backward walk: from the score to the input, with one rule for all nodes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from heatbrush_core.graph.graph import Graph, Node
from heatbrush_core.graph.linear import Tensor
from heatbrush_core.walks.forward import Tensors

Start = Literal["slope", "score", "positive score", "mean slope"]
BackwardRule = Callable[
    [Node, Sequence[Tensor], Sequence[Tensor], Sequence[Tensor]], Sequence[Tensor | None]
]
"""(node, its inputs, its outputs, relevance of its outputs) -> relevance of its inputs."""


@dataclass(frozen=True, eq=False)
class Scene:
    """What the rules of one backward walk see.

    Attributes
    ----------
    graph
        The model, batch normalisation folded if the walk wants it.
    tensors
        Every slot of it.
    arrays
        The numbers of the walk, by name.
    reference
        Every slot for the walk's reference input; empty where it has none.
    side
        (N, 1), the sign of the explained logit relative to a single output unit that speaks for
        two classes: -1 for class 0, whose logit is minus the unit, else 1. None for other heads.
    ledger
        Where rules write down, per node, four (N,) sums: the relevance that arrives, what is passed
        on, and what a bias and a stabiliser take of it.
    """

    graph: Graph
    tensors: Tensors
    arrays: Mapping[str, Tensor]
    reference: Tensors = field(default_factory=dict)
    side: Tensor | None = None
    ledger: dict[Node, tuple[Tensor, Tensor, Tensor, Tensor]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Walk:
    """A backward walk as it is asked for: its rule, and the numbers that the rule takes.

    Attributes
    ----------
    key
        Walks with the same key are the same; it is compiled once for each.
    rule
        Makes the rule of all nodes when the walk is traced.
    start
        The relevance of the logits: the slope of the explained score there, the slope times the
        logit ("score"; for the logit of a class that is the logit itself), what of it is positive,
        or the mean slope on the straight way from the reference's logits.
    folded
        Whether batch normalisation is folded into the linear node in front of it.
    numbers
        What the rule finds in the scene's arrays, by name.
    inputs
        (N, H, W, C) matrices beside the N that are explained; one of them may be "reference", which
        is walked forward too, and the others are found in the scene's arrays.
    """

    key: Hashable
    rule: Callable[[Scene], BackwardRule]
    start: Start = "slope"
    folded: bool = False
    numbers: Mapping[str, NDArray[np.floating] | float] = field(default_factory=dict)
    inputs: Mapping[str, NDArray[Any]] = field(default_factory=dict)


def backward(graph: Graph, tensors: Tensors, start: Tensor, rule: BackwardRule) -> Tensors:
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
