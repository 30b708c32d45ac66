"""What a job does between its batches: serve what is urgent, and tell the page how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable

from heatbrush.jobs.worker import Worker
from heatbrush_core import Progress

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
