"""The charts beneath the panels: profiles of all methods, and a brush that is the selection."""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
import threading
from itertools import pairwise

import bqplot
import ipywidgets
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import heatbrush as hb
from heatbrush import brush
from heatbrush import charts as charts_module
from heatbrush.chart import Choice, Work
from heatbrush.charts import Charts
from heatbrush.looks import COLOURS, GREY, look, marks, ticks
from heatbrush.profile_charts import relative
from heatbrush.worker import Worker
from heatbrush_core import Progress

SHAPE = (4, 10)


@pytest.fixture
def drawn(make):
    view = make({"a": "occlusion", "b": ("occlusion", {"patch": (1, 1)})})
    assert isinstance(view.charts, Charts)
    return view


def curves(chart) -> list[bqplot.Lines]:
    """The lines of methods: those of bands and of posts have no name."""
    lines = [mark for mark in chart.figure.marks if isinstance(mark, bqplot.Lines)]
    return [mark for mark in lines if mark.labels]


def drag(chart, low: float, high: float) -> None:
    """What the page sends while a brush is drawn, and when it is let go."""
    send = chart.brush.set_state
    send({"brushing": True})
    for end in np.linspace(low + 0.1, high, 4):
        send(
            {
                "selected": {
                    "value": memoryview(np.array([low, end])),
                    "dtype": "float64",
                    "shape": [2],
                }
            }
        )
    send({"brushing": False})


def ends(chart) -> list[float] | None:
    selected = chart.brush.selected
    return None if selected is None else selected.tolist()


# ------------------------------------------------------------------ profiles


def test_one_line_per_method_relative_to_its_peak(drawn) -> None:
    for chart, axis in ((drawn.charts.columns, "columns"), (drawn.charts.rows, "rows")):
        marks = curves(chart)
        assert [mark.labels for mark in marks] == [["a"], ["b"]]
        assert len({mark.colors[0] for mark in marks}) == 2
        for mark, explanation in zip(marks, drawn.explanations.values(), strict=True):
            profile = getattr(explanation, axis)
            np.testing.assert_allclose(mark.y, profile / np.abs(profile).max(), rtol=1e-6)
            assert np.abs(mark.y).max() == 1


def test_charts_follow_results_panels_and_samples(drawn, ask) -> None:
    chart = drawn.charts.columns
    before = curves(chart)[0].y.copy()
    drawn.run("occlusion", panel="c", patch=(2, 2))
    assert [mark.labels[0] for mark in curves(chart)] == ["a", "b", "c"]
    ask(drawn, "remove", panel="b")
    assert [mark.labels[0] for mark in curves(chart)] == ["a", "c"]
    assert "c</span>" in drawn.charts.legend.value and ">b<" not in drawn.charts.legend.value
    drawn.sample = 1
    assert not np.array_equal(curves(chart)[0].y, before)


def test_results_of_the_worker_arrive(make) -> None:
    view = make({"a": "occlusion"}, worker=Worker)
    charts = view.charts
    view.wait(20)
    assert len(curves(charts.columns)) == 1
    assert np.isfinite(curves(charts.columns)[0].y).all()


def test_lines_outside_the_run_are_gaps(drawn) -> None:
    drawn.run("occlusion", panel="a", within=hb.Region.columns(2, 4))
    y = curves(drawn.charts.columns)[0].y
    dots = drawn.charts.columns.figure.marks[1]
    assert dots.x.tolist() == [2, 3] and np.isfinite(dots.y).all()
    assert np.isfinite(y).tolist() == [False, False, True, True]  # and no end that is a gap


def test_errors_are_bands_beneath_the_curves(make) -> None:
    rise = ("rise", {"samples": 40, "grid": 2})
    view = make({"a": "occlusion", "b": rise})
    for chart, axis in ((view.charts.columns, "columns"), (view.charts.rows, "rows")):
        band, curve = chart.figure.marks[0], curves(chart)[1]
        assert (band.fill, band.opacities, band.fill_opacities) == ("between", [0, 0], [0.2, 0])
        assert band.fill_colors[0] == curve.colors[0] and band.visible
        profile = getattr(view.explanations["b"], axis)
        error = getattr(view.explanations["b"], f"{axis[:-1]}_errors")
        ends = np.stack([profile - error, profile + error]) / np.abs(profile).max()
        np.testing.assert_allclose(band.y, ends, rtol=1e-5)
    view.run("occlusion", panel="b")
    assert [mark for mark in view.charts.rows.figure.marks if mark.visible and not mark.labels] == [
        dots for dots in view.charts.rows.figure.marks if isinstance(dots, bqplot.Scatter)
    ]


def test_what_is_pointed_at_stands_between_posts(drawn) -> None:
    columns, rows = (chart.figure.marks[-1] for chart in (drawn.charts.columns, drawn.charts.rows))
    assert not columns.visible and not rows.visible
    drawn.widget.set_state({"pointed": hb.Region.columns(2, 5).to_json()})
    assert columns.visible and columns.x.tolist() == [[1.5, 1.5], [4.5, 4.5]]
    assert columns.line_style == "dashed" and columns.colors == [GREY] and not rows.visible
    drawn.widget.set_state({"pointed": hb.Region().to_json()})
    assert not columns.visible


# ------------------------------------------------------------------ the tabs


class Tab:
    """Remembers what it was told."""

    def __init__(self, session) -> None:
        self.title, self.box, self.told = "Mine", ipywidgets.HTML(), []
        for name in ("open", "leave", "refresh", "close"):
            setattr(self, name, functools.partial(self.told.append, name))


def test_only_the_open_tab_is_told(make, monkeypatch) -> None:
    monkeypatch.setattr(charts_module, "OTHERS", (*charts_module.OTHERS, Tab))
    view = make({"a": "occlusion"})
    box, told = view.charts.box, view.charts.tabs[-1].told
    assert box.titles[0] == "Profiles" and {"Curves", "Classes"} < set(box.titles)
    assert box.titles[-1] == "Mine"
    assert box.children[0].children == (view.charts.profiles.box,)
    view.run("occlusion", panel="b")
    assert told == [] and box.children[-1].children == ()
    box.selected_index = len(box.titles) - 1
    assert box.children[-1].children == (view.charts.tabs[-1].box,)
    view.run("occlusion", panel="c")
    box.selected_index = 0
    assert told[0] == "open" and told[-1] == "leave" and set(told[1:-1]) == {"refresh"}
    assert len(curves(view.charts.columns)) == 3  # those that came while it was not seen
    before = len(told)
    view.run("occlusion", panel="d")
    assert len(told) == before


def test_closed_charts_ask_for_nothing(make, model) -> None:
    view = make({"a": "occlusion"}, y=[0, 1, 0])
    charts = view.charts
    tabs = {tab.title: tab for tab in charts.tabs}
    curve, classes = tabs["Curves"], tabs["Classes"]
    charts.box.selected_index = charts.tabs.index(classes)
    view.close()
    calls = model.calls
    for index in (*range(len(charts.tabs)), 0):
        charts.box.selected_index = index
    classes.button.click()
    for each in classes.prototypes:
        each.button.click()
    curve.by.widget.value = "rows"
    curve.brush.selected = [10.0, 20.0]
    view.widget.selection = hb.Region.rows(0, 1).to_json()
    assert model.calls == calls


# ------------------------------------------------------------------ the work of a tab


def test_a_chart_lets_others_go_first(make) -> None:
    """Between the batches of a chart a what-if is answered, and a panel gets its map."""
    view = make({"a": "occlusion"})
    work, seen = Work(view._session, "test"), []

    def job(handle, progress):
        view.run("occlusion", panel="b")
        view._session.export(lambda: ("a", "b", b""))
        seen.append("b" in view.explanations)
        progress(Progress(1, 4))
        seen.append("b" in view.explanations)
        seen.append(work._bar.value)
        return "done"

    work.start(job, "at work")
    assert seen == [False, True, 0.25] and work.said == "done" and not work.busy


def test_the_newest_job_of_a_chart_wins_and_can_be_cancelled(make, model) -> None:
    view = make({"a": "occlusion"}, worker=Worker)
    view.wait(20)
    work, running, go = Work(view._session, "test"), threading.Event(), threading.Event()

    def wait(handle, progress):
        running.set()
        assert go.wait(20)
        progress(Progress(1, 2))
        return "old"

    work.start(wait, "first")
    assert running.wait(20)
    work.start(lambda handle, progress: "new", "second")
    assert work.said == "second" and work.busy
    go.set()
    view.wait(20)
    assert work.said == "new" and not work.busy and work._bar.value == 0
    running.clear()
    go.clear()
    work.start(wait, "third")
    assert running.wait(20)
    work.button.click()
    assert work.said == "Cancelled." and not work.busy  # at once
    go.set()
    view.wait(20)
    assert work.said == "Cancelled."


def test_what_a_job_raises_is_said_as_text(make) -> None:
    view = make({"a": "occlusion"})
    work = Work(view._session, "test")

    def job(handle, progress):
        raise ValueError("There is no <b>cheese</b>; give some.")

    work.start(job, "…")
    assert work.said == "There is no <b>cheese</b>; give some." and not work.busy
    assert "<b>" not in work.row.children[1].value


def test_a_choice_is_kept_and_only_the_reader_is_heard() -> None:
    told = []
    choice = Choice("method", ["a", "b"], lambda: told.append(choice.value))
    choice.widget.value = "b"
    choice.offer(["c", "b"])
    assert choice.value == "b"
    choice.offer([("C", 1)])
    assert choice.value == 1
    choice.offer([])
    assert choice.value is None and told == ["b"]


def test_axes_carry_the_names(make, model) -> None:
    explainer = hb.Explainer(model, rows=list("abcd"), columns=np.arange(10) / 4)
    charts = make(explainer=explainer).charts
    axis = charts.rows.figure.axes[0]
    assert axis.label == "rows" and axis.tick_labels == dict(zip("0123", "abcd", strict=True))
    assert list(charts.columns.figure.axes[0].tick_values) == [0, 2, 4, 6, 8]
    assert charts.columns.figure.background_style == {"fill": "transparent"}


def test_markup_in_names_is_text(make) -> None:
    charts = make({"<img src=x onerror=alert(1)>": "occlusion"}).charts
    assert "<img" not in charts.legend.value and "&lt;img" in charts.legend.value


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


@pytest.mark.parametrize("ground", ["#ffffff", "#111111"])
@pytest.mark.parametrize("colour", [*COLOURS, GREY])
def test_colours_are_readable_in_both_themes(colour, ground) -> None:
    low, high = sorted([luminance(colour), luminance(ground)])
    assert (high + 0.05) / (low + 0.05) >= 4


def test_looks_do_not_repeat() -> None:
    looks = [look(index) for index in range(32)]
    assert len(set(looks)) == 32
    assert all(a[0] != b[0] and a[1] != b[1] for a, b in pairwise(looks))


def test_relative_keeps_zeros_and_gaps() -> None:
    np.testing.assert_array_equal(relative(np.zeros(3, "f4")), np.zeros(3))
    np.testing.assert_array_equal(relative(np.array([np.nan, -2, 1], "f4")), [np.nan, -1, 0.5])
    assert np.isnan(relative(np.full(2, np.nan, "f4"))).all()


def test_ticks_are_few_enough_to_be_read() -> None:
    assert ticks(["a"]) == [0]
    assert ticks([str(i) for i in range(100)]) == list(range(0, 100, 10))
    assert len(ticks(["2024-01-01T00:00:00"] * 1000)) <= 4


@given(low=st.floats(-1e4, 1e4), span=st.floats(1e-3, 1e4))
def test_axes_have_a_few_round_numbers(low, span) -> None:
    found = marks(low, low + span)
    assert 1 <= len(found) <= 6 and low <= found[0] + 1e-9 and found[-1] <= low + span + 1e-9
    assert marks(0, 1) == [0, 0.2, 0.4, 0.6, 0.8, 1] and marks(-0.11, 0.07) == [
        -0.1,
        -0.05,
        0,
        0.05,
    ]


# ------------------------------------------------------------------ the brush


def test_a_drag_selects_whole_lines_when_it_ends(drawn) -> None:
    seen: list[object] = []
    drawn.widget.observe(lambda change: seen.append(change["new"]), "selection")
    drag(drawn.charts.columns, 1.7, 4.2)
    assert drawn.selection == hb.Region.columns(2, 5)
    assert len(seen) == 1  # once, and not on every move
    assert ends(drawn.charts.columns) == [1.5, 4.5] and ends(drawn.charts.rows) is None
    drag(drawn.charts.rows, 0.6, 2.2)
    assert drawn.selection == hb.Region.rectangle(1, 3, 2, 5)
    assert len(seen) == 2


def test_the_brush_follows_the_selection(drawn) -> None:
    columns, rows = drawn.charts.columns, drawn.charts.rows
    drawn.selection = hb.Region.columns(1, 3) | hb.Region.columns(6, 8)
    assert ends(columns) == [0.5, 7.5] and ends(rows) is None
    drawn.widget.set_state({"selection": hb.Region.rectangle(0, 2, 4, 6).to_json()})
    assert ends(columns) == [3.5, 5.5] and ends(rows) == [-0.5, 1.5]
    drawn.selection = hb.Region()
    assert ends(columns) is None and ends(rows) is None


def test_the_hull_of_several_bands_does_not_change_them(drawn) -> None:
    region = hb.Region.columns(1, 3) | hb.Region.columns(6, 8)
    drawn.selection = region
    chart = drawn.charts.columns
    chart.brush.set_state({"brushing": True})
    chart.brush.set_state({"brushing": False})  # taken and let go where it was
    assert drawn.selection == region
    drag(chart, 0.2, 2.4)
    assert drawn.selection == hb.Region.columns(1, 3)


def test_clearing_the_brush_lifts_that_axis(drawn) -> None:
    drawn.selection = hb.Region.rectangle(0, 2, 4, 6)
    drawn.charts.columns.brush.set_state({"selected": None})
    assert drawn.selection == hb.Region.rows(0, 2)
    drawn.charts.rows.brush.set_state({"selected": None})
    assert not drawn.selection


def test_a_brush_over_the_whole_axis_restricts_nothing(drawn) -> None:
    drag(drawn.charts.columns, -0.5, 9.5)
    assert not drawn.selection and ends(drawn.charts.columns) is None


intervals = st.tuples(st.integers(0, 9), st.integers(1, 10)).filter(lambda ends: ends[0] < ends[1])


@given(interval=intervals)
def test_an_interval_survives_being_drawn(interval) -> None:
    assert brush.snapped([interval[0] - 0.5, interval[1] - 0.5], 10) == interval


@given(ends=st.tuples(st.floats(-0.5, 9.5), st.floats(-0.5, 9.5)))
def test_a_drawn_brush_selects_at_least_a_line(ends) -> None:
    found = brush.snapped(ends, 10)
    if ends[0] == ends[1]:
        assert found is None
    else:
        assert found is not None and 0 <= found[0] < found[1] <= 10


@pytest.mark.parametrize("nothing", [None, [], [2.0, 2.0], [np.nan, 3.0]])
def test_no_brush_is_no_interval(nothing) -> None:
    assert brush.snapped(nothing, 10) is None


@given(mask=st.lists(st.booleans(), min_size=40, max_size=40), to=intervals)
def test_moving_one_axis_keeps_the_other(mask, to) -> None:
    region = hb.Region.cells(np.reshape(mask, SHAPE))
    moved = brush.moved(region, "columns", to, SHAPE).mask(SHAPE)
    rows = region.mask(SHAPE).any(1) if region else np.ones(4, bool)
    expected = np.zeros(SHAPE, bool)
    expected[rows, to[0] : to[1]] = True
    np.testing.assert_array_equal(moved, expected)


# ------------------------------------------------------------------ without bqplot


def test_without_bqplot_the_panels_work_alone() -> None:
    code = """
import sys
sys.modules["bqplot"] = None
import numpy as np, heatbrush as hb
view = hb.compare(lambda batch: batch.sum((2, 3)), np.ones((2, 3)), ["occlusion"])
view.wait(20)
print(view.charts, list(view.explanations))
view.close()
"""
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": ":".join(PATHS)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "None ['occlusion']" and not re.search("Error", run.stderr)


PATHS = [path for path in sys.path if re.search(r"/(kernel|widget)$", path)]


def test_charts_are_not_wanted(make) -> None:
    assert make(charts=False).charts is None
