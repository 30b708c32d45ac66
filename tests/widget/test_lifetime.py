"""What is left of a view that is closed, or that nobody holds: nothing."""

from __future__ import annotations

import atexit
import gc
import threading
import time
import weakref

import comm
import full_panels
import numpy as np
import pytest
from ipywidgets import VBox
from ipywidgets.widgets.widget import _instances

import heatbrush as hb
from heatbrush.charts import tabs
from heatbrush.jobs.worker import Worker
from heatbrush.view import View


def held() -> tuple[set[str], set[str]]:
    """What the registries of widgets and of comms know."""
    return set(_instances), set(comm.get_comm_manager().comms)


def traces(view: View) -> list[weakref.ref]:
    session = view._session
    parts = [view, session, session.samples.matrices, session.widget, session.worker]
    return [weakref.ref(each) for each in [*parts, *view.explanations.values()]]


def left(refs: list[weakref.ref]) -> list[object]:
    """What is still there once the thread has ended, which holds its view as long as it runs."""
    deadline = time.monotonic() + 20
    while any(ref() is not None for ref in refs) and time.monotonic() < deadline:
        gc.collect()
        time.sleep(0.01)
    return [ref() for ref in refs if ref() is not None]


def worked(explainer: hb.Explainer, X: np.ndarray) -> View:
    """A view that was displayed, asked for much, and whose charts were all open."""
    view = View(explainer, X, ["occlusion"], [0, 1, 0], worker=Worker)
    view._repr_mimebundle_()
    view.widget._handle_custom_msg({"kind": "here", "viewer": 1}, [])
    view.wait(20)
    for title in tabs.TABS:
        view.charts.open(title)
        view.wait(20)
    view.sample = 1
    view.selection = hb.Region.columns(2, 5)
    view.find_runs(controls=19).wait(20)
    view.wait(20)
    return view


@pytest.fixture
def fresh(explainer, samples):
    """An explainer and samples of the test's own, and no view that another test left."""
    hb.compare(explainer, samples, ["occlusion"]).close()  # what the first view registers stays
    gc.collect()
    return explainer, samples


def test_a_closed_view_is_freed_with_its_samples_and_all_that_it_registered(
    fresh, monkeypatch
) -> None:
    explainer, samples = fresh
    at_exit: list[str] = []
    monkeypatch.setattr(atexit, "register", lambda call, *_: at_exit.append(call.__module__))
    before, threads = held(), set(threading.enumerate())
    view = worked(explainer, samples.copy())
    refs = traces(view)
    view.close()
    assert held() == before and not any(name.startswith("heatbrush") for name in at_exit)
    del view
    assert left(refs) == []
    new = [thread for thread in threading.enumerate() if thread not in threads]
    assert not [thread for thread in new if thread.name == "heatbrush"]


def test_a_view_that_was_never_displayed_needs_no_closing(fresh) -> None:
    explainer, samples = fresh
    before = held()
    view = View(explainer, samples.copy(), ["occlusion"], worker=Worker)
    handle = view.run("occlusion", patch=(1, 1))
    refs = traces(view)
    del view
    assert np.isfinite(handle.wait(20).map).all()  # whoever waits for a run still gets it
    del handle
    assert left(refs) == [] and held() == before


def test_a_displayed_view_lives_without_a_name(fresh) -> None:
    """The page may ask it for something at any time."""
    explainer, samples = fresh
    view = View(explainer, samples, ["occlusion"], worker=Worker)
    box = VBox([view.widget])
    widget = weakref.ref(view.widget)
    session = weakref.ref(view._session)
    box.close()
    del view, box
    gc.collect()
    assert session() is not None and _instances[widget().model_id] is widget()
    hb.close_all()
    assert left([session, widget]) == []


def test_a_widget_that_is_held_keeps_its_view(fresh) -> None:
    explainer, samples = fresh
    widget = hb.compare(explainer, samples, ["occlusion"]).widget
    gc.collect()
    session = widget._msg_callbacks.callbacks[0].session
    assert session.worker.join(20) and widget.comm is None
    assert VBox([widget]).get_state()["children"] == [f"IPY_MODEL_{widget.model_id}"]
    assert widget.comm is not None and widget.get_view_spec()["model_id"] == widget.model_id
    assert full_panels.shown(widget)[0]["map"] is not None
    session.close()


def test_what_is_written_while_the_widget_opens_is_sent(fresh, monkeypatch) -> None:
    """The worker's thread may write between the state that is sent and the comm."""
    explainer, samples = fresh
    view = View(explainer, samples, ["occlusion"], worker=Worker)
    view.wait(20)
    create, sent = comm.create_comm, []

    def late(**given):
        view.widget.publish(notes=["late"])
        opened = create(**given)
        monkeypatch.setattr(opened, "send", lambda data, buffers=None: sent.append(data["state"]))
        return opened

    late.__module__ = create.__module__
    monkeypatch.setattr(comm, "create_comm", late)
    view._repr_mimebundle_()
    assert sent == [{"notes": ["late"]}]
    view.close()


def test_other_hosts_find_the_comm_at_once(fresh, monkeypatch) -> None:
    """marimo and others look for it, and ask for no id."""
    explainer, samples = fresh
    create = comm.create_comm
    monkeypatch.setattr(comm, "create_comm", lambda **given: create(**given))
    view = View(explainer, samples, ["occlusion"], worker=Worker)
    assert view.widget.comm is not None
    view.close()
