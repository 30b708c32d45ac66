"""What outputs are: every head is read as what the model says itself, and no softmax is put twice.

Each case builds a model and names how it must be read; predictions, occlusion and gradients are
then held against the model itself.
"""

import keras
import numpy as np
import pytest
import tensorflow as tf
from architectures import build, conv, randomised, top
from keras import layers, losses, ops

from heatbrush_core import Explainer
from heatbrush_core.targets import Margin

X = np.random.default_rng(3).normal(size=(8, 8)).astype("float32")


def steps(x, units=3, activation="softmax"):
    """Scores at each of 8 steps in time."""
    y = layers.Conv1D(4, 3, padding="same", activation="tanh")(layers.Reshape((8, 8))(x))
    return layers.Dense(units, activation=activation)(y)


def members(x, activation="softmax", units=3):
    return [top(conv(x, 2), units, activation) for _ in range(3)]


def ops_mean(x):
    return ops.mean(ops.stack(members(x), axis=1), axis=1)


def mixture(x):
    """Experts, weighted by a softmax over them."""
    gate = layers.Reshape((3, 1))(top(x, 3))
    return ops.sum(gate * ops.stack(members(x), axis=1), axis=1)


def two_experts(x):
    gate = top(x, 1, "sigmoid")
    a, b, _ = members(x)
    return gate * a + (1 - gate) * b


def attention(x):
    """Probabilities over time, averaged with weights that sum to 1 over time."""
    weights = layers.Softmax(axis=1)(steps(x, 1, None))
    return ops.sum(weights * steps(x), axis=1)


def convex(x):
    a, b, c = members(x)
    return 0.5 * a + 0.3 * b + 0.2 * c


def gated(x):
    return layers.Multiply()([top(x), top(conv(x), 3, "sigmoid")])


def inside(x):
    part = keras.Input((8, 8, 1))
    return keras.Model(part, top(conv(part)))(x)


def nested_average(x):
    return layers.Average()([inside(x), inside(x)])


def product_of_experts(x):
    y = ops.prod(ops.stack(members(x)), axis=0)
    return y / ops.sum(y, axis=-1, keepdims=True)


def wrapped(x):
    dense = layers.TimeDistributed(layers.Dense(3, activation="softmax"))
    return layers.GlobalAveragePooling1D()(dense(layers.Reshape((8, 8))(x)))


def one_sigmoid(x):
    return layers.Average()(members(x, "sigmoid", 1))


def logit(x, units=3):
    p = layers.Average()(members(x, "sigmoid", units))
    return ops.log(p / (1 - p))


def attributes(x):
    return layers.Concatenate()(members(x, "sigmoid", 1))


GAP = layers.GlobalAveragePooling1D
PROBABILITIES = {
    "average": lambda x: layers.Average()(members(x)),
    "mean by operations": ops_mean,
    "convex": convex,
    "mixture of experts": mixture,
    "two experts": two_experts,
    "softmax over time, pooled": lambda x: GAP()(steps(x)),
    "attention over time": attention,
    "the last step": lambda x: steps(x)[:, -1],
    "Reshape": lambda x: layers.Reshape((3,))(layers.Reshape((1, 3))(top(x))),
    "Flatten": lambda x: layers.Flatten()(layers.Reshape((1, 3))(top(x))),
    "Permute": lambda x: layers.Flatten()(layers.Permute((2, 1))(layers.Reshape((1, 3))(top(x)))),
    "times 1": lambda x: layers.Rescaling(1.0)(top(x)),
    "padded": lambda x: ops.pad(top(x), ((0, 0), (0, 1)))[:, :3],
    "nested members": nested_average,
    "product, divided by its sum": product_of_experts,
    "wrapped": wrapped,
}
INDEPENDENT = {
    "sigmoid heads": attributes,
    "averaged sigmoids": lambda x: layers.Average()(members(x, "sigmoid")),
    "one sigmoid, averaged": one_sigmoid,
    "one sigmoid over time": lambda x: GAP()(steps(x, 1, "sigmoid")),
    "the complement": lambda x: 1 - top(x, 2, "sigmoid"),
    "softmax over time, its maximum": lambda x: layers.GlobalMaxPooling1D()(steps(x)),
    "two softmax heads": lambda x: layers.Concatenate()([top(x), top(x, 2)]),
    "one class of a softmax": lambda x: top(x)[:, 1:2],
    "hard_sigmoid": lambda x: top(0.1 * x, 3, "hard_sigmoid"),
}
VALUES = {
    "gate": gated,
    "times 2": lambda x: layers.Rescaling(2.0)(top(x)),
    "half": lambda x: layers.Rescaling(0.5)(top(x, 3, "sigmoid")),
    "added": lambda x: layers.Add()(members(x)),
    "one product": lambda x: layers.Multiply()([top(x, 1, "sigmoid"), top(x, 1, "sigmoid")]),
}
PLAIN = {
    "softmax": (top, "softmax"),
    "a softmax layer": (lambda x: layers.Softmax()(top(x, 3, None)), "softmax"),
    "Activation": (lambda x: layers.Activation("softmax")(top(x, 3, None)), "softmax"),
    "temperature": (
        lambda x: layers.Softmax()(layers.Lambda(lambda z: z / 2.5)(top(x, 3, None))),
        "softmax",
    ),
    "nested": (inside, "softmax"),
    "log_softmax": (lambda x: top(x, 3, "log_softmax"), "log_softmax"),
    "log of a softmax": (lambda x: ops.log(top(x)), "logits"),
    "log_softmax, the last step": (lambda x: steps(x, 3, "log_softmax")[:, -1], "logits"),
    "logits": (lambda x: top(x, 3, None), "logits"),
    "averaged logits": (lambda x: layers.Average()(members(x, None)), "logits"),
    "averaged log_softmax": (lambda x: layers.Average()(members(x, "log_softmax")), "logits"),
    "logits behind a gate": (
        lambda x: top(layers.Multiply()([conv(x), conv(x, activation="sigmoid")]), 3, None),
        "logits",
    ),
    "log odds": (logit, "sigmoid logits"),
    "log odds of one unit": (lambda x: logit(x, 1), "sigmoid logits"),
    "sigmoids": (lambda x: top(x, 4, "sigmoid"), "sigmoid"),
    "one sigmoid": (lambda x: top(x, 1, "sigmoid"), "sigmoid"),
    "tanh": (lambda x: top(x, activation="tanh"), "values"),
    "one linear unit": (lambda x: top(x, 1, None), "values"),
}
READ = {
    "softmax": ("softmax", tf.math.log, lambda y: y),
    "log_softmax": ("softmax", lambda y: y, tf.exp),
    "logits": ("softmax", lambda y: y, tf.nn.softmax),
    "sigmoid": ("sigmoid", lambda y: tf.math.log(y / (1 - y)), lambda y: y),
    "probabilities": ("probabilities", tf.math.log, lambda y: y),
    "independent": ("sigmoid_probabilities", lambda y: tf.math.log(y / (1 - y)), lambda y: y),
    "sigmoid logits": ("sigmoid", lambda y: y, tf.sigmoid),
    "values": ("values", lambda y: y, None),
}
"""What a model returns -> how that is read, and from it what is explained and its probability."""


def told(explainer):
    """The notes of a map."""
    return explainer.explain(X, "gradient").notes


def assert_read(model, own, explainer=None):
    """Hold predictions, occlusion and gradients against the model itself."""
    explainer = explainer or Explainer(model)
    reading, explained, probabilities = READ[own]
    prediction, y = explainer.predict(X), model(tf.constant(X[None, ..., None]))
    assert explainer.head.reading == reading
    two_sided = y.shape[1] == 1 and probabilities is not None
    if probabilities is None:
        assert prediction.probabilities is None
        np.testing.assert_allclose(prediction.scores, y[0], atol=1e-5)
    else:
        p = probabilities(y)[0]
        p = tf.concat([1 - p, p], 0) if two_sided else p
        np.testing.assert_allclose(prediction.probabilities, p, atol=1e-5)
    # the logits of a softmax are lost in its probabilities, but for their differences
    lost = own in ("softmax", "log_softmax")
    target = Margin(1, 0) if lost else min(1, len(prediction.scores) - 1)

    def score(X):
        z = explained(model(X))
        return z[:, 1] - z[:, 0] if lost else z[:, -1 if two_sided else target]

    assert_differences(explainer, score, target)
    assert_gradient(explainer, score, target)


def assert_differences(explainer, score, target):
    """Where windows do not overlap, a cell has what the score loses without its window."""
    X1 = X[None].repeat(5, axis=0)
    truth = np.empty_like(X)
    corners = [(row, column) for row in (0, 4) for column in (0, 4)]
    for hidden, (row, column) in zip(X1[1:], corners, strict=True):
        hidden[row : row + 4, column : column + 4] = 0
    scores = score(tf.constant(X1[..., None])).numpy()
    for lost, (row, column) in zip(scores[0] - scores[1:], corners, strict=True):
        truth[row : row + 4, column : column + 4] = lost
    map = explainer.explain(X, "occlusion", target, patch=4, stride=4, baseline=0).map
    np.testing.assert_allclose(map, truth, atol=1e-4 * max(1, np.abs(scores).max()))


def assert_gradient(explainer, score, target):
    with tf.GradientTape() as tape:
        batch = tf.constant(X[None, ..., None])
        tape.watch(batch)
        y = score(batch)
    truth = tape.gradient(y, batch)[0, ..., 0].numpy()
    explanation = explainer.explain(X, "gradient", target)
    assert explanation.score == pytest.approx(float(y[0]), abs=1e-4)
    np.testing.assert_allclose(explanation.values[..., 0], truth, atol=1e-3 * np.abs(truth).max())


@pytest.mark.parametrize("name", PLAIN)
def test_plain_heads_get_no_note(name):
    body, own = PLAIN[name]
    explainer = Explainer(model := build(body))
    assert_read(model, own, explainer)
    assert told(explainer) == ()


@pytest.mark.parametrize("name", PROBABILITIES)
def test_probabilities_behind_a_softmax_get_no_second_one(name):
    explainer = Explainer(model := build(PROBABILITIES[name]))
    assert_read(model, "probabilities", explainer)
    (note,) = told(explainer)
    assert "read as probabilities: the model" in note and "the log of the" in note


@pytest.mark.parametrize("name", INDEPENDENT)
def test_what_sigmoids_leave_is_independent(name):
    explainer = Explainer(model := build(INDEPENDENT[name]))
    assert_read(model, "independent", explainer)
    (note,) = told(explainer)
    assert "independent probabilities" in note and "log(p / (1 - p))" in note


@pytest.mark.parametrize("name", VALUES)
def test_products_and_scaled_probabilities_are_values(name):
    explainer = Explainer(model := build(VALUES[name]))
    assert_read(model, "values", explainer)
    (note,) = told(explainer)
    assert "plain values" in note and "no probabilities are left" in note


def test_the_note_says_what_is_explained():
    (note,) = told(Explainer(build(PROBABILITIES["average"])))
    assert note == (
        "The model's outputs are read as probabilities: the model averages softmax outputs; what "
        "is explained is the log of the averaged probability."
    )


@pytest.mark.parametrize("body", [PROBABILITIES["average"], attributes, one_sigmoid])
@pytest.mark.parametrize("method", ["integrated_gradients", "deeplift", "shapley"])
def test_maps_sum_to_the_difference_of_the_stated_score(body, method):
    model = build(body)
    found = Explainer(model).explain(X, method, 1 if body is one_sigmoid else 0, baseline=0)
    both = model(np.stack([X, 0 * X])[..., None])[:, 0]
    score = tf.math.log(both if body is PROBABILITIES["average"] else both / (1 - both))
    assert found.map.sum() == pytest.approx(float(score[0] - score[1]), abs=0.02)


# ------------------------------------------------------------------ losses


def compiled(loss, units=3, activation=None):
    model = build(lambda x: top(x, units, activation))
    model.compile(loss=loss)
    return model


@pytest.mark.parametrize(
    "loss, units, own",
    [
        ("mse", 24, "values"),
        ("mae", 3, "values"),
        (losses.Huber(), 3, "values"),
        (losses.MeanSquaredError, 3, "values"),
        (losses.CategoricalCrossentropy(from_logits=True), 3, "logits"),
        (losses.SparseCategoricalCrossentropy(from_logits=True), 3, "logits"),
        (losses.BinaryCrossentropy(from_logits=True), 3, "sigmoid logits"),
        (losses.BinaryCrossentropy(from_logits=True), 1, "sigmoid logits"),
        (lambda y, z: ops.mean(y - z), 3, "logits"),
    ],
)
def test_a_linear_head_is_what_its_loss_takes_it_for(loss, units, own):
    model = compiled(loss, units)
    explainer = Explainer(model)
    assert_read(model, own, explainer)
    assert bool(told(explainer)) == (own != "logits")


@pytest.mark.parametrize("loss", ["categorical_crossentropy", "binary_crossentropy"])
def test_a_linear_head_whose_loss_expects_probabilities(loss):
    explainer = Explainer(model := compiled(loss))
    assert_read(model, "values", explainer)
    assert "which they are not" in told(explainer)[0]
    assert_read(model, "logits", Explainer(model, scores="logits"))


def clipped(x):
    return ops.clip(0.01 * top(x, 3, None) + 0.5, 0.1, 0.9)


def shares(x):
    y = ops.exp(top(x, 3, None))
    return y / ops.sum(y, axis=-1, keepdims=True)


@pytest.mark.parametrize(
    "body, loss, own",
    [
        (clipped, "binary_crossentropy", "independent"),
        (clipped, "mse", "values"),
        (clipped, "categorical_crossentropy", "values"),
        (shares, "sparse_categorical_crossentropy", "probabilities"),
        (shares, None, "probabilities"),
        (lambda x: layers.Average()([shares(x), shares(x)]), None, "probabilities"),
        (
            lambda x: ops.normalize(top(x, 3, "softplus"), order=1),
            None,
            "probabilities",
        ),
        (lambda x: layers.BatchNormalization()(top(x)), None, "values"),
        (lambda x: layers.GlobalAveragePooling2D()(conv(x)), None, "logits"),
        (lambda x: top(top(x), 3, None), None, "logits"),
        (lambda x: layers.Average()(members(x)), "mse", "probabilities"),
    ],
)
def test_the_graph_comes_before_the_loss_and_that_before_the_outputs(body, loss, own):
    model = build(body)
    if loss:
        model.compile(loss=loss)
    assert_read(model, own)


def test_the_loss_of_one_of_several_outputs():
    start = keras.Input((8, 8, 1))
    outputs = {"kind": top(start, 3, None), "place": top(start, 2, None)}
    model = keras.Model(start, outputs)
    model.compile(loss={"kind": losses.CategoricalCrossentropy(from_logits=True), "place": "mse"})
    readings = [Explainer(model, output=name).predict(X).kind for name in outputs]
    assert readings == ["probabilities", "values"]


# ------------------------------------------------------------------ models without a graph


class Subclassed(keras.Model):
    """A model with code of its own."""

    def __init__(self, units, activation):
        super().__init__()
        self.top = layers.Dense(units, activation=activation)

    def call(self, x):
        return self.top(layers.Flatten()(x))


@pytest.mark.parametrize(
    "units, activation, own",
    [
        (3, "softmax", "probabilities"),
        (3, "sigmoid", "independent"),
        (3, None, "values"),
        (1, "sigmoid", "values"),
        (1, None, "values"),
    ],
)
@pytest.mark.parametrize("background", [None, X[None] + np.ones((3, 1, 1), "float32")])
def test_a_subclassed_model_is_read_by_what_it_returns(units, activation, own, background):
    keras.utils.set_random_seed(0)
    model = Subclassed(units, activation)
    explainer = Explainer(model, background=background)
    assert_read(model, own, explainer)
    assert bool(told(explainer)) == (units > 1)


def test_one_unit_is_read_by_the_loss_alone():
    model = Subclassed(1, "sigmoid")
    model.compile(loss="binary_crossentropy")
    assert_read(model, "independent")


def test_an_average_of_subclassed_members():
    keras.utils.set_random_seed(0)
    model = build(lambda x: layers.Average()([Subclassed(3, "softmax")(x) for _ in range(2)]))
    assert_read(model, "probabilities")


def test_the_outputs_of_a_function_are_values():
    model = build(top)
    explainer = Explainer(lambda batch: model(batch).numpy())
    assert explainer.predict(X).probabilities is None
    np.testing.assert_allclose(explainer.predict(X).scores, model(X[None, ..., None])[0], atol=1e-6)
    assert "say scores='probabilities'" in explainer.explain(X, "occlusion").notes[0]


# ------------------------------------------------------------------ the user's word


@pytest.mark.parametrize(
    "body, scores, own",
    [
        (lambda x: top(x, 3, None), "sigmoid_logits", "sigmoid logits"),
        (lambda x: top(x, 1, None), "sigmoid_logits", "sigmoid logits"),
        (lambda x: top(x, 1, None), "logits", "sigmoid logits"),
        (lambda x: top(x, 3, None), "values", "values"),
        (clipped, "sigmoid_probabilities", "independent"),
        (shares, "probabilities", "probabilities"),
        (top, "values", "values"),
        (top, "logits", "softmax"),
        (top, "probabilities", "softmax"),
        (top, "sigmoid_probabilities", "independent"),
        (lambda x: top(x, 3, "sigmoid"), "sigmoid_probabilities", "sigmoid"),
        (lambda x: top(x, 1, "sigmoid"), "probabilities", "sigmoid"),
        (lambda x: top(x, 1, "sigmoid"), "values", "values"),
        (lambda x: layers.Average()(members(x)), "values", "values"),
        (lambda x: layers.Average()(members(x)), "logits", "logits"),
    ],
)
def test_the_word_comes_first(body, scores, own):
    explainer = Explainer(model := build(body), scores=scores)
    assert_read(model, own, explainer)
    assert told(explainer) == ()


@pytest.mark.parametrize("units", [1, 3])
def test_independent_classes_of_a_function(units):
    random = np.random.default_rng(1)
    weights = random.normal(scale=0.3, size=(64, units)).astype("float32")

    def logits(batch):
        return np.reshape(batch, (len(batch), -1)) @ weights

    def chances(batch):
        return 1 / (1 + np.exp(-logits(batch)))

    z = logits(X[None])[0]
    z = np.array([-z[0], z[0]]) if units == 1 else z
    for function, word in ((logits, "sigmoid_logits"), (chances, "sigmoid_probabilities")):
        prediction = Explainer(function, scores=word).predict(X)
        np.testing.assert_allclose(prediction.scores, z, atol=1e-4)
        np.testing.assert_allclose(prediction.probabilities, 1 / (1 + np.exp(-z)), atol=1e-5)


# ------------------------------------------------------------------ what is fixed


def test_classes_are_known_before_the_first_matrix():
    explainer = Explainer(build(shares))
    assert len(explainer.classes) == 3
    assert explainer.copied(explainer.model).predict(X).kind == "probabilities"


def test_a_copy_with_other_weights_is_read_alike():
    explainer = Explainer(compiled("mse", 24))
    explainer.predict(X)
    twin = explainer.copied(keras.models.clone_model(explainer.model))
    assert twin.predict(X).kind == "values"


def test_a_model_of_any_length():
    def body(x):
        y = layers.Conv1D(4, 3, activation="tanh")(layers.Reshape((-1, 8))(x))
        return GAP()(layers.Dense(3, activation="softmax")(y))

    assert_read(build(body, (None, 8, 1)), "probabilities")


def test_double_precision():
    keras.config.set_floatx("float64")
    try:
        model = build(lambda x: layers.Average()(members(x)))
    finally:
        keras.config.set_floatx("float32")
    assert Explainer(model).predict(X).kind == "probabilities"
    assert Explainer(model).head.reading == "probabilities"


def test_randomised_weights_leave_the_reading():
    model = build(lambda x: layers.Average()(members(x)))
    explainer = Explainer(model)
    explainer.predict(X)
    randomised(model, 5)
    assert_read(model, "probabilities", explainer)
