"""The graph of a model is the model."""

import keras
import numpy as np
import pytest
from architectures import BODIES, build, channels_first, conv, randomised, top, traced
from keras import layers

from heatbrush_core.graph.tracing import functional_behind
from heatbrush_core.walks.forward import forward

X = np.random.default_rng(1).normal(size=(2, 8, 8, 1)).astype("float32")


def predicted(graph, x):
    """Scores as the graph computes them, with its head."""
    z = forward(graph, keras.ops.cast(x, "float32"))[graph.logits]
    return np.asarray(z if graph.head is None else graph.head.call(z)[0])


def kinds(graph):
    return [node.kind for node in graph.nodes]


@pytest.mark.parametrize("body", [*BODIES, channels_first])
def test_forward_is_the_model(body):
    model = build(body)
    before = [weight.numpy() for weight in model.weights]
    truth = np.asarray(model(X, training=False))
    np.testing.assert_allclose(predicted(traced(model), X), truth, atol=1e-5)
    for weight, old in zip(model.weights, before, strict=True):
        np.testing.assert_array_equal(weight, old)  # no batch statistic has moved


def test_a_fused_activation_is_a_node_of_its_own():
    graph = traced(build(lambda x: top(conv(x))))
    assert kinds(graph) == ["linear", "activation", "structure", "linear"]
    linear, relu = graph.nodes[:2]
    assert relu.activation == "relu" and relu.operation is linear.operation
    assert relu.name == f"{linear.name}/relu"
    assert graph.head.activation == "softmax"


def test_a_layer_that_is_called_twice_is_two_nodes():
    layer = layers.Conv2D(1, 3, padding="same", name="same")
    graph = traced(build(lambda x: top(layer(layer(x)))))
    assert [node.name for node in graph.nodes][:2] == ["same", "same#2"]


def test_layers_that_do_nothing_leave_no_node():
    model = build(lambda x: top(layers.Dropout(0.5)(layers.Activation("linear")(conv(x)))))
    assert kinds(traced(model)) == ["linear", "activation", "structure", "linear"]


@pytest.mark.parametrize(
    "end, head",
    [
        (lambda x: top(x), "softmax"),
        (lambda x: layers.Softmax()(top(x, activation=None)), "softmax"),
        (lambda x: layers.Activation("log_softmax")(top(x, activation=None)), "log_softmax"),
        (lambda x: keras.ops.sigmoid(top(x, activation=None)), "sigmoid"),
        (lambda x: layers.Dropout(0.2)(top(x, activation="sigmoid")), "sigmoid"),
        (lambda x: top(x, activation="tanh"), None),
        (lambda x: layers.Softmax(axis=0)(top(x, activation=None)), None),
    ],
)
def test_head(end, head):
    graph = traced(build(end))
    assert (graph.head and graph.head.activation) == head


def test_outputs_are_chosen_and_the_rest_is_cut_off():
    start = keras.Input((8, 8, 1))
    middle = conv(start)
    model = keras.Model(start, {"b": top(middle, 4), "a": layers.Flatten()(middle)})
    sizes = {graph.logits.shape[1]: len(graph.nodes) for graph in map(traced, [model] * 2, (0, 1))}
    assert sizes == {192: 3, 4: 4}


def test_affine_and_linear_nodes_hold_their_maps():
    model = build(lambda x: top(layers.BatchNormalization()(conv(x, activation=None))))
    graph = traced(model)
    assert kinds(graph)[:2] == ["linear", "affine"]
    scale, shift = graph.nodes[1].map.scale(), graph.nodes[1].map.shift()
    assert scale.shape == shift.shape == (1, 1, 1, 3)
    assert graph.nodes[0].map.kernel().shape == (3, 3, 1, 3)


def test_new_weights_are_seen():
    model = build(lambda x: top(layers.BatchNormalization()(conv(x))))
    graph = traced(model)
    old = predicted(graph, X)
    randomised(model, seed=5)
    assert np.abs(predicted(graph, X) - old).max() > 1e-3
    np.testing.assert_allclose(predicted(graph, X), model(X), atol=1e-5)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_half_precision_walks_in_float32(policy):
    def body(x):
        y = layers.BatchNormalization(dtype=policy)(conv(x, dtype=policy))
        y = layers.GlobalAveragePooling2D(dtype=policy)(layers.MaxPooling2D(dtype=policy)(y))
        y = layers.Dense(3, dtype=policy)(y)
        return layers.Activation("softmax", dtype="float32")(y)

    model, full = build(body), build(lambda x: body_in_float32(x))
    full.set_weights(model.get_weights())
    graph = traced(model)
    tensors = forward(graph, keras.ops.cast(X, "float32"))
    assert {keras.backend.standardize_dtype(t.dtype) for t in tensors.values()} == {"float32"}
    np.testing.assert_allclose(predicted(graph, X), full(X), atol=1e-6)


def body_in_float32(x):
    y = layers.BatchNormalization()(conv(x))
    return layers.Dense(3, activation="softmax")(
        layers.GlobalAveragePooling2D()(layers.MaxPooling2D()(y))
    )


def test_channels_first_is_told_by_the_first_layer_that_cares():
    first = layers.Conv2D(2, 3, data_format="channels_first")
    later = lambda x: top(first(layers.Permute((3, 1, 2))(x)))  # noqa: E731
    assert traced(build(lambda x: top(first(layers.Rescaling(2.0)(x))), (1, 8, 8))).channels_first
    assert not traced(build(later, (8, 8, 1))).channels_first
    assert not traced(build(top)).channels_first


class OwnCall(keras.Model):
    """A functional model that runs something else."""

    def call(self, inputs, training=None):
        return super().call(inputs) * 2


class OwnConstructor(keras.Model):
    """A functional model in all but name."""

    def __init__(self):
        start = keras.Input((8, 8, 1))
        super().__init__(start, top(start))


def test_only_models_that_run_their_graph_have_one():
    model = build(top)
    assert functional_behind(model) is model
    assert functional_behind(OwnConstructor()) is not None
    assert functional_behind(OwnCall(model.input, model.output)) is None
    assert functional_behind(keras.Sequential([layers.Flatten()])) is None


def test_a_subclass_inside_a_model_is_one_node():
    inner = build(lambda x: conv(x))
    graph = traced(build(lambda x: top(OwnCall(inner.input, inner.output)(x))))
    assert kinds(graph) == ["opaque", "structure", "linear"]


def test_a_users_own_layer_is_not_taken_for_the_one_of_that_name():
    class Add(layers.Layer):
        def call(self, x):
            return x * 3

    model = build(lambda x: top(Add()(x)))
    assert kinds(traced(model))[0] == "opaque"
    np.testing.assert_allclose(predicted(traced(model), X), model(X), atol=1e-5)
