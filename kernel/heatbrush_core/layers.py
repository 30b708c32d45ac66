"""What each Keras layer or operation is to a walk: a linear map, an activation, a pooling ..."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import Any, Literal

import keras

Kind = Literal[
    "linear",  # a kernel and a bias: dense, convolution
    "affine",  # a factor and a shift per cell or channel: batch normalisation, rescaling
    "activation",  # one function for each cell
    "max",  # the largest of a window or of an axis
    "mean",  # a mean or a sum over a window or an axis
    "sum",  # tensors added, subtracted or averaged
    "product",  # tensors multiplied
    "maximum",  # the larger of several tensors
    "normalization",  # centred and divided by its own spread
    "structure",  # cells moved, copied or dropped: padding, reshaping, concatenation
    "opaque",  # anything else
]

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
    **dict.fromkeys(("LayerNormalization", "GroupNormalization"), "normalization"),
    **dict.fromkeys(("RMSNormalization", "UnitNormalization"), "normalization"),
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

RELU_LIKE = ("relu", "relu6", "leaky_relu")
"""What deconvnet and guided backpropagation gate."""
GATES = ("sigmoid", "hard_sigmoid", "softmax")
"""What opens and closes another branch where the two are multiplied."""
NONNEGATIVE = ("relu6", "sigmoid", "hard_sigmoid", "softplus", "softmax", "exp", "abs")

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
    if getattr(operation, "interpolation", "nearest") != "nearest":
        return "mean"  # each result a weighted mean of cells
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


def moves(operation: Any) -> bool:
    """Tell whether an operation only moves, copies or drops cells, and adds none but zeros."""
    name = known(operation)
    return name != "Pad" and KINDS.get(name) == "structure"


def is_maximum_of_zero(operation: Any, arguments: Sequence[Any]) -> bool:
    """Tell whether an operation is maximum(x, 0), a ReLU."""
    zeros = [value for value in arguments if isinstance(value, Real) and value == 0]
    return known(operation) == "Maximum" and len(arguments) == 2 and len(zeros) == 1


def is_convolution(operation: Any) -> bool:
    """Tell whether an operation is a convolution, or a user's own kind of one."""
    kinds = type(operation).__mro__
    return any("Conv" in kind.__name__ and _of_keras(kind) for kind in kinds)


def nonnegative(operation: Any, function: str) -> bool:
    """Tell whether an activation never gives less than 0."""
    if function == "relu":
        options = (getattr(operation, name, 0) for name in ("negative_slope", "threshold"))
        return all(not option for option in options)
    return function in NONNEGATIVE


def keeps_sign(operation: Any, kind: Kind) -> bool:
    """Tell whether an operation that is no activation makes no negative of nonnegative cells."""
    name = known(operation)
    if kind == "structure":
        return name not in ("Pad", "Resizing")
    return kind in ("max", "maximum") or name in ("Add", "Average") or "Average" in name


def _of_keras(thing: Any) -> bool:
    return str(getattr(thing, "__module__", "")).split(".")[0] == "keras"
