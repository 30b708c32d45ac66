"""What a found thing was read from: cells of the outputs, and how they make one number."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from heatbrush_core.matrix.arrays import Floats, Indices

Activation = Literal["linear", "sigmoid", "exp", "log", "logit", "log_sigmoid", "log_softmax"]
"""What is done to a cell before it is weighted; all have a gradient."""


def sigmoid(values: Floats) -> Floats:
    """Return the logistic function, without overflow."""
    return np.exp(log_sigmoid(values))


def log_sigmoid(values: Floats) -> Floats:
    """Return the logarithm of the logistic function, without overflow."""
    with np.errstate(invalid="ignore"):  # of NaN it is NaN
        return -np.logaddexp(0, -values)


def log_softmax(values: Floats) -> Floats:
    """Return the logarithm of the softmax along the last axis, without overflow."""
    shifted = values - values.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


ACTIVATIONS: Mapping[str, Callable[[Floats], Floats]] = {
    "linear": lambda values: values,
    "sigmoid": sigmoid,
    "exp": np.exp,
    "log": np.log,
    "logit": lambda values: np.log(values) - np.log1p(-values),
    "log_sigmoid": log_sigmoid,
}


@dataclass(frozen=True, eq=False)
class Reading:
    """Some cells of one output, each with a weight.

    Attributes
    ----------
    output
        Which output of the model.
    index
        (n, rank) indices of the cells in that output, without the sample axis.
    weights
        (n,) what each is multiplied by, after the activation.
    activation
        What is done to each cell first.
    among
        For "log_softmax" the half-open range of the last axis that the softmax runs over.
    """

    output: int
    index: Indices
    weights: Floats
    activation: Activation = "linear"
    among: tuple[int, int] | None = None

    @classmethod
    def cell(
        cls,
        output: int,
        index: Sequence[int],
        activation: Activation = "linear",
        weight: float = 1.0,
        among: tuple[int, int] | None = None,
    ) -> Reading:
        """Read a single cell."""
        return cls(output, np.array([index], np.intp), np.array([weight]), activation, among)

    def value(self, outputs: Sequence[Floats]) -> float:
        """Return the weighted sum of the cells."""
        array = outputs[self.output]
        if self.among is None:
            values = ACTIVATIONS[self.activation](array[tuple(self.index.T)])
        else:
            start, stop = self.among
            rows = array[tuple(self.index[:, :-1].T)][:, start:stop]
            values = log_softmax(rows)[np.arange(len(rows)), self.index[:, -1] - start]
        return float(values @ self.weights)


@dataclass(frozen=True, eq=False)
class Term:
    """One number that a thing consists of, as a function of the outputs.

    It is a constant plus the weighted sums of cells, each after an activation: a target on these
    cells has exactly this value.

    Attributes
    ----------
    name
        "score", "cosine", "sine", "objectness", "class", "all", "top", "bottom", "left", "right",
        "count".
    readings
        Which cells, and how.
    constant
        What is added; of an edge the place of its cell.
    """

    name: str
    readings: tuple[Reading, ...]
    constant: float = 0.0

    def value(self, outputs: Sequence[Floats]) -> float:
        """Return the number for the outputs of one sample."""
        return self.constant + sum(each.value(outputs) for each in self.readings)
