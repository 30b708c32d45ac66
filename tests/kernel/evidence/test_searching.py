"""What searches find, and on which matrices they are repeated."""

import numpy as np

from heatbrush_core import Explainer, Region, targets
from heatbrush_core.evidence import searching
from heatbrush_core.evidence.searching import Found, merged
from heatbrush_core.maps.search import Search

RANDOM = np.random.default_rng(8)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def probabilities(batch):
    """Two classes, whose logit is the mean of the first three columns times 4."""
    z = 4 * batch[:, :, :3].mean(axis=(1, 2, 3))
    return np.stack([1 / (1 + np.exp(z)), 1 / (1 + np.exp(-z))], axis=1)


ONES = np.ones((4, 12))


def test_a_null_that_is_insisted_on():
    others = np.stack([ONES] * 30)[..., None]
    explainer = Explainer(probabilities, scores="probabilities", background=-others)
    explainer.predict(ONES)  # until when it is unknown how many classes there are
    for null in ("background", "phases", "shifts"):
        search = Search.of("columns", ["occlusion"], null=null)
        matched = searching.matched(
            search, explainer, ONES[..., None], targets.Class(1), 25, RANDOM
        )
        assert matched.source == null and matched.matrices.shape == (25, 4, 12, 1)
    table = explainer.evidence(ONES, [Region.columns(0, 3)], 1, chosen=search, controls=19)
    assert table["p"].item() == 1.0  # what the rows hold by themselves is still there


def test_runs_that_nearly_agree_are_one():
    runs = [
        Found(3, 9, 2.0, 0.5, ("a",)),
        Found(20, 22, 1.0, 0.1, ("a",)),
        Found(4, 9, 9.0, 0.4, ("b",)),
        Found(8, 20, 1.0, 0.2, ("b",)),
        Found(15, 16, 1.0, 0.2, ("c",)),
    ]
    kept = merged(runs)
    assert [(each.start, each.stop, each.methods) for each in kept] == [
        (3, 9, ("a", "b")),
        (20, 22, ("a",)),
        (8, 20, ("b", "c")),
    ]
