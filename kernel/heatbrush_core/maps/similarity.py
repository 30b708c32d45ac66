"""How alike two maps are to the eye: in ranks, in structure and in the directions of edges."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, Literal, get_args

import numpy as np

from heatbrush_core.checks import among, short
from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.matrix.rectangles import bounding_box

Measure = Literal["spearman", "spearman_absolute", "ssim", "hog"]
"""How two maps are compared; 1 for equal ones."""

RANKS: tuple[Measure, ...] = ("spearman", "spearman_absolute")
"""Measures that need no scikit-image."""

PARTS = {"ssim": "metrics", "hog": "feature"}
"""Measures that need it, and the part of it that computes them."""

WINDOW = 5
"""Rows and columns of the window of `ssim`."""

BLOCK = 3
"""Cells along each axis that `hog` normalises together: scikit-image's default."""

SHARE = 16 / 299
"""Side of a cell of `hog`, divided by that of the map: 16 of the 299 pixels of Inception v3."""


def chosen(measures: Any) -> dict[str, Callable[[Any, Any], float]]:
    """Look up measures by their names, before anything is computed.

    Parameters
    ----------
    measures : Measure or list of Measure
        At least one; a name that comes again counts once.

    Returns
    -------
    dict {name: function}
        Each takes two (H, W) maps. Only cells that both know (not NaN) count.

    Raises
    ------
    ValueError
        For none, and for an unknown name.
    ImportError
        Where scikit-image is needed and missing.
    """
    several = isinstance(measures, Sequence) and not isinstance(measures, str)
    names = list(measures) if several else [measures]
    unknown = [name for name in names if not among(name, get_args(Measure))]
    if unknown or not names:
        raise ValueError(
            f"measures is {short(measures)}, but one or more of {', '.join(get_args(Measure))} are "
            "expected; give some of these."
        )
    for name in names:
        if name in PARTS:
            _scikit_image(name)
    functions = {
        "spearman": spearman,
        "spearman_absolute": lambda a, b: spearman(abs(a), abs(b)),
        "ssim": ssim,
        "hog": hog,
    }
    return {name: functions[name] for name in names}


def ssim(a: Any, b: Any) -> float:
    """Measure the structural similarity of two (H, W) maps.

    Returns
    -------
    float
        -1 to 1. NaN for a map that is the same everywhere, for fewer than five known rows or
        columns, and where the known cells are no rectangle.

    Notes
    -----
    Each map is divided by its largest size, so that its values lie between -1 and 1 and keep their
    signs; the window is 5 x 5 with equal weights, the rest is scikit-image's default. Where a map
    has the opposite sign, its means and its structure both turn, and their product does not: the
    smoother a map, the more is its negative like it. "spearman" tells the two apart.

    Source: Wang et al. (2004), as appendix B of Adebayo et al. (2018, arXiv:1810.03292) uses it.
    Their notebooks differ from it: Gaussian weights over 11 x 11, and maps scaled to 0 to 1.
    """
    both = _framed(a, b)
    if min(both.shape[1:]) < WINDOW:
        return float("nan")
    metrics = _scikit_image("ssim")
    return float(metrics.structural_similarity(*both, win_size=WINDOW, data_range=2.0))


def hog(a: Any, b: Any) -> float:
    """Correlate (Pearson) the histograms of oriented gradients of two (H, W) maps.

    Returns
    -------
    float
        -1 to 1. NaN for a map that is the same everywhere, for fewer than three known rows or
        columns, and where the known cells are no rectangle.

    Notes
    -----
    Maps are scaled as in `ssim`. Gradients count by the line that they lie on: a map and its
    negative are equal. Along its edge a map has no gradient across, so that small maps are somewhat
    alike whatever they show: two of independent noise have 0.25 on average at 5 x 5 cells, 0.14 at
    8 x 8 and 0.03 at 28 x 28.

    Source: Dalal & Triggs (2005), nine directions and blocks of 3 x 3 cells, as appendix B of
    Adebayo et al. (2018, arXiv:1810.03292) uses it: cells of 16 x 16 pixels, in images of 299 x 299
    for Inception v3. Here a cell is the same share of each axis, at least 1. They name Pearson's
    correlation; their notebooks take Spearman's.
    """
    both = _framed(a, b)
    if min(both.shape[1:]) < BLOCK:
        return float("nan")
    cell = tuple(max(1, round(SHARE * side)) for side in both.shape[1:])
    features = _scikit_image("hog").hog
    blocks = (BLOCK, BLOCK)
    return pearson(*(features(m, pixels_per_cell=cell, cells_per_block=blocks) for m in both))


def _framed(a: Any, b: Any) -> Floats:
    """(2, h, w) the rectangle that both maps know, as shares of their largest sizes.

    Empty where what they know is no rectangle, or one of them is the same everywhere.
    """
    both = np.array([a, b], dtype=np.float64)
    known = ~(np.isnan(both[0]) | np.isnan(both[1]))
    if known.any():
        both = both[:, *bounding_box(known)]
    if np.isnan(both).any() or not np.ptp(both, axis=(1, 2)).all():
        return np.empty((2, 0, 0))
    return both / abs(both).max(axis=(1, 2), keepdims=True)


def _scikit_image(measure: str) -> ModuleType:
    """Import the part of scikit-image that computes a measure; nothing else needs it."""
    try:
        return importlib.import_module(f"skimage.{PARTS[measure]}")
    except ImportError as error:
        raise ImportError(
            f"The measure {measure!r} was asked for, but scikit-image, which computes it, is "
            "missing; run pip install 'heatbrush[similarity]'."
        ) from error


def both_known(a: Any, b: Any) -> tuple[Floats, Floats]:
    """Flatten two maps and leave out what is NaN in either."""
    a, b = np.ravel(a).astype(np.float64), np.ravel(b).astype(np.float64)
    known = ~(np.isnan(a) | np.isnan(b))
    return a[known], b[known]


def ranks(values: Floats) -> Floats:
    """(n,) ranks from 1 on, equal values at the mean of the ranks that they share."""
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (counts.cumsum() - (counts - 1) / 2)[which.ravel()]


def spearman(a: Any, b: Any) -> float:
    """Correlate the ranks of two arrays; NaN cells are left out, and a constant one gives NaN."""
    return pearson(*(ranks(each) for each in both_known(a, b)))


def pearson(a: Floats, b: Floats) -> float:
    """Correlate two (n,) arrays; NaN where one is constant."""
    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    a, b = a - a.mean(), b - b.mean()
    return float(np.clip(a @ b / np.sqrt((a @ a) * (b @ b)), -1, 1))


def overlap(a: Floats, b: Floats, share: float) -> float:
    """Compare the tops of two (n,) arrays: intersection divided by union."""
    if not len(a):
        return float("nan")
    a, b = top(a, share), top(b, share)
    both = float(a @ b)
    return both / (float(a.sum() + b.sum()) - both)


def top(values: Floats, share: float) -> Floats:
    """(n,) how likely each value is among the largest, ties at the edge being broken at random."""
    size = max(1, round(share * len(values)))
    edge = np.partition(values, len(values) - size)[len(values) - size]
    above, at = values > edge, values == edge
    return above + at * ((size - above.sum()) / at.sum())


def same_sign(a: Floats, b: Floats) -> float:
    """Divide the number of equal signs by that of the cells in which either array is not 0."""
    a, b = np.sign(a), np.sign(b)
    says = (a != 0) | (b != 0)
    return float((a == b)[says].mean()) if says.any() else float("nan")
