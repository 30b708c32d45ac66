"""One explanation while it is computed: what a method sees of model, input and caller."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.heads import ScoreKind
from heatbrush_core.network import Network
from heatbrush_core.pace import Pace
from heatbrush_core.progress import Cancelled, Listener, Progress


@dataclass(frozen=True, eq=False)
class Task:
    """Everything is fixed before anything is perturbed: matrix, target, score and region.

    Attributes
    ----------
    x
        (H, W, C), the matrix that is explained.
    weights
        (n,), the target as weights of the classes.
    kind
        Which score of a class is explained.
    inside
        (H, W) bool, the region a perturbation may touch; None is the whole matrix.
    fill
        Makes a baseline from what was given for one.
    pace
        Knows how many matrices a batch of some work holds.
    network, lock, listener, cancel
        As in `Explainer.explain`.
    """

    network: Network
    lock: Any
    x: NDArray[Any]
    weights: NDArray[np.float64]
    kind: ScoreKind
    inside: NDArray[np.bool_] | None
    fill: Callable[[Any], NDArray[Any]]
    pace: Callable[[str], Pace]
    listener: Listener | None = None
    cancel: threading.Event | None = None

    def baseline(self, spec: Any = None) -> NDArray[Any]:
        """Make the (H, W, C) baseline; None is the explainer's own."""
        return self.fill(spec)

    def scores(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """(N, H, W, C) -> (N,) scores of the target, in one batch."""
        with self._timed("scores", len(X)):
            outputs = self.network.outputs(X)
        assert self.network.head is not None
        return self.network.head.score(outputs, self.weights, self.kind)

    def gradients(self, X: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.float64]]:
        """(N, H, W, C) -> gradients of the score (N, H, W, C), and scores (N,), in one batch."""
        with self._timed("gradient", len(X)):
            return self.network.gradients(X, self.weights, self.kind)

    def batches(self, count: int, work: str) -> Iterator[slice]:
        """Cut `count` matrices into batches for `work`, "scores" or "gradient"; stop on cancel."""
        start = 0
        while start < count:
            self.stop_if_cancelled()
            stop = min(count, start + self.pace(work).size)
            yield slice(start, stop)
            start = stop

    def stop_if_cancelled(self) -> None:
        """Raise `Cancelled` once the caller has asked for it."""
        if self.cancel is not None and self.cancel.is_set():
            raise Cancelled("The explanation was cancelled")

    def report(self, done: int, total: int, map: NDArray[np.float32] | None = None) -> None:
        """Tell the caller how far the run is; the lock is free meanwhile."""
        if self.listener is not None:
            self.listener(Progress(done, total, map))

    def quiet(self) -> Task:
        """Copy the task for a method inside a method, whose progress means nothing outside."""
        return replace(self, listener=None)

    def _timed(self, work: str, count: int) -> _Timed:
        return _Timed(self.lock, self.pace(work), count)


class _Timed:
    """Holds the model's lock for one batch and tells the pace what the batch cost."""

    def __init__(self, lock: Any, pace: Pace, count: int) -> None:
        self._lock, self._pace, self._count = lock, pace, count

    def __enter__(self) -> None:
        self._lock.acquire()
        self._start = time.perf_counter()

    def __exit__(self, *error: object) -> None:
        seconds = time.perf_counter() - self._start
        self._lock.release()
        self._pace.note(self._count, seconds)
