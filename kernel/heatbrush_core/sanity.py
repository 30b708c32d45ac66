"""Sanity of a map: whether what it says adds up, and stands still under noise."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core.agreement import pearson, spearman
from heatbrush_core.explainer import Explainer
from heatbrush_core.explanation import Explanation
from heatbrush_core.heads import ScoreKind
from heatbrush_core.judging import By, asked, entry, labels, opened, ranked, whole
from heatbrush_core.progress import Listener
from heatbrush_core.region import Region

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

SIZES, MOST = 10, 0.8
"""Sizes of subsets where nothing is said: how many, and the largest as a share of all parts."""


def sensitivity_n(
    explainer: Explainer,
    x: ArrayLike,
    explanation: Explanation,
    n: int | Sequence[int] | None = None,
    samples: int = 100,
    seed: int = 0,
    *,
    by: By = "cells",
    baseline: Any = None,
    score: ScoreKind = "logit",
    progress: Listener | None = None,
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
    progress, cancel
        As in `Explainer.explain`.

    Returns
    -------
    DataFrame
        One row per size, its index "n"; "share" is n by the number of parts, "correlation" that of
        Pearson, 1 where the map tells the change of the score for each subset up to a factor, as on
        a linear model. NaN where either does not differ between the subsets.

    Raises
    ------
    TypeError, ValueError, Cancelled
        In one sentence: what was given, what was expected and what to do.

    Notes
    -----
    Source: Ancona, Ceolini, Öztireli & Gross (2018, arXiv:1711.06104), section 3.3. They average
    the correlation over many matrices; this is that of one.
    """
    x, values = explainer.matrix(x), ranked(explanation, by)
    task = opened(explainer, x, explanation, score, progress, cancel)
    known = np.flatnonzero(~np.isnan(values))
    sizes, samples = _sizes(n, len(known), by), whole("samples", samples, 3)
    random = np.random.default_rng(whole("seed", seed, 0))
    base, part, cells = task.baseline(baseline), labels(by, x.shape), ~np.isnan(explanation.map)
    total, found = len(sizes) * samples + 1, []
    whole_score = asked(task, 1, lambda which: x[None], 0, total)

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

    table = {"n": sizes, "share": np.array(sizes) / len(known), "correlation": found}
    return pd.DataFrame(table).set_index("n")


def _sizes(n: Any, parts: int, by: By) -> list[int]:
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


@dataclass(frozen=True, eq=False, repr=False)
class Stability:
    """How much a map changes as its matrix does.

    Attributes
    ----------
    ratios : (samples,) float64
        Relative change of the map by relative change of the matrix, for each noisy copy.
    correlations : (samples,) float64
        Spearman's rank correlation of each copy's map with the map.
    same_class : (samples,) bool
        Whether the model still predicts the class that it predicts for the matrix.
    """

    ratios: Floats
    correlations: Floats
    same_class: NDArray[np.bool_]

    @property
    def mean(self) -> float:
        """Mean ratio."""
        return float(self.ratios.mean())

    @property
    def max(self) -> float:
        """Largest ratio: the relative input stability."""
        return float(self.ratios.max())

    @property
    def spearman(self) -> float:
        """Mean rank correlation."""
        return float(self.correlations.mean())

    def __repr__(self) -> str:
        return (
            f"<Stability over {len(self.ratios)} noisy copies: mean {self.mean:.4g}, max "
            f"{self.max:.4g}, Spearman {self.spearman:.4g}, same class "
            f"{self.same_class.mean():.0%}>"
        )


def stability(
    explainer: Explainer,
    x: ArrayLike,
    method: str | tuple[str, Mapping[str, Any]],
    sigma: float = 0.02,
    samples: int = 10,
    seed: int = 0,
    *,
    target: Any = None,
    within: Region | None = None,
    score: ScoreKind | None = None,
    progress: Listener | None = None,
    cancel: threading.Event | None = None,
    **parameters: Any,
) -> Stability:
    """Explain noisy copies of a matrix, and measure how much more the map changes than the matrix.

    Parameters
    ----------
    explainer : Explainer
        What explains.
    x : (H, W), (H, W, C) or (1, H, W, C)
        The matrix.
    method : str, or (str, dict)
        A name of `Explainer.methods`, or a pair of it and its parameters; a pair also takes
        those that are named like one of this function, such as ``("rise", {"samples": 500})``.
    sigma : float
        Standard deviation of the Gaussian noise, as a share of the range of x.
    samples : int
        Noisy copies.
    seed : int
        The same seed gives the same noise. A method that draws at random has a seed of its own,
        the same for all copies.
    target
        As in `Explainer.explain`; None is the class predicted for x, for all copies.
    within, score, progress, cancel
        As in `Explainer.explain`; `progress` counts maps.
    **parameters
        The method's own.

    Returns
    -------
    Stability
        The smaller the ratios, the steadier. A map that is 0 everywhere has none (NaN or
        infinite).

    Raises
    ------
    TypeError, ValueError, Cancelled
        In one sentence: what was given, what was expected and what to do.

    Notes
    -----
    With Euclidean norms over all known cells, a ratio is
    ``(||map(x') - map(x)|| / ||map(x)||) / (||x' - x|| / ||x||)``.

    Source: relative input stability of Agarwal et al. (2022, arXiv:2203.06877), the largest ratio
    among neighbours x' that are predicted as x is. They divide cell by cell before they take the
    norms, which has no value where a cell of the map or of x is 0; here the norms are divided. The
    maximum is over all copies; ``ratios[same_class].max()`` is that over their neighbours.
    """
    x, samples = explainer.matrix(x), whole("samples", samples, 1)
    name, settings = entry(method, parameters)
    random = np.random.default_rng(whole("seed", seed, 0))
    if not (isinstance(sigma, Real) and 0 < sigma < np.inf):
        raise ValueError(
            f"sigma is {sigma!r}, but a share of the matrix's range above 0 is expected; give one, "
            "such as 0.02."
        )
    noise = sigma * float(np.ptp(x)) * random.standard_normal((samples, *x.shape))
    X = np.concatenate([x[None], (x + noise).astype(x.dtype)])
    moved = _norms(X[1:] - x) / _norms(x[None])
    if not moved.all():
        raise ValueError(
            f"Noise of sigma={sigma:g} of the range {np.ptp(x):g} does not change the matrix, but "
            "copies that differ are expected; give a larger sigma, or a matrix that varies."
        )
    aim = explainer.aim(x, target)
    ask: dict[str, Any] = {"progress": progress, "cancel": cancel, **settings}
    found = explainer.explain_batch(X, name, aim, within, score, **ask)
    predicted = [explainer.predict(each).predicted for each in X]
    maps = np.stack([np.nan_to_num(each.map) for each in found])
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = _norms(maps[1:] - maps[0]) / _norms(maps[:1]) / moved
    correlations = np.array([spearman(each.map, found[0].map) for each in found[1:]])
    return Stability(ratios, correlations, np.array(predicted[1:]) == predicted[0])


def _norms(X: NDArray[Any]) -> Floats:
    """(N,) Euclidean norms."""
    return np.sqrt(np.square(X.reshape(len(X), -1), dtype=np.float64).sum(axis=1))
