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
from heatbrush.charts.controls import Row, Words


def ask(view, kind: str, **content) -> None:
    """Send a message as the page would."""
    view.charts.strip._handle_custom_msg({"kind": kind, **content}, [])


class Tab:
    """Remembers what it was told."""

    def __init__(self, session) -> None:
        self.title, self.box, self.told = "Mine", ipywidgets.VBox(), []
        self.words = Words("Mine alone")
        self.controls = [Row("", [self.words])]
        for name in ("open", "leave", "refresh", "close"):
            setattr(self, name, functools.partial(self.told.append, name))


def test_only_the_open_tab_is_made_and_told(make, monkeypatch) -> None:
    monkeypatch.setitem(tabs.TABS, "Mine", Tab)
    view = make({"a": "occlusion"})
    box, strip, made = view.charts.box, view.charts.strip, view.charts.tabs
    assert strip.titles[0] == "Profiles" and {"Curves", "Classes"} < set(strip.titles)
    assert strip.titles[-1] == "Mine" and strip.opened is None and made == {}
    view.run("occlusion", panel="b")
    assert box.children == (strip,) and strip.rows == [[]] * len(strip.titles)
    last = len(strip.titles) - 1
    ask(view, "open", tab=last)
    told = made["Mine"].told
    assert list(made) == ["Mine"] and box.children == (strip, made["Mine"].box)
    assert strip.opened == last and f"hb-page-{last}" in made["Mine"].box._dom_classes
    assert strip.rows[last] == [{"label": "", "items": [{"kind": "text", "text": "Mine alone"}]}]
    made["Mine"].words.say("changed")
    assert strip.rows[last][0]["items"] == [{"kind": "text", "text": "changed"}]
    view.run("occlusion", panel="c")
    ask(view, "open", tab=0)
    assert told[0] == "open" and told[-1] == "leave" and set(told[1:-1]) == {"refresh"}
    assert box.children == (strip, made["Mine"].box, made["Profiles"].box)
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


def test_figures_keep_their_marks_while_panels_stay(make) -> None:
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
    classes.button.press()
    classes.axis.value = "rows"
    classes.button.press()
    curves.by.value = "rows"
    assert changes == []
    view.charts.open("Profiles")
    view.widget._handle_custom_msg({"kind": "remove", "panel": "b"}, [])
    assert changes == ["columns", "rows"]


def test_closed_charts_ask_for_nothing(make, model) -> None:
    view = make({"a": "occlusion"}, y=[0, 1, 0])
    charts = view.charts
    curve, classes = charts.open("Curves"), charts.open("Classes")
    view.close()
    calls = model.calls
    for index in (*range(len(tabs.TABS)), 0):
        charts.strip._handle_custom_msg({"kind": "open", "tab": index}, [])
    classes.button.press()
    for each in classes.prototypes:
        each.press()
    curve.by.value = "rows"
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
