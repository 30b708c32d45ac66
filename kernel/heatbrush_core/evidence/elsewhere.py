"""Elsewhere: at how many other places hiding as much as a run costs as much, and what that says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from heatbrush_core.evidence.necessity import Probe
from heatbrush_core.evidence.places import starts_of
from heatbrush_core.evidence.searching import Found
from heatbrush_core.maps.runs import bands
from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.matrix.axes import AXES, AxisName
from heatbrush_core.progress import Watch

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 5
"""Places below which their share says nothing."""
MOST = 999
"""Places that are tried for each run, at the most."""
DIFFUSE = 0.2
"""Share of places from which on the evidence for a run may be evidence spread over the matrix."""
ROUNDING = 1e-6
"""Part of the range of the score that two equal necessities may differ by in float32."""


def shares(
    probe: Probe,
    axis: AxisName,
    found: Sequence[Found],
    necessity: Floats,
    random: np.random.Generator,
    watch: Watch,
) -> Floats:
    """Take for each run the share of places apart from it whose necessity is at least its own.

    Parameters
    ----------
    probe
        The matrix, with target, baseline and score.
    axis
        Of the runs, "rows" or "columns".
    found
        N runs.
    necessity
        (N,) theirs.
    random
        Draws `MOST` places where there are more.
    watch
        Whom each place advances.

    Returns
    -------
    (N,)
        NaN where there are fewer than `FEWEST` places.
    """
    make, exists = bands(axis), probe.predictor.exists
    lines = probe.x.shape[AXES.index(axis)]
    free = (starts_of(make(each.start, each.stop), axis, probe.x.shape, exists) for each in found)
    starts = [
        _drawn([start for start in apart(each.start, each.stop, lines) if own[start]], random)
        for each, own in zip(found, free, strict=True)
    ]
    places = [
        make(start, start + run.stop - run.start)
        for run, own in zip(found, starts, strict=True)
        for start in own
    ]
    lost, least = probe.necessity(places, watch), necessity - ROUNDING * probe.reach()
    shares, end = np.full(len(found), np.nan), 0
    for index, own in enumerate(starts):
        begin, end = end, end + len(own)
        if len(own) >= FEWEST:
            shares[index] = np.mean(lost[begin:end] >= least[index])
    return shares


def apart(start: int, stop: int, lines: int) -> list[int]:
    """List where runs as long as [start, stop) begin that share no line with it."""
    length = stop - start
    return [*range(start - length + 1), *range(stop, lines - length + 1)]


def _drawn(starts: list[int], random: np.random.Generator) -> list[int]:
    if len(starts) <= MOST:
        return starts
    drawn: list[int] = random.choice(starts, MOST, replace=False).tolist()
    return drawn


def notes(table: pd.DataFrame) -> tuple[str, ...]:
    """Say which listed runs are not singled out by their necessity; nothing where all are."""
    spread = table[table["elsewhere"] > DIFFUSE]
    if spread.empty:
        return ()
    pairs = zip(spread["label"], spread["elsewhere"], strict=True)
    listed = ", ".join(f"{label} (at {100 * share:.0f} % of the places)" for label, share in pairs)
    return (
        f"Hiding as much elsewhere costs at least as much as hiding {listed}: the evidence may be "
        "spread over the whole matrix; or, where sufficiency is the larger number, other evidence "
        "makes up for what is hidden.",
    )
