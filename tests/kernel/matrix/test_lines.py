"""Lines by name, number, date or index, against comparing each line by itself."""

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sentences import refuses

from heatbrush_core import Explainer, Region
from heatbrush_core.matrix.axes import Axis
from heatbrush_core.matrix.lines import ranges

SENSORS = ["acc x", "acc y", "gyro x", "acc x"]
SECONDS = np.arange(0, 1, 0.1)
DAYS = pd.date_range("2024-02-27", periods=8, name="day")


def lines(asked, names, which="columns"):
    """List the lines one by one."""
    found = ranges(asked, None if names is None else Axis.of(names, which), which)
    return [line for start, stop in found for line in range(start, stop)]


@given(st.sets(st.integers(-50, 50), min_size=1), st.integers(-60, 60), st.integers(0, 60))
def test_numbers_are_compared_with_both_ends_included(values, low, length):
    values, high = list(values), low + length
    expected = [i for i, value in enumerate(values) if low <= value <= high]
    if expected:
        assert lines((low, high), values) == expected
    else:
        with refuses(ValueError, f"({low}, {high})", "none is there", "both ends included"):
            lines((low, high), values)


@pytest.mark.parametrize(
    "asked, names, expected",
    [
        ((0.1, 0.3), SECONDS, [1, 2, 3]),  # 0.1 * 3 is a little more than 0.3
        (0.3, SECONDS, [3]),
        ((None, 0.2), SECONDS, [0, 1, 2]),
        ((0.8, None), SECONDS, [8, 9]),
        ([0.1, (0.5, 0.6)], SECONDS, [1, 5, 6]),
        (1, [0, 1, 2], [1]),
        ((1, 2), [0, 1, 2], [1, 2]),
        (np.timedelta64(1, "m"), pd.timedelta_range("0s", periods=3, freq="min"), [1]),
        ("acc y", SENSORS, [1]),
        ("acc x", SENSORS, [0, 3]),
        (("acc y", "gyro x"), SENSORS, [1, 2]),
        (("acc y", None), SENSORS, [1, 2, 3]),
        (["acc y", "gyro x"], SENSORS, [1, 2]),
        ("2024-02-28", DAYS, [1]),
        ("2024-03", DAYS, [3, 4, 5, 6, 7]),
        ((None, "2024-02"), DAYS, [0, 1, 2]),
        (("2024-02-28", "2024-03-01"), DAYS, [1, 2, 3]),
        (datetime.date(2024, 2, 28), DAYS, [1]),
        ((pd.Timestamp("2024-03-04"), None), DAYS, [6, 7]),
        (np.datetime64("2024-03-04"), DAYS.tz_localize("UTC"), [6]),
        (2, None, [2]),
        ((2, 4), None, [2, 3]),
        ([0, (2, 4)], None, [0, 2, 3]),
        (slice(2, 4), None, [2, 3]),
        (range(2, 4), None, [2, 3]),
        (np.array([0, 3]), None, [0, 3]),
        (slice("acc y", "gyro x"), SENSORS, [1, 2]),
        (pd.Index(["acc y", "gyro x"]), SENSORS, [1, 2]),
    ],
)
def test_what_is_meant(asked, names, expected):
    assert lines(asked, names) == expected


@pytest.mark.parametrize(
    "kind, asked, names, said",
    [
        (ValueError, "acc z", SENSORS, ("'acc z'", "There are no rows", "did you mean 'acc")),
        (ValueError, 1, SENSORS, ("1", "There are no rows", "Region.rows(start, stop)")),
        (ValueError, ("gyro x", "acc y"), SENSORS, ("'gyro x'", "comes after", "swap")),
        (ValueError, 0.35, SECONDS, ("0.35", "0.0 to 0.9", "both ends")),
        (ValueError, (0.5, 0.1), SECONDS, ("0.5", "comes after", "swap")),
        (TypeError, "a", SECONDS, ("'a'", "named by numbers", "Region.rows(start, stop)")),
        (TypeError, (1, 2, 3), SECONDS, ("(1, 2, 3)", "a pair", "a list")),
        (TypeError, 3, DAYS, ("3", "named by dates", "2024-03-01")),
        (TypeError, "soon", DAYS, ("'soon'", "named by dates", "2024-03-01")),
        (ValueError, "2025", DAYS, ("'2025'", "2024-02-27 to 2024-03-05", "both ends")),
        (TypeError, "acc x", None, ("'acc x'", "have no names here", "to the Explainer")),
        (TypeError, 0.5, None, ("0.5", "have no names here", "to the Explainer")),
    ],
)
def test_what_an_axis_does_not_have(kind, asked, names, said):
    with refuses(kind, *said):
        lines(asked, names, "rows")


def explainer(**names):
    return Explainer(lambda X: X.sum((1, 2)), **names)


def test_a_region_of_rows_and_columns():
    named = explainer(rows=SENSORS, columns=SECONDS)
    assert named.region(rows="acc y", columns=(0.1, 0.3)) == Region.rectangle(1, 2, 1, 4)
    assert named.region(columns=0.5) == Region.columns(5, 6)
    assert named.region() == Region.everything()
    two = Region.rectangle(0, 1, 1, 4) | Region.rectangle(3, 4, 1, 4)
    assert named.region(rows="acc x", columns=(0.1, 0.3)) == two
    assert explainer().region(rows=3, columns=(2, 5)) == Region.rectangle(3, 4, 2, 5)
    assert explainer().region(rows=(2, None)) == Region.rows(2, None)


def test_a_region_in_words():
    named = explainer(rows=SENSORS, columns=SECONDS)
    assert named.region("acc y, 0.1 to 0.3") == Region.rectangle(1, 2, 1, 4)
    assert named.region("gyro x; 0.8 to") == Region.rows(2, 3) | Region.columns(8, 10)
    assert named.region("0.5") == Region.columns(5, 6)
    # rows are rows, whatever the columns are called
    with refuses(ValueError, "'0.5'", "rows named", "give a name"):
        named.region(rows="0.5")
    with refuses(ValueError, "acc w", "no row named", "did you mean"):
        named.region("acc w, 0.1")
    with refuses(TypeError, "'acc y'", "only one", "leave one out"):
        named.region("acc y", rows=2)
    # without names they are counted, once it is known how many there are
    with refuses(ValueError, "neither the model nor names", "number of rows", "give x="):
        explainer().region("rows 1 to 2")
    assert explainer().region("rows 1 to 2, 3 to", x=np.ones((4, 9))) == Region.rectangle(
        1, 3, 3, 9
    )


def test_a_table_brings_its_names_along():
    x = pd.DataFrame(np.ones((3, 10)), index=SENSORS[:3], columns=SECONDS)
    assert explainer().region("gyro x", (0.2, 0.4), x) == Region.rectangle(2, 3, 2, 5)
    assert explainer(rows=list("abc")).region("b", 0.2, x) == Region.rectangle(1, 2, 2, 3)
