"""What a running explanation tells its caller, and how the caller stops it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


class Cancelled(Exception):
    """Raised by what takes long, when its `cancel` event was set."""


@dataclass(frozen=True)
class Progress:
    """How far a computation is.

    Attributes
    ----------
    done, total
        Units of work (windows, steps, samples) finished, and all of them.
    map
        (H, W) float32, what is known so far, NaN where nothing is; None where a method has no map
        before it ends.
    """

    done: int
    total: int
    map: NDArray[np.float32] | None = None


Listener = Callable[[Progress], None]


class Watch:
    """A long computation as its caller sees it: how many parts are done, and whether to stop.

    Parameters
    ----------
    total
        Parts of the computation.
    listener, cancel
        As in `Explainer.explain`.

    Attributes
    ----------
    done
        Parts that are finished.
    """

    def __init__(
        self,
        total: int = 0,
        listener: Listener | None = None,
        cancel: threading.Event | None = None,
    ) -> None:
        self.done, self.total = 0, total
        self.listener, self.cancel = listener, cancel

    @property
    def alone(self) -> bool:
        """Whether nobody could see or stop the computation."""
        return self.listener is None and self.cancel is None

    def advance(self, count: int = 1) -> None:
        """Count parts as done, and tell the caller."""
        self.done += count
        self.report()

    def report(self) -> None:
        """Tell the caller how far the computation is, also where that is no news."""
        if self.listener is not None:
            self.listener(Progress(self.done, self.total))

    def stop_if_cancelled(self) -> None:
        """Raise `Cancelled` once the caller has asked for it."""
        if self.cancel is not None and self.cancel.is_set():
            raise Cancelled("The run was cancelled")

    def inside(self) -> Watch:
        """Watch a part that has batches of its own: after each, its own progress is told again.

        So the caller can do other things meanwhile, and stop it.
        """
        again: Listener | None = None if self.listener is None else lambda _: self.report()
        return Watch(0, again, self.cancel)
