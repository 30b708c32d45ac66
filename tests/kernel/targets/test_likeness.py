"""Targets that are no sum: Gram, Content, Reconstruction and functions, against a tape."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops
from map_models import SHAPE, map_model
from sentences import refuses

from heatbrush_core import Explainer, Region
from heatbrush_core.targets import (
    Content,
    Gram,
    Location,
    Margin,
    Reconstruction,
    Sum,
    from_json,
    to_json,
)

RANDOM = np.random.default_rng(8)
X, LIKE = RANDOM.normal(size=(2, *SHAPE[:2]))


@pytest.fixture(scope="module")
def model():
    return map_model(2)


@pytest.fixture(scope="module")
def explainer(model):
    return Explainer(model, baseline=0.0)


def gram(cells):
    flat = tf.reshape(cells, (-1, cells.shape[-1]))
    return tf.matmul(flat, flat, transpose_a=True) / flat.shape[0]


def taped(model, layer, compare):
    """The score of minus a mean squared difference, and its gradient."""
    inner = keras.Model(model.inputs, model.get_layer(layer).output)
    given = tf.constant(X[None, ..., None])
    with tf.GradientTape() as tape:
        tape.watch(given)
        made, wanted = compare(inner(given)), compare(inner(LIKE[None, ..., None]))
        score = -tf.reduce_mean(tf.square(made - wanted))
    return float(score), tape.gradient(score, given)[0, ..., 0].numpy()


@pytest.mark.parametrize("layer", ["c1", "c2"])
@pytest.mark.parametrize(("kind", "compare"), [(Gram, gram), (Content, lambda cells: cells)])
def test_style_and_content(explainer, model, layer, kind, compare):
    target = kind(layer, LIKE)
    score, gradient = taped(model, layer, compare)
    found = explainer.explain(X, "gradient", target)
    assert found.score == pytest.approx(score, rel=1e-9)
    np.testing.assert_allclose(found.map, gradient, atol=1e-6 * np.abs(gradient).max())
    hidden = Region.rectangle(3, 9, 4, 12)
    masked = np.where(hidden.mask(X.shape), 0, X)
    assert explainer.score(X, target, without=hidden) == pytest.approx(
        explainer.score(masked, target), rel=1e-9
    )
    assert explainer.score(LIKE, target) == 0
    found = explainer.explain(X, "integrated_gradients", target)
    assert abs(found.residual) < 1e-2 * abs(found.score - found.score_at_baseline)
    assert explainer.explain(X, "occlusion", target).map.any()
    assert from_json(to_json(target)) == target


@pytest.fixture(scope="module")
def nested():
    """A model inside of a model, and each layer by its name."""
    made = {"dtype": "float64", "activation": "tanh"}
    start = keras.Input((8, 12, 4), dtype="float64")
    first = keras.layers.Conv2D(5, 3, name="first", **made)(start)
    second = keras.layers.Conv2D(3, 3, name="second", **made)(first)
    inner = keras.Model(start, [first, second], name="inner")
    given = keras.Input(SHAPE, dtype="float64")
    before = keras.layers.Conv2D(4, 3, 2, padding="same", name="before", **made)(given)
    inside = inner(before)
    mean = keras.layers.GlobalAveragePooling2D(dtype="float64")(inside[1])
    ends = keras.layers.Dense(2, dtype="float64")(mean)
    model = keras.Model(given, ends)
    every = keras.Model(given, [before, *inside])
    return model, lambda x: dict(zip(("before", "first", "second"), every(x), strict=True))


def test_several_layers_of_a_nested_model(nested):
    """The style loss of Gatys et al.: a weighted sum over layers, and the content of one."""
    model, layers = nested
    given, like = tf.constant(X[None, ..., None]), layers(LIKE[None, ..., None])
    with tf.GradientTape() as tape:
        tape.watch(given)
        made = layers(given)
        parts = [
            tf.reduce_mean(tf.square(gram(made[name]) - gram(like[name])))
            for name in ("before", "first", "second")
        ]
        content = tf.reduce_mean(tf.square(made["second"] - like["second"]))
        score = -(0.2 * parts[0] + 0.3 * parts[1] + 2 * parts[2] + 0.5 * content)
    gradient = tape.gradient(score, given)[0, ..., 0].numpy()
    style = [(0.2, Gram("before", LIKE)), (0.3, Gram("first", LIKE)), (2, Gram("second", LIKE))]
    target = Sum([*style, (0.5, Content("second", LIKE))])
    found = Explainer(model, baseline=0.0).explain(X, "gradient", target)
    assert found.score == pytest.approx(float(score), rel=1e-9)
    np.testing.assert_allclose(found.map, gradient, atol=1e-6 * np.abs(gradient).max())


def test_the_weights_that_are_there_count(explainer, model):
    target, kept = Content("c1", LIKE), model.get_weights()
    before = explainer.score(X, target)
    model.set_weights([2 * each for each in kept])
    try:
        assert explainer.score(LIKE, target) == 0
        assert explainer.score(X, target) == pytest.approx(4 * before)
    finally:
        model.set_weights(kept)


def test_an_error_by_cell():
    start = keras.Input((16, 24, 2), dtype="float64")
    made = keras.layers.Conv2D(2, 3, padding="same", dtype="float64")(start)
    model, x = keras.Model(start, made), RANDOM.normal(size=(16, 24, 2))
    explainer, region = Explainer(model, baseline=0.0), Region.rectangle(3, 9, 4, 12)
    error = np.square(np.asarray(model(x[None]))[0] - x)
    assert explainer.score(x, Reconstruction()) == pytest.approx(error.mean())
    part = error[region.mask((16, 24))].mean()
    assert explainer.score(x, Reconstruction(region)) == pytest.approx(part)
    given = tf.constant(x[None])
    with tf.GradientTape() as tape:
        tape.watch(given)
        score = tf.reduce_mean(tf.square(model(given) - given))
    gradient = tape.gradient(score, given)[0].numpy()
    found = explainer.explain(x, "gradient", Reconstruction()).values
    np.testing.assert_allclose(found, gradient, atol=1e-6 * np.abs(gradient).max())
    function = Explainer(lambda batch: np.asarray(model(batch)), baseline=0.0)
    assert function.score(x, Reconstruction(region)) == pytest.approx(part)


def test_a_reconstruction_of_another_shape(explainer):
    with refuses(ValueError, "(8, 12, 2)", "(16, 24, 1)", "the same shape"):
        explainer.score(X, Reconstruction())


def count(y):
    return ops.sum(ops.sigmoid(y), axis=(1, 2, 3))


def test_a_function_of_the_outputs(explainer, model):
    cells = np.asarray(model(X[None, ..., None]))
    assert explainer.score(X, count) == pytest.approx((1 / (1 + np.exp(-cells))).sum())
    found = explainer.explain(X, "integrated_gradients", count)
    assert found.about == "count"
    assert abs(found.residual) < 1e-2 * abs(found.score - found.score_at_baseline)
    assert explainer.explain(X, "occlusion", count).map.any()
    with refuses(ValueError, "The function same returns", "one number per matrix", "reduce all"):
        explainer.score(X, same)
    with refuses(ValueError, "The function broken raised", "one number per matrix", "keras.ops"):
        explainer.score(X, broken)


def broken(y):
    return y["a"]


def same(y):
    return y


def test_methods_without_a_rule_refuse(explainer):
    for target in (Gram("c1", LIKE), count, Margin(Content("c1", LIKE), Location(1, 1))):
        for method in ("lrp", "deep_taylor", "deeplift", "cam"):
            with refuses(TypeError, f"{method} shares the score out", "is no sum", "occlusion"):
                explainer.explain(X, method, target)
            with refuses(TypeError, f"{method} shares the score out", "is no sum", "gradient"):
                explainer.explain_batch(np.stack([X, LIKE]), method, target)
    with refuses(TypeError, "gradient needs a slope", "there is none", "another matrix as like="):
        explainer.explain(X, "gradient", Content("c1", X))
    assert explainer.explain(X, "occlusion", Content("c1", X)).map.any()


def test_what_cannot_be_compared(explainer):
    with refuses(ValueError, "like has the shape (3,)", "a matrix of numbers", "give one"):
        Gram("c1", np.zeros(3))
    with refuses(ValueError, "like has the shape (4, 4, 1)", "x has (16, 24, 1)", "of that shape"):
        explainer.score(X, Gram("c1", np.zeros((4, 4))))
