"""On a linear model every method has a closed form: none is registered without one."""

import keras
import numpy as np
import pytest
from keras import layers
from random_models import double

from heatbrush_core import Explainer
from heatbrush_core.methods import REGISTRY

RANDOM = np.random.default_rng(11)
H, W = 4, 6
N = H * W
KERNEL = np.array([0.7, 1.9])  # of a convolution of single cells, to two channels
V = np.array([0.4, 1.3])  # of the dense layer over the channels' means, to the explained class
BIAS = 0.05
X = RANDOM.uniform(0.5, 2, size=(H, W, 1))  # positive, so that no rule that splits by sign differs
BACKGROUND = RANDOM.normal(size=(8, H, W, 1))
START = 0.3

WEIGHT = (V * KERNEL).sum() / N  # the score's, the same for every cell
Z = WEIGHT * X.sum() + BIAS
SINCE_START = WEIGHT * (X - START)


def by_row(cells):
    """Give each cell of a row the row's mean: what a player's equal shares come to."""
    return np.broadcast_to(cells.mean(1, keepdims=True), cells.shape)


PLUS_PLUS = N * (V / N) / (2 + V / N * KERNEL * X.sum())

CLOSED_FORMS = [
    ("gradient", {}, np.full_like(X, WEIGHT)),
    ("smoothgrad", {"samples": 5}, np.full_like(X, WEIGHT)),
    ("smoothgrad", {"samples": 5, "reduce": "square"}, np.full_like(X, WEIGHT**2)),
    ("smoothgrad", {"samples": 5, "reduce": "variance"}, np.zeros_like(X)),
    ("deconvnet", {}, np.full_like(X, WEIGHT)),
    ("guided_backprop", {}, np.full_like(X, WEIGHT)),
    # the pattern of a channel is 1 / kernel, that of the dense layer kernel / (V · kernel)
    ("patternnet", {"estimator": "linear"}, np.full_like(X, Z * 2 / (V * KERNEL).sum() / N)),
    ("pattern_attribution", {"estimator": "linear"}, np.full_like(X, Z / N)),
    ("input_x_gradient", {}, WEIGHT * X),
    ("integrated_gradients", {"steps": 3}, SINCE_START),
    ("expected_gradients", {"samples": 16}, WEIGHT * (X - BACKGROUND.mean(0))),
    ("lrp", {"rule": "z"}, WEIGHT * X),
    ("lrp", {"rule": "z", "bias": False}, WEIGHT * X * Z / (Z - BIAS)),
    ("lrp", {"composite": "epsilon_plus", "epsilon": 0.0}, WEIGHT * X),
    ("deep_taylor", {}, WEIGHT * X * Z / (Z - BIAS)),
    ("deeplift", {}, SINCE_START),
    ("deeplift", {"rule": "reveal_cancel"}, SINCE_START),
    ("occlusion", {"patch": 1}, SINCE_START),
    # masks that keep everything; what others give in the mean stands in test_rise
    ("rise", {"samples": 4, "keep": 1 - 1e-9}, np.full_like(X, Z)),
    ("shapley", {"players": "rows"}, by_row(SINCE_START)),
    ("lime", {"players": "rows", "samples": 60}, by_row(SINCE_START)),
    ("cam", {}, N * WEIGHT * X),
    ("grad_cam", {}, WEIGHT * X),
    ("grad_cam_plus_plus", {}, (PLUS_PLUS * KERNEL).sum() * X),
    ("layer_cam", {}, WEIGHT * X),
    # both channels are the same mask, and so count the same
    ("score_cam", {}, KERNEL.mean() * X),
]


@pytest.fixture(scope="module")
def explainer():
    with double():
        start = keras.Input((H, W, 1))
        y = layers.GlobalAveragePooling2D()(layers.Conv2D(2, 1, use_bias=False)(start))
        model = keras.Model(start, layers.Dense(2)(y))
    model.layers[1].set_weights([KERNEL.reshape(1, 1, 1, 2)])
    model.layers[-1].set_weights([np.stack([V, -V], 1), np.array([BIAS, 0])])
    model.compile(run_eagerly=True)
    return Explainer(model, background=BACKGROUND, baseline=START)


@pytest.mark.parametrize("method, parameters, truth", CLOSED_FORMS)
def test_closed_form(explainer, method, parameters, truth):
    found = explainer.explain(X, method, 0, **parameters)
    assert found.score == pytest.approx(Z)
    np.testing.assert_allclose(found.values, truth, rtol=0, atol=1e-6 * np.abs(truth).max() + 1e-12)


def test_every_method_has_one():
    assert {method for method, _, _ in CLOSED_FORMS} == set(REGISTRY)
