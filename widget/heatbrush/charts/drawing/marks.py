"""What the charts draw with: a curve with gaps, a band around it, and posts around a stretch.

The page would complain about a line that ends, or a dot that stands, where nothing was computed:
lines are cut at their last value, and dots stand at values only.
"""

from __future__ import annotations

from typing import Any

import bqplot
import numpy as np
from numpy.typing import NDArray

from heatbrush.charts.drawing.intervals import Interval
from heatbrush.charts.drawing.style import GREY, Look

Floats = NDArray[np.float64]
Scales = dict[str, bqplot.LinearScale]
DOTTED = 64
"""Up to so many lines each gets a dot: a method that ran on one line has no curve to draw."""


class Curve:
    """A line, where a profile is short with a dot at each value, and a band where it is banded.

    All its marks are there from the start, and hidden until they are drawn: a page that is given
    other marks keeps the nodes of those before.
    """

    def __init__(
        self,
        name: str,
        scales: Scales,
        *,
        dots: bool = False,
        banded: bool = False,
        width: float = 1.5,
    ):
        zero: dict[str, Any] = {"x": np.zeros(1), "scales": scales, "visible": False}
        one = {**zero, "y": np.zeros(1)}
        self.line = bqplot.Lines(**one, labels=[name], stroke_width=width)
        self.dots = bqplot.Scatter(**one, default_size=12) if dots else None
        hollow = {"fill": "between", "opacities": [0, 0], "fill_opacities": [0.2, 0]}
        self._band = bqplot.Lines(**zero, y=np.zeros((2, 1)), **hollow) if banded else None

    @property
    def marks(self) -> list[bqplot.Mark]:
        """What a figure shows above all bands."""
        return [mark for mark in (self.line, self.dots) if mark is not None]

    @property
    def band(self) -> list[bqplot.Mark]:
        """What a figure shows beneath all curves."""
        return [] if self._band is None else [self._band]

    def draw(self, values: Floats, look: Look, x: Floats | None = None) -> None:
        """Show values, with gaps where they are NaN, at 0, 1, 2 ... or at `x`."""
        places = np.arange(len(values), dtype=float) if x is None else x
        known = _known(values)
        stop = int(known[-1]) + 1 if len(known) else 0
        colours = [look.colour]
        _set(self.line, x=places[:stop], y=values[:stop], colors=colours, visible=True)
        self.line.line_style = look.style
        if self.dots is not None:
            _set(self.dots, x=places[known], y=values[known], colors=colours, visible=True)

    def shade(self, low: Floats | None, high: Floats | None, colour: str) -> None:
        """Show what lies between two bounds; None hides the band."""
        assert self._band is not None
        known = _known(low + high) if low is not None and high is not None else _known(np.empty(0))
        if low is None or high is None or not len(known):
            self._band.visible = False
            return
        stop = int(known[-1]) + 1
        _set(
            self._band,
            x=np.arange(stop, dtype=float),
            y=np.array([low[:stop], high[:stop]]),
            colors=[colour],
            fill_colors=[colour, colour],
            visible=True,
        )

    def hide(self) -> None:
        """Show nothing until it is drawn again."""
        for mark in (*self.marks, *self.band):
            mark.visible = False

    def close(self) -> None:
        """Take it off the page."""
        for mark in (*self.marks, *self.band):
            mark.close()


class Posts:
    """Two thin dashed lines from top to bottom at the ends of a stretch of lines."""

    def __init__(self, scales: Scales) -> None:
        y = scales["y"]
        self._height = [[y.min, y.max]] * 2
        self.mark = bqplot.Lines(
            x=np.zeros((2, 2)),
            y=np.array(self._height),
            scales=scales,
            colors=[GREY],
            stroke_width=1,
            line_style="dashed",
            visible=False,
        )

    def show(self, interval: Interval | None) -> None:
        """Stand at the ends of a half-open range; None takes them away."""
        if interval is not None:
            self.mark.x = np.array([[end - 0.5] * 2 for end in interval])
        self.mark.visible = interval is not None


def _known(values: Floats) -> NDArray[np.intp]:
    return np.flatnonzero(np.isfinite(values))


def _set(mark: bqplot.Mark, **traits: Any) -> None:
    """Set several traits in one message."""
    with mark.hold_sync():
        for name, value in traits.items():
            setattr(mark, name, value)
