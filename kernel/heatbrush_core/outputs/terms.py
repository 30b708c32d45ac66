"""What a found thing was read from: cells of the outputs, and how they make one number."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from heatbrush_core.matrix.arrays import Floats, Indices

Activation = Literal["linear", "sigmoid", "exp", "log", "logit", "log_sigmoid", "log_softmax"]
"""What is done to a cell before it is weighted; all have a gradient."""
Scale = Literal["value", "score", "logit", "log_probability"]
"""What a number is: no more than that, what the model's end says, a logit, or a log probability."""


ACTIVATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "linear": lambda _, x: x,
    # a hyperbolic tangent does not overflow, and neither does its gradient
    "sigmoid": lambda xp, x: (1 + xp.tanh(x / 2)) / 2,
    "exp": lambda xp, x: xp.exp(x),
    "log": lambda xp, x: xp.log(x),
    "logit": lambda xp, x: xp.log(x) - xp.log1p(-x),
    "log_sigmoid": lambda xp, x: -xp.logaddexp(xp.zeros_like(x), -x),
}
"""Of a namespace (`numpy` or `keras.ops`) and an array of it."""


def sigmoid(values: Floats) -> Floats:
    """Return the logistic function, without overflow."""
    return np.exp(log_sigmoid(values))


def log_sigmoid(values: Floats) -> Floats:
    """Return the logarithm of the logistic function, without overflow."""
    with np.errstate(invalid="ignore"):  # of NaN it is NaN
        return ACTIVATIONS["log_sigmoid"](np, values)


def log_softmax(values: Floats) -> Floats:
    """Return the logarithm of the softmax along the last axis, without overflow."""
    shifted = values - values.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


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
        The half-open range of the last axis whose logits exclude each other, which "log_softmax"
        runs over; None where there is none.
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

    def places(self, shape: Sequence[int]) -> Indices:
        """Return where the cells stand in the flattened output; of a softmax all of its range."""
        if self.activation == "log_softmax":
            return self.rivals(shape).ravel()
        return np.ravel_multi_index(tuple(self.index.T), tuple(shape))

    def rivals(self, shape: Sequence[int]) -> Indices:
        """Return for each cell where those of its range stand there, (n, stop - start)."""
        start, stop = self.among or (0, 0)
        index = np.repeat(self.index, stop - start, 0)
        index[:, -1] = np.tile(np.arange(start, stop), len(self.index))
        return np.ravel_multi_index(tuple(index.T), tuple(shape)).reshape(len(self.index), -1)

    def compute(self, xp: Any, output: Any) -> Any:
        """Return the weighted sum of the cells, (N,), for a batch (N, ...) of the output."""
        shape = tuple(output.shape[1:])
        flat = xp.reshape(output, (-1, math.prod(shape)))
        if self.activation != "log_softmax":
            cells = xp.take(flat, self.places(shape), axis=1)
            values = ACTIVATIONS[self.activation](xp, cells)
        else:
            start, stop = self.among or (0, 0)
            rivals = self.rivals(shape)
            cells = xp.reshape(xp.take(flat, rivals.ravel(), axis=1), (-1, *rivals.shape))
            highest = xp.max(cells, axis=-1, keepdims=True)
            total = xp.log(xp.sum(xp.exp(cells - highest), axis=-1))
            chosen = (np.arange(start, stop) == self.index[:, -1:]).astype(_kind(output))
            values = xp.sum((cells - highest) * chosen, axis=-1) - total
        return xp.sum(values * self.weights.astype(_kind(output)), axis=-1)


def _kind(array: Any) -> str:
    """Name the kind of an array's numbers: a string in Keras, a dtype in NumPy."""
    return str(getattr(array.dtype, "name", array.dtype))


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
    scale
        What the number is; a logit has a probability as well.
    """

    name: str
    readings: tuple[Reading, ...]
    constant: float = 0.0
    scale: Scale = "value"

    @classmethod
    def score(
        cls,
        output: int,
        index: Indices,
        scores: Literal["values", "logits"],
        among: tuple[int, int] | None = None,
    ) -> Term:
        """Read a score: the mean of cells that are scores themselves, or their logits."""
        weights = np.full(len(index), 1 / len(index))
        logits = scores == "logits"
        reading = Reading(output, index, weights, among=among if logits else None)
        return cls("score", (reading,), scale="logit" if logits else "score")

    @property
    def linear(self) -> bool:
        """Whether it is a weighted sum of cells as they are, and a constant."""
        return all(each.activation == "linear" for each in self.readings)

    def compute(self, xp: Any, outputs: Sequence[Any]) -> Any:
        """Return the number, (N,), for a batch of all outputs, each (N, ...).

        Parameters
        ----------
        xp : module
            `numpy`, or `keras.ops`, in which it has a gradient.
        outputs : list of array
            As the model returns them; those that are not read may be anything.
        """
        return sum(
            (each.compute(xp, outputs[each.output]) for each in self.readings), self.constant
        )

    def value(self, outputs: Sequence[Floats]) -> float:
        """Return the number for the outputs of one sample, without the sample axis."""
        return float(self.compute(np, [np.asarray(each)[None] for each in outputs])[0])
