"""What one view computes, keeps and stops, one request after another and several at once."""

from __future__ import annotations

import time
from collections.abc import Callable

import full_panels
import numpy as np
import pytest

import heatbrush as hb

GUARD = 20.0


FINE = {"patch": [1, 1], "stride": [1, 1]}


def until(true: Callable[[], object]) -> None:
    """Wait for what another thread is about to do."""
    deadline = time.monotonic() + GUARD
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.002)


def state(view: hb.View) -> tuple:
    """What a page draws."""
    widget = view.widget
    return full_panels.shown(widget), widget.sample, widget.scores, widget.target


def names(view: hb.View) -> list[str]:
    return [panel["name"] for panel in view.widget.panels]


def test_show_and_restore_bring_back_what_was_there(make, ask, model, sent) -> None:
    view = make({"a": "occlusion", "b": "occlusion"})
    before = state(view)
    explanations = view.explanations
    runs = {panel["name"]: panel["run"] for panel in view.widget.panels}
    ask(view, "show", sample=1, a=None, b=None)
    ask(view, "show", sample=None, a=0, b=1)
    assert view.sample == 1 and view.widget.target == {"a": 0, "b": 1, "given": True}
    ask(view, "run", method="occlusion", parameters={}, within=None, panel="c")
    ask(view, "remove", panel="b")
    assert names(view) == ["a", "c"]
    calls = model.calls
    ask(view, "restore", sample=0, a=0, b=None, given=False, runs=runs)
    assert state(view) == before and model.calls == calls
    assert view.explanations == explanations and view.sample == 0


def test_restore_computes_what_is_gone(make, ask) -> None:
    view = make({"a": "occlusion", "b": "occlusion"})
    session = view._session
    (expected, _) = full_panels.shown(view.widget)
    session.board.history.most = 1  # the next result takes the place of all before
    ask(view, "run", method="occlusion", parameters=FINE, within=None, panel="a")
    ask(view, "restore", sample=0, a=0, b=None, given=False, runs={"a": 1, "b": 2})
    (now, _) = full_panels.shown(view.widget)
    assert now["map"] == expected["map"] and now["parameters"] == expected["parameters"]
    assert now["run"] > 3 and names(view) == ["a", "b"]


def test_remove(make, ask) -> None:
    view = make({"a": "occlusion", "b": "occlusion"})
    ask(view, "remove", panel="a")
    ask(view, "remove", panel="a")
    assert names(view) == ["b"] and list(view.explanations) == ["b"]


def test_newest_wins_in_its_panel_while_the_others_go_on(held, ask, model, sent) -> None:
    held.hold()
    sent.messages.clear()
    ask(held, "run", method="occlusion", parameters={"patch": [4, 1]}, within=None, panel="b")
    ask(held, "run", method="occlusion", parameters={"patch": [1, 10]}, within=None, panel="a")
    ask(held, "run", method="occlusion", parameters={"patch": [2, 10]}, within=None, panel="a")
    assert sent.kinds("queued", "cancelled") == ["queued"] * 3
    b, replaced, newest = (message["run"] for message in sent.messages)
    model.gate.set()
    held.wait(GUARD)
    a_state, b_state = held.widget.panels
    assert (a_state["run"], b_state["run"]) == (newest, b)
    assert a_state["parameters"]["patch"] == [2, 10]
    late = [m for m in sent.of("progress") + sent.of("partial") if m["run"] not in (b, newest)]
    assert late == [] and replaced < newest


def test_cancel_has_the_last_word_and_the_map_stays(held, ask, model, sent) -> None:
    before = held.widget.panels
    held.hold()
    run = sent.last("queued")["run"]
    ask(held, "cancel", panel="a", run=run)
    assert sent.messages[-1] == {"kind": "cancelled", "panel": "a", "run": run}  # at once
    model.gate.set()
    held.wait(GUARD)
    assert sent.messages[-1]["kind"] == "cancelled" and held.widget.panels == before
    ask(held, "cancel", panel="a", run=run)
    ask(held, "cancel", panel="nowhere", run=run)
    assert sent.messages[-1]["run"] == run
    ask(held, "run", method="occlusion", parameters=FINE, within=None, panel="a")
    held.wait(GUARD)
    assert held.widget.panels[0]["run"] > run


def test_a_cancel_that_comes_late_leaves_the_next_run_alone(held, ask, model, sent) -> None:
    held.hold()
    first = sent.last("queued")["run"]
    ask(held, "run", method="occlusion", parameters=FINE, within=None, panel="a")
    second = sent.last("queued")["run"]
    ask(held, "cancel", panel="a", run=first)
    model.gate.set()
    held.wait(GUARD)
    assert held.widget.panels[0]["run"] == second > first


def test_a_handle_cancels_its_run_in_the_page_too(held, model, sent) -> None:
    model.reached.clear()
    model.gate.clear()
    handle = held.run("occlusion", panel="a", patch=(1, 1))
    assert model.reached.wait(GUARD)
    handle.cancel()
    assert sent.messages[-1]["kind"] == "cancelled"
    with pytest.raises(hb.Cancelled):
        handle.wait(0)


def test_cancel_after_another_sample_leaves_no_map_of_the_old_one(held, ask, model) -> None:
    model.reached.clear()
    model.gate.clear()
    ask(held, "show", sample=1, a=None, b=None)
    assert held.explanations == {}  # nothing of this sample yet
    ask(held, "cancel", panel="a", run=held._session.board.panels["a"].pending.run)
    model.gate.set()
    held.wait(GUARD)
    a, b = held.widget.panels
    assert a["arrays"] == "" and a["failure"] is None and b["arrays"]
    assert held.widget.sample["index"] == 1 and list(held.explanations) == ["b"]


def test_removing_a_panel_that_runs_stops_it(held, ask, model, sent) -> None:
    held.hold()
    ask(held, "remove", panel="a")
    model.gate.set()
    held.wait(GUARD)
    assert names(held) == ["b"] and sent.kinds("cancelled") == ["cancelled"]


def test_the_newest_sample_wins(held, ask, model) -> None:
    held.hold()
    for sample in (1, 2, 1, 2):
        ask(held, "show", sample=sample, a=None, b=None)
    model.gate.set()
    held.wait(GUARD)
    assert held.widget.sample["index"] == 2
    expected = held.explainer.explain(held._session.samples.matrices[2], "occlusion", **FINE)
    np.testing.assert_array_equal(held.explanations["a"].map, expected.map)


def test_a_new_view_is_told_what_runs(held, ask, model, sent) -> None:
    held.hold()
    run = sent.last("queued")["run"]
    sent.messages.clear()
    ask(held, "hello")
    assert sent.kinds() == ["alive", "queued"] and sent.messages[1]["run"] == run
    model.gate.set()
    until(lambda: sent.of("progress"))
