"""The tabs over samples of several lengths: what each shows is of the cells that exist."""

from __future__ import annotations

import full_panels
import numpy as np
import pytest

import heatbrush as hb

LENGTHS = np.array([10, 6, 8])
SMALL = {"patch": (1, 2)}


@pytest.fixture
def view(make):
    made = make({"a": ("occlusion", SMALL)}, valid=LENGTHS, y=[0, 0, 1])
    made.sample = 1
    return made


def opened(view, title):
    return view.charts.open(title)


def test_classes_and_who_relies(view, explainer, samples) -> None:
    chart = opened(view, "Classes")
    chart.button.press()
    expected = hb.class_profile(explainer, samples, [0, 0, 1], "occlusion", valid=LENGTHS, **SMALL)
    marks = chart.figures["columns"].figure.marks
    drawn = [mark for mark in marks if mark.visible and getattr(mark, "labels", None)]
    for place, mark in enumerate(drawn):
        mean = expected["mean"].to_numpy()[place]
        assert len(mark.y) == (10, 8)[place] and np.isnan(mean[len(mark.y) :]).all()
        np.testing.assert_allclose(mark.y, mean[: len(mark.y)])
    view.selection = region = hb.Region.columns(4, 9)
    table = hb.reliance(explainer, samples, region, [0, 0, 1], valid=LENGTHS)
    np.testing.assert_allclose(chart.reliance.measured.table["necessity"], table["necessity"])


def test_interaction(view, explainer, samples) -> None:
    chart = opened(view, "Interaction")
    chart.axis.value = "columns"
    (panel,) = full_panels.shown(chart.matrix)
    shown = np.frombuffer(panel["map"]["bytes"], "<f4").reshape(panel["map"]["shape"])
    found = hb.interaction(explainer, samples[1], "columns", valid=6)
    np.testing.assert_allclose(shown, found, rtol=1e-5, atol=1e-7)
    assert np.isnan(shown[6:]).all()


def test_curves(view, explainer, samples) -> None:
    chart = opened(view, "Curves")
    by_name = {
        mark.labels[0]: mark for mark in chart.figures["deletion"].figure.marks if mark.labels
    }
    found = hb.deletion(explainer, samples[1], view.explanations["a"], chart.by.value, orders=0)
    np.testing.assert_allclose(by_name["a"].y, found.scores)
    assert len(found.order) == {"cells": 24, "rows": 4, "columns": 6}[chart.by.value]
