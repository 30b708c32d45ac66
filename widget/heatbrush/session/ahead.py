"""The samples before and after the shown one, explained while nobody waits: a step is at once then.

Only for a page, which may step; a script asks for what it wants. What the reader asks for goes
first, at the next batch, and nothing is begun before the hand has rested for a while.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from heatbrush.border.asked import Question, Spec
from heatbrush.jobs.handle import Handle
from heatbrush.jobs.worker import InlineWorker, Worker
from heatbrush.pages.channel import Channel
from heatbrush.session.board import Board
from heatbrush.session.history import held
from heatbrush.session.samples import Samples
from heatbrush_core import Cancelled, Explanation

SLOT = ("ahead",)
QUIET = 0.7
"""Seconds without a question until the next map is begun: a hand that draws asks more often."""
MOST_BYTES = 64 * 2**20
"""What may be kept."""

Key = tuple[Question, int]
"""What a map answers: the question, and the identity of its spec."""


class Ahead:
    """The maps of the neighbours of the shown sample.

    Parameters
    ----------
    channel, samples, board, worker
        Those of the session.

    Attributes
    ----------
    neighbours : callable
        Returns the samples that a step from one leads to, the likeliest first.
    """

    def __init__(self, channel: Channel, samples: Samples, board: Board, worker: Worker) -> None:
        self._channel, self._samples, self._board = channel, samples, board
        self._worker = worker
        # with its spec, whose identity names it only as long as it lives
        self._known: dict[Key, tuple[Spec, Explanation]] = {}
        self.neighbours: Callable[[int], Sequence[int]] = self._by_index

    def look(self) -> None:
        """See to the neighbours of what is shown, once nothing else is to be done."""
        if isinstance(self._worker, InlineWorker) or not self._channel.spoken:
            return
        with self._channel.lock:
            if not (self._samples.missing or self._worker.closed):
                self._worker.submit(SLOT, self._work, spare=True)

    def take(self, question: Question, spec: Spec) -> Explanation | None:
        """Hand over the map that answers a question, once; None where there is none."""
        with self._channel.lock:
            _, found = self._known.pop((question, id(spec)), (spec, None))
            return found

    def forget(self) -> None:
        """Let all of it go."""
        self._known.clear()

    @property
    def bytes(self) -> int:
        """About how much memory it holds."""
        with self._channel.lock:
            return sum(held(found) for _, found in self._known.values())

    def _by_index(self, sample: int) -> Sequence[int]:
        last = len(self._samples) - 1
        return [near for near in (sample + 1, sample - 1) if 0 <= near <= last]

    def _work(self, job: Handle) -> None:
        self._worker.linger(job, QUIET)
        with self._channel.lock:
            shown = self._board.question
            near = [replace(shown, sample=each) for each in self.neighbours(shown.sample)]
            panels = [each.spec for each in self._board.panels.values()]
            specs = [each for each in panels if each.computed and each.pinned is None]
            keep = {(each, id(spec)) for each in near for spec in specs}
            self._known = {key: known for key, known in self._known.items() if key in keep}
        for question in near:
            for spec in specs:
                if self.bytes >= MOST_BYTES or not self._explain(job, question, spec):
                    return

    def _explain(self, job: Handle, question: Question, spec: Spec) -> bool:
        """Explain one neighbour, unless that is known; False where it is no longer wanted."""
        self._worker.linger(job, QUIET)
        if job.cancelled.is_set():
            return False
        key = question, id(spec)
        if key in self._known:
            return True
        try:
            self._samples.prediction(question.sample)
            with self._channel.lock:
                found = self._board.history.answer(question, spec)
            if found is None:
                found = self._samples.explain(
                    spec, question, lambda _: self._worker.give_way(job), job.cancelled
                )
        except Cancelled:
            return False
        except Exception:
            # the reader is told when that sample is shown, and the method is asked again
            return True
        with self._channel.lock:
            if not job.cancelled.is_set():
                self._known[key] = spec, found
        return True
