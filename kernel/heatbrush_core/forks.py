"""What belongs to one process: its threads, its locks and TensorFlow do not live on in a fork."""

from __future__ import annotations

import os
import threading
from typing import Any


class Home:
    """The process in which something was made.

    Parameters
    ----------
    subject
        How messages begin, such as "This explainer".
    """

    def __init__(self, subject: str) -> None:
        self._subject, self._process = subject, os.getpid()

    @property
    def left(self) -> bool:
        """Whether this is another process: a fork of the one in which it was made."""
        return os.getpid() != self._process

    def check(self) -> None:
        """Refuse to go on in a fork, where a lock may be held for ever and no thread runs.

        Raises
        ------
        RuntimeError
            In one sentence.
        """
        if self.left:
            raise RuntimeError(
                f"{self._subject} belongs to the process {self._process}, but is used in its fork "
                f"{os.getpid()}, in which neither TensorFlow nor threads go on; start the process "
                "with multiprocessing's method 'spawn', and make it there."
            )


class HomeLock:
    """A reentrant lock that refuses to be taken in a fork, where it would be waited for for ever.

    Parameters
    ----------
    subject
        How messages call what it guards, such as "This explainer".
    """

    def __init__(self, subject: str) -> None:
        self.home, self._lock = Home(subject), threading.RLock()
        # what a Condition asks of a reentrant lock
        self._is_owned = getattr(self._lock, "_is_owned")  # noqa: B009 - no public name
        self._release_save = getattr(self._lock, "_release_save")  # noqa: B009
        self._acquire_restore = getattr(self._lock, "_acquire_restore")  # noqa: B009

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Take the lock, as `threading.RLock` does."""
        self.home.check()
        return self._lock.acquire(blocking, timeout)

    def release(self) -> None:
        """Give the lock back."""
        self._lock.release()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *error: Any) -> None:
        self.release()
