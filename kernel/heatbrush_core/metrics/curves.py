"""Deletion and insertion: how the score goes as the parts that a map ranks first are hidden."""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from heatbrush_core.bars import with_bar
from heatbrush_core.checks import whole
from heatbrush_core.evidence import premises
from heatbrush_core.explanation.explanation import Explanation
from heatbrush_core.holding import check_held
from heatbrush_core.inference.explaining import Explaining, opened
from heatbrush_core.inference.task import Task
from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.metrics.curve import Curve, GreedyOrder, Mode, area, frozen, summed_up
from heatbrush_core.metrics.orders import Order, Path, trials
from heatbrush_core.metrics.parts import Parts, present, ranked
from heatbrush_core.progress import Listening, Watch
from heatbrush_core.targets import ScoreKind

STEPS = 100
"""Steps of a curve by cells, where nothing is said; lines are hidden one by one."""


@with_bar
def deletion(
    explainer: Explaining,
    x: ArrayLike,
    explanation: Explanation,
    by: Parts = "cells",
    steps: int | None = None,
    baseline: Any = None,
    *,
    score: ScoreKind | None = None,
    orders: int = 10,
    seed: int = 0,
    greedy: bool = False,
    valid: Any = None,
    given: Any = None,
    progress: Listening = None,
    cancel: threading.Event | None = None,
) -> Curve:
    """Hide what a map ranks highest, step by step: the score of a good map falls early.

    Parameters
    ----------
    explainer : Explainer
        Whose model is asked.
    x : (H, W), (H, W, C) or (1, H, W, C)
        The matrix that was explained.
    explanation : Explanation
        Its map ranks the cells, its profiles rank rows and columns, and its target is scored.
        Signs count: evidence against the target comes last. Cells that do not exist are no part of
        the curve.
    by : {"cells", "rows", "columns"}
        What is hidden as one; a cell is hidden in all channels.
    steps : int, optional
        Steps from nothing to everything hidden, of as equal a number of parts as whole parts
        allow; None hides lines one by one, and cells in 100 steps, or one by one where they are
        fewer.
    baseline
        What hidden cells become, as for `Explainer`; None is the explainer's own.
    score : {"probability", "logit", "log_probability"}, optional
        What of the target is asked; None is its probability, or the score itself where the model
        has none.
    orders : int
        How many random orders are computed for comparison.
    seed : int
        The same seed gives the same random orders.
    greedy : bool
        Whether to compute the greedy order too; for rows and columns. It asks the model about
        n² / 2 matrices for n lines, through the delta walk where that is faster.
    valid
        Which cells of x exist, as in `Explainer.explain`; None are those of the explanation.
    given
        What the other inputs hold, as in `Explainer.explain`.
    progress, cancel
        As in `Explainer.explain`.

    Returns
    -------
    Curve
        The smaller the area, the better the map. It depends on the model, so it is to be read
        beside the area of the random orders.

    Raises
    ------
    TypeError, ValueError
        In one sentence: what was given, what was expected and what to do.
    Cancelled
        When `cancel` was set.

    Notes
    -----
    Source: Petsiuk, Das & Saenko (2018), section 4.1. Conventions are those of their code and of
    xplique's ``Deletion``: after step k of K - 1 the first floor(n k / (K - 1)) parts are hidden,
    both ends included, and every step counts the same in the area, though where n is no multiple
    of the steps some hide one part more than others. Where parts tie, as the blocks of an occlusion
    map do, those leave the order to how the machine sorts, so that the areas are the same for maps
    without ties only; here ties are taken in reading order, and parts of which the map says nothing
    (NaN) come last.
    """
    asked = CurveSettings("deletion", by, steps, baseline, orders, seed, greedy)
    return asked.curve(explainer.holding(given), x, explanation, score, progress, cancel, valid)


@with_bar
def insertion(
    explainer: Explaining,
    x: ArrayLike,
    explanation: Explanation,
    by: Parts = "cells",
    steps: int | None = None,
    baseline: Any = None,
    *,
    score: ScoreKind | None = None,
    orders: int = 10,
    seed: int = 0,
    greedy: bool = False,
    valid: Any = None,
    given: Any = None,
    progress: Listening = None,
    cancel: threading.Event | None = None,
) -> Curve:
    """Show what a map ranks highest on the bare baseline: the score of a good map rises early.

    Parameters
    ----------
    explainer, x, explanation, by, steps, baseline, score, orders, seed, greedy, valid, given
        As in `deletion`, with "shown" in place of "hidden".
    progress, cancel
        As in `deletion`, with "shown" in place of "hidden".

    Returns
    -------
    Curve
        The larger the area, the better the map.

    Raises
    ------
    TypeError, ValueError, Cancelled
        As in `deletion`.

    Notes
    -----
    Source: Petsiuk, Das & Saenko (2018), section 4.1, who start from a blurred image; that is
    ``baseline="blur"``. Conventions as in `deletion`; xplique's is ``Insertion``.
    """
    asked = CurveSettings("insertion", by, steps, baseline, orders, seed, greedy)
    return asked.curve(explainer.holding(given), x, explanation, score, progress, cancel, valid)


class CurveSettings(NamedTuple):
    """What was asked for, see `deletion`."""

    mode: Mode
    by: Parts
    steps: int | None
    baseline: Any
    orders: int
    seed: int
    greedy: bool

    def curve(
        self,
        explainer: Explaining,
        x: ArrayLike,
        explanation: Explanation,
        score: ScoreKind | None,
        progress: Listening,
        cancel: threading.Event | None,
        valid: Any,
    ) -> Curve:
        """Check everything, then walk along the orders together."""
        values = ranked(explanation, self.by)
        self._check_greedy()
        explainer, aim, task = opened(explainer, x, explanation, score, progress, cancel, valid)
        parts = present(task.exists, self.by, task.x.shape)
        order = parts[descending(values[parts])]
        counts = self._counts(len(order))
        random = self._random(parts, Watch(cancel=cancel))
        path = self._path(task, parts, counts, 1 + len(random) + self.greedy)
        found = [path.greedy()] if self.greedy else []
        scores = path.scores(np.array([order, *random, *found]))
        return Curve(
            self.mode,
            self.by,
            frozen(counts / len(order)),
            frozen(scores[0]),
            area(scores[0]),
            frozen(order),
            summed_up(scores[1 : 1 + len(random)]),
            GreedyOrder(area(scores[-1]), frozen(scores[-1]), frozen(found[0])) if found else None,
            explanation.method,
            explanation.about,
            task.objective.head.name_of(task.objective.kind),
            premises.said(explainer, task.x, aim, self.baseline, Watch(cancel=cancel)),
        )

    def _path(self, task: Task, parts: Order, counts: Order, curves: int) -> Path:
        """Lay the path from the matrix to its baseline, or back."""
        base = task.baseline(self.baseline)
        start, end = (task.x, base) if self.mode == "deletion" else (base, task.x)
        ahead = trials(int(counts[-1])) if self.greedy else 0
        total = ahead + 2 + curves * (len(counts) - 2)
        lowest = self.mode == "deletion"
        return Path(task, start, end, self.by, parts, counts, lowest, ahead, total)

    def _check_greedy(self) -> None:
        if self.greedy and self.by == "cells":
            raise ValueError(
                "greedy=True was given for cells, but it tries each part at each step and takes "
                "rows or columns; give by='rows' or by='columns', or leave it out."
            )

    def _counts(self, n: int) -> Order:
        """(K,) parts hidden after each step."""
        if self.steps is None:
            steps = min(n, STEPS) if self.by == "cells" else n
        else:
            steps = whole("steps", self.steps, 1, n, f"there are only {n} {self.by}")
        return np.linspace(0, n, steps + 1, dtype=np.intp)

    def _random(self, parts: Order, watch: Watch) -> list[Order]:
        random = np.random.default_rng(whole("seed", self.seed, 0))
        orders = whole("orders", self.orders, 0)
        # each order, and the ranks of its parts
        remedy = "give fewer orders, or by='rows' or by='columns'"
        n = len(parts)
        check_held(f"{self.mode} with orders={orders} of {n} {self.by}", 24.0 * orders * n, remedy)
        found = []
        for _ in range(orders):
            watch.stop_if_cancelled()
            found.append(parts[random.permutation(n)])
        return found


def descending(values: Floats) -> Order:
    """(n,) parts from the largest value to the smallest, ties in their order, NaN last."""
    return np.argsort(-values, kind="stable")
