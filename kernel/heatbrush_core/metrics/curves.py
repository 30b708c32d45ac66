"""Deletion and insertion: how the score goes as the parts that a map ranks first are hidden."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core.bars import with_bar
from heatbrush_core.checks import whole
from heatbrush_core.evidence import premises
from heatbrush_core.explanation.explanation import Explanation
from heatbrush_core.holding import check_held
from heatbrush_core.inference.explaining import Explaining, opened
from heatbrush_core.inference.task import Task
from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.metrics.orders import Order, Path, trials
from heatbrush_core.metrics.parts import Parts, present, ranked
from heatbrush_core.progress import Listening, Watch
from heatbrush_core.targets import ScoreKind

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from heatbrush_core.explanation.page import Colours, Theme

Mode = Literal["deletion", "insertion"]

STEPS = 100
"""Steps of a curve by cells, where nothing is said; lines are hidden one by one."""


class RandomOrders(NamedTuple):
    """What orders drawn at random give.

    Attributes
    ----------
    mean, deviation
        Of their areas; one order has no deviation (NaN).
    scores, spread
        (K,) mean curve, and the deviation of its scores.
    """

    mean: float
    deviation: float
    scores: Floats
    spread: Floats


class GreedyOrder(NamedTuple):
    """What the order gives that takes, step by step, the line that moves the score most.

    Attributes
    ----------
    area
        Under its curve.
    scores
        (K,) its curve.
    order
        (n,) lines, first taken first.
    """

    area: float
    scores: Floats
    order: Order


@dataclass(frozen=True, eq=False, repr=False)
class Curve:
    """How the score goes along an order of cells, rows or columns. Its arrays are read-only.

    Attributes
    ----------
    mode : {"deletion", "insertion"}
        Whether parts are hidden one after the other, or shown.
    by : {"cells", "rows", "columns"}
        What the parts are.
    shares : (K,) float64
        How much is hidden (shown), from 0 to 1.
    scores : (K,) float64
        The target's probability, or what `score` asked for.
    area : float
        Under the curve, by the trapezoid rule over K - 1 steps of equal width.
    order : (n,) int
        The parts, most important first; cells are counted in reading order. Parts without a cell
        that exists, see `Explanation.valid`, are none.
    random : RandomOrders or None
        The same for orders drawn at random; None for `orders=0`.
    greedy : GreedyOrder or None
        The same for the greedy order, where it was asked for.
    method, about, unit : str
        Of the map, what it explains, and what the scores are, for figures.
    notes : tuple of str
        What hidden cells become, what speaks against that, and what is to be known of the model.
    """

    mode: Mode
    by: Parts
    shares: Floats
    scores: Floats
    area: float
    order: Order
    random: RandomOrders | None = None
    greedy: GreedyOrder | None = None
    method: str = "map"
    about: str = ""
    unit: str = "score"
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        text = f"<Curve of {self.mode} by {self.by}: area {self.area:.4g}"
        return f"{text}{beside(self.random, None if self.greedy is None else self.greedy.area)}>"

    def plot(
        self,
        ax: Axes | None = None,
        *,
        title: str | None = None,
        cmap: Colours | None = None,
        theme: Theme | None = None,
    ) -> Axes:
        """Draw the curve with matplotlib, over the random orders and the greedy one if there.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; by default a new figure.
        title : str, optional
            By default what is hidden or shown, and the target.
        cmap : str or Colormap, optional
            Where the colours of the three lines come from.
        theme : {"light", "dark"}, optional
            As in `Explanation.plot`.

        Returns
        -------
        matplotlib Axes
            Random orders are a mean and a band of one standard deviation to either side.
        """
        from heatbrush_core.metrics import curve_figure

        return curve_figure.draw(self, None, ax, title, cmap, theme)


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
    return asked.curve(explainer, x, explanation, score, progress, cancel, valid)


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
    progress: Listening = None,
    cancel: threading.Event | None = None,
) -> Curve:
    """Show what a map ranks highest on the bare baseline: the score of a good map rises early.

    Parameters
    ----------
    explainer, x, explanation, by, steps, baseline, score, orders, seed, greedy, valid
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
    return asked.curve(explainer, x, explanation, score, progress, cancel, valid)


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
        explainer, x = explainer.about(x, valid)
        task = opened(explainer, x, explanation, score, progress, cancel)
        parts = present(task.exists, self.by, task.x.shape)
        order = parts[descending(values[parts])]
        counts = self._counts(len(order))
        random = self._random(parts, Watch(cancel=cancel))
        path = self._path(task, order, counts, 1 + len(random) + self.greedy)
        found = [path.greedy()] if self.greedy else []
        scores = path.scores(np.array([order, *random, *found]))
        aim = explainer.aim(x, explanation.target)
        return Curve(
            self.mode,
            self.by,
            frozen(counts / len(order)),
            frozen(scores[0]),
            area(scores[0]),
            frozen(order),
            _summary(scores[1 : 1 + len(random)]),
            GreedyOrder(area(scores[-1]), frozen(scores[-1]), frozen(found[0])) if found else None,
            explanation.method,
            explanation.about,
            task.objective.head.name_of(task.objective.kind),
            premises.said(explainer, x, aim, self.baseline, Watch(cancel=cancel)),
        )

    def _path(self, task: Task, order: Order, counts: Order, curves: int) -> Path:
        """Lay the path from the matrix to its baseline, or back."""
        base = task.baseline(self.baseline)
        start, end = (task.x, base) if self.mode == "deletion" else (base, task.x)
        ahead = trials(int(counts[-1])) if self.greedy else 0
        total = ahead + 2 + curves * (len(counts) - 2)
        lowest, parts = self.mode == "deletion", np.sort(order)
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


def area(scores: Floats) -> float:
    """Integrate (K,) scores over 0 to 1, by the trapezoid rule over steps of equal width."""
    return float((scores[:-1] + scores[1:]).mean() / 2)


def _summary(scores: Floats) -> RandomOrders | None:
    """Sum up the (R, K) curves of random orders."""
    if not len(scores):
        return None
    areas = np.array([area(each) for each in scores])
    some = len(areas) > 1
    deviation = float(areas.std(ddof=1)) if some else float("nan")
    spread = scores.std(axis=0, ddof=1) if some else np.full(scores.shape[1], np.nan)
    mean = frozen(scores.mean(axis=0))
    return RandomOrders(float(areas.mean()), deviation, mean, frozen(spread))


def beside(random: RandomOrders | None, greedy: float | None) -> str:
    """Say the areas that a curve's own is held against."""
    text = "" if random is None else f", random {random.mean:.4g} ± {random.deviation:.2g}"
    return text if greedy is None else f"{text}, greedy {greedy:.4g}"


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Make an array read-only."""
    array.flags.writeable = False
    return array
