"""What each held input is worth to the score: its slope, and what is lost without it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.checks import listed
from heatbrush_core.inference.inputs.holding import Holding
from heatbrush_core.network.inputs.inputs import Name
from heatbrush_core.network.scores.heads import Objective

if TYPE_CHECKING:
    import pandas as pd

MOST = 20
"""Numbers of an input that are listed one by one; of one with more, only all together."""


class HeldScore(NamedTuple):
    """What one held input, or one number of it, is worth.

    Attributes
    ----------
    input
        Its name, or its place in the list that the model takes.
    element
        Which number of it, such as "2" or "0, 3"; empty for the whole input.
    value, baseline
        What it holds, and what takes its place; NaN for several numbers together.
    loss
        The score less that with the baseline in its place.
    gradient
        The slope of the score along it; NaN where there is none, and for several numbers.
    gradient_x_value
        The gradient times the value, summed over several numbers.
    """

    input: Name
    element: str
    value: float
    baseline: float
    loss: float
    gradient: float
    gradient_x_value: float


def held_scores(
    asker: Holding, x: NDArray[Any], objective: Objective
) -> tuple[list[HeldScore], tuple[str, ...]]:
    """List what each held input is worth to the score of (H, W, C) x, and what was assumed."""

    def score(which: Holding) -> float:
        return float(objective.score(which.outputs(1, x[None].__getitem__))[0])

    whole, slopes, rows = score(asker), asker.held_slopes(x, objective), []
    for name, held in asker.held_values.items():
        base, slope = asker.held_baseline(name), slopes.get(name)
        for at in _parts(held):
            without = np.where(at, base, held)
            loss = whole - score(asker.with_held({name: without}))
            rows.append(_row(name, held, base, slope, at, loss))
    return rows, tuple(_notes(asker, slopes))


def _parts(held: NDArray[Any]) -> Iterator[NDArray[np.bool_]]:
    """Choose what is replaced, in the shape of the input: all of it, then number by number."""
    yield np.ones(held.shape, np.bool_)
    if 1 < held.size <= MOST:
        for index in range(held.size):
            yield (np.arange(held.size) == index).reshape(held.shape)


def _row(
    name: Name,
    held: NDArray[Any],
    base: NDArray[Any],
    slope: NDArray[Any] | None,
    at: NDArray[np.bool_],
    loss: float,
) -> HeldScore:
    alone, places = int(at.sum()) == 1, np.argwhere(at[0])
    element = ", ".join(map(str, places[0].tolist())) if alone and held.size > 1 else ""
    gradients = None if slope is None else slope[None][at].astype(np.float64)
    return HeldScore(
        input=name,
        element=element,
        value=float(held[at][0]) if alone else np.nan,
        baseline=float(base[at][0]) if alone else np.nan,
        loss=loss,
        gradient=float(gradients[0]) if alone and gradients is not None else np.nan,
        gradient_x_value=np.nan if gradients is None else float(gradients @ held[at]),
    )


def _notes(asker: Holding, slopes: dict[Name, NDArray[Any] | None]) -> Iterator[str]:
    """Say what stands in the place of an input, and which have no gradient."""
    usual = [repr(name) for name in asker.held_values if name in asker.usual_values]
    others = [repr(name) for name in asker.held_values if name not in asker.usual_values]
    if usual:
        yield (
            f"The baseline of {listed(usual)} is the mean of the background, or of whole numbers "
            "the one that is there most often."
        )
    if others:
        yield f"The baseline of {listed(others)} is 0, as the background does not hold it."
    if not asker.has_gradient:
        yield "There are no gradients, as a plain function shows only its scores."
    codes = [repr(name) for name, slope in slopes.items() if slope is None]
    if codes:
        yield f"{listed(codes)} takes whole numbers, along which there is no gradient."


def table(rows: list[HeldScore], notes: tuple[str, ...], score: str) -> pd.DataFrame:
    """Make the table of `Explainer.given_scores`."""
    import pandas as pd

    made = pd.DataFrame(rows, columns=list(HeldScore._fields))
    made.attrs.update(score=score, notes=notes)
    return made
