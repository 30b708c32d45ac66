"""Evidence that a region matters: necessity, sufficiency, and what is expected by chance.

Being right comes first: which chance a number is compared with depends on how the region was
chosen, and where no honest comparison is known there is no p value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core.evidence import nulls, searching
from heatbrush_core.evidence.necessity import Probe
from heatbrush_core.maps.runs import Run
from heatbrush_core.maps.search import Search
from heatbrush_core.matrix.baselines import words
from heatbrush_core.matrix.rectangles import bounding_box
from heatbrush_core.matrix.region import Region, check_region
from heatbrush_core.progress import Watch

if TYPE_CHECKING:
    import pandas as pd

    from heatbrush_core.inference.explaining import Explaining

OTHERS = ("row_mean", "blur")
"""Baselines that further columns are for, beside the explainer's own."""
CONTROLS = 999
Floats = NDArray[np.float64]


def evidence(
    explainer: Explaining,
    x: ArrayLike,
    regions: Sequence[Region],
    target: Any = None,
    chosen: Literal["before"] | Search | None = None,
    controls: int = CONTROLS,
    seed: int = 0,
    watch: Watch | None = None,
) -> pd.DataFrame:
    """Judge regions; `Explainer.evidence` says how."""
    import pandas as pd

    matrix, given = explainer.asked(x), list(regions)
    explainer = explainer.settled(matrix)
    for region in given:
        check_region(region, matrix.shape)
    _check(chosen, controls)
    search = _remembered(given) if chosen is None else chosen
    aim = explainer.aim(matrix, target)
    watch, random = watch or Watch(), np.random.default_rng(seed)
    places = [placements(region, matrix.shape, controls, random) for region in given]
    watch.total = sum(map(len, places))
    matched = None
    if isinstance(search, Search):
        watch.total += controls
        matched = searching.matched(search, explainer, matrix, aim, controls, random, watch)
        watch.total += (0 if matched is None else len(matched.matrices)) - controls
    inside = watch.inside()
    probe = Probe(explainer, matrix, explainer.fill(matrix), aim)
    table = pd.DataFrame(index=pd.Index(_labels(explainer, matrix, given), name="region"))
    table["cells"] = [int(region.mask(matrix.shape[:2]).sum()) for region in given]
    table["necessity"], table["sufficiency"], _ = probe.measured(given, inside)
    for name in OTHERS:
        if not (isinstance(explainer.baseline, str) and explainer.baseline == name):
            other = Probe(explainer, matrix, explainer.fill(matrix, name), aim)
            lost, alone, _ = other.measured(given, inside)
            table[f"necessity, {name}"], table[f"sufficiency, {name}"] = lost, alone
    found = _by_place(probe, places, watch)
    table["control_mean"] = [float(each.mean()) if each.size else np.nan for each in found]
    table["control_sd"] = [float(each.std(ddof=1)) if each.size > 1 else np.nan for each in found]
    necessity = table["necessity"].to_numpy()
    if isinstance(search, Search):
        null = searching.repeated(search, explainer, aim, matched, watch)
        source = "none" if null is None else "repeat the choice"
        best = np.array([]) if null is None else null.necessity
        ps = np.array([nulls.p_value(each, best) for each in necessity])
        adjusted, counts = ps, [len(best)] * len(given)
    elif search == "before":
        source = "placement"
        pairs = zip(necessity, found, strict=True)
        ps = np.array([nulls.p_value(each, others) for each, others in pairs])
        adjusted, counts = nulls.holm(ps), [len(each) for each in found]
    else:
        source, ps = "none", np.full(len(given), np.nan)
        adjusted, counts = ps, [0] * len(given)
    table["null"], table["p"], table["p_adjusted"] = source, ps, adjusted
    table["smallest_p"] = [1 / (1 + count) if count else np.nan for count in counts]
    table.attrs["notes"] = (words(explainer.baseline),)
    return table


def placements(
    region: Region, shape: Sequence[int], most: int, random: np.random.Generator
) -> list[Region]:
    """Put the shape of a region elsewhere in a matrix: everywhere, or at `most` random places.

    A band of whole rows moves along the rows only, one of whole columns along the columns.
    """
    mask = region.mask((shape[0], shape[1]))
    rows, columns = bounding_box(mask)
    own = mask[rows, columns]
    h, w = own.shape
    down, right = shape[0] - h + 1, shape[1] - w + 1
    places = np.delete(np.arange(down * right), rows.start * right + columns.start)
    if len(places) > most:
        places = random.choice(places, most, replace=False)
    whole = own.all()
    found = []
    for top, left in zip(*np.divmod(places, right), strict=True):
        if whole:
            found.append(Region.rectangle(int(top), int(top) + h, int(left), int(left) + w))
        else:
            moved = np.zeros_like(mask)
            moved[top : top + h, left : left + w] = own
            found.append(Region.cells(moved))
    return found


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


def _labels(explainer: Explaining, x: NDArray[Any], regions: Sequence[Region]) -> list[str]:
    axes = explainer.axes(x.shape)
    return [region.describe(*axes) for region in regions]


def _check(chosen: Any, controls: int) -> None:
    if chosen is not None and chosen != "before" and not isinstance(chosen, Search):
        raise ValueError(
            f"chosen is {chosen!r}, but 'before', a Search or None is expected; give 'before' only "
            "for regions that were fixed before any map of this matrix was seen."
        )
    if isinstance(controls, bool) or not isinstance(controls, int | np.integer) or controls < 1:
        raise ValueError(
            f"controls is {controls!r}, but a whole number from 1 on is expected; give one."
        )
