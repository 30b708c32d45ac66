"""Whole classes: the mean profile of each, its prototype, and which samples rely on a selection."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from heatbrush.border.asked import Question, Spec, Which
from heatbrush.charts.class_figure import MOST, ClassFigure, Prototype, duration, groups
from heatbrush.charts.controls import Button, Choice, Row, Words
from heatbrush.charts.drawing import style
from heatbrush.charts.reliance_chart import LABELS, RelianceChart
from heatbrush.charts.tab import Tab, Work
from heatbrush.jobs.handle import Handle
from heatbrush.session.session import Session
from heatbrush_core import class_profile
from heatbrush_core.inference.inputs.holding import outputs_of_each
from heatbrush_core.progress import Listener, Watch

if TYPE_CHECKING:
    import xarray

HINT = "Compute explains every sample, and averages the profiles of each class."
OF_MAP = "The model returns a map, so that samples have no classes to be averaged by."


class Profiles(NamedTuple):
    """What was computed: of which panel's method and baseline, for which classes of the samples."""

    spec: Spec
    question: Question
    found: xarray.Dataset
    labels: LABELS

    @property
    def names(self) -> dict[int, str]:
        """The classes that have samples, by index."""
        indices = np.unique(self.labels).tolist()
        return dict(zip(indices, map(str, self.found["class"].values), strict=True))


class ClassCharts(Tab):
    """Mean profiles of all classes, once they are asked for, and dots for the selection.

    Attributes
    ----------
    method, axis, group : Choice
        The panel whose method explains the samples, the profile, and the classes that are drawn.
    button : Button
        Computes.
    work : Work
    figures : dict of ClassFigure
        By axis; one of them is shown.
    prototypes : list of Prototype
        One for each class that can be drawn at once.
    reliance : RelianceChart
    """

    title = "Classes"

    def __init__(self, session: Session) -> None:
        self.session, self._open = session, False
        self._found: dict[tuple[str, Which], Profiles] = {}
        self._labels: LABELS | None = None
        self._drawn: Profiles | None = None
        self.method = Choice("method", (), self._choose)
        self.axis = Choice("axis", ["columns", "rows"], self._choose)
        self.group = Choice("classes", (), self._draw)
        self.button = Button("Compute", self._compute, main=True)
        self.estimate = Words()
        self.work = Work(session, "classes")
        axes: tuple[Which, ...] = ("columns", "rows")
        self.figures = {axis: ClassFigure(session, axis) for axis in axes}
        self.prototypes = [Prototype(session, place) for place in range(MOST)]
        self.reliance = RelianceChart(session, self._draw)
        choices = [self.method, self.axis, self.group, self.button, self.estimate]
        self.controls = [
            Row("", choices),
            Row("", [self.work]),
            Row("Classes", self.prototypes),
            Row("Selection", [self.reliance.work]),
        ]
        self.box = style.row([self.figures["columns"].figure, self.reliance.figure])
        session.widget.observe(self._selected, "selection")
        self._selected()
        self.work.say(HINT)

    # ------------------------------------------------------------ as a tab

    def open(self) -> None:
        """Show what was computed; nothing is computed before the reader asks for it."""
        self._open = True
        self.refresh()

    def leave(self) -> None:
        """Stop following the selection with the dots."""
        self._open = False

    def refresh(self) -> None:
        """Offer the panels that are shown, and draw what was computed for the chosen one."""
        with self.session.lock:
            panels = self.session.board.panels.items()
            # a map that was given cannot be made of other samples
            self.method.offer([name for name, panel in panels if panel.spec.computed])
            self._choose()

    def results(self) -> Iterable[Any]:
        """Return the profiles that were computed, and still hold."""
        with self.session.lock:
            kept = [self._result(*key) for key in self._found]
        return [each.found for each in kept if each is not None]

    def close(self) -> None:
        """Ask for nothing any longer."""
        self.session.widget.unobserve(self._selected, "selection")
        self.work.cancel()
        self.reliance.close()
        for figure in self.figures.values():
            figure.close()

    def _selected(self, _change: Any = None) -> None:
        """Move the brushes to the selection, and ask who relies on it while the tab is open."""
        for figure in self.figures.values():
            figure.follow()
        if self._open:
            self._rely()

    # ------------------------------------------------------------ computing

    def _compute(self) -> None:
        """Explain every sample by the chosen panel's method."""
        name, axis = self.method.value, self.axis.value
        if name is None:
            self.work.say("No panel shows a method, which could explain every sample.")
            return
        if self.session.samples.lines.of_map:
            self.work.say(OF_MAP)
            return
        with self.session.lock:
            panel = self.session.board.panels.get(name)
            if panel is not None:
                spec, question = panel.spec, self.session.board.question
                self.work.start(
                    lambda *job: self._profile(name, axis, spec, question, *job),
                    f"Explaining {_samples(len(self.session.samples))} …",
                )

    def _profile(
        self,
        name: str,
        axis: Which,
        spec: Spec,
        question: Question,
        handle: Handle,
        progress: Listener,
    ) -> str:
        """Average profiles, on the worker's thread; returns what the status line says."""
        labels, samples = self._classes(handle, progress), self.session.samples
        if spec.model in samples.models:
            labels = np.array(samples.places(spec.model, question.sample), np.intp)[labels]
        found = class_profile(
            self.session.samples.hiding(question, spec.model).whole(),
            self.session.samples.matrices,
            labels,
            (spec.method, spec.parameters),
            axis,
            valid=self.session.samples.valid,
            given=self.session.samples.held.some(),
            progress=progress,
            cancel=handle.cancelled,
        )
        with self.session.lock:
            if not handle.cancelled.is_set():
                self._found[name, axis] = Profiles(spec, question, found, labels)
                self._choose()
        return self._about(spec)

    def _classes(self, handle: Handle, progress: Listener) -> LABELS:
        """Return the class of each sample: the true one, else the predicted one."""
        if self._labels is None:
            samples = self.session.samples
            X, explainer = samples.matrices, samples.explainer
            if samples.truth is not None:
                self._labels = np.array(samples.truth, np.intp)
            else:
                watch = Watch(len(X), progress, handle.cancelled)
                said = explainer.read(outputs_of_each(samples.askers(), X.__getitem__, watch))
                self._labels = np.array([each.predicted for each in said], np.intp)
        return self._labels

    def _about(self, spec: Spec) -> str:
        truth = self.session.samples.truth is not None
        classes = "the true class" if truth else "the class that is predicted, as no y was given"
        whole = "; whole matrices, not only the selection" if spec.within is not None else ""
        return f"Each sample is explained for {classes}{whole}. Bands hold 90 % of bootstrap means."

    # ------------------------------------------------------------ drawing

    def _chosen(self) -> Profiles | None:
        """Return what was computed for the chosen method and axis, and still holds."""
        return self._result(self.method.value, self.axis.value)

    def _result(self, name: str, axis: Which) -> Profiles | None:
        """Return what was computed for a method and an axis, and still holds."""
        found = self._found.get((name, axis))
        panel = self.session.board.panels.get(name)
        if found is None or panel is None or panel.spec is not found.spec:
            return None
        # of every sample and its own class: only what hides cells makes it another question
        now = replace(found.question, baseline=self.session.board.question.baseline)
        return found if now.answered_by(found.question, found.spec) else None

    def _choose(self) -> None:
        """Show what is known of the chosen method and axis."""
        with self.session.lock:
            result = self._chosen()
            self.estimate.say(self._cost())
            self.group.offer(groups([] if result is None else list(result.names.values())))
            self.group.hidden = len(self.group.options) < 2
            if result is not self._drawn and not self.work.busy:
                self.work.say(HINT if result is None else self._about(result.spec))
            self._drawn = result
            self._draw()
            self._rely()

    def _draw(self) -> None:
        """Draw the classes of the chosen group."""
        with self.session.lock:
            result, figure = self._chosen(), self.figures[self.axis.value]
            self.box.children = [figure.figure, self.reliance.figure]
            first = self.group.value or 0
            names = {} if result is None else dict(list(result.names.items())[first : first + MOST])
            some = slice(first, first + len(names))
            found = None if result is None else result.found.isel({"class": some})
            figure.draw(found)
            for place, prototype in enumerate(self.prototypes):
                prototype.show(found, place)
            self.reliance.draw(names)

    def _rely(self) -> None:
        """Ask who relies on the selection, once classes were computed."""
        result = self._chosen()
        self.reliance.ask(None if result is None else result.labels)

    def _cost(self) -> str:
        """Say how many samples there are, and about how long they take."""
        count = len(self.session.samples)
        explanation = self.session.board.explanations().get(self.method.value)
        took = "" if explanation is None else f", {duration(explanation.seconds * count)}"
        return f"{_samples(count)}{took}"


def _samples(count: int) -> str:
    return "1 sample" if count == 1 else f"{count} samples"
