"""Sobol's indices against SALib and closed forms; see tests/reference/salib_sobol.py."""

import json
from pathlib import Path

import numpy as np
import pytest

from heatbrush_core.sweeping import sobol

GIVEN = json.loads((Path(__file__).parents[2] / "reference" / "sobol.json").read_text())
A = np.array([0, 1, 4.5, 9, 99, 99, 99, 99])
"""The coefficients of Sobol's g function in SALib."""


def ishigami(u):
    x = np.pi * (2 * u - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def sobol_g(u):
    return np.prod((np.abs(4 * u - 2) + A) / (1 + A), axis=1)


def exact(name):
    """First and total indices, from the closed forms of the two functions."""
    if name == "sobol_g":
        own = 1 / (3 * (1 + A) ** 2)
        whole = np.prod(1 + own) - 1
        return own / whole, own * np.prod(1 + own) / (1 + own) / whole
    one = 0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2
    two, both = 49 / 8, 0.01 * np.pi**8 * (1 / 18 - 1 / 50)
    whole = one + two + both
    return np.array([one, two, 0]) / whole, np.array([one + both, two, both]) / whole


FUNCTIONS = {"ishigami": (ishigami, 3), "sobol_g": (sobol_g, 8)}
EACH = pytest.mark.parametrize("name", FUNCTIONS)


@EACH
def test_the_same_scores_give_the_indices_of_salib(name):
    scores, theirs = GIVEN[name]["scores"], GIVEN[name]["indices"]
    ours = sobol.indices(*(np.array(scores[key]) for key in ("a", "b", "ab")), 0.95, 0)
    a, b, ab = (np.array(scores[key]) for key in ("a", "b", "ab"))
    both = np.concatenate([a, b])
    # scores are centred by the mean of A and B here, and there by that of all
    centre = np.concatenate([both, ab.ravel()]).mean() - both.mean()
    shift = centre * (ab - a).mean(axis=1) / both.var()
    np.testing.assert_allclose(ours.first - shift, theirs["S1"], atol=1e-10)
    np.testing.assert_allclose(ours.total, theirs["ST"], atol=1e-10)
    # both draw the rows anew; SALib has half the width of a normal interval
    for interval, half in ((ours.first_interval, "S1_conf"), (ours.total_interval, "ST_conf")):
        widths = np.diff(interval, axis=1)[:, 0] / 2
        np.testing.assert_allclose(widths, theirs[half], rtol=0.25)


@EACH
def test_a_design_of_ours_against_salib_and_the_closed_form(name):
    function, count = FUNCTIONS[name]
    a, b = sobol.design(1024, count, seed=1)
    assert a.shape == b.shape == (1024, count) and a.min() >= 0 and max(a.max(), b.max()) < 1
    found = sobol.indices(*sobol.evaluated(function, a, b), 0.95, 0)
    theirs, truth = GIVEN[name]["of_1024"], exact(name)
    ends = (found.first_interval, found.total_interval)
    for ours, interval, key, right in zip(found[:2], ends, ("S1", "ST"), truth, strict=True):
        error = np.diff(interval, axis=1)[:, 0] / 2 + 1e-4
        assert (abs(ours - right) <= 1.5 * error).all()
        both = np.hypot(error, theirs[f"{key}_conf"])
        assert (abs(ours - theirs[key]) <= 1.5 * both).all()
        assert ((interval[:, 0] <= ours) & (ours <= interval[:, 1])).all()


def test_swapped_columns_come_from_b():
    a, b = sobol.design(8, 3, seed=0)
    asked = []

    def score(rows):
        asked.append(rows.copy())
        return rows.sum(1)

    of_a, of_b, of_ab = sobol.evaluated(score, a, b)
    assert of_ab.shape == (3, 8)
    np.testing.assert_allclose(of_ab[1], a.sum(1) - a[:, 1] + b[:, 1])
    np.testing.assert_allclose([of_a, of_b], [a.sum(1), b.sum(1)])


def test_the_same_seed_gives_the_same():
    one, two, other = (sobol.design(16, 3, seed) for seed in (4, 4, 5))
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, other)
    scores = sobol.evaluated(ishigami, *one)
    for again, first in zip(*(sobol.indices(*scores, 0.9, 3) for _ in range(2)), strict=True):
        np.testing.assert_array_equal(again, first)
    wide, narrow = (sobol.indices(*scores, level, 3).total_interval for level in (0.99, 0.5))
    assert (np.diff(wide) > np.diff(narrow)).all()


def test_scores_that_do_not_move_have_no_shares():
    still = 5 + 1e-9 * np.random.default_rng(0).random((3, 16))
    found = sobol.indices(still[0], still[1], still[2:], 0.95, 0)
    assert all(np.isnan(each).all() for each in found)
    assert sobol.is_still(np.zeros(4), np.zeros(4)) and not sobol.is_still(np.arange(4))
