"""Small networks whose output is a map, in double precision, and the same with a head of one score.

Each head is Flatten and a Dense with fixed weights, as one would write it by hand.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers

SHAPE, MAP = (16, 24, 1), (8, 12)
"""Of the matrix, and of the map's rows and columns: half of each."""


def map_model(channels: int = 1, end: str | None = None, free: bool = False, seed: int = 1) -> Any:
    """Make a convolution, a pooling, two convolutions: a map of half the rows and columns."""
    keras.utils.set_random_seed(seed)
    start = keras.Input((None, None, 1) if free else SHAPE, dtype="float64")
    y = layers.Conv2D(4, 3, padding="same", activation="leaky_relu", dtype="float64", name="c1")(
        start
    )
    y = layers.MaxPooling2D(2, dtype="float64", name="pool")(y)
    y = layers.Conv2D(6, 3, padding="same", activation="leaky_relu", dtype="float64", name="c2")(y)
    y = layers.Conv2D(channels, 1, dtype="float64", name="map")(y)
    if end is not None:
        y = layers.Activation(end, dtype="float64", name="end")(y)
    model = keras.Model(start, y)
    random = np.random.default_rng(seed)
    for weight in model.weights:
        weight.assign(random.normal(size=weight.shape, scale=0.5))
    return model


def headed(model: Any, weights: Any, output: int | None = None) -> Any:
    """Add a head by hand to what is the logits of a map: (h, w, c) weights of its cells."""
    given = keras.Input(SHAPE, dtype="float64")
    made = model(given) if output is None else model(given)[output]
    dense = layers.Dense(1, use_bias=False, dtype="float64", name="head")
    found = keras.Model(given, dense(layers.Flatten(dtype="float64")(made)))
    dense.set_weights([np.asarray(weights, float).reshape(-1, 1)])
    return found


def logits_of(model: Any) -> Any:
    """Take the same model without its last activation."""
    return keras.Model(model.inputs, model.get_layer("map").output)


def answer(model: Any, x: Any) -> Any:
    """Ask a model about an (H, W) matrix, in double precision: what it returns for it."""
    return np.asarray(model(np.asarray(x, float)[None, ..., None]))[0]
