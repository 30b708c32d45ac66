"""One explanation while it is computed: what a method sees of model, input and caller."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.inference.batching import Pace, Timed
from heatbrush_core.matrix.perturbations import Boxes, Changes
from heatbrush_core.network.heads import ScoreKind
from heatbrush_core.network.network import (
    Activations,
    Arrays,
    Matrices,
    Network,
    Original,
    Relevance,
    Way,
)
from heatbrush_core.progress import Cancelled, Listener, Progress
from heatbrush_core.walks.backward.pattern_fits import Estimator

Floats = NDArray[np.float64]


if TYPE_CHECKING:
    from heatbrush_core.walks.backward.pattern_fits import Key, Moments
    from heatbrush_core.walks.backward.walk import Walk


@dataclass(frozen=True, eq=False)
class Task:
    """Everything is fixed before anything is perturbed: matrix, target, score and region.

    Attributes
    ----------
    x
        (H, W, C), the matrix that is explained.
    weights
        The target as weights of the classes: (n,), or (N, n) where N matrices are explained at
        once, each for its own.
    kind
        Which score of a class is explained.
    inside
        (H, W) bool, the region a perturbation may touch; None is the whole matrix.
    fill
        Makes a baseline for a matrix from what was given for one.
    background
        (N, H, W, C) typical matrices, or None.
    pace
        Knows how many matrices a batch of some work holds, or changes computed in some way.
    network, lock, listener, cancel
        As in `Explainer.explain`.
    """

    network: Network
    lock: Any
    x: NDArray[Any]
    weights: NDArray[np.float64]
    kind: ScoreKind
    inside: NDArray[np.bool_] | None
    fill: Callable[[Any, NDArray[Any]], NDArray[Any]]
    background: NDArray[Any] | None
    pace: Callable[[str | Way], Pace]
    listener: Listener | None = None
    cancel: threading.Event | None = None

    def baseline(self, spec: Any = None) -> NDArray[Any]:
        """Make the (H, W, C) baseline; None is the explainer's own."""
        return self.fill(spec, self.x)

    def baselines(self, X: NDArray[Any], spec: Any = None) -> NDArray[Any]:
        """Make the baseline of each of (N, H, W, C) matrices."""
        return np.stack([self.fill(spec, x) for x in X])

    def scores(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """(N, H, W, C) -> (N,) scores of the target, in one batch."""
        with self.timed("scores", len(X)):
            outputs = self.network.outputs(X)
        assert self.network.head is not None
        return self.network.head.score(outputs, self.weights, self.kind)

    def gradients(self, X: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.float64]]:
        """(N, H, W, C) -> gradients of the score (N, H, W, C), and scores (N,), in one batch."""
        with self.timed("gradient", len(X)):
            return self.network.gradients(X, self.weights, self.kind)

    def relevance(
        self,
        X: NDArray[Any],
        walk: Walk,
        arrays: Arrays | None = None,
        inputs: Matrices | None = None,
    ) -> Relevance:
        """Walk backward from the scores of (N, H, W, C) matrices, in one batch."""
        with self.timed("gradient", len(X)):
            return self.network.relevance(X, self.weights, self.kind, walk, arrays, inputs)

    def activations(self, X: NDArray[Any], place: str) -> Activations:
        """Take what a layer gives for (N, H, W, C) matrices, and the slope there, in one batch."""
        with self.timed("gradient", len(X)):
            return self.network.activations(X, self.weights, self.kind, place)

    def moments(self, X: NDArray[Any], estimator: Estimator) -> dict[Key, Moments]:
        """Sum up over (N, H, W, C) what patterns are fitted from, in one batch."""
        with self.timed("moments", len(X)):
            return self.network.moments(X, estimator)

    def around(self, x: NDArray[Any] | None = None) -> Around:
        """Open a matrix, x if None, to ask what changes of it do to the score."""
        with self.lock:
            return Around(self, self.network.original(self.x if x is None else x))

    def batches(self, count: int, work: str | Way) -> Iterator[slice]:
        """Cut `count` matrices into batches; stop on cancel.

        `work` is "scores", "gradient" or "moments", of which each has its own pace, or the way in
        which changes are computed. Where that is incremental and nobody could see or stop a batch,
        batches are as large as memory allows, which is fastest; where somebody watches, the first
        is a small one.
        """
        start = 0
        alone = self.listener is None and self.cancel is None
        while start < count:
            self.stop_if_cancelled()
            pace = self.pace(work)
            size = pace.size
            if isinstance(work, Way) and work.incremental:
                watched = self.listener is not None and start == 0
                size = pace.most if alone else size
                size = pace.first(count) if watched else size
            stop = min(count, start + size)
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

    def quiet(self, x: NDArray[Any] | None = None) -> Task:
        """Copy the task for a method inside a method, whose progress means nothing outside."""
        return replace(self, listener=None, x=self.x if x is None else x)

    def timed(self, work: str | Way, count: int) -> Timed:
        """Hold the lock for one batch, and tell the pace what it cost."""
        return Timed(self.lock, self.pace(work), count)


class Around:
    """A matrix, and what happens to the target's score where it is changed.

    Attributes
    ----------
    score
        Of the matrix itself.
    """

    def __init__(self, task: Task, original: Original) -> None:
        head = task.network.head
        assert head is not None
        self._task, self._original, self._head = task, original, head
        self.score = float(head.score(original.outputs[None], task.weights, task.kind)[0])

    def way(self, boxes: Boxes) -> Way:
        """Choose how changes inside boxes are computed; for all that will be asked, together."""
        with self._task.lock:
            return self._original.way(boxes)

    def effects(self, changes: Changes, which: slice, way: Way) -> NDArray[np.float64]:
        """(N',) scores of some of the changes less that of the matrix, in one batch."""
        with self._task.timed(way, which.stop - which.start):
            found = self._original.differences(changes, which, way)
        return self._head.change(self._original.outputs, found, self._task.weights, self._task.kind)


def asked(
    task: Task, count: int, make: Callable[[slice], NDArray[Any]], done: int, total: int
) -> Floats:
    """(count,) scores of matrices that are made batch by batch.

    `done` and `total` say how much of a longer run is finished before, and how long that is.
    """
    scores = np.empty(count)
    for batch in task.batches(count, "scores"):
        scores[batch] = task.scores(make(batch))
        task.report(done + batch.stop, total)
    return scores
