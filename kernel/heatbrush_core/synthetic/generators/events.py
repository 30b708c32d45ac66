"""Events in a spectrogram, several in each matrix, each with a class: what a detector looks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.synthetic import shapes
from heatbrush_core.synthetic.generators.generator import Chance, Generator
from heatbrush_core.synthetic.generators.layout import Layout, check_room
from heatbrush_core.synthetic.generators.ranges import Counts, Number, Range, parameter
from heatbrush_core.synthetic.generators.scene import Canvas

Event = Literal["tone", "sweep", "burst"]

FAINT = 0.25
"""Share of its peak below which a cell is no part of an event."""
RIDGE = 0.4
"""Half the width of a tone or a sweep, as a share of half its band."""


class Events(Generator):
    """Spectrograms with several events that do not overlap, each with its class and its box.

    Rows are frequencies, columns are time. A "tone" stays where it is, a "sweep" goes from the
    lowest row of its band to the highest, a "burst" fills its band at once and fades. Parts are
    "tone 1", "sweep 1" ..., the cells of an event with at least a quarter of its loudness; a box is
    the smallest around them.

    Parameters
    ----------
    events : (low, high)
        How many there are, both ends included. Default (1, 4).
    duration : (low, high)
        Columns of an event. Each event of a sample is up to a fifth shorter or longer than the
        value that is drawn for it, within the range. Default (14, 24).
    band : (low, high)
        Rows of an event, likewise. Default (6, 10).
    loudness : (low, high)
        Its peak. Default (3, 5).
    noise : (low, high)
        Standard deviation of the noise. Default (0.8, 1.2).
    classes : sequence of {"tone", "sweep", "burst"}
        What an event may be, each as often. Default all.
    shape : (rows, columns)
        Default (32, 128).
    seed : int
        Default 0.

    Raises
    ------
    ValueError
        One sentence, for an impossible range, and where the most events have no room.
    """

    name: ClassVar[str] = "events"

    shape: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]] = Field(
        default=(32, 128), description="a pair, the number of rows and of columns"
    )
    classes: tuple[Event, ...] = Field(
        default=("tone", "sweep", "burst"), description='a list of "tone", "sweep" and "burst"'
    )

    events: Counts = parameter((1, 4), "number of events", 1, 1000)
    duration: Counts = parameter((14, 24), "duration in columns", 6, 10_000)
    band: Counts = parameter((6, 10), "height in rows", 5, 10_000)
    loudness: Range = parameter((3, 5), "peak of an event", 0, 1e6)
    noise: Range = parameter((0.8, 1.2), "deviation of the noise", 0, 1e6)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not self.classes:
            raise ValueError(
                f"{self.noun} has no classes, but an event is of one; give at least one of "
                '"tone", "sweep" and "burst".'
            )
        check_room(self.noun, "events", self.events[1], self.shape, self._largest)
        return self

    @property
    def _largest(self) -> tuple[int, int]:
        return self.band[1], self.duration[1]

    def paint(self, values: Mapping[str, Number], chance: Chance, canvas: Canvas) -> None:
        """Draw the noise, and on it the events."""
        canvas.values += values["noise"] * shapes.noise(self.shape, (0.5, 0.5), chance("noise"))
        layout = Layout(self.shape, self._largest, chance)
        counts = dict.fromkeys(self.classes, 0)
        for number in range(int(values["events"])):
            random = chance(f"event {number + 1}")
            kind = self.classes[int(random.integers(len(self.classes)))]
            counts[kind] += 1
            height, width = (
                round(float(np.clip(values[name] * random.uniform(0.8, 1.2), *getattr(self, name))))
                for name in ("band", "duration")
            )
            corner = layout.place(number, f"event {number + 1}", (height, width))
            top, left = round(corner[0]), round(corner[1])
            drawn = SHAPES[kind](height, width)
            place = (slice(top, top + height), slice(left, left + width))
            mask = np.zeros(self.shape, np.bool_)
            mask[place] = drawn >= FAINT
            if canvas.boxed(f"{kind} {counts[kind]}", mask):
                canvas.values[place] += values["loudness"] * np.where(drawn >= FAINT, drawn, 0)


def _across(height: int) -> Floats:
    """Get the rows of a band from -1 to 1, with its outer edges at these."""
    return (2 * np.arange(height)[:, None] + 1) / height - 1


def _along(width: int) -> Floats:
    return (np.arange(width)[None] + 0.5) / width


def _tone(height: int, width: int) -> Floats:
    fade = np.sin(np.pi * _along(width)) ** 0.5
    return np.exp(-((_across(height) / (2 * RIDGE)) ** 2)) * fade


def _sweep(height: int, width: int) -> Floats:
    middle = (1 - RIDGE) * (1 - 2 * _along(width))
    return np.exp(-(((_across(height) - middle) / RIDGE) ** 2))


def _burst(height: int, width: int) -> Floats:
    return np.exp(-1.2 * _along(width)) * np.ones((height, 1))


SHAPES: dict[Event, Callable[[int, int], Floats]] = {
    "tone": _tone,
    "sweep": _sweep,
    "burst": _burst,
}
