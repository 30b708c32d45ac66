"""Boxes: overlap by counting cells, and suppression by its definition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import refuses

from heatbrush_core.detection.boxes import edges, from_edges, iou, suppress

BOXES = st.lists(
    st.tuples(*[st.integers(0, 8)] * 2, *[st.integers(0, 5)] * 2), min_size=0, max_size=6
)


def placed(corners):
    """Boxes of whole cells, from (first row, first column, height, width)."""
    sides = [(r - 0.5, r + h - 0.5, c - 0.5, c + w - 0.5) for r, c, h, w in corners]
    return from_edges(np.array(sides).reshape(-1, 4))


def cells(corner):
    r, c, h, w = corner
    return {(i, j) for i in range(r, r + h) for j in range(c, c + w)}


def test_a_box_by_hand():
    (box,) = placed([(3, 10, 3, 2)])
    assert box.tolist() == [4, 10.5, 3, 2]
    assert edges(box).tolist() == [2.5, 5.5, 9.5, 11.5]


@given(BOXES, BOXES)
@settings(max_examples=60)
def test_overlap_is_shared_cells_over_all(a, b):
    said = iou(placed(a), placed(b))
    assert said.shape == (len(a), len(b))
    for i, one in enumerate(a):
        for j, other in enumerate(b):
            either = cells(one) | cells(other)
            share = len(cells(one) & cells(other)) / len(either) if either else 0
            assert said[i, j] == pytest.approx(share)


@given(BOXES, st.data())
@settings(max_examples=60)
def test_a_box_stays_unless_a_better_one_that_stays_overlaps_it(corners, data):
    count = len(corners)
    scores = data.draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    labels = data.draw(st.lists(st.integers(0, 1), min_size=count, max_size=count))
    boxes = placed(corners)
    kept = suppress(boxes, scores, labels, 0.5).tolist()
    order = sorted(range(count), key=lambda i: -scores[i])
    assert kept == [i for i in order if i in kept]
    ious = iou(boxes, boxes)
    for place, i in enumerate(order):
        beaten = any(
            j in kept and labels[j] == labels[i] and ious[i, j] > 0.5 for j in order[:place]
        )
        assert (i in kept) != beaten


def test_an_overlap_of_just_as_much_suppresses_nothing():
    boxes = placed([(0, 0, 2, 1), (0, 0, 1, 1)])
    assert iou(*boxes)[0, 0] == 0.5
    assert suppress(boxes, [2, 1], [0, 0], 0.5).tolist() == [0, 1]
    assert suppress(boxes, [2, 1], [0, 0], 0.49).tolist() == [0]


def test_what_is_no_box_is_refused():
    with refuses(ValueError, "a has shape (3,)", "(n, 4)", "give row and column"):
        iou([1, 2, 3], [[1, 2, 3, 4]])
    with refuses(ValueError, "b holds", "below 0", "leave such boxes out"):
        iou([1, 2, 3, 4], [[1, 2, -3, 4]])
    with refuses(ValueError, "a holds", "not finite", "leave"):
        iou([np.nan, 2, 3, 4], [1, 2, 3, 4])
    with refuses(ValueError, "a is 'x'", "numbers are expected", "give an array"):
        iou("x", [1, 2, 3, 4])
