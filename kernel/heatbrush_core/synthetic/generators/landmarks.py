"""Landmarks of one kind, one to ten in a matrix, each with a place and an orientation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Self

import numpy as np
from pydantic import Field, model_validator

from heatbrush_core.synthetic import shapes
from heatbrush_core.synthetic.generators.generator import Chance, Generator
from heatbrush_core.synthetic.generators.layout import Layout, check_room
from heatbrush_core.synthetic.generators.ranges import Counts, Number, Range, parameter
from heatbrush_core.synthetic.generators.scene import Canvas, Truth


class Landmarks(Generator):
    """Matrices with one to ten spots of one kind, each with a small companion that orients it.

    Parts are "landmark 1", "landmark 2" ..., discs that do not overlap. A landmark lies between
    cells as well as on them.

    Parameters
    ----------
    count : (low, high)
        How many there are, both ends included. Default (1, 10).
    size : (low, high)
        Diameter in cells. Default (8, 11).
    contrast : (low, high)
        Height of the spot in its middle. Default (4, 6).
    turn : (low, high)
        Direction from the spot to its companion in degrees: 0 along the columns, 90 upwards.
        Default (-180, 180).
    scatter : (low, high)
        How far each landmark's direction may be from `turn`, in degrees. Default (180, 180): all
        are independent.
    noise : (low, high)
        Standard deviation of the noise. Default (0.4, 0.6).
    shape : (rows, columns)
        Default (48, 96).
    seed : int
        Default 0.

    Raises
    ------
    ValueError
        One sentence, for an impossible range, and where the most landmarks have no room.
    """

    name: ClassVar[str] = "landmarks"

    shape: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]] = Field(
        default=(48, 96), description="a pair, the number of rows and of columns"
    )

    count: Counts = parameter((1, 10), "number of landmarks", 1, 1000)
    size: Range = parameter((8, 11), "diameter in cells", 5, 10_000)
    contrast: Range = parameter((4, 6), "height of a spot", 0, 1e6)
    turn: Range = parameter((-180, 180), "direction in degrees", -180, 180)
    scatter: Range = parameter((180, 180), "deviation of a direction in degrees", 0, 180)
    noise: Range = parameter((0.4, 0.6), "deviation of the noise", 0, 1e6)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        check_room(self.noun, "count", self.count[1], self.shape, (self.size[1], self.size[1]))
        return self

    def paint(self, values: Mapping[str, Number], chance: Chance, canvas: Canvas) -> None:
        """Draw the noise, and on it the landmarks."""
        canvas.values += values["noise"] * shapes.noise(self.shape, (0.7, 0.7), chance("noise"))
        layout = Layout(self.shape, (self.size[1], self.size[1]), chance)
        size = float(values["size"])
        for number in range(int(values["count"])):
            part = f"landmark {number + 1}"
            top, left = layout.place(number, part, (size, size))
            # an edge of a cell is half a cell before its index
            row, column = top + size / 2 - 0.5, left + size / 2 - 0.5
            turned = values["turn"] + values["scatter"] * chance(part).uniform(-1, 1)
            turn = np.radians(turned)
            rows, columns = np.indices(self.shape)
            along, across = columns - column, row - rows
            mask = np.hypot(along, across) <= size / 2
            spot = np.exp(-((along**2 + across**2) / (0.24 * size) ** 2))
            ahead = (along - 0.34 * size * np.cos(turn), across - 0.34 * size * np.sin(turn))
            companion = 0.7 * np.exp(-((ahead[0] ** 2 + ahead[1] ** 2) / (0.13 * size) ** 2))
            angle = (turned + 180) % 360 - 180
            truth = Truth(part, "landmark", row, column, angle=float(angle))
            if canvas.draw(part, mask, truth):
                canvas.values[mask] += values["contrast"] * (spot + companion)[mask]
