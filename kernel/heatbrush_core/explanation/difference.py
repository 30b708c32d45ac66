"""The difference of two maps of one matrix: of their values, or of shares of their strength."""

from __future__ import annotations

import math

import numpy as np

from heatbrush_core.explanation.explanation import Explanation
from heatbrush_core.matrix.arrays import Floats32

METHOD = "difference"
PART = 0.99
"""The quantile of the magnitudes by which maps in different units are divided."""


def difference(a: Explanation, b: Explanation, names: tuple[str, str]) -> Explanation:
    """Subtract one map from another; NaN where one of them has none.

    Maps of one method in one unit are subtracted as they are. Others are divided by the 99th
    percentile of their magnitudes first, so that 1 is a strong cell of either map.

    Parameters
    ----------
    a, b
        Of matrices of one size.
    names
        What they are called in its notes.
    """
    raw = (a.method, a.unit) == (b.method, b.unit)
    scales = (1.0, 1.0) if raw else (strength(a.map), strength(b.map))
    alike = a.values.shape == b.values.shape
    parts = (a.values, b.values) if alike else (a.map[..., None], b.map[..., None])
    first, second = (
        part.astype(np.float64) / scale for part, scale in zip(parts, scales, strict=True)
    )
    map = a.map.astype(np.float64) / scales[0] - b.map.astype(np.float64) / scales[1]
    return Explanation(
        values=first - second,
        map=map,
        profile=a.profile if a.profile == b.profile else "sum",
        unit=a.unit if raw else "",
        method=METHOD,
        parameters={"of": list(names), "raw": raw},
        target=a.target if a.target == b.target else None,
        score=math.nan,
        notes=[_said(names, raw, scales)],
        valid=None if a.valid is None or b.valid is None else a.valid | b.valid,
        row_axis=a.row_axis,
        column_axis=a.column_axis,
        classes=a.classes,
    )


def strength(map: Floats32) -> float:
    """Return the 99th percentile of |value|; the largest where that is 0, and 1 where all are."""
    magnitudes = np.abs(map[np.isfinite(map)], dtype=np.float64)
    if not magnitudes.size:
        return 1.0
    return float(np.quantile(magnitudes, PART) or magnitudes.max() or 1.0)


def _said(names: tuple[str, str], raw: bool, scales: tuple[float, float]) -> str:
    first, second = names
    if raw:
        return f"{first} minus {second}: one method and one unit, so the values are as they are."
    return (
        f"{first} minus {second}: different methods or units, so that each is divided by the 99th "
        f"percentile of its |value| ({scales[0]:.3g} and {scales[1]:.3g})."
    )
