"""Models of many shapes, each with random weights and biases; a name and a builder per kind."""

import keras
import numpy as np
from hypothesis import strategies as st
from keras import layers, ops

from heatbrush_core.graph import tracing
from heatbrush_core.graph.tracing import functional_behind


def build(body, shape=(8, 8, 1), seed=0):
    """Functional model input -> body(input), with weights that hide no mistake."""
    keras.utils.set_random_seed(seed)
    start = keras.Input(shape)
    return randomised(keras.Model(start, body(start)), seed)


def randomised(model, seed=0):
    """Give biases, statistics and scales values that are not 0 or 1."""
    random = np.random.default_rng(seed)
    for weight in model.weights:
        value = weight.numpy()
        if weight.name in ("bias", "beta", "moving_mean"):
            value = random.normal(0.1, 0.3, value.shape)
        elif weight.name in ("gamma", "moving_variance"):
            value = random.uniform(0.5, 1.5, value.shape)
        weight.assign(value.astype(value.dtype))
    return model


def traced(model, output=0, dtype="float32"):
    """Trace the graph of a model."""
    return tracing.traced(functional_behind(model), output, dtype)


def conv(x, filters=3, size=3, **more):
    return layers.Conv2D(filters, size, **{"activation": "relu", "padding": "same", **more})(x)


def top(x, units=3, activation="softmax"):
    return layers.Dense(units, activation=activation)(layers.Flatten()(x))


def nested(x):
    part = build(lambda y: layers.MaxPooling2D()(conv(y)), (8, 8, 1))
    row = keras.Sequential([keras.Input((4, 4, 3)), layers.Conv2D(2, 3, activation="tanh")])
    return top(row(part(x)))


def nested_twice(x):
    part = build(lambda y: conv(y, 1, activation="tanh"), (8, 8, 1))
    return top(part(part(x)))


def shared(x):
    layer = layers.Conv2D(1, 3, padding="same", activation="elu")
    return top(layer(layer(x)) + layer(x))


def twice(x):
    y = conv(x)
    y = layers.Add()([y, y])
    y = layers.Multiply()([y, y])
    return top(layers.Concatenate()([y, y]))


def residual(x):
    y = conv(x)
    short = layers.Conv2D(4, 1, strides=2)(y)
    y = layers.BatchNormalization()(conv(y, 4, strides=2, activation=None))
    return top(layers.ReLU()(layers.Add()([y, short])))


def branches(x):
    a, b = conv(x, 2, (1, 5)), conv(x, 3, (5, 1), activation="gelu")
    c = layers.Average()([conv(x, 5), layers.Concatenate()([a, b])])
    d = layers.Maximum()([c, layers.Subtract()([c, conv(x, 5)])])
    return top(layers.GlobalMaxPooling2D()(d))


def squeeze_excite(x):
    y = conv(x, 4)
    gate = layers.Dense(4, activation="sigmoid")(layers.GlobalAveragePooling2D()(y))
    return top(layers.Multiply()([y, layers.Reshape((1, 1, 4))(gate)]))


def depthwise(x):
    y = layers.DepthwiseConv2D(3, depth_multiplier=2, activation="relu")(conv(x))
    y = layers.SeparableConv2D(4, 3, depth_multiplier=2, dilation_rate=2, padding="same")(y)
    return top(layers.Conv2D(4, 3, groups=2, activation="relu")(y))


def transposed(x):
    y = layers.Conv2DTranspose(3, 3, strides=2, padding="same", activation="relu")(conv(x))
    return top(layers.Cropping2D(2)(layers.UpSampling2D()(layers.AveragePooling2D(2)(y))))


def channels_first(x):
    """For float32; no map has as many columns as channels, which Keras 3.15 mixes up at a bias."""
    first = {"data_format": "channels_first"}
    y = conv(layers.Permute((3, 1, 2))(x), 4, **first)
    y = layers.MaxPooling2D(2, **first)(layers.BatchNormalization(axis=1)(y))
    y = layers.DepthwiseConv2D(2, activation="relu", **first)(y)
    y = layers.SeparableConv2D(5, 2, padding="same", activation="elu", **first)(y)
    y = layers.Conv2DTranspose(2, 2, activation="relu", **first)(y)
    return top(layers.GlobalAveragePooling2D(**first)(y))


def sequence(x):
    y = layers.Conv1D(4, 3, activation="relu")(layers.Reshape((8, 8))(x))
    y = layers.BatchNormalization()(layers.DepthwiseConv1D(2, activation="relu")(y))
    y = layers.MaxPooling1D()(layers.SeparableConv1D(3, 3, padding="same")(y))
    return top(layers.GlobalMaxPooling1D()(layers.Conv1DTranspose(2, 2)(y)))


def raw_ops(x):
    y = ops.relu(conv(x * 2 - 1, activation=None) + 1) / 3
    y = ops.concatenate([y[:, 1:], 1 - y[:, :-1]], axis=-1)
    y = ops.transpose(ops.exp(-y), (0, 2, 1, 3))
    return ops.softmax(layers.Dense(3)(ops.mean(y, axis=(1, 2))))


def activations(x):
    y = layers.LeakyReLU(negative_slope=0.2)(conv(x, activation=layers.LeakyReLU()))
    y = layers.PReLU()(conv(y, activation=lambda v: ops.sin(v)))
    y = layers.Activation("silu")(layers.ELU()(conv(y, activation="softplus")))
    return layers.Softmax()(top(y, activation=None))


def idle_layers(x):
    y = layers.Dropout(0.5)(conv(layers.GaussianNoise(1.0)(layers.Activation("linear")(x))))
    return layers.Activation("sigmoid", dtype="float32")(top(y, activation=None))


def normalised(x):
    y = layers.Rescaling(2.0, -1.0)(x)
    y = layers.Normalization(mean=0.2, variance=2.0)(layers.BatchNormalization()(y))
    y = layers.BatchNormalization(axis=1, center=False)(layers.ZeroPadding2D()(conv(y)))
    return top(layers.LayerNormalization()(layers.BatchNormalization(scale=False)(y)))


def training_at_the_call(x):
    y = layers.BatchNormalization()(conv(x), training=True)
    return top(layers.Dropout(0.5)(y, training=True))


def inner_softmax(x):
    return top(layers.Softmax()(conv(x)), activation=None)


def unused_branch(x):
    y = conv(x)
    layers.Dense(2)(y)
    return top(y)


def recurrent(x):
    y = layers.Bidirectional(layers.LSTM(4))(layers.Reshape((8, 8))(x))
    return layers.Dense(3, activation="softmax")(y)


def attention(x):
    y = layers.Reshape((16, 4))(conv(x, 1))
    y = layers.MultiHeadAttention(2, 3)(y, y)
    return top(y)


def one_sigmoid(x):
    return top(conv(x), 1, "sigmoid")


def one_value(x):
    return top(conv(x), 1, None)


BODIES = [
    nested,
    nested_twice,
    shared,
    twice,
    residual,
    branches,
    squeeze_excite,
    depthwise,
    transposed,
    sequence,
    raw_ops,
    activations,
    idle_layers,
    normalised,
    training_at_the_call,
    inner_softmax,
    unused_branch,
    recurrent,
    attention,
    one_sigmoid,
    one_value,
]


@st.composite
def towers(draw):
    """Random stacks of layers, some with a short cut."""
    steps = draw(st.lists(st.sampled_from("cdmnrsa"), min_size=1, max_size=6))

    def body(x):
        for index, step in enumerate(steps):
            old = x
            if step == "c":
                x = conv(x, 2 + index, (1 + index % 3, 3), activation=["relu", "tanh"][index % 2])
            elif step == "d":
                x = layers.DepthwiseConv2D(2, padding="same")(x)
            elif step == "m":
                x = layers.MaxPooling2D((1, 2), padding="same")(x)
            elif step == "n":
                x = layers.BatchNormalization()(x)
            elif step == "r":
                x = layers.ReLU(negative_slope=0.1)(x)
            elif step == "s":
                x = layers.Add()([x, x, layers.Conv2D(x.shape[-1], 1)(old)])
            else:
                x = layers.AveragePooling2D((2, 1), padding="same")(x)
        return top(x)

    return body
