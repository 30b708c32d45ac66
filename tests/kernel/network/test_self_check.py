"""Models that are random, that keep a state, and graphs that are not the model: each is said."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from architectures import build, conv, randomised, top
from keras import layers

from heatbrush_core import Explainer

X = np.random.default_rng(5).normal(size=(8, 8, 1)).astype("float32")


class PaddedOnly(layers.Layer):
    """Keras runs `__call__`, a walk runs `call`: they differ where the last rows are 0."""

    def __call__(self, x, *args, **kwargs):
        y = super().__call__(x, *args, **kwargs)
        return y if isinstance(x, keras.KerasTensor) else y * (1.0 + self.padded(x))

    def padded(self, x):
        return tf.cast(tf.reduce_all(x[:, -2:] == 0, axis=(1, 2, 3), keepdims=True), x.dtype)

    def call(self, x):
        return x * 1.0


def test_a_graph_that_differs_on_other_matrices_only_is_given_up_and_it_is_said():
    model = build(lambda x: top(conv(PaddedOnly()(x)), activation=None))
    explainer = Explainer(model, scores="values", baseline=0)
    found = explainer.explain(X, "gradient", target=1)
    (note,) = found.notes
    assert "explained as a whole" in note and "its graph gives other scores" in note
    assert "lrp" in note and "occlusion" in note
    assert "does not compute what its graph says" in explainer.why_not("lrp")
    padded = X.copy()
    padded[-2:] = 0
    truth = np.asarray(model(padded[None]))[0]
    np.testing.assert_allclose(explainer.predict(padded).scores, truth, atol=1e-5)


def test_a_graph_that_is_the_model_says_nothing():
    assert not Explainer(build(lambda x: top(conv(x)))).explain(X, "gradient").notes


def test_the_background_is_looked_at():
    class Large(PaddedOnly):
        def padded(self, x):
            return tf.cast(tf.reduce_max(x, (1, 2, 3), keepdims=True) > 90, x.dtype)

    model = build(lambda x: top(conv(Large()(x)), activation=None))
    assert not Explainer(model, scores="values").explain(X, "gradient").notes
    background = np.stack([X, X + 100])
    assert Explainer(model, scores="values", background=background).explain(X, "gradient").notes


class AlwaysDropout(layers.Dropout):
    def call(self, inputs):
        return super().call(inputs, training=True)


def dropping(x):
    return top(AlwaysDropout(0.5, seed=1)(layers.Flatten()(conv(x))), activation=None)


@pytest.mark.parametrize("method", ["gradient", "occlusion", "lrp", "deeplift", "rise"])
def test_a_random_model_is_noted_on_every_map(method):
    explainer = Explainer(build(dropping), scores="values", baseline=0)
    note = explainer.explain(X, method, target=1).notes[0]
    assert "other scores for the same matrix (up to" in note and "repeats=" in note
    assert not explainer.why_not("lrp")  # its graph is no other than the model for that


def test_a_random_function_is_noted():
    random = np.random.default_rng(0)
    explainer = Explainer(lambda batch: batch.sum((1, 2)) + random.normal(size=(len(batch), 1)))
    assert "other scores" in explainer.explain(X, "occlusion").notes[0]


@pytest.mark.parametrize("wrap", [lambda layer: layer, layers.Bidirectional])
@pytest.mark.parametrize("closed", [False, True])
def test_a_state_is_reset_for_each_batch(wrap, closed):
    start = keras.Input(batch_shape=(1, 4, 3))
    layer = wrap(layers.LSTM(4, stateful=True))
    made = randomised(keras.Model(start, layers.Dense(2)(layer(start))))

    class Closed(keras.Model):
        def __init__(self):
            super().__init__()
            self.inside = made

        def call(self, x):
            return self.inside(x)

    x = np.random.default_rng(2).normal(size=(4, 3)).astype("float32")
    explainer = Explainer(Closed() if closed else made, scores="values", baseline=0)
    made(x[None] * 3)  # which leaves a state
    states = [np.asarray(weight) for weight in made.variables]
    found = explainer.explain(x, "gradient", target=1)
    again = explainer.explain(x, "gradient", target=1)
    for before, after in zip(states, made.variables, strict=True):
        np.testing.assert_array_equal(before, after)  # the user's state stays
    assert "state" in found.notes[0] and "first of its sequence" in found.notes[0]
    np.testing.assert_array_equal(found.map, again.map)

    def score(cells):
        layer.reset_state() if hasattr(layer, "reset_state") else layer.reset_states()
        return made(cells, training=False)[:, 1]

    with tf.GradientTape() as tape:
        given = tf.constant(x[None])
        tape.watch(given)
        value = score(given)
    np.testing.assert_allclose(found.values[..., 0], tape.gradient(value, given)[0], atol=1e-6)
    occlusion = explainer.explain(x, "occlusion", target=1, patch=(1, 3), stride=(1, 3))
    for row in range(4):
        hidden = x.copy()
        hidden[row] = 0
        effect = float(value[0] - score(hidden[None])[0])
        assert occlusion.map[row, 0] == pytest.approx(effect, abs=1e-5)


def test_the_gradient_is_that_of_the_draw_that_was_scored():
    """Of a linear model with dropout, x times the gradient sums to the score, draw by draw."""
    model = build(lambda x: top(AlwaysDropout(0.5)(layers.Flatten()(x)), activation=None))
    model.layers[-1].bias.assign([0, 0, 0])
    explainer = Explainer(model, scores="values", baseline=0)
    scores = []
    for method in ("input_x_gradient", "lrp", "input_x_gradient"):
        found = explainer.explain(X, method, target=1)
        assert found.map.sum() == pytest.approx(found.score, rel=1e-3, abs=1e-5)
        scores.append(found.score)
    assert len(set(scores)) == 3


def test_repeats_average_and_tell_how_surely():
    """The mean gradient of dropout over draws is that without; its error shrinks as it says."""
    model = build(lambda x: top(AlwaysDropout(0.5)(layers.Flatten()(x)), activation=None))
    kernel = np.asarray(model.layers[-1].kernel)[:, 1].reshape(8, 8)
    explainer = Explainer(model, scores="values", baseline=0)
    found = explainer.explain(X, "gradient", target=1, repeats=60)
    assert found.notes[-1] == "The mean of 60 runs."
    # each draw is 0 or twice the weight, so its standard deviation is the weight
    np.testing.assert_allclose(found.standard_error, np.abs(kernel) / 60**0.5, rtol=0.2)
    z = (found.map - kernel) / found.standard_error
    assert 0.7 < z.std() < 1.3
    assert found.row_errors.shape == (8,)
    batch = explainer.explain_batch(np.stack([X, -X]), "gradient", targets=1, repeats=30)
    assert all(each.standard_error is not None for each in batch)
    with pytest.raises(ValueError, match="repeats is 0"):
        explainer.explain(X, "gradient", repeats=0)


def test_repeats_of_a_model_that_is_not_random():
    explainer, seen = Explainer(build(lambda x: top(conv(x))), baseline=0), []
    once = explainer.explain(X, "occlusion", target=1, patch=2, stride=2)
    found = explainer.explain(
        X, "occlusion", target=1, patch=2, stride=2, repeats=3, progress=seen.append
    )
    np.testing.assert_allclose(found.map, once.map, atol=1e-7)
    np.testing.assert_allclose(found.standard_error, 0, atol=1e-7)
    assert seen[-1].done == seen[-1].total
    assert [each.done for each in seen] == sorted(each.done for each in seen)
