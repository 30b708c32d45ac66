"""A trained network of landmarks: what it finds, and whether the evidence lies on what it found."""

import numpy as np
import pandas as pd
import pytest
import spots
from benchmarks import landmarks

from heatbrush_core import Explainer, synthetic
from heatbrush_core.synthetic import mass_by_part

pytestmark = pytest.mark.slow
DRAWN = synthetic.Landmarks(seed=1)
HELD_OUT = synthetic.Dataset(
    tuple(DRAWN.sample(landmarks.TEST + i, count=1 + i % 10) for i in range(40)), DRAWN.document()
)
METHODS = {"occlusion": {"patch": (3, 3), "stride": (1, 1)}, "integrated_gradients": {}}


@pytest.fixture(scope="module")
def model():
    return spots.trained()


@pytest.fixture(scope="module")
def found(model):
    return list(landmarks.found(model, HELD_OUT))[:5]


def test_one_to_ten_landmarks_are_found_at_3_cells(model):
    errors = landmarks.errors(model, HELD_OUT)
    assert errors["recall"] >= 0.95 and errors["precision"] >= 0.9
    assert errors["distance, 95 %"] < 2
    assert errors["count right"] > 0.6


def test_errors_are_those_of_what_is_drawn_exactly():
    """A model that returns what is wanted: its errors are known."""

    class Perfect:
        def predict(self, X, verbose):
            return landmarks.wanted(HELD_OUT)

    errors = landmarks.errors(Perfect(), HELD_OUT)
    assert errors["recall"] == errors["precision"] == errors["count right"] == 1
    assert errors["distance, 95 %"] < 1e-3 and errors["angle, 95 %"] < 1e-3
    assert errors["count's error"] == 0


def test_the_evidence_of_a_landmark_lies_on_its_own_part(model, found):
    table = landmarks.shares(model, found, METHODS)
    assert (table["needs"] >= landmarks.NEEDED).all()
    trained = landmarks.summed_up(table)["mean"]
    assert (trained >= landmarks.INSIDE).all(), trained
    # bright cells have mass in networks that learnt nothing, too
    random = landmarks.shares(landmarks.network(5), found, METHODS).assign(needs=1.0)
    assert (landmarks.summed_up(random)["mean"] < trained - 0.05).all()


def test_a_landmark_that_does_not_need_its_part_does_not_count():
    table = pd.DataFrame({"needs": [0.9, 0.4, 0.6], "occlusion": [0.9, 0.1, 0.7]})
    found = landmarks.summed_up(table).loc["occlusion"]
    assert found["mean"] == pytest.approx(0.8) and found["at least 80%"] == 0.5


def test_nothing_beyond_the_receptive_field_has_evidence(model, found):
    explainer = Explainer(model, baseline=0.0)
    x, _, cell = found[0]
    seen = np.zeros(x.shape[:2], bool)
    rows, columns = (slice(max(0, 2 * at - 8), 2 * at + 10) for at in (cell.row, cell.column))
    seen[rows, columns] = True
    asked = {"gradient": {}, "integrated_gradients": {}, "lrp": {}, "occlusion": {"patch": (1, 1)}}
    for method, given in asked.items():
        map = explainer.explain(x, method, cell, **given)
        assert (map.map[~seen] == 0).all()
        assert mass_by_part(map, {"seen": seen}).loc["seen", "mass"] == 1
