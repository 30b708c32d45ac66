"""Messages from the page: what they do, in which order they are answered, and what is refused."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import heatbrush as hb
from heatbrush import protocol
from heatbrush.board import History, Question, Result, Spec
from heatbrush.worker import Worker

GUARD = 20.0
FINE = {"patch": [1, 1], "stride": [1, 1]}
COLUMNS = {"bands": [{"op": "add", "rows": None, "columns": [0, 5]}]}


def until(true: Callable[[], object]) -> None:
    """Wait for what another thread is about to do."""
    deadline = time.monotonic() + GUARD
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.002)


def names(view: hb.View) -> list[str]:
    return [panel["name"] for panel in view.widget.panels]


@pytest.fixture
def slow(explainer: hb.Explainer) -> hb.Explainer:
    """One window per batch, so that a run can be stopped between any two."""
    return hb.Explainer(explainer.model, classes=["left", "right"], batch_size=1)


@pytest.fixture
def held(make, slow, model, ask):
    """A view with two panels on a thread; `hold` stops the model inside a run of panel a."""
    view = make({"a": "occlusion", "b": "occlusion"}, explainer=slow, worker=Worker)
    view.wait(GUARD)

    def hold(**run) -> None:
        model.reached.clear()
        model.gate.clear()
        ask(view, "run", method="occlusion", parameters=FINE, panel="a", **run)
        assert model.reached.wait(GUARD)

    view.hold = hold
    yield view
    model.gate.set()


# ------------------------------------------------------------------ one message after another


def test_hello_is_answered_at_once(make, ask, sent) -> None:
    view = make()
    sent.messages.clear()
    ask(view, "hello")
    assert sent.messages == [{"kind": "alive"}]


def test_run_is_queued_computed_and_published(make, ask, sent) -> None:
    view = make()
    sent.messages.clear()
    ask(view, "run", method="occlusion", parameters=FINE, within=COLUMNS, panel=None)
    assert sent.kinds()[0] == "queued" and sent.messages[0]["run"] == 2
    last = sent.of("progress")[-1]
    assert last["done"] == last["total"] and last["run"] == 2
    partial = sent.last("partial")
    at = len(sent.messages) - 1 - sent.messages[::-1].index(partial)
    assert partial["shape"] == [4, 10] and len(sent.buffers[at][0]) == 4 * 40
    panel = view.widget.panels[0]
    assert panel["run"] == 2 and panel["within"] == COLUMNS
    assert panel["parameters"]["patch"] == [1, 1]
    ask(view, "run", method="occlusion", parameters=FINE, within={"bands": []}, panel="more")
    assert names(view) == ["occlusion", "more"] and view.widget.panels[1]["within"] is None


@pytest.mark.parametrize(
    ("parameters", "within", "said"),
    [
        ({"patch": [99, 1]}, None, "99"),
        ({"stride": [0, 1]}, None, "stride"),
        ({"pacth": [1, 1]}, None, "did you mean 'patch'"),
        ({}, {"bands": [{"op": "add", "rows": [0, 99], "columns": None}]}, "reaches row 98"),
    ],
)
def test_a_run_that_cannot_be_fails_in_its_panel(make, ask, sent, parameters, within, said) -> None:
    view = make({"a": "occlusion", "b": "occlusion"})
    kept = view.widget.panels[1]
    ask(view, "run", method="occlusion", parameters=parameters, within=within, panel="a")
    failure = view.widget.panels[0]["failure"]
    assert said in failure["sentence"] and failure["title"] and "\n" not in failure["sentence"]
    assert view.widget.panels[1] == kept and not sent.of("refused")


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


def test_show_and_restore_bring_back_what_was_there(make, ask, model, sent) -> None:
    view = make({"a": "occlusion", "b": "occlusion"})
    before = view.widget.panels, view.widget.sample, view.widget.scores, view.widget.target
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
    after = view.widget.panels, view.widget.sample, view.widget.scores, view.widget.target
    assert after == before and model.calls == calls
    assert view.explanations == explanations and view.sample == 0


def test_restore_computes_what_is_gone(make, ask) -> None:
    view = make({"a": "occlusion", "b": "occlusion"})
    session = view._session
    expected = view.widget.panels[0]
    ask(view, "run", method="occlusion", parameters=FINE, within=None, panel="a")
    session.board.history._results.clear()
    ask(view, "restore", sample=0, a=0, b=None, given=False, runs={"a": 1, "b": 2})
    now = view.widget.panels[0]
    assert now["map"] == expected["map"] and now["parameters"] == expected["parameters"]
    assert now["run"] > 3 and names(view) == ["a", "b"]


def test_remove(make, ask) -> None:
    view = make({"a": "occlusion", "b": "occlusion"})
    ask(view, "remove", panel="a")
    ask(view, "remove", panel="a")
    assert names(view) == ["b"] and list(view.explanations) == ["b"]


@pytest.mark.parametrize("format", ["html", "npz"])
def test_export_sends_a_file(make, ask, sent, format) -> None:
    view = make()
    ask(view, "export", format=format)
    message = sent.last("file")
    content = sent.buffers[sent.messages.index(message)][0]
    assert message["name"] == f"heatbrush.{format}" and len(content) > 500


# ------------------------------------------------------------------ while something runs


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
    ask(held, "cancel", panel="a", run=held._session.board.panels["a"].pending)
    model.gate.set()
    held.wait(GUARD)
    a, b = held.widget.panels
    assert a["map"] is None and a["failure"] is None and b["map"] is not None
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
    expected = held.explainer.explain(held._session.matrices[2], "occlusion", **FINE)
    np.testing.assert_array_equal(held.explanations["a"].map, expected.map)


def test_a_new_view_is_told_what_runs(held, ask, model, sent) -> None:
    held.hold()
    run = sent.last("queued")["run"]
    sent.messages.clear()
    ask(held, "hello")
    assert sent.kinds() == ["alive", "queued"] and sent.messages[1]["run"] == run
    model.gate.set()
    until(lambda: sent.of("progress"))


def test_handlers_never_run_the_model_and_never_wait_for_it(held, ask, model) -> None:
    held.hold()
    before = threading.current_thread().name
    began = time.monotonic()
    for kind, content in REQUESTS:
        ask(held, kind, **content)
    assert time.monotonic() - began < 5.0  # the model stands still meanwhile
    model.gate.set()
    held.wait(GUARD)
    assert model.threads == {"heatbrush"} and before != "heatbrush"


REQUESTS: list[tuple[str, dict]] = [
    ("hello", {}),
    ("run", {"method": "occlusion", "parameters": FINE, "within": None, "panel": "b"}),
    ("whatif", {"ask": 1, "selection": COLUMNS}),
    ("show", {"sample": 1, "a": None, "b": None}),
    ("restore", {"sample": 0, "a": 0, "b": None, "given": False, "runs": {"a": 1, "b": 2}}),
    ("export", {"format": "npz"}),
    ("cancel", {"panel": "a", "run": 1}),
    ("find", {"axis": "rows", "parameters": {"controls": 19}}),
    ("stop", {"search": 1}),
    ("remove", {"panel": "b"}),
]


def test_progress_is_throttled_and_ends_with_the_end(make, slow, ask, sent) -> None:
    view = make(explainer=slow, worker=Worker)
    view.wait(GUARD)
    sent.messages.clear()
    began = time.monotonic()
    ask(view, "run", method="occlusion", parameters=FINE, within=None, panel="occlusion")
    view.wait(GUARD)
    allowed = 2 + (time.monotonic() - began) / 0.1
    progress = sent.of("progress")
    assert 1 <= len(progress) <= allowed  # of 40 batches
    assert progress[-1]["done"] == progress[-1]["total"] == 40
    assert progress[-1]["seconds_left"] == 0


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"kind": "dance"}, "dance"),
        ({}, "discriminator|kind"),
        (7, "message"),
        ({"kind": "run"}, "method"),
        ({"kind": "run", "method": "oclusion"}, "did you mean 'occlusion'"),
        ({"kind": "run", "method": "occlusion", "within": {"bands": 3}}, "selection is"),
        ({"kind": "whatif", "ask": "1", "selection": COLUMNS}, "ask"),
        ({"kind": "whatif", "ask": 1, "selection": {}}, "selection is"),
        ({"kind": "show", "sample": 99}, "the view holds 3"),
        ({"kind": "show", "a": 99}, "out of range"),
        ({"kind": "show", "a": 1, "b": 1}, "compares a class with itself"),
        ({"kind": "restore", "sample": -1, "a": 0, "b": None, "given": True, "runs": {}}, "-1"),
        ({"kind": "export", "format": "exe"}, "format"),
        ({"kind": "cancel", "panel": "a", "run": 1, "more": 1}, "more"),
        ({"kind": "cancel", "panel": "a"}, "run"),
        ({"kind": "find", "axis": "diagonals"}, "axis"),
        ({"kind": "find", "axis": "rows", "parameters": {"kk": 3}}, "no parameter 'kk'"),
        ({"kind": "find", "axis": "rows", "parameters": {"controls": 3}}, "controls=3"),
    ],
)
def test_a_message_that_cannot_be_taken_is_refused_in_one_sentence(
    make, sent, message, said
) -> None:
    view = make()
    before = view.widget.panels, view.widget.sample
    sent.messages.clear()
    view.widget._handle_custom_msg(message, [])
    assert sent.kinds() == ["refused"]
    sentence = sent.last("refused")["sentence"]
    assert any(word in sentence for word in said.split("|")) and "\n" not in sentence
    assert (view.widget.panels, view.widget.sample) == before


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["kind", "panel", "bands", "method"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=60)
@given(content=JSON)
def test_no_message_raises(content) -> None:
    with pytest.MonkeyPatch.context() as patch:
        from heatbrush.panels import Panels
        from heatbrush.view import View
        from heatbrush.worker import InlineWorker

        said: list[dict] = []
        patch.setattr(Panels, "send", lambda self, message, buffers=None: said.append(message))
        view = View(lambda batch: batch.sum((2, 3)), np.ones((2, 2)), worker=InlineWorker)
        said.clear()
        view.widget._handle_custom_msg(content, [])
        view.close()
    assert [message["kind"] for message in said] == ["refused"]


# ------------------------------------------------------------------ history


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


def test_an_array_that_the_form_sends_back_as_a_word_stays_the_array(make, ask, samples) -> None:
    base = np.full(samples[0].shape, 0.25, "float32")
    view = make({"a": ("occlusion", {"patch": (1, 1), "baseline": base})})
    sent = dict(view.widget.panels[0]["parameters"])
    assert sent["baseline"] == f"array of shape {base.shape}"
    ask(view, "run", method="occlusion", parameters={**sent, "patch": [2, 2]}, panel="a")
    view.wait(GUARD)
    expected = view.explainer.explain(
        samples[0], "occlusion", patch=(2, 2), stride=1, baseline=base
    )
    np.testing.assert_array_equal(view.explanations["a"].map, expected.map)
