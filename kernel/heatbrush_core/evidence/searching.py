"""Searches carried out: what one finds in a matrix, and where there is nothing to be found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.checks import among
from heatbrush_core.evidence import matching
from heatbrush_core.evidence.necessity import Probe
from heatbrush_core.maps.runs import Run, automatic, bands, blocks, runs
from heatbrush_core.maps.search import LINES, BlockSearch, Search, Source
from heatbrush_core.matrix.arrays import Floats, Indices
from heatbrush_core.matrix.axes import AXES, AxisName
from heatbrush_core.matrix.region import Region
from heatbrush_core.matrix.validity import Mask
from heatbrush_core.progress import Watch
from heatbrush_core.targets import Target

if TYPE_CHECKING:
    from heatbrush_core.explanation.explanation import Explanation
    from heatbrush_core.inference.explaining import Explaining

SAME = 0.5
"""Part of the shorter of two runs from which, if they share it, they count as one."""


class Found(NamedTuple):
    """A candidate: half-open lines, what its map says, and which methods found it."""

    start: int
    stop: int
    score: float
    share: float
    methods: tuple[str, ...]


class Repeats(NamedTuple):
    """The (M,) best that a search finds in matrices without evidence, and where these come from."""

    source: Source
    necessity: Floats
    effect: Floats


def found(
    search: Search,
    explainer: Explaining,
    x: NDArray[Any],
    aim: Target,
    watch: Watch | None = None,
) -> list[Found]:
    """Take the runs of each method's map, those that are nearly the same as one."""
    candidates: list[Found] = []
    for name, explanation in _explained(search, explainer, x, aim, watch):
        profile = explanation.columns if search.axis == "columns" else explanation.rows
        for run in _runs(search, profile):
            span = run.bands[0].columns if search.axis == "columns" else run.bands[0].rows
            start, stop = span or (0, len(profile))
            whole = len(profile) if stop is None else stop
            candidates.append(Found(start, whole, run.score, run.share, (name,)))
    return merged(candidates)


def _explained(
    search: Search,
    explainer: Explaining,
    x: NDArray[Any],
    aim: Target,
    watch: Watch | None,
) -> Iterator[tuple[str, Explanation]]:
    """Make the map of each method, with its name."""
    inside = (watch or Watch()).inside()
    ask = partial(explainer.explain, progress=inside.listener, cancel=inside.cancel)
    for name, parameters in search.methods:
        yield name, ask(x, name, aim, **(dict(parameters) or _defaults(search, name, x.shape)))


def _defaults(search: Search, name: str, shape: Sequence[int]) -> dict[str, Any]:
    """Set up a method that was given without parameters; blocks leave it to its own defaults."""
    if name != "occlusion" or isinstance(search, BlockSearch):
        return {}
    return whole_lines(search.axis, shape)


def whole_lines(axis: AxisName, shape: Sequence[int]) -> dict[str, Any]:
    """Set up an occlusion that hides some whole lines at each place along an axis."""
    lines = max(1, min(LINES, shape[AXES.index(axis)] // 4))
    pairs = ((lines, None), (1, None)) if axis == "rows" else ((None, lines), (None, 1))
    return dict(zip(("patch", "stride"), pairs, strict=True))


def _runs(search: Search, profile: Any) -> list[Run]:
    """Take the runs of a profile; where none is above the noise, the best there are."""
    lengths = search.min_length, search.max_length
    return _some(search, profile, lambda v, cost: runs(v, search.axis, search.k, *lengths, cost))


def _some(search: Search, given: Any, find: Callable[[Floats, Any], list[Run]]) -> list[Run]:
    """Take what stands out of a profile or map at the penalty; else what would without noise.

    So nearly every matrix has a best run, with evidence or without, and these can be compared.
    """
    values = np.asarray(given, np.float64)
    some = find(values, search.penalty)
    if some or not among(search.penalty, ("auto",)):
        return some
    return find(values, automatic(values, noise=False))


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


def run(search: Search, found: Found) -> Run:
    """Make a region of what was found."""
    return Run(bands(search.axis)(found.start, found.stop).bands, found.score, found.share)


def regions(
    search: Search,
    explainer: Explaining,
    x: NDArray[Any],
    aim: Target,
    watch: Watch | None = None,
) -> Sequence[Region]:
    """Take the regions that the search finds in a matrix: runs, or rectangles of each map."""
    if not isinstance(search, BlockSearch):
        return [run(search, each) for each in found(search, explainer, x, aim, watch)]
    maps = [each.map for _, each in _explained(search, explainer, x, aim, watch)]
    some = [_some(search, map, lambda v, cost: blocks(v, search.k, cost)) for map in maps]
    return [block for each in some for block in each]


def matched(
    search: Search,
    explainer: Explaining,
    x: NDArray[Any],
    aim: Target,
    count: int,
    random: np.random.Generator,
    watch: Watch | None = None,
) -> matching.Matched | None:
    """Make or choose at most `count` matrices without evidence that are otherwise like x."""
    asked = among(search.null, ("auto", "background"))
    which = explainer.others(aim, (watch or Watch()).inside()) if asked else None
    others, cells = (None, None) if which is None else typical(explainer, x.shape, which)
    time = explainer.time
    # rectangles are searched along both axes, one of which may be time
    axis = time if isinstance(search, BlockSearch) and time != "none" else search.axis
    return matching.matched(
        x, axis, others, count, random, search.null, time, explainer.exists, cells
    )


def typical(
    explainer: Explaining, shape: Sequence[int], which: Indices
) -> tuple[NDArray[Any], Mask | None]:
    """Take some background matrices, and which of their cells a search in x goes through.

    These are cells that x has, too. A matrix without any is left out.
    """
    assert explainer.background is not None
    matrices = explainer.background[which]
    own = None if explainer.typical_exists is None else explainer.typical_exists[which]
    if explainer.exists is not None and matrices.shape[1:3] == tuple(shape[:2]):
        own = explainer.exists & (np.ones(matrices.shape[:3], np.bool_) if own is None else own)
    if own is None:
        return matrices, None
    some = own.any(axis=(1, 2))
    return matrices[some], own[some]


def notes(explainer: Explaining, given: matching.Matched | None) -> tuple[str, ...]:
    """Say what the null rests on: what is time where nothing tells, and how gaps were treated."""
    of_background = given is not None and given.source == "background"
    said = []
    if explainer.time_is_assumed and not of_background:
        said.append(
            "The columns were taken to be time, as neither names nor layers tell; give the "
            'Explainer time="rows", "columns" or "none".'
        )
    if given is not None and not of_background:
        said.extend(matching.about_gaps(given.source, explainer.exists, explainer.time))
    return tuple(said)


def repeated(
    search: Search,
    explainer: Explaining,
    aim: Target,
    given: matching.Matched | None,
    watch: Watch | None = None,
) -> Repeats | None:
    """Repeat the search, the measuring and the choice of the best on matched matrices."""
    if given is None:
        return None
    watch, kept = watch or Watch(), []
    for index, each in enumerate(given.matrices):
        watch.stop_if_cancelled()
        asker = explainer if given.exists is None else explainer.having(_cells(given.exists[index]))
        kept.append(best(search, asker, each, aim, watch))
        watch.advance()
    return Repeats(given.source, *np.array(kept).T)


def _cells(mask: Mask) -> Mask | None:
    return None if mask.all() else mask


def best(
    search: Search,
    explainer: Explaining,
    x: NDArray[Any],
    aim: Target,
    watch: Watch | None = None,
) -> tuple[float, float]:
    """Find the largest necessity and the largest effect of any run, see `Probe.measured`.

    A matrix in which no run is found has the lowest of all.
    """
    some = regions(search, explainer, x, aim, watch)
    if not some:
        return -np.inf, -np.inf
    probe = Probe(explainer, x, explainer.fill(x), aim, search.score)
    necessity, _, effect = probe.measured(some, (watch or Watch()).inside())
    return float(necessity.max()), float(effect.max())
