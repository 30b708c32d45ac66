"""The neighbours of the shown sample, explained while nobody waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from heatbrush.jobs.worker import InlineWorker, Worker
from heatbrush.session import ahead
from heatbrush.view import View

GUARD = 20.0
METHODS = ["occlusion", ("occlusion", {"patch": (1, 2)})]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "QUIET", 0.0)


@pytest.fixture
def explained(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """What was computed: sample and method."""
    found: list[tuple[int, str]] = []
    explain = ahead.Samples.explain

    def counted(self: Any, spec: Any, question: Any, *rest: Any) -> Any:
        found.append((question.sample, spec.method))
        return explain(self, spec, question, *rest)

    monkeypatch.setattr(ahead.Samples, "explain", counted)
    return found


def rested(view: View) -> None:
    """Wait until what nobody waits for is done as well: of one rank, the first goes first."""
    view.wait(GUARD)
    view._session.worker.submit(("rested",), lambda job: None, spare=True).wait(GUARD)


def test_a_step_finds_the_maps_of_the_next_sample(
    make: Callable[..., View], ask: Any, samples: Any, explainer: Any, explained: Any
) -> None:
    view = make(METHODS, worker=Worker)
    rested(view)
    assert len(explained) == 2  # nobody may step yet
    ask(view, "hello")
    rested(view)
    assert sorted(explained) == sorted([(0, "occlusion")] * 2 + [(1, "occlusion")] * 2)
    assert view._session.ahead.bytes > 0
    explained.clear()
    ask(view, "show", sample=1)
    view.wait(GUARD)
    assert view.sample == 1 and set(view.explanations) == {"occlusion", "occlusion 2"}
    for name, own in (("occlusion", {}), ("occlusion 2", {"patch": (1, 2)})):
        alone = explainer.explain(samples[1], "occlusion", **own)
        np.testing.assert_array_equal(view.explanations[name].map, alone.map)
    rested(view)
    # only the sample after it: the one before it was shown, and is remembered
    assert explained == [(2, "occlusion")] * 2
    explained.clear()
    ask(view, "show", sample=2)
    rested(view)
    ask(view, "show", sample=1)
    rested(view)
    # all three were shown, and are remembered
    assert explained == []
    # what is run again is computed again
    view.run("occlusion").wait(GUARD)
    assert explained[0] == (1, "occlusion")


def test_another_target_baseline_or_parameter_is_another_question(
    make: Callable[..., View], ask: Any, explained: Any
) -> None:
    view = make(worker=Worker)
    ask(view, "hello")
    rested(view)
    for change in (
        {"target": "right"},
        {"baseline": "blur"},
    ):
        explained.clear()
        for name, value in change.items():
            setattr(view, name, value)
        rested(view)
        assert explained == [(0, "occlusion"), (1, "occlusion")]
    view.run("occlusion", patch=(2, 2))
    rested(view)
    explained.clear()
    view.sample = 1
    view.wait(GUARD)
    found = view.explanations["occlusion"]
    assert list(found.parameters["patch"]) == [2, 2] and (1, "occlusion") not in explained


def test_nothing_is_explained_ahead_where_no_page_may_step(
    make: Callable[..., View], ask: Any, explained: Any
) -> None:
    script = make(worker=Worker)
    rested(script)
    assert explained == [(0, "occlusion")]
    without_thread = make(worker=InlineWorker)
    ask(without_thread, "hello")
    without_thread.sample = 1
    assert explained == [(0, "occlusion")] * 2 + [(1, "occlusion")]


def test_it_pauses_with_the_view_and_holds_no_more_than_allowed(
    make: Callable[..., View], ask: Any, explained: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = make(worker=Worker)
    view.wait(GUARD)
    view._session.worker.gate.paused = True
    ask(view, "hello")
    view._session.ahead.look()
    assert view._session.worker.join(GUARD)  # who waits does not wait for it
    assert explained == [(0, "occlusion")]
    monkeypatch.setattr(ahead, "MOST_BYTES", 0)
    view._session.worker.gate.paused = False
    rested(view)
    assert explained == [(0, "occlusion")] and view._session.ahead.bytes == 0


def test_a_method_that_fails_ahead_fails_when_it_is_shown(
    make: Callable[..., View], ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explain(self: Any, spec: Any, question: Any, *rest: Any) -> Any:
        raise ValueError(f"sample {question.sample} has no map.")

    view = make(worker=Worker)
    view.wait(GUARD)
    monkeypatch.setattr(ahead.Samples, "explain", explain)
    ask(view, "hello")
    rested(view)
    assert view.widget.panels[0]["failure"] is None
    view.sample = 1
    view.wait(GUARD)
    assert view.widget.panels[0]["failure"]["sentence"] == "sample 1 has no map."
