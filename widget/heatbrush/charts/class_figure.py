"""The mean profiles of a few classes with their bands, and the buttons that show a prototype."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import bqplot
import ipywidgets
import numpy as np

from heatbrush.border.asked import Which
from heatbrush.charts.drawing import style
from heatbrush.charts.drawing.line_figure import LineFigure
from heatbrush.charts.drawing.marks import DOTTED, Curve
from heatbrush.charts.drawing.style import Look, look
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
        super().__init__(session, which, y, self._values, "3 1 0")
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


class Prototype:
    """An entry of the legend: a class, its count, and a button that shows its prototype."""

    def __init__(self, session: Session, shown: Look) -> None:
        self._session, self._look = session, shown
        self.sample = 0
        self.name = ipywidgets.HTML()
        self.button = ipywidgets.Button(layout={"width": "max-content", "margin": "0 12px 0 0"})
        self.button.on_click(self._clicked)
        self.box = ipywidgets.HBox(
            [self.name, self.button], layout={"display": "none", "align_items": "center"}
        )

    def show(self, found: xarray.Dataset | None, place: int) -> None:
        """Be the entry of one class of a dataset, or none where there are fewer."""
        if found is None or place >= found.sizes["class"]:
            self.box.layout.display = "none"
            return
        name = str(found["class"].values[place])
        self.sample = int(found["prototype"].values[place])
        count = int(found["count"].values[place])
        self.name.value = style.legend([(self._look, f"{style.short(name, 20)} ({count})")])
        self.button.description = f"prototype: sample {self.sample}"
        self.button.tooltip = f"Show the sample whose profile is most like the mean of {name}"
        self.box.layout.display = None

    def _clicked(self, _button: Any) -> None:
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
