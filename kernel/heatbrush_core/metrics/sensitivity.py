"""Sensitivity of a map: whether what it says of several cells adds up to what hiding them takes."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core.bars import with_bar
from heatbrush_core.checks import whole
from heatbrush_core.evidence import premises
from heatbrush_core.explanation.explanation import Explanation
from heatbrush_core.holding import check_held
from heatbrush_core.inference.explaining import Explaining, opened
from heatbrush_core.inference.task import asked
from heatbrush_core.maps.similarity import pearson
from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.metrics.parts import Parts, labels, ranked
from heatbrush_core.progress import Listening, Watch
from heatbrush_core.targets import ScoreKind

if TYPE_CHECKING:
    import pandas as pd


SIZES, MOST = 10, 0.8
"""Sizes of subsets where nothing is said: how many, and the largest as a share of all parts."""


@with_bar
def sensitivity_n(
    explainer: Explaining,
    x: ArrayLike,
    explanation: Explanation,
    n: int | Sequence[int] | None = None,
    samples: int = 100,
    seed: int = 0,
    *,
    by: Parts = "cells",
    baseline: Any = None,
    score: ScoreKind = "logit",
    valid: Any = None,
    given: Any = None,
    progress: Listening = None,
    cancel: threading.Event | None = None,
) -> pd.DataFrame:
    """Correlate what a map says of n random cells together with what hiding them takes.

    Parameters
    ----------
    explainer : Explainer
        Whose model is asked.
    x : (H, W), (H, W, C) or (1, H, W, C)
        The matrix that was explained.
    explanation : Explanation
        Its map (for lines, its profile) is summed over the subsets; its target is scored. Cells of
        which it says nothing (NaN) are never hidden.
    n : int or list of int, optional
        Sizes of the subsets; None is ten from 1 to 80 % of the parts, evenly spaced by their
        logarithm.
    samples : int
        Random subsets per size, at least 3.
    seed : int
        The same seed gives the same subsets.
    by : {"cells", "rows", "columns"}
        What subsets are made of; a cell is hidden in all channels.
    baseline
        What hidden cells become, as for `Explainer`; None is the explainer's own.
    score : {"logit", "probability", "log_probability"}
        What of the target is measured; give what was explained.
    valid
        Which cells of x exist, as in `Explainer.explain`; None are those of the explanation.
    given
        What the other inputs hold, as in `Explainer.explain`.
    progress, cancel
        As in `Explainer.explain`.

    Returns
    -------
    DataFrame
        One row per size, its index "n"; "share" is n divided by the number of parts, "correlation"
        that of Pearson, 1 where the map tells the change of the score for each subset up to a
        factor, as on a linear model. NaN where either does not differ between the subsets.
        ``attrs["notes"]`` says what hidden cells become, and what speaks against that.

    Raises
    ------
    TypeError, ValueError, Cancelled
        In one sentence: what was given, what was expected and what to do.

    Notes
    -----
    Source: Ancona, Ceolini, Öztireli & Gross (2018, arXiv:1711.06104), section 3.3. They average
    the correlation over many matrices; this is that of one.
    """
    values = ranked(explanation, by)
    asker = explainer.holding(given)
    explainer, aim, task = opened(asker, x, explanation, score, progress, cancel, valid)
    x = task.x
    known = np.flatnonzero(~np.isnan(values))
    sizes, samples = _sizes(n, len(known), by), whole("samples", samples, 3)
    check_held(
        f"sensitivity_n with samples={samples}", 9.0 * samples * len(values), "give fewer samples"
    )
    random = np.random.default_rng(whole("seed", seed, 0))
    base, part, cells = task.baseline(baseline), labels(by, x.shape), ~np.isnan(explanation.map)
    total, found = len(sizes) * samples + 1, []
    whole_score = asked(task, 1, lambda _: x[None], 0, total)

    for index, size in enumerate(sizes):
        chosen = np.zeros((samples, len(values)), bool)
        for each in chosen:
            each[random.choice(known, size, replace=False, shuffle=False)] = True

        def make(which: slice, chosen: NDArray[np.bool_] = chosen) -> NDArray[Any]:
            hides = chosen[which][:, part] & cells
            return np.where(hides[..., None], base, x)

        scores = asked(task, samples, make, index * samples + 1, total)
        found.append(_correlation(chosen @ np.nan_to_num(values), whole_score - scores, scores))

    import pandas as pd

    columns = {"n": sizes, "share": np.array(sizes) / len(known), "correlation": found}
    table = pd.DataFrame(columns).set_index("n")
    watch = Watch(cancel=cancel)
    table.attrs["notes"] = premises.said(explainer, x, aim, baseline, watch)
    return table


def _sizes(n: Any, parts: int, by: Parts) -> list[int]:
    """Read the sizes of subsets."""
    if parts < 2:
        raise ValueError(
            f"Subsets differ where the map says something of at least two {by}, but it does of "
            f"{parts}; choose other parts with by=."
        )
    if n is None:
        sizes = np.geomspace(1, max(1, MOST * parts), SIZES)
        return [int(size) for size in np.unique(sizes.round().clip(1, parts - 1))]
    given = n if isinstance(n, Sequence | np.ndarray) and not isinstance(n, str) else [n]
    if not len(given):
        raise ValueError(
            "n is an empty list, but at least one size is expected; give one, or None."
        )
    why = f"all {parts} {by} of which the map says something are one subset only"
    return [whole("n", size, 1, parts - 1, why) for size in given]


def _correlation(sums: Floats, effects: Floats, scores: Floats) -> float:
    """Correlate; what float32 cannot tell apart counts as equal."""
    noise = 4 * float(np.finfo(np.float32).eps)
    flat = np.ptp(effects) <= noise * np.abs(scores).max()
    if flat or np.ptp(sums) <= noise * np.abs(sums).max():
        return float("nan")
    return pearson(sums, effects)
