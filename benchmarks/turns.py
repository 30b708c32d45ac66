"""Two things timed in turn, so that a busy minute of the machine falls on both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

WARM_UP = 3
LEAST = 5


@dataclass(frozen=True)
class Times:
    """Seconds of each run, in pairs."""

    ours: list[float]
    theirs: list[float]

    @property
    def medians(self) -> tuple[float, float]:
        """Median seconds, ours and theirs."""
        return statistics.median(self.ours), statistics.median(self.theirs)

    @property
    def ratio(self) -> float:
        """Median of ours / theirs, pair by pair."""
        return statistics.median(a / b for a, b in zip(self.ours, self.theirs, strict=True))


def in_turn(
    ours: Callable[[], object], theirs: Callable[[], object], runs: int, seconds: float = 15.0
) -> Times:
    """Time both warm, `runs` times each, or as often as `seconds` allow, at least 5 times."""
    for _ in range(WARM_UP):
        ours()
        theirs()
    times = Times([], [])
    end = time.perf_counter() + seconds
    while len(times.ours) < LEAST or (len(times.ours) < runs and time.perf_counter() < end):
        times.ours.append(timed(ours))
        times.theirs.append(timed(theirs))
    return times


def timed(run: Callable[[], object]) -> float:
    """Seconds of one run."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start
