"""Textures in layouts, each drawn without regard to the other: pairs for style and for content."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, NamedTuple, Self

import numpy as np
from pydantic import Field, model_validator

from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.synthetic import shapes
from heatbrush_core.synthetic.generators.dataset import Dataset
from heatbrush_core.synthetic.generators.generator import MOST, Chance, Generator
from heatbrush_core.synthetic.generators.ranges import Counts, Number, Range, parameter, share
from heatbrush_core.synthetic.generators.scene import Canvas, Scene

TEXTURES = ("stripes", "checks", "blobs")
LAYOUTS = ("disc", "square", "bar", "cross")


class Pairs(NamedTuple):
    """Samples, and for each two others that share one thing with it.

    Attributes
    ----------
    base
        The samples.
    same_texture
        The same texture in another layout.
    same_layout
        Another texture in the same layout.
    """

    base: Dataset
    same_texture: Dataset
    same_layout: Dataset


class Textures(Generator):
    """Figures of one texture each: what they are made of says nothing of their form.

    The part is "figure". All layouts have the same number of cells, and all textures the mean 0 and
    the deviation 1 before they are scaled, so that neither count nor mean tells them apart.

    Parameters
    ----------
    texture : (low, high)
        0 "stripes", 1 "checks", 2 "blobs", both ends included. Default (0, 2).
    layout : (low, high)
        0 "disc", 1 "square", 2 "bar", 3 "cross". Default (0, 3).
    area : (low, high)
        Share of all cells that the figure takes. Default (0.2, 0.3).
    scale : (low, high)
        Cells of a period, four times the grain of blobs. Default (4, 7).
    contrast : (low, high)
        Deviation of the texture. Default (0.8, 1.2).
    row, column : (low, high)
        Where the middle of the figure lies, as fractions of the middle fifth of the matrix; the
        values are index units. Default (0, 1).
    noise : (low, high)
        Standard deviation of white noise over all. Default (0.2, 0.4).
    shape : (rows, columns)
        Default (48, 48).
    seed : int
        Default 0.

    Raises
    ------
    ValueError
        One sentence, for an impossible range.
    """

    name: ClassVar[str] = "textures"

    shape: tuple[Annotated[int, Field(ge=8)], Annotated[int, Field(ge=8)]] = Field(
        default=(48, 48), description="a pair of at least 8, the number of rows and of columns"
    )

    texture: Counts = parameter((0, 2), "number of a texture", 0, len(TEXTURES) - 1)
    layout: Counts = parameter((0, 3), "number of a layout", 0, len(LAYOUTS) - 1)
    area: Range = parameter((0.2, 0.3), "share of the cells of the figure", 0.05, 0.4)
    scale: Range = parameter((4, 7), "cells of a period", 2, 10_000)
    contrast: Range = parameter((0.8, 1.2), "deviation of the texture", 0, 1e6)
    row: Range = share("row of the middle")
    column: Range = share("column of the middle")
    noise: Range = parameter((0.2, 0.4), "deviation of the noise", 0, 1e6)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        longest = min(self.shape)
        if self.scale[1] > longest:
            raise ValueError(
                f"{self.noun} has scale={self.scale}, but a period is longer than the shorter side "
                f"of the matrix; give at most {longest}."
            )
        return self

    def room(self, name: str, values: Mapping[str, Number]) -> tuple[Number, Number]:
        """Tell where the middle of the figure may be."""
        cells = self.shape[0 if name == "row" else 1]
        return 0.4 * (cells - 1), 0.6 * (cells - 1)

    def paint(self, values: Mapping[str, Number], chance: Chance, canvas: Canvas) -> None:
        """Draw the noise, and on it the figure."""
        canvas.values += values["noise"] * chance("noise").standard_normal(self.shape)
        rows, columns = np.indices(self.shape)
        across = 2 * (rows - values["row"]) / self.shape[0]
        along = 2 * (columns - values["column"]) / self.shape[1]
        distance = FIGURES[int(values["layout"])](along, across)
        count = round(values["area"] * distance.size)
        mask = np.zeros(distance.size, np.bool_)
        mask[np.argsort(distance.ravel(), kind="stable")[:count]] = True
        mask = mask.reshape(self.shape)
        if canvas.boxed("figure", mask):
            made = FILLS[int(values["texture"])](self.shape, values["scale"], chance("texture"))
            canvas.values[mask] += values["contrast"] * made[mask]

    def pairs(self, count: int, start: int = 0, *, redraw: bool = False) -> Pairs:
        """Draw samples, and for each the same texture elsewhere and another in its layout.

        Parameters
        ----------
        count, start : int
            As in `dataset`.
        redraw : bool
            Whether what chance decides, the phase of stripes and checks, the grain of blobs and
            the noise, is drawn anew, as in two patches of one texture. By default it is the same in
            the three; so is every other parameter in either case.

        Raises
        ------
        ValueError
            One sentence, where there is only one texture or one layout.
        """
        for name in ("texture", "layout"):
            low, high = getattr(self, name)
            if low == high:
                raise ValueError(
                    f"{self.noun} has {name}={(low, high)}, but a pair needs another {name}; widen "
                    "the range."
                )
        base = self.dataset(count, start)
        others: dict[str, Dataset] = {}
        for name in ("texture", "layout"):
            scenes = [
                self.sample(
                    self._other_seed(name, each) if redraw else each.seed,
                    **self._exchanged(name, each),
                )
                for each in base.scenes
            ]
            others[name] = Dataset(tuple(scenes), base.document)
        return Pairs(base, same_texture=others["layout"], same_layout=others["texture"])

    def _other_seed(self, name: str, scene: Scene) -> int:
        return int(self._chance(scene.seed, f"redrawn {name}").integers(MOST))

    def _exchanged(self, name: str, scene: Scene) -> dict[str, Any]:
        """Get the parameters of a sample with another texture or layout, each as often."""
        low, high = getattr(self, name)
        step = int(self._chance(scene.seed, f"other {name}").integers(1, high - low + 1))
        other = low + (int(scene.parameters[name]) - low + step) % (high - low + 1)
        return {**scene.parameters, name: other}


def _cross(along: Floats, across: Floats) -> Floats:
    return np.minimum(
        np.maximum(3 * np.abs(along), np.abs(across)), np.maximum(np.abs(along), 3 * np.abs(across))
    )


FIGURES: tuple[Callable[[Floats, Floats], Floats], ...] = (
    np.hypot,
    lambda along, across: np.maximum(np.abs(along), np.abs(across)),
    lambda along, across: np.maximum(2 * np.abs(along), np.abs(across)),
    _cross,
)
"""Distances from the middle, one for each layout: a figure is what is nearest."""


def _stripes(shape: tuple[int, int], scale: float, random: np.random.Generator) -> Floats:
    rows, columns = np.indices(shape)
    return np.sqrt(2) * np.sin(
        2 * np.pi * ((rows + columns) / (np.sqrt(2) * scale) + random.random())
    )


def _checks(shape: tuple[int, int], scale: float, random: np.random.Generator) -> Floats:
    lines = (np.sin(2 * np.pi * (np.arange(cells) / scale + random.random())) for cells in shape)
    rows, columns = lines
    return 2 * rows[:, None] * columns


def _blobs(shape: tuple[int, int], scale: float, random: np.random.Generator) -> Floats:
    return shapes.noise(shape, (scale / 4, scale / 4), random)


FILLS: tuple[Callable[[tuple[int, int], float, np.random.Generator], Floats], ...] = (
    _stripes,
    _checks,
    _blobs,
)
"""One for each texture."""
