"""Dense layers and convolutions as linear maps, and the receptive field of one output cell."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from keras import layers, ops

from heatbrush_core.graph.linear import Linear, ReceptiveField, Tensor

SEPARABLE = (layers.SeparableConv1D, layers.SeparableConv2D)
TRANSPOSED = (layers.Conv1DTranspose, layers.Conv2DTranspose)
DEPTHWISE = (layers.DepthwiseConv1D, layers.DepthwiseConv2D)


def linear(layer: Any, rank: int, dtype: str) -> Linear | None:
    """Take a layer as a linear map without its activation; None if it is no such layer."""
    if getattr(layer, "quantization_mode", None) is not None:
        return None  # its kernel is packed
    apply = _apply(layer)
    if apply is None:
        return None
    separable = type(layer) in SEPARABLE

    def kernel() -> Tensor:
        if separable:
            return [ops.cast(k, dtype) for k in (layer.depthwise_kernel, layer.pointwise_kernel)]
        return ops.cast(layer.kernel, dtype)

    def bias() -> Tensor | None:
        return _along(layer.bias, layer, dtype) if layer.use_bias else None

    first = getattr(layer, "data_format", "") == "channels_first"
    axis = 1 if first else rank - 1
    joined = functools.partial(_joined, layer) if separable else None
    return Linear(apply, kernel, bias, axis, _stretch(layer), _receptive_field(layer), joined)


def _stretch(layer: Any) -> Callable[[Tensor, Tensor], Tensor]:
    """Find how a factor per output channel goes into a layer's kernel."""
    cls = type(layer)
    if cls in TRANSPOSED:
        return lambda kernel, factor: kernel * factor[:, None]  # (..., out, in)
    if cls in DEPTHWISE:
        return lambda kernel, factor: kernel * ops.reshape(factor, kernel.shape[-2:])
    if cls in SEPARABLE:
        return lambda kernels, factor: [kernels[0], kernels[1] * factor]
    return lambda kernel, factor: kernel * factor


def _joined(layer: Any, linear: Linear) -> Linear:
    """Make the single convolution that a separable one is equivalent to."""

    def kernel() -> Tensor:
        deep, wide = linear.kernel()
        wide = ops.reshape(wide, (*deep.shape[-2:], -1))
        return ops.einsum("...cm,cmo->...co", deep, wide)

    def apply(x: Tensor, kernel: Tensor) -> Tensor:
        return ops.conv(x, kernel, **_geometry(layer))

    return Linear(apply, kernel, linear.bias, linear.axis, lambda k, factor: k * factor)


def _apply(layer: Any) -> Callable[[Tensor, Tensor], Tensor] | None:
    """Find the (x, kernel) -> y of a layer's class; a subclass may do anything and has none."""
    cls = type(layer)
    if cls is layers.Dense:
        return ops.matmul
    if cls in (layers.Conv1D, layers.Conv2D):
        return _causal(layer) if layer.padding == "causal" else layer.convolution_op
    if cls in TRANSPOSED:
        more = {"output_padding": layer.output_padding}
        return lambda x, kernel: ops.conv_transpose(x, kernel, **_geometry(layer), **more)
    if cls in DEPTHWISE:
        return lambda x, kernel: ops.depthwise_conv(x, kernel, **_geometry(layer))
    if cls in SEPARABLE:
        return lambda x, kernels: ops.separable_conv(x, *kernels, **_geometry(layer))
    return None


def _receptive_field(layer: Any) -> ReceptiveField | None:
    """Find the receptive field of a convolution's output cell; None for a dense layer."""
    if type(layer) is layers.Dense:
        return None
    return _of_transposed(layer) if type(layer) in TRANSPOSED else _of_strided(layer)


def _of_strided(layer: Any) -> ReceptiveField:
    reach = _reach(layer)

    def before(given: int, made: int, axis: int) -> int:
        return _padding(layer, given, made, axis, reach[axis])

    strided = functools.partial(_valid(layer), _unpadded(layer))
    return ReceptiveField(_sizes(reach), layer.strides, before, (1,) * len(reach), strided)


def _of_transposed(layer: Any) -> ReceptiveField:
    """Take a transposed convolution as a convolution with the kernel turned round.

    Its stride is the input's dilation: zeros lie between the cells of the input.
    """
    reach = _reach(layer)
    geometry = {**_unpadded(layer), "strides": 1}
    spatial, last = tuple(range(len(reach))), len(reach) + 1
    backwards = (slice(None, None, -1),) * len(reach)

    def convolved(x: Tensor, kernel: Tensor) -> Tensor:
        kernel = ops.transpose(kernel[backwards], (*spatial, last, last - 1))
        return ops.conv(x, kernel, **geometry)

    def before(given: int, made: int, axis: int) -> int:
        # the layer is the gradient of a convolution from its output to its input: what that one
        # pads in front is cut off here, from the whole reach
        return reach[axis] - _padding(layer, made, given, axis, reach[axis])

    return ReceptiveField(_sizes(reach), (1,) * len(reach), before, layer.strides, convolved)


def _reach(layer: Any) -> list[int]:
    """Count the cells from the first to the last that a kernel covers, along each axis, less 1."""
    return [(k - 1) * d for k, d in zip(layer.kernel_size, layer.dilation_rate, strict=True)]


def _sizes(reach: list[int]) -> tuple[int, ...]:
    return tuple(each + 1 for each in reach)


def _padding(layer: Any, given: int, made: int, axis: int, reach: int) -> int:
    """Count the cells of padding in front of an axis of `given` cells, of which `made` are made.

    "same" is TensorFlow's: what the last window lacks, half of it in front, rounded down.
    """
    if layer.padding == "causal":
        return reach
    if layer.padding == "valid":
        return 0
    return max((made - 1) * layer.strides[axis] + reach + 1 - given, 0) // 2


def _valid(layer: Any) -> Callable[[dict[str, Any], Tensor, Any], Tensor]:
    """Find the (geometry, x, kernel) -> y of a convolution's class."""
    if type(layer) in DEPTHWISE:
        return lambda geometry, x, kernel: ops.depthwise_conv(x, kernel, **geometry)
    if type(layer) in SEPARABLE:
        return lambda geometry, x, kernels: ops.separable_conv(x, *kernels, **geometry)
    return lambda geometry, x, kernel: ops.conv(x, kernel, **geometry)


def _causal(layer: Any) -> Callable[[Tensor, Tensor], Tensor]:
    """Take a convolution that sees no cell behind its own, as one of a map with zeros in front."""
    (size,), (dilation,) = layer.kernel_size, layer.dilation_rate
    sides = [(0, 0), (dilation * (size - 1), 0), (0, 0)]
    sides = sides if layer.data_format == "channels_last" else [sides[0], sides[2], sides[1]]
    geometry = {**_geometry(layer), "padding": "valid"}
    return lambda x, kernel: ops.conv(ops.pad(x, sides), kernel, **geometry)


def _geometry(layer: Any) -> dict[str, Any]:
    return {
        "strides": layer.strides,
        "padding": layer.padding,
        "dilation_rate": layer.dilation_rate,
        "data_format": layer.data_format,
    }


def _unpadded(layer: Any) -> dict[str, Any]:
    """Take the geometry for an x, channels last, that has its padding already."""
    return {**_geometry(layer), "padding": "valid", "data_format": "channels_last"}


def _along(bias: Any, layer: Any, dtype: str) -> Tensor:
    """Shape a bias so that it broadcasts along the channels."""
    bias = ops.cast(bias, dtype)
    if getattr(layer, "data_format", "channels_last") == "channels_last":
        return bias
    return ops.reshape(bias, (-1, *[1] * layer.rank))
