"""Layer-wise relevance propagation and deep Taylor against closed forms."""

import keras
import numpy as np
import pytest
from architectures import BODIES, build, conv, randomised, top
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from keras import layers, ops
from random_models import ALL, alone, architectures, double
from sentences import refuses

from heatbrush_core import Explainer, Region
from heatbrush_core.targets import Margin
from heatbrush_core.walks.backward.composites import COMPOSITES, RULES

pytestmark = pytest.mark.filterwarnings("ignore:You are using a softmax over axis")

RANDOM = np.random.default_rng(7)
X = RANDOM.normal(size=(8, 8, 1)).astype("float32")
EVERY = [
    *({"rule": rule} for rule in RULES),
    *({"composite": name} for name in COMPOSITES),
]


def wide(body, shape=(8, 8, 1), seed=0):
    """Build a model in float64, so that nothing is lost to rounding."""
    with double():
        return build(body, shape, seed)


def eager(model):
    """Explain without compiling, which takes longer than a small model's one explanation."""
    model.compile(run_eagerly=True)
    return Explainer(model)


def line(weights, bias):
    """One dense layer over all cells."""
    model = wide(lambda x: layers.Dense(len(bias))(layers.Flatten()(x)), weights.shape[:-1])
    model.layers[-1].set_weights([weights.reshape(-1, len(bias)), bias])
    return Explainer(model)


def lrp(explainer, x=X, target=0, **parameters):
    return explainer.explain(x, "lrp", target, **parameters)


def close(found, truth, tolerance=1e-5):
    np.testing.assert_allclose(found, truth, rtol=0, atol=tolerance * np.abs(truth).max())


# ------------------------------------------------------------------ a linear model


W = RANDOM.normal(size=(3, 5, 1, 2))
B = np.array([0.7, -1.3])
A = RANDOM.normal(size=(3, 5, 1))
P, N = np.maximum(W[..., 0] * A, 0), np.minimum(W[..., 0] * A, 0)
Z = (W[..., 0] * A).sum() + B[0]
UP, DOWN = np.maximum(W[..., 0], 0), np.minimum(W[..., 0], 0)


def gamma_form(gamma):
    """Weigh what has the sign of the output more: with bias."""
    side = P if Z > 0 else N
    bias = B[0] + gamma * (max(B[0], 0) if Z > 0 else min(B[0], 0))
    return Z * (P + N + gamma * side) / ((P + N + gamma * side).sum() + bias)


def box_form(low, high):
    part = W[..., 0] * A - low * UP - high * DOWN
    return Z * part / part.sum()


@pytest.mark.parametrize(
    "parameters, truth",
    [
        ({"rule": "z"}, P + N),
        ({"rule": "z", "bias": False}, Z * (P + N) / (Z - B[0])),
        ({"rule": "epsilon", "epsilon": 0.5}, Z * (P + N) / (Z + np.sign(Z) * 0.5)),
        ({"rule": "z_plus"}, Z * P / P.sum()),
        ({"rule": "z_plus", "bias": True}, Z * P / (P.sum() + 0.7)),
        ({"rule": "alpha_beta"}, Z * (2 * P / (P.sum() + 0.7) - N / N.sum())),
        ({"rule": "alpha_beta", "alpha": 1, "beta": 0, "bias": False}, Z * P / P.sum()),
        ({"rule": "gamma", "gamma": 0.5}, gamma_form(0.5)),
        ({"rule": "w_square"}, Z * W[..., 0] ** 2 / (W[..., 0] ** 2).sum()),
        ({"rule": "w_square", "bias": True}, Z * W[..., 0] ** 2 / ((W[..., 0] ** 2).sum() + 0.49)),
        ({"rule": "flat"}, np.full((3, 5, 1), Z / 15)),
        ({"rule": "z_bounded", "low": -3, "high": 4}, box_form(-3, 4)),
        ({"composite": "epsilon_plus", "epsilon": 0}, P + N),
        ({"composite": "epsilon_gamma_box", "low": -3, "high": 4}, box_form(-3, 4)),
        ({"composite": "excitation_backprop"}, Z * P / (P.sum() + 0.7)),
        ({"rule": "z", "input_rule": "flat"}, np.full((3, 5, 1), Z / 15)),
        ({"rules": [("first", "flat")]}, np.full((3, 5, 1), Z / 15)),
        (
            {"rules": [("dense", {"rule": "epsilon", "epsilon": 2.0})]},
            Z * (P + N) / (Z + np.sign(Z) * 2),
        ),
    ],
)
def test_closed_forms_on_a_linear_model(parameters, truth):
    found = lrp(line(W, B), A, **parameters)
    close(found.values, truth)
    assert found.residual == pytest.approx(truth.sum() - Z, abs=1e-5)


def test_bounds_that_are_not_given_are_those_of_the_data():
    explainer = line(W, B)
    close(lrp(explainer, A, rule="z_bounded").values, box_form(A.min(), A.max()))
    explainer.background = np.stack([A - 1, A + 2])
    close(lrp(explainer, A, rule="z_bounded").values, box_form(A.min() - 1, A.max() + 2))
    low, high = np.full((3, 5), -9.0), np.full((3, 5, 1), 9.0)
    close(lrp(explainer, A, rule="z_bounded", low=low, high=high).values, box_form(-9, 9))


def test_deep_taylor_of_a_linear_model():
    explainer = line(W, B)
    targets = [0, 1]
    for target in targets:
        w = W[..., target]
        z = (w * A).sum() + B[target]
        part = np.maximum(w * A, 0)
        found = explainer.explain(A, "deep_taylor", target)
        close(found.values + 1e-9, max(z, 0) * part / part.sum() + 1e-9)
        assert "Explains positive evidence only." in found.notes
        assert (found.residual is None) == (z <= 0)
        assert ("nothing to explain" in " ".join(found.notes)) == (z <= 0)
    up, down = np.maximum(W[..., 0], 0), np.minimum(W[..., 0], 0)
    z = (W[..., 0] * A).sum() + B[0]
    part = W[..., 0] * A + 3 * up - 4 * down
    found = explainer.explain(A, "deep_taylor", 0, low=-3, high=4)
    close(found.values + 1e-9, max(z, 0) * part / part.sum() + 1e-9)


def test_deep_taylor_below_zero_says_why():
    def body(x):
        return layers.Dense(1)(layers.Flatten()(layers.LayerNormalization(axis=(1, 2))(x)))

    explainer = eager(wide(body))
    if explainer.predict(X).scores[0] < 0:
        explainer.model.layers[-1].set_weights(
            [-w for w in explainer.model.layers[-1].get_weights()]
        )
    found = explainer.explain(X, "deep_taylor")
    assert found.values.min() < 0
    assert any(note.startswith("Some cells are negative") for note in found.notes)


def test_a_margin_is_the_difference_of_two_classes():
    explainer = line(W, B)
    both = [lrp(explainer, A, target, rule="z").values for target in (0, 1)]
    close(lrp(explainer, A, Margin(0, 1), rule="z").values, both[0] - both[1])


@pytest.mark.parametrize("parameters", EVERY)
def test_one_unit_for_two_classes_is_as_two_units(parameters):
    def body(x):
        return layers.Flatten()(conv(x))

    one = wide(lambda x: layers.Dense(1, "sigmoid", name="out")(body(x)))
    two = wide(lambda x: layers.Dense(2, name="out")(body(x)))
    two.set_weights([*one.get_weights()[:2], *two.get_weights()[2:]])
    kernel, bias = one.get_layer("out").get_weights()
    two.get_layer("out").set_weights([np.hstack([-kernel, kernel]), np.hstack([-bias, bias])])
    one, two = eager(one), eager(two)
    for target in (0, 1):
        found, truth = (lrp(each, X, target, **parameters) for each in (one, two))
        close(found.values, truth.values)
        assert found.score == pytest.approx(truth.score)
        assert found.residual == pytest.approx(truth.residual, abs=1e-6)
        found, truth = (each.explain(X, "deep_taylor", target) for each in (one, two))
        close(found.values + 1e-9, truth.values + 1e-9)


# ------------------------------------------------------------------ networks


def without_bias(x):
    y = layers.Conv2D(3, 3, activation="relu", padding="same", use_bias=False)(x)
    y = layers.MaxPooling2D()(y)
    y = layers.Add()([y, layers.Conv2D(3, 1, activation="relu", use_bias=False)(y)])
    y = layers.AveragePooling2D(2)(layers.UpSampling2D(interpolation="bilinear")(y))
    return layers.Dense(3, use_bias=False)(layers.GlobalAveragePooling2D()(y))


def test_lrp_0_is_input_times_gradient_on_rectified_networks_without_bias():
    explainer = Explainer(wide(without_bias))
    found = lrp(explainer, rule="z")
    close(found.values, explainer.explain(X, "input_x_gradient", 0).values)
    assert found.residual == pytest.approx(0, abs=1e-6)


def folded_and_not():
    """Build a network with batch normalisation after its linear layers, and the same without."""
    kinds = {
        "conv": lambda **more: layers.Conv2D(4, 3, padding="same", **more),
        "deep": lambda **more: layers.DepthwiseConv2D(3, depth_multiplier=2, **more),
        "apart": lambda **more: layers.SeparableConv2D(3, 2, **more),
        "up": lambda **more: layers.Conv2DTranspose(4, 2, strides=2, **more),
        "flat": lambda **more: layers.Dense(5, **more),
    }

    def body(x, normalised):
        for name, make in kinds.items():
            if name == "flat":
                x = layers.GlobalAveragePooling2D()(x)
            x = make(use_bias=not normalised or name == "conv", name=name)(x)
            if normalised:
                x = layers.BatchNormalization(scale=name != "deep", name=f"{name}_bn")(x)
            x = layers.ReLU()(x)
        return layers.Dense(3, name="out")(x)

    with_bn = wide(lambda x: body(x, True))
    by_hand = wide(lambda x: body(x, False))
    for name in kinds:
        fold(with_bn.get_layer(name), with_bn.get_layer(f"{name}_bn"), by_hand.get_layer(name))
    by_hand.get_layer("out").set_weights(with_bn.get_layer("out").get_weights())
    return with_bn, by_hand


def fold(layer, bn, into):
    """Write the layer and the normalisation after it into one layer, with NumPy."""
    mean, variance = np.asarray(bn.moving_mean), np.asarray(bn.moving_variance)
    factor = (np.asarray(bn.gamma) if bn.scale else 1) / np.sqrt(variance + bn.epsilon)
    *kernels, bias = [*layer.get_weights(), 0] if not layer.use_bias else layer.get_weights()
    if isinstance(layer, layers.DepthwiseConv2D):
        kernels[-1] = kernels[-1] * factor.reshape(kernels[-1].shape[-2:])
    elif isinstance(layer, layers.Conv2DTranspose):
        kernels[-1] = kernels[-1] * factor[:, None]
    else:
        kernels[-1] = kernels[-1] * factor
    into.set_weights([*kernels, (bias - mean) * factor + np.asarray(bn.beta)])


def test_batch_normalisation_is_as_if_folded_by_hand_in_every_rule():
    with_bn, by_hand = map(eager, folded_and_not())
    close(with_bn.predict(X).scores, by_hand.predict(X).scores, 1e-12)
    for parameters in EVERY:
        found, truth = (lrp(each, **parameters).values for each in (with_bn, by_hand))
        close(found, truth)
    kinds = dict(with_bn.report()["lrp"])
    assert kinds["conv_bn"] == "folded into conv" and kinds["conv"] == "z_plus"


@pytest.mark.parametrize("rule", ["epsilon", "z_plus", "alpha_beta", "gamma", "flat", "w_square"])
def test_a_normalisation_that_cannot_be_folded_is_affine(rule):
    """Behind an activation: the z-rule, and nothing but passing on under flat and w_square."""

    def body(x):
        y = layers.Activation("tanh")(x)
        return layers.Dense(1, use_bias=False)(layers.Flatten()(layers.BatchNormalization()(y)))

    model = wide(body, (2, 3, 1))
    bn, dense = model.layers[2], model.layers[-1]
    explainer = Explainer(model)
    found = lrp(explainer, X[:2, :3], rule=rule, epsilon=0.0, input_rule=None)
    below = np.tanh(X[:2, :3].astype("float64"))
    factor = float(bn.gamma[0]) / np.sqrt(float(bn.moving_variance[0]) + bn.epsilon)
    y = below * factor + float(bn.beta[0]) - float(bn.moving_mean[0]) * factor
    kernel = np.asarray(dense.kernel).reshape(2, 3, 1)
    z = (kernel * y).sum()
    relevance = {
        "epsilon": kernel * y,
        "z_plus": z * np.maximum(kernel * y, 0) / np.maximum(kernel * y, 0).sum(),
        "flat": np.full((2, 3, 1), z / 6),
        "w_square": z * kernel**2 / (kernel**2).sum(),
    }
    positive, negative = np.maximum(kernel * y, 0), np.minimum(kernel * y, 0)
    relevance["alpha_beta"] = z * (2 * positive / positive.sum() - negative / negative.sum())
    more = kernel * y + 0.25 * (positive if z > 0 else negative)
    relevance["gamma"] = z * more / more.sum()
    truth = relevance[rule] * (1 if rule in ("flat", "w_square") else below * factor / y)
    close(found.values, truth)


def test_ones_do_not_leak_into_padding():
    """The first layers are found behind padding and scaling; padded cells get no relevance."""

    def body(x):
        y = layers.ZeroPadding2D()(layers.Rescaling(2.0, -1.0)(x))
        y = layers.ZeroPadding2D()(layers.Conv2D(2, 3, use_bias=False, name="one")(y))
        y = layers.Conv2D(1, 10, use_bias=False, name="two")(y)
        return layers.Flatten()(y)

    explainer = Explainer(wide(body))
    for rule in ("flat", "w_square"):
        found = lrp(explainer, rule=rule)
        assert found.residual == pytest.approx(0, abs=1e-6)
    kinds = explainer.report()["kind"]
    assert kinds["one"] == "linear, first" and kinds["two"] == "linear"


def test_bounds_are_carried_through_scaling():
    def plain(x):
        return layers.Dense(1, use_bias=False)(layers.Flatten()(x))

    scaled = wide(lambda x: plain(layers.Rescaling(-2.0, 1.0)(x)), (3, 5, 1))
    other = wide(plain, (3, 5, 1))
    kernel = RANDOM.normal(size=(15, 1))
    scaled.layers[-1].set_weights([kernel])
    other.layers[-1].set_weights([kernel])
    found = lrp(Explainer(scaled), A, rules=[("dense", "z_bounded")], rule="flat", low=-3, high=4)
    truth = lrp(Explainer(other), 1 - 2 * A, rule="z_bounded", low=1 - 8, high=1 + 6)
    close(found.values.sum(), truth.values.sum())
    a, c = 1 - 2 * A, kernel.reshape(3, 5, 1)
    part = c * a + 7 * np.maximum(c, 0) - 7 * np.minimum(c, 0)
    close(truth.values, (c * a).sum() * part / part.sum())


def test_a_gate_gets_nothing_and_signals_share():
    def gated(x):
        gate = layers.Reshape((8, 8, 1))(
            layers.Dense(64, activation="sigmoid")(layers.Flatten()(x))
        )
        return layers.Flatten()(layers.Conv2D(1, 8, use_bias=False)(layers.Multiply()([x, gate])))

    explainer = Explainer(wide(gated))
    found = lrp(explainer, rule="z")
    model = explainer.model
    gate = keras.Model(model.input, model.layers[3].output)(X[None]).numpy()[0]
    close(found.values, X * gate * np.asarray(model.layers[-2].kernel)[..., 0])

    def squared(x):
        return layers.Flatten()(layers.Conv2D(1, 8, use_bias=False)(x * x))

    explainer = Explainer(wide(squared))
    kernel = np.asarray(explainer.model.layers[-2].kernel)[..., 0]
    close(lrp(explainer, rule="z").values, X * X * kernel)


@pytest.mark.parametrize("layer", ["layer", "group"])
def test_normalisation_over_cells_holds_its_spread(layer):
    def body(x):
        norm = (
            layers.LayerNormalization(axis=(1, 2, 3))
            if layer == "layer"
            else (layers.GroupNormalization(1, axis=-1))
        )
        return layers.Dense(1, use_bias=False)(layers.Flatten()(norm(x)))

    explainer = Explainer(wide(body, (3, 5, 1)))
    norm, dense = explainer.model.layers[1], explainer.model.layers[-1]
    shape = (3, 5, 1) if layer == "layer" else (1,)
    gamma, beta = (np.asarray(w).reshape(shape) for w in (norm.gamma, norm.beta))
    scale = gamma / np.sqrt(A.var() + norm.epsilon)
    y = (A - A.mean()) * scale + beta
    kernel = np.asarray(dense.kernel).reshape(3, 5, 1)
    s = kernel * scale  # R / y, carried back through the factor
    found = lrp(explainer, A, rule="z")
    close(found.values, A * (s - s.mean()))
    assert found.score == pytest.approx((kernel * y).sum(), rel=1e-6)


def test_an_unknown_layer_takes_the_gradient_and_is_named():
    def body(x):
        y = layers.ConvLSTM1D(2, 3, name="memory")(layers.Reshape((4, 8, 2))(x))
        return layers.Dense(2)(layers.Flatten()(y))

    explainer = Explainer(wide(body))
    assert explainer.report()["lrp"]["memory"] == "gradient: no rule knows it"
    found = lrp(explainer, rule="z")
    first, second = found.notes
    assert first == "memory takes the gradient, as no rule knows what it does to relevance."
    share = round(100 * abs(found.residual / found.score))
    assert second.startswith(f"The residual is {share} % of the score")
    assert second.endswith("conservation() tells which layers took it.")
    table = found.conservation()
    lost = table.loc["memory"]
    assert lost["rest"] == pytest.approx(lost["arrives"] - lost["passed"])
    assert abs(lost["rest"]) > 1e-6
    total = found.score - table[["bias", "stabiliser", "rest"]].to_numpy().sum()
    assert found.values.sum() == pytest.approx(total, abs=1e-6)


# ------------------------------------------------------------------ conservation


def assert_accounts(architecture):
    """The total is the logit less what biases, stabilisers and unknown nodes took by the table."""
    explainer = eager(architecture.model)
    found = lrp(explainer, architecture.x[0], epsilon=0.01)
    table = found.conservation()
    report = explainer.report()
    unknown = report.index[report["lrp"] == "gradient: no rule knows it"]
    losses = table[["bias", "stabiliser"]].to_numpy().sum()
    losses += table.loc[table.index.isin(unknown), "rest"].sum()
    known = table.loc[~table.index.isin(unknown)]
    size = max(1e-6, np.abs(table[["arrives", "bias", "stabiliser"]].to_numpy()).max())
    np.testing.assert_allclose(known["rest"], 0, atol=1e-8 * size)
    assert found.residual == pytest.approx(-losses, abs=1e-7 * size)
    assert np.isfinite(found.values).all()
    told = [note for note in found.notes if "no rule knows" in note]
    assert (told != []) == (len(unknown) > 0)
    total = np.sum(found.values, dtype=np.float64)
    large = max(0.05 * abs(total - found.residual), 1e-5 * np.abs(found.values).sum())
    missed = [note for note in found.notes if "The residual is" in note]
    assert (missed != []) == (abs(found.residual) > large)
    assert len(found.notes) == len(told) + len(missed)


@pytest.mark.parametrize("name", ALL)
def test_the_total_is_accounted_for_with_each_step(name):
    assert_accounts(alone(name))


@pytest.mark.slow
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(architecture=architectures())
def test_the_total_is_accounted_for_in_any_architecture(architecture):
    assert_accounts(architecture)


def test_conservation_tells_of_each_layer_what_it_took():
    explainer = Explainer(wide(lambda x: top(conv(x))))
    found = lrp(explainer, epsilon=0.25)
    table = found.conservation()
    dense, convolution = table.iloc[0], table.iloc[1]
    assert list(table["layer"]) == ["Dense", "Conv2D"]
    weight = np.asarray(explainer.model.layers[-1].bias)[0]
    z = found.score
    s = z / (z + np.sign(z) * 0.25)
    assert dense["arrives"] == pytest.approx(z)
    assert dense["bias"] == pytest.approx(s * weight)
    assert dense["stabiliser"] == pytest.approx(z - s * z)
    assert dense["passed"] == pytest.approx(z - dense["bias"] - dense["stabiliser"])
    assert convolution["arrives"] == pytest.approx(dense["passed"])
    assert convolution["passed"] == pytest.approx(float(found.values.sum()), rel=1e-5)
    assert np.allclose(table["rest"], 0, atol=1e-9)
    with pytest.raises(ValueError, match="gradient has no conservation per layer"):
        explainer.explain(X, "gradient").conservation()


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(
    parameters=st.sampled_from(EVERY),
    value=st.sampled_from([0.0, 1.0, -3.0, 1e6, -1e12, 1e-20]),
    body=st.sampled_from(BODIES),
)
def test_constant_zero_and_huge_inputs_give_numbers(parameters, value, body):
    if body not in EXPLAINERS:
        EXPLAINERS[body] = eager(build(body))
    explainer, x = EXPLAINERS[body], np.full((8, 8, 1), value, "float32")
    assume(np.isfinite(explainer.model(x[None])).all())
    found = lrp(explainer, x, low=-1e15, high=1e15, **parameters)
    assert np.isfinite(found.values).all()


EXPLAINERS: dict = {}


# ------------------------------------------------------------------ choices


def named(x):
    y = layers.Conv2D(2, 3, activation="relu", name="early")(x)
    y = layers.Conv2D(2, 3, activation="relu", name="late")(y)
    return layers.Dense(3, name="out")(layers.Flatten()(y))


def test_the_composite_is_the_default_until_a_rule_is_named():
    explainer = Explainer(build(named))
    composed = ["z_plus", "z_plus", "epsilon"]
    told = [
        ({}, "epsilon_plus", composed),
        ({"epsilon": 0.1}, "epsilon_plus", composed),
        ({"rule": "gamma", "composite": "epsilon_plus"}, "epsilon_plus", composed),
        ({"rule": "epsilon"}, None, ["epsilon"] * 3),
        ({"composite": None}, None, ["epsilon"] * 3),
        ({"rules": [("late", "flat")]}, None, ["epsilon", "flat", "epsilon"]),
    ]
    x = np.random.default_rng(0).normal(size=explainer.shape[:2])
    for parameters, composite, kinds in told:
        assert explainer.explain(x, "lrp", **parameters).parameters["composite"] == composite
        assert list(explainer.report(**parameters).loc[["early", "late", "out"], "lrp"]) == kinds
    default = explainer.explain(x, "lrp")
    asked = explainer.explain(x, "lrp", composite="epsilon_plus")
    np.testing.assert_array_equal(default.map, asked.map)


def test_the_first_entry_that_fits_a_layer_wins():
    explainer = Explainer(build(named))
    rules = [("late", "w_square"), ("conv", "z_plus"), (lambda node: node.name == "out", "gamma")]
    report = explainer.report(rules=rules)
    assert list(report.loc[["early", "late", "out"], "lrp"]) == [
        "z_plus, no bias",
        "w_square, no bias",
        "gamma",
    ]
    report = explainer.report(composite="epsilon_plus_flat", rules=[("late", "flat")])
    assert list(report.loc[["early", "late", "out"], "lrp"]) == ["flat", "flat", "epsilon"]
    report = explainer.report(composite="epsilon_plus_flat", input_rule="w_square", bias=False)
    texts = list(report.loc[["early", "late", "out"], "lrp"])
    assert texts == ["w_square, no bias", "z_plus, no bias", "epsilon, no bias"]


@pytest.mark.parametrize(
    "parameters, given, expected, remedy",
    [
        ({"rule": "epsilom"}, "'epsilom'", "'z_plus'", "rule is how"),
        ({"composite": "plus"}, "'plus'", "'epsilon_plus'", "composite is rules"),
        ({"epsilon": -1}, "epsilon=-1", "equal to 0", "epsilon is what"),
        ({"rules": "conv"}, "rules='conv'", "list of pairs", "rules is pairs"),
        ({"rules": ["conv"]}, "'conv'", "no pair", "rules is pairs"),
        ({"rules": [("conv", "flatt")]}, "'flatt'", "did you mean 'flat'", "rules is pairs"),
        ({"rules": [("conv", {"rul": "flat"})]}, "'rul'", "is no rule", "rules is pairs"),
        ({"rules": [("erly", "flat")]}, "'erly'", "no layer", "did you mean 'early'?"),
        ({"rule": "z_bounded", "low": 2, "high": 1}, "low is 2", "must have room", "give low="),
        ({"rule": "z_bounded", "low": np.ones((3, 3))}, "(3, 3)", "(8, 8, 1)", "one per cell"),
    ],
)
def test_impossible_parameters(parameters, given, expected, remedy):
    with refuses(ValueError, given, expected, remedy):
        lrp(Explainer(build(named)), **parameters)


def test_alpha_and_beta_that_do_not_conserve_are_told():
    explainer = Explainer(build(named))
    notes = lrp(explainer, rule="alpha_beta", alpha=2, beta=0.5).notes
    said = "alpha - beta is 1.5, not 1, so that relevance is not conserved."
    assert notes[0] == said and "The residual is" in notes[1] and len(notes) == 2
    assert not [note for note in lrp(explainer, rule="alpha_beta").notes if "alpha" in note]


def test_new_numbers_and_new_weights_need_no_new_trace():
    model = build(named)
    explainer = Explainer(model)
    first = lrp(explainer, epsilon=0.1).values
    count = explainer._network.traces
    assert np.abs(lrp(explainer, epsilon=0.2).values - first).max() > 0
    randomised(model, 3)
    again = lrp(explainer, epsilon=0.1)
    assert explainer._network.traces == count
    close(again.values, lrp(Explainer(model), epsilon=0.1).values)


def test_within_keeps_a_part_of_the_full_map():
    explainer = Explainer(build(named))
    whole, part = lrp(explainer), lrp(explainer, within=Region.rows(2, 4))
    np.testing.assert_array_equal(part.map[2:4], whole.map[2:4])
    assert np.isnan(part.map[:2]).all() and part.residual == whole.residual


def test_a_half_precision_model_is_explained_in_float32():
    def body(x):
        y = layers.Conv2D(3, 3, activation="relu", dtype="mixed_float16")(x)
        return layers.Dense(3, dtype="float32")(layers.GlobalAveragePooling2D()(ops.relu(y)))

    model = build(body)
    wide_model = build(
        lambda x: layers.Dense(3)(layers.GlobalAveragePooling2D()(conv(x, 3, padding="valid")))
    )
    wide_model.set_weights(model.get_weights())
    close(lrp(Explainer(model)).values, lrp(Explainer(wide_model)).values, 1e-4)


# ------------------------------------------------------------------ batches


def test_a_batch_is_as_one_by_one():
    explainer = Explainer(wide(lambda x: top(conv(conv(x)))), batch_size=3)
    matrices = RANDOM.normal(size=(7, 8, 8, 1))
    for method, parameters in (
        ("lrp", {"composite": "epsilon_gamma_box", "low": -5, "high": 5}),
        ("lrp", {"rule": "z_bounded"}),
        ("deep_taylor", {}),
        ("gradient", {}),
        ("integrated_gradients", {"steps": 3}),
    ):
        together = explainer.explain_batch(matrices, method, **parameters)
        for x, each in zip(matrices, together, strict=True):
            alone = explainer.explain(x, method, **parameters)
            assert each.target == alone.target and each.score == pytest.approx(alone.score)
            close(each.values, alone.values, 1e-6)
            assert each.residual == pytest.approx(alone.residual, abs=1e-9)


def test_targets_of_a_batch():
    explainer = Explainer(build(named))
    matrices = RANDOM.normal(size=(3, 8, 8, 1))
    shared = explainer.explain_batch(matrices, "lrp", 2)
    assert [each.target.index for each in shared] == [2, 2, 2]
    own = explainer.explain_batch(
        matrices, "lrp", [2, 0, Margin(0, 1)], progress=(seen := []).append
    )
    close(own[0].values, shared[0].values, 1e-6)
    close(own[2].values, lrp(explainer, matrices[2], Margin(0, 1)).values, 1e-5)
    assert (seen[-1].done, seen[-1].total) == (3, 3)
    with refuses(ValueError, "targets holds 2", "3 matrices", "one for each"):
        explainer.explain_batch(matrices, "lrp", [1, 2])
    assert explainer.explain_batch(matrices[:1], "lrp", [1])[0].target.index == 1
