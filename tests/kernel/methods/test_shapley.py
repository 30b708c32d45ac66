"""Shapley values against sums over all orders, their axioms, and sampling against exact values."""

import itertools
import math
import threading

import numpy as np
import pytest
from architectures import build, conv, one_sigmoid, top
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sentences import refuses

from heatbrush_core import Cancelled, Explainer, Region
from heatbrush_core.bars import within_a_call
from heatbrush_core.methods import REGISTRY
from heatbrush_core.methods.shapley import MATRICES
from heatbrush_core.targets import Margin

RANDOM = np.random.default_rng(8)


def game(worth):
    """A model whose score depends on which rows are there, (N, rows) bool -> (N,)."""
    return Explainer(lambda batch: worth(batch[:, :, 0, 0] == 1), baseline=0)


def rows(worth, count, **more):
    """Shapley values of rows of two ones each, baseline 0."""
    with within_a_call():  # 0 is no value that a matrix of ones has, which a check would say
        explanation = game(worth).explain(np.ones((count, 2)), "shapley", **more)
    np.testing.assert_array_equal(explanation.map[:, 0], explanation.map[:, 1])
    return explanation


def tabled(table):
    """The worth of each coalition, read from a table of 2^n numbers."""
    return lambda present: table[present @ (1 << np.arange(present.shape[1]))]


def by_orders(worth, n):
    """The mean gain over all n! orders, from the definition."""
    total = np.zeros(n)
    for order in itertools.permutations(range(n)):
        present = np.zeros(n, bool)
        for player in order:
            before = worth(present[None])[0]
            present[player] = True
            total[player] += worth(present[None])[0] - before
    return total / math.factorial(n)


def by_coalitions(worth, n):
    """The weighted sum over all coalitions, from the definition."""
    all_of_them = np.array(list(itertools.product([False, True], repeat=n)))
    known = dict(zip(map(bytes, all_of_them), worth(all_of_them), strict=True))
    values = np.zeros(n)
    for present in all_of_them:
        size = present.sum()
        for player in np.flatnonzero(~present):
            weight = math.factorial(size) * math.factorial(n - size - 1) / math.factorial(n)
            joined = present.copy()
            joined[player] = True
            values[player] += weight * (known[bytes(joined)] - known[bytes(present)])
    return values


def third_order(n, seed=0):
    """A worth with interactions of three players, which reverse orders do not cancel."""
    random = np.random.default_rng(seed)
    A, B = random.normal(size=(2, 4, n))
    return lambda present: np.tanh(present @ A.T).sum(1) + np.prod(present @ B.T, axis=1) / 20


@pytest.mark.parametrize("n", [1, 2, 5, 6])
def test_values_are_the_mean_over_all_orders(n):
    worth = tabled(RANDOM.normal(size=2**n))
    explanation = rows(worth, n)
    np.testing.assert_allclose(explanation.rows, by_orders(worth, n), atol=1e-6)
    assert explanation.residual == pytest.approx(0, abs=1e-12)
    for errors in (explanation.standard_error, explanation.row_errors, explanation.column_errors):
        np.testing.assert_array_equal(errors, 0)


def test_twelve_rows_are_exact():
    worth = third_order(12)
    explanation = rows(worth, 12)
    np.testing.assert_allclose(explanation.rows, by_coalitions(worth, 12), atol=1e-6)
    said = "Exact: all 4096 coalitions of 12 players."
    assert explanation.notes == (said, "Hidden cells become 0.")


@settings(max_examples=40)
@given(
    arrays(float, 32, elements=st.floats(-9, 9, width=16)),
    arrays(float, 32, elements=st.floats(-9, 9, width=16)),
)
def test_axioms(table, other):
    table, other = table.copy(), other.copy()
    codes = np.arange(32)
    table[codes | 1] = table[codes & ~1] + 2  # row 0 adds 2 to whatever is there
    swapped = codes & ~6 | (codes & 2) << 1 | (codes & 4) >> 1
    table = (table + table[swapped]) / 2  # rows 1 and 2 are alike
    values = rows(tabled(table), 5).rows
    assert values[0] == pytest.approx(2, abs=1e-5)
    assert values[1] == pytest.approx(values[2], abs=1e-5)
    assert values.sum() == pytest.approx(table[31] - table[0], abs=1e-4)
    both = rows(tabled(table + other), 5).rows
    np.testing.assert_allclose(both, values + rows(tabled(other), 5).rows, atol=1e-4)


@pytest.mark.parametrize("players", ["rows", "columns", "grid"])
@pytest.mark.parametrize("shape", [(1, 9, 1), (20, 1, 3), (14, 15, 2)])
def test_linear_models_have_a_closed_form(players, shape):
    x, start, weights = RANDOM.normal(size=(3, *shape))
    explainer = Explainer(lambda batch: np.einsum("nijc,ijc->n", batch, weights) + 3, baseline=0)
    explanation = explainer.explain(x, "shapley", players=players, baseline=start, samples=4)
    share = (weights * (x - start)).sum(2)
    if players == "rows":
        np.testing.assert_allclose(explanation.rows, share.sum(1), atol=1e-5)
    elif players == "columns":
        np.testing.assert_allclose(explanation.columns, share.sum(0), atol=1e-5)
    else:
        corner = tuple(slice(0, -(-size // 7)) for size in shape[:2])
        assert explanation.map[corner].sum() == pytest.approx(share[corner].sum(), abs=1e-5)
    assert explanation.score_at_baseline == pytest.approx((weights * start).sum() + 3)
    assert explanation.residual == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(explanation.standard_error, 0, atol=1e-9)
    np.testing.assert_array_equal(explanation.values[..., 0], explanation.values[..., -1])
    np.testing.assert_allclose(explanation.values.sum(2), explanation.map, atol=1e-6)


def test_an_order_and_its_reverse_are_exact_for_pairs():
    A = RANDOM.normal(size=(20, 20))
    A = A + A.T
    explanation = rows(lambda present: np.einsum("ni,ij,nj->n", present, A, present), 20, samples=1)
    assert explanation.parameters["samples"] == 2
    np.testing.assert_allclose(explanation.rows, A.sum(1), atol=1e-5)
    assert np.isnan(explanation.standard_error).all()
    assert np.isnan(explanation.row_errors).all() and np.isnan(explanation.column_errors).all()


def test_samples_are_as_far_from_exact_as_the_standard_error_says():
    worth, n, pairs = third_order(13), 13, 20
    exact = rows(worth, n, samples=2000)
    assert exact.notes[0].startswith("Exact: all 8192")
    distance = []
    for seed in range(60):
        sampled = rows(worth, n, samples=2 * pairs, seed=seed)
        assert sampled.residual == pytest.approx(0, abs=1e-12)
        each = 2 * sampled.standard_error[:, 0]  # the player's: its two cells err together
        np.testing.assert_allclose(sampled.row_errors, each, rtol=1e-5)
        # both columns are half of one difference; independent cells would make them as unsure
        # as this
        naive = np.sqrt((sampled.standard_error**2).sum(axis=0))
        assert (sampled.column_errors < 1e-9).all() and (naive > 1e-3).all()
        distance.append((sampled.rows - exact.rows) / sampled.row_errors)
    assert np.abs(np.mean(distance, axis=0)).max() < 4 / np.sqrt(60)
    within = np.mean(np.abs(distance) < 2.093)  # 95 % of Student's t with 19 degrees of freedom
    assert 0.92 < within < 0.98


@pytest.mark.parametrize("within", [None, Region.rectangle(1, 6, 2, 8)])
def test_the_errors_of_profiles_are_their_spread_over_seeds(within):
    """Players of several rows and columns, whose errors go together in part."""
    weights = np.random.default_rng(3).normal(scale=0.2, size=(72, 5))
    explainer = Explainer(
        lambda batch: np.tanh(batch.reshape(len(batch), 72) @ weights).sum(1), baseline=0
    )
    x = np.random.default_rng(4).normal(size=(8, 9))
    given = {"players": "grid", "grid": (4, 5), "samples": 12, "within": within}
    runs = [explainer.explain(x, "shapley", seed=seed, **given) for seed in range(250)]
    for name, errors in (("rows", "row_errors"), ("columns", "column_errors")):
        profiles, said = (np.array([getattr(run, n) for run in runs]) for n in (name, errors))
        known = ~np.isnan(profiles[0])
        np.testing.assert_array_equal(np.isnan(said), np.isnan(profiles))
        ratio = profiles[:, known].std(axis=0, ddof=1) / np.sqrt((said[:, known] ** 2).mean(axis=0))
        assert ratio.mean() == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(
    "players, shape, orders",
    [("rows", (64, 4), 64), ("columns", (2, 256), 16), ("columns", (2, 999), 8)],
)
def test_the_default_is_bounded(players, shape, orders):
    count = []
    explainer = Explainer(
        lambda batch: (count.append(len(batch)), batch.sum((1, 2)))[1], baseline=0
    )
    with within_a_call():  # the baseline is not checked
        explanation = explainer.explain(np.ones(shape), "shapley", players=players)
    n = max(shape)
    said = f"Sampled: {orders} random orders of {n} players."
    assert explanation.notes == (said, "Hidden cells become 0.")
    # the class, the explanation's two ends, and what is between them
    assert sum(count) <= 4 + orders * (n - 1)
    assert orders == 8 or MATRICES / 2 < orders * (n - 1) <= MATRICES


@pytest.mark.parametrize("samples", [None, 6])
def test_only_the_region_is_hidden(samples):
    seen, x = [], RANDOM.normal(size=(6, 8, 1))
    region = Region.rectangle(1, 4, 2, 6) - Region.rectangle(2, 3, 3, 5)
    explainer = Explainer(
        lambda batch: (seen.append(batch.copy()), np.tanh(batch).sum((1, 2, 3)))[1], baseline=0
    )
    with within_a_call():  # the check of the baseline hides everything
        explanation = explainer.explain(
            x, "shapley", players="columns", samples=samples, within=region, baseline=9.0
        )
    inside = region.mask((6, 8))
    np.testing.assert_array_equal((np.concatenate(seen) != x).any(axis=(0, 3)), inside)
    np.testing.assert_array_equal(np.isnan(explanation.map), ~inside)
    hidden = np.where(inside[..., None], 9.0, x)
    drop = np.tanh(x).sum() - np.tanh(hidden).sum()
    assert np.nansum(explanation.map) == pytest.approx(drop, rel=1e-5)


def test_heads():
    x = RANDOM.normal(size=(8, 8))
    explainer = Explainer(build(one_sigmoid), baseline=0)
    up, down = (explainer.explain(x, "shapley", target) for target in (1, 0))
    np.testing.assert_allclose(up.map, -down.map, atol=1e-5)
    three = Explainer(build(lambda y: top(conv(y))), baseline=0)
    a, b = (three.explain(x, "shapley", target) for target in (0, 2))
    margin = three.explain(x, "shapley", Margin(0, 2))
    np.testing.assert_allclose(margin.map, a.map - b.map, atol=1e-5)
    share = three.explain(x, "shapley", 0, score="probability", samples=8)
    difference = share.score - share.score_at_baseline
    assert share.rows.sum() == pytest.approx(difference, abs=1e-3 * abs(difference))


@pytest.mark.parametrize("samples", [None, 10])
def test_batches_and_seeds(samples):
    maps = [
        rows_in_batches(size, samples, seed).map
        for size, seed in [(1, 0), (7, 0), (64, 0), (None, 0), (64, 1)]
    ]
    for other in maps[1:4]:
        np.testing.assert_allclose(other, maps[0], atol=1e-6)
    assert (np.abs(maps[4] - maps[0]).max() > 1e-3) == (samples is not None)


def rows_in_batches(size, samples, seed, **more):
    worth = third_order(9)
    explainer = Explainer(lambda batch: worth(batch[:, :, 0, 0]), batch_size=size, baseline=0)
    return explainer.explain(np.ones((9, 2)), "shapley", samples=samples, seed=seed, **more)


def test_maps_sharpen_pair_by_pair():
    seen = []
    explanation = rows_in_batches(10, 10, 0, progress=seen.append)
    assert [p.done for p in seen] == [*range(10, 81, 10)]
    assert {p.total for p in seen} == {80}
    assert [p.map is None for p in seen] == [True, *[False] * 7]
    np.testing.assert_array_equal(seen[-1].map, explanation.map)
    distance = [np.abs(p.map - explanation.map).max() for p in seen[1:]]
    assert distance[0] > distance[-2] > distance[-1] == 0
    for progress in seen[1:]:
        assert progress.map.sum() == pytest.approx(explanation.map.sum(), abs=1e-5)
    cancel = threading.Event()
    with pytest.raises(Cancelled):
        rows_in_batches(10, 10, 0, progress=lambda _: cancel.set(), cancel=cancel)


@pytest.mark.parametrize(
    "parameters, text",
    [
        ({}, "rows"),
        ({"players": "columns", "samples": 7, "baseline": 1}, "columns · 8 samples · baseline 1"),
    ],
)
def test_titles(parameters, text):
    complete = REGISTRY["shapley"].validated(parameters, (6, 9))
    assert REGISTRY["shapley"].summary(complete) == text


@pytest.mark.parametrize(
    "parameters, given, expected, remedy",
    [
        ({"samples": 0}, "samples=0", "greater than or equal to 1", "samples is random orders"),
        ({"samples": 2.5}, "samples=2.5", "a valid integer", "samples is random orders"),
        ({"seed": -1}, "seed=-1", "greater than or equal to 0", "seed is the same"),
        ({"player": "rows"}, "'player'", "players, grid", "did you mean 'players'?"),
        ({"baseline": "row_men"}, "'row_men'", "row_mean", "did you mean 'row_mean'?"),
    ],
)
def test_impossible_parameters(parameters, given, expected, remedy):
    with refuses(ValueError, given, expected, remedy):
        rows(lambda present: present.sum(1), 3, **parameters)
