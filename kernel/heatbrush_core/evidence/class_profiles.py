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
from heatbrush_core.evidence import premises
from heatbrush_core.evidence.searching import whole_lines
from heatbrush_core.inference.feeding import existing
from heatbrush_core.inference.inputs.holding import together
from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.matrix.axes import AXES, AxisName, check_axis
from heatbrush_core.methods import find
from heatbrush_core.progress import Listening, Watch
from heatbrush_core.targets import Class

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
    valid: Any = None,
    given: Any = None,
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
    valid
        Which cells exist, as in `Explainer.explain_batch`. A line counts in the samples that have
        a cell of it.
    given
        What the other inputs hold, as in `Explainer.explain_batch`.
    progress, cancel
        As in `Explainer.explain`; `progress` counts samples.

    Returns
    -------
    Dataset
        "mean", "low" and "high" (class, line): the mean profile and its percentile band from 2000
        bootstrap draws of the class's samples (Efron & Tibshirani 1993, chapter 13), NaN where a
        class has fewer than two; "prototype" (class,): the sample whose profile goes most with the
        mean; "count" (class,); "profile" (sample, line), NaN where a sample has no cell of a line,
        and "class_of" (sample,).
        ``attrs["notes"]`` says what hidden cells become, where the method hides any, and of how
        many samples the model says the class with everything hidden.

    Raises
    ------
    ValueError
        In one sentence, for an unknown axis, labels that do not fit, or an impossible level.
    Cancelled
        When `cancel` was set.
    """
    import xarray

    name, settings = read_method(method, parameters)
    askers, matrices = explainer.about_each(X, valid, given)
    labels = np.array(targets.labels(y, len(matrices), explainer.classes), np.intp)
    check_axis(axis)
    if not (isinstance(level, Real) and 0 < level < 1):
        raise ValueError(
            f"level is {short(level)}, but a number between 0 and 1 is expected; give one such "
            "as 0.9."
        )
    if name == "occlusion" and not {"patch", "stride"} & set(settings):
        settings |= whole_lines(axis, matrices.shape[1:])
    watch, lines = Watch(len(matrices), progress, cancel), []
    some = max(1, min(TOGETHER, BYTES // (3 * matrices[0].nbytes)))
    # only the profiles are kept: the maps of all samples would fill the memory
    for start in range(0, len(matrices), some):
        part = slice(start, start + some)
        cells = existing(askers[part], matrices.shape[1:])
        held = together(askers[part])
        ask: dict[str, Any] = {"progress": watch.counted(start), "cancel": cancel, **settings}
        found = explainer.explain_batch(
            matrices[part], name, labels[part].tolist(), valid=cells, given=held, **ask
        )
        lines += [getattr(each, axis) for each in found]
    profiles, aims = np.array(lines, np.float64), [Class(int(each)) for each in labels]
    read = find(name).settings(settings, (matrices.shape[1], matrices.shape[2]))
    notes = premises.said_of_maps(askers, matrices, read, aims, Watch(cancel=cancel))
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
            "notes": notes,
        },
    )


def _band(profiles: Floats, level: float, random: np.random.Generator) -> tuple[Floats, ...]:
    """(n, lines) profiles -> their mean, and the percentiles of the means of n drawn ones.

    A line is NaN in a profile where it has no cell, and takes the mean of the others; its band is
    NaN where fewer than two have it. A draw in which none has it tells nothing.
    """
    mean, count = _mean(profiles, np.ones((1, len(profiles))))[0], len(profiles)
    low, high = np.full_like(mean, np.nan), np.full_like(mean, np.nan)
    some = (~np.isnan(profiles)).sum(axis=0) >= 2
    if not some.any():
        return mean, low, high
    times = random.multinomial(count, np.full(count, 1 / count), size=DRAWS)
    means, tail = _mean(profiles[:, some], times), 100 * (1 - level) / 2
    low[some], high[some] = np.nanpercentile(means, (tail, 100 - tail), axis=0)
    return mean, low, high


def _mean(profiles: Floats, times: NDArray[Any]) -> Floats:
    """(n, lines) profiles, (draws, n) how often each counts -> (draws, lines) means."""
    known = ~np.isnan(profiles)
    total, counts = times @ np.where(known, profiles, 0), times @ known.astype(np.float64)
    return np.divide(total, counts, out=np.full(total.shape, np.nan), where=counts > 0)


def _prototype(profiles: Floats, own: NDArray[np.bool_]) -> int:
    """Find the sample of a class whose profile has the largest cosine with the class's mean.

    Of each sample count the lines that it has.
    """
    numbers = np.flatnonzero(own)
    mean = np.nan_to_num(_mean(profiles[numbers], np.ones((1, len(numbers))))[0])
    known, some = ~np.isnan(profiles[numbers]), np.nan_to_num(profiles[numbers])
    lengths = np.linalg.norm(some, axis=1) * _shares(mean, known)
    cosines = some @ mean / np.where(lengths > 0, lengths, np.inf)
    return int(numbers[int(cosines.argmax())])


def _shares(mean: Floats, known: NDArray[np.bool_]) -> Floats:
    """(n,) length of the mean over the lines that each of n profiles has, as part of its whole."""
    whole = float(np.linalg.norm(mean))
    return np.linalg.norm(known * mean, axis=1) / whole if whole > 0 else np.ones(len(known))
