"""The way to the page: traits and messages, answered on the thread that the page asked on."""

from __future__ import annotations

import contextvars
import threading
from typing import Any

from ipywidgets import DOMWidget

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush.border.panels import Panels
from heatbrush_core import Region

KEPT = {"pointed", "options", *DOMWidget.class_trait_names()}
"""Traits that a page which lost the connection knows better, or that never change."""


class Channel:
    """What one view sends to its page.

    Parameters
    ----------
    widget
        What the page draws.

    Attributes
    ----------
    lock : threading.RLock
        Guards the board. It is also held while something is sent: a thread that found its result
        still wanted must send it before another thread can say that it was withdrawn.
    """

    def __init__(self, widget: Panels) -> None:
        self.widget = widget
        self.lock = threading.RLock()
        self.heard()

    def heard(self) -> None:
        """Remember where a message of the page is handled.

        A kernel sends what the page asks next to the subshell that the widget was last written
        from. The worker's own thread belongs to none, which counts as the main shell: there the
        page would wait for the cell that is running. So whatever is sent is sent in the newest
        handler's context.
        """
        self._context = contextvars.copy_context()

    def say(self, message: protocol.Reply, buffers: list[bytes] | None = None) -> None:
        """Send a message."""
        with self.lock:
            self._here().run(self.widget.send, message, buffers)

    def write(self, **traits: Any) -> None:
        """Set traits, and send those that changed in one message."""
        self._here().run(lambda: self.widget.publish(**traits))

    def repeat(self) -> None:
        """Send every trait again, but for what the page alone decides."""
        names = {name for name in self.widget.keys if not name.startswith("_")}
        with self.lock:
            self._here().run(self.widget.send_state, names - KEPT)

    def select(self, region: Region) -> None:
        """Make a region the selection, in Python and in the page."""
        if region:
            region.check(self.widget.shape)
        self._here().run(setattr, self.widget, "selection", wire.selection(region))

    @property
    def selection(self) -> Region:
        """The cells that are brushed."""
        return Region.from_json(self.widget.selection)

    def snapshot(self) -> dict[str, Any]:
        """Return all traits, as they are now."""
        with self.lock:
            return {name: getattr(self.widget, name) for name in protocol.Traits.__annotations__}

    def _here(self) -> contextvars.Context:
        """Return a copy: a context cannot be entered again while another thread is inside."""
        return self._context.copy()
