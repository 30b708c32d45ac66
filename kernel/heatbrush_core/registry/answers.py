"""What a method found, as an explanation: what it is of, how it was asked for, and what is odd."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.explanation.explanation import Explanation
from heatbrush_core.inference.inputs.holding import held_at
from heatbrush_core.matrix import plausibility, validity
from heatbrush_core.matrix.axes import Axis
from heatbrush_core.matrix.baselines import words
from heatbrush_core.matrix.region import Region
from heatbrush_core.network.scores.cells import Heads
from heatbrush_core.registry.families import unit
from heatbrush_core.registry.method import LARGE, Method, Result
from heatbrush_core.registry.parameters import Parameters, counting
from heatbrush_core.targets import ScoreKind, Target

if TYPE_CHECKING:
    from heatbrush_core.inference.explaining import Explaining


class Asked(NamedTuple):
    """What one call of `explain` asks of each of its matrices.

    Attributes
    ----------
    method, settings
        The method, and its parameters read for these matrices.
    within, score
        As in `Explainer.explain`.
    axes
        The names of rows and columns.
    """

    method: Method
    settings: Parameters
    within: Region | None
    score: ScoreKind | None
    axes: tuple[Axis, Axis]


def explanation(
    asker: Explaining,
    x: NDArray[Any],
    asked: Asked,
    aim: Target,
    result: Result,
    seconds: float,
    doubts: Sequence[str],
) -> Explanation:
    """Put together what was found of (H, W, C) x, and what speaks against its baseline."""
    method, settings = asked.method, asked.settings
    parameters, counts = dict(settings), counting(settings)
    if callable(parameters.get("baseline")):
        # what it made of x, as nothing tells what the function would make of it elsewhere
        parameters["baseline"] = asker.fill(x, parameters["baseline"])
    hidden = [words(asker.word(x, each)) for each in settings.hides()]
    return Explanation(
        values=result.values,
        map=result.map,
        profile=method.profile,
        unit=unit(method, asker.head.name_of(asked.score)),
        method=method.name,
        parameters=parameters,
        target=aim,
        score=result.score,
        score_at_baseline=result.score_at_baseline,
        residual=result.residual,
        standard_error=result.errors.map,
        row_errors=result.errors.rows,
        column_errors=result.errors.columns,
        notes=(
            *asker.read_as,
            *result.notes,
            *_where_it_was(asker, method),
            *result.missed,
            *hidden,
            *held_at(asker),
            *asker.said,
            *doubts,
            *_odd(asker, x, asked, result),
        ),
        conservation=result.conservation,
        counting=counts,
        seconds=seconds,
        within=asked.within,
        valid=asker.exists,
        row_axis=asked.axes[0],
        column_axis=asked.axes[1],
        classes=asker.classes,
    )


def _where_it_was(asker: Explaining, method: Method) -> Iterator[str]:
    """Say that a map is of the cells of a thing that perturbations follow."""
    if method.needs != "scores" and isinstance(asker.head, Heads) and asker.head.follows:
        yield (
            f"{method.name} explains the cells in which the thing was found, as a best match has "
            "no slope; methods that hide cells follow it."
        )


def _odd(asker: Explaining, x: NDArray[Any], asked: Asked, result: Result) -> Iterator[str]:
    """Say what is odd about the matrix itself."""
    known = validity.known(x, asker.exists)
    if asker.usual is not None and (said := asker.usual.unlike(known)):
        yield said
    map = result.values.sum(axis=-1) if result.map is None else result.map
    yield from _carried(asked, map, asker.exists, asker.takes_nan)
    if asker.exists is not None:
        yield from _on_nothing(map, asker.exists)
        map = np.where(asker.exists, map, np.nan)
    # a gradient, or a signal, is no evidence that a cell carries
    if asked.method.family in ("attribution", "class activation"):
        if asked.within is not None:
            map = np.where(asked.within.mask(map.shape), map, np.nan)
        yield from plausibility.padding(x, map, asked.axes)


def _carried(
    asked: Asked, map: NDArray[Any], exists: NDArray[np.bool_] | None, takes_nan: bool
) -> Iterator[str]:
    """Say where there is no number: a slope may be none, or NaN that the model is fed went on."""
    inside = np.ones(map.shape, np.bool_) if exists is None else exists
    if asked.within is not None:
        inside = inside & asked.within.mask((map.shape[0], map.shape[1]))
    count = int((~np.isfinite(map[inside])).sum())
    if count and not takes_nan:
        yield (
            f"{asked.method.name} has no finite number for {count} of {int(inside.sum())} cells, "
            "though the score is one: something in the model has no slope there, as a square root "
            "at 0; take a method that hides cells, such as occlusion."
        )
    elif count:
        yield (
            f"{asked.method.name} has no number for {count} of the cells that exist, as it carries "
            "NaN on from what the model is fed; take a method that hides cells, such as occlusion, "
            "or another baseline."
        )


def _on_nothing(map: NDArray[Any], exists: NDArray[np.bool_]) -> Iterator[str]:
    """Say how much of a map lies on cells that do not exist, and is not shown."""
    sizes = np.nan_to_num(np.abs(map))
    total = float(sizes.sum())
    share = float(sizes[~exists].sum()) / total if total > 0 else 0.0
    if share > LARGE:
        yield (
            f"{share:.0%} of this map, by size, lies on cells that do not exist, and is not shown: "
            "the model goes by what it is fed there."
        )
