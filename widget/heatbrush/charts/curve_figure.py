"""The curves of deletion or of insertion in one figure, and a legend with their areas."""

from __future__ import annotations

import bqplot

from heatbrush.border.writing import number
from heatbrush.charts.controls import Legend, Row, Words
from heatbrush.charts.curve_cache import Chance
from heatbrush.charts.drawing import style
from heatbrush.charts.drawing.marks import Curve
from heatbrush.charts.drawing.style import GREY, Look, look
from heatbrush_core.metrics.curve import Curve as Found
from heatbrush_core.metrics.curve import Mode

RANDOM = Look(GREY, "solid")
GREEDY = Look(GREY, "dash_dotted")


class CurveFigure:
    """The curves of one mode, and their areas.

    Attributes
    ----------
    figure : bqplot.Figure
    legend : Legend
        Says what a good area is, and the area of each curve.
    """

    def __init__(self, mode: Mode) -> None:
        self.mode = mode
        x = bqplot.LinearScale(min=0.0, max=100.0, allow_padding=False)
        self._y = bqplot.LinearScale(min=0.0, max=1.0, allow_padding=False)
        self._scales = {"x": x, "y": self._y}
        self._curves: dict[str, Curve] = {}
        self._random = Curve("random", self._scales, width=1)
        self._greedy = Curve("greedy", self._scales)
        self._values = style.number_axis(self._y, "probability", "left")
        label = "hidden, %" if mode == "deletion" else "shown, %"
        axes = [style.number_axis(x, label), self._values]
        marks = [*self._random.marks, *self._greedy.marks]
        self.figure = style.figure(axes, marks=marks)
        self.legend = Legend()
        self.about = Words(f"a {'small' if mode == 'deletion' else 'large'} area is good")

    @property
    def row(self) -> Row:
        """Return what the strip shows of it."""
        return Row(self.mode.capitalize(), [self.legend, self.about])

    def brushed(self) -> bqplot.interacts.BrushIntervalSelector:
        """Lay a brush over the figure."""
        selector = bqplot.interacts.BrushIntervalSelector(scale=self._scales["x"])
        self.figure.interaction = selector
        return selector

    def draw(
        self,
        places: dict[str, int],
        found: dict[str, Found | None],
        chance: Chance | None,
        areas: list[tuple[Look, str, str]],
    ) -> None:
        """Show the curves that were found, and the areas of all panels, in their order."""
        self._compare(chance)
        entries = []
        for name, place in places.items():
            curve = found.get(name)
            area = "…" if curve is None else number(curve.area)
            entries.append((look(place), name, area))
            if name not in self._curves:
                self._curves[name] = Curve(name, self._scales)
            if curve is None:
                self._curves[name].hide()
            else:
                self._curves[name].draw(curve.scores, look(place), 100 * curve.shares)
        curves = [self._random, self._greedy, *(self._curves[name] for name in places)]
        style.put(self.figure, [mark for curve in curves for mark in curve.marks])
        for name in self._curves.keys() - places.keys():
            self._curves.pop(name).close()
        self.legend.show(entries + areas)

    def rescale(self, label: str, certain: bool) -> None:
        """Let the scores lie between 0 and 1, or where they lie."""
        low, high = 0.0, 1.0
        if not certain:
            shown = [mark for mark in self.figure.marks if mark.visible]
            low, high = style.spanned(y for mark in shown for y in mark.y.tolist())
        self._values.label = label
        style.rescale(self._values, low, high)

    def _compare(self, chance: Chance | None) -> None:
        """Draw what the maps are held against."""
        for curve, order, shown in (
            (self._random, chance and chance.random, RANDOM),
            (self._greedy, chance and chance.greedy, GREEDY),
        ):
            if chance is None or order is None:
                curve.hide()
            else:
                curve.draw(order.scores, shown, 100 * chance.shares)


def areas_of_chance(chance: Chance | None, greedy: bool) -> list[tuple[Look, str, str]]:
    """Name the areas of what the maps are held against, and keep their place while unknown."""
    if chance is None:
        return [(RANDOM, "random", "…"), *[(GREEDY, "greedy", "…")] * greedy]
    entries = []
    if chance.random is not None:
        random = chance.random
        area = f"{number(random.mean)} ± {number(random.deviation)}"
        entries.append((RANDOM, "random", area))
    if chance.greedy is not None:
        entries.append((GREEDY, "greedy", number(chance.greedy.area)))
    return entries
