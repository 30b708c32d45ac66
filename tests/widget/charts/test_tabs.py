"""The tabs beneath the panels: only the open one works, and a view does without any."""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys

import ipywidgets

import heatbrush as hb
from heatbrush.charts import tabs


class Tab:
    """Remembers what it was told."""

    def __init__(self, session) -> None:
        self.title, self.box, self.told = "Mine", ipywidgets.HTML(), []
        for name in ("open", "leave", "refresh", "close"):
            setattr(self, name, functools.partial(self.told.append, name))


def test_only_the_open_tab_is_told(make, monkeypatch) -> None:
    monkeypatch.setattr(tabs, "OTHERS", (*tabs.OTHERS, Tab))
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
    assert (
        sum(bool(mark.labels) for mark in view.charts.columns.figure.marks) == 3
    )  # those that came while it was not seen
    before = len(told)
    view.run("occlusion", panel="d")
    assert len(told) == before


def test_closed_charts_ask_for_nothing(make, model) -> None:
    view = make({"a": "occlusion"}, y=[0, 1, 0])
    charts = view.charts
    by_title = {tab.title: tab for tab in charts.tabs}
    curve, classes = by_title["Curves"], by_title["Classes"]
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
