"""Which pages show a view, and which cells displayed it: so it pauses, goes on, and is closed.

A page says when it shows a view and when it leaves. One that is gone without a word, with a closed
tab or a lost line, is missed when it does not answer; it is asked only while the view computes. As
long as no page has said anything, as in scripts and without a browser, nothing pauses.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from heatbrush.jobs.worker import Worker
from heatbrush.pages import cells
from heatbrush.pages.channel import Channel

ASKED_EVERY = 5.0
"""Seconds between two questions whether the pages are still there, at least."""
TICK, TICKS = 0.5, 6
"""A page is gone that has not answered for so many ticks of so many seconds."""


class Presence:
    """The pages and cells of one view.

    Parameters
    ----------
    channel
        Asks the pages.
    worker
        Pauses while no page shows the view.
    close
        Called when each cell that displayed the view has begun to run again.

    Attributes
    ----------
    pages : set of int
        The number that each page gave itself.
    """

    def __init__(self, channel: Channel, worker: Worker, close: Callable[[], None]) -> None:
        self.pages: set[int] = set()
        self._channel, self._worker, self._close = channel, worker, close
        self._displayed: dict[str, str] = {}
        self._answered: set[int] = set()
        self._calling = False
        self._called = time.monotonic()
        worker.between = self.check

    # ------------------------------------------------------------ cells

    def displayed(self) -> None:
        """Remember the cell that displays the view now."""
        execution = cells.running()
        if execution is not None:
            self._displayed[execution.cell] = execution.request
        cells.tell(self)

    def begins(self, execution: cells.Execution) -> None:
        """Close the view if no cell is left that displayed it in its newest execution."""
        request = self._displayed.get(execution.cell)
        if request is None or request == execution.request:
            return
        del self._displayed[execution.cell]
        if not self._displayed:
            self._close()

    def over(self) -> None:
        """Forget all: the view was closed."""
        with self._channel.lock:
            self.pages.clear()
            self._displayed.clear()
            self._worker.gate.paused = False

    # ------------------------------------------------------------ pages

    def heard(self, page: int | None = None) -> None:
        """Go on: a page says that it shows the view, or one asks for something."""
        with self._channel.lock:
            if page is not None:
                self.pages.add(page)
                self._answered.add(page)
            self._worker.gate.paused = False

    def left(self, page: int) -> None:
        """Pause if that was the last page that shows the view."""
        with self._channel.lock:
            if page in self.pages:
                self._keep(self.pages - {page})

    def _keep(self, pages: set[int]) -> None:
        self.pages = pages
        if not pages:
            self._worker.gate.paused = True

    # ------------------------------------------------------------ missing a page

    def check(self) -> None:
        """Ask the pages whether they are still there, now and then; the worker calls this."""
        now = time.monotonic()
        asked = self.pages or self._worker.gate.paused
        if not asked or self._calling or now - self._called < ASKED_EVERY:
            return
        self._called = now
        loop = getattr(cells.kernel(), "io_loop", None)
        # without the kernel's loop nobody knows whether an answer could have been heard
        if loop is not None:
            self._calling = True
            loop.add_callback(self._call, loop)

    def _call(self, loop: object) -> None:
        with self._channel.lock:
            self._answered = set()
            self._channel.say({"kind": "calling"})
        self._later(loop, TICKS)

    def _later(self, loop: object, left: int) -> None:
        due = time.monotonic() + TICK
        loop.call_later(TICK, self._tick, loop, left, due)  # type: ignore[attr-defined]

    def _tick(self, loop: object, left: int, due: float) -> None:
        """Wait for answers while the kernel hears: a cell that runs keeps them waiting."""
        with self._channel.lock:
            if self._answered >= self.pages:
                self._calling = False
                return
            if time.monotonic() - due > TICK:
                left = TICKS
            elif left == 0:
                self._calling = False
                self._keep(self.pages & self._answered)
                return
        self._later(loop, left - 1)
