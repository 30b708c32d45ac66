"""What the libraries compute where they depart: the formulas that show it.

They make the maps of the left-out entries from the reasons that `adapter` gives: for the sequential
models of `models` only, in float64, and without heatbrush.
"""

from functools import cache

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from random_models import double
from reference import innvestigate, models
from reference.adapter import RULES
from reference.variants import merged, plain

AVERAGES = layers.AveragePooling2D, layers.GlobalAveragePooling2D


@cache
def wide(name, variant=plain):
    with double():
        return variant(models.load(name, softmax=False))


def formula(entry):
    """Find the function (X, targets) -> maps of a left-out entry; None for what is random."""
    if entry.method == "smoothgrad":
        return None
    if entry.method.startswith("captum.DeepLift"):
        return lambda X, targets: deeplift(entry, X, targets)
    if entry.library == "iNNvestigate":
        return lambda X, targets: Innvestigate(entry).walk(wide(entry.model), X, targets)
    canonizer = entry.parameters.get("canonizer")
    name = "b_fold" if canonizer == "exact_fold" else entry.model
    model = wide(name, merged if canonizer == "MergeBatchNorm" else plain)
    return lambda X, targets: Zennit(entry).walk(model, X, targets)


def forward(model, X):
    """List (layer, x, y) for each layer, y after its own activation."""
    steps = []
    for layer in model.layers:
        steps.append((layer, X, layer(X)))
        X = steps[-1][2]
    return steps


def slopes(call, x, seed):
    """Multiply `seed` with the Jacobian of `call` at x."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = call(x)
    return tape.gradient(y, x, output_gradients=seed)


def onehot(logits, targets):
    return tf.one_hot(targets, logits.shape[-1], dtype=logits.dtype)


def bare(layer):
    """Take a layer as (x, w) -> y, its kernel, and its bias."""
    bias = layer.bias[...] if layer.use_bias else tf.zeros((), "float64")
    if isinstance(layer, layers.Dense):
        return tf.matmul, layer.kernel[...], bias
    return lambda x, w: tf.nn.conv2d(x, w, 1, layer.padding.upper()), layer.kernel[...], bias


def halves(x):
    return tf.nn.relu(x), -tf.nn.relu(-x)


class Walk:
    """Layer-wise relevance propagation of an entry, from the logit.

    A library's own say which `rule` a layer takes, how a denominator is made `stable`, which `half`
    of a bias goes with what excites and with what inhibits, and what `normalisation` does.
    """

    def __init__(self, entry):
        self.entry = entry

    def walk(self, model, X, targets):
        steps = forward(model, tf.constant(X, "float64"))
        relevance = steps[-1][2] * onehot(steps[-1][2], targets)
        for layer, x, y in reversed(steps):
            relevance = self.through(layer, x, y, relevance)
        return relevance.numpy()

    def through(self, layer, x, y, relevance):
        if innvestigate.kind(layer):
            return self.shared(self.rule(layer), x, *bare(layer), relevance)
        if isinstance(layer, layers.BatchNormalization):
            return self.normalisation(layer, x, y, relevance)
        if isinstance(layer, layers.Activation):
            return relevance
        if isinstance(layer, AVERAGES):
            return x * slopes(layer, x, relevance / self.stable(y))
        return slopes(layer, x, relevance)

    def shared(self, rule, x, apply, w, b, relevance):
        """Share among the inputs by a rule, for y = apply(x, w) + b."""
        (above, below), (up, down) = halves(x), halves(w)
        y = apply(x, w) + b
        b = b if rule.get("bias", rule["rule"] in ("z", "epsilon")) else tf.zeros_like(b)

        def part(terms, shift=0, stable=self.stable, share=1):
            s = share * relevance / stable(shift + sum(apply(*term) for term in terms))
            return sum(a * slopes(lambda u, k=k: apply(u, k), a, s) for a, k in terms)

        match rule["rule"]:
            case "z":
                return part([(x, w)], b)
            case "epsilon":
                return part([(x, w)], b, lambda z: aside(z, rule["epsilon"]))
            case "flat":
                return part([(tf.ones_like(x), tf.ones_like(w))])
            case "w_square":
                return part([(tf.ones_like(x), w * w)])
            case "z_bounded":
                low, high = (tf.ones_like(x) * rule[end] for end in ("low", "high"))
                return part([(x, w), (-low, up), (-high, down)])
            case "z_plus":
                return part([(above, up), (below, down)])
            case "z_plus_fast":
                return part([(x, up)])
            case "alpha_beta":
                excited = part([(above, up), (below, down)], self.half(b, 0))
                inhibited = part([(above, down), (below, up)], self.half(b, 1))
                return rule["alpha"] * excited - rule["beta"] * inhibited
            case "gamma":
                more, less = w + rule["gamma"] * up, w + rule["gamma"] * down
                fires = tf.cast(y > 0, y.dtype)
                found = part([(above, more), (below, less)], share=fires)
                return found + part([(above, less), (below, more)], share=1 - fires)
        raise ValueError(rule)


def aside(z, epsilon):
    """Move z away from 0, to its own side."""
    return z + tf.where(z >= 0, np.float64(epsilon), -np.float64(epsilon))


class Innvestigate(Walk):
    """With the whole bias in both halves of alpha-beta, and a stand-in for batch normalisation."""

    def __init__(self, entry):
        super().__init__(entry)
        self.plan = innvestigate.plan(entry.model, entry.method, entry.parameters)

    def rule(self, layer):
        return self.plan.of(layer)

    def stable(self, z):
        return tf.where(z == 0, np.float64(1e-7), z)

    def half(self, b, index):
        return b

    def normalisation(self, layer, x, y, relevance):
        mean, variance = layer.moving_mean[...], layer.moving_variance[...]
        gamma, beta = layer.gamma[...], layer.beta[...]
        if self.plan.normalisation == "exact":
            return relevance * x * (y - beta) / aside((x - mean) * y, 1e-7)
        spread = tf.sqrt(variance**2 + layer.epsilon)
        if self.entry.parameters.get("bn_layer_fuse_mode") != "two_linear":
            return self.affine(x, gamma / spread, beta - mean / spread, relevance)
        relevance = self.affine((x - mean) / spread, gamma, beta, relevance)
        return self.affine(x, 1 / spread, -mean / spread, relevance)

    def affine(self, x, k, c, relevance):
        """Share what k x + c has, by the rule of all layers or, in presets, by one of its own."""
        k = tf.ones_like(x) * k
        if self.plan.normalisation != "preset":
            return self.shared(self.plan.rule, x, tf.multiply, k, c, relevance)
        (above, _), (up, down), (b, d) = halves(x), halves(k), halves(c)
        excited = above * up / self.stable(above * up + b)
        inhibited = above * down / self.stable(above * down + d)
        return relevance * (2 * excited - inhibited)


class Zennit(Walk):
    """With 1e-6 in every denominator; batch normalisation passes relevance on."""

    def rule(self, layer):
        p = self.entry.parameters
        if "rule" in p:
            rule = RULES[p["rule"].removesuffix(",nobias")]
        else:  # EpsilonAlpha2Beta1
            convolution = innvestigate.kind(layer) == "conv"
            dense = innvestigate.epsilon(p.get("epsilon", 1e-6))
            rule = RULES["AlphaBeta(2,1)"] if convolution else dense
        return rule | {"bias": False}

    def stable(self, z):
        return aside(z, 1e-6)

    def half(self, b, index):
        return halves(b)[index]

    def normalisation(self, layer, x, y, relevance):
        return relevance


def deeplift(entry, X, targets):
    """Rescale with the slope at x for max pooling."""
    word = entry.parameters.get("baseline")
    starts = models.DIGITS[:8] if word is None else [models.DIGITS_MEAN if word == "mean" else 0.0]
    return np.mean([rescaled(wide(entry.model), X, start, targets) for start in starts], axis=0)


def rescaled(model, X, start, targets):
    X = tf.constant(X, "float64")
    start = tf.zeros_like(X) + start
    steps, before = forward(model, X), forward(model, start)
    multiplier = onehot(steps[-1][2], targets)
    for (layer, x, y), (_, x0, y0) in zip(reversed(steps), reversed(before), strict=True):
        if isinstance(layer, layers.Activation):
            multiplier = multiplier * secant(x, y, x0, y0)
        elif innvestigate.kind(layer):
            apply, w, b = bare(layer)
            if layer.activation is not keras.activations.linear:
                multiplier = multiplier * secant(apply(x, w) + b, y, apply(x0, w) + b, y0)
            multiplier = slopes(lambda u, a=apply, w=w: a(u, w), x, multiplier)
        else:
            multiplier = slopes(layer, x, multiplier)
    return (multiplier * (X - start)).numpy()


def secant(x, y, x0, y0):
    return tf.where(abs(x - x0) < 1e-10, tf.cast(x > 0, x.dtype), (y - y0) / (x - x0))
