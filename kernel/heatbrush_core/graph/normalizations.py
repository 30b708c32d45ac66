"""Normalisations as maps: batch normalisation is affine, the others divide by their own spread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from keras import layers, ops

from heatbrush_core.graph.linear import Affine, Tensor


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
