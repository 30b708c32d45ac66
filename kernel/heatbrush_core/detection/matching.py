"""Landmarks against the truth: each found one is paired with at most one true one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from heatbrush_core.checks import short
from heatbrush_core.detection.boxes import numbers
from heatbrush_core.matrix.arrays import Floats, Indices

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Matching:
    """What was found, what was missed, and what is false.

    Attributes
    ----------
    found, truth
        (pairs,) indices of the two landmarks of each pair, in the order of the found ones.
    distance
        (pairs,) how far the two lie apart, in cells.
    missed
        Indices of the true landmarks that nothing was paired with.
    false
        Indices of the found landmarks that were paired with nothing.
    """

    found: Indices
    truth: Indices
    distance: Floats
    missed: Indices
    false: Indices

    @property
    def recall(self) -> float:
        """Share of the true landmarks that were found; NaN where there are none."""
        return _share(len(self.truth), len(self.missed))

    @property
    def precision(self) -> float:
        """Share of the found landmarks that are true; NaN where none was found."""
        return _share(len(self.found), len(self.false))

    def table(self) -> pd.DataFrame:
        """Return a row per pair, missed and false landmark: kind, found, truth, distance.

        The kind is "found", "missed" or "false"; an index that there is not is <NA>, and so a
        distance is NaN.
        """
        import pandas as pd

        blank = [pd.NA] * max(len(self.missed), len(self.false))
        return pd.DataFrame(
            {
                "kind": ["found"] * len(self.found)
                + ["missed"] * len(self.missed)
                + ["false"] * len(self.false),
                "found": pd.array(
                    [*self.found, *blank[: len(self.missed)], *self.false], dtype="Int64"
                ),
                "truth": pd.array(
                    [*self.truth, *self.missed, *blank[: len(self.false)]], dtype="Int64"
                ),
                "distance": np.concatenate(
                    [self.distance, np.full(len(self.missed) + len(self.false), np.nan)]
                ),
            }
        )


def _share(right: int, wrong: int) -> float:
    return right / (right + wrong) if right + wrong else float("nan")


def match(found: Any, truth: Any, reach: float | None = None) -> Matching:
    """Pair found landmarks with true ones: as many pairs as can be, as near as can be.

    Parameters
    ----------
    found, truth : DataFrame with the columns row and column, or (n, 2)
        Places in index units. Where both are tables with a column class, only landmarks of the same
        class are paired.
    reach : float or None
        How far the two of a pair may lie apart, in cells, Euclidean. Default None, any distance.

    Returns
    -------
    Matching
        Of all pairings with the most pairs within reach, one with the smallest sum of distances
        (`scipy.optimize.linear_sum_assignment`).

    Raises
    ------
    ValueError
        If these are no places, or reach is below 0.
    """
    from scipy.optimize import linear_sum_assignment

    one, other = _places(found, "found"), _places(truth, "truth")
    if reach is not None and not (isinstance(reach, int | float | np.number) and reach >= 0):
        raise ValueError(
            f"reach is {short(reach)}, but a number of cells from 0 on is expected; give one, or "
            "None for any distance."
        )
    distance = np.hypot(*np.moveaxis(one[:, None] - other[None], -1, 0))
    allowed = np.ones_like(distance, bool) if reach is None else distance <= reach
    if all("class" in getattr(each, "columns", ()) for each in (found, truth)):
        allowed &= np.asarray(found["class"])[:, None] == np.asarray(truth["class"])[None]
    # one pair more is worth any distance
    beyond = 1 + distance.max(initial=0) * (1 + min(distance.shape, default=0))
    rows, columns = linear_sum_assignment(np.where(allowed, distance, beyond))
    paired = allowed[rows, columns]
    rows, columns = rows[paired], columns[paired]
    missed = np.setdiff1d(np.arange(len(other)), columns)
    false = np.setdiff1d(np.arange(len(one)), rows)
    return Matching(rows, columns, distance[rows, columns], missed, false)


def _places(given: Any, name: str) -> Floats:
    table = hasattr(given, "columns")
    if table and not {"row", "column"} <= set(given.columns):
        raise ValueError(
            f"{name} has no columns row and column, but these tell where a landmark is; give them."
        )
    array = numbers(given[["row", "column"]] if table else given, name)
    array = array.reshape(0, 2) if not array.size else array
    if array.ndim != 2 or array.shape[1] != 2 or not np.isfinite(array).all():
        raise ValueError(
            f"{name} is {short(array)}, but finite places of shape (n, 2) are expected; give the "
            "row and the column of each landmark."
        )
    return array
