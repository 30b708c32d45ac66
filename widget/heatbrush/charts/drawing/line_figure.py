"""A figure over the lines of one axis, with a brush that is the selection along that axis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import bqplot
import numpy as np
from numpy.typing import NDArray

from heatbrush.border.asked import Which
from heatbrush.border.closing import close_whole
from heatbrush.charts.drawing import style
from heatbrush.charts.drawing.intervals import Interval, hull, moved, snapped
from heatbrush.charts.drawing.marks import Curve
from heatbrush.session.session import Session


class LineFigure:
    """Curves over the rows or the columns, and a brush over them.

    Parameters
    ----------
    session
        Whose selection the brush is.
    which
        The axis; its line i reaches from i - 0.5 to i + 0.5.
    y
        The scale of the values.
    values
        Their axis.
    share
        Of the figure in its row.
    left
        The room of the axis of the values, in pixels.

    Attributes
    ----------
    figure : bqplot.Figure
    brush : bqplot.interacts.BrushIntervalSelector
    """

    def __init__(
        self,
        session: Session,
        which: Which,
        y: bqplot.LinearScale,
        values: bqplot.Axis,
        share: int = 1,
        left: int = style.GUTTER,
    ) -> None:
        axis = session.samples.axis(which)
        self.session, self.which, self.length = session, which, len(axis)
        x = bqplot.LinearScale(min=-0.5, max=self.length - 0.5, allow_padding=False)
        self.scales = {"x": x, "y": y}
        self.brush = bqplot.interacts.BrushIntervalSelector(scale=x)
        self.brush.observe(self._brushed, ["selected", "brushing"])
        lines = style.line_axis(x, axis)
        self.figure = style.figure([lines, values], left, share, interaction=self.brush)

    def show(self, curves: Sequence[Curve], above: Iterable[bqplot.Mark] = ()) -> None:
        """Show curves above their bands, and other marks above both."""
        bands = [mark for curve in curves for mark in curve.band]
        style.put(self.figure, [*bands, *(mark for each in curves for mark in each.marks), *above])

    def follow(self) -> None:
        """Move the brush to the selection's interval, unless it is there."""
        interval = self._interval()
        if interval != snapped(self.brush.selected, self.length) or not self._exact(interval):
            self.brush.selected = None if interval is None else _ends(interval)

    def close(self) -> None:
        """Let the brush go, and take the figure off the page."""
        self.brush.unobserve(self._brushed, ["selected", "brushing"])
        close_whole(self.figure)

    def _brushed(self, _change: Any) -> None:
        """Make a brush that was let go the selection's interval along this axis."""
        if self.brush.brushing:
            return
        interval = snapped(self.brush.selected, self.length)
        if interval == (0, self.length):
            interval = None
        if interval == self._interval():
            self.follow()
            return
        channel, shape = self.session.channel, self.session.samples.shape
        channel.select(moved(channel.selection, self.which, interval, shape))

    def _interval(self) -> Interval | None:
        return hull(self.session.channel.selection, self.which, self.session.samples.shape)

    def _exact(self, interval: Interval | None) -> bool:
        """Tell whether the brush ends where lines end."""
        if interval is None or self.brush.selected is None:
            return interval is None and self.brush.selected is None
        return bool(np.allclose(self.brush.selected, _ends(interval)))


def _ends(interval: Interval) -> NDArray[np.float64]:
    return np.array([interval[0] - 0.5, interval[1] - 0.5])
