"""Sobol's indices: which share of a variance is due to each of several numbers from 0 to 1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.matrix.arrays import Floats

RESAMPLES = 1000
"""Bootstrap draws of the rows of a design."""
STILL = 1e-6
"""Deviation of scores, as a share of the largest, that rounding alone may make."""


class Indices(NamedTuple):
    """Shares of the variance, one for each number.

    Attributes
    ----------
    first, total
        (d,) by the number alone, and by it in all combinations.
    first_interval, total_interval
        (d, 2) percentile bootstrap intervals.
    """

    first: Floats
    total: Floats
    first_interval: Floats
    total_interval: Floats


def design(samples: int, dimensions: int, seed: int) -> tuple[Floats, Floats]:
    """Draw the sample matrices A and B, (samples, dimensions), from a scrambled Sobol sequence."""
    from scipy.stats import qmc

    drawn = qmc.Sobol(2 * dimensions, rng=np.random.default_rng(seed)).random(samples)
    return drawn[:, :dimensions], drawn[:, dimensions:]


def evaluated(
    score: Callable[[Floats], Floats], first: Floats, second: Floats
) -> tuple[Floats, Floats, Floats]:
    """Ask for the scores of A, of B, and of A with each column in turn from B: (d, samples)."""
    swapped = []
    for column in range(first.shape[1]):
        mixed = first.copy()
        mixed[:, column] = second[:, column]
        swapped.append(score(mixed))
    return score(first), score(second), np.array(swapped)


def indices(of_a: Floats, of_b: Floats, of_ab: Floats, level: float, seed: int) -> Indices:
    """Estimate the indices from the scores of sample matrices.

    Parameters
    ----------
    of_a, of_b : (samples,)
        Scores of A and B; samples is a power of 2.
    of_ab : (d, samples)
        Scores of A with the column d from B.
    level : float
        Of the intervals.
    seed : int
        Of the bootstrap.

    Returns
    -------
    Indices
        NaN where the scores do not move.

    Notes
    -----
    Saltelli et al. (2010), Variance based sensitivity analysis of model output, as
    `scipy.stats.sobol_indices` computes them; rows of the design are drawn anew for the intervals.
    Estimates scatter, so that one near 0 may be below it.
    """
    from scipy import stats

    count = len(of_ab)
    # a single number would come back without its axis
    every = np.concatenate([of_ab, of_ab[:1]])[:, None]
    if is_still(of_a, of_b, of_ab):
        nothing = np.full(count, np.nan)
        pairs = np.full((count, 2), np.nan)
        return Indices(nothing, nothing, pairs, pairs)

    def both(rows: NDArray[Any]) -> Floats:
        which = rows.astype(np.intp)
        scores = {"f_A": of_a[None, which], "f_B": of_b[None, which], "f_AB": every[..., which]}
        found = stats.sobol_indices(func=scores, n=len(which))
        return np.stack([found.first_order, found.total_order])[:, :count]

    first, total = both(np.arange(len(of_a)))
    drawn = stats.bootstrap(
        (np.arange(len(of_a)),),
        both,
        vectorized=False,
        n_resamples=RESAMPLES,
        confidence_level=level,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    ends = np.stack([drawn.low, drawn.high], axis=-1)
    return Indices(first, total, ends[0], ends[1])


def is_still(*scores: Floats) -> bool:
    """Tell whether scores do not move, but for rounding."""
    every = np.concatenate([np.ravel(each) for each in scores])
    return bool(every.std() <= STILL * np.abs(every).max())
