"""Masks go through the graph as they go through the model, and every walk sees them."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from architectures import randomised, traced
from keras import layers, ops

from heatbrush_core import Explainer
from heatbrush_core.walks.forward import forward

RANDOM = np.random.default_rng(4)
X = RANDOM.normal(size=(4, 9, 5)).astype("float32")
X[1, 6:] = X[2, :4] = X[3, 2:5] = 0  # steps that do not count; the last ones, the first, some


def model(body, seed=3):
    keras.utils.set_random_seed(seed)
    start = keras.Input((9, 5))
    y = body(layers.Masking()(start))
    return randomised(keras.Model(start, layers.Dense(3)(layers.Flatten()(y))), seed)


def attends(layer):
    return lambda x: layer(x, x)


def in_a_list(layer):
    return lambda x: layer([x, layers.Dense(5)(x), layers.Dense(5)(x)])


def around(x):
    """A transformer's block: what attention takes off a mask, the sum behind it lacks."""
    y = layers.LayerNormalization()(x)
    y = layers.Add()([x, layers.MultiHeadAttention(2, 3)(y, y)])
    return layers.Add()([y, layers.Dense(5, activation="relu")(layers.Dense(7)(y))])


def attends_twice(x):
    attention = layers.MultiHeadAttention(2, 3)
    return layers.MultiHeadAttention(1, 2)(attention(x, x), x)


def cross(x):
    other = layers.Masking(mask_value=0.0)(layers.Dense(5, use_bias=False)(x)[:, 2:])
    return layers.MultiHeadAttention(2, 3)(other, x)


def merged(merge):
    def body(x):
        other = layers.Masking()(layers.ReLU()(layers.Dense(5, use_bias=False)(x)) * 1.0)
        return layers.LSTM(4)(merge([x, other]))

    return body


def joined(x):
    return layers.LSTM(4)(layers.Concatenate()([x, layers.Dense(2)(x)]))


def joined_in_time(x):
    return layers.GRU(4)(layers.Concatenate(axis=1)([x, layers.Lambda(lambda y: y * 1)(x)]))


def inside(x):
    part = keras.Input((9, 5))
    inner = keras.Model(part, layers.LSTM(4, return_sequences=True)(layers.Dense(5)(part)))
    return layers.MultiHeadAttention(2, 3)(*[inner(x)] * 2)


def inside_sequential(x):
    inner = [keras.Input((9, 5)), layers.Dense(4), layers.LSTM(3)]
    return keras.Sequential(inner)(x)


def embedded(x):
    y = ops.cast(ops.maximum(x[..., 0] * 3, 0), "int32")
    y = layers.Embedding(30, 4, mask_zero=True)(y)
    return layers.Concatenate()([x, layers.MultiHeadAttention(2, 3)(y, y)])


def normalised(x):
    return layers.LSTM(4)(layers.BatchNormalization()(x))


BODIES = {
    "multi-head": attends(layers.MultiHeadAttention(2, 3)),
    "causal": lambda x: layers.MultiHeadAttention(2, 3)(x, x, use_causal_mask=True),
    "attention": in_a_list(layers.Attention()),
    "additive": in_a_list(layers.AdditiveAttention()),
    "attention of one": lambda x: layers.Attention()([layers.Dense(5)(x), x * 2.0]),
    "recurrent": lambda x: layers.GRU(4)(layers.LSTM(4, return_sequences=True)(x)),
    "both ways": lambda x: layers.Bidirectional(layers.LSTM(3))(x),
    "each step": lambda x: layers.LSTM(3)(layers.TimeDistributed(layers.Dense(4))(x)),
    "pooled": lambda x: layers.GlobalAveragePooling1D()(layers.Dense(6, activation="relu")(x)),
    "convolved": lambda x: layers.MultiHeadAttention(2, 3)(*[layers.Conv1D(5, 3)(x)] * 2),
    "product": merged(layers.Multiply()),
    "largest": merged(layers.Maximum()),
    "sum": merged(layers.Add()),
} | {
    each.__name__: each
    for group in (
        (around, attends_twice, cross, joined, joined_in_time),
        (inside, inside_sequential, embedded, normalised),
    )
    for each in group
}
if hasattr(layers, "GroupQueryAttention"):
    BODIES["grouped"] = attends(layers.GroupQueryAttention(3, 4, 2))


@pytest.mark.parametrize("name", BODIES)
def test_forward_is_the_model(name):
    made = model(BODIES[name])
    truth = np.asarray(made(X, training=False))
    graph = traced(made)
    found = forward(graph, ops.cast(X, "float32"))[graph.logits]
    np.testing.assert_allclose(found, truth, atol=1e-5)
    other = X.copy()
    other[0, 1:3] = 0  # which says nothing if the model sees no mask
    assert np.abs(np.asarray(made(other)) - truth)[0].max() > 1e-4


@pytest.mark.parametrize("name", BODIES)
def test_maps_are_those_of_the_model(name):
    """The gradient by TensorFlow's tape on the model, occlusion by the model on each matrix."""
    made, x = model(BODIES[name]), X[1]
    explainer = Explainer(made, scores="values", baseline=0)
    with tf.GradientTape() as tape:
        given = tf.constant(x[None])
        tape.watch(given)
        score = made(given, training=False)[0, 1]
    found = explainer.explain(x, "gradient", target=1)
    assert not found.notes and found.score == pytest.approx(float(score), abs=1e-5)
    np.testing.assert_allclose(found.values[..., 0], tape.gradient(score, given)[0], atol=1e-5)
    found = explainer.explain(x, "occlusion", target=1, patch=(1, 5), stride=(1, 5))
    hidden = np.stack([x] * 9)
    hidden[range(9), range(9)] = 0
    effect = float(score) - np.asarray(made(hidden, training=False))[:, 1]
    np.testing.assert_allclose(found.map[:, 0], effect, atol=2e-5)


def two_inputs(join):
    a, b = keras.Input((9, 5)), keras.Input((5,))
    y = join(a, layers.Dense(5, activation="tanh")(b))
    y = layers.GlobalAveragePooling1D()(layers.Dense(4, activation="relu")(y))
    return randomised(keras.Model([a, b], layers.Dense(3)(y)))


def gated(a, b):
    return layers.Multiply()([a, layers.Reshape((1, 5))(b)])


def shifted(a, b):
    y = layers.Add()([a, layers.Reshape((1, 5))(layers.Dropout(0.5)(b))])
    return layers.Maximum()([y, layers.Reshape((1, 5))(b)])


def lengthened(a, b):
    """Constants along the rows of the matrix, as many as matrices."""
    step = layers.Reshape((1, 5))(b) + 0 * a[:, :1]
    return layers.Concatenate(axis=1)([a, step])


@pytest.mark.parametrize("join", [gated, shifted, lengthened])
def test_a_constant_for_the_second_input_of_a_model_inside(join):
    inner, start = two_inputs(join), keras.Input((9, 5))
    fixed = RANDOM.normal(size=(1, 5)).astype("float32")
    made = keras.Model(start, inner([start, tf.constant(fixed)]))
    explainer, x = Explainer(made, scores="values", baseline=0), X[0]
    assert not explainer.why_not("lrp")
    with tf.GradientTape() as tape:
        given = tf.constant(x[None])
        tape.watch(given)
        score = inner([given, tf.constant(fixed)], training=False)[0, 1]
    found = explainer.explain(x, "gradient", target=1)
    assert not found.notes and found.score == pytest.approx(float(score), abs=1e-5)
    np.testing.assert_allclose(found.values[..., 0], tape.gradient(score, given)[0], atol=1e-6)
    found = explainer.explain(x, "occlusion", target=1, patch=(1, 1), stride=(1, 1))
    for row, column in ((0, 0), (4, 2), (8, 4)):
        hidden = x.copy()
        hidden[row, column] = 0
        effect = float(score - inner([tf.constant(hidden[None]), tf.constant(fixed)])[0, 1])
        assert found.map[row, column] == pytest.approx(effect, abs=1e-5)
    for method in ("lrp", "deeplift", "guided_backprop"):
        assert np.isfinite(explainer.explain(x, method, target=1).map).all()


def test_deeplift_and_lrp_keep_the_sum_beside_a_constant():
    inner, start = two_inputs(shifted), keras.Input((9, 5))
    fixed = RANDOM.normal(size=(1, 5)).astype("float32")
    explainer = Explainer(
        keras.Model(start, inner([start, tf.constant(fixed)])), scores="values", baseline=0
    )
    found = explainer.explain(X[0], "deeplift", target=1)
    expected = inner([X[:1], fixed])[0, 1] - inner([0 * X[:1], fixed])[0, 1]
    assert found.map.sum() == pytest.approx(float(expected), abs=1e-4)


def test_masking_before_a_model_inside_of_which_the_mask_goes_on():
    part = keras.Input((9, 5))
    inner = keras.Model(part, layers.Dense(4, activation="relu")(part))
    start = keras.Input((9, 5))
    made = keras.Model(start, layers.Dense(2)(layers.LSTM(3)(inner(layers.Masking()(start)))))
    graph = traced(randomised(made))
    found = forward(graph, ops.cast(X, "float32"))[graph.logits]
    np.testing.assert_allclose(found, made(X), atol=1e-5)


def test_a_mask_is_no_place_for_class_activation_and_no_row_without_a_rule():
    explainer = Explainer(model(joined))
    assert not [place for place in explainer._network.places() if place.endswith(" mask")]
    report = explainer.report()
    masks = report[report.kind == "mask"]
    assert set(masks.lrp) == {"nothing"} and len(masks)
