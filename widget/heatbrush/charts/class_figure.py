"""The mean profiles of a few classes with their bands, and the buttons that show a prototype."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import bqplot
import numpy as np

from heatbrush import protocol
from heatbrush.border.asked import Which
from heatbrush.charts.controls import Item, Part, entry
from heatbrush.charts.drawing import style
from heatbrush.charts.drawing.line_figure import LineFigure
from heatbrush.charts.drawing.marks import DOTTED, Curve
from heatbrush.charts.drawing.style import look
from heatbrush.session.session import Session

if TYPE_CHECKING:
    import xarray

MOST = 6
"""Classes that are drawn at once."""


class ClassFigure(LineFigure):
    """A curve and a bootstrap band per class, in the units of the method."""

    def __init__(self, session: Session, which: Which) -> None:
        y = bqplot.LinearScale(min=-1.0, max=1.0, allow_padding=False)
        self._values = style.number_axis(y, "mean profile", "left")
        super().__init__(session, which, y, self._values, 3)
        dots = self.length <= DOTTED
        self._curves = [
            Curve(f"class {i}", self.scales, dots=dots, banded=True) for i in range(MOST)
        ]
        self.show(self._curves)

    def draw(self, found: xarray.Dataset | None) -> None:
        """Show the classes of a dataset as `class_profile` gives it; None shows none."""
        count = 0 if found is None else found.sizes["class"]
        for curve in self._curves[count:]:
            curve.hide()
        if found is None:
            return
        mean, low, high = (found[name].values for name in ("mean", "low", "high"))
        for place, curve in enumerate(self._curves[:count]):
            shown = look(place)
            curve.line.labels = [str(found["class"].values[place])]
            curve.draw(mean[place], shown)
            curve.shade(low[place], high[place], shown.colour)
        style.rescale(self._values, *style.spanned(np.concatenate([mean, low, high]).ravel()))


class Prototype(Part):
    """An entry of the legend: a class, its count, and a button that shows its prototype."""

    def __init__(self, session: Session, place: int) -> None:
        super().__init__(f"prototype {place}")
        self._session, self._look = session, look(place)
        self.sample, self.name, self.count = 0, "", 0
        self.hidden = True

    def show(self, found: xarray.Dataset | None, place: int) -> None:
        """Be the entry of one class of a dataset, or none where there are fewer."""
        if found is not None and place < found.sizes["class"]:
            self.name = str(found["class"].values[place])
            self.sample = int(found["prototype"].values[place])
            self.count = int(found["count"].values[place])
        self.hidden = found is None or place >= found.sizes["class"]

    def items(self) -> list[Item]:
        """Return the entry, and the button behind it."""
        shows = f"prototype: {self._session.samples.called(self.sample)}"
        button: protocol.ChartButton = {
            "kind": "button",
            "key": self.key,
            "text": shows,
            "tip": f"{shows}, whose profile is most like the mean of {self.name}",
            "main": False,
        }
        name = f"{style.short(self.name, 20)} ({self.count})"
        return [entry(self._look, name, button=button)]

    def press(self) -> None:
        """Show the prototype in the view."""
        if not self._session.worker.closed:
            self._session.show(replace(self._session.board.question, sample=self.sample))


def groups(names: Sequence[str]) -> list[tuple[str, int]]:
    """Cut many classes into groups that are drawn at once: what each is called, and its start."""
    starts = range(0, len(names), MOST)
    ends = [names[start : start + MOST] for start in starts]
    return [
        (f"{style.short(some[0])} to {style.short(some[-1])}" if len(some) > 1 else some[0], start)
        for some, start in zip(ends, starts, strict=True)
    ]


def duration(seconds: float) -> str:
    """Say about how long something takes."""
    if seconds < 1:
        return "less than 1 s"
    if seconds < 90:
        return f"about {seconds:.0f} s"
    return f"about {seconds / 60:.0f} min"
