"""What the kernel knows, in the form that crosses the border."""

from __future__ import annotations

import full_panels
import numpy as np
import pytest

import heatbrush as hb
from heatbrush import protocol
from heatbrush.border import wire
from heatbrush_core.registry.families import FAMILIES


def numbers(array: protocol.Array) -> np.ndarray:
    return np.frombuffer(array["bytes"], "<f4").reshape(array["shape"])


def panel(view: hb.View, name: str) -> protocol.PanelState:
    return next(panel for panel in full_panels.shown(view.widget) if panel["name"] == name)


def test_independent_probabilities_are_shown_as_they_are(samples) -> None:
    p = np.array([0.9, 0.8, 0.1])
    explainer = hb.Explainer(lambda batch: [p] * len(batch), scores="sigmoid_probabilities")
    scores = wire.scores(explainer.predict(samples[0]))
    assert (scores["kind"], scores["predicted"]) == ("probabilities", 0)
    np.testing.assert_allclose(scores["all"], p)


def test_methods_that_cannot_run_say_why(make) -> None:
    methods = {method["name"]: method for method in make().widget.methods}
    assert methods["occlusion"]["reason"] == ""
    assert "gradient" in methods["gradient"]["reason"]
    field = methods["occlusion"]["fields"][0]
    assert set(field) == set(protocol.FieldState.__annotations__)


def test_methods_come_with_their_families(make) -> None:
    widget = make().widget
    families = [family["name"] for family in widget.families]
    assert families == list(FAMILIES) and all(family["about"] for family in widget.families)
    used = [method["family"] for method in widget.methods]
    assert used == sorted(used, key=families.index)


def test_sums_notes_and_errors_travel_with_the_map(make, samples) -> None:
    view = make([("shapley", {"players": "columns", "samples": 6})])
    found, shown = view.explanations["shapley"], panel(view, "shapley")
    assert shown["score_at_baseline"] == pytest.approx(found.score_at_baseline)
    assert shown["residual"] == pytest.approx(found.residual) and found.residual is not None
    assert shown["notes"] == list(found.notes) != []
    assert found.standard_error is not None
    for name in ("standard_error", "row_errors", "column_errors"):
        np.testing.assert_array_equal(numbers(shown[name]), getattr(found, name))
    assert shown["row_errors"]["shape"] == [4] and shown["column_errors"]["shape"] == [10]
    assert shown["conservation"] == []
    view.sample = 1
    later = panel(view, "shapley")
    assert later["notes"] == list(found.notes) and later["score"] != shown["score"]


def test_what_relevance_loses_travels_too(make) -> None:
    loss = {"arrives": 2.0, "passed": 1.5, "bias": 0.1, "stabiliser": 0.0, "rest": float("nan")}
    explanation = hb.Explanation(
        values=np.ones((4, 10, 1)),
        method="lrp",
        target=hb.targets.Class(0),
        score=2.0,
        residual=-0.5,
        conservation=[{"node": "dense", **loss}],
    )
    (row,) = wire.explained(make().widget.panels[0], explanation)["conservation"]
    assert list(row) == list(protocol.Loss.__annotations__)
    assert row == {"node": "dense", **loss, "rest": None}


def test_regions_in_a_parameter_are_plain(make) -> None:
    halves = [hb.Region.columns(0, 5), hb.Region.columns(5, 10)]
    view = make([("shapley", {"players": halves})])
    sent = panel(view, "shapley")["parameters"]["players"]
    assert sent == [half.to_json() for half in halves]


def test_several_channels_travel_beside_their_sum(make, explainer) -> None:
    X = np.random.default_rng(1).normal(size=(2, *(4, 10), 3)).astype("float32")
    shown = panel(make(X=X), "occlusion")
    assert shown["channels"]["shape"] == [4, 10, 3]
    np.testing.assert_allclose(numbers(shown["channels"]).sum(-1), numbers(shown["map"]), atol=1e-6)


@pytest.mark.parametrize(
    "along, shape",
    [
        ((), [1, 1, 1]),
        ((0,), [6, 1, 1]),
        ((1,), [1, 5, 1]),
        ((2,), [1, 1, 2]),
        ((0, 2), [6, 1, 2]),
        ((0, 1, 2), [6, 5, 2]),
    ],
)
def test_what_is_the_same_along_an_axis_is_sent_once(along, shape) -> None:
    made = [n if axis in along else 1 for axis, n in enumerate((6, 5, 2))]
    values = np.broadcast_to(np.random.default_rng(0).normal(size=made), (6, 5, 2))
    sent = wire.constant(values)
    assert sent["shape"] == shape
    np.testing.assert_array_equal(np.broadcast_to(numbers(sent), (6, 5, 2)), values.astype("<f4"))


def test_nan_is_the_same_as_nan() -> None:
    assert wire.constant(np.full((3, 4, 1), np.nan))["shape"] == [1, 1, 1]
    assert wire.constant([[[1.0], [np.nan]], [[1.0], [1.0]]])["shape"] == [2, 2, 1]
