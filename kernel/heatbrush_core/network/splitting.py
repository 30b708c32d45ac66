"""A question about many matrices, asked a few at a time: as many as are allowed and fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.network.memory import Asked, by_parts
from heatbrush_core.network.network import Activations, Relevance
from heatbrush_core.network.scores.heads import Objective

if TYPE_CHECKING:
    from heatbrush_core.walks.activity import Extremes
    from heatbrush_core.walks.backward.pattern_fits import Key, Moments
    from heatbrush_core.walks.backward.walk import Walk


def outputs(
    network: Asked, ask: Callable[[NDArray[Any]], NDArray[np.float64]], X: NDArray[Any]
) -> NDArray[np.float64]:
    """(N, H, W, C) -> (N, units)."""
    found = by_parts(network, len(X), lambda part: ask(X[part]))
    alike(network.name, found)
    return np.concatenate(found)


def gradients(
    network: Asked,
    ask: Callable[[NDArray[Any], Objective], tuple[NDArray[Any], NDArray[np.float64]]],
    X: NDArray[Any],
    objective: Objective,
) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """(N, H, W, C) -> gradients, and (N,) scores."""
    found = by_parts(network, len(X), lambda part: ask(X[part], aimed(objective, part)))
    values, scores = zip(*found, strict=True)
    return np.concatenate(values), np.concatenate(scores)


def relevance(
    network: Asked,
    ask: Callable[[NDArray[Any], Objective, Walk], Relevance],
    X: NDArray[Any],
    objective: Objective,
    walk: Walk,
) -> Relevance:
    """Walk backward, with the part of each input that a walk brings along."""

    def walked(part: slice) -> Relevance:
        inputs = {name: each[part] for name, each in walk.inputs.items()}
        return ask(X[part], aimed(objective, part), replace(walk, inputs=inputs))

    found = by_parts(network, len(X), walked)
    return Relevance(
        values=np.concatenate([each.values for each in found]),
        scores=np.concatenate([each.scores for each in found]),
        start=np.concatenate([each.start for each in found]),
        ledger={
            name: np.concatenate([each.ledger[name] for each in found], axis=-1)
            for name in found[0].ledger
        },
    )


def activations(
    network: Asked,
    ask: Callable[[NDArray[Any], Objective], Activations],
    X: NDArray[Any],
    objective: Objective,
) -> Activations:
    """Take what a layer gives, and the slopes there."""
    found = by_parts(network, len(X), lambda part: ask(X[part], aimed(objective, part)))
    return Activations(
        cells=np.concatenate([each.cells for each in found]),
        slopes=np.concatenate([each.slopes for each in found]),
        scores=np.concatenate([each.scores for each in found]),
    )


def moments(
    network: Asked, ask: Callable[[NDArray[Any]], dict[Key, Moments]], X: NDArray[Any]
) -> dict[Key, Moments]:
    """Sum up what patterns are fitted from."""
    first, *others = by_parts(network, len(X), lambda part: ask(X[part]))
    for other in others:
        first = {key: each + other[key] for key, each in first.items()}
    return first


def extremes(network: Asked, ask: Callable[[NDArray[Any]], Extremes], X: NDArray[Any]) -> Extremes:
    """Take the lowest and the highest output of each node."""
    found = by_parts(network, len(X), lambda part: ask(X[part]))
    return {
        name: (
            np.min([each[name][0] for each in found], axis=0),
            np.max([each[name][1] for each in found], axis=0),
        )
        for name in found[0]
    }


def distances(
    network: Asked,
    ask: Callable[[Sequence[NDArray[Any]]], NDArray[Any]],
    trio: Sequence[NDArray[Any]],
) -> NDArray[Any]:
    """Three times (N, H, W, C) -> (layers, 4, N)."""
    found = by_parts(network, len(trio[0]), lambda part: ask([X[part] for X in trio]))
    return np.concatenate(found, axis=-1)


def alike(name: str, found: Sequence[NDArray[np.float64]], units: int | None = None) -> None:
    """Refuse a model that returns another number of scores than before.

    Raises
    ------
    ValueError
        In one sentence.
    """
    units = found[0].shape[1] if units is None else units
    for each in found:
        if each.shape[1] != units:
            raise ValueError(
                f"{name} returns {each.shape[1]} scores per matrix, but returned {units} before; "
                "see to it that each matrix gets the same number, whatever the batch."
            )


def aimed(objective: Objective, part: slice) -> Objective:
    """Take the targets of some matrices, where each has its own."""
    if objective.weights.ndim == 1:
        return objective
    return replace(objective, weights=objective.weights[part])
