"""Agreement between maps against counts by hand, ties and unknown cells included."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sentences import refuses

from heatbrush_core import Explainer, Explanation, Region
from heatbrush_core.maps.similarity import overlap, ranks, same_sign, spearman
from heatbrush_core.metrics.agreement import agreement
from heatbrush_core.targets import Class

RANDOM = np.random.default_rng(3)
LISTS = st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=2, max_size=20)


def explained(map, method="by hand", **more):
    values = np.asarray(map, float)[..., None]
    return Explanation(values=values, method=method, target=Class(0), score=0, **more)


@given(LISTS)
def test_spearman_is_the_correlation_of_mean_ranks(pairs):
    a, b = np.array(pairs, float).T
    by_hand = [
        np.array([(v < u).sum() + ((v == u).sum() + 1) / 2 for u in v], float) for v in (a, b)
    ]
    np.testing.assert_array_equal(ranks(a), by_hand[0])
    if len(set(a)) < 2 or len(set(b)) < 2:
        assert np.isnan(spearman(a, b))
    else:
        assert spearman(a, b) == pytest.approx(np.corrcoef(*by_hand)[0, 1], abs=1e-12)


def test_spearman_sees_only_the_order_and_only_known_cells():
    a = RANDOM.normal(size=(5, 6))
    assert spearman(a, np.exp(3 * a)) == pytest.approx(1)
    assert spearman(a, -(a**3)) == pytest.approx(-1)
    holes, other = a.copy(), a.copy()
    holes[0], other[0], other[:, 2] = np.nan, -99, np.nan
    assert spearman(holes, other) == pytest.approx(1)
    assert np.isnan(spearman(np.full(4, np.nan), np.arange(4)))


def chosen(values, size):
    """All the ways to choose the top of a map, where values tie at its edge."""
    found = itertools.combinations(range(len(values)), size)
    best = sorted(values)[::-1][:size]
    return [set(each) for each in found if sorted(values[list(each)])[::-1] == best]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=7), st.data())
def test_overlap_averages_over_all_ways_to_break_ties(pairs, data):
    a, b = np.array(pairs, float).T
    size = data.draw(st.integers(1, len(a)))
    ways = [chosen(v, size) for v in (a, b)]
    both = np.mean([len(p & q) for p in ways[0] for q in ways[1]])
    either = np.mean([len(p | q) for p in ways[0] for q in ways[1]])
    assert overlap(a, b, size / len(a)) == pytest.approx(both / either)


def test_overlap_of_maps_without_ties_is_intersection_by_union():
    a, b = RANDOM.permutation(200), RANDOM.permutation(200)
    tops = [set(np.flatnonzero(v >= 180).tolist()) for v in (a, b)]
    expected = len(tops[0] & tops[1]) / len(tops[0] | tops[1])
    assert overlap(a * 1.0, b * 1.0, 0.1) == expected
    assert overlap(a * 1.0, a * 1.0, 0.1) == 1
    assert overlap(a * 1.0, -1.0 * a, 0.1) == 0
    assert overlap(a * 1.0, b * 1.0, 1) == 1
    assert np.isnan(overlap(np.zeros(0), np.zeros(0), 0.1))


def test_signs_are_compared_where_either_map_says_something():
    a, b = np.array([1, -1, 2, 0, 0, 0.0]), np.array([3, -2, -1, 1, 0, 0.0])
    assert same_sign(a, b) == 2 / 4
    assert np.isnan(same_sign(np.zeros(3), np.zeros(3)))


def test_matrices_of_all_pairs():
    maps = {"lrp": RANDOM.normal(size=(4, 5)), "again": None, "against": None, "other": None}
    maps["again"], maps["against"] = maps["lrp"] ** 3, -maps["lrp"]
    maps["other"] = RANDOM.normal(size=(4, 5))
    found = agreement({name: explained(map) for name, map in maps.items()}, k=20)
    assert found.attrs == {"by": "cells", "k": 20, "notes": ()}
    assert set(found.data_vars) == {"spearman", "overlap", "same_sign", "known"}
    for variable in found.data_vars.values():
        assert variable.dims == ("panel", "other")
        np.testing.assert_array_equal(variable, variable.T)
    for key, pair in {"again": (1, 1, 1), "against": (-1, 0, 0)}.items():
        at = found.sel(panel="lrp", other=key)
        values = (float(at.spearman), float(at.overlap), float(at.same_sign))
        np.testing.assert_allclose(values, pair, atol=1e-12)
    at = found.sel(panel="other", other="lrp")
    a, b = (maps[name].astype("float32") for name in ("other", "lrp"))
    assert float(at.spearman) == spearman(a, b)
    tops = [set(np.argsort(-v, axis=None)[:4].tolist()) for v in (a, b)]
    assert float(at.overlap) == len(tops[0] & tops[1]) / len(tops[0] | tops[1])
    assert float(at.same_sign) == np.mean((a > 0) == (b > 0))
    assert (found.known == 20).all()
    table = found["spearman"].to_pandas()
    assert table.loc["lrp", "against"] == pytest.approx(-1) and list(table) == list(maps)


@pytest.mark.parametrize("by, axis", [("rows", 1), ("columns", 0)])
def test_profiles_are_compared_along_an_axis(by, axis):
    a, b = RANDOM.normal(size=(2, 6, 9))
    found = agreement([explained(a), explained(b)], by=by)
    expected = spearman(*(v.astype("float32").sum(axis=axis) for v in (a, b)))
    assert float(found.spearman[0, 1]) == pytest.approx(expected, abs=1e-12)
    assert int(found.known[0, 1]) == a.shape[1 - axis]


def test_cells_unknown_to_either_are_left_out():
    a = RANDOM.normal(size=(6, 8))
    whole, part = explained(a), explained(-a, within=Region.rows(0, 3))
    other = explained(a, within=Region.columns(0, 4))
    found = agreement({"whole": whole, "part": part, "other": other})
    np.testing.assert_array_equal(found.known, [[48, 24, 24], [24, 24, 12], [24, 12, 24]])
    assert float(found.spearman.sel(panel="part", other="other")) == pytest.approx(-1)
    apart = agreement(
        [explained(a, within=Region.rows(0, 3)), explained(a, within=Region.rows(3, 6))]
    )
    assert np.isnan(apart.spearman[0, 1]) and np.isnan(apart.overlap[0, 1])
    assert np.isnan(apart.same_sign[0, 1]) and apart.known[0, 1] == 0


def test_names():
    map = RANDOM.normal(size=(3, 3))
    listed = [explained(map, method) for method in ("lrp", "rise", "lrp", "lrp")]
    assert agreement(listed).panel.values.tolist() == ["lrp", "rise", "lrp 2", "lrp 3"]


def test_explanations_of_a_model_agree_as_they_should():
    x = RANDOM.normal(size=(6, 7))
    w = RANDOM.normal(size=(6, 7, 1))
    explainer = Explainer(lambda batch: np.einsum("nijc,ijc->n", batch, w))
    exact = explainer.explain(x, "occlusion", patch=1, stride=1)
    players = explainer.explain(x, "shapley", players="rows")
    found = agreement([exact, players], by="rows")  # of a linear model: the same, but for a factor
    assert float(found.spearman[0, 1]) == pytest.approx(1)
    assert float(found.same_sign[0, 1]) == 1


ONE, TWO = explained(np.eye(3)), explained(np.ones((3, 4)))


@pytest.mark.parametrize(
    "given, more, kind, said, expected, remedy",
    [
        ([ONE], {}, ValueError, "got 1", "at least two", "give more"),
        ({}, {}, ValueError, "got 0", "at least two", "give more"),
        (ONE, {}, TypeError, "got Explanation", "a dict", "view.explanations"),
        ("lrp", {}, TypeError, "got str", "a dict", "view.explanations"),
        ([ONE, np.eye(3)], {}, TypeError, "got ndarray", "An Explanation", "explainer.explain"),
        ([ONE, TWO], {}, ValueError, "(3, 4)", "(3, 3)", "one size"),
        ([ONE, ONE], {"k": 0}, ValueError, "k is 0", "up to 100 per cent", "give one"),
        ([ONE, ONE], {"k": 101}, ValueError, "k is 101", "up to 100 per cent", "give one"),
        ([ONE, ONE], {"k": "10"}, ValueError, "k is '10'", "up to 100 per cent", "give one"),
        ([ONE, ONE], {"by": "cell"}, ValueError, "'cell'", "cells, rows, columns", "give one"),
    ],
)
def test_refusals(given, more, kind, said, expected, remedy):
    with refuses(kind, said, expected, remedy):
        agreement(given, **more)
