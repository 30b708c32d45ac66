"""What judging takes: the parts that a map ranks, the model that it speaks of, its method."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.explainer import Explainer
from heatbrush_core.explanation import Explanation
from heatbrush_core.heads import ScoreKind
from heatbrush_core.progress import Listener
from heatbrush_core.task import Task

By = Literal["cells", "rows", "columns"]
"""What is ranked, and hidden or shown as one."""

Floats = NDArray[np.float64]


def ranked(explanation: Explanation, by: By) -> Floats:
    """Take what a map says of each part: of its H * W cells in reading order, or of its lines.

    Raises
    ------
    TypeError
        For what is no Explanation.
    ValueError
        For an unknown `by`.
    """
    check_by(by)
    check_explanation(explanation)
    values = {"cells": explanation.map, "rows": explanation.rows, "columns": explanation.columns}
    return values[by].ravel().astype(np.float64)


def labels(by: By, shape: tuple[int, ...]) -> NDArray[np.intp]:
    """(H, W) number of the part that each cell belongs to."""
    rows, columns = np.indices(shape[:2])
    numbers = {"cells": rows * shape[1] + columns, "rows": rows, "columns": columns}
    return numbers[by].astype(np.intp)


def opened(
    explainer: Explainer,
    x: NDArray[Any],
    explanation: Explanation,
    score: ScoreKind | None,
    progress: Listener | None,
    cancel: Any,
) -> Task:
    """Get ready to ask a model about (H, W, C) x and the target of a map.

    A score of None is the probability, or the model's own value where it has none.

    Raises
    ------
    ValueError
        For a map of another shape, and for a target that the model does not have.
    """
    if explanation.shape != x.shape:
        raise ValueError(
            f"The explanation has shape {explanation.shape}, but the matrix is {x.shape}; give "
            "the matrix that was explained."
        )
    head = explainer._prepare(x)
    if score is None:
        score = "probability" if head.has_probabilities else "logit"
    aim = explainer.aim(x, explanation.target)
    return explainer._task(x, [aim], score, None, progress, cancel)


def asked(
    task: Task, count: int, make: Callable[[slice], NDArray[Any]], done: int, total: int
) -> Floats:
    """(count,) scores of matrices that are made batch by batch.

    `done` and `total` say how much of a longer run is finished before, and how long that is.
    """
    scores = np.empty(count)
    for batch in task.batches(count, "scores"):
        scores[batch] = task.scores(make(batch))
        task.report(done + batch.stop, total)
    return scores


def entry(method: Any, parameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Read a name or a pair (name, {parameters}), and parameters that were given beside it."""
    if isinstance(method, str):
        return method, dict(parameters)
    pair = isinstance(method, tuple) and len(method) == 2 and isinstance(method[1], Mapping)
    if not pair or not isinstance(method[0], str):
        raise TypeError(
            f"method is {method!r}, but a name or a pair (name, parameters) is expected; write it "
            'as "occlusion" or ("occlusion", {"patch": (3, None)}).'
        )
    return method[0], {**method[1], **parameters}


def check_by(by: Any) -> None:
    """Refuse parts that are none of `By`."""
    if by not in get_args(By):
        raise ValueError(
            f"by is {by!r}, but one of {', '.join(get_args(By))} is expected; give one of these."
        )


def check_explanation(given: Any) -> None:
    """Refuse what is no Explanation."""
    if not isinstance(given, Explanation):
        raise TypeError(
            f"An Explanation is expected, but got {type(given).__name__}; make one with "
            "explainer.explain(x, method)."
        )


def whole(name: str, value: Any, least: int, most: int | None = None, why: str = "") -> int:
    """Read a whole number within limits; `why` says where the upper one comes from.

    Raises
    ------
    TypeError, ValueError
        In one sentence.
    """
    try:
        number = None if isinstance(value, bool | np.bool_) else operator.index(value)
    except TypeError:
        number = None
    if number is None:
        raise TypeError(f"{name} is {value!r}, but a whole number is expected; give one.")
    if number < least:
        raise ValueError(f"{name} is {number}, but at least {least} is expected; give more.")
    if most is not None and number > most:
        raise ValueError(
            f"{name} is {number}, but {why or f'at most {most} is expected'}; give {most} or less."
        )
    return number
