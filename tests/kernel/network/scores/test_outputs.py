"""The words of the model's own error reach the user, without what TensorFlow wraps around them."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from architectures import build, conv, top
from keras import layers

from heatbrush_core import Explainer

X = np.ones((8, 8, 1), "float32")


class Checks(layers.Layer):
    """Fails when it runs, in a compiled function too."""

    def call(self, x):
        check = tf.debugging.Assert(tf.reduce_max(x) < 0, ["cells must be negative, got", x[0, 0]])
        with tf.control_dependencies([] if check is None else [check]):
            return x * 1.0


class Raises(layers.Layer):
    def call(self, x):
        raise OSError("the weights are elsewhere")


@tf.function
def translated(x):
    """Autograph wraps what it raises."""
    if tf.reduce_sum(x) > 1e9:
        x = x + 1
    raise ValueError("one matrix at a time, please")


class Refuses(keras.Model):
    def call(self, x):
        if x.shape[0] != 1:
            raise ValueError("one matrix at a time, please")
        return tf.reduce_sum(x, (1, 2))


class Widths(keras.Model):
    def call(self, x):
        return tf.matmul(tf.reshape(x, (-1, 32)), tf.ones((31, 2)))


def closed(layer):
    class Closed(keras.Model):
        def call(self, x):
            return tf.reduce_sum(layer(x), (1, 2))

    return Closed()


MODELS = {
    "a check in a graph": (lambda: build(lambda x: top(conv(Checks()(x)))), "negative, got"),
    "a check in a model without": (lambda: closed(Checks()), "cells must be negative, got"),
    "a layer": (lambda: closed(Raises()), "(the weights are elsewhere)"),
    "an operation": (Widths, "32"),
    "autograph": (lambda: translated, "(one matrix at a time, please)"),
    "a model in autograph": (Refuses, "(one matrix at a time, please)"),
    "a function": (lambda: lambda batch: batch["x"], "only integers"),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("ask", ["predict", "outputs"])
def test_the_models_own_words(name, ask):
    make, words = MODELS[name]
    model = make()
    if name == "a check in a graph" and ask == "predict":
        model.run_eagerly = True
    explainer = Explainer(model)
    with pytest.raises(RuntimeError) as caught:
        if ask == "predict" and name != "a model in autograph":
            explainer.predict(X)
        else:
            explainer._network.outputs(np.stack([X, X]))
    said = str(caught.value)
    assert words in said
    for noise in ("user code", "Graph execution", "File", "{{", "[Op", "\x1b", "\n", "Arguments"):
        assert noise not in said
