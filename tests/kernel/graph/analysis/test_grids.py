"""Rows and columns, followed into networks of every layout."""

import keras
import numpy as np
import pytest
from architectures import build, conv, top, traced
from keras import layers, ops

from heatbrush_core.graph.analysis import grids
from heatbrush_core.graph.analysis.grids import GridAxes
from heatbrush_core.walks.forward import forward

BOTH, ROWS, COLUMNS = GridAxes(1, 2), GridAxes(1, None), GridAxes(None, 1)
COLUMNS_OF_4 = GridAxes(None, 2)


def found(body, shape=(8, 6, 2)):
    """Name of the last convolution, and its grid."""
    graph = traced(build(lambda x: top(body(x)), shape))
    name = grids.last_convolution(graph)
    return name, grids.places(graph).get(name)


def named(x, filters=3, name="last", **more):
    return conv(x, filters, name=name, **more)


def sequence(x, **more):
    return layers.Conv1D(3, 3, padding="same", name="last", **more)(x)


def squeezed(x):
    y = named(x, 4)
    gate = layers.GlobalAveragePooling2D(keepdims=True)(y)
    return y * layers.Conv2D(4, 1, activation="sigmoid")(gate)


def own_kind(x):
    class Own(layers.Conv2D):
        pass

    return Own(3, 3, name="last")(x)


CASES = [
    (named, (8, 6, 2), BOTH),
    (lambda x: named(conv(layers.MaxPooling2D()(layers.ZeroPadding2D()(x)))), (8, 6, 2), BOTH),
    (lambda x: named(layers.Reshape((8, 6, 1))(x)), (8, 6), BOTH),
    (lambda x: named(ops.expand_dims(ops.log(1 + x * x), -1)), (8, 6), BOTH),
    (lambda x: named(ops.expand_dims(x, 1), data_format="channels_first"), (8, 6), GridAxes(2, 3)),
    (lambda x: named(layers.Permute((2, 1, 3))(x)), (8, 6, 2), GridAxes(2, 1)),
    (
        lambda x: named(ops.transpose(x, (0, 3, 2, 1)), data_format="channels_first"),
        (8, 6, 2),
        GridAxes(3, 2),
    ),
    (lambda x: named(layers.Concatenate()([x, layers.Average()([x, x])])), (8, 6, 2), BOTH),
    (lambda x: named(x[:, 1:, ::2]), (8, 6, 2), BOTH),
    (lambda x: named(layers.Lambda(ops.sin)(x)), (8, 6, 2), BOTH),
    (own_kind, (8, 6, 2), BOTH),
    (squeezed, (8, 6, 2), BOTH),
    (named, (1, 6, 2), BOTH),
    (
        lambda x: named(conv(x, 5, (8, 1), padding="valid"), 3, size=(1, 3)),
        (8, 6, 1),
        GridAxes(None, 2),
    ),
    (sequence, (8, 6), ROWS),
    (lambda x: sequence(layers.Reshape((8, 6))(x)), (8, 6, 1), ROWS),
    (lambda x: sequence(x, activation="relu", dilation_rate=2), (8, 6), ROWS),
    (lambda x: sequence(layers.LSTM(5, return_sequences=True)(x)), (8, 6), ROWS),
    (lambda x: sequence(layers.Permute((2, 1))(x)), (8, 6), COLUMNS),
    (lambda x: sequence(ops.mean(x, axis=1)), (8, 6, 2), COLUMNS),
    (lambda x: sequence(x[:, 0]), (8, 6, 2), COLUMNS),
    (lambda x: sequence(layers.Reshape((6, 2))(x)), (1, 6, 2), COLUMNS),
]


@pytest.mark.parametrize("body, shape, grid", CASES)
def test_where_rows_and_columns_are(body, shape, grid):
    assert found(body, shape) == ("last", grid)


@pytest.mark.parametrize(
    "body, shape",
    [
        (top, (8, 6, 2)),
        (lambda x: sequence(layers.Reshape((48, 1))(x)), (8, 6)),
        (lambda x: named(layers.Reshape((16, 3, 1))(x)), (8, 6)),
        (lambda x: named(ops.flip(x, 1)), (8, 6, 2)),
        (lambda x: named(x[:, :, ::-1]), (8, 6, 2)),
        (lambda x: named(layers.Reshape((8, 6, 1))(layers.Dense(48)(layers.Flatten()(x)))), (8, 6)),
        (lambda x: named(layers.Concatenate(1)([x, x]) * 1, size=(1, 6)), (8, 6, 2)),
        (lambda x: layers.Conv2D(3, (8, 6))(x), (8, 6, 2)),
        (lambda x: named(ops.transpose(x, (0, 3, 2, 1))), (8, 6, 2)),
    ],
)
def test_where_they_are_lost(body, shape):
    assert found(body, shape) == (None, None)


def test_arranged_cells_are_rows_columns_channels():
    cells = np.random.default_rng(0).normal(size=(2, 3, 4, 5))
    np.testing.assert_array_equal(GridAxes(3, 1).arranged(cells), cells.transpose(0, 3, 1, 2))
    np.testing.assert_array_equal(GridAxes(2, 3).arranged(cells), cells.transpose(0, 2, 3, 1))
    thin = cells[:, :, :1]
    np.testing.assert_array_equal(GridAxes(None, 1).arranged(thin), thin.transpose(0, 2, 1, 3))
    np.testing.assert_array_equal(GridAxes(1, None).arranged(thin[:, :, 0]), thin)
    np.testing.assert_array_equal(GridAxes(1, 2).arranged(cells[..., 0]), cells[..., :1])


@pytest.mark.parametrize(
    "body, shape",
    [
        (lambda x: named(conv(layers.Permute((2, 1, 3))(x), 1, (1, 1)), 2, size=(1, 1)), (8, 6, 1)),
        (lambda x: sequence(layers.Permute((2, 1))(x)), (8, 6)),
        (lambda x: sequence(x), (8, 6)),
    ],
)
def test_a_cell_of_a_place_sees_the_rows_and_columns_that_it_stands_for(body, shape):
    """Moving one cell of the matrix changes what lies there, and little else."""
    graph = traced(build(lambda x: top(body(x)), shape))
    name = grids.last_convolution(graph)
    grid = grids.places(graph)[name]
    x = np.random.default_rng(0).normal(size=(1, *shape)).astype("float32")
    moved = x.copy()
    moved[0, 5, 2] += 10
    before, after = (
        np.asarray(grid.arranged(forward(graph, keras.ops.cast(each, "float32"))[slot]))
        for each in (x, moved)
        for slot in [graph.places[name]]
    )
    rows, columns = np.nonzero(np.abs(after - before)[0].max(-1) > 1e-6)
    assert rows.mean() == (5 if grid.rows else 0)
    assert columns.mean() == (2 if grid.columns else 0)


def thin(x, **more):
    return conv(x, 2, (1, 3), **more)


def single(x):
    return layers.Conv1D(2, 3, padding="same")(x)


PARTS = [
    (lambda x: layers.Concatenate(1)([thin(x[:, i : i + 1]) for i in range(8)]), BOTH),
    (lambda x: layers.Concatenate(1)([thin(x[:, i : i + 2]) for i in (0, 2, 4, 6)]), BOTH),
    (lambda x: layers.Concatenate(1)([thin(x[:, :5]), thin(x[:, 5:])]), BOTH),
    (lambda x: layers.Concatenate(2)([conv(x[:, :, :4]), conv(x[:, :, 4:])]), BOTH),
    (lambda x: layers.Concatenate(1)([thin(part) for part in ops.split(x, 8, axis=1)]), BOTH),
    (lambda x: ops.stack([single(x[:, i]) for i in range(8)], axis=1), BOTH),
    # in another order, twice, or left out: no row is the matrix's any more
    (lambda x: layers.Concatenate(1)([thin(x[:, 5:]), thin(x[:, :5])]), COLUMNS_OF_4),
    (lambda x: layers.Concatenate(1)([thin(x[:, :4]), thin(x[:, :4])]), COLUMNS_OF_4),
    (lambda x: layers.Concatenate(1)([thin(x[:, :2]), thin(x[:, 4:])]), COLUMNS_OF_4),
    # cells of other rows side by side in one cell
    (lambda x: layers.Concatenate()([thin(x[:, :4]), thin(x[:, 4:])]), COLUMNS_OF_4),
    (lambda x: layers.Add()([thin(x[:, :4]), thin(x[:, 4:])]), COLUMNS_OF_4),
    # neighbours compared keep their axis
    (lambda x: x[:, 1:] - x[:, :-1], BOTH),
]


@pytest.mark.parametrize("body, expected", PARTS)
def test_parts_of_a_matrix_put_together_again(body, expected):
    graph = traced(build(lambda x: top(body(x)), (8, 6, 1)))
    flat = next(node for node in graph.nodes if type(node.operation).__name__ == "Flatten")
    (slot,) = flat.inputs
    assert grids.grids(graph).get(slot, GridAxes(None, None)) == expected
    if expected != BOTH or slot.shape[1] != 8:
        return
    x = np.random.default_rng(0).normal(size=(1, 8, 6, 1)).astype("float32")
    for row, column in ((0, 0), (5, 2), (7, 5)):
        moved = x.copy()
        moved[0, row, column] += 10
        before, after = (
            np.asarray(forward(graph, ops.convert_to_tensor(each))[slot])[0] for each in (x, moved)
        )
        rows, columns = np.nonzero(np.abs(after - before).max(-1) > 1e-6)
        assert set(rows) <= {row - 1, row, row + 1} and row in rows
        assert np.abs(columns - column).max() <= 1


def test_free_sizes():
    body = lambda x: top(layers.GlobalMaxPooling2D()(named(x)))  # noqa: E731
    assert grids.places(traced(build(body, (None, None, 1)))) == {"last": BOTH}
    cut = build(lambda x: body(x[:, 1:]), (None, None, 1))
    assert grids.places(traced(cut))["last"] == BOTH
    flat = build(lambda x: body(ops.expand_dims(x, -1)), (None, None))
    assert grids.places(traced(flat))["last"] == BOTH
    fixed = build(lambda x: body(layers.Reshape((-1, 6, 1))(x)), (None, None))
    assert grids.places(traced(fixed)) == {}


@pytest.mark.parametrize(
    "body, name",
    [
        (lambda x: layers.MaxPooling2D()(layers.Dropout(0.1)(named(x))), "last"),
        (lambda x: layers.ReLU(name="r")(layers.BatchNormalization()(named(x))), "r"),
        (lambda x: layers.Add(name="sum")([x, layers.ReLU()(named(x, 2))]), "sum"),
        (lambda x: layers.ReLU(name="r")(named(x, 2) + x), "r"),
        (lambda x: layers.Concatenate(name="all")([conv(x), conv(x), named(x)]), "all"),
        (lambda x: layers.Concatenate(1)([x, named(x, 2)]), "last"),
        (lambda x: (y := named(x)) + layers.ReLU()(y), "last"),
        (squeezed, "last"),
        (lambda x: layers.Dense(4)(named(x)), "last"),
    ],
)
def test_the_last_convolution_is_seen_where_it_ends_cell_by_cell(body, name):
    assert found(body)[0] == name


def test_a_shared_convolution_is_seen_at_its_last_call():
    twice = layers.Conv2D(2, 3, padding="same", name="last")
    assert found(lambda x: twice(twice(x)))[0] == "last#2"


POOL = layers.GlobalAveragePooling2D
ENDS = [
    (lambda x: layers.Dense(3)(POOL()(named(x))), "last"),
    (
        lambda x: layers.Dense(3, activation="softmax")(layers.Dropout(0.5)(POOL()(named(x)))),
        "last",
    ),
    (lambda x: layers.Dense(1, activation="sigmoid")(ops.mean(named(x), axis=(1, 2))), "last"),
    (lambda x: top(layers.AveragePooling2D((8, 6))(named(x))), "last"),
    (lambda x: top(layers.Reshape((3,))(POOL(keepdims=True)(named(x)))), "last"),
    (lambda x: POOL()(named(x)), "last"),
    (lambda x: layers.Flatten()(layers.Conv2D(3, 1)(POOL(keepdims=True)(named(x)))), "last"),
    (lambda x: layers.Dense(3)(POOL()(layers.MaxPooling2D(name="pool")(conv(x)))), "pool"),
    (lambda x: layers.Dense(3)(POOL()(named(x) + x[..., :1])), "add"),
    (lambda x: layers.Dense(3)(layers.Dense(4)(POOL()(named(x)))), None),
    (lambda x: layers.Dense(3)(layers.Dense(4, activation="relu")(POOL()(named(x)))), None),
    (lambda x: layers.Dense(3)(layers.BatchNormalization()(POOL()(named(x)))), None),
    (lambda x: layers.Dense(3)(layers.GlobalMaxPooling2D()(named(x))), None),
    (lambda x: layers.Dense(3)(ops.sum(named(x), axis=(1, 2))), None),
    (lambda x: top(layers.AveragePooling2D((7, 6))(named(x))), None),
    (lambda x: top(layers.AveragePooling2D(2)(named(x))), None),
    (lambda x: top(named(x)), None),
    (lambda x: layers.Dense(3)(layers.Concatenate()([POOL()(named(x)), POOL()(x)])), None),
    (lambda x: layers.Dense(3, activation="tanh")(POOL()(named(x))), None),
]


@pytest.mark.parametrize("body, name", ENDS)
def test_what_a_network_averages(body, name):
    graph = traced(build(body, (8, 6, 1)))
    assert (grids.averaged(graph) or "").partition("_")[0] == (name or "")
