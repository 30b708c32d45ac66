"""Networks that were trained to find planted runs of columns, and what they are tested on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Planted(NamedTuple):
    """An explainer of a trained network, its test samples, and the class with evidence."""

    explainer: Any
    samples: Any
    planted: int
    accuracy: float


def trained(
    body: Callable[[Any], Any],
    kind: str,
    seed: int,
    train: int,
    test: int,
    size: tuple[int, int] = (16, 64),
    epochs: int = 12,
    baseline: Any = "auto",
) -> Planted:
    """Train a network on so many samples of one shape; 300 of them are the background."""
    import keras

    import heatbrush_core as hb

    spec = hb.synthetic.columns(kind, size, seed)
    given, asked = hb.synthetic.draw(spec, train), hb.synthetic.draw(spec, test, "test")
    keras.utils.set_random_seed(seed)
    start = keras.Input((*spec.shape, 1))
    model = keras.Model(start, keras.layers.Dense(2, activation="softmax")(body(start)))
    model.compile(
        keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    model.fit(given.X, given.y, epochs=epochs, batch_size=32, verbose=0)
    accuracy = model.evaluate(asked.X, asked.y, verbose=0)[1]
    planted = [each.name for each in spec.classes].index("planted")
    explainer = hb.Explainer(model, background=given.X[:300], baseline=baseline)
    return Planted(explainer, asked, planted, accuracy)


def three_block(x: Any) -> Any:
    """Three convolutions of 16, 32 and 64 filters, as those of the figures; a global average."""
    from keras import layers

    for filters in (16, 32):
        x = layers.MaxPooling2D(2)(_conv(x, filters))
    return layers.GlobalAveragePooling2D()(_conv(x, 64))


def pooled(x: Any) -> Any:
    """Three convolutions, two max poolings, a global average."""
    from keras import layers

    for filters in (8, 16):
        x = layers.MaxPooling2D(2)(_conv(x, filters))
    return layers.GlobalAveragePooling2D()(_conv(x, 16))


def flattened(x: Any) -> Any:
    """Two strided convolutions and a dense layer over all places."""
    from keras import layers

    for filters in (8, 16):
        x = _conv(x, filters, strides=2)
    return layers.Dense(16, activation="relu")(layers.Flatten()(x))


def residual(x: Any) -> Any:
    """Two residual blocks with batch normalisation, a global average."""
    from keras import layers

    x = _conv(x, 12)
    for _ in range(2):
        y = layers.BatchNormalization()(layers.Conv2D(12, 3, padding="same")(x))
        y = layers.BatchNormalization()(layers.Conv2D(12, 3, padding="same")(layers.ReLU()(y)))
        x = layers.MaxPooling2D(2)(layers.ReLU()(layers.Add()([x, y])))
    return layers.GlobalAveragePooling2D()(x)


def _conv(x: Any, filters: int, **more: Any) -> Any:
    from keras import layers

    return layers.Conv2D(filters, 3, padding="same", activation="relu", **more)(x)
