"""The tab Curves: deletion and insertion as the kernel computes them, kept, and brushed."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import heatbrush as hb
from heatbrush.border.writing import number
from heatbrush.charts.curve_cache import CurveCache
from heatbrush.charts.curve_charts import CurveCharts, hidden
from heatbrush.charts.curve_figure import GREEDY, RANDOM
from heatbrush.charts.drawing.style import COLOURS, GREY, look
from heatbrush.jobs.worker import Worker
from heatbrush_core.metrics import curves as kernel

PANELS = {"a": "occlusion", "b": ("occlusion", {"patch": (1, 1)})}


def opened(view) -> CurveCharts:
    return view.charts.open("Curves")


def lines(chart: CurveCharts, mode: str) -> dict[str, object]:
    marks = chart.figures[mode].figure.marks
    return {mark.labels[0]: mark for mark in marks if mark.visible}


def brush(chart: CurveCharts, low: float, high: float) -> None:
    """What the page sends when a brush is drawn and let go."""
    ends = {"value": memoryview(np.array([low, high], float)), "dtype": "float64", "shape": [2]}
    chart.brush.set_state({"brushing": True})
    chart.brush.set_state({"selected": ends})
    chart.brush.set_state({"brushing": False, "selected": ends})


@pytest.fixture
def asked(monkeypatch) -> list[tuple[str, str, bool]]:
    """What the kernel was asked for: mode, by, and whether with random orders."""
    calls: list[tuple[str, str, bool]] = []
    for mode in ("deletion", "insertion"):
        function = getattr(kernel, mode)

        def counted(*args, _mode=mode, _function=function, **options):
            calls.append((_mode, args[3], options["orders"] > 0))
            return _function(*args, **options)

        monkeypatch.setattr(f"heatbrush.charts.curve_cache.{mode}", counted)
    return calls


def test_nothing_is_computed_before_the_tab_is_opened(make, model, asked) -> None:
    view = make(PANELS)
    calls = model.calls
    assert view.charts and not asked and model.calls == calls
    chart = opened(view)
    assert len(asked) == 4 and chart.work.said.startswith("Brush deletion")


@pytest.mark.parametrize("by", ["cells", "rows", "columns"])
@pytest.mark.parametrize("mode", ["deletion", "insertion"])
def test_curves_are_those_of_the_kernel(make, explainer, samples, mode, by) -> None:
    view = make(PANELS)
    chart = opened(view)
    chart.by.value = by
    greedy, drawn = by != "cells", lines(chart, mode)
    assert list(drawn) == [*["random", *["greedy"] * greedy], "a", "b"]
    for place, (name, explanation) in enumerate(view.explanations.items()):
        expected = getattr(hb, mode)(explainer, samples[0], explanation, by, greedy=greedy)
        np.testing.assert_allclose(drawn[name].x, 100 * expected.shares)
        np.testing.assert_allclose(drawn[name].y, expected.scores)
        assert drawn[name].colors == [COLOURS[place]]
        legend = chart.figures[mode].legend.entries
        assert (look(place), name, number(expected.area)) in legend
        np.testing.assert_allclose(drawn["random"].y, expected.random.scores)
        assert drawn["random"].colors == [GREY] and drawn["random"].stroke_width == 1
        random = expected.random
        chance = f"{number(random.mean)} ± {number(random.deviation)}"
        assert (RANDOM, "random", chance) in legend
        if greedy:
            np.testing.assert_allclose(drawn["greedy"].y, expected.greedy.scores)
            assert drawn["greedy"].line_style == "dash_dotted"
            assert (GREEDY, "greedy", number(expected.greedy.area)) in legend


def test_only_what_is_new_is_computed(make, asked) -> None:
    view = make(PANELS)
    chart = opened(view)
    first = [("deletion", "cells", True), ("insertion", "cells", True)]
    rest = [("deletion", "cells", False), ("insertion", "cells", False)]
    assert asked == first + rest
    view.run("occlusion", panel="c", patch=(2, 2))
    assert asked == first + rest + rest
    assert list(lines(chart, "deletion")) == ["random", "a", "b", "c"]
    chart.by.value = "rows"
    assert len(asked) == 12
    chart.by.value = "cells"
    view.charts.open("Profiles")
    opened(view)
    assert len(asked) == 12 and list(lines(chart, "deletion")) == ["random", "a", "b", "c"]


def test_another_sample_or_target_has_curves_of_its_own(make, explainer, samples, ask) -> None:
    view = make(PANELS)
    chart = opened(view)
    before = lines(chart, "deletion")["a"].y
    view.sample = 1
    after = lines(chart, "deletion")["a"].y
    expected = hb.deletion(explainer, samples[1], view.explanations["a"], orders=0)
    np.testing.assert_allclose(after, expected.scores)
    assert not np.array_equal(after, before)
    view.target = "left"
    assert not np.array_equal(lines(chart, "deletion")["a"].y, after)
    ask(view, "remove", panel="a")
    assert list(lines(chart, "deletion")) == ["random", "b"] and chart.of.value == "b"
    view.charts.open("Profiles")
    view.sample = 2
    assert list(lines(chart, "deletion")) == ["random", "b"]  # the tab is not open


def test_probabilities_have_a_scale_from_0_to_1(make, model, samples) -> None:
    values = opened(make(PANELS)).figures["deletion"]
    assert values._y.max < 1 and values._values.label == "score"

    def softmax(batch):
        odds = np.exp(model(batch))
        return odds / odds.sum(1, keepdims=True)

    certain = hb.Explainer(softmax, classes=["left", "right"], scores="probabilities")
    chart = opened(make(PANELS, explainer=certain)).figures["deletion"]
    assert (chart._y.min, chart._y.max, chart._values.label) == (0, 1, "probability")


def test_long_axes_have_no_greedy_order(make, asked, monkeypatch) -> None:
    monkeypatch.setattr("heatbrush.charts.curve_cache.GREEDY", 4)
    chart = opened(make(PANELS))
    chart.by.value = "columns"
    assert "greedy" not in lines(chart, "deletion")
    chart.by.value = "rows"
    assert "greedy" in lines(chart, "deletion")


# ------------------------------------------------------------------ the brush


def test_a_brush_selects_what_is_hidden_under_it(make, explainer, samples) -> None:
    view = make(PANELS)
    chart = opened(view)
    seen: list[object] = []
    view.widget.observe(lambda change: seen.append(change["new"]), "selection")
    brush(chart, 10, 25)
    order = hb.deletion(explainer, samples[0], view.explanations["a"], orders=0).order
    expected = np.zeros(40, bool)
    expected[order[4:10]] = True
    np.testing.assert_array_equal(view.selection.mask((4, 10)), expected.reshape(4, 10))
    assert len(seen) == 1  # when it is let go, and once
    chart.of.value = "b"
    order = hb.deletion(explainer, samples[0], view.explanations["b"], orders=0).order
    expected = np.zeros(40, bool)
    expected[order[4:10]] = True
    np.testing.assert_array_equal(view.selection.mask((4, 10)), expected.reshape(4, 10))
    before = view.selection
    chart.brush.set_state({"selected": None})
    assert view.selection == before


@pytest.mark.parametrize("by", ["rows", "columns"])
def test_a_brush_over_lines_selects_whole_lines(make, explainer, samples, by) -> None:
    view = make(PANELS)
    chart = opened(view)
    chart.by.value = by
    brush(chart, 0, 49)
    curve = hb.deletion(explainer, samples[0], view.explanations["a"], by, orders=0)
    count = {"rows": 2, "columns": 5}[by]
    mask = view.selection.mask((4, 10))
    touched = np.flatnonzero(mask.all(axis=1 if by == "rows" else 0))
    assert touched.tolist() == sorted(curve.order[:count].tolist())
    assert mask.sum() == count * (10 if by == "rows" else 4)


def test_a_small_brush_selects_at_least_one_part(explainer, samples) -> None:
    curve = hb.deletion(explainer, samples[0], explainer.explain(samples[0], "occlusion"), "rows")
    for low, high in ((0.0, 0.01), (0.99, 1.0), (0.3, 0.31), (-0.2, 0.01)):
        assert hidden(curve, low, high, (4, 10)).mask((4, 10)).sum() == 10
    assert not hidden(curve, 0.5, 0.5, (4, 10))


def test_the_brush_goes_when_something_else_is_selected(make, ask) -> None:
    view = make(PANELS)
    chart = opened(view)
    brush(chart, 0, 20)
    assert chart.brush.selected is not None
    view.selection = hb.Region.rows(0, 1)
    assert chart.brush.selected is None and view.selection == hb.Region.rows(0, 1)
    brush(chart, 0, 20)
    ask(view, "remove", panel="a")
    assert chart.brush.selected is None


# ------------------------------------------------------------------ what can go wrong


def test_an_error_is_said_and_what_is_known_stays(make, model) -> None:
    view = make(PANELS)
    chart = opened(view)
    model.error = RuntimeError("out of cheese")
    chart.by.value = "rows"
    assert "out of cheese" in chart.work.said and not chart.work.busy
    model.error = None
    chart.by.value = "cells"
    assert list(lines(chart, "deletion")) == ["random", "a", "b"]


def test_cancel_is_answered_at_once(make, model) -> None:
    view = make(PANELS, worker=Worker)
    view.wait(20)
    model.gate.clear()
    model.reached.clear()
    chart = opened(view)
    assert model.reached.wait(20) and chart.work.busy
    chart.work.press()
    assert chart.work.said == "Cancelled." and not chart.work.busy
    model.gate.set()
    view.wait(20)
    assert not lines(chart, "deletion") and chart.work.said == "Cancelled."
    view.charts.open("Profiles")
    opened(view)
    view.wait(20)
    assert list(lines(chart, "deletion")) == ["random", "a", "b"]
    assert threading.current_thread().name not in model.threads


def test_the_legend_waits_for_its_numbers(make, monkeypatch) -> None:
    view = make(PANELS)
    seen: list[dict[str, str]] = []
    compute = CurveCache.compute

    def watched(cache, *args):
        chart = view.charts.tabs["Curves"]
        entries = chart.figures["deletion"].legend.entries
        seen.append({name: area for _, name, area in entries})
        compute(cache, *args)

    monkeypatch.setattr(CurveCache, "compute", watched)
    opened(view)
    assert seen[0]["a"] == seen[0]["b"] == "…"
    assert seen[2]["a"] != "…" and seen[2]["b"] == "…"


def test_without_a_map_there_is_no_curve(make, model) -> None:
    model.error = RuntimeError("out of cheese")
    chart = opened(make(PANELS))
    assert chart.work.said == "No panel shows a map." and not lines(chart, "deletion")
