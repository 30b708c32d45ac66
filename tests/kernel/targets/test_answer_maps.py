"""The maps that a model returns, against the model itself with cells hidden by hand."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers
from map_models import SHAPE, answer, map_model

from heatbrush_core import Explainer, Region

X = np.random.default_rng(5).normal(size=SHAPE[:2])
PART = Region.rectangle(2, 9, 5, 14)
INSIDE = PART.mask(SHAPE[:2])


@pytest.fixture(scope="module")
def model():
    return map_model(2, "softmax")


def test_a_map_is_what_the_model_returns_with_cells_hidden_by_hand(model):
    explainer = Explainer(model, ["left", "right"], baseline=0.5)
    for how, left in (
        ({}, X),
        ({"without": PART}, np.where(INSIDE, 0.5, X)),
        ({"only": PART}, np.where(INSIDE, X, 0.5)),
    ):
        found = explainer.answer_map(X, **how)
        np.testing.assert_allclose(found.values, answer(model, left), rtol=0, atol=1e-12)
    assert found.attrs["kind"] == "probabilities"
    assert list(found["channel"].values) == ["left", "right"]
    # a cell of a map of half the rows lies between two of the matrix
    np.testing.assert_allclose(found["rows"], np.arange(8) * 2 + 0.5)
    np.testing.assert_allclose(found["columns"], np.arange(12) * 2 + 0.5)
    with pytest.raises(ValueError, match="without= and only="):
        explainer.answer_map(X, without=PART, only=PART)


def test_logits_are_shown_as_the_probabilities_that_they_stand_for():
    explainer = Explainer(map_model(1), baseline=0.0, scores="sigmoid_logits")
    found = explainer.answer_map(X)
    logits = answer(explainer.model, X)
    np.testing.assert_allclose(found.values, 1 / (1 + np.exp(-logits)), atol=1e-12)
    plain = Explainer(map_model(1), baseline=0.0).answer_map(X)
    np.testing.assert_allclose(plain.values, logits, atol=1e-12)
    assert (found.attrs["kind"], plain.attrs["kind"]) == ("probabilities", "values")


def test_a_line_explainer_answers_with_the_map_and_the_channels_of_the_model(model):
    from heatbrush_core.targets import Location

    explainer = Explainer(model, ["left", "right"], baseline=0.0)
    twin = explainer.lines(X, [Location(2, 3)]).with_baseline(0.25)
    found = twin.answer_map(X, without=PART)
    np.testing.assert_allclose(
        found.values, answer(model, np.where(INSIDE, 0.25, X)), rtol=0, atol=1e-12
    )
    assert list(found["channel"].values) == ["left", "right"]


def test_each_output_that_is_a_map_has_its_own_axes():
    start = keras.Input((16, 24))
    steps = layers.Conv1D(3, 3, padding="same", activation="softmax", name="steps")(start)
    cells = layers.Reshape((16, 24, 1))(start)
    turned = layers.Conv2D(2, 3, strides=(4, 2), padding="same", name="map")(cells)
    label = layers.Dense(4, activation="softmax", name="label")(layers.Flatten()(start))
    model = keras.Model(start, [label, turned, steps])
    explainer = Explainer(model, list("abcd"), baseline=0.0)
    returned = model.predict(X[None], verbose=0)
    assert [(each.name, len(each.channels)) for each in explainer.answers(X[..., None])] == [
        ("map", 2),
        ("steps", 3),
    ]
    found = explainer.answer_map(X, "map")
    np.testing.assert_allclose(found.values, returned[1][0], atol=1e-6)
    np.testing.assert_allclose(found["rows"], [1.5, 5.5, 9.5, 13.5])
    found = explainer.answer_map(X, "steps")
    assert found.shape == (16, 1, 3)
    np.testing.assert_allclose(found.values[:, 0], returned[2][0], atol=1e-6)
    with pytest.raises(ValueError, match="'label' has the shape \\(4,\\)"):
        explainer.answer_map(X, "label")
    with pytest.raises(ValueError, match="output is 3"):
        explainer.answer_map(X, 3)


def test_a_function_answers_with_its_map_and_a_map_that_holds_nan_is_refused():
    def thinned(X):
        found = np.array(X[:, ::2, ::3])
        found[:, 1, 1] = np.where(found[:, 1, 1] == 0, np.nan, found[:, 1, 1])
        return found

    explainer = Explainer(thinned, baseline=0.0)
    found = explainer.answer_map(X, without=PART)
    expected = thinned(np.where(INSIDE, 0, X)[None, ..., None])[0]
    np.testing.assert_allclose(found.values, expected)
    with pytest.raises(ValueError, match="returns NaN"):
        explainer.answer_map(X, without=Region.rows(2, 3))
