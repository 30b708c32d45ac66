"""What becomes of maps as a model becomes random, and what becomes of the model."""

import sys
import threading

import numpy as np
import pytest
from architectures import build, conv, one_sigmoid, top
from keras import layers
from sentences import refuses

from heatbrush_core import Cancelled, Explainer
from heatbrush_core.maps.similarity import RANKS
from heatbrush_core.metrics import random_weights
from heatbrush_core.metrics.randomisation import randomisation

RANDOM = np.random.default_rng(21)
X = np.random.default_rng(21).normal(size=(8, 8)).astype("float32")


def linear(w, b=2.0):
    return Explainer(lambda batch: np.einsum("nijc,ijc->n", batch, w) + b, baseline=0)


def by_hand(a, b):
    """Spearman's correlation, ranks counted one by one."""
    ranked = [[(v < u).sum() + ((v == u).sum() + 1) / 2 for u in v] for v in (a.ravel(), b.ravel())]
    return np.corrcoef(ranked)[0, 1]


def deep(x):
    return top(conv(layers.BatchNormalization(name="norm")(conv(x, name="first")), name="second"))


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


def test_what_has_no_weights_is_refused():
    with refuses(TypeError, "the function <lambda> shows none", "weights", "a Keras model"):
        randomisation(linear(X[..., None]), X, "occlusion")
    bare = build(lambda x: layers.GlobalAveragePooling2D()(x))
    with refuses(ValueError, "no layer that learned any", "needs weights", "a trained model"):
        randomisation(Explainer(bare, baseline=0), X, "gradient")
    with refuses(ValueError, "seed is -3", "at least 0", "give more"):
        randomisation(Explainer(bare, baseline=0), X, "gradient", -3)


def test_measures_are_the_columns(probe):
    pytest.importorskip("skimage")
    explainer, x = Explainer(build(deep), baseline=0), X.copy()
    assert randomisation(explainer, x, "probe").columns.tolist() == [*RANKS, "score"]
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
