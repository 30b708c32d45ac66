"""Deconvnet and guided backpropagation: rectifiers in every form, and what is none."""

import numpy as np
import pytest
import tensorflow as tf
from architectures import build, conv, recurrent, top
from keras import layers, ops

from heatbrush_core import Explainer

X = np.random.default_rng(3).normal(size=(3, 8, 8, 1)).astype("float32")
METHODS = ["deconvnet", "guided_backprop"]
RELUS = {
    "fused": lambda x: conv(x, activation="relu"),
    "activation": lambda x: layers.Activation("relu")(conv(x, activation=None)),
    "layer": lambda x: layers.ReLU()(conv(x, activation=None)),
    "operation": lambda x: ops.relu(conv(x, activation=None)),
    "maximum": lambda x: ops.maximum(conv(x, activation=None), 0),
    "maximum of 0": lambda x: ops.maximum(0.0, conv(x, activation=None)),
}
RECTIFIERS = {
    **{name: (body, tf.nn.relu) for name, body in RELUS.items()},
    "relu6": (lambda x: conv(x, activation="relu6"), tf.nn.relu6),
    "ceiling": (
        lambda x: layers.ReLU(max_value=0.5)(conv(x, activation=None)),
        lambda x: tf.clip_by_value(x, 0, 0.5),
    ),
    "threshold": (
        lambda x: layers.ReLU(threshold=0.3)(conv(x, activation=None)),
        lambda x: tf.where(x > 0.3, x, 0),
    ),
    "slope": (
        lambda x: layers.ReLU(negative_slope=0.1)(conv(x, activation=None)),
        lambda x: tf.nn.leaky_relu(x, 0.1),
    ),
    "leaky": (
        lambda x: conv(x, activation=layers.LeakyReLU(negative_slope=0.3)),
        lambda x: tf.nn.leaky_relu(x, 0.3),
    ),
    "leaky operation": (
        lambda x: ops.leaky_relu(conv(x, activation=None), 0.2),
        lambda x: tf.nn.leaky_relu(x, 0.2),
    ),
}


def replaced(function, method):
    """A function with the same values, whose gradient is that of the method."""

    @tf.custom_gradient
    def rectified(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = function(x)
        slope = tape.gradient(y, x)

        def back(relevance):
            positive = tf.maximum(relevance, 0)
            return positive * slope if method == "guided_backprop" else positive

        return y, back

    return rectified


def tower(rectified):
    return lambda x: top(layers.MaxPooling2D()(rectified(rectified(x))), activation=None)


@pytest.mark.parametrize("name", RECTIFIERS)
def test_a_rectifier_in_every_form(name):
    """The gradient of a model whose rectifiers have another gradient is the method's map."""
    body, function = RECTIFIERS[name]
    explainer = Explainer(build(tower(body)))
    for method in METHODS:
        other = replaced(function, method)
        twin = build(tower(lambda x, f=other: layers.Lambda(f)(conv(x, activation=None))))
        x = tf.constant(X)
        with tf.GradientTape() as tape:
            tape.watch(x)
            score = tf.reduce_sum(twin(x)[:, 1])
        expected = np.asarray(tape.gradient(score, x))
        assert np.abs(expected).max() > 0
        for explanation, map in zip(explainer.explain_batch(X, method, 1), expected, strict=True):
            np.testing.assert_allclose(explanation.values, map, atol=1e-5 * np.abs(expected).max())
            assert explanation.notes == ()


@pytest.mark.parametrize("method", METHODS)
def test_by_hand(method):
    """Two rectifiers, one open: x1 = 1 and x2 = -1 enter relu, with slopes 2 and 3 behind them."""

    def body(x):
        return ops.sum(ops.relu(x) * np.array([[2.0, 3.0, -4.0]], "float32")[..., None], (1, 2))

    explanation = Explainer(build(body, (1, 3, 1))).explain([[1.0, -1.0, 1.0]], method)
    expected = [[2, 3, 0]] if method == "deconvnet" else [[2, 0, 0]]
    np.testing.assert_array_equal(explanation.map, expected)


@pytest.mark.parametrize("method", METHODS)
def test_other_activations_pass_their_gradient_and_are_named(method):
    def body(x):
        y = layers.PReLU()(conv(x, activation="gelu"))
        return top(layers.Activation(lambda v: v * v, name="squared")(y))

    explainer = Explainer(build(body))
    found, plain = (explainer.explain(X[0], each, 1) for each in (method, "gradient"))
    np.testing.assert_allclose(found.values, plain.values, atol=1e-7)
    assert found.notes == (
        "The model has no rectifier (ReLU, ReLU6 or LeakyReLU), so that this is its gradient.",
        "gelu, prelu, squared are no rectifiers and pass their gradient.",
    )


def test_a_node_that_no_rule_knows_is_named():
    (_, note) = Explainer(build(recurrent)).explain(X[0], "guided_backprop").notes
    assert note.startswith("bidirectional") and note.endswith(
        "are no rectifiers and pass their gradient."
    )


@pytest.mark.parametrize("method", METHODS)
def test_on_a_linear_model_the_map_is_its_weights(method):
    model = build(lambda x: top(x, activation="softmax"))
    weights = np.asarray(model.layers[-1].kernel)
    explanation = Explainer(model).explain(X[0], method, 2)
    np.testing.assert_allclose(explanation.values.ravel(), weights[:, 2], rtol=1e-6)
    assert explanation.notes[0].startswith("The model has no rectifier")


@pytest.mark.parametrize("method", METHODS)
def test_the_start_is_1_whatever_the_score(method):
    model = build(lambda x: top(conv(x), activation=None))
    explainer = Explainer(model)
    before = explainer.explain(X[0], method, 0)
    model.layers[-1].bias.assign_sub([100.0, 0, 0])
    after = explainer.explain(X[0], method, 0)
    assert before.score - after.score == pytest.approx(100, rel=1e-4)
    np.testing.assert_array_equal(after.values, before.values)
