"""DeepLIFT's rescale rule: how a node passes back the difference from a reference.

A walk carries multipliers. A tensor's multiplier times its difference from the reference, summed
over its cells, is the difference of the explained score; every rule here keeps that sum through a
node. Where a node is no function of one cell, the rule is the secant that suits its form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import tensorflow as tf

from heatbrush_core.graph.graph import Node
from heatbrush_core.graph.layers import known
from heatbrush_core.graph.linear import Tensor
from heatbrush_core.graph.normalizations import Normalization
from heatbrush_core.walks.backward.gradient import Shares, gradient, vjp
from heatbrush_core.walks.backward.walk import Scene

Treatment = Literal[
    "linear",
    "rescale",
    "rescale at both maxima",
    "half of pattern and spread",
    "half of each order",
    "mean slope on the way",
]
LINEAR = ("linear", "affine", "mean", "sum", "structure")
JOINT = ("softmax", "log_softmax", "sparsemax", "glu", "custom")
"""Activations that look at several cells at a time, or may do so."""
MINIMA = ("Min", "Amin", "Minimum", "Fmin")
POINTS = 16
"""Where the slopes are taken on the way from the reference, for a node without a closed form."""


def treatment(node: Node) -> Treatment:
    """Say how the rescale rule treats a node."""
    if node.kind in LINEAR:
        return "linear"
    if by_cell(node):
        return "rescale"
    if node.kind in ("max", "maximum"):
        return "rescale at both maxima"
    if isinstance(node.map, Normalization):
        return "half of pattern and spread"
    return "half of each order" if node.kind == "product" else "mean slope on the way"


def by_cell(node: Node) -> bool:
    """Tell whether a node is one function for each cell."""
    return node.kind == "activation" and node.activation not in JOINT


@dataclass(frozen=True)
class Difference:
    """A node at the input and at the reference.

    Attributes
    ----------
    node
        What is passed.
    x, y
        Its inputs and its outputs.
    x0, y0
        Those of the reference.
    """

    node: Node
    x: Sequence[Tensor]
    y: Sequence[Tensor]
    x0: Sequence[Tensor]
    y0: Sequence[Tensor]


@dataclass(eq=False)
class Rescale:
    """The rule of all nodes in one walk.

    Source: Shrikumar, Greenside & Kundaje (2017), arXiv:1704.02685, sections 3.5.1 and 3.5.2, for
    linear nodes and for functions of each cell; the others as their functions here tell.
    """

    scene: Scene

    def __call__(
        self,
        node: Node,
        inputs: Sequence[Tensor],
        outputs: Sequence[Tensor],
        multipliers: Sequence[Tensor],
    ) -> Shares:
        """Make the multipliers of a node's inputs from those of its outputs."""
        how = treatment(node)
        if how == "linear":
            return gradient(node, inputs, outputs, multipliers)
        difference = self.difference(node, inputs, outputs)
        if how == "rescale":
            return secant(difference, multipliers[0])
        if how == "rescale at both maxima":
            return winners(difference, multipliers[0])
        if how == "half of pattern and spread":
            return normalised(difference, multipliers[0])
        return averaged(difference, multipliers)

    def difference(
        self, node: Node, inputs: Sequence[Tensor], outputs: Sequence[Tensor]
    ) -> Difference:
        """Put a node's tensors beside those of the reference."""
        reference = self.scene.reference
        before, after = ([reference[s] for s in slots] for slots in (node.inputs, node.outputs))
        return Difference(node, inputs, outputs, before, after)


def secant(at: Difference, multiplier: Tensor) -> Shares:
    """Multiply with (y - y0) / (x - x0), or with the slope where there is no difference."""
    (slope,) = vjp(at.node.call, at.x, [multiplier])
    change = at.x[0] - at.x0[0]
    ratio = (at.y[0] - at.y0[0]) / change
    # a step, such as a rounding, has no slope
    slope = tf.zeros_like(change) if slope is None else slope
    return [tf.where(vanishes(change), slope, multiplier * ratio)]


def winners(at: Difference, multiplier: Tensor) -> Shares:
    """Share the change of a maximum between the winner at x and the winner at the reference.

    y - y0 is split at max(y, y0): the rise goes to the winner at x, the fall to the winner at the
    reference. Each has itself changed as much or more, so no ratio is above 1. A minimum is the
    same upside down.

    Source: captum's `DeepLift`, its rule for max pooling.
    """
    call = at.node.call
    further = tf.minimum if known(at.node.operation) in MINIMA else tf.maximum
    turn = further(at.y[0], at.y0[0])
    slopes = vjp(call, at.x, [multiplier])
    # the slope of a maximum is 1 for its winner and 0 for all others
    rises = vjp(call, at.x, [multiplier * (turn - at.y0[0])])
    falls = vjp(call, at.x0, [multiplier * (at.y[0] - turn)])
    shares = []
    for x, x0, slope, rise, fall in zip(at.x, at.x0, slopes, rises, falls, strict=True):
        change = x - x0
        shares.append(tf.where(vanishes(change), slope, tf.add(rise, fall) / change))
    return shares


def normalised(at: Difference, multiplier: Tensor) -> Shares:
    """Take what is normalised as a product, pattern times spread, and give half to each order.

    With the pattern z, which is the output before scale and shift, the spread s, and u = z s, what
    was centred:

        u - u0 = (z - z0) (s + s0) / 2 + (z + z0) / 2 (s - s0)

    s - s0 is (s^2 - s0^2) / (s + s0). Solved for z - z0 it is exact, and never divides by a spread
    that is small at one end only:

        z - z0 = 2 (u - u0) / (s + s0) - (z + z0) (s^2 - s0^2) / (s + s0)^2
    """
    map, x, x0 = at.node.map, at.x[0], at.x0[0]
    assert isinstance(map, Normalization)
    held, spread = map.frozen(x), map.spread(x)
    spreads = spread + map.spread(x0)
    # the first term: `held` divides u by s, which is made up for
    (of_pattern,) = vjp(lambda v: (held(v),), [x], [multiplier * 2 * spread / spreads])
    # the second term; what normalising makes of zeros is the shift
    shift = held(tf.zeros_like(x))
    patterns = (at.y[0] - shift) + (at.y0[0] - shift)
    # s^2 is quadratic in x, so that its slope half way is that of the whole way
    (of_spread,) = vjp(
        lambda v: (map.spread(v) ** 2,), [(x + x0) / 2], [-multiplier * patterns / spreads**2]
    )
    return [tf.add(of_pattern, of_spread)]


def averaged(at: Difference, multipliers: Sequence[Tensor]) -> Shares:
    """Average the Jacobian on the straight way from the reference, by Gauss-Legendre quadrature.

    For a product of two that is half of each order, (b + b0) / 2 and (a + a0) / 2; for one function
    of each cell it is the secant. What a finite number of points misses is put on the inputs, in
    proportion to the size of what was found for each.

    Source: Aumann & Shapley (1974); on a whole network it is Sundararajan, Taly & Yan (2017).
    """
    # the slope of a product of n is a polynomial of degree n - 1: so many points are exact for it
    exact = (len(at.x) + 1) // 2
    count = exact if at.node.kind == "product" else POINTS
    points, weights = np.polynomial.legendre.leggauss(count)
    shares = [(1 + point) / 2 for point in points]  # of the way, from -1..1 to 0..1

    def on_the_way(x: Tensor, x0: Tensor) -> list[Tensor]:
        """(N, ...) twice -> (N, ...) at each point."""
        moves = x.dtype.is_floating
        return [x0 + share * (x - x0) if moves else x for share in shares]

    inputs = [on_the_way(x, x0) for x, x0 in zip(at.x, at.x0, strict=True)]
    seeds = [[tf.cast(w / 2, m.dtype) * m for w in weights] for m in multipliers]
    return _completed(at, multipliers, _summed(at.node.call, inputs, seeds))


def _summed(
    call: Callable[..., Sequence[Tensor]],
    inputs: Sequence[list[Tensor]],
    seeds: Sequence[list[Tensor]],
) -> Shares:
    """Sum vector-Jacobian products over points: in one batch, or one by one where N is fixed to 1.

    `inputs` and `seeds` hold (N, ...) for each point.
    """
    if inputs[0][0].shape[0] == 1:
        points = zip(zip(*inputs, strict=True), zip(*seeds, strict=True), strict=True)
        each = [vjp(call, x, m) for x, m in points]
        return [None if at[0] is None else tf.add_n(at) for at in zip(*each, strict=True)]
    found = vjp(call, [tf.concat(x, 0) for x in inputs], [tf.concat(m, 0) for m in seeds])
    count = len(inputs[0])
    return [None if at is None else tf.add_n(tf.split(at, count)) for at in found]


def _completed(at: Difference, multipliers: Sequence[Tensor], means: Shares) -> Shares:
    """Put what is missing of the change of the outputs on the inputs."""
    outputs = zip(multipliers, at.y, at.y0, strict=True)
    wanted = [m * (y - y0) for m, y, y0 in outputs if y.dtype.is_floating]
    inputs = [*zip(means, at.x, at.x0, strict=True)]
    found = [mean * (x - x0) for mean, x, x0 in inputs if mean is not None]
    if not found:
        return means
    missing = _sums(wanted) - _sums(found)
    factor = tf.math.divide_no_nan(missing, _sums(map(tf.abs, found)))

    def more(mean: Tensor, x: Tensor, x0: Tensor) -> Tensor:
        each = tf.reshape(factor, (-1, *[1] * (len(x.shape) - 1)))
        return each * tf.abs(mean) * tf.sign(x - x0)

    return [None if mean is None else mean + more(mean, x, x0) for mean, x, x0 in inputs]


def _sums(parts: Iterable[Tensor]) -> Tensor:
    """(N, ...) tensors -> (N,) what all their cells sum to."""
    return tf.add_n([tf.reduce_sum(part, range(1, len(part.shape))) for part in parts])


def vanishes(change: Tensor, beside: Tensor | None = None) -> Tensor:
    """Tell where a difference is too small to be divided by, in its precision."""
    least = 1e-6 if change.dtype == tf.float32 else 1e-10
    return tf.abs(change) < (least if beside is None else least * tf.maximum(beside, 1))
