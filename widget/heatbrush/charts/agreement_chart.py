"""The tab Agreement: how alike maps are, as a matrix; a brush over it selects what they share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from heatbrush.charts.controls import Choice, Row
from heatbrush.charts.drawing.intervals import lines
from heatbrush.charts.drawing.matrix_panel import MatrixPanel, alone
from heatbrush.charts.tab import Tab, Work
from heatbrush.session.session import Session
from heatbrush_core import Explanation, Region, agreement
from heatbrush_core.maps.similarity import top
from heatbrush_core.metrics.parts import ranked

SHARE = 10.0
"""Per cent of the cells, or lines, that are the top of a map."""
MEASURES = (
    ("rank correlation", "spearman"),
    (f"overlap of the top {SHARE:g} %", "overlap"),
    ("same sign", "same_sign"),
)
Maps = dict[str, Explanation]


class AgreementChart(Tab):
    """Every two maps that are shown, compared.

    Parameters
    ----------
    session
        Whose maps these are, and whose selection a brush over them makes.

    Attributes
    ----------
    measure, by : Choice
        What is compared: a measure, and cells, rows or columns.
    matrix : MatrixPanel
    work : Work
    """

    title = "Agreement"

    def __init__(self, session: Session) -> None:
        self._session = session
        self._maps: Maps = {}
        self.measure = Choice("measure", MEASURES, self.refresh)
        self.by = Choice("of", ("cells", "rows", "columns"), self.refresh)
        self.work = Work(session, "agreement")
        self.matrix = MatrixPanel("agreement")
        self.matrix.observe(self._brushed, "selection")
        self.controls = [Row("", [self.measure, self.by, self.work])]
        self.box = alone(self.matrix)

    def open(self) -> None:
        """Compare what is shown now."""
        self.refresh()

    def refresh(self) -> None:
        """Compare what is shown now."""
        with self._session.lock:
            self._maps = self._session.board.explanations()
        if len(self._maps) < 2:
            self.matrix.layout.visibility = "hidden"
            return self.work.say("Agreement takes two maps; run another method.")
        maps, measure, by = self._maps, self.measure.value, self.by.value
        self.work.start(
            lambda _job, _listen: self._compare(maps, measure, by), "Comparing the maps."
        )

    def results(self) -> Iterable[Any]:
        """Return the agreement of the maps that are shown, by what was chosen."""
        with self._session.lock:
            maps = self._session.board.explanations()
        return [agreement(maps, self.by.value, SHARE)] if len(maps) > 1 else []

    def close(self) -> None:
        """Ask for nothing any longer."""
        self.work.cancel()
        self.matrix.unobserve(self._brushed, "selection")

    def _compare(self, maps: Maps, measure: str, by: Literal["cells", "rows", "columns"]) -> str:
        values = agreement(maps, by, SHARE)[measure].to_numpy()
        about = dict((name, text) for text, name in MEASURES)[measure]
        self.matrix.show(values, list(maps), f"{about}, of {by}")
        self.matrix.layout.visibility = None
        return f"Brush two maps or more to select the {by} that are in the top {SHARE:g} % of each."

    def _brushed(self, _change: Any) -> None:
        """Select what is in the top of all maps under the brush."""
        if not self.matrix.brushed:
            return
        names = [name for name, one in zip(self._maps, self.matrix.touched, strict=True) if one]
        by = self.by.value
        tops = [best(self._maps[name], by) for name in names]
        shared = np.all(tops, axis=0)
        region = Region.cells(shared) if by == "cells" else lines(by, shared)
        which = ", ".join(names)
        if not region:
            return self.work.say(f"None of the {by} is in the top {SHARE:g} % of each of: {which}.")
        self.work.say(f"Selected: {shared.sum()} {by} in the top {SHARE:g} % of each of: {which}.")
        self._session.channel.select(region)


def best(explanation: Explanation, by: Literal["cells", "rows", "columns"]) -> NDArray[np.bool_]:
    """Return which cells (H, W), rows (H,) or columns (W,) are a map's top, ties included."""
    values = ranked(explanation, by)
    known = np.isfinite(values)
    found = np.zeros(len(values), bool)
    if known.any():
        found[known] = top(values[known], SHARE / 100) > 0
    return found.reshape(explanation.map.shape) if by == "cells" else found
