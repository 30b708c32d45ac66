"""Several instances of one kind beside each other, to see which of them another one depends on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, ClassVar, Self

import numpy as np
from pydantic import Field, model_validator

from heatbrush_core.synthetic import shapes
from heatbrush_core.synthetic.generators.generator import Chance, Generator
from heatbrush_core.synthetic.generators.ranges import Counts, Number, Range, parameter, share
from heatbrush_core.synthetic.generators.scene import Canvas


class Crosstalk(Generator):
    """Bumps in a row, from left to right, with the same gap between neighbours.

    Parts are "instance 1", "instance 2" ... from left to right, each with its box.
    ``sample(seed, without="instance 2")`` is the same matrix without that one.

    Parameters
    ----------
    instances : (low, high)
        How many there are, both ends included. Default (2, 4).
    height, width : (low, high)
        Of an instance, in rows and columns. Default (8, 12) and (10, 16).
    contrast : (low, high)
        Its peak. Default (2, 3).
    gap : (low, high)
        Columns between neighbours, as a fraction of what the matrix has room for; the value is in
        columns. Default (0, 1).
    column : (low, high)
        Where the first instance begins, as a fraction of what is left; the value is in columns.
        Default (0, 1).
    noise : (low, high)
        Standard deviation of the noise. Default (0.4, 0.6).
    shape : (rows, columns)
        Default (24, 96).
    seed : int
        Default 0.

    Raises
    ------
    ValueError
        One sentence, for an impossible range, and where the most instances have no room.
    """

    name: ClassVar[str] = "crosstalk"

    shape: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]] = Field(
        default=(24, 96), description="a pair, the number of rows and of columns"
    )

    instances: Counts = parameter((2, 4), "number of instances", 1, 1000)
    height: Counts = parameter((8, 12), "height in rows", 1, 10_000)
    width: Counts = parameter((10, 16), "width in columns", 1, 10_000)
    contrast: Range = parameter((2, 3), "peak of an instance", 0, 1e6)
    gap: Range = share("gap between neighbours")
    column: Range = share("first column")
    noise: Range = parameter((0.4, 0.6), "deviation of the noise", 0, 1e6)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        needed = (self.height[1], self.instances[1] * (self.width[1] + 1) - 1)
        if needed[0] > self.shape[0] or needed[1] > self.shape[1]:
            raise ValueError(
                f"{self.noun} draws up to {self.instances[1]} instances of up to "
                f"{self.height[1]} × {self.width[1]} cells, which need {needed[0]} × "
                f"{needed[1]}, but its shape is {self.shape[0]} × {self.shape[1]}; lower "
                "instances or sizes, or widen the shape."
            )
        return self

    def room(self, name: str, values: Mapping[str, Number]) -> tuple[Number, Number]:
        """Tell how wide the gaps may be, and where the first instance may begin."""
        count, width = int(values["instances"]), int(values["width"])
        left = self.shape[1] - count * width
        if name == "gap":
            # one instance has no neighbour
            return (1, left // (count - 1)) if count > 1 else (0, 0)
        return 0, left - (count - 1) * int(values["gap"])

    def paint(self, values: Mapping[str, Number], chance: Chance, canvas: Canvas) -> None:
        """Draw the noise, and on it the instances."""
        canvas.values += values["noise"] * shapes.noise(self.shape, (0.7, 0.7), chance("noise"))
        height, width = int(values["height"]), int(values["width"])
        for number in range(int(values["instances"])):
            part = f"instance {number + 1}"
            left = int(values["column"]) + number * (width + int(values["gap"]))
            top = math.floor(chance(part).random() * (self.shape[0] - height + 1))
            place = (slice(top, top + height), slice(left, left + width))
            mask = np.zeros(self.shape, np.bool_)
            mask[place] = True
            if canvas.boxed(part, mask):
                bump = shapes.pattern("bump", (height, width), None, chance(part))
                canvas.values[place] += values["contrast"] * bump
