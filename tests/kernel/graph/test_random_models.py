"""Scores and gradients of the graph are the model's, for every layer alone and for any mixture."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import HealthCheck, given, settings
from random_models import ALL, alone, architectures

from heatbrush_core.walks.backward.gradient import gradient
from heatbrush_core.walks.backward.walk import backward

pytestmark = pytest.mark.filterwarnings("ignore:You are using a softmax over axis")


def scores_and_gradient(architecture, weights):
    """Walk the graph forward, through the head, and back."""
    graph, tensors = architecture.graph, architecture.tensors
    z = tensors[graph.logits]
    with tf.GradientTape() as tape:
        tape.watch(z)
        scores = z if graph.head is None else graph.head.call(z)[0]
        score = tf.reduce_sum(scores * weights)
    start = tape.gradient(score, z)
    found = backward(graph, tensors, start, gradient)[graph.input]
    return scores.numpy(), found.numpy()


def truth(architecture, weights):
    """Ask the model itself."""
    x = tf.constant(architecture.x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        scores = architecture.model(x, training=False)
        score = tf.reduce_sum(scores * weights)
    return scores.numpy(), tape.gradient(score, x).numpy()


def assert_graph_is_model(architecture):
    weights = np.linspace(-1, 2, architecture.model.output_shape[-1])
    scores, gradient = truth(architecture, weights)
    found_scores, found = scores_and_gradient(architecture, weights)
    assert scores.dtype == found.dtype == np.float64
    np.testing.assert_allclose(found_scores, scores, rtol=0, atol=1e-8 * np.abs(scores).max())
    np.testing.assert_allclose(found, gradient, rtol=0, atol=1e-5 * np.abs(gradient).max())
    return gradient


@pytest.mark.parametrize("name", ALL)
def test_each_step_alone(name):
    gradient = assert_graph_is_model(alone(name))
    assert np.abs(gradient).max() > 0


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(architecture=architectures())
def test_any_architecture(architecture):
    assert_graph_is_model(architecture)
