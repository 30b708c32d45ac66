"""Answers per step, and where they lie along the matrix."""

from itertools import groupby

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import refuses

from heatbrush_core.outputs import Sequence


@given(
    st.lists(st.sampled_from([(0.7, 0.2), (0.1, 0.6), (0.2, 0.25), (np.nan, np.nan)]), min_size=1)
)
@settings(max_examples=60)
def test_equal_answers_in_a_row_are_one_thing(steps):
    values = np.array(steps)
    answers = [None if not np.nanmax([*s, 0]) > 0.3 else int(np.argmax(s)) for s in steps]
    expected, at = set(), 0
    for answer, group in groupby(answers):
        count = len(list(group))
        if answer is not None:
            expected.add((answer, at, at + count - 1))
        at += count
    found = Sequence().find(values, (5, 2 * len(steps)))
    assert {(t.label, t.more["first"], t.more["last"]) for t in found.things} == expected
    for thing in found.things:
        assert thing.terms["score"].value([values]) == pytest.approx(thing.score)
        assert (thing.row, thing.height) == (2, 5)
        assert thing.column - thing.width / 2 == 2 * thing.more["first"] - 0.5
        assert thing.column + thing.width / 2 == 2 * thing.more["last"] + 1.5


def test_along_the_rows_beside_the_matrix_and_each_by_itself():
    values = np.array([[0.9, 0.1], [0.8, 0.1], [0.1, 0.7]])
    rows = Sequence(axis="rows", joined=False, classes=("a", "b")).decode(values, (6, 4))
    assert rows["class"].tolist() == ["a", "a", "b"]
    assert rows["row"].tolist() == [0.5, 2.5, 4.5] and rows["column"].tolist() == [1.5] * 3
    assert rows["height"].tolist() == [2] * 3 and rows["width"].tolist() == [4] * 3
    forecast = Sequence(axis=None, threshold=None, joined=False).decode(
        np.array([-3.0, 2.0]), (6, 4)
    )
    assert forecast["score"].tolist() == [2, -3] and forecast["row"].isna().all()
    assert forecast["first"].tolist() == [1, 0]
    logits = np.log(values)
    softmax = Sequence(axis="rows", scores="logits").decode(logits, (6, 4))
    assert softmax["score"].tolist() == pytest.approx([(0.9 + 8 / 9) / 2, 0.875])


def test_where_nothing_is_found():
    values = np.array([[0.1, 0.2], [0.25, 0.1]])
    assert Sequence().decode(values, (3, 4)).attrs["notes"] == [
        "No step was found above 0.3; the highest is 0.25 at column 2.5."
    ]
    assert Sequence(background=0).decode(values * 4, (3, 4)).loc[0, "class"] == 1
    assert Sequence(background=0, threshold=0).decode(values[1:], (3, 4)).attrs["notes"] == [
        "No step was found: the background has the highest score in every step."
    ]


def test_refusals():
    with refuses(ValueError, "has 3 steps and the matrix 7 columns", "whole number", "axis=None"):
        Sequence().decode(np.zeros((3, 2)), (4, 7))
    assert len(Sequence(stride=2.5).decode(np.ones((3, 2)), (4, 7))) == 1
    with refuses(ValueError, "output of shape (3, 2, 1)", "a sequence (steps,)", "another decoder"):
        Sequence().decode(np.zeros((3, 2, 1)), (4, 6))
    with refuses(ValueError, "has axis='time'", "'rows'", "give 'columns'"):
        Sequence(axis="time")
