"""What each Keras layer or operation is to a walk: a linear map, an activation, a pooling ..."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from numbers import Real
from typing import Any, Literal, NamedTuple

import keras

Kind = Literal[
    "linear",  # a kernel and a bias: dense, convolution
    "affine",  # a factor and a shift per cell or channel: batch normalisation, rescaling
    "activation",  # one function for each cell
    "max",  # the largest, or smallest, of a window or of an axis
    "mean",  # cells weighted by fixed numbers and summed: average pooling, bilinear upsampling
    "sum",  # tensors added, subtracted or averaged
    "product",  # tensors multiplied
    "maximum",  # the larger, or smaller, of several tensors
    "normalization",  # centred and divided by its own spread
    "recurrent",  # LSTM, GRU, or the simple one: sums, gates and activations, step by step
    "structure",  # cells moved, copied or dropped: padding, reshaping, concatenation
    "mask",  # true or false: which steps of a sequence count
    "constant",  # made of constants alone, whatever the input
    "opaque",  # anything else
]
TensorShape = Sequence[int | None]


def _listed(kinds: Mapping[Kind, str]) -> dict[str, Kind]:
    return {name: kind for kind, names in kinds.items() for name in names.split()}


LAYERS = _listed(
    {
        "affine": "Rescaling Normalization LayerScale",
        "activation": "Activation ReLU LeakyReLU PReLU ELU Softmax",
        "max": "MaxPooling1D MaxPooling2D GlobalMaxPooling1D GlobalMaxPooling2D "
        "AdaptiveMaxPooling1D AdaptiveMaxPooling2D",
        "mean": "AveragePooling1D AveragePooling2D GlobalAveragePooling1D GlobalAveragePooling2D "
        "AdaptiveAveragePooling1D AdaptiveAveragePooling2D",
        "sum": "Add Subtract Average CustomScaleLayer",
        "product": "Multiply",
        "maximum": "Maximum Minimum",
        "normalization": "LayerNormalization GroupNormalization RMSNormalization UnitNormalization",
        "structure": "Flatten Reshape Permute RepeatVector ZeroPadding1D ZeroPadding2D Cropping1D "
        "Cropping2D CenterCrop UpSampling1D UpSampling2D Resizing Concatenate",
    }
)
"""Layers; the last of "affine" and "sum" are those of keras.applications."""
OF_ONE = _listed(
    {
        "affine": "Add Subtract Multiply Divide TrueDivide DivideNoNan Negative Deg2rad Rad2deg "
        "BatchNorm",
        "activation": "Relu Relu6 LeakyRelu Elu Selu Celu Gelu Silu Softplus Softsign Sigmoid "
        "HardSigmoid HardSilu HardTanh HardShrink SoftShrink TanhShrink LogSigmoid SparseSigmoid "
        "SparsePlus Squareplus Threshold Tanh Softmax LogSoftmax Sparsemax "
        "Absolute Abs Fabs Square Sqrt Rsqrt Cbrt Power Reciprocal Exp Exp2 Expm1 Log Log2 Log10 "
        "Log1p Logaddexp Sin Cos Tan Arcsin Arccos Arctan Sinh Cosh Arcsinh Arccosh Arctanh Sinc "
        "Erf Erfc Erfinv Clip Maximum Minimum Fmax Fmin Sign Round Floor Ceil Trunc",
        "max": "Max Amax Min Amin MaxPool AdaptiveMaxPool",
        "mean": "Mean Sum Average Trace Cumsum Diff Trapezoid AveragePool AdaptiveAveragePool "
        "Matmul Dot Inner Vdot Tensordot Einsum Kron Outer Correlate Conv DepthwiseConv "
        "SeparableConv ConvTranspose Fold GaussianBlur RGBToGrayscale",
        "normalization": "Normalize RMSNorm",
        "structure": "Reshape Ravel Transpose Moveaxis Swapaxes ExpandDims Squeeze Rearrange Pad "
        "GetItem Slice Take TakeAlongAxis Split ArraySplit Hsplit Vsplit Dsplit Unstack Flip "
        "Fliplr Flipud Roll Rot90 Repeat Tile BroadcastTo Diag Diagflat Diagonal Tril Triu Resize "
        "PadImages CropImages DepthToSpace SpaceToDepth ExtractPatches Unfold",
    }
)
"""Operations on one tensor; what else they take are constants."""
OF_SEVERAL = _listed(
    {
        "sum": "Add Subtract",
        "product": "Multiply",
        "maximum": "Maximum Minimum Fmax Fmin",
        "structure": "Concatenate Append Stack Hstack Vstack Dstack",
    }
)
"""Operations on several tensors, and on no constants."""
INVERSES = ("Divide", "TrueDivide", "DivideNoNan")
MOVES_AXES = {"Flatten", "Reshape", "Permute", "RepeatVector", "Ravel", "Transpose", "Moveaxis"}
MOVES_AXES |= {"Swapaxes", "Rot90", "Rearrange", "Diag", "Diagonal"}
OF_ANY_SIZE = {"ExpandDims", "Squeeze", "Permute", "Transpose", "Swapaxes", "Moveaxis"}
OF_ANY_SIZE |= {"Mean", "Max"}
"""What moves or drops axes alike, however long they are."""
PRODUCTS_OF_MATRICES = {"Matmul", "Dot", "Inner", "Einsum", "Tensordot"}
MIXES_CELLS = PRODUCTS_OF_MATRICES | {"Flip", "Fliplr", "Flipud"}
MIXES_CELLS |= {"Roll", "Sort", "Take", "TakeAlongAxis"}
"""What may keep the size of a grid, and yet not the places of its cells."""

TAKES_PARTS = {"GetItem", "Slice", "Split", "ArraySplit", "Hsplit", "Vsplit", "Dsplit", "Unstack"}
TAKES_PARTS |= {"Cropping1D", "Cropping2D", "CropImages"}

NAMES = {"ReLU": "relu", "LeakyReLU": "leaky_relu", "PReLU": "prelu", "ELU": "elu"}
"""How the functions of some layers are called; of all others like the layer, in small letters."""
RELU_LIKE = ("relu", "relu6", "leaky_relu")
"""What deconvnet and guided backpropagation gate."""
GATES = ("sigmoid", "hard_sigmoid", "sparse_sigmoid", "softmax")
"""What opens and closes another branch where the two are multiplied."""
NONNEGATIVE = {"relu6", "sigmoid", "hard_sigmoid", "sparse_sigmoid", "softmax", "sparsemax"}
NONNEGATIVE |= {"softplus", "squareplus", "sparse_plus", "exponential", "exp", "exp2", "square"}
NONNEGATIVE |= {"absolute", "abs", "fabs", "sqrt", "rsqrt", "cosh"}
OF_TENSORFLOW = {"relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "swish", "sigmoid", "tanh"}
OF_TENSORFLOW |= {"softmax", "log_softmax", "softplus", "softsign", "exp", "square", "abs"}
"""Functions of TensorFlow that may be given as an activation, by the names that Keras has too."""

IDENTITIES = {"ActivityRegularization", "AlphaDropout", "Copy", "Dropout", "GaussianDropout"}
IDENTITIES |= {"GaussianNoise", "Identity", "SpatialDropout1D", "SpatialDropout2D"}
IDENTITIES |= {"StochasticDepth"}


DROPOUTS = (
    keras.layers.Dropout,
    keras.layers.GaussianDropout,
    keras.layers.SpatialDropout1D,
    keras.layers.SpatialDropout2D,
)


class Merge(NamedTuple):
    """How the outputs of the two layers of a Bidirectional become one."""

    kind: Kind
    operation: Any
    call: Callable[..., Any]
    turn: Any


def both_ways(wrapper: Any, inputs: int) -> Merge | None:
    """Take a Bidirectional apart that is called with a sequence, and maybe a mask.

    None for any other layer, and where states come in or go out.
    """
    from keras.src.ops import numpy as operations  # keras exports these classes under no name

    ways: dict[str, tuple[Kind, Any, Callable[..., Any]]] = {
        "concat": (
            "structure",
            operations.Concatenate(axis=-1),
            lambda a, b: keras.ops.concatenate([a, b], axis=-1),
        ),
        "sum": ("sum", operations.Add(), lambda a, b: a + b),
        "ave": ("sum", operations.Add(), lambda a, b: (a + b) / 2),
        "mul": ("product", operations.Multiply(), lambda a, b: a * b),
    }
    if known(wrapper) != "Bidirectional" or wrapper.return_state or inputs > 2:
        return None
    found = ways.get(wrapper.merge_mode)
    return None if found is None else Merge(*found, operations.Flip(axis=1))


def known(operation: Any) -> str:
    """Name the class of an operation of Keras itself; a user's own class has none."""
    return type(operation).__name__ if _of("keras", type(operation)) else ""


def is_identity(operation: Any, dtypes: Sequence[str]) -> bool:
    """Tell whether an operation does nothing at inference but change the type of floats."""
    name = known(operation)
    if name == "Cast":
        return all("float" in str(dtype) for dtype in (operation.dtype, *dtypes))
    if name.startswith("Random"):  # augmentation
        return name != "RandomCrop"
    return name in IDENTITIES or (name == "Activation" and activation(operation) == "linear")


def kind(operation: Any, tensors: Sequence[bool], given: TensorShape, made: TensorShape) -> Kind:
    """Say what an operation is to a walk.

    Parameters
    ----------
    operation
        A layer or an operation of Keras, or anything else, which is "opaque".
    tensors
        Which of its arguments are no constants.
    given, made
        The shapes of its first tensor and of its first result.
    """
    name, same = known(operation), tuple(given) == tuple(made)
    if isinstance(operation, keras.layers.Layer):
        found = LAYERS.get(name, "opaque")
    elif sum(tensors) == 1:
        found = OF_ONE.get(name, "opaque")
    else:
        found = OF_SEVERAL.get(name, "opaque") if all(tensors) else "opaque"
    if _is_unlike(operation, found, tensors):
        return "opaque"
    if name in INVERSES and tensors == [False, True]:
        found = "activation"
    if found == "structure" and (interpolates(operation) or _enlarges(name, given, made)):
        return "mean"
    if found in ("affine", "activation") and not same:  # a constant made copies of x
        return "mean" if found == "affine" else "opaque"
    return found


def activation(operation: Any) -> str:
    """Name the activation of a layer, or that an operation is: "linear" where there is none."""
    name = known(operation)
    if name != "Activation" and "activation" in (LAYERS.get(name), OF_ONE.get(name)):
        return NAMES.get(name) or re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    function = getattr(operation, "activation", None)
    if function is None:
        return "linear"
    if isinstance(function, keras.layers.Layer):
        return activation(function) if LAYERS.get(known(function)) == "activation" else "custom"
    called = str(getattr(function, "__name__", "")).removesuffix("_v2")
    named = _of("keras", function) or (_of("tensorflow", function) and called in OF_TENSORFLOW)
    return called.replace("swish", "silu") if named else "custom"


def moves(operation: Any) -> bool:
    """Tell whether an operation only moves, copies or drops cells, and adds none but zeros."""
    name = known(operation)
    table = LAYERS if isinstance(operation, keras.layers.Layer) else OF_ONE
    return table.get(name) == "structure" and name != "Pad" and not interpolates(operation)


def is_convolution(operation: Any) -> bool:
    """Tell whether an operation is a convolution, or a user's own kind of one."""
    kinds = type(operation).__mro__
    return any("Conv" in kind.__name__ and _of("keras", kind) for kind in kinds)


def is_dropout(operation: Any) -> bool:
    """Tell whether an operation is a user's own dropout: it may drop cells at inference too."""
    return isinstance(operation, DROPOUTS) and known(operation) == ""


def is_attention(operation: Any) -> bool:
    """Tell whether an operation is an attention layer of Keras, or a user's own kind of one."""
    kinds = type(operation).__mro__
    return any("Attention" in kind.__name__ and _of("keras", kind) for kind in kinds)


def is_convolution_1d(operation: Any) -> bool:
    """Tell whether an operation is a layer that convolves along one axis, or a user's own kind."""
    return any("Conv1D" in kind.__name__ and _of("keras", kind) for kind in type(operation).__mro__)


def is_recurrent(operation: Any) -> bool:
    """Tell whether an operation is a recurrent layer, in one direction or in both."""
    return isinstance(operation, keras.layers.RNN | keras.layers.Bidirectional)


def is_maximum_of_zero(operation: Any, arguments: Sequence[Any]) -> bool:
    """Tell whether an operation is maximum(x, 0), a ReLU."""
    zeros = [value for value in arguments if isinstance(value, Real) and value == 0]
    return known(operation) == "Maximum" and len(arguments) == 2 and len(zeros) == 1


def is_channels_first(operation: Any) -> bool:
    """Tell whether an operation takes the channels before rows and columns."""
    layout = getattr(operation, "data_format", "channels_last")
    return (layout or keras.config.image_data_format()) == "channels_first"


def nonnegative(operation: Any, function: str) -> bool:
    """Tell whether an activation never gives less than 0."""
    if function != "relu":
        return function in NONNEGATIVE
    options = (getattr(_inmost(operation), name, 0) for name in ("negative_slope", "threshold"))
    return all(not option for option in options)


def capped(operation: Any, function: str) -> bool:
    """Tell whether an activation is a ReLU that has a largest value."""
    most = getattr(_inmost(operation), "max_value", None)
    return function == "relu6" or (function == "relu" and most is not None)


def keeps_sign(operation: Any, kind: Kind) -> bool:
    """Tell whether an operation that is no activation makes no negative of nonnegative cells."""
    name = known(operation)
    if kind == "structure":
        return name != "Pad"
    if kind == "sum":
        return name in ("Add", "Average")
    if kind == "mean" and isinstance(operation, keras.layers.Layer):
        return "Average" in name
    plain = ("Mean", "Sum", "AveragePool", "AdaptiveAveragePool")
    return kind in ("max", "maximum", "product") or (kind == "mean" and name in plain)


def _is_unlike(operation: Any, found: Kind, tensors: Sequence[bool]) -> bool:
    """Tell whether an option makes an operation something else than its class says."""
    masked = isinstance(operation, keras.layers.Layer) and sum(tensors) > 1
    return (
        (masked and found not in ("sum", "product", "maximum", "structure"))
        or getattr(operation, "initial", None) is not None
        or bool(getattr(operation, "pad_to_aspect_ratio", False))
    )


def _enlarges(name: str, given: TensorShape, made: TensorShape) -> bool:
    """Tell whether a crop may be larger than what it is taken from, so that it is a resizing."""
    pairs = zip(given[1:], made[1:], strict=True) if name == "CenterCrop" else ()
    return any(old is None or new is None or new > old for old, new in pairs)


def _inmost(operation: Any) -> Any:
    """Find the layer that a layer has for its activation, if that is one."""
    while isinstance(inner := getattr(operation, "activation", None), keras.layers.Layer):
        operation = inner
    return operation


def interpolates(operation: Any) -> bool:
    """Tell whether an operation weighs neighbours where others would copy the nearest cell."""
    return getattr(operation, "interpolation", "nearest") != "nearest"


def _of(package: str, thing: Any) -> bool:
    return str(getattr(thing, "__module__", "")).split(".")[0] == package
