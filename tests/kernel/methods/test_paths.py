"""Expected gradients: closed forms, how points are drawn, and what is reported."""

import threading

import numpy as np
import pytest
from architectures import build, conv, top
from hypothesis import given
from hypothesis import strategies as st
from keras import ops
from sentences import refuses

from heatbrush_core import Explainer, Region
from heatbrush_core.methods.paths import draws
from heatbrush_core.progress import Cancelled

RANDOM = np.random.default_rng(5)
X = RANDOM.normal(size=(8, 8)).astype("float32")
BACKGROUND = RANDOM.normal(0.3, size=(6, 8, 8, 1)).astype("float32")


def net():
    return build(lambda x: top(conv(conv(x, activation="tanh"))))


def squares(background=BACKGROUND):
    return Explainer(build(lambda x: ops.sum(x**2, axis=(1, 2))), background=background)


@pytest.mark.parametrize("samples", [6, 18])
def test_a_linear_model_is_explained_against_the_mean(samples):
    explainer = Explainer(
        build(lambda x: top(x, activation=None)), background=BACKGROUND, baseline=0
    )
    weights = explainer.explain(X, "gradient", 0).map
    found = explainer.explain(X, "expected_gradients", 0, samples=samples)
    np.testing.assert_allclose(found.map, weights * (X - BACKGROUND[..., 0].mean(0)), atol=1e-5)
    scores = [explainer.predict(each).scores[0] for each in BACKGROUND]
    assert found.score_at_baseline == pytest.approx(np.mean(scores), rel=1e-5)
    assert found.residual == pytest.approx(0, abs=1e-4)


def test_a_sum_of_squares():
    """The integral of (x - x') * 2 (x' + alpha (x - x')) over alpha is x^2 - x'^2."""
    truth = X**2 - (BACKGROUND[..., 0] ** 2).mean(0)
    few, many = (squares().explain(X, "expected_gradients", samples=n) for n in (60, 1200))
    assert np.abs(many.map - truth).max() < np.abs(few.map - truth).max() / 2
    assert (np.abs(few.map - truth) < 3 * few.standard_error).all()  # which errs on the large side
    assert (np.abs(many.map - truth) < 3 * many.standard_error).all()
    difference = many.score - many.score_at_baseline
    assert difference == pytest.approx(truth.sum(), rel=1e-4)
    assert many.residual == pytest.approx(many.map.sum() - difference, abs=1e-3)


def test_the_standard_error_is_that_of_the_samples():
    """One background matrix and one cell at a time: 2 way (x' + alpha way), alpha uniform."""
    explainer = squares(BACKGROUND[:1])
    found = explainer.explain(X, "expected_gradients", samples=2000)
    way = X - BACKGROUND[0, ..., 0]
    expected = 2 * way**2 / np.sqrt(12) / np.sqrt(2000)
    np.testing.assert_allclose(found.standard_error, expected, rtol=0.02, atol=1e-6)
    # one alpha for all cells: they err together, and their errors add up
    np.testing.assert_allclose(found.row_errors, found.standard_error.sum(1), rtol=1e-5)
    np.testing.assert_allclose(found.column_errors, found.standard_error.sum(0), rtol=1e-5)
    one = explainer.explain(X, "expected_gradients", samples=1)
    for errors in (one.standard_error, one.row_errors, one.column_errors):
        assert np.isnan(errors).all()


def test_errors_of_profiles_are_those_of_the_cells_that_are_kept():
    region = Region.rectangle(1, 5, 2, 8) - Region.rectangle(2, 3, 3, 5)
    explainer = squares(BACKGROUND[:1])
    found = explainer.explain(X, "expected_gradients", samples=200, within=region)
    inside = region.mask((8, 8))
    np.testing.assert_array_equal(np.isnan(found.standard_error), ~inside)
    np.testing.assert_array_equal(np.isnan(found.row_errors), ~inside.any(1))
    each = np.nansum(found.standard_error, axis=0)[2:]
    np.testing.assert_allclose(found.column_errors[2:], each, rtol=1e-5)


def test_errors_of_profiles_are_the_spread_of_their_samples():
    which, alphas = draws(20, len(BACKGROUND), 3)
    start = BACKGROUND[which, ..., 0]
    each = 2 * (X - start) * (start + alphas[:, None, None] * (X - start))
    found = squares().explain(X, "expected_gradients", samples=20, seed=3)
    for axis, errors in ((2, found.row_errors), (1, found.column_errors)):
        expected = each.sum(axis=axis).std(axis=0, ddof=1) / np.sqrt(20)
        np.testing.assert_allclose(errors, expected, rtol=1e-4)
    naive = np.sqrt((found.standard_error**2).sum(axis=1))
    assert not np.allclose(found.row_errors, naive, rtol=0.1)


def test_errors_of_profiles_err_on_the_large_side():
    runs = [squares().explain(X, "expected_gradients", samples=20, seed=s) for s in range(40)]
    for name, errors in (("rows", "row_errors"), ("columns", "column_errors")):
        spread = np.std([getattr(run, name) for run in runs], axis=0, ddof=1)
        said = np.mean([getattr(run, errors) for run in runs], axis=0)
        assert (spread < said).all()


@given(st.integers(1, 200), st.integers(1, 50), st.integers(0, 9))
def test_draws_are_even(samples, count, seed):
    which, alphas = draws(samples, count, seed)
    counts = np.bincount(which, minlength=count)
    assert len(which) == samples and len(counts) == count
    assert np.ptp(counts) <= 1
    np.testing.assert_array_equal(np.sort((alphas * samples).astype(int)), np.arange(samples))


def test_draws_are_uniform_and_independent():
    drawn = [draws(5, 3, seed) for seed in range(3000)]
    which, alphas = (np.array(each) for each in zip(*drawn, strict=True))
    for start in range(3):
        chosen = alphas[which == start]
        assert len(chosen) == pytest.approx(5000, rel=0.03)
        np.testing.assert_allclose(
            np.histogram(chosen, 4, (0, 1))[0] / len(chosen), 0.25, atol=0.03
        )


def test_seeds_and_batches():
    model = net()
    maps = [
        Explainer(model, background=BACKGROUND, batch_size=size, baseline=0)
        .explain(X, "expected_gradients", 0, samples=20, seed=seed)
        .map
        for size, seed in [(1, 0), (7, 0), (64, 0), (64, 1)]
    ]
    np.testing.assert_allclose(maps[0], maps[1], atol=1e-6)
    np.testing.assert_allclose(maps[0], maps[2], atol=1e-6)
    assert np.abs(maps[0] - maps[3]).max() > 1e-4


def test_progress_and_cancel():
    explainer, seen = Explainer(net(), background=BACKGROUND, batch_size=4, baseline=0), []
    found = explainer.explain(X, "expected_gradients", 0, samples=10, progress=seen.append)
    assert [(each.done, each.total) for each in seen] == [(4, 10), (8, 10), (10, 10)]
    np.testing.assert_allclose(seen[-1].map, found.map, atol=1e-6)
    cancel = threading.Event()
    with pytest.raises(Cancelled):
        explainer.explain(
            X, "expected_gradients", 0, progress=lambda each: cancel.set(), cancel=cancel
        )


def test_what_is_refused():
    with refuses(TypeError, "the explainer has none", "needs typical matrices", "background="):
        Explainer(net(), baseline=0).explain(X, "expected_gradients")
    free = build(lambda x: ops.mean(conv(x), axis=(1, 2)), (None, None, 1))
    with refuses(ValueError, "(8, 8, 1)", "(5, 8, 1)", "give a background"):
        Explainer(free, background=BACKGROUND, baseline=0).explain(X[:5], "expected_gradients")
