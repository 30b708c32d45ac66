"""The way to the page: traits and messages, answered on the thread that the page asked on."""

from __future__ import annotations

import contextvars
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ipywidgets import DOMWidget

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush.border.panels import Panels
from heatbrush.pages import cells
from heatbrush.pages.flow import Flow
from heatbrush_core import Region
from heatbrush_core.forks import HomeLock

KEPT = {"pointed", "options", *DOMWidget.class_trait_names()}
"""Traits that a page which lost the connection knows better, or that never change."""


class Channel:
    """What one view sends to its page.

    Some clients draw no page: they execute a notebook and save what it shows (nbclient, and with
    it nbconvert, papermill and myst-nb). They take a message only while the cell runs that it
    answers. So until a page has spoken, whatever is sent goes to the cell that waits for it.

    Parameters
    ----------
    widget
        What the page draws.

    Attributes
    ----------
    lock : HomeLock
        Guards the board. It is also held while something is sent: a thread that found its result
        still wanted must send it before another thread can say that it was withdrawn.
    flow : Flow
        How fast maps that are still filling are sent, and words of progress; needs the lock.
    """

    def __init__(self, widget: Panels) -> None:
        self.widget = widget
        self.lock = HomeLock("This view")
        self.flow = Flow()
        self._context = contextvars.copy_context()
        self._spoken = False
        self._waiting = 0
        # traits that were sent for a cell that may have ended before, by that cell
        self._stray: dict[str, str] = {}

    def heard(self) -> None:
        """Remember where a message of the page is handled.

        A kernel sends what the page asks next to the subshell that the widget was last written
        from. The worker's own thread belongs to none, which counts as the main shell: there the
        page would wait for the cell that is running. So whatever is sent is sent in the newest
        handler's context.
        """
        self._context = contextvars.copy_context()
        self._spoken = True
        self._stray.clear()

    @property
    def spoken(self) -> bool:
        """Whether a page has said anything: else there may be none."""
        return self._spoken

    def say(self, message: protocol.Reply, buffers: list[bytes] | None = None) -> None:
        """Send a message."""
        with self.lock:
            self._here().run(self.widget.send, message, buffers)

    def write(self, **traits: Any) -> None:
        """Set traits, and send those that changed in one message."""
        self._here().run(lambda: self._note(self.widget.publish(**traits)))

    def repeat(self) -> None:
        """Send every trait again, but for what the page alone decides."""
        names = {name for name in self.widget.keys if not name.startswith("_")}
        with self.lock:
            self._here().run(self.widget.send_state, names - KEPT)

    def select(self, region: Region) -> None:
        """Make a region the selection, in Python and in the page."""
        if region:
            region.check(self.widget.shape)
        with self.answering():
            self._here().run(setattr, self.widget, "selection", wire.selection(region))

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Let the caller's cell have what is sent meanwhile, and then what other cells had.

        Once a page has spoken nothing is sent twice: it hears all, whatever it answers.
        """
        if not self._spoken:
            self._context = contextvars.copy_context()
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1
            self._repeat()

    def resize(self, height: int | None) -> None:
        """Give the view another height, in Python and in the page."""
        with self.answering():
            self._here().run(setattr, self.widget, "height", height)

    def keep(self, named: list[protocol.NamedSelection]) -> None:
        """Make this the list of named selections, in Python and in the page."""
        with self.answering():
            self._here().run(setattr, self.widget, "named", named)

    def draw(self, options: protocol.Options) -> None:
        """Draw the maps in another way, in Python and in the page."""
        with self.answering():
            self._here().run(setattr, self.widget, "options", options)

    @property
    def selection(self) -> Region:
        """The cells that are brushed."""
        return Region.from_json(self.widget.selection)

    def snapshot(self) -> dict[str, Any]:
        """Return all traits, as they are now."""
        with self.lock:
            traits = {name: getattr(self.widget, name) for name in protocol.Traits.__annotations__}
            return {**self.widget.arrays, **traits}

    def _note(self, sent: list[str]) -> None:
        """Remember what went to a cell that nobody is known to be waiting in."""
        if self._waiting:
            for name in sent:
                self._stray.pop(name, None)
        elif not self._spoken:
            self._stray.update(dict.fromkeys(sent, cells.request()))

    def _repeat(self) -> None:
        """Send to the caller's cell what went to others; what went to this one is there."""
        with self.lock:
            cell = cells.request()
            stray = [name for name, other in self._stray.items() if other != cell]
            self._stray.clear()
            if stray and self.widget.comm is not None:
                self.widget.send_state(stray)

    def _here(self) -> contextvars.Context:
        """Return a copy: a context cannot be entered again while another thread is inside."""
        return self._context.copy()
