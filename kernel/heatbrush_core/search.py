"""How runs are searched for, so that the same can be done where there is nothing to be found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from heatbrush_core import nulls
from heatbrush_core.effects import Probe
from heatbrush_core.progress import Watch
from heatbrush_core.region import Region
from heatbrush_core.runs import AXES, Axis, Run, automatic, bands, blocks, check_axis, runs

if TYPE_CHECKING:
    from heatbrush_core.explainer import Explainer
    from heatbrush_core.explanation import Explanation
    from heatbrush_core.targets import Class, Margin

LINES = 4
"""Lines that an occlusion hides at once, at every place, unless it is told otherwise."""
SAME = 0.5
"""Part of the shorter of two runs from which, if they share it, they count as one."""
Floats = NDArray[np.float64]
Methods = Sequence[str | tuple[str, Mapping[str, Any]]]


class Found(NamedTuple):
    """A candidate: half-open lines, what its map says, and which methods found it."""

    start: int
    stop: int
    score: float
    share: float
    methods: tuple[str, ...]


class Nulls(NamedTuple):
    """The best that a search finds in M matrices without evidence, and where these come from."""

    source: nulls.Source
    necessity: Floats
    effect: Floats


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
    null: nulls.Null = "auto"

    @classmethod
    def of(cls, axis: Axis, methods: Methods, **settings: Any) -> Search:
        """Read methods as `compare` does: a name, or (name, {parameters}).

        Occlusion without parameters hides some whole lines at each place along the axis: `LINES`,
        or fewer where these were more than a quarter of all.
        """
        check_axis(axis)
        read = [(each, {}) if isinstance(each, str) else each for each in methods]
        return cls(axis, tuple((n, tuple(sorted(given.items()))) for n, given in read), **settings)

    def found(
        self,
        explainer: Explainer,
        x: NDArray[Any],
        aim: Class | Margin,
        watch: Watch | None = None,
    ) -> list[Found]:
        """Take the runs of each method's map, those that are nearly the same as one."""
        candidates: list[Found] = []
        for name, explanation in self._explained(explainer, x, aim, watch):
            profile = explanation.columns if self.axis == "columns" else explanation.rows
            for run in self.runs(profile):
                span = run.bands[0].columns if self.axis == "columns" else run.bands[0].rows
                start, stop = span or (0, len(profile))
                whole = len(profile) if stop is None else stop
                candidates.append(Found(start, whole, run.score, run.share, (name,)))
        return merged(candidates)

    def _explained(
        self,
        explainer: Explainer,
        x: NDArray[Any],
        aim: Class | Margin,
        watch: Watch | None,
    ) -> Iterator[tuple[str, Explanation]]:
        """Make the map of each method, with its name."""
        inside = (watch or Watch()).inside()
        ask = partial(explainer.explain, progress=inside.listener, cancel=inside.cancel)
        for name, parameters in self.methods:
            yield name, ask(x, name, aim, **(dict(parameters) or self._plain(name, x.shape)))

    def _plain(self, name: str, shape: Sequence[int]) -> dict[str, Any]:
        """Set up a method that was given without parameters."""
        if name != "occlusion":
            return {}
        lines = max(1, min(LINES, shape[AXES.index(self.axis)] // 4))
        pairs = ((lines, None), (1, None)) if self.axis == "rows" else ((None, lines), (None, 1))
        return dict(zip(("patch", "stride"), pairs, strict=True))

    def runs(self, profile: Any) -> list[Run]:
        """Take the runs of a profile; where none is above the noise, the best there are."""
        lengths = self.min_length, self.max_length
        return self._some(profile, lambda v, cost: runs(v, self.axis, self.k, *lengths, cost))

    def _some(self, given: Any, find: Callable[[Floats, Any], list[Run]]) -> list[Run]:
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

    def regions(
        self,
        explainer: Explainer,
        x: NDArray[Any],
        aim: Class | Margin,
        watch: Watch | None = None,
    ) -> Sequence[Region]:
        """Take the regions that the search finds in a matrix."""
        return [self.region(each) for each in self.found(explainer, x, aim, watch)]

    def matched(
        self,
        explainer: Explainer,
        x: NDArray[Any],
        aim: Class | Margin,
        count: int,
        random: np.random.Generator,
        watch: Watch | None = None,
    ) -> nulls.Matched | None:
        """Make or choose at most `count` matrices without evidence that are otherwise like x."""
        asked = self.null in ("auto", "background")
        others = explainer.others(aim, (watch or Watch()).inside()) if asked else None
        return nulls.matched(x, self.axis, others, count, random, self.null)

    def nulls(
        self,
        explainer: Explainer,
        aim: Class | Margin,
        matched: nulls.Matched | None,
        watch: Watch | None = None,
    ) -> Nulls | None:
        """Repeat the search, the measuring and the choice of the best on matched matrices."""
        if matched is None:
            return None
        watch, best = watch or Watch(), []
        for each in matched.matrices:
            best.append(self.best(explainer, each, aim, watch))
            watch.advance()
        return Nulls(matched.source, *np.array(best).T)

    def best(
        self,
        explainer: Explainer,
        x: NDArray[Any],
        aim: Class | Margin,
        watch: Watch | None = None,
    ) -> tuple[float, float]:
        """Find the largest necessity and the largest effect of any run, see `Probe.measured`.

        A matrix in which no run is found has the lowest of all.
        """
        regions = self.regions(explainer, x, aim, watch)
        if not regions:
            return -np.inf, -np.inf
        probe = Probe(explainer, x, explainer.fill(x), aim)
        necessity, _, effect = probe.measured(regions, (watch or Watch()).inside())
        return float(necessity.max()), float(effect.max())


@dataclass(frozen=True)
class BlockSearch(Search):
    """The same for the rectangles of a map, see `Explanation.blocks`.

    Phases drawn anew leave the level of each row, so that what whole rows do counts as chance.
    """

    def regions(
        self,
        explainer: Explainer,
        x: NDArray[Any],
        aim: Class | Margin,
        watch: Watch | None = None,
    ) -> Sequence[Region]:
        """Take the rectangles of each method's map; where none is above the noise, the best."""
        maps = [each.map for _, each in self._explained(explainer, x, aim, watch)]
        found = [self._some(map, lambda v, cost: blocks(v, self.k, cost)) for map in maps]
        return [block for some in found for block in some]

    def _plain(self, name: str, shape: Sequence[int]) -> dict[str, Any]:
        """Leave a method that was given without parameters to its own defaults."""
        return {}


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
