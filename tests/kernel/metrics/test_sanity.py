"""Sanity checks on linear models, against recomputation by hand, and what becomes of the model."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import keras
import numpy as np
import pytest
from architectures import build, conv, one_sigmoid, top
from keras import layers
from sentences import refuses

from heatbrush_core import Cancelled, Explainer, Explanation, Region
from heatbrush_core.maps.similarity import chosen
from heatbrush_core.methods import REGISTRY
from heatbrush_core.metrics import random_weights
from heatbrush_core.metrics.randomisation import randomisation
from heatbrush_core.metrics.sensitivity import sensitivity_n
from heatbrush_core.metrics.stability import stability
from heatbrush_core.registry.method import Method, Result
from heatbrush_core.registry.parameters import Parameters
from heatbrush_core.targets import Class

RANDOM = np.random.default_rng(21)
X = RANDOM.normal(size=(8, 8)).astype("float32")
CELLS = {"patch": (1, 1), "stride": (1, 1)}


def linear(w, b=2.0):
    return Explainer(lambda batch: np.einsum("nijc,ijc->n", batch, w) + b, baseline=0)


def explained(values, **more):
    return Explanation(values=values, method="by hand", target=Class(0), score=0, **more)


def by_hand(a, b):
    """Spearman's correlation, ranks counted one by one."""
    ranked = [[(v < u).sum() + ((v == u).sum() + 1) / 2 for u in v] for v in (a.ravel(), b.ravel())]
    return np.corrcoef(ranked)[0, 1]


# ------------------------------------------------------------------ sensitivity-n


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
    saw = np.concatenate(seen)[2:]
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


# ------------------------------------------------------------------ stability


def test_a_map_that_follows_its_matrix_has_ratio_one():
    x = RANDOM.normal(size=(6, 7, 2))
    found = stability(linear(np.full(x.shape, 3.0)), x, "shapley", samples=4, players="grid",
                      grid=(6, 7))  # fmt: skip
    # the map is 3 x summed over channels, so that its change is that of the sum
    moved = x.sum(2)
    noise = 0.02 * np.ptp(x) * np.random.default_rng(0).standard_normal((4, 6, 7, 2))
    by_x = np.linalg.norm(noise.reshape(4, -1), axis=1) / np.linalg.norm(x)
    by_map = np.linalg.norm(noise.sum(3).reshape(4, -1), axis=1) / np.linalg.norm(moved)
    np.testing.assert_allclose(found.ratios, by_map / by_x, rtol=1e-4)
    assert found.mean == pytest.approx(np.mean(by_map / by_x), rel=1e-4)
    assert found.max == pytest.approx(np.max(by_map / by_x), rel=1e-4)
    correlations = [by_hand(3 * moved, 3 * (moved + each)) for each in noise.sum(3)]
    np.testing.assert_allclose(found.correlations, correlations, atol=1e-3)
    assert found.spearman == found.correlations.mean()
    one = stability(linear(np.full((6, 7, 1), 3.0)), x[..., :1], ("occlusion", CELLS), 0.1)
    np.testing.assert_allclose(one.ratios, 1, rtol=1e-5)


def test_a_map_that_does_not_move_has_ratio_zero():
    model = build(lambda x: top(x, activation=None))
    found = stability(Explainer(model, baseline=0), X, "gradient", samples=3, target=0)
    np.testing.assert_allclose(found.ratios, 0, atol=1e-5)
    np.testing.assert_allclose(found.correlations, 1, atol=1e-6)
    assert found.same_class.all()
    assert "3 noisy copies: mean 0, max 0, Spearman 1, same class 100%" in repr(found)


def test_the_target_is_frozen():
    """Noise often turns the prediction, and the map with it where each copy had its own target."""
    w = np.stack([np.ones((4, 4)), -np.ones((4, 4))])
    explainer = Explainer(lambda batch: np.einsum("nijc,kij->nk", batch, w), baseline=0)
    x = RANDOM.normal(size=(4, 4))
    x -= x.mean() - 1e-3
    found = stability(explainer, x, ("occlusion", CELLS), sigma=0.1, samples=30)
    np.testing.assert_allclose(found.ratios, 1, rtol=1e-4)
    assert 3 < found.same_class.sum() < 27
    noise = 0.1 * np.ptp(x) * np.random.default_rng(0).standard_normal((30, 4, 4, 1))
    np.testing.assert_array_equal(found.same_class, (x[..., None] + noise).sum((1, 2, 3)) > 0)


def test_a_pair_takes_parameters_that_stability_has_too():
    explainer = Explainer(build(lambda x: top(conv(x))), baseline=0)
    seen = []
    found = stability(explainer, X, ("rise", {"samples": 30, "seed": 2, "grid": 3}), samples=2,
                      seed=5, target=1, keep=0.4, progress=seen.append)  # fmt: skip
    assert list(dict.fromkeys((p.done, p.total) for p in seen))[-3:] == [(1, 3), (2, 3), (3, 3)]
    noise = 0.02 * np.ptp(X) * np.random.default_rng(5).standard_normal((2, 8, 8, 1))
    maps = [
        explainer.explain(each, "rise", 1, samples=30, seed=2, grid=3, keep=0.4).map
        for each in (X[..., None], *(X[..., None] + noise).astype("float32"))
    ]
    changes = [np.linalg.norm(m - maps[0]) / np.linalg.norm(maps[0]) for m in maps[1:]]
    moved = np.linalg.norm(noise.reshape(2, -1), axis=1) / np.linalg.norm(X)
    np.testing.assert_allclose(found.ratios, changes / moved, rtol=1e-3)


def test_only_the_region_counts():
    x = RANDOM.normal(size=(6, 7))
    region = Region.rows(2, 4)
    found = stability(linear(np.ones((6, 7, 1))), x, ("occlusion", CELLS), samples=2, within=region)
    noise = 0.02 * np.ptp(x) * np.random.default_rng(0).standard_normal((2, 6, 7, 1))[..., 0]
    inside = np.linalg.norm(noise[:, 2:4].reshape(2, -1), axis=1) / np.linalg.norm(x[2:4])
    moved = np.linalg.norm(noise.reshape(2, -1), axis=1) / np.linalg.norm(x)
    np.testing.assert_allclose(found.ratios, inside / moved, rtol=1e-4)


@pytest.mark.parametrize(
    "given, kind, said, expected, remedy",
    [
        ({"sigma": 0}, ValueError, "sigma is 0", "above 0", "give one"),
        ({"sigma": "much"}, ValueError, "sigma is 'much'", "above 0", "give one"),
        ({"sigma": 1e-30}, ValueError, "sigma=1e-30", "copies that differ", "a larger sigma"),
        ({"x": np.ones((8, 8))}, ValueError, "the range 0", "copies that differ", "that varies"),
        ({"samples": 0}, ValueError, "samples is 0", "at least 1", "give more"),
        ({"seed": 0.5}, TypeError, "seed is 0.5", "whole number", "give one"),
        ({"method": ("rise", 3)}, TypeError, "('rise', 3)", "a pair (name,", "write it as"),
        ({"method": None}, TypeError, "method is None", "a pair (name,", "write it as"),
        ({"method": "rize"}, ValueError, "rize", "rise", "?"),
        ({"target": 4}, ValueError, "Target 4", "is 0 only", "give one of these"),
    ],
)
def test_impossible_noise(given, kind, said, expected, remedy):
    with refuses(kind, said, expected, remedy):
        stability(linear(X[..., None]), **{"x": X, "method": "occlusion", **given})


# ------------------------------------------------------------------ randomisation


def deep(x):
    return top(conv(layers.BatchNormalization(name="norm")(conv(x, name="first")), name="second"))


class Own(keras.Model):
    """A model that Keras cannot copy, with a weight of its own and a nested layer."""

    def __init__(self):
        super().__init__()
        self.folder = [layers.Conv2D(3, 3, activation="relu", name="inner")]
        self.scale = self.add_weight(shape=(3,), initializer="ones", name="scale")
        self.end = layers.Dense(2, name="end")

    def call(self, x):
        return self.end(keras.ops.mean(self.folder[0](x), axis=(1, 2)) * self.scale)


@pytest.fixture
def own():
    keras.utils.set_random_seed(3)
    model = Own()
    model(np.zeros((1, 8, 8, 1), "float32"))
    model.scale.assign([0.5, 2.0, -1.0])
    return model


@pytest.fixture
def probe(monkeypatch):
    """A method that shows how the matrix looks, whatever the model; `calls` is told the task."""
    calls = []

    def compute(task, settings):
        for call in calls:
            call(task)
        return Result(task.x, float(task.scores(task.x[None])[0]))

    method = Method("probe", "function", "How does it look?", "scores", Parameters, compute)
    monkeypatch.setitem(REGISTRY, "probe", method)
    return calls


def weights(model):
    return model.get_weights()


def same(before, after):
    return all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def test_correlations_are_those_of_a_model_with_these_weights(monkeypatch):
    """The weights that are drawn, put by hand into the same model built again."""
    draws, draw = [], random_weights.drawn
    monkeypatch.setattr(random_weights, "drawn", lambda *a: (draws.append(draw(*a)), draws[-1])[1])
    model, other = build(deep, seed=4), build(deep, seed=4)
    explainer = Explainer(model, baseline=0)
    before, target = weights(model), explainer.predict(X).predicted
    found = randomisation(explainer, X, "input_x_gradient")
    assert same(before, weights(model))
    assert found.index.tolist() == [model.layers[-1].name, "second", "norm", "first"]
    original = explainer.explain(X, "input_x_gradient", target).map
    for row, new in zip(found.itertuples(), draws, strict=True):
        layer = next(each for each in other.layers if each.name.split("_")[0] == (
            row.Index.split("_")[0]))  # fmt: skip
        layer.set_weights([values for _, values in new])
        e = Explainer(other, baseline=0).explain(X, "input_x_gradient", target)
        assert row.spearman == pytest.approx(by_hand(e.map, original), abs=1e-3)
        sizes = by_hand(abs(e.map), abs(original))
        assert row.spearman_absolute == pytest.approx(sizes, abs=1e-3)
        assert row.score == pytest.approx(e.score, abs=1e-4)
        assert not same(before, weights(other))
    assert abs(found.spearman.iloc[-1]) < 0.6 < found.spearman_absolute.max()


def test_weights_come_from_the_initializers():
    first = layers.Conv2D(
        64, 3, kernel_initializer=keras.initializers.RandomNormal(0, 0.25, seed=1)
    )
    model = build(lambda x: top(layers.BatchNormalization()(first(x))))
    found = dict(random_weights.layers(opened(model)))
    kernel, bias = drawn(found[first.name])
    assert kernel.std() == pytest.approx(0.25, rel=0.15) and abs(kernel.mean()) < 0.05
    np.testing.assert_array_equal(bias, 0)
    again, other = (drawn(found[first.name], seed)[0] for seed in (0, 1))
    np.testing.assert_array_equal(again, kernel)
    assert abs(np.corrcoef(other.ravel(), kernel.ravel())[0, 1]) < 0.2  # its own seed is not used
    gamma, beta, mean, variance = drawn(found[model.layers[2].name])
    assert (gamma == 1).all() and (beta == 0).all() and (mean == 0).all() and (variance == 1).all()
    dense = drawn(found[model.layers[-1].name])[0]
    limit = np.sqrt(6 / sum(dense.shape))
    assert 0.99 * limit < np.abs(dense).max() < limit  # Glorot's


def opened(model):
    explainer = Explainer(model, baseline=0)
    explainer.predict(X)
    return explainer


def drawn(owned, seed=0):
    return [v for _, v in random_weights.drawn(owned, np.random.default_rng(seed))]


def test_weights_without_an_initializer_are_shuffled(own):
    found = dict(random_weights.layers(opened(own)))
    [scale] = drawn(found[own.name])
    assert sorted(scale) == [-1, 0.5, 2]
    shuffled = {tuple(drawn(found[own.name], seed)[0]) for seed in range(20)}
    assert len(shuffled) == 6


def test_layers_from_the_last_to_the_first():
    inner = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(2, 3, name="inside")])
    shared, measured = layers.Dense(3, name="shared"), layers.Normalization()
    measured.adapt(3 * RANDOM.normal(size=(20, 8, 8, 1)) + 1)

    def body(x):
        x = measured(x)
        x = layers.Reshape((6, 12))(inner(x))
        x = layers.Bidirectional(layers.LSTM(2, return_sequences=True), name="both")(shared(x))
        x = layers.MultiHeadAttention(1, 2, name="attention")(x, x)
        return layers.Dense(2, name="last")(shared(layers.Dense(12, name="wide")(x)[:, 0]))

    explainer = opened(build(body))
    twin = random_weights.subject(explainer, X)
    assert twin is not explainer
    found = random_weights.layers(twin)
    names = [name for name, _ in found]
    assert names == ["last", "shared", "wide", "attention", "both", "inside"]
    for name, owned in found:  # all kernels are known by name, those deep inside a layer too
        values = [v for (_, w), v in zip(owned, drawn(owned), strict=True) if "kernel" in w.name]
        old = [w.numpy() for _, w in owned if "kernel" in w.name]
        assert len(values) == {"attention": 4, "both": 4}.get(name, 1)
        for a, b in zip(values, old, strict=True):
            assert sorted(a.ravel()) != sorted(b.ravel())


def test_a_map_that_ignores_the_model_is_found_out(probe):
    model = build(deep)
    before, random = weights(model), []
    explainer = Explainer(model, baseline=0)
    probe.append(lambda task: random.append(task.network.model is not model))
    probe.append(lambda task: random.append(same(before, weights(model))))
    found = randomisation(explainer, X, "probe")
    np.testing.assert_allclose(found[["spearman", "spearman_absolute"]], 1)
    assert random == [False, True] + [True, True] * 4  # a copy, and the model is never touched
    assert found.score.nunique() == 4


def test_maps_that_follow_the_model_change():
    model = build(lambda x: top(conv(conv(x, 8), 8)), seed=2)
    found = randomisation(Explainer(model, baseline=0), X, "gradient", target=0)
    assert (found.spearman.abs() < 0.7).all() and found.index[0] == model.layers[-1].name
    again, other = (
        randomisation(Explainer(model, baseline=0), X, "gradient", s, target=0) for s in (0, 1)
    )
    np.testing.assert_allclose(again, found, atol=1e-5)
    assert (other.spearman != found.spearman).all()


def test_the_target_and_the_score_are_the_same_for_all_maps():
    explainer = Explainer(build(one_sigmoid), baseline=0)
    up, down = (randomisation(explainer, X, "gradient", target=target) for target in (1, 0))
    np.testing.assert_allclose(up.score, -down.score, atol=1e-6)
    p = randomisation(explainer, X, "gradient", target=1, score="probability").score
    np.testing.assert_allclose(p, 1 / (1 + np.exp(-up.score)), atol=1e-6)


def test_a_model_that_cannot_be_copied_is_random_only_under_the_lock(own, probe):
    explainer, before, wrong, done = Explainer(own, baseline=0), weights(own), [], threading.Event()

    def watch():
        while not done.is_set():
            with explainer.lock:
                wrong.append(not same(before, weights(own)))

    random = []
    probe.append(lambda task: random.append(not same(before, weights(own))))
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        found = randomisation(explainer, X, "probe", progress=lambda _: done.wait(0.05))
    finally:
        done.set()
        watcher.join()
    assert found.index.tolist() == ["end", "inner", own.name]
    assert random == [False, True, True, True]
    assert len(wrong) > 3 and not any(wrong) and same(before, weights(own))
    assert (randomisation(explainer, X, "gradient").spearman < 0.999).all()


@pytest.mark.parametrize("kind", ["copied", "own"])
def test_errors_leave_the_model_as_it_was(kind, own, probe):
    model = own if kind == "own" else build(deep)
    explainer, before, count = Explainer(model, baseline=0), weights(model), []

    def fail(task):
        count.append(1)
        if len(count) == 3:
            raise ZeroDivisionError

    probe.append(fail)
    with pytest.raises(ZeroDivisionError):
        randomisation(explainer, X, "probe")
    assert same(before, weights(model))
    cancel, seen = threading.Event(), []

    def listen(progress):
        seen.append((progress.done, progress.total))
        cancel.set()

    probe.clear()
    with pytest.raises(Cancelled):
        randomisation(explainer, X, "probe", progress=listen, cancel=cancel)
    assert seen == [(1, 4 if kind == "copied" else 3)] and same(before, weights(model))


def test_a_copy_that_is_none_is_not_used(monkeypatch):
    explainer = opened(build(deep))
    assert random_weights.subject(explainer, X) is not explainer
    monkeypatch.setattr(keras.models, "clone_model", lambda model: build(deep, seed=9))
    monkeypatch.setattr(keras.Model, "set_weights", lambda *given: None)
    assert random_weights.subject(explainer, X) is explainer


def test_what_has_no_weights_is_refused():
    with refuses(TypeError, "the function <lambda> shows none", "weights", "a Keras model"):
        randomisation(linear(X[..., None]), X, "occlusion")
    bare = build(lambda x: layers.GlobalAveragePooling2D()(x))
    with refuses(ValueError, "no layer that learned any", "needs weights", "a trained model"):
        randomisation(Explainer(bare, baseline=0), X, "gradient")
    with refuses(ValueError, "seed is -3", "at least 0", "give more"):
        randomisation(Explainer(bare, baseline=0), X, "gradient", -3)


# ------------------------------------------------------------------ how alike maps look

MEASURES = ("spearman", "spearman_absolute", "ssim", "hog")


@pytest.fixture
def alike():
    """Compare two maps by name; not on the oldest versions, which have no scikit-image."""
    pytest.importorskip("skimage")
    return lambda name, a, b: chosen(name)[name](a, b)


@pytest.mark.parametrize("name", MEASURES)
def test_equal_maps_are_alike_whatever_their_scale(name, alike):
    a = RANDOM.normal(size=(9, 40))
    assert alike(name, a, a) == pytest.approx(1)
    assert alike(name, a, 1e-9 * a) == pytest.approx(1)


@pytest.mark.parametrize("name", MEASURES)
def test_only_ranks_with_signs_tell_a_map_from_its_negative(name, alike):
    waves = np.outer(np.sin(np.arange(20) / 3), np.cos(np.arange(30) / 4))
    assert alike(name, waves, -waves) == pytest.approx(-1 if name == "spearman" else 1, abs=0.3)


def test_ssim_is_that_of_scikit_image(alike):
    from skimage.metrics import structural_similarity

    a = RANDOM.normal(size=(12, 30)).cumsum(axis=1)
    b = a + RANDOM.normal(size=a.shape)
    scaled = a / abs(a).max(), b / abs(b).max()
    expected = structural_similarity(*scaled, win_size=5, data_range=2)
    assert alike("ssim", a, 7 * b) == pytest.approx(expected)
    assert 0 < expected < 0.99


@pytest.mark.parametrize("shape, cell", [((64, 150), (3, 8)), ((5, 64), (1, 3)), ((3, 3), (1, 1))])
def test_cells_of_hog_scale_with_the_map(shape, cell, alike):
    from skimage.feature import hog

    maps = RANDOM.normal(size=(2, *shape))
    features = [hog(m / abs(m).max(), pixels_per_cell=cell) for m in maps]
    assert alike("hog", *maps) == pytest.approx(np.corrcoef(features)[0, 1])


def test_noise_is_not_alike(alike):
    """As measured in appendix B of Adebayo et al.: 0.078 for uniform masks, otherwise near 0."""

    def mean(name, *shape):
        return np.mean([alike(name, *RANDOM.normal(size=(2, *shape))) for _ in range(40)])

    assert abs(mean("hog", 64, 64)) < 0.03 and abs(mean("ssim", 64, 64)) < 0.03
    small = {5: 0.25, 8: 0.14, 28: 0.03}  # what the docstring says
    for side, expected in small.items():
        assert mean("hog", side, side) == pytest.approx(expected, abs=0.06)
    masks = RANDOM.uniform(-1, 1, size=(10, 2, 299, 299))
    assert np.mean([alike("hog", *pair) for pair in masks]) == pytest.approx(0.078, abs=0.03)


@pytest.mark.parametrize("name", MEASURES)
def test_maps_of_which_nothing_can_be_said(name, alike):
    a, b = RANDOM.normal(size=(2, 9, 12))
    assert np.isnan(alike(name, a, np.full_like(a, 3)))
    assert np.isnan(alike(name, np.zeros_like(a), b))
    assert np.isnan(alike(name, a, np.full_like(a, np.nan)))
    least = {"ssim": 5, "hog": 3}.get(name, 1)
    for side in range(1, 7):
        for shape in ((side, 12), (9, side)):
            a, b = RANDOM.normal(size=(2, *shape))
            assert np.isnan(alike(name, a, b)) == (side < least)


@pytest.mark.parametrize("name", ["ssim", "hog"])
def test_only_a_known_rectangle_is_compared(name, alike):
    a, b = RANDOM.normal(size=(2, 9, 12))
    inside = Region.rectangle(1, 8, 3, 10).mask((9, 12))
    part = [np.where(inside, each, np.nan) for each in (a, b)]
    assert alike(name, *part) == alike(name, a[1:8, 3:10], b[1:8, 3:10])
    part[0][4, 5] = np.nan
    assert np.isnan(alike(name, *part))


def test_measures_are_the_columns(probe, alike):
    explainer, x = Explainer(build(deep), baseline=0), X.copy()
    assert randomisation(explainer, x, "probe").columns.tolist() == [*MEASURES[:2], "score"]
    found = randomisation(explainer, x, "probe", measures=["hog", "spearman", "ssim"])
    assert found.columns.tolist() == ["hog", "spearman", "ssim", "score"]
    np.testing.assert_allclose(found[["hog", "spearman", "ssim"]], 1)
    changed = randomisation(explainer, x, "gradient", measures="ssim")
    assert changed.columns.tolist() == ["ssim", "score"] and (changed.ssim < 0.9).all()


@pytest.mark.parametrize("given", ["mse", [], ["ssim", "mse"], None])
def test_unknown_measures(given):
    with refuses(ValueError, f"measures is {given!r}", "spearman_absolute, ssim, hog", "give some"):
        randomisation(Explainer(build(deep), baseline=0), X, "gradient", measures=given)


@pytest.mark.parametrize("name", ["ssim", "hog"])
def test_scikit_image_is_only_needed_where_it_is_asked_for(name, monkeypatch, probe):
    for module in {"skimage", "skimage.feature", "skimage.metrics"}:
        monkeypatch.setitem(sys.modules, module, None)
    explainer, asked = Explainer(build(deep), baseline=0), []
    probe.append(asked.append)
    with refuses(ImportError, repr(name), "scikit-image", "pip install 'heatbrush[similarity]'"):
        randomisation(explainer, X, "probe", measures=["spearman", name])
    assert not asked
    assert (randomisation(explainer, X, "probe").spearman > 0.99).all()


def test_imports_are_light():
    code = (
        "import heatbrush_core.metrics.curves, heatbrush_core.metrics.agreement, "
        "heatbrush_core.metrics.stability, heatbrush_core.metrics.randomisation, sys, json; "
        "print(json.dumps([m for m in ('tensorflow', 'keras', 'pandas', 'xarray', 'scipy', "
        "'skimage') if m in sys.modules]))"
    )
    paths = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3] / "kernel")}
    said = subprocess.run(
        [sys.executable, "-c", code], env=paths, capture_output=True, text=True, check=True
    )
    assert json.loads(said.stdout) == []
