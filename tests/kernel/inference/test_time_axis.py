"""Which axis is time: as it is said, as names or layers tell, else the columns."""

import datetime

import keras
import numpy as np
import pandas as pd
import pytest
from keras import layers
from sentences import refuses

from heatbrush_core import Explainer, Region, Search, find_runs
from heatbrush_core.evidence import searching
from heatbrush_core.maps.search import BlockSearch
from heatbrush_core.targets import Class


def total(batch):
    return batch.sum(axis=(1, 2))


def network(*body, shape=(12, 6)):
    """A model with the layers in front of a global mean and a dense layer."""
    return keras.Sequential([keras.Input(shape), *body, layers.Flatten(), layers.Dense(2)])


DAYS = [datetime.date(2026, 1, day) for day in (1, 2, 3)]


@pytest.mark.parametrize(
    "names",
    [
        DAYS,
        pd.date_range("2026-01-01", periods=3, freq="h", tz="UTC"),
        pd.period_range("2026-01", periods=3, freq="M"),
        pd.to_timedelta([0, 1, 2], unit="s"),
        np.array(DAYS, "datetime64[D]"),
    ],
)
def test_dates_as_names_tell(names):
    by_rows, by_columns = Explainer(total, rows=names), Explainer(total, columns=names)
    assert (by_rows.time, by_rows.time_is_assumed) == ("rows", False)
    assert (by_columns.time, by_columns.time_is_assumed) == ("columns", False)
    both = Explainer(total, rows=names, columns=names)
    assert (both.time, both.time_is_assumed) == ("columns", True)
    assert Explainer(total, rows=names, time="columns").time == "columns"


@pytest.mark.parametrize("names", [None, ["a", "b", "c"], [1, 2, 3], []])
def test_other_names_tell_nothing(names):
    explainer = Explainer(total, rows=names)
    assert (explainer.time, explainer.time_is_assumed) == ("columns", True)


ALONG = [
    ([lambda: layers.Conv1D(3, 4)], "rows"),
    ([lambda: layers.SeparableConv1D(3, 4)], "rows"),
    ([lambda: layers.LSTM(3)], "rows"),
    ([lambda: layers.Bidirectional(layers.GRU(3, return_sequences=True))], "rows"),
    ([lambda: layers.MaxPooling1D(2), lambda: layers.LSTM(3)], "rows"),
    ([lambda: layers.Permute((2, 1)), lambda: layers.Conv1D(3, 2)], "columns"),
    ([lambda: layers.Conv1D(3, 2, data_format="channels_first")], "columns"),
    ([lambda: layers.Dense(4)], None),
    # the first runs along the columns, the second along the rows
    (
        [
            lambda: layers.Conv1D(12, 1, data_format="channels_first"),
            lambda: layers.Conv1D(3, 2),
            lambda: layers.LSTM(2),
        ],
        "columns",
    ),
]


@pytest.mark.parametrize("body, expected", ALONG)
def test_layers_over_time_tell(body, expected):
    explainer = Explainer(network(*(make() for make in body)))
    assert explainer.time == (expected or "columns")
    assert explainer.time_is_assumed == (expected is None)


def test_an_image_read_column_by_column_goes_along_its_columns():
    body = [layers.Conv2D(3, 3), layers.Permute((2, 1, 3)), layers.Reshape((18, 24)), layers.GRU(4)]
    assert Explainer(network(*body, shape=(10, 20, 1))).time == "columns"
    plain = Explainer(network(layers.Conv2D(3, 3), shape=(10, 20, 1)))
    assert plain.time == "columns" and plain.time_is_assumed


def test_what_is_said_goes_before_names_and_layers():
    for time in ("rows", "columns", "none"):
        explainer = Explainer(network(layers.LSTM(3)), columns=pd.RangeIndex(6), time=time)
        assert explainer.time == time and not explainer.time_is_assumed
    with refuses(ValueError, "time is 'row'", "'rows', 'columns', 'none'", "give the axis"):
        Explainer(total, time="row")


RANDOM = np.random.default_rng(3)


def sure(batch):
    """Two classes: "event" where three neighbours of line 2 or 4 are high together."""
    windows = sum(batch[:, :, at : at + 38] for at in range(3)) / 3
    z = 12 * windows[..., 0][:, [2, 4]].mean(1).max(1) - 5
    return np.stack([1 / (1 + np.exp(z)), 1 / (1 + np.exp(-z))], axis=1)


SENSORS = RANDOM.normal(0, 0.1, size=(6, 40))
SENSORS[[2, 4], 20:23] += 1


def test_time_along_the_rows_is_time_along_the_columns_turned():
    lying = Explainer(sure, scores="probabilities", baseline=0)
    upright = Explainer(
        lambda batch: sure(batch.swapaxes(1, 2)), scores="probabilities", baseline=0, time="rows"
    )
    for null in ("auto", "phases", "shifts"):
        settings = {"methods": "occlusion", "controls": 19, "null": null}
        first = find_runs(lying, SENSORS, "columns", **settings)
        second = find_runs(upright, SENSORS.T, "rows", **settings)
        assert len(first) and first.attrs["null"] == ("shifts" if null == "shifts" else "phases")
        same = ["start", "stop", "necessity", "sufficiency", "p"]
        pd.testing.assert_frame_equal(first[same], second[same])
    assert second.attrs["notes"] == ("Hidden cells become 0.",)
    assert first.attrs["notes"][0] == second.attrs["notes"][0] and "time" in first.attrs["notes"][1]


@pytest.mark.parametrize("time, axis", [("rows", 0), ("columns", 1)])
def test_rectangles_are_compared_with_phases_along_time(time, axis):
    explainer, x = Explainer(sure, scores="probabilities", time=time), SENSORS[..., None]
    explainer.asked(x)
    made = searching.matched(BlockSearch(), explainer, x, Class(1), 19, RANDOM)
    assert made is not None and made.source == "phases"
    spectra = np.abs(np.fft.rfft(made.matrices, axis=1 + axis))
    expected = np.broadcast_to(np.abs(np.fft.rfft(x, axis=axis)), spectra.shape)
    np.testing.assert_allclose(spectra, expected, atol=1e-9)
    assert np.abs(made.matrices - x).max() > 0.5


@pytest.mark.parametrize(
    "time, axis, said",
    [
        ("rows", "columns", ("given for columns", "is for rows, which are time", "time=")),
        ("columns", "rows", ("given for rows", "is for columns, which are time", "time=")),
        ("none", "columns", ("time='none'", "drawn anew along time", "null='background'")),
        ("none", "rows", ("time='none'", "drawn anew along time", "null='background'")),
    ],
)
def test_phases_are_refused_where_they_do_not_go_along_time(time, axis, said):
    explainer = Explainer(sure, scores="probabilities", time=time)
    with refuses(ValueError, *said):
        find_runs(explainer, SENSORS, axis, "occlusion", null="phases")
    table = find_runs(explainer, SENSORS, axis, "occlusion")
    assert table.attrs["null"] == "none" and of_time(table) == ()


def of_time(table):
    """The notes, but for the one on what hidden cells become."""
    return tuple(note for note in table.attrs["notes"] if not note.startswith("Hidden cells"))


def test_that_columns_are_assumed_is_said_where_it_matters():
    explainer, dated = (
        Explainer(sure, scores="probabilities", time=time) for time in (None, "columns")
    )
    search, region = Search.of("columns", "occlusion"), [Region.columns(20, 23)]
    said = 'time="rows", "columns" or "none"'
    for axis in ("rows", "columns"):  # for rows there is no p, as columns are assumed
        (note,) = of_time(find_runs(explainer, SENSORS, axis, "occlusion", controls=19))
        assert "columns were taken to be time" in note and note.endswith(f"{said}.")
        assert of_time(find_runs(dated, SENSORS, axis, "occlusion", controls=19)) == ()
    table = explainer.evidence(SENSORS, region, chosen=search, controls=19)
    assert of_time(table) == (note,)
    assert of_time(explainer.evidence(SENSORS, region, chosen="before")) == ()
    others = Explainer(sure, scores="probabilities", background=np.zeros((19, 6, 40)))
    found = find_runs(others, SENSORS, methods="occlusion", controls=19)
    assert found.attrs["null"] == "background" and of_time(found) == ()
