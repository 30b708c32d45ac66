"""Patterns: how the input of a linear unit moves with its output, fitted on typical matrices.

A unit y = w x + b finds a signal in x, and is blind to what adds nothing to w x. Its pattern a
tells what that signal looks like in x:

    a = c / (w c)        c = E+[x y] - E+[x] E[y]

E is the mean over all matrices and positions, E+ that over those where the unit is active: where y
is positive for the estimator "relu"; all for "linear", which makes it cov(x, y) / var(y). Always
w a = 1, and b does not matter for c. Two units use the linear estimator whatever was asked: one
that no rectifier follows and that is never positive, and the only unit of a one-unit model. Their
negative y count as well.

The sums need no patches of x: for y = apply(x, kernel), the sum of x times one number per output is
the vector-Jacobian product of apply with respect to the kernel. Padded zeros are cells like others.

Source: Kindermans et al. (2018), arXiv:1705.05598, section 4, for one unit; Haufe et al. (2014),
doi:10.1016/j.neuroimage.2013.10.067, for linear models.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from heatbrush_core.graph.graph import Graph, Node, Slot
from heatbrush_core.graph.layers import RELU_LIKE
from heatbrush_core.graph.linear import Linear, Tensor
from heatbrush_core.walks.backward.gradient import gradient, vjp
from heatbrush_core.walks.backward.pattern_fits import LINEAR, Estimator, Fit, Key, Moments, Use
from heatbrush_core.walks.backward.walk import BackwardRule, Scene
from heatbrush_core.walks.forward import Tensors

WIDE = "float64"
NOISE = 1e-6  # of the sizes that make up y: a unit that varies by less shows rounding only
FEW = 10  # values that a pattern should at least rest on
FREE = "were never positive on the background, and learnt from all of it"
IDLE = "were never active on the background, or never varied, and pass nothing back"
THIN = f"learnt from fewer than {FEW} values of the background"


def moments(graph: Graph, tensors: Tensors, estimator: Estimator) -> dict[Key, list[Tensor]]:
    """Sum up over a batch, for each linear node, the fields of `Moments`.

    Nodes without a rectifier behind them have those of the estimator "linear" as well.
    """
    ungated = _ungated(graph)
    return {
        (node.name, each): _moments(node, tensors, each)
        for node in _linear(graph)
        for each in ({estimator, LINEAR} if node.outputs[0] in ungated else {estimator})
    }


def _moments(node: Node, tensors: Tensors, estimator: Estimator) -> list[Tensor]:
    map, kernel = _whole(node), _whole(node).kernel()
    x, y = tensors[node.inputs[0]], tensors[node.outputs[0]]
    active = tf.cast(y > 0, y.dtype) if estimator == "relu" else tf.ones_like(y)

    def summed(numbers: Tensor) -> Tensor:
        found = vjp(lambda k: (map.apply(x, k),), [kernel], [numbers])[0]
        return tf.cast(found, WIDE)

    axes = [axis for axis in range(len(y.shape)) if axis != map.axis]
    total, often, count = (
        tf.reduce_sum(tf.cast(numbers, WIDE), axes) for numbers in (y, active, tf.ones_like(y))
    )
    # y less its mean keeps the sums of a batch small, and so exact in the walk's own precision
    centre = tf.cast(total / count, y.dtype)
    shape = [-1 if axis == map.axis else 1 for axis in range(len(y.shape))]
    x_sum = summed(active)
    rest = summed(active * (y - tf.reshape(centre, shape)))
    return [rest + map.stretch(x_sum, tf.cast(centre, WIDE)), x_sum, often, total, count]


def fit(
    graph: Graph,
    sums: Mapping[Key, Moments],
    estimator: Estimator,
    background: NDArray[Any],
    weights: Hashable,
) -> Fit:
    """Make patterns of the sums over all typical matrices."""
    found, free, idle, thin = {}, {}, {}, {}
    for node in _linear(graph):
        map, name = _whole(node), node.name
        only = node.outputs[0] is graph.logits and graph.logits.shape[-1] == 1
        first = sums[name, LINEAR if only else estimator]
        found[name], idle[name] = _pattern(map, first)
        often = first.active
        never = often == 0
        if never.any() and (name, LINEAR) in sums:
            often = np.where(never, sums[name, LINEAR].active, often)
            others, still = _pattern(map, sums[name, LINEAR])
            found[name] += np.asarray(map.stretch(others, never.astype(WIDE)))  # zeros so far
            idle[name] = np.where(never, still, idle[name])
            free[name] = never & ~still
        thin[name] = ~idle[name] & (often < FEW)
    notes = _note(free, FREE) + _note(idle, IDLE) + _note(thin, THIN)
    return Fit(found, notes, background, weights)


def _pattern(map: Linear, sums: Moments) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Make the patterns of one node, and tell which of its units have none."""

    def times(kernel: Tensor, factor: NDArray[np.float64]) -> Tensor:
        return map.stretch(tf.constant(kernel), tf.constant(factor))

    def dot(one: Tensor, other: Tensor) -> NDArray[np.float64]:
        # summed per unit: the slope of a stretched kernel along its factors, whatever its layout
        ones = tf.ones_like(sums.active)
        return np.asarray(vjp(lambda f: (map.stretch(one, f),), [ones], [other])[0])

    # E+[x] and c of the module's first lines
    share = 1 / np.maximum(sums.active, 1)
    mean_x = times(sums.x, share)
    c = times(sums.xy, share) - times(mean_x, sums.y / sums.count)
    w = tf.cast(map.kernel(), WIDE)
    # w c, and how large what y adds up is: a variance below its rounding is none
    variance, sizes = dot(w, c), dot(tf.abs(w), tf.abs(mean_x))
    idle = np.abs(variance) <= (NOISE * sizes) ** 2
    return times(c, np.where(idle, 0, 1 / np.where(idle, 1, variance))).numpy(), idle


def rule(scene: Scene, use: Use) -> BackwardRule:
    """Take the gradient, with patterns in the place of kernels.

    For "signal" a kernel is replaced by its pattern a, for "attribution" by w a. An affine map of
    each cell is a unit of one input, whose pattern is 1 / w whatever the data, so that it does not
    matter whether a scale stands in front of a layer or inside it.

    One unit y that speaks for two classes has -y and the pattern -a for class 0, so that the signal
    is the same for both.
    """

    def back(
        node: Node,
        inputs: Sequence[Tensor],
        outputs: Sequence[Tensor],
        relevances: Sequence[Tensor],
    ) -> Sequence[Tensor | None]:
        if use == "signal" and scene.side is not None and node.outputs[0] is scene.graph.logits:
            relevances = [relevances[0] * scene.side]
        if node.kind == "linear":
            map, kernel = _whole(node), scene.arrays[node.name]
            kernel = kernel if use == "signal" else kernel * map.kernel()
            return vjp(lambda x: (map.apply(x, kernel),), inputs, relevances)
        if node.kind != "affine":
            return gradient(node, inputs, outputs, relevances)
        (scale,) = gradient(node, inputs, outputs, [tf.ones_like(outputs[0])])
        if scale is None:
            return [None]
        passed = relevances[0] if use == "signal" else relevances[0] * scale
        return [tf.math.divide_no_nan(passed, scale)]

    return back


def _linear(graph: Graph) -> list[Node]:
    return [node for node in graph.nodes if node.kind == "linear"]


def _whole(node: Node) -> Linear:
    """Take a node's map with one kernel, as only that has one pattern per unit."""
    assert isinstance(node.map, Linear)
    return node.map.whole()


def _ungated(graph: Graph) -> set[Slot]:
    """Find the slots that something else than a rectifier sees."""
    others = (node for node in graph.nodes if node.activation not in RELU_LIKE)
    return {graph.logits, *(slot for node in others for slot in node.inputs)}


def _note(units: Mapping[str, NDArray[np.bool_]], what: str) -> tuple[str, ...]:
    """Say of some units, by layer, what is the matter with them; nothing where there are none."""
    named = [f"{each.sum()} of {len(each)} of {name}" for name, each in units.items() if each.any()]
    if not named:
        return ()
    more = f" and more in {len(named) - 5} other layers" if len(named) > 5 else ""
    return (f"Some units {what}: {', '.join(named[:5])}{more}.",)
