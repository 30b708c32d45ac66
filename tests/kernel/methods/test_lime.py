"""LIME against NumPy's least squares on the samples that the model saw, and its closed form."""

import threading

import numpy as np
import pytest
from architectures import build, conv, one_sigmoid, top
from sentences import refuses

from heatbrush_core import Cancelled, Explainer, Region
from heatbrush_core.bars import within_a_call
from heatbrush_core.methods import REGISTRY
from heatbrush_core.targets import Margin

RANDOM = np.random.default_rng(10)
A, B = RANDOM.normal(size=(2, 6, 8))


def worth(present):
    """A score of which of 8 rows are there, not linear."""
    return np.tanh(present @ A.T).sum(1) + np.prod(present @ B.T, axis=1) / 50 + 4


def rows(**more):
    """LIME of 8 rows of two ones each, and the (samples, 8) choices that the model saw."""
    seen = []
    size = more.pop("batch_size", None)
    explainer = Explainer(
        lambda batch: (seen.append(batch.copy()), worth(batch[:, :, 0, 0]))[1],
        batch_size=size,
        baseline=0,
    )
    with within_a_call():  # the baseline is not checked, so that the samples come last
        explanation = explainer.explain(np.ones((8, 2)), "lime", players="rows", **more)
    return explanation, np.concatenate(seen)[-explanation.parameters["samples"] :, :, 0, 0]


def by_least_squares(present, width, ridge):
    """Weights by NumPy's lstsq: a row per sample, and one per player that holds it to 0."""
    norms = np.sqrt(present.sum(1) * present.shape[1])
    cosine = np.divide(present.sum(1), norms, out=np.zeros(len(present)), where=norms > 0)
    root = np.sqrt(np.exp(-(((1 - cosine) / width) ** 2)))
    line = np.column_stack([np.ones(len(present)), present]) * root[:, None]
    held = np.eye(9)[1:] * np.sqrt(ridge)
    target = np.concatenate([worth(present) * root, np.zeros(8)])
    return np.linalg.lstsq(np.vstack([line, held]), target, rcond=None)[0][1:]


@pytest.mark.parametrize(
    "given",
    [{}, {"width": 1.0, "ridge": 2.5}, {"samples": 60, "keep": 0.7, "width": 0.5}, {"ridge": 0.1}],
)
def test_weights_are_the_least_squares_of_what_was_seen(given):
    explanation, present = rows(**given)
    assert set(np.unique(present)) == {0, 1} and present[0].all()
    expected = by_least_squares(present, given.get("width", 0.25), given.get("ridge", 0))
    np.testing.assert_allclose(explanation.rows, expected, atol=1e-6)
    np.testing.assert_array_equal(explanation.map[:, 0], explanation.map[:, 1])
    assert present[1:].mean() == pytest.approx(given.get("keep", 0.5), abs=0.05)


@pytest.mark.parametrize("players", ["rows", "columns", "grid", "regions"])
@pytest.mark.parametrize("shape", [(1, 9, 1), (20, 1, 3), (14, 15, 2)])
def test_linear_models_have_a_closed_form(players, shape):
    x, start, weights = RANDOM.normal(size=(3, *shape))
    explainer = Explainer(lambda batch: np.einsum("nijc,ijc->n", batch, weights) + 3, baseline=0)
    first = Region.rectangle(0, -(-shape[0] // 7), 0, -(-shape[1] // 7))
    given = [first, Region.everything() - first] if players == "regions" else players
    explanation = explainer.explain(x, "lime", players=given, samples=60, baseline=start)
    share = (weights * (x - start)).sum(2)
    if players == "rows":
        np.testing.assert_allclose(explanation.rows, share.sum(1), atol=1e-5)
    elif players == "columns":
        np.testing.assert_allclose(explanation.columns, share.sum(0), atol=1e-5)
    else:
        corner = first.mask(shape)
        assert explanation.map[corner].sum() == pytest.approx(share[corner].sum(), abs=1e-5)
    np.testing.assert_allclose(explanation.standard_error, 0, atol=1e-8)
    np.testing.assert_allclose(explanation.values.sum(2), explanation.map, atol=1e-6)
    assert "explains 100 %" in explanation.notes[0].replace("100%", "100 %")


def test_the_errors_of_profiles_are_their_spread_over_seeds():
    """A grid of 2 by 4 on 8 by 8 cells: weights of several players meet in each line."""
    explainer = Explainer(
        lambda batch: worth(batch[:, ::4, ::2, 0].reshape(len(batch), 8)), baseline=0
    )
    given = {"grid": (2, 4), "samples": 300}
    runs = [explainer.explain(np.ones((8, 8)), "lime", seed=seed, **given) for seed in range(80)]
    for name, errors in (("rows", "row_errors"), ("columns", "column_errors")):
        spread = np.std([getattr(run, name) for run in runs], axis=0, ddof=1)
        said = np.mean([getattr(run, errors) for run in runs], axis=0)
        assert np.mean(spread / said) == pytest.approx(1, abs=0.12)


def test_the_error_is_the_spread_over_seeds():
    runs = [rows(samples=200, seed=seed)[0] for seed in range(80)]
    for run in runs:
        np.testing.assert_allclose(run.row_errors, 2 * run.standard_error[:, 0], rtol=1e-5)
    spread = np.std([run.map[:, 0] for run in runs], axis=0, ddof=1)
    said = np.mean([run.standard_error[:, 0] for run in runs], axis=0)
    assert np.mean(spread / said) == pytest.approx(1, abs=0.12)


def test_one_player_and_no_influence():
    explainer = Explainer(lambda batch: np.full(len(batch), 7.1), baseline=0)
    explanation = explainer.explain(np.ones((4, 5)), "lime", players="columns")
    np.testing.assert_array_equal(explanation.map, 0)
    single = Explainer(lambda batch: np.exp(batch).sum((1, 2)), baseline=0)
    one = single.explain(np.ones((1, 5)), "lime", players="rows", samples=10)
    assert one.map.sum() == pytest.approx(5 * np.e - 5, rel=1e-5)


def test_only_the_region_is_hidden():
    seen, x = [], RANDOM.normal(size=(6, 8, 1))
    region = Region.rectangle(1, 4, 2, 6) - Region.rectangle(2, 3, 3, 5)
    explainer = Explainer(
        lambda batch: (seen.append(batch.copy()), batch.sum((1, 2)))[1], baseline=0
    )
    with within_a_call():  # the check of the baseline hides everything
        explanation = explainer.explain(x, "lime", grid=2, within=region, baseline=9.0, samples=40)
    inside = region.mask((6, 8))
    np.testing.assert_array_equal((np.concatenate(seen) != x).any(axis=(0, 3)), inside)
    np.testing.assert_array_equal(np.isnan(explanation.map), ~inside)
    assert np.nansum(explanation.map) == pytest.approx((x[inside] - 9).sum(), rel=1e-5)


def test_heads():
    x = RANDOM.normal(size=(8, 8))
    explainer = Explainer(build(one_sigmoid), baseline=0)
    up, down = (explainer.explain(x, "lime", target, grid=3) for target in (1, 0))
    np.testing.assert_allclose(up.map, -down.map, atol=1e-5)
    three = Explainer(build(lambda y: top(conv(y))), baseline=0)
    a, b = (three.explain(x, "lime", target, grid=3) for target in (0, 2))
    margin = three.explain(x, "lime", Margin(0, 2), grid=3)
    np.testing.assert_allclose(margin.map, a.map - b.map, atol=1e-5)


def test_batches_seeds_progress_and_cancel():
    first, *others, different = (
        rows(batch_size=size, seed=seed, samples=100)[0].map
        for size, seed in [(1, 0), (7, 0), (64, 0), (None, 0), (64, 1)]
    )
    for other in others:
        np.testing.assert_allclose(other, first, atol=1e-6)
    assert np.abs(different - first).max() > 1e-3
    seen, cancel = [], threading.Event()
    rows(batch_size=40, samples=100, progress=seen.append)
    assert [(p.done, p.total) for p in seen] == [(40, 100), (80, 100), (100, 100)]
    with pytest.raises(Cancelled):
        rows(batch_size=40, progress=lambda _: cancel.set(), cancel=cancel)


@pytest.mark.parametrize(
    "parameters, text",
    [
        ({}, "grid 7 × 7 · 1000 samples"),
        (
            {"players": "rows", "keep": 0.3, "width": 1, "ridge": 2, "baseline": 0},
            "rows · 1000 samples · keep 0.3 · width 1 · ridge 2 · baseline 0",
        ),
    ],
)
def test_titles(parameters, text):
    complete = REGISTRY["lime"].validated(parameters, (10, 20))
    assert REGISTRY["lime"].summary(complete) == text


@pytest.mark.parametrize(
    "parameters, given, expected, remedy",
    [
        ({"samples": 0}, "samples=0", "greater than or equal to 1", "samples is random choices"),
        ({"samples": 9}, "samples=9 for 8 players", "at least 10", "more samples, or fewer"),
        ({"samples": 10, "keep": 0.999}, "tell its 8 players apart", "present without", "a ridge"),
        ({"width": 1e-3}, "tell its 8 players apart", "present without", "larger width"),
        ({"keep": 1.5}, "keep=1.5", "less than 1", "keep is the probability"),
        ({"width": 0}, "width=0", "greater than 0", "width is how far"),
        ({"ridge": -1}, "ridge=-1", "greater than or equal to 0", "ridge is a penalty"),
        ({"rige": 1}, "'rige'", "players, grid, samples", "did you mean 'ridge'?"),
    ],
)
def test_impossible_parameters(parameters, given, expected, remedy):
    with refuses(ValueError, given, expected, remedy):
        rows(**parameters)
