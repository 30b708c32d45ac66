"""A model that changes after its explainer was made is explained as it is now."""

import keras
import numpy as np
import pytest
from architectures import build, conv, randomised, top
from keras import layers, ops

from heatbrush_core import Explainer

X = np.random.default_rng(3).normal(size=(8, 8, 1))


def plain():
    """Weights, statistics, an adapted input and a model inside."""
    inner = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(3, 3), layers.ReLU()])

    def body(x):
        adapted = layers.Normalization(name="adapted")
        adapted.adapt(np.linspace(-1, 2, 8)[:, None])
        y = layers.BatchNormalization(name="statistics")(conv(adapted(x), name="first"))
        return top(layers.Dense(4, activation="tanh", name="middle")(inner(y)))

    return build(body)


def opened():
    """The same as a model that shows no graph."""
    inside = plain()

    class Closed(keras.Model):
        def __init__(self):
            super().__init__()
            self.inside = inside

        def call(self, x, training=None):
            return ops.log(self.inside(x, training=training))

    return Closed(), inside


def trained(model):
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(np.random.default_rng(1).normal(size=(16, 8, 8, 1)), np.arange(16) % 3, verbose=0)


def statistics(model):
    """Inference in training mode moves those of a batch normalisation alone."""
    model(np.random.default_rng(1).normal(5, 3, (4, 8, 8, 1)), training=True)


def new_activation(model):
    model.get_layer("first").activation = keras.activations.softplus


def lora(model):
    layer = model.get_layer("middle")
    layer.enable_lora(2)
    layer.lora_kernel_b.assign(np.full(layer.lora_kernel_b.shape, 0.5))


def inner(model):
    return next(layer for layer in model.layers if isinstance(layer, keras.Sequential))


CHANGES = {
    "set_weights": lambda model: randomised(model, 5),
    "fit": trained,
    "statistics": statistics,
    "another activation": new_activation,
    "enable_lora": lora,
    "quantize": lambda model: model.get_layer("middle").quantize("int8"),
    "adapt": lambda model: model.get_layer("adapted").adapt(np.linspace(-5, 9, 8)[:, None]),
    "an activation inside": lambda model: setattr(inner(model).layers[0], "activation", ops.tanh),
    "weights inside": lambda model: randomised(inner(model), 9),
    "a layer more inside": lambda model: inner(model).add(layers.Activation("sigmoid")),
    "a layer less inside": lambda model: inner(model).pop(),
}


def maps(explainer, method):
    """The map of a method, and the scores."""
    return explainer.explain(X, method, target=0).map, explainer.predict(X).scores


def assert_seen(explainer, model, change, method="lrp"):
    before = maps(explainer, method)
    change()
    after = maps(explainer, method)
    model.run_eagerly = True
    truth = maps(Explainer(model, scores="values"), method)
    for old, new, expected in zip(before, after, truth, strict=True):
        assert np.abs(new - old).max() > 1e-4 * np.abs(old).max()
        np.testing.assert_allclose(new, expected, rtol=0, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen(change):
    model = plain()
    assert_seen(Explainer(model, scores="values"), model, lambda: CHANGES[change](model))


@pytest.mark.parametrize("change", ["fit", "another activation", "enable_lora", "adapt"])
def test_a_change_is_seen_where_no_graph_is(change):
    model, inside = opened()
    explainer = Explainer(model, scores="values")
    assert_seen(explainer, model, lambda: CHANGES[change](inside), "gradient")


@pytest.mark.parametrize("change", ["add", "pop"])
def test_layers_that_come_and_go_are_seen(change):
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(2, 3), layers.ReLU()])
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Activation("tanh"))
    steps = {"add": lambda: model.add(layers.Rescaling(3.0)), "pop": model.pop}
    assert_seen(Explainer(model, scores="values"), model, steps[change])


def test_what_did_not_change_is_not_compiled_again():
    model = plain()
    explainer = Explainer(model)
    maps(explainer, "lrp")
    compiled = explainer._network.compiled
    trained(model)
    maps(explainer, "lrp")
    assert explainer._network.compiled is compiled
