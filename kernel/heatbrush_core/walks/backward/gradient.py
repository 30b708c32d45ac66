"""Rules that need no numbers: how a node passes relevance, whatever it is, from outputs to inputs.

The gradient, and what deconvnet and guided backpropagation make of it at a rectifier.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import tensorflow as tf

from heatbrush_core.graph.graph import Node
from heatbrush_core.graph.layers import RELU_LIKE
from heatbrush_core.graph.linear import Tensor

Shares = Sequence[Tensor | None]
"""What each input of a node gets; None for nothing."""


def gradient(
    node: Node, inputs: Sequence[Tensor], outputs: Sequence[Tensor], relevances: Sequence[Tensor]
) -> Shares:
    """Apply the chain rule: the vector-Jacobian product of the node."""
    if node.activation == "dropout":
        # to call it again would draw again: what each cell was multiplied by shows in the outputs
        factors = tf.math.divide_no_nan(outputs[0], inputs[0])
        return [relevances[0] * factors, *[None] * (len(inputs) - 1)]
    return vjp(node.call, inputs, relevances)


def guided(
    node: Node, inputs: Sequence[Tensor], outputs: Sequence[Tensor], relevances: Sequence[Tensor]
) -> Shares:
    """Pass back through a rectifier only what is positive, and only where it was open.

    Source: Springenberg et al. (2015), arXiv:1412.6806, figure 1.
    """
    if node.activation in RELU_LIKE:
        relevances = [tf.nn.relu(relevance) for relevance in relevances]
    return gradient(node, inputs, outputs, relevances)


def deconvnet(
    node: Node, inputs: Sequence[Tensor], outputs: Sequence[Tensor], relevances: Sequence[Tensor]
) -> Shares:
    """Pass back through a rectifier what is positive, whether it was open or not.

    Source: Zeiler & Fergus (2014), section 2.1.
    """
    if node.activation in RELU_LIKE:
        return [tf.nn.relu(relevance) for relevance in relevances]
    return gradient(node, inputs, outputs, relevances)


def vjp(
    call: Callable[..., Sequence[Tensor]], inputs: Sequence[Tensor], seeds: Sequence[Tensor]
) -> Shares:
    """Make a vector-Jacobian product: `seeds`, one per result of `call`, times its Jacobian.

    None for an input that no result depends on, and for one that is no floating number.
    """
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        # copies, since a tape gives each of two equal inputs the gradient of both
        copies = [tf.identity(x) for x in inputs]
        tape.watch([x for x in copies if x.dtype.is_floating])
        results = call(*copies)
    pairs = [(y, r) for y, r in zip(results, seeds, strict=True) if y.dtype.is_floating]
    targets, given = [y for y, _ in pairs], [r for _, r in pairs]
    found: Shares = tape.gradient(targets, copies, output_gradients=given)
    return found
