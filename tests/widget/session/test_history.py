"""The results that runs had: kept by their number, within bounds."""

from __future__ import annotations

from heatbrush import protocol
from heatbrush.border.asked import Question, Spec
from heatbrush.session.history import History, Result


def result(run: int, cells: int) -> Result:
    array: protocol.Array = {"shape": [cells], "bytes": bytes(4 * cells)}
    errors = {"standard_error": None, "row_errors": None, "column_errors": None}
    state = {"map": array, **errors, "channels": None, "failure": None}
    return Result(run, Spec("occlusion"), Question(0, None), state)


def test_history_is_bounded_by_number_and_by_bytes() -> None:
    history = History(results=3)
    for run in range(5):
        history.keep(result(run, 1))
    assert [history.result(run) is not None for run in range(5)] == [False] * 2 + [True] * 3
    assert all(history.spec(run) == Spec("occlusion") for run in range(5))
    small = History(bytes=1000)
    for run in range(4):
        small.keep(result(run, 100))
    assert [small.result(run) is not None for run in range(4)] == [False] * 2 + [True] * 2
    small.keep(result(9, 10_000))
    assert small.result(9) is not None  # the newest, however large
