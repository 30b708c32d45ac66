"""What one view shows and waits for: sample, target, panels, and the results they had before.

Nothing here computes or sends anything; `session` does, and holds its lock meanwhile.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from heatbrush import protocol
from heatbrush.border.wire import unshown
from heatbrush_core import Explanation, Region
from heatbrush_core.targets import Class, Margin

Target = Class | Margin | int | str | None
KEPT_BYTES = 256 * 2**20
KEPT_RESULTS = 200


@dataclass(frozen=True)
class Spec:
    """What to compute: a method, its parameters as given, the cells; None is the whole matrix."""

    method: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    within: Region | None = None


@dataclass(frozen=True)
class Question:
    """What is asked of a method: a sample, and the target as given; None is the predicted class."""

    sample: int
    target: Target


@dataclass(frozen=True)
class Result:
    """What a run found: a panel's state, and the explanation unless it failed or was let go."""

    run: int
    spec: Spec
    question: Question
    state: protocol.PanelState
    explanation: Explanation | None = None

    @property
    def failed(self) -> bool:
        """Whether the run ended with an error."""
        return self.state["failure"] is not None

    @property
    def bytes(self) -> int:
        """About how much memory it holds: the arrays of the explanation, and those of the state."""
        state = self.state
        errors = (state["standard_error"], state["row_errors"], state["column_errors"])
        arrays = (state["map"], *errors, state["channels"])
        sent = sum(len(each["bytes"]) for each in arrays if each is not None)
        return sent + (0 if self.explanation is None else self.explanation.values.nbytes + sent)


class History:
    """Results by run number. The newest 200, up to 256 MB, are kept; of all, what was asked."""

    def __init__(self, results: int = KEPT_RESULTS, bytes: int = KEPT_BYTES) -> None:
        self._most, self._budget = results, bytes
        self._results: OrderedDict[int, Result] = OrderedDict()
        self._specs: dict[int, Spec] = {}

    def keep(self, result: Result) -> None:
        """Remember a result, and let the oldest go where there are too many."""
        self._specs[result.run] = result.spec
        self._results[result.run] = result
        while len(self._results) > 1 and (
            len(self._results) > self._most
            or sum(each.bytes for each in self._results.values()) > self._budget
        ):
            self._results.popitem(last=False)

    def result(self, run: int) -> Result | None:
        """Return the result of a run, None where it is gone or there was none."""
        return self._results.get(run)

    def spec(self, run: int) -> Spec | None:
        """Return what a run computed, also where its result is gone."""
        return self._specs.get(run)


@dataclass
class Panel:
    """A panel: what it shows, and what it waits for.

    Attributes
    ----------
    spec
        What was asked of it last.
    shown
        The result it shows; its run is 0 before the first.
    pending
        The run it waits for, or None.
    progress
        The last word of that run.
    """

    spec: Spec
    shown: Result
    pending: int | None = None
    progress: protocol.Progress | None = None


class Board:
    """The panels of a view in their order, and what they are about.

    Parameters
    ----------
    question
        What is shown first.
    blank
        Makes the state of a panel that shows nothing yet, from its name and what it will show.
    """

    def __init__(
        self, question: Question, blank: Callable[[str, Spec], protocol.PanelState]
    ) -> None:
        self.question = question
        self.panels: dict[str, Panel] = {}
        self.history = History()
        self._blank = blank
        self._runs = itertools.count(1)

    def ask(self, name: str, spec: Spec) -> int:
        """Let a panel wait for a new run, and open the panel where there is none of that name."""
        run = next(self._runs)
        panel = self.open(name, spec)
        panel.spec, panel.pending, panel.progress = spec, run, None
        return run

    def open(self, name: str, spec: Spec) -> Panel:
        """Return the panel of that name, a new one that shows nothing where there is none."""
        return self.panels.setdefault(name, self._empty(name, spec))

    def _empty(self, name: str, spec: Spec) -> Panel:
        return Panel(spec, Result(0, spec, self.question, self._blank(name, spec)))

    def waits(self, name: str, run: int) -> bool:
        """Tell whether a run is still wanted."""
        return name in self.panels and self.panels[name].pending == run

    def settle(self, name: str, result: Result) -> bool:
        """Show a result and remember it; False, and nothing, where it is no longer wanted."""
        if not self.waits(name, result.run):
            return False
        panel = self.panels[name]
        panel.shown, panel.pending, panel.progress = result, None, None
        self.history.keep(result)
        return True

    def withdraw(self, name: str, run: int) -> bool:
        """Stop waiting for a run; a map of another sample or target is not shown any longer."""
        if not self.waits(name, run):
            return False
        panel = self.panels[name]
        panel.pending = panel.progress = None
        if panel.shown.question == self.question:
            panel.spec = panel.shown.spec if panel.shown.run else panel.spec
        else:
            panel.shown = _blank(panel.shown)
        return True

    def restore(self, question: Question, runs: Mapping[str, int]) -> list[str]:
        """Go back to earlier results, in the order given; return what is gone, to be asked again.

        Panels that are not named are taken away, unless they wait for their first result.
        """
        changed = question != self.question
        self.question = question
        before, self.panels = self.panels, {}
        missing = []
        for name, run in runs.items():
            result, spec = self.history.result(run), self.history.spec(run)
            if result is not None and result.question == question:
                self.panels[name] = Panel(result.spec, result)
            elif name in before or spec is not None:
                panel = before.get(name) or self._empty(name, spec or before[name].spec)
                panel.spec = spec or panel.spec
                self.panels[name] = panel
                missing.append(name)
        for name, panel in before.items():
            if name not in self.panels and not panel.shown.run and panel.pending is not None:
                self.panels[name] = panel
                missing += [name] if changed else []
        return missing

    def explanations(self) -> dict[str, Explanation]:
        """Return what the panels show of the present sample and target."""
        return {
            name: panel.shown.explanation
            for name, panel in self.panels.items()
            if panel.shown.explanation is not None and panel.shown.question == self.question
        }

    def states(self) -> list[protocol.PanelState]:
        """Return the panels as the browser gets them, without maps of another sample or target."""
        shown = {
            name: panel.shown if panel.shown.question == self.question else _blank(panel.shown)
            for name, panel in self.panels.items()
        }
        return [{**result.state, "name": name} for name, result in shown.items()]


def _blank(result: Result) -> Result:
    s = result.state
    about = (s["name"], s["method"], s["parameters"], s["summary"], s["run"], s["within"])
    return replace(result, state=unshown(*about, s["profile"]), explanation=None)
