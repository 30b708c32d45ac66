"""The networks that occlusion is measured on, from three convolutions to VGG16."""

from __future__ import annotations

from typing import Any

from benchmarks.model import SHAPE, small_cnn


def three_block(shape: tuple[int, int, int] = SHAPE) -> Any:
    """Return 16, 32, 64 filters 3 x 3, max pooling, average, 4 logits; over 64 x 256."""
    return small_cnn("linear", shape)


def heat_map() -> Any:
    """Return 16, 32, 32 filters 3 x 3, max pooling after the first, a sigmoid per cell: a map."""
    import keras

    keras.utils.set_random_seed(0)
    x = start = keras.Input(SHAPE)
    x = keras.layers.Conv2D(16, 3, padding="same", activation="relu")(x)
    x = keras.layers.MaxPooling2D(2)(x)
    for _ in range(2):
        x = keras.layers.Conv2D(32, 3, padding="same", activation="relu")(x)
    return keras.Model(start, keras.layers.Conv2D(1, 1, activation="sigmoid")(x))


def plain(depth: int) -> Any:
    """Return so many convolutions of 32 filters 3 x 3 over 64 x 128, and an average."""
    import keras

    keras.utils.set_random_seed(0)
    x = start = keras.Input((64, 128, 1))
    for _ in range(depth):
        x = keras.layers.Conv2D(32, 3, padding="same", activation="relu")(x)
    return _ended(start, x)


def vgg16() -> Any:
    """Return VGG16 over 224 x 224 x 3 with random weights."""
    import keras

    keras.utils.set_random_seed(0)
    return keras.applications.VGG16(weights=None, classifier_activation=None)


def mobilenet_v1() -> Any:
    """Return MobileNet over 128 x 128 x 3 with random weights."""
    import keras

    keras.utils.set_random_seed(0)
    shape = (128, 128, 3)
    return keras.applications.MobileNet(shape, weights=None, classifier_activation=None)


def mobilenet_like() -> Any:
    """Return a stem of stride 2 and five depthwise separable blocks over 128 x 128 x 3."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(0)
    start = keras.Input((128, 128, 3))
    x = layers.Conv2D(32, 3, strides=2, padding="same", use_bias=False)(start)
    x = layers.ReLU(6.0)(layers.BatchNormalization()(x))
    for filters, stride in ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1)):
        x = layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(x)
        x = layers.ReLU(6.0)(layers.BatchNormalization()(x))
        x = layers.Conv2D(filters, 1, use_bias=False)(x)
        x = layers.ReLU(6.0)(layers.BatchNormalization()(x))
    return _ended(start, x)


def _unit(x: Any, filters: int, stride: int) -> Any:
    """Return a basic residual block."""
    from keras import layers

    y = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.Conv2D(filters, 3, padding="same", use_bias=False)(y)
    y = layers.BatchNormalization()(y)
    if stride > 1 or x.shape[-1] != filters:
        x = layers.Conv2D(filters, 1, strides=stride, use_bias=False)(x)
        x = layers.BatchNormalization()(x)
    return layers.ReLU()(layers.Add()([x, y]))


def _ended(start: Any, x: Any) -> Any:
    import keras

    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(start, keras.layers.Dense(10)(x))


def cifar_resnet(blocks: int) -> Any:
    """Return a ResNet over 128 x 128 x 3: a 3 x 3 stem, then `blocks` in three stages."""
    import keras

    keras.utils.set_random_seed(0)
    start = keras.Input((128, 128, 3))
    x = keras.layers.Conv2D(16, 3, padding="same", use_bias=False)(start)
    x = keras.layers.ReLU()(keras.layers.BatchNormalization()(x))
    for stage, filters in enumerate((16, 32, 64)):
        for block in range(blocks // 3):
            x = _unit(x, filters, 2 if stage and not block else 1)
    return _ended(start, x)


def strided_resnet() -> Any:
    """Return a ResNet over 128 x 128 x 3 whose stem has a stride of 4, with 12 convolutions."""
    import keras

    keras.utils.set_random_seed(0)
    start = keras.Input((128, 128, 3))
    x = keras.layers.Conv2D(64, 7, strides=2, padding="same", use_bias=False)(start)
    x = keras.layers.ReLU()(keras.layers.BatchNormalization()(x))
    x = keras.layers.MaxPooling2D(3, 2, "same")(x)
    for filters, stride in ((64, 1), (64, 1), (128, 2), (128, 1), (256, 2)):
        x = _unit(x, filters, stride)
    return _ended(start, x)
