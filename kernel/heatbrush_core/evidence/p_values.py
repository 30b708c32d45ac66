"""P values: how often chance alone gives as much, for one region and for several at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from heatbrush_core.matrix.arrays import Floats


def p_value(observed: float, chance: Sequence[float] | Floats) -> float:
    """Give the one-sided p of a large value: (1 + those as large by chance) / (1 + all).

    Source: Davison & Hinkley (1997), equation 4.11. Without any it is NaN.
    """
    values = np.asarray(chance, np.float64)
    if not values.size:
        return float("nan")
    return float((1 + (values >= observed).sum()) / (1 + values.size))


def holm(ps: Floats) -> Floats:
    """Adjust p values so that the chance of any false one is bounded (Holm 1979); NaN stays NaN."""
    adjusted = np.full(len(ps), np.nan)
    known = np.flatnonzero(~np.isnan(ps))
    order = known[np.argsort(ps[known], kind="stable")]
    steps = ps[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps))
    return adjusted
