"""Orders in which the parts of a matrix are hidden: the scores along any, and the greedy one."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.inference.task import Task, asked
from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.matrix.perturbations import hidden
from heatbrush_core.metrics.parts import Parts, labels

Order = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Path:
    """All the ways from one matrix to another.

    Attributes
    ----------
    start, end
        (H, W, C), and what the cells of a part become.
    by
        What the parts are.
    parts
        (n,) numbers of those there are, ascending; the others stay as they are.
    counts
        (K,) parts that have become those of `end` at each point of a curve, from 0 to all n.
    lowest
        Whether the greedy order looks for the lowest score, or for the highest.
    ahead, total
        Matrices that the greedy order asks about before all others, and matrices in all.
    """

    task: Task
    start: NDArray[Any]
    end: NDArray[Any]
    by: Parts
    parts: Order
    counts: Order
    lowest: bool
    ahead: int
    total: int

    @functools.cached_property
    def labels(self) -> Order:
        """(H, W) part of each cell."""
        return labels(self.by, self.start.shape)

    def scores(self, orders: Order) -> Floats:
        """(R, n) orders -> (R, K) scores; the ends, which all share, are computed once."""
        inner, whole = self.counts[1:-1], int(self.labels.max()) + 1
        ranks = np.full((len(orders), whole), whole)
        for rank, order in zip(ranks, orders, strict=True):
            self.task.watch.stop_if_cancelled()
            rank[order] = np.arange(len(order))

        def make(which: slice) -> NDArray[Any]:
            order, step = np.divmod(np.arange(which.start, which.stop), len(inner))
            changed = ranks[order][:, self.labels] < inner[step][:, None, None]
            return np.where(changed[..., None], self.end, self.start)

        found = np.empty((len(orders), len(self.counts)))
        both = np.stack([self.start, self.end])
        found[:, [0, -1]] = asked(self.task, 2, lambda which: both[which], self.ahead, self.total)
        between = asked(self.task, len(orders) * len(inner), make, self.ahead + 2, self.total)
        found[:, 1:-1] = between.reshape(len(orders), len(inner))
        return found

    def greedy(self) -> Order:
        """(n,) lines, at each step the one that moves the score most from where it then is."""
        current, left, done = self.start.copy(), self.parts.tolist(), 0
        order = []
        while len(left) > 1:
            effects = self._effects(current, left, done)
            done += len(left)
            order.append(left.pop(int(np.argmin(effects) if self.lowest else np.argmax(effects))))
            taken = self.labels == order[-1]
            current[taken] = self.end[taken]
        return np.array(order + left, np.intp)

    def _effects(self, current: NDArray[Any], left: list[int], done: int) -> Floats:
        """(n',) change of the score as one more line becomes that of the end."""
        around = self.task.around(current)
        changes = hidden(current, self.end, self._edges(left), None)
        effects, route = np.empty(len(left)), around.route(changes.boxes)
        for batch in self.task.batches(len(left), route):
            effects[batch] = around.effects(changes, batch, route)
            self.task.report(done + batch.stop, self.total)
        return effects

    def _edges(self, lines: list[int]) -> Order:
        """(n', 4) first row, stop row, first column and stop column of each line."""
        (height, width), first = self.labels.shape, np.array(lines)
        none, stop = np.zeros_like(first), first + 1
        if self.by == "rows":
            return np.stack([first, stop, none, none + width], axis=1)
        return np.stack([none, none + height, first, stop], axis=1)


def trials(n: int) -> int:
    """Count what the greedy order of n lines asks about; the last line has no rival."""
    return n * (n + 1) // 2 - 1
