"""The gradient family: gradient, input times gradient, integrated gradients, SmoothGrad."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from heatbrush_core.methods.baseline import WORDS, Baseline, baseline_text
from heatbrush_core.methods.method import Method, Result
from heatbrush_core.methods.parameters import Parameters
from heatbrush_core.task import Task

Rule = Literal["gauss_legendre", "left", "right", "middle", "trapezoid"]
Reduce = Literal["mean", "square", "variance"]


# ------------------------------------------------------------------ gradient


class GradientParameters(Parameters):
    """Signed, or its size only."""

    absolute: bool = Field(False, description="only how much, not in which direction")

    def summary(self) -> str:
        """As in "signed"."""
        return "absolute" if self.absolute else "signed"


def gradient_maps(task: Task, X: NDArray[Any], settings: GradientParameters) -> NDArray[Any]:
    """(N, H, W, C) -> the gradient of the score at each matrix, (N, H, W, C)."""
    gradients = task.gradients(X)[0]
    return np.abs(gradients) if settings.absolute else gradients


def gradient(task: Task, settings: GradientParameters) -> Result:
    """Differentiate the score with respect to each cell.

    Source: Simonyan, Vedaldi & Zisserman (2014), section 3, here with its sign.
    """
    gradients, scores = task.gradients(task.x[None])
    values = np.abs(gradients[0]) if settings.absolute else gradients[0]
    return Result(values, float(scores[0]))


# ------------------------------------------------------------------ input times gradient


class InputXGradientParameters(Parameters):
    """None."""


def input_x_gradient_maps(task: Task, X: NDArray[Any], settings: Parameters) -> NDArray[Any]:
    """(N, H, W, C) -> each matrix times its gradient, (N, H, W, C)."""
    return X * task.gradients(X)[0]


def input_x_gradient(task: Task, settings: Parameters) -> Result:
    """Multiply each cell by its derivative.

    Source: Shrikumar et al. (2016), arXiv:1605.01713.
    """
    gradients, scores = task.gradients(task.x[None])
    return Result(task.x * gradients[0], float(scores[0]))


# ------------------------------------------------------------------ integrated gradients


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


def integrated_gradients_maps(
    task: Task, X: NDArray[Any], settings: IntegratedGradientsParameters
) -> NDArray[Any]:
    """(N, H, W, C) -> integrated gradients from the task's baseline to each, (N, H, W, C)."""
    base = task.baseline(settings.baseline)
    return np.stack([integrate(task, x, base, settings) for x in X])


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


# ------------------------------------------------------------------ SmoothGrad


def _smoothable() -> list[str]:
    """Names of the methods that can be averaged over noisy copies of the input."""
    from heatbrush_core.methods import REGISTRY  # which lists this module's methods

    return [name for name, each in REGISTRY.items() if each.maps is not None]


class SmoothGradParameters(Parameters):
    """How many noisy copies, how noisy, and what is averaged."""

    samples: int = Field(50, ge=1, description="noisy copies of the input; more is smoother")
    sigma: float = Field(
        0.1,
        ge=0,
        description="standard deviation of the noise, as a share of the input's range",
        json_schema_extra={"unit": "of the range"},
    )
    seed: int = Field(0, ge=0, description="the same seed gives the same noise")
    over: str = Field(
        "gradient",
        description="the method that is averaged, with its default parameters",
        json_schema_extra=lambda schema: schema.update(enum=[*_smoothable()]),
    )
    reduce: Reduce = Field(
        "mean", description="the mean of the maps, of their squares, or their variance"
    )

    @field_validator("over")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in _smoothable():
            raise ValueError(f"one of {', '.join(_smoothable())} is expected")
        return name

    def summary(self) -> str:
        """As in "50 samples · σ = 0.1"."""
        parts = [f"{self.samples} samples", f"σ = {self.sigma:g}"]
        parts += [f"over {self.over.replace('_', ' ')}"] if self.over != "gradient" else []
        parts += [self.reduce] if self.reduce != "mean" else []
        return " · ".join(parts)


def average(batches: Iterable[NDArray[Any]], reduce: Reduce) -> NDArray[np.float64]:
    """(n, H, W, C) batches of maps -> the (H, W, C) mean, mean square or variance over all maps."""
    count, total, squares = 0, np.zeros(()), np.zeros(())
    for maps in batches:
        wide = maps.astype(np.float64)
        count += len(wide)
        total = total + wide.sum(0)
        squares = squares + (wide * wide).sum(0)
    if reduce == "mean":
        return total / count
    if reduce == "square":
        return squares / count
    return np.maximum(squares / count - (total / count) ** 2, 0)


def smoothgrad(task: Task, settings: SmoothGradParameters) -> Result:
    """Average a method's maps over noisy copies of the input.

    Source: Smilkov et al. (2017), arXiv:1706.03825; the squares are SmoothGrad-Squared of Hooker et
    al. (2019), the variance is VarGrad of Adebayo et al. (2018).
    """
    from heatbrush_core.methods import REGISTRY

    method, x = REGISTRY[settings.over], task.x
    inner = method.settings({}, (x.shape[0], x.shape[1]))
    maps, quiet = method.maps, task.quiet()
    assert maps is not None
    scale = settings.sigma * float(x.max() - x.min())
    random = np.random.default_rng(settings.seed)

    def batches() -> Iterable[NDArray[Any]]:
        for batch in task.batches(settings.samples, "gradient"):
            noise = random.standard_normal((batch.stop - batch.start, *x.shape))
            yield maps(quiet, (x + scale * noise).astype(x.dtype), inner)
            task.report(batch.stop, settings.samples)

    return Result(average(batches(), settings.reduce), float(task.scores(x[None])[0]))


METHODS = (
    Method(
        name="gradient",
        family="function",
        question="Where would a tiny change move the score?",
        needs="gradient",
        Parameters=GradientParameters,
        compute=gradient,
        maps=gradient_maps,
    ),
    Method(
        name="input_x_gradient",
        family="attribution",
        question="Which values push the score, by size and slope?",
        needs="gradient",
        Parameters=InputXGradientParameters,
        compute=input_x_gradient,
        maps=input_x_gradient_maps,
    ),
    Method(
        name="integrated_gradients",
        family="attribution",
        question="What adds up on the way from baseline to input?",
        needs="gradient",
        Parameters=IntegratedGradientsParameters,
        compute=integrated_gradients,
        maps=integrated_gradients_maps,
    ),
    Method(
        name="smoothgrad",
        family="function",
        question="Which gradients survive noise?",
        needs="gradient",
        Parameters=SmoothGradParameters,
        compute=smoothgrad,
    ),
)
