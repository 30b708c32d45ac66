"""What a view shows and waits for, without a model: asking, withdrawing, going back."""

from __future__ import annotations

import numpy as np
import pytest

import heatbrush as hb
from heatbrush.border import wire
from heatbrush.border.asked import Question, Spec
from heatbrush.session.board import Board
from heatbrush.session.history import Result

HERE, THERE = Question(0, None), Question(1, None)
COARSE, FINE = Spec("occlusion"), Spec("occlusion", {"patch": (1, 1)})


@pytest.fixture
def board() -> Board:
    return Board(HERE, lambda name, spec: wire.panel(name, spec, (4, 10)))


def found(board: Board, name: str, spec: Spec) -> int:
    """Ask for a run and give it a result."""
    pending = board.ask(name, spec)
    assert board.settle(name, Result(pending.run, spec, board.question, pending.blank))
    return pending.run


def test_a_panel_is_blank_until_its_first_result(board) -> None:
    pending = board.ask("a", FINE)
    ((state, found),) = board.shown()
    assert found is None
    assert state["run"] == 0 and state["parameters"]["patch"] == [1, 1]
    assert pending.blank == {**state, "run": pending.run}
    assert board.awaited("a", pending.run) is pending and board.awaited("b", 1) is None


def test_only_the_newest_run_of_a_panel_is_settled(board) -> None:
    old, new = board.ask("a", COARSE), board.ask("a", FINE)
    assert not board.settle("a", Result(old.run, COARSE, HERE, old.blank))
    assert board.settle("a", Result(new.run, FINE, HERE, new.blank))
    assert board.shown()[0][0]["run"] == new.run and board.history.result(old.run) is None


def test_a_withdrawn_run_leaves_what_was_there(board) -> None:
    found(board, "a", COARSE)
    pending = board.ask("a", FINE)
    assert board.withdraw("a", pending.run) and not board.withdraw("a", pending.run)
    assert board.panels["a"].spec is COARSE and board.panels["a"].pending is None


def test_restore_brings_back_results_in_the_order_given(board) -> None:
    first, second = found(board, "a", COARSE), found(board, "b", COARSE)
    found(board, "a", FINE)
    assert board.restore(HERE, {"b": second, "a": first}) == []
    assert [state["run"] for state, _ in board.shown()] == [second, first]
    assert board.panels["a"].spec is COARSE


def test_restore_asks_again_for_what_was_let_go(board) -> None:
    first = found(board, "a", FINE)
    board.history.most = 1
    found(board, "b", COARSE)
    board.panels.clear()
    assert board.restore(HERE, {"a": first, "b": 99}) == ["a"]  # of 99 nothing is known
    assert list(board.panels) == ["a"] and board.panels["a"].spec is FINE


def test_restore_keeps_the_panels_that_wait_for_their_first_result(board) -> None:
    first = found(board, "a", COARSE)
    found(board, "away", COARSE)
    board.ask("new", FINE)
    assert board.restore(HERE, {"a": first}) == []
    assert list(board.panels) == ["a", "new"]
    assert board.restore(THERE, {"a": first}) == ["a", "new"]  # both are about another sample now


def test_a_difference_waits_until_both_of_its_panels_show_something_of_the_question(board) -> None:
    board.open("a", COARSE)
    board.open("b", COARSE)
    board.open("d", Spec("difference", of=("a", "b")))

    def shows(number: int, spec: Spec = COARSE) -> Result:
        pending = board.ask("ab"[number], spec)
        found = hb.Explanation.of(np.full((4, 10), number + 1.0), "occlusion")
        state = pending.blank
        if spec is FINE:
            found, state = None, {**state, "failure": {"title": "", "sentence": "", "instead": []}}
        return Result(pending.run, spec, board.question, state, found)

    def told() -> tuple[bool, bool]:
        state, found = board.shown()[-1]
        return found is not None, state["failure"] is not None

    assert told() == (False, False)
    board.settle("a", shows(0))
    assert told() == (False, False)
    board.settle("b", shows(1))
    assert told() == (True, False) and board.explanations()["d"].map[0, 0] == -1
    board.settle("b", shows(1, FINE))
    assert told() == (False, True)
    board.question = THERE
    assert told() == (False, False)
