"""A model that Keras cannot copy, and a method that ignores the model."""

import keras
import numpy as np
import pytest
from keras import layers

from heatbrush_core.methods import REGISTRY
from heatbrush_core.registry.method import Method, Result
from heatbrush_core.registry.parameters import Parameters


class Own(keras.Model):
    """A model that Keras cannot copy, with a weight of its own and a nested layer."""

    def __init__(self):
        super().__init__()
        self.folder = [layers.Conv2D(3, 3, activation="relu", name="inner")]
        self.scale = self.add_weight(shape=(3,), initializer="ones", name="scale")
        self.end = layers.Dense(2, name="end")

    def call(self, x):
        return self.end(keras.ops.mean(self.folder[0](x), axis=(1, 2)) * self.scale)


@pytest.fixture
def own():
    keras.utils.set_random_seed(3)
    model = Own()
    model(np.zeros((1, 8, 8, 1), "float32"))
    model.scale.assign([0.5, 2.0, -1.0])
    return model


@pytest.fixture
def probe(monkeypatch):
    """A method that shows how the matrix looks, whatever the model; `calls` is told the task."""
    calls = []

    def compute(task, settings):
        for call in calls:
            call(task)
        return Result(task.x, float(task.scores(task.x[None])[0]))

    method = Method("probe", "function", "How does it look?", "scores", Parameters, compute)
    monkeypatch.setitem(REGISTRY, "probe", method)
    return calls
