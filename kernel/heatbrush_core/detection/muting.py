"""Which head does the work: the average precision with each head muted, and with each alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from heatbrush_core.detection.boxes import suppress
from heatbrush_core.detection.kinds import KINDS, errors
from heatbrush_core.detection.precision import OVERLAPS, average_precision
from heatbrush_core.detection.tables import TRUE, tables

if TYPE_CHECKING:
    import pandas as pd


def heads(
    found: Any,
    truth: Any,
    overlap: float | None = 0.5,
    overlaps: Sequence[float] = OVERLAPS,
    by: str = "head",
) -> pd.DataFrame:
    """Measure what each head of a detector is worth.

    A head is muted before boxes that overlap are suppressed, so that what another head says of the
    same thing, and its box had suppressed, comes forth.

    Parameters
    ----------
    found : list of DataFrame
        A table per sample with the columns row, column, height, width, class, score and `by`, of
        *all* boxes: `Grid(overlap=None, ...).decode`.
    truth : list of DataFrame
        As many tables, with row, column, height, width and class.
    overlap : float or None
        Intersection over union above which two boxes of a class count as one. Default 0.5; None
        suppresses none.
    overlaps : sequence of float
        Intersections over union from which on a box counts as found, over which the precision is
        averaged. The kinds of error take the lowest.
    by : str
        The column that tells the heads apart; "predictor" for the boxes of a cell.

    Returns
    -------
    DataFrame
        A row per head, and first one for all together, whose head is "all": head, boxes (that it
        has after suppression among all heads), ap_without (it is muted), ap_alone, and the number
        of its errors of each kind but "missed". ap_without of "all" is NaN.

    Raises
    ------
    TypeError, ValueError
        If these are no tables of boxes.
    """
    import pandas as pd

    mine = tables(found, "found", [*TRUE, "score", by])
    theirs = tables(truth, "truth", TRUE)
    names = sorted({name for table in mine for name in table[by]}, key=str)

    def measured(some: list[pd.DataFrame]) -> float:
        return average_precision(_kept(some, overlap), theirs, overlaps).mean

    kept = _kept(mine, overlap)
    wrong = errors(kept, theirs, min(overlaps), min(0.1, min(overlaps) / 2), by).boxes
    rows = [("all", sum(map(len, kept)), float("nan"), measured(mine), *_counts(wrong))]
    for name in names:
        without = [table[table[by] != name] for table in mine]
        alone = [table[table[by] == name] for table in mine]
        count = sum(int((table[by] == name).sum()) for table in kept)
        some = _counts(wrong[wrong["by"] == name])
        rows.append((name, count, measured(without), measured(alone), *some))
    kinds = [kind for kind in KINDS if kind != "missed"]
    return pd.DataFrame(rows, columns=[by, "boxes", "ap_without", "ap_alone", *kinds])


def _kept(some: list[pd.DataFrame], overlap: float | None) -> list[pd.DataFrame]:
    if overlap is None:
        return some
    return [_unsuppressed(table, overlap) for table in some]


def _unsuppressed(table: pd.DataFrame, overlap: float) -> pd.DataFrame:
    places = table[["row", "column", "height", "width"]].to_numpy(np.float64)
    return table.iloc[suppress(places, table["score"], table["class"], overlap)]


def _counts(wrong: pd.DataFrame) -> list[int]:
    return [int((wrong["kind"] == kind).sum()) for kind in KINDS if kind != "missed"]


def specialities(found: Any, by: str = "predictor") -> pd.DataFrame:
    """Tell what each predictor or head of a detector has specialised in.

    Parameters
    ----------
    found : list of DataFrame
        A table per sample with the columns height, width, class, head and `by`, as `Grid.decode`
        gives. One table alone is one sample.
    by : str
        The column that tells the predictors of a head apart. Default "predictor".

    Returns
    -------
    DataFrame
        A row per head and predictor: head, `by` (unless it is "head"), boxes, the medians of height
        and width, and the share of each class among its boxes, in a column of its name.

    Raises
    ------
    TypeError, ValueError
        If these are no tables of boxes.
    """
    import pandas as pd

    keys = ["head"] if by == "head" else ["head", by]
    checked = tables(found, "found", ["height", "width", "class", *keys])
    several = pd.concat(checked, ignore_index=True)
    groups = several.groupby(keys)
    medians = groups[["height", "width"]].median()
    shares = pd.crosstab([several[key] for key in keys], several["class"], normalize="index")
    return medians.assign(boxes=groups.size()).join(shares).reset_index()
