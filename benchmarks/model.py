"""The network that the figures are measured on: three blocks over a 64 x 256 matrix."""

from __future__ import annotations

from typing import Any

SHAPE = (64, 256, 1)


def small_cnn() -> Any:
    """Return a Keras model: 16, 32, 64 filters 3 x 3, ReLU, max pooling; average; 4 classes."""
    import keras

    keras.utils.set_random_seed(0)
    x = inputs = keras.Input(SHAPE)
    for filters in (16, 32, 64):
        x = keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = keras.layers.MaxPooling2D(2)(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(4, activation="softmax")(x))
