"""The delta walk gives what whole matrices give: every layer alone, any mixture, any window."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from architectures import BODIES, build, channels_first, randomised, traced
from changed import Both, random_changes, tiled, windows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keras import layers, ops
from random_models import ALL, alone, architectures

from heatbrush_core.walks.delta.reach import WHOLE
from heatbrush_core.walks.forward import forward

pytestmark = pytest.mark.filterwarnings("ignore:You are using a softmax over axis")
EPS = float(np.finfo("float32").eps)


def matrix(architecture):
    return architecture.x[0] if len(architecture.shape) == 3 else architecture.x[0][..., None]


def assert_equal(found, both, changes, of_effect=1e-9, of_sum=1e-12):
    expected, summed = both.whole(changes)
    assert found.shape == expected.shape
    allowed = of_effect * np.abs(expected).max() + of_sum * summed
    np.testing.assert_allclose(found, expected, rtol=0, atol=allowed)
    return expected


@pytest.mark.parametrize("name", ALL)
def test_each_step_alone(name):
    architecture, random = alone(name), np.random.default_rng(1)
    both = Both(architecture.graph, matrix(architecture))
    effect = 0.0
    for boxes in windows(both.x.shape, random):
        changes = random_changes(both.x, boxes, random)
        found = both.incremental(changes, compiled=False)
        effect = max(effect, np.abs(assert_equal(found, both, changes)).max())
    assert effect > 0


@pytest.mark.slow
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(architectures(), st.data())
def test_any_architecture(architecture, data):
    both = Both(architecture.graph, matrix(architecture))
    patch = tuple(data.draw(st.integers(1, size)) for size in both.x.shape[:2])
    stride = tuple(data.draw(st.integers(1, size)) for size in patch)
    changes = tiled(both.x, patch, stride, data.draw(st.sampled_from([0.0, 1.5, -0.3])))
    assert_equal(both.incremental(changes), both, changes)


# ------------------------------------------------------------------ geometries that steps have not


def block(x, filters, size=3, **more):
    y = layers.Conv2D(filters, size, padding="same", use_bias=False, **more)(x)
    return layers.ReLU()(layers.BatchNormalization()(y))


def odd_windows(x):
    y = layers.Conv2D(3, (4, 2), strides=(2, 3), padding="same", activation="relu")(x)
    y = layers.ZeroPadding2D(((2, 1), (0, 3)))(y)
    y = layers.MaxPooling2D((3, 2), (2, 1), "same")(y)
    return layers.AveragePooling2D((2, 3), (1, 2), "same")(y)


def up_and_down(x):
    y = layers.Conv2DTranspose(3, (5, 2), strides=(2, 3), padding="same", activation="relu")(x)
    y = layers.Conv2DTranspose(2, 3, strides=2, padding="valid", output_padding=1)(y)
    return layers.Cropping2D(((3, 2), (1, 5)))(layers.UpSampling2D((1, 2))(layers.MaxPool2D(3)(y)))


def inception(x):
    a, b = block(x, 2, 1), block(block(x, 2, (1, 5)), 3, (5, 1))
    c = layers.AveragePooling2D(3, 1, "same")(x)
    d = layers.SeparableConv2D(2, 3, dilation_rate=(2, 3), padding="same", activation="elu")(x)
    return layers.Concatenate()([a, b, c, d])


def slices(x):
    y = block(x, 4)
    return layers.Concatenate()([y[:, 1::2, :-2], y[:, :-1:2, 2:]])


def swapped(x):
    y = layers.Permute((2, 1, 3))(block(x, 3, (1, 4)))
    return layers.MaxPooling2D((1, 3))(layers.Conv2D(2, (4, 1), strides=(3, 1))(y))


def deeper(x):
    for filters in (3, 4):
        y = block(layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2)(x), filters, 1)
        x = layers.MaxPooling2D(2)(layers.Add()([block(y, filters), layers.Conv2D(filters, 1)(x)]))
    return x


def same_row(x):
    y = block(x, 3)
    return y - ops.mean(y, axis=2, keepdims=True)


def lines(x):
    y = layers.Reshape(x.shape[1:3])(x)
    y = layers.Conv1D(4, 3, strides=2, padding="same", activation="relu")(y)
    y = layers.MaxPooling1D(2)(layers.Conv1D(3, 4, padding="causal", dilation_rate=2)(y))
    return layers.Conv1DTranspose(3, 3, strides=2, padding="same")(y)


SHAPES = [odd_windows, up_and_down, inception, slices, swapped, deeper, same_row, lines]
ENDS = {
    "flatten": lambda y: layers.Flatten()(y),
    "mean": lambda y: ops.mean(y, axis=tuple(range(1, len(y.shape) - 1))),
    "max": lambda y: ops.max(y, axis=tuple(range(1, len(y.shape) - 1))),
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("body", SHAPES, ids=lambda body: body.__name__)
@pytest.mark.parametrize("shape", [(17, 22, 1), (12, 31, 2)], ids=str)
def test_odd_geometries(body, end, shape):
    if body is lines and shape[2] > 1:
        shape = (*shape[:2], 1)
    model = build(lambda x: layers.Dense(3)(ENDS[end](body(x))), shape)
    random = np.random.default_rng(2)
    both = Both(traced(model, dtype="float64"), random.normal(size=shape))
    assert any(step.reach != WHOLE for step in both.walk.locality.steps)
    for boxes in windows(shape, random, 9):
        changes = random_changes(both.x, boxes, random)
        assert_equal(both.incremental(changes, compiled=False), both, changes)


def test_a_convolution_over_time_alone_moves_windows_along_it():
    """Whose channels are the sensors, of a matrix (time, sensors) or (sensors, time) turned."""
    for shape in ((40, 5), (5, 40)):
        start = keras.Input(shape)
        y = start if shape[0] == 40 else layers.Permute((2, 1))(start)
        y = layers.Conv1D(4, 3, strides=2, activation="relu")(y)
        y = layers.MaxPooling1D(2)(layers.SeparableConv1D(3, 3, padding="same")(y))
        model = randomised(keras.Model(start, layers.Dense(2)(layers.GlobalAveragePooling1D()(y))))
        random = np.random.default_rng(5)
        both = Both(traced(model, dtype="float64"), random.normal(size=(*shape, 1)))
        assert sum(step.how in ("kernel", "pool") for step in both.walk.locality.steps) == 3
        for boxes in windows(both.x.shape, random, 9):
            changes = random_changes(both.x, boxes, random)
            assert_equal(both.incremental(changes), both, changes)


def test_channels_first():
    model = build(channels_first, (13, 17, 2))
    start = keras.Input((2, 13, 17))
    shared = keras.Sequential(model.layers[2:])  # without the input and the permutation
    both = Both(traced(keras.Model(start, shared(start))), np.ones((13, 17, 2)), "float32")
    assert both.layout.channels_first
    random = np.random.default_rng(0)
    both.x[:] = random.normal(size=both.x.shape)
    both.old = both.walk.forward(both.x)
    changes = random_changes(both.x, windows(both.x.shape, random)[1], random)
    assert_equal(both.incremental(changes), both, changes, 1e-5, 8 * EPS)


@pytest.mark.parametrize("body", [*BODIES, *SHAPES], ids=lambda body: body.__name__)
def test_single_precision(body):
    shape = (8, 8, 1) if body in BODIES else (17, 22, 1)
    after = (lambda y: y) if body in BODIES else (lambda y: layers.Dense(3)(ENDS["mean"](y)))
    both = Both(traced(build(lambda x: after(body(x)), shape)), np.zeros(shape), "float32")
    both.x[:] = np.random.default_rng(3).normal(size=shape)
    both.old = both.walk.forward(both.x)
    changes = tiled(both.x, (3, 4), (2, 2), 0.0)
    assert_equal(both.incremental(changes, compiled=False), both, changes, 1e-5, 8 * EPS)


def test_small_effects_keep_their_digits():
    """The effect is a ten-thousandth of the logit, and better than from whole matrices."""

    def body(x):
        y = layers.Conv2D(8, 3, padding="same", activation="relu")(x)
        return layers.Dense(2)(layers.GlobalAveragePooling2D()(y))

    model = build(body, (64, 64, 1))
    x = np.random.default_rng(4).normal(size=(64, 64, 1))
    model.layers[-1].bias.assign([100.0, -70.0])
    single, double = Both(traced(model), x, "float32"), Both(traced(model, dtype="float64"), x)
    changes = tiled(x, (1, 1), (9, 9), 0.0)
    truth, _ = double.whole(changes)
    incremental = np.abs(single.incremental(changes) - truth).max()
    whole = np.abs(single.whole(changes)[0] - truth).max()
    assert np.abs(truth).max() < 1e-4 * 100
    assert incremental < 1e-4 * np.abs(truth).max() and incremental < whole / 20


# ------------------------------------------------------------------ what is compiled


def small(x):
    y = layers.MaxPooling2D(2)(block(x, 4))
    return layers.Dense(3)(layers.GlobalAveragePooling2D()(block(y, 4)))


def test_one_trace_serves_all_windows():
    both, random = Both(traced(build(small, (20, 30, 1))), np.zeros((20, 30, 1)), "float32"), None
    random = np.random.default_rng(0)
    for count in (1, 2, 7):
        for boxes in windows((20, 30), random, count):
            both.incremental(random_changes(both.x, boxes, random))
    assert both.walk.traces == 2


def test_new_weights_are_seen():
    model = build(small, (20, 30, 1))
    both = Both(traced(model, dtype="float64"), np.random.default_rng(0).normal(size=(20, 30, 1)))
    changes = tiled(both.x, (4, 4), (3, 3), 0.0)
    before = both.incremental(changes)
    randomised(model, 1)
    model.layers[1].kernel.assign(-2 * model.layers[1].kernel)
    both.old = both.walk.forward(both.x)
    after = both.incremental(changes)
    assert np.abs(after - before).max() > 0.1 * np.abs(before).max()
    assert_equal(after, both, changes)


def test_what_gathers_is_only_what_grows():
    """Activations, folded normalisations and convolutions of one cell need no table."""
    body = lambda x: ENDS["mean"](layers.ReLU()(layers.Conv2D(3, 1)(block(x, 2))))  # noqa: E731
    both = Both(traced(build(body, (9, 9, 1))), np.zeros((9, 9, 1)), "float32")
    reads = {step.node.name: any(step.reads) for step in both.walk.locality.steps}
    assert sum(reads.values()) == 1


def test_a_model_that_mixes_a_batch_is_computed_whole():
    from heatbrush_core.graph.analysis.structure import fold
    from heatbrush_core.network import incremental
    from heatbrush_core.network.layout import Layout

    body = lambda x: layers.Dense(2)(ops.reshape(layers.Flatten()(x), (-1, 6)))  # noqa: E731
    graph = fold(traced(build(body, (3, 2, 1))))
    assert incremental.opened(graph, Layout(), "float32", (3, 2, 1)) is not None
    body = lambda x: ops.reshape(layers.Dense(2)(ops.reshape(x, (-1, 3))), (-1, 4))  # noqa: E731
    graph = fold(traced(build(body, (3, 2, 1))))
    assert incremental.opened(graph, Layout(), "float32", (3, 2, 1)) is None
    assert isinstance(forward(graph, tf.zeros((1, 3, 2, 1))), dict)
