"""Layers as maps that a walk can take apart: linear, affine, normalising; weights read when run."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from keras import layers, ops

Tensor = Any
SEPARABLE = (layers.SeparableConv1D, layers.SeparableConv2D)


@dataclass(frozen=True, eq=False)
class Affine:
    """y = x * scale() + shift(), along one axis, both read when called."""

    scale: Callable[[], Tensor]
    shift: Callable[[], Tensor]
    axis: int

    def __call__(self, x: Tensor) -> Tensor:
        """Map x."""
        return x * self.scale() + self.shift()


@dataclass(frozen=True, eq=False)
class Sight:
    """The cells that one cell of a convolution is made of, along the layer's axes in order.

    Attributes
    ----------
    sizes
        From the first to the last of them.
    strides
        The steps of the window.
    before
        (cells of the input, of the output, index of the axis) -> cells of padding in front.
    spreads
        Steps from cell to cell of the input, with zeros between: more than 1 if transposed.
    apply
        (x, kernel) -> y, channels last, x spread and padded already.
    """

    sizes: tuple[int, ...]
    strides: tuple[int, ...]
    before: Callable[[int, int, int], int]
    spreads: tuple[int, ...]
    apply: Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True, eq=False)
class Linear:
    """y = apply(x, kernel()) + bias(), both read when called, so that new weights count.

    Attributes
    ----------
    axis
        Where the output has its channels.
    stretch
        (kernel, a factor per output channel) -> the kernel of the stretched map.
    sight
        What a cell of it sees, for a convolution; None for a dense layer.
    joined
        The same map with one kernel for all input-output pairs, where `kernel` is a pair.
    """

    apply: Callable[[Tensor, Tensor], Tensor]
    kernel: Callable[[], Tensor]
    bias: Callable[[], Tensor | None]
    axis: int
    stretch: Callable[[Tensor, Tensor], Tensor]
    sight: Sight | None = None
    joined: Callable[[Linear], Linear] | None = None

    def __call__(self, x: Tensor) -> Tensor:
        """Map x."""
        y, bias = self.apply(x, self.kernel()), self.bias()
        return y if bias is None else y + bias

    def whole(self) -> Linear:
        """Take the map with one kernel, whose entries are all that joins an input to an output."""
        return self if self.joined is None else self.joined(self)

    def then(self, affine: Affine) -> Linear:
        """Fold the affine map that follows into kernel and bias."""

        def kernel() -> Tensor:
            return self.stretch(self.kernel(), ops.reshape(affine.scale(), (-1,)))

        def bias() -> Tensor:
            own, shift = self.bias(), affine.shift()
            return shift if own is None else own * affine.scale() + shift

        return replace(self, kernel=kernel, bias=bias)


@dataclass(frozen=True, eq=False)
class Normalization:
    """y = (x - mean) / spread * gamma + beta over some axes; no mean for some kinds.

    Attributes
    ----------
    frozen
        x -> the map as it is with the spread of x, whatever it is applied to.
    spread
        x -> what each of its cells is divided by.
    """

    frozen: Callable[[Tensor], Callable[[Tensor], Tensor]]
    spread: Callable[[Tensor], Tensor]

    def __call__(self, x: Tensor) -> Tensor:
        """Map x."""
        return self.frozen(x)(x)


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
    return Linear(apply, kernel, bias, axis, _stretch(layer), _sight(layer), joined)


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

    return Affine(lambda: ops.reshape(factor(), shape), shift, layer.axis % rank)


def normalization(layer: Any, dtype: str) -> Normalization | None:
    """Take a LayerNormalization or GroupNormalization apart; None for any other layer."""
    if type(layer) not in (layers.LayerNormalization, layers.GroupNormalization):
        return None
    centred = not getattr(layer, "rms_scaling", False)

    def spread(x: Tensor) -> Tensor:
        cells, axes = _groups(layer, x)
        found = ops.sqrt(ops.var(ops.reshape(x, cells), axes, keepdims=True) + layer.epsilon)
        return ops.reshape(ops.broadcast_to(found, cells), ops.shape(x))

    def frozen(x: Tensor) -> Callable[[Tensor], Tensor]:
        cells, axes = _groups(layer, x)
        fixed = spread(x)

        def held(u: Tensor) -> Tensor:
            v = ops.reshape(u, cells)
            v = v - ops.mean(v, axes, keepdims=True) if centred else v
            y = ops.reshape(v, ops.shape(u)) / fixed
            y = y if layer.gamma is None else y * _weight(layer.gamma, layer, u, dtype)
            return y if layer.beta is None else y + _weight(layer.beta, layer, u, dtype)

        return held

    return Normalization(frozen, spread)


def _groups(layer: Any, x: Tensor) -> tuple[list[Any], list[int]]:
    """Find a shape in which cells normalised together lie along some axes, and these axes."""
    rank = len(x.shape)
    shape: list[Any] = [ops.shape(x)[i] if n is None else n for i, n in enumerate(x.shape)]
    if type(layer) is layers.LayerNormalization:
        return shape, _axes(layer, rank)
    axis = layer.axis % rank
    shape[axis : axis + 1] = [layer.groups, x.shape[axis] // layer.groups]
    return shape, [each for each in range(1, rank + 1) if each != axis]


def _weight(weight: Any, layer: Any, x: Tensor, dtype: str) -> Tensor:
    """Shape a weight of a normalisation so that it broadcasts along the layer's axes."""
    kept = _axes(layer, len(x.shape))
    shape = [n if axis in kept else 1 for axis, n in enumerate(x.shape)]
    return ops.reshape(ops.cast(weight, dtype), shape)


def _axes(layer: Any, rank: int) -> list[int]:
    axes = [layer.axis] if isinstance(layer.axis, int) else layer.axis
    return sorted(axis % rank for axis in axes)


def _stretch(layer: Any) -> Callable[[Tensor, Tensor], Tensor]:
    """Find how a factor per output channel goes into a layer's kernel."""
    cls = type(layer)
    if cls in (layers.Conv1DTranspose, layers.Conv2DTranspose):
        return lambda kernel, factor: kernel * factor[:, None]  # (..., out, in)
    if cls in (layers.DepthwiseConv1D, layers.DepthwiseConv2D):
        return lambda kernel, factor: kernel * ops.reshape(factor, kernel.shape[-2:])
    if cls in SEPARABLE:
        return lambda kernels, factor: [kernels[0], kernels[1] * factor]
    return lambda kernel, factor: kernel * factor


def _joined(layer: Any, linear: Linear) -> Linear:
    """Take a separable convolution as the one convolution that it is."""

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
    if cls in (layers.Conv1DTranspose, layers.Conv2DTranspose):
        more = {"output_padding": layer.output_padding}
        return lambda x, kernel: ops.conv_transpose(x, kernel, **_geometry(layer), **more)
    if cls in (layers.DepthwiseConv1D, layers.DepthwiseConv2D):
        return lambda x, kernel: ops.depthwise_conv(x, kernel, **_geometry(layer))
    if cls in SEPARABLE:
        return lambda x, kernels: ops.separable_conv(x, *kernels, **_geometry(layer))
    return None


def _sight(layer: Any) -> Sight | None:
    """Find what a cell of a convolution sees."""
    if type(layer) is layers.Dense:
        return None
    reach = [(k - 1) * d for k, d in zip(layer.kernel_size, layer.dilation_rate, strict=True)]
    sizes, ones = tuple(each + 1 for each in reach), (1,) * len(reach)
    geometry = {**_geometry(layer), "padding": "valid", "data_format": "channels_last"}
    if type(layer) in (layers.Conv1DTranspose, layers.Conv2DTranspose):
        # as a convolution with the kernel turned round, over an input with zeros between its cells
        geometry["strides"] = 1
        spatial, last = tuple(range(len(reach))), len(reach) + 1
        backwards = (slice(None, None, -1),) * len(reach)

        def convolved(x: Tensor, kernel: Tensor) -> Tensor:
            kernel = ops.transpose(kernel[backwards], (*spatial, last, last - 1))
            return ops.conv(x, kernel, **geometry)

        def behind(given: int, made: int, axis: int) -> int:
            back = _padding(layer, made, given, axis, reach[axis])
            return reach[axis] - back

        return Sight(sizes, ones, behind, layer.strides, convolved)

    def before(given: int, made: int, axis: int) -> int:
        return _padding(layer, given, made, axis, reach[axis])

    strided = functools.partial(_valid(layer), geometry)
    return Sight(sizes, layer.strides, before, ones, strided)


def _padding(layer: Any, given: int, made: int, axis: int, reach: int) -> int:
    """Count the cells of padding in front of an axis of `given` cells, of which `made` are made."""
    if layer.padding == "causal":
        return reach
    if layer.padding == "valid":
        return 0
    return max((made - 1) * layer.strides[axis] + reach + 1 - given, 0) // 2


def _valid(layer: Any) -> Callable[[dict[str, Any], Tensor, Any], Tensor]:
    """Find the (geometry, x, kernel) -> y of a convolution's class."""
    if type(layer) in (layers.DepthwiseConv1D, layers.DepthwiseConv2D):
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


def _along(bias: Any, layer: Any, dtype: str) -> Tensor:
    """Shape a bias so that it broadcasts along the channels."""
    bias = ops.cast(bias, dtype)
    if getattr(layer, "data_format", "channels_last") == "channels_last":
        return bias
    return ops.reshape(bias, (-1, *[1] * layer.rank))
