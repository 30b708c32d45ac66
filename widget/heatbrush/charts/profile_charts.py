"""The profiles of all methods overlaid, a chart per axis, under the brush that is the selection.

Profiles of different methods have different units, so each is drawn relative to its own largest
value.
"""

from __future__ import annotations

from typing import Any

import bqplot
import numpy as np
from numpy.typing import NDArray

from heatbrush.border.asked import Which
from heatbrush.charts.controls import Legend, Row
from heatbrush.charts.drawing import style
from heatbrush.charts.drawing.intervals import hull
from heatbrush.charts.drawing.line_figure import LineFigure
from heatbrush.charts.drawing.marks import DOTTED, Curve, Posts
from heatbrush.charts.drawing.style import Look, look
from heatbrush.charts.tab import Tab
from heatbrush.session.session import Session
from heatbrush_core import Explanation, Region


class ProfileCharts(Tab):
    """One chart per axis, and their legend.

    Attributes
    ----------
    columns, rows : ProfileChart
    legend : Legend
    """

    title = "Profiles"

    def __init__(self, session: Session) -> None:
        self.session = session
        self.columns = ProfileChart(session, "columns", 3)
        self.rows = ProfileChart(session, "rows", 2)
        self.legend = Legend()
        self.controls = [Row("Maps", [self.legend])]
        self.box = style.row([self.columns.figure, self.rows.figure])
        session.widget.observe(self._follow, "selection")
        session.widget.observe(self._point, "pointed")
        self._follow()

    def open(self) -> None:
        """Draw what the panels show."""
        self.refresh()

    def refresh(self) -> None:
        """Draw what the panels show; results come on the worker's thread."""
        with self.session.lock:
            found = self.session.board.explanations()
            looks = {name: look(place) for place, name in enumerate(self.session.board.panels)}
            self.columns.draw(found, looks)
            self.rows.draw(found, looks)
            self.legend.show((looks[name], name, "") for name in found)

    def close(self) -> None:
        """Stop following the selection and the pointer."""
        self.session.widget.unobserve(self._follow, "selection")
        self.session.widget.unobserve(self._point, "pointed")
        self.columns.close()
        self.rows.close()

    def _follow(self, _change: Any = None) -> None:
        """Move both brushes to the selection."""
        self.columns.follow()
        self.rows.follow()

    def _point(self, change: Any) -> None:
        """Show where the cells lie that the pointer is over in the page's table."""
        pointed = Region.from_json(change["new"])
        self.columns.point(pointed)
        self.rows.point(pointed)


class ProfileChart(LineFigure):
    """The profiles along one axis."""

    def __init__(self, session: Session, which: Which, share: int) -> None:
        y = bqplot.LinearScale(min=-1.05, max=1.05, allow_padding=False)
        names = {"-1": "−1", "0": "0", "1": "1"}
        super().__init__(session, which, y, style.named_axis(y, "relative", names), share)
        self._curves: dict[str, Curve] = {}
        self._posts = Posts(self.scales)

    def draw(self, found: dict[str, Explanation], looks: dict[str, Look]) -> None:
        """Show the profiles that were found; every panel has a curve, hidden until then."""
        for name, shown in looks.items():
            if name not in self._curves:
                dots = self.length <= DOTTED
                self._curves[name] = Curve(name, self.scales, dots=dots, banded=True)
            if name in found:
                self._profile(self._curves[name], found[name], shown)
            else:
                self._curves[name].hide()
        self.show([self._curves[name] for name in looks], [self._posts.mark])
        for name in self._curves.keys() - looks.keys():
            self._curves.pop(name).close()

    def point(self, region: Region) -> None:
        """Stand at the ends of the lines that a region spans along this axis."""
        self._posts.show(hull(region, self.which, self.session.samples.shape))

    def _profile(self, curve: Curve, explanation: Explanation, shown: Look) -> None:
        rows = self.which == "rows"
        profile = explanation.rows if rows else explanation.columns
        errors = explanation.row_errors if rows else explanation.column_errors
        values, peak = relative(profile), magnitude(profile)
        curve.draw(values, shown)
        if errors is None:
            curve.shade(None, None, shown.colour)
        else:
            error = errors.astype(np.float64) / peak
            curve.shade(values - error, values + error, shown.colour)


def relative(profile: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return a profile divided by its largest magnitude; NaN stays, and zeros are zeros."""
    return profile.astype(np.float64) / magnitude(profile)


def magnitude(profile: NDArray[np.float32]) -> float:
    """Return what a profile is drawn relative to: its largest magnitude, or 1 where it has none."""
    magnitudes = np.abs(profile[np.isfinite(profile)].astype(np.float64))
    return float(magnitudes.max()) if magnitudes.any() else 1.0
