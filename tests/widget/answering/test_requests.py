"""Messages from the page: what they do, in which order they are answered, and what is refused."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import heatbrush as hb

GUARD = 20.0
FINE = {"patch": [1, 1], "stride": [1, 1]}
COLUMNS = {"bands": [{"op": "add", "rows": None, "columns": [0, 5]}]}


def names(view: hb.View) -> list[str]:
    return [panel["name"] for panel in view.widget.panels]


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
    assert not sent.of("partial")  # nobody looks on
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


@pytest.mark.parametrize("format", ["html", "npz"])
def test_export_sends_a_file(make, ask, sent, format) -> None:
    view = make()
    ask(view, "export", format=format)
    message = sent.last("file")
    content = sent.buffers[sent.messages.index(message)][0]
    assert message["name"] == f"heatbrush.{format}" and len(content) > 500


# ------------------------------------------------------------------ while something runs


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
    ("whatif_each", {"ask": 1, "selection": COLUMNS, "band": 0, "places": [[0, 4, 1, 5]]}),
    ("show", {"sample": 1, "a": None, "b": None}),
    ("restore", {"sample": 0, "a": 0, "b": None, "given": False, "runs": {"a": 1, "b": 2}}),
    ("export", {"format": "npz"}),
    ("copy_code", {"part": "view"}),
    ("cancel", {"panel": "a", "run": 1}),
    ("find", {"axis": "rows", "parameters": {"controls": 19}}),
    ("stop", {"search": 1}),
    ("remove", {"panel": "b"}),
]


# ------------------------------------------------------------------ what is refused

EACH = {"kind": "whatif_each", "ask": 1, "selection": COLUMNS, "band": 0, "places": [[0, 4, 1, 5]]}


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
        ({"kind": "whatif", "ask": 1, "selection": [3]}, "selection is"),
        ({**EACH, "band": 1}, "Band 1 of 1"),
        ({**EACH, "places": [[0, 4, 1]]}, "places"),
        ({**EACH, "places": []}, "places"),
        ({"kind": "show", "sample": 99}, "the view holds 3"),
        ({"kind": "show", "a": 99}, "out of range"),
        ({"kind": "show", "a": 1, "b": 1}, "compares a class with itself"),
        ({"kind": "restore", "sample": -1, "a": 0, "b": None, "given": True, "runs": {}}, "-1"),
        ({"kind": "export", "format": "exe"}, "format"),
        ({"kind": "cancel", "panel": "a", "run": 1, "more": 1}, "more"),
        ({"kind": "cancel", "panel": "a"}, "run"),
        ({"kind": "seen", "viewer": 1, "number": 1, "rows": 0, "columns": 9}, "rows"),
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
        from heatbrush.border.panels import Panels
        from heatbrush.jobs.worker import InlineWorker
        from heatbrush.view import View

        said: list[dict] = []
        patch.setattr(Panels, "send", lambda self, message, buffers=None: said.append(message))
        view = View(lambda batch: batch.sum((2, 3)), np.ones((2, 2)), worker=InlineWorker)
        said.clear()
        view.widget._handle_custom_msg(content, [])
        view.close()
    assert [message["kind"] for message in said] == ["refused"]


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
