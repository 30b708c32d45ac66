"""Regions in words: the same grammar as the view's field, whose tests are in tests/js."""

from __future__ import annotations

import numpy as np
import pytest

from heatbrush_core.matrix.axes import Axis
from heatbrush_core.matrix.region import Region
from heatbrush_core.matrix.typed import typed_region

ROWS = Axis.of(["acc x", "acc y", "acc z", "gyro", "temp, in", "to go"], "rows")
TIMES = Axis.of(np.arange(100) / 10, "columns")
DAYS = Axis.of(
    np.array(["2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02", "2024-04-01"], "M8[D]"),
    "columns",
)
BARE = Axis.make(None, 20, "rows")
ODD = Axis.of(["7", "5", "a;b", "5", "row 1"], "rows")
NEGATIVE = Axis.of(np.round(np.arange(41) / 10 - 2, 1), "columns")
rectangle = Region.rectangle


@pytest.mark.parametrize(
    ("text", "rows", "columns", "expected"),
    [
        ("acc y, 2.0 to 7.9", ROWS, TIMES, rectangle(1, 2, 20, 80)),
        ("acc y to gyro, .3", ROWS, TIMES, rectangle(1, 4, 3, 4)),
        ("ACC Y; gyro, 9.5 to", ROWS, TIMES, Region.rows(1, 2) | rectangle(3, 4, 95, 100)),
        ("acc x, gyro, 1 to 2", ROWS, TIMES, rectangle(0, 1, 10, 21) | rectangle(3, 4, 10, 21)),
        ("acc x, 1, 5", ROWS, TIMES, rectangle(0, 1, 10, 11) | rectangle(0, 1, 50, 51)),
        ("2 to 7.9", ROWS, TIMES, Region.columns(20, 80)),
        ("acc y\u2013gyro \u00d7 2.0\u20137.9", ROWS, TIMES, rectangle(1, 4, 20, 80)),
        ("everything", ROWS, TIMES, Region.everything()),
        ("temp, in, 1 to 2", ROWS, TIMES, rectangle(4, 5, 10, 21)),
        ("acc z to to go", ROWS, TIMES, Region.rows(2, 6)),
        ("rows 2 to 4", ROWS, TIMES, Region.rows(2, 5)),
        ("rows 2 to 8, columns 3", BARE, TIMES, rectangle(2, 9, 30, 31)),
        ("gyro, -1.5 to \u22120.5", ROWS, NEGATIVE, rectangle(3, 4, 5, 16)),
        ("acc x, 2024-03", ROWS, DAYS, rectangle(0, 1, 2, 4)),
        ("2024-02-29 to 2024-03-01", ROWS, DAYS, Region.columns(1, 3)),
        ("rows 7", ODD, TIMES, Region.rows(0, 1)),
        ("rows 2", ODD, TIMES, Region.rows(2, 3)),
        ("5", ODD, TIMES, Region.rows(1, 2) | Region.rows(3, 4)),
        ("a;b; 7, 3", ODD, TIMES, Region.rows(2, 3) | rectangle(0, 1, 30, 31)),
    ],
)
def test_what_is_typed_is_selected(text: str, rows: Axis, columns: Axis, expected: Region) -> None:
    shape = (len(rows), len(columns))
    found = typed_region(text, rows, columns)
    np.testing.assert_array_equal(found.mask(shape), expected.mask(shape))


@pytest.mark.parametrize(
    ("text", "columns", "why"),
    [
        ("acc w, 2 to 3", TIMES, "there is no row named 'acc w'; did you mean 'acc "),
        ("acc y, 7.9 to 2.0", TIMES, "7.9 to 2.0 runs backwards; swap the two."),
        ("gyro to acc x", TIMES, "gyro to acc x runs backwards; swap the two."),
        ("acc y, 12 to", TIMES, "no column lies at 12 to the end; the columns are 0.0 to 9.9."),
        ("12", TIMES, "no column lies at 12; the columns are 0.0 to 9.9."),
        ("acc y, two", TIMES, "'two' is no number, but the columns are 0.0 to 9.9."),
        ("acc y, May", DAYS, "'May' is no date, but the columns are 2024-02-28 to 2024-04-01."),
        ("rows 4 to 9", TIMES, "there is no row 9: they are 0 to 5."),
        ("acc y;", TIMES, "nothing stands at one side of a comma or semicolon; write something"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(text: str, columns: Axis, why: str) -> None:
    with pytest.raises(ValueError) as caught:
        typed_region(text, ROWS, columns)
    assert str(caught.value).startswith(f"The selection {text!r} cannot be read: {why}")
