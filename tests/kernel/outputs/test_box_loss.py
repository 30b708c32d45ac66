"""The loss of a grid: equal to loops over what its docstring says, in every way a grid is read."""

import keras
import numpy as np
import pytest

from heatbrush_core.outputs import Grid, Head, box_loss, encode_boxes, learnt

SHAPE, SHAPES = (16, 24), [(4, 6, 2, 8), (5,), (2, 3, 24)]
HEADS = [Head(anchors=[(3, 4), (8, 8)]), Head(output=2, boxes=3)]
YOLO = ("column", "row", "width", "height", "objectness", "classes")
GRIDS = {
    "as usual": {},
    "each class by itself": {"exclusive": False},
    "probabilities": {"scores": "values"},
    "each by itself, probabilities": {"scores": "values", "exclusive": False},
    "linear, another order": {"centre": "linear", "size": "linear", "layout": YOLO},
}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def of_one_box(grid, t, p):
    """Target and output of one box, number by number."""
    at = {name: i for i, name in enumerate(grid.layout[: grid.layout.index("classes")])}
    first = len(at)
    said, classes = p.copy(), p[first:]
    if grid.centre == "sigmoid":
        for name in ("row", "column"):
            said[at[name]] = sigmoid(p[at[name]])
    there, sure = t[at["objectness"]], p[at["objectness"]]
    if grid.scores == "logits":
        sure = sigmoid(sure)
        classes = np.exp(classes) / np.exp(classes).sum() if grid.exclusive else sigmoid(classes)
    elif grid.exclusive:
        classes = classes / classes.sum()
    if there == 0:
        return 0.5 * -np.log(1 - sure)
    true = t[first:]
    kind = -(true * np.log(classes)).sum()
    if not grid.exclusive:
        kind -= ((1 - true) * np.log(1 - classes)).sum()
    far = sum((t[at[name]] - said[at[name]]) ** 2 for name in ("row", "column", "height", "width"))
    return 5 * far + kind - np.log(sure)


@pytest.mark.parametrize("kind", GRIDS)
def test_equal_to_what_it_says_box_by_box(kind):
    grid = Grid(heads=HEADS, **GRIDS[kind])
    random = np.random.default_rng(0)
    some = [[(3, 4, 5, 6), (3, 5, 8, 8), (12, 20, 9, 3)], [(7, 7, 4, 4)], np.zeros((0, 4))]
    made = [encode_boxes(grid, each, [2] * len(each), SHAPES, SHAPE).targets for each in some]
    first, nothing, last = box_loss(grid)
    assert nothing is None
    for number, loss in enumerate((first, last)):
        targets = np.stack([each[number] for each in made])
        outputs = random.normal(size=targets.shape)
        if grid.scores == "values":
            outputs = sigmoid(outputs)
        expected = [
            sum(of_one_box(grid, *pair) for pair in zip(t, p, strict=True))
            for t, p in zip(targets.reshape(3, -1, 8), outputs.reshape(3, -1, 8), strict=True)
        ]
        said = keras.ops.convert_to_numpy(loss(targets.astype("float32"), outputs))
        np.testing.assert_allclose(said, expected, rtol=1e-4)


def test_what_has_learnt_the_boxes_pays_nothing_and_a_network_learns_them():
    grid = Grid(heads=[Head(boxes=2)], classes=("a", "b"), overlap=None)
    boxes, shapes = [(3, 4, 5, 6), (12, 20, 9, 3)], [(4, 6, 14)]
    made = encode_boxes(grid, boxes, ["b", "a"], shapes, SHAPE)
    (loss,) = box_loss(grid)
    (target,), (output,) = made.targets, learnt(grid, made.targets, shapes)
    assert float(loss(target[None], output[None].astype("float32"))[0]) < 1e-3
    # one output: the list is what Keras takes, and gradients go through it
    keras.utils.set_random_seed(0)
    layers = [keras.Input((3,)), keras.layers.Dense(4 * 6 * 14), keras.layers.Reshape((4, 6, 14))]
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.Adam(0.2), loss=box_loss(grid))
    again = np.repeat(target[None], 150, 0)  # a step for each
    model.fit(np.ones((150, 3)), again, batch_size=1, verbose=0)
    found = grid.decode(model.predict(np.ones((1, 3)), verbose=0)[0], SHAPE)
    found = found.sort_values("row")
    assert found["class"].tolist() == ["b", "a"]
    np.testing.assert_allclose(found[["row", "column", "height", "width"]], boxes, atol=0.3)


def test_without_classes_only_place_and_objectness_count():
    grid = Grid(heads=[Head()])
    made = encode_boxes(grid, [(3, 4, 4, 4)], [0], [(4, 6, 5)], SHAPE)
    (loss,) = box_loss(grid)
    output = np.zeros((1, 4, 6, 5), "float32")
    (target,) = made.targets
    box = target[target[..., 4] == 1][0]
    far = ((box[:2] - 0.5) ** 2).sum() + (box[2:4] ** 2).sum()
    expected = 5 * far + np.log(2) + 0.5 * 23 * np.log(2)
    assert float(loss(target[None], output)[0]) == pytest.approx(expected, rel=1e-5)
