"""What a run does between its batches: serve what is urgent, and tell the page how far it is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from heatbrush import protocol, state
from heatbrush_core import Progress

if TYPE_CHECKING:
    from heatbrush.session import Session

INTERVAL = 0.1
"""Seconds between two words of progress, at least: front ends drop floods of messages."""


class Pulse:
    """What a method calls between its batches, made for one run of one panel."""

    def __init__(self, session: Session, name: str, run: int) -> None:
        self._session, self._name, self._run = session, name, run
        self._start = time.monotonic()
        self._last = -INTERVAL

    def __call__(self, progress: Progress) -> None:
        """Serve and tell; the end is always told."""
        self._session.worker.serve_urgent()
        now = time.monotonic() - self._start
        if now - self._last < INTERVAL and progress.done < progress.total:
            return
        self._last = now
        done, todo = progress.done, progress.total - progress.done
        self._tell(progress, now / done * todo if done else None)

    def _tell(self, progress: Progress, seconds_left: float | None) -> None:
        session, name, run = self._session, self._name, self._run
        message: protocol.Progress = {
            "kind": "progress",
            "panel": name,
            "run": run,
            "done": progress.done,
            "total": progress.total,
            "seconds_left": seconds_left,
        }
        with session.lock:
            if not session.board.waits(name, run):
                return
            session.board.panels[name].progress = message
            session.say(message)
            if progress.map is not None:
                map = state.array(progress.map)
                partial: protocol.Partial = {
                    "kind": "partial",
                    "panel": name,
                    "run": run,
                    "shape": map["shape"],
                }
                session.say(partial, [map["bytes"]])
