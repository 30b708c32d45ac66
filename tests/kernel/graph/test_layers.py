"""What each layer and operation of Keras is to a walk, and that it is what its kind says."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from architectures import build, conv, top, traced
from keras import layers, ops
from keras.src.applications import convnext, inception_resnet_v2
from random_models import ALL, alone

from heatbrush_core.graph.layers import LAYERS, OF_ONE, OF_SEVERAL

CELLS = np.linspace(-1, 1, 12)
NAMES = {
    "layers": layers,
    "ops": ops,
    "convnext": convnext,
    "inception": inception_resnet_v2,
    "row": CELLS[:4].reshape(1, 1, 4, 1),
    "pair": CELLS[6:8],
    "square": CELLS[:4].reshape(2, 2),
    "kernel": CELLS[:8].reshape(1, 2, 2, 2),
    "more": CELLS[:3].reshape(1, 3, 1, 1),
}
TABLE = {
    "linear": [
        "layers.Conv2D(2, 2)(x)", "layers.Dense(2)(x)", "layers.SeparableConv2D(2, 2)(x)",
        "layers.DepthwiseConv2D(2)(x)", "layers.Conv2DTranspose(2, 2)(x)",
        "layers.Conv1D(2, 2, dilation_rate=2, padding='causal')(x[:, 0])",
        "layers.Conv1D(2, 2, padding='causal', data_format='channels_first')(x[:, 0])",
    ],
    "affine": [
        "x + 1", "1 - x", "x - row", "x * 2", "ops.multiply(row, x)", "x / 3", "-x",
        "layers.Rescaling(2., 1.)(x)", "layers.Normalization(axis=None, mean=1., variance=2.)(x)",
        "layers.BatchNormalization()(x)",
        "layers.BatchNormalization(axis=1)(x)", "ops.batch_normalization(x, pair, pair, -1)",
        "convnext.LayerScale(0.1, 2)(x)",
    ],
    "activation": [
        "ops.relu(x)", "ops.maximum(x, 0)", "ops.maximum(0.5, x)", "ops.minimum(x, row)", "x ** 2",
        "2.0 ** x", "1 / x", "ops.abs(x)", "ops.sin(x)", "ops.clip(x, 0, 1)", "ops.sign(x)",
        "layers.ReLU(6.0)(x)", "layers.PReLU()(x)", "layers.Softmax(axis=1)(x)",
        "layers.Activation('mish')(x)", "layers.Activation(lambda y: y)(x)",
        "ops.softmax(x, axis=1)", "ops.log_softmax(x, axis=1)",
    ],
    "max": [
        "layers.MaxPooling2D()(x)", "layers.GlobalMaxPooling2D()(x)", "ops.max(x, axis=1)",
        "ops.amin(x, axis=(1, 2), keepdims=True)", "ops.max_pool(x, 2)",
    ],
    "mean": [
        "layers.AveragePooling2D(3, 1, 'same')(x)", "layers.GlobalAveragePooling2D()(x)",
        "ops.mean(x, axis=1)", "ops.sum(x, axis=-1)", "ops.average(x, axis=3, weights=pair)",
        "ops.average_pool(x, 2)", "layers.UpSampling2D(interpolation='bilinear')(x)",
        "layers.Resizing(3, 3)(x)", "layers.CenterCrop(7, 3)(x)", "ops.image.resize(x, (3, 5))",
        "ops.matmul(x, square)", "x @ square", "ops.einsum('nhwc,cd->nhwd', x, square)",
        "ops.conv(x, kernel)", "ops.cumsum(x, axis=1)", "x[:, :1] + more", "x[:, :1] * more",
    ],
    "sum": [
        "layers.Add()([x, x])", "layers.Subtract()([x, x])", "layers.Average()([x, x])", "x + x",
        "x - x", "ops.add(x, x)", "inception.CustomScaleLayer(0.2)([x, x])",
    ],
    "product": ["layers.Multiply()([x, x])", "x * x", "ops.multiply(x, x)"],
    "maximum": [
        "layers.Maximum()([x, x])", "layers.Minimum()([x, x])", "ops.maximum(x, x)",
        "ops.minimum(x, x)",
    ],
    "normalization": [
        "layers.LayerNormalization()(x)", "layers.GroupNormalization(1)(x)", "ops.normalize(x)",
        "layers.UnitNormalization()(x)",
    ],
    "structure": [
        "layers.Flatten()(x)", "layers.Permute((3, 1, 2))(x)", "layers.ZeroPadding2D()(x)",
        "layers.Cropping2D(1)(x)", "layers.CenterCrop(3, 3)(x)", "layers.UpSampling2D()(x)",
        "layers.Resizing(3, 3, interpolation='nearest')(x)", "layers.Concatenate()([x, x])",
        "x[:, 1:]", "x[:, None]", "ops.stack([x, x])", "ops.append(x, x, axis=1)", "ops.ravel(x)",
        "layers.TimeDistributed(layers.Flatten())(x)", "ops.flip(x, axis=1)",
        "ops.roll(x, 1, axis=1)", "ops.repeat(x, 2, axis=1)",
        "ops.tile(x, (1, 2, 1, 1))", "ops.take(x, [1, 1], axis=1)", "ops.split(x, 2, axis=1)[1]",
        "ops.pad(x, ((0, 0), (1, 1), (0, 0), (0, 0)), constant_values=2)", "ops.swapaxes(x, 1, 2)",
        "ops.image.resize(x, (3, 5), interpolation='nearest')",
    ],
    "recurrent": ["layers.LSTM(2)(x[:, 0])", "layers.GRU(2)(x[:, 0])"],
    "mask": ["x > 0", "ops.any(x > 0, axis=-1)", "ops.cast(x, 'bool')"],
    "opaque": [
        "x / (x + 1)", "x ** x", "ops.prod(x, axis=1)", "ops.var(x, axis=1)",
        "ops.matmul(x, ops.swapaxes(x, 2, 3))", "ops.max(x, axis=1, initial=0.0)", "ops.sort(x)",
        "ops.maximum(x[:, :1], more)",
        "layers.Dot(2)([x[:, 0], x[:, 1]])", "layers.ConvLSTM1D(2, 2)(x)", "layers.Lambda(abs)(x)",
        "layers.EinsumDense('nhwc,cd->nhwd', (None, 4, 2))(x)", "layers.Softmax()(x, mask=x > 0)",
        "layers.Masking()(x)",
        "layers.Resizing(3, 3, interpolation='nearest', pad_to_aspect_ratio=True)(x)",
    ],
}  # fmt: skip


def kinds(expression):
    """The kinds of the nodes that an expression of x makes, the last first."""
    start = keras.Input((6, 4, 2))
    graph = traced(keras.Model(start, eval(expression, NAMES, {"x": start})))
    return [node.kind for node in reversed(graph.nodes)]


@pytest.mark.parametrize(
    "expression, kind", [(each, kind) for kind, table in TABLE.items() for each in table]
)
def test_kind(expression, kind):
    assert kinds(expression)[0] == kind


def test_names_are_those_of_keras():
    """The oldest version lacks what came later."""
    einops = pytest.importorskip("keras.src.ops.einops")
    from keras.src.ops import core, image, math, nn, numpy

    modules = (core, einops, image, math, nn, numpy)
    applications = (layers, convnext, inception_resnet_v2)
    for name in LAYERS:
        assert any(hasattr(module, name) for module in applications), name
    for name in {*OF_ONE, *OF_SEVERAL}:
        assert any(hasattr(module, name) for module in modules), name


def wild(inputs):
    """Other cells for the inputs of a node, where they are numbers."""
    random = np.random.default_rng(7)
    return [
        tf.constant(random.uniform(0.1, 2, x.shape)) if x.dtype.is_floating else x for x in inputs
    ]


def by_cell(node, inputs):
    """Cells that stay have results that stay."""
    (x,), (other,) = inputs, wild(inputs)
    stays = np.random.default_rng(1).random(x.shape) < 0.5
    assert node.inputs[0].shape == node.outputs[0].shape
    mixed, plain = node.call(tf.where(stays, x, other))[0], node.call(x)[0]
    np.testing.assert_allclose(mixed[stays], plain[stays], rtol=1e-12)


def is_straight(node, inputs):
    """Half way between two inputs it is half way between two results."""
    others = wild(inputs)
    middle = [(x + other) / 2 for x, other in zip(inputs, others, strict=True)]
    ends = zip(node.call(*inputs), node.call(*others), strict=True)
    for half, (first, last) in zip(node.call(*middle), ends, strict=True):
        # TensorFlow resizes in float32
        np.testing.assert_allclose(half, (first + last) / 2, rtol=1e-5, atol=1e-6)


def copies(node, inputs):
    """Each result is a cell of an input, or a zero of a padding."""
    cells = np.concatenate([np.ravel(x) for x in inputs])
    for result in node.call(*inputs):
        assert np.isin(np.ravel(result), [*cells, 0.0]).all()


def multiplies(node, inputs):
    np.testing.assert_allclose(node.call(*inputs)[0], np.prod(np.broadcast_arrays(*inputs), 0))


def ignores_scale(node, inputs):
    """With its spread, what is normalised loses its scale, but for an epsilon."""
    large = [tf.abs(x) * 1e9 + 1e8 for x in wild(inputs)]
    twice = node.call(*(2 * x for x in large))[0]
    np.testing.assert_allclose(twice, node.call(*large)[0], rtol=1e-6, atol=1e-9)


def is_true_or_false(node, inputs):
    assert all(result.dtype == "bool" for result in node.call(*inputs))


TRUTHS = {
    "linear": [is_straight],
    "affine": [by_cell, is_straight],
    "mean": [is_straight],
    "sum": [is_straight],
    "activation": [by_cell],
    "max": [copies],
    "maximum": [copies],
    "product": [multiplies],
    "normalization": [ignores_scale],
    "structure": [copies, is_straight],
    "recurrent": [],
    "mask": [is_true_or_false],
    "opaque": [],
}
JOINT = ("softmax", "log_softmax", "sparsemax")  # activations of a whole axis


@pytest.mark.parametrize("name", ALL)
def test_nodes_do_what_their_kinds_say(name):
    architecture = alone(name)
    for node in architecture.graph.nodes:
        inputs = [architecture.tensors[slot] for slot in node.inputs]
        for truth in TRUTHS[node.kind] if node.activation not in JOINT else []:
            truth(node, inputs)


@pytest.mark.parametrize(
    "activation, name",
    [
        ("relu", "relu"),
        ("swish", "silu"),
        (keras.activations.leaky_relu, "leaky_relu"),
        (ops.relu6, "relu6"),
        (tf.nn.relu, "relu"),
        (tf.nn.swish, "silu"),
        (tf.nn.softmax, "softmax"),
        (tf.math.sin, "custom"),
        (layers.LeakyReLU(), "leaky_relu"),
        (layers.Activation("tanh"), "tanh"),
        (layers.Rescaling(2.0), "custom"),
        (lambda x: x * 2, "custom"),
    ],
)
def test_activation(activation, name):
    graph = traced(
        build(lambda x: top(layers.Activation(activation)(conv(x, activation=activation))))
    )
    assert [node.activation for node in graph.nodes] == ["", name, name, "", ""]


def test_a_softmax_of_tensorflow_is_a_head():
    assert traced(build(lambda x: top(x, activation=tf.nn.softmax))).head.activation == "softmax"
