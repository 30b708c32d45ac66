"""Peaks of a map by their definition, and where between cells they are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heatbrush_core.outputs.peaks import peaks, refined


def by_definition(values, threshold):
    """The groups of equal touching cells above the threshold without a higher neighbour."""
    height, width = values.shape
    seen, found = set(), []

    def around(i, j):
        return [
            (a, b)
            for a in range(max(i - 1, 0), min(i + 2, height))
            for b in range(max(j - 1, 0), min(j + 2, width))
            if (a, b) != (i, j)
        ]

    for start in np.ndindex(height, width):
        if start in seen or not values[start] > threshold:
            continue
        group, waiting = {start}, [start]
        while waiting:
            for cell in around(*waiting.pop()):
                if cell not in group and values[cell] == values[start]:
                    group.add(cell)
                    waiting.append(cell)
        seen |= group
        if not any(values[n] > values[start] for cell in group for n in around(*cell)):
            found.append(group)
    return found


@given(st.data(), st.integers(1, 6), st.integers(1, 7))
@settings(max_examples=80)
def test_peaks_by_their_definition(data, height, width):
    cell = st.one_of(st.integers(0, 3).map(float), st.just(np.nan))
    values = np.reshape(
        data.draw(st.lists(cell, min_size=height * width, max_size=height * width)),
        (height, width),
    )
    groups = by_definition(values, 0.5)
    found = [tuple(each) for each in peaks(values, 0.5, 0).tolist()]
    assert len(found) == len(groups)
    for group in groups:
        assert sum(each in group for each in found) == 1
    heights = [values[each] for each in found]
    assert heights == sorted(heights, reverse=True)
    # of those that are near each other the higher one is kept
    far = [tuple(each) for each in peaks(values, 0.5, 2.5).tolist()]
    for place, each in enumerate(found):
        near = any(np.hypot(*np.subtract(each, one)) < 2.5 for one in found[:place] if one in far)
        assert (each in far) != near


def test_of_a_plateau_the_middle():
    values = np.zeros((5, 9))
    values[1:4, 2:7] = 1.0
    assert peaks(values, 0.5, 3).tolist() == [[2, 4]]
    assert peaks(np.ones((3, 3)), 0.5, 3).tolist() == [[1, 1]]
    assert peaks(np.full((3, 3), np.nan), 0.5, 3).shape == (0, 2)


@pytest.mark.parametrize("centre", [(3.0, 4.0), (3.4, 4.3), (2.7, 5.49), (0.0, 0.3), (6.2, 8.4)])
def test_a_gaussian_is_placed_exactly(centre):
    rows, columns = np.indices((7, 9))
    values = np.exp(-((rows - centre[0]) ** 2 + (columns - centre[1]) ** 2) / 4)
    cell = np.unravel_index(values.argmax(), values.shape)
    assert refined(values, cell) == pytest.approx(centre, abs=1e-9)


def test_what_is_no_gaussian_stays_in_its_cell():
    parabola = 3 - (np.arange(7) - 3.2) ** 2  # below 0 at its ends, but not beside its peak
    assert refined(parabola[:, None] - 2, (3, 0))[0] == pytest.approx(3.2)
    assert refined(np.ones((3, 3)), (1, 1)) == (1, 1)
    assert refined(np.array([[0.5, 1.0]]), (0, 1)) == (0, 1)
    row, column = refined(np.array([[0.0, 0.9, 1.0, 1.0, 0.0]]), (0, 2))
    assert row == 0 and 2 <= column <= 2.5
    assert refined(np.array([[np.nan, 1.0, 0.5]]), (0, 1)) == (0, 1)
