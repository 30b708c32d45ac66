"""Sensitivity-n on linear models, and against recomputation by hand."""

import threading

import numpy as np
import pytest
from architectures import build, top
from keras import layers
from sentences import refuses

from heatbrush_core import Cancelled, Explainer, Explanation, Region
from heatbrush_core.metrics.sensitivity import sensitivity_n
from heatbrush_core.targets import Class

RANDOM = np.random.default_rng(21)
X = RANDOM.normal(size=(8, 8)).astype("float32")


def linear(w, b=2.0):
    return Explainer(lambda batch: np.einsum("nijc,ijc->n", batch, w) + b, baseline=0)


def explained(values, **more):
    return Explanation(values=values, method="by hand", target=Class(0), score=0, **more)


@pytest.mark.parametrize("by", ["cells", "rows", "columns"])
def test_maps_of_linear_models_add_up(by):
    w, x = RANDOM.normal(size=(2, 5, 7, 2))
    D = w * (x - 0.5)
    right = sensitivity_n(linear(w), x, explained(D), by=by, baseline=0.5)
    np.testing.assert_allclose(right.correlation, 1, atol=1e-6)
    wrong = sensitivity_n(linear(w), x, explained(-3 * D), [1, 3], by=by, baseline=0.5)
    np.testing.assert_allclose(wrong.correlation, -1, atol=1e-6)
    parts = {"cells": 35, "rows": 5, "columns": 7}[by]
    assert right.index[0] == 1 and right.index[-1] == round(0.8 * parts)
    np.testing.assert_allclose(right.share, right.index / parts)
    assert (np.diff(right.index) > 0).all()


@pytest.mark.parametrize("by, axes", [("cells", ()), ("rows", (1,)), ("columns", (0,))])
def test_correlations_are_those_of_what_the_model_saw(by, axes):
    x, seen = RANDOM.normal(size=(5, 6, 1)), []

    def f(batch):
        seen.append(batch.copy())
        return np.tanh(batch).cumsum(1).prod(axis=1).sum(axis=(1, 2))

    map = RANDOM.normal(size=(5, 6, 1)).astype("float32")
    found = sensitivity_n(Explainer(f, baseline=9), x, explained(map), [2, 4], 40, by=by)
    *saw, everything = np.concatenate(seen)[2:83]
    assert (everything == 9).all()  # the check of the baseline
    saw = np.array(saw)
    hidden, scores = (saw == 9)[..., 0], f(saw)
    sizes = hidden.all(axis=tuple(a + 1 for a in axes)).reshape(80, -1).sum(1) if axes else (
        hidden.sum(axis=(1, 2)))  # fmt: skip
    assert sizes.tolist() == [2] * 40 + [4] * 40
    sums = (hidden * map[..., 0]).sum(axis=(1, 2))
    for row, half in zip(found.correlation, (slice(0, 40), slice(40, 80)), strict=True):
        expected = np.corrcoef(sums[half], f(x[None]) - scores[half])[0, 1]
        assert row == pytest.approx(expected, abs=1e-6)
    assert len(np.unique(hidden[:40].reshape(40, -1), axis=0)) > 5


def test_cells_of_which_the_map_says_nothing_stay():
    x, seen = np.ones((4, 6, 1)), []
    explainer = Explainer(
        lambda batch: (seen.append(batch.copy()), batch.sum(axis=(1, 2)))[1], baseline=0
    )
    part = explained(RANDOM.normal(size=x.shape), within=Region.rectangle(1, 3, 2, 6))
    sensitivity_n(explainer, x, part)  # the baseline is checked once
    for by, parts in {"cells": 8, "rows": 2, "columns": 4}.items():
        seen.clear()
        found = sensitivity_n(explainer, x, part, by=by, samples=30)
        hidden = (np.concatenate(seen) == 0)[..., 0].any(axis=0)
        np.testing.assert_array_equal(hidden, part.within.mask((4, 6)))
        np.testing.assert_allclose(found.share, found.index / parts)


def test_what_does_not_differ_has_no_correlation():
    x = RANDOM.normal(size=(4, 5, 1))
    flat = sensitivity_n(linear(np.ones((4, 5, 1))), x, explained(np.ones((4, 5, 1))), 3)
    assert flat.correlation.isna().all()
    constant = Explainer(lambda batch: np.full(len(batch), 3.0), baseline=0)
    assert sensitivity_n(constant, x, explained(x), 3).correlation.isna().all()


def test_the_logit_of_the_target_is_measured():
    explainer = Explainer(build(lambda x: layers.Softmax()(top(x, activation=None))), baseline=0)
    explanation = explainer.explain(X, "input_x_gradient", 1)
    logit = sensitivity_n(explainer, X, explanation, [5, 20])
    assert (logit.correlation > 0.999).all()  # the logit is linear, its probability is not
    share = sensitivity_n(explainer, X, explanation, [20], score="probability")
    assert (share.correlation < 0.999).all()


def test_subsets_come_from_the_seed_and_from_no_batches():
    def product(batch):
        return np.exp(batch / 4).sum(axis=(1, 2, 3))

    x = RANDOM.normal(size=(5, 6, 1))
    a, b, c = (
        sensitivity_n(
            Explainer(product, batch_size=size, baseline=0), x, explained(x), [3, 9], seed=seed
        )
        for size, seed in [(None, 0), (7, 0), (7, 1)]
    )
    np.testing.assert_allclose(a.correlation, b.correlation)
    assert (a.correlation != c.correlation).all()
    seen, cancel = [], threading.Event()
    sensitivity_n(Explainer(product, baseline=0), x, explained(x), 2, progress=seen.append)
    assert (seen[-1].done, seen[-1].total) == (101, 101)
    with pytest.raises(Cancelled):
        sensitivity_n(
            Explainer(product, baseline=0),
            x,
            explained(x),
            progress=lambda _: cancel.set(),
            cancel=cancel,
        )


@pytest.mark.parametrize(
    "given, kind, said, expected, remedy",
    [
        ({"n": 64}, ValueError, "n is 64", "all 64 cells", "give 63 or less"),
        ({"n": [3, 0]}, ValueError, "n is 0", "at least 1", "give more"),
        ({"n": []}, ValueError, "empty list", "at least one size", "give one, or None"),
        ({"n": "all"}, TypeError, "n is 'all'", "whole number", "give one"),
        ({"samples": 2}, ValueError, "samples is 2", "at least 3", "give more"),
        ({"by": "grid"}, ValueError, "by is 'grid'", "cells, rows, columns", "give one"),
    ],
)
def test_impossible_subsets(given, kind, said, expected, remedy):
    with refuses(kind, said, expected, remedy):
        sensitivity_n(linear(X[..., None]), X, explained(X[..., None]), **given)


def test_subsets_need_two_parts():
    one = np.ones((1, 5, 1))
    with refuses(ValueError, "does of 1", "at least two rows", "by="):
        sensitivity_n(linear(one), one, explained(one), by="rows")
