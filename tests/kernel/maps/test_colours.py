import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps
from sentences import refuses

from heatbrush_core.maps.colours import (
    DIVERGING,
    STOPS,
    TABLES,
    colormap,
    ends,
    greys,
    limits,
    overlaid,
    table,
)

MAPS = [f"{name} {ground}" for name in DIVERGING for ground in ("light", "dark")]


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
    for name in [*MAPS, "input signed light", "input signed dark"]:
        middle = table(name)[127:129].astype(int)
        assert len(STOPS[name].split()) == 11
        assert (np.ptp(middle, axis=1) <= 8).all(), "zero has no hue"


def test_names():
    inputs = ["input", "input signed", "input viridis", "input cividis"]
    known = {name.removesuffix(" light").removesuffix(" dark") for name in TABLES}
    assert known == {*DIVERGING, *inputs} and {*MAPS, "input light", "input dark"} < {*TABLES}
    with refuses(ValueError, "'blue-red lite'", "there are blue-red light", "did you mean"):
        table("blue-red lite")
    with refuses(ValueError, "'jet'", "there are blue-red light", "give one of these"):
        table("jet")


# Machado, Oliveira & Fernandes (2009), severity 1, in linear RGB
BLIND = {
    "protan": "0.152286 1.052583 -0.204868 0.114503 0.786281 0.099216 -0.003882 -0.048116 1.051998",
    "deutan": "0.367322 0.860646 -0.227968 0.280085 0.672501 0.047413 -0.01182 0.04294 0.968881",
    "tritan": "1.255528 -0.076749 -0.178779 -0.078411 0.930809 0.147602 0.004733 0.691367 0.3039",
}
TO_LMS = (
    "0.41222147 0.53633254 0.05144599 0.2119035 0.68069955 0.10739696 0.08830246 0.28171884 "
    "0.6299787"
)
TO_LAB = (
    "0.21045426 0.79361778 -0.00407205 1.9779985 -2.4285922 0.45059371 0.02590404 0.78277177 "
    "-0.80867577"
)


def matrix(numbers):
    return np.array(numbers.split(), float).reshape(3, 3)


def oklab(colours, eyes=None):
    """Ottosson's OKLab of sRGB bytes, as eyes of a kind see them."""
    part = colours / 255.0
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    if eyes:
        linear = np.clip(linear @ matrix(BLIND[eyes]).T, 0, 1)
    return np.cbrt(linear @ matrix(TO_LMS).T) @ matrix(TO_LAB).T


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("eyes", [None, *BLIND])
def test_signs_and_sizes_are_told_apart_by_all_eyes(name, eyes):
    """0.02 is about the least difference that is seen."""
    seen = oklab(table(name), eyes)
    lightness = seen[:, 0]
    away = lightness[0] - lightness[128]
    for side in (lightness[:128], lightness[:127:-1]):  # from its end to zero
        assert (np.diff(side) * np.sign(away) <= 1e-3).all()
        assert abs(side[0] - side[-1]) > 0.4
    strong = seen[:64] - seen[:-65:-1]  # half of a scale and more, against the other sign
    least = 0.06 if name.split()[0] == "blue-orange" else 0.03
    assert np.linalg.norm(strong, axis=1).min() > least


@pytest.mark.parametrize("name", ["viridis", "cividis"])
def test_the_tables_of_matplotlib_are_its_own(name):
    from matplotlib import colormaps

    theirs = np.round(colormaps[name](np.arange(256))[:, :3] * 255)
    apart = oklab(table(f"input {name}")) - oklab(theirs)
    assert np.linalg.norm(apart, axis=1).max() < 0.02
    np.testing.assert_array_equal(table(f"input {name}")[[0, -1]], theirs[[0, -1]])


def test_the_ends_of_an_input_leave_out_a_few_extremes():
    values = np.append(np.linspace(-1, 3, 999), [1e9, np.nan])
    low, high = ends(values)
    known = np.sort(values[:-1])
    assert (low, high) == (np.quantile(known, 0.01), np.quantile(known, 0.99))
    assert ends(np.array([[2.0, 2.0, np.nan]])) == (1.5, 2.5)
    assert ends(np.append(np.zeros(1000), 7.0)) == (0.0, 7.0)
    assert ends(np.array([np.nan])) == (0.0, 1.0)


def test_a_map_over_the_input_is_as_opaque_as_it_is_strong():
    """JavaScript draws the same: tests/js/values/drawing/overlaid.test.ts holds these numbers."""
    ground = np.array([200, 100, 50], np.uint8)
    name = "blue-red light"
    ends = overlaid(np.array([0.0, 0.5, 1.0]), name, ground, 1.0)
    np.testing.assert_array_equal(ends[[0, 2]], table(name)[[0, 255]])
    assert np.abs(ends[1].astype(int) - ground).max() <= 1  # zero shows what lies beneath
    half = overlaid(np.array([0.0, 0.25, 0.75, 1.0]), name, ground, 0.5)
    assert half.tolist() == [[110, 87, 114], [166, 106, 92], [201, 95, 55], [179, 54, 34]]
    grey = greys("light")
    assert (np.ptp(grey.astype(int), axis=1) == 0).all() and (
        np.diff(grey[:, 0].astype(int)) <= 0
    ).all()
    assert grey[[0, 128, 255], 0].tolist() == [246, 192, 142]


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
