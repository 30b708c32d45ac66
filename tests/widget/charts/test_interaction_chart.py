"""The tab Interaction: what a brush over pairs selects and says."""

from __future__ import annotations

import full_panels
import numpy as np
import pytest

import heatbrush as hb
from heatbrush.charts.drawing.matrix_panel import MatrixPanel
from heatbrush.charts.interaction_chart import InteractionChart, sentence


def shown(matrix: MatrixPanel) -> np.ndarray:
    (panel,) = full_panels.shown(matrix)
    return np.frombuffer(panel["map"]["bytes"], "<f4").reshape(panel["map"]["shape"])


def drag(matrix: MatrixPanel, region: hb.Region) -> None:
    """What the page writes when a brush is let go."""
    matrix.set_state({"selection": region.to_json()})


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
    chart.axis.value = "columns"
    chart.size.value = 2
    found = hb.interaction(view.explainer, samples[0], "columns", 2)
    np.testing.assert_allclose(shown(chart.matrix), found, rtol=1e-5)
    labels = chart.matrix.axes["rows"]["labels"]
    assert labels == [f"{a}–{a + 1}" for a in range(0, 10, 2)]
    assert chart.matrix.axes["rows"]["name"] == "columns"


def test_pairs_are_measured_by_the_score_of_the_last_search(make, model, samples) -> None:
    view = make(explainer=hb.Explainer(model, scores="logits"))
    chart = InteractionChart(view._session)
    chart.open()
    assert "What the probability loses" in chart.work.said
    view.find_runs("columns", controls=19, score="logit").wait()
    chart.refresh()
    found = hb.interaction(view.explainer, samples[0], "rows", score="logit")
    np.testing.assert_allclose(shown(chart.matrix), found, rtol=1e-5)
    assert "What the logit loses" in chart.work.said
    drag(chart.matrix, hb.Region.rectangle(0, 1, 0, 1))
    assert " the logit loses " in chart.work.said


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
    chart.axis.value = "columns"
    chart.size.value = 2
    drag(chart.matrix, hb.Region.rectangle(0, 1, 3, 4))
    assert view.selection == hb.Region.columns(0, 2) | hb.Region.columns(6, 8)
    assert chart.work.said.startswith("Without columns 0–1 and columns 6–7 the score loses ")


def test_what_a_pair_loses_is_said_in_numbers() -> None:
    values = np.array([[0.25, 0.5, 0], [0.5, 0.125, 0], [0, 0, -1.0]])
    names = ["a", "b", "c"]
    assert sentence(values, np.array([2]), names, "logit") == "Without c the logit loses −1.00."
    assert sentence(values, np.array([0, 1]), names, "score") == (
        "Without a and b the score loses .88: .25 and .12 alone, .50 beyond."
    )
    assert sentence(values, np.array([0, 1, 2]), names, "score") == "Selected: a, b, c."


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
