"""Targets that are made of others: a weighted sum, and the target of one of several outputs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

from heatbrush_core.checks import index, short
from heatbrush_core.targets.classes import as_target, named_part, of_class, part
from heatbrush_core.targets.decoded import Look
from heatbrush_core.targets.target import Sources, Target, Term, check_output


@dataclass(frozen=True)
class Sum(Target):
    """A weighted sum of targets.

    Parameters
    ----------
    parts : sequence of (float, target)
        The weight of each, and the target; a class also by its index or name.
    """

    parts: tuple[tuple[float, int | str | Target], ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", _parts(self.parts))

    @property
    def compares(self) -> bool:
        """Whether any part does."""
        return any(as_target(each).compares for _, each in self.parts)

    def label(self, classes: Sequence[str]) -> str:
        """As in "0.5 × row 3, column 5 + 2 × cat"."""
        named = (f"{weight:g} × {named_part(each, classes)}" for weight, each in self.parts)
        return " + ".join(named)

    def terms(self, model: Sources) -> list[Term]:
        """Read all parts, each with its weight."""
        return [
            term.times(weight)
            for weight, each in self.parts
            for term in as_target(each).terms(model)
        ]

    def frozen(self, classes: Sequence[str], look: Look | None = None) -> Sum:
        """Look the names of classes up, and things."""
        return Sum(
            tuple(
                (weight, part(as_target(each).frozen(classes, look))) for weight, each in self.parts
            )
        )


@dataclass(frozen=True)
class Output(Target):
    """One of several outputs: one of its classes, or, of a map, its highest cell.

    Parameters
    ----------
    output : str or int
        The output by its name or its number.
    of : int or target, optional
        Which class of it, by its index. None is what the output says of the matrix, frozen before
        anything is perturbed: the predicted class of a vector of scores, the highest cell and
        channel of a map.
    """

    output: str | int
    of: int | None = None

    def __post_init__(self) -> None:
        check_output(self.output)
        if self.output is None:
            raise TypeError("Output takes the name or the number of an output; give one.")
        number = None if self.of is None else index(self.of)
        if number is None and self.of is not None:
            raise TypeError(
                f"Output takes of={short(self.of)}, but the index of a class is expected; give "
                "one, or None for the predicted class."
            )
        object.__setattr__(self, "of", number)

    def label(self, classes: Sequence[str]) -> str:
        """As in "class 2 of 'kind'"."""
        what = "the highest" if self.of is None else f"class {self.of}"
        return f"{what} of {self.output!r}"

    def terms(self, model: Sources) -> list[Term]:
        """Read one class of it."""
        if self.of is None:
            raise ValueError(
                f"Output({self.output!r}) stands for what the output says of a matrix, but none "
                "was asked yet; give of=, the index of a class, or a Location in it."
            )
        return [of_class(model, self.output, self.of)]


def _parts(given: Any) -> tuple[tuple[float, Any], ...]:
    """Read the parts of a sum."""
    pairs = list(given) if isinstance(given, Iterable) and not isinstance(given, str) else []
    if not pairs:
        raise TypeError(
            f"Sum takes a list of (weight, target), but got {short(given)}; give one, such as "
            "Sum([(1, Location(3, 4)), (-0.5, Location(3, 5))])."
        )
    return tuple(_pair(each) for each in pairs)


def _pair(given: Any) -> tuple[float, Any]:
    two = isinstance(given, list | tuple) and len(given) == 2
    if not two or not isinstance(given[0], Real) or not math.isfinite(given[0]):
        raise TypeError(
            f"Sum holds {short(given)}, but a pair (weight, target) with a finite weight is "
            "expected; give one for each part."
        )
    return float(given[0]), part(given[1])
