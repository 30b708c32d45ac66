"""How one node passes relevance from its outputs to its inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import tensorflow as tf

from heatbrush_core.graph import Node
from heatbrush_core.layers import Tensor

Rule = Callable[
    [Node, Sequence[Tensor], Sequence[Tensor], Sequence[Tensor]], Sequence[Tensor | None]
]
"""(node, its inputs, its outputs, relevance of its outputs) -> relevance of its inputs."""


def gradient(
    node: Node, inputs: Sequence[Tensor], outputs: Sequence[Tensor], relevances: Sequence[Tensor]
) -> Sequence[Tensor | None]:
    """Apply the chain rule: the vector-Jacobian product of the node."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        # copies, since a tape gives each of two equal inputs the gradient of both
        copies = [tf.identity(x) for x in inputs]
        tape.watch([x for x in copies if x.dtype.is_floating])
        results = node.call(*copies)
    pairs = [(y, r) for y, r in zip(results, relevances, strict=True) if y.dtype.is_floating]
    targets, seeds = [y for y, _ in pairs], [r for _, r in pairs]
    return tape.gradient(targets, copies, output_gradients=seeds)
