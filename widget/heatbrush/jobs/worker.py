"""The one thread that uses the model: jobs wait in slots, and the newest of a slot wins.

An urgent job (a what-if, a state to publish) is served between the batches of the job that runs, on
top of it; an idle job waits until no other does, and nobody waits for a spare one. Every job runs
in the context its submitter had, so that what it sends to a notebook is answered where the request
came from. Nothing here knows of widgets.
"""

from __future__ import annotations

import atexit
import functools
import logging
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from typing import Any

from heatbrush.jobs.gate import Gate
from heatbrush.jobs.handle import Handle, Report, Slot
from heatbrush_core.forks import HomeLock

logger = logging.getLogger("heatbrush")

IDLE_SECONDS = 60.0
"""How long the thread waits for another job before it ends; the next job starts a new one."""
LOOK_SECONDS = 0.5
"""How often a paused job looks whether it was cancelled by its handle, of which nobody tells."""


class Worker:
    """Runs jobs one at a time on a daemon thread, which starts with a job and ends when idle.

    Parameters
    ----------
    report
        Called on the thread with a job and what it raised, unless that is `Cancelled`.

    Attributes
    ----------
    gate : Gate
        Pauses all but urgent jobs, which stand still between two batches then.
    between : callable
        Called between the batches of whatever runs.
    """

    def __init__(self, report: Report) -> None:
        self._report = report
        lock: Any = HomeLock("This view")
        self._home, self._changed = lock.home, threading.Condition(lock)
        self._waiting: dict[Slot, Handle] = {}
        # a stack: an urgent job runs on top of the one between whose batches it is served
        self._running: list[Handle] = []
        self._thread: threading.Thread | None = None
        self._closed = False
        self._resting = False
        self._asked = time.monotonic()
        self.gate = Gate(self._changed, lambda: self._wake() if self._waiting else None)
        self.between: Callable[[], None] = lambda: None
        _workers.add(self)
        _end_all_at_exit()

    def submit(
        self,
        slot: Slot,
        work: Callable[[Handle], Any],
        *,
        urgent: bool = False,
        idle: bool = False,
        spare: bool = False,
        dropped: Callable[[Handle], None] | None = None,
    ) -> Handle:
        """Ask for a job; older ones of its slot are cancelled, those of other slots are left alone.

        Parameters
        ----------
        slot
            What the job is about.
        work
            Called with the handle; what it returns or raises is what `Handle.wait` gives.
        urgent
            Serve it between the batches of the job that runs.
        idle
            Run it when no other job waits.
        spare
            The same, and who waits for the work does not wait for it: it was not asked for.
        dropped
            Called once, at once, if the job is cancelled or replaced before it is done.
        """
        handle = Handle(slot, work, urgent=urgent, idle=idle, spare=spare, dropped=dropped)
        handle._awaited = self.gate.awaited  # noqa: SLF001 - which nobody else may set
        with self._changed:
            self.require_open()
            older = self._of(slot)
            self._waiting.pop(slot, None)
            self._waiting[slot] = handle
            self._asked = self._asked if spare else time.monotonic()
            self._changed.notify_all()
        # outside of the condition: what a job does when it is dropped may take other locks
        for job in older:
            job.cancel()
        self._wake()
        return handle

    def cancel(self, slot: Slot) -> bool:
        """Cancel what waits or runs in a slot; False if there was nothing."""
        with self._changed:
            jobs = self._of(slot)
            self._waiting.pop(slot, None)
            self._changed.notify_all()
        for job in jobs:
            job.cancel()
        return bool(jobs)

    def serve_urgent(self, *first: str) -> None:
        """Run the urgent jobs that wait now; the job that runs calls this between its batches.

        It stands still here while the gate is shut. A job that others should not wait for names the
        kinds (a slot's first word) that go first.
        """
        self._serve_between(1, *first)

    def give_way(self, job: Handle) -> None:
        """Do the same with all that can wait less than a job, which calls this between batches."""
        self._serve_between(job.rank)

    def linger(self, job: Handle, seconds: float) -> None:
        """Let a spare job wait until nothing was asked for so long; what is asked goes first."""
        while not job.cancelled.is_set() and not self._closed:
            self.give_way(job)
            with self._changed:
                left = self._asked + seconds - time.monotonic()
                if left <= 0:
                    return
                self._changed.wait(min(left, LOOK_SECONDS))

    def _serve_between(self, below: int, *first: str) -> None:
        self._serve_first(below, *first)
        if threading.current_thread() is self._thread:
            self.between()
            while self._held():
                self._serve_first(below, *first)
                self.between()

    def _serve_first(self, below: int, *first: str) -> None:
        # not until none is left: answers may bring new questions, and the job that runs must go on
        for _ in range(len(self._waiting)):
            job = self._take(below=below, first=first)
            if job is None:
                return
            self._run(job)

    def join(self, timeout: float | None = None) -> bool:
        """Wait until nothing waits or runs; False if something still does after `timeout` s.

        What is spare does not count.
        """

        def rests() -> bool:
            return all(job.spare for job in (*self._running, *self._waiting.values()))

        with self.gate.awaited(), self._changed:
            return self._changed.wait_for(rests, timeout)

    def rests_after(self, job: Handle) -> bool:
        """Whether a job came to its end, and nothing is left but what runs when no other job waits.

        The thread takes note of an end a little later than who waits for it.
        """
        with self._changed:
            left = [*self._running, *self._waiting.values()]
            ended = job.done and not job.cancelled.is_set()
            return ended and all(each is job or each.idle for each in left)

    def _ready(self) -> bool:
        """Whether something waits that may run now; the caller holds the condition."""
        jobs = self._waiting.values()
        return any(job.urgent for job in jobs) if self.gate.shut else bool(jobs)

    def _held(self) -> bool:
        """Wait a moment if the job that runs has to stand still, and say whether it has to."""
        with self._changed:
            job = self._running[-1]

            def free() -> bool:
                return not self.gate.shut or job.urgent or job.cancelled.is_set() or self._closed

            self._changed.wait_for(lambda: free() or self._ready(), LOOK_SECONDS)
            return not free()

    @property
    def closed(self) -> bool:
        """Whether a submit would be refused."""
        return self._closed

    def require_open(self) -> None:
        """Refuse what a closed view cannot do."""
        if self._closed:
            raise RuntimeError(
                "This view was closed; show it again, or call heatbrush.compare again."
            )

    def close(self) -> None:
        """Cancel everything and let the thread end; a later submit is refused."""
        with self._changed:
            self._closed = True
            jobs = [*self._running, *self._waiting.values()]
            self._waiting.clear()
            self._changed.notify_all()
        for job in jobs:
            job.cancel()

    def open(self) -> None:
        """Take jobs again."""
        with self._changed:
            self._closed = False

    def rest(self) -> None:
        """Let the thread end as soon as it is idle: nobody is left who would ask for more."""
        with self._changed:
            self._resting = True
            self._changed.notify_all()

    def _end(self) -> None:
        """Close, and give the batch that is running a moment; a fork has nothing to end."""
        if self._home.left:
            return
        thread = self._thread
        self.close()
        if thread is not None:
            thread.join(timeout=2.0)

    def _of(self, slot: Slot) -> list[Handle]:
        """Return the jobs of a slot that wait or run; the caller holds the condition."""
        running = [job for job in self._running if job.slot == slot]
        return running + [job for job in self._waiting.values() if job.slot == slot]

    def _take(self, *, below: int = 4, first: Sequence[str] = ()) -> Handle | None:
        """Return the next job of a rank below and count it as running: what is urgent goes first.

        Next are the kinds that are named, whatever their rank.
        """
        with self._changed:
            waiting = list(self._waiting.values())
            chosen = next((job for job in waiting if job.urgent), None)
            if self.gate.shut:
                waiting = []
            if chosen is None:
                chosen = next((job for job in waiting if job.slot[0] in first), None)
            if chosen is None:
                able = (job for job in waiting if job.rank < below)
                chosen = min(able, key=lambda job: job.rank, default=None)
            if chosen is not None:
                del self._waiting[chosen.slot]
                self._running.append(chosen)
            return chosen

    def _run(self, job: Handle) -> None:
        """Run a job that was taken, unless it was cancelled since."""
        try:
            if not job.done:
                job._run(self._report)  # noqa: SLF001 - which nobody else may call
        finally:
            with self._changed:
                self._running.remove(job)
                self._changed.notify_all()

    def _wake(self) -> None:
        """See to it that what waits is run."""
        with self._changed:
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._serve, name="heatbrush", daemon=True)
                self._thread.start()

    def _serve(self) -> None:
        """Run jobs until closed, or until nothing has come for a while."""
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._ready() or self._closed or self._resting, IDLE_SECONDS
                )
                job = self._take()
                if job is None:
                    self._thread = None
                    return
            self._run(job)
            del job  # an idle thread must not keep the last job's arrays alive


_workers: weakref.WeakSet[Worker] = weakref.WeakSet()


@functools.cache
def _end_all_at_exit() -> None:
    """End all workers before what was imported before the first one, such as TensorFlow, ends."""
    atexit.register(lambda: [*map(Worker._end, list(_workers))])  # noqa: SLF001


class InlineWorker(Worker):
    """The same without a thread, where there are none (Pyodide): a job runs inside `submit`.

    So a job that runs does not stand still; those that wait do.
    """

    def _wake(self) -> None:
        # a job that submits another is not interrupted: the loop beneath it takes that one, too
        if self._running:
            return
        while (job := self._take()) is not None:
            self._run(job)
