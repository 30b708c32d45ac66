"""Room for several things in one matrix: each has a field of its own, so that none is rejected."""

from __future__ import annotations

from heatbrush_core.synthetic.generators.generator import Chance


def fields(shape: tuple[int, int], size: tuple[float, float]) -> tuple[int, int]:
    """Count the fields, each for a thing of a size and a cell of space: down and across."""
    down, across = (int(cells // (most + 1)) for cells, most in zip(shape, size, strict=True))
    return down, across


def check_room(
    noun: str, name: str, most: int, shape: tuple[int, int], size: tuple[float, float]
) -> None:
    """Refuse more things than there are fields."""
    down, across = fields(shape, size)
    if most > down * across:
        raise ValueError(
            f"{noun} draws up to {name}={most} of up to {size[0]:g} × {size[1]:g} cells, but "
            f"{shape[0]} × {shape[1]} cells have room for {down * across}; lower {name} or sizes, "
            "or widen the shape."
        )


class Layout:
    """Fields of a matrix, one for each thing, in a random order.

    Parameters
    ----------
    shape : (H, W)
    most : (height, width)
        Of the largest thing, which decides how many fields there are.
    chance
        Draws the order of the fields, and the place of a thing within its own.
    """

    def __init__(self, shape: tuple[int, int], most: tuple[float, float], chance: Chance) -> None:
        self._counts = fields(shape, most)
        self._shape, self._chance = shape, chance
        down, across = self._counts
        self._order = chance("layout").permutation(down * across)

    def place(self, number: int, name: str, size: tuple[float, float]) -> tuple[float, float]:
        """Draw the upper left corner of a thing of a size, evenly over what its field leaves open.

        Parameters
        ----------
        number : int
            Of the thing, from 0 on.
        name : str
            Of its part.
        size : (height, width)
            In cells, at most the largest.
        """
        field = divmod(int(self._order[number]), self._counts[1])
        drawn = self._chance(f"place of {name}").random(2)
        corner = []
        for axis in (0, 1):
            cells = self._shape[axis] / self._counts[axis]
            # half a cell on either side keeps neighbours apart
            spare = cells - 1 - size[axis]
            corner.append(float(field[axis] * cells + 0.5 + drawn[axis] * spare))
        return corner[0], corner[1]
