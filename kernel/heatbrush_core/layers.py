"""What each Keras layer or operation is to a walk: a linear map, an activation, a pooling ..."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import keras
from keras import layers, ops

Kind = Literal[
    "linear",  # a kernel and a bias: dense, convolution
    "affine",  # a factor and a shift per cell or channel: batch normalisation, rescaling
    "activation",  # one function for each cell
    "max",  # the largest of a window or of an axis
    "mean",  # a mean or a sum over a window or an axis
    "sum",  # tensors added, subtracted or averaged
    "product",  # tensors multiplied
    "maximum",  # the larger of several tensors
    "structure",  # cells moved, copied or dropped: padding, reshaping, concatenation
    "opaque",  # anything else
]
Tensor = Any

KINDS: dict[str, Kind] = {
    **dict.fromkeys(("Rescaling", "Normalization"), "affine"),
    **dict.fromkeys(("MaxPooling1D", "MaxPooling2D", "GlobalMaxPooling1D"), "max"),
    **dict.fromkeys(("GlobalMaxPooling2D", "MaxPool", "Max", "AdaptiveMaxPooling2D"), "max"),
    **dict.fromkeys(("AveragePooling1D", "AveragePooling2D", "GlobalAveragePooling1D"), "mean"),
    **dict.fromkeys(("GlobalAveragePooling2D", "AveragePool", "Mean", "Sum"), "mean"),
    **dict.fromkeys(("AdaptiveAveragePooling2D",), "mean"),
    **dict.fromkeys(("Add", "Subtract", "Average"), "sum"),
    **dict.fromkeys(("Multiply",), "product"),
    **dict.fromkeys(("Maximum",), "maximum"),
    **dict.fromkeys(("Flatten", "Reshape", "Permute", "Transpose", "Moveaxis"), "structure"),
    **dict.fromkeys(("Swapaxes", "ExpandDims", "Squeeze", "RepeatVector"), "structure"),
    **dict.fromkeys(("ZeroPadding1D", "ZeroPadding2D", "Pad", "Cropping1D"), "structure"),
    **dict.fromkeys(("Cropping2D", "GetItem", "Concatenate", "Stack"), "structure"),
    **dict.fromkeys(("UpSampling1D", "UpSampling2D", "Resizing"), "structure"),
}
MOVES_AXES = {"Flatten", "Reshape", "Permute", "Transpose", "Moveaxis", "Swapaxes", "RepeatVector"}

ACTIVATIONS = {
    "ReLU": "relu",
    "PReLU": "prelu",
    **{name: name.lower() for name in ("Relu", "Relu6", "Sigmoid", "Silu", "Elu", "Selu")},
    **{name: name.lower() for name in ("ELU", "Gelu", "Celu", "Softplus", "Softmax", "Tanh")},
    **{name: name.lower() for name in ("Softsign", "Exp")},
    **dict.fromkeys(("LeakyReLU", "LeakyRelu"), "leaky_relu"),
    "HardSigmoid": "hard_sigmoid",
    "HardSilu": "hard_silu",
    "LogSoftmax": "log_softmax",
    "Absolute": "abs",
}

IDENTITIES = {
    "ActivityRegularization",
    "AlphaDropout",
    "Dropout",
    "GaussianDropout",
    "GaussianNoise",
    "Identity",
    "SpatialDropout1D",
    "SpatialDropout2D",
}


@dataclass(frozen=True, eq=False)
class Linear:
    """y = apply(x, kernel()) + bias(), both read when called, so that new weights count."""

    apply: Callable[[Tensor, Tensor], Tensor]
    kernel: Callable[[], Tensor]
    bias: Callable[[], Tensor | None]

    def __call__(self, x: Tensor) -> Tensor:
        """Map x."""
        y, bias = self.apply(x, self.kernel()), self.bias()
        return y if bias is None else y + bias


@dataclass(frozen=True, eq=False)
class Affine:
    """y = x * scale() + shift(), along one axis, both read when called."""

    scale: Callable[[], Tensor]
    shift: Callable[[], Tensor]

    def __call__(self, x: Tensor) -> Tensor:
        """Map x."""
        return x * self.scale() + self.shift()


def known(operation: Any) -> str:
    """Name the class of an operation of Keras itself; a user's own class has none."""
    return type(operation).__name__ if _of_keras(type(operation)) else ""


def is_identity(operation: Any, dtypes: Sequence[str]) -> bool:
    """Tell whether an operation does nothing at inference but change the type of floats."""
    name = known(operation)
    if name == "Cast":
        return all("float" in str(dtype) for dtype in (operation.dtype, *dtypes))
    return name in IDENTITIES or (name == "Activation" and activation(operation) == "linear")


def kind(operation: Any, tensors: Sequence[bool]) -> Kind:
    """Say what an operation is to a walk; `tensors` tells which arguments are no constants."""
    name = known(operation)
    if name == "Activation" or name in ACTIVATIONS:
        return "activation"
    found = KINDS.get(name, "opaque")
    if name in ("Divide", "TrueDivide"):
        return "affine" if tensors == [True, False] else "opaque"
    return "affine" if found in ("sum", "product") and sum(tensors) == 1 else found


def activation(operation: Any) -> str:
    """Name the activation of a layer, or that an operation is: "linear" where there is none."""
    function = getattr(operation, "activation", None)
    if known(operation) in ACTIVATIONS:
        return ACTIVATIONS[known(operation)]
    if function is None:
        return "linear"
    if isinstance(function, keras.layers.Layer):
        return activation(function)
    return str(function.__name__) if _of_keras(function) else "custom"


def linear(layer: Any, dtype: str) -> Linear | None:
    """Take a layer as a linear map without its activation; None if it is no such layer."""
    if getattr(layer, "quantization_mode", None) is not None:
        return None  # its kernel is packed
    apply = _apply(layer)
    if apply is None:
        return None

    def kernel() -> Tensor:
        if type(layer) in (layers.SeparableConv1D, layers.SeparableConv2D):
            return [ops.cast(k, dtype) for k in (layer.depthwise_kernel, layer.pointwise_kernel)]
        return ops.cast(layer.kernel, dtype)

    def bias() -> Tensor | None:
        return _along(layer.bias, layer, dtype) if layer.use_bias else None

    return Linear(apply, kernel, bias)


def batch_normalization(layer: Any, rank: int, dtype: str) -> Affine | None:
    """Take a BatchNormalization at inference as an affine map; None for any other layer."""
    if type(layer) is not layers.BatchNormalization:
        return None
    shape = [1] * rank
    shape[layer.axis] = -1

    def factor() -> Tensor:
        scale = ops.rsqrt(ops.cast(layer.moving_variance, dtype) + layer.epsilon)
        return scale * ops.cast(layer.gamma, dtype) if layer.scale else scale

    def shift() -> Tensor:
        moved = -ops.cast(layer.moving_mean, dtype) * factor()
        return ops.reshape(moved + ops.cast(layer.beta, dtype) if layer.center else moved, shape)

    return Affine(lambda: ops.reshape(factor(), shape), shift)


def _apply(layer: Any) -> Callable[[Tensor, Tensor], Tensor] | None:
    """Find the (x, kernel) -> y of a layer's class; a subclass may do anything and has none."""
    cls = type(layer)
    if cls is layers.Dense:
        return ops.matmul
    if getattr(layer, "padding", None) == "causal":
        return None
    if cls in (layers.Conv1D, layers.Conv2D):
        return layer.convolution_op
    if cls in (layers.Conv1DTranspose, layers.Conv2DTranspose):
        more = {"output_padding": layer.output_padding}
        return lambda x, kernel: ops.conv_transpose(x, kernel, **_geometry(layer), **more)
    if cls in (layers.DepthwiseConv1D, layers.DepthwiseConv2D):
        return lambda x, kernel: ops.depthwise_conv(x, kernel, **_geometry(layer))
    if cls in (layers.SeparableConv1D, layers.SeparableConv2D):
        return lambda x, kernels: ops.separable_conv(x, *kernels, **_geometry(layer))
    return None


def _geometry(layer: Any) -> dict[str, Any]:
    return {
        "strides": layer.strides,
        "padding": layer.padding,
        "dilation_rate": layer.dilation_rate,
        "data_format": layer.data_format,
    }


def _along(bias: Any, layer: Any, dtype: str) -> Tensor:
    """Shape a bias so that it broadcasts along the channels."""
    bias = ops.cast(bias, dtype)
    if getattr(layer, "data_format", "channels_last") == "channels_last":
        return bias
    return ops.reshape(bias, (-1, *[1] * layer.rank))


def _of_keras(thing: Any) -> bool:
    return str(getattr(thing, "__module__", "")).split(".")[0] == "keras"
