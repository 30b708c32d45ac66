"""A small network that was trained on planted runs of columns, made once per test session."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import keras
import numpy as np
from keras import layers

from heatbrush_core import Explainer, synthetic

EPOCHS = 10


class Trained(NamedTuple):
    """An explainer of a network over 16 x 64, and test samples with the class that has evidence."""

    explainer: Explainer
    samples: synthetic.Samples
    planted: int


@cache
def trained(kind: str = "step", seed: int = 7, count: int = 800) -> Trained:
    """Train a network to tell a planted run of 8 to 12 columns from nothing."""
    spec = synthetic.columns(kind, seed=seed)
    train, test = synthetic.draw(spec, count), synthetic.draw(spec, 800, "test")
    keras.utils.set_random_seed(seed)
    x = start = keras.Input((*spec.shape, 1))
    for filters in (8, 16):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(start, layers.Dense(2, activation="softmax")(x))
    model.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy")
    model.fit(train.X, train.y, epochs=EPOCHS, batch_size=32, verbose=0)
    planted = [each.name for each in spec.classes].index("planted")
    explainer = Explainer(model, background=train.X[:300])
    return Trained(explainer, test, planted)


def truth(samples: synthetic.Samples, index: int) -> tuple[int, int]:
    """The columns of the planted run, half-open."""
    columns = np.flatnonzero(samples.truth[index].any(0))
    return int(columns[0]), int(columns[-1]) + 1
