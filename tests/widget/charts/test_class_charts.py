"""The tab Classes: mean profiles of all samples, their prototypes, and who relies on what."""

from __future__ import annotations

import numpy as np
import pytest

import heatbrush as hb
from heatbrush.charts.class_charts import ClassCharts
from heatbrush.charts.class_figure import duration, groups
from heatbrush.charts.drawing.style import COLOURS
from heatbrush.charts.reliance_chart import HINT, jitter, spread
from heatbrush.jobs.worker import Worker

TRUTH = [0, 1, 0, 1, 0]
SMALL = {"patch": (1, 2)}


@pytest.fixture
def X() -> np.ndarray:
    X = np.random.default_rng(1).normal(size=(5, 4, 10)).astype("float32")
    X[[0, 2, 4], :, :5] += 1
    X[[1, 3], :, 5:] += 1
    return X


@pytest.fixture
def shown(make, X):
    """A view with the tab open, and nothing computed."""

    def shown(methods=None, y=TRUTH, **options):
        view = make(methods or {"a": ("occlusion", SMALL), "b": "occlusion"}, X=X, y=y, **options)
        return view, opened(view)

    return shown


def opened(view) -> ClassCharts:
    return view.charts.open("Classes")


def lines(chart: ClassCharts) -> dict[str, object]:
    marks = chart.figures[chart.axis.value].figure.marks
    named = [mark for mark in marks if mark.visible and getattr(mark, "labels", None)]
    return {mark.labels[0]: mark for mark in named}


def click(chart: ClassCharts, index: int) -> None:
    """What the page sends when a dot is clicked."""
    dots = chart.reliance.dots
    dots._handle_custom_msgs(None, {"event": "element_click", "data": {"index": index}})


# ------------------------------------------------------------------ profiles


def test_nothing_is_computed_before_the_reader_asks(shown, model) -> None:
    view, chart = shown()
    calls = model.calls
    view.selection = hb.Region.columns(0, 2)
    chart.method.value = "b"
    chart.axis.value = "rows"
    assert model.calls == calls and not lines(chart)
    assert chart.estimate.text == "5 samples, less than 1 s"
    assert chart.work.said.startswith("Compute explains every sample")


@pytest.mark.parametrize("axis", ["columns", "rows"])
def test_profiles_are_those_of_the_kernel(shown, explainer, X, axis) -> None:
    _, chart = shown()
    chart.axis.value = axis
    chart.button.press()
    expected = hb.class_profile(explainer, X, TRUTH, "occlusion", axis, **SMALL)
    drawn = lines(chart)
    assert list(drawn) == ["left", "right"]
    bands = chart.figures[axis].figure.marks[:2]
    for place, mark in enumerate(drawn.values()):
        np.testing.assert_allclose(mark.y, expected["mean"][place])
        ends = np.array([expected["low"][place], expected["high"][place]])
        np.testing.assert_allclose(bands[place].y, ends)
        assert mark.colors == [COLOURS[place]] and bands[place].fill_colors[0] == COLOURS[place]
    assert "true class" in chart.work.said
    assert chart.box.children[0] is chart.figures[axis].figure


def test_without_y_the_predicted_classes_are_taken_and_said(shown, explainer, X) -> None:
    _, chart = shown(y=None)
    chart.button.press()
    predicted = [explainer.predict(x).predicted for x in X]
    expected = hb.class_profile(explainer, X, predicted, "occlusion", **SMALL)
    np.testing.assert_allclose(lines(chart)["left"].y, expected["mean"][0])
    assert "predicted" in chart.work.said


def test_a_prototype_is_shown_in_the_view(shown, explainer, X) -> None:
    view, chart = shown(target="right")
    assert all(each.hidden for each in chart.prototypes)
    chart.button.press()
    expected = hb.class_profile(explainer, X, TRUTH, "occlusion", **SMALL)
    left, right, *others = chart.prototypes
    (entry,), sample = right.items(), int(expected["prototype"][1])
    button = entry["button"]
    assert left.items()[0]["text"] == "left (3)" and entry["text"] == "right (2)"
    assert not left.hidden and all(each.hidden for each in others)
    assert button["text"] == f"prototype: sample {sample}" and "mean of right" in button["tip"]
    right.press()
    assert view.sample == int(expected["prototype"][1]) and view.target == hb.targets.Class(1)


def test_what_was_computed_is_kept_for_its_panel_and_axis(shown, model) -> None:
    view, chart = shown()
    chart.button.press()
    left, calls = lines(chart)["left"].y.copy(), model.calls
    chart.method.value = "b"
    assert not lines(chart) and chart.work.said.startswith("Compute")
    chart.method.value = "a"
    assert np.array_equal(lines(chart)["left"].y, left) and model.calls == calls
    view.sample = 1  # its panels are computed again, the classes are not
    assert np.array_equal(lines(chart)["left"].y, left)
    view.run("occlusion", panel="a", patch=(2, 2))
    assert not lines(chart)  # another method has another profile


def test_many_classes_are_drawn_six_at_a_time(make) -> None:
    X = np.random.default_rng(0).normal(size=(16, 4, 10)).astype("float32")
    explainer = hb.Explainer(lambda batch: batch[:, 0, :8, 0], classes=list("abcdefgh"))
    view = make({"a": "occlusion"}, X=X, y=np.arange(16) % 8, explainer=explainer)
    chart = opened(view)
    assert chart.group.hidden
    chart.button.press()
    assert list(lines(chart)) == list("abcdef") and not chart.group.hidden
    view.selection = hb.Region.columns(0, 4)
    assert len(chart.reliance.shown) == 12
    chart.group.value = 6
    assert list(lines(chart)) == list("gh")
    assert sorted(chart.reliance.shown.tolist()) == [6, 7, 14, 15]
    assert chart.reliance._names.tick_labels == {"0": "g", "1": "h"}
    assert chart.prototypes[0].items()[0]["text"] == "g (2)"


def test_an_error_is_said_in_one_sentence(shown, model) -> None:
    _, chart = shown()
    model.error = RuntimeError("out of cheese")
    chart.button.press()
    assert "out of cheese" in chart.work.said and not chart.work.busy and not lines(chart)


def test_computing_is_cancelled_at_once(shown, model) -> None:
    view, chart = shown(worker=Worker)
    view.wait(20)
    model.gate.clear()
    model.reached.clear()
    chart.button.press()
    assert model.reached.wait(20) and chart.work.busy
    chart.work.press()
    assert chart.work.said == "Cancelled." and not chart.work.busy
    model.gate.set()
    view.wait(20)
    assert not lines(chart)


def test_the_brush_is_the_selection_along_the_axis(shown) -> None:
    view, chart = shown()
    view.selection = hb.Region.rectangle(1, 3, 2, 5)
    assert chart.figures["columns"].brush.selected.tolist() == [1.5, 4.5]
    assert chart.figures["rows"].brush.selected.tolist() == [0.5, 2.5]
    ends = {"value": memoryview(np.array([5.7, 8.2])), "dtype": "float64", "shape": [2]}
    chart.figures["columns"].brush.set_state({"selected": ends})
    assert view.selection == hb.Region.rectangle(1, 3, 6, 9)


# ------------------------------------------------------------------ reliance


def test_reliance_is_that_of_the_kernel(shown, explainer, X) -> None:
    view, chart = shown()
    dots, reliance = chart.reliance.dots, chart.reliance
    chart.button.press()
    assert reliance.work.said == HINT and len(dots.x) == 0
    view.selection = hb.Region.columns(0, 3)
    expected = hb.reliance(explainer, X, view.selection, TRUTH)
    assert reliance.shown.tolist() == [0, 1, 2, 3, 4]
    np.testing.assert_allclose(dots.x, expected["necessity"])
    assert np.abs(dots.y - TRUTH).max() <= 0.3
    assert dots.colors == [COLOURS[each] for each in TRUTH]
    assert list(dots.names) == [f"sample {index}" for index in range(5)]
    changed = int(expected["changes"].sum())
    assert f"answer is another for {changed} of 5 samples without columns 0–2" in reliance.work.said
    view.selection = hb.Region()
    assert reliance.work.said == HINT and len(dots.x) == 0


def test_reliance_is_measured_by_the_score_of_the_last_search(shown, model, X) -> None:
    explainer = hb.Explainer(model, scores="logits")
    view, chart = shown(explainer=explainer)
    view.selection = hb.Region.columns(0, 3)
    chart.button.press()
    assert "what the probability of a sample loses" in chart.reliance.work.said
    view.find_runs("columns", controls=19, score="logit").wait()
    expected = hb.reliance(explainer, X, view.selection, TRUTH, score="logit")
    np.testing.assert_allclose(chart.reliance.dots.x, expected["necessity"])
    assert "what the logit of a sample loses" in chart.reliance.work.said


def test_a_dot_shows_its_sample(shown) -> None:
    view, chart = shown()
    view.selection = hb.Region.columns(0, 3)
    chart.button.press()
    click(chart, 3)
    assert view.sample == 3
    click(chart, 99)
    assert view.sample == 3


def test_reliance_follows_the_selection_while_the_tab_is_open(shown, model) -> None:
    view, chart = shown()
    chart.button.press()
    view.selection = hb.Region.columns(0, 3)
    calls, before = model.calls, chart.reliance.dots.x.copy()
    view.run("occlusion", panel="c")
    view.charts.open("Profiles")
    calls = model.calls
    view.selection = hb.Region.columns(3, 6)
    assert model.calls == calls and np.array_equal(chart.reliance.dots.x, before)
    opened(view)
    assert model.calls > calls and not np.array_equal(chart.reliance.dots.x, before)
    calls = model.calls
    view.charts.open("Profiles")
    opened(view)
    assert model.calls == calls  # it is known


def test_an_error_of_reliance_is_said_in_its_own_line(shown, model) -> None:
    view, chart = shown()
    chart.button.press()
    model.error = RuntimeError("out of cheese")
    view.selection = hb.Region.columns(0, 3)
    assert "out of cheese" in chart.reliance.work.said and len(chart.reliance.dots.x) == 0


def test_at_most_500_samples_are_asked_about_and_that_is_said(make, explainer) -> None:
    X = np.random.default_rng(0).normal(size=(600, 4, 10)).astype("float32")
    view = make({"a": "occlusion"}, X=X, y=np.arange(600) % 2, explainer=explainer)
    chart = opened(view)
    chart.button.press()
    view.selection = hb.Region.columns(0, 3)
    assert len(chart.reliance.shown) == 500 and chart.reliance.shown[[0, -1]].tolist() == [0, 599]
    assert "500 samples, evenly taken from 600" in chart.reliance.work.said


def test_dots_keep_to_their_row() -> None:
    rows = np.arange(60) % 3
    places = jitter(rows)
    assert np.abs(places).max() <= 0.3 and len(set(places[rows == 0].round(6))) == 20
    assert np.array_equal(places, jitter(rows))
    assert np.array_equal(spread(7), np.arange(7)) and len(set(spread(5000).tolist())) == 500


def test_words() -> None:
    assert groups(["a"]) == [("a", 0)] and groups(list("abcdefg")) == [("a to f", 0), ("g", 6)]
    assert groups([]) == []
    assert [duration(each) for each in (0.2, 5.4, 200)] == [
        "less than 1 s",
        "about 5 s",
        "about 3 min",
    ]


def test_another_baseline_is_another_profile_and_another_reliance(shown, explainer, X) -> None:
    given = ("occlusion", {**SMALL, "baseline": 0})
    view, chart = shown({"a": ("occlusion", SMALL), "b": given})
    region = hb.Region.columns(0, 2)
    view.selection = region
    for name in ("b", "a"):
        chart.method.value = name
        chart.button.press()
        assert len(lines(chart)) == 2
    view.baseline = "mean"
    assert not lines(chart)  # of the old baseline
    chart.button.press()
    hidden = explainer.with_baseline("mean")
    expected = hb.class_profile(hidden, X, TRUTH, "occlusion", "columns", **SMALL)
    for place, mark in enumerate(lines(chart).values()):
        np.testing.assert_allclose(mark.y, expected["mean"][place])
    table = hb.reliance(hidden, X, region, TRUTH)
    np.testing.assert_allclose(chart.reliance.measured.table["necessity"], table["necessity"])
    chart.method.value = "b"
    assert len(lines(chart)) == 2  # it hides by a baseline of its own
