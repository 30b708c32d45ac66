"""DeepLIFT's rescale rule: how a node passes back the difference from a reference.

A walk carries multipliers. A tensor's multiplier times its difference from the reference, summed
over its cells, is the difference of the explained score; every rule here keeps that sum through a
node. Where a node is no function of one cell, the rule is the secant that suits its form.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import tensorflow as tf

from heatbrush_core.graph.graph import Node
from heatbrush_core.graph.layers import known
from heatbrush_core.graph.linear import Tensor
from heatbrush_core.graph.normalizations import Normalization
from heatbrush_core.walks.backward import gradient as rules
from heatbrush_core.walks.backward.gradient import Shares
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
class Step:
    """What goes into a node and comes out; x0 and y0 are those of the reference."""

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
            return rules.gradient(node, inputs, outputs, multipliers)
        step = self.step(node, inputs, outputs)
        if how == "rescale":
            return secant(step, multipliers[0])
        if how == "rescale at both maxima":
            return winners(step, multipliers[0])
        if how == "half of pattern and spread":
            return normalised(step, multipliers[0])
        return averaged(step, multipliers)

    def step(self, node: Node, inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> Step:
        """Put a node's tensors beside those of the reference."""
        reference = self.scene.reference
        before, after = ([reference[s] for s in slots] for slots in (node.inputs, node.outputs))
        return Step(node, inputs, outputs, before, after)


def secant(step: Step, multiplier: Tensor) -> Shares:
    """Multiply with (y - y0) / (x - x0), or with the slope where there is no difference."""
    (slope,) = rules.slopes(step.node.call, step.x, [multiplier])
    change = step.x[0] - step.x0[0]
    ratio = (step.y[0] - step.y0[0]) / change
    # a step, such as a rounding, has no slope
    slope = tf.zeros_like(change) if slope is None else slope
    return [tf.where(vanishes(change), slope, multiplier * ratio)]


def winners(step: Step, multiplier: Tensor) -> Shares:
    """Share the change of a maximum between the winner at x and the winner at the reference.

    From y0 up to max(y, y0) it is that of the winner at x, from there down to y that of the winner
    at the reference. Each has itself changed as much or more, so no ratio is above 1. A minimum is
    the same upside down.

    Source: captum's `DeepLift`, its rule for max pooling.
    """
    call = step.node.call
    further = tf.minimum if known(step.node.operation) in MINIMA else tf.maximum
    turn = further(step.y[0], step.y0[0])
    slopes = rules.slopes(call, step.x, [multiplier])
    now = rules.slopes(call, step.x, [multiplier * (turn - step.y0[0])])
    before = rules.slopes(call, step.x0, [multiplier * (step.y[0] - turn)])
    shares = []
    for x, x0, slope, a, b in zip(step.x, step.x0, slopes, now, before, strict=True):
        change = x - x0
        shares.append(tf.where(vanishes(change), slope, tf.add(a, b) / change))
    return shares


def normalised(step: Step, multiplier: Tensor) -> Shares:
    """Take what is normalised as a product, pattern times spread, and give half to each order.

    With the pattern z, which is the output before scale and centre, and the spread s, that is
    u - u0 = (z - z0) (s + s0) / 2 + (z + z0) / 2 (s - s0). Solved for z - z0 it is exact, and never
    divides by a spread that is small at one end only. s - s0 is (s^2 - s0^2) / (s + s0); s^2 is
    quadratic, so that its slope half way is exact too.
    """
    map, x, x0 = step.node.map, step.x[0], step.x0[0]
    assert isinstance(map, Normalization)
    held, spread = map.frozen(x), map.spread(x)
    both = spread + map.spread(x0)
    (own,) = rules.slopes(lambda u: (held(u),), [x], [multiplier * 2 * spread / both])
    centre = held(tf.zeros_like(x))
    patterns = (step.y[0] - centre) + (step.y0[0] - centre)
    (shared,) = rules.slopes(
        lambda u: (map.spread(u) ** 2,), [(x + x0) / 2], [-multiplier * patterns / both**2]
    )
    return [tf.add(own, shared)]


def averaged(step: Step, multipliers: Sequence[Tensor]) -> Shares:
    """Average the Jacobian on the straight way from the reference, by Gauss-Legendre quadrature.

    For a product of two that is half of each order, (b + b0) / 2 and (a + a0) / 2; for one function
    of each cell it is the secant. What a finite number of points misses is put on the inputs, in
    proportion to the size of what was found for each.

    Source: Aumann & Shapley (1974); on a whole network it is Sundararajan, Taly & Yan (2017).
    """
    exact = (len(step.x) + 1) // 2  # for a product of so many
    count = exact if step.node.kind == "product" else POINTS
    points, weights = np.polynomial.legendre.leggauss(count)

    def way(x: Tensor, x0: Tensor) -> Tensor:
        """(N, ...) twice -> (count * N, ...)."""
        moves = x.dtype.is_floating
        return tf.concat([x0 + (1 + p) / 2 * (x - x0) if moves else x for p in points], 0)

    seeds = [tf.concat([tf.cast(w / 2, m.dtype) * m for w in weights], 0) for m in multipliers]
    found = rules.slopes(step.node.call, [*map(way, step.x, step.x0)], seeds)
    means = [None if each is None else tf.add_n(tf.split(each, count)) for each in found]
    return _completed(step, multipliers, means)


def _completed(step: Step, multipliers: Sequence[Tensor], means: Shares) -> Shares:
    """Put what is missing of the change of the outputs on the inputs."""
    outputs = zip(multipliers, step.y, step.y0, strict=True)
    wanted = [m * (y - y0) for m, y, y0 in outputs if y.dtype.is_floating]
    inputs = [*zip(means, step.x, step.x0, strict=True)]
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
