"""Opening what a user gives, a Keras model or a function, as a network."""

from __future__ import annotations

import os
import sys
from typing import Any, get_args

from heatbrush_core.checks import among, short
from heatbrush_core.network.function_network import FunctionNetwork
from heatbrush_core.network.inputs.inputs import Inputs
from heatbrush_core.network.network import Network, Scores

# TensorFlow reads it when it is first imported: its lines on devices and on libraries that it looks
# for in vain would stand in red above the view. What the user has set stays.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

SCORES: tuple[Scores, ...] = get_args(Scores)


def network(
    model: Any,
    output: str | None = None,
    scores: Scores | None = None,
    input: str | int | None = None,
) -> Network:
    """Open a Keras model or a callable; a network is open already.

    `input` says which of several inputs is the matrix.

    Raises
    ------
    TypeError
        For anything that is neither, and for Keras on a backend other than TensorFlow.
    ValueError
        For a model with several inputs, or outputs, where none was chosen.
    """
    if scores is not None and not among(scores, SCORES):
        raise ValueError(
            f"scores is {short(scores)}, but one of {', '.join(SCORES)} is expected; give one of "
            "these, or None."
        )
    if isinstance(model, Network):
        return model
    keras = sys.modules.get("keras")
    if keras is not None and isinstance(model, keras.Model):
        if keras.backend.backend() != "tensorflow":
            raise TypeError(
                f"Keras runs on {keras.backend.backend()} here, but TensorFlow is expected; set "
                "KERAS_BACKEND=tensorflow before keras is first imported."
            )
        from heatbrush_core.network.keras_network import KerasNetwork

        return KerasNetwork(model, output, scores, input)
    if not callable(model):
        raise TypeError(
            f"The model is a {type(model).__name__}, but a Keras model is expected, or a function "
            "of a batch (N, H, W, C) that returns scores (N, n); give one of these."
        )
    if output is not None:
        raise ValueError(
            f"output is {short(output)}, but a plain function has no named outputs; leave it out."
        )
    return FunctionNetwork(model, scores, None if input is None else Inputs(input))
