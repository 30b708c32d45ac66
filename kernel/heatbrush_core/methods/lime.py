"""LIME: the weights of a linear model of which parts are present, fitted near the matrix."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from heatbrush_core.holding import check_held
from heatbrush_core.inference.task import Task
from heatbrush_core.registry.baseline import WORDS, Baseline, baseline_text
from heatbrush_core.registry.method import Method, Result
from heatbrush_core.registry.players import PLAYERS, Partition, PlayerParameters, Players

Floats = NDArray[np.float64]
SAME = 1e-10
"""Share of a player's variance that no other player explains, below which it counts as none."""


class LimeParameters(PlayerParameters):
    """Who is present or not, in how many samples, and how the line is fitted."""

    players: Players = Field("grid", description=PLAYERS)
    samples: int = Field(
        1000,
        ge=1,
        description="random choices of players, at least two more than players",
    )
    keep: float = Field(0.5, gt=0, lt=1, description="the probability that a player is present")
    width: float = Field(
        0.25, gt=0, description="how far from the matrix samples still count, as cosine distance"
    )
    ridge: float = Field(0.0, ge=0, description="a penalty on the squares of the weights")
    seed: int = Field(0, ge=0, description="the same seed gives the same samples")
    baseline: Baseline = Field(
        None, title="hidden means", description=f"what a hidden cell becomes: {WORDS}"
    )

    def summary(self) -> str:
        """As in "grid 7 × 7 · 1000 samples · baseline 0"."""
        parts = [self.who(), f"{self.samples} samples"]
        parts += [f"keep {self.keep:g}"] if self.keep != 0.5 else []
        parts += [f"width {self.width:g}"] if self.width != 0.25 else []
        parts += [f"ridge {self.ridge:g}"] if self.ridge else []
        parts += [baseline_text(self.baseline)] if self.baseline is not None else []
        return " · ".join(parts)


def lime(task: Task, settings: LimeParameters) -> Result:
    """Fit the score by a line in "this player is present", and share out its weights.

    Each player is present with probability `keep`, else at the baseline; the first sample is x
    itself. b0 and b minimise the sum of k * (score - b0 - z @ b)^2, plus ridge * sum(b^2), over all
    samples z in {0, 1}^players, where k = exp(-(d / width)^2) and d = 1 - sqrt(share of players
    present) is the cosine distance between z and x. b is the players' value, shared equally among
    the cells of each.

    On a linear model, without ridge, it is the sum of w * (x - baseline) over a player's cells.

    Source: Ribeiro, Singh & Guestrin (2016), section 3.3 with equation 2, without their choice of a
    few players. The standard errors are those of White (1980), times samples / (samples - players
    - 1) in their squares, right also where the score is no line; those of rows and columns come
    from the covariances of the weights.
    """
    x, base = task.x, task.baseline(settings.baseline)
    partition = Partition.of(task, settings, "lime")
    n, samples = partition.count, settings.samples
    if samples < n + 2:
        raise ValueError(
            f"lime has samples={samples} for {n} players, but at least {n + 2} are expected; give "
            "more samples, or fewer players."
        )
    # presence, what is fitted to, and what each sample does to each weight
    needed = 40.0 * samples * n
    remedy = "give fewer samples, or fewer players"
    check_held(f"lime with samples={samples} for {n} players", needed, remedy)
    present = np.random.default_rng(settings.seed).random((samples, n)) < settings.keep
    present[0] = True
    scores, around = np.empty(samples), task.around()
    changes = partition.changes(x, base, present)
    route = around.route(changes.boxes)
    for batch in task.batches(samples, route):
        scores[batch] = around.score + around.effects(changes, batch, route)
        task.report(batch.stop, samples)
    line = fit(present, scores, kernel(present, settings.width), settings.ridge)
    return Result.of_cells(
        partition.spread(line.weights),
        x.shape[2],
        around.score,
        errors=partition.errors(line.deviations),
        notes=(f"The line explains {line.share:.0%} of the score's variance near the matrix.",),
    )


def kernel(present: NDArray[np.bool_], width: float) -> Floats:
    """(N, players) -> (N,), how much each sample counts."""
    distance = 1 - np.sqrt(present.mean(axis=1))
    return np.exp(-((distance / width) ** 2))


class Line(NamedTuple):
    """A fitted line: (players,) weights, how sure they are, and what it explains.

    Attributes
    ----------
    deviations
        (samples, players), whose products, summed over the samples, are the weights' covariances.
    share
        Of the variance of the scores, each sample counting as in the fit; 1 where there is none.
    """

    weights: Floats
    deviations: Floats
    share: float


def fit(present: NDArray[np.bool_], scores: Floats, counts: Floats, ridge: float) -> Line:
    """Regress (N,) scores on (N, players) presence, each sample counting by (N,) `counts`."""
    Z = present - np.average(present, axis=0, weights=counts)
    y = scores - scores[0]
    y -= np.average(y, weights=counts)
    normal = (counts * Z.T) @ Z + ridge * np.eye(Z.shape[1])
    _check(normal)
    influence = counts * np.linalg.solve(normal, Z.T)  # of each sample on each weight
    weights = influence @ y
    rest = y - Z @ weights
    samples, players = Z.shape
    deviations = (influence * rest).T * np.sqrt(samples / (samples - players - 1))
    total = float(counts @ y**2)
    return Line(weights, deviations, 1 - float(counts @ rest**2) / total if total else 1.0)


def _check(normal: Floats) -> None:
    """Refuse samples that cannot tell the players apart: a pivot is what no other one explains."""
    try:
        pivots = np.diag(np.linalg.cholesky(normal)) ** 2
    except np.linalg.LinAlgError:
        pivots = np.zeros(1)
    if (pivots <= SAME * np.diag(normal)).any():
        raise ValueError(
            f"lime has samples that cannot tell its {len(normal)} players apart, but each is to be "
            "present without the others at times; give more samples, a keep nearer to 0.5, a "
            "larger width, or a ridge."
        )


METHODS = (
    Method(
        name="lime",
        family="attribution",
        question="Which parts weigh most in a straight line fitted to the score nearby?",
        needs="scores",
        Parameters=LimeParameters,
        compute=lime,
    ),
)
