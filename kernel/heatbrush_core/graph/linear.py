"""Linear and affine maps, with their weights apart from their geometry.

Weights are read whenever a map is called, never kept: a model that is trained further is seen as it
is. `convolutions` and `normalizations` make such maps of the layers of Keras.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from keras import ops

Tensor = Any


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
class ReceptiveField:
    """The receptive field of one output cell, along the layer's spatial axes in order.

    Attributes
    ----------
    sizes
        Input cells from the first to the last of the field, dilation included.
    strides
        Steps of the field from output cell to output cell.
    before
        (input cells, output cells, index of the axis) -> cells of padding in front.
    input_dilation
        Steps from input cell to input cell, with zeros between (> 1 for transposed convolutions).
    apply
        (x, kernel) -> y, channels last, of an x that is dilated and padded already.
    """

    sizes: tuple[int, ...]
    strides: tuple[int, ...]
    before: Callable[[int, int, int], int]
    input_dilation: tuple[int, ...]
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
    receptive_field
        Of one output cell, for a convolution; None for a dense layer.
    joined
        For a separable convolution, whose `kernel` is a pair, this map -> the equivalent single
        convolution; None for all others.
    cellwise
        For a map without a receptive field: whether an output cell sees the input cells in its
        place alone, as of a dense layer.
    """

    apply: Callable[[Tensor, Tensor], Tensor]
    kernel: Callable[[], Tensor]
    bias: Callable[[], Tensor | None]
    axis: int
    stretch: Callable[[Tensor, Tensor], Tensor]
    receptive_field: ReceptiveField | None = None
    joined: Callable[[Linear], Linear] | None = None
    cellwise: bool = True

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
