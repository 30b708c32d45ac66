"""Deletion and insertion curves as a matplotlib figure: a map's order, random ones, the greedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import matplotlib.pyplot as plt
import numpy as np

from heatbrush_core.matrix.arrays import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes


COLOURS = {"map": "#2a6fbb", "random": "#808080", "greedy": "#c0562b"}
"""The same on light and on dark ground."""
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


def draw(curve: Drawn, ax: Axes | None, errors: Floats | None) -> Axes:
    """Draw a curve; see `Curve.plot`. `errors` are (K,) standard errors of its scores."""
    if ax is None:
        ax = plt.subplots(layout="constrained")[1]
    random, greedy = curve.random, curve.greedy
    if random is not None:
        name = f"random, area {random.mean:.3g}"
        ax.plot(curve.shares, random.scores, "--", color=COLOURS["random"], label=name)
        _band(ax, curve, random.scores, random.spread, "random")
    if greedy is not None:
        name = f"greedy, area {greedy.area:.3g}"
        ax.plot(curve.shares, greedy.scores, ":", color=COLOURS["greedy"], label=name)
    name = f"map, area {curve.area:.3g}"
    ax.plot(curve.shares, curve.scores, color=COLOURS["map"], label=name)
    if errors is not None:
        _band(ax, curve, curve.scores, errors, "map")
    ax.set_title(f"{curve.mode} by {curve.by}", loc="left", fontsize="medium")
    ax.set_xlabel(f"share of {curve.by} {DONE[curve.mode]}")
    ax.set_ylabel("score")
    ax.set_xlim(0, 1)
    ax.legend(frameon=False)
    return ax


def _band(
    ax: Axes,
    curve: Drawn,
    middle: Floats,
    width: Floats,
    name: str,
) -> None:
    """Shade one deviation to either side, where there is one."""
    if not np.isnan(width).all():
        low, high = middle - width, middle + width
        ax.fill_between(curve.shares, low, high, color=COLOURS[name], alpha=0.2, linewidth=0)
