"""What if: the scores without a selection and with only it."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

import heatbrush as hb

GUARD = 20.0


COLUMNS = {"bands": [{"op": "add", "rows": None, "columns": [0, 5]}]}


def until(true: Callable[[], object]) -> None:
    """Wait for what another thread is about to do."""
    deadline = time.monotonic() + GUARD
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.002)


def test_what_if(make, ask, sent, explainer, samples) -> None:
    view = make()
    ask(view, "whatif", ask=7, selection=COLUMNS)
    region = hb.Region.columns(0, 5)
    answer = sent.last("answer")
    assert answer["ask"] == 7 and "reason" not in answer
    np.testing.assert_allclose(
        answer["without"], explainer.predict(samples[0], without=region).shown
    )
    np.testing.assert_allclose(answer["only"], explainer.predict(samples[0], only=region).shown)
    ask(view, "whatif", ask=8, selection={"bands": []})
    assert sent.last("answer") == {"kind": "answer", "ask": 8, "without": None, "only": None}


def test_what_if_says_why_it_failed(make, ask, sent, model) -> None:
    view = make()
    outside = {"bands": [{"op": "add", "rows": [2, 77], "columns": None}]}
    ask(view, "whatif", ask=1, selection=outside)
    assert "reaches row 76" in sent.last("answer")["reason"]
    model.error = RuntimeError("out of cheese")
    ask(view, "whatif", ask=2, selection=COLUMNS)
    assert "out of cheese" in sent.last("answer")["reason"]
    assert sent.last("answer")["without"] is None and not sent.of("refused")


def test_what_if_is_answered_between_the_batches_of_a_run(held, ask, model, sent) -> None:
    held.hold()
    for number in (1, 2, 3):  # two wait at once, the third takes the place of the first
        ask(held, "whatif", ask=number, selection=COLUMNS)
    replaced = sent.last("answer")
    assert replaced["ask"] == 1 and "newer" in replaced["reason"]
    run = sent.last("queued")["run"]
    model.gate.set()
    until(lambda: sent.last("answer")["ask"] == 3)
    assert {answer["ask"] for answer in sent.of("answer")} == {1, 2, 3}
    held.wait(GUARD)
    answered = sent.messages.index(sent.last("answer"))
    ended = [i for i, m in enumerate(sent.messages) if m["kind"] == "progress" and m["run"] == run]
    assert sent.last("answer")["without"] is not None
    assert answered < ended[-1] and held.widget.panels[0]["run"] == run


def test_views_of_one_page_take_no_place_of_each_other(held, ask, model, sent) -> None:
    held.hold()
    ask(held, "whatif", ask=1, viewer=1, selection=COLUMNS)
    ask(held, "whatif", ask=5, viewer=2, selection=COLUMNS)
    model.gate.set()
    until(lambda: len(sent.of("answer")) == 2)
    held.wait(GUARD)
    answers = {answer["ask"]: answer["without"] for answer in sent.of("answer")}
    assert answers[1] == answers[5] is not None
