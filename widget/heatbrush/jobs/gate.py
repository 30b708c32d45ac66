"""Whether the jobs of a worker may go on: not while they are paused, unless somebody waits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Gate:
    """Open, unless it is paused and nobody waits.

    Parameters
    ----------
    changed
        Notified whenever the gate may have opened or shut.
    wake
        Called when it may have opened.
    """

    def __init__(self, changed: threading.Condition, wake: Callable[[], None]) -> None:
        self._changed, self._wake = changed, wake
        self._paused, self._waiters = False, 0

    @property
    def shut(self) -> bool:
        """Whether jobs have to stand still."""
        return self._paused and not self._waiters

    @property
    def paused(self) -> bool:
        """Whether it is shut for all but those who wait."""
        return self._paused

    @paused.setter
    def paused(self, paused: bool) -> None:
        with self._changed:
            if paused == self._paused:
                return
            self._paused = paused
            self._changed.notify_all()
        self._wake()

    @contextmanager
    def awaited(self) -> Iterator[None]:
        """Be open meanwhile: who waits in Python must not wait for a page to come back."""
        with self._changed:
            self._waiters += 1
            self._changed.notify_all()
        self._wake()
        try:
            yield
        finally:
            with self._changed:
                self._waiters -= 1
