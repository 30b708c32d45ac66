"""Every layer and operation that a 2-D CNN may hold, each as a step of a small model.

A step takes a symbolic tensor to another and fits any shape of its rank: maps (N, H, W, C),
sequences (N, L, C), vectors (N, n). A step that does not fit a shape returns it as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import keras
from architectures import conv
from keras import layers, ops

Step = Callable[[Any], Any]
Steps = dict[str, Step]
BARE: dict[str, Any] = {"scale": False, "center": False}


def each(names: Iterable[str], step: Callable[[str], Step], prefix: str = "") -> Steps:
    """One step per name."""
    return {prefix + name: step(name) for name in names}


def there(module: Any, *names: str) -> list[str]:
    """The names that this version of Keras has."""
    return [name for name in names if hasattr(module, name)]


def window(x: Any, size: int = 2) -> tuple[int, ...]:
    """The window of a size, less where the map is smaller."""
    return tuple(min(size, n) for n in x.shape[1:-1])


def groups(x: Any) -> int:
    return 2 if x.shape[-1] % 2 == 0 else 1


def same(x: Any, filters: int = 4, size: Any = 3, **more: Any) -> Any:
    """A convolution without activation that keeps the size."""
    return conv(x, filters, size, **{"activation": None, **more})


def beside(x: Any, **more: Any) -> list[Any]:
    """Two tensors of one shape, x and a convolution of it."""
    return [x, same(x, x.shape[-1], **more)]


def grown(x: Any, layer: Step) -> Any:
    return layer(x) if max(x.shape[1:-1]) < 10 else x


def adaptive(x: Any, layer: Callable[[tuple[int, ...]], Step]) -> Any:
    """Pool to 2 or 3 cells per axis; to one cell, TensorFlow on a CPU ends the process."""
    sizes = tuple(n // 2 + 1 for n in window(x, 4))
    return layer(sizes)(x) if min(sizes) > 1 else x


def sized(name: str, x: Any) -> Any:
    """The layer of a name for maps or for sequences."""
    return getattr(layers, f"{name}{len(x.shape) - 2}D")


def gated(x: Any) -> Any:
    """Squeeze and excite."""
    gate = layers.Dense(3, activation="relu")(layers.GlobalAveragePooling2D(keepdims=True)(x))
    return layers.Multiply()([x, layers.Dense(x.shape[-1], activation="sigmoid")(gate)])


def residual(x: Any) -> Any:
    y = layers.BatchNormalization()(same(x, 4, strides=2))
    y = layers.BatchNormalization()(same(layers.ReLU()(y), 3))
    return layers.ReLU()(layers.Add()([y, same(x, 3, 1, strides=2)]))


def dense_block(x: Any) -> Any:
    y = same(layers.ReLU()(layers.BatchNormalization()(x)), 2)
    return layers.Concatenate()([x, y])


def inverted(x: Any) -> Any:
    """The block of MobileNet V2."""
    y = layers.ReLU(6.0)(layers.BatchNormalization()(same(x, 6, 1, use_bias=False)))
    y = layers.DepthwiseConv2D(3, padding="same", use_bias=False)(y)
    y = layers.ReLU(6.0)(layers.BatchNormalization()(y))
    y = layers.BatchNormalization()(same(y, x.shape[-1], 1, use_bias=False))
    return layers.Add()([x, y])


def nested(x: Any) -> Any:
    """Functional in Functional in Sequential."""
    start = keras.Input(x.shape[1:])
    inner = keras.Model(start, same(start, 2, activation="tanh"))
    middle = keras.Model(start, layers.ReLU()(inner(start) + 0.1))
    return keras.Sequential([middle, layers.BatchNormalization()])(x)


def shared(x: Any) -> Any:
    layer = layers.Conv2D(x.shape[-1], 3, padding="same", activation="softplus")
    return layer(layer(x)) - layer(x)


FUNCTIONS = ["relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "mish", "softplus"]
FUNCTIONS += ["softsign", "tanh", "sigmoid", "hard_sigmoid", "hard_silu", "exponential", "softmax"]
FUNCTIONS += ["log_softmax", "linear"]
FUNCTIONS += there(keras.activations, "celu", "hard_shrink", "hard_tanh", "log_sigmoid")
FUNCTIONS += there(keras.activations, "soft_shrink", "sparse_plus", "squareplus", "tanh_shrink")
FUNCTIONS += there(keras.activations, "sparse_sigmoid")

LINEAR: Steps = {
    "Conv2D": same,
    "Conv2D valid": lambda x: same(x, 3, window(x, 3), padding="valid"),
    "Conv2D strided": lambda x: same(x, strides=2),
    "Conv2D dilated": lambda x: same(x, 3, (2, 3), dilation_rate=2),
    "Conv2D grouped": lambda x: same(x, groups=groups(x)),
    "Conv2D without bias": lambda x: same(x, 2, (1, 3), use_bias=False),
    "DepthwiseConv2D": lambda x: layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2)(x),
    "DepthwiseConv2D valid": lambda x: layers.DepthwiseConv2D(window(x), activation="relu")(x),
    "SeparableConv2D": lambda x: layers.SeparableConv2D(3, 2, 1, "same", depth_multiplier=2)(x),
    "Conv2DTranspose": lambda x: grown(x, layers.Conv2DTranspose(3, 3, 2, "same")),
    "Conv2DTranspose valid": lambda x: grown(x, layers.Conv2DTranspose(2, 2, activation="relu")),
    "Dense over channels": lambda x: layers.Dense(3)(x),
}
FUSED: Steps = {
    **each(FUNCTIONS, lambda name: lambda x: same(x, activation=name), "Conv2D "),
    "Conv2D LeakyReLU": lambda x: same(x, activation=layers.LeakyReLU(negative_slope=0.2)),
    "Conv2D lambda": lambda x: same(x, activation=lambda y: ops.sin(y) + y),
}
NORMALIZATIONS: Steps = {
    "BatchNormalization": lambda x: layers.BatchNormalization()(x),
    "BatchNormalization unscaled": lambda x: layers.BatchNormalization(scale=False)(x),
    "BatchNormalization uncentred": lambda x: layers.BatchNormalization(center=False)(x),
    "BatchNormalization of rows": lambda x: layers.BatchNormalization(axis=1)(x),
    "BatchNormalization before": lambda x: layers.ReLU()(layers.BatchNormalization()(same(x))),
    "BatchNormalization after": lambda x: layers.BatchNormalization()(same(x, activation="relu")),
    "LayerNormalization": lambda x: layers.LayerNormalization(epsilon=0.1)(x),
    "LayerNormalization of maps": lambda x: layers.LayerNormalization([1, 2, 3], epsilon=0.1)(x),
    "LayerNormalization bare": lambda x: layers.LayerNormalization(epsilon=0.1, **BARE)(x),
    "GroupNormalization": lambda x: layers.GroupNormalization(groups(x), epsilon=0.1)(x),
    "GroupNormalization of one": lambda x: layers.GroupNormalization(-1, epsilon=0.1, **BARE)(x),
    "UnitNormalization": lambda x: layers.UnitNormalization()(x + 1),
    "Rescaling": lambda x: layers.Rescaling(2.0, -1.0)(x),
    "Normalization": lambda x: layers.Normalization(axis=None, mean=0.2, variance=2.0)(x),
    "Normalization of channels": lambda x: layers.Normalization(
        mean=[0.1 * n for n in range(x.shape[-1])], variance=[2.0] * x.shape[-1]
    )(x),
    "SpectralNormalization": lambda x: layers.SpectralNormalization(layers.Conv2D(3, 1))(x),
    **each(
        there(layers, "RMSNormalization"),
        lambda name: lambda x: getattr(layers, name)(epsilon=0.1)(x),
    ),
}
ACTIVATIONS: Steps = {
    **each(FUNCTIONS, lambda name: lambda x: layers.Activation(name)(x), "Activation "),
    **each(there(ops, *FUNCTIONS, "exp"), lambda name: lambda x: getattr(ops, name)(x), "ops."),
    "ReLU": lambda x: layers.ReLU()(x),
    "ReLU capped": lambda x: layers.ReLU(max_value=1.0)(x),
    "ReLU leaking": lambda x: layers.ReLU(negative_slope=0.2)(x),
    "ReLU from a threshold": lambda x: layers.ReLU(threshold=0.3)(x),
    "LeakyReLU": lambda x: layers.LeakyReLU(negative_slope=0.1)(x),
    "PReLU": lambda x: layers.PReLU()(x),
    "PReLU shared": lambda x: layers.PReLU(shared_axes=[1, 2])(x),
    "ELU": lambda x: layers.ELU(0.5)(x),
    "Softmax": lambda x: layers.Softmax()(x),
    "Softmax of rows": lambda x: layers.Softmax(axis=1)(x),
}
POOLINGS: Steps = {
    "MaxPooling2D": lambda x: layers.MaxPooling2D(window(x))(x),
    "MaxPooling2D same": lambda x: layers.MaxPooling2D(3, 2, "same")(x),
    "AveragePooling2D": lambda x: layers.AveragePooling2D(window(x))(x),
    "AveragePooling2D same": lambda x: layers.AveragePooling2D(3, 1, "same")(x),
    "GlobalAveragePooling2D kept": lambda x: layers.GlobalAveragePooling2D(keepdims=True)(x),
    "GlobalMaxPooling2D kept": lambda x: layers.GlobalMaxPooling2D(keepdims=True)(x),
    **each(
        there(layers, "AdaptiveAveragePooling2D", "AdaptiveMaxPooling2D"),
        lambda name: lambda x: adaptive(x, getattr(layers, name)),
    ),
}
MOVES: Steps = {
    "UpSampling2D": lambda x: grown(x, layers.UpSampling2D((2, 1))),
    "UpSampling2D bilinear": lambda x: grown(x, layers.UpSampling2D(2, interpolation="bilinear")),
    "Resizing nearest": lambda x: layers.Resizing(5, 4, interpolation="nearest")(x),
    "Resizing bilinear": lambda x: layers.Resizing(4, 7)(x),
    "CenterCrop": lambda x: layers.CenterCrop(*window(x, 3))(x),
    "ZeroPadding2D": lambda x: grown(x, layers.ZeroPadding2D(((1, 0), (2, 1)))),
    "Cropping2D": lambda x: layers.Cropping2D(((int(x.shape[1] > 1), 0), (0, int(x.shape[2] > 1))))(
        x
    ),
    "Permute": lambda x: layers.Permute((2, 1, 3))(x),
    "Permute channels": lambda x: layers.Permute((1, 3, 2))(x),
    "Reshape": lambda x: layers.Reshape((x.shape[2], x.shape[1], -1))(x),
}
MERGES: Steps = {
    "Add": lambda x: layers.Add()(beside(x)),
    "Add itself": lambda x: layers.Add()([x, x, *beside(x)]),
    "Subtract": lambda x: layers.Subtract()(beside(x, activation="relu")),
    "Multiply": lambda x: layers.Multiply()(beside(x)),
    "Multiply itself": lambda x: layers.Multiply()([x, x]),
    "Average": lambda x: layers.Average()(beside(x)),
    "Maximum": lambda x: layers.Maximum()(beside(x)),
    "Minimum": lambda x: layers.Minimum()(beside(x)),
    "Concatenate": lambda x: layers.Concatenate()([x, same(x, 2), x]),
    "Concatenate rows": lambda x: grown(x, lambda x: layers.Concatenate(axis=1)(beside(x))),
    "Dot": lambda x: layers.Dot(axes=(2, 2))([x[:, 0], same(x, x.shape[-1])[:, 0]])[:, None],
}
IDLE: Steps = {
    "Dropout": lambda x: layers.Dropout(0.5)(x),
    "Dropout in training": lambda x: layers.Dropout(0.5)(x, training=True),
    "SpatialDropout2D": lambda x: layers.SpatialDropout2D(0.5)(x),
    "GaussianDropout": lambda x: layers.GaussianDropout(0.5)(x),
    "GaussianNoise": lambda x: layers.GaussianNoise(1.0)(x),
    "AlphaDropout": lambda x: layers.AlphaDropout(0.5)(x),
    "ActivityRegularization": lambda x: layers.ActivityRegularization(0.1)(x),
    "Identity": lambda x: layers.Identity()(x),
    "RandomFlip": lambda x: layers.RandomFlip()(x),
    "RandomTranslation": lambda x: layers.RandomTranslation(0.5, 0.5)(x),
}
OPERATIONS: Steps = {
    "x + 1": lambda x: x + 1,
    "1 - x": lambda x: 1 - x,
    "x * 2": lambda x: x * 2,
    "x / 2": lambda x: x / 2,
    "1 / x": lambda x: 1 / (ops.abs(x) + 1),
    "-x": lambda x: -x,
    "x ** 2": lambda x: x**2,
    "x + y": lambda x: x + same(x, x.shape[-1]),
    "x - mean": lambda x: x - ops.mean(x, axis=(1, 2), keepdims=True),
    "x * y": lambda x: x * same(x, 1),
    "x / y": lambda x: x / (1 + ops.square(same(x, 1))),
    "x @ y": lambda x: x @ ops.swapaxes(same(x, x.shape[-1]), 2, 3),
    "x[:, 1:]": lambda x: x[:, min(1, x.shape[1] - 1) :, ::-1],
    "x[..., :1]": lambda x: x[..., :1],
    "mean": lambda x: ops.mean(x, axis=1, keepdims=True),
    "sum": lambda x: ops.sum(x, axis=-1, keepdims=True),
    "max": lambda x: ops.max(x, axis=2, keepdims=True),
    "min": lambda x: ops.min(x, axis=-1, keepdims=True),
    "prod": lambda x: ops.prod(x + 2, axis=-1, keepdims=True),
    "var": lambda x: ops.sqrt(ops.var(x, axis=-1, keepdims=True) + 1),
    "logsumexp": lambda x: ops.logsumexp(x, axis=(-1,), keepdims=True),
    "maximum": lambda x: ops.maximum(x, 0.1),
    "minimum": lambda x: ops.minimum(x, 0.1),
    "maximum of two": lambda x: ops.maximum(*beside(x)),
    "where": lambda x: ops.where(x > 0, x, same(x, x.shape[-1])),
    "clip": lambda x: ops.clip(x, -0.5, 0.5),
    "abs": ops.abs,
    "square": ops.square,
    "sin": ops.sin,
    "log1p": lambda x: ops.log1p(ops.abs(x)),
    "stack": lambda x: ops.mean(ops.stack(beside(x), axis=1), axis=1),
    "concatenate": lambda x: ops.concatenate([x, -x], axis=-1),
    "split": lambda x: ops.multiply(*ops.split(same(x, 4), 2, axis=-1)),
    "transpose": lambda x: ops.transpose(x, (0, 2, 1, 3)),
    "moveaxis": lambda x: ops.moveaxis(x, 1, 2),
    "expand and squeeze": lambda x: ops.squeeze(ops.expand_dims(x, 1), 1),
    "reshape": lambda x: ops.reshape(x, (-1, x.shape[2], x.shape[1], x.shape[3])),
    "pad": lambda x: grown(x, lambda x: ops.pad(x, ((0, 0), (1, 0), (0, 0), (0, 0)))),
    "pad reflecting": lambda x: grown(
        x, lambda x: ops.pad(x, ((0, 0), (0, 0), (0, 0), (0, 1)), "symmetric")
    ),
    "flip": lambda x: ops.flip(x, axis=2),
    "roll": lambda x: ops.roll(x, 1, axis=1),
    "repeat": lambda x: grown(x, lambda x: ops.repeat(x, 2, axis=1)),
    "tile": lambda x: grown(x, lambda x: ops.tile(x, (1, 1, 2, 1))),
    "take": lambda x: ops.take(x, [0, 0], axis=1),
    "matmul": lambda x: ops.matmul(x, ops.ones((x.shape[-1], 3), "float64") / 2),
    "einsum": lambda x: ops.einsum("nhwc,nhwd->nhcd", x, same(x, 2)),
    "average_pool": lambda x: ops.average_pool(x, window(x), 1),
    "max_pool": lambda x: ops.max_pool(x, window(x), 1),
    "resize": lambda x: ops.image.resize(x, (4, 5)),
    "cast": lambda x: x * ops.cast(x > 0, "float64") + x,
    "normalize": lambda x: ops.normalize(x + 2),
}
BLOCKS: Steps = {
    "residual": residual,
    "dense block": dense_block,
    "inverted residual": inverted,
    "squeeze and excite": gated,
    "nested": nested,
    "shared": shared,
}
MAPS: Steps = {
    **LINEAR, **FUSED, **NORMALIZATIONS, **ACTIVATIONS, **POOLINGS, **MOVES, **MERGES, **IDLE,
    **OPERATIONS, **BLOCKS,
}  # fmt: skip

BRIDGES: Steps = {
    "Reshape to a sequence": lambda x: layers.Reshape((-1, x.shape[-1]))(x),
    "TimeDistributed": lambda x: layers.TimeDistributed(layers.Flatten())(x),
    "mean of rows": lambda x: ops.mean(x, axis=1),
    "max of columns": lambda x: ops.max(x, axis=2),
    "first row": lambda x: x[:, 0],
}
SEQUENCES: Steps = {
    "Conv1D": lambda x: layers.Conv1D(3, 3, padding="same", activation="relu")(x),
    "Conv1D strided": lambda x: layers.Conv1D(3, window(x), strides=2)(x),
    "Conv1D causal": lambda x: layers.Conv1D(2, 3, padding="causal", dilation_rate=2)(x),
    "Conv1DTranspose": lambda x: grown(x, layers.Conv1DTranspose(2, 3, 2)),
    "DepthwiseConv1D": lambda x: layers.DepthwiseConv1D(3, padding="same", depth_multiplier=2)(x),
    "SeparableConv1D": lambda x: layers.SeparableConv1D(3, 3, padding="same")(x),
    "MaxPooling1D": lambda x: layers.MaxPooling1D(2, padding="same")(x),
    "AveragePooling1D": lambda x: layers.AveragePooling1D(2, padding="same")(x),
    "UpSampling1D": lambda x: grown(x, layers.UpSampling1D(2)),
    "ZeroPadding1D": lambda x: grown(x, layers.ZeroPadding1D((1, 2))),
    "Cropping1D": lambda x: layers.Cropping1D((int(x.shape[1] > 1), 0))(x),
    "SpatialDropout1D": lambda x: layers.SpatialDropout1D(0.5)(x),
    "BatchNormalization 1D": lambda x: layers.BatchNormalization()(x),
    "LayerNormalization 1D": lambda x: layers.LayerNormalization(epsilon=0.1)(x),
    "Permute 1D": lambda x: layers.Permute((2, 1))(x),
    "Dense 1D": lambda x: layers.Dense(3, activation="tanh")(x),
    **each(
        there(layers, "AdaptiveAveragePooling1D", "AdaptiveMaxPooling1D"),
        lambda name: lambda x: adaptive(x, getattr(layers, name)),
    ),
}
ENDS: Steps = {
    "Flatten": lambda x: layers.Flatten()(x),
    "GlobalAveragePooling": lambda x: sized("GlobalAveragePooling", x)()(x),
    "GlobalMaxPooling": lambda x: sized("GlobalMaxPooling", x)()(x),
    "mean of all": lambda x: ops.mean(x, axis=tuple(range(1, len(x.shape) - 1))),
    "sum of all": lambda x: ops.sum(x, axis=tuple(range(1, len(x.shape) - 1))),
    "max of all": lambda x: ops.amax(x, axis=tuple(range(1, len(x.shape) - 1))),
}
VECTORS: Steps = {
    "Dense": lambda x: layers.Dense(4, activation="relu")(x),
    "Dense BatchNormalization": lambda x: layers.ReLU()(
        layers.BatchNormalization()(layers.Dense(4, use_bias=False)(x))
    ),
    "LayerNormalization of a vector": lambda x: layers.LayerNormalization(epsilon=0.1)(x),
    "RepeatVector": lambda x: layers.Flatten()(layers.RepeatVector(2)(x)),
    "Reshape a vector": lambda x: layers.Flatten()(layers.Reshape((-1, 1))(x)),
    "Dot of vectors": lambda x: layers.Concatenate()(
        [x, layers.Dot(axes=1)([x, layers.Dense(x.shape[-1])(x)])]
    ),
    "Dense residual": lambda x: layers.Add()([x, layers.Dense(x.shape[-1], activation="gelu")(x)]),
}
HEADS: Steps = {
    "softmax": lambda x: layers.Dense(3, activation="softmax")(x),
    "Softmax layer": lambda x: layers.Softmax()(layers.Dense(3)(x)),
    "Activation layer": lambda x: layers.Activation("softmax")(layers.Dense(3)(x)),
    "ops.softmax head": lambda x: ops.softmax(layers.Dense(3)(x)),
    "log_softmax": lambda x: layers.Dense(3, activation="log_softmax")(x),
    "linear": lambda x: layers.Dense(3)(x),
    "one linear": lambda x: layers.Dense(1)(x),
    "one sigmoid": lambda x: layers.Dense(1, activation="sigmoid")(x),
    "sigmoids": lambda x: layers.Dense(3, activation="sigmoid")(x),
    "ops.sigmoid head": lambda x: ops.sigmoid(layers.Dense(2)(x)),
    "tanh": lambda x: layers.Dense(2, activation="tanh")(x),
    "temperature": lambda x: ops.softmax(layers.Dense(3)(x) / 2),
}
