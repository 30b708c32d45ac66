"""The tab Agreement: what a brush over maps selects in the view."""

from __future__ import annotations

import full_panels
import numpy as np
import pytest

import heatbrush as hb
from heatbrush.charts.agreement_chart import AgreementChart, best
from heatbrush.charts.drawing.matrix_panel import MatrixPanel
from heatbrush_core import Explanation
from heatbrush_core.targets import Class

SHAPE = (4, 10)


def shown(matrix: MatrixPanel) -> np.ndarray:
    (panel,) = full_panels.shown(matrix)
    return np.frombuffer(panel["map"]["bytes"], "<f4").reshape(panel["map"]["shape"])


def drag(matrix: MatrixPanel, region: hb.Region) -> None:
    """What the page writes when a brush is let go."""
    matrix.set_state({"selection": region.to_json()})


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
    chart.measure.value = "overlap"
    chart.by.value = "columns"
    found = hb.agreement(view.explanations, by="columns")
    np.testing.assert_allclose(shown(chart.matrix), found["overlap"], rtol=1e-6)


def test_a_brush_over_maps_selects_what_they_share(agreeing) -> None:
    view, chart = agreeing
    drag(chart.matrix, hb.Region.rectangle(0, 1, 1, 2))
    both = best(view.explanations["a"], "cells") & best(view.explanations["b"], "cells")
    assert both.any()
    np.testing.assert_array_equal(view.selection.mask(SHAPE), both)
    assert f"{both.sum()} cells" in chart.work.said and "a, b" in chart.work.said
    chart.by.value = "columns"
    drag(chart.matrix, hb.Region.rectangle(1, 2, 0, 1))
    columns = best(view.explanations["a"], "columns") & best(view.explanations["b"], "columns")
    np.testing.assert_array_equal(view.selection.mask(SHAPE), np.tile(columns, (4, 1)))


def test_maps_that_share_nothing_leave_the_selection(agreeing, monkeypatch) -> None:
    view, chart = agreeing
    halves = iter([np.arange(40).reshape(SHAPE) < 4, np.arange(40).reshape(SHAPE) > 35])
    monkeypatch.setattr("heatbrush.charts.agreement_chart.best", lambda *given: next(halves))
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
