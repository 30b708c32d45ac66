"""What a wrapper holds is treated as if there were no wrapper."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from architectures import randomised, traced
from keras import layers, ops

from heatbrush_core import Explainer
from heatbrush_core.walks.forward import forward

RANDOM = np.random.default_rng(8)
X = RANDOM.normal(size=(3, 6, 8)).astype("float32")


def dense_steps(wrap, x):
    y = wrap(layers.Dense(5, activation="relu"))(x)
    y = wrap(layers.Dense(4))(y)
    y = layers.ReLU()(y) if wrap is plain else layers.TimeDistributed(layers.ReLU())(y)
    return layers.Flatten()(y)


def plain(layer):
    return layer


def spectral(layer):
    return layers.SpectralNormalization(layer)


def spectral_dense(wrap, x):
    return layers.Flatten()(wrap(layers.Dense(5, activation="relu"))(x))


def spectral_convolution(wrap, x):
    y = wrap(layers.Conv2D(3, 3, activation="relu", padding="same"))(layers.Reshape((6, 8, 1))(x))
    return layers.GlobalAveragePooling2D()(wrap(layers.Conv2D(4, 2))(y))


def convolved_steps(wrap, x):
    """One convolution along each row, on its own, is a 2-D one with a kernel of one row."""
    y = layers.Reshape((6, 8, 1))(x)
    if wrap is plain:
        y = layers.Conv2D(3, (1, 3), activation="relu", name="first")(y)
        y = layers.BatchNormalization(name="norm")(y)
        y = layers.Conv2D(4, (1, 2), strides=(1, 2), name="second")(y)
        y = layers.AveragePooling2D((1, 2))(y)
    else:
        y = wrap(layers.Conv1D(3, 3, activation="relu", name="first"))(y)
        y = wrap(layers.BatchNormalization(name="norm"))(y)
        y = wrap(layers.Conv1D(4, 2, strides=2, name="second"))(y)
        y = wrap(layers.AveragePooling1D(2))(y)
    return layers.Flatten()(y)


def model_steps(wrap, x):
    y = layers.Reshape((6, 8, 1))(x)
    if wrap is plain:
        y = layers.Conv2D(3, (1, 3), activation="relu")(y)
        y = layers.MaxPooling2D((1, 2))(y)
        return layers.Dense(4, activation="relu")(layers.Reshape((6, 9))(y))
    part = [keras.Input((8, 1)), layers.Conv1D(3, 3, activation="relu"), layers.MaxPooling1D(2)]
    part += [layers.Flatten(), layers.Dense(4, activation="relu")]
    return wrap(keras.Sequential(part))(y)


def pair(body, wrap, seed=2):
    """The same network with and without wrappers, and with the same weights."""
    models = []
    for each in (wrap, plain):
        keras.utils.set_random_seed(seed)
        start = keras.Input((6, 8))
        models.append(keras.Model(start, layers.Dense(3)(layers.Flatten()(body(each, start)))))
    wrapped, bare = models
    randomised(wrapped, seed)
    given = [w for w in wrapped.weights if "vector_u" not in w.path]
    for mine, its in zip(bare.weights, given, strict=True):
        mine.assign(np.reshape(its, mine.shape))
    np.testing.assert_allclose(wrapped(X), bare(X), atol=1e-5)
    return wrapped, bare


PAIRS = {
    "dense": (dense_steps, layers.TimeDistributed),
    "convolution": (convolved_steps, layers.TimeDistributed),
    "model": (model_steps, layers.TimeDistributed),
    "spectral dense": (spectral_dense, spectral),
    "spectral convolution": (spectral_convolution, spectral),
}
METHODS = {
    "gradient": {},
    "guided_backprop": {},
    "deconvnet": {},
    "lrp": {},
    "lrp z_plus": {"rule": "z_plus"},
    "lrp flat": {"rule": "flat"},
    "lrp gamma": {"rule": "gamma"},
    "deep_taylor": {},
    "deeplift": {},
    "occlusion": {"patch": (2, 2), "stride": (1, 1)},
    "patternnet": {},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PAIRS)
def test_every_map_is_that_of_the_same_network_unwrapped(name):
    wrapped, bare = pair(*PAIRS[name])
    more = {"scores": "values", "baseline": 0, "background": RANDOM.normal(size=(9, 6, 8))}
    one, other = Explainer(wrapped, **more), Explainer(bare, **more)
    for method, parameters in METHODS.items():
        found, truth = (
            each.explain(X[0], method.split()[0], target=1, **parameters) for each in (one, other)
        )
        scale = np.abs(truth.map).max()
        np.testing.assert_allclose(
            found.map, truth.map, rtol=0, atol=2e-4 * scale + 1e-6, err_msg=method
        )
        assert not [note for note in found.notes if "no rule knows" in note]
        assert len(found.notes) == len(truth.notes)


def test_class_activation_finds_a_convolution_in_a_wrapper():
    for name in ("convolution", "spectral convolution"):
        wrapped, _ = pair(*PAIRS[name])
        explainer = Explainer(wrapped, scores="values")
        assert np.isfinite(explainer.explain(X[0], "grad_cam", target=1).map).all()


IN_EACH_STEP = {
    "LSTM": lambda: layers.LSTM(3),
    "Softmax": lambda: layers.Softmax(),
    "LayerNormalization": lambda: layers.LayerNormalization(),
    "Dropout": lambda: layers.Dropout(0.5),
    "PReLU": lambda: layers.PReLU(),
    "SeparableConv1D": lambda: layers.SeparableConv1D(3, 2),
    "Lambda": lambda: layers.Lambda(lambda x: x * 2),
    "Permute": lambda: layers.Permute((2, 1)),
    "Dense": lambda: layers.Dense(4, activation="softmax"),
}
# Keras itself takes no such mask for a Softmax in each step
STEPS = [(name, masked) for name in IN_EACH_STEP for masked in (False, True)]
STEPS.remove(("Softmax", True))


@pytest.mark.parametrize(("name", "masked"), STEPS)
def test_any_layer_in_each_step(name, masked):
    wrapped = IN_EACH_STEP[name]
    start = keras.Input((3, 4, 4))
    y = layers.Masking()(start) if masked else start
    y = layers.TimeDistributed(wrapped())(y)
    made = randomised(keras.Model(start, layers.Dense(2)(layers.Flatten()(y))))
    x = RANDOM.normal(size=(2, 3, 4, 4)).astype("float32")
    x[1, 2:] = 0
    graph = traced(made)
    found = forward(graph, ops.cast(x, "float32"))[graph.logits]
    np.testing.assert_allclose(found, made(x), atol=1e-5)
    explainer = Explainer(made, scores="values", baseline=0)
    with tf.GradientTape() as tape:
        given = tf.constant(x[:1])
        tape.watch(given)
        score = made(given)[:, 1]
    map = explainer.explain(x[0], "gradient", target=1)
    np.testing.assert_allclose(map.values, tape.gradient(score, given)[0], atol=1e-5)
    occlusion = explainer.explain(x[0], "occlusion", target=1, patch=(2, 2), stride=(2, 2))
    for row, column in ((0, 0), (2, 2)):
        hidden = x[0].copy()
        hidden[row : row + 2, column : column + 2] = 0
        effect = float(score[0] - made(hidden[None])[0, 1])
        assert occlusion.map[row, column] == pytest.approx(effect, abs=1e-5)
