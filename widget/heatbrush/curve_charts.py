"""Deletion and insertion of every map that is shown, and a brush over what is hidden when."""

from __future__ import annotations

from typing import Any, NamedTuple

import bqplot
import ipywidgets
import numpy as np

from heatbrush import looks
from heatbrush.brush import lines
from heatbrush.chart import Chart, Choice, Work
from heatbrush.curve_bank import MODES, Chance, CurveBank, Wanted, greedy, shifted
from heatbrush.looks import GREY, Look, look
from heatbrush.marks import Curve
from heatbrush.session import Session
from heatbrush.worker import Handle
from heatbrush_core import Explanation, Region
from heatbrush_core.metrics.curves import Curve as Found
from heatbrush_core.metrics.curves import Mode
from heatbrush_core.metrics.parts import Parts
from heatbrush_core.progress import Listener
from heatbrush_core.targets import Class

RANDOM = Look(GREY, "solid")
GREEDY = Look(GREY, "dash_dotted")


class Shown(NamedTuple):
    """What the panels show: the sample, the place of each panel, and its map where it has one."""

    sample: int
    places: dict[str, int]
    maps: dict[str, Explanation]


class CurveCharts(Chart):
    """Two figures side by side: what is hidden, and what is shown, the most important part first.

    Attributes
    ----------
    by, of : Choice
        What is hidden as one, and the panel whose order the brush speaks of.
    work : Work
    figures : dict of CurveFigure
        Parts mode.
    brush : bqplot.interacts.BrushIntervalSelector
        Over deletion: what it spans is selected in the view.
    """

    title = "Curves"

    def __init__(self, session: Session) -> None:
        self.session, self.bank = session, CurveBank(session)
        self.by = Choice("by", ["cells", "rows", "columns"], self._other_parts)
        self.of = Choice("brush of", (), self._select)
        self.work = Work(session, "curves")
        self.figures = {mode: CurveFigure(mode) for mode in MODES}
        self.brush = self.figures["deletion"].brushed()
        self.brush.observe(self._brushed, ["selected", "brushing"])
        session.widget.observe(self._selected, "selection")
        self._selecting = False
        self._doing: list[Wanted] = []
        head = ipywidgets.HBox([self.by.widget, self.of.widget, self.work.row])
        figures = ipywidgets.HBox(
            [self.figures[mode].box for mode in MODES], layout={"width": "100%"}
        )
        self.box = ipywidgets.VBox([head, figures], layout={"width": "100%"})

    def open(self) -> None:
        """Compute what is missing, and draw."""
        self.refresh()

    def refresh(self) -> None:
        """Draw what is known of the maps that are shown, and compute what is not."""
        with self.session.lock:
            shown = self._shown()
            self._offer(shown)
            self._draw(shown)
            missing = self.bank.missing(self._wanted(shown))
            if not missing:
                self.work.cancel()
                self.work.say(self._hint(shown))
            elif not (self.work.busy and missing == self._doing):
                self._doing = missing
                self.work.start(lambda *job: self._compute(missing, *job), "Computing …")

    def close(self) -> None:
        """Ask for nothing any longer."""
        self.brush.unobserve(self._brushed, ["selected", "brushing"])
        self.session.widget.unobserve(self._selected, "selection")
        self.work.cancel()
        for figure in self.figures.values():
            figure.figure.close()

    # ------------------------------------------------------------ computing and drawing

    def _shown(self) -> Shown:
        board = self.session.board
        places = {name: place for place, name in enumerate(board.panels)}
        return Shown(board.question.sample, places, board.explanations())

    def _wanted(self, shown: Shown) -> list[Wanted]:
        by: Parts = self.by.value
        maps = shown.maps.values()
        return [Wanted(shown.sample, each, by, mode) for each in maps for mode in MODES]

    def _compute(self, missing: list[Wanted], handle: Handle, progress: Listener) -> str:
        """Compute one curve after the other, on the worker's thread, and draw each at once."""
        costs = self.bank.costs(missing)
        for index, wanted in enumerate(missing):
            before, cost = sum(costs[:index]), costs[index]
            self.bank.compute(wanted, handle, shifted(progress, before, cost, sum(costs)))
            with self.session.lock:
                self._draw(self._shown())
        return self._hint(self._shown())

    def _draw(self, shown: Shown) -> None:
        """Draw what is known; the rest of the legend waits for its numbers."""
        for mode, figure in self.figures.items():
            wanted = {
                name: Wanted(shown.sample, each, self.by.value, mode)
                for name, each in shown.maps.items()
            }
            found = {name: self.bank.curve(each) for name, each in wanted.items()}
            chances = map(self.bank.chance, wanted.values())
            chance = next(filter(None, chances), None)
            areas = _areas(chance, greedy(self.by.value, self.session.shape))
            figure.draw(shown.places, found, chance, areas)
            if shown.maps:
                figure.rescale(*self._limits(shown))

    def _limits(self, shown: Shown) -> tuple[str, bool]:
        """Name what is drawn, and tell whether it lies between 0 and 1."""
        # known by now: every map began with it
        certain = self.session.prediction(shown.sample).kind == "probabilities"
        single = all(isinstance(each.target, Class) for each in shown.maps.values())
        return "probability" if certain else "score", certain and single

    def _hint(self, shown: Shown) -> str:
        if not shown.maps:
            return "No panel shows a map."
        return "Brush deletion to select what it hides."

    # ------------------------------------------------------------ the brush

    def _offer(self, shown: Shown) -> None:
        """Offer the panels that have an order; a brush of one that is gone goes, too."""
        if self.of.value not in shown.maps:
            self.brush.selected = None
        self.of.offer(shown.maps)

    def _other_parts(self) -> None:
        self.brush.selected = None
        self.refresh()

    def _brushed(self, change: Any) -> None:
        """Select what lies under a brush that was let go; one that was cleared selects nothing."""
        if not self.brush.brushing:
            self._select()

    def _select(self) -> None:
        """Select the parts that one panel's order hides between the ends of the brush."""
        ends = self.brush.selected
        with self.session.lock:
            shown = self._shown()
            explanation = shown.maps.get(self.of.value)
            if ends is None or len(ends) != 2 or explanation is None:
                return
            curve = self.bank.curve(Wanted(shown.sample, explanation, self.by.value, "deletion"))
        if curve is None:
            return
        region = hidden(curve, float(min(ends)) / 100, float(max(ends)) / 100, self.session.shape)
        if not region:
            return
        self._selecting = True
        try:
            self.session.select(region)
        finally:
            self._selecting = False

    def _selected(self, change: Any) -> None:
        """Take the brush away once something else is selected."""
        if not self._selecting and self.brush.selected is not None:
            self.brush.selected = None


class CurveFigure:
    """The curves of one mode, and their areas.

    Attributes
    ----------
    box : ipywidgets.VBox
        The legend above the figure.
    """

    def __init__(self, mode: Mode) -> None:
        self.mode = mode
        x = bqplot.LinearScale(min=0.0, max=100.0, allow_padding=False)
        self._y = bqplot.LinearScale(min=0.0, max=1.0, allow_padding=False)
        self._scales = {"x": x, "y": self._y}
        self._curves: dict[str, Curve] = {}
        self._random = Curve("random", self._scales, width=1)
        self._greedy = Curve("greedy", self._scales)
        self._values = looks.number_axis(self._y, "probability", "left")
        label = "hidden, %" if mode == "deletion" else "shown, %"
        axes = [looks.number_axis(x, label), self._values]
        self.figure = looks.figure(axes, flex="0 0 auto")
        self.legend = ipywidgets.HTML(layout={"margin": "0 0 4px 24px", "min_height": "44px"})
        self.box = ipywidgets.VBox(
            [self.legend, self.figure], layout={"flex": "1 1 0", "min_width": "0"}
        )

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
        areas: list[tuple[Look, str]],
    ) -> None:
        """Show the curves that were found, and the areas of all panels, in their order."""
        for name in self._curves.keys() - places.keys():
            self._curves.pop(name).close()
        entries, drawn = [], self._compare(chance)
        for name, place in places.items():
            curve = found.get(name)
            area = "…" if curve is None else looks.number(curve.area)
            entries.append((look(place), f"{name} {area}"))
            if curve is not None:
                line = self._curves.setdefault(name, Curve(name, self._scales))
                line.draw(curve.scores, look(place), 100 * curve.shares)
                drawn.append(line)
        self.figure.marks = [mark for curve in drawn for mark in curve.marks]
        self.legend.value = self._about() + looks.legend(entries + areas)

    def rescale(self, label: str, certain: bool) -> None:
        """Let the scores lie between 0 and 1, or where they lie."""
        low, high = 0.0, 1.0
        if not certain:
            low, high = looks.spanned(y for mark in self.figure.marks for y in mark.y.tolist())
        self._values.label = label
        looks.rescale(self._values, low, high)

    def _compare(self, chance: Chance | None) -> list[Curve]:
        """Draw what the maps are held against."""
        drawn = []
        for curve, order, shown in (
            (self._random, chance and chance.random, RANDOM),
            (self._greedy, chance and chance.greedy, GREEDY),
        ):
            if chance is not None and order is not None:
                curve.draw(order.scores, shown, 100 * chance.shares)
                drawn.append(curve)
        return drawn

    def _about(self) -> str:
        good = "small" if self.mode == "deletion" else "large"
        text = f"{self.mode}: a {good} area is good"
        return f'<div style="color:{GREY};font-size:12px;line-height:20px">{text}</div>'


def hidden(curve: Found, low: float, high: float, shape: tuple[int, int]) -> Region:
    """Return the cells, rows or columns that a curve takes between two shares."""
    n = len(curve.order)
    start, stop = (min(n, max(0, round(share * n))) for share in (low, high))
    if start == stop and low < high:
        # a brush that was drawn must select something
        start, stop = min(start, n - 1), min(start, n - 1) + 1
    flags = np.zeros(n, bool)
    flags[curve.order[start:stop]] = True
    return Region.cells(flags.reshape(shape)) if curve.by == "cells" else lines(curve.by, flags)


def _areas(chance: Chance | None, greedy: bool) -> list[tuple[Look, str]]:
    """Name the areas of what the maps are held against, and keep their place while unknown."""
    number = looks.number
    if chance is None:
        return [(RANDOM, "random …"), *[(GREEDY, "greedy …")] * greedy]
    entries = []
    if chance.random is not None:
        random = chance.random
        entries.append((RANDOM, f"random {number(random.mean)} ± {number(random.deviation)}"))
    if chance.greedy is not None:
        entries.append((GREEDY, f"greedy {number(chance.greedy.area)}"))
    return entries
