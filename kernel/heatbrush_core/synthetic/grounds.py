"""Kinds of ground: how noise and evidence become counts, decibels, strokes or sensors of a unit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ground = Literal["standard", "middle", "counts", "decibels", "rows", "strokes", "channels"]

RATE, GROWTH = 0.3, 0.8
"""Expected count of a cell at 0, and the growth of its logarithm per unit."""
LEVEL, STEP, FLOOR = -70.0, 12.0, -80.0
"""Decibels of a cell at 0, per unit, and at the least."""


class RowUnits(NamedTuple):
    """What each row is measured in, the same in all matrices of a spec: its level and its unit."""

    level: Floats
    unit: Floats

    @classmethod
    def draw(cls, rows: int, random: np.random.Generator) -> RowUnits:
        """Draw the levels of some rows, normal with a deviation of 3, and units of 0.3 to 3."""
        return cls(3 * random.standard_normal(rows), 10 ** random.uniform(-0.5, 0.5, rows))


def channels(ground: Ground) -> int:
    """Tell how many channels the matrices of a ground have."""
    return len(LAID[ground])


def lay(ground: Ground, values: Floats, units: RowUnits, random: np.random.Generator) -> Floats:
    """Turn noise and evidence around 0 into a matrix of some kind.

    Parameters
    ----------
    ground : {"standard", "middle", "counts", "decibels", "rows", "strokes", "channels"}
        standard leaves them as they are. middle is between 0 and 1, and 0.5 where nothing is.
        counts are drawn from Poisson's distribution, mostly 0 where nothing is. decibels lie above
        a floor of -80, the loudest at 0. rows have a level and a unit each. strokes are what
        passes 1, between 0 and 1, on a ground that is exactly 0. channels are two that mean
        different things: the first as middle, the second as decibels.
    values : (channels, H, W)
        One matrix per channel.
    units : RowUnits
        Of the rows.
    random : numpy.random.Generator
        Draws the counts.

    Returns
    -------
    (H, W, channels) float64
    """
    pairs = zip(LAID[ground], values, strict=True)
    return np.stack([laid(each, units, random) for laid, each in pairs], axis=-1)


def _standard(values: Floats, _: RowUnits, __: np.random.Generator) -> Floats:
    return values


def _middle(values: Floats, _: RowUnits, __: np.random.Generator) -> Floats:
    return np.clip(0.5 + values / 8, 0, 1)


def _counts(values: Floats, _: RowUnits, random: np.random.Generator) -> Floats:
    return random.poisson(RATE * np.exp(GROWTH * values)).astype(np.float64)


def _decibels(values: Floats, _: RowUnits, __: np.random.Generator) -> Floats:
    return np.clip(LEVEL + STEP * values, FLOOR, 0)


def _rows(values: Floats, units: RowUnits, _: np.random.Generator) -> Floats:
    return units.level[:, None] + units.unit[:, None] * values


def _strokes(values: Floats, _: RowUnits, __: np.random.Generator) -> Floats:
    return np.clip((values - 1) / 2, 0, 1)


Laid = Callable[[Floats, RowUnits, np.random.Generator], Floats]
LAID: dict[Ground, tuple[Laid, ...]] = {
    "standard": (_standard,),
    "middle": (_middle,),
    "counts": (_counts,),
    "decibels": (_decibels,),
    "rows": (_rows,),
    "strokes": (_strokes,),
    "channels": (_middle, _decibels),
}
