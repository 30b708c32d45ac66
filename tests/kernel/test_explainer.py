"""The explainer on models of every kind, and what it says of them."""

import json
import threading

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
import xarray as xr
from architectures import BODIES, build, conv, randomised, residual, top
from keras import layers, ops

from heatbrush_core import Explainer, Region, targets
from heatbrush_core.methods import REGISTRY
from heatbrush_core.registry.method import Method
from heatbrush_core.registry.parameters import Parameters

X = np.random.default_rng(3).normal(size=(8, 8)).astype("float32")


def differences(explainer, x, target, step=1e-3):
    """Differentiate the explained score in three cells, by central differences."""
    cells = [(0, 0), (x.shape[0] // 2, 1 % x.shape[1]), (x.shape[0] - 1, x.shape[1] - 1)]
    found = []
    for cell in cells:
        up, down = x.astype("float64"), x.astype("float64")
        up[cell] += step
        down[cell] -= step
        scores = [explainer.predict(each).scores[target] for each in (up, down)]
        found.append((scores[0] - scores[1]) / (2 * step))
    return cells, np.array(found)


def assert_explains(explainer, x, target=0):
    cells, truth = differences(explainer, x, target)
    map = explainer.explain(x, "gradient", target).map
    found = np.array([map[cell] for cell in cells])
    np.testing.assert_allclose(found, truth, atol=2e-2 * max(1e-2, np.abs(truth).max()))


@pytest.mark.parametrize("body", BODIES)
def test_every_architecture_keeps_its_graph(body):
    explainer = Explainer(build(body), scores="values")
    shown = explainer.predict(X).shown
    assert len(explainer.report()) > 1
    truth = np.asarray(explainer.model(X[None, ..., None], training=False))[0]
    np.testing.assert_allclose(shown[-len(truth) :], truth, atol=1e-5)


class Subclassed(keras.Model):
    """A model with code of its own, which no graph shows."""

    def __init__(self, activation="softmax"):
        super().__init__()
        self.conv = layers.Conv2D(2, 3, activation="tanh")
        self.top = layers.Dense(3, activation=activation)

    def call(self, x, training=None):
        if training:
            raise AssertionError("asked to train")
        return self.top(layers.Flatten()(self.conv(x)))


def test_a_subclassed_model_is_differentiated_as_it_is():
    model = Subclassed()
    explainer = Explainer(model, scores="probabilities")
    prediction = explainer.predict(X)
    np.testing.assert_allclose(prediction.probabilities, model(X[None, ..., None])[0], atol=1e-6)
    np.testing.assert_allclose(prediction.scores, np.log(prediction.probabilities), atol=1e-6)
    assert_explains(explainer, X)
    with pytest.raises(TypeError, match="runs code of its own"):
        explainer.report()
    assert Explainer(Subclassed()).predict(X).kind == "probabilities"  # as its outputs show


def test_a_subclassed_model_that_cannot_be_compiled_runs_eagerly():
    class Eager(Subclassed):
        def call(self, x, training=None):
            return super().call(x) * float(np.abs(x.numpy()).max() > 0)

    model = Eager()
    model.compile(run_eagerly=True)
    explainer = Explainer(model, scores="values")
    np.testing.assert_allclose(explainer.predict(X).scores, model(X[None, ..., None])[0], atol=1e-6)
    assert_explains(explainer, X)


def test_an_output_of_a_subclassed_model_is_chosen_by_its_key():
    class Two(Subclassed):
        def call(self, x, training=None):
            return {"one": super().call(x), "two": -super().call(x)}

    model = Two()
    found = Explainer(model, output="two").predict(X).scores
    np.testing.assert_allclose(found, model(X[None, ..., None])["two"][0], atol=1e-6)


def test_a_model_that_does_not_follow_its_graph_loses_it():
    class Odd(layers.Layer):
        def call(self, x):
            return x * 2

        def __call__(self, x, *args, **kwargs):
            y = super().__call__(x, *args, **kwargs)
            return y if isinstance(y, keras.KerasTensor) else y + 1

    explainer = Explainer(build(lambda x: top(Odd()(conv(x)), activation=None)))
    truth = np.asarray(explainer.model(X[None, ..., None]))[0]
    np.testing.assert_allclose(explainer.predict(X).shown, truth, atol=1e-6)
    with pytest.raises(TypeError, match="does not compute what its graph says"):
        explainer.report()
    assert_explains(explainer, X)


def test_an_unbuilt_sequential_is_built_from_the_first_matrix():
    model = keras.Sequential([layers.Conv2D(2, (2, 3)), layers.Flatten(), layers.Dense(3)])
    explainer = Explainer(model, classes=["a", "b", "c"])
    assert (explainer.shape, explainer.why_not("gradient")) == (None, "")
    x = X[:4, :6]
    assert_explains(explainer, x)
    assert explainer.shape == (4, 6, 1)
    assert list(explainer.report().kind) == ["linear, first", "structure", "linear"]


def test_layers_added_later_are_seen():
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten(), layers.Dense(3)])
    explainer = Explainer(model)
    before = explainer.predict(X).scores
    model.add(layers.Rescaling(2.0))
    np.testing.assert_allclose(explainer.predict(X).scores, before * 2, rtol=1e-5)


def test_weights_trained_later_are_seen():
    model = build(lambda x: top(layers.BatchNormalization()(conv(x))))
    explainer = Explainer(model)
    old = explainer.explain(X, "gradient", 0)
    randomised(model, seed=9)
    new = explainer.explain(X, "gradient", 0)
    assert np.abs(new.map - old.map).max() > 1e-4
    np.testing.assert_array_equal(new.map, Explainer(model).explain(X, "gradient", 0).map)


def test_channels_first_models_take_channels_last_matrices():
    def flipped(x):
        y = layers.ZeroPadding2D(1, data_format="channels_first")(x)
        y = layers.GlobalAveragePooling2D(data_format="channels_first")(ops.tanh(y))
        return layers.Dense(2)(y)

    explainer = Explainer(build(flipped, (3, 8, 6)))
    assert explainer.shape == (8, 6, 3)
    x = np.random.default_rng(0).normal(size=(8, 6, 3))
    explanation = explainer.explain(x, "gradient", 0)
    kernel = explainer.model.layers[-1].kernel.numpy()[:, 0]
    expected = (1 - np.tanh(x) ** 2) * kernel / 80
    np.testing.assert_allclose(explanation.values, expected, atol=1e-7)


def test_a_model_without_a_channel_axis():
    def body(x):
        return top(layers.Conv1D(3, 3, activation="relu")(x))

    explainer = Explainer(build(body, (8, 8)))
    assert explainer.shape == (8, 8, 1)
    assert explainer.explain(X, "gradient").values.shape == (8, 8, 1)
    assert_explains(explainer, X)


def test_any_length_where_the_model_takes_any():
    model = build(lambda x: layers.Dense(2)(layers.GlobalMaxPooling2D()(conv(x))), (None, None, 1))
    explainer = Explainer(model)
    assert explainer.shape == (None, None, 1)
    for x in (X, X[:5], X[:, :3], X[:1], X[:, :1]):
        assert_explains(explainer, x)


def cam_net(shape=(8, 8, 1)):
    """Build a network that every method can explain."""
    return build(lambda x: layers.Dense(3)(layers.GlobalAveragePooling2D()(conv(x))), shape)


@pytest.mark.parametrize("shape", [(1, 8), (8, 1), (1, 1), (4, 5, 2)])
def test_one_row_one_column_two_channels(shape):
    shape = shape if len(shape) == 3 else (*shape, 1)
    X = np.random.default_rng(0).normal(size=(9, *shape))
    explainer = Explainer(cam_net(shape), background=X)
    for method in REGISTRY:
        fewer = {"samples": 64} if method in ("rise", "expected_gradients") else {}
        explanation = explainer.explain(X[0], method, **fewer)
        assert explanation.values.shape == shape
        np.testing.assert_allclose(explanation.values.sum(2), explanation.map, rtol=1e-4, atol=1e-6)


def test_float64_models_walk_in_float64():
    start = keras.Input((8, 8, 1), dtype="float64")
    y = layers.Conv2D(2, 3, activation="tanh", dtype="float64")(start)
    y = layers.Dense(3, dtype="float64")(layers.Flatten(dtype="float64")(y))
    explainer, x = Explainer(keras.Model(start, y)), X.astype("float64")
    explanation = explainer.explain(x, "integrated_gradients", 0)
    truth = explainer.model(x[None, ..., None]).numpy()[0, 0]
    assert truth.dtype == "float64" and explanation.score == pytest.approx(truth, abs=1e-14)
    assert abs(explanation.residual) < 1e-13


def test_two_threads_share_an_explainer():
    """The lock is free between batches, so another thread gets its turn."""
    explainer = Explainer(build(lambda x: top(conv(x))), batch_size=1)
    before = explainer.predict(X).predicted
    answers = []
    other = threading.Thread(target=lambda: answers.append(explainer.predict(X).predicted))

    def meanwhile(progress):
        if progress.done == 3:
            other.start()
            other.join(timeout=30)
            assert answers == [before]

    explainer.explain(X, "occlusion", patch=(1, 1), progress=meanwhile)
    assert answers == [before]


def test_nothing_is_traced_twice():
    explainer = Explainer(build(lambda x: top(conv(x))))

    def everything(x, target, steps, patch):
        explainer.predict(x, without=Region.rows(0, 2))
        explainer.explain(x, "gradient", target)
        explainer.explain(x, "integrated_gradients", target, steps=steps, baseline=steps / 100)
        explainer.explain(x, "occlusion", target, patch=patch)

    everything(X, 0, 16, (2, 2))
    first = explainer._network.traces
    everything(X * 2, targets.Margin(1, 2), 40, (3, 8))
    assert explainer._network.traces == first == 2


def test_many_models_are_no_reason_to_warn_of_retracing(caplog):
    """TensorFlow's own logger does not propagate, so the handler is put there."""
    logger = tf.get_logger()
    logger.addHandler(caplog.handler)
    try:
        for seed in range(7):
            Explainer(build(top, (3, 3, 1), seed)).explain(X[:3, :3], "gradient")
    finally:
        logger.removeHandler(caplog.handler)
    assert not caplog.text


def test_two_outputs_are_chosen_by_name():
    start = keras.Input((8, 8, 1))
    y = layers.Flatten()(start)
    sides = [layers.Dense(2, name="left")(y), layers.Dense(3, name="right")(y)]
    model = keras.Model(start, sides)
    assert len(Explainer(model, output="left").classes) == 2
    explainer = Explainer(model, output="right")
    np.testing.assert_allclose(explainer.predict(X).scores, model(X[None])[1][0], rtol=1e-5)
    named = keras.Model(start, {"z": sides[0], "a": sides[1]})
    assert len(Explainer(named, output="z").classes) == 2
    with pytest.raises(ValueError, match="has 'left', 'right'; choose one, such as output='left'"):
        Explainer(model)
    with pytest.raises(ValueError, match="output is 'up'"):
        Explainer(model, output="up")


# ------------------------------------------------------------------ heads


def logit(p):
    return np.log(p / (1 - p))


def test_one_sigmoid_unit_speaks_for_two_classes():
    model = build(lambda x: top(conv(x), 1, "sigmoid"))
    explainer = Explainer(model, classes=["no", "yes"])
    p = float(model(X[None, ..., None])[0, 0])
    prediction = explainer.predict(X)
    np.testing.assert_allclose(prediction.probabilities, [1 - p, p], atol=1e-6)
    np.testing.assert_allclose(prediction.scores, [-logit(p), logit(p)], atol=1e-5)
    yes, no = (explainer.explain(X, "gradient", name) for name in ("yes", "no"))
    np.testing.assert_array_equal(yes.map, -no.map)
    margin = explainer.explain(X, "gradient", targets.Margin("yes", "no"))
    np.testing.assert_allclose(margin.map, 2 * yes.map, rtol=1e-6)


@pytest.mark.parametrize(
    "units, scores, kind, classes",
    [
        (3, None, "probabilities", 3),
        (3, "values", "values", 3),
        (1, None, "values", 1),
        (1, "logits", "probabilities", 2),
    ],
)
def test_linear_heads_are_read_as_scores_says(units, scores, kind, classes):
    explainer = Explainer(build(lambda x: top(conv(x), units, None)), scores=scores)
    assert len(explainer.classes) == classes
    assert explainer.predict(X).kind == kind


def einsum(x):
    return layers.EinsumDense("ab,bc->ac", 3, activation="softmax")(layers.Flatten()(x))


@pytest.mark.parametrize(
    "body, kind",
    [
        (lambda x: top(x, activation=None) / 3, "probabilities"),
        (lambda x: layers.GlobalAveragePooling2D()(conv(x, activation=None)), "probabilities"),
        (lambda x: top(x, activation="tanh"), "values"),
        (lambda x: 1 / top(x, activation="exponential"), "values"),
        (einsum, "probabilities"),
    ],
)
def test_heads_that_are_neither_linear_nor_known(body, kind):
    explainer = Explainer(build(body))
    prediction = explainer.predict(X)
    assert prediction.kind == kind
    if body is einsum:  # its softmax is part of a layer that no walk can split
        truth = explainer.model(X[None, ..., None])[0]
        np.testing.assert_allclose(prediction.probabilities, truth, atol=1e-6)
        np.testing.assert_allclose(prediction.scores, np.log(truth), atol=1e-5)


@pytest.mark.parametrize("end", ["softmax", "sigmoid", "log_softmax"])
@pytest.mark.parametrize("score", ["probability", "log_probability", "logit"])
def test_any_score_can_be_explained(end, score):
    model = build(lambda x: top(conv(x), 3, end))
    explainer = Explainer(model)
    explanation = explainer.explain(X, "gradient", targets.Margin(2, 0), score=score)
    x = tf.constant(X[None, ..., None])
    with tf.GradientTape() as tape:
        tape.watch(x)
        p = tf.exp(model(x)) if end == "log_softmax" else model(x)
        if score != "probability":  # log p of a softmax is its logit, up to what both classes share
            p = tf.math.log(p / (1 - p) if (end, score) == ("sigmoid", "logit") else p)
        y = p[0, 2] - p[0, 0]
    assert explanation.score == pytest.approx(float(y), abs=1e-5)
    truth = tape.gradient(y, x)[0].numpy()
    np.testing.assert_allclose(explanation.values, truth, atol=1e-5 * np.abs(truth).max())


def test_the_scores_of_a_function_are_read_as_it_says():
    p = np.array([0.1, 0.6, 0.3])
    assert Explainer(lambda batch: [p] * len(batch)).predict(X).kind == "values"
    prediction = Explainer(lambda batch: [p] * len(batch), scores="probabilities").predict(X)
    np.testing.assert_allclose(prediction.probabilities, p)
    np.testing.assert_allclose(prediction.scores, np.log(p))
    one = Explainer(lambda batch: np.full(len(batch), 0.2), scores="probabilities").predict(X)
    np.testing.assert_allclose(one.probabilities, [0.8, 0.2])
    np.testing.assert_allclose(one.scores, [-logit(0.2), logit(0.2)])
    certain = Explainer(lambda batch: [[1.0, 0.0]] * len(batch), scores="probabilities")
    assert np.isfinite(certain.predict(X).scores).all()


# ------------------------------------------------------------------ predicting and explaining


def linear(batch):
    """Two scores: the sum of the upper and of the lower half."""
    return batch.reshape(len(batch), 2, -1).sum(-1)


def test_what_if():
    explainer = Explainer(linear, classes=["up", "down"], baseline="mean")
    mean, rows = X.mean(), Region.rows(0, 1)
    all, up = explainer.predict(X).scores, X[:4].sum()
    without = explainer.predict(X, without=rows).scores
    only = explainer.predict(X, only=rows).scores
    assert all == pytest.approx([up, X[4:].sum()], abs=1e-5)
    assert without == pytest.approx([up - X[0].sum() + 8 * mean, all[1]], abs=1e-5)
    assert only == pytest.approx([X[0].sum() + 24 * mean, 32 * mean], abs=1e-5)
    # a list of one region is that region, as one region is a list
    np.testing.assert_array_equal(explainer.predict(X, without=[rows]).scores, without)
    (listed, _), within = (
        explainer.whatif(X, (rows,)),
        explainer.explain(X, "occlusion", within=[rows]),
    )
    assert listed.label == explainer.predict(X, without=rows).label and within.within == rows
    label = ["up", "down"][int(np.argmax(all))]
    assert explainer.predict(X).label == label and label in repr(explainer.predict(X))
    with pytest.raises(ValueError, match="one region is expected"):
        explainer.predict(X, without=rows, only=rows)


def test_a_function_that_writes_into_its_batch_harms_nothing():
    def scaled(batch):
        batch /= 2
        return linear(batch)

    x = X.copy()
    explanation = Explainer(scaled, baseline=0).explain(x, "occlusion", 0, patch=(1, 1))
    np.testing.assert_array_equal(x, X)
    np.testing.assert_allclose(explanation.map[:4], X[:4] / 2, atol=1e-5)


def test_names():
    rows, columns = list("abcdefgh"), np.arange(8) / 4
    explainer = Explainer(linear, rows=rows, columns=columns)
    assert explainer.classes == ()
    explanation = explainer.explain(X, "occlusion")
    assert explainer.classes == explanation.classes == ("class 0", "class 1")
    assert explanation.row_axis.labels == tuple(rows)
    np.testing.assert_array_equal(explanation.column_axis.values, columns)
    with pytest.raises(ValueError, match="3 names, but the model scores 2 classes; give 2 names"):
        Explainer(linear, classes=list("abc")).predict(X)


def test_a_baseline_from_a_table_is_kept_as_numbers():
    table = pd.DataFrame(np.full((8, 8), 0.5))
    explanation = Explainer(linear).explain(X, "occlusion", baseline=table)
    assert explanation.parameters["baseline"] == table.to_numpy().tolist()


def test_names_from_an_iterator_are_kept():
    explainer = Explainer(linear, rows=(name for name in "abcdefgh"), columns=iter(range(8)))
    for _ in range(2):
        assert explainer.explain(X, "occlusion").row_axis.labels == tuple("abcdefgh")


def test_names_of_the_explainer_then_of_x_then_of_the_background():
    dates = pd.date_range("2024-01-01", periods=8)
    tables = [pd.DataFrame(X + k, index=dates, columns=list("abcdefgh")) for k in range(2)]
    cube = xr.DataArray(
        np.stack(tables),
        dims=("n", "t", "s"),
        coords={"t": dates, "s": list("abcdefgh")},
    )
    for background in (tables, cube):
        explainer = Explainer(linear, background=background)
        explanation = explainer.explain(X, "occlusion")
        assert explanation.column_axis.labels == tuple("abcdefgh")
        assert explanation.row_axis.labels[0] == "2024-01-01"
        assert explainer.region(columns="c") == Region.columns(2, 3)
        assert explainer.time == "rows" and not explainer.time_is_assumed
        assert "columns a to h (8)" in repr(explainer)
        table = pd.DataFrame(X, columns=list("ijklmnop"))
        explanation = explainer.explain(table, "occlusion")
        assert explanation.column_axis.labels == tuple("ijklmnop")
        assert explanation.row_axis.labels[0] == "2024-01-01"
        assert explainer.region(columns="k", x=table) == Region.columns(2, 3)
        own = Explainer(linear, background=background, columns=range(10, 18))
        assert own.explain(table, "occlusion").column_axis.labels[0] == "10"
    explainer.background = np.stack(tables)[..., None]
    assert explainer.explain(X, "occlusion").column_axis.labels[0] == "0"
    any_size = Explainer(lambda batch: batch.mean((1, 2)), background=tables)
    assert any_size.explain(X[:, :5], "occlusion").column_axis.labels[0] == "0"


def test_the_target_is_frozen_before_anything_is_hidden():
    """Hiding the winner makes the other class win; its score must not creep into the map."""
    x = np.zeros((4, 4))
    x[0, 0], x[3, 3] = 3, 2
    explanation = Explainer(linear).explain(x, "occlusion", patch=(1, 1))
    assert explanation.target == targets.Class(0)
    expected = np.zeros((4, 4))
    expected[0, 0] = 3
    np.testing.assert_allclose(explanation.map, expected)


def test_within_keeps_a_region_of_any_method():
    explainer, corner = Explainer(build(lambda x: top(conv(x)))), Region.rectangle(1, 3, 2, 7)
    whole = explainer.explain(X, "integrated_gradients", 0)
    part = explainer.explain(X, "integrated_gradients", 0, within=corner)
    inside = corner.mask((8, 8))
    np.testing.assert_allclose(part.map[inside], whole.map[inside], atol=1e-6)
    assert np.isnan(part.values[~inside]).all()
    assert part.residual == pytest.approx(whole.residual, abs=1e-6) and part.within == corner


def test_methods_are_listed():
    table = Explainer(linear).methods()
    assert list(table.index) == list(REGISTRY)
    assert table.loc["occlusion", "runs here"] == "yes"
    assert "needs gradients" in table.loc["gradient", "runs here"]
    explainer = Explainer(cam_net(), background=np.stack([X, X + 1]))
    assert (explainer.methods()["runs here"] == "yes").all()
    assert "needs typical matrices" in Explainer(cam_net()).why_not("patternnet")


def test_a_method_that_needs_the_graph_says_so(monkeypatch):
    needy = Method("needy", "signal", "What?", "graph", Parameters, compute=lambda *_: None)
    monkeypatch.setitem(REGISTRY, "needy", needy)
    explainer = Explainer(Subclassed())
    reason = explainer.why_not("needy")
    assert "needy needs the model's graph" in reason and "runs code of its own" in reason
    assert "gradient, smoothgrad, input_x_gradient" in reason and "occlusion, rise" in reason
    with pytest.raises(TypeError, match="needy needs the model's graph"):
        explainer.explain(X, "needy")


def test_fields_are_forms():
    fields = {f["name"]: f for m in REGISTRY.values() for f in m.fields()}
    keys = "name label kind default nullable none minimum maximum exclusive choices when unit help"
    for field in fields.values():
        assert list(field) == keys.split()
        assert field["help"] and json.dumps(field)
    assert fields["steps"] | {"help": ""} == {
        "name": "steps",
        "label": "steps",
        "kind": "integer",
        "default": 64,
        "nullable": False,
        "none": "auto",
        "minimum": 1,
        "maximum": None,
        "exclusive": False,
        "choices": None,
        "when": {},
        "unit": "",
        "help": "",
    }
    assert (fields["patch"]["kind"], fields["patch"]["minimum"]) == ("pair", 1)
    assert fields["patch"]["nullable"] and fields["patch"]["unit"] == "rows × columns"
    assert fields["absolute"]["kind"] == "boolean"
    assert fields["baseline"]["kind"] == "text" and fields["baseline"]["nullable"]
    assert "row_mean" in fields["baseline"]["choices"]
    assert fields["over"]["choices"] == [name for name in REGISTRY if name != "smoothgrad"]
    assert fields["sigma"]["kind"] == "number" and fields["sigma"]["minimum"] == 0


@pytest.mark.parametrize(
    "method, given, text",
    [
        ("gradient", {}, "signed"),
        ("gradient", {"absolute": True}, "absolute"),
        ("input_x_gradient", {}, ""),
        ("integrated_gradients", {"baseline": 0.0}, "64 steps · baseline 0"),
        ("integrated_gradients", {"baseline": X}, "64 steps · baseline array"),
        ("integrated_gradients", {"baseline": "row_mean"}, "64 steps · baseline row mean"),
        ("smoothgrad", {}, "50 samples · σ = 0.1"),
        ("occlusion", {"patch": (3, 8), "stride": (1, 4)}, "patch 3 × 8 · stride 1 × 4"),
        ("occlusion", {"patch": (1, None), "stride": (1, 4)}, "patch 1 × all · stride 1 × 4"),
    ],
)
def test_summaries(method, given, text):
    assert REGISTRY[method].summary(given) == text


def test_whatif_is_both_predictions_in_one_batch() -> None:
    sizes = []

    def model(batch):
        sizes.append(len(batch))
        return np.stack([batch[:, :, :2].sum((1, 2, 3)), batch[:, :, 2:].sum((1, 2, 3))], 1)

    explainer, x = Explainer(model, baseline="mean"), np.arange(12.0).reshape(3, 4)
    region = Region.columns(0, 2) - Region.rows(0, 1)
    expected = explainer.predict(x, without=region), explainer.predict(x, only=region)
    sizes.clear()
    found = explainer.whatif(x, region)
    assert sizes == [2]
    for mine, theirs in zip(found, expected, strict=True):
        np.testing.assert_array_equal(mine.scores, theirs.scores)
    with pytest.raises(ValueError, match="holds no cell"):
        explainer.whatif(x, Region())


def test_names_are_counted_where_the_model_tells_its_shape() -> None:
    with pytest.raises(ValueError, match="rows= holds 2 names, but the matrix has 8 rows"):
        Explainer(build(residual), rows=["a", "b"])


def test_an_explainer_says_what_it_is():
    model = build(BODIES[0])
    few = Explainer(model, classes=None, baseline="row_mean", background=np.zeros((3, *X.shape)))
    assert repr(few).startswith(f"<Explainer of the model {model.name!r}: matrices ")
    assert repr(few).endswith("; baseline row mean; background 3 matrices>")

    def f(batch):
        return batch.sum((1, 2))

    named = Explainer(f, rows=list("abcdef"), columns=["x", "y"], classes=["only"], baseline=0)
    assert repr(named) == (
        "<Explainer of the function f: classes only; rows a to f (6); columns x, y; baseline 0>"
    )
