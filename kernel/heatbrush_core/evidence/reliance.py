"""Reliance: what each of many samples loses without a region, and gains by it alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core import targets
from heatbrush_core.bars import with_bar
from heatbrush_core.evidence import premises
from heatbrush_core.inference.inputs.holding import outputs_of_each
from heatbrush_core.matrix.given_regions import read_region
from heatbrush_core.matrix.region import Region
from heatbrush_core.progress import Listening, Watch
from heatbrush_core.targets import ScoreKind

if TYPE_CHECKING:
    import pandas as pd

    from heatbrush_core.inference.explaining import Explaining


@with_bar
def reliance(
    explainer: Explaining,
    X: ArrayLike,
    region: Region,
    y: Any = None,
    score: ScoreKind | None = None,
    *,
    valid: Any = None,
    given: Any = None,
    progress: Listening = None,
    cancel: threading.Event | None = None,
) -> pd.DataFrame:
    """Measure for each of many samples what it loses without a region, and gains by it alone.

    Parameters
    ----------
    explainer
        The model; its baseline hides cells.
    X
        (N, H, W) or (N, H, W, C).
    region
        The same cells in every sample.
    y
        (N,) the class that each is asked about, an index or a name; None is what each is predicted
        to be.
    score
        Which score of that class: "probability" (the default where the model has one), "logit" or
        "log_probability".
    valid
        Which cells exist, as in `Explainer.explain_batch`; a sample in which no cell of the region
        exists has NaN.
    given
        What the other inputs hold, as in `Explainer.explain_batch`.
    progress, cancel
        As in `Explainer.explain`; `progress` counts four matrices per sample: itself, without the
        region, the region alone, and the baseline.

    Returns
    -------
    DataFrame
        A row per sample: "class", "necessity", "sufficiency", and "changes", whether the answer is
        another without the region. ``attrs["notes"]`` says what hidden cells become, and of how
        many samples the model says the class with everything hidden.

    Raises
    ------
    TypeError, ValueError
        In one sentence, for a region or labels that do not fit, and for an impossible score.
    Cancelled
        When `cancel` was set.
    """
    import pandas as pd

    askers, matrices = explainer.about_each(X, valid, given)
    explainer = askers[0]
    region = read_region(region, matrices.shape[1:])
    labels = None if y is None else targets.labels(y, len(matrices), explainer.classes)
    explainer.score_kind(score)  # an impossible one is refused before the model works
    inside = region.mask(matrices.shape[1:])[..., None]
    watch = Watch(4 * len(matrices), progress, cancel)
    bases = np.empty_like(matrices)
    for asker, base, x in zip(askers, bases, matrices, strict=True):
        watch.stop_if_cancelled()
        base[:] = asker.fill(x)
    questions: tuple[Callable[[slice], NDArray[Any]], ...] = (
        lambda which: matrices[which],
        lambda which: np.where(inside, bases[which], matrices[which]),
        lambda which: np.where(inside, matrices[which], bases[which]),
        lambda which: bases[which],
    )
    outputs = [outputs_of_each(askers, make, watch) for make in questions]
    said, lost = ([each.predicted for each in explainer.read(z)] for z in outputs[:2])
    asked = said if labels is None else labels
    aims = [explainer.aim(x, each) for x, each in zip(matrices, asked, strict=True)]
    pairs = zip(np.stack(outputs, axis=1), aims, strict=True)
    s = np.array([explainer.scored(z, aim, score) for z, aim in pairs])
    held = np.array(
        [each.exists is None or bool((inside[..., 0] & each.exists).any()) for each in askers]
    )
    table = pd.DataFrame(
        {
            "class": [aim.label(explainer.classes) for aim in aims],
            "necessity": np.where(held, s[:, 0] - s[:, 1], np.nan),
            "sufficiency": np.where(held, s[:, 2] - s[:, 3], np.nan),
            "changes": np.not_equal(said, lost),
        },
        index=pd.RangeIndex(len(matrices), name="sample"),
    )
    notes = premises.said_of_all(askers, matrices, aims, known=outputs[3])
    table.attrs["notes"] = (*notes, *_lacking(held))
    return table


def _lacking(held: NDArray[np.bool_]) -> tuple[str, ...]:
    """Say in how many samples no cell of the region exists."""
    count = int((~held).sum())
    if not count:
        return ()
    samples = "1 sample" if count == 1 else f"{count} samples"
    return (f"No cell of the region exists in {samples} of {len(held)}, which have NaN.",)
