"""The last what-if of the selection, kept as a trait: a page without a kernel still shows it."""

from __future__ import annotations

from typing import Any

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush.session.board import Board
from heatbrush.session.channel import Channel
from heatbrush.session.samples import Samples
from heatbrush.session.worker import Handle, Worker
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
        channel.widget.observe(self._selected, "selection")

    def keep(self, sample: int, region: Region, without: Prediction, only: Prediction) -> None:
        """Remember an answer; on the worker's thread."""
        self._last = {
            "sample": sample,
            "selection": region.to_json(),  # type: ignore[typeddict-item]
            "without": wire.numbers(without.shown),
            "only": wire.numbers(only.shown),
        }
        self._write()

    def complete(self) -> Handle:
        """See to it that there is an answer about what is selected now; ask the model if not."""
        return self._worker.submit(("answered",), lambda _job: self._complete())

    def _complete(self) -> None:
        region = self._channel.selection
        if not region or self._samples.missing:
            return
        if not self._is_about(self._board.question.sample):
            sample = self._board.question.sample
            x = self._samples.matrices[sample]
            self.keep(sample, region, *self._samples.explainer.whatif(x, region))
        self._write()

    def _selected(self, _change: Any) -> None:
        """Publish an answer that came before the selection: a brush asks while it moves."""
        if self._is_about(self._board.question.sample) and not self._worker.closed:
            self._worker.submit(("answered",), lambda _job: self._write())

    def _is_about(self, sample: int) -> bool:
        """Whether the last answer is about the selection, and about this sample."""
        same = self._last["selection"] == self._channel.widget.selection
        return same and self._last["sample"] == sample and self._last["without"] is not None

    def _write(self) -> None:
        if self._is_about(self._board.question.sample):
            self._channel.write(answered=self._last)
