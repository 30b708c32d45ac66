"""Players: parts of a matrix that are hidden or shown as one, and whose value is shared out."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field, WithJsonSchema

from heatbrush_core.checks import short
from heatbrush_core.inference.task import Task
from heatbrush_core.maps.profiles import Errors
from heatbrush_core.matrix.given_regions import check_region, listed
from heatbrush_core.matrix.perturbations import Boxes, Changes
from heatbrush_core.matrix.rectangles import bounding_box
from heatbrush_core.matrix.region import Region
from heatbrush_core.registry.parameters import Parameters, both

NAMES = ("rows", "columns", "grid")
MOST = 4096
"""Players beyond which neither orders nor a fit can be sampled in reasonable time."""

PLAYERS = (
    "what is hidden as one: rows, columns, the cells of a grid, or a list of Regions that share no "
    "cell; cells of no player are never hidden"
)

Pieces = Annotated[int, Field(ge=1)]
Pair = tuple[Pieces | None, Pieces | None]


def _known(value: Any) -> str | tuple[Region, ...]:
    """Take a name, or Regions, also in the JSON form that a front end sends back."""
    if isinstance(value, str) and value in NAMES:
        return value
    value = listed(value)
    if not isinstance(value, list | tuple) or not value:
        raise ValueError(f"one of {', '.join(NAMES)}, or a list of Regions, is expected")
    return tuple(_region(index, each) for index, each in enumerate(value))


def _region(index: int, value: Any) -> Region:
    if isinstance(value, Region):
        return value
    try:
        return Region.from_json(value)
    except ValueError as error:
        raise ValueError(f"entry {index} is {short(value)} where a Region belongs") from error


Grid = Annotated[Pair, BeforeValidator(both)]
Players = Annotated[
    Any, BeforeValidator(_known), WithJsonSchema({"enum": list(NAMES), "type": "string"})
]


def grid_field(what: str, **when: list[Any]) -> Any:
    """Make the field of a grid; `what` says what is cut, `when` which other values it goes with."""
    extra: dict[str, Any] = {"unit": "rows × columns", "when": when}
    return Field(
        (7, 7),
        json_schema_extra=extra,
        description=f"{what} into this many rows and columns, or one number for both; None in one "
        "place leaves that axis whole, and no axis gets more parts than it has lines",
    )


def cut(grid: Pair, shape: Sequence[int]) -> tuple[int, int]:
    """Parts along both axes, at most one per line."""
    rows, columns = (min(parts or 1, size) for parts, size in zip(grid, shape, strict=True))
    return rows, columns


class PlayerParameters(Parameters):
    """What a player is; the base of the methods that hide players."""

    players: Players = Field("rows", description=PLAYERS)
    grid: Grid = grid_field("players grid cuts the matrix", players=["grid"])

    def resolved(self, shape: tuple[int, int]) -> Self:
        """Cut the grid to the matrix; refuse Regions that do not fit it, or share cells."""
        if not isinstance(self.players, str):
            _check_disjoint(self.players, shape)
        return self.model_copy(update={"grid": cut(self.grid, shape)})

    def who(self) -> str:
        """Write the players for titles: "rows", "grid 7 × 7", "3 regions"."""
        if self.players == "grid":
            return f"grid {times(self.grid)}"
        if isinstance(self.players, str):
            return self.players
        count = len(self.players)
        return f"{count} region{'s' if count > 1 else ''}"


def times(grid: Pair) -> str:
    """Write a grid for titles: "7 × 7"."""
    return " × ".join(str(parts or 1) for parts in grid)


@dataclass(frozen=True, eq=False)
class Partition:
    """Which player each cell belongs to.

    Attributes
    ----------
    labels
        (H, W), the player of each cell, counted from 0; -1 for none.
    count
        The number of players.
    """

    labels: NDArray[np.intp]
    count: int

    @classmethod
    def of(cls, task: Task, settings: PlayerParameters, method: str) -> Partition:
        """Part the cells that the task may touch; a player without any takes no part.

        A grid parts their bounding box, as evenly as whole lines allow.

        Raises
        ------
        ValueError
            For no player at all, and for more than `MOST`.
        """
        shape = task.x.shape[:2]
        inside = np.ones(shape, bool) if task.inside is None else task.inside
        raw = np.where(inside, _raw(settings, inside), -1)
        present, numbers = np.unique(raw[raw >= 0], return_inverse=True)
        if not len(present):
            raise ValueError(
                f"{method} has no player in the region that it is restricted to, but at least one "
                "is expected; give players that reach into it, or another region."
            )
        if len(present) > MOST:
            raise ValueError(
                f"{method} has {len(present)} players, but at most {MOST} are expected; give "
                "larger parts as players, or take a method that looks at single cells."
            )
        labels = np.full(shape, -1, np.intp)
        labels[raw >= 0] = numbers
        return cls(labels, len(present))

    @functools.cached_property
    def box(self) -> tuple[slice, slice]:
        """The rows and columns between the outermost cells of all players."""
        return bounding_box(self.labels >= 0)

    def changes(self, x: NDArray[Any], base: NDArray[Any], present: NDArray[np.bool_]) -> Changes:
        """(N, players) bool -> x with the players that are not present at the baseline."""
        part = Partition(self.labels[self.box], self.count)
        inside, hidden = x[self.box], base[self.box]
        return Changes(
            x,
            Boxes.of(*self.box, len(present)),
            lambda _, which: part.show(inside, hidden, present[which]),
        )

    def show(self, x: NDArray[Any], base: NDArray[Any], present: NDArray[np.bool_]) -> NDArray[Any]:
        """(N, players) bool -> (N, H, W, C): x, at the baseline where a player is not present."""
        always = np.ones((len(present), 1), bool)  # which the label -1 finds
        shown = np.concatenate([present, always], axis=1)[:, self.labels]
        return np.where(shown[..., None], x, base)

    def spread(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """(players,) -> (H, W): an equal share for each cell of a player, NaN for no player."""
        sizes = np.bincount(self.labels[self.labels >= 0], minlength=self.count)
        return np.append(values / sizes, np.nan)[self.labels]

    def errors(self, deviations: NDArray[np.float64]) -> Errors:
        """Get the standard errors of what `spread` makes, and of the sums of its lines.

        Parameters
        ----------
        deviations
            (N, players), what each of N samples adds to the error of each value: the variance of a
            value, or of any weighted sum of them, is the sum of squares over the samples. None at
            all make errors of 0.
        """
        rows, columns = (_root(deviations @ self._shares(axis)) for axis in (0, 1))
        return Errors(self.spread(_root(deviations)), rows, columns)

    def _shares(self, axis: int) -> NDArray[np.float64]:
        """(players, lines): which share of its cells a player has in each row (0) or column (1)."""
        held = self.labels >= 0
        cells = np.zeros((self.count, self.labels.shape[axis]))
        np.add.at(cells, (self.labels[held], np.nonzero(held)[axis]), 1)
        return cells / cells.sum(axis=1, keepdims=True)


def _root(deviations: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.sqrt((deviations**2).sum(axis=0)))


def _raw(settings: PlayerParameters, inside: NDArray[np.bool_]) -> NDArray[np.intp]:
    """(H, W) or broadcastable to it: a number per player, -1 for none."""
    if settings.players == "rows":
        return np.arange(inside.shape[0])[:, None]
    if settings.players == "columns":
        return np.arange(inside.shape[1])
    if settings.players == "grid":
        rows, columns = bounding_box(inside)
        parts = cut(settings.grid, (rows.stop - rows.start, columns.stop - columns.start))
        return _part(inside.shape[0], rows, parts[0])[:, None] * parts[1] + _part(
            inside.shape[1], columns, parts[1]
        )
    labels = np.full(inside.shape, -1, np.intp)
    for index, region in enumerate(settings.players):
        labels[region.mask(inside.shape)] = index
    return labels


def _part(size: int, span: slice, parts: int) -> NDArray[np.intp]:
    """(size,) number of the part that each line of a span belongs to, clipped outside of it."""
    steps = np.clip(np.arange(size) - span.start, 0, span.stop - span.start - 1)
    return steps * parts // (span.stop - span.start)


def _check_disjoint(regions: tuple[Region, ...], shape: tuple[int, int]) -> None:
    owner = np.full(shape, -1, np.intp)
    for index, region in enumerate(regions):
        check_region(region, shape)
        mask = region.mask(shape)
        taken = owner[mask & (owner >= 0)]
        if len(taken):
            raise ValueError(
                f"The players {taken[0]} and {index} share {int((taken == taken[0]).sum())} cells, "
                "but a cell belongs to one player at most; take them from one of the two, such as "
                f"players[{index}] - players[{taken[0]}]."
            )
        owner[mask] = index
