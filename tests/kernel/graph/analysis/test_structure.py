"""What a graph tells before any tensor is seen is true of its tensors."""

import numpy as np
import pytest
import tensorflow as tf
from architectures import build, conv, top, traced
from hypothesis import HealthCheck, given, settings
from keras import layers, ops
from random_models import ALL, alone, architectures

from heatbrush_core.graph.analysis import structure


def assert_never_negative(architecture):
    slots = structure.nonnegative(architecture.graph)
    assert all(np.min(architecture.tensors[slot]) >= 0 for slot in slots)


@pytest.mark.parametrize("name", ALL)
def test_what_is_known_to_be_nonnegative_is(name):
    assert_never_negative(alone(name))


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(architecture=architectures())
def test_what_is_known_to_be_nonnegative_is_in_any_architecture(architecture):
    assert_never_negative(architecture)


@pytest.mark.parametrize(
    "activation, known",
    [
        ("relu", True),
        (layers.ReLU(), True),
        (layers.ReLU(negative_slope=0.1), False),
        (layers.Activation(layers.ReLU(negative_slope=0.1)), False),
        (layers.LeakyReLU(), False),
        (tf.nn.relu, True),
        ("exponential", True),
        ("elu", False),
        (lambda x: x, False),
    ],
)
def test_nonnegative(activation, known):
    graph = traced(build(lambda x: top(conv(x, activation=activation))))
    fused, separate = graph.nodes[1].outputs[0], layers.Activation(activation)
    assert (fused in structure.nonnegative(graph)) is known
    graph = traced(build(lambda x: top(separate(x))))
    assert (graph.nodes[0].outputs[0] in structure.nonnegative(graph)) is known


@pytest.mark.parametrize("add, known", [(lambda x: x + x, True), (lambda x: x + -3, False)])
def test_a_constant_may_make_negative_cells(add, known):
    graph = traced(build(lambda x: top(add(ops.relu(x)))))
    assert (graph.nodes[1].outputs[0] in structure.nonnegative(graph)) is known


@pytest.mark.parametrize(
    "gate, known",
    [
        (ops.sigmoid, True),
        (lambda x: layers.Reshape((8, 8, 3))(layers.Activation("hard_sigmoid")(x)), True),
        (lambda x: layers.ReLU(6.0)(x + 3) * (1 / 6), True),
        (lambda x: ops.relu6(x + 3) / 6, True),
        (lambda x: ops.relu(x + 3) / 6, False),
        (lambda x: ops.relu6(x), False),
        (lambda x: layers.BatchNormalization()(ops.relu6(x)), False),
        (lambda x: x + 1, False),
    ],
)
def test_gates(gate, known):
    graph = traced(build(lambda x: top((y := conv(x)) * gate(y))))
    (product,) = (node for node in graph.nodes if node.kind == "product")
    assert [slot in structure.gates(graph) for slot in product.inputs] == [False, known]
