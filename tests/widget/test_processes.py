"""Views in forks, pickles and copies, over arrays that change, and models that want to exit."""

from __future__ import annotations

import copy
import os
import pickle

import numpy as np
import pytest
from forking import in_a_fork
from sentences import refuses

import heatbrush as hb
from heatbrush.jobs.worker import Worker


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_fork_is_told_at_its_first_call_and_ends(make, model) -> None:
    view = make(worker=Worker)
    view.wait(20)
    model.gate.clear()
    handle = view.run("occlusion", patch=(2, 2))
    try:
        with view._session.lock, view._session.worker._changed:  # as another thread may
            for work in (
                lambda: view.run("occlusion"),
                lambda: view.explanations,
                lambda: view.find_runs(),
                lambda: view.wait(),
                lambda: handle.wait(),
                lambda: view.close(),
            ):
                said = in_a_fork(work)
                assert said.startswith(
                    f"RuntimeError: This view belongs to the process {os.getpid()}"
                )
            assert in_a_fork(view._session.worker._end) == "None"
            said = in_a_fork(lambda: hb.compare(view.explainer, np.zeros((6, 8))))
            assert said.startswith("RuntimeError: This explainer belongs to the process")
    finally:
        model.gate.set()
    handle.wait(20)


def test_a_view_says_why_it_cannot_travel(make) -> None:
    for go in (pickle.dumps, copy.copy, copy.deepcopy):
        with refuses(TypeError, "A view cannot be pickled", "belongs to a page", "take its"):
            go(make())


def test_what_is_shown_stays_though_x_changes(make, samples) -> None:
    X = samples.copy()
    view = make(X=X, y=None)
    first = view.explanations["occlusion"].map.copy()
    X[:] = 0
    assert X.flags.writeable
    view.run("occlusion").wait()
    np.testing.assert_array_equal(view.explanations["occlusion"].map, first)


def test_a_model_that_exits_ends_the_search(make, sent, ask, model) -> None:
    view = make()
    model.error = SystemExit(3)  # type: ignore[assignment]
    ask(view, "find", axis="columns", parameters={"controls": 19})
    assert view._session.searches._told is None
    state = view.widget.evidence
    assert state["failed"] and state["about"] == "SystemExit: 3"
    ask(view, "whatif", ask=1, viewer=0, selection=hb.Region.columns(1, 3).to_json())
    assert sent.last("answer")["reason"] == "SystemExit: 3"
    model.error = None
    ask(view, "whatif", ask=2, viewer=0, selection=hb.Region.columns(1, 3).to_json())
    assert sent.last("answer")["without"] is not None
