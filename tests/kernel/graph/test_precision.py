"""A model in half precision is walked in float32: its maps are those of its twin in float32."""

import keras
import numpy as np
import pytest
from architectures import randomised
from keras import layers

from heatbrush_core import Explainer

X = np.random.default_rng(0).normal(size=(12, 16, 1)).astype("float32")


def scaled(x):
    y = layers.Rescaling(1 / 3, offset=0.1)(x)
    y = layers.BatchNormalization()(layers.Conv2D(8, 3, activation="relu")(y))
    return layers.GlobalAveragePooling2D()(layers.Conv2D(8, 3)(layers.MaxPooling2D()(y)))


def separable(x):
    y = layers.SeparableConv2D(8, 3, activation="gelu")(x)
    return layers.Flatten()(layers.PReLU()(layers.LayerNormalization()(layers.Conv2D(4, 3)(y))))


def attention(x):
    y = layers.LayerNormalization()(layers.Reshape((12, 16))(x))
    return layers.GlobalAveragePooling1D()(layers.MultiHeadAttention(2, 4)(y, y))


def steps(x):
    return layers.Flatten()(layers.TimeDistributed(layers.LayerNormalization())(x[:, :, ::2]))


def recurrent(x):
    layer = layers.LSTM(4, recurrent_initializer="glorot_uniform")
    return layers.Bidirectional(layer)(layers.Reshape((12, 16))(x))


def made(body, policy):
    keras.utils.set_random_seed(0)
    keras.config.set_dtype_policy(policy)
    try:
        start = keras.Input((12, 16, 1))
        return randomised(keras.Model(start, layers.Dense(3)(body(start))))
    finally:
        keras.config.set_dtype_policy("float32")


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "bfloat16", "mixed_float16"])
@pytest.mark.parametrize("body", [scaled, separable, attention, steps, recurrent])
def test_maps_are_those_of_the_twin_in_float32(body, policy):
    half, full = made(body, policy), made(body, "float32")
    for weight, its in zip(full.weights, half.weights, strict=True):
        weight.assign(np.asarray(its).astype("float32"))
    policies = [layer.dtype_policy for layer in half._flatten_layers()]
    ours, truth = (Explainer(model, scores="values", baseline=0) for model in (half, full))
    for patch in ((3, 4), (1, 1)):
        asked = {"method": "occlusion", "target": 1, "patch": patch, "stride": patch}
        expected = truth.explain(X, **asked).map
        np.testing.assert_allclose(
            ours.explain(X, **asked).map, expected, atol=1e-5 * np.abs(expected).max()
        )
    expected = truth.explain(X, "gradient", target=1).map
    found = ours.explain(X, "gradient", target=1)
    np.testing.assert_allclose(found.map, expected, atol=1e-5 * np.abs(expected).max())
    assert not found.notes
    after = [layer.dtype_policy for layer in half._flatten_layers()]
    assert all(one is other for one, other in zip(policies, after, strict=True))
