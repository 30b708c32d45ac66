"""What one view shows and waits for: its question, and its panels in their order.

Nothing here computes or sends anything; `session` does, and holds the lock meanwhile.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from heatbrush import protocol
from heatbrush.border.asked import Question, Spec
from heatbrush.border.wire import unshown
from heatbrush.session.history import History, Result
from heatbrush_core import Explanation


@dataclass
class Pending:
    """A run that a panel waits for.

    Attributes
    ----------
    run
        Its number.
    blank
        What the panel will say of it, without what is found.
    progress
        The last word of it.
    """

    run: int
    spec: Spec
    blank: protocol.PanelState
    progress: protocol.Progress | None = None


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
    """

    spec: Spec
    shown: Result
    pending: Pending | None = None

    @property
    def waits_for_its_first(self) -> bool:
        """Whether it has shown nothing yet, but will."""
        return self.pending is not None and not self.shown.run


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

    def open(self, name: str, spec: Spec) -> None:
        """Add a panel that shows nothing yet."""
        self.panels[name] = self._empty(spec, self._blank(name, spec))

    def ask(self, name: str, spec: Spec) -> Pending:
        """Let a panel wait for a new run, and open the panel where there is none of that name."""
        run, blank = next(self._runs), self._blank(name, spec)
        if name not in self.panels:
            self.panels[name] = self._empty(spec, blank)
        panel, pending = self.panels[name], Pending(run, spec, {**blank, "run": run})
        panel.spec, panel.pending = spec, pending
        return pending

    def _empty(self, spec: Spec, blank: protocol.PanelState) -> Panel:
        return Panel(spec, Result(0, spec, self.question, blank))

    def awaited(self, name: str, run: int) -> Pending | None:
        """Return what a panel waits for, if it is that run still."""
        pending = self.panels[name].pending if name in self.panels else None
        return pending if pending is not None and pending.run == run else None

    def settle(self, name: str, result: Result) -> bool:
        """Show a result and remember it; False, and nothing, where it is no longer wanted."""
        if self.awaited(name, result.run) is None:
            return False
        panel = self.panels[name]
        panel.shown, panel.pending = result, None
        self.history.keep(result)
        return True

    def stale(self, before: Question) -> list[str]:
        """Name the panels whose result, or the run that they wait for, answered another question.

        A run that goes on was asked with the question `before`.
        """
        return [
            name
            for name, panel in self.panels.items()
            if not self.question.answered_by(before, panel.spec)
        ]

    def withdraw(self, name: str, run: int) -> bool:
        """Stop waiting for a run; a map of another sample or target is not shown any longer."""
        if self.awaited(name, run) is None:
            return False
        panel = self.panels[name]
        panel.pending = None
        if not self._is_answered(panel.shown):
            panel.shown = _emptied(panel.shown)
        elif panel.shown.run:
            panel.spec = panel.shown.spec
        return True

    # ------------------------------------------------------------ going back

    def restore(self, question: Question, runs: Mapping[str, int]) -> list[str]:
        """Go back to earlier results, in the order given; return what is gone, to be asked again.

        Panels that are not named are taken away, unless they wait for their first result: no
        earlier state can name these, and who goes back does not mean to stop them.
        """
        before, self.panels = self.panels, {}
        changed, self.question = question != self.question, question
        gone = []
        for name, run in runs.items():
            result = self._answer(run)
            if result is not None:
                self.panels[name] = Panel(result.spec, result)
            elif (panel := self._reopened(name, run, before.get(name))) is not None:
                self.panels[name] = panel
                gone.append(name)
        first = {
            name: panel
            for name, panel in before.items()
            if name not in self.panels and panel.waits_for_its_first
        }
        self.panels |= first
        # what they wait for is about the other question
        return [*gone, *first] if changed else gone

    def _answer(self, run: int) -> Result | None:
        """Return a result that answers the present question; None where it was let go."""
        result = self.history.result(run)
        return result if result is not None and self._is_answered(result) else None

    def _reopened(self, name: str, run: int, panel: Panel | None) -> Panel | None:
        """Return a panel that is to show a run again: its spec outlives its result."""
        spec = self.history.spec(run)
        if panel is not None:
            panel.spec = panel.spec if spec is None else spec
            return panel
        return None if spec is None else self._empty(spec, self._blank(name, spec))

    # ------------------------------------------------------------ what is shown

    def explanations(self, question: Question | None = None) -> dict[str, Explanation]:
        """Return what the panels show of a question; None is the present one."""
        question = question or self.question
        return {
            name: panel.shown.explanation
            for name, panel in self.panels.items()
            if panel.shown.explanation is not None
            and question.answered_by(panel.shown.question, panel.shown.spec)
        }

    def given(self) -> list[str]:
        """Return how the maps are called that were given, and cannot be computed."""
        return list(dict.fromkeys(p.spec.method for p in self.panels.values() if p.spec.given))

    def shown(self) -> list[tuple[protocol.PanelState, Explanation | None]]:
        """Return each panel, and its map unless that is of another question."""
        results = {
            name: panel.shown if self._is_answered(panel.shown) else _emptied(panel.shown)
            for name, panel in self.panels.items()
        }
        return [
            ({**result.state, "name": name}, result.explanation) for name, result in results.items()
        ]

    def _is_answered(self, result: Result) -> bool:
        """Tell whether a result is about what is asked now."""
        return self.question.answered_by(result.question, result.spec)


def _emptied(result: Result) -> Result:
    return replace(result, state=unshown(result.state), explanation=None)
