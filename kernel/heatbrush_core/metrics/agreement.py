"""Agreement between maps: how alike they order the cells, and which are their tops and signs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from heatbrush_core.checks import numbered, short
from heatbrush_core.explanation.explanation import Explanation
from heatbrush_core.maps.similarity import both_known, overlap, same_sign, spearman
from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.metrics.parts import Parts, ranked

if TYPE_CHECKING:
    import xarray


def agreement(
    explanations: Mapping[str, Explanation] | Sequence[Explanation],
    by: Parts = "cells",
    k: float = 10.0,
) -> xarray.Dataset:
    """Compare each pair of maps, over the cells that both of them know.

    Parameters
    ----------
    explanations : dict {panel name: Explanation}, or a list
        At least two, of matrices of one size. In a list they go by their methods, and by numbers
        from 2 on where a method comes again.
    by : {"cells", "rows", "columns"}
        Whether the maps are compared, or their profiles along one axis.
    k : float
        Per cent of the cells (lines) that are the top of a map, at least one cell.

    Returns
    -------
    xarray.Dataset
        Symmetric matrices over the dimensions "panel" and "other", NaN where nothing can be said:

        ``spearman``
            Rank correlation, -1 to 1, ties at their mean rank. NaN for a map that is the same
            everywhere.
        ``overlap``
            Cells in the top of both, divided by those in the top of either, 0 to 1. The top are the
            largest values, which speak for the target. Where values tie at its edge, the top is
            completed from them at random, each map on its own, and both counts are expectations; so
            a number below 1 on the diagonal tells that a map leaves its own top open. Maps that
            have nothing in common overlap by about k / (200 - k).
        ``same_sign``
            The share of cells with the same sign, among those that are not 0 in both maps.
        ``known``
            How many cells (lines) both maps know.

        ``attrs["notes"]`` are those of the maps, such as what hidden cells become, each with the
        names of the panels that it is about, unless it is about all.

    Raises
    ------
    TypeError, ValueError
        In one sentence: for fewer than two maps, for other things than maps, for different sizes,
        for an unknown `by` and for a `k` that is no share.

    Notes
    -----
    Source: Spearman (1904); top and signs after Krishna et al. (2022, arXiv:2202.01602), whose
    feature agreement ranks by magnitude and divides by the size of the top; here evidence against
    the target is not in the top, and it is intersection over union (Jaccard 1901).
    """
    import xarray

    if not (isinstance(k, Real) and 0 < k <= 100):
        raise ValueError(
            f"k is {short(k)}, but a share above 0 and up to 100 per cent is expected; give one, "
            "such as 10."
        )
    named = _named(explanations)
    values = {name: ranked(each, by) for name, each in named.items()}
    _check_sizes(named)
    measures: dict[str, Callable[[Floats, Floats], float]] = {
        "spearman": spearman,
        "overlap": lambda a, b: overlap(a, b, k / 100),
        "same_sign": same_sign,
        "known": lambda a, _: len(a),
    }
    names = list(values)
    found = {key: np.zeros((len(names), len(names))) for key in measures}
    for i, first in enumerate(names):
        for j, second in enumerate(names[: i + 1]):
            a, b = both_known(values[first], values[second])
            for key, measure in measures.items():
                found[key][i, j] = found[key][j, i] = measure(a, b)
    found["known"] = found["known"].astype(np.intp)
    return xarray.Dataset(
        {key: (("panel", "other"), matrix) for key, matrix in found.items()},
        coords={"panel": names, "other": names},
        attrs={"by": by, "k": float(k), "notes": _notes(named)},
    )


def _notes(named: Mapping[str, Explanation]) -> tuple[str, ...]:
    """Gather what is said of the maps, and of which."""
    about: dict[str, list[str]] = {}
    for name, each in named.items():
        for note in dict.fromkeys(each.notes):
            about.setdefault(note, []).append(name)
    return tuple(
        note if len(names) == len(named) else f"{', '.join(names)}: {note}"
        for note, names in about.items()
    )


def _named(explanations: Any) -> dict[str, Explanation]:
    """Give every map a name of its own."""
    if isinstance(explanations, Mapping):
        named = {str(name): each for name, each in explanations.items()}
    elif isinstance(explanations, Sequence) and not isinstance(explanations, str):
        names = numbered(getattr(each, "method", "map") for each in explanations)
        named = dict(zip(names, explanations, strict=True))
    else:
        raise TypeError(
            f"Explanations are given as a dict {{name: Explanation}} or a list, but got "
            f"{type(explanations).__name__}; give one of these, such as view.explanations."
        )
    if len(named) < 2:
        raise ValueError(
            f"Agreement compares at least two explanations, but got {len(named)}; give more."
        )
    return named


def _check_sizes(named: Mapping[str, Explanation]) -> None:
    (first, one), *others = named.items()
    for name, other in others:
        if other.map.shape != one.map.shape:
            raise ValueError(
                f"{short(name)} is a map of {other.map.shape}, but {short(first)} is one of "
                f"{one.map.shape}; give maps of matrices of one size."
            )
