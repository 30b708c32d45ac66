"""What a Keras model tells about itself: its outputs, its precision, whether it is built."""

from __future__ import annotations

from typing import Any

import keras


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


def in_half(model: Any) -> bool:
    """Tell whether any layer computes in half precision."""
    types = {str(layer.compute_dtype) for layer in model._flatten_layers()}
    return bool(types & {"float16", "bfloat16"})
