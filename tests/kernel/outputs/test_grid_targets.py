"""True boxes as tensors: what was encoded is decoded again."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from sentences import refuses

from heatbrush_core.outputs import Grid, Head, encode_boxes, iou, learnt

SHAPE, SHAPES = (16, 24), [(8, 12, 2, 8), (7,), (4, 6, 16)]
HEADS = {
    "free": [Head(boxes=2), Head(output=2, boxes=2)],
    "anchors": [Head(anchors=[(2, 3), (4, 4)]), Head(output=2, anchors=[(9, 6), (5, 14)])],
    "one of each": [Head(output=2, anchors=[(9, 6), (5, 14)]), Head(boxes=2)],
}
CLASSES = ("a", "b", "c")
FIELDS = ["row", "column", "height", "width"]


@st.composite
def truths(draw):
    side = st.floats(1, 16)
    place = st.tuples(st.floats(-0.49, 15.4), st.floats(-0.49, 23.4), side, side)
    boxes = draw(st.lists(place, max_size=5))
    labels = draw(st.lists(st.sampled_from(CLASSES), min_size=len(boxes), max_size=len(boxes)))
    return np.array(boxes).reshape(-1, 4), labels


@pytest.mark.parametrize("size", ["exp", "linear"])
@pytest.mark.parametrize("scores", ["logits", "values"])
@pytest.mark.parametrize("heads", HEADS)
@given(truths())
@settings(max_examples=25)
def test_what_was_encoded_is_decoded_again(heads, scores, size, truth):
    grid = Grid(heads=HEADS[heads], classes=CLASSES, overlap=None, scores=scores, size=size)
    boxes, labels = truth
    made = encode_boxes(grid, boxes, labels, SHAPES, SHAPE)
    assert [each.shape for each in made.targets] == [SHAPES[h.output] for h in grid.heads]
    found = grid.decode(learnt(grid, made.targets, SHAPES), SHAPE)
    kept = made.head >= 0
    assert len(found) == kept.sum()
    said = np.column_stack([found[FIELDS], found[["head", "predictor"]]])
    true = np.column_stack([boxes, made.head, made.predictor])[kept]
    names = np.array(labels, object)[kept]
    gaps = np.abs(said[:, None] - true[None]).sum(-1)
    gaps += found["class"].to_numpy()[:, None] != names[None]
    assert gaps[linear_sum_assignment(gaps)].max(initial=0) < 1e-4
    assert (found["score"] > 0.99).all()
    # each is responsible once, in the cell of its centre, and no more than are free are left out
    owners = list(zip(made.head, made.predictor, *made.cell.T, strict=True))
    for box, (head, _, row, column) in zip(boxes, owners, strict=True):
        if head >= 0:
            stride = np.array(SHAPE) / SHAPES[grid.heads[head].output][:2]
            assert np.floor((box[:2] + 0.5) / stride).tolist() == [row, column]
    some = [owner for owner in owners if owner[0] >= 0]
    assert len(set(some)) == len(some)
    assert bool(made.notes) == (not kept.all())


def test_the_best_anchor_is_responsible_then_the_next():
    grid = Grid(heads=HEADS["anchors"], classes=CLASSES)
    boxes = [(5, 5, 8, 7), (5, 5, 8, 7), (5, 5, 2, 3), (5, 5, 8, 7), (5, 5, 8, 7)]
    made = encode_boxes(grid, boxes, ["a"] * 5, SHAPES, SHAPE)
    every = np.concatenate([head.anchors for head in grid.heads])
    fits = [iou((0, 0, 8, 7), (0, 0, *anchor))[0, 0] for anchor in every]
    order = [divmod(int(i), 2) for i in np.argsort(fits)[::-1]]
    taken = list(zip(made.head.tolist(), made.predictor.tolist(), strict=True))
    assert taken[:2] == order[:2] and taken[2] == (0, 0)
    assert taken[3] == order[2] and taken[4] == (-1, -1)
    assert made.notes == (
        "Boxes are left out where no head has a free box in the cell of their centre (1 of 5); "
        "give more boxes per cell, or a finer grid.",
    )
    assert made.targets[0][..., 4].sum() == made.targets[1].reshape(4, 6, 2, 8)[..., 4].sum() == 2


def test_free_predictors_are_responsible_for_what_they_predict_best():
    grid = Grid(heads=[Head(boxes=2)], classes=CLASSES)
    outputs = np.zeros((8, 12, 2, 8))
    box = (5.0, 6.0, 3.0, 9.0)
    outputs[2, 3, 1, 2:4] = np.log([3 / 2, 9 / 2])
    outputs[2, 3, :, :2] = [0, 0]
    now = grid.proposals(outputs, SHAPE)
    made = encode_boxes(grid, [box], ["b"], [outputs.shape], SHAPE, predicted=now)
    assert (made.head[0], made.predictor[0], made.cell[0].tolist()) == (0, 1, [2, 3])
    assert encode_boxes(grid, [box], ["b"], [outputs.shape], SHAPE).predictor.tolist() == [0]
    target = made.targets[0][2, 3, 1]
    expected = [(5.5 / 2) % 1, (6.5 / 2) % 1, np.log(1.5), np.log(4.5), 1, 0, 1, 0]
    assert target.tolist() == pytest.approx(expected)
    made.targets[0][2, 3, 1] = 0
    assert not made.targets[0].any()


def test_a_centre_on_the_last_edge_is_in_the_last_cell():
    grid = Grid(heads=HEADS["free"], classes=CLASSES)
    last = (np.nextafter(15.5, 0), np.nextafter(23.5, 0), 2.0, 2.0)
    made = encode_boxes(grid, [last], ["a"], SHAPES, SHAPE)
    assert (made.head.tolist(), made.cell.tolist()) == ([0], [[7, 11]])
    # of one row the sum of centre and half a cell is rounded to the next
    last = (np.nextafter(0.5, 0), 3.0, 1.0, 2.0)
    made = encode_boxes(Grid(), [last], [0], [(1, 6, 6)], (1, 6))
    assert made.cell.tolist() == [[0, 3]]


def test_where_a_grid_does_not_reach_nothing_is_responsible():
    grid = Grid(heads=[Head(stride=(2, 2))])
    made = encode_boxes(grid, [(3, 3, 2, 2), (3, 9, 2, 2)], [0, 0], [(4, 4, 6)], (8, 10))
    assert made.head.tolist() == [0, -1] and len(made.notes) == 1


def test_without_classes():
    grid = Grid(overlap=None)
    made = encode_boxes(grid, [(3, 3, 2, 2)], [0], [(8, 12, 5)], SHAPE)
    found = grid.decode(learnt(grid, made.targets, [(8, 12, 5)]), SHAPE)
    assert found[[*FIELDS, "class"]].to_numpy(float).tolist() == [
        pytest.approx([3, 3, 2, 2, 0], abs=1e-5)
    ]


def test_refusals():
    grid = Grid(heads=HEADS["free"], classes=CLASSES)
    with refuses(ValueError, "A box is (20.0, 3.0, 2.0, 2.0)", "16 rows and 24 columns", "leave"):
        encode_boxes(grid, [(20, 3, 2, 2)], ["a"], SHAPES, SHAPE)
    with refuses(ValueError, "A box is (2.0, 3.0, 0.0, 2.0)", "above 0", "leave out"):
        encode_boxes(grid, [(2, 3, 0, 2)], ["a"], SHAPES, SHAPE)
    with refuses(ValueError, "no class 'd'", "a, b, c", "give one"):
        encode_boxes(grid, [(2, 3, 2, 2)], ["d"], SHAPES, SHAPE)
    with refuses(ValueError, "labels holds 0", "1 boxes", "one of each"):
        encode_boxes(grid, [(2, 3, 2, 2)], [], SHAPES, SHAPE)
    with refuses(ValueError, "targets holds 1", "2 heads", "one array per head"):
        learnt(grid, [np.zeros((8, 12, 2, 8))], SHAPES)
