"""How often a model is right, against counting by hand and known intervals."""

from __future__ import annotations

import numpy as np
import pytest

from heatbrush.report.measures import Counts, wilson

RANDOM = np.random.default_rng(0)
TRUE, SAID = RANDOM.integers(4, size=200), RANDOM.integers(4, size=200)
TRUE[TRUE == 3] = 0  # a class that never occurs, though the model says it


def test_counts_are_those_of_a_loop() -> None:
    counts = Counts.of(TRUE.tolist(), SAID.tolist(), 4)
    for true in range(4):
        for said in range(4):
            by_hand = sum(t == true and s == said for t, s in zip(TRUE, SAID, strict=True))
            assert counts.table[true, said] == by_hand
    assert counts.accuracy == np.mean(TRUE == SAID) and counts.total == 200
    for each in range(3):
        assert counts.recall[each] == np.mean(SAID[TRUE == each] == each)
        assert counts.precision[each] == np.mean(TRUE[SAID == each] == each)
    assert np.isnan(counts.recall[3]) and counts.precision[3] == 0
    assert counts.balanced == pytest.approx(np.mean(counts.recall[:3]))


def test_the_most_frequent_mistakes_come_first() -> None:
    counts = Counts.of([0, 0, 0, 1, 2, 2], [1, 1, 0, 1, 0, 2], 3)
    assert counts.confusions(5) == [(0, 1, 2), (2, 0, 1)]
    assert counts.confusions(1) == [(0, 1, 2)]


def test_the_interval_is_that_of_wilson() -> None:
    """As statsmodels.stats.proportion.proportion_confint(..., method="wilson") gives it."""
    assert wilson(8, 10) == pytest.approx((0.4901625, 0.9433178), abs=1e-6)
    assert wilson(400, 400) == pytest.approx((0.9904876, 1.0), abs=1e-6)
