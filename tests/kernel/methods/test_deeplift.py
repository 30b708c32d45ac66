"""DeepLIFT: closed forms, an independent implementation of both rules, and completeness."""

import numpy as np
import pytest
from architectures import build, conv, randomised, top
from hypothesis import HealthCheck, given, settings
from keras import layers, ops
from random_models import ALL, alone, architectures
from sentences import refuses

from heatbrush_core import Explainer

pytestmark = pytest.mark.filterwarnings("ignore:You are using a softmax over axis")
X = np.random.default_rng(5).normal(size=(3, 8, 8, 1)).astype("float32")
RULES = ["rescale", "reveal_cancel"]
CUTS = {"cast"}  # a comparison, which nothing can be handed back through


def lift(model, x, **more):
    return Explainer(model, scores="values", baseline=0).explain(x, "deeplift", 0, **more)


def assert_complete(explanation, tolerance):
    difference = explanation.score - explanation.score_at_baseline
    total = explanation.values.sum(dtype="float64")
    assert np.isfinite(explanation.values).all()
    assert total - difference == pytest.approx(explanation.residual, abs=1e-5)
    assert abs(explanation.residual) <= tolerance * max(abs(difference), 1e-2)


# ------------------------------------------------------------------ closed forms


@pytest.mark.parametrize("rule", RULES)
def test_a_linear_model(rule):
    model = build(lambda x: top(layers.AveragePooling2D(2)(1 - 2 * x), activation=None))
    weights = Explainer(model, baseline=0).explain(X[0], "gradient", 0).map
    found = lift(model, X[0], baseline=0.3, rule=rule)
    np.testing.assert_allclose(found.map, weights * (X[0, ..., 0] - np.float32(0.3)), atol=1e-6)


def minimum(first):
    """Make the paper's x1 - relu(x1 - x2), the smaller of two, with x1 - x2 from `first`."""

    def body(x):
        both = layers.Flatten()(x)
        return both[:, :1] - layers.ReLU()(first(both))

    model = build(body, (1, 2, 1))
    for layer in model.layers:
        if isinstance(layer, layers.Dense):
            layer.kernel.assign([[1.0], [-1.0]])
    return model


@pytest.mark.parametrize(
    "first",
    [
        lambda both: layers.Dense(1, use_bias=False)(both),
        lambda both: layers.Subtract()([both[:, :1], both[:, 1:]]),
        lambda both: layers.Reshape((1,))(layers.Dense(1, use_bias=False)(both) * -1 + 2) * -1 + 2,
    ],
)
def test_the_smaller_of_two(first):
    """Half of it for each, where rescale has one only: Shrikumar et al. (2017), section 3.5.3."""
    model, x = minimum(first), [[3.0, 2.0]]
    np.testing.assert_allclose(lift(model, x).map, [[0, 2]], atol=1e-6)
    np.testing.assert_allclose(lift(model, x, rule="reveal_cancel").map, [[1, 1]], atol=1e-6)


def test_maxima_at_both_ends():
    """From 1 to 5 the second cell rises by 3, from 4 down to 2 the first one falls by 2."""
    pooled = build(lambda x: layers.Flatten()(layers.MaxPooling2D((1, 2))(x)), (1, 2, 1))
    two = build(lambda x: layers.Maximum()([x[:, 0, :1, 0], x[:, 0, 1:, 0]]), (1, 2, 1))
    less = build(lambda x: -ops.minimum(-x[:, 0, :1, 0], -x[:, 0, 1:, 0]), (1, 2, 1))
    for model in (pooled, two, less):
        found = lift(model, [[0.0, 5.0]], baseline=[[1.0, 0.0]]).map
        np.testing.assert_allclose(found, [[0, 4]], atol=1e-6)
        found = lift(model, [[1.0, 2.0]], baseline=[[4.0, 1.0]]).map
        np.testing.assert_allclose(found, [[-2, 0]], atol=1e-6)


def test_a_product_is_shared_by_halves():
    model = build(lambda x: layers.Multiply()([x[:, 0, :1, 0], x[:, 0, 1:, 0]]), (1, 2, 1))
    found = lift(model, [[3.0, 5.0]], baseline=[[1.0, 2.0]]).map
    np.testing.assert_allclose(found, [[2 * (5 + 2) / 2, 3 * (3 + 1) / 2]], rtol=1e-6)


def test_three_factors_are_shared_by_all_orders():
    """Averaged slopes of a product of three are cubic in what the factors are."""
    model = build(lambda x: layers.Multiply()([x[:, 0, i : i + 1, 0] for i in range(3)]), (1, 3, 1))
    found = lift(model, [[1.0, 2.0, 4.0]]).map
    np.testing.assert_allclose(found, np.full((1, 3), 8 / 3), rtol=1e-5)


def test_steps_that_have_no_slope():
    model = build(lambda x: layers.Dense(1)(layers.Flatten()(ops.round(x))))
    weights = np.reshape(model.layers[-1].kernel, (8, 8))
    found = lift(model, 2 * X[0], baseline=0.6).map
    np.testing.assert_allclose(found, weights * (np.round(2 * X[0, ..., 0]) - 1), atol=1e-5)


def test_a_normalisation_is_its_pattern_times_its_spread():
    """The multipliers that the formula gives, written out for one vector."""
    model = build(lambda x: top(layers.LayerNormalization()(layers.Flatten()(x)), 1, None))
    layer, dense = model.layers[2], model.layers[-1]
    x, x0 = X[0].ravel().astype("float64"), X[1].ravel() * 0.5
    u, u0 = x - x.mean(), x0 - x0.mean()
    s, s0 = (np.sqrt((each**2).mean() + layer.epsilon) for each in (u, u0))
    m = np.ravel(dense.kernel) * np.asarray(layer.gamma)
    shared = (u + u0) * (m * (u / s + u0 / s0)).sum() / len(u) / (s + s0) ** 2
    expected = (x - x0) * (2 * (m - m.mean()) / (s + s0) - shared)
    found = lift(model, X[0], baseline=X[1] * 0.5)
    np.testing.assert_allclose(found.map.ravel(), expected, atol=1e-5)
    assert_complete(found, 1e-5)
    assert_complete(lift(model, X[0], baseline=3.0), 1e-5)  # which has no spread


@pytest.mark.parametrize(
    "body",
    [
        lambda x: layers.Softmax(axis=1)(3 * x),
        lambda x: layers.UnitNormalization(axis=2)(x + 4),
        lambda x: ops.matmul(x[..., 0], ops.flip(x, 1)[..., 0]),
    ],
)
def test_the_mean_slope_of_one_node_is_integrated_gradients(body):
    explainer = Explainer(build(lambda x: top(body(x), activation=None)), baseline=0)
    lifted = explainer.explain(X[0], "deeplift", 0, baseline=0.1)
    way = explainer.explain(X[0], "integrated_gradients", 0, baseline=0.1)
    np.testing.assert_allclose(lifted.map, way.map, atol=1e-4 * np.abs(way.map).max())


def test_the_mean_slope_of_a_function_of_each_cell_is_its_secant():
    def model(function):
        return build(lambda x: top(conv(conv(x, activation=function), activation="elu")))

    own, known = (lift(model(each), X[0]).map for each in (lambda y: ops.tanh(y), "tanh"))
    np.testing.assert_allclose(own, known, atol=1e-5 * np.abs(known).max())


# ------------------------------------------------------------------ an independent implementation


def slow(x, x0, nets, act, rule):
    """DeepLIFT of dense layers, cell by cell, in the words of the paper's section 3.5.

    `nets` are (weights, bias) of each layer; all but the last are followed by `act`. Where nothing
    pushes one way, that multiplier is the other's.
    """
    states = [(x, x0)]
    for weights, bias in nets[:-1]:
        a, a0 = (each @ weights + bias for each in states[-1])
        states += [(a, a0), (act(a), act(a0))]
    multiplier = nets[-1][0][:, 0]
    for weights, _ in nets[-2::-1]:
        (y, y0), (a, a0), (h, h0) = states.pop(), states.pop(), states[-1]
        passed = np.zeros(len(h))
        for j in range(len(a)):
            terms = weights[:, j] * (h - h0)
            up, down = terms[terms > 0].sum(), terms[terms < 0].sum()
            if rule == "rescale" or up < 1e-12 or down > -1e-12:
                rise = fall = (y[j] - y0[j]) / (a[j] - a0[j])
            else:
                both, one, other = (act(a0[j] + d) for d in (up + down, up, down))
                rise = ((one - y0[j]) + (both - other)) / 2 / up
                fall = ((other - y0[j]) + (both - one)) / 2 / down
            for i, term in enumerate(terms):
                share = rise if term > 0 else fall if term < 0 else (rise + fall) / 2
                passed[i] += weights[i, j] * share * multiplier[j]
        multiplier = passed
    return multiplier * (x - x0)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("activation", ["relu", "tanh", "softplus"])
def test_dense_layers_cell_by_cell(rule, activation):
    def body(x):
        y = layers.Flatten()(x)
        for units in (9, 7):
            y = layers.Dense(units, activation=activation)(y)
        return layers.Dense(2)(y)

    model = build(body, (4, 3, 1))
    nets = [tuple(map(np.asarray, layer.weights)) for layer in model.layers[2:]]
    act = {"relu": lambda v: np.maximum(v, 0), "tanh": np.tanh}.get(
        activation, lambda v: np.logaddexp(0, v)
    )
    x, x0 = X[0, :4, :3], X[1, :4, :3]
    x0[1] = x[1]  # cells without a difference
    nets = [(w.astype("float64"), b.astype("float64")) for w, b in nets]
    expected = slow(x.ravel().astype("float64"), x0.ravel().astype("float64"), nets, act, rule)
    found = lift(model, x, baseline=x0, rule=rule).map.ravel()
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())


@pytest.mark.parametrize(
    "layer",
    [
        layers.DepthwiseConv2D((3, 2), strides=2, depth_multiplier=2, padding="same"),
        layers.SeparableConv2D(4, 2, depth_multiplier=2),
        layers.Conv2DTranspose(2, 3, strides=2, padding="same"),
    ],
)
def test_a_convolution_is_the_dense_layer_that_it_is(layer):
    """Also with a batch normalisation behind it; reveal_cancel needs the signs of the kernel."""
    normalisation = layers.BatchNormalization()

    def body(x):
        y = layers.Activation("relu")(normalisation(layer(conv(x, 2, activation="tanh"))))
        return top(y, 2, None)

    model = build(body, (4, 5, 1))
    inside = np.eye(40, dtype="float32").reshape(40, 4, 5, 2)
    bias = np.ravel(normalisation(layer(np.zeros((1, 4, 5, 2), "float32"))))
    kernel = np.reshape(normalisation(layer(inside)), (40, -1)) - bias

    def same(x):
        y = layers.Flatten()(conv(x, 2, activation="tanh"))
        return layers.Dense(2)(layers.Dense(len(bias), activation="relu")(y))

    dense = build(same, (4, 5, 1))
    for old, new in zip(model.layers[1].weights, dense.layers[1].weights, strict=True):
        new.assign(old)
    dense.layers[3].kernel.assign(kernel)
    dense.layers[3].bias.assign(bias)
    for old, new in zip(model.layers[-1].weights, dense.layers[-1].weights, strict=True):
        new.assign(old)
    for rule in RULES:
        one, other = (lift(each, X[0, :4, :5], rule=rule, baseline=0.2) for each in (model, dense))
        assert one.score == pytest.approx(other.score, rel=1e-4)
        scale = np.abs(other.map).max()
        np.testing.assert_allclose(one.map, other.map, atol=1e-4 * scale)


# ------------------------------------------------------------------ completeness

ALONE = ["Conv2D softmax", "LayerNormalization of maps", "GroupNormalization", "UnitNormalization"]
ALONE += ["MaxPooling2D same", "x / y", "where", "split", "residual", "squeeze and excite"]


def lifts(architecture, rule):
    explainer, x0 = Explainer(architecture.model, baseline=0), architecture.x[::-1] / 2
    return [
        explainer.explain(x, "deeplift", 0, baseline=b, rule=rule)
        for x, b in zip(architecture.x, x0, strict=True)
    ]


@pytest.mark.parametrize("name", ALONE)
def test_each_treatment_is_complete(name):
    for rule in RULES:
        for explanation in lifts(alone(name), rule):
            assert_complete(explanation, 1e-6)


@settings(max_examples=4, suppress_health_check=list(HealthCheck))
@given(architecture=architectures(ALL.keys() - CUTS, longest=3))
def test_any_architecture_is_complete(architecture):
    for rule in RULES:
        for explanation in lifts(architecture, rule):
            assert_complete(explanation, 1e-3)


def test_other_scores_are_complete():
    explainer = Explainer(build(lambda x: top(conv(x))), baseline=0)
    for score in ("probability", "log_probability"):
        for explanation in explainer.explain_batch(X, "deeplift", [0, 1, 2], score=score):
            assert_complete(explanation, 1e-4)


@pytest.mark.parametrize("rule", RULES)
def test_no_difference_and_huge_ones(rule):
    explainer = Explainer(build(lambda x: top(layers.MaxPooling2D(2)(conv(conv(x))))), baseline=0)
    assert not explainer.explain(X[0], "deeplift", 0, baseline=X[0], rule=rule).map.any()
    for x in (np.zeros((8, 8)), np.full((8, 8), 7.0), 1e12 * X[0], 1e-12 * X[0]):
        assert_complete(explainer.explain(x, "deeplift", 0, baseline=0.1, rule=rule), 1e-4)


# ------------------------------------------------------------------ how it is asked


@pytest.mark.parametrize("rule", RULES)
def test_batches_are_single_runs(rule):
    body = ALL["LayerNormalization of maps"]
    explainer = Explainer(build(lambda x: top(layers.Softmax()(body(conv(x))))), baseline=0)
    more = {"rule": rule, "baseline": "row_mean"}
    many = explainer.explain_batch(X, "deeplift", [0, 1, 2], **more)
    for target, (x, each) in enumerate(zip(X, many, strict=True)):
        single = explainer.explain(x, "deeplift", target, **more)
        np.testing.assert_allclose(each.map, single.map, atol=1e-5 * np.abs(single.map).max())
        assert each.score_at_baseline == pytest.approx(single.score_at_baseline, rel=1e-5)


def test_new_weights_and_double_precision():
    model = build(lambda x: top(conv(x)))
    explainer = Explainer(model, baseline=0)
    before = explainer.explain(X[0], "deeplift", 0).map
    randomised(model, 7)
    for rule in RULES:
        assert_complete(explainer.explain(X[0], "deeplift", 0, rule=rule), 1e-5)
    assert np.abs(explainer.explain(X[0], "deeplift", 0).map - before).max() > 1e-3
    assert_complete(lifts(alone("residual"), "reveal_cancel")[0], 1e-10)


def test_how_nodes_are_treated():
    def body(x):
        y = layers.LayerNormalization()(layers.MaxPooling2D(2)(conv(x)))
        return top(layers.Multiply()([y, layers.Softmax()(y)]))

    report = Explainer(build(body), baseline=0).report()
    assert report["deeplift"].tolist() == [
        "linear",
        "rescale",
        "rescale at both maxima",
        "half of pattern and spread",
        "mean slope on the way",
        "half of each order",
        "linear",
        "linear",
    ]


def test_what_is_refused():
    explainer = Explainer(build(lambda x: top(conv(x))), baseline=0)
    with refuses(ValueError, "rule='reveal'", "'reveal_cancel'", "rule is rescale"):
        explainer.explain(X[0], "deeplift", rule="reveal")
    with refuses(TypeError, "deeplift needs the model's graph", "plain function", "functional"):
        Explainer(lambda X: X.sum((1, 2)), baseline=0).explain(X[0], "deeplift")
