"""A real kernel, spoken to without a browser: ipykernel 6 and 7, with subshells and without."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from front_end import GUARD, ROOT, FrontEnd, Widget, ipykernel6, kernel

from heatbrush import protocol

FIGURES = ROOT / "docs" / "figures.md"
SETUP = """
import os, threading, time
import numpy as np
import heatbrush as hb

threads, pause, broken = set(), 0.0, False

def model(batch):
    threads.add(threading.current_thread().name)
    time.sleep(pause * len(batch))
    if broken:
        raise RuntimeError("out of cheese")
    return np.stack([batch[:, :, :10].mean((1, 2, 3)), batch[:, :, 20:30].mean((1, 2, 3))], 1)

def busy(path):
    "A cell that runs until the test says so."
    print("started", flush=True)
    deadline = time.monotonic() + 25
    while not os.path.exists(path) and time.monotonic() < deadline:
        time.sleep(0.005)

x = np.random.default_rng(0).normal(size=(2, 4, 40)).astype("float32")
x[0, :, :10] += 1
x[1, :, 20:30] += 1
explainer = hb.Explainer(model, classes=["left", "right"], batch_size=4, baseline=0)
"""
VIEW = """
methods = {"a": ("occlusion", dict(patch=(2, 10))), "b": "occlusion"}
view = hb.compare(explainer, x, methods, charts=False)
view
"""
FINE = {"patch": [1, 1], "stride": [1, 1]}  # 160 windows, 40 batches
COARSE = {"patch": [4, 40]}
COLUMNS = {"bands": [{"op": "add", "rows": None, "columns": [0, 10]}]}
# a run that stands still starts no batch any more
STANDS = """
session = view._session
deadline = time.monotonic() + 20
while not session.worker.gate.shut and time.monotonic() < deadline:
    time.sleep(0.01)
time.sleep(0.1)
seen = session.board.panels["a"].pending.progress
time.sleep(0.2)
print(session.board.panels["a"].pending.progress == seen)
"""
LOOP = """
import gc, weakref
from IPython.display import display

refs = []

def show_both():
    for sample in (0, 1):
        both = hb.compare(explainer, x.copy(), ["occlusion"], sample=sample)
        both.wait(25)
        both.charts.open("Profiles")
        display(both)
        refs.append(weakref.ref(both._session))
"""
FREED = "gc.collect(); print([ref() is None for ref in refs])"
THREADS = """
from heatbrush.border.panels import Panels
from ipywidgets.widgets.widget import _instances
deadline = time.monotonic() + 20
def left():
    return [each for each in threading.enumerate() if each.name == "heatbrush"]
while left() and time.monotonic() < deadline:
    time.sleep(0.01)
print(left(), sum(isinstance(each, Panels) for each in _instances.values()))
"""
KERNELS = {"ipykernel 6": (6, False), "ipykernel 7": (7, False), "subshells": (7, True)}


@pytest.fixture(scope="module")
def folder6(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ipykernel6(tmp_path_factory.mktemp("ipykernel6"))


@pytest.fixture(scope="module", params=KERNELS)
def front(request: pytest.FixtureRequest) -> Iterator[FrontEnd]:
    version, subshells = KERNELS[request.param]
    first = request.getfixturevalue("folder6") if version == 6 else None
    with kernel(first, subshells) as front:
        assert front.cell("import ipykernel; print(ipykernel.__version__)").startswith(
            f"{version}."
        )
        front.cell(SETUP)
        yield front
        assert front.cell("print(sorted(threads))") == "['heatbrush']"
        assert front.stray == []


@pytest.fixture
def shown(front: FrontEnd) -> Iterator[Widget]:
    """A view whose first maps are there."""
    front.cell("pause, broken = 0.0, False")
    widget = front.view(VIEW)
    front.until(lambda: settled(widget))
    front.see(widget)
    yield widget
    front.heard(widget)
    front.cell("pause, broken = 0.0, False; view.close()")
    front.until(lambda: widget.closed)


def settled(widget: Widget) -> bool:
    return all(panel["map"] or panel["failure"] for panel in widget.panels)


def run(front: FrontEnd, widget: Widget, panel: str, parameters: dict[str, Any]) -> int:
    """Ask for a run, and return its number once it is accepted."""
    count = len(widget.of("queued", panel=panel))
    front.ask(widget, "run", method="occlusion", parameters=parameters, within=None, panel=panel)
    return front.until(lambda: widget.of("queued", panel=panel)[count:])[0]["run"]


def numbers(array: dict[str, Any]) -> np.ndarray:
    return np.frombuffer(array["bytes"], "<f4").reshape(array["shape"])


# ------------------------------------------------------------------ what arrives


def test_the_page_gets_the_whole_state(front: FrontEnd, shown: Widget) -> None:
    state = shown.state
    assert set(protocol.Traits.__annotations__) <= set(state)
    assert "render" in state["_esm"] and state["protocol"] == protocol.PROTOCOL
    assert state["sample"]["count"] == 2 and numbers(state["sample"]["matrix"]).shape == (4, 40, 1)
    assert state["scores"]["predicted"] == 0 and len(state["scores"]["all"]) == 2
    for panel in shown.panels:
        assert np.isfinite(numbers(panel["map"])).all()
    assert {len(table) for table in state["tables"].values()} == {768}


def test_a_waiting_cell_is_told_again_until_a_page_speaks_and_then_nothing_twice(
    front: FrontEnd,
) -> None:
    count = len(front.shown)
    front.cell(VIEW)
    widget = front.widgets[front.shown[count]]
    front.cell("view._session.worker.join()")
    updates = lambda: [m["traits"] for m in widget.of("update")]  # noqa: E731
    first = updates()
    front.cell("view.wait()")
    (again,) = updates()[len(first) :]
    # what the first cell itself sent while it displayed the view need not be told again
    assert {"arrays_0", "panels"} <= set(again) <= set().union(*first)
    told = len(updates())
    front.cell("view.wait()")
    assert len(updates()) == told
    front.ask(widget, "hello")
    front.until(lambda: widget.of("alive"))
    front.cell("handle = view.run('occlusion', panel='a', patch=(4, 40))")
    front.cell("handle.wait()")
    front.cell("view.wait(); view.selection = hb.Region.rows(0, 1); view.close()")
    arrays = [traits for traits in updates()[told:] if "arrays_0" in traits]
    assert arrays == [["arrays_0", "panels"]]


def test_selection_both_ways(front: FrontEnd, shown: Widget) -> None:
    front.set(shown, selection=COLUMNS)
    front.ask(shown, "hello")  # handled after the update
    front.until(lambda: len(shown.of("alive")) == 2)
    assert front.cell("print(view.selection)") == "Region.columns(0, 10)"
    front.cell("view.selection = hb.Region.rows(1, 3)")
    expected = [{"op": "add", "rows": [1, 3], "columns": None}]
    front.until(lambda: shown.state["selection"]["bands"] == expected)


def test_what_if(front: FrontEnd, shown: Widget) -> None:
    front.ask(shown, "whatif", ask=1, selection=COLUMNS)
    answer = front.until(lambda: shown.of("answer", ask=1))[0]
    said = front.cell(
        "print(explainer.predict(x[0], without=hb.Region.columns(0, 10)).shown.tolist())"
    )
    # that cell asked the model itself
    front.cell("threads.discard('MainThread')")
    np.testing.assert_allclose(answer["without"], eval(said))
    assert answer["only"] is not None and answer["without"][0] == pytest.approx(0)


def test_progress_is_live_while_a_cell_runs(front: FrontEnd, shown: Widget) -> None:
    """The cell ends when the run has ended, so everything must have come while it ran."""
    front.cell("pause = 0.005")
    code = "handle = view.run('occlusion', panel='a', patch=(1, 1))\nhandle.wait(25)"
    request = front.start(code)
    queued = lambda: [m["run"] for m in shown.of("queued") if m["run"] > 2]  # noqa: E731
    (number,) = front.until(queued)
    partial = front.until(lambda: shown.of("partial", run=number))[0]
    assert request not in front.idle
    front.done(request)
    assert shown.panel("a")["run"] == number  # came before the cell ended
    map = np.frombuffer(partial["buffer"], "<f4").reshape(partial["shape"])
    assert np.isfinite(map).any() and np.isnan(map).any()
    done = [message["done"] for message in shown.of("progress", run=number)]
    assert done == sorted(done) and done[-1] == 40 * 4 and len(done) > 2


def test_a_page_gets_a_map_as_fast_as_it_says_that_it_has_the_last(
    front: FrontEnd, shown: Widget
) -> None:
    """Two pages; one never answers again. At the end comes what changed, and nothing else."""
    front.cell("pause = 0.01; import heatbrush.pages.flow as flow; flow.PATIENCE = 60.0")
    front.ask(shown, "hello", viewer=1)
    front.see(shown, 0, 2, 20)
    at = len(shown.heard)
    number = run(front, shown, "a", FINE)
    first = front.until(lambda: shown.of("partial", run=number))[0]
    front.until(lambda: len(shown.of("progress", run=number)) > 4)
    assert len(shown.of("partial", run=number)) == 1 and first["shape"] == [2, 20]
    for viewer in (0, 1):
        front.see(shown, viewer, 2, 20)
    second = front.until(lambda: shown.of("partial", run=number)[1:])[0]
    known = [np.isfinite(np.frombuffer(m["buffer"], "<f4")).sum() for m in (first, second)]
    assert known[0] < known[1] and second["number"] == first["number"] + 1
    front.until(lambda: shown.panel("a")["run"] == number)
    assert len(shown.of("partial", run=number)) == 2  # the other page never answered again
    partial = 4 * (2 * 20 + 4 + 40)
    assert [m["bytes"] for m in shown.of("partial", run=number)] == [partial] * 2
    update = next(m for m in shown.heard[at:] if "panels" in m.get("traits", ()))
    assert update["traits"] == ["arrays_0", "panels"] and update["bytes"] == 4 * 4 * 40
    front.cell("flow.PATIENCE = 2.0")


def test_errors_arrive_in_the_panel(front: FrontEnd, shown: Widget) -> None:
    kept = shown.panel("b")
    front.cell("broken = True")
    run(front, shown, "a", COARSE)
    failure = front.until(lambda: shown.panel("a")["failure"])
    assert "out of cheese" in failure["sentence"] and shown.panel("b") == kept
    front.ask(shown, "run", method="nonsense")
    refused = front.until(lambda: shown.of("refused"))[-1]
    assert "nonsense" in refused["sentence"]
    front.cell("broken = False")
    number = run(front, shown, "a", COARSE)
    front.until(lambda: shown.panel("a")["run"] == number)
    assert shown.panel("a")["failure"] is None


# ------------------------------------------------------------------ cancel and newest wins


def test_cancel(front: FrontEnd, shown: Widget) -> None:
    before = shown.panel("a")
    front.cell("pause = 0.01")
    number = run(front, shown, "a", FINE)
    front.until(lambda: shown.of("progress", run=number))
    front.ask(shown, "cancel", panel="a", run=number)
    front.until(lambda: shown.of("cancelled", run=number))
    at = len(shown.heard)
    front.cell("pause = 0.0")
    again = run(front, shown, "b", COARSE)
    front.until(lambda: shown.panel("b")["run"] == again)
    late = [message for message in shown.heard[at:] if message.get("run") == number]
    assert late == [] and shown.panel("a") == before


def test_newest_wins_while_other_panels_and_the_what_if_go_on(
    front: FrontEnd, shown: Widget
) -> None:
    front.cell("pause = 0.01")
    replaced = run(front, shown, "a", FINE)
    front.until(lambda: shown.of("progress", run=replaced))
    other = run(front, shown, "b", {"patch": [2, 20]})
    newest = run(front, shown, "a", {"patch": [1, 4], "stride": [1, 2]})
    front.ask(shown, "whatif", ask=5, selection=COLUMNS)
    front.until(lambda: shown.panel("a")["run"] == newest)
    front.until(lambda: shown.panel("b")["run"] == other)
    said = [(m["kind"], m.get("run", m.get("ask"))) for m in shown.heard]
    accepted = said.index(("queued", newest))
    assert not [one for one in said[accepted:] if one[1] == replaced]
    assert ("answer", 5) in said and ("progress", newest) in said
    end = len(said) - 1 - said[::-1].index(("progress", newest))
    assert said.index(("answer", 5)) < end  # not after the runs
    assert shown.panel("a")["parameters"]["patch"] == [1, 4]


def test_what_if_and_cancel_while_a_cell_is_busy(
    front: FrontEnd, shown: Widget, tmp_path: Path
) -> None:
    """With subshells they are answered at once; without, after the cell, and nothing is lost."""
    front.cell("pause = 0.01")
    number = run(front, shown, "a", FINE)
    stop = tmp_path / "stop"
    request = front.start(f"busy({str(stop)!r})")
    front.until(lambda: front.printed.get(request))
    front.until(lambda: shown.of("progress", run=number))  # live in any case
    front.ask(shown, "whatif", ask=9, selection=COLUMNS)
    front.ask(shown, "cancel", panel="a", run=number)
    answered = lambda: shown.of("answer", ask=9) and shown.of("cancelled", run=number)  # noqa: E731
    if front.subshells:
        front.until(answered)
        assert request not in front.idle
        stop.touch()
        front.done(request)
    else:
        front.until(
            lambda: shown.of("progress", run=number)[1:] or shown.panel("a")["run"] == number
        )
        assert not shown.of("answer", ask=9) and request not in front.idle
        stop.touch()
        front.done(request)
        front.until(lambda: shown.of("answer", ask=9))


def test_a_run_started_in_a_cell_does_not_keep_clicks_waiting(
    front: FrontEnd, shown: Widget, tmp_path: Path
) -> None:
    """What is sent for a cell must not route the page's messages to the busy main thread."""
    front.cell("pause = 0.005")
    stop = tmp_path / "stop"
    code = "view.run('occlusion', panel='a', patch=(1, 1)); view.selection = hb.Region.rows(0, 1)"
    request = front.start(f"{code}\nbusy({str(stop)!r})")
    front.until(lambda: shown.of("progress") and front.printed.get(request))
    front.ask(shown, "whatif", ask=3, selection=COLUMNS)
    if front.subshells:
        front.until(lambda: shown.of("answer", ask=3))
        assert request not in front.idle
    stop.touch()
    front.done(request)
    front.until(lambda: shown.of("answer", ask=3))


# ------------------------------------------------------------------ several users of one model


def test_a_cell_and_the_worker_take_turns(front: FrontEnd, shown: Widget) -> None:
    front.cell("pause = 0.01")
    number = run(front, shown, "a", FINE)
    front.until(lambda: shown.of("progress", run=number))
    front.cell("explainer.predict(x[1]); threads.discard('MainThread')")
    assert shown.panel("a")["run"] != number  # the cell had its turn before the run ended
    front.until(lambda: shown.panel("a")["run"] == number)


def test_two_views_of_one_explainer(front: FrontEnd, shown: Widget) -> None:
    other = front.view(
        "second = hb.compare(explainer, x, ['occlusion'], sample=1, charts=False)\nsecond"
    )
    front.until(lambda: settled(other))
    assert other.state["scores"]["predicted"] == 1 and shown.state["scores"]["predicted"] == 0
    front.cell("pause = 0.005")
    mine = run(front, shown, "a", FINE)
    theirs = run(front, other, "occlusion", FINE)
    front.until(lambda: shown.of("progress", run=mine) and other.of("progress", run=theirs))
    front.ask(other, "cancel", panel="occlusion", run=theirs)
    front.until(lambda: other.of("cancelled", run=theirs))
    front.until(lambda: shown.panel("a")["run"] == mine)
    assert not shown.of("cancelled") and other.panel("occlusion")["run"] != theirs
    front.cell("second.close()")


def test_the_cell_run_again_and_the_old_view(front: FrontEnd, shown: Widget) -> None:
    front.cell("first = view")
    again = front.view(VIEW)
    front.until(lambda: settled(again))
    assert again.comm != shown.comm
    number = run(front, again, "a", COARSE)
    front.until(lambda: again.panel("a")["run"] == number)
    front.ask(shown, "hello")
    front.until(lambda: len(shown.of("alive")) == 2)
    assert shown.panel("a")["run"] != number
    number = run(front, shown, "a", COARSE)
    front.until(lambda: shown.panel("a")["run"] == number)
    front.cell("view.close(); view = first")


def test_another_sample_and_back(front: FrontEnd, shown: Widget) -> None:
    panels = shown.panels
    runs = {panel["name"]: panel["run"] for panel in panels}
    count = len(shown.heard)
    front.ask(shown, "show", sample=1, a=None, b=None)
    front.until(lambda: shown.state["sample"]["index"] == 1 and settled(shown))
    front.until(lambda: all(panel["run"] > 2 for panel in shown.panels))
    assert shown.state["scores"]["predicted"] == 1
    updates = [m["traits"] for m in shown.heard[count:] if m["kind"] == "update"]
    together = next(traits for traits in updates if "sample" in traits)
    assert {"sample", "scores", "target"} <= set(together)  # never half of it
    front.ask(shown, "restore", sample=0, a=0, b=None, given=False, runs=runs)
    front.until(lambda: shown.panels == panels)


def test_the_charts_come_after_the_panels(front: FrontEnd) -> None:
    named = lambda start: [  # noqa: E731
        each for each in front.widgets.values() if each.state["_model_name"].startswith(start)
    ]
    count, brushes, before = len(front.shown), len(named("BrushInt")), len(front.widgets)
    front.cell("charted = hb.compare(explainer, x, ['occlusion'])\ncharted")
    front.until(lambda: len(front.shown) == count + 2)
    panels, box = (front.widgets[comm] for comm in front.shown[count:])
    assert "render" in panels.state["_esm"] and box.state["_model_name"] == "VBoxModel"
    (child,) = box.state["children"]
    strip = front.widgets[child.removeprefix("IPY_MODEL_")]
    assert "render" in strip.state["_esm"] and strip.state["titles"][0] == "Profiles"
    assert strip.state["opened"] is None and len(named("BrushInt")) == brushes
    told = re.search(r"before a chart is opened, .* (\d+), \d+ \|", FIGURES.read_text())
    assert told is not None and len(front.widgets) - before == int(told[1]) <= 15
    front.ask(strip, "open", tab=0)
    front.until(lambda: any(line.state["labels"] == ["occlusion"] for line in named("LinesModel")))
    brush = named("BrushInt")[brushes]  # the first of this view: that of the column profiles
    front.set(brush, selected=[3.2, 7.9], brushing=False)
    front.until(lambda: panels.state["selection"]["bands"])
    assert panels.state["selection"]["bands"][0]["columns"] == [4, 8]
    front.cell("charted.close()")


# ------------------------------------------------------------------ pages come and go


def test_a_view_stands_still_while_no_page_shows_it(front: FrontEnd, shown: Widget) -> None:
    front.cell("pause = 0.005")
    for viewer in (1, 2):
        front.ask(shown, "here", viewer=viewer)
    number = run(front, shown, "a", FINE)
    front.ask(shown, "leaving", viewer=1)
    seen = len(shown.of("progress", run=number))
    front.until(lambda: len(shown.of("progress", run=number)) > seen)  # the other page is there
    front.ask(shown, "leaving", viewer=2)
    assert front.cell(STANDS) == "True"
    assert shown.panel("a")["run"] != number
    front.ask(shown, "here", viewer=3)
    front.until(lambda: shown.panel("a")["run"] == number)
    front.ask(shown, "leaving", viewer=3)
    front.cell("handle = view.run('occlusion', panel='b', patch=(1, 20)); handle.wait(25)")
    front.cell("view.run('occlusion', panel='b', patch=(2, 20)); view.wait(25)")
    assert shown.panel("b")["parameters"]["patch"] == [2, 20]  # who waits has it all the same


def test_a_page_that_is_gone_without_a_word_is_missed(front: FrontEnd, shown: Widget) -> None:
    front.cell(
        "from heatbrush.pages import presence\n"
        "before = presence.ASKED_EVERY, presence.TICK\n"
        "presence.ASKED_EVERY, presence.TICK, pause = 0.2, 0.05, 0.02"
    )
    front.cell("pause = 0.05")

    def pages_become(expected: str, *answering: int) -> None:
        """Answer for some pages until the kernel knows of these alone."""
        answered = len(shown.of("calling"))
        deadline = time.monotonic() + GUARD
        while front.cell("print(sorted(view._session.presence.pages))") != expected:
            assert time.monotonic() < deadline
            for _ in shown.of("calling")[answered:]:
                answered += 1
                for viewer in answering:
                    front.ask(shown, "here", viewer=viewer)
            time.sleep(0.1)

    front.ask(shown, "here", viewer=4)
    front.ask(shown, "here", viewer=5)
    number = run(front, shown, "a", FINE)
    pages_become("[4]", 4)
    front.until(lambda: shown.of("progress", run=number))
    pages_become("[]")
    assert front.cell(STANDS) == "True"
    assert shown.panel("a")["run"] != number
    front.ask(shown, "here", viewer=4)
    front.cell("pause = 0.0; presence.ASKED_EVERY, presence.TICK = before")
    front.until(lambda: shown.panel("a")["run"] == number)


def test_a_view_closes_when_its_cell_runs_again(front: FrontEnd, shown: Widget) -> None:
    """Views of one execution do not close each other, and what is closed is freed."""
    front.cell(LOOP)
    count = len(front.shown)
    front.cell("show_both()", "one")
    other = front.view(
        "third = hb.compare(explainer, x, ['occlusion'], charts=False)\nthird", "two"
    )
    nameless = front.view("fourth = hb.compare(explainer, x, ['occlusion'])\nfourth")
    first = [front.widgets[comm] for comm in front.shown[count : count + 4]]
    assert len(first) == 4 and not any(each.closed for each in first)
    front.cell("show_both()", "one")
    front.until(lambda: all(each.closed for each in first))
    assert not (other.closed or nameless.closed or shown.closed)
    assert front.cell(FREED) == "[True, True, False, False]"
    front.cell("third", "two")  # closed, and displayed anew by the same execution
    front.until(lambda: other.closed)
    assert front.cell("print(third.widget.comm is None, third._session.worker.closed)") == (
        "False False"
    )
    front.cell("view.wait(25); hb.close_all(); hb.close_all()")
    front.until(lambda: shown.closed and nameless.closed)
    assert front.cell(THREADS) == "[] 0"
