"""Searches carried out: what one finds in a matrix, and where there is nothing to be found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.evidence import nulls
from heatbrush_core.evidence.necessity import Probe
from heatbrush_core.maps.runs import AXES, blocks
from heatbrush_core.maps.search import BlockSearch, Found, Search, merged
from heatbrush_core.matrix.region import Region
from heatbrush_core.progress import Watch
from heatbrush_core.targets import Class, Margin

if TYPE_CHECKING:
    from heatbrush_core.explanation import Explanation
    from heatbrush_core.inference.explaining import Explaining

LINES = 4
"""Lines that an occlusion hides at once, at every place, unless it is told otherwise."""
Floats = NDArray[np.float64]


class Nulls(NamedTuple):
    """The best that a search finds in M matrices without evidence, and where these come from."""

    source: nulls.Source
    necessity: Floats
    effect: Floats


def found(
    search: Search,
    explainer: Explaining,
    x: NDArray[Any],
    aim: Class | Margin,
    watch: Watch | None = None,
) -> list[Found]:
    """Take the runs of each method's map, those that are nearly the same as one."""
    candidates: list[Found] = []
    for name, explanation in _explained(search, explainer, x, aim, watch):
        profile = explanation.columns if search.axis == "columns" else explanation.rows
        for run in search.runs(profile):
            span = run.bands[0].columns if search.axis == "columns" else run.bands[0].rows
            start, stop = span or (0, len(profile))
            whole = len(profile) if stop is None else stop
            candidates.append(Found(start, whole, run.score, run.share, (name,)))
    return merged(candidates)


def _explained(
    search: Search,
    explainer: Explaining,
    x: NDArray[Any],
    aim: Class | Margin,
    watch: Watch | None,
) -> Iterator[tuple[str, Explanation]]:
    """Make the map of each method, with its name."""
    inside = (watch or Watch()).inside()
    ask = partial(explainer.explain, progress=inside.listener, cancel=inside.cancel)
    for name, parameters in search.methods:
        yield name, ask(x, name, aim, **(dict(parameters) or _plain(search, name, x.shape)))


def _plain(search: Search, name: str, shape: Sequence[int]) -> dict[str, Any]:
    """Set up a method that was given without parameters; blocks leave it to its own defaults."""
    if name != "occlusion" or isinstance(search, BlockSearch):
        return {}
    lines = max(1, min(LINES, shape[AXES.index(search.axis)] // 4))
    pairs = ((lines, None), (1, None)) if search.axis == "rows" else ((None, lines), (None, 1))
    return dict(zip(("patch", "stride"), pairs, strict=True))


def regions(
    search: Search,
    explainer: Explaining,
    x: NDArray[Any],
    aim: Class | Margin,
    watch: Watch | None = None,
) -> Sequence[Region]:
    """Take the regions that the search finds in a matrix: runs, or rectangles of each map."""
    if not isinstance(search, BlockSearch):
        return [search.region(each) for each in found(search, explainer, x, aim, watch)]
    maps = [each.map for _, each in _explained(search, explainer, x, aim, watch)]
    some = [search.some(map, lambda v, cost: blocks(v, search.k, cost)) for map in maps]
    return [block for each in some for block in each]


def matched(
    search: Search,
    explainer: Explaining,
    x: NDArray[Any],
    aim: Class | Margin,
    count: int,
    random: np.random.Generator,
    watch: Watch | None = None,
) -> nulls.Matched | None:
    """Make or choose at most `count` matrices without evidence that are otherwise like x."""
    asked = search.null in ("auto", "background")
    others = explainer.others(aim, (watch or Watch()).inside()) if asked else None
    return nulls.matched(x, search.axis, others, count, random, search.null)


def repeated(
    search: Search,
    explainer: Explaining,
    aim: Class | Margin,
    given: nulls.Matched | None,
    watch: Watch | None = None,
) -> Nulls | None:
    """Repeat the search, the measuring and the choice of the best on matched matrices."""
    if given is None:
        return None
    watch, kept = watch or Watch(), []
    for each in given.matrices:
        kept.append(best(search, explainer, each, aim, watch))
        watch.advance()
    return Nulls(given.source, *np.array(kept).T)


def best(
    search: Search,
    explainer: Explaining,
    x: NDArray[Any],
    aim: Class | Margin,
    watch: Watch | None = None,
) -> tuple[float, float]:
    """Find the largest necessity and the largest effect of any run, see `Probe.measured`.

    A matrix in which no run is found has the lowest of all.
    """
    some = regions(search, explainer, x, aim, watch)
    if not some:
        return -np.inf, -np.inf
    probe = Probe(explainer, x, explainer.fill(x), aim)
    necessity, _, effect = probe.measured(some, (watch or Watch()).inside())
    return float(necessity.max()), float(effect.max())
