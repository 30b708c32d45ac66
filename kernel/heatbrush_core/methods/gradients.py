"""One gradient: plain, and times the input."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from heatbrush_core.inference.task import Task
from heatbrush_core.registry.method import Method, Result
from heatbrush_core.registry.parameters import Parameters


class GradientParameters(Parameters):
    """Signed, or its size only."""

    absolute: bool = Field(False, description="only how much, not in which direction")

    def summary(self) -> str:
        """As in "signed"."""
        return "absolute" if self.absolute else "signed"


def gradient(task: Task, X: NDArray[Any], settings: GradientParameters) -> list[Result]:
    """Differentiate the score with respect to each cell.

    On a linear model the map is its weights.

    Source: Simonyan, Vedaldi & Zisserman (2014), section 3, here with its sign.
    """
    gradients, scores = task.gradients(X)
    values = np.abs(gradients) if settings.absolute else gradients
    return [Result(each, float(score)) for each, score in zip(values, scores, strict=True)]


class InputXGradientParameters(Parameters):
    """None."""


def input_x_gradient(task: Task, X: NDArray[Any], _: Parameters) -> list[Result]:
    """Multiply each cell by its derivative.

    On a linear model the map is weight times cell.

    Source: Shrikumar et al. (2016), arXiv:1605.01713.
    """
    gradients, scores = task.gradients(X)
    return [Result(each, float(s)) for each, s in zip(X * gradients, scores, strict=True)]


METHODS = (
    Method(
        name="gradient",
        family="function",
        question="Where would a tiny change move the score?",
        needs="gradient",
        Parameters=GradientParameters,
        together=gradient,
    ),
    Method(
        name="input_x_gradient",
        family="attribution",
        question="Which values push the score, by size and slope?",
        needs="gradient",
        Parameters=InputXGradientParameters,
        together=input_x_gradient,
    ),
)
