"""How well a map, or the runs found in it, hit the cells that are known to matter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core.checks import among, index, short
from heatbrush_core.maps.runs import Run
from heatbrush_core.matrix.axes import AXES, AxisName
from heatbrush_core.matrix.given_regions import listed
from heatbrush_core.matrix.rectangles import Stretch, stretches

Bools = NDArray[np.bool_]


class RunScores(NamedTuple):
    """How well runs of lines cover the true ones.

    Attributes
    ----------
    precision
        Share of the found lines that hold truth. NaN if no line was found.
    recall
        Share of the lines with truth that were found. NaN if there is no truth.
    intersection_over_union
        Of the pair of a found and a true run that has the highest: lines in both, divided by
        lines in either. 0 if nothing was found, NaN if there is no truth.
    """

    precision: float
    recall: float
    intersection_over_union: float


def mass_in_truth(map: ArrayLike, truth: ArrayLike) -> float:
    """Measure how much of what a map says for its target lies in cells that are known to matter.

    Parameters
    ----------
    map : (H, W)
        Values below 0 count as 0; a cell that is NaN counts as not there.
    truth : (H, W) bool
        The cells that matter.

    Returns
    -------
    float
        Sum of the positive values inside the truth, divided by the sum of all, 0 to 1. NaN where
        that has no meaning: no value is positive, or no cell that is there matters.

    Raises
    ------
    TypeError
        If truth is not boolean.
    ValueError
        If the shapes differ or a value is infinite.
    """
    values, inside = _pair(map, truth)
    positive = np.maximum(values, 0)
    total = positive.sum()
    return float(positive[inside].sum() / total) if total > 0 and inside.any() else float("nan")


def pointing(map: ArrayLike, truth: ArrayLike) -> float:
    """Tell whether a map's largest cell is one that is known to matter: the pointing game.

    Parameters
    ----------
    map : (H, W)
        A cell that is NaN counts as not there.
    truth : (H, W) bool
        The cells that matter.

    Returns
    -------
    float
        1 if the cell with the largest value, whatever its sign, is inside the truth, else 0. Where
        several share that value, the share of them that is inside; a constant map thus gets what
        pointing at random would. NaN if no cell is there, or none that is there matters.

    Raises
    ------
    TypeError
        If truth is not boolean.
    ValueError
        If the shapes differ or a value is infinite.

    Notes
    -----
    Zhang et al. (2018), Top-down neural attention by excitation backprop, also count a hit near the
    truth, up to 15 pixels from it, and average over samples; here nothing outside counts.
    """
    values, inside = _pair(map, truth)
    if not inside.any():
        return float("nan")
    return float(inside[values == values.max()].mean())


def run_scores(found: Iterable[Stretch | Run] | Run, truth: ArrayLike, axis: AxisName) -> RunScores:
    """Compare runs of rows or columns with those that hold any cell known to matter.

    Precision and recall count lines, those in several found runs once; how the lines are cut into
    runs plays a part in the intersection over union alone.

    Parameters
    ----------
    found : iterable of Run or (start, stop)
        Half-open ranges of indices along the axis; they may overlap. Or one `Run`, or the table of
        `find_runs`.
    truth : (H, W) bool
        The cells that matter. Its runs are the longest stretches of lines that each hold one.
    axis : {"rows", "columns"}
        Which lines.

    Returns
    -------
    RunScores
        precision, recall, intersection_over_union; each says where it is NaN.

    Raises
    ------
    TypeError
        If truth is not boolean.
    ValueError
        If the axis is neither, or a range is empty or reaches outside the matrix.
    """
    if not among(axis, AXES):
        raise ValueError(
            f'Got axis {short(axis)}, but lines are "rows" or "columns"; give one of them.'
        )
    held: Bools = np.any(_boolean(truth), axis=1 if axis == "rows" else 0)
    runs = [_checked(run, len(held), axis) for run in listed(found)]
    covered = np.zeros(len(held), np.bool_)
    for start, stop in runs:
        covered[start:stop] = True
    both = int((covered & held).sum())
    pairs = [_overlap(run, true) for run in runs for true in stretches(held)]
    return RunScores(
        precision=both / int(covered.sum()) if runs else float("nan"),
        recall=both / int(held.sum()) if held.any() else float("nan"),
        intersection_over_union=max(pairs, default=0.0) if held.any() else float("nan"),
    )


def _overlap(a: Stretch, b: Stretch) -> float:
    """Intersection over union."""
    both = max(0, min(a[1], b[1]) - max(a[0], b[0]))
    return both / (a[1] - a[0] + b[1] - b[0] - both)


def _checked(run: Stretch | Run, lines: int, axis: str) -> Stretch:
    try:
        ends = (run.start, run.stop) if isinstance(run, Run) else run
        start, stop = map(index, ends)
    except (TypeError, ValueError):
        start = stop = None
    if start is None or stop is None or not 0 <= start < stop <= lines:
        raise ValueError(
            f"Got the run {short(run)}, but a half-open range of {axis} with at least one of "
            f"the {lines} is expected; give 0 <= start < stop <= {lines}."
        )
    return start, stop


def _pair(map: ArrayLike, truth: ArrayLike) -> tuple[NDArray[np.float64], Bools]:
    """Take the cells that are there: their values, and whether each is inside the truth."""
    values, inside = np.asarray(map, np.float64), _boolean(truth)
    if values.shape != inside.shape:
        raise ValueError(
            f"The map has shape {values.shape} and the truth {inside.shape}, but both are (rows, "
            "columns) of one matrix; give a map summed over channels and the truth of its sample."
        )
    if np.isinf(values).any():
        raise ValueError(
            "The map holds an infinite value, but a share of it is asked for; set such cells to "
            "NaN, which counts as not there."
        )
    there = ~np.isnan(values)
    return values[there], inside[there]


def _boolean(truth: ArrayLike) -> Bools:
    inside = np.asarray(truth)
    if inside.dtype != np.bool_:
        raise TypeError(
            f"The truth is {inside.dtype} of shape {inside.shape}, but a boolean matrix is "
            "expected; compare it first, such as truth > 0."
        )
    if inside.ndim != 2:
        raise ValueError(
            f"The truth has shape {inside.shape}, but (rows, columns) is expected; give one "
            "sample at a time, such as samples.truth[0]."
        )
    return inside
