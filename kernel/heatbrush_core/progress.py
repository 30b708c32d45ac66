"""What a running explanation tells its caller, and how the caller stops it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

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
"""Called between the batches of what takes long."""

Listening = Listener | Literal[False] | None
"""The same as it is asked for: None shows a bar by itself where that can be seen, False nothing."""


class Onlooker:
    """A listener for whom the work is not cut any smaller: whoever looks on takes what comes."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    def __call__(self, progress: Progress) -> None:
        """Take a word of progress."""
        self._listener(progress)


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
        listener: Listening = None,
        cancel: threading.Event | None = None,
    ) -> None:
        self.done, self.total = 0, total
        self.listener, self.cancel = listener or None, cancel

    @property
    def alone(self) -> bool:
        """Whether nobody waits to see or to stop the computation."""
        return not self.waited_for and self.cancel is None

    @property
    def waited_for(self) -> bool:
        """Whether somebody wants to see something soon, and often."""
        return self.listener is not None and not isinstance(self.listener, Onlooker)

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

    def counted(self, ahead: int) -> Listener | None:
        """Listen to a part that counts as this does, after so many that were done before it."""
        heard = self.listener
        if heard is None:
            return None

        def told(progress: Progress) -> None:
            heard(Progress(ahead + progress.done, self.total, progress.map))

        return told if self.waited_for else Onlooker(told)

    def inside(self) -> Watch:
        """Watch a part that has batches of its own: after each, its own progress is told again.

        So the caller can do other things meanwhile, and stop it.
        """

        def again(_: Progress) -> None:
            self.report()

        if self.listener is None or self.waited_for:
            return Watch(0, again if self.listener else None, self.cancel)
        return Watch(0, Onlooker(again), self.cancel)
