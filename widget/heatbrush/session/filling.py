"""What pages are told while a run fills its panel: how far it is, and the map as it grows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from heatbrush.blocks.reduced import reduced
from heatbrush.jobs.pulse import Pulse
from heatbrush.jobs.worker import Worker
from heatbrush.pages.channel import Channel
from heatbrush.session.board import Board, Pending
from heatbrush_core import Progress


class Filling:
    """Tells of runs between their batches, as fast as pages take it.

    Parameters
    ----------
    channel, board, worker
        Those of the session.
    """

    def __init__(self, channel: Channel, board: Board, worker: Worker) -> None:
        self._channel, self._board, self._worker = channel, board, worker

    def pulse(self, name: str, run: int) -> Pulse:
        """Make what a run calls between its batches."""

        def tell(progress: Progress, seconds_left: float | None) -> None:
            with self._channel.lock:
                pending = self._board.awaited(name, run)
                if pending is not None:
                    self._tell(name, pending, progress, seconds_left)

        return Pulse(self._worker, tell)

    def _tell(
        self, name: str, pending: Pending, progress: Progress, seconds_left: float | None
    ) -> None:
        pending.progress = {
            "kind": "progress",
            "panel": name,
            "run": pending.run,
            "done": progress.done,
            "total": progress.total,
            "seconds_left": seconds_left,
        }
        flow, over = self._channel.flow, progress.done >= progress.total
        if over or flow.tells():
            self._channel.say(pending.progress)
        # the whole map follows the end at once
        if progress.map is not None and not over and flow.ready():
            self._say_partial(name, pending, progress.map)

    def _say_partial(self, name: str, pending: Pending, filling: NDArray[np.float32]) -> None:
        """Send a map that is still filling, as fine as pages can show it."""
        flow = self._channel.flow
        shape, buffers = reduced(filling, flow.most, pending.blank["profile"])
        self._channel.say(
            {
                "kind": "partial",
                "panel": name,
                "run": pending.run,
                "number": flow.send(sum(map(len, buffers))),
                "shape": shape,
            },
            buffers,
        )
