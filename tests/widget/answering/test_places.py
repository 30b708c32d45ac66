"""What if, ahead of the hand: every place that a drag may come to."""

from __future__ import annotations

import numpy as np
import pytest

import heatbrush as hb
from heatbrush.answering import places

BAND = {"op": "add", "rows": None, "columns": [2, 5]}
OTHER = {"op": "add", "rows": [0, 2], "columns": [7, 9]}
HOLE = {"op": "remove", "rows": [1, 2], "columns": [2, 3]}


@pytest.fixture
def each(ask, sent):
    """Ask about places; the answer, and its numbers as (count, 2, classes)."""

    def each(view, bands, band, places, **more):
        ask(
            view,
            "whatif_each",
            **{"ask": 3, "selection": {"bands": bands}, "band": band, "places": places, **more},
        )
        answer = sent.last("answers")
        buffers = sent.buffers[sent.messages.index(answer)]
        numbers = np.frombuffer(buffers[0] if buffers else b"", "<f8")
        return answer, numbers.reshape(answer["count"], 2, 2)

    return each


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Let no slow machine cut an answer short."""
    monkeypatch.setattr(places, "MOMENT", 60.0)


def expected(explainer, x, regions):
    return [
        [explainer.predict(x, **{kind: region}).shown for kind in ("without", "only")]
        for region in regions
    ]


def test_places_are_answered_in_the_order_in_which_they_were_asked(
    make, each, explainer, samples
) -> None:
    columns = [(2, 7), (0, 3), (2, 3), (4, 10), (0, 10)]
    answer, found = each(make(), [BAND], 0, [[0, 4, *place] for place in columns])
    assert answer == {"kind": "answers", "ask": 3, "count": 5}
    regions = [hb.Region.columns(*place) for place in columns]
    np.testing.assert_allclose(found, expected(explainer, samples[0], regions))


def test_the_other_bands_stay_where_they_are(make, each, explainer, samples) -> None:
    bands = [BAND, OTHER, HOLE]
    _, found = each(make(), bands, 1, [[0, 2, 5, 9], [1, 4, 0, 1]])
    regions = [
        (hb.Region.columns(2, 5) | hb.Region.rectangle(*place)) - hb.Region.rectangle(1, 2, 2, 3)
        for place in ((0, 2, 5, 9), (1, 4, 0, 1))
    ]
    np.testing.assert_allclose(found, expected(explainer, samples[0], regions))
    _, found = each(make(), bands, 2, [[0, 4, 3, 4]])
    region = (hb.Region.columns(2, 5) | hb.Region.rectangle(0, 2, 7, 9)) - hb.Region.columns(3, 4)
    np.testing.assert_allclose(found, expected(explainer, samples[0], [region]))


def test_a_place_that_leaves_nothing_has_no_scores(make, each, explainer, samples) -> None:
    _, found = each(make(), [BAND, HOLE], 1, [[0, 4, 2, 5], [0, 4, 0, 10], [0, 4, 2, 4]])
    assert np.isnan(found[:2]).all()
    np.testing.assert_allclose(
        found[2:], expected(explainer, samples[0], [hb.Region.columns(4, 5)])
    )


def test_it_is_about_what_is_shown(make, each, ask, samples) -> None:
    view = make()
    ask(view, "show", sample=1, a=None, b=None)
    view.baseline = 3.0
    _, found = each(view, [BAND], 0, [[0, 4, 0, 6]])
    hidden = hb.Explainer(view.explainer.model, classes=["left", "right"], baseline=3.0)
    np.testing.assert_allclose(found, expected(hidden, samples[1], [hb.Region.columns(0, 6)]))


def test_a_model_that_is_slow_is_asked_place_by_place(make, each, ask, sent, monkeypatch) -> None:
    view = make()
    monkeypatch.setattr(places, "MOMENT", 0.0)
    ask(view, "whatif", ask=1, selection={"bands": [BAND]})  # which tells how slow it is
    assert sent.last("answer")["without"] is not None
    answer, _ = each(view, [BAND], 0, [[0, 4, 0, 6]] * 9)
    assert answer == {"kind": "answers", "ask": 3, "count": 0}


def test_as_many_are_answered_as_take_a_moment(make, each, monkeypatch) -> None:
    clock, sizes = [0.0], []
    monkeypatch.setattr(places, "MOMENT", 0.06)
    monkeypatch.setattr(places.time, "perf_counter", lambda: clock[0])
    answered = hb.Explainer.whatif_each

    def whatif_each(self, x, regions, valid=None):
        sizes.append(len(regions))
        clock[0] += len(regions) / 512
        return answered(self, x, regions, valid)

    monkeypatch.setattr(hb.Explainer, "whatif_each", whatif_each)
    view = make()
    # more at once as long as they fit in a step of 30 ms, and no more than a moment of 60 ms
    answer, found = each(view, [BAND], 0, [[0, 4, 0, 6]] * 100)
    assert sizes == [8, 15, 15] and answer["count"] == len(found) == 38
    sizes.clear()
    each(view, [BAND], 0, [[0, 4, 0, 6]] * 5)
    each(view, [BAND], 0, [[0, 4, 0, 6]] * 100)
    assert sizes == [5, 15, 15, 15]


def test_why_there_is_no_answer_is_said(make, each, model) -> None:
    view = make()
    answer, _ = each(view, [BAND], 0, [[0, 4, 0, 6], [0, 9, 0, 7]])
    assert answer["count"] == 2  # of a band that spans all rows, rows are not asked about
    answer, _ = each(view, [OTHER], 0, [[0, 9, 0, 7]])
    assert answer["count"] == 0 and "reaches row 8" in answer["reason"]
    model.error = RuntimeError("out of cheese")
    answer, _ = each(view, [BAND], 0, [[0, 4, 0, 7]])
    assert answer["count"] == 0 and "out of cheese" in answer["reason"]


def test_a_newer_question_takes_the_place_of_an_older_one(held, ask, model, sent) -> None:
    held.hold()
    given = {"selection": {"bands": [BAND]}, "band": 0, "places": [[0, 4, 0, 6]]}
    ask(held, "whatif_each", ask=1, viewer=4, **given)
    ask(held, "whatif_each", ask=2, viewer=4, **given)
    ask(held, "whatif_each", ask=9, viewer=5, **given)
    model.gate.set()
    held.wait(20.0)
    held._session.worker.join(20.0)
    assert sorted(answer["ask"] for answer in sent.of("answers")) == [2, 9]
    assert all(answer["count"] for answer in sent.of("answers"))


def test_the_place_under_the_hand_is_answered_before_the_others_are_through(
    held, ask, model, sent, monkeypatch
) -> None:
    monkeypatch.setattr(places, "FIRST", 1)
    model.gate.clear()
    model.reached.clear()
    given = {"selection": {"bands": [BAND]}, "band": 0, "places": [[0, 4, 0, 6]] * 9}
    ask(held, "whatif_each", ask=1, **given)
    assert model.reached.wait(20.0)
    ask(held, "whatif", ask=7, selection={"bands": [OTHER]})
    model.gate.set()
    held._session.worker.join(20.0)
    assert sent.kinds("answer", "answers") == ["answer", "answers"]
    assert sent.last("answers")["count"] == 9
