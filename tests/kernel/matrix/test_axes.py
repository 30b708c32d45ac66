import datetime

import numpy as np
import pandas as pd
import pytest
import xarray
from hypothesis import given
from hypothesis import strategies as st
from sentences import refuses

from heatbrush_core.matrix.axes import Axis, names_in


def labels(given):
    return Axis.make(given, len(given), "rows").labels


def test_none_numbers_the_lines():
    axis = Axis.make(None, 3, "columns")
    assert (axis.name, axis.labels, len(axis)) == ("columns", ("0", "1", "2"), 3)
    np.testing.assert_array_equal(axis.values, [0, 1, 2])
    assert axis.numbered
    assert not Axis.make(["1", "2"], 2, "rows").numbered


def test_strings_are_labels_and_no_values():
    axis = Axis.make(["a", "<b>bold</b>", "a"], 3, "rows")
    assert (axis.name, axis.labels, axis.values) == ("rows", ("a", "<b>bold</b>", "a"), None)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([1, 2, 30], ("1", "2", "30")),
        ([1.0, 2.0], ("1", "2")),
        (np.arange(3) * 0.25, ("0.00", "0.25", "0.50")),
        ([0.1, 0.2, 0.1 + 0.2], ("0.1", "0.2", "0.3")),
        (np.linspace(0, 1, 4), ("0.00", "0.33", "0.67", "1.00")),
        ([-0.5, -0.0, 0.5], ("-0.5", "0.0", "0.5")),
        ([1e-9, 2e-9], ("1e-09", "2e-09")),
        ([1_700_000_001, 1_700_000_002], ("1700000001", "1700000002")),
        ([1.5, 2e12], ("1.5", "2e+12")),
        (np.float32([0.1, 0.2]), ("0.1", "0.2")),
    ],
)
def test_numbers_share_their_decimals(numbers, expected):
    axis = Axis.make(numbers, len(numbers), "columns")
    assert axis.labels == expected
    np.testing.assert_array_equal(axis.values, np.asarray(numbers, float))


@given(st.floats(-100, 100), st.floats(1e-3, 100), st.integers(2, 200))
def test_evenly_spaced_numbers_get_labels_that_tell_them_apart(start, step, count):
    numbers = start + step * np.arange(count)
    axis = Axis.make(numbers, count, "rows")
    assert len(set(axis.labels)) == count
    np.testing.assert_allclose([float(label) for label in axis.labels], numbers, atol=step / 9)


def test_values_cannot_be_written():
    axis = Axis.make([1.0, 2.0], 2, "rows")
    with pytest.raises(ValueError):
        axis.values[0] = 5


def test_what_is_no_finite_number_has_no_values():
    for entries in ([1.0, np.nan], [1.0, np.inf], [1, "two"], [True, False], [1, None]):
        assert Axis.make(entries, 2, "rows").values is None


def test_dates_become_iso_text_without_empty_parts():
    assert labels(pd.date_range("2024-01-30", periods=2)) == ("2024-01-30", "2024-01-31")
    assert labels(pd.date_range("2024-01-30 08:00", periods=2, freq="90min")) == (
        "2024-01-30T08:00",
        "2024-01-30T09:30",
    )
    assert labels(np.array(["2024-01", "2024-02"], "datetime64[M]")) == ("2024-01", "2024-02")
    assert labels(np.array(["2024-01-01"], "datetime64[ns]")) == ("2024-01-01",)
    assert labels([datetime.date(2024, 5, 1)]) == ("2024-05-01",)
    assert labels(pd.date_range("2024-01-01", periods=1, tz="UTC")) == (
        "2024-01-01T00:00:00+00:00",
    )
    assert Axis.make(pd.date_range("2024-01-30", periods=2), 2, "rows").values is None


def test_time_differences_are_seconds():
    expected = [0.0, 0.25, 0.5]
    for given_ in (
        pd.timedelta_range("0s", periods=3, freq="250ms"),
        np.arange(3) * np.timedelta64(250, "ms"),
        [datetime.timedelta(seconds=s) for s in expected],
    ):
        axis = Axis.make(given_, 3, "columns")
        np.testing.assert_array_equal(axis.values, expected)
        assert axis.labels == ("0.00", "0.25", "0.50")


def test_an_index_brings_its_name():
    assert Axis.make(pd.Index([0.5, 1.0], name="time (s)"), 2, "columns").name == "time (s)"
    assert Axis.make(pd.Index(["a"]), 1, "rows").name == "rows"
    assert Axis.make(pd.Series(["a"], name="gene"), 1, "rows").name == "gene"
    levels = pd.MultiIndex.from_product([["left", "right"], ["x", "y"]], names=["foot", "axis"])
    axis = Axis.make(levels, 4, "rows")
    assert (axis.name, axis.labels[1]) == ("foot / axis", "left / y")
    coordinate = xarray.DataArray([1.0, 2.0], dims="t", name="time")
    assert Axis.make(coordinate, 2, "columns").name == "time"
    assert labels(coordinate) == ("1", "2")
    hours = pd.date_range("2024-01-01", periods=2, freq="h")
    assert labels(xarray.DataArray(hours, dims="t"))[1] == "2024-01-01T01:00"
    assert labels(pd.CategoricalIndex(["u", "v"])) == ("u", "v")
    assert labels(pd.period_range("2024-01", periods=2, freq="M")) == ("2024-01", "2024-02")


def test_an_axis_passes_through():
    axis = Axis.make(["a", "b"], 2, "rows")
    assert Axis.make(axis, 2, "rows") is axis
    with refuses(ValueError, "2 names", "has 3 rows", "give 3 names"):
        Axis.make(axis, 3, "rows")


def test_equal_by_name_and_labels():
    assert Axis.make([1, 2], 2, "rows") == Axis.make([1, 2], 2, "rows")
    assert Axis.make([1, 2], 2, "rows") != Axis.make([1, 3], 2, "rows")
    assert hash(Axis.make([1, 2], 2, "rows")) == hash(Axis.make([1, 2], 2, "rows"))


def test_wrong_length():
    with refuses(ValueError, "rows= holds 2 names", "the matrix has 3 rows", "None to number"):
        Axis.make(["a", "b"], 3, "rows")
    with refuses(ValueError, "columns= holds 4 names", "has 3 columns", "give 3 names"):
        Axis.make(np.arange(4.0), 3, "columns")


@pytest.mark.parametrize("wrong", ["abc", b"abc", 3, {"a", "b", "c"}])
def test_no_list_of_names(wrong):
    with refuses(TypeError, repr(wrong), "one per row", "give strings, numbers, dates"):
        Axis.make(wrong, 3, "rows")


def test_names_in_several_axes():
    with refuses(ValueError, "rows= is an array of shape (3, 1)", "one axis", "names.ravel()"):
        Axis.make(np.zeros((3, 1)), 3, "rows")


def test_spans():
    axis = Axis.make(["a", "b", "c", "d"], 4, "rows")
    assert axis.span((1, 3)) == "b–c"
    assert axis.span((2, 3)) == "c"
    assert axis.span((2, None)) == axis.span((2, 99)) == "c–d"
    assert axis.span(None) == axis.span((0, 4)) == ""
    assert axis.span((9, None)) == "no rows"
    assert Axis.make(None, 4, "columns").span((1, 2)) == "columns 1"


@pytest.mark.parametrize(
    "given, expected",
    [
        (None, np.arange(3)),
        ([0.5, 1, 2], np.array([0.5, 1, 2])),
        (["a", "b", "c"], np.array(["a", "b", "c"])),
        (
            pd.date_range("2024-01-01", periods=3),
            np.arange("2024-01-01", "2024-01-04", dtype="M8[D]"),
        ),
        ([datetime.date(1, 1, 1)] * 3, np.array(["0001-01-01"] * 3, "M8[D]")),
        (
            pd.date_range("2024-01-01", periods=3, tz="Europe/Paris"),
            np.arange("2023-12-31T23", "2024-01-03T23", 24, dtype="M8[h]"),
        ),
        (
            [pd.NaT, pd.Timestamp("2024-01-01"), pd.NaT],
            np.array(["NaT", "2024-01-01T00:00:00", "NaT"]),
        ),
    ],
)
def test_coordinates_are_numbers_and_dates(given, expected):
    found = Axis.make(given, 3, "columns").coordinates
    np.testing.assert_array_equal(found, expected)
    assert found.dtype.kind == expected.dtype.kind


FRAME = pd.DataFrame(np.zeros((2, 3)), index=["a", "b"], columns=pd.Index([0.5, 1, 2], name="s"))
CUBE = xarray.DataArray(
    np.zeros((4, 2, 3, 1)),
    dims=("n", "sensor", "time", "c"),
    coords={"sensor": ["a", "b"], "time": pd.date_range("2024-01-01", periods=3)},
)


@pytest.mark.parametrize(
    "x, rows, columns",
    [
        (FRAME, "a b", "0.5 1.0 2.0"),
        ([FRAME, FRAME], "a b", "0.5 1.0 2.0"),
        (CUBE, "a b", "2024-01-01 2024-01-02 2024-01-03"),
        (CUBE[..., 0], "a b", "2024-01-01 2024-01-02 2024-01-03"),
        (CUBE[0], "a b", "2024-01-01 2024-01-02 2024-01-03"),
        (CUBE[0, ..., 0], "a b", "2024-01-01 2024-01-02 2024-01-03"),
        (CUBE.drop_vars("time"), "a b", None),
        (pd.DataFrame(np.zeros((2, 3))), None, None),
        (np.zeros((2, 3)), None, None),
        ([[1, 2, 3], [4, 5, 6]], None, None),
    ],
)
def test_tables_bring_names_along(x, rows, columns):
    found = names_in(x, (2, 3, 1))
    for names, expected, length in zip(found, (rows, columns), (2, 3), strict=True):
        axis = Axis.make(names, length, "rows")
        assert axis.labels == (tuple(expected.split()) if expected else tuple("012"[:length]))


def test_a_table_names_its_axes():
    rows, columns = (Axis.of(each, "rows") for each in names_in(FRAME, (2, 3)))
    assert (rows.name, columns.name, len(columns)) == ("rows", "s", 3)
    first, second = names_in(CUBE, (2, 3, 1))
    assert (Axis.of(first, "rows").name, Axis.of(second, "columns").name) == ("sensor", "time")
