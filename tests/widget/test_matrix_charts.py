"""The tabs Agreement and Interaction: matrices under a brush that selects in the view."""

from __future__ import annotations

import numpy as np
import pytest

import heatbrush as hb
from heatbrush.agreement_chart import AgreementChart, best
from heatbrush.interaction_chart import InteractionChart, sentence
from heatbrush.matrix import Matrix
from heatbrush_core import Explanation
from heatbrush_core.targets import Class

SHAPE = (4, 10)


def shown(matrix: Matrix) -> np.ndarray:
    (panel,) = matrix.panels
    return np.frombuffer(panel["map"]["bytes"], "<f4").reshape(panel["map"]["shape"])


def drag(matrix: Matrix, region: hb.Region) -> None:
    """What the page writes when a brush is let go."""
    matrix.set_state({"selection": region.to_json()})


# ------------------------------------------------------------------ the matrix


def test_a_matrix_is_a_bare_view_of_one_map(sent) -> None:
    matrix = Matrix("pairs")
    assert matrix.bare and matrix.panels == []
    matrix.show([[1, -0.5], [-0.5, np.nan]], ["a", "b"], "of things", "thing")
    assert matrix.axes["rows"] == {"name": "thing", "labels": ["a", "b"], "values": None}
    np.testing.assert_array_equal(shown(matrix), np.float32([[1, -0.5], [-0.5, np.nan]]))
    matrix._handle_custom_msg({"kind": "hello"}, [])
    matrix._handle_custom_msg({"kind": "whatif"}, [])
    assert sent.kinds() == ["alive"]


def test_a_brush_stays_over_the_same_things_only(sent) -> None:
    matrix = Matrix("pairs")
    matrix.show(np.eye(2), ["a", "b"], "")
    drag(matrix, hb.Region.rectangle(0, 1, 1, 2))
    matrix.show(np.ones((2, 2)), ["a", "b"], "")
    assert matrix.brushed
    matrix.show(np.eye(3), ["a", "b", "c"], "")
    assert not matrix.brushed


def test_a_brush_outside_is_refused(sent) -> None:
    matrix = Matrix("pairs")
    matrix.show(np.eye(2), ["a", "b"], "")
    drag(matrix, hb.Region.rows(5, 9))
    assert "rows" in sent.last("refused")["sentence"] and not matrix.brushed


# ------------------------------------------------------------------ agreement


@pytest.fixture
def agreeing(make):
    view = make({"a": "occlusion", "b": ("occlusion", {"patch": (1, 1)}), "c": "rise"})
    chart = AgreementChart(view._session)
    chart.open()
    return view, chart


def test_agreement_is_that_of_the_kernel(agreeing) -> None:
    view, chart = agreeing
    found = hb.agreement(view.explanations)
    np.testing.assert_allclose(shown(chart.matrix), found["spearman"], rtol=1e-6)
    assert chart.matrix.axes["rows"]["labels"] == ["a", "b", "c"]
    chart.measure.widget.value = "overlap"
    chart.by.widget.value = "columns"
    found = hb.agreement(view.explanations, by="columns")
    np.testing.assert_allclose(shown(chart.matrix), found["overlap"], rtol=1e-6)


def test_a_brush_over_maps_selects_what_they_share(agreeing) -> None:
    view, chart = agreeing
    drag(chart.matrix, hb.Region.rectangle(0, 1, 1, 2))
    both = best(view.explanations["a"], "cells") & best(view.explanations["b"], "cells")
    assert both.any()
    np.testing.assert_array_equal(view.selection.mask(SHAPE), both)
    assert f"{both.sum()} cells" in chart.work.said and "a, b" in chart.work.said
    chart.by.widget.value = "columns"
    drag(chart.matrix, hb.Region.rectangle(1, 2, 0, 1))
    columns = best(view.explanations["a"], "columns") & best(view.explanations["b"], "columns")
    np.testing.assert_array_equal(view.selection.mask(SHAPE), np.tile(columns, (4, 1)))


def test_maps_that_share_nothing_leave_the_selection(agreeing, monkeypatch) -> None:
    view, chart = agreeing
    halves = iter([np.arange(40).reshape(SHAPE) < 4, np.arange(40).reshape(SHAPE) > 35])
    monkeypatch.setattr("heatbrush.agreement_chart.best", lambda *given: next(halves))
    drag(chart.matrix, hb.Region.rectangle(0, 1, 1, 2))
    assert not view.selection and "None of the cells" in chart.work.said


def test_one_map_agrees_with_nothing(make) -> None:
    chart = AgreementChart(make()._session)
    chart.open()
    assert "two maps" in chart.work.said and chart.matrix.panels == []


def test_the_top_of_a_map_with_its_ties_and_gaps() -> None:
    values = np.array([[3.0, 3.0, 1.0, np.nan], [0.0, 0.0, 0.0, 0.0]])
    made = Explanation(values=values[..., None], method="x", target=Class(0), score=1.0)
    assert best(made, "cells").tolist() == [[True, True, False, False], [False] * 4]
    assert best(made, "rows").tolist() == [True, False]


# ------------------------------------------------------------------ interaction


@pytest.fixture
def pairing(make):
    view = make()
    chart = InteractionChart(view._session)
    chart.open()
    return view, chart


def test_interaction_is_that_of_the_kernel(pairing, samples) -> None:
    view, chart = pairing
    found = hb.interaction(view.explainer, samples[0], "rows")
    np.testing.assert_allclose(shown(chart.matrix), found, rtol=1e-5)
    chart.axis.widget.value = "columns"
    chart.size.widget.value = 2
    found = hb.interaction(view.explainer, samples[0], "columns", 2)
    np.testing.assert_allclose(shown(chart.matrix), found, rtol=1e-5)
    labels = chart.matrix.axes["rows"]["labels"]
    assert labels == [f"{a}–{a + 1}" for a in range(0, 10, 2)]
    assert chart.matrix.axes["rows"]["name"] == "columns"


def test_pairs_are_computed_once_per_question(pairing, model, samples) -> None:
    view, chart = pairing
    first = shown(chart.matrix)
    calls = model.calls
    chart.leave()
    chart.open()
    assert model.calls == calls
    view.sample = 1
    chart.refresh()
    assert not np.array_equal(shown(chart.matrix), first)
    view.sample = 0
    calls = model.calls
    chart.refresh()
    np.testing.assert_array_equal(shown(chart.matrix), first)
    assert model.calls == calls


def test_a_brush_over_pairs_selects_their_lines(pairing) -> None:
    view, chart = pairing
    chart.axis.widget.value = "columns"
    chart.size.widget.value = 2
    drag(chart.matrix, hb.Region.rectangle(0, 1, 3, 4))
    assert view.selection == hb.Region.columns(0, 2) | hb.Region.columns(6, 8)
    assert chart.work.said.startswith("Without columns 0–1 and columns 6–7 the score loses ")


def test_what_a_pair_loses_is_said_in_numbers() -> None:
    values = np.array([[0.25, 0.5, 0], [0.5, 0.125, 0], [0, 0, -1.0]])
    names = ["a", "b", "c"]
    assert sentence(values, np.array([2]), names) == "Without c the score loses −1.00."
    assert sentence(values, np.array([0, 1]), names) == (
        "Without a and b the score loses .88: .25 and .12 alone, .50 beyond."
    )
    assert sentence(values, np.array([0, 1, 2]), names) == "Selected: a, b, c."


def test_an_error_is_said_in_the_tab(make, model) -> None:
    view = make()
    chart = InteractionChart(view._session)
    model.error = RuntimeError("out of cheese")
    chart.open()
    assert "out of cheese" in chart.work.said and not chart.work.busy


def test_parts_of_long_axes_are_few_enough_to_see(make, explainer) -> None:
    view = make(X=np.zeros((1, 3, 500)))
    chart = InteractionChart(view._session)
    assert chart._sizes("rows") == [1]
    assert chart._sizes("columns") == [8, 16, 32, 64, 128]


def test_touched(sent) -> None:
    matrix = Matrix("pairs")
    matrix.show(np.eye(4), list("abcd"), "")
    drag(matrix, hb.Region.rectangle(0, 1, 2, 3))
    assert matrix.touched.tolist() == [True, False, True, False]
