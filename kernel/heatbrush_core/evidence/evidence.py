"""Evidence that a region matters: necessity, sufficiency, and what is expected by chance.

Being right comes first: which chance a number is compared with depends on how the region was
chosen, and where no honest comparison is known there is no p value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core.checks import among, count, short
from heatbrush_core.evidence import premises, searching
from heatbrush_core.evidence.matching import check_controls
from heatbrush_core.evidence.necessity import Probe
from heatbrush_core.evidence.p_values import holm, p_value
from heatbrush_core.evidence.places import counted, placements
from heatbrush_core.evidence.searching import Repeats
from heatbrush_core.maps.runs import Run
from heatbrush_core.maps.search import Search
from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.matrix.axes import Axis
from heatbrush_core.matrix.given_regions import Regions, listed, read_regions
from heatbrush_core.matrix.region import Region
from heatbrush_core.matrix.validity import Mask
from heatbrush_core.progress import Watch
from heatbrush_core.targets import ScoreKind, Target

if TYPE_CHECKING:
    import pandas as pd

    from heatbrush_core.inference.explaining import Explaining

OTHERS = ("row_mean", "blur")
"""Baselines that further columns are for, beside the explainer's own."""
CONTROLS = 999


def evidence(
    explainer: Explaining,
    x: ArrayLike,
    regions: Regions,
    target: Any = None,
    chosen: Literal["before"] | Search | None = None,
    controls: int = CONTROLS,
    seed: int = 0,
    score: ScoreKind | None = None,
    valid: Any = None,
    watch: Watch | None = None,
) -> pd.DataFrame:
    """Judge regions; `Explainer.evidence` says how."""
    exists = _cells(regions, np.shape(x)) if valid is None else valid
    explainer, matrix = explainer.aiming(x, exists, target)
    given = read_regions(regions, matrix.shape)
    _check(chosen, controls)
    search = _remembered(given) if chosen is None else chosen
    if isinstance(search, Search):
        # what is repeated must be measured as the regions are, or p compares different scores
        score = search.score if score is None else score
        search = replace(search, score=score)
    measured = explainer.score_kind(score)
    aim = explainer.aim(matrix, target)
    watch, random = watch or Watch(), np.random.default_rng(seed)
    exists = explainer.exists
    places = [placements(region, matrix.shape, controls, random, exists) for region in given]
    watch.total = sum(map(len, places))
    matched = None
    if isinstance(search, Search):
        watch.total += controls
        matched = searching.matched(search, explainer, matrix, aim, controls, random, watch)
        watch.total += (0 if matched is None else len(matched.matrices)) - controls
    axes = explainer.axes(matrix.shape, x)
    table = _measured(explainer, matrix, aim, given, axes, score, watch.inside())
    probe = Probe(explainer, matrix, explainer.fill(matrix), aim, score)
    found = _by_place(probe, places, watch)
    table["elsewhere_mean"] = [float(each.mean()) if each.size else np.nan for each in found]
    table["elsewhere_sd"] = [float(each.std(ddof=1)) if each.size > 1 else np.nan for each in found]
    necessity = table["necessity"].to_numpy()
    if search == "before":
        chance = Chance.of_places(necessity, found)
    elif isinstance(search, Search):
        repeats = searching.repeated(search, explainer, aim, matched, watch)
        chance = Chance.of_repeats(necessity, repeats)
    else:
        chance = Chance.of_repeats(necessity, None)
    table["null"], table["p"], table["p_adjusted"] = chance.source, chance.ps, chance.adjusted
    table["smallest_p"] = [1 / (1 + many) if many else np.nan for many in chance.counts]
    said = (
        *premises.said(explainer, matrix, aim, watch=watch),
        *(searching.notes(explainer, matched) if isinstance(search, Search) else ()),
        *_nowhere(explainer, table.index, places),
    )
    table.attrs["score"], table.attrs["notes"] = measured, said
    return table


class Chance(NamedTuple):
    """What the necessity of each region is compared with, and how often that is as large.

    Attributes
    ----------
    source
        "placement", "repeat the choice" or "none".
    ps, adjusted
        (N,) p values, of each region and for all together.
    counts
        How many numbers each region is compared with.
    """

    source: str
    ps: Floats
    adjusted: Floats
    counts: list[int]

    @classmethod
    def of_places(cls, necessity: Floats, places: Sequence[Floats]) -> Chance:
        """Compare each region with the same shape elsewhere, which nobody chose either."""
        pairs = zip(necessity, places, strict=True)
        ps = np.array([p_value(each, others) for each, others in pairs])
        return cls("placement", ps, holm(ps), [len(each) for each in places])

    @classmethod
    def of_repeats(cls, necessity: Floats, repeats: Repeats | None) -> Chance:
        """Compare all regions with the best of a search, which covers that there are several.

        Without repeats there is no p.
        """
        best = np.array([]) if repeats is None else repeats.necessity
        ps = np.array([p_value(each, best) for each in necessity])
        source = "none" if repeats is None else "repeat the choice"
        return cls(source, ps, ps, [len(best)] * len(necessity))


def _measured(
    explainer: Explaining,
    x: NDArray[Any],
    aim: Target,
    regions: Sequence[Region],
    axes: tuple[Axis, Axis],
    score: ScoreKind | None,
    inside: Watch,
) -> pd.DataFrame:
    """Take the necessity and the sufficiency of each region, for each baseline."""
    import pandas as pd

    table = pd.DataFrame(
        index=pd.Index([region.describe(*axes) for region in regions], name="region")
    )
    table["cells"] = [int(counted(region, x.shape, explainer.exists).sum()) for region in regions]
    own = explainer.baseline if isinstance(explainer.baseline, str) else None  # no array is a word
    for name in (None, *(each for each in OTHERS if each != own)):
        suffix = "" if name is None else f", {name}"
        probe = Probe(explainer, x, explainer.fill(x, name), aim, score)
        lost, alone, _ = probe.measured(regions, inside)
        table[f"necessity{suffix}"], table[f"sufficiency{suffix}"] = lost, alone
    return table


def _nowhere(
    explainer: Explaining, names: Sequence[str], places: Sequence[Sequence[Region]]
) -> tuple[str, ...]:
    """Say which shapes have no other place, as too few of the cells around exist."""
    alone = [name for name, own in zip(names, places, strict=True) if not own]
    if explainer.exists is None or not alone:
        return ()
    return (
        f"The shape of {', '.join(alone)} fits nowhere else among the cells that exist, so that "
        "there is nothing elsewhere to compare with.",
    )


def _by_place(probe: Probe, places: Sequence[Sequence[Region]], watch: Watch) -> list[Floats]:
    """Take the necessity of all places of all regions in one go."""
    flat = [place for each in places for place in each]
    ends = np.cumsum([len(each) for each in places])[:-1]
    return np.split(probe.necessity(flat, watch), ends) if flat else [np.array([])] * len(places)


def _remembered(regions: Sequence[Region]) -> Search | None:
    """Take the search that all regions come from; None where they have none in common."""
    origins = [region.origin if isinstance(region, Run) else None for region in regions]
    first = origins[0] if origins else None
    same = isinstance(first, Search) and all(origin is first for origin in origins)
    return first if same else None


def _cells(regions: Any, shape: Sequence[int]) -> Mask | None:
    """Take the cells that the matrix had in which the regions were found; None where unknown.

    A matrix of another size is another one.
    """
    given = listed(regions)
    search = _remembered(given) if isinstance(given, list | tuple) else None
    valid = None if search is None else search.valid
    return valid if valid is not None and valid.shape in (shape[:2], shape[1:3]) else None


def _check(chosen: Any, controls: int) -> None:
    if not (among(chosen, ("before",)) or isinstance(chosen, Search | None)):
        raise ValueError(
            f"chosen is {short(chosen)}, but 'before', a Search or None is expected; give "
            "'before' only for regions that were fixed before any map of this matrix was seen."
        )
    count("controls", controls)
    check_controls(controls)
