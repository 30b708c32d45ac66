"""A selection seen from one axis: what a brush snaps to, and what moving it does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import heatbrush as hb
from heatbrush.charts.drawing import intervals

SHAPE = (4, 10)
ENDS = st.tuples(st.integers(0, 9), st.integers(1, 10)).filter(lambda ends: ends[0] < ends[1])


@given(interval=ENDS)
def test_an_interval_survives_being_drawn(interval) -> None:
    assert intervals.snapped([interval[0] - 0.5, interval[1] - 0.5], 10) == interval


@given(ends=st.tuples(st.floats(-0.5, 9.5), st.floats(-0.5, 9.5)))
def test_a_drawn_brush_selects_at_least_a_line(ends) -> None:
    found = intervals.snapped(ends, 10)
    if ends[0] == ends[1]:
        assert found is None
    else:
        assert found is not None and 0 <= found[0] < found[1] <= 10


@pytest.mark.parametrize("nothing", [None, [], [2.0, 2.0], [np.nan, 3.0]])
def test_no_brush_is_no_interval(nothing) -> None:
    assert intervals.snapped(nothing, 10) is None


@given(mask=st.lists(st.booleans(), min_size=40, max_size=40), to=ENDS)
def test_moving_one_axis_keeps_the_other(mask, to) -> None:
    region = hb.Region.cells(np.reshape(mask, SHAPE))
    moved = intervals.moved(region, "columns", to, SHAPE).mask(SHAPE)
    rows = region.mask(SHAPE).any(1) if region else np.ones(4, bool)
    expected = np.zeros(SHAPE, bool)
    expected[rows, to[0] : to[1]] = True
    np.testing.assert_array_equal(moved, expected)
