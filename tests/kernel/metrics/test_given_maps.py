"""Maps that were given: judged like any other, for the class that is predicted."""

import numpy as np
import pytest

from heatbrush_core import Explainer, Explanation, agreement, deletion, insertion, sensitivity_n

RNG = np.random.default_rng(1)
WEIGHTS = RNG.standard_normal((4, 5, 2, 3))


@pytest.fixture
def explainer():
    return Explainer(lambda X: np.einsum("nhwc,hwck->nk", X, WEIGHTS), baseline=0)


@pytest.fixture
def x():
    return RNG.standard_normal((4, 5, 2))


def test_the_right_map_gives_the_curve_of_the_method_that_finds_it(explainer, x):
    computed = explainer.explain(x, "occlusion", patch=1, stride=1)
    of_cells = Explanation.of(computed.map)
    of_channels = Explanation.of(computed.values, target=computed.target)
    for curve in (deletion, insertion):
        expected = curve(explainer, x, computed, orders=3)
        for given in (of_cells, of_channels):
            found = curve(explainer, x, given, orders=3)
            np.testing.assert_array_equal(found.scores, expected.scores)
            assert found.area == expected.area and found.random.mean == expected.random.mean


def test_a_linear_models_parts_explain_every_subset(explainer, x):
    best = int(np.argmax(explainer.predict(x).scores))
    given = Explanation.of((WEIGHTS[..., best] * x).sum(axis=2))
    found = sensitivity_n(explainer, x, given, [3], samples=20)
    assert found["correlation"].iloc[0] == pytest.approx(1)


def test_given_maps_agree_with_computed_ones(explainer, x):
    computed = explainer.explain(x, "occlusion", patch=1, stride=1)
    table = agreement({"ours": computed, "theirs": Explanation.of(-computed.map)})
    assert table["spearman"].sel(panel="ours", other="theirs").item() == pytest.approx(-1)


def test_a_map_of_another_size_is_refused(explainer, x):
    for shape in ((4, 4), (4, 5, 3)):
        with pytest.raises(ValueError, match="give the matrix that was explained"):
            deletion(explainer, x, Explanation.of(np.ones(shape)))


def test_runs_of_a_given_map_are_judged_without_p(explainer, x):
    runs = Explanation.of(np.ones((4, 5))).runs(penalty=0.1)
    table = explainer.evidence(x, runs)
    assert len(table) and table["p"].isna().all() and table["necessity"].notna().all()
