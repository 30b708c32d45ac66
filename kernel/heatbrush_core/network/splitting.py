"""A question about many matrices, asked a few at a time: `batch_size` is the most in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.network.network import Activations, Relevance
from heatbrush_core.network.scores.heads import Objective

if TYPE_CHECKING:
    from heatbrush_core.walks.backward.walk import Walk


def slices(count: int, most: int | None) -> Iterator[slice]:
    """Cut `count` matrices into parts of at most so many."""
    size = max(count, 1) if most is None else most
    return (slice(start, start + size) for start in range(0, max(count, 1), size))


def outputs(
    ask: Callable[[NDArray[Any]], NDArray[np.float64]], X: NDArray[Any], most: int | None
) -> NDArray[np.float64]:
    """(N, H, W, C) -> (N, units)."""
    return np.concatenate([ask(X[part]) for part in slices(len(X), most)])


def gradients(
    ask: Callable[[NDArray[Any], Objective], tuple[NDArray[Any], NDArray[np.float64]]],
    X: NDArray[Any],
    objective: Objective,
    most: int | None,
) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """(N, H, W, C) -> gradients, and (N,) scores."""
    parts = slices(len(X), most)
    found = [ask(X[part], aimed(objective, part)) for part in parts]
    values, scores = zip(*found, strict=True)
    return np.concatenate(values), np.concatenate(scores)


def relevance(
    ask: Callable[[NDArray[Any], Objective, Walk], Relevance],
    X: NDArray[Any],
    objective: Objective,
    walk: Walk,
    most: int | None,
) -> Relevance:
    """Walk backward, with the part of each input that a walk brings along."""
    found = []
    for part in slices(len(X), most):
        inputs = {name: each[part] for name, each in walk.inputs.items()}
        found.append(ask(X[part], aimed(objective, part), replace(walk, inputs=inputs)))
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
    ask: Callable[[NDArray[Any], Objective], Activations],
    X: NDArray[Any],
    objective: Objective,
    most: int | None,
) -> Activations:
    """Take what a layer gives, and the slopes there."""
    found = [ask(X[part], aimed(objective, part)) for part in slices(len(X), most)]
    return Activations(
        cells=np.concatenate([each.cells for each in found]),
        slopes=np.concatenate([each.slopes for each in found]),
        scores=np.concatenate([each.scores for each in found]),
    )


def aimed(objective: Objective, part: slice) -> Objective:
    """Take the targets of some matrices, where each has its own."""
    if objective.weights.ndim == 1:
        return objective
    return replace(objective, weights=objective.weights[part])
