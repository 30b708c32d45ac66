"""Gradients on the way from a baseline, or from typical matrices, to the input."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from heatbrush_core.holding import check_held
from heatbrush_core.inference.task import Task
from heatbrush_core.maps.profiles import Errors
from heatbrush_core.methods.quadrature import MOST, Rule, quadrature
from heatbrush_core.registry.baseline import WORDS, Baseline, baseline_text
from heatbrush_core.registry.method import Method, Result
from heatbrush_core.registry.parameters import Parameters


class IntegratedGradientsParameters(Parameters):
    """The path's start, and how the integral along it is taken."""

    steps: int = Field(
        64, ge=1, description="points on the way from baseline to input; more is more exact"
    )
    baseline: Baseline = Field(None, title="baseline", description=f"where the way starts: {WORDS}")
    rule: Rule = Field(
        "gauss_legendre",
        description="how the points lie and weigh; gauss_legendre is exact soonest",
    )

    def summary(self) -> str:
        """As in "64 steps · baseline 0"."""
        parts = [f"{self.steps} steps"]
        parts += [baseline_text(self.baseline)] if self.baseline is not None else []
        parts += [self.rule.replace("_", " ")] if self.rule != "gauss_legendre" else []
        return " · ".join(parts)


def integrate(
    task: Task, x: NDArray[Any], base: NDArray[Any], settings: IntegratedGradientsParameters
) -> NDArray[np.float64]:
    """(H, W, C): x - base times the mean gradient on the straight way from base to x."""
    _check(settings)
    points, weights = quadrature(settings.rule, settings.steps)
    way, total = x - base, np.zeros(x.shape)
    for batch in task.batches(len(points), "gradient"):
        X = base + points[batch, None, None, None].astype(x.dtype) * way
        total += (weights[batch, None, None, None] * task.gradients(X)[0]).sum(0)
        task.report(batch.stop, len(points))
    return way * total


def _check(settings: IntegratedGradientsParameters) -> None:
    """Refuse more points than can be laid out."""
    steps = settings.steps
    if settings.rule == "gauss_legendre" and steps > MOST:
        raise ValueError(
            f"integrated_gradients has steps={steps} with rule='gauss_legendre', but at most "
            f"{MOST} are expected, as finding the points would take longest; give fewer steps, or "
            "another rule."
        )
    check_held(f"integrated_gradients with steps={steps}", 16.0 * steps, "give fewer steps")


def integrated_gradients(task: Task, settings: IntegratedGradientsParameters) -> Result:
    """Share out what each cell adds to the score on the way from the baseline to the input.

    Source: Sundararajan, Taly & Yan (2017), equation 1; the sum over all cells is the difference of
    the two scores (their proposition 1), and `residual` what the sum is off, as
    steps are finite and the score may jump on the way, as a mask makes it do.
    """
    base = task.way(settings.baseline)
    values = integrate(task, task.x, base, settings)
    score, at_baseline = (float(s) for s in task.scores(np.stack([task.x, base])))
    return Result(values, score, score_at_baseline=at_baseline, promised=score - at_baseline)


class ExpectedGradientsParameters(Parameters):
    """How many points are drawn."""

    samples: int = Field(
        128, ge=1, description="points drawn between typical matrices and the input; more is surer"
    )
    seed: int = Field(0, ge=0, description="the same seed gives the same points")

    def summary(self) -> str:
        """As in "128 samples"."""
        return f"{self.samples} samples"


def draws(samples: int, count: int, seed: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Draw which of `count` backgrounds each sample starts from, and how far it goes, in [0, 1].

    Each background is drawn equally often, to one, and each `samples`-th of the way once; a single
    sample is uniform in both, and they are independent.
    """
    random = np.random.default_rng(seed)
    rounds = -(-samples // count)
    which = np.concatenate([random.permutation(count) for _ in range(rounds)])[:samples]
    return which, (random.permutation(samples) + random.random(samples)) / samples


def expected_gradients(task: Task, settings: ExpectedGradientsParameters) -> Result:
    """Average (x - x') times the gradient between x' and x over typical matrices x'.

    On a linear model the map is w * (x - mean x'), with x' those drawn: the whole background where
    `samples` is a multiple of it. The sum over all cells is, but for the error of sampling, the
    score less the mean score of the x' drawn. The standard error is that of independent draws; the
    draws here are spread evenly, so that it errs on the large side. That of a row or column comes
    from its sum in each sample.

    Source: Erion et al. (2021), arXiv:1906.10670, where it is called so.
    """
    x, background = task.x, task.background
    assert background is not None
    if background.shape[1:] != x.shape:
        raise ValueError(
            f"expected_gradients has a background of {background.shape[1:]}, but the matrix is "
            f"{x.shape}; give a background of matrices of the same shape."
        )
    needed = 24.0 * max(settings.samples, len(background))
    check_held(f"expected_gradients with samples={settings.samples}", needed, "give fewer samples")
    which, alphas = draws(settings.samples, len(background), settings.seed)
    inside = np.ones(x.shape[:2], bool) if task.inside is None else task.inside
    total, squares = np.zeros(x.shape), [np.zeros(part.shape) for part in _with_lines(inside)]
    for batch in task.batches(settings.samples, "gradient"):
        start = task.kept(background[which[batch]])
        alpha = alphas[batch, None, None, None].astype(x.dtype)
        values = (x - start) * task.gradients(start + alpha * (x - start))[0].astype(np.float64)
        if task.exists is not None:  # what is fed elsewhere may be NaN
            values = np.where(task.exists[..., None], values, 0)
        total += values.sum(0)
        for square, part in zip(squares, _with_lines(values.sum(-1) * inside), strict=True):
            square += (part**2).sum(0)
        map = (total / batch.stop).sum(-1)
        task.report(batch.stop, settings.samples, map.astype(np.float32))
    values, score = total / settings.samples, float(task.scores(x[None])[0])
    at_background = _mean_score(task, background, which)
    return Result(
        values,
        score,
        score_at_baseline=at_background,
        promised=score - at_background,
        errors=_errors(values.sum(-1) * inside, squares, settings.samples),
    )


def _mean_score(task: Task, background: NDArray[Any], which: NDArray[np.intp]) -> float:
    """Average the scores of the backgrounds drawn, each as often as it was."""
    drawn, counts = np.unique(which, return_counts=True)
    batches = task.batches(len(drawn), "scores")
    scores = np.concatenate([task.scores(task.kept(background[drawn[batch]])) for batch in batches])
    return float(np.average(scores, weights=counts))


def _with_lines(cells: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """(..., H, W) -> these, and their sums (..., H) of rows and (..., W) of columns."""
    return cells, cells.sum(-1), cells.sum(-2)


def _errors(mean: NDArray[Any], squares: list[NDArray[Any]], samples: int) -> Errors:
    """Get the errors of a mean map and its profiles from sums of squares; NaN for one sample."""
    freedom = samples - 1 or np.nan
    variances = (
        np.maximum(square / samples - part**2, 0) / freedom
        for square, part in zip(squares, _with_lines(mean), strict=True)
    )
    return Errors(*(np.sqrt(variance) for variance in variances))


METHODS = (
    Method(
        name="integrated_gradients",
        family="attribution",
        question="What adds up on the way from baseline to input?",
        needs="gradient",
        Parameters=IntegratedGradientsParameters,
        compute=integrated_gradients,
    ),
    Method(
        name="expected_gradients",
        family="attribution",
        question="What adds up on the way from typical matrices to the input?",
        needs="gradient",
        Parameters=ExpectedGradientsParameters,
        compute=expected_gradients,
        needs_background=True,
    ),
)
