"""What stands above the figures: plain parts that tell when they change."""

from __future__ import annotations

import pytest

from heatbrush.charts.controls import Button, Choice, Legend, Row, Words, drawn
from heatbrush.charts.drawing.style import Look


def test_a_choice_is_kept_and_only_the_reader_is_heard() -> None:
    told = []
    choice = Choice("method", ["a", "b"], lambda: told.append(choice.value))
    choice.choose(1)
    choice.choose(1)
    choice.offer(["c", "b"])
    assert choice.value == "b"
    choice.offer([("C", 1)])
    assert choice.value == 1
    (item,) = choice.items()
    assert item["options"] == ["C"] and item["chosen"] == 0
    with pytest.raises(ValueError, match=r"Option 3 of method was chosen, but there are 1"):
        choice.choose(3)
    choice.offer([])
    assert choice.value is None and told == ["b"]


def test_every_change_is_told_and_what_is_hidden_is_not_drawn() -> None:
    told, pressed = [], []
    choice, button = Choice("by", ["a", "b"]), Button("Go", lambda: pressed.append(1))
    words, legend = Words(), Legend()
    parts = [choice, button, words, legend]
    for part in parts:
        part.watch(lambda part=part: told.append(part))
    choice.choose(1)
    button.name("Gone", "why")
    words.say("so")
    legend.show([(Look("#123456", "dashed"), "map", ".41")])
    assert told == parts
    words.hidden = True
    assert told[-1] is words
    (row,) = drawn([Row("left", parts)])
    assert row["label"] == "left"
    assert [item["kind"] for item in row["items"]] == ["choice", "button", "entry"]
    assert row["items"][2] == {
        "kind": "entry",
        "colour": "#123456",
        "dash": "dashed",
        "text": "map",
        "value": ".41",
        "button": None,
    }
    button.press()
    assert pressed == [1]
