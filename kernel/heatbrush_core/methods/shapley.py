"""Shapley values: what each part of the matrix adds to the score, over all orders of adding."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from heatbrush_core.holding import check_held
from heatbrush_core.inference.task import Task
from heatbrush_core.matrix.perturbations import Boxes
from heatbrush_core.network.network import Route
from heatbrush_core.registry.baseline import WORDS, Baseline, baseline_text
from heatbrush_core.registry.method import Method, Result
from heatbrush_core.registry.players import Partition, PlayerParameters

MATRICES = 4096
"""What is computed where samples is None: all coalitions of 12 players, or as many orders."""
ORDERS = 8
"""Random orders at the least where samples is None, so that the standard error means something."""

Floats = NDArray[np.float64]


class ShapleyParameters(PlayerParameters):
    """Who plays, and over how many orders is averaged."""

    samples: int | None = Field(
        None,
        ge=1,
        description="random orders of the players, each with its reverse, so an odd number is "
        f"rounded up; None is about {MATRICES} matrices' worth; where all coalitions take no more "
        "(without samples: up to 12 players) these are computed instead",
    )
    seed: int = Field(0, ge=0, description="the same seed gives the same orders")
    baseline: Baseline = Field(
        None, title="hidden means", description=f"what a hidden cell becomes: {WORDS}"
    )

    def resolved(self, shape: tuple[int, int]) -> Self:
        """Round samples up to whole pairs."""
        even = None if self.samples is None else self.samples + self.samples % 2
        return super().resolved(shape).model_copy(update={"samples": even})

    def summary(self) -> str:
        """As in "rows · 64 samples · baseline 0"."""
        parts = [self.who()]
        parts += [f"{self.samples} samples"] if self.samples is not None else []
        parts += [baseline_text(self.baseline)] if self.baseline is not None else []
        return " · ".join(parts)


def shapley(task: Task, settings: ShapleyParameters) -> Result:
    """Average what a player adds to the score over the orders in which players can be added.

    Players that are not there yet are at the baseline, so the values sum to the score less the
    score with all of them at the baseline. A player's value is shared equally among its cells. On a
    linear model it is the sum of w * (x - baseline) over these.

    Few players: all coalitions S are enumerated, each weighing |S|! (n - |S| - 1)! / n!. Many:
    orders are drawn at random, each with its reverse. The two together are exact where no more than
    two players interact. Pairs are independent, so the standard error of a value is its standard
    deviation over the pairs by the root of their number; one pair tells none (NaN). That of a row
    or column comes from its sum in each pair: players share out one difference of scores, so that
    errors of several cancel in part.

    Source: Shapley (1953); Castro, Gómez & Tejada (2009) for random orders; Mitchell, Cooper, Frank
    & Holmes (2022) for their reverses.
    """
    x, base = task.x, task.baseline(settings.baseline)
    partition = Partition.of(task, settings, "shapley")

    around, orders = task.around(), how_many(partition.count, settings.samples)
    route = around.route(Boxes.of(*partition.box, MATRICES))

    def worth(present: NDArray[np.bool_]) -> Floats:
        changes = partition.changes(x, base, present)
        return around.score + around.effects(changes, slice(0, len(present)), route)

    score, (at_baseline,) = around.score, worth(np.zeros((1, partition.count), bool)).tolist()
    game = Game(task, partition, route, worth, score, at_baseline)
    values, deviations = game.sample(orders, settings.seed) if orders else game.enumerate()
    return Result.of_cells(
        partition.spread(values),
        x.shape[2],
        score,
        score_at_baseline=at_baseline,
        promised=score - at_baseline,
        errors=partition.errors(deviations),
        notes=(_note(partition.count, orders),),
    )


def _note(players: int, orders: int) -> str:
    """Say what the values come from."""
    if orders:
        return f"Sampled: {orders} random orders of {players} players."
    return f"Exact: all {2**players} coalitions of {players} player{'s' if players > 1 else ''}."


def how_many(players: int, samples: int | None) -> int:
    """Count the orders to draw, an even number; 0 where all coalitions take no more matrices."""
    if samples is None:
        affordable = MATRICES // max(1, players - 1)
        return 0 if 2**players <= MATRICES else max(ORDERS, affordable - affordable % 2)
    return 0 if 2**players <= samples * (players - 1) + 2 else samples


class Game(NamedTuple):
    """What coalitions of players are worth, and what follows for each player.

    Attributes
    ----------
    route
        How coalitions are computed, for the size of batches.
    worth
        (N, players) bool, who is present, -> (N,) scores, in one batch.
    score, at_baseline
        What all players together are worth, and none.
    """

    task: Task
    partition: Partition
    route: Route
    worth: Callable[[NDArray[np.bool_]], Floats]
    score: float
    at_baseline: float

    def enumerate(self) -> tuple[Floats, Floats]:
        """(players,) values from all coalitions, and (0, players) deviations, as of no sample."""
        n = self.partition.count
        weight = np.array([1 / (n * math.comb(n - 1, size)) for size in range(n)])
        values = np.full(n, (self.score - self.at_baseline) / n)
        between = 2**n - 2  # coalitions of some players, but not of all
        for batch in self.task.batches(between, self.route):
            codes = np.arange(batch.start, batch.stop) + 1
            present = (codes[:, None] >> np.arange(n)) % 2 == 1
            size = present.sum(axis=1, keepdims=True)
            gains = self.worth(present) - self.at_baseline
            values += gains @ np.where(present, weight[size - 1], -weight[size])
            self.task.report(batch.stop, between)
        return values, np.zeros((0, n))

    def sample(self, orders: int, seed: int) -> tuple[Floats, Floats]:
        """(players,) values from random orders, and (pairs, players) deviations of their means."""
        n, pairs, known = self.partition.count, orders // 2, 0
        needed, remedy = 32.0 * orders * n, "give fewer samples, or fewer players"
        check_held(f"shapley with samples={orders} for {n} players", needed, remedy)
        ranks = drawn(n, pairs, seed)
        worth = np.empty((orders, n + 1))  # of the first 0, 1 ... n players of each order
        worth[:, 0], worth[:, n] = self.at_baseline, self.score
        gains = np.empty((pairs, n))
        for batch in self.task.batches(orders * (n - 1), self.route):
            order, last = np.divmod(np.arange(batch.start, batch.stop), n - 1)
            worth[order, last + 1] = self.worth(ranks[order] <= last[:, None])
            new, known = known, batch.stop // (n - 1) // 2
            whole = slice(2 * new, 2 * known)
            gain = np.take_along_axis(np.diff(worth[whole], axis=1), ranks[whole], axis=1)
            gains[new:known] = gain.reshape(-1, 2, n).mean(axis=1)
            self._report(batch.stop, orders * (n - 1), gains[:known])
        values = gains.mean(axis=0)
        freedom = math.sqrt(pairs * (pairs - 1)) or math.nan
        return values, (gains - values) / freedom

    def _report(self, done: int, total: int, gains: Floats) -> None:
        """Show the mean of the pairs so far, once there is one."""
        map = self.partition.spread(gains.mean(axis=0)).astype(np.float32) if len(gains) else None
        self.task.report(done, total, map)


def drawn(players: int, pairs: int, seed: int) -> NDArray[np.int32]:
    """(2 pairs, players) rank of each player in random orders, each followed by its reverse."""
    ranks = np.tile(np.arange(players, dtype=np.int32), (pairs, 1))
    ranks = np.random.default_rng(seed).permuted(ranks, axis=1)
    return np.stack([ranks, players - 1 - ranks], axis=1).reshape(2 * pairs, players)


METHODS = (
    Method(
        name="shapley",
        family="attribution",
        question="What does each part add, averaged over all orders of adding parts?",
        needs="scores",
        Parameters=ShapleyParameters,
        compute=shapley,
    ),
)
