"""Marks of what a decoder found: places, names and outlines, against the cells themselves."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from pydantic import TypeAdapter

from heatbrush.border.marks import CORNERS, marks
from heatbrush.border.outline import outline, simplified
from heatbrush.protocol import ThingMark
from heatbrush_core.outputs import Heatmap, Mask, Sequence

MARKS = TypeAdapter(list[ThingMark])


def inside(lines, places):
    """Count, for each place, the lines that a ray along its row crosses; odd is inside."""
    odd = np.zeros(len(places), bool)
    for line in lines:
        for (y0, x0), (y1, x1) in zip(line, [*line[1:], line[0]], strict=True):
            spans = (np.minimum(y0, y1) <= places[:, 0]) & (places[:, 0] < np.maximum(y0, y1))
            if y0 != y1:
                at = x0 + (places[:, 0] - y0) * (x1 - x0) / (y1 - y0)
                odd ^= spans & (places[:, 1] < at)
    return odd


def test_lines_around_cells_hold_these_and_no_others():
    random = np.random.default_rng(0)
    for _ in range(60):
        mask = random.random(random.integers(1, 7, 2)) < 0.6
        mask[0, 0] = True
        lines = outline(np.argwhere(mask))
        middles = np.indices(mask.shape).reshape(2, -1).T + 0.5
        assert inside(lines, middles).tolist() == mask.ravel().tolist()
        for line in lines:  # every corner turns: none lies on a straight stretch
            steps = np.sign(np.diff([*line, line[0]], axis=0))
            assert (np.abs(steps).sum(1) == 1).all()
            assert ((steps * np.roll(steps, 1, 0)).sum(1) == 0).all()


def test_simplified_lines_lose_the_corners_that_matter_least():
    notched = [(0, 0), (0, 9), (9, 9), (9, 5), (8, 5), (8, 4), (9, 4), (9, 0)]
    assert simplified([notched], 8) == [notched]
    assert simplified([notched], 4) == [[(0, 0), (0, 9), (9, 9), (9, 0)]]
    hole = [(2, 2), (3, 2), (3, 3), (2, 3)]
    assert simplified([notched, hole], 8) == [[(0, 0), (0, 9), (9, 9), (9, 0)], hole]
    without_a_corner = [corner for corner in notched if corner != (8, 5)]
    assert simplified([notched, hole], 7) == [without_a_corner]


@pytest.mark.parametrize("stride", [1, 2])
def test_parts_have_the_outline_of_their_cells_in_the_matrix(stride):
    random = np.random.default_rng(1)
    values = random.random((9, 7, 2))
    found = Mask(exclusive=False).find(values, (9 * stride, 7 * stride))
    made, told = marks(found.things)
    assert told == [] and len(made) == len(found.things)
    places = np.indices((9 * stride, 7 * stride)).reshape(2, -1).T.astype(float)
    for line, (mark, thing) in enumerate(zip(made, found.things, strict=True)):
        cells = thing.terms["score"].readings[0].index
        mask = np.zeros((9, 7), bool)
        mask[tuple(cells[:, :2].T)] = True
        whole = np.kron(mask, np.ones((stride, stride), bool))
        assert inside(mark["outline"], places).tolist() == whole.ravel().tolist()
        assert (mark["line"], mark["kind"], mark["score"]) == (line, "part", thing.score)
        assert mark["name"] == f"part, class {thing.label}"
    MARKS.validate_json(json.dumps(made, allow_nan=False), strict=True)


def test_landmarks_and_steps_are_where_they_were_found():
    maps = np.zeros((6, 8, 3))
    maps[2, 5] = (0.9, 0, 1)
    maps[4, 1] = (0.6, -1, 0)
    decoder = Heatmap(orientation=(1, 2), classes=("eye",), distance=1)
    made, told = marks(decoder.find(maps, (12, 16)).things)
    assert told == []
    first, second = made
    assert (first["row"], first["column"], first["angle"]) == (4.5, 10.5, math.pi / 2)
    assert (second["row"], second["column"], second["angle"]) == (8.5, 2.5, math.pi)
    assert [mark["name"] for mark in made] == ["eye", "eye"]
    assert [mark["line"] for mark in made] == [0, 1]
    assert first["height"] is None and first["width"] is None and first["outline"] == []
    answers = np.array([0.1, 0.9, 0.8, 0.2])
    step = marks(Sequence().find(answers, (5, 8)).things)[0]
    assert [each["name"] for each in step] == ["steps 1 to 2"]  # of one class, without a name
    shares = np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.9, 0.1]])
    for classes, said in ((None, "class {}"), (("calm", "storm"), "{}")):
        several = marks(Sequence(classes=classes).find(shares, (5, 8)).things)[0]
        names = classes or (0, 1)
        assert {each["name"] for each in several} == {
            f"{said.format(names[0])}, steps 0 to 1",
            f"{said.format(names[1])}, step 2",
            f"{said.format(names[0])}, step 3",
        }
    assert [(each["row"], each["height"]) for each in step] == [(2, 5)]
    assert [(each["column"], each["width"]) for each in step] == [(3.5, 4)]
    beside, told = marks(Sequence(axis=None).find(answers, (5, 8)).things)
    assert beside == []
    assert told == ["1 of 1 things lie beside the matrix, without a mark."]


def test_the_outlines_of_many_parts_stay_small_and_that_is_told():
    assert marks([]) == ([], [])
    noise = (np.random.default_rng(2).random((256, 256)) > 0.45).astype(float)
    parts = sorted(Mask().find(noise, (256, 256)).things, key=lambda part: -part.more["cells"])
    made, told = marks(parts[:50])
    assert sum(len(line) for mark in made for line in mark["outline"]) <= CORNERS
    assert all(mark["outline"] for mark in made)
    assert len(json.dumps(made)) < 100_000
    assert told[0].endswith(f"fewer corners than they have, at most {CORNERS} in all.")
