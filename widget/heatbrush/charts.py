"""bqplot charts beneath the panels: the profiles of all methods overlaid, under the same brush.

Profiles of different methods have different units, so each is drawn relative to its own largest
value.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import bqplot
import ipywidgets
import numpy as np
from numpy.typing import NDArray

from heatbrush.brush import Interval, Which, hull, moved, snapped
from heatbrush.session import Session
from heatbrush_core import Axis, Explanation

# at least 4 : 1 on white and on #111, so that they are read in light and dark themes alike
COLOURS = (
    "#2f7ed8",
    "#c2610c",
    "#2e8b57",
    "#8e63ce",
    "#d1495b",
    "#16868a",
    "#96703f",
    "#c05299",
)
GREY = "#7b7b7b"  # of the axes' names; bqplot's own is orange in dark themes
STYLES = {"solid": "━━", "dashed": "╍╍", "dotted": "┉┉", "dash_dotted": "━·"}
DOTTED = 64
"""Up to so many lines each gets a dot: a method that ran on one line has no curve to draw."""


class Charts:
    """One chart per axis, and their legend.

    Parameters
    ----------
    session
        What is shown, and whose selection the brushes are.

    Attributes
    ----------
    box : ipywidgets.VBox
        Everything, to be displayed.
    columns, rows : Chart
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        rows, columns = session.explainer.axes(session.shape)
        self.columns = Chart(session, "columns", columns)
        self.rows = Chart(session, "rows", rows)
        # its room stays while it is empty, or every step to another sample would move the page
        self.legend = ipywidgets.HTML(layout={"margin": "0 0 0 64px", "min_height": "28px"})
        charts = ipywidgets.HBox([self.columns.figure, self.rows.figure], layout={"width": "100%"})
        self.box = ipywidgets.VBox([self.legend, charts], layout={"width": "100%"})
        session.widget.observe(self._redraw, "panels")
        session.widget.observe(self._follow, "selection")
        self._redraw()
        self._follow()

    def close(self) -> None:
        """Take the charts off the page."""
        self.session.widget.unobserve(self._redraw, "panels")
        self.session.widget.unobserve(self._follow, "selection")
        for widget in (self.columns.figure, self.rows.figure, self.legend, self.box):
            widget.close()

    def _redraw(self, change: Any = None) -> None:
        """Draw what the panels show; results come on the worker's thread."""
        with self.session.lock:
            found = self.session.board.explanations()
            order = list(self.session.board.panels)
            looks = {name: _look(order.index(name)) for name in found}
            self.columns.draw(found, looks)
            self.rows.draw(found, looks)
            self.legend.value = _legend(looks)

    def _follow(self, change: Any = None) -> None:
        """Move both brushes to the selection."""
        self.columns.follow()
        self.rows.follow()


class Chart:
    """The profiles along one axis, and a brush over it.

    Attributes
    ----------
    figure : bqplot.Figure
    brush : bqplot.interacts.BrushIntervalSelector
        Line i of the axis reaches from i - 0.5 to i + 0.5.
    """

    def __init__(self, session: Session, which: Which, axis: Axis) -> None:
        self.session, self.which, self.length = session, which, len(axis)
        x = bqplot.LinearScale(min=-0.5, max=self.length - 0.5, allow_padding=False)
        y = bqplot.LinearScale(min=-1.05, max=1.05, allow_padding=False)
        self._scales = {"x": x, "y": y}
        self._curves: dict[str, Curve] = {}
        self.brush = bqplot.interacts.BrushIntervalSelector(scale=x)
        self.brush.observe(self._brushed, ["selected", "brushing"])
        # a fully transparent ground: the page's own shows, light or dark
        self.figure = bqplot.Figure(
            axes=[_line_axis(x, axis), _value_axis(y)],
            interaction=self.brush,
            background_style={"fill": "transparent"},
            fig_margin={"top": 8, "bottom": 44, "left": 64, "right": 12},
            display_toolbar=False,
            layout={
                "height": "176px",
                "min_width": "0",
                "flex": "3 1 0" if which == "columns" else "2 1 0",
            },
        )

    def draw(self, found: dict[str, Explanation], looks: dict[str, tuple[str, str]]) -> None:
        """Show one profile per panel, and no others."""
        for name in self._curves.keys() - found.keys():
            self._curves.pop(name).close()
        for name, explanation in found.items():
            if name not in self._curves:
                self._curves[name] = Curve(name, self.length, self._scales)
            profile = explanation.rows if self.which == "rows" else explanation.columns
            self._curves[name].draw(relative(profile), *looks[name])
        self.figure.marks = [mark for name in found for mark in self._curves[name].marks]

    def follow(self) -> None:
        """Move the brush to the selection's interval, unless it is there."""
        interval = self._interval()
        if interval != snapped(self.brush.selected, self.length) or not self._exact(interval):
            self.brush.selected = None if interval is None else _ends(interval)

    def _brushed(self, change: Any) -> None:
        """Make a brush that was let go the selection's interval along this axis."""
        if self.brush.brushing:
            return
        interval = snapped(self.brush.selected, self.length)
        if interval == (0, self.length):
            interval = None
        if interval == self._interval():
            self.follow()
            return
        shape = self.session.shape
        self.session.select(moved(self.session.selection, self.which, interval, shape))

    def _interval(self) -> Interval | None:
        return hull(self.session.selection, self.which, self.session.shape)

    def _exact(self, interval: Interval | None) -> bool:
        """Tell whether the brush ends where lines end."""
        if interval is None or self.brush.selected is None:
            return interval is None and self.brush.selected is None
        return bool(np.allclose(self.brush.selected, _ends(interval)))


class Curve:
    """One profile: a line, and on a short axis a dot where it has a value.

    A line ends at its last value, and its dots are marks of their own: the page would complain
    about a marker, or an end, that is not computed.
    """

    def __init__(self, name: str, length: int, scales: dict[str, bqplot.LinearScale]) -> None:
        zero = np.zeros(1)
        self.line = bqplot.Lines(x=zero, y=zero, scales=scales, labels=[name], stroke_width=1.5)
        self.dots = bqplot.Scatter(x=zero, y=zero, scales=scales, default_size=12)
        self.marks: list[bqplot.Mark] = [self.line, self.dots][: 2 if length <= DOTTED else 1]

    def draw(self, values: NDArray[np.float64], colour: str, style: str) -> None:
        """Show values, with gaps where they are NaN."""
        known = np.flatnonzero(np.isfinite(values))
        indices = np.arange(known[-1] + 1 if len(known) else 0, dtype=float)
        for mark, x, y in (
            (self.line, indices, values[: len(indices)]),
            (self.dots, known.astype(float), values[known]),
        ):
            with mark.hold_sync():
                mark.x, mark.y, mark.colors = x, y, [colour]
        self.line.line_style = style

    def close(self) -> None:
        """Take it off the page."""
        self.line.close()
        self.dots.close()


def relative(profile: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return a profile divided by its largest magnitude; NaN stays, and zeros are zeros."""
    values = profile.astype(np.float64)
    magnitudes = np.abs(values[np.isfinite(values)])
    return values / magnitudes.max() if magnitudes.any() else values


def _ends(interval: Interval) -> NDArray[np.float64]:
    return np.array([interval[0] - 0.5, interval[1] - 0.5])


def _look(index: int) -> tuple[str, str]:
    """Return colour and line style of a panel by its place; no pair occurs twice in 32.

    Neighbours differ in both: curves that coincide are seen as two, also without seeing colours.
    """
    styles = list(STYLES)
    turn = index // len(COLOURS)
    return COLOURS[index % len(COLOURS)], styles[(index + turn) % len(styles)]


def _legend(looks: dict[str, tuple[str, str]]) -> str:
    entries = (
        f'<span style="color:{colour};margin-right:16px">{STYLES[style]} {html.escape(name)}</span>'
        for name, (colour, style) in looks.items()
    )
    return "".join(entries)


def _line_axis(scale: bqplot.LinearScale, axis: Axis) -> bqplot.Axis:
    """Return the axis of the lines: a few of their names, at their places."""
    places = ticks(axis.labels)
    return bqplot.Axis(
        scale=scale,
        label=axis.name,
        label_color=GREY,
        label_offset="32px",
        tick_values=np.array(places, dtype=float),
        tick_labels={str(place): _short(axis.labels[place]) for place in places},
        grid_lines="none",
    )


def _value_axis(scale: bqplot.LinearScale) -> bqplot.Axis:
    return bqplot.Axis(
        scale=scale,
        side="left",
        label="relative",
        label_color=GREY,
        label_offset="32px",
        tick_values=np.array([-1.0, 0.0, 1.0]),
        tick_labels={"-1": "−1", "0": "0", "1": "1"},
        grid_lines="none",
    )


def ticks(labels: Sequence[str], characters: int = 48) -> list[int]:
    """Return places of labels that fit side by side: every 1st, 2nd, 5th, 10th, 20th and so on."""
    longest = max(len(_short(label)) for label in labels)
    most = max(2, characters // (longest + 2))
    steps = (head * 10**power for power in range(9) for head in (1, 2, 5))
    step = next(step for step in steps if len(labels) <= most * step)
    return list(range(0, len(labels), step))


def _short(label: str, characters: int = 12) -> str:
    return label if len(label) <= characters else label[: characters - 1] + "…"
