"""Curves and measures of a padded matrix are those of the one that is cut to its length."""

import numpy as np
import pytest
from sentences import refuses

import heatbrush_core as hb
from heatbrush_core import Explainer, Explanation

RANDOM = np.random.default_rng(3)
X = RANDOM.normal(size=(4, 12))
WEIGHTS = RANDOM.normal(size=(4, 12, 1))
LENGTH = 7
FINE = {"patch": (2, 2), "stride": 1}


def scores(batch):
    seen = batch[:, :, :LENGTH]
    return np.tanh((seen * WEIGHTS[:, :LENGTH]).sum((2, 3)))[:, :2] + 1


ASKER = Explainer(scores, baseline=0.2, time="columns")
PADDED, CUT = ASKER.explain(X, "occlusion", 0, valid=LENGTH, **FINE), X[:, :LENGTH]
OF_CUT = ASKER.explain(CUT, "occlusion", 0, **FINE)


@pytest.mark.parametrize("make", [hb.deletion, hb.insertion])
@pytest.mark.parametrize("by", ["cells", "rows", "columns"])
def test_curves_go_over_what_exists(make, by):
    greedy = by != "cells"
    found = make(ASKER, X, PADDED, by, greedy=greedy, orders=3)
    cut = make(ASKER, CUT, OF_CUT, by, greedy=greedy, orders=3)
    np.testing.assert_allclose(found.scores, cut.scores, rtol=1e-6)
    np.testing.assert_allclose(found.random.scores, cut.random.scores, rtol=1e-6)
    assert found.area == pytest.approx(cut.area)
    if greedy:
        assert found.greedy.order.tolist() == cut.greedy.order.tolist()
    if by == "columns":
        assert found.order.tolist() == cut.order.tolist() and found.order.max() < LENGTH
    else:
        rows, columns = np.divmod(cut.order, LENGTH)
        assert (
            found.order.tolist() == (rows * 12 + columns if by == "cells" else cut.order).tolist()
        )


def test_a_given_map_knows_of_no_padding():
    map = np.where(np.arange(12) < LENGTH, X, 5.0)
    given = Explanation.of(map, target=0)
    found = hb.deletion(ASKER, X, given, "columns", valid=LENGTH, orders=0)
    cut = hb.deletion(ASKER, CUT, Explanation.of(CUT, target=0), "columns", orders=0)
    np.testing.assert_allclose(found.scores, cut.scores)


def test_sensitivity_and_stability():
    mine = hb.sensitivity_n(ASKER, X, PADDED, n=[2, 9], samples=40)
    assert mine["share"].tolist() == [2 / 28, 9 / 28]
    linear = Explainer(lambda b: (b * WEIGHTS).sum((1, 2, 3))[:, None], baseline=0, time="columns")
    exact = linear.explain(X, "occlusion", valid=LENGTH, patch=1)
    assert hb.sensitivity_n(linear, X, exact, samples=10)["correlation"].min() > 0.999
    steady = hb.stability(linear, X, "occlusion", valid=LENGTH, samples=3, patch=1)
    known = np.where(np.arange(12) < LENGTH, X, 0)
    noise = 0.02 * np.ptp(CUT) * np.random.default_rng(0).standard_normal((3, 4, 12, 1))
    for ratio, each in zip(steady.ratios, noise[:, :, :LENGTH, 0], strict=True):
        moved = np.linalg.norm(each * WEIGHTS[:, :LENGTH, 0])
        moved /= np.linalg.norm(known * WEIGHTS[..., 0])
        assert ratio == pytest.approx(moved / (np.linalg.norm(each) / np.linalg.norm(X)), rel=1e-3)


def test_a_map_of_other_cells_is_refused():
    with refuses(ValueError, "shape (4, 12)", "4 rows and 7 columns", "each cell"):
        hb.deletion(ASKER, CUT, PADDED)
