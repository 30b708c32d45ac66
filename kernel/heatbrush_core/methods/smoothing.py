"""SmoothGrad: any method's maps, averaged over noisy copies of the input."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from heatbrush_core.inference.task import Task
from heatbrush_core.registry.method import Method, Result
from heatbrush_core.registry.parameters import Parameters
from heatbrush_core.registry.registry import REGISTRY, why_not

Reduce = Literal["mean", "square", "variance"]


def _others() -> list[str]:
    """Names of the methods that can be averaged over noisy copies of the input: all others."""
    return [name for name in REGISTRY if name != "smoothgrad"]


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
        json_schema_extra=lambda schema: schema.update(enum=[*_others()]),
    )
    reduce: Reduce = Field(
        "mean", description="the mean of the maps, of their squares, or their variance"
    )

    @field_validator("over")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in _others():
            raise ValueError(f"one of {', '.join(_others())} is expected")
        return name

    def hides(self) -> tuple[Any, ...]:
        """Hide as the method that is averaged does by default."""
        return REGISTRY[self.over].Parameters().hides()

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

    On a linear model the gradients of all copies are its weights w: the mean is w, the square w²,
    the variance 0.

    Source: Smilkov et al. (2017), arXiv:1706.03825; the squares are SmoothGrad-Squared of Hooker et
    al. (2019), the variance is VarGrad of Adebayo et al. (2018).
    """
    method, x = REGISTRY[settings.over], task.x
    if reason := why_not(method, task.network, task.background is not None):
        raise TypeError(reason)
    inner = method.settings({}, (x.shape[0], x.shape[1]))
    scale = settings.sigma * float(np.ptp(x if task.exists is None else x[task.exists]))
    random = np.random.default_rng(settings.seed)

    def batches() -> Iterable[NDArray[Any]]:
        for batch in task.batches(settings.samples, "gradient"):
            noise = random.standard_normal((batch.stop - batch.start, *x.shape))
            copies = task.kept((x + scale * noise).astype(x.dtype))
            yield np.stack([found.values for found in method.each(task.quiet(), copies, inner)])
            task.report(batch.stop, settings.samples)

    return Result(average(batches(), settings.reduce), float(task.scores(x[None])[0]))


METHODS = (
    Method(
        name="smoothgrad",
        family="function",
        question="Which gradients survive noise?",
        needs="gradient",
        Parameters=SmoothGradParameters,
        compute=smoothgrad,
    ),
)
