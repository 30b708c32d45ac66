"""Models that cannot be explained get one sentence each, and keep their own error as its cause."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from architectures import build, conv, top
from keras import layers
from sentences import refuses

from heatbrush_core import Explainer

X = np.random.default_rng(7).normal(size=(8, 8)).astype("float32")


def test_no_score_vector():
    with refuses(ValueError, "() per matrix", "one score vector", "add a layer"):
        Explainer(build(lambda x: keras.ops.mean(x, axis=(1, 2, 3))))
    with refuses(ValueError, "for a batch of 1", "one score vector", "wrap the model"):
        Explainer(lambda batch: np.zeros((3, 4))).predict(X)
    with refuses(TypeError, "dtype", "numbers are expected", "return an array"):
        Explainer(lambda batch: [["cat", "dog"]]).predict(X)


def test_a_vector_model():
    start = keras.Input((64,))
    with refuses(ValueError, "shape (64,)", "a matrix is expected", "Reshape"):
        Explainer(keras.Model(start, layers.Dense(2)(start)))


class Raises(keras.Model):
    def call(self, x):
        raise OSError("the weights\nare elsewhere")


def broken(batch):
    return {}["key"]


@pytest.mark.parametrize(
    "model, cause, words", [(broken, KeyError, "'key'"), (Raises(), OSError, "the weights")]
)
def test_a_model_that_raises_while_predicting(model, cause, words):
    with refuses(RuntimeError, "(1, 8, 8, 1)", words, "check that it predicts"):
        Explainer(model).predict(X)
    with pytest.raises(RuntimeError) as caught:
        Explainer(model).explain(X, "occlusion")
    assert isinstance(caught.value.__cause__, cause)


def test_a_sequential_that_cannot_be_built_from_the_matrix():
    model = keras.Sequential([layers.Conv2D(2, 9), layers.Flatten()])
    with refuses(RuntimeError, "(1, 8, 8, 1)", "but scores are expected", "check that"):
        Explainer(model).predict(X)


def test_what_is_no_model():
    with refuses(TypeError, "is a ndarray", "a Keras model is expected", "give one of these"):
        Explainer(X)


def test_options_that_do_not_fit():
    model = build(lambda x: top(conv(x)))
    with refuses(ValueError, "scores is 'logit'", "logits, probabilities, values", "or None"):
        Explainer(model, scores="logit")
    with refuses(ValueError, "output is 'a'", "no named outputs", "leave it out"):
        Explainer(np.sum, output="a")
    with refuses(ValueError, "batch_size is 0", "at least 1", "give more"):
        Explainer(model, batch_size=0)
    with refuses(ValueError, "2 names", "3 classes", "give 3 names"):
        Explainer(model, classes=["a", "b"])
    with refuses(TypeError, "batch_size is '8'", "a whole number", "or None"):
        Explainer(model, batch_size="8")
    explainer = Explainer(model)
    with refuses(ValueError, "score is 'odds'", "probability", "give one of these"):
        explainer.explain(X, "gradient", score="odds")
    with refuses(ValueError, "no method 'gradiant'", "occlusion", "did you mean 'gradient'?"):
        explainer.explain(X, "gradiant")
    with refuses(ValueError, "no method ['gradient']", "occlusion", "did you mean 'gradient'?"):
        explainer.explain(X, ["gradient"])
    plain = Explainer(lambda batch: batch.sum((1, 2)))
    with refuses(ValueError, "score='probability'", "plain values", "leave score out"):
        plain.explain(X, "occlusion", score="probability")
    with refuses(
        TypeError, "gradient needs gradients", "only its scores", "(occlusion, rise, shapley, lime)"
    ):
        plain.explain(X, "gradient")


@pytest.mark.parametrize("classes", ["abc", {"a", "b", "c"}, {0: "a", 1: "b", 2: "c"}, 3])
def test_names_of_classes_without_an_order(classes):
    with refuses(TypeError, repr(classes), "a list of names", "the order of the model's outputs"):
        Explainer(build(top), classes=classes)


@pytest.mark.parametrize("region", [(0, 3), slice(3), np.ones((8, 8), bool)])
def test_what_is_no_region(region):
    explainer = Explainer(lambda batch: batch.sum((1, 2)))
    name = type(region).__name__
    with refuses(TypeError, f"got {name}", "A region is expected", "Region.columns(10, 40)"):
        explainer.explain(X, "occlusion", within=region)
    with refuses(TypeError, f"got {name}", "A region is expected", "Region.where(mask)"):
        explainer.predict(X, without=region)


@pytest.mark.parametrize(
    ("outputs", "chosen", "given", "remedy"),
    [
        (lambda y: {"a": y, "b": -y}, None, "returns 'a', 'b'", "choose one, output='a'"),
        (lambda y: {"a": y, "b": -y}, "c", "returns 'a', 'b'", "choose one, output='a'"),
        (lambda y: [y, -y], None, "2 outputs without names", "a function of one output"),
        (lambda y: y, "c", "one output without a name", "leave output= out"),
    ],
)
def test_outputs_of_a_model_without_a_graph(outputs, chosen, given, remedy):
    class Model(keras.Model):
        def call(self, x):
            return outputs(x[:, 0, :, 0])

    with refuses(ValueError, f"output is {chosen!r}", given, remedy):
        Explainer(Model(), output=chosen).predict(X)


def test_a_model_that_returns_nan():
    explainer = Explainer(lambda batch: np.log(batch).sum((1, 2)))
    with np.errstate(invalid="ignore"):
        with refuses(ValueError, "returns NaN for 1 of 1", "numbers are expected", "the baseline"):
            explainer.predict(-np.ones((8, 8)))


def test_inputs_are_checked_against_the_model():
    explainer = Explainer(build(top))
    with pytest.raises(ValueError, match=r"shape \(8, 9\)"):
        explainer.predict(X.repeat(2, axis=1)[:, :9])
    with pytest.raises(ValueError, match="a batch of 3 matrices"):
        explainer.explain(np.stack([X] * 3), "gradient")
    with pytest.raises(ValueError, match="out of range"):
        explainer.explain(X, "gradient", target=3)


def test_keras_on_another_backend(monkeypatch):
    model = build(top)
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with refuses(TypeError, "on jax", "TensorFlow is expected", "KERAS_BACKEND=tensorflow"):
        Explainer(model)


class Threshold(keras.Model):
    def call(self, x):
        return tf.cast(tf.reduce_mean(x, (1, 2)) > 0, tf.float32) * tf.constant([[1.0, 2.0]])


def test_a_gradient_that_is_cut_is_no_map_of_zeros() -> None:
    explainer = Explainer(Threshold())
    for _ in range(2):
        with pytest.raises(ValueError, match=r"no gradient.*occlusion"):
            explainer.explain(np.ones((4, 5)), "gradient")
    assert np.isfinite(explainer.explain(np.ones((4, 5)), "occlusion").map).all()
    inputs = keras.Input((4, 5, 1))
    hard = keras.ops.cast(keras.ops.mean(inputs, axis=(1, 2)) > 0, "float32")
    graph = Explainer(keras.Model(inputs, keras.ops.concatenate([hard, 1 - hard], axis=-1)))
    with pytest.raises(ValueError, match=r"no gradient.*occlusion"):
        graph.explain(np.ones((4, 5)), "input_x_gradient")


def test_a_baseline_word_is_looked_up_when_the_explainer_is_made() -> None:
    with pytest.raises(ValueError, match="did you mean 'row_mean'"):
        Explainer(lambda batch: batch.sum((1, 2)), baseline="row mean")
