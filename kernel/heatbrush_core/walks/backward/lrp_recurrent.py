"""Relevance through a recurrent layer: the signal of a product takes all, its gate nothing.

What a layer does in a step is made of sums, activations, and products of a signal with a gate. A
sum shares by the epsilon rule, an activation passes its relevance on, a gate takes none. All that
is linear in relevance divided by the number that it is of, with the slopes below; so it is the
gradient of the same steps with these slopes, through all of them.

Source: Arras, Montavon, Mueller & Samek (2017), arXiv:1706.07206, section 3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import tensorflow as tf

from heatbrush_core.graph.linear import Tensor
from heatbrush_core.graph.recurrent import Parts, Recurrence
from heatbrush_core.walks.backward.gradient import Shares, vjp
from heatbrush_core.walks.backward.ledger import Taken, summed
from heatbrush_core.walks.backward.lrp_rules import stabilised


def recurrent(
    map: Recurrence,
    inputs: Sequence[Tensor],
    y: Tensor,
    relevance: Tensor,
    taken: Taken,
    epsilon: Tensor | None,
) -> Shares:
    """Share the relevance of a recurrent layer's output among the cells of its steps.

    Biases keep what they add, and so does epsilon.
    """
    parts = Parts(
        summed=lambda z: _with_slope(z, z, z / stabilised(z, epsilon)),
        bent=lambda function, z: _bent(function, z),
        gate=tf.stop_gradient,
    )
    x, mask = inputs[0], inputs[1] if len(inputs) > 1 else None
    (found,) = vjp(lambda u: (map(u, mask, parts),), [x], [relevance / stabilised(y)])
    share = x * found
    taken.bias += taken.arrived - summed(share)
    return [share, *[None] * (len(inputs) - 1)]


def _bent(function: Callable[[Tensor], Tensor], z: Tensor) -> Tensor:
    """Pass all that arrives at f(z) on to z: the slope of the straight line from 0."""
    y = function(z)
    return _with_slope(z, y, y / stabilised(z))


def _with_slope(z: Tensor, y: Tensor, slope: Tensor) -> Tensor:
    """Take y for its value, and a slope of its own towards z."""
    slope = tf.stop_gradient(slope)
    return tf.stop_gradient(y - slope * z) + slope * z
