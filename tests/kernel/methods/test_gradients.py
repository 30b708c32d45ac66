"""The gradient family: closed forms, completeness, noise."""

import keras
import numpy as np
import pytest
from architectures import build, conv, top
from hypothesis import given
from hypothesis import strategies as st
from keras import ops
from sentences import refuses

from heatbrush_core import Explainer
from heatbrush_core.methods.quadrature import gauss_legendre, quadrature
from heatbrush_core.methods.smoothing import average

X = np.random.default_rng(5).normal(size=(8, 8)).astype("float32")
RULES = ["gauss_legendre", "left", "right", "middle", "trapezoid"]


def power(k):
    """A model whose score is the sum of x to the power of k."""
    model = build(lambda x: ops.sum(x**k, axis=(1, 2)))
    return Explainer(model)


def net(activation):
    def body(x):
        y = conv(conv(x, 6, activation=activation), 6, activation=activation)
        return top(y, activation="softmax")

    return Explainer(build(body))


def test_closed_forms():
    explainer = power(3)
    slope = 3 * X**2
    np.testing.assert_allclose(explainer.explain(X, "gradient").map, slope, rtol=1e-5)
    np.testing.assert_allclose(explainer.explain(X, "input_x_gradient").map, slope * X, rtol=1e-5)
    down = Explainer(build(lambda x: -ops.sum(x**3, axis=(1, 2))))
    np.testing.assert_allclose(down.explain(X, "gradient").map, -slope, rtol=1e-5)
    positive = down.explain(X, "gradient", absolute=True).map
    np.testing.assert_allclose(positive, slope, rtol=1e-5)


def test_integrated_gradients_of_a_cubic():
    start = np.full((8, 8), 0.5, "float32")
    explanation = power(3).explain(X, "integrated_gradients", steps=2, baseline=0.5)
    np.testing.assert_allclose(explanation.map, X**3 - start**3, atol=1e-5)
    assert explanation.residual == pytest.approx(0, abs=1e-4)
    assert explanation.score == pytest.approx(float((X**3).sum()), rel=1e-5)
    assert explanation.score_at_baseline == pytest.approx(8)


def test_points_of_the_rules():
    expected = {
        "left": ([0, 0.5], [0.5, 0.5]),
        "middle": ([0.25, 0.75], [0.5, 0.5]),
        "right": ([0.5, 1], [0.5, 0.5]),
        "trapezoid": ([0, 0.5, 1], [0.25, 0.5, 0.25]),
        "gauss_legendre": ([0.5 - 0.5 / 3**0.5, 0.5 + 0.5 / 3**0.5], [0.5, 0.5]),
    }
    for rule, (points, weights) in expected.items():
        np.testing.assert_allclose(quadrature(rule, 2), (points, weights))


@given(st.sampled_from(RULES), st.integers(1, 100))
def test_weights_sum_to_one(rule, steps):
    points, weights = quadrature(rule, steps)
    assert weights.sum() == pytest.approx(1)
    assert len(points) == steps + (rule == "trapezoid")
    assert points.min() >= 0 and points.max() <= 1


@pytest.mark.parametrize("activation", ["tanh", "softplus"])
def test_integrated_gradients_are_complete_on_smooth_networks(activation):
    explainer = net(activation)
    for target in range(3):
        explanation = explainer.explain(X * 3, "integrated_gradients", target, baseline="mean")
        difference = explanation.score - explanation.score_at_baseline
        assert abs(explanation.residual) < 1e-3 * abs(difference)
        assert explanation.map.sum() - difference == pytest.approx(explanation.residual, abs=1e-4)


@pytest.mark.parametrize("rule", RULES)
def test_residual_falls_with_the_steps_on_relu_networks(rule):
    explainer = net("relu")
    few, many = (
        np.mean(
            [
                abs(explainer.explain(X, "integrated_gradients", k, steps=n, rule=rule).residual)
                for k in range(3)
            ]
        )
        for n in (4, 256)
    )
    assert many < few / 4


def test_batches_do_not_change_the_map():
    model = build(lambda x: top(conv(x)))
    for method in ("integrated_gradients", "smoothgrad"):
        maps = [Explainer(model, batch_size=n).explain(X, method).map for n in (1, 7, 64)]
        np.testing.assert_allclose(maps[0], maps[1], atol=1e-6)
        np.testing.assert_allclose(maps[0], maps[2], atol=1e-6)


def test_average():
    maps = np.random.default_rng(0).normal(size=(10, 2, 3, 1))
    for reduce, expected in {
        "mean": maps.mean(0),
        "square": (maps**2).mean(0),
        "variance": maps.var(0),
    }.items():
        np.testing.assert_allclose(average([maps[:3], maps[3:]], reduce), expected, atol=1e-12)


def test_smoothgrad_of_a_quadratic_is_its_gradient_and_noise():
    """The gradient of x^2 at x + noise is 2x + 2 noise."""
    explainer, spread = power(2), float(np.ptp(X))
    mean = explainer.explain(X, "smoothgrad", samples=400, sigma=0.2)
    error = 2 * 0.2 * spread / np.sqrt(400)
    assert np.abs(mean.map - 2 * X).max() < 5 * error
    assert np.abs(mean.map - 2 * X).std() > error / 4
    variance = explainer.explain(X, "smoothgrad", samples=400, sigma=0.2, reduce="variance")
    assert variance.map.mean() == pytest.approx((2 * 0.2 * spread) ** 2, rel=0.1)


def test_smoothgrad_without_noise_is_the_method_below():
    explainer = net("relu")
    for method in ("gradient", "input_x_gradient", "integrated_gradients"):
        plain = explainer.explain(X, method, 1)
        smooth = explainer.explain(X, "smoothgrad", 1, samples=2, sigma=0, over=method)
        np.testing.assert_allclose(smooth.map, plain.map, atol=1e-6)
        assert smooth.score == pytest.approx(plain.score)


def test_the_seed_decides_the_noise():
    explainer = net("relu")
    maps = [explainer.explain(X, "smoothgrad", 0, seed=seed).map for seed in (0, 0, 1)]
    np.testing.assert_allclose(maps[0], maps[1], atol=1e-6)
    assert np.abs(maps[0] - maps[2]).max() > 1e-4


def test_a_constant_matrix_has_no_range_and_no_noise():
    explanation = net("relu").explain(np.ones((8, 8)), "smoothgrad", 0, samples=3)
    plain = net("relu").explain(np.ones((8, 8)), "gradient", 0)
    np.testing.assert_allclose(explanation.map, plain.map, atol=1e-6)


@pytest.mark.parametrize(
    "method, parameters, given, expected, remedy",
    [
        ("integrated_gradients", {"steps": 0}, "steps=0", "equal to 1", "steps is points"),
        ("integrated_gradients", {"rule": "simpson"}, "'simpson'", "'middle'", "rule is how"),
        ("smoothgrad", {"sigma": -1}, "sigma=-1", "equal to 0", "sigma is standard deviation"),
        ("smoothgrad", {"over": "smoothgrad"}, "'smoothgrad'", "input_x_gradient", "over is the"),
        ("input_x_gradient", {"steps": 3}, "'steps'", "takes none", "leave it out"),
    ],
)
def test_impossible_parameters(method, parameters, given, expected, remedy):
    with refuses(ValueError, given, expected, remedy):
        power(1).explain(X, method, **parameters)


def test_a_second_model_does_not_disturb_the_first():
    first, second = net("relu"), net("tanh")
    before = first.explain(X, "gradient", 0).map
    second.explain(X, "gradient", 0)
    keras.utils.set_random_seed(1)
    np.testing.assert_array_equal(first.explain(X, "gradient", 0).map, before)


def test_the_points_of_gauss_and_legendre_are_those_of_numpy():
    for count in (1, 2, 3, 16, 64, 99):
        nodes, weights = np.polynomial.legendre.leggauss(count)
        found = gauss_legendre(count)
        np.testing.assert_allclose(found[0], nodes, atol=1e-15)
        np.testing.assert_allclose(found[1], weights, rtol=1e-11)
    points, weights = quadrature("gauss_legendre", 3000)
    assert (np.diff(points) > 0).all() and weights.sum() == pytest.approx(1, abs=1e-14)
    for power in (1, 7, 500, 5999):
        assert weights @ points**power == pytest.approx(1 / (power + 1), rel=1e-11)


@pytest.mark.parametrize(
    ("method", "given", "what"),
    [
        ("integrated_gradients", {"steps": 10**6}, "takes"),
        ("integrated_gradients", {"steps": 10**10, "rule": "left"}, "needs 149 GiB at once"),
        ("expected_gradients", {"samples": 10**10}, "needs 224 GiB at once"),
        ("lime", {"samples": 10**8, "players": "rows"}, "needs"),
        ("shapley", {"samples": 10**8, "players": "grid"}, "needs 146 GiB"),
        ("rise", {"samples": 10**10}, "needs 224 GiB at once"),
    ],
)
def test_what_cannot_be_held_is_refused_before_it_is_made(method, given, what):
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten()])
    explainer = Explainer(model, background=np.ones((3, 8, 8, 1)), baseline=0)
    with pytest.raises(ValueError, match=f"{method} .*({what}|at most).*give fewer"):
        explainer.explain(X, method, **given)


def test_a_gradient_without_a_value_is_told() -> None:
    """A square root at 0 has no slope, though the score is a number."""
    inputs = keras.Input((3, 4, 1))
    root = keras.layers.Lambda(lambda x: keras.ops.sqrt(keras.ops.abs(x)))(inputs)
    outputs = keras.layers.Dense(1)(keras.layers.Flatten()(root))
    x = np.ones((3, 4), np.float32)
    x[1, 2] = 0
    found = Explainer(keras.Model(inputs, outputs), scores="values").explain(x, "gradient")
    assert not np.isfinite(found.map[1, 2])
    assert any("no finite number for 1 of 12 cells" in note for note in found.notes)
    whole = Explainer(keras.Model(inputs, outputs), scores="values").explain(x + 1, "gradient")
    assert not any("no finite number" in note for note in whole.notes)
