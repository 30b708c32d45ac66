"""The strip of a sequence: a row for each step, the profile of the map of that step alone."""

import keras
import numpy as np
import pytest
from keras import layers
from sentences import refuses

import heatbrush_core as hb
from heatbrush_core.targets import Step

X = np.random.default_rng(4).normal(size=(3, 8)).astype("float32")


@pytest.fixture(scope="module")
def causal():
    """Three numbers for each column, of which none sees what comes later."""
    keras.utils.set_random_seed(2)
    start = keras.Input((3, 8, 1))
    y = layers.Reshape((8, 3))(layers.Permute((2, 1, 3))(start))
    y = layers.Conv1D(4, 3, padding="causal", activation="relu", name="c1")(y)
    y = layers.Conv1D(3, 2, padding="causal", name="each")(y)
    return hb.Explainer(keras.Model(start, y), baseline=0.0, time="columns", scores="values")


@pytest.mark.parametrize("method", ["occlusion", "input_x_gradient"])
def test_each_row_is_the_profile_of_the_highest_number_of_its_step(causal, method):
    found = hb.step_profiles(causal, X, method)
    answers = causal.predict(X).shown
    assert found.dims == ("step", "columns") and found.shape == (8, 8)
    np.testing.assert_array_equal(found["channel"], answers.argmax(1))
    np.testing.assert_allclose(found["score"], answers.max(1), atol=1e-6)
    whole = {"patch": (None, 2), "stride": (None, 1)} if method == "occlusion" else {}
    for k in range(8):
        target = Step(k, int(answers[k].argmax()))
        np.testing.assert_array_equal(found[k], causal.explain(X, method, target, **whole).columns)


def test_no_step_rests_on_what_comes_later_or_long_before(causal):
    found = hb.step_profiles(causal, X, "input_x_gradient", channel=1).values
    later = np.arange(8)[None, :] - np.arange(8)[:, None]
    assert (found[(later > 0) | (later < -3)] == 0).all()
    assert np.abs(found[later == 0]).max() > 0
    rows = hb.step_profiles(causal, X, "input_x_gradient", "rows", channel=1)
    assert rows.dims == ("step", "rows")
    np.testing.assert_allclose(rows.sum("rows"), found.sum(1), atol=1e-6)


def test_progress_counts_steps_and_a_model_without_steps_is_refused(causal):
    told = []
    hb.step_profiles(causal, X, "gradient", progress=lambda at: told.append((at.done, at.total)))
    assert told[-1] == (8, 8)
    with refuses(ValueError, "Step(0) has channel 3", "3 channels", "give one of these"):
        hb.step_profiles(causal, X, channel=3)
    map = hb.Explainer(lambda X: X, baseline=0.0)
    with refuses(ValueError, "the shape (3, 8, 1)", "an output of steps", "Location(row, column)"):
        hb.step_profiles(map, X)


def test_a_vector_is_one_number_for_each_step():
    forecast = hb.Explainer(lambda X: X[..., 0].sum(1), baseline=0.0, scores="values")
    found = hb.step_profiles(forecast, X, "occlusion", patch=(None, 1))
    np.testing.assert_allclose(found, np.diag(X.sum(0)), atol=1e-5)
    assert set(found["channel"].values) == {0}
