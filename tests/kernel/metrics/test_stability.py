"""Stability on linear models, and against recomputation by hand."""

import numpy as np
import pytest
from architectures import build, conv, top
from sentences import refuses

from heatbrush_core import Explainer, Region
from heatbrush_core.metrics.stability import stability

RANDOM = np.random.default_rng(21)
X = RANDOM.normal(size=(8, 8)).astype("float32")
CELLS = {"patch": (1, 1), "stride": (1, 1)}


def linear(w, b=2.0):
    return Explainer(lambda batch: np.einsum("nijc,ijc->n", batch, w) + b, baseline=0)


def by_hand(a, b):
    """Spearman's correlation, ranks counted one by one."""
    ranked = [[(v < u).sum() + ((v == u).sum() + 1) / 2 for u in v] for v in (a.ravel(), b.ravel())]
    return np.corrcoef(ranked)[0, 1]


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
