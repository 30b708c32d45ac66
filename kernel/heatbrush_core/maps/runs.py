"""Runs: the contiguous stretches of a profile that score most, and the same in two dimensions.

A profile is turned into scores by taking a penalty off each cell; a run is a stretch whose scores
sum to as much as they can. Where lengths are free these are the maximal scoring subsequences of
Ruzzo & Tompa (1999), "A linear time algorithm for finding all maximal scoring subsequences";
where they are bounded, the best stretch is taken again and again from what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from heatbrush_core.checks import among, count, short
from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.matrix.axes import Axis, AxisName, check_axis
from heatbrush_core.matrix.region import Region

SPREADS, PART = 3.0, 0.2
"""Robust standard deviations above the median, and part of the way from there to the largest value,
that a line of a run stands out by on average. Chosen by `benchmarks.find_runs --choose` on planted
runs of five shapes and two seeds that neither the tests nor the figures use."""


@dataclass(frozen=True, eq=False, repr=False)
class Run(Region):
    """A region that was found, and what found it.

    Attributes
    ----------
    score
        The sum of the profile over the run less the penalty for each of its cells.
    share
        The sum of the profile over the run, divided by the sum of all that is positive in it.
    origin
        The `Search` that found it, where it came from an explanation.
    label
        Its cells in the names of the matrix's axes; empty where these are not known.
    notes
        Sentences about how it was found, see `minimal_run`.
    """

    score: float = 0.0
    share: float = 0.0
    origin: Any = None
    label: str = ""
    notes: tuple[str, ...] = ()

    @property
    def start(self) -> int:
        """The first line."""
        return self._lines[0]

    @property
    def stop(self) -> int:
        """The line after the last."""
        return self._lines[1]

    @property
    def _lines(self) -> tuple[int, int]:
        band = self.bands[0]
        lines = band.rows if band.columns is None else band.columns
        if lines is None or lines[1] is None or None not in (band.rows, band.columns):
            raise AttributeError(
                f"{self!r} is no run of whole rows or columns, so that it has no start and stop; "
                "take bounds(shape)."
            )
        return lines[0], lines[1]

    def named(self, rows: Axis, columns: Axis, origin: Any = None) -> Run:
        """Tell the same run where it lies, by the names of the axes, and what found it."""
        return replace(self, label=self.describe(rows, columns), origin=origin)


def runs(
    profile: Floats,
    axis: AxisName,
    k: int = 5,
    min_length: int = 1,
    max_length: int | None = None,
    penalty: float | Literal["auto"] = "auto",
) -> list[Run]:
    """Find the top disjoint runs of a profile along rows or columns, best first.

    Parameters
    ----------
    profile
        (n,) a number per line; NaN where nothing is known, which no run holds.
    axis
        What its lines are, "rows" or "columns".
    k
        Runs at the most.
    min_length, max_length
        Lines of a run; None is as many as there are.
    penalty
        What each line costs; "auto" is `automatic(profile)`.

    Raises
    ------
    ValueError
        In one sentence, for an unknown axis, an impossible k, length or penalty.
    """
    check_axis(axis)
    profile = np.asarray(profile, np.float64)
    _check(k, min_length, max_length, len(profile))
    cost = automatic(profile) if among(penalty, ("auto",)) else _number(penalty)
    scores = np.where(np.isnan(profile), -np.inf, profile - cost)
    free = min_length == 1 and max_length is None
    found = _maximal(scores) if free else _bounded(scores, k, min_length, max_length)
    make = bands(axis)
    made = (Run(make(a, b).bands, score, share(profile, slice(a, b))) for a, b, score in found)
    return sorted(made, key=lambda run: -run.score)[:k]


def bands(axis: AxisName) -> Callable[[int, int | None], Region]:
    """Take what makes a region of whole lines, from the first to the stop."""
    return Region.rows if axis == "rows" else Region.columns


def blocks(map: Floats, k: int = 5, penalty: float | Literal["auto"] = "auto") -> list[Run]:
    """Find the top disjoint rectangles of a map, best first.

    Each is the rectangle whose cells, a penalty taken off each, sum to most, of all that share no
    cell with those before: Kadane's scan over the columns for each pair of rows (Bentley 1984).

    Parameters
    ----------
    map
        (H, W); NaN where nothing is known, which no rectangle holds.
    k
        Rectangles at the most.
    penalty
        What each cell costs; "auto" is `automatic(map)`.
    """
    map = np.asarray(map, np.float64)
    _check(k, 1, None, map.size)
    cost = automatic(map) if among(penalty, ("auto",)) else _number(penalty)
    left = np.where(np.isnan(map), -np.inf, map - cost)
    found: list[Run] = []
    while len(found) < k:
        score, r0, r1, c0, c1 = _best_block(left)
        if score <= 0:
            break
        region = Region.rectangle(r0, r1, c0, c1)
        found.append(Run(region.bands, score, share(map, (slice(r0, r1), slice(c0, c1)))))
        left[r0:r1, c0:c1] = -np.inf
    return found


def automatic(values: Floats, noise: bool = True) -> float:
    """Take as penalty what lines of noise, and the flanks of a run, stay below.

    That is the median plus 3 times 1.4826 times the median absolute deviation, or a fifth of the
    way from the median to the largest value where that is more: where a map is zero nearly
    everywhere, the deviation is no measure. It follows the map's scale and level. Without `noise`
    only the second counts, which some line of any profile that is not flat exceeds.
    """
    known = values[~np.isnan(values)]
    if not known.size:
        return 0.0
    middle = float(np.median(known))
    deviation = 1.4826 * float(np.median(np.abs(known - middle))) if noise else 0.0
    return middle + max(SPREADS * deviation, PART * (float(known.max()) - middle))


def share(values: Floats, which: Any) -> float:
    """Divide the sum of some cells by the sum of all positive ones; 0 where there are none."""
    total = float(np.nansum(np.maximum(values, 0)))
    return float(np.nansum(values[which])) / total if total else 0.0


def _maximal(scores: Floats) -> Iterator[tuple[int, int, float]]:
    """Find all maximal scoring subsequences; the algorithm of the paper, section 2.

    Each candidate is its half-open range with the cumulative score before it and at its end.
    """
    candidates: list[tuple[int, int, float, float]] = []
    total, index = 0.0, 0
    for index, score in enumerate(scores.tolist()):
        if score == -np.inf:  # nothing joins across what is not known
            yield from ((a, b, right - left) for a, b, left, right in candidates)
            candidates, total = [], 0.0
            continue
        before, total = total, total + score
        if score <= 0:
            continue
        start, left, right = index, before, total
        while True:
            j = next((j for j in reversed(range(len(candidates))) if candidates[j][2] < left), None)
            if j is None or candidates[j][3] >= right:
                candidates.append((start, index + 1, left, right))
                break
            start, left = candidates[j][0], candidates[j][2]
            del candidates[j:]
    yield from ((a, b, right - left) for a, b, left, right in candidates)


def _bounded(
    scores: Floats, k: int, least: int, most: int | None
) -> Iterator[tuple[int, int, float]]:
    """Take the best stretch of an allowed length, then the best of what is left."""
    left = scores.copy()
    for _ in range(k):
        best = _best_stretch(left, least, len(scores) if most is None else most)
        if best is None or best[2] <= 0:
            return
        yield best
        left[best[0] : best[1]] = -np.inf


def _best_stretch(scores: Floats, least: int, most: int) -> tuple[int, int, float] | None:
    """Find the stretch of `least` to `most` lines with the largest sum; the shorter of equals."""
    known = np.isfinite(scores)
    sums = np.concatenate([[0.0], np.where(known, scores, 0.0).cumsum()])
    gaps = np.concatenate([[0], (~known).cumsum()])
    best: tuple[int, int, float] | None = None
    for length in range(least, min(most, len(scores)) + 1):
        totals = np.where(gaps[length:] == gaps[:-length], sums[length:] - sums[:-length], -np.inf)
        at = int(totals.argmax())
        if np.isfinite(totals[at]) and (best is None or totals[at] > best[2]):
            best = (at, at + length, float(totals[at]))
    return best


def _best_block(scores: Floats) -> tuple[float, int, int, int, int]:
    """Find the rectangle with the largest sum, by a scan along the longer axis."""
    if scores.shape[0] > scores.shape[1]:
        score, c0, c1, r0, r1 = _best_block(scores.T)
        return score, r0, r1, c0, c1
    best = (-np.inf, 0, 0, 0, 0)
    for top in range(len(scores)):
        sums = np.zeros(scores.shape[1])
        for bottom in range(top, len(scores)):
            sums = sums + scores[bottom]
            score, start, stop = _best_range(sums)
            if score > best[0]:
                best = (score, top, bottom + 1, start, stop)
    return best


def _best_range(sums: Floats) -> tuple[float, int, int]:
    """Find the range with the largest sum; -inf lies in none."""
    known = np.isfinite(sums)
    if not known.any():
        return -np.inf, 0, 0
    # where nothing may cross, a drop larger than all that could be gained
    wall = 1 + np.abs(sums[known]).sum()
    totals = np.concatenate([[0.0], np.where(known, sums, -wall).cumsum()])
    lowest = np.minimum.accumulate(totals[:-1])
    stop = int((totals[1:] - lowest).argmax())
    start = int(totals[: stop + 1].argmin())
    return float(sums[start : stop + 1].sum()), start, stop + 1


def _check(k: int, least: int, most: int | None, length: int) -> None:
    for name, value in (("k", k), ("min_length", least), ("max_length", most)):
        if value is not None:
            count(name, value)
    if least > length or (most is not None and most < least):
        raise ValueError(
            f"min_length is {least} and max_length {most}, but a run has at most {length} lines "
            "and no more than max_length; give lengths that fit."
        )


def _number(penalty: Any) -> float:
    if isinstance(penalty, bool) or not isinstance(penalty, int | float | np.number):
        raise ValueError(
            f"penalty is {short(penalty)}, but a number or 'auto' is expected; give one."
        )
    if not np.isfinite(penalty):
        raise ValueError(f"penalty is {penalty}, but a finite number is expected; give one.")
    return float(penalty)
