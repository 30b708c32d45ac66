"""An apple, cut open along its axis: skin, flesh, stem and seeds, which always lie in the flesh."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, NamedTuple, Self

import numpy as np
from pydantic import Field, model_validator

from heatbrush_core import files
from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.synthetic import shapes
from heatbrush_core.synthetic.generators.generator import Chance, Generator
from heatbrush_core.synthetic.generators.ranges import Counts, Number, Range, parameter, share
from heatbrush_core.synthetic.generators.rendering import Rendering, render
from heatbrush_core.synthetic.generators.scene import Canvas, Mask, Truth, box_of, kind_of
from heatbrush_core.synthetic.generators.solid import Colour, Solid, binary, ellipsoid

RED: Colour = (0.75, 0.1, 0.12)
GREEN: Colour = (0.55, 0.7, 0.2)
BROWN: Colour = (0.35, 0.22, 0.1)
DARK: Colour = (0.2, 0.1, 0.05)

THINNEST = 0.75
"""Half the width of the narrowest solid in cells: it holds the centre of one wherever it lies."""
APART = 0.75
"""Half the cells between two seeds."""


class Texture(NamedTuple):
    """What a part looks like: the mean of its albedo, its deviation, and its grain in cells."""

    mean: float
    deviation: float
    grain: float


TEXTURES = {
    "background": Texture(0.5, 0.03, 2),
    "skin": Texture(0.75, 0.04, 1),
    "flesh": Texture(0.9, 0.02, 0),
    "stem": Texture(0.4, 0.06, 0),
    "seed": Texture(0.12, 0.02, 0),
}
RED_ALBEDO = 0.3
"""Of the red share of the skin."""


class Apple(Generator):
    """Apples that are cut open along their axis, as a camera or a depth sensor sees them.

    Parts are "skin", "flesh", "stem" and "seed 1", "seed 2" ..., which are landmarks. The skin goes
    round its axis by a profile with a dimple at the top, with five lobes and a bend; the seeds lie
    on a ring around the core. Ranges are (low, high); one number holds a parameter there.

    Parameters
    ----------
    size : (low, high)
        Height without the stem, in cells. Default (30, 50).
    dimple : (low, high)
        Depth of the hollow at the top, as a share of half the height. Default (0.08, 0.18).
    lobes : (low, high)
        How far the five lobes reach, as a share of the radius. Default (0, 0.05).
    bend : (low, high)
        How far the ends move to the side, as a share of half the height. Default (0, 0.04).
    lean : (low, high)
        Angle of the axis from upwards to the right, in degrees. Default (-20, 20).
    skin : (low, high)
        Thickness as a share of half the height, at least 1.5 cells. Default (0.08, 0.12).
    stem : (low, high)
        Length as a share of half the height. Default (0.3, 0.5).
    red : (low, high)
        The share of the skin that is red, which sends back less light. Default (0.4, 0.6).
    seeds : (low, high)
        How many there are, both ends included. Default (3, 8).
    seed_size : (low, high)
        Half the length of a seed as a share of half the height. Default (0.1, 0.13).
    spread : (low, high)
        Distance of the seeds from the core, as a fraction of what keeps them apart and inside the
        flesh; the value that is drawn is in cells. Default (0, 1).
    row, column : (low, high)
        Where the core lies, as a fraction of what keeps the apple inside the matrix; the values
        are index units. Default (0, 1).
    noise : (low, high)
        Standard deviation of white noise over all. Default (0.02, 0.05).
    rendering : {"intensity", "depth", "height"}
        What a cell holds, see `heatbrush_core.synthetic.generators.rendering.render`. Heights and
        depths are in units of half the largest size. Default "intensity".
    shape : (rows, columns)
        Default (72, 72).
    seed : int
        Default 0.

    Raises
    ------
    ValueError
        One sentence, for an impossible range, and where the largest apple or the most seeds have no
        room.

    Examples
    --------
    >>> apples = Apple(size=(30, 50), seeds=(3, 8), red=(0.4, 0.6))
    >>> apple = apples.sample(seed=1)
    >>> apple.masks["skin"].shape
    (72, 72)
    """

    name: ClassVar[str] = "apple"

    shape: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]] = Field(
        default=(72, 72), description="a pair, the number of rows and of columns"
    )
    rendering: Rendering = Field(
        default="intensity", description='"intensity", "depth" or "height"'
    )

    size: Range = parameter((30, 50), "height in cells", 12, 10_000)
    dimple: Range = parameter((0.08, 0.18), "depth of the hollow", 0, 0.4)
    lobes: Range = parameter((0, 0.05), "reach of the lobes", 0, 0.2)
    bend: Range = parameter((0, 0.04), "bend", 0, 0.2)
    lean: Range = parameter((-20, 20), "angle of the axis in degrees", -180, 180)
    skin: Range = parameter((0.08, 0.12), "thickness of the skin", 0, 0.3)
    stem: Range = parameter((0.3, 0.5), "length of the stem", 0.1, 1)
    red: Range = parameter((0.4, 0.6), "share of the skin that is red", 0, 1)
    seeds: Counts = parameter((3, 8), "number of seeds", 1, 100)
    seed_size: Range = parameter((0.1, 0.13), "size of a seed", 0.02, 0.4)
    spread: Range = share("distance of the seeds from the core")
    row: Range = share("row of the core")
    column: Range = share("column of the core")
    noise: Range = parameter((0.02, 0.05), "deviation of the noise", 0, 10)

    # -------------------------------------------------------------- constraints

    @model_validator(mode="after")
    def _fits(self) -> Self:
        highest = {name: getattr(self, name)[1] for name in ("size", "lobes", "bend", "stem")}
        reach = _Measures(highest | {"dimple": self.dimple[0], "skin": self.skin[0]}).reach
        if 2 * reach + 1 > min(self.shape):
            raise ValueError(
                f"{self.noun} has size={self.size}, but its largest apple reaches {reach:.1f} "
                f"cells from its core and the matrix is {self.shape[0]} × {self.shape[1]}; lower "
                f"size or stem, or give at least {math.ceil(2 * reach + 1)} rows and columns."
            )
        tightest = ("dimple", "lobes", "bend", "skin", "seeds", "seed_size")
        values = {name: getattr(self, name)[1] for name in tightest}
        for size in self.size:
            near, far = self.room("spread", values | {"size": size})
            if near > far:
                raise ValueError(
                    f"{self.noun} has seeds={self.seeds}, but where the flesh is thinnest an apple "
                    f"of {size:g} cells has no room for {self.seeds[1]} seeds; lower seeds, "
                    "seed_size, skin or dimple, or raise size."
                )
        return self

    def room(self, name: str, values: Mapping[str, Number]) -> tuple[Number, Number]:
        """Tell how far seeds may be from the core, and where the core may be."""
        measures = _Measures(values)
        if name == "spread":
            return measures.nearest, measures.farthest
        cells = self.shape[0 if name == "row" else 1]
        reach = measures.reach
        return reach, cells - 1 - reach

    # -------------------------------------------------------------- drawing

    def solids(self, values: Mapping[str, Number], chance: Chance) -> dict[str, Solid]:
        """Make the skin, the stem and the seeds, which lie inside the skin, as solids."""
        measures, lean = _Measures(values), math.radians(values["lean"])
        core = (float(values["column"]), -float(values["row"]))
        red = float(values["red"])
        mixed = (
            red * RED[0] + (1 - red) * GREEN[0],
            red * RED[1] + (1 - red) * GREEN[1],
            red * RED[2] + (1 - red) * GREEN[2],
        )
        found = {
            "skin": Solid(
                measures.profile,
                mixed,
                core,
                lean,
                lobes=5,
                depth=float(values["lobes"]),
                bend=measures.bend,
            )
        }
        half = measures.stem / 2
        top = measures.top - measures.skin + half
        stem = ellipsoid(half, measures.stem_width)
        found["stem"] = Solid(stem, BROWN, _moved(core, lean, top), lean, bend=0.3 * half)
        first = 2 * math.pi * chance("ring").random()
        for number in range(int(values["seeds"])):
            turn = first + 2 * math.pi * number / int(values["seeds"])
            place = _moved(core, turn, float(values["spread"]))
            seed = ellipsoid(measures.seed, measures.seed_width)
            found[f"seed {number + 1}"] = Solid(seed, DARK, place, turn)
        return found

    def paint(self, values: Mapping[str, Number], chance: Chance, canvas: Canvas) -> None:
        """Draw the cut, render it, and add the noise."""
        solids, measures = self.solids(values, chance), _Measures(values)
        albedo, height = np.empty(self.shape), np.zeros(self.shape)
        _fill(albedo, np.ones(self.shape, np.bool_), "background", chance)
        flesh = solids["skin"].cut(self.shape, measures.skin)
        skin = solids["skin"].cut(self.shape) & ~flesh
        if canvas.draw("skin", skin):
            _fill(albedo, skin, "skin", chance)
            _redden(albedo, skin, float(values["red"]), chance)
            height[skin] = measures.half
        if canvas.draw("flesh", flesh):
            _fill(albedo, flesh, "flesh", chance)
            # it has dried a little, so that the skin stands out
            height[flesh] = measures.half - 0.5
        for part, solid in list(solids.items())[1:]:
            mask, kind = solid.cut(self.shape), kind_of(part)
            column, row = solid.centre[0], -solid.centre[1]
            truth = () if kind == "stem" else (Truth(part, "landmark", row, column),)
            if canvas.draw(part, mask, *truth):
                _fill(albedo, mask, part, chance)
                thick = measures.stem_width if kind == "stem" else measures.seed_width
                height[mask] = measures.half - 0.5 + thick * _rounded(solid, mask)
        seen = render(self.rendering, height, albedo, self.size[1] / 2, chance("direction"))
        around = chance("noise").standard_normal(self.shape)
        canvas.values[:] = seen + values["noise"] * around

    def export(self, path: files.Name, seed: int = 0, **held: Any) -> Path:
        """Write a sample as a glTF file (.glb): skin, stem and seeds, each closed, in its colour.

        Parameters
        ----------
        path
            The name gets the ending .glb if it has another, or none.
        seed, **held
            As in `sample`. The core lies at the origin, one unit is one cell, y points upwards.

        Raises
        ------
        ModuleNotFoundError
            One sentence, where trimesh is not installed: ``pip install 'heatbrush[mesh]'``.
        """
        place = files.named(path, ".glb")
        values = dict(self.sample(seed, **held).parameters) | {"row": 0.0, "column": 0.0}
        return files.write(
            place, binary(self.solids(values, lambda part: self._chance(seed, part)))
        )


class _Measures:
    """Lengths of an apple in cells, from the values of its parameters."""

    def __init__(self, values: Mapping[str, Number]) -> None:
        self._values = values
        self.half = values["size"] / 2
        self.dimple = float(values["dimple"])
        self.skin = max(1.5, values["skin"] * self.half)
        self.bend = values["bend"] * self.half
        self.top = self.half * (1 - self.dimple)
        self.stem_width = max(THINNEST, 0.06 * self.half)

    def profile(self, angle: Floats) -> Floats:
        """Get the radius of the skin: a ball with a hollow at the top, and a smaller one below."""
        top = self.dimple * np.exp(-((angle / 0.5) ** 2))
        bottom = 0.5 * self.dimple * np.exp(-(((np.pi - angle) / 0.4) ** 2))
        return self.half * (1 - top - bottom)

    @property
    def stem(self) -> float:
        return max(4.0, self._values["stem"] * self.half)

    @property
    def seed(self) -> float:
        """Half the length of a seed."""
        return max(2 * THINNEST, self._values["seed_size"] * self.half)

    @property
    def seed_width(self) -> float:
        return self.seed / 2

    @property
    def reach(self) -> float:
        """The distance from the core that nothing of the apple passes."""
        skin = self.half * (1 + self._values["lobes"]) + self.bend
        # the end of the stem moves to the side
        stem = math.hypot(self.top - self.skin + self.stem, 0.15 * self.stem)
        return max(skin, stem) + 0.5

    @property
    def nearest(self) -> float:
        """How far seeds are from the core where they only just stay apart."""
        count = int(self._values["seeds"])
        return self.seed + (self.seed_width + APART) / math.sin(math.pi / max(count, 2))

    @property
    def farthest(self) -> float:
        """How far seeds are from the core where they only just stay in the flesh."""
        thinnest = self.half * (1 - self.dimple) * (1 - self._values["lobes"])
        return thinnest - self.skin - self.bend - math.hypot(self.seed, self.seed_width)


def _fill(albedo: Floats, mask: Mask, part: str, chance: Chance) -> None:
    """Give a part its texture, in place."""
    texture = TEXTURES[kind_of(part)]
    r0, r1, c0, c1 = box_of(mask)
    near = (slice(r0, r1), slice(c0, c1))
    size, grain = (r1 - r0, c1 - c0), (texture.grain, texture.grain)
    values = shapes.noise(size, grain, chance(f"texture of {part}"))
    albedo[near][mask[near]] = texture.mean + texture.deviation * values[mask[near]]


def _redden(albedo: Floats, mask: Mask, red: float, chance: Chance) -> None:
    """Make the given share of the skin red, in patches, in place."""
    patches = shapes.noise((mask.shape[0], mask.shape[1]), (3.0, 3.0), chance("patches"))[mask]
    order = np.argsort(patches, kind="stable")[: round(red * len(patches))]
    darker = np.zeros(len(patches))
    darker[order] = RED_ALBEDO - TEXTURES["skin"].mean
    albedo[mask] += darker


def _moved(place: tuple[float, float], turn: float, distance: float) -> tuple[float, float]:
    return place[0] + distance * math.sin(turn), place[1] + distance * math.cos(turn)


def _rounded(solid: Solid, mask: Mask) -> Floats:
    """Get how high a solid stands over its cut, from 1 at its centre to 0 at its outline."""
    rows, columns = np.nonzero(mask)
    x, z = columns - solid.centre[0], -rows - solid.centre[1]
    radius = np.hypot(x, z)
    turned = np.abs(np.arctan2(x, z) - solid.turn)
    outline = solid.profile(np.minimum(turned, 2 * np.pi - turned) % (2 * np.pi))
    rounded: Floats = np.sqrt(np.clip(1 - (radius / outline) ** 2, 0, 1))
    return rounded
