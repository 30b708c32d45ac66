"""A drawn matrix with its parts, and the canvas that a generator draws it on."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.checks import listed, short
from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.matrix.rectangles import Rectangle
from heatbrush_core.synthetic.generators.ranges import Number

if TYPE_CHECKING:
    import pandas as pd

Mask = NDArray[np.bool_]
BACKGROUND = "background"


@dataclass(frozen=True)
class Truth:
    """Something that a network may be asked to find, where it was drawn.

    Attributes
    ----------
    part
        The name of its part, such as "seed 2".
    kind
        "landmark" is a place, "box" has an extent.
    row, column
        Its centre in index units: (0, 0) is the centre of the first cell.
    height, width
        In cells; NaN for a landmark.
    angle
        Its orientation in degrees, 0 along the columns and 90 towards row 0; NaN where it has none.
    """

    part: str
    kind: Literal["landmark", "box"]
    row: float
    column: float
    height: float = float("nan")
    width: float = float("nan")
    angle: float = float("nan")

    @property
    def label(self) -> str:
        """What it is one of: the name of its part without a number."""
        return kind_of(self.part)


@dataclass(frozen=True, eq=False)
class Scene:
    """A matrix, and which of its cells belong to what.

    Attributes
    ----------
    x
        (H, W, 1) float32.
    parts
        (H, W) int16, an index into `names` for each cell: the parts share no cell and leave none
        over.
    names
        Of the parts; the first is "background", several of one kind are numbered from 1.
    truth
        What a network may be asked to find.
    parameters
        The values that were drawn, in units of their own.
    seed
        Which sample of its generator it is.
    """

    x: NDArray[np.float32]
    parts: NDArray[np.int16]
    names: tuple[str, ...]
    truth: tuple[Truth, ...]
    parameters: Mapping[str, Number]
    seed: int

    @property
    def masks(self) -> dict[str, Mask]:
        """(H, W) bool for each part by its name."""
        return {name: self.parts == number for number, name in enumerate(self.names)}

    @property
    def kinds(self) -> dict[str, Mask]:
        """(H, W) bool for each kind of part: all seeds together are "seed"."""
        found: dict[str, Mask] = {}
        for name, mask in self.masks.items():
            kind = kind_of(name)
            found[kind] = found[kind] | mask if kind in found else mask
        return found

    @property
    def things(self) -> pd.DataFrame:
        """A row for each thing: its kind, centre, size, class, angle and part."""
        return table([self]).drop(columns="sample")


def kind_of(part: str) -> str:
    """Get what a part is one of: its name without a number."""
    return re.sub(r" \d+$", "", part)


def table(scenes: Collection[Scene]) -> pd.DataFrame:
    """List all things of some scenes, with the number of their scene as "sample"."""
    import pandas as pd

    columns = "sample kind row column height width class angle part".split()
    rows = [
        (n, t.kind, t.row, t.column, t.height, t.width, t.label, t.angle, t.part)
        for n, scene in enumerate(scenes)
        for t in scene.truth
    ]
    return pd.DataFrame(rows, columns=columns)


class Canvas:
    """What a generator draws on: numbers, and the part that each cell belongs to.

    Parameters
    ----------
    shape : (H, W)
    without : collection of str
        Parts that are left out; everything else is drawn as with them.
    """

    def __init__(self, shape: tuple[int, int], without: Collection[str] = ()) -> None:
        self.values: Floats = np.zeros(shape)
        self.parts = np.zeros(shape, np.int16)
        self.names = [BACKGROUND]
        self.truth: list[Truth] = []
        self._without, self._offered = without, [BACKGROUND]

    def draw(self, name: str, mask: Mask, *truth: Truth) -> bool:
        """Give cells to a part; what was there is covered. Tell whether it is to be drawn."""
        self._offered.append(name)
        if name in self._without:
            return False
        self.parts[mask] = len(self.names)
        self.names.append(name)
        self.truth += truth
        return True

    def boxed(self, name: str, mask: Mask) -> bool:
        """Do the same for what has a box, which is the smallest around its cells."""
        r0, r1, c0, c1 = box_of(mask)
        box = Truth(name, "box", (r0 + r1 - 1) / 2, (c0 + c1 - 1) / 2, r1 - r0, c1 - c0)
        return self.draw(name, mask, box)

    def scene(self, parameters: Mapping[str, Number], seed: int) -> Scene:
        """Make what was drawn a scene."""
        for name in self._without:
            if name not in self._offered[1:]:
                raise ValueError(
                    f"There is no part {short(name)} to leave out of sample {seed}, whose parts "
                    f"are {listed(self._offered[1:])}; name one of these."
                )
        x = self.values[..., None].astype(np.float32)
        return Scene(x, self.parts, tuple(self.names), tuple(self.truth), parameters, seed)


def box_of(mask: Mask) -> Rectangle:
    """Get the smallest rectangle around the cells of a mask."""
    rows, columns = np.nonzero(mask)
    return int(rows.min()), int(rows.max()) + 1, int(columns.min()), int(columns.max()) + 1
