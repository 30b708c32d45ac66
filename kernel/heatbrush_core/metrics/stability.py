"""Stability of a method: how much more its map changes than the matrix, under noise."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core.bars import with_bar
from heatbrush_core.checks import MethodLike, read_method, short, whole
from heatbrush_core.evidence import premises
from heatbrush_core.holding import check_held
from heatbrush_core.inference.explaining import Explaining
from heatbrush_core.maps.similarity import spearman
from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.matrix.region import Region
from heatbrush_core.progress import Listening, Watch
from heatbrush_core.targets import ScoreKind


@dataclass(frozen=True, eq=False, repr=False)
class Stability:
    """How much a map changes as its matrix does.

    Attributes
    ----------
    ratios : (samples,) float64
        Relative change of the map divided by that of the matrix, for each noisy copy.
    correlations : (samples,) float64
        Spearman's rank correlation of each copy's map with the map.
    same_class : (samples,) bool
        Whether the model still predicts the class that it predicts for the matrix.
    notes : tuple of str
        Those of the map of the matrix itself: what hidden cells become, and what is to be known.
    """

    ratios: Floats
    correlations: Floats
    same_class: NDArray[np.bool_]
    notes: tuple[str, ...] = ()

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


@with_bar
def stability(
    explainer: Explaining,
    x: ArrayLike,
    method: MethodLike,
    sigma: float = 0.02,
    samples: int = 10,
    seed: int = 0,
    *,
    target: Any = None,
    within: Region | None = None,
    score: ScoreKind | None = None,
    valid: Any = None,
    given: Any = None,
    progress: Listening = None,
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
    method : str, (str, dict) or dict
        A name of `Explainer.methods`, a pair of it and its parameters, or a dict {"name": name,
        parameter: value}; these also take parameters that are named like one of this function,
        such as ``("rise", {"samples": 500})``.
    sigma : float
        Standard deviation of the Gaussian noise, as a share of the range of x.
    samples : int
        Noisy copies.
    seed : int
        The same seed gives the same noise. A method that draws at random has a seed of its own,
        the same for all copies.
    target
        As in `Explainer.explain`; None is the class predicted for x, for all copies.
    within, score, valid, given, progress, cancel
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
    explainer, x = explainer.aiming(x, valid, target, given)
    samples, exists = whole("samples", samples, 1), explainer.exists
    cells = x if exists is None else x[exists]
    name, settings = read_method(method, parameters)
    random = np.random.default_rng(whole("seed", seed, 0))
    if not (isinstance(sigma, Real) and 0 < sigma < np.inf):
        raise ValueError(
            f"sigma is {short(sigma)}, but a share of the matrix's range above 0 is expected; "
            "give one, such as 0.02."
        )
    needed = 4.0 * samples * x.size * 8
    check_held(f"stability with samples={samples} of {x.shape}", needed, "give fewer samples")
    noise = sigma * float(np.ptp(cells)) * random.standard_normal((samples, *x.shape))
    if exists is not None:
        noise[:, ~exists] = 0
    X = np.concatenate([x[None], (x + noise).astype(x.dtype)])
    known = np.nan_to_num(X)
    moved = _norms(known[1:] - known[0]) / _norms(known[:1])
    if not moved.all():
        raise ValueError(
            f"Noise of sigma={sigma:g} of the range {np.ptp(cells):g} does not change the matrix, "
            "but copies that differ are expected; give a larger sigma, or a matrix that varies."
        )
    aim = explainer.aim(x, target)
    ask: dict[str, Any] = {"progress": progress, "cancel": cancel, **settings}
    found = explainer.explain_batch(X, name, aim, within, score, **ask)
    predicted = [explainer.whole().predict(each).predicted for each in X]
    maps = np.stack([np.nan_to_num(each.map) for each in found])
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = _norms(maps[1:] - maps[0]) / _norms(maps[:1]) / moved
    correlations = np.array([spearman(each.map, found[0].map) for each in found[1:]])
    notes = premises.said_of_map(explainer, x, found[0], Watch(cancel=cancel))
    return Stability(ratios, correlations, np.array(predicted[1:]) == predicted[0], notes)


def _norms(X: NDArray[Any]) -> Floats:
    """(N,) Euclidean norms."""
    return np.sqrt(np.square(X.reshape(len(X), -1), dtype=np.float64).sum(axis=1))
