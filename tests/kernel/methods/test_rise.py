"""RISE against the masks that the model saw, its expectation on linear models, and its error."""

import threading

import numpy as np
import pytest
from architectures import build, conv, one_sigmoid, top
from hypothesis import given
from hypothesis import strategies as st
from sentences import refuses

from heatbrush_core import Cancelled, Explainer, Region
from heatbrush_core.bars import within_a_call
from heatbrush_core.methods import REGISTRY
from heatbrush_core.methods.rise import bilinear
from heatbrush_core.targets import Margin

RANDOM = np.random.default_rng(9)


def scores(batch):
    return np.tanh(batch[..., 0].cumsum(1).cumsum(2) / 9).sum(axis=(1, 2)) + 5


def masked(shape, samples, **more):
    """The masks of a run, and its map: of ones on zeros, the model sees nothing but masks."""
    seen = []
    explainer = Explainer(lambda batch: (seen.append(batch.copy()), scores(batch))[1], baseline=0)
    with within_a_call():  # the baseline is not checked, so that the masks come last
        explanation = explainer.explain(np.ones(shape), "rise", 0, samples=samples, **more)
    return np.concatenate(seen)[-samples:, :, :, 0], explanation


def weights(size, parts):
    """(shifts, size, parts) bilinear weights, by NumPy's own interpolation."""
    pitch = -(-size // parts)
    middles = (np.arange(parts) + 0.5) * (parts + 1) * pitch / parts
    lines = np.arange(size) + 0.5
    each = [[np.interp(lines + s, middles, part) for part in np.eye(parts)] for s in range(pitch)]
    return np.array(each).transpose(0, 2, 1)


@pytest.mark.parametrize(
    "shape, grid",
    [((9, 14), 7), ((1, 30), (7, 7)), ((12, 1), (4, 1)), ((5, 6), (5, 6)), ((8, 9), (None, 3))],
)
def test_map_is_the_mean_score_by_what_the_masks_show(shape, grid):
    masks, explanation = masked(shape, 200, grid=grid)
    f = scores(masks[..., None])
    expected = np.einsum("n,nij->ij", f, masks) / masks.sum(0)
    np.testing.assert_allclose(explanation.map, expected, rtol=1e-6)
    error = np.sqrt(np.einsum("nij,nij->ij", masks**2, (f[:, None, None] - expected) ** 2))
    error *= np.sqrt(200 / 199) / masks.sum(0)
    np.testing.assert_allclose(explanation.standard_error, error, rtol=1e-5, atol=1e-9)
    pull = masks * (f[:, None, None] - expected) / masks.sum(0)  # of each mask on each cell
    for axis, errors in ((2, explanation.row_errors), (1, explanation.column_errors)):
        line = np.sqrt((pull.mean(axis=axis) ** 2).sum(axis=0) * 200 / 199)
        np.testing.assert_allclose(errors, line, rtol=1e-5, atol=1e-9)
    assert explanation.score == scores(np.ones((1, *shape, 1)))[0]
    assert f"{f.mean():.4g}" in explanation.notes[0]


@given(st.integers(1, 40), st.integers(1, 9))
def test_masks_are_a_coarse_grid_interpolated(size, parts):
    expected = weights(size, min(parts, size))
    found = bilinear(size, min(parts, size), np.arange(len(expected)))
    np.testing.assert_allclose(found, expected, atol=1e-12)
    np.testing.assert_allclose(found.sum(2), 1)


@pytest.mark.parametrize("keep", [0.3, 0.5])
def test_masks_keep_the_same_share_everywhere(keep):
    masks, _ = masked((8, 21), 4000, keep=keep, grid=(4, 5))
    assert masks.min() == 0 and masks.max() == 1
    spread = np.sqrt(keep * (1 - keep) / 4000)  # of a binary mask, which has the most
    assert np.abs(masks.mean(0) - keep).max() < 4.5 * spread


def test_linear_models_have_a_closed_form():
    x, w = RANDOM.normal(size=(2, 10, 17, 2))
    explainer = Explainer(lambda batch: np.einsum("nijc,ijc->n", batch, w) + 3, baseline=0)
    D = (w * (x - 0.5)).sum(2)
    A, B = (np.einsum("sik,sjk->ij", u, u) / len(u) for u in (weights(10, 3), weights(17, 4)))
    expected = 3 + 0.5 * w.sum() + 0.4 * D.sum() + 0.6 * A @ D @ B
    distance = []
    for seed in range(20):
        found = explainer.explain(
            x, "rise", samples=1000, keep=0.4, grid=(3, 4), baseline=0.5, seed=seed
        )
        distance.append((found.map - expected) / found.standard_error)
    assert np.abs(np.mean(distance, axis=0)).max() < 4 / np.sqrt(20)
    assert 0.6 < np.mean(np.square(distance)) < 1.6
    assert np.ptp(expected) > 10 * found.standard_error.max() / np.sqrt(20)  # or a flat map passes
    np.testing.assert_allclose(found.values.sum(2), found.map, rtol=1e-5)
    np.testing.assert_array_equal(found.values[..., 0], found.values[..., 1])


def test_the_error_is_the_spread_over_seeds():
    runs = [masked((6, 8), 150, seed=seed, grid=3)[1] for seed in range(80)]
    spread = np.std([run.map for run in runs], axis=0, ddof=1)
    said = np.mean([run.standard_error for run in runs], axis=0)
    assert np.mean(spread / said) == pytest.approx(1, abs=0.12)
    for name, errors in (("rows", "row_errors"), ("columns", "column_errors")):
        spread = np.std([getattr(run, name) for run in runs], axis=0, ddof=1)
        said = np.mean([getattr(run, errors) for run in runs], axis=0)
        assert np.mean(spread / said) == pytest.approx(1, abs=0.12)


def test_a_constant_score_makes_a_constant_map():
    constant = Explainer(lambda batch: np.full(len(batch), 7.1), baseline=0)
    explanation = constant.explain(RANDOM.normal(size=(9, 9)), "rise", samples=30)
    np.testing.assert_array_equal(explanation.map, np.float32(7.1))
    for errors in (explanation.standard_error, explanation.row_errors, explanation.column_errors):
        np.testing.assert_array_equal(errors, 0)
    assert explanation.rows[3] == pytest.approx(7.1)  # a mean, not a sum
    one = constant.explain(np.ones((9, 9)), "rise", samples=1)
    assert np.isnan(one.standard_error).all()
    assert np.isnan(one.row_errors).all() and np.isnan(one.column_errors).all()


def test_only_the_region_is_hidden_by_a_grid_on_its_box():
    region = Region.rectangle(1, 5, 2, 8) - Region.rectangle(2, 3, 3, 5)
    masks, explanation = masked((7, 10), 300, within=region, grid=2)
    inside = region.mask((7, 10))
    np.testing.assert_array_equal((masks < 1).any(0), inside)
    np.testing.assert_array_equal(np.isnan(explanation.map), ~inside)
    np.testing.assert_array_equal(np.isnan(explanation.standard_error), ~inside)
    np.testing.assert_array_equal(np.isnan(explanation.row_errors), ~inside.any(1))
    np.testing.assert_array_equal(np.isnan(explanation.column_errors), ~inside.any(0))
    whole, _ = masked((4, 6), 300, grid=2)
    np.testing.assert_array_equal(
        masks[:, 1:5, 2:8][:, inside[1:5, 2:8]], whole[:, inside[1:5, 2:8]]
    )


def test_blends_are_between_the_matrix_and_the_baseline():
    seen, x = [], RANDOM.normal(size=(5, 6, 2))
    explainer = Explainer(lambda batch: (seen.append(batch.copy()), scores(batch))[1], baseline=0)
    with within_a_call():
        explainer.explain(x, "rise", 0, samples=50, baseline="row_mean")
    base = np.broadcast_to(x.mean(1, keepdims=True), x.shape)
    shares = (np.concatenate(seen)[-50:] - base) / (x - base)
    np.testing.assert_allclose(shares[..., 0], shares[..., 1], atol=1e-6)
    assert shares.min() > -1e-9 and shares.max() < 1 + 1e-9


def test_heads():
    x = RANDOM.normal(size=(8, 8))
    explainer = Explainer(build(one_sigmoid), baseline=0)
    up, down = (explainer.explain(x, "rise", target, samples=50) for target in (1, 0))
    np.testing.assert_allclose(up.map, -down.map, atol=1e-5)
    three = Explainer(build(lambda y: top(conv(y))), baseline=0)
    a, b = (three.explain(x, "rise", target, samples=50) for target in (0, 2))
    margin = three.explain(x, "rise", Margin(0, 2), samples=50)
    np.testing.assert_allclose(margin.map, a.map - b.map, atol=1e-5)


def in_batches(size, seed, **more):
    explainer = Explainer(scores, batch_size=size, baseline=0)
    return explainer.explain(np.ones((7, 9)), "rise", 0, samples=100, seed=seed, **more)


def test_batches_and_seeds():
    first, *others, different = (
        in_batches(size, seed).map for size, seed in [(1, 0), (7, 0), (64, 0), (None, 0), (64, 1)]
    )
    for other in others:
        np.testing.assert_allclose(other, first, atol=1e-6)
    assert np.abs(different - first).max() > 1e-3


def test_maps_sharpen_mask_by_mask():
    seen, cancel = [], threading.Event()
    explanation = in_batches(30, 0, progress=seen.append)
    assert [(p.done, p.total) for p in seen] == [(30, 100), (60, 100), (90, 100), (100, 100)]
    distance = [np.abs(p.map - explanation.map).max() for p in seen]
    assert distance[0] > distance[2] > distance[3] == 0
    with pytest.raises(Cancelled):
        in_batches(30, 0, progress=lambda _: cancel.set(), cancel=cancel)


@pytest.mark.parametrize(
    "parameters, text",
    [
        ({}, "2000 samples · grid 7 × 7"),
        (
            {"samples": 10, "grid": (2, 50), "keep": 0.3, "baseline": "blur"},
            "10 samples · grid 2 × 20 · keep 0.3 · baseline blur",
        ),
    ],
)
def test_titles(parameters, text):
    complete = REGISTRY["rise"].validated(parameters, (10, 20))
    assert REGISTRY["rise"].summary(complete) == text


@pytest.mark.parametrize(
    "parameters, given, expected, remedy",
    [
        ({"samples": 0}, "samples=0", "greater than or equal to 1", "samples is random masks"),
        ({"keep": 0}, "keep=0", "greater than 0", "keep is the probability"),
        ({"keep": 1}, "keep=1", "less than 1", "keep is the probability"),
        ({"grid": (3,)}, "grid=(3,)", "it should be a pair", "rows and columns"),
        ({"grid": 0}, "grid=0", "greater than or equal to 1", "rows and columns"),
        ({"seeds": 1}, "'seeds'", "samples, grid, keep", "did you mean 'seed'?"),
    ],
)
def test_impossible_parameters(parameters, given, expected, remedy):
    with refuses(ValueError, given, expected, remedy):
        Explainer(scores, baseline=0).explain(np.ones((7, 9)), "rise", **parameters)
