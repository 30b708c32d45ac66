"""The last what-if of the selection, kept as a trait: a page without a kernel still shows it."""

from __future__ import annotations

from typing import Any

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush.border.asked import Question
from heatbrush.jobs.handle import Handle
from heatbrush.jobs.worker import Worker
from heatbrush.pages.channel import Channel
from heatbrush.session.board import Board
from heatbrush.session.samples import Samples
from heatbrush_core import Prediction, Region


class Answered:
    """Keeps what was answered last, and publishes it once it is about what is selected.

    Questions of a moving brush are about what is not selected yet, so that they publish nothing.

    Parameters
    ----------
    channel, samples, board, worker
        Those of the session.
    """

    def __init__(self, channel: Channel, samples: Samples, board: Board, worker: Worker) -> None:
        self._channel, self._samples, self._board, self._worker = channel, samples, board, worker
        self._last: protocol.Answered = wire.UNANSWERED
        self._about: tuple[int, int] | None = None
        channel.widget.observe(self._selected, "selection")

    def keep(
        self, question: Question, region: Region, without: Prediction, only: Prediction
    ) -> None:
        """Remember an answer; on the worker's thread."""
        self._about = question.sample, question.baseline
        self._last = {
            "sample": question.sample,
            "selection": region.to_json(),  # type: ignore[typeddict-item]
            "without": wire.numbers(without.shown),
            "only": wire.numbers(only.shown),
        }
        self._write()

    def complete(self) -> Handle:
        """See to it that there is an answer about what is selected now; ask the model if not."""
        return self._worker.submit(("answered",), lambda _job: self._complete())

    def _complete(self) -> None:
        region, question, samples = self._channel.selection, self._board.question, self._samples
        if not region or samples.missing:
            return
        if not self._is_about(question):
            x, exists = samples.matrix(question.sample), samples.exists(question.sample)
            self.keep(question, region, *samples.hiding(question).whatif(x, region, exists))
        self._write()

    def _selected(self, _change: Any) -> None:
        """Publish an answer that came before the selection: a brush asks while it moves."""
        if self._is_about(self._board.question) and not self._worker.closed:
            self._worker.submit(("answered",), lambda _job: self._write())

    def _is_about(self, question: Question) -> bool:
        """Whether the last answer is about the selection, this sample and this baseline."""
        same = self._last["selection"] == self._channel.widget.selection
        return same and self._about == (question.sample, question.baseline)

    def _write(self) -> None:
        if self._is_about(self._board.question):
            self._channel.write(answered=self._last)
