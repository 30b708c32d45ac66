"""The strip: what the page asks of it is done, or refused in a sentence."""

from __future__ import annotations

import random

import pytest
from fuzz import mutated

from heatbrush.border.wire import SENTENCE
from heatbrush.charts.controls import Button, Choice, Row, Words
from heatbrush.charts.strip import Strip


@pytest.fixture
def said(monkeypatch) -> list[dict]:
    """What the page is told."""
    said: list[dict] = []
    monkeypatch.setattr(Strip, "send", lambda _self, content, _buffers=None: said.append(content))
    return said


@pytest.fixture
def strip() -> Strip:
    strip = Strip(["A", "B"], lambda tab: setattr(strip, "opened", tab))
    yield strip
    strip.layout.close()
    strip.close()


def ask(strip: Strip, **content) -> None:
    strip._handle_custom_msg(content, [])


def test_the_page_opens_chooses_and_presses(strip, said) -> None:
    pressed, choice = [], Choice("by", ["rows", "columns"])
    ask(strip, kind="open", tab=1)
    strip.show(1, [Row("", [choice, Button("Go", lambda: pressed.append(1))])])
    ask(strip, kind="choose", tab=1, key="by", option=1)
    ask(strip, kind="press", tab=1, key="Go")
    assert strip.opened == 1 and choice.value == "columns" and pressed == [1] and not said
    assert strip.rows[1][0]["items"][0]["chosen"] == 1 and strip.rows[0] == []
    ask(strip, kind="ping")
    ask(strip, kind="hello", viewer=3)
    assert said == [{"kind": "alive"}] * 2


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"kind": "open", "tab": 7}, "Tab 7 was opened, but there are 2."),
        ({"kind": "press", "tab": 0, "key": "by"}, "by is no button; load the page again."),
        (
            {"kind": "press", "tab": 0, "key": "x"},
            "The tab has no x any more; load the page again.",
        ),
        ({"kind": "press", "tab": 0, "key": ""}, "The tab has no any more"),
        ({"kind": "choose", "tab": 0, "key": "by", "option": 9}, "Option 9 of by was chosen"),
        ({"kind": "choose", "tab": 0, "key": "by"}, "The view could not read"),
        ({"kind": "nothing"}, "The view could not read"),
        ("open", "The view could not read"),
    ],
)
def test_what_cannot_be_done_is_said(strip, said, content, sentence) -> None:
    strip.show(0, [Row("", [Choice("by", ["rows"]), Words("words")])])
    strip._handle_custom_msg(content, [])
    (refused,) = said
    assert refused["kind"] == "refused" and refused["sentence"].startswith(sentence)


def test_mutated_messages_are_done_or_refused_in_a_sentence(strip, said) -> None:
    choice, pressed = Choice("by", ["rows", "columns"]), []
    strip.show(0, [Row("", [choice, Button("Go", lambda: pressed.append(1))])])
    good = (
        {"kind": "open", "tab": 1},
        {"kind": "choose", "tab": 0, "key": "by", "option": 1},
        {"kind": "press", "tab": 0, "key": "Go"},
        {"kind": "hello", "viewer": 1, "whole": False, "selection": None},
    )
    draw = random.Random(0)
    for _ in range(600):
        strip._handle_custom_msg(mutated(draw.choice(good), draw), [])
    refused = [each["sentence"] for each in said if each["kind"] == "refused"]
    assert len(refused) > 300 and all(0 < len(each) <= SENTENCE for each in refused)
    assert not any("\n" in each for each in refused)
    ask(strip, kind="choose", tab=0, key="by", option=1)
    assert choice.value == "columns" and strip.rows[0][0]["items"][0]["chosen"] == 1


def test_a_strip_that_was_left_shows_no_change(strip, said) -> None:
    words = Words("before")
    strip.show(0, [Row("", [words])])
    strip.leave()
    words.say("after")
    ask(strip, kind="open", tab=0)
    assert strip.rows[0][0]["items"][0]["text"] == "before" and strip.opened is None and not said
