"""What a job does between its batches: serve what is urgent, and tell the page how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush.session.worker import Worker
from heatbrush_core import Progress

if TYPE_CHECKING:
    from heatbrush.session.session import Session

INTERVAL = 0.1
"""Seconds between two words of progress, at least: front ends drop floods of messages."""

Tell = Callable[[Progress, float | None], None]
"""Told how far a job is, and the seconds that are left where that can be said."""


class Pulse:
    """What a job calls between its batches.

    Parameters
    ----------
    worker
        Whose urgent jobs are served.
    tell
        Called at most about ten times a second, and at the end.
    """

    def __init__(self, worker: Worker, tell: Tell) -> None:
        self._worker, self._tell = worker, tell
        self._start = time.monotonic()
        self._last = -INTERVAL

    def __call__(self, progress: Progress) -> None:
        """Serve and tell; the end is always told."""
        self._worker.serve_urgent()
        now = time.monotonic() - self._start
        if now - self._last < INTERVAL and progress.done < progress.total:
            return
        self._last = now
        done, todo = progress.done, progress.total - progress.done
        self._tell(progress, now / done * todo if done else None)


def of_panel(session: Session, name: str, run: int) -> Pulse:
    """Make the pulse of a run that fills a panel."""

    def tell(progress: Progress, seconds_left: float | None) -> None:
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
                map = wire.array(progress.map)
                partial: protocol.Partial = {
                    "kind": "partial",
                    "panel": name,
                    "run": run,
                    "shape": map["shape"],
                }
                session.say(partial, [map["bytes"]])

    return Pulse(session.worker, tell)
