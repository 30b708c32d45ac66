"""Names of samples: read from ids= or from X, shown, and taken in the place of an index."""

from __future__ import annotations

import datetime
import io
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from heatbrush.border import sample_names
from heatbrush.export import code
from heatbrush.export.page import EXPORT
from heatbrush.export.pictures import charts
from heatbrush.export.pictures.shown import shown
from heatbrush.export.words import sentence

DATES = [datetime.date(2024, 3, day) for day in (1, 2, 9)]


@pytest.mark.parametrize(
    ("ids", "labels"),
    [
        (["a", "b", "c"], ("a", "b", "c")),
        ([30, 10, 20], ("30", "10", "20")),
        (np.array([1.5, 2.5, 3.0]), ("1.5", "2.5", "3.0")),
        (DATES, ("2024-03-01", "2024-03-02", "2024-03-09")),
        (pd.Index(["x", "y", "z"], name="patient"), ("x", "y", "z")),
        (pd.to_datetime(DATES), ("2024-03-01", "2024-03-02", "2024-03-09")),
    ],
)
def test_names_are_texts_numbers_dates_or_an_index(ids: Any, labels: tuple[str, ...]) -> None:
    found, notes = sample_names.read(ids, None, 3)
    assert found is not None and found.labels == labels and notes == []
    assert [found.place(label) for label in labels] == [0, 1, 2]


@pytest.mark.parametrize(
    ("ids", "error", "words"),
    [
        (["a", "b", "a"], ValueError, r"'a' occurs at 0 and at 2; give other names"),
        ([1, 1.0, 2], ValueError, r"'1' occurs at 0 and at 1"),
        (["a", "b"], ValueError, r"ids= holds 2 names, but X holds 3 samples"),
        ("abc", TypeError, r"takes a list of names, one per sample, but got 'abc'"),
        ({"a": 1}, TypeError, r"takes a list of names"),
        (np.zeros((3, 1)), ValueError, r"shape \(3, 1\), but one name per sample"),
        (7, TypeError, r"takes a list of names"),
    ],
)
def test_what_is_no_name_for_each_is_refused(ids: Any, error: type, words: str) -> None:
    with pytest.raises(error, match=words):
        sample_names.read(ids, None, 3)


def test_names_of_x_are_taken_where_it_has_any() -> None:
    cells = np.zeros((3, 4, 5))
    named = xr.DataArray(cells, dims=("patient", "row", "column"), coords={"patient": DATES})
    found, notes = sample_names.read(None, named, 3)
    assert found is not None and found.place(np.datetime64("2024-03-09")) == 2 and notes == []
    assert found.place(DATES[1]) == 1
    # given names count more
    mine, _ = sample_names.read(["a", "b", "c"], named, 3)
    assert mine is not None and mine.labels == ("a", "b", "c")
    twice = named.assign_coords(patient=["a", "a", "b"])
    assert sample_names.read(None, twice, 3) == (
        None,
        ["The names of the samples in X are left out: 'a' occurs at 0 and at 1."],
    )
    # these say nothing that the index does not; one matrix has rows, and no samples
    assert sample_names.read(None, named.assign_coords(patient=[0, 1, 2]), 3) == (None, [])
    assert sample_names.read(None, named, 1) == (None, [])
    assert sample_names.read(None, cells, 3) == (None, [])


def test_a_view_is_asked_by_name_and_shows_it(make: Any) -> None:
    view = make(ids=["anna", "bert", "7"], sample="bert", y=[0, 1, 0])
    assert view.sample == 1 and view.widget.sample["name"] == "bert"
    view.sample = "7"
    assert view.sample == 2 and view.widget.sample["name"] == "7"
    view.sample = 0  # a whole number is an index
    assert sentence(shown(view._session)).startswith("Sample 0 of 3 (anna), 4 × 10 cells;")
    title = view.figure().axes[0].get_title(loc="left") or view.figure().axes[0].get_title()
    assert title == "input: anna"
    assert "ids=ids" in view.code() and view.code().startswith("import heatbrush as hb\n")
    for wrong, words in (("ann", "did you mean 'anna'"), ("zzz", "names in ids=, or an index")):
        with pytest.raises(ValueError, match=words):
            view.sample = wrong
    with pytest.raises(TypeError, match=r"whole number, or by its name, but got 1\.5"):
        view.sample = 1.5
    assert view.sample == 0


def test_saved_files_say_the_name(make: Any) -> None:
    view = make(ids=DATES, sample=DATES[2])
    _, _, content = view._exports.npz()
    with np.load(io.BytesIO(content)) as file:
        assert json.loads(str(file["heatbrush"]))["name"] == "2024-03-09"
    page = view._exports.page()
    assert "<title>heatbrush: 2024-03-09: occlusion</title>" in page
    assert '"name":"2024-03-09"' in page and EXPORT.search(page) is None


def test_pinned_panels_files_and_charts_say_the_name(make: Any) -> None:
    view = make(ids=["anna", "bert", "7"], sample="bert", baseline=0)
    view.pin("occlusion")
    view.sample = "anna"
    (panel,) = view.widget.panels
    assert panel["pinned"]["name"] == "bert" and panel["pinned"]["sample"] == 1
    titles = [axes.get_title(loc="left") for axes in view.figure().axes]
    assert any(title.startswith("occlusion (bert, target ") for title in titles), titles
    said = charts._said(shown(view._session), charts.TITLES)
    assert said == "The charts as they were when this page was saved, of anna."
    assert view._session.samples.called(2) == "7"


def test_without_names_nothing_is_said(make: Any) -> None:
    view = make()
    assert view.widget.sample["name"] == "" and "ids" not in view.code()
    assert code.Origin("model", True, False, False, True, True).ids is False
    with pytest.raises(TypeError, match="whole number, but got 'anna'"):
        view.sample = "anna"
