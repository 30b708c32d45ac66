"""Class profiles: what the profiles of the samples of each class have in common."""

from __future__ import annotations

import threading
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core import targets
from heatbrush_core.bars import with_bar
from heatbrush_core.checks import MethodLike, read_method, short
from heatbrush_core.evidence.searching import whole_lines
from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.matrix.axes import AXES, AxisName, check_axis
from heatbrush_core.matrix.baselines import words
from heatbrush_core.progress import Listening, Watch

if TYPE_CHECKING:
    import xarray

    from heatbrush_core.inference.explaining import Explaining

DRAWS = 2000
TOGETHER, BYTES = 256, 2**28
"""Samples whose maps are held at once, at the most, and what these may take."""


@with_bar
def class_profile(
    explainer: Explaining,
    X: ArrayLike,
    y: ArrayLike,
    method: MethodLike = "occlusion",
    axis: AxisName = "columns",
    level: float = 0.9,
    seed: int = 0,
    *,
    progress: Listening = None,
    cancel: threading.Event | None = None,
    **parameters: Any,
) -> xarray.Dataset:
    """Average the profiles of the samples of each class, with bands of what samples leave open.

    Parameters
    ----------
    explainer
        The model.
    X
        (N, H, W) or (N, H, W, C).
    y
        (N,) each sample's class, which is explained: indices, or names.
    method, **parameters
        A name, with its parameters beside it; or a pair (name, {parameters}) or a dict {"name":
        name, parameter: value}, which may hold those that are called as one of these, such as a
        seed. Occlusion without a patch and stride of its own hides whole lines of the axis, as
        `find_runs` does.
    axis
        "rows" or "columns": which profile.
    level
        Of the bands.
    seed
        The same seed gives the same bands.
    progress, cancel
        As in `Explainer.explain`; `progress` counts samples.

    Returns
    -------
    Dataset
        "mean", "low" and "high" (class, line): the mean profile and its percentile band from 2000
        bootstrap draws of the class's samples (Efron & Tibshirani 1993, chapter 13), NaN where a
        class has fewer than two; "prototype" (class,): the sample whose profile goes most with the
        mean; "count" (class,); "profile" (sample, line) and "class_of" (sample,).
        ``attrs["notes"]`` says what hidden cells become, where the method hides any.

    Raises
    ------
    ValueError
        In one sentence, for an unknown axis, labels that do not fit, or an impossible level.
    Cancelled
        When `cancel` was set.
    """
    import xarray

    name, given = read_method(method, parameters)
    matrices = explainer.asked_each(X)
    labels = np.array(targets.labels(y, len(matrices), explainer.classes), np.intp)
    check_axis(axis)
    if not (isinstance(level, Real) and 0 < level < 1):
        raise ValueError(
            f"level is {short(level)}, but a number between 0 and 1 is expected; give one such "
            "as 0.9."
        )
    if name == "occlusion" and not {"patch", "stride"} & set(given):
        given |= whole_lines(axis, matrices.shape[1:])
    watch, lines = Watch(len(matrices), progress, cancel), []
    some = max(1, min(TOGETHER, BYTES // (3 * matrices[0].nbytes)))
    # only the profiles are kept: the maps of all samples would fill the memory
    for start in range(0, len(matrices), some):
        part = slice(start, start + some)
        ask: dict[str, Any] = {"progress": watch.counted(start), "cancel": cancel, **given}
        found = explainer.explain_batch(matrices[part], name, labels[part].tolist(), **ask)
        lines += [getattr(each, axis) for each in found]
    profiles, used = np.array(lines, np.float64), found[0].parameters
    hidden = (words(used["baseline"]),) if "baseline" in used else ()
    present, random = np.unique(labels), np.random.default_rng(seed)
    bands = [_band(profiles[labels == each], level, random) for each in present]
    names = [explainer.classes[each] for each in present]
    return xarray.Dataset(
        {
            "mean": (("class", axis), np.array([band[0] for band in bands])),
            "low": (("class", axis), np.array([band[1] for band in bands])),
            "high": (("class", axis), np.array([band[2] for band in bands])),
            "prototype": ("class", [_prototype(profiles, labels == each) for each in present]),
            "count": ("class", [int((labels == each).sum()) for each in present]),
            "profile": (("sample", axis), profiles),
            "class_of": ("sample", labels),
        },
        coords={
            "class": names,
            axis: explainer.axes(matrices.shape[1:], X)[AXES.index(axis)].coordinates,
        },
        attrs={
            "method": name,
            "unit": found[0].unit,
            "level": level,
            "draws": DRAWS,
            "seed": seed,
            "notes": hidden,
        },
    )


def _band(profiles: Floats, level: float, random: np.random.Generator) -> tuple[Floats, ...]:
    """(n, lines) profiles -> their mean, and the percentiles of the means of n drawn ones."""
    mean, count = profiles.mean(axis=0), len(profiles)
    if count < 2:
        return mean, np.full_like(mean, np.nan), np.full_like(mean, np.nan)
    times = random.multinomial(count, np.full(count, 1 / count), size=DRAWS)
    means = times @ profiles / count
    tail = 100 * (1 - level) / 2
    low, high = np.percentile(means, (tail, 100 - tail), axis=0)
    return mean, low, high


def _prototype(profiles: Floats, own: NDArray[np.bool_]) -> int:
    """Find the sample of a class whose profile has the largest cosine with the class's mean."""
    numbers = np.flatnonzero(own)
    mean = profiles[numbers].mean(axis=0)
    lengths = np.linalg.norm(profiles[numbers], axis=1)
    cosines = profiles[numbers] @ mean / np.where(lengths > 0, lengths, np.inf)
    return int(numbers[int(cosines.argmax())])
