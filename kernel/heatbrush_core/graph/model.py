"""What a Keras model tells about itself: its outputs, precision and weights; and a copy of it."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

import keras
import numpy as np
from keras import ops

FIXED = ("activation", "lora_enabled", "mean", "variance", "_dtype_policy", "_functional")
"""What a compiled function takes from a layer once and for all; weights it reads at each run."""

HALF = {"float16", "bfloat16"}


def unbuilt(model: Any) -> bool:
    """Tell whether a model is a Sequential whose input shape is not known yet."""
    own = isinstance(model, keras.Sequential) and type(model).call is keras.Sequential.call
    return own and not model.built


def output_names(functional: Any) -> list[str]:
    """Name the outputs: by the keys of a dict, else by their layers."""
    struct = functional._outputs_struct
    if isinstance(struct, dict):
        return [next(k for k, v in struct.items() if v is t) for t in functional.outputs]
    return list(functional.output_names)


def precision(model: Any) -> str:
    """Float64 for a model that has it, else float32."""
    types = {str(w.dtype) for w in model.weights} | {str(model.compute_dtype)}
    return "float64" if "float64" in types else "float32"


def parts(layer: Any) -> list[Any]:
    """List a layer or model and all layers inside, each before those inside of it."""
    return list(layer._flatten_layers())


def learned(operation: Any) -> list[tuple[Any, Any]]:
    """List the weights that a layer or model learned, each after the innermost layer that holds it.

    Those of `Normalization` are measured, not learned. An operation that is no layer has none.
    """
    if not isinstance(operation, keras.Layer):
        return []
    owners = {id(weight): part for part in parts(operation) for weight in part.weights}
    pairs = [(owners[id(weight)], weight) for weight in operation.weights]
    return [pair for pair in pairs if not isinstance(pair[0], keras.layers.Normalization)]


def weights_checksum(model: Any, most: int | None = None) -> int:
    """Tell one state of the weights from another; `most` looks at no more of each than twice that.

    Training changes nearly all numbers of a weight.
    """
    found = 0
    for weight in model.weights:
        step = 1 if most is None else max(1, math.prod(weight.shape) // most)
        # a large weight is strided before it is copied; for a small one that takes longer
        held = ops.reshape(weight.value, (-1,)) if step > 16 else np.asarray(weight).reshape(-1)
        cells = np.asarray(held[::step])
        found = zlib.crc32(np.ascontiguousarray(cells).view(np.uint8).data, found)
    return found


def copied(model: Any) -> Any:
    """Copy a model with its weights; whatever Keras raises for one that it cannot copy."""
    twin = keras.models.clone_model(model)
    twin.set_weights(model.get_weights())
    for layer in parts(twin):
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()  # which takes over the mean and variance that were set
    twin.run_eagerly = model.run_eagerly
    return twin


def stateful(layer: Any) -> list[Any]:
    """List the layers inside that keep a state from batch to batch."""
    # a model answers for the layers inside of it, and has no state of its own
    return [
        part
        for part in parts(layer)
        if not isinstance(part, keras.Model) and getattr(part, "stateful", False) is True
    ]


@contextmanager
def without_state(layer: Any) -> Iterator[None]:
    """Run layers that keep a state as if each batch were their first; theirs stays as it is."""
    kept = stateful(layer) if isinstance(layer, keras.Layer) else []
    for part in kept:
        part.stateful = False
    try:
        yield
    finally:
        for part in kept:
            part.stateful = True


@contextmanager
def in_precision(layer: Any, dtype: str) -> Iterator[None]:
    """Run layers that compute in half precision in a wider one, with their weights as they are.

    Some cast what they are given to their own precision inside of `call`, as do layers that call
    others; a walk would lose the digits of small differences there.
    """
    from keras.src.backend import AutocastScope  # keras exports it under no name

    inside = parts(layer) if isinstance(layer, keras.Layer) else []
    kept = [(each, each._dtype_policy) for each in inside if each.compute_dtype in HALF]
    for each, _ in kept:
        each._dtype_policy = keras.DTypePolicy(dtype)
    try:
        with AutocastScope(dtype) if kept else nullcontext():  # in which weights are read as wide
            yield
    finally:
        for each, policy in kept:
            each._dtype_policy = policy


def in_half(model: Any) -> bool:
    """Tell whether any layer computes in half precision."""
    types = {str(layer.compute_dtype) for layer in parts(model)}
    return bool(types & HALF)


def fixed(model: Any) -> list[Any]:
    """List what, if another took its place, would have to be compiled anew."""
    # not what a property or a method of the user's gives, which may be new each time
    return [vars(layer).get(name) for layer in parts(model) for name in FIXED]


def unchanged(before: Sequence[Any], after: Sequence[Any]) -> bool:
    """Tell whether two such lists hold the very same things."""
    pairs = zip(before, after, strict=False)
    return len(before) == len(after) and all(old is new for old, new in pairs)
