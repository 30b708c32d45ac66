"""The deletion and insertion curves of one view, each computed once.

What does not depend on a map, random orders and the greedy one, is computed with the first map of a
sample, target and baseline, and serves all others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from heatbrush.border.asked import Question
from heatbrush.jobs.handle import Handle
from heatbrush.session.session import Session
from heatbrush_core import Cancelled, Explanation, Progress, deletion, insertion
from heatbrush_core.metrics.curve import Curve, GreedyOrder, Mode, RandomOrders
from heatbrush_core.metrics.curves import STEPS
from heatbrush_core.metrics.orders import trials
from heatbrush_core.metrics.parts import Parts
from heatbrush_core.progress import Listener

ORDERS = 10
GREEDY = 128
"""Lines up to which the greedy order is computed: it asks about half their square."""

Way = tuple[Parts, Mode, int]
"""The parts, what is done to them, and the number of the baseline."""
MODES: tuple[Mode, ...] = ("deletion", "insertion")


class Chance(NamedTuple):
    """What any map is held against, at the shares of its curve."""

    shares: NDArray[np.float64]
    random: RandomOrders | None
    greedy: GreedyOrder | None


class Wanted(NamedTuple):
    """A curve that is to be computed."""

    question: Question
    explanation: Explanation
    by: Parts
    mode: Mode
    model: str = ""

    @property
    def about(self) -> tuple[Any, ...]:
        """What random and greedy orders depend on."""
        sample, hidden = self.question.sample, self.question.baseline
        return (sample, hidden, self.explanation.target, self.by, self.mode, self.model)

    @property
    def way(self) -> Way:
        """What tells the curves of one map apart."""
        return (self.by, self.mode, self.question.baseline)

    @property
    def lines(self) -> int:
        """How many parts are ranked."""
        rows, columns, _ = self.explanation.shape
        return {"cells": rows * columns, "rows": rows, "columns": columns}[self.by]


class CurveCache:
    """Computes curves, and keeps them as long as their explanation is kept.

    Parameters
    ----------
    session
        Whose model and matrices these are.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._curves: WeakKeyDictionary[Explanation, dict[Way, Curve]]
        self._curves = WeakKeyDictionary()
        self._chances: dict[tuple[Any, ...], Chance] = {}

    def curve(self, wanted: Wanted) -> Curve | None:
        """Return a curve, or None where it was not computed yet."""
        return self._curves.get(wanted.explanation, {}).get(wanted.way)

    def chance(self, wanted: Wanted) -> Chance | None:
        """Return what that curve is held against, or None where it was not computed yet."""
        return self._chances.get(wanted.about)

    def missing(self, wanted: Iterable[Wanted]) -> list[Wanted]:
        """Return those that were not computed yet."""
        return [each for each in wanted if self.curve(each) is None]

    def compute(self, wanted: Wanted, handle: Handle, progress: Listener) -> None:
        """Compute a curve, and what it is held against where that is not known.

        Raises
        ------
        Cancelled
            When the job was cancelled; nothing is kept then.
        """
        first = wanted.about not in self._chances
        make = deletion if wanted.mode == "deletion" else insertion
        curve = make(
            self._session.samples.hiding(wanted.question, wanted.model),
            self._session.samples.matrix(wanted.question.sample),
            wanted.explanation,
            wanted.by,
            orders=ORDERS if first else 0,
            greedy=first and greedy(wanted.by, wanted.explanation.shape),
            valid=self._session.samples.exists(wanted.question.sample),
            progress=progress,
            cancel=handle.cancelled,
        )
        if handle.cancelled.is_set():
            raise Cancelled("The curve was cancelled.")
        if first:
            self._chances[wanted.about] = Chance(curve.shares, curve.random, curve.greedy)
        self._curves.setdefault(wanted.explanation, {})[wanted.way] = curve

    def costs(self, wanted: Iterable[Wanted]) -> list[int]:
        """Count about how many matrices the model is asked about for each, one after the other."""
        known, costs = set(self._chances), []
        for each in wanted:
            points = min(each.lines, STEPS) if each.by == "cells" else each.lines
            first = each.about not in known
            known.add(each.about)
            extra = first and greedy(each.by, each.explanation.shape)
            more = trials(each.lines) if extra else 0
            costs.append(max(1, points * (1 + first * ORDERS) + more))
        return costs


def shifted(progress: Listener, before: int, cost: int, total: int) -> Listener:
    """Return a listener for one part of a longer job: `cost` of its `total`, after `before`."""

    def listen(part: Progress) -> None:
        progress(Progress(before + round(cost * part.done / max(part.total, 1)), total))

    return listen


def greedy(by: Parts, shape: Sequence[int]) -> bool:
    """Tell whether the greedy order is computed, too: for lines, where they are few enough."""
    return by != "cells" and shape[0 if by == "rows" else 1] <= GREEDY
