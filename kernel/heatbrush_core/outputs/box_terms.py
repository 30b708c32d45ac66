"""The numbers that a box of a grid consists of, each as a function of the very cells it is in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.outputs.places import Pair
from heatbrush_core.outputs.terms import Activation, Reading, Scale, Term

Field = Literal["row", "column", "height", "width", "objectness", "classes"]
"""What the numbers of a box are."""


class Rules(Protocol):
    """How a grid reads its numbers."""

    @property
    def scores(self) -> Literal["logits", "values"]:
        """What objectness and classes are."""

    @property
    def exclusive(self) -> bool:
        """Whether a box has one class."""

    @property
    def centre(self) -> Literal["sigmoid", "linear"]:
        """How the centre is read."""

    @property
    def size(self) -> Literal["exp", "linear"]:
        """How height and width are read."""


def channels(order: Sequence[Field], classes: int) -> tuple[dict[str, int], tuple[int, int]]:
    """Count the numbers of a box through: the place of each, and the range of the classes."""
    found, at = {}, 0
    for name in order:
        found[str(name)] = at
        at += classes if name == "classes" else 1
    first = found.pop("classes")
    return found, (first, first + classes)


@dataclass(frozen=True, eq=False)
class Layout:
    """Where the numbers of the boxes of a head stand.

    Attributes
    ----------
    channels
        The place of each number but the classes, among those of one box.
    classes
        The half-open range of the classes there.
    output
        The output that is the head.
    rank
        Its axes: in an output of three the boxes of a cell follow each other along the last.
    stride
        Rows and columns of the matrix per cell.
    sizes
        (predictors, 2) what height and width are multiplied by.
    """

    channels: Mapping[str, int]
    classes: tuple[int, int]
    output: int
    rank: int
    stride: Pair
    sizes: Floats

    @property
    def numbers(self) -> int:
        """How many numbers a box has."""
        return 5 + self.classes[1] - self.classes[0]

    def index(self, cell: tuple[int, int], predictor: int, number: int) -> tuple[int, ...]:
        """Return where one number of one box stands in the output."""
        if self.rank == 4:
            return (*cell, predictor, number)
        return (*cell, predictor * self.numbers + number)


def terms(
    rules: Rules, layout: Layout, cell: tuple[int, int], predictor: int, code: int
) -> dict[str, Term]:
    """Return the terms of one box.

    "objectness" and "class" are logits (of a softmax that is within the model the logarithm of
    the probability); "all" is the logarithm of objectness plus that of the class's probability;
    "top", "bottom", "left" and "right" are the edges in cells of the matrix, before any is cut.
    """

    def read(number: int, activation: Activation, weight: float = 1.0) -> Reading:
        index = layout.index(cell, predictor, number)
        return Reading.cell(layout.output, index, activation, weight)

    logits = rules.scores == "logits"
    there = layout.channels["objectness"]
    first, stop = layout.classes
    kind: Activation = "linear" if logits else "logit"
    made = {"objectness": Term("objectness", (read(there, kind),), scale="logit")}
    both = [read(there, "log_sigmoid" if logits else "log")]
    if stop > first:
        index = layout.index(cell, predictor, first + code)
        if logits and rules.exclusive:
            start = layout.index(cell, predictor, first)[-1]
            among = (start, start + stop - first)
            mine = Reading.cell(layout.output, index, among=among)
            both.append(replace(mine, activation="log_softmax"))
        else:
            mine = read(first + code, kind if logits or not rules.exclusive else "log")
            both.append(read(first + code, "log_sigmoid" if logits else "log"))
        scale: Scale = "logit" if mine.activation != "log" else "log_probability"
        made["class"] = Term("class", (mine,), scale=scale)
    made["all"] = Term("all", tuple(both), scale="log_probability")
    sides = (("top", "bottom", "row", "height"), ("left", "right", "column", "width"))
    for axis, (low, high, middle, size) in enumerate(sides):
        stride, whole = layout.stride[axis], float(layout.sizes[predictor, axis])
        corner = cell[axis] * stride - 0.5
        for name, sign in ((low, -0.5), (high, 0.5)):
            parts = (
                read(layout.channels[middle], rules.centre, stride),
                read(layout.channels[size], rules.size, sign * whole),
            )
            made[name] = Term(name, parts, corner)
    return made
