"""The mean of deletion or insertion curves over many samples, and how sure it is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.metrics.curve import Curve, GreedyOrder, Mode, RandomOrders, beside, frozen
from heatbrush_core.metrics.parts import Parts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from heatbrush_core.explanation.page import Colours, Theme


class MeanGreedy(NamedTuple):
    """What the greedy orders of the samples give on average: area, and (K,) curve."""

    area: float
    scores: Floats


@dataclass(frozen=True, eq=False, repr=False)
class MeanCurve:
    """The mean of the curves of N samples. Its arrays are read-only.

    Attributes
    ----------
    mode, by, shares
        As those of each curve.
    scores, errors : (K,) float64
        Mean scores, and their standard errors over the samples; NaN for one sample.
    area, area_error : float
        Mean area, and its standard error over the samples; NaN for one sample.
    areas : (N,) float64
        Of each sample.
    random : RandomOrders or None
        Mean over the samples; its deviations are those of a mean over N samples, one random order
        each. None unless all curves have them.
    greedy : MeanGreedy or None
        Mean over the samples; None unless all curves have a greedy order.
    method, about, unit : str
        Of the curves, where all have the same.
    notes : tuple of str
        Those that all curves have, and how many have others.
    """

    mode: Mode
    by: Parts
    shares: Floats
    scores: Floats
    errors: Floats
    area: float
    area_error: float
    areas: Floats
    random: RandomOrders | None = None
    greedy: MeanGreedy | None = None
    method: str = "map"
    about: str = ""
    unit: str = "score"
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        text = f"<Mean of {len(self.areas)} curves of {self.mode} by {self.by}: area "
        text += f"{self.area:.4g} ± {self.area_error:.2g}"
        return f"{text}{beside(self.random, None if self.greedy is None else self.greedy.area)}>"

    def plot(
        self,
        ax: Axes | None = None,
        *,
        title: str | None = None,
        cmap: Colours | None = None,
        theme: Theme | None = None,
    ) -> Axes:
        """Draw the mean curve with matplotlib, as `Curve.plot` does; bands are standard errors.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; by default a new figure.
        title, cmap, theme
            As in `Curve.plot`.

        Returns
        -------
        matplotlib Axes
        """
        from heatbrush_core.metrics import curve_figure

        return curve_figure.draw(self, self.errors, ax, title, cmap, theme)


def average_curves(curves: Sequence[Curve]) -> MeanCurve:
    """Average the curves of several samples, step by step, with standard errors over the samples.

    Parameters
    ----------
    curves
        What `deletion` or `insertion` gave, one for each sample; all of one mode, by the same parts
        and in the same steps.

    Returns
    -------
    MeanCurve
        The standard error says how far the mean would be another for other samples, not how far
        random orders scatter; compare the mean area with that of `random`.

    Raises
    ------
    TypeError, ValueError
        In one sentence, for what is no Curve, for none, and for curves that do not fit together.
    """
    given = list(curves)
    _check(given)
    first = given[0]
    scores, areas = np.array([each.scores for each in given]), np.array([e.area for e in given])
    return MeanCurve(
        first.mode,
        first.by,
        first.shares,
        frozen(scores.mean(axis=0)),
        frozen(_error(scores)),
        float(areas.mean()),
        float(_error(areas)),
        frozen(areas),
        _random([each.random for each in given if each.random is not None], len(given)),
        _greedy([each.greedy for each in given if each.greedy is not None], len(given)),
        _common((each.method for each in given), "map"),
        _common((each.about for each in given), ""),
        _common((each.unit for each in given), "score"),
        _notes(given),
    )


def _common(names: Iterable[str], otherwise: str) -> str:
    """Take the name that all have, if they do."""
    first, *others = set(names)
    return otherwise if others else first


def _notes(curves: Sequence[Curve]) -> tuple[str, ...]:
    """Take the notes that all curves have, and an example of the others."""
    shared = tuple(note for note in curves[0].notes if all(note in other.notes for other in curves))
    more = [[note for note in each.notes if note not in shared] for each in curves]
    some = [each for each in more if each]
    if not some:
        return shared
    count = f"{len(some)} of {len(curves)} curves have notes of their own"
    return (*shared, f"{count}, such as: {some[0][0]}")


def _random(each: Sequence[RandomOrders], samples: int) -> RandomOrders | None:
    """Average what random orders give; variances of independent means add up."""
    if len(each) < samples:
        return None
    deviation = math.sqrt(sum(one.deviation**2 for one in each)) / samples
    spread = np.sqrt(np.sum([one.spread**2 for one in each], axis=0)) / samples
    scores = np.mean([one.scores for one in each], axis=0)
    mean = float(np.mean([one.mean for one in each]))
    return RandomOrders(mean, deviation, frozen(scores), frozen(spread))


def _greedy(each: Sequence[GreedyOrder], samples: int) -> MeanGreedy | None:
    """Average what the greedy orders give."""
    if len(each) < samples:
        return None
    scores = np.mean([one.scores for one in each], axis=0)
    return MeanGreedy(float(np.mean([one.area for one in each])), frozen(scores))


def _error(values: Floats) -> Floats:
    """Get the standard error of a mean over the first axis; NaN for one sample."""
    if len(values) < 2:
        return np.full(values.shape[1:], np.nan)
    return np.asarray(values.std(axis=0, ddof=1) / math.sqrt(len(values)))


def _check(curves: Sequence[Curve]) -> None:
    if not curves:
        raise ValueError("curves is empty, but at least one curve is expected; give some.")
    for each in curves:
        if not isinstance(each, Curve):
            raise TypeError(
                f"curves holds a {type(each).__name__}, but a Curve for each sample is expected; "
                "make them with deletion or insertion."
            )
        mine, first = (
            f"{c.mode} by {c.by} in {len(c.shares) - 1} steps" for c in (each, curves[0])
        )
        if mine != first or not np.array_equal(each.shares, curves[0].shares):
            raise ValueError(
                f"curves holds {mine} beside {first}, but one mode, the same parts and the same "
                "steps are expected; average those that are alike."
            )
