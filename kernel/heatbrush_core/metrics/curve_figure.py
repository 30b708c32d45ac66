"""Deletion and insertion curves as a matplotlib figure: maps' orders, random ones, the greedy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from heatbrush_core.explanation import page
from heatbrush_core.explanation.page import Colours, Theme
from heatbrush_core.maps.colours import GREY
from heatbrush_core.matrix.arrays import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes


DONE = {"deletion": "hidden", "insertion": "shown"}


class Drawn(Protocol):
    """What of a curve is drawn: its own scores, those of random orders and the greedy one's."""

    @property
    def mode(self) -> str:
        """Deletion or insertion."""

    @property
    def by(self) -> str:
        """What the parts are."""

    @property
    def method(self) -> str:
        """Whose order it follows."""

    @property
    def about(self) -> str:
        """What was explained; may be empty."""

    @property
    def unit(self) -> str:
        """What the scores are."""

    @property
    def shares(self) -> Floats:
        """(K,) how much is hidden (shown)."""

    @property
    def scores(self) -> Floats:
        """(K,) its own scores."""

    @property
    def area(self) -> float:
        """Under the scores."""

    @property
    def random(self) -> Any:
        """What random orders give, or None."""

    @property
    def greedy(self) -> Any:
        """What the greedy order gives, or None."""


def draw(
    curve: Drawn,
    errors: Floats | None,
    ax: Axes | None,
    title: str | None,
    cmap: Colours | None,
    theme: Theme | None,
) -> Axes:
    """Draw a curve; see `Curve.plot`. `errors` are (K,) standard errors of its scores."""
    ax = page.opened(ax, theme, (6.0, 3.6))
    of_map, of_greedy, of_random = page.lines(ax, cmap, 3)
    random, greedy = curve.random, curve.greedy
    if random is not None:
        name, colour = f"random, area {random.mean:.3g}", of_random if cmap else GREY
        ax.plot(curve.shares, random.scores, "--", color=colour, label=name)
        _band(ax, curve, random.scores, random.spread, colour)
    if greedy is not None:
        name = f"greedy, area {greedy.area:.3g}"
        ax.plot(curve.shares, greedy.scores, ":", color=of_greedy, label=name)
    name = f"{curve.method}, area {curve.area:.3g}"
    ax.plot(curve.shares, curve.scores, color=of_map, label=name)
    if errors is not None:
        _band(ax, curve, curve.scores, errors, of_map)
    ax.set_xlabel(f"share of {curve.by} {DONE[curve.mode]}")
    ax.set_ylabel(curve.unit)
    ax.set_xlim(0, 1)
    about = " · ".join(filter(None, (f"{curve.mode} by {curve.by}", curve.about)))
    page.dressed(ax, about if title is None else title, ("left", "bottom"))
    page.legend(ax)
    return ax


def draw_together(
    curves: Mapping[str, Drawn],
    ax: Axes | None,
    title: str | None,
    cmap: Colours | None,
    theme: Theme | None,
) -> Axes:
    """Draw curves of one mode over each other, by name, over the first random and greedy orders."""
    ax = page.opened(ax, theme, (6.0, 3.6))
    colours = page.lines(ax, cmap, len(curves))
    some = next(iter(curves.values()))
    chances = ("random", "--", "mean"), ("greedy", ":", "area")
    for order, dashes, area in chances:
        first = next((each for each in curves.values() if getattr(each, order) is not None), None)
        if first is not None:
            found = getattr(first, order)
            name = f"{order}, area {getattr(found, area):.3g}"
            ax.plot(first.shares, found.scores, dashes, color=GREY, label=name, linewidth=1)
    for (name, curve), colour in zip(curves.items(), colours, strict=True):
        said = f"{name}, area {curve.area:.3g}"
        ax.plot(curve.shares, curve.scores, color=colour, label=said)
    ax.set_xlabel(f"share of {some.by} {DONE[some.mode]}")
    ax.set_ylabel(some.unit)
    ax.set_xlim(0, 1)
    about = " · ".join(filter(None, (f"{some.mode} by {some.by}", some.about)))
    page.dressed(ax, about if title is None else title, ("left", "bottom"))
    page.legend(ax)
    return ax


def _band(ax: Axes, curve: Drawn, middle: Floats, width: Floats, colour: Any) -> None:
    """Shade one deviation to either side, where there is one."""
    if not np.isnan(width).all():
        low, high = middle - width, middle + width
        ax.fill_between(curve.shares, low, high, color=colour, alpha=0.2, linewidth=0)
