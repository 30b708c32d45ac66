"""The bar of a long call: only after a second, only where it is seen, and only one."""

import inspect
import io
import sys
import threading

import numpy as np
import pytest

import heatbrush_core as hb
from heatbrush_core import Progress, bars
from heatbrush_core.progress import Onlooker, Watch

WEIGHTS = np.random.default_rng(0).standard_normal((12, 20, 1, 2))


class Clock:
    """A second for every look at it."""

    def __init__(self, step=1.0):
        self.now, self.step = 0.0, step

    def __call__(self):
        self.now += self.step
        return self.now


class Kept:
    """A bar that remembers what it showed."""

    made = ()

    def __init__(self, name):
        self.name, self.shown, self.closed = name, [], False
        Kept.made.append(self)

    def show(self, progress, seconds):
        assert not self.closed
        self.shown.append((progress.done, progress.total))

    def close(self):
        self.closed = True


class Terminal(io.StringIO):
    """An error stream that a reader looks at."""

    def isatty(self):
        return True


@pytest.fixture
def seen(monkeypatch):
    """Bars, as if in a terminal, where every call is slow."""
    Kept.made = []
    monkeypatch.setattr(bars, "_in_terminal", lambda: True)
    monkeypatch.setattr(bars, "TerminalBar", Kept)
    monkeypatch.setattr(bars.time, "monotonic", Clock())
    return Kept.made


@pytest.fixture
def explainer():
    return hb.Explainer(lambda X: np.einsum("nhwc,hwck->nk", X, WEIGHTS), baseline=0, batch_size=8)


@pytest.fixture
def x():
    return np.random.default_rng(1).standard_normal((12, 20))


def test_a_long_call_shows_one_bar_and_takes_it_away(seen, explainer, x):
    made = explainer.explain(x, "occlusion", patch=2, stride=1)
    (bar,) = seen
    assert bar.name == "explain" and bar.closed and len(bar.shown) > 1
    assert bar.shown == sorted(bar.shown) and bar.shown[-1][0] == bar.shown[-1][1]
    off = explainer.explain(x, "occlusion", patch=2, stride=1, progress=False)
    np.testing.assert_array_equal(made.map, off.map)
    assert len(seen) == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda e, x: e.explain_batch(np.stack([x] * 4), "occlusion"),
        lambda e, x: e.evidence(x, [hb.Region.rows(0, 2)], controls=5),
        lambda e, x: hb.find_runs(e, x, null="phases", controls=19),
        lambda e, x: hb.interaction(e, x),
        lambda e, x: hb.class_profile(e, np.stack([x] * 4), [0, 0, 1, 1]),
        lambda e, x: hb.reliance(e, np.stack([x] * 4), hb.Region.rows(0, 2)),
        lambda e, x: hb.deletion(e, x, e.explain(x, "occlusion", progress=False)),
        lambda e, x: hb.insertion(e, x, e.explain(x, "occlusion", progress=False)),
        lambda e, x: hb.sensitivity_n(e, x, e.explain(x, "occlusion", progress=False)),
        lambda e, x: hb.stability(e, x, "occlusion", samples=2),
    ],
)
def test_every_long_call_has_one_whatever_it_calls(seen, explainer, x, call):
    call(explainer, x)
    assert len(seen) == 1 and seen[0].closed and seen[0].shown


def test_a_quick_call_shows_none(seen, explainer, x, monkeypatch):
    monkeypatch.setattr(bars.time, "monotonic", Clock(step=0.0))
    explainer.explain(x, "occlusion")
    assert seen == []


def test_steps_are_not_drawn_more_often_than_eyes_see_them(seen, monkeypatch):
    monkeypatch.setattr(bars.time, "monotonic", Clock(step=0.03))
    bar = bars.Bar("call", Kept)
    for done in range(101):
        bar(Progress(done, 100))
    (shown,) = seen
    assert 10 < len(shown.shown) < 30 and shown.shown[-1] == (100, 100)


def test_whoever_listens_sees_no_bar(seen, explainer, x):
    told = []
    hb.find_runs(explainer, x, null="phases", controls=19, progress=told.append)
    assert told and seen == []


def test_another_thread_such_as_a_views_worker_shows_none(seen, explainer, x):
    thread = threading.Thread(target=explainer.explain, args=(x, "occlusion"))
    thread.start()
    thread.join()
    assert seen == []


def test_a_stream_that_nobody_looks_at_gets_none(monkeypatch):
    for stream, expected in ((io.StringIO(), None), (None, None), (Terminal(), bars.TerminalBar)):
        monkeypatch.setattr(sys, "stderr", stream)
        assert bars._maker() is expected


def test_the_bar_goes_when_a_call_fails(seen, x):
    calls = []

    def broken(X):
        calls.append(len(X))
        if len(calls) > 6:
            raise RuntimeError("The model broke.")
        return X.mean((1, 2))

    with pytest.raises(Exception, match="The model broke"):
        hb.Explainer(broken, baseline=0, batch_size=4).explain(x, "occlusion", patch=1, stride=1)
    (bar,) = seen
    assert bar.closed


def test_a_notebook_draws_its_own(seen, explainer, x, monkeypatch):
    class Shell:
        kernel = object()

    class IPython:
        get_ipython = Shell

    drawn = []
    monkeypatch.setitem(sys.modules, "IPython", IPython)
    monkeypatch.setattr(bars, "NOTEBOOK", [lambda name: drawn.append(Kept(name)) or drawn[-1]])
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    explainer.explain(x, "occlusion")
    (bar,) = drawn
    assert bar.closed and bar.shown


def test_a_terminal_shows_name_and_share(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    bar = bars.TerminalBar("find_runs")
    bar.show(Progress(30, 120), 3.0)
    bar.close()
    assert "find_runs:  25%" in stream.getvalue() and "30/120" in stream.getvalue()


def test_an_onlooker_leaves_the_batches_as_they_are(x):
    sizes = {}

    def counted(X):
        sizes[who].append(len(X))
        return X.mean((1, 2))

    for who, listener in (("nobody", None), ("onlooker", Onlooker(lambda _: None))):
        sizes[who] = []
        hb.Explainer(counted, baseline=0, batch_size=16).explain(x, "occlusion", progress=listener)
    assert sizes["nobody"] == sizes["onlooker"]
    onlooking = Watch(3, Onlooker(lambda _: None))
    assert onlooking.alone and onlooking.inside().alone
    assert not Watch(3, lambda _: None).inside().alone


def test_the_signature_is_the_documented_one():
    parameters = inspect.signature(hb.find_runs).parameters
    assert parameters["progress"].default is None and "axis" in parameters
    assert hb.find_runs.__doc__ and "self" in inspect.signature(hb.Explainer.explain).parameters
