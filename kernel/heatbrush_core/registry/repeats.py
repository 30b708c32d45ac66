"""One map from several runs of a method, for models that give other scores each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.checks import short
from heatbrush_core.inference.task import Task
from heatbrush_core.maps.profiles import Errors, Profile, lines
from heatbrush_core.progress import Listener, Progress, Watch
from heatbrush_core.registry.method import Method, Result


def checked(repeats: Any) -> int:
    """Refuse what is no whole number from 1 on."""
    if not hasattr(repeats, "__index__") or isinstance(repeats, bool) or repeats < 1:
        raise ValueError(
            f"repeats is {short(repeats)}, but a whole number of at least 1 is expected; give one."
        )
    return int(repeats)


def repeated(
    method: Method, task: Task, X: NDArray[Any] | None, settings: Any, repeats: int
) -> list[Result]:
    """Run a method several times on the task's matrix, or on (N, H, W, C) X, and average.

    Each run counts for as much of the progress as any other.
    """
    task = task if method.needs == "scores" else task.staying()
    runs = []
    for done in range(repeats):
        task.watch.stop_if_cancelled()
        one = task if repeats == 1 else replace(task, watch=_part(task.watch, done, repeats))
        runs.append([method.one(one, settings)] if X is None else method.each(one, X, settings))
    if repeats == 1:
        return runs[0]
    return [averaged(each, task.inside, method.profile) for each in zip(*runs, strict=True)]


def averaged(
    results: Sequence[Result], inside: NDArray[np.bool_] | None, profile: Profile
) -> Result:
    """Average what several runs found for one matrix.

    The standard errors are those of the mean over the runs; where a run is itself an estimate from
    samples, the error that it states is added, as its samples may be the same in each run.
    """
    maps = np.stack([each.values.sum(-1) if each.map is None else each.map for each in results])
    seen = maps if inside is None else np.where(inside, maps, np.nan)
    rows, columns = (np.stack([lines(one, axis, profile) for one in seen]) for axis in (1, 0))
    errors = Errors(
        *(
            _error(found, [each.errors[which] for each in results])
            for which, found in enumerate((maps, rows, columns))
        )
    )
    return replace(
        results[0],
        values=np.mean([each.values for each in results], axis=0),
        map=None if results[0].map is None else maps.mean(0),
        score=float(np.mean([each.score for each in results])),
        score_at_baseline=_mean([each.score_at_baseline for each in results]),
        promised=_mean([each.promised for each in results]),
        errors=errors,
        notes=(*results[0].notes, f"The mean of {len(results)} runs."),
        conservation=_rows(results),
    )


def _error(found: NDArray[Any], own: Sequence[NDArray[np.float64] | None]) -> NDArray[np.float64]:
    """Take the standard error of a mean over runs, with what the runs state of themselves."""
    variance = np.var(found, axis=0, ddof=1, dtype=np.float64) / len(found)
    stated = [each for each in own if each is not None]
    return np.sqrt(variance + np.mean(np.square(stated), axis=0) if stated else variance)


def _mean(numbers: Sequence[float | None]) -> float | None:
    known = [each for each in numbers if each is not None]
    return float(np.mean(known)) if known else None


def _rows(results: Sequence[Result]) -> tuple[dict[str, Any], ...]:
    """Average the rows about conservation, number by number."""
    return tuple(
        {
            name: float(np.mean([row[name] for row in same])) if isinstance(value, float) else value
            for name, value in same[0].items()
        }
        for same in zip(*(each.conservation for each in results), strict=True)
    )


def _part(watch: Watch, done: int, repeats: int) -> Watch:
    """Watch one run of several; a map of one run alone is shown while it is computed."""
    heard = watch.listener

    def told(progress: Progress) -> None:
        assert heard is not None
        total = progress.total
        heard(Progress(done * total + progress.done, repeats * total, progress.map))

    listener: Listener | None = None if heard is None else told
    return Watch(0, listener, watch.cancel)
