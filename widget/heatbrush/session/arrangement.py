"""How the panels of a view stand to each other: their order, what is pinned, and differences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from heatbrush.border.asked import Question, Spec
from heatbrush.jobs.worker import Worker
from heatbrush.pages.channel import Channel
from heatbrush.session.board import Board, Panel
from heatbrush.session.history import Result
from heatbrush.session.samples import Samples
from heatbrush_core.checks import hint, numbered, short
from heatbrush_core.explanation.difference import METHOD


class Arrangement:
    """Arranges the panels of one view.

    Parameters
    ----------
    channel, samples, board, worker
        Those of the session.
    ask
        Computes something for a panel.
    publish
        Has the page shown what the board says.
    """

    def __init__(
        self,
        channel: Channel,
        samples: Samples,
        board: Board,
        worker: Worker,
        ask: Callable[[str, Spec], Any],
        publish: Callable[[], None],
    ) -> None:
        self._lock, self._samples, self._board = channel.lock, samples, board
        self._worker, self._ask, self._publish = worker, ask, publish

    def pin(self, name: str, change: Mapping[str, Any] | None = None) -> None:
        """Keep a panel for what is shown now, whatever is shown later.

        Parameters
        ----------
        name
            Of the panel.
        change
            What differs from what is shown: the sample, target or baseline of a `Question`.
        """
        with self._lock:
            self._worker.require_open()
            panel = self.panel(name)
            if panel.spec.of is not None:
                first, second = panel.spec.of
                raise ValueError(
                    f"{short(name)} is a difference, which follows its two panels; pin these, "
                    f"{short(first)} and {short(second)}, and it stays too."
                )
            kept = self._resolved(self._samples.checked(self._at(change or {})))
            self._turn(name, panel, replace(panel.spec, pinned=kept), kept)

    def unpin(self, name: str) -> None:
        """Let a panel follow what is shown again."""
        with self._lock:
            self._worker.require_open()
            panel = self.panel(name)
            if panel.spec.pinned is not None:
                now = self._resolved(self._board.question)
                self._turn(name, panel, replace(panel.spec, pinned=None), now)

    def _turn(self, name: str, panel: Panel, spec: Spec, wanted: Question) -> None:
        """Let a panel be about a question; what it shows is kept where it is that already."""
        if panel.pending is None and self._answers(panel.shown, spec, wanted):
            self._board.keep(name, spec)
            self._publish()
        else:
            self._ask(name, spec)

    def _answers(self, result: Result, spec: Spec, wanted: Question) -> bool:
        plain = replace(spec, pinned=None)
        known = result.explanation is not None
        return known and wanted.answered_by(self._resolved(result.question), plain)

    def _at(self, change: Mapping[str, Any]) -> Question:
        if "baseline" in change:
            change = {**change, "baseline": self._samples.baseline(change["baseline"])}
        return replace(self._board.question, **change)

    def _resolved(self, question: Question) -> Question:
        """Name the class that is predicted, where it is known: it must not change with the view.

        A line that was added stays its target, as its number may become that of another.
        """
        found = replace(question, target=self._samples.known_aim(question))
        return self._samples.checked(found) if self._samples.lines.there else found

    def subtract(self, a: str, b: str, name: str | None = None) -> str:
        """Show the difference of two panels, and return how its panel is called."""
        with self._lock:
            self._worker.require_open()
            for each in (a, b):
                if self.panel(each).spec.of is not None:
                    raise ValueError(
                        f"{short(each)} is a difference itself, but two maps are subtracted; give "
                        "panels that show a map of their own."
                    )
            if a == b or name in (a, b):
                raise ValueError(
                    f"The difference of {short(a)} and {short(b)} was asked for in the panel "
                    f"{short(name or a)}, but it takes two panels and a third; name others."
                )
            panels = self._board.panels
            if name is None:
                name = numbered([*panels, f"{a} - {b}"])[-1]
            elif name in panels and panels[name].spec.pinned is not None:
                raise ValueError(f"The panel {short(name)} is pinned; unpin it, or name another.")
            if name in panels:
                self._worker.cancel(("run", name))
            last = max(a, b, key=list(panels).index)
            self._board.open(name, Spec(METHOD, of=(a, b)), None if name in panels else last)
            self._publish()
            return name

    def order(self, names: Sequence[str]) -> None:
        """Put the panels in an order; those that it does not name come after, as they are."""
        with self._lock:
            self._worker.require_open()
            for name in names:
                self.panel(name)
            self._board.arrange(names)
            self._publish()

    def panel(self, name: str) -> Panel:
        """Return a panel, or refuse a name that there is not."""
        panels = self._board.panels
        if not isinstance(name, str) or name not in panels:
            raise ValueError(
                f"There is no panel {short(name)}; the view has {', '.join(map(short, panels))}; "
                f"{hint(name, panels)}"
            )
        return panels[name]
