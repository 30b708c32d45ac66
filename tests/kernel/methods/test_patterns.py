"""PatternNet and PatternAttribution: closed forms, every linear layer, what is kept and seen."""

import threading

import keras
import numpy as np
import pytest
import tensorflow as tf
from architectures import build, conv, randomised, recurrent, top
from keras import layers, ops
from sentences import refuses

from heatbrush_core import Cancelled, Explainer

METHODS = ["patternnet", "pattern_attribution"]
ESTIMATORS = ["relu", "linear"]
B = np.random.default_rng(4).normal(0.5, 1, (96, 8, 8, 1)).astype("float32")
x = B[0]


def fitted(explainer, estimator="relu"):
    """The patterns of an explainer, by layer."""
    explainer.explain(explainer.background[0], "patternnet", 0, estimator=estimator)
    return explainer._network.fits[estimator].patterns


def cosine(a, b):
    return float(np.sum(a * b) / np.linalg.norm(a) / np.linalg.norm(b))


def close(found, expected, tolerance=1e-5):
    assert np.abs(expected).max() > 0
    np.testing.assert_allclose(found, expected, atol=tolerance * np.abs(expected).max())


# ------------------------------------------------------------------ linear models


def test_a_signal_and_a_distractor():
    """The two-component toy of Kindermans et al. (2018), section 2, with a regression for a model.

    x = a_s y + a_d e: the weights that take y out of x must be blind to a_d, and so point away
    from a_s; the pattern is a_s.
    """
    random = np.random.default_rng(0)
    a_s, a_d = random.normal(size=(2, 5, 4))
    a_d += a_s
    y, e = random.normal(size=(2, 4000))
    X = (y[:, None, None] * a_s + e[:, None, None] * a_d).astype("float32")
    model = build(lambda x: top(x, 1, None), (5, 4, 1))
    w = np.linalg.lstsq(X.reshape(-1, 20), y)[0]
    model.layers[-1].set_weights([w[:, None], np.zeros(1)])
    explainer = Explainer(model, background=X)
    for estimator in ESTIMATORS:
        found = explainer.explain(X[0], "patternnet", estimator=estimator)
        assert abs(cosine(found.map, a_s)) > 0.999
        close(found.map, a_s * y[0], 0.05)
    assert cosine(explainer.explain(X[0], "gradient").map, a_s) < 0.8


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_closed_forms_on_a_linear_model(estimator):
    model = build(lambda x: top(x))
    w, b = (np.asarray(each, "float64") for each in model.layers[-1].get_weights())
    X = B.reshape(len(B), -1).astype("float64")
    y = (X @ w)[:, 1]
    active = y + b[1] > 0 if estimator == "relu" else np.full(len(B), True)
    c = np.mean(X[active] * y[active, None], 0) - X[active].mean(0) * y.mean()
    pattern = c / (w[:, 1] @ c)
    if estimator == "linear":
        np.testing.assert_allclose(pattern, [np.cov(cell, y)[0, 1] / y.var(ddof=1) for cell in X.T])
    explainer = Explainer(model, background=B)
    signal = explainer.explain(x, "patternnet", 1, estimator=estimator)
    close(signal.values.ravel(), pattern * signal.score)
    part = explainer.explain(x, "pattern_attribution", 1, estimator=estimator)
    close(part.values.ravel(), w[:, 1] * pattern * part.score)
    assert part.map.sum() == pytest.approx(part.score, rel=1e-5)
    assert part.residual is None and part.notes == ()


def test_a_large_offset_does_not_blur_the_patterns():
    """Kelvin: what varies is small beside what does not."""
    X = (300 + B).astype("float32")
    model = build(lambda x: top(conv(x, padding="valid", name="first")))
    cold = X.astype("float64") - 300
    one, other = (fitted(Explainer(model, background=each), "linear") for each in (X, cold))
    close(one["first"], other["first"], 1e-4)


# ------------------------------------------------------------------ every linear layer

LAYERS = {
    "dense": lambda: layers.Dense(3),
    "conv": lambda: layers.Conv2D(3, (2, 3)),
    "same": lambda: layers.Conv2D(3, 3, padding="same"),
    "strided": lambda: layers.Conv2D(3, 3, strides=(2, 1), padding="same"),
    "dilated": lambda: layers.Conv2D(3, 2, dilation_rate=(2, 1)),
    "grouped": lambda: layers.Conv2D(4, 3, groups=2),
    "depthwise": lambda: layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same"),
    "transposed": lambda: layers.Conv2DTranspose(3, 3, strides=2, padding="same"),
}
ON_ROWS = {
    "conv1d": lambda: layers.Conv1D(3, 3, padding="same"),
    "depthwise1d": lambda: layers.DepthwiseConv1D(3, depth_multiplier=2),
    "transposed1d": lambda: layers.Conv1DTranspose(3, 3, strides=2),
}


def covariances(layer, X, estimator):
    """Patterns by brute force: a kernel of one 1 shows the input cells that its entry sees."""
    kernel, bias = layer.get_weights()
    call = tf.function(layer, autograph=False)  # a grouped convolution is traced at each call
    y = np.asarray(call(X), "float64") - bias
    units, axes = y.shape[-1], tuple(range(y.ndim - 1))
    active = y + bias > 0 if estimator == "relu" else np.full(y.shape, True)
    count = active.sum(axes)
    c = np.zeros((kernel.size, units))
    for entry in range(kernel.size):
        one = np.zeros(kernel.size)
        one[entry] = 1
        layer.set_weights([one.reshape(kernel.shape), 0 * bias])
        cells = np.asarray(call(X), "float64")
        c[entry] = (active * cells * y).sum(axes) / count
        c[entry] -= (active * cells).sum(axes) / count * y.mean(axes)
    layer.set_weights([kernel, bias])
    return (c / (kernel.ravel() @ c)).sum(1).reshape(kernel.shape)


@pytest.mark.parametrize("name", [*LAYERS, *ON_ROWS])
def test_patterns_of_every_linear_layer(name):
    layer, start = {**LAYERS, **ON_ROWS}[name](), keras.Input((6, 5, 2))
    rows = layers.Reshape((6, 10))(start) if name in ON_ROWS else start
    y = layers.Flatten()(layers.ReLU()(layer(rows)))
    model = randomised(keras.Model(start, layers.Dense(2)(y)))
    X = np.random.default_rng(1).normal(0.3, 1, (20, 6, 5, 2)).astype("float32")
    seen = X.reshape(20, 6, 10) if name in ON_ROWS else X
    explainer = Explainer(model, background=X)
    for estimator in ESTIMATORS:
        close(fitted(explainer, estimator)[layer.name], covariances(layer, seen, estimator))


def test_a_separable_convolution_is_one_map():
    def separable(x):
        y = layers.SeparableConv2D(4, 3, depth_multiplier=2, padding="same", activation="relu")
        return top(y(conv(x)))

    def joined(x):
        return top(conv(conv(x), 4))

    one, other = build(separable), build(joined)
    deep, wide, bias = one.layers[2].get_weights()
    kernel = np.einsum("hwcm,cmo->hwco", deep, wide.reshape(3, 2, 4))
    other.set_weights([*one.get_weights()[:2], kernel, bias, *one.get_weights()[-2:]])
    for method in METHODS:
        first, second = (Explainer(m, background=B).explain(x, method, 1) for m in (one, other))
        close(first.values, second.values)


def test_channels_first_is_channels_last():
    def body(order):
        def made(x):
            y = layers.Conv2D(3, 3, activation="relu", data_format=order)(x)
            y = layers.Conv2D(5, 3, activation="relu", data_format=order)(y)
            return layers.Dense(2)(layers.GlobalAveragePooling2D(data_format=order)(y))

        return made

    first = build(body("channels_first"), (1, 8, 8))
    last = build(body("channels_last"))
    last.set_weights(first.get_weights())
    for method in METHODS:
        one, other = (Explainer(m, background=B).explain(x, method, 1) for m in (first, last))
        close(one.values, other.values)


def test_each_call_of_a_shared_layer_has_its_own_patterns():
    layer = layers.Conv2D(1, 3, padding="same", activation="relu", name="twice")
    explainer = Explainer(build(lambda x: top(layer(layer(x)))), background=B)
    found = fitted(explainer)
    assert np.abs(found["twice"] - found["twice#2"]).max() > 1e-3


def test_one_unit_for_two_classes_is_as_two_units():
    one = build(lambda x: layers.Dense(1, "sigmoid", name="unit")(layers.Flatten()(conv(x))))
    two = build(lambda x: top(conv(x), 2))
    *front, kernel, bias = one.get_weights()
    two.set_weights([*front, np.hstack([-kernel, kernel]), np.hstack([-bias, bias])])
    first, second = (Explainer(model, background=B) for model in (one, two))
    for method in METHODS:
        for target in (0, 1):
            found = first.explain(x, method, target, estimator="linear")
            close(found.values, second.explain(x, method, target, estimator="linear").values)
    # no estimator prefers the unit's positive side
    patterns = [fitted(first, estimator)["unit"] for estimator in ESTIMATORS]
    close(*patterns)
    signals = [first.explain(x, "patternnet", target).values for target in (0, 1)]
    close(*signals)


# ------------------------------------------------------------------ normalisation and scales


@pytest.mark.parametrize("method", METHODS)
def test_batch_normalisation_is_as_folded_by_hand(method):
    def body(x):
        y = layers.ReLU()(layers.BatchNormalization()(conv(x, 4, activation=None)))
        return top(y)

    model, folded = build(body), build(lambda x: top(conv(x, 4)))
    kernel, bias, gamma, beta, mean, variance, *rest = model.get_weights()
    scale = gamma / np.sqrt(variance + model.layers[2].epsilon)
    folded.set_weights([kernel * scale, (bias - mean) * scale + beta, *rest])
    one, other = (Explainer(m, background=B).explain(x, method, 1) for m in (model, folded))
    close(one.values, other.values)


@pytest.mark.parametrize("method", METHODS)
def test_a_scale_may_stand_in_front_of_a_layer_or_in_it(method):
    """Affine maps of each cell, which no layer precedes that they could be folded into."""

    def body(x):
        y = layers.BatchNormalization()(layers.Rescaling(-3.0, 1.0)(x))
        return top(conv(y / 2, padding="valid"))

    model, inside = build(body), build(lambda x: top(conv(x, padding="valid")))
    gamma, beta, mean, variance, kernel, bias, *rest = model.get_weights()
    scale = gamma / np.sqrt(variance + model.layers[2].epsilon) / 2
    shift = beta / 2 + (1 - mean) * scale
    inside.set_weights([-3 * kernel * scale, bias + kernel.sum((0, 1, 2)) * shift, *rest])
    # "relu" sees where the input's 0 is; "linear" does not
    one, other = (
        Explainer(m, background=B).explain(x, method, 1, estimator="linear")
        for m in (model, inside)
    )
    close(one.values, other.values)


# ------------------------------------------------------------------ fitting


def test_the_fit_is_one_pass_in_batches():
    model = build(lambda x: top(conv(x)))
    seen = []
    maps = [
        Explainer(model, background=B, batch_size=size)
        .explain(x, "patternnet", 1, progress=seen.append)
        .values
        for size in (1, 7, None)
    ]
    close(maps[0], maps[2])
    close(maps[1], maps[2])
    done = [each.done for each in seen]
    assert done[:96] == list(range(1, 97)) and done[96:110] == [*range(7, 92, 7), 96]
    assert {each.total for each in seen} == {96}


def test_the_fit_can_be_cancelled():
    explainer, stop = Explainer(build(lambda x: top(conv(x))), background=B), threading.Event()
    with pytest.raises(Cancelled):
        explainer.explain(x, "patternnet", 1, progress=lambda _: stop.set(), cancel=stop)
    assert explainer.explain(x, "patternnet", 1).values.any()


def test_a_fit_is_kept_until_weights_or_matrices_change():
    model = build(lambda x: top(layers.BatchNormalization()(conv(x))))
    explainer, fits = Explainer(model, background=B), []

    def explain(method="patternnet", **options):
        fits.append(0)

        def count(_):
            fits[-1] += 1

        return explainer.explain(x, method, 1, progress=count, **options).values

    explain()
    explain()
    explain("pattern_attribution")
    explain(estimator="linear")
    explain()
    assert [bool(each) for each in fits] == [True, False, False, True, False]
    for weight in (model.layers[1].kernel, model.layers[2].moving_variance):
        weight.assign(weight * 1.5)
        again = Explainer(model, background=B).explain(x, "patternnet", 1).values
        close(explain(), again)
    explainer.background = B[:20]
    close(explain(), Explainer(model, background=B[:20]).explain(x, "patternnet", 1).values)
    assert all(fits[-3:])


def test_many_at_once_are_as_one_by_one():
    explainer = Explainer(build(lambda x: top(layers.MaxPooling2D()(conv(x)))), background=B)
    for method in METHODS:
        for each, one in zip(explainer.explain_batch(B[:5], method), B, strict=False):
            close(each.values, explainer.explain(one, method).values)


def test_the_background_may_have_another_size_where_the_model_takes_any():
    def body(x):
        return layers.Dense(2)(layers.GlobalAveragePooling2D()(conv(x)))

    model = build(body, (None, None, 1))
    found = Explainer(model, background=B).explain(np.ones((5, 6)), "patternnet", 1)
    assert found.values.shape == (5, 6, 1) and np.isfinite(found.values).all()


# ------------------------------------------------------------------ what is said


def test_units_without_a_pattern_are_named():
    model = build(lambda x: top(conv(x, name="first")))
    model.layers[1].bias.assign([0.1, -1000, 0.1])
    explainer = Explainer(model, background=B)
    note = explainer.explain(x, "patternnet", 1).notes[0]
    assert "never active" in note and "1 of 3 of first" in note
    patterns = explainer._network.fits["relu"].patterns["first"]
    assert not patterns[..., 1].any() and patterns[..., 0].any()
    same = Explainer(model, background=np.stack([x] * 20)).explain(x, "patternnet", 1)
    assert "3 of 3 of dense" in same.notes[0] and not same.values.any()


def test_a_score_that_is_never_positive_has_a_pattern_all_the_same():
    """Nothing cuts a logit off below 0, so that the estimator "linear" is right for it."""
    model = build(lambda x: top(x, activation=None))
    model.layers[-1].bias.assign([0.1, -1000, 0.1])
    explainer = Explainer(model, background=B)
    for method in METHODS:
        found = explainer.explain(x, method, 1)
        close(found.values, explainer.explain(x, method, 1, estimator="linear").values)
        assert "never positive" in found.notes[0] and "1 of 3 of dense" in found.notes[0]
        other = explainer.explain(x, method, 0, estimator="linear").values
        assert np.abs(explainer.explain(x, method, 0).values - other).max() > 1e-3


def test_patterns_of_few_values_are_named():
    explainer = Explainer(build(lambda x: top(x)), background=B[:6])
    (note,) = explainer.explain(x, "patternnet", 1, estimator="linear").notes
    assert "fewer than 10 values" in note and "3 of 3 of dense" in note


def test_nodes_without_a_pattern_are_named():
    (*_, note) = Explainer(build(recurrent), background=B).explain(x, "patternnet", 1).notes
    assert note.startswith("bidirectional") and "no pattern" in note


def test_what_cannot_be_fitted_is_refused():
    model = build(lambda x: top(conv(x)))
    with refuses(TypeError, "needs typical matrices", "none", "background="):
        Explainer(model).explain(x, "patternnet")
    with refuses(ValueError, "holds one matrix", "many", "background="):
        Explainer(model, background=B[:1]).explain(x, "patternnet")
    late = keras.Sequential([layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(2)])
    explainer = Explainer(late, background=B)
    with refuses(ValueError, "(8, 8, 1)", "(9, 8, 1)", "give the explainer"):
        explainer.explain(np.ones((9, 8)), "patternnet")
    with refuses(ValueError, "estimator='relu_negative'", "'relu' or 'linear'", "estimator is"):
        Explainer(model, background=B).explain(x, "patternnet", estimator="relu_negative")
    with refuses(TypeError, "patternnet needs the model's graph", "plain function", "occlusion"):
        Explainer(lambda X: X.sum((1, 2)), background=B).explain(x, "patternnet")


def test_half_and_double_precision():
    """A half model is explained in float32, a double one in float64."""
    single = build(lambda x: top(conv(x)))
    expected = Explainer(single, background=B).explain(x, "patternnet", 1).values
    for dtype, tolerance in (("mixed_bfloat16", 1e-5), ("float64", 1e-5)):
        more = {"dtype": dtype}
        model = build(
            lambda x, more=more: layers.Dense(3, **more)(layers.Flatten()(conv(x, **more)))
        )
        model.set_weights(single.get_weights())
        close(
            Explainer(model, background=B).explain(x, "patternnet", 1).values, expected, tolerance
        )
    assert ops.isfinite(expected).numpy().all()
