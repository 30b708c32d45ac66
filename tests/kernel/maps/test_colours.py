import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps
from sentences import refuses

from heatbrush_core.maps.colours import STOPS, TABLES, colormap, limits, table


@pytest.mark.parametrize("name", TABLES)
def test_tables_run_from_the_first_stop_to_the_last(name):
    colours = table(name)
    assert colours.shape == (256, 3)
    assert colours.dtype == np.uint8
    stops = STOPS[name].split()
    assert [bytes(colours[i]).hex() for i in (0, -1)] == [stops[0], stops[-1]]


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_linear_between_stops(name):
    stops = np.array([list(bytes.fromhex(stop)) for stop in STOPS[name].split()], float)
    place = np.linspace(0, len(stops) - 1, 256)
    below = np.minimum(place.astype(int), len(stops) - 2)
    part = (place - below)[:, None]
    expected = (1 - part) * stops[below] + part * stops[below + 1]
    assert np.abs(table(name) - expected).max() <= 0.5 + 1e-9


def test_diverging_tables_are_palest_in_the_middle():
    for name in TABLES[:4]:
        middle = table(name)[127:129].astype(int)
        assert len(STOPS[name].split()) == 11
        assert (np.ptp(middle, axis=1) <= 8).all(), "zero has no hue"


def test_names():
    assert TABLES == (
        "blue-red light",
        "blue-red dark",
        "purple-green light",
        "purple-green dark",
        "input light",
        "input dark",
    )
    with refuses(ValueError, "'blue-red lite'", "there are blue-red light", "did you mean"):
        table("blue-red lite")
    with refuses(ValueError, "'jet'", "there are blue-red light", "give one of these"):
        table("jet")


def test_colormap_is_the_table_and_leaves_gaps_clear():
    colours = colormap("blue-red dark")
    drawn = colours(np.ma.masked_invalid([0.0, 1.0, np.nan]), bytes=True)
    np.testing.assert_array_equal(drawn[:2, :3], table("blue-red dark")[[0, -1]])
    assert drawn[2, 3] == 0


def test_limits_ignore_a_few_extremes_and_what_was_not_computed():
    values = np.ones((50, 40), np.float32)
    values[0, 0] = -1000
    assert limits(values) == 1
    assert limits(values, 1.0) == 1000
    values[1:] = np.nan
    assert limits(values, 0.5) == 1


def test_limits_of_maps_with_little_in_them():
    zeros = np.zeros((100, 100))
    assert limits(zeros) == limits(zeros * np.nan) == limits(np.zeros((0, 3))) == 1
    zeros[3, 3] = -0.25
    assert limits(zeros) == 0.25


@given(nps.arrays(np.float32, (5, 6), elements=st.floats(width=32)))
def test_limits_are_always_a_positive_number(values):
    assert 0 < limits(values) < np.inf
    assert limits(values) == limits(-values)
