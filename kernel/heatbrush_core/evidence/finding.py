"""From a matrix to a short list of runs with evidence: search, test, rank."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from heatbrush_core.bars import with_bar
from heatbrush_core.checks import read_methods
from heatbrush_core.evidence import elsewhere, premises, searching
from heatbrush_core.evidence.matching import check_controls
from heatbrush_core.evidence.necessity import Probe
from heatbrush_core.evidence.p_values import p_value
from heatbrush_core.evidence.searching import Found, Repeats
from heatbrush_core.maps.search import Methods, NullChoice, Search
from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.matrix.axes import AxisName
from heatbrush_core.progress import Listening, Watch
from heatbrush_core.targets import ScoreKind

if TYPE_CHECKING:
    import pandas as pd

    from heatbrush_core.inference.explaining import Explaining

LEVEL = 0.05
"""What p_adjusted of a run must not exceed to be listed."""
LEAST = 0.1
"""How much probability a run must move, without it or by it alone, to be listed; of another score,
which part of s(x) - s(baseline)."""
CONTROLS = 199
"""Matched matrices, at the most, where nothing is said."""
COLUMNS = (
    "axis start stop label length score share necessity sufficiency elsewhere null_mean null_sd "
    "null p p_adjusted methods region"
).split()


@with_bar
def find_runs(
    explainer: Explaining,
    x: ArrayLike,
    axis: AxisName = "columns",
    methods: Methods = ("occlusion", "lrp"),
    target: Any = None,
    k: int = 5,
    min_length: int = 1,
    max_length: int | None = None,
    penalty: float | Literal["auto"] = "auto",
    controls: int = CONTROLS,
    seed: int = 0,
    null: NullChoice = "auto",
    score: ScoreKind | None = None,
    *,
    valid: Any = None,
    given: Any = None,
    progress: Listening = None,
    cancel: threading.Event | None = None,
) -> pd.DataFrame:
    """Find the contiguous runs of rows or columns that the score rests on, with evidence.

    Candidates are the runs of several methods' maps. Each is measured by what the score loses
    without it (necessity) and gains by it alone (sufficiency); the larger of the two is compared
    with the best that the same search finds in matrices without evidence, so that p covers the
    search. A run is listed if its p is at most 0.05 and it moves the probability by at least 0.1,
    or another score s by a tenth of s(x) - s(baseline).
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
        What makes the maps, as `compare` takes them; those that cannot run on this model are left
        out.
    target
        As in `explain`; None is the predicted class.
    k, min_length, max_length, penalty
        As in `Explanation.runs`, for each map.
    controls
        Matched matrices, at the most; up to 100,000, each drawn when its turn comes.
    seed
        The same seed gives the same table.
    null
        The matrices without evidence. "background": background matrices of other classes; "phases",
        for the axis that is time only (`Explainer.time`, else the columns): x with the phases of
        each line along time, as of each row, drawn anew; "shifts": x with each of these lines
        turned circularly by itself, to be given only where what is tested is evidence across
        them, since what a line holds by itself stays there. "auto" takes the background where at
        least 19 matrices of it have another class, else phases for the axis that is time, and for
        the other none.
    score
        Which score of the target is measured: "probability" (the default where the model has one),
        "logit" or "log_probability". Where the network is so sure that its probability hardly
        moves, the logit still does. The maps are those of the logit, whatever is measured.
    valid
        Which cells of x exist, as in `Explainer.explain`. No run holds a line without any, and no
        place that a run is compared with a cell that does not exist.
    given
        What the other inputs hold, as in `Explainer.explain`.
    progress, cancel
        As in `Explainer.explain`; x and each matched matrix count as one. How many these are is
        known once the background was asked; until then `total` is the most there can be.

    Returns
    -------
    DataFrame
        One row per run, best first; `start` and `stop` half-open, `label` in the user's names,
        "region" the `Run` itself, as `evidence` and `predict_each` take it.
        "elsewhere" is the share of places as long as the run, and without a line of it, whose
        necessity is at least as large (of 999 random ones, if there are more); it describes and is
        no p; NaN with fewer than 5 such places. "null_mean" and "null_sd" are of the best effect in
        the matched matrices. Without honest matched matrices "null" is "none", there is no p, and
        runs are listed by their effect alone. Empty where nothing stands out.
        ``attrs["why"]`` says why the table is empty, and ``attrs["best_p"]`` keeps the p of the
        best candidate; ``attrs["null"]`` says which the matched matrices were,
        ``attrs["controls"]`` how many, ``attrs["score"]`` which score was measured;
        ``attrs["notes"]`` are sentences: what hidden cells become, what speaks against that, and
        such as that "elsewhere" of a run is above 0.2, so that its evidence may be spread over the
        matrix.

    Raises
    ------
    ValueError
        In one sentence, for settings out of range, and for a `null` or a `score` that is not
        possible here.
    Cancelled
        When `cancel` was set.
    """
    import pandas as pd

    controls = check_controls(controls)
    explainer, matrix = explainer.aiming(x, valid, target, given)
    usable = [each for each in read_methods(methods).values() if not explainer.why_not(each[0])]
    settings = {"k": k, "min_length": min_length, "max_length": max_length, "penalty": penalty}
    search = Search.of(axis, usable, null=null, score=score, valid=explainer.exists, **settings)
    measured = explainer.score_kind(score)
    aim, watch = explainer.aim(matrix, target), Watch(1 + controls, progress, cancel)
    random = np.random.default_rng(seed)
    apart = random.spawn(1)[0]  # of what the matched matrices draw from, when their turn comes
    matched = searching.matched(search, explainer, matrix, aim, controls, random, watch)
    watch.total = 1 + (0 if matched is None else len(matched.matrices))
    found = searching.found(search, explainer, matrix, aim, watch)
    probe = Probe(explainer, matrix, explainer.fill(matrix), aim, score)
    axes = explainer.axes(matrix.shape, x)
    regions = [searching.run(search, each).named(*axes, search) for each in found]
    necessity, sufficiency, effect = probe.measured(regions, watch.inside())
    least = LEAST * probe.reach()
    shares, moves = np.full(len(found), np.nan), np.flatnonzero(effect >= least)
    shares[moves] = elsewhere.shares(
        probe, axis, [found[i] for i in moves], necessity[moves], apart, watch.inside()
    )
    watch.advance()
    repeats = searching.repeated(search, explainer, aim, matched, watch)
    chance = np.array([]) if repeats is None else repeats.effect
    ps = np.array([p_value(each, chance) for each in effect])
    table = pd.DataFrame(found, columns=Found._fields)
    table["axis"], table["length"] = axis, table["stop"] - table["start"]
    table["region"] = pd.Series(regions, table.index, dtype=object)
    table["label"] = [each.label for each in regions]
    table["necessity"], table["sufficiency"] = necessity, sufficiency
    table["elsewhere"] = shares
    table["null_mean"], table["null_sd"] = _spread(chance)
    table["null"] = "none" if repeats is None else "repeat the choice"
    table["p"] = table["p_adjusted"] = ps
    table = table[COLUMNS]
    order = np.argsort(-effect, kind="stable")
    stands = (effect >= least) & ((ps <= LEVEL) | np.isnan(ps))
    listed = table.iloc[[i for i in order if stands[i]]].reset_index(drop=True)
    listed.attrs["best_p"] = float(ps[order[0]]) if len(order) else float("nan")
    listed.attrs["null"] = "none" if repeats is None else repeats.source
    listed.attrs["controls"], listed.attrs["score"] = len(chance), measured
    listed.attrs["notes"] = (
        *premises.said(explainer, matrix, aim, watch=watch),
        *searching.notes(explainer, matched),
        *elsewhere.notes(listed),
    )
    listed.attrs["why"] = "" if len(listed) else _why(effect, ps, repeats, least)
    return listed


def _spread(chance: Floats) -> tuple[float, float]:
    """Mean and standard deviation of the effects that are finite."""
    known = chance[np.isfinite(chance)]
    if len(known) < 2:
        return float("nan"), float("nan")
    return float(known.mean()), float(known.std(ddof=1))


def _why(effect: Floats, ps: Floats, repeats: Repeats | None, least: float) -> str:
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
    assert repeats is not None
    return (
        f"{moved}, but the same search finds as much in matrices without evidence "
        f"(p = {ps[best]:.2g})."
    )
