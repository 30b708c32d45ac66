"""Boxes of a grid: against loops over cells, and each term against the box itself."""

import numpy as np
import pytest
from sentences import refuses

from heatbrush_core.outputs import Grid, Head, iou

YOLO = ("column", "row", "width", "height", "objectness", "classes")
GRIDS = {
    "free": (Grid(), [(4, 6, 8)], (8, 12)),
    "anchors": (
        Grid(heads=[Head(anchors=[(3, 5), (8, 4)])], classes=("a", "b"), overlap=None),
        [(4, 6, 2, 7)],
        (4, 18),
    ),
    "two heads": (
        Grid(
            heads=[Head(output=2, boxes=2), Head(output=0, anchors=[(9, 9)])],
            exclusive=False,
            layout=YOLO,
        ),
        [(2, 3, 8), (5,), (4, 6, 16)],
        (8, 12),
    ),
    "no class": (Grid(size="linear", centre="linear"), [(4, 6, 5)], (8, 12)),
    "probabilities": (Grid(scores="values", threshold=0.1), [(4, 6, 7)], (8, 12)),
    "probabilities each": (Grid(scores="values", exclusive=False), [(4, 6, 7)], (8, 12)),
}


def outputs_of(shapes, seed=0, positive=False):
    random = np.random.default_rng(seed)
    made = [random.normal(size=shape) for shape in shapes]
    return [1 / (1 + np.exp(-each)) for each in made] if positive else made


def sigmoid(value):
    return 1 / (1 + np.exp(-value))


def by_loops(grid, outputs, shape):
    """Every box as the docstring has it: (row, column, height, width, score, class, where)."""
    for number, head in enumerate(grid.heads):
        output = outputs[head.output]
        for i, j in np.ndindex(output.shape[:2]):
            stride = shape[0] / output.shape[0], shape[1] / output.shape[1]
            for box, raw in enumerate(np.reshape(output[i, j], (head.predictors, -1))):
                order = list(grid.layout[:5])
                said = dict(zip(order, raw[:5], strict=True))
                classes = raw[5:]
                squash = sigmoid if grid.scores == "logits" else float
                score = squash(said["objectness"])
                if len(classes) and grid.scores == "logits":
                    powers = np.exp(classes)
                    classes = powers / powers.sum() if grid.exclusive else sigmoid(classes)
                if len(classes):
                    score *= max(classes)
                place = []
                for name, cell, step in zip(("row", "column"), (i, j), stride, strict=True):
                    within = sigmoid(said[name]) if grid.centre == "sigmoid" else said[name]
                    place.append((cell + within) * step - 0.5)
                whole = head.anchors[box] if head.anchors else stride
                for name, one in zip(("height", "width"), whole, strict=True):
                    grown = np.exp(said[name]) if grid.size == "exp" else max(said[name], 0)
                    place.append(one * grown)
                yield place, score, int(np.argmax(classes)) if len(classes) else 0, (number, box)


@pytest.mark.parametrize("name", GRIDS)
def test_all_boxes_against_loops(name):
    grid, shapes, shape = GRIDS[name]
    outputs = outputs_of(shapes, positive=grid.scores == "values")
    said, expected = grid.proposals(outputs, shape), list(by_loops(grid, outputs, shape))
    np.testing.assert_allclose(said.places, [each[0] for each in expected])
    np.testing.assert_allclose(said.score, [each[1] for each in expected])
    assert said.label.tolist() == [each[2] for each in expected]
    assert list(zip(said.head, said.predictor, strict=True)) == [each[3] for each in expected]
    # the table: the best first, what overlaps a better one of its class left out
    left = sorted((each for each in expected if each[1] > grid.threshold), key=lambda e: -e[1])
    kept = []
    for each in left:
        rivals = [one for one in kept if one[2] == each[2]]
        limit = 2 if grid.overlap is None else grid.overlap
        if all(iou(each[0], one[0])[0, 0] <= limit for one in rivals):
            kept.append(each)
    table = grid.decode(outputs, shape)
    assert 3 < len(table) == len(kept)
    places = table[["row", "column", "height", "width"]].to_numpy()
    np.testing.assert_allclose(places, [each[0] for each in kept])
    np.testing.assert_allclose(table["score"], [each[1] for each in kept])
    codes = [each[2] for each in kept]
    names = codes if grid.classes is None else [grid.classes[code] for code in codes]
    assert table["class"].tolist() == names
    assert list(zip(table["head"], table["predictor"], strict=True)) == [each[3] for each in kept]


@pytest.mark.parametrize("name", GRIDS)
def test_each_term_is_its_part_of_the_box(name):
    grid, shapes, shape = GRIDS[name]
    outputs = outputs_of(shapes, positive=grid.scores == "values")
    for thing in grid.find(outputs, shape).things:
        value = {name: term.value(outputs) for name, term in thing.terms.items()}
        assert np.exp(value["all"]) == pytest.approx(thing.score)
        if grid.size == "exp":
            edges = [value[side] for side in ("top", "bottom", "left", "right")]
            half, wide = thing.height / 2, thing.width / 2
            expected = [thing.row - half, thing.row + half]
            expected += [thing.column - wide, thing.column + wide]
            assert edges == pytest.approx(expected)
        there = sigmoid(value["objectness"])
        if "class" not in value:
            assert there == pytest.approx(thing.score)
        elif grid.scores == "logits" and grid.exclusive:
            # a logit of a softmax: the largest among the classes of this very box
            (cell,) = thing.terms["class"].readings[0].index
            output = outputs[thing.terms["class"].readings[0].output]
            boxes = grid.heads[thing.head].predictors
            numbers = output[tuple(cell[:2])].reshape(boxes, -1)[thing.more["predictor"]]
            assert value["class"] == numbers[5:].max()
        else:
            sure = np.exp if grid.scores == "values" and grid.exclusive else sigmoid
            assert there * sure(value["class"]) == pytest.approx(thing.score)


def test_what_is_left_out_is_told():
    grid = Grid(most=2, overlap=None)
    outputs = np.zeros((2, 3, 6))
    outputs[..., 4] = [[3, 2, -9], [4, -9, -9]]
    table = grid.decode(outputs, (4, 6))
    assert len(table) == 2 and table.attrs["notes"] == ["The best 2 of 3 boxes are kept."]
    outputs[0, 0, 2] = 1e4
    notes = grid.decode(outputs, (4, 6)).attrs["notes"]
    assert notes == ["Boxes whose place or size is not finite are left out (1)."]
    outputs[..., 2], outputs[..., 4] = 0, -3
    outputs[1, 2, 4] = -1
    (note,) = Grid().decode(outputs, (4, 6)).attrs["notes"]
    assert note == "No box was found above 0.3; the highest is 0.27 at row 2.5, column 4.5."
    outputs[0, 0, 4] = np.nan
    notes = Grid().decode(outputs, (4, 6)).attrs["notes"]
    assert notes == ["Output 0 is NaN in 1 of its 36 cells; nothing is found there.", note]


def test_a_grid_is_stored_as_json():
    grid = GRIDS["two heads"][0]
    assert Grid.model_validate_json(grid.model_dump_json()) == grid


def test_refusals():
    with refuses(
        ValueError, "output of shape (4, 6, 7), but for 2 boxes", "5 + classes", "as many"
    ):
        Grid(heads=[Head(boxes=2)]).decode(np.zeros((4, 6, 7)), (8, 12))
    with refuses(ValueError, "output of shape (4, 6, 3, 7)", "2 boxes", "as many"):
        Grid(heads=[Head(boxes=2)]).decode(np.zeros((4, 6, 3, 7)), (8, 12))
    with refuses(ValueError, "output of shape (4, 6)", "a grid (rows, columns,", "another decoder"):
        Grid().decode(np.zeros((4, 6)), (8, 12))
    heads = [Head(), Head(output=1)]
    with refuses(ValueError, "heads of a grid have 1, 2 classes", "the same", "give each"):
        Grid(heads=heads).decode([np.zeros((4, 6, 6)), np.zeros((4, 6, 7))], (8, 12))
    with refuses(ValueError, "read the outputs [0, 0]", "of its own", "more boxes"):
        Grid(heads=[Head(), Head()])
    with refuses(ValueError, "has 3 classes (a, b, c)", "channels for 2", "give 2 names"):
        Grid(classes=("a", "b", "c")).decode(np.zeros((4, 6, 7)), (8, 12))
    with refuses(ValueError, "2 anchors and boxes=3", "one anchor", "leave boxes out"):
        Head(anchors=[(1, 2), (3, 4)], boxes=3)
    with refuses(ValueError, "layout=('row',)", "once", "in the order"):
        Grid(layout=("row",))
    with refuses(ValueError, "has 3 rows and the matrix 8", "whole number", "stride="):
        Grid().decode(np.zeros((3, 6, 6)), (8, 12))
