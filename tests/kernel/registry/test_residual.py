"""The residual: the sum of a map minus what it promises, with one meaning in all methods."""

import keras
import numpy as np
import pytest
from keras import layers

from heatbrush_core import Explainer, Region
from heatbrush_core.registry.method import Result

RANDOM = np.random.default_rng(5)


def masked(bias):
    """An LSTM behind a mask of zeros; with a bias its state jumps where the mask ends."""
    keras.utils.set_random_seed(1)
    memory = layers.LSTM(6)
    model = keras.Sequential(
        [keras.Input((10, 4)), layers.Masking(0.0), memory, layers.Dense(2, use_bias=False)]
    )
    kernel, recurrent, _ = memory.get_weights()
    memory.set_weights([kernel, recurrent, np.full(24, bias)])
    return Explainer(model, baseline=0)


X = RANDOM.normal(size=(10, 4))
X[7:] = 0


def test_integrated_gradients_across_a_mask_say_what_they_miss():
    explainer = masked(0.8)
    found = explainer.explain(X, "integrated_gradients", 0)
    # nothing is left of a matrix that is masked as a whole: the state stays 0
    scores = [float(explainer.model(cells[None])[0, 0]) for cells in (X, 0 * X)]
    assert scores[1] == 0 and found.score_at_baseline == 0
    missed = found.values.sum(dtype=float) - (scores[0] - scores[1])
    assert found.residual == pytest.approx(missed, abs=1e-5) and abs(missed) > 0.05 * scores[0]
    share = round(100 * abs(found.residual / found.score))
    said = (
        f"The residual is {share} % of the difference of the two scores that the map should sum "
        "to: so much of the sum lies in no cell."
    )
    assert said in found.notes


def linear(bias):
    model = keras.Sequential([keras.Input((6, 5, 1)), layers.Flatten(), layers.Dense(1)])
    weights = RANDOM.normal(size=(30, 1))
    model.layers[-1].set_weights([weights, np.array([bias])])
    return Explainer(model, background=RANDOM.normal(size=(4, 6, 5)), baseline=0.5), weights


@pytest.mark.parametrize(
    "method, promise",
    [
        ("lrp", "score"),
        ("integrated_gradients", "difference"),
        ("expected_gradients", "difference"),
        ("deeplift", "difference"),
        ("shapley", "difference"),
    ],
)
def test_it_is_the_sum_minus_the_promise_on_a_linear_model(method, promise):
    (explainer, _), x = linear(bias=3.0), RANDOM.normal(size=(6, 5))
    found = explainer.explain(x, method, 0)
    due = found.score - (found.score_at_baseline if promise == "difference" else 0)
    assert found.residual == pytest.approx(found.values.sum(dtype=float) - due, abs=1e-4)
    # the bias is in both scores of a difference; of a score LRP gives it to no cell
    lost = -3.0 if method == "lrp" else 0
    assert found.residual == pytest.approx(lost, abs=1e-4)
    assert [note for note in found.notes if "residual" in note] == [] or method == "lrp"


def test_methods_that_promise_nothing_have_none():
    explainer, _ = linear(bias=0.0)
    for method in ("gradient", "input_x_gradient", "occlusion", "rise", "lime", "smoothgrad"):
        assert explainer.explain(np.ones((6, 5)), method, 0).residual is None


def test_a_region_keeps_the_promise_of_its_own_players():
    explainer, weights = linear(bias=1.0)
    x, region = RANDOM.normal(size=(6, 5)), Region.rows(1, 3)
    found = explainer.explain(x, "shapley", 0, within=region, players="rows")
    own = (weights.reshape(6, 5) * (x - 0.5))[1:3].sum()
    assert np.nansum(found.map) == pytest.approx(own, abs=1e-4)
    assert found.residual == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize(
    "values, promised, said",
    [
        ([1.0, 2.0], 3.1, ""),
        ([1.0, 2.0], 3.2, "The residual is 6 % of the score"),
        ([1.0, np.nan], 0.5, "The residual is 100 % of the score"),
        ([1e6, -1e6 + 1], 0.0, ""),  # what single precision loses of cells that cancel
        ([1.0, 0.0], 0.0, "The residual is 1, not 0"),
        ([1.0, 2.0], None, ""),
    ],
)
def test_it_is_said_from_5_percent_on(values, promised, said):
    found = Result(np.reshape(values, (1, 2, 1)), 9.0, promised=promised)
    assert "".join(found.missed).startswith(said) and bool(found.missed) == bool(said)
