"""Class activation maps: against a tape and the published formulas, at layers of every kind."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from architectures import build, conv, randomised, top, towers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keras import layers, ops
from sentences import refuses

from heatbrush_core import Explainer, Region, targets
from heatbrush_core.methods import REGISTRY

SHAPE = (8, 6, 1)
GAP = layers.GlobalAveragePooling2D
METHODS = ["grad_cam", "grad_cam_plus_plus", "layer_cam"]


def matrix(shape=SHAPE, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def opened(body, shape=SHAPE):
    """The model of a body that gives a layer's cells and the logits, and one that shows both."""
    keras.utils.set_random_seed(1)
    start = keras.Input(shape)
    cells, logits = body(start)
    return randomised(keras.Model(start, logits)), keras.Model(start, [cells, logits])


def taped(both, x, weights, score=lambda z: z):
    """(h, w, K) cells and slopes of a layer, by a tape over the model itself."""
    with tf.GradientTape() as tape:
        start = tf.constant(x[None])
        tape.watch(start)
        cells, logits = both(start, training=False)
        total = tf.reduce_sum(score(tf.cast(logits, "float32")) * weights)
    slopes = tape.gradient(total, cells)
    return [np.asarray(tf.cast(each, "float64"))[0] for each in (cells, slopes)]


def formula(method, A, g):
    """The map as published, channel by channel, before the last ReLU."""
    total = np.zeros(A.shape[:2])
    for k in range(A.shape[2]):
        a, slope = A[..., k], g[..., k]
        if method == "grad_cam":
            total += slope.sum() / slope.size * a
        elif method == "layer_cam":
            total += np.maximum(slope, 0) * a
        else:  # the derivatives of exp(score), less that factor
            first, second, third = slope, slope**2, slope**3
            below = 2 * second + a.sum() * third
            alpha = np.where(below == 0, 0, second / np.where(below == 0, 1, below))
            total += (alpha * np.maximum(first, 0)).sum() * a
    return total


def stretched(map, shape, how="bilinear"):
    return tf.image.resize(map[..., None], shape[:2], how)[..., 0].numpy()


def same(found, expected, tolerance=1e-4):
    assert np.abs(expected).max() > 0
    assert np.abs(found - expected).max() <= tolerance * np.abs(expected).max()


def agree(explainer, x, method, target, map, tolerance=1e-4, how="bilinear", **more):
    """Hold a method, with and without ReLU, against an (h, w) map."""
    more = {"upsample": how, **more}
    found = explainer.explain(x, method, target, relu=False, **more)
    same(found.map, stretched(map, x.shape, how), tolerance)
    positive = explainer.explain(x, method, target, relu=True, **more)
    expected = stretched(map.clip(0), x.shape, how)
    np.testing.assert_allclose(positive.map, expected, atol=tolerance * np.abs(map).max())
    return found


def plain(x):
    A = conv(x, 4, name="here")
    return A, top(conv(layers.MaxPooling2D()(A), 3), activation=None)


def pooled(x):
    A = layers.MaxPooling2D(name="here")(conv(x, 4))
    return A, top(conv(A, 3, activation="tanh"), activation=None)


def last(x):
    A = conv(layers.MaxPooling2D((2, 1))(conv(x, 4)), 5, strides=(1, 2), name="here")
    return A, top(layers.Dropout(0.3)(A), activation=None)


def inside(x):
    """A layer in the middle of a model inside the model."""
    start = keras.Input((8, 6, 4))
    A = layers.Conv2D(3, 3, activation="softplus", name="here")(start)
    A, y = keras.Model(start, [A, layers.ReLU()(A * 2 - 1)])(conv(x, 4))
    return A, top(y, activation=None)


def residual(x):
    y = conv(x, 3)
    A = layers.Add(name="here")([y, conv(y, 3, activation="tanh")])
    return A, top(layers.ReLU()(A), activation=None)


def raw_sum(x):
    y = conv(x, 3)
    A = ops.add(y, conv(y, 3))
    return A, top(conv(A, 2), activation=None)


def first_call(x):
    layer = layers.Conv2D(1, 3, padding="same", activation="elu", name="here")
    A = layer(x)
    return A, top(layer(A), activation=None)


def second_call(x):
    layer = layers.Conv2D(1, 3, padding="same", activation="elu", name="here")
    A = layer(layer(x))
    return A, top(A, activation=None)


def in_half(x):
    y = conv(x, 4, name="here", dtype="mixed_float16")
    return y, layers.Dense(3, dtype="float32")(GAP(dtype="mixed_float16")(y))


PLACES = [
    (plain, SHAPE, "here"),
    (plain, (8, 6, 3), "here"),
    (plain, (2, 9, 1), "here"),
    (pooled, SHAPE, "here"),
    (last, SHAPE, None),
    (inside, SHAPE, "here"),
    (residual, SHAPE, "here"),
    (raw_sum, SHAPE, "add"),
    (first_call, SHAPE, "here"),
    (second_call, SHAPE, "here#2"),
    (second_call, SHAPE, None),
    (in_half, SHAPE, None),
]


@pytest.mark.parametrize("body, shape, layer", PLACES)
def test_formulas_at_a_layer(body, shape, layer):
    model, both = opened(body, shape)
    explainer, x = Explainer(model), matrix(shape)
    if layer == "add":
        layer = next(name for name in places(explainer) if name.startswith("add"))
    A, g = taped(both, x, [0, 1, 0])
    for method in METHODS:
        tolerance = 2e-2 if body is in_half else 1e-4
        found = agree(explainer, x, method, 1, formula(method, A, g), tolerance, layer=layer)
        np.testing.assert_allclose(found.values.sum(-1), found.map, rtol=1e-4, atol=1e-7)
        assert np.ptp(found.values, -1).max() == 0
    h, w = A.shape[:2]
    assert found.notes[0].endswith(f": {h} × {w} cells for the matrix's {shape[0]} × {shape[1]}.")


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(body=towers(), choice=st.integers(0), method=st.sampled_from(METHODS))
def test_formulas_at_any_layer_of_any_tower(body, choice, method):
    model = build(lambda x: body(conv(x)), (8, 8, 1))
    model.layers[-1].activation = keras.activations.linear
    explainer, x = Explainer(model), matrix((8, 8, 1))
    layer = places(explainer)[choice % len(places(explainer))]
    both = keras.Model(model.input, [model.get_layer(layer).output, model.output])
    A, g = taped(both, x, [1, 0, -1])
    map = formula(method, A, g)
    found = explainer.explain(x, method, targets.Margin(0, 2), layer=layer, relu=False)
    near = {"rtol": 1e-4, "atol": 1e-4 * np.abs(map).max()}
    np.testing.assert_allclose(found.map, stretched(map, x.shape), **near)


def places(explainer):
    field = next(each for each in explainer.fields("grad_cam") if each["name"] == "layer")
    assert (field["kind"], field["nullable"], field["default"]) == ("choice", True, None)
    return field["choices"]


def test_one_row():
    def body(x):
        A = conv(x, 4, (1, 3), name="here")
        return A, layers.Dense(3)(GAP()(conv(layers.MaxPooling2D((1, 2))(A), 3)))

    model, both = opened(body, (1, 12, 2))
    x = matrix((1, 12, 2))
    A, g = taped(both, x, [1, 0, -1])
    for method in METHODS:
        agree(
            Explainer(model), x, method, targets.Margin(0, 2), formula(method, A, g), layer="here"
        )


def test_channels_first():
    """Without a convolution, as not every processor runs those with channels first."""

    def body(x):
        A = layers.ZeroPadding2D((1, 2), data_format="channels_first", name="here")(x * x)
        return A, layers.Dense(3)(GAP(data_format="channels_first")(A))

    model, both = opened(body, (2, 5, 4))
    x = matrix((5, 4, 2))
    A, g = taped(both, x.transpose(2, 0, 1), [0, 1, 0])
    map = (A * g).sum(0) * A[0].size
    found = agree(Explainer(model), x, "cam", 1, map)
    assert "'here': 7 × 8 cells for the matrix's 5 × 4" in found.notes[0]


def test_convolutions_along_one_axis_speak_for_whole_lines():
    def along(x):
        A = layers.Conv1D(3, 3, activation="relu", padding="same", name="here")(x)
        return A, layers.Dense(3)(layers.Flatten()(A))

    def turned(x):
        return along(layers.Permute((2, 1))(x))

    for body, axis in ((along, 1), (turned, 0)):
        model, both = opened(body, (8, 6))
        x = matrix((8, 6))
        A, g = taped(both, x, [0, 1, 0])
        for method in METHODS:
            line = formula(method, A[:, None], g[:, None])[:, 0]
            found = Explainer(model).explain(x, method, 1, relu=False)
            same(found.map, np.zeros((8, 6)) + np.expand_dims(line, axis))


def test_a_permuted_grid_is_turned_back():
    def body(x):
        A = conv(layers.Permute((2, 1, 3))(x), 3, name="here")
        return A, top(A, activation=None)

    model, both = opened(body)
    A, g = taped(both, matrix(), [0, 1, 0])
    agree(Explainer(model), matrix(), "grad_cam", 1, formula("grad_cam", A, g).T)


def test_scores_of_another_kind():
    model, both = opened(lambda x: ((A := conv(x, 4)), layers.Dense(3)(GAP()(A))))
    x = matrix()
    A, g = taped(both, x, [0, 1, 0], tf.nn.softmax)
    explainer = Explainer(model, scores="logits")
    for method in METHODS:
        found = agree(explainer, x, method, 1, formula(method, A, g), score="probability")
        assert found.score == pytest.approx(explainer.predict(x).probabilities[1], abs=1e-6)


@pytest.mark.parametrize("method", ["cam", *METHODS])
def test_a_batch_is_one_by_one(method):
    model = build(lambda x: layers.Dense(3, activation="softmax")(GAP()(conv(x, 4))), SHAPE)
    explainer = Explainer(model, batch_size=2)
    X, classes = np.stack([matrix(seed=seed) for seed in range(3)]), [2, targets.Margin(0, 1), 1]
    found = explainer.explain_batch(X, method, classes)
    for x, target, each in zip(X, classes, found, strict=True):
        alone = explainer.explain(x, method, target)
        np.testing.assert_allclose(each.map, alone.map, atol=1e-6)
        assert (each.score, each.target) == (pytest.approx(alone.score, rel=1e-5), alone.target)


def test_nearest_and_a_region():
    model, both = opened(last)
    x, region = matrix(), Region.rows(2, 5)
    A, g = taped(both, x, [0, 1, 0])
    expected = stretched(map := formula("grad_cam", A, g), SHAPE, "nearest")
    agree(Explainer(model), x, "grad_cam", 1, map, how="nearest")
    found = Explainer(model).explain(x, "grad_cam", 1, region, upsample="nearest", relu=False)
    same(found.map[2:5], expected[2:5])
    assert np.isnan(found.map[5:]).all()
    np.testing.assert_allclose(found.rows[2:5], expected[2:5].mean(1), rtol=1e-4)


def test_a_map_of_zeros_says_why():
    def body(x):
        A = conv(x, 4, name="here")
        return A, layers.Dense(2)(GAP()(A))

    model, _ = opened(body)
    dense, explainer = model.layers[-1], Explainer(model)
    dense.kernel.assign(np.tile(np.float32([[1, -1]]), (4, 1)))
    assert len(explainer.explain(matrix(), "grad_cam", 0).notes) == 1
    against = explainer.explain(matrix(), "grad_cam", 1)
    assert not against.map.any() and "relu=False shows it" in against.notes[1]
    assert len(explainer.explain(matrix(), "grad_cam", 1, relu=False).notes) == 1
    dense.kernel.assign(np.zeros((4, 2), "float32"))
    assert "none of them moves the score" in explainer.explain(matrix(), "cam", 1).notes[1]


# ---------------------------------------------------------------- cam

CAMS = [
    lambda A: layers.Dense(3, activation="softmax")(GAP()(A)),
    lambda A: layers.Dense(3)(layers.Dropout(0.5)(ops.mean(A, axis=(1, 2)))),
    lambda A: layers.Dense(3)(layers.Flatten()(layers.AveragePooling2D((4, 3))(A))),
    lambda A: layers.Dense(3, use_bias=False)(layers.Reshape((5,))(GAP(keepdims=True)(A))),
]


@pytest.mark.parametrize("end", CAMS)
@pytest.mark.parametrize("refined", [False, True])
def test_cam_is_the_dense_layers_weights_and_its_mean_the_logit(end, refined):
    def body(x):
        y = layers.MaxPooling2D()(conv(x, 4))
        if not refined:
            A = conv(y, 5)
        else:
            A = layers.ReLU()(layers.BatchNormalization()(conv(y, 5, activation=None)))
        return A, end(A)

    model, both = opened(body)
    explainer, x = Explainer(model), matrix()
    A, dense = np.asarray(both(x[None])[0])[0], model.layers[-1]
    dense = dense if isinstance(dense, layers.Dense) else model.layers[-2]
    kernel, bias = dense.kernel.numpy(), dense.bias.numpy() if dense.use_bias else np.zeros(3)
    for target in (0, 2):
        map = A @ kernel[:, target]
        agree(explainer, x, "cam", target, map)
        found = explainer.explain(x, "cam", target, upsample="nearest")
        assert found.map.mean() + bias[target] == pytest.approx(found.score, abs=1e-5)
        grad_cam = explainer.explain(x, "grad_cam", target, relu=False)
        same(grad_cam.map * map.size, stretched(map, SHAPE))
    found = explainer.explain(x, "cam", targets.Margin(0, 2), upsample="nearest")
    assert found.map.mean() + bias[0] - bias[2] == pytest.approx(found.score, abs=1e-5)


def test_cam_of_one_sigmoid_unit_and_of_no_dense_layer():
    model = build(lambda x: layers.Dense(1, activation="sigmoid")(GAP()(conv(x, 4))), SHAPE)
    explainer, bias = Explainer(model), model.layers[-1].bias.numpy()[0]
    against, speaks = (explainer.explain(matrix(), "cam", target) for target in (0, 1))
    np.testing.assert_allclose(against.map, -speaks.map)
    assert speaks.map.mean() + bias == pytest.approx(speaks.score, abs=1e-5)
    bare = Explainer(build(lambda x: layers.Softmax()(GAP()(conv(x, 3))), SHAPE))
    found = bare.explain(matrix(), "cam", 1)
    assert found.map.mean() == pytest.approx(found.score, abs=1e-6)
    assert found.map.min() >= 0


# ---------------------------------------------------------------- the layer by default


def convnext(x):
    """Two ConvNeXt blocks: the normalisation lies inside each residual branch."""
    x = conv(x, 4)
    for _ in range(2):
        y = layers.DepthwiseConv2D(3, padding="same")(x)
        y = layers.Dense(8, activation="gelu")(layers.LayerNormalization()(y))
        x = layers.Add()([x, layers.Dense(4)(y)])
    return x, top(x, activation=None)


def many_kernels(x):
    """Branches of other kernels, pooled and joined."""
    sizes = ((1, 3), (3, 1), (3, 3))
    branches = [layers.MaxPooling2D((1, 2))(conv(x, 2, size, activation="relu")) for size in sizes]
    A = layers.Concatenate()(branches)
    return A, top(layers.Dense(5, activation="tanh")(A), activation=None)


def non_local(x):
    """Each cell of a convolution weighed by all others, and added to it."""
    y = conv(x, 4)
    flat = layers.Reshape((-1, 4))(y)
    weights = ops.softmax(ops.matmul(flat, ops.transpose(flat, (0, 2, 1))))
    A = layers.Add()([y, layers.Reshape((8, 6, 4))(ops.matmul(weights, flat))])
    return A, top(A, activation=None)


def branch_per_sensor(x):
    """A branch per row, put one below the other: the two axes are there again."""
    A = layers.Concatenate(1)([conv(x[:, i : i + 1], 4, (1, 3)) for i in range(8)])
    return A, top(A, activation=None)


@pytest.mark.parametrize("body", [convnext, many_kernels, non_local, branch_per_sensor])
@pytest.mark.parametrize("method", METHODS)
def test_the_last_merge_of_all_paths_speaks_where_no_convolution_does(body, method):
    model, both = opened(body)
    x = matrix()
    A, g = taped(both, x, [0, 1, 0])
    agree(Explainer(model), x, method, 1, formula(method, A, g))


def test_a_branch_per_sensor_has_no_default_and_any_layer_can_be_given():
    """What one branch saw of one sensor says nothing of the others."""

    def body(x):
        kernels = [layers.Conv2D(4, (1, 3), activation="relu", name=f"c{i}") for i in range(8)]
        branches = [kernel(x[:, i : i + 1]) for i, kernel in enumerate(kernels)]
        joined = layers.Concatenate()([GAP()(each) for each in branches])
        return branches[3], layers.Dense(3)(joined)

    model, both = opened(body)
    explainer, x = Explainer(model), matrix()
    assert explainer.why_not("grad_cam") == ""
    for method in [*METHODS, "score_cam"]:
        with refuses(ValueError, "every path", "speaks for the whole matrix", "give layer="):
            explainer.explain(x, method)
    with refuses(ValueError, "no convolution that every path", "rows or columns", "'c7'"):
        explainer.explain(x, "grad_cam")
    A, g = taped(both, x, [0, 1, 0])
    for method in METHODS:
        agree(explainer, x, method, 1, formula(method, A, g), layer="c3")


def transformer(x, depth=2):
    """A vision transformer: patches of 2 x 2 are tokens, of which attention makes others."""
    y = layers.Conv2D(6, 2, strides=2, name="patches")(x)
    y = layers.Reshape((-1, 6))(y)
    for _ in range(depth):
        z = layers.LayerNormalization()(y)
        y = layers.Add()([y, layers.MultiHeadAttention(2, 3)(z, z)])
        y = layers.Add()([y, layers.Dense(6, activation="gelu")(layers.LayerNormalization()(y))])
    return layers.Dense(3)(layers.GlobalAveragePooling1D()(y))


def test_a_vision_transformer_names_what_can_be_given():
    explainer = Explainer(build(transformer, SHAPE))
    with refuses(ValueError, "no attention after it", "rows and columns", "'patches'"):
        explainer.explain(matrix(), "grad_cam")
    found = explainer.explain(matrix(), "grad_cam", layer="patches")
    assert "'patches': 4 × 3 cells" in found.notes[0]


def test_any_node_of_the_report_is_taken():
    model = build(lambda x: top(conv(x, 4, activation="relu", name="here")), SHAPE)
    explainer, x = Explainer(model), matrix()
    nodes = [name for name in explainer.report().index if name.startswith("here")]
    assert nodes == ["here", "here/relu"]
    maps = [explainer.explain(x, "layer_cam", 0, layer=name).map for name in nodes]
    np.testing.assert_array_equal(*maps)


# ---------------------------------------------------------------- refusals


def test_networks_that_have_no_such_map():
    dense = Explainer(build(top, SHAPE))
    for method in [*METHODS, "score_cam"]:
        with refuses(TypeError, "has no convolution", "is made of such", "such as occlusion"):
            dense.explain(matrix(), method)
    lost = Explainer(build(lambda x: top(conv(layers.Reshape((16, 3, 1))(x))), SHAPE))
    with refuses(TypeError, "has no convolution", "rows or columns", "use a method"):
        lost.explain(matrix(), "grad_cam")
    flat = Explainer(build(lambda x: top(conv(x)), SHAPE))
    assert "grad_cam" in flat.why_not("cam") and flat.methods()["runs here"]["grad_cam"] == "yes"
    with refuses(TypeError, "does not end in a mean", "GlobalAveragePooling2D", "use grad_cam"):
        flat.explain(matrix(), "cam")
    with refuses(TypeError, "needs the model's graph", "plain function", "use what works here"):
        Explainer(lambda X: X.sum((1, 2))).explain(matrix(), "cam")


@pytest.mark.parametrize(
    "layer, given, remedy",
    [
        ("convo", "'convo', but there is none of that name", "mean 'conv'?"),
        ("z", "'z', but there is none of that name", "such as 'conv'."),
        ("output", "'output', but it gives (3,) per matrix", "such as 'conv'."),
    ],
)
@pytest.mark.parametrize("method", ["grad_cam", "score_cam"])
def test_layers_that_are_no_map(method, layer, given, remedy):
    model = build(lambda x: layers.Dense(3, name="output")(GAP()(conv(x, name="conv"))), SHAPE)
    with refuses(ValueError, given, "along the matrix's rows or columns", remedy):
        Explainer(model).explain(matrix(), method, layer=layer)


def test_an_unbuilt_model_is_asked_once_it_is_built():
    model = keras.Sequential([layers.Conv2D(3, 3, name="c"), layers.Flatten(), layers.Dense(2)])
    explainer = Explainer(model)
    assert explainer.why_not("cam") == "" and places(explainer) == []
    assert explainer.explain(matrix(), "grad_cam", 0).map.shape == (8, 6)
    assert places(explainer) == ["c"]
    assert "does not end in a mean" in explainer.why_not("cam")


def test_titles():
    def summary(method, **given):
        return REGISTRY[method].summary(given)

    assert summary("grad_cam") == summary("cam") == ""
    assert summary("cam", relu=True, upsample="nearest") == "positive · nearest"
    assert summary("layer_cam", relu=False, layer="c") == "c · signed"
