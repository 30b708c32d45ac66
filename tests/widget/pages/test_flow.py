"""How a filling map is sent: the newest only, and no page holds another up for ever."""

from __future__ import annotations

import full_panels
import numpy as np
import pytest

import heatbrush as hb
from heatbrush.blocks.reduced import lines_of, reduced, strongest
from heatbrush.border import wire
from heatbrush.jobs import pulse
from heatbrush.pages import flow
from heatbrush.pages.flow import ABSENT, PATIENCE, SELDOM, UNREPORTED, Flow, Rate

PIXELS = (100, 300)
FINE = {"patch": [1, 1], "stride": [1, 1]}


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def free(clock: Clock) -> Flow:
    """A flow that no rate holds back."""
    return Flow(clock, Rate(float("inf")))


def sent_within(flow: Flow, clock: Clock, seconds: float, *answering: int) -> list[float]:
    """Offer a map every 0.1 s and say when it was sent; some viewers answer at once."""
    times = []
    for _ in range(round(10 * seconds)):
        if flow.ready():
            number = flow.send(1)
            times.append(clock.now)
            for viewer in answering:
                flow.seen(viewer, number, PIXELS)
        clock.now = round(clock.now + 0.1, 6)
    return times


def test_a_page_gets_the_next_once_it_has_the_last(free: Flow) -> None:
    assert not free.ready()  # nobody looks on
    free.hello(1)
    assert free.ready() and free.most == UNREPORTED
    assert free.send(1) == 1 and not free.ready()
    free.seen(1, 0, None)
    assert free.most == UNREPORTED
    free.seen(1, 0, PIXELS)
    assert not free.ready() and free.most == PIXELS
    free.seen(1, 1, PIXELS)
    assert free.ready() and free.send(1) == 2


def test_where_no_page_answers_the_wait_doubles(free: Flow, clock: Clock) -> None:
    free.hello(1)
    times = sent_within(free, clock, 70)
    assert times == [0, PATIENCE, 3 * PATIENCE, 7 * PATIENCE, 15 * PATIENCE, 31 * PATIENCE]
    free.seen(1, 6, PIXELS)
    assert free.ready()


def test_a_page_that_went_away_holds_another_up_for_a_while(free: Flow, clock: Clock) -> None:
    free.hello(1)
    free.hello(2)
    times = np.array(sent_within(free, clock, ABSENT + 5, 1))
    early, late = times[times < ABSENT], times[times >= ABSENT]
    assert (np.diff(early) >= PATIENCE).all() and len(early) == ABSENT / PATIENCE
    assert len(late) == 50
    free.seen(2, 3, PIXELS)  # it was only slow, and still is
    assert len(sent_within(free, clock, 5, 1)) == 2
    free.seen(2, 10**9, PIXELS)
    assert len(sent_within(free, clock, 1, 1, 2)) == 10


def test_a_page_that_never_answers_is_forgotten_when_another_is_drawn(
    free: Flow, clock: Clock
) -> None:
    for viewer in range(50):
        free.hello(viewer)
        free.send(1)
        clock.now += ABSENT
    assert len(free._pages) <= 2


def test_progress_is_told_seldom_while_a_page_is_late(free: Flow, clock: Clock) -> None:
    free.hello(1)
    assert free.tells() and free.tells()
    free.send(1)
    told = []
    for _ in range(30):
        clock.now = round(clock.now + 0.1, 6)
        told += [clock.now] if free.tells() else []
    assert told[:9] == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    assert (np.diff(told[9:]) >= SELDOM - 1e-9).all() and len(told[9:]) == 2
    free.seen(1, 1, PIXELS)
    assert free.tells()


def test_views_share_so_many_bytes_a_second(clock: Clock) -> None:
    rate = Rate(1000)
    flows = [Flow(clock, rate), Flow(clock, rate)]
    total = 0
    for each in flows:
        each.hello(1)
    while clock.now < 60:
        for size, each in zip((900, 50), flows, strict=True):
            if each.ready():
                each.seen(1, each.send(size), PIXELS)
                total += size
        clock.now += 0.01
    assert 50_000 < total <= 60 * 1000 + 900


# ------------------------------------------------------------------ what is sent


@pytest.mark.parametrize("most", [(3, 7), (1, 1), (5, 4), (9, 20)])
def test_blocks_hold_their_strongest_value_and_lines_all_that_is_known(most) -> None:
    rng = np.random.default_rng(0)
    map = rng.normal(size=(7, 11)).astype("float32")
    map[rng.random(map.shape) < 0.3] = np.nan
    map[2] = np.nan
    shape, buffers = reduced(map, most, "mean")
    h, w = (min(pair) for pair in zip(map.shape, most, strict=True))
    assert shape == [h, w]
    found = np.frombuffer(buffers[0], "<f4").reshape(shape)
    rows, columns = ([i * size // n for i in range(n + 1)] for n, size in ((h, 7), (w, 11)))
    for i in range(h):
        for j in range(w):
            block = map[rows[i] : rows[i + 1], columns[j] : columns[j + 1]]
            known = block[np.isfinite(block)]
            expected = known[np.argmax(abs(known))] if known.size else np.nan
            np.testing.assert_equal(found[i, j], expected)
    if (h, w) == map.shape:
        assert len(buffers) == 1
        return
    lines = [np.frombuffer(line, "<f4") for line in buffers[1:]]
    for line, values in zip(lines, (map, map.T), strict=True):
        means = [each[np.isfinite(each)] for each in values]
        expected = [each.mean() if each.size else np.nan for each in means]
        np.testing.assert_allclose(line, np.float32(expected), rtol=1e-6)


def test_sums_and_the_sign_of_a_block() -> None:
    map = np.float32([[1, -3], [np.nan, 2]])
    assert strongest(map, 1, 1).tolist() == [[-3]]
    assert lines_of(map, 0, "sum").tolist() == [1, -1]
    assert np.isnan(lines_of(np.full((2, 2), np.nan, "f4"), 1, "sum")).all()


def test_what_is_sent_next_is_the_newest(make, ask, sent, model, monkeypatch) -> None:
    """One window a batch; the page answers after 5 words of progress, and after 20."""
    monkeypatch.setattr(pulse, "INTERVAL", 0.0)
    monkeypatch.setattr(flow.ALL_VIEWS, "bytes_per_second", float("inf"))
    views, known = [], []

    def told(self: pulse.Pulse, progress: hb.Progress) -> None:
        known.append(progress.map.copy())
        listen(self, progress)

    listen = pulse.Pulse.__call__
    monkeypatch.setattr(pulse.Pulse, "__call__", told)

    def asked(batch: np.ndarray) -> np.ndarray:
        if views and len(sent.of("progress")) in (5, 20):
            number = sent.last("partial")["number"]
            ask(views[0], "seen", viewer=7, number=number, rows=2, columns=5)
        return model(batch)

    view = make({"a": "occlusion"}, explainer=hb.Explainer(asked, batch_size=1, baseline=0))
    assert sent.of("partial") == []  # there was nobody to look on
    ask(view, "hello", viewer=7)
    sent.messages.clear()
    sent.buffers.clear()
    known.clear()
    views.append(view)
    ask(view, "run", method="occlusion", parameters=FINE, panel="a")
    partials = [at for at, message in enumerate(sent.messages) if message["kind"] == "partial"]
    words = [sum(m["kind"] == "progress" for m in sent.messages[:at]) for at in partials]
    assert words == [1, 6, 21]
    assert [sent.messages[at]["shape"] for at in partials] == [[4, 10], [2, 5], [2, 5]]
    for at, word in zip(partials, words, strict=True):
        most = tuple(sent.messages[at]["shape"])
        assert sent.buffers[at] == reduced(known[word - 1], most, "mean")[1]
    assert len(sent.of("progress")) == 40


# ------------------------------------------------------------------ arrays of their own


def test_only_the_panel_that_changed_is_sent(make, ask, monkeypatch) -> None:
    from heatbrush.border.panels import Panels

    view = make({"a": "occlusion", "b": "occlusion"})
    view.widget.appear()
    updates: list[list[str]] = []
    monkeypatch.setattr(Panels, "send_state", lambda self, key: updates.append(list(key)))
    ask(view, "run", method="occlusion", parameters=FINE, panel="b")
    assert [name for names in updates for name in names if "arrays" in name] == ["arrays_1"]
    assert updates[-1][-2:] == ["arrays_1", "panels"]  # the arrays before what names them


def test_a_removed_panel_frees_its_arrays_and_the_next_takes_their_place(make, ask) -> None:
    view = make({"a": "occlusion", "b": "occlusion"})
    first = full_panels.shown(view.widget)
    runs = {panel["name"]: panel["run"] for panel in first}
    ask(view, "remove", panel="a")
    assert view.widget.arrays["arrays_0"] == wire.EMPTY
    assert full_panels.shown(view.widget) == first[1:]
    ask(view, "run", method="occlusion", parameters=FINE, panel="c")
    assert [panel["arrays"] for panel in view.widget.panels] == ["arrays_1", "arrays_0"]
    ask(view, "restore", sample=0, a=0, b=None, given=False, runs=runs)
    for before, now in zip(first, full_panels.shown(view.widget), strict=True):
        assert {**now, "arrays": before["arrays"]} == before
    assert list(view.widget.arrays) == ["arrays_0", "arrays_1"]
