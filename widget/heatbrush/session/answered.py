"""The last what-if of the selection, kept as a trait: a page without a kernel still shows it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush.border.asked import Question
from heatbrush.jobs.handle import Handle
from heatbrush.jobs.worker import Worker
from heatbrush.pages.channel import Channel
from heatbrush.session.board import Board
from heatbrush.session.samples import Samples
from heatbrush_core import Region


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
        self._about: Question | None = None
        channel.widget.observe(self._selected, "selection")

    def keep(
        self,
        asked: Question,
        region: Region,
        without: list[float | None],
        only: list[float | None],
    ) -> None:
        """Remember an answer; on the worker's thread."""
        self._about = _of_any_target(asked)
        self._last = {
            "sample": asked.sample,
            "selection": region.to_json(),  # type: ignore[typeddict-item]
            "without": without,
            "only": only,
        }
        self._write()

    def known(self, question: Question, region: Region) -> protocol.Answered | None:
        """Return the last answer if it is to this question about this region."""
        last = self.state(question)
        same = last["without"] is not None and last["selection"] == region.to_json()
        return last if same else None

    def restore(self, about: Question, last: protocol.Answered) -> None:
        """Take the last answer of an earlier view."""
        self._about, self._last = _of_any_target(about), last

    def forget(self) -> None:
        """Take back what was answered, as it is about other scores."""
        self._last, self._about = wire.UNANSWERED, None

    def state(self, question: Question) -> protocol.Answered:
        """Return the last answer, or none where that was to another question."""
        return self._last if self._about == _of_any_target(question) else wire.UNANSWERED

    def complete(self) -> Handle:
        """See to it that there is an answer about what is selected now; ask the model if not."""
        return self._worker.submit(("answered",), lambda _job: self._complete())

    def _complete(self) -> None:
        region, question, samples = self._channel.selection, self._board.question, self._samples
        if not region or samples.missing:
            return
        if not self._fits:
            self.keep(question, region, *samples.whatif(question, region))
        self._write()

    def _selected(self, _change: Any) -> None:
        """Publish an answer that came before the selection: a brush asks while it moves."""
        if self._fits and not self._worker.closed:
            self._worker.submit(("answered",), lambda _job: self._write())

    @property
    def _fits(self) -> bool:
        """Whether the last answer is about what is shown and selected."""
        about = self.state(self._board.question)
        selected = self._channel.widget.selection
        return about["without"] is not None and about["selection"] == selected

    def _write(self) -> None:
        if self._fits:
            self._channel.write(answered=self._last)


def _of_any_target(question: Question) -> Question:
    """Return the question without its target: an answer holds the scores of every class."""
    return replace(question, target=None)
