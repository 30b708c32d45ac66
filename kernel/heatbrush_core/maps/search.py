"""How runs are searched for, so that the same can be done where there is nothing to be found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.checks import MethodLike, read_methods
from heatbrush_core.maps.runs import Axis, Run, automatic, bands, check_axis, runs
from heatbrush_core.matrix.region import Region

LINES = 4
"""Lines that an occlusion hides at once, at every place, unless it is told otherwise."""
SAME = 0.5
"""Part of the shorter of two runs from which, if they share it, they count as one."""
Floats = NDArray[np.float64]
Null = Literal["auto", "background", "phases", "shifts"]
Methods = MethodLike | Sequence[MethodLike] | Mapping[str, MethodLike]


class Found(NamedTuple):
    """A candidate: half-open lines, what its map says, and which methods found it."""

    start: int
    stop: int
    score: float
    share: float
    methods: tuple[str, ...]


@dataclass(frozen=True)
class Search:
    """How runs are looked for, so that the same can be done where there is nothing to be found.

    Parameters
    ----------
    axis
        "rows" or "columns".
    methods
        Names, or (name, {parameters}), of what makes the maps.
    k, min_length, max_length, penalty
        As `Explanation.runs` takes them.
    null
        What takes the place of matrices without evidence, see `nulls.matched`.
    """

    axis: Axis = "columns"
    methods: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...] = (("occlusion", ()),)
    k: int = 5
    min_length: int = 1
    max_length: int | None = None
    penalty: float | Literal["auto"] = field(default="auto")
    null: Null = "auto"

    @classmethod
    def of(cls, axis: Axis, methods: Methods, **settings: Any) -> Search:
        """Read methods as `compare` does: names or pairs (name, {parameters}), one or several.

        Occlusion without parameters hides some whole lines at each place along the axis: `LINES`,
        or fewer where these were more than a quarter of all.
        """
        check_axis(axis)
        read = read_methods(methods).values()
        return cls(axis, tuple((n, tuple(sorted(given.items()))) for n, given in read), **settings)

    def runs(self, profile: Any) -> list[Run]:
        """Take the runs of a profile; where none is above the noise, the best there are."""
        lengths = self.min_length, self.max_length
        return self.some(profile, lambda v, cost: runs(v, self.axis, self.k, *lengths, cost))

    def some(self, given: Any, find: Callable[[Floats, Any], list[Run]]) -> list[Run]:
        """Take what stands out of a profile or map at the penalty; else what would without noise.

        So nearly every matrix has a best run, with evidence or without, and these can be compared.
        """
        values = np.asarray(given, np.float64)
        found = find(values, self.penalty)
        if found or self.penalty != "auto":
            return found
        return find(values, automatic(values, noise=False))

    def region(self, found: Found) -> Region:
        """Make a region of what was found."""
        return bands(self.axis)(found.start, found.stop)


@dataclass(frozen=True)
class BlockSearch(Search):
    """The same for the rectangles of a map, see `Explanation.blocks`.

    Phases drawn anew leave the level of each row, so that what whole rows do counts as chance.
    """


def merged(candidates: Iterable[Found]) -> list[Found]:
    """Keep, of runs that are nearly the same, the one that was found first, with all methods."""
    kept: list[Found] = []
    for each in candidates:
        twin = next((i for i, other in enumerate(kept) if overlap(each, other) >= SAME), None)
        if twin is None:
            kept.append(each)
        elif each.methods[0] not in kept[twin].methods:
            kept[twin] = kept[twin]._replace(methods=(*kept[twin].methods, *each.methods))
    return kept


def overlap(a: Found, b: Found) -> float:
    """Divide the lines that two runs share by those of the shorter one."""
    both = min(a.stop, b.stop) - max(a.start, b.start)
    return max(0, both) / min(a.stop - a.start, b.stop - b.start)
