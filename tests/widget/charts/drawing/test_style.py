"""How the charts look: colours that can be read, and a few round numbers at each axis."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatbrush.charts.drawing.style import COLOURS, GREY, look, marks, ticks


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


@pytest.mark.parametrize("ground", ["#ffffff", "#111111"])
@pytest.mark.parametrize("colour", [*COLOURS, GREY])
def test_colours_are_readable_in_both_themes(colour, ground) -> None:
    low, high = sorted([luminance(colour), luminance(ground)])
    assert (high + 0.05) / (low + 0.05) >= 4


def test_looks_do_not_repeat() -> None:
    looks = [look(index) for index in range(32)]
    assert len(set(looks)) == 32
    assert all(a[0] != b[0] and a[1] != b[1] for a, b in pairwise(looks))


def test_ticks_are_few_enough_to_be_read() -> None:
    assert ticks(["a"]) == [0]
    assert ticks([str(i) for i in range(100)]) == list(range(0, 100, 10))
    assert len(ticks(["2024-01-01T00:00:00"] * 1000)) <= 4


@given(low=st.floats(-1e4, 1e4), span=st.floats(1e-3, 1e4))
def test_axes_have_a_few_round_numbers(low, span) -> None:
    found = marks(low, low + span)
    assert 1 <= len(found) <= 6 and low <= found[0] + 1e-9 and found[-1] <= low + span + 1e-9
    assert marks(0, 1) == [0, 0.2, 0.4, 0.6, 0.8, 1] and marks(-0.11, 0.07) == [
        -0.1,
        -0.05,
        0,
        0.05,
    ]
