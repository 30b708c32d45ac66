"""Who relies on a region, sample by sample."""

import numpy as np
import pandas as pd
import pytest
from sentences import refuses

from heatbrush_core import Explainer, Region
from heatbrush_core.evidence.necessity import Probe
from heatbrush_core.evidence.reliance import reliance

NAMES = ["left", "right"]


def scores(batch):
    """Evidence for "left" in the first three columns, for "right" in the last three."""
    left, right = batch[:, :, :3].mean(axis=(1, 2, 3)), batch[:, :, -3:].mean(axis=(1, 2, 3))
    return np.stack([left, right], axis=1) * 6


EXPLAINER = Explainer(
    scores, classes=NAMES, scores="logits", columns=list("abcdefghij"), baseline=0
)
RANDOM = np.random.default_rng(0)
Y = np.arange(24) % 2
X = RANDOM.normal(0, 0.2, size=(24, 4, 10))
X[Y == 0, :, :3] += 1
X[Y == 1, :, -3:] += 1


def test_who_relies_on_a_region():
    region = Region.columns(0, 3)
    table = reliance(EXPLAINER, X, region)
    assert list(table["class"]) == [NAMES[each] for each in Y]
    for index in (0, 1, 2):
        whole, without = EXPLAINER.predict(X[index]), EXPLAINER.predict(X[index], without=region)
        lost = whole.probabilities[Y[index]] - without.probabilities[Y[index]]
        assert table["necessity"][index] == pytest.approx(lost)
    assert (table["necessity"][Y == 0] > 0.3).all() and (table["necessity"][Y == 1] < 0.1).all()
    for given in ([region], (region,), pd.DataFrame({"region": [region]})):
        pd.testing.assert_frame_equal(reliance(EXPLAINER, X, given), table)
    with refuses(ValueError, "One region is expected", "got 2", "a | b"):
        reliance(EXPLAINER, X, [region, region])
    left = reliance(EXPLAINER, X, region, y=np.zeros(24, int))
    assert set(left["class"]) == {"left"}
    assert table["changes"].dtype == bool and table["changes"][Y == 1].sum() == 0


@pytest.mark.parametrize("baseline", [0.3, "row_mean"])
@pytest.mark.parametrize("size", [1, 7, None])
def test_all_samples_together_are_as_each_by_itself(baseline, size):
    sizes = []

    def counted(batch):
        sizes.append(len(batch))
        return scores(batch)

    explainer = Explainer(counted, scores="logits", baseline=baseline, batch_size=size)
    region, y = Region.rectangle(1, 3, 0, 4), RANDOM.integers(0, 2, 24)
    for target in (None, y):
        sizes.clear()
        table = reliance(explainer, X, region, target)
        assert sum(sizes) <= 4 * 24 + 1  # one more to count the scores
        assert size is None or set(sizes) <= {1, size, 24 % size}
        for index, x in enumerate(X):
            matrix = explainer.matrix(x)
            aim = explainer.aim(matrix, None if target is None else int(y[index]))
            probe = Probe(explainer, matrix, explainer.fill(matrix), aim)
            necessity, sufficiency, _ = probe.measured([region])
            assert table["class"][index] == aim.label(explainer.classes)
            assert table["necessity"][index] == pytest.approx(necessity[0])
            assert table["sufficiency"][index] == pytest.approx(sufficiency[0])
            without = explainer.predict(x, without=region).predicted
            assert table["changes"][index] == (without != explainer.predict(x).predicted)


@pytest.mark.parametrize("score, told", [("logit", "scores"), ("probability", "probabilities")])
def test_the_score_that_is_asked_for(score, told):
    region = Region.columns(0, 3)
    explainer = Explainer(scores, classes=NAMES, scores="logits", baseline=0)
    table = reliance(explainer, X[:6], region, score=score)
    for index, x in enumerate(X[:6]):
        asked = [{}, {"without": region}, {"only": region}, {"without": Region.everything()}]
        s = [getattr(explainer.predict(x, **each), told)[Y[index]] for each in asked]
        assert table["necessity"][index] == pytest.approx(s[0] - s[1])
        assert table["sufficiency"][index] == pytest.approx(s[2] - s[3])
    with refuses(ValueError, "'odds'", "log_probability", "give one"):
        reliance(explainer, X, region, score="odds")


@pytest.mark.parametrize("y", [[NAMES[each] for each in Y], Y.astype(float)])
def test_labels_are_names_or_numbers(y):
    region = Region.columns(0, 3)
    assert reliance(EXPLAINER, X, region, y).equals(reliance(EXPLAINER, X, region, Y))
