"""Deletion and insertion of every map that is shown, and a brush over what is hidden when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple, get_args

import numpy as np

from heatbrush.border.asked import Question
from heatbrush.charts.controls import Choice, Row
from heatbrush.charts.curve_cache import MODES, CurveCache, Wanted, greedy, shifted
from heatbrush.charts.curve_figure import CurveFigure, areas_of_chance
from heatbrush.charts.drawing import style
from heatbrush.charts.drawing.intervals import lines
from heatbrush.charts.tab import Tab, Work
from heatbrush.jobs.handle import Handle
from heatbrush.session.session import Session
from heatbrush_core import Explanation, Region
from heatbrush_core.metrics.curve import Curve as Found
from heatbrush_core.metrics.parts import Parts
from heatbrush_core.progress import Listener
from heatbrush_core.targets import Class


class Shown(NamedTuple):
    """What is asked, the place of each panel, its map where it has one, and its model."""

    question: Question
    places: dict[str, int]
    maps: dict[str, Explanation]
    models: dict[str, str]


class CurveCharts(Tab):
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
        self.session, self.cache = session, CurveCache(session)
        self.by = Choice("by", ["cells", "rows", "columns"], self._other_parts)
        self.of = Choice("brush of", (), self._select)
        self.work = Work(session, "curves")
        self.figures = {mode: CurveFigure(mode) for mode in MODES}
        self.brush = self.figures["deletion"].brushed()
        self.brush.observe(self._brushed, ["selected", "brushing"])
        session.widget.observe(self._selected, "selection")
        self._selecting = False
        self._doing: list[Wanted] = []
        figures = [self.figures[mode] for mode in MODES]
        choices = Row("", [self.by, self.of, self.work])
        self.controls = [choices, *(each.row for each in figures)]
        self.box = style.row([each.figure for each in figures])

    def open(self) -> None:
        """Compute what is missing, and draw."""
        self.refresh()

    def refresh(self) -> None:
        """Draw what is known of the maps that are shown, and compute what is not."""
        if why := self.session.samples.missing:
            self.work.say(why)
            return
        with self.session.lock:
            shown = self._shown()
            self._offer(shown)
            self._draw(shown)
            missing = self.cache.missing(self._wanted(shown))
            if not missing:
                self.work.cancel()
                self.work.say(self._hint(shown))
            elif not (self.work.busy and missing == self._doing):
                self._doing = missing
                self.work.start(lambda *job: self._compute(missing, *job), "Computing …")

    def results(self) -> Iterable[Any]:
        """Return the curves of the maps that are shown, together by parts and mode."""
        with self.session.lock:
            shown = self._shown()
        for by in get_args(Parts):
            for mode in MODES:
                wanted = {
                    name: Wanted(shown.question, each, by, mode)
                    for name, each in shown.maps.items()
                }
                found = {name: self._whole(each) for name, each in wanted.items()}
                curves = {name: curve for name, curve in found.items() if curve is not None}
                if curves:
                    yield curves

    def _whole(self, wanted: Wanted) -> Found | None:
        """Return a curve with what it is held against: that was computed with the first only."""
        curve, chance = self.cache.curve(wanted), self.cache.chance(wanted)
        if curve is None or chance is None:
            return curve
        return replace(curve, random=chance.random, greedy=chance.greedy)

    def close(self) -> None:
        """Ask for nothing any longer."""
        self.brush.unobserve(self._brushed, ["selected", "brushing"])
        self.session.widget.unobserve(self._selected, "selection")
        self.work.cancel()

    # ------------------------------------------------------------ computing and drawing

    def _shown(self) -> Shown:
        board = self.session.board
        places = {name: place for place, name in enumerate(board.panels)}
        models = {name: panel.spec.model for name, panel in board.panels.items()}
        return Shown(board.question, places, board.explanations(), models)

    def _wanted(self, shown: Shown) -> list[Wanted]:
        by: Parts = self.by.value
        return [
            Wanted(shown.question, each, by, mode, shown.models[name])
            for name, each in shown.maps.items()
            for mode in MODES
        ]

    def _compute(self, missing: list[Wanted], handle: Handle, progress: Listener) -> str:
        """Compute one curve after the other, on the worker's thread, and draw each at once."""
        costs = self.cache.costs(missing)
        for index, wanted in enumerate(missing):
            before, cost = sum(costs[:index]), costs[index]
            self.cache.compute(wanted, handle, shifted(progress, before, cost, sum(costs)))
            with self.session.lock:
                self._draw(self._shown())
        return self._hint(self._shown())

    def _draw(self, shown: Shown) -> None:
        """Draw what is known; the rest of the legend waits for its numbers."""
        for mode, figure in self.figures.items():
            wanted = {
                name: Wanted(shown.question, each, self.by.value, mode, shown.models[name])
                for name, each in shown.maps.items()
            }
            found = {name: self.cache.curve(each) for name, each in wanted.items()}
            chances = map(self.cache.chance, wanted.values())
            chance = next(filter(None, chances), None)
            areas = areas_of_chance(chance, greedy(self.by.value, self.session.samples.shape))
            figure.draw(shown.places, found, chance, areas)
            if shown.maps:
                figure.rescale(*self._limits(shown))

    def _limits(self, shown: Shown) -> tuple[str, bool]:
        """Name what is drawn, and tell whether it lies between 0 and 1."""
        # known by now: every map began with it
        samples = self.session.samples
        kinds = samples.prediction(shown.question.sample).kinds
        aims = [each for each in samples.aim(shown.question).pair if each is not None]
        certain = all(kinds[each] == "probabilities" for each in aims)
        single = all(isinstance(each.target, Class) for each in shown.maps.values())
        return "probability" if certain else "score", certain and single

    def _hint(self, shown: Shown) -> str:
        if not shown.maps:
            return "No panel shows a map."
        names = self.session.samples.models.names
        chance = f" Random orders are those of {names[0]}." if names else ""
        return f"Brush deletion to select what it hides.{chance}"

    # ------------------------------------------------------------ the brush

    def _offer(self, shown: Shown) -> None:
        """Offer the panels that have an order; a brush of one that is gone goes, too."""
        if self.of.value not in shown.maps:
            self.brush.selected = None
        self.of.offer(shown.maps)

    def _other_parts(self) -> None:
        self.brush.selected = None
        self.refresh()

    def _brushed(self, _change: Any) -> None:
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
            model = shown.models[self.of.value]
            curve = self.cache.curve(
                Wanted(shown.question, explanation, self.by.value, "deletion", model)
            )
        if curve is None:
            return
        low, high = float(min(ends)) / 100, float(max(ends)) / 100
        region = hidden(curve, low, high, self.session.samples.shape)
        if not region:
            return
        self._selecting = True
        try:
            self.session.channel.select(region)
        finally:
            self._selecting = False

    def _selected(self, _change: Any) -> None:
        """Take the brush away once something else is selected."""
        if not self._selecting and self.brush.selected is not None:
            self.brush.selected = None


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
