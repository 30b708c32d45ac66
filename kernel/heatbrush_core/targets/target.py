"""A target: what is explained of a model's outputs, and which numbers of the model it reads.

A target names cells; `terms` turns it, for the outputs that a model has, into what the network
reads: single cells with weights, the scores of classes, or a number made of whole outputs.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.checks import short
from heatbrush_core.targets.decoded import Look

ScoreKind = Literal["logit", "probability", "log_probability"]
"""Which score of a class is meant, wherever one is explained or measured."""
Reading = Literal[
    "softmax",
    "sigmoid",
    "probabilities",
    "sigmoid_probabilities",
    "log_probabilities",
    "values",
]
"""What the numbers of a model's last layer are; see `Head`."""
Reduce = Literal["mean", "sum", "max"]
REDUCE: tuple[Reduce, ...] = ("mean", "sum", "max")
Which = str | int | None
"""An output by its name or its number; None is the one that the explainer was opened with."""


@dataclass(frozen=True)
class Source:
    """One output of a model, or what one of its layers gives.

    Attributes
    ----------
    key
        The number of the output, or the name of the layer.
    name
        As in a sentence: "the output 'map'".
    shape
        Of one matrix, in the model's own order of axes.
    axes
        Which of these are rows, columns and channels; None where there is none.
    classes
        How many classes it tells of where it is a vector of scores; else 0.
    """

    key: int | str
    name: str
    shape: tuple[int, ...]
    axes: tuple[int | None, int | None, int | None]
    classes: int = 0

    def cells(self, **ranges: Any) -> NDArray[np.intp]:
        """Take the numbers of the cells at given rows, columns and channels; of all if none are."""
        named = dict(zip(("rows", "columns", "channels"), self.axes, strict=True))
        numbers = np.arange(int(np.prod(self.shape)), dtype=np.intp).reshape(self.shape)
        for name, wanted in ranges.items():
            axis = named[name]
            if axis is not None:
                numbers = np.take(numbers, wanted, axis)
        return numbers.ravel()

    def length(self, which: int) -> int:
        """Count rows (0), columns (1) or channels (2); 1 where there is no such axis."""
        axis = self.axes[which]
        return 1 if axis is None else self.shape[axis]

    def check(self, said: str, which: int, given: int, noun: str) -> None:
        """Refuse a row, a column or a channel that the source does not have."""
        length = self.length(which)
        if given >= length:
            choice = f"0 to {length - 1}" if length > 1 else "0 only"
            raise ValueError(
                f"{said} has {noun} {given}, but {self.name} has {length} "
                f"{noun}{'' if length == 1 else 's'} ({choice}), as its shape is {self.shape}; "
                "give one of these."
            )


class Sources(Protocol):
    """What a target may ask for of a model."""

    def output(self, which: Which) -> Source:
        """Find one of the outputs."""

    def layer(self, name: str) -> Source:
        """Find a layer by its name."""

    @property
    def outputs(self) -> tuple[Source, ...]:
        """All outputs, in the model's order."""

    @property
    def matrix(self) -> tuple[int, ...]:
        """The shape of the matrix, as the model takes it."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells of one source: the sum of their scores times weights, or the largest of them.

    Attributes
    ----------
    source
        What is read.
    cells
        (k,) numbers of the cells in `source.shape`.
    weights
        (k,) for the largest the same in all.
    largest
        Whether the largest counts alone.
    constant
        What is added.
    reading
        How the cells are read: "values" are the numbers as the model returns them; anything else
        holds where the model itself does not tell. None is as the model tells.
    rivals
        (k, m) numbers of the cells that exclude each other, of a "softmax" that the model does not
        tell of; each row has its cell among them.
    """

    source: Source
    cells: NDArray[np.intp]
    weights: NDArray[np.float64]
    largest: bool = False
    constant: float = 0.0
    reading: Reading | None = None
    rivals: NDArray[np.intp] | None = None

    @classmethod
    def reduced(cls, source: Source, cells: NDArray[np.intp], reduce: Reduce) -> Cells:
        """Take the mean, the sum or the largest of some cells."""
        weight = 1 / len(cells) if reduce == "mean" else 1.0
        return cls(source, cells, np.full(len(cells), weight), reduce == "max")

    def times(self, factor: float) -> Cells:
        """Weigh it."""
        return replace(self, weights=self.weights * factor, constant=self.constant * factor)


@dataclass(frozen=True, eq=False)
class Scores:
    """The scores of classes, of an output that is a vector of them: (n,) weights of the classes."""

    source: Source
    weights: NDArray[np.float64]

    def times(self, factor: float) -> Scores:
        """Weigh it."""
        return replace(self, weights=self.weights * factor)


@dataclass(frozen=True, eq=False)
class Made:
    """One number that is made of whole outputs or layers, in a way of its own.

    Attributes
    ----------
    sources
        What it is made of.
    compute
        (library, values, references) -> (N,) numbers. The library is NumPy or `keras.ops`; a value
        is (N, ...) of each source, and of the matrix itself where it is asked for; a reference is
        what the source gives for `like`.
    what
        The target in a sentence.
    weight
        By which it counts.
    with_input
        Whether the matrix itself comes last among the values.
    like
        Another matrix, (H, W, C), or None.
    reading
        "values", or "log_probabilities" where the number is the logarithm of a probability.
    """

    sources: tuple[Source, ...]
    compute: Callable[[Any, Sequence[Any], Sequence[Any]], Any]
    what: str
    weight: float = 1.0
    with_input: bool = False
    like: NDArray[Any] | None = None
    reading: Reading = "values"

    def times(self, factor: float) -> Made:
        """Weigh it."""
        return replace(self, weight=self.weight * factor)


@dataclass(frozen=True, eq=False)
class Followed:
    """Something that may have moved where the matrix is another.

    Attributes
    ----------
    cells
        Where it was: of that there are slopes, and relevance.
    sources
        The outputs in which it is looked for.
    left
        (values) -> (N,) what is left of it, where a value is (N, ...) of each source, in NumPy.
    weight
        By which it counts.
    """

    cells: Cells | Made
    sources: tuple[Source, ...]
    left: Callable[[Sequence[NDArray[Any]]], NDArray[np.float64]]
    weight: float = 1.0

    def times(self, factor: float) -> Followed:
        """Weigh it."""
        return replace(self, cells=self.cells.times(factor), weight=self.weight * factor)


Term = Cells | Scores | Made | Followed


class Target(ABC):
    """What is explained: `Class`, `Margin`, `Location` and the others of `heatbrush.targets`."""

    @property
    def of_classes(self) -> bool:
        """Whether it is a class of the explainer's own output, or one rather than another."""
        return False

    @property
    def compares(self) -> bool:
        """Whether it compares with another matrix, so that the model's weights are in it."""
        return False

    @property
    def pair(self) -> tuple[int | None, int | None]:
        """Indices of the class, and of the one it is compared with; None where it is none."""
        return None, None

    def weights(self, n: int) -> NDArray[np.float64]:
        """Weights of n classes; only of what is a class."""
        raise TypeError(
            f"{short(self)} is no class, but weights of {n} classes are asked for; explain it "
            "through an explainer, which knows the model's outputs."
        )

    @abstractmethod
    def label(self, classes: Sequence[str]) -> str:
        """Name it in a few words; of a map, `classes` are the names of its channels."""

    @abstractmethod
    def terms(self, model: Sources) -> list[Term]:
        """Find what it reads of a model, as a sum.

        Raises
        ------
        ValueError
            In one sentence, for what the model does not have.
        """

    def frozen(self, classes: Sequence[str], look: Look | None = None) -> Target:
        """Look up the names of classes in it, and the things that it means of a matrix."""
        return self


def of(output: Which) -> str:
    """Say of which output a cell is; nothing of the explainer's own."""
    return "" if output is None else f" of {output!r}"


def check_output(given: Any) -> None:
    """Refuse what neither names nor numbers an output."""
    if given is not None and not isinstance(given, str | int):
        raise TypeError(
            f"output is {short(given)}, but the name or the number of one of the model's outputs "
            "is expected; give one, or None for the one that the explainer was opened with."
        )


def check_reduce(given: Any) -> None:
    """Refuse an unknown way to make one number of several cells."""
    if given not in REDUCE:
        raise ValueError(
            f"reduce is {short(given)}, but one of {', '.join(REDUCE)} is expected; give one."
        )
