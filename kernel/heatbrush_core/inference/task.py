"""One explanation while it is computed: what a method sees of model, input and caller."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.inference.batching import Batching, Timed, batches
from heatbrush_core.matrix.perturbations import Boxes, Changes
from heatbrush_core.network.network import Activations, Network, Original, Relevance, Route
from heatbrush_core.network.scores.cells import Heads
from heatbrush_core.network.scores.heads import Objective
from heatbrush_core.progress import Progress, Watch
from heatbrush_core.walks.backward.pattern_fits import Estimator

if TYPE_CHECKING:
    from heatbrush_core.walks.backward.pattern_fits import Key, Moments
    from heatbrush_core.walks.backward.walk import Walk

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Task:
    """Everything is fixed before anything is perturbed: matrix, target, score and region.

    Attributes
    ----------
    x
        (H, W, C), the matrix that is explained.
    objective
        What is explained: the target's score.
    inside
        (H, W) bool, the cells that a perturbation may touch: those of the region that exist; None
        is the whole matrix.
    exists
        (H, W) bool, the cells of the matrix that exist; None is the whole matrix.
    fill
        Makes a baseline for a matrix from what was given for one.
    background
        (N, H, W, C) typical matrices, or None.
    batching
        Knows how many matrices a batch of some work holds, or changes computed by some route.
    network, lock
        As in `Explainer`.
    own
        (function, x, **parameters) -> what a user's function finds, called with the explainer and
        the target.
    watch
        Who is told how far it is, and may stop it.
    """

    network: Network
    lock: Any
    x: NDArray[Any]
    objective: Objective
    inside: NDArray[np.bool_] | None
    exists: NDArray[np.bool_] | None
    fill: Callable[[Any, NDArray[Any]], NDArray[Any]]
    background: NDArray[Any] | None
    batching: Callable[[str | Route], Batching]
    own: Callable[..., Any]
    watch: Watch

    @property
    def is_watched(self) -> bool:
        """Whether somebody wants to see the map while it grows."""
        return self.watch.waited_for

    def baseline(self, spec: Any = None) -> NDArray[Any]:
        """Make the (H, W, C) baseline; None is the explainer's own."""
        return self.fill(spec, self.x)

    def way(self, spec: Any = None) -> NDArray[Any]:
        """Make the baseline for a way, or a blend, between it and x, which NaN has none of."""
        base = self.baseline(spec)
        wrong = np.isnan(base) if self.exists is None else np.isnan(base) & self.exists[..., None]
        if wrong.any():
            raise ValueError(
                "The baseline is NaN, but this method asks about matrices between the baseline and "
                "x, which NaN is no part of; give baseline= a number or a word, or take a method "
                'that hides cells, such as "occlusion".'
            )
        return base

    def kept(self, X: NDArray[Any]) -> NDArray[Any]:
        """(N, H, W, C) with the cells that x does not have as the model is fed them for x."""
        return X if self.exists is None else np.where(self.exists[..., None], X, self.x)

    def baselines(self, X: NDArray[Any], spec: Any = None) -> NDArray[Any]:
        """Make the baseline of each of (N, H, W, C) matrices."""
        return np.stack([replace(self, x=x).way(spec) for x in X])

    def scores(self, X: NDArray[Any]) -> Floats:
        """(N, H, W, C) -> (N,) scores of the target, in one batch."""
        with self.timed("scores", len(X)):
            outputs = self.network.outputs(X)
        return self.objective.score(outputs)

    def gradients(self, X: NDArray[Any]) -> tuple[NDArray[Any], Floats]:
        """(N, H, W, C) -> gradients of the score (N, H, W, C), and scores (N,), in one batch."""
        with self.timed("gradient", len(X)):
            values, scores = self.network.gradients(X, self.objective)
        return values, self.objective.finite(scores)

    def relevance(self, X: NDArray[Any], walk: Walk) -> Relevance:
        """Walk backward from the scores of (N, H, W, C) matrices, in one batch."""
        with self.timed("gradient", len(X)):
            found = self.network.relevance(X, self.objective, walk)
        self.objective.finite(found.scores)
        return found

    def activations(self, X: NDArray[Any], place: str) -> Activations:
        """Take what a layer gives for (N, H, W, C) matrices, and the slope there, in one batch."""
        with self.timed("gradient", len(X)):
            found = self.network.activations(X, self.objective, place)
        self.objective.finite(found.scores)
        return found

    def moments(self, X: NDArray[Any], estimator: Estimator) -> dict[Key, Moments]:
        """Sum up over (N, H, W, C) what patterns are fitted from, in one batch."""
        with self.timed("moments", len(X)):
            return self.network.moments(X, estimator)

    def around(self, x: NDArray[Any] | None = None) -> Around:
        """Open a matrix, x if None, to ask what changes of it do to the score."""
        with self.lock:
            return Around(self, self.network.original(self.x if x is None else x))

    def batches(self, count: int, work: str | Route) -> Iterator[slice]:
        """Cut `count` matrices into batches; stop on cancel.

        `work` is "scores", "gradient" or "moments", of which each has batches of its own size, or
        the route by which changes are computed. An incremental one takes batches as large as memory
        allows where nobody could see or stop them, and starts with a small one where somebody
        watches.
        """
        incremental = isinstance(work, Route) and work.incremental
        batching = self.batching(work)
        return batches(count, batching, self.watch, free=incremental, soon=incremental)

    def report(self, done: int, total: int, map: NDArray[np.float32] | None = None) -> None:
        """Tell the caller how far the run is; the lock is free meanwhile."""
        if self.watch.listener is not None:
            self.watch.listener(Progress(done, total, map))

    def staying(self) -> Task:
        """Take what may have moved to be where it was, as slopes and relevance need it."""
        head = self.objective.head
        if not isinstance(head, Heads) or not head.follows:
            return self
        return replace(self, objective=replace(self.objective, head=head.staying()))

    def quiet(self, x: NDArray[Any] | None = None) -> Task:
        """Copy the task for a method inside a method, whose progress means nothing outside."""
        watch = Watch(cancel=self.watch.cancel)
        return replace(self, watch=watch, x=self.x if x is None else x)

    def timed(self, work: str | Route, count: int) -> Timed:
        """Hold the lock for one batch, and note what it cost."""
        return Timed(self.lock, self.batching(work), count)


class Around:
    """A matrix, and what happens to the target's score where it is changed.

    Attributes
    ----------
    score
        Of the matrix itself.
    """

    def __init__(self, task: Task, original: Original) -> None:
        self._task, self._original = task, original
        self.score = float(task.objective.score(original.outputs[None])[0])

    def route(self, boxes: Boxes) -> Route:
        """Choose how changes inside boxes are computed; for all that will be asked, together."""
        with self._task.lock:
            return self._original.route(boxes)

    def effects(self, changes: Changes, which: slice, route: Route) -> Floats:
        """(N',) scores of some of the changes less that of the matrix, in one batch."""
        with self._task.timed(route, which.stop - which.start):
            found = self._original.differences(changes, which, route)
        return self._task.objective.change(self._original.outputs, found)


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
