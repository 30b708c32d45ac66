"""The tabs beneath the panels: only the open one works, and a view does without any."""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys

import ipywidgets
from ipywidgets.widgets.widget import _instances

import heatbrush as hb
from heatbrush.charts import tabs


class Tab:
    """Remembers what it was told."""

    def __init__(self, session) -> None:
        self.title, self.box, self.told = "Mine", ipywidgets.HTML(), []
        for name in ("open", "leave", "refresh", "close"):
            setattr(self, name, functools.partial(self.told.append, name))


def test_only_the_open_tab_is_made_and_told(make, monkeypatch) -> None:
    monkeypatch.setitem(tabs.TABS, "Mine", Tab)
    view = make({"a": "occlusion"})
    box, made = view.charts.box, view.charts.tabs
    assert box.titles[0] == "Profiles" and {"Curves", "Classes"} < set(box.titles)
    assert box.titles[-1] == "Mine" and box.selected_index is None and made == {}
    view.run("occlusion", panel="b")
    assert all(page.children == () for page in box.children)
    box.selected_index = len(box.titles) - 1
    told = made["Mine"].told
    assert list(made) == ["Mine"] and box.children[-1].children == (made["Mine"].box,)
    view.run("occlusion", panel="c")
    box.selected_index = 0
    assert told[0] == "open" and told[-1] == "leave" and set(told[1:-1]) == {"refresh"}
    assert box.children[0].children == (made["Profiles"].box,)
    # those that came while it was not seen
    assert sum(bool(mark.labels) for mark in made["Profiles"].columns.figure.marks) == 3
    before = len(told)
    view.run("occlusion", panel="d")
    assert len(told) == before


def test_few_widgets_before_a_chart_is_shown_and_none_once_it_is_closed(make) -> None:
    before = set(_instances)
    view = make({"a": "occlusion", "b": "occlusion"}, y=[0, 1, 0])
    view._repr_mimebundle_()
    assert view.charts is not None and len(set(_instances) - before) <= 15
    for title in tabs.TABS:
        view.charts.open(title)
    assert {"LinesModel", "FigureModel", "AnyModel"} <= {
        _instances[each]._model_name for each in set(_instances) - before
    }
    view.run("occlusion", panel="c")
    view.charts.open("Profiles")
    view.sample = 1
    view.close()
    assert set(_instances) - before == set()


def test_figures_keep_their_marks_while_panels_stay(make, ask, monkeypatch) -> None:
    """A page that is given other marks keeps the nodes of the old ones."""
    view = make({"a": "occlusion", "b": "occlusion"}, y=[0, 1, 0])
    changes: list[str] = []
    for title in tabs.TABS:
        view.charts.open(title)
    curves, classes = view.charts.tabs["Curves"], view.charts.tabs["Classes"]
    profiles = view.charts.tabs["Profiles"]
    figures = {
        "columns": profiles.columns.figure,
        "rows": profiles.rows.figure,
        **{mode: each.figure for mode, each in curves.figures.items()},
        **{f"classes by {axis}": each.figure for axis, each in classes.figures.items()},
        "reliance": classes.reliance.figure,
    }
    for name, figure in figures.items():
        figure.observe(lambda _change, name=name: changes.append(name), "marks")
    for title in tabs.TABS:
        view.charts.open(title)
        view.sample = 1 - view.sample
        view.target = "right" if view.target == hb.targets.Class(0) else "left"
        view.selection = hb.Region.columns(2, 5)
        view.run("occlusion", panel="a", within=hb.Region.rows(0, 2))
    classes.button.click()
    classes.axis.widget.value = "rows"
    classes.button.click()
    curves.by.widget.value = "rows"
    assert changes == []
    view.charts.open("Profiles")
    ask(view, "remove", panel="b")
    assert changes == ["columns", "rows"]


def test_closed_charts_ask_for_nothing(make, model) -> None:
    view = make({"a": "occlusion"}, y=[0, 1, 0])
    charts = view.charts
    curve, classes = charts.open("Curves"), charts.open("Classes")
    view.close()
    calls = model.calls
    for index in (*range(len(tabs.TABS)), 0):
        charts.box.selected_index = index
    classes.button.click()
    for each in classes.prototypes:
        each.button.click()
    curve.by.widget.value = "rows"
    curve.brush.selected = [10.0, 20.0]
    view.widget.selection = hb.Region.rows(0, 1).to_json()
    assert model.calls == calls


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
