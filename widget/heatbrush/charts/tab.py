"""What the tabs beneath the panels have in common: their shape, their work, and their choices."""

from __future__ import annotations

import html
import itertools
from collections.abc import Callable, Iterable
from typing import Any, Protocol

import ipywidgets

from heatbrush.border import wire
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
    box
        What it shows.
    """

    title: str
    box: ipywidgets.Widget

    def open(self) -> None:
        """Show what is asked now: the tab was selected, for the first time or again."""
        ...

    def leave(self) -> None:
        """Another tab was selected; what was asked for may be finished."""
        return

    def refresh(self) -> None:
        """Show what is asked now: what the panels show changed while the tab is open."""
        ...

    def close(self) -> None:
        """Ask for nothing any longer; the widgets in the box are closed by `Charts`."""
        ...


class Work:
    """What one tab has the worker do: a newer job replaces an older one, and can be cancelled.

    Between its batches everything else is served, so that a reader who asks a panel for something
    never waits for a chart.

    Parameters
    ----------
    session
        Whose worker it is.
    name
        Of the slot.

    Attributes
    ----------
    row : ipywidgets.HBox
        A bar, a Cancel button, and a line that says what goes on or went wrong.
    """

    def __init__(self, session: Session, name: str) -> None:
        self._session, self._slot = session, ("chart", name)
        self._numbers = itertools.count(1)
        self._current: int | None = None
        self._bar = ipywidgets.FloatProgress(min=0.0, max=1.0, layout={"width": "120px"})
        self.button = ipywidgets.Button(description="Cancel", layout={"width": "72px"})
        self.button.on_click(lambda _button: self.cancel())
        self._busy = ipywidgets.HBox([self._bar, self.button], layout={"display": "none"})
        self._status = ipywidgets.HTML(layout={"flex": "1 1 0", "min_width": "0"})
        # its room stays while nothing runs
        self.row = ipywidgets.HBox(
            [self._busy, self._status],
            layout={"min_height": "36px", "align_items": "center", "width": "100%"},
        )

    @property
    def busy(self) -> bool:
        """Whether a job waits or runs."""
        return self._current is not None

    @property
    def said(self) -> str:
        """What the line says, as text."""
        return html.unescape(self._status.value)

    def say(self, sentence: str) -> None:
        """Have the line say something."""
        self._status.value = html.escape(sentence)

    def start(self, job: Job, sentence: str) -> None:
        """Have something done, in the background; what it raises is said in the line."""
        with self._session.lock:
            if self._session.worker.closed:
                return
            number = self._current = next(self._numbers)
            self._bar.value = 0.0
            self._busy.layout.display = None
            self.say(sentence)
            self._session.worker.submit(
                self._slot,
                lambda handle: self._run(handle, number, job),
                dropped=lambda _handle: self._end(number, "Cancelled."),
            )

    def cancel(self) -> None:
        """Stop what waits or runs."""
        self._session.worker.cancel(self._slot)

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
                self._bar.value = progress.done / max(progress.total, 1)

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
            self._busy.layout.display = "none"
            self.say(sentence)


class Choice:
    """A drop-down list whose options come and go; only what the reader chooses is told.

    Parameters
    ----------
    label
        What is chosen.
    options
        As `offer` takes them.
    told
        Called when the reader has chosen another one.
    """

    def __init__(
        self, label: str, options: Iterable[Any] = (), told: Callable[[], None] = lambda: None
    ) -> None:
        self.widget = ipywidgets.Dropdown(
            description=label,
            layout={"width": "max-content", "max_width": "260px"},
            style={"description_width": "initial"},
        )
        self._told, self._offering = told, False
        self._options: list[Any] = []
        self.offer(options)
        self.widget.observe(self._chosen, "value")

    @property
    def value(self) -> Any:
        """What is chosen; None where there is nothing to choose from."""
        return self.widget.value

    @property
    def options(self) -> list[Any]:
        """What there is to choose from."""
        return self._options

    def offer(self, options: Iterable[Any]) -> None:
        """Replace the options, texts or pairs (text, value); what is chosen stays if it can."""
        options = list(options)
        if options == self._options:
            return
        self._options, chosen = options, self.widget.value
        self._offering = True
        try:
            self.widget.options = options
            if chosen in [each[1] if isinstance(each, tuple) else each for each in options]:
                self.widget.value = chosen
            elif options:
                self.widget.index = 0
        finally:
            self._offering = False

    def _chosen(self, _change: Any) -> None:
        if not self._offering:
            self._told()
