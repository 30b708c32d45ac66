"""What the tabs have in common: their work on the worker."""

from __future__ import annotations

import threading

from heatbrush.charts.tab import Work
from heatbrush.jobs.worker import Worker
from heatbrush_core import Progress


def test_a_chart_lets_others_go_first(make) -> None:
    """Between the batches of a chart a what-if is answered, and a panel gets its map."""
    view = make({"a": "occlusion"})
    work, seen = Work(view._session, "test"), []

    def job(handle, progress):
        view.run("occlusion", panel="b")
        view._session.export(lambda: ("a", "b", b""))
        seen.append("b" in view.explanations)
        progress(Progress(1, 4))
        seen.append("b" in view.explanations)
        seen.append(work.done)
        return "done"

    work.start(job, "at work")
    assert seen == [False, True, 0.25] and work.said == "done" and not work.busy


def test_the_newest_job_of_a_chart_wins_and_can_be_cancelled(make, model) -> None:
    view = make({"a": "occlusion"}, worker=Worker)
    view.wait(20)
    work, running, go = Work(view._session, "test"), threading.Event(), threading.Event()

    def wait(handle, progress):
        running.set()
        assert go.wait(20)
        progress(Progress(1, 2))
        return "old"

    work.start(wait, "first")
    assert running.wait(20)
    work.start(lambda handle, progress: "new", "second")
    assert work.said == "second" and work.busy
    go.set()
    view.wait(20)
    assert work.said == "new" and not work.busy and work.done == 0
    running.clear()
    go.clear()
    work.start(wait, "third")
    assert running.wait(20)
    work.press()
    assert work.said == "Cancelled." and not work.busy  # at once
    go.set()
    view.wait(20)
    assert work.said == "Cancelled."


def test_what_a_job_raises_is_said(make) -> None:
    view = make({"a": "occlusion"})
    work = Work(view._session, "test")

    def job(handle, progress):
        raise ValueError("There is no <b>cheese</b>; give some.")

    work.start(job, "…")
    assert work.said == "There is no <b>cheese</b>; give some." and not work.busy
    assert work.items() == [{"kind": "work", "key": "cancel test", "done": None, "said": work.said}]
