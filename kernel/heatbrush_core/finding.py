"""From a matrix to a short list of runs with evidence: search, test, merge, rank."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core import nulls
from heatbrush_core.effects import Probe
from heatbrush_core.progress import Listener, Watch
from heatbrush_core.region import Region
from heatbrush_core.runs import AXES, Axis, Run, automatic, bands, check_axis, runs

if TYPE_CHECKING:
    import pandas as pd

    from heatbrush_core.explainer import Explainer
    from heatbrush_core.targets import Class, Margin

LINES = 4
"""Lines that an occlusion hides at once, at every place, unless it is told otherwise."""
LEVEL = 0.05
"""What p_adjusted of a run must not exceed to be listed."""
LEAST = 0.1
"""How much probability a run must move, without it or by it alone, to be listed; of a score that is
no probability, which part of what it differs by from the baseline's."""
SAME = 0.5
"""Part of the shorter of two runs from which, if they share it, they count as one."""
NULLS = 199
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
        inside = (watch or Watch()).inside()
        ask = partial(explainer.explain, progress=inside.listener, cancel=inside.cancel)
        for name, parameters in self.methods:
            given = dict(parameters) or self._plain(name, x.shape)
            explanation = ask(x, name, aim, **given)
            profile = explanation.columns if self.axis == "columns" else explanation.rows
            for run in self.runs(profile):
                span = run.bands[0].columns if self.axis == "columns" else run.bands[0].rows
                start, stop = span or (0, len(profile))
                whole = len(profile) if stop is None else stop
                candidates.append(Found(start, whole, run.score, run.share, (name,)))
        return merged(candidates)

    def _plain(self, name: str, shape: Sequence[int]) -> dict[str, Any]:
        """Set up a method that was given without parameters."""
        if name != "occlusion":
            return {}
        lines = max(1, min(LINES, shape[AXES.index(self.axis)] // 4))
        pairs = ((lines, None), (1, None)) if self.axis == "rows" else ((None, lines), (None, 1))
        return dict(zip(("patch", "stride"), pairs, strict=True))

    def runs(self, profile: Any) -> list[Run]:
        """Take the runs of a profile; where none is above the noise, the best there are.

        So nearly every matrix has a best run, with evidence or without, and these can be compared.
        """
        values, lengths = np.asarray(profile, np.float64), (self.min_length, self.max_length)
        found = runs(values, self.axis, self.k, *lengths, self.penalty)
        if found or self.penalty != "auto":
            return found
        return runs(values, self.axis, self.k, *lengths, automatic(values, noise=False))

    def region(self, found: Found) -> Region:
        """Make a region of what was found."""
        return bands(self.axis)(found.start, found.stop)

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
        regions = [self.region(each) for each in self.found(explainer, x, aim, watch)]
        if not regions:
            return -np.inf, -np.inf
        probe = Probe(explainer, x, explainer.fill(x), aim)
        necessity, _, effect = probe.measured(regions, (watch or Watch()).inside())
        return float(necessity.max()), float(effect.max())


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


COLUMNS = (
    "axis start stop label length score share necessity sufficiency control_mean control_sd null p "
    "p_adjusted methods"
).split()


def find_runs(
    explainer: Explainer,
    x: ArrayLike,
    axis: Axis = "columns",
    methods: Methods = ("occlusion", "lrp"),
    target: Any = None,
    k: int = 5,
    min_length: int = 1,
    max_length: int | None = None,
    penalty: float | Literal["auto"] = "auto",
    controls: int = NULLS,
    seed: int = 0,
    null: nulls.Null = "auto",
    *,
    progress: Listener | None = None,
    cancel: threading.Event | None = None,
) -> pd.DataFrame:
    """Find the contiguous runs of rows or columns that the score rests on, with evidence.

    Candidates are the runs of several methods' maps. Each is measured by what the score loses
    without it (necessity) and gains by it alone (sufficiency); the larger of the two is compared
    with the best that the same search finds in matrices without evidence, so that p covers the
    search. A run is listed if its p is at most 0.05 and it moves the probability by at least 0.1,
    a score without probabilities by a tenth of what it differs by from the baseline's.
    Redundant evidence, of which either copy is enough, has low necessity and high sufficiency.
    Where the baseline has the class already, sufficiency says nothing and only necessity counts.

    Parameters
    ----------
    explainer
        The model; a background makes the best matched matrices.
    x
        (H, W), (H, W, C) or (1, H, W, C).
    axis
        "rows" or "columns".
    methods
        What makes the maps; those that cannot run on this model are left out.
    target
        As in `explain`; None is the predicted class.
    k, min_length, max_length, penalty
        As in `Explanation.runs`, for each map.
    controls
        Matched matrices, at the most.
    seed
        The same seed gives the same table.
    null
        The matrices without evidence. "background": background matrices of other classes; "phases",
        for columns only: x with the phases of each row drawn anew; "shifts": x with each row turned
        circularly by itself, to be given only where what is tested is evidence across rows, since
        what a row holds by itself stays there. "auto" takes the background where at least 19
        matrices of it have another class, else phases for columns, and for rows none.
    progress, cancel
        As in `Explainer.explain`; x and each matched matrix count as one. How many these are is
        known once the background was asked; until then `total` is the most there can be.

    Returns
    -------
    DataFrame
        One row per run, best first; `start` and `stop` half-open, `label` in the user's names,
        "control_mean" and "control_sd" of the best effect in the matched matrices. Empty where
        nothing stands out: ``attrs["why"]`` says why, and ``attrs["best_p"]`` keeps the p of the
        best candidate. Without honest matched matrices "null" is "none", there is no p, and runs
        are listed by their effect alone. ``attrs["null"]`` says which matrices these were, and
        ``attrs["controls"]`` how many.

    Raises
    ------
    ValueError
        In one sentence, for settings out of range, and for a `null` that is not possible here.
    Cancelled
        When `cancel` was set.
    """
    import pandas as pd

    matrix = explainer.matrix(x)
    usable = [m for m in methods if not explainer.why_not(m if isinstance(m, str) else m[0])]
    settings = {"k": k, "min_length": min_length, "max_length": max_length, "penalty": penalty}
    search = Search.of(axis, usable, null=null, **settings)
    aim, watch = explainer.aim(matrix, target), Watch(1 + controls, progress, cancel)
    random = np.random.default_rng(seed)
    matched = search.matched(explainer, matrix, aim, controls, random, watch)
    watch.total = 1 + (0 if matched is None else len(matched.matrices))
    found = search.found(explainer, matrix, aim, watch)
    probe = Probe(explainer, matrix, explainer.fill(matrix), aim)
    regions = [search.region(each) for each in found]
    necessity, sufficiency, effect = probe.measured(regions, watch.inside())
    watch.advance()
    best = search.nulls(explainer, aim, matched, watch)
    chance = np.array([]) if best is None else best.effect
    ps = np.array([nulls.p_value(each, chance) for each in effect])
    spread = (np.nan, np.nan) if best is None else _spread(chance)
    names = explainer.axes(matrix.shape)[AXES.index(axis)]
    table = pd.DataFrame(found, columns=Found._fields)
    table["axis"], table["length"] = axis, table["stop"] - table["start"]
    table["label"] = [names.span((each.start, each.stop)) for each in found]
    table["necessity"], table["sufficiency"] = necessity, sufficiency
    table["control_mean"], table["control_sd"] = spread
    table["null"] = "none" if best is None else "repeat the choice"
    table["p"] = table["p_adjusted"] = ps
    table = table[COLUMNS]
    order = np.argsort(-effect, kind="stable")
    least = LEAST * probe.reach()
    stands = (effect >= least) & ((ps <= LEVEL) | np.isnan(ps))
    listed = table.iloc[[i for i in order if stands[i]]].reset_index(drop=True)
    listed.attrs["best_p"] = float(ps[order[0]]) if len(order) else float("nan")
    listed.attrs["null"] = "none" if best is None else best.source
    listed.attrs["controls"] = len(chance)
    listed.attrs["why"] = "" if len(listed) else _why(effect, ps, best, least)
    return listed


def _spread(chance: Floats) -> tuple[float, float]:
    """Mean and standard deviation of the effects that are finite."""
    known = chance[np.isfinite(chance)]
    if len(known) < 2:
        return float("nan"), float("nan")
    return float(known.mean()), float(known.std(ddof=1))


def _why(effect: Floats, ps: Floats, null: Nulls | None, least: float) -> str:
    """Say why no run is listed."""
    if not len(effect):
        return "No stretch of any map stands out from the rest of it."
    best = int(effect.argmax())
    said = "The only candidate" if len(effect) == 1 else f"The best of {len(effect)} candidates"
    moved = f"{said} moves the target's score by {effect[best]:.2g}"
    if effect[best] < least:
        return (
            f"{moved}, less than {least:.2g}: hiding it changes little, and alone it says little. "
            "The network may fall back to this class when it sees nothing, or rest on evidence "
            "everywhere."
        )
    assert null is not None
    return (
        f"{moved}, but the same search finds as much in matrices without evidence "
        f"(p = {ps[best]:.2g})."
    )
