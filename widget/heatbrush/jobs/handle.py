"""A job that was asked for, as whoever asked holds it: to wait for it, or to cancel it."""

from __future__ import annotations

import contextvars
import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from heatbrush_core import Cancelled
from heatbrush_core.forks import Home

logger = logging.getLogger("heatbrush")

Slot = tuple[str, ...]
Report = Callable[["Handle", BaseException], None]


class Handle:
    """A job that was asked for.

    Attributes
    ----------
    slot
        What the job is about; a newer job of the same slot replaces it.
    cancelled : threading.Event
        Set when the job was cancelled or replaced; the job looks at it between batches.
    around
        Entered by whoever waits, while they wait.
    """

    def __init__(
        self,
        slot: Slot,
        work: Callable[[Handle], Any],
        *,
        urgent: bool = False,
        idle: bool = False,
        spare: bool = False,
        dropped: Callable[[Handle], None] | None = None,
    ) -> None:
        self.slot = slot
        self.urgent, self.idle, self.spare = urgent, idle or spare, spare
        self.cancelled = threading.Event()
        self.around: Callable[[], AbstractContextManager[None]] = nullcontext
        self._work = work
        self._dropped = dropped
        # what a job sends belongs to the cell or the message that asked for it, not to this thread
        self._context = contextvars.copy_context()
        self._awaited: Callable[[], AbstractContextManager[None]] = nullcontext
        self._settling, self._home = threading.Lock(), Home("This view")
        self._finished = threading.Event()
        self._result: Any = None
        self._error: BaseException | None = None

    @property
    def rank(self) -> int:
        """How long it can wait: what is urgent is 0, what nobody waits for 3."""
        return 0 if self.urgent else 1 + self.idle + self.spare

    @property
    def done(self) -> bool:
        """Whether there is a result, an error or a cancellation."""
        return self._finished.is_set()

    def wait(self, timeout: float | None = None) -> Any:
        """Wait for the result.

        Parameters
        ----------
        timeout
            Seconds to wait at most; None waits as long as it takes.

        Raises
        ------
        Cancelled
            If the job was cancelled, or replaced by a newer one.
        TimeoutError
            If it is not done in time; it goes on.
        RuntimeError
            In a fork of the process, where nothing runs.
        """
        self._home.check()
        with self.around(), self._awaited():
            done = self._finished.wait(timeout)
        if not done:
            raise TimeoutError(
                f"Nothing after {timeout} s; the job goes on, and wait() can be called again."
            )
        if self._error is not None:
            raise self._error
        return self._result

    def cancel(self) -> None:
        """Stop the job; it is done at once, and the batch that is running is its last."""
        if self._settle(error=Cancelled("The run was cancelled, or replaced by a newer one.")):
            self.cancelled.set()
            if self._dropped is not None:
                self._dropped(self)

    def _settle(self, result: Any = None, error: BaseException | None = None) -> bool:
        """Keep the first outcome and say whether this was it."""
        with self._settling:
            if self._finished.is_set():
                return False
            self._result, self._error = result, error
            self._finished.set()
            return True

    def _run(self, report: Report) -> None:
        """Work in the submitter's context; what is raised ends in the handle and in the report."""
        try:
            result = self._context.run(self._work, self)
        except BaseException as error:
            # also SystemExit: it must reach the one who waits, and not end the thread
            if self._settle(error=error) and not isinstance(error, Cancelled):
                try:
                    self._context.run(report, self, error)
                except Exception:
                    logger.exception("heatbrush could not show an error: %s", error)
        else:
            self._settle(result)
