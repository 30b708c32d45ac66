"""One curve: how a score goes along an order, the area under it, and what it is held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.metrics.orders import Order
from heatbrush_core.metrics.parts import Parts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from heatbrush_core.explanation.page import Colours, Theme

Mode = Literal["deletion", "insertion"]


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


def area(scores: Floats) -> float:
    """Integrate (K,) scores over 0 to 1, by the trapezoid rule over steps of equal width."""
    return float((scores[:-1] + scores[1:]).mean() / 2)


def summed_up(scores: Floats) -> RandomOrders | None:
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
