"""What a node calls: a layer with tensors where the slots are, in the precision of the walk."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import keras
from keras import ops, tree

from heatbrush_core.graph.graph import Slot
from heatbrush_core.graph.linear import Tensor
from heatbrush_core.graph.model import in_precision, without_state

Call = Callable[..., tuple[Tensor, ...]]


def placed(operation: Any, args: Any, kwargs: Any, dtype: str) -> Call:
    """Make a call that puts tensors where the slots are, and gives results in the walk's dtype.

    A layer's own `call` is used, not `__call__`, which would cast to the layer's half precision.
    """
    quantised = getattr(operation, "quantization_mode", None) is not None
    function = operation if quantised else operation.call
    if "training" in inspect.signature(function).parameters:
        kwargs = {**kwargs, "training": False}

    def call(*tensors: Tensor) -> tuple[Tensor, ...]:
        left = iter(tensors)
        a, k = tree.map_structure(
            lambda v: next(left) if isinstance(v, Slot) else v, (args, kwargs)
        )
        # what is quantised computes by its policy
        wide = nullcontext() if quantised else in_precision(operation, dtype)
        with without_state(operation), wide:
            return tuple(_wide(y, dtype) for y in tree.flatten(function(*a, **k)))

    return call


def with_masks(call: Call, seen: Sequence[Slot | None]) -> Call:
    """Make a call of tensors and then of their masks, which it puts where Keras has them."""

    def masked(*given: Tensor) -> tuple[Tensor, ...]:
        # copies, since a layer may take the mask off
        tensors = [ops.copy(x) for x in given[: len(seen)]]
        left = iter(given[len(seen) :])
        for tensor, mask in zip(tensors, seen, strict=True):
            tensor._keras_mask = None if mask is None else next(left)
        return call(*tensors)

    return masked


def without_input(call: Call) -> Call:
    """Make a call that goes without the tensor that it is given."""
    return lambda _: call()


def constant(value: Any, like: Any, dtype: str) -> Tensor:
    """Take what a model inside is given as Keras does: in the type and rank of its input."""
    tensor = ops.convert_to_tensor(value, dtype=like.dtype)
    if len(tensor.shape) == len(like.shape) - 1 and like.shape[-1] == 1:
        tensor = ops.expand_dims(tensor, -1)
    return _wide(tensor, dtype)


def one(function: Callable[..., Tensor]) -> Call:
    """Make the call of a function that has one result."""
    return lambda *tensors: (function(*tensors),)


def _wide(y: Tensor, dtype: str) -> Tensor:
    return ops.cast(y, dtype) if "float" in keras.backend.standardize_dtype(y.dtype) else y
