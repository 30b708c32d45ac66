"""Landmarks against the truth, by trying all pairings."""

from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import refuses

from heatbrush_core.outputs import match

PLACES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=4)


def best(found, truth, allowed):
    """The most pairs, and their smallest sum of distances."""
    distance = [[np.hypot(a - c, b - d) for c, d in truth] for a, b in found]
    for count in range(min(len(found), len(truth)), 0, -1):
        sums = [
            sum(distance[i][j] for i, j in zip(rows, columns, strict=True))
            for rows in combinations(range(len(found)), count)
            for columns in permutations(range(len(truth)), count)
            if all(allowed(i, j, distance[i][j]) for i, j in zip(rows, columns, strict=True))
        ]
        if sums:
            return count, min(sums)
    return 0, 0.0


@given(PLACES, PLACES, st.sampled_from([None, 0.0, 2.0, 5.0]))
@settings(max_examples=80)
def test_as_many_pairs_as_can_be_and_as_near(found, truth, reach):
    said = match(found, truth, reach)
    count, total = best(found, truth, lambda i, j, d: reach is None or d <= reach)
    assert len(said.found) == count
    assert said.distance.sum() == pytest.approx(total)
    assert sorted([*said.found, *said.false]) == list(range(len(found)))
    assert sorted([*said.truth, *said.missed]) == list(range(len(truth)))
    for i, j, distance in zip(said.found, said.truth, said.distance, strict=True):
        assert distance == pytest.approx(np.hypot(*np.subtract(found[i], truth[j])))


def test_a_pair_more_is_worth_any_distance():
    # around a ring that is open at one place: all three move on by one, or two stay where they are
    ring = [(0, 0), (4, 0), (4, 4), (0, 4.5)]
    said = match(ring[:3], ring[1:], reach=4.1)
    assert list(zip(said.found, said.truth, strict=True)) == [(0, 0), (1, 1), (2, 2)]


def test_only_landmarks_of_a_class_are_paired():
    found = pd.DataFrame({"row": [1.0, 5.0], "column": [1.0, 5.0], "class": ["a", "b"]})
    truth = pd.DataFrame({"row": [1.0, 5.0, 9.0], "column": [1.0, 5.0, 9.0], "class": list("bba")})
    said = match(found, truth)
    assert list(zip(said.found, said.truth, strict=True)) == [(0, 2), (1, 1)]
    assert said.missed.tolist() == [0] and said.false.tolist() == []
    assert (said.recall, said.precision) == (2 / 3, 1)
    table = match(found, truth, reach=1).table()
    assert table["kind"].tolist() == ["found", "missed", "missed", "false"]
    assert table["found"].isna().tolist() == [False, True, True, False]
    assert table["truth"].isna().tolist() == [False, False, False, True]
    assert table["distance"].fillna(-1).tolist() == [0, -1, -1, -1]


def test_without_any_landmark():
    said = match([], [])
    assert np.isnan(said.recall) and np.isnan(said.precision) and len(said.table()) == 0
    assert match([], [[1, 1]]).recall == 0 and match([[1, 1]], []).precision == 0


def test_refusals():
    with refuses(ValueError, "found is an array of shape (1, 3)", "(n, 2)", "give the row"):
        match([[1, 2, 3]], [])
    with refuses(ValueError, "truth has no columns", "where a landmark is", "give them"):
        match([], pd.DataFrame({"x": [1]}))
    with refuses(ValueError, "reach is -1", "from 0 on", "None"):
        match([], [], -1)
