"""What TensorFlow's operations tell of a function: along which axes it works cell by cell."""

import pytest
import tensorflow as tf

from heatbrush_core.walks.delta.elementwise import dependences


def judged(function, *shapes, axes=(1, 2)):
    """Trace a function of tensors and judge it along rows and columns."""
    found = []

    @tf.function(input_signature=[tf.TensorSpec(shape) for shape in shapes])
    def traced(*tensors):
        found.append(dependences(tensors, [function(*tensors)], axes))

    traced.get_concrete_function()
    return tuple(found[0][axis] for axis in axes)


MAP = (None, 5, 6, 3)
ROWS = tf.reshape(tf.range(5.0), (5, 1, 1))


@pytest.mark.parametrize(
    "function, expected",
    [
        (tf.nn.relu, ("free", "free")),
        (lambda x: tf.sin(x) * 2 + tf.constant([1.0, 2.0, 3.0]), ("free", "free")),
        (lambda x: x * ROWS, ("placed", "free")),
        (lambda x: tf.where(x > 0, x, ROWS), ("placed", "free")),
        (lambda x: tf.nn.softmax(x), ("free", "free")),
        (lambda x: x - tf.reduce_mean(x, -1, keepdims=True), ("free", "free")),
        (lambda x: x - tf.reduce_mean(x, 1, keepdims=True), ("whole", "free")),
        (lambda x: x - tf.reduce_max(x, (1, 2), keepdims=True), ("whole", "whole")),
        (lambda x: tf.concat([x, -x], -1), ("free", "free")),
        (lambda x: tf.concat([x[:, :2], x[:, 2:]], 1), ("whole", "whole")),
        (lambda x: tf.cumsum(x, 1), ("whole", "whole")),
        (lambda x: tf.roll(x, 1, 2), ("whole", "whole")),
        (lambda x: tf.reverse(x, (1,)), ("whole", "whole")),
        (lambda x: tf.nn.relu(x) + ROWS * tf.reduce_sum(x, 2, keepdims=True), ("placed", "whole")),
        (lambda x: tf.reduce_mean(x, -1), ("whole", "whole")),
    ],
)
def test_operations_tell_what_is_cell_by_cell(function, expected):
    assert judged(function, MAP) == expected


def test_softmax_along_columns_is_not_cell_by_cell():
    assert judged(tf.nn.softmax, (None, 5, 6)) == ("free", "whole")


def test_an_input_of_one_cell_is_free():
    assert judged(lambda x, gate: x * gate, MAP, (None, 1, 1, 3)) == ("free", "free")
