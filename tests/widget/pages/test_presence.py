"""Which pages show a view, without a kernel: a loop and a clock that the test turns."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from heatbrush.pages import cells, presence
from heatbrush.pages.presence import ASKED_EVERY, TICK, TICKS


class Loop:
    """The kernel's loop and its clock; what is due is called when the test lets time pass."""

    def __init__(self) -> None:
        self.now = 100.0
        self.due: list[tuple[float, Callable[..., None], tuple]] = []

    def add_callback(self, call: Callable[..., None], *given) -> None:
        self.due.append((self.now, call, given))

    def call_later(self, seconds: float, call: Callable[..., None], *given) -> None:
        self.due.append((self.now + seconds, call, given))

    def pass_by(self, seconds: float, late: float = 0.0) -> None:
        """Call what falls due; `late` more seconds pass before each, as while a cell runs."""
        end = self.now + seconds
        while self.due and min(self.due, key=lambda each: each[0])[0] <= end:
            first = min(self.due, key=lambda each: each[0])
            self.due.remove(first)
            self.now = max(self.now, first[0]) + late
            first[1](*first[2])
        self.now = max(self.now, end)


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> Loop:
    loop = Loop()
    monkeypatch.setattr(presence.time, "monotonic", lambda: loop.now)
    kernel = type("Kernel", (), {"io_loop": loop})
    monkeypatch.setattr(cells, "kernel", lambda: kernel)
    return loop


@pytest.fixture
def shown(make, ask, loop):
    """A view that pages 1 and 2 show."""
    view = make({"a": "occlusion"})
    ask(view, "here", viewer=1)
    ask(view, "here", viewer=2)
    loop.now += 2 * ASKED_EVERY
    return view


def paused(view) -> bool:
    return view._session.worker.gate.paused


def test_it_pauses_when_the_last_page_has_left(shown, ask) -> None:
    ask(shown, "leaving", viewer=1)
    ask(shown, "leaving", viewer=1)
    assert not paused(shown)
    ask(shown, "leaving", viewer=2)
    assert paused(shown)
    ask(shown, "here", viewer=3)
    assert not paused(shown)
    ask(shown, "leaving", viewer=3)
    ask(shown, "stop", search=0)  # whoever asks for something is there
    assert not paused(shown)


def test_no_page_was_ever_there(make, ask, loop, sent) -> None:
    view = make({"a": "occlusion"})
    ask(view, "leaving", viewer=1)
    loop.now += 2 * ASKED_EVERY
    view._session.presence.check()
    loop.pass_by(60)
    assert not paused(view) and not sent.of("calling")


def test_pages_that_do_not_answer_are_gone(shown, ask, loop, sent) -> None:
    session = shown._session
    session.presence.check()
    loop.pass_by(0)
    assert len(sent.of("calling")) == 1
    ask(shown, "here", viewer=2)
    loop.pass_by(TICK * (TICKS - 1))
    assert session.presence.pages == {1, 2}
    loop.pass_by(TICK * 3)
    assert session.presence.pages == {2} and not paused(shown)
    loop.pass_by(ASKED_EVERY)
    session.presence.check()
    loop.pass_by(TICK * (TICKS + 2))
    assert session.presence.pages == set() and paused(shown)
    loop.pass_by(ASKED_EVERY)
    session.presence.check()  # it asks on: the line may be back
    loop.pass_by(0)
    ask(shown, "here", viewer=2)
    assert len(sent.of("calling")) == 3 and not paused(shown)


def test_it_is_not_asked_too_often_nor_on_after_all_have_answered(shown, ask, loop, sent) -> None:
    session = shown._session
    for _ in range(3):
        session.presence.check()
    loop.pass_by(0)
    for viewer in (1, 2):
        ask(shown, "here", viewer=viewer)
    loop.pass_by(TICK * 3)
    assert loop.due == []
    session.presence.check()
    loop.pass_by(0)
    assert len(sent.of("calling")) == 1
    loop.pass_by(ASKED_EVERY)
    session.presence.check()
    loop.pass_by(0)
    assert len(sent.of("calling")) == 2


def test_a_kernel_that_cannot_hear_does_not_judge(shown, ask, loop) -> None:
    """While a cell runs answers wait; the ticks that come late say so."""
    session = shown._session
    session.presence.check()
    loop.pass_by(60, late=2 * TICK)
    assert session.presence.pages == {1, 2}
    for viewer in (1, 2):
        ask(shown, "here", viewer=viewer)
    loop.pass_by(60)
    assert session.presence.pages == {1, 2} and not paused(shown)


def test_without_a_loop_only_words_count(make, ask, monkeypatch, sent) -> None:
    monkeypatch.setattr(cells, "kernel", lambda: None)
    view = make({"a": "occlusion"})
    ask(view, "here", viewer=1)
    monkeypatch.setattr(presence.time, "monotonic", lambda: 1e9)
    view._session.presence.check()
    assert not sent.of("calling")
    ask(view, "leaving", viewer=1)
    assert paused(view)


def test_a_paused_view_keeps_what_waits_until_it_goes_on(shown, ask) -> None:
    ask(shown, "leaving", viewer=1)
    ask(shown, "leaving", viewer=2)
    handle = shown._session.run("b", shown._session.board.panels["a"].spec)
    assert not handle.done and "b" not in shown.explanations
    assert handle.wait(0) is shown.explanations["b"]  # who waits has it all the same
    later = shown._session.run("c", shown._session.board.panels["a"].spec)
    ask(shown, "here", viewer=1)
    assert later.done


# ------------------------------------------------------------------ cells


@pytest.fixture
def cell(monkeypatch: pytest.MonkeyPatch):
    """Begin an execution of a cell, as the kernel would."""
    now: list[cells.Execution | None] = [None]
    monkeypatch.setattr(cells, "running", lambda: now[0])

    def begin(name: str | None, request: str = "") -> None:
        now[0] = cells.Execution(name, request) if name else None
        cells._begins()

    return begin


def closed(view) -> bool:
    return view._session.worker.closed


def test_a_later_execution_of_its_cell_closes_a_view(make, cell) -> None:
    cell("one", "1")
    both = make(), make()
    for view in both:
        view._repr_mimebundle_()
        view._repr_mimebundle_()
    cell("two", "2")
    assert not closed(both[0]) and not closed(both[1])
    both[1]._repr_mimebundle_()  # which cell two displays as well
    cell("one", "3")
    assert closed(both[0]) and not closed(both[1])
    cell("two", "4")
    assert closed(both[1])
    both[1]._repr_mimebundle_()
    cell("one", "5")
    assert not closed(both[1])
    cell("two", "6")
    assert closed(both[1])


def test_without_the_name_of_a_cell_nothing_is_closed(make, cell) -> None:
    view = make()
    cell(None)
    view._repr_mimebundle_()
    cell(None)
    cell("one", "1")
    assert not closed(view)
