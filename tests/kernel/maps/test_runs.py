"""Runs and blocks against trying every stretch and every rectangle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sentences import refuses

from heatbrush_core import Region
from heatbrush_core.maps.runs import automatic, blocks, runs, share
from heatbrush_core.matrix.axes import Axis

SCORES = st.integers(-5, 5).map(float) | st.just(float("nan"))
PROFILES = arrays(float, st.integers(1, 14), elements=SCORES)


def stretches(n):
    return [(a, b) for a in range(n) for b in range(a + 1, n + 1)]


def is_maximal(scores, a, b):
    """The paper's definition: all proper subsequences score less, and no larger one has this."""
    total = scores[a:b].sum()
    inner = [scores[i:j].sum() for i, j in stretches(len(scores)) if a <= i and j <= b]
    return total > 0 and sum(each >= total for each in inner) == 1


def by_definition(scores):
    """Maximal scoring subsequences: those with the property that lie in no larger one with it."""
    having = [(a, b) for a, b in stretches(len(scores)) if is_maximal(scores, a, b)]
    return {
        (a, b)
        for a, b in having
        if not any((i, j) != (a, b) and i <= a and b <= j for i, j in having)
    }


def ranges(found):
    return [run.bands[0].columns for run in found]


@given(PROFILES)
def test_free_runs_are_the_maximal_scoring_subsequences(profile):
    found = runs(profile, "columns", k=20, penalty=0.0)
    parts, start = set(), 0
    for stop in [*np.flatnonzero(np.isnan(profile)).tolist(), len(profile)]:
        parts |= {(start + a, start + b) for a, b in by_definition(profile[start:stop])}
        start = stop + 1
    assert set(ranges(found)) == parts
    assert [run.score for run in found] == sorted((run.score for run in found), reverse=True)
    for run in found:
        a, b = run.bands[0].columns
        assert run.score == profile[a:b].sum()


@given(PROFILES, st.integers(1, 5), st.integers(0, 4), st.integers(1, 3))
def test_bounded_runs_are_the_best_of_what_is_left(profile, least, more, k):
    least = min(least, len(profile))
    found = runs(profile, "columns", k, least, least + more, penalty=0.5)
    left = np.where(np.isnan(profile), -np.inf, profile - 0.5)
    expected = []
    for _ in range(k):
        allowed = [(a, b) for a, b in stretches(len(left)) if least <= b - a <= least + more]
        best = max((left[a:b].sum() for a, b in allowed), default=-np.inf)
        if best <= 0:
            break
        expected.append(best)
        a, b = found[len(expected) - 1].bands[0].columns
        assert left[a:b].sum() == pytest.approx(best) and least <= b - a <= least + more
        left[a:b] = -np.inf
    assert [run.score for run in found] == pytest.approx(expected)


@given(arrays(float, st.tuples(st.integers(1, 5), st.integers(1, 5)), elements=SCORES))
def test_blocks_are_the_best_of_what_is_left(map):
    found = blocks(map, k=3, penalty=0.25)
    left = np.where(np.isnan(map), -np.inf, map - 0.25)
    h, w = map.shape
    boxes = [(*rows, *columns) for rows in stretches(h) for columns in stretches(w)]
    for block in found:
        best = max(left[a:b, c:d].sum() for a, b, c, d in boxes)
        mask = block.mask(map.shape)
        assert block.score == pytest.approx(best) and left[mask].sum() == pytest.approx(best)
        left[mask] = -np.inf
    if len(found) < 3:
        assert max(left[a:b, c:d].sum() for a, b, c, d in boxes) <= 0


def test_a_run_is_a_region_with_a_share():
    profile = np.array([0.0, 0.1, 2.0, 3.0, -1.0, 0.0, 1.0, 0.0])
    first, second = runs(profile, "rows", penalty=0.5)
    assert first == Region.rows(2, 4) and second == Region.rows(6, 7)
    assert first.share == pytest.approx(5 / 6.1) and second.share == pytest.approx(1 / 6.1)
    assert first | second == Region.rows(2, 4) | Region.rows(6, 7)


@given(st.integers(0, 99), st.floats(0.01, 100), st.floats(-10, 10))
def test_runs_do_not_depend_on_the_scale_of_the_map(seed, factor, shift):
    profile = np.random.default_rng(seed).normal(size=40)
    profile[10:18] += 9
    plain, moved = (runs(each, "columns") for each in (profile, profile * factor + shift))
    assert ranges(plain) == ranges(moved)
    best = plain[0].bands[0].columns
    assert best[0] <= 12 and best[1] >= 16


def test_a_flat_profile_has_no_run():
    assert runs(np.full(9, 3.0), "rows") == [] and runs(np.full(9, np.nan), "rows") == []
    assert blocks(np.zeros((3, 4))) == []


def test_the_penalty_is_above_the_noise_and_the_flanks():
    noise = np.array([1.0, 2.0, 3.0, 4.0, 5.0, np.nan])
    assert automatic(noise) == pytest.approx(3 + 3 * 1.4826)
    peak = np.array([0.0, 0.0, 0.0, 10.0, 0.0])
    assert automatic(peak) == 2.0
    assert share(np.array([-1.0, 0.0]), slice(0, 1)) == 0.0


@pytest.mark.parametrize(
    "settings, said",
    [
        ({"axis": "cells"}, ("'cells'", "'rows' or 'columns'", "give one")),
        ({"k": 0}, ("k is 0", "from 1 on", "give one")),
        ({"min_length": 1.5}, ("min_length is 1.5", "whole number", "give one")),
        ({"min_length": 4, "max_length": 2}, ("min_length is 4", "max_length 2", "that fit")),
        ({"min_length": 40}, ("min_length is 40", "at most 9 lines", "that fit")),
        ({"penalty": "high"}, ("'high'", "a number or 'auto'", "give one")),
        ({"penalty": np.inf}, ("penalty is inf", "finite", "give one")),
    ],
)
def test_impossible_settings(settings, said):
    with refuses(ValueError, *said):
        runs(np.arange(9.0), **{"axis": "rows", **settings})


def test_a_run_tells_where_it_starts_and_stops():
    (run,) = runs(np.array([0, 0, 5.0, 6, 0, 0, 0]), "columns")
    assert (run.start, run.stop, run.label) == (2, 4, "")
    named = run.named(Axis.make(None, 3, "rows"), Axis.make(list("abcdefg"), 7, "columns"), "it")
    assert (named.label, named.origin, named.score, named) == ("c–d", "it", run.score, run)
    (run,) = runs(np.array([0, 0, 5.0, 6, 0, 0, 0]), "rows")
    assert (run.start, run.stop) == (2, 4)


def test_a_rectangle_has_no_start():
    (block,) = blocks(np.pad(np.ones((2, 3)), 2))
    assert not hasattr(block, "start") and not hasattr(block, "stop")
    with pytest.raises(AttributeError, match=r"no run of whole rows or columns.*bounds"):
        _ = block.start
