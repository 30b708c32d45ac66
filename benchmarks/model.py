"""The networks that the figures are measured on."""

from __future__ import annotations

from typing import Any

SHAPE = (64, 256, 1)
LARGE = (1024, 1024, 1)
STAGES = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))


def small_cnn(head: str = "softmax", shape: tuple[int, int, int] = SHAPE) -> Any:
    """Return a Keras model: 16, 32, 64 filters 3 x 3, ReLU, two max poolings; average; 4 classes.

    It takes Keras 2 as well as Keras 3.
    """
    import keras

    keras.utils.set_random_seed(0)
    x = inputs = keras.Input(shape)
    for filters in (16, 32):
        x = keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = keras.layers.MaxPooling2D(2)(x)
    x = keras.layers.Conv2D(64, 3, padding="same", activation="relu")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(4, activation=head)(x))


def large_cnn() -> Any:
    """Return VGG-16's 13 convolutions over a 1024 x 1024 matrix, average, 4 classes."""
    import keras

    keras.utils.set_random_seed(0)
    x = inputs = keras.Input(LARGE)
    for number, stage in enumerate(STAGES):
        if number:
            x = keras.layers.MaxPooling2D(2)(x)
        for filters in stage:
            x = keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(4, activation="softmax")(x))
