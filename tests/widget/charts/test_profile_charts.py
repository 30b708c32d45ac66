"""The profiles of all methods, and the brush over them that is the selection."""

from __future__ import annotations

import bqplot
import numpy as np
import pytest

import heatbrush as hb
from heatbrush.charts.drawing.style import GREY
from heatbrush.charts.profile_charts import ProfileCharts, relative
from heatbrush.jobs.worker import Worker


@pytest.fixture
def drawn(make):
    view = make({"a": "occlusion", "b": ("occlusion", {"patch": (1, 1)})})
    assert isinstance(profiles(view), ProfileCharts)
    return view


def profiles(view) -> ProfileCharts:
    return view.charts.open("Profiles")


def curves(chart) -> list[bqplot.Lines]:
    """The lines of methods: those of bands and of posts have no name."""
    lines = [mark for mark in chart.figure.marks if isinstance(mark, bqplot.Lines)]
    return [mark for mark in lines if mark.labels and mark.visible]


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
    for chart, axis in ((profiles(drawn).columns, "columns"), (profiles(drawn).rows, "rows")):
        marks = curves(chart)
        assert [mark.labels for mark in marks] == [["a"], ["b"]]
        assert len({mark.colors[0] for mark in marks}) == 2
        for mark, explanation in zip(marks, drawn.explanations.values(), strict=True):
            profile = getattr(explanation, axis)
            np.testing.assert_allclose(mark.y, profile / np.abs(profile).max(), rtol=1e-6)
            assert np.abs(mark.y).max() == 1


def test_charts_follow_results_panels_and_samples(drawn, ask) -> None:
    chart = profiles(drawn).columns
    before = curves(chart)[0].y.copy()
    drawn.run("occlusion", panel="c", patch=(2, 2))
    assert [mark.labels[0] for mark in curves(chart)] == ["a", "b", "c"]
    ask(drawn, "remove", panel="b")
    assert [mark.labels[0] for mark in curves(chart)] == ["a", "c"]
    assert [name for _, name, _ in profiles(drawn).legend.entries] == ["a", "c"]
    drawn.sample = 1
    assert not np.array_equal(curves(chart)[0].y, before)


def test_results_of_the_worker_arrive(make) -> None:
    view = make({"a": "occlusion"}, worker=Worker)
    charts = profiles(view)
    view.wait(20)
    assert len(curves(charts.columns)) == 1
    assert np.isfinite(curves(charts.columns)[0].y).all()


def test_lines_outside_the_run_are_gaps(drawn) -> None:
    drawn.run("occlusion", panel="a", within=hb.Region.columns(2, 4))
    y = curves(profiles(drawn).columns)[0].y
    marks = profiles(drawn).columns.figure.marks
    dots = next(mark for mark in marks if isinstance(mark, bqplot.Scatter))
    assert dots.x.tolist() == [2, 3] and np.isfinite(dots.y).all()
    assert np.isfinite(y).tolist() == [False, False, True, True]  # and no end that is a gap


def test_errors_are_bands_beneath_the_curves(make) -> None:
    rise = ("rise", {"samples": 40, "grid": 2})
    view = make({"a": "occlusion", "b": rise})
    for chart, axis in ((profiles(view).columns, "columns"), (profiles(view).rows, "rows")):
        (none, band), curve = chart.figure.marks[:2], curves(chart)[1]
        assert not none.visible
        assert (band.fill, band.opacities, band.fill_opacities) == ("between", [0, 0], [0.2, 0])
        assert band.fill_colors[0] == curve.colors[0] and band.visible
        profile = getattr(view.explanations["b"], axis)
        error = getattr(view.explanations["b"], f"{axis[:-1]}_errors")
        ends = np.stack([profile - error, profile + error]) / np.abs(profile).max()
        np.testing.assert_allclose(band.y, ends, rtol=1e-5)
    view.run("occlusion", panel="b")
    assert [
        mark for mark in profiles(view).rows.figure.marks if mark.visible and not mark.labels
    ] == [dots for dots in profiles(view).rows.figure.marks if isinstance(dots, bqplot.Scatter)]


def test_what_is_pointed_at_stands_between_posts(drawn) -> None:
    columns, rows = (
        chart.figure.marks[-1] for chart in (profiles(drawn).columns, profiles(drawn).rows)
    )
    assert not columns.visible and not rows.visible
    drawn.widget.set_state({"pointed": hb.Region.columns(2, 5).to_json()})
    assert columns.visible and columns.x.tolist() == [[1.5, 1.5], [4.5, 4.5]]
    assert columns.line_style == "dashed" and columns.colors == [GREY] and not rows.visible
    drawn.widget.set_state({"pointed": hb.Region().to_json()})
    assert not columns.visible


def test_relative_keeps_zeros_and_gaps() -> None:
    np.testing.assert_array_equal(relative(np.zeros(3, "f4")), np.zeros(3))
    np.testing.assert_array_equal(relative(np.array([np.nan, -2, 1], "f4")), [np.nan, -1, 0.5])
    assert np.isnan(relative(np.full(2, np.nan, "f4"))).all()


def test_axes_carry_the_names(make, model) -> None:
    explainer = hb.Explainer(model, rows=list("abcd"), columns=np.arange(10) / 4)
    charts = profiles(make(explainer=explainer))
    axis = charts.rows.figure.axes[0]
    assert axis.label == "rows" and axis.tick_labels == dict(zip("0123", "abcd", strict=True))
    assert list(charts.columns.figure.axes[0].tick_values) == [0, 2, 4, 6, 8]
    assert charts.columns.figure.background_style == {"fill": "transparent"}


# ------------------------------------------------------------------ the brush


def test_a_drag_selects_whole_lines_when_it_ends(drawn) -> None:
    seen: list[object] = []
    drawn.widget.observe(lambda change: seen.append(change["new"]), "selection")
    drag(profiles(drawn).columns, 1.7, 4.2)
    assert drawn.selection == hb.Region.columns(2, 5)
    assert len(seen) == 1  # once, and not on every move
    assert ends(profiles(drawn).columns) == [1.5, 4.5] and ends(profiles(drawn).rows) is None
    drag(profiles(drawn).rows, 0.6, 2.2)
    assert drawn.selection == hb.Region.rectangle(1, 3, 2, 5)
    assert len(seen) == 2


def test_the_brush_follows_the_selection(drawn) -> None:
    columns, rows = profiles(drawn).columns, profiles(drawn).rows
    drawn.selection = hb.Region.columns(1, 3) | hb.Region.columns(6, 8)
    assert ends(columns) == [0.5, 7.5] and ends(rows) is None
    drawn.widget.set_state({"selection": hb.Region.rectangle(0, 2, 4, 6).to_json()})
    assert ends(columns) == [3.5, 5.5] and ends(rows) == [-0.5, 1.5]
    drawn.selection = hb.Region()
    assert ends(columns) is None and ends(rows) is None


def test_the_hull_of_several_bands_does_not_change_them(drawn) -> None:
    region = hb.Region.columns(1, 3) | hb.Region.columns(6, 8)
    drawn.selection = region
    chart = profiles(drawn).columns
    chart.brush.set_state({"brushing": True})
    chart.brush.set_state({"brushing": False})  # taken and let go where it was
    assert drawn.selection == region
    drag(chart, 0.2, 2.4)
    assert drawn.selection == hb.Region.columns(1, 3)


def test_clearing_the_brush_lifts_that_axis(drawn) -> None:
    drawn.selection = hb.Region.rectangle(0, 2, 4, 6)
    profiles(drawn).columns.brush.set_state({"selected": None})
    assert drawn.selection == hb.Region.rows(0, 2)
    profiles(drawn).rows.brush.set_state({"selected": None})
    assert not drawn.selection


def test_a_brush_over_the_whole_axis_restricts_nothing(drawn) -> None:
    drag(profiles(drawn).columns, -0.5, 9.5)
    assert not drawn.selection and ends(profiles(drawn).columns) is None
