"""The results that runs had: kept by their number, within bounds."""

from __future__ import annotations

import numpy as np

import heatbrush as hb
from heatbrush.border import wire
from heatbrush.border.asked import Question, Spec
from heatbrush.session.history import History, Result


def result(run: int, cells: int) -> Result:
    """A result of 8 bytes a cell: its values, and the sum of their channels."""
    spec, found = Spec("occlusion"), hb.Explanation.of(np.zeros((1, cells)), "occlusion")
    return Result(run, spec, Question(0, None), wire.panel("a", spec, (1, cells), run), found)


def test_history_is_bounded_by_number_and_by_bytes() -> None:
    history = History(results=3)
    for run in range(5):
        history.keep(result(run, 1))
    assert [history.result(run) is not None for run in range(5)] == [False] * 2 + [True] * 3
    assert all(history.spec(run) == Spec("occlusion") for run in range(5))
    small = History(bytes=2000)
    for run in range(4):
        small.keep(result(run, 100))
    assert [small.result(run) is not None for run in range(4)] == [False] * 2 + [True] * 2
    small.keep(result(9, 10_000))
    assert small.result(9) is not None  # the newest, however large
