"""The backward walk is the gradient of the model, whatever the model is made of."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from architectures import BODIES, build, channels_first, conv, top, traced
from keras import layers

from heatbrush_core.walks.backward.gradient import gradient
from heatbrush_core.walks.backward.walk import backward
from heatbrush_core.walks.forward import forward

X = np.random.default_rng(2).normal(size=(2, 8, 8, 1)).astype("float32")


def walked(graph, weights, rule=gradient):
    tensors = forward(graph, tf.constant(X))
    start = tf.zeros_like(tensors[graph.logits]) + weights
    return backward(graph, tensors, start, rule)


def assert_is_gradient(model):
    graph = traced(model)
    weights = np.linspace(-1, 1, graph.logits.shape[1]).astype("float32")  # sum 0: nothing shared
    weights = weights if len(weights) > 1 else np.ones(1, "float32")
    x = tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = model(x, training=False)
        if graph.head is not None:
            y = tf.math.log(y) if graph.head.activation == "softmax" else tf.math.log(y / (1 - y))
        score = tf.reduce_sum(y * weights)
    truth = np.asarray(tape.gradient(score, x))
    found = np.asarray(walked(graph, weights)[graph.input])
    assert np.abs(truth).max() > 0
    np.testing.assert_allclose(found, truth, rtol=0, atol=1e-5 * np.abs(truth).max())


@pytest.mark.parametrize("body", [*BODIES, channels_first])
def test_gradient_is_that_of_a_tape(body):
    assert_is_gradient(build(body))


def test_a_rule_sees_every_node_once_with_its_tensors():
    graph = traced(build(lambda x: top(conv(x))))
    seen = []

    def rule(node, inputs, outputs, relevances):
        seen.append(node)
        assert [x.shape for x in outputs] == [r.shape for r in relevances]
        assert len(inputs) == len(node.inputs)
        return gradient(node, inputs, outputs, relevances)

    walked(graph, [1.0, 0.0, 0.0], rule)
    assert seen == list(reversed(graph.nodes))


def test_relevance_is_summed_over_the_users_of_a_tensor():
    """A rule that shares out conserves the sum, also where a node takes one tensor twice."""
    model = build(lambda x: top(layers.Add()([(y := conv(x)), y, layers.Add()([y, y])])))
    graph = traced(model)

    def halves(node, inputs, outputs, relevances):
        total = tf.reduce_sum(relevances[0])
        cells = sum(tf.size(x, tf.float32) for x in inputs)
        return [tf.ones_like(x) * total / cells for x in inputs]

    relevance = walked(graph, [1.0, 0.0, 0.0], halves)
    assert float(tf.reduce_sum(relevance[graph.input])) == pytest.approx(len(X), rel=1e-5)


def test_a_branch_without_gradient_passes_nothing():
    stop = layers.Lambda(tf.stop_gradient)
    model = build(lambda x: top(conv(x) + stop(conv(x))))
    assert_is_gradient(model)
    index = build(
        lambda x: top(conv(x) * keras.ops.cast(keras.ops.argmax(x, 2), "float32")[..., None])
    )
    assert_is_gradient(index)


def test_nodes_with_several_outputs():
    assert_is_gradient(build(lambda x: top(keras.ops.split(conv(x, 4), 2, axis=-1)[1])))
