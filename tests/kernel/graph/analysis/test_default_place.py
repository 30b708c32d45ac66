"""Which layer a class activation map takes by default, in networks with more than one path."""

import keras
import pytest
from architectures import build, conv, top, towers, traced
from hypothesis import HealthCheck, given, settings
from keras import layers, ops

from heatbrush_core.graph.analysis import default_place as module
from heatbrush_core.graph.analysis.default_place import default_place


def squeezed(x):
    y = conv(x, 4, name="here")
    gate = layers.Dense(4, activation="sigmoid")(layers.GlobalAveragePooling2D(keepdims=True)(y))
    return layers.Multiply()([y, gate])


def ends_in_branches(x):
    y = conv(x, 4)
    return layers.Concatenate(1)([y, conv(y, 4)])  # one above the other: no row is one row any more


def attends_over_time(x):
    y = layers.Conv1D(4, 3, padding="same")(x)
    return layers.Add()([y, layers.MultiHeadAttention(2, 2)(y, y)])


class Block(layers.Layer):
    """A transformer block of a user's own, which hides its attention."""

    def __init__(self):
        super().__init__()
        self.inner = layers.MultiHeadAttention(2, 2)

    def build(self, shape):
        self.inner.build(shape, shape)

    def call(self, x):
        return x + self.inner(x, x)


def hidden_attention(x):
    y = layers.Reshape((-1, 4))(conv(x, 4))
    return Block()(y)


@pytest.mark.parametrize(
    "body, shape, expected",
    [
        (lambda x: conv(conv(x), 3, name="here"), (8, 6, 1), "here"),
        (lambda x: layers.Add(name="here")([x, conv(x, 1)]), (8, 6, 1), "here"),
        (lambda x: layers.ReLU(name="here")(layers.Add()([x, conv(x, 1)])), (8, 6, 1), "here"),
        (squeezed, (8, 6, 1), "here"),
        (lambda x: layers.Dense(3)(layers.Conv1D(3, 3, name="here")(x)), (8, 6), "here"),
        (lambda x: layers.Add(name="here")([x, layers.Dense(1)(x)]), (8, 6, 1), "here"),
        (lambda x: layers.Add(name="here")([conv(x, 2), conv(conv(x), 2)]), (8, 6, 1), "here"),
        (ends_in_branches, (8, 6, 1), None),
        (attends_over_time, (8, 6), None),
        (hidden_attention, (8, 6, 1), None),
        (lambda x: ops.matmul(y := conv(x, 6), y), (8, 6, 1), None),
        (lambda x: layers.LSTM(3, return_sequences=True)(x), (8, 6), None),
    ],
)
def test_it_is_what_all_paths_pass(body, shape, expected):
    assert default_place(traced(build(lambda x: top(body(x)), shape))) == expected


def reached(graph, avoided):
    """Whether the logits can be reached from the input without a slot: by following all nodes."""
    seen = {graph.input} - {avoided}
    for node in graph.nodes:
        if not seen.isdisjoint(node.inputs):
            seen.update(slot for slot in node.outputs if slot is not avoided)
    return graph.logits in seen


def split(x):
    return layers.Add()([each for each in ops.split(conv(x, 4), 2, axis=-1)])


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(body=towers())
def test_a_slot_is_passed_by_all_paths_if_none_is_left_without_it(body):
    for each in (body, lambda x: body(split(x)), lambda x: body(squeezed(x))):
        graph = traced(build(each, (8, 8, 1)))
        slots = {slot for node in graph.nodes for slot in node.outputs}
        expected = {slot for slot in slots if not reached(graph, slot)}
        assert module._passed(graph) - {graph.input} == expected


def test_a_large_convnext_takes_its_last_residual_sum():
    options = {"weights": None, "input_shape": (64, 64, 3), "classes": 4}
    model = keras.applications.ConvNeXtTiny(**options)
    graph = traced(model)
    place = default_place(graph)
    node = next(node for node in graph.nodes if node.name == place)
    assert node.kind == "sum" and node.outputs[0].shape == (None, 2, 2, 768)
    assert graph.nodes[graph.nodes.index(node) + 1].kind == "mean"
