"""Which weights a model has, layer by layer, and how they are drawn anew."""

import keras
import numpy as np
import pytest
from architectures import build, conv, top
from keras import layers, ops

from heatbrush_core import Explainer
from heatbrush_core.metrics import random_weights

RANDOM = np.random.default_rng(21)
X = np.random.default_rng(21).normal(size=(8, 8)).astype("float32")


def deep(x):
    return top(conv(layers.BatchNormalization(name="norm")(conv(x, name="first")), name="second"))


def test_weights_come_from_the_initializers():
    first = layers.Conv2D(
        64, 3, kernel_initializer=keras.initializers.RandomNormal(0, 0.25, seed=1)
    )
    model = build(lambda x: top(layers.BatchNormalization()(first(x))))
    found = dict(random_weights.layers(opened(model)))
    kernel, bias = drawn(found[first.name])
    assert kernel.std() == pytest.approx(0.25, rel=0.15) and abs(kernel.mean()) < 0.05
    np.testing.assert_array_equal(bias, 0)
    again, other = (drawn(found[first.name], seed)[0] for seed in (0, 1))
    np.testing.assert_array_equal(again, kernel)
    assert abs(np.corrcoef(other.ravel(), kernel.ravel())[0, 1]) < 0.2  # its own seed is not used
    gamma, beta, mean, variance = drawn(found[model.layers[2].name])
    assert (gamma == 1).all() and (beta == 0).all() and (mean == 0).all() and (variance == 1).all()
    dense = drawn(found[model.layers[-1].name])[0]
    limit = np.sqrt(6 / sum(dense.shape))
    assert 0.99 * limit < np.abs(dense).max() < limit  # Glorot's


def opened(model):
    explainer = Explainer(model)
    explainer.predict(X)
    return explainer


def drawn(owned, seed=0):
    return [v for _, v in random_weights.drawn(owned, np.random.default_rng(seed))]


def test_weights_without_an_initializer_are_shuffled(own):
    found = dict(random_weights.layers(opened(own)))
    [scale] = drawn(found[own.name])
    assert sorted(scale) == [-1, 0.5, 2]
    shuffled = {tuple(drawn(found[own.name], seed)[0]) for seed in range(20)}
    assert len(shuffled) == 6


def test_layers_from_the_last_to_the_first():
    inner = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(2, 3, name="inside")])
    shared, measured = layers.Dense(3, name="shared"), layers.Normalization()
    measured.adapt(3 * RANDOM.normal(size=(20, 8, 8, 1)) + 1)

    def body(x):
        x = measured(x)
        x = layers.Reshape((6, 12))(inner(x))
        x = layers.Bidirectional(layers.LSTM(2, return_sequences=True), name="both")(shared(x))
        x = layers.MultiHeadAttention(1, 2, name="attention")(x, x)
        return layers.Dense(2, name="last")(shared(layers.Dense(12, name="wide")(x)[:, 0]))

    explainer = opened(build(body))
    twin = random_weights.subject(explainer, X)
    assert twin is not explainer
    found = random_weights.layers(twin)
    names = [name for name, _ in found]
    assert names == ["last", "shared", "wide", "attention", "both", "inside"]
    for name, owned in found:  # all kernels are known by name, those deep inside a layer too
        values = [v for (_, w), v in zip(owned, drawn(owned), strict=True) if "kernel" in w.name]
        old = [w.numpy() for _, w in owned if "kernel" in w.name]
        assert len(values) == {"attention": 4, "both": 4}.get(name, 1)
        for a, b in zip(values, old, strict=True):
            assert sorted(a.ravel()) != sorted(b.ravel())


def masked(x):
    """Three classes, of which the last is masked."""
    return layers.Dense(3)(layers.Flatten()(x)) + ops.convert_to_tensor([0.0, 0.0, -np.inf])


@pytest.mark.parametrize("body", [deep, masked])
def test_a_copy_that_is_none_is_not_used(monkeypatch, body):
    explainer = opened(build(body))
    assert random_weights.subject(explainer, X) is not explainer
    monkeypatch.setattr(keras.models, "clone_model", lambda model: build(body, seed=9))
    monkeypatch.setattr(keras.Model, "set_weights", lambda *given: None)
    assert random_weights.subject(explainer, X) is explainer
