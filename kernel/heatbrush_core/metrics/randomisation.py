"""Randomisation of a model: whether the maps of a method notice that it is random."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from heatbrush_core.bars import with_bar
from heatbrush_core.checks import MethodLike, read_method, whole
from heatbrush_core.evidence import premises
from heatbrush_core.inference.explaining import Explaining
from heatbrush_core.maps.similarity import RANKS, Measure, chosen
from heatbrush_core.matrix.region import Region
from heatbrush_core.metrics import random_weights
from heatbrush_core.progress import Listening, Progress, Watch
from heatbrush_core.targets import ScoreKind

if TYPE_CHECKING:
    import pandas as pd


@with_bar
def randomisation(
    explainer: Explaining,
    x: ArrayLike,
    method: MethodLike,
    seed: int = 0,
    *,
    measures: Measure | Sequence[Measure] = RANKS,
    target: Any = None,
    within: Region | None = None,
    score: ScoreKind | None = None,
    valid: Any = None,
    given: Any = None,
    progress: Listening = None,
    cancel: threading.Event | None = None,
    **parameters: Any,
) -> pd.DataFrame:
    """Make a model random, from the last layer to the first, and see whether the map notices.

    Parameters
    ----------
    explainer : Explainer
        What explains; its model must be a Keras model.
    x, method, target, within, score, valid, given, **parameters
        As in `stability`; the target is the same for all maps.
    seed : int
        The same seed gives the same random weights.
    measures : {"spearman", "spearman_absolute", "ssim", "hog"}, or a list of these
        How maps are compared; the last two need ``pip install 'heatbrush[similarity]'``.
    progress, cancel
        As in `Explainer.explain`; `progress` counts layers.

    Returns
    -------
    DataFrame
        One row per layer, in the order in which they become random, those before it being random
        too. One column per measure, 1 for the model's own map: rank correlations with and without
        signs, structural similarity, correlation of histograms of oriented gradients. NaN for a
        map that is the same everywhere, for "ssim" below 5 x 5 and for "hog" below 3 x 3 cells.
        "score" is the target's. ``attrs["notes"]`` are those of the model's own map, such as what
        hidden cells become. A method whose map stays the same does not explain the model.

    Raises
    ------
    TypeError, ValueError, ImportError, Cancelled
        In one sentence: what was given, what was expected and what to do.

    Notes
    -----
    Weights come from each layer's own initializers, biases and statistics of batch normalisation
    too, as those of a model that was never trained; a weight without a known initializer gets its
    own values in a random order. The given model is not touched: a copy is. A model that Keras
    cannot copy has random weights while a map is computed, under the explainer's `lock`, and has
    its own again whenever that is free, also after an error.

    Source: cascading randomization of Adebayo et al. (2018, arXiv:1810.03292), section 3.1, and the
    measures of their appendix B; `heatbrush_core.maps.similarity` says how they suit small maps.
    """
    explainer, x = explainer.aiming(x, valid, target, given)
    compare = chosen(measures)
    name, settings = read_method(method, parameters)
    random = np.random.default_rng(whole("seed", seed, 0))
    aim = explainer.aim(x, target)
    ask: dict[str, Any] = {"within": within, "score": score, "cancel": cancel, **settings}
    own = explainer.explain(x, name, aim, **ask)
    notes = premises.said_of_map(explainer, x, own, Watch(cancel=cancel))
    subject = random_weights.subject(explainer.whole(), x)
    layers, draws, rows = random_weights.layers(subject), [], []
    for done, (layer, owned) in enumerate(layers):
        draws += random_weights.drawn(owned, random)
        with subject.lock, random_weights.put(draws):
            found = subject.explain(x, name, aim, **ask)
        alike = {key: measure(found.map, own.map) for key, measure in compare.items()}
        rows.append({"layer": layer, **alike, "score": found.score})
        if progress:
            progress(Progress(done + 1, len(layers), found.map))

    import pandas as pd

    table = pd.DataFrame(rows).set_index("layer")
    table.attrs["notes"] = notes
    return table
