"""What the loss that a model was compiled with takes its outputs for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import keras

from heatbrush_core.network.network import Scores

EXCLUSIVE = {"categorical_crossentropy", "sparse_categorical_crossentropy", "kl_divergence"}
EXCLUSIVE |= {"categorical_focal_crossentropy", "categorical_generalized_cross_entropy"}
INDEPENDENT = {"binary_crossentropy", "binary_focal_crossentropy"}
VALUES = {"mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error"}
VALUES |= {"mean_squared_logarithmic_error", "huber", "log_cosh", "poisson", "cosine_similarity"}
VALUES |= {"hinge", "squared_hinge", "categorical_hinge"}


class Loss(NamedTuple):
    """A loss by its name, and what it takes outputs for."""

    name: str
    scores: Scores


def loss(model: Any, output: str | None, position: int | None) -> Loss | None:
    """Look at what a model was compiled with.

    Parameters
    ----------
    model
        The Keras model.
    output, position
        Which of its outputs is asked for, by name and by number.

    Returns
    -------
    Loss or None
        None where it was not compiled, and for a loss that Keras does not have.
    """
    given = getattr(model, "loss", None) if getattr(model, "compiled", False) else None
    if isinstance(given, Mapping):
        given = given.get(output) if len(given) > 1 or output else next(iter(given.values()), None)
    elif isinstance(given, list | tuple):
        given = given[position or 0] if len(given) > (position or 0) else None
    name = _named(given)
    if name in VALUES:
        return Loss(name, "values")
    if name not in EXCLUSIVE | INDEPENDENT:
        return None
    kind = "logits" if _from_logits(given) else "probabilities"
    scores: dict[tuple[bool, str], Scores] = {
        (True, "logits"): "logits",
        (True, "probabilities"): "probabilities",
        (False, "logits"): "sigmoid_logits",
        (False, "probabilities"): "sigmoid_probabilities",
    }
    return Loss(name, scores[name in EXCLUSIVE, kind])


def _named(given: Any) -> str:
    """Name a loss as its function is called, however it was given; "" for a user's own."""
    if isinstance(given, str):
        try:
            given = keras.losses.get(given)
        except ValueError:
            return ""
    if isinstance(given, type) and _of_keras(given):
        given = given()
    function = getattr(given, "fn", given)
    return str(getattr(function, "__name__", "")) if _of_keras(function) else ""


def _of_keras(thing: Any) -> bool:
    return str(getattr(thing, "__module__", "")).startswith("keras.")


def _from_logits(given: Any) -> bool:
    return bool(getattr(given, "from_logits", False))
