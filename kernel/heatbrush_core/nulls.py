"""Matrices like a given one, but without its evidence: what a search is repeated on.

A run that a map suggested has been chosen because it looked good, so its necessity cannot be
compared with that of any place. It can be compared with the best that the same search finds in
matrices that hold no evidence. Which matrices are that, is said here; where none are honest, None.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.runs import Axis

Matrices = NDArray[np.floating]
Source = Literal["background", "phases"]
FEWEST = 19
"""Matched matrices below which no p at 5 % is attainable, so that none are given."""


def matched(
    x: Matrices,
    axis: Axis,
    others: Matrices | None,
    count: int,
    random: np.random.Generator,
) -> tuple[Source, Matrices] | None:
    """Make or choose matrices without evidence that are otherwise like x.

    Parameters
    ----------
    x
        (H, W, C).
    axis
        What is searched, "rows" or "columns".
    others
        (N, H, W, C) background samples that the model takes for another class, or None.
    count
        How many at the most.
    random
        Chooses.

    Returns
    -------
    source, (M, H, W, C)
        Of the background, without repeats, where there are at least `FEWEST` of other classes.
        Else, for columns, x with the phases of each row drawn anew: events in time are gone, level
        and spectrum stay. None for rows, whose levels are what tells one from the other.
    """
    if others is not None and len(others) >= FEWEST:
        chosen = random.permutation(len(others))[:count]
        return "background", others[chosen]
    if axis == "rows" or count < FEWEST:
        return None
    return "phases", np.stack([phase_randomised(x, random) for _ in range(count)])


def phase_randomised(x: Matrices, random: np.random.Generator) -> Matrices:
    """Draw the phases of each row and channel of (H, W, C) x anew; mean and spectrum stay.

    Source: Theiler et al. (1992), "Testing for nonlinearity in time series: the method of surrogate
    data", section 2.4.1.
    """
    width = x.shape[1]
    spectrum = np.fft.rfft(x, axis=1)
    phases = random.uniform(0, 2 * np.pi, spectrum.shape)
    # the mean has no phase, and at an even width the highest frequency only a sign
    phases[:, 0] = 0
    if width % 2 == 0:
        phases[:, -1] = np.pi * random.integers(0, 2, phases[:, -1].shape)
    turned = np.fft.irfft(spectrum * np.exp(1j * phases), width, axis=1)
    return turned.astype(x.dtype)


def p_value(observed: float, nulls: Sequence[float] | NDArray[np.float64]) -> float:
    """Give the one-sided p of a large value: (1 + nulls at least as large) / (1 + nulls).

    Source: Davison & Hinkley (1997), equation 4.11. With no null it is NaN.
    """
    values = np.asarray(nulls, np.float64)
    if not values.size:
        return float("nan")
    return float((1 + (values >= observed).sum()) / (1 + values.size))


def holm(ps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Adjust p values so that the chance of any false one is bounded (Holm 1979); NaN stays NaN."""
    adjusted = np.full(len(ps), np.nan)
    known = np.flatnonzero(~np.isnan(ps))
    order = known[np.argsort(ps[known], kind="stable")]
    steps = ps[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps))
    return adjusted
