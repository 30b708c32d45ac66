"""Gradients on the way from a baseline to the input: integrated gradients."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from heatbrush_core.methods.baseline import WORDS, Baseline, baseline_text
from heatbrush_core.methods.method import Method, Result
from heatbrush_core.methods.parameters import Parameters
from heatbrush_core.task import Task

Rule = Literal["gauss_legendre", "left", "right", "middle", "trapezoid"]


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


def quadrature(rule: Rule, steps: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points in [0, 1] and their weights, which sum to 1; "trapezoid" has steps + 1 of them."""
    if rule == "gauss_legendre":
        nodes, weights = np.polynomial.legendre.leggauss(steps)
        return (nodes + 1) / 2, weights / 2
    if rule == "trapezoid":
        weights = np.full(steps + 1, 1 / steps)
        weights[[0, -1]] /= 2
        return np.linspace(0, 1, steps + 1), weights
    offset = {"left": 0.0, "middle": 0.5, "right": 1.0}[rule]
    return (np.arange(steps) + offset) / steps, np.full(steps, 1 / steps)


def integrate(
    task: Task, x: NDArray[Any], base: NDArray[Any], settings: IntegratedGradientsParameters
) -> NDArray[np.float64]:
    """(H, W, C): x - base times the mean gradient on the straight way from base to x."""
    points, weights = quadrature(settings.rule, settings.steps)
    way, total = x - base, np.zeros(x.shape)
    for batch in task.batches(len(points), "gradient"):
        X = base + points[batch, None, None, None].astype(x.dtype) * way
        total += (weights[batch, None, None, None] * task.gradients(X)[0]).sum(0)
        task.report(batch.stop, len(points))
    return way * total


def integrated_gradients(task: Task, settings: IntegratedGradientsParameters) -> Result:
    """Share out what each cell adds to the score on the way from the baseline to the input.

    Source: Sundararajan, Taly & Yan (2017), equation 1; the sum over all cells is the difference of
    the two scores (their proposition 1), and `residual` is what a finite number of steps misses.
    """
    base = task.baseline(settings.baseline)
    values = integrate(task, task.x, base, settings)
    score, at_baseline = (float(s) for s in task.scores(np.stack([task.x, base])))
    residual = float(values.sum()) - (score - at_baseline)
    return Result(values, score, score_at_baseline=at_baseline, residual=residual)


METHODS = (
    Method(
        name="integrated_gradients",
        family="attribution",
        question="What adds up on the way from baseline to input?",
        needs="gradient",
        Parameters=IntegratedGradientsParameters,
        compute=integrated_gradients,
    ),
)
