"""The charts beneath the panels: profiles of all methods, and a brush that is the selection."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from itertools import pairwise

import bqplot
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import heatbrush as hb
from heatbrush import brush
from heatbrush.charts import COLOURS, GREY, Charts, _look, relative, ticks
from heatbrush.worker import Worker

SHAPE = (4, 10)


@pytest.fixture
def drawn(make):
    view = make({"a": "occlusion", "b": ("occlusion", {"patch": (1, 1)})})
    assert isinstance(view.charts, Charts)
    return view


def curves(chart) -> list[bqplot.Lines]:
    return [mark for mark in chart.figure.marks if isinstance(mark, bqplot.Lines)]


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
    looks = [_look(index) for index in range(32)]
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
