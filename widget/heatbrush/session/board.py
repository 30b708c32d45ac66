"""What one view shows and waits for: its question, and its panels in their order.

Nothing here computes or sends anything; `session` does, and holds the lock meanwhile.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush.border.asked import Question, Spec
from heatbrush.session.history import History, Result
from heatbrush_core import Explanation
from heatbrush_core.explanation.difference import difference


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
        return (self.pending is not None or self.spec.of is not None) and not self.shown.run


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
        self._differences: dict[tuple[Any, ...], int] = {}

    def open(self, name: str, spec: Spec, beside: str | None = None) -> None:
        """Add a panel that shows nothing yet, behind the panel `beside`, or at the end."""
        self.panels[name] = self._empty(spec, self._blank(name, spec))
        if beside in self.panels:
            order = [each for each in self.panels if each != name]
            order.insert(order.index(beside) + 1, name)
            self.arrange(order)
        self._compare()

    def arrange(self, order: Iterable[str]) -> None:
        """Put the panels in an order; those that it does not name come after, as they are."""
        known = dict.fromkeys(name for name in order if name in self.panels)
        self.panels = {name: self.panels[name] for name in {**known, **self.panels}}

    def remove(self, name: str) -> None:
        """Take a panel away, and the differences of it."""
        self.panels = {
            each: panel
            for each, panel in self.panels.items()
            if each != name and name not in (panel.spec.of or ())
        }

    def successor(self, name: str, method: str) -> str:
        """Name the panel that a run goes to: `name`, or one beside it where that is pinned."""
        start, number = name, 1
        if numbered := re.fullmatch(r"(.+) (\d+)", name):
            start, number = numbered[1], int(numbered[2])
        while name in self.panels and self.panels[name].spec.pinned is not None:
            number += 1
            name = f"{start} {number}"
            while name in self.panels and self.panels[name].spec.method != method:
                number += 1
                name = f"{start} {number}"
        return name

    def ask(self, name: str, spec: Spec, beside: str | None = None) -> Pending:
        """Let a panel wait for a new run, and open the panel where there is none of that name."""
        run, blank = next(self._runs), self._blank(name, spec)
        if name not in self.panels:
            self.open(name, spec, beside)
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
        self._compare()
        return True

    def keep(self, name: str, spec: Spec) -> None:
        """Let what a panel shows answer another spec too, as a step of its own: under a number."""
        panel, run = self.panels[name], next(self._runs)
        marks = {key: each for key, each in self._blank(name, spec).items() if key == "pinned"}
        state = {key: each for key, each in panel.shown.state.items() if key != "pinned"}
        shown: protocol.PanelState = {**state, **marks, "run": run}  # type: ignore[typeddict-item]
        question = spec.about(self.question)
        panel.spec = spec
        panel.shown = Result(run, spec, question, shown, panel.shown.explanation)
        self.history.keep(panel.shown)
        self._compare()

    def stale(self, before: Question) -> list[str]:
        """Name the panels whose result, or the run that they wait for, answered another question.

        A run that goes on was asked with the question `before`.
        """
        return [
            name
            for name, panel in self.panels.items()
            if panel.spec.pinned is None
            and panel.spec.of is None
            and not self.question.answered_by(before, panel.spec)
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
                gone += [] if panel.spec.of else [name]
        first = {
            name: panel
            for name, panel in before.items()
            if name not in self.panels and panel.waits_for_its_first
        }
        self.panels |= first
        self._compare()
        # what they wait for is about the other question
        again = [name for name, panel in first.items() if panel.pending]
        return [*gone, *again] if changed else gone

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
        self._compare()
        results = {
            name: panel.shown if self._is_answered(panel.shown) else _emptied(panel.shown)
            for name, panel in self.panels.items()
        }
        return [
            ({**result.state, "name": name}, result.explanation) for name, result in results.items()
        ]

    def _compare(self) -> None:
        """Let the differences be those of what their panels show now.

        Whoever changes the board does it, not who only reads it: charts do from other threads.
        """
        for name, panel in self.panels.items():
            if panel.spec.of is not None:
                panel.shown = self._difference(name, panel.spec, panel.spec.of)

    def _difference(self, name: str, spec: Spec, of: tuple[str, str]) -> Result:
        """Make a difference, or return the one that these two results had before."""
        blank = self._blank(name, spec)
        shown = [self.panels[each].shown for each in of if self._has_map(each)]
        there = [each for each in shown if each.explanation is not None and self._is_answered(each)]
        if len(there) < len(shown) == 2:
            return Result(0, spec, self.question, blank)
        run = self._number(of, *(each.run for each in shown))
        known = self.history.result(run)
        if known is not None and known.explanation is not None:
            return replace(known, question=self.question, state={**known.state, "name": name})
        state, found = subtracted({**blank, "run": run}, of, [each.explanation for each in shown])
        result = Result(run, spec, self.question, state, found)
        if known is None:
            self.history.keep(result)
        return result

    def _number(self, of: tuple[str, str], *runs: int) -> int:
        """Return the number of the difference of two results: always the same one."""
        key = (of, *runs)
        if key not in self._differences:
            self._differences[key] = next(self._runs)
        return self._differences[key]

    def _has_map(self, name: str) -> bool:
        """Tell whether a panel shows a map of its own, or will."""
        panel = self.panels.get(name)
        if panel is None or panel.spec.of is not None:
            return False
        return not (panel.shown.state["failure"] and self._is_answered(panel.shown))

    def _is_answered(self, result: Result) -> bool:
        """Tell whether a result is about what is asked now."""
        return self.question.answered_by(result.question, result.spec)


def subtracted(
    blank: protocol.PanelState, of: tuple[str, str], maps: Sequence[Explanation | None]
) -> tuple[protocol.PanelState, Explanation | None]:
    """Return the panel of a difference, or why there is none, where a map is missing."""
    a, b = maps if len(maps) == 2 else (None, None)
    if a is None or b is None:
        sentence = f"One of {of[0]} and {of[1]} shows no map of its own; run it again."
        return {
            **blank,
            "failure": {"title": "no difference", "sentence": sentence, "instead": []},
        }, None
    found = difference(a, b, of)
    summary = "raw values" if found.parameters["raw"] else "each divided by its 99 % |value|"
    state: protocol.PanelState = {**blank, "profile": found.profile, "summary": summary}
    return {**wire.explained(state, found), "seconds": None}, found


def _emptied(result: Result) -> Result:
    return replace(result, state=wire.unshown(result.state), explanation=None)
