"""What the tabs beneath the panels have in common: their shape, and their work."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import ipywidgets

from heatbrush.border import wire
from heatbrush.charts.controls import Item, Part, Row
from heatbrush.jobs.handle import Handle
from heatbrush.jobs.pulse import Pulse
from heatbrush.session.checks import ASKED
from heatbrush.session.session import Session
from heatbrush_core import Cancelled, Progress
from heatbrush_core.bars import within_a_call
from heatbrush_core.progress import Listener

Job = Callable[[Handle, Listener], str]
"""Works, tells how far it is, and returns what the status line says then."""


class Tab(Protocol):
    """One tab. Made from the session, and asked only by the `Charts` that hold it.

    Attributes
    ----------
    title
        Of the tab.
    controls
        What the strip shows of it: choices, what goes on, legends.
    box
        Its figures, beneath the strip.
    """

    title: str
    controls: Sequence[Row]
    box: ipywidgets.Box

    def open(self) -> None:
        """Show what is asked now: the tab was selected, for the first time or again."""
        ...

    def leave(self) -> None:
        """Another tab was selected; what was asked for may be finished."""
        return

    def refresh(self) -> None:
        """Show what is asked now: what the panels show changed while the tab is open."""
        ...

    def results(self) -> Iterable[Any]:
        """Return what is known of what is shown, as `heatbrush.plot` draws it; nothing is asked."""
        return ()

    def close(self) -> None:
        """Ask for nothing any longer; the widgets in the box are closed by `Charts`."""
        ...


class Work(Part):
    """What one tab has the worker do: a newer job replaces an older one, and can be cancelled.

    Between its batches everything else is served, so that a reader who asks a panel for something
    never waits for a chart. The strip shows a bar, a Cancel button, and a line that says what goes
    on or went wrong.

    Parameters
    ----------
    session
        Whose worker it is.
    name
        Of the slot.

    Attributes
    ----------
    said
        What the line says.
    done
        The share of 1 that is done.
    """

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(f"cancel {name}")
        self._session, self._slot = session, ("chart", name)
        self._numbers = itertools.count(1)
        self._current: int | None = None
        self.said, self.done = "", 0.0

    @property
    def busy(self) -> bool:
        """Whether a job waits or runs."""
        return self._current is not None

    def say(self, sentence: str) -> None:
        """Have the line say something."""
        self.said = sentence
        self._changed()

    def start(self, job: Job, sentence: str) -> None:
        """Have something done, in the background; what it raises is said in the line."""
        with self._session.lock:
            if self._session.worker.closed:
                return
            number = self._current = next(self._numbers)
            self.done = 0.0
            self.say(sentence)
            self._session.worker.submit(
                self._slot,
                lambda handle: self._run(handle, number, job),
                dropped=lambda _handle: self._end(number, "Cancelled."),
            )

    def cancel(self) -> None:
        """Stop what waits or runs."""
        self._session.worker.cancel(self._slot)

    def press(self) -> None:
        """Stop what waits or runs, as the reader does."""
        self.cancel()

    def items(self) -> list[Item]:
        """Return the line, and the bar while something waits or runs."""
        done = self.done if self.busy else None
        return [{"kind": "work", "key": self.key, "done": done, "said": self.said}]

    def _run(self, handle: Handle, number: int, job: Job) -> None:
        try:
            with within_a_call():  # the view looks at the baseline by itself
                said = job(handle, self._listener(number))
        except Cancelled:
            raise
        except Exception as error:
            said = wire.sentence(error)
        self._end(number, said)

    def _listener(self, number: int) -> Listener:
        """Make what a job calls between its batches.

        A newer job may have taken this one's place while its last batch ran: it moves no bar then.
        """

        def tell(progress: Progress, _seconds_left: float | None) -> None:
            if number == self._current:
                self.done = progress.done / max(progress.total, 1)
                self._changed()

        pulse = Pulse(self._session.worker, tell)

        def listen(progress: Progress) -> None:
            self._session.worker.serve_urgent(*ASKED)
            pulse(progress)

        return listen

    def _end(self, number: int, sentence: str) -> None:
        """Say how a job ended, unless a newer one took its place."""
        with self._session.lock:
            if number != self._current:
                return
            self._current = None
            self.say(sentence)
