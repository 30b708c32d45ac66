"""Scores of maps and runs against the truth, by hand and by brute force."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import refuses

from heatbrush_core.maps.runs import runs
from heatbrush_core.synthetic import mass_in_truth, pointing, run_scores

NaN = np.nan
TRUTH = np.array([[True, False, False], [True, False, False]])


@pytest.mark.parametrize(
    "map, mass, point",
    [
        ([[1, 1, 0], [2, 0, 0]], 0.75, 1),
        ([[1, 3, 0], [-5, 0, 0]], 0.25, 0),
        ([[3, 3, 3], [0, 0, 0]], 1 / 3, 1 / 3),  # a tie
        ([[0, 0, 0], [0, 0, 0]], NaN, 1 / 3),
        ([[-1, -2, -3], [-4, -5, -6]], NaN, 1),  # the largest, whatever its sign
        ([[NaN, 1, 0], [1, 0, NaN]], 0.5, 0.5),
        ([[NaN, 1, 0], [NaN, 0, 2]], NaN, NaN),  # no true cell is there
        ([[NaN] * 3] * 2, NaN, NaN),
    ],
)
def test_maps_by_hand(map, mass, point):
    assert mass_in_truth(map, TRUTH) == pytest.approx(mass, nan_ok=True)
    assert pointing(map, TRUTH) == pytest.approx(point, nan_ok=True)
    assert np.isnan(mass_in_truth(map, ~TRUTH & TRUTH))
    assert np.isnan(pointing(map, ~TRUTH & TRUTH))


@given(st.data(), st.integers(1, 4), st.integers(1, 5))
@settings(max_examples=60)
def test_maps_by_brute_force(data, height, width):
    cell = st.one_of(st.integers(-3, 3).map(float), st.just(NaN))
    count = height * width
    map = data.draw(st.lists(cell, min_size=count, max_size=count))
    truth = data.draw(st.lists(st.booleans(), min_size=count, max_size=count))
    there = [(v, t) for v, t in zip(map, truth, strict=True) if v == v]
    mass = point = NaN
    if any(t for _, t in there):
        total = sum(v for v, _ in there if v > 0)
        mass = sum(v for v, t in there if v > 0 and t) / total if total else NaN
        top = [t for v, t in there if v == max(v for v, _ in there)]
        point = sum(top) / len(top)
    shaped = np.reshape(map, (height, width)), np.reshape(truth, (height, width))
    assert mass_in_truth(*shaped) == pytest.approx(mass, nan_ok=True)
    assert pointing(*shaped) == pytest.approx(point, nan_ok=True)


def truth_of(*runs, lines=12):
    """Truth in one of three columns, for some runs of rows."""
    truth = np.zeros((lines, 3), bool)
    for start, stop in runs:
        truth[start:stop, 1] = True
    return truth


@pytest.mark.parametrize(
    "found, true, expected",
    [
        ([(2, 6)], [(2, 6)], (1, 1, 1)),
        ([(2, 6)], [(4, 8)], (1 / 2, 1 / 2, 1 / 3)),
        ([(0, 2), (1, 4)], [(1, 3)], (1 / 2, 1, 2 / 3)),  # lines found twice count once
        ([(2, 6)], [(2, 6), (8, 12)], (1, 1 / 2, 1)),
        ([(2, 4), (4, 6)], [(2, 6)], (1, 1, 1 / 2)),  # cut in two
        ([(0, 1)], [(5, 9)], (0, 0, 0)),
        ([], [(5, 9)], (NaN, 0, 0)),
        ([(0, 1)], [], (0, NaN, NaN)),
        ([], [], (NaN, NaN, NaN)),
    ],
)
def test_runs_by_hand(found, true, expected):
    truth = truth_of(*true)
    assert tuple(run_scores(found, truth, "rows")) == pytest.approx(expected, nan_ok=True)
    assert tuple(run_scores(found, truth.T, "columns")) == pytest.approx(expected, nan_ok=True)


RANGES = st.tuples(st.integers(0, 11), st.integers(1, 6)).map(lambda r: (r[0], min(sum(r), 12)))


@given(st.lists(RANGES, max_size=3), st.lists(RANGES, max_size=3))
@settings(max_examples=60)
def test_runs_by_brute_force(found, true):
    lines = {line for run in true for line in range(*run)}
    got = {line for run in found for line in range(*run)}
    stretches, last = [], None
    for line in sorted(lines):
        if last != line - 1:
            stretches.append(set())
        stretches[-1].add(line)
        last = line
    best = [
        len(run & stretch) / len(run | stretch)
        for run in (set(range(*run)) for run in found)
        for stretch in stretches
    ]
    expected = (
        len(got & lines) / len(got) if got else NaN,
        len(got & lines) / len(lines) if lines else NaN,
        max(best, default=0) if lines else NaN,
    )
    scores = run_scores(found, truth_of(*true), "rows")
    assert tuple(scores) == pytest.approx(expected, nan_ok=True)
    assert scores.precision == pytest.approx(expected[0], nan_ok=True)
    assert scores.intersection_over_union == pytest.approx(expected[2], nan_ok=True)


@pytest.mark.parametrize("score", [mass_in_truth, pointing])
def test_impossible_maps(score):
    with refuses(ValueError, "(2, 3)", "both are (rows, columns)", "summed over channels"):
        score(np.ones((2, 3)), np.ones((3, 2), bool))
    with refuses(ValueError, "infinite", "a share", "NaN"):
        score([[1, np.inf]], np.ones((1, 2), bool))
    with refuses(TypeError, "float64 of shape (1, 2)", "boolean", "truth > 0"):
        score(np.ones((1, 2)), np.ones((1, 2)))
    with refuses(ValueError, "(1, 1, 2)", "(rows, columns)", "one sample at a time"):
        score(np.ones((1, 2)), np.ones((1, 1, 2), bool))


@pytest.mark.parametrize("run", [(3, 3), (5, 3), (-1, 2), (0, 13), (1.0, 2.0), 4])
def test_impossible_runs(run):
    with refuses(ValueError, f"the run {run!r}", "at least one of the 12", "stop <= 12"):
        run_scores([run], truth_of((2, 4)), "rows")


def test_impossible_axes():
    with refuses(ValueError, "axis 'cols'", '"rows" or "columns"', "give one"):
        run_scores([], truth_of(), "cols")


def test_runs_are_scored_as_they_were_found():
    truth = np.zeros((3, 8), bool)
    truth[1, 2:5] = True
    found = runs(np.array([0, 0, 0, 5.0, 5, 5, 0, 0]), "columns")
    table = pd.DataFrame({"region": found})
    expected = run_scores([(3, 6)], truth, "columns")
    assert expected.precision == pytest.approx(2 / 3)
    for each in (found, found[0], table, table["region"]):
        assert run_scores(each, truth, "columns") == expected
