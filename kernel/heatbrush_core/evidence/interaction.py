"""Interaction: how much two parts hidden together lose beyond what each loses alone."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from heatbrush_core.bars import with_bar
from heatbrush_core.checks import count
from heatbrush_core.evidence import premises
from heatbrush_core.evidence.necessity import Probe
from heatbrush_core.evidence.places import lines_with_cells
from heatbrush_core.maps.runs import bands
from heatbrush_core.matrix.axes import AXES, AxisName, check_axis
from heatbrush_core.progress import Listening, Watch
from heatbrush_core.targets import ScoreKind

if TYPE_CHECKING:
    import xarray

    from heatbrush_core.inference.explaining import Explaining

MOST = 256
"""Parts beyond which there are too many pairs to wait for."""


@with_bar
def interaction(
    explainer: Explaining,
    x: ArrayLike,
    axis: AxisName = "rows",
    size: int = 1,
    target: Any = None,
    score: ScoreKind | None = None,
    *,
    valid: Any = None,
    given: Any = None,
    progress: Listening = None,
    cancel: threading.Event | None = None,
) -> xarray.DataArray:
    """Measure how rows, or columns, go together: the interaction of each two.

    With s the target's score and N(S) = s(x) - s(x without S), the interaction of parts i and
    j is N(i and j) - N(i) - N(j). Above 0: each makes up for the other, and only both together are
    missed (redundant evidence). Below 0: either alone is enough to lose what both lose (evidence
    that counts only as a whole). 0: they add up. It is the second difference of Grabisch & Roubens
    (1999), taken at the full matrix.

    Parameters
    ----------
    explainer
        The model; its baseline hides cells.
    x
        (H, W), (H, W, C) or (1, H, W, C).
    axis
        "rows" or "columns".
    size
        Lines of a part; the last part has what is left.
    target
        As in `explain`; None is the predicted class.
    score
        Which score of the target: "probability" (the default where the model has one), "logit" or
        "log_probability".
    valid
        Which cells of x exist, as in `Explainer.explain`; a part without any is NaN.
    given
        What the other inputs hold, as in `Explainer.explain`.
    progress, cancel
        As in `Explainer.explain`; `progress` counts parts and pairs of parts.

    Returns
    -------
    DataArray
        (n, n), symmetric, named by the parts' first lines; the diagonal holds N(i). The attributes
        "target" and "unit" say whose score is meant, and whether it is a probability; "notes" what
        hidden cells become, and what speaks against that.

    Raises
    ------
    ValueError
        In one sentence, for an unknown axis, an impossible size or score, or more than 256 parts.
    Cancelled
        When `cancel` was set.
    """
    import xarray

    explainer, matrix = explainer.aiming(x, valid, target, given)
    check_axis(axis)
    which = AXES.index(axis)
    lines = matrix.shape[which]
    _check(size, lines)
    aim = explainer.aim(matrix, target)
    probe = Probe(explainer, matrix, explainer.fill(matrix), aim, score)
    make = bands(axis)
    starts = range(0, lines, size)
    some = lines_with_cells(which, matrix.shape, explainer.exists)
    present = np.array([some[start : start + size].any() for start in starts])
    parts = [make(start, min(start + size, lines)) for start in np.array(starts)[present].tolist()]
    i, j = np.triu_indices(len(parts), 1)
    near = np.argsort(j - i, kind="stable")  # boxes around neighbours in turn are nearly alike
    i, j = i[near], j[near]
    pairs = [parts[a] | parts[b] for a, b in zip(i.tolist(), j.tolist(), strict=True)]
    asked = [*parts, *pairs]
    watch = Watch(len(asked), progress, cancel)
    found = probe.necessity(asked, watch)
    alone, together = found[: len(parts)], found[len(parts) :]
    known = np.diag(alone)
    known[i, j] = known[j, i] = together - alone[i] - alone[j]
    values = np.full((len(starts),) * 2, np.nan)
    values[np.ix_(present, present)] = known
    names = explainer.axes(matrix.shape, x)[which].coordinates[::size]
    other = f"other_{axis}"
    return xarray.DataArray(
        values,
        dims=(axis, other),
        coords={axis: names, other: names},
        name="interaction",
        attrs={
            "target": aim.label(explainer.classes),
            "unit": explainer.scored_as(score),
            "notes": premises.said(explainer, matrix, aim, watch=watch),
        },
    )


def _check(size: Any, lines: int) -> None:
    count("size", size, lines)
    if -(-lines // size) > MOST:
        raise ValueError(
            f"size is {size}, which makes {-(-lines // size)} parts of {lines} lines, but at most "
            f"{MOST} are expected; give a larger size."
        )
