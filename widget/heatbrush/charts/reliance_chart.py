"""Which samples rely on the selection: a dot for each, by class, and what it loses without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import bqplot
import numpy as np
from numpy.typing import NDArray

from heatbrush.border.closing import close_whole
from heatbrush.charts.drawing import style
from heatbrush.charts.drawing.style import GREY, look
from heatbrush.charts.tab import Work
from heatbrush.jobs.handle import Handle
from heatbrush.session.session import Session
from heatbrush_core import Cancelled, Region, reliance
from heatbrush_core.progress import Listener
from heatbrush_core.targets import ScoreKind

if TYPE_CHECKING:
    import pandas as pd

MOST = 500
"""Samples that are asked about, evenly spaced where there are more."""

NAMED = 3
"""Bands of a selection that are named; of more the line would only be long."""

HINT = "Select rows or columns to see which samples rely on them."
LABELS = NDArray[np.intp]


class Asked(NamedTuple):
    """What is asked: of a selection, hidden by one of the view's baselines, and of all samples.

    `score` is that of the last search; None is the default.
    """

    region: Region
    baseline: int
    score: ScoreKind | None
    labels: LABELS

    def is_like(self, other: Asked) -> bool:
        """Tell whether both ask the same."""
        return self[:3] == other[:3] and self.labels is other.labels


class Measured(NamedTuple):
    """What was found for one question.

    Attributes
    ----------
    samples, classes
        (n,) indices of the samples that were asked about, and of their classes.
    """

    asked: Asked
    samples: NDArray[np.intp]
    classes: LABELS
    table: pd.DataFrame


class RelianceChart:
    """Dots over necessity; one that is clicked shows its sample in the view.

    Parameters
    ----------
    session
        Whose samples and selection these are.
    told
        Called when something was measured, to have it drawn.

    Attributes
    ----------
    work : Work
    dots : bqplot.Scatter
    shown : (m,) int
        Sample of each dot.
    measured : Measured or None
    """

    def __init__(self, session: Session, told: Callable[[], None]) -> None:
        self.session, self._told = session, told
        self.work = Work(session, "reliance")
        self.measured: Measured | None = None
        self.shown: NDArray[np.intp] = np.zeros(0, np.intp)
        self._doing: Asked | None = None
        x = bqplot.LinearScale(min=-1.0, max=1.0, allow_padding=False)
        self._y = bqplot.LinearScale(min=-0.5, max=0.5, allow_padding=False, reverse=True)
        scales = {"x": x, "y": self._y}
        self._names = style.named_axis(self._y, "", {"0": ""})
        self._necessity = style.number_axis(x, "necessity of the selection")
        self.dots = bqplot.Scatter(
            x=np.zeros(0),
            y=np.zeros(0),
            scales=scales,
            default_size=24,
            opacities=[0.75],
            tooltip=bqplot.Tooltip(fields=["name"], show_labels=False),
            display_names=False,
            hovered_style={"cursor": "pointer"},
        )
        self.dots.on_element_click(self._clicked)
        self._zero = bqplot.Lines(
            x=np.zeros(2), y=np.zeros(2), scales=scales, colors=[GREY], stroke_width=1
        )
        axes = [self._necessity, self._names]
        self.figure = style.figure(axes, 96, 2, marks=[self._zero, self.dots])

    def ask(self, labels: LABELS | None) -> None:
        """Ask who relies on what is selected now; None are the classes before they are known."""
        region = self.session.channel.selection
        with self.session.lock:
            question = self.session.board.question
            if labels is None or not region:
                self.work.cancel()
                self.work.say("" if labels is None else HINT)
                self.measured = self._doing = None
                self._told()
            elif not self._is_asked(
                asked := Asked(region, question.baseline, self.session.searches.score, labels)
            ):
                self._doing = asked
                self.work.start(
                    lambda *job: self._compute(asked, *job),
                    "Hiding the selection in every sample …",
                )

    def draw(self, names: dict[int, str]) -> None:
        """Show the samples of some classes, by their index, from top to bottom."""
        self._name(list(names.values()) or [""])
        found, places = self.measured, {index: place for place, index in enumerate(names)}
        if found is None:
            self.shown = np.zeros(0, np.intp)
            self._place(np.zeros(0), np.zeros(0), [])
            return
        keep = np.flatnonzero(np.isin(found.classes, list(places)))
        self.shown = found.samples[keep]
        rows = np.array([places[index] for index in found.classes[keep].tolist()], np.intp)
        necessity = found.table["necessity"].to_numpy(np.float64)[keep]
        style.rescale(self._necessity, *style.spanned(found.table["necessity"]))
        self._place(necessity, rows + jitter(rows), [look(place).colour for place in rows])

    def close(self) -> None:
        """Ask for nothing any longer."""
        self.dots.on_element_click(self._clicked, remove=True)
        self.work.cancel()
        close_whole(self.figure)

    def _is_asked(self, asked: Asked) -> bool:
        """Tell whether this was found, or is being worked on."""
        found = self._doing if self.work.busy else self.measured and self.measured.asked
        return found is not None and found.is_like(asked)

    def _compute(self, asked: Asked, handle: Handle, progress: Listener) -> str:
        """Measure, on the worker's thread; returns what the status line says."""
        region, labels = asked.region, asked.labels
        session, count = self.session, len(labels)
        samples = spread(count)
        table = reliance(
            session.samples.baselines.explainer(asked.baseline),
            session.samples.matrices[samples],
            region,
            labels[samples],
            asked.score,
            valid=None if session.samples.valid is None else session.samples.valid[samples],
            given=session.samples.held.some(samples),
            progress=progress,
            cancel=handle.cancelled,
        )
        with session.lock:
            if handle.cancelled.is_set():
                raise Cancelled("The selection changed.")
            self.measured = Measured(asked, samples, labels[samples], table)
            self._told()
        named = len(region.bands) <= NAMED
        which = region.describe(*session.samples.axes) if named else "the selection"
        return about(table, which, count, session.samples.explainer.scored_as(asked.score))

    def _name(self, names: Sequence[str]) -> None:
        """Give each class a row."""
        self._names.tick_labels = {str(i): style.short(name) for i, name in enumerate(names)}
        self._names.tick_values = np.arange(len(names), dtype=float)
        ends = -0.5, len(names) - 0.5
        self._zero.y = np.array(ends)
        with self._y.hold_sync():
            self._y.min, self._y.max = ends

    def _place(self, x: NDArray[Any], y: NDArray[Any], colours: Sequence[str]) -> None:
        with self.dots.hold_sync():
            self.dots.x, self.dots.y = x, y
            self.dots.names = np.array(list(map(self.session.samples.called, self.shown)))
            self.dots.colors = list(colours) or [GREY]

    def _clicked(self, _mark: Any, event: dict[str, Any]) -> None:
        """Show the sample of a dot."""
        index = event.get("data", {}).get("index")
        if isinstance(index, int) and 0 <= index < len(self.shown):
            question = self.session.board.question
            self.session.show(replace(question, sample=int(self.shown[index])))


def spread(count: int) -> NDArray[np.intp]:
    """Return the samples that are asked about: all, or 500 that are evenly spaced."""
    if count <= MOST:
        return np.arange(count)
    return np.linspace(0, count - 1, MOST).round().astype(np.intp)


def jitter(rows: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return where each dot lies within its row, so that few hide another: a golden sequence."""
    steps = np.zeros(len(rows))
    for row in np.unique(rows):
        own = rows == row
        steps[own] = (np.arange(own.sum()) * 0.618034 + 0.5) % 1 - 0.5
    return 0.6 * steps


def about(table: pd.DataFrame, region: str, count: int, scored: str) -> str:
    """Say what was asked, and of how many samples the answer changes."""
    asked, changed = len(table), int(table["changes"].sum())
    of = f"{asked} samples" if asked == count else f"{asked} samples, evenly taken from {count}"
    return (
        f"The answer is another for {changed} of {of} without {region}. A dot is what the {scored} "
        "of a sample loses; a click shows the sample."
    )
