"""Inputs beside the matrix: constants for every walk and method, and what they are worth."""

import pickle

import keras
import numpy as np
import pytest
from keras import layers
from sentences import refuses

from heatbrush_core import Explainer, Region, deletion, find_runs, reliance, targets

AGE, KIND = 0.7, 2
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(3, 8, 10))
AGES = np.array([0.2, -1.0, 1.5])
HALF = Region.rows(0, 4)


def of_matrix(a):
    h = layers.Conv2D(3, 3, activation="relu", padding="same", name="first")(a)
    h = layers.MaxPooling2D()(h)
    return layers.Conv2D(4, 3, activation="relu", name="last")(h)


def two_inputs():
    """Join a matrix with a number and a category, as summands, factors and neighbours."""
    keras.utils.set_random_seed(3)
    before = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    a = keras.Input((8, 10, 1), name="matrix")
    age = keras.Input((1,), name="age")
    kind = keras.Input((), dtype="int32", name="kind")
    beside = layers.Dense(4, activation="relu", bias_initializer="ones", name="beside")(age)
    looked_up = layers.Embedding(4, 4, embeddings_initializer="normal", name="looked up")(kind)
    h = layers.Multiply()([of_matrix(a), layers.Reshape((1, 1, 4))(beside)])
    h = layers.Concatenate()([layers.GlobalAveragePooling2D()(h), beside, looked_up])
    model = keras.Model(
        [a, age, kind],
        layers.Dense(3, bias_initializer=keras.initializers.Constant(2))(h),
        name="two",
    )
    keras.config.set_floatx(before[0])
    keras.config.set_dtype_policy(before[1])
    return model


class Constant(layers.Layer):
    """Gives the same for each matrix of a batch: a second input, folded in by hand."""

    def __init__(self, value, dtype):
        super().__init__(dtype=dtype, autocast=False)
        self.value, self.type = value, dtype

    def call(self, x):
        ones = keras.ops.ones_like(keras.ops.reshape(x, (-1, 80))[:, :1])
        made = keras.ops.cast(ones * self.value, self.type)
        return made if self.type == "float64" else made[:, 0]


def folded(model):
    a = keras.Input((8, 10, 1), dtype="float64")
    held = [Constant(AGE, "float64")(a), Constant(KIND, "int32")(a)]
    return keras.Model(a, model([a, *held]))


class Named(keras.Model):
    """A subclassed model that is called with a dict."""

    def __init__(self):
        super().__init__(dtype="float64")
        self.convolution = layers.Conv2D(3, 3, activation="relu", dtype="float64")
        self.pool = layers.GlobalAveragePooling2D(dtype="float64")
        self.dense = layers.Dense(2, dtype="float64")

    def call(self, inputs, training=False):
        found = self.pool(self.convolution(inputs["matrix"]))
        return self.dense(keras.ops.concatenate([found, inputs["age"]], -1))


@pytest.fixture(scope="module")
def model():
    return two_inputs()


@pytest.fixture(scope="module")
def explainer(model):
    return Explainer(model, given={"age": AGE, "kind": KIND}, baseline=0.0, time="columns")


@pytest.fixture(scope="module")
def by_hand(model):
    return Explainer(folded(model), baseline=0.0, time="columns")


def said(model, x, age, kind=KIND):
    return model([x[None, ..., None], np.array([[age]]), np.array([kind])]).numpy()[0]


# ------------------------------------------------------------------ what the model says


def test_the_model_itself_says_the_same(model, explainer):
    assert np.allclose(explainer.predict(X[0]).scores, said(model, X[0], AGE), atol=1e-12)
    other = explainer.predict(X[0], given={"age": -2.0})
    assert np.allclose(other.scores, said(model, X[0], -2.0), atol=1e-12)
    # what another question held is gone
    assert np.allclose(explainer.predict(X[0]).scores, said(model, X[0], AGE), atol=1e-12)


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("input_x_gradient", {}),
        ("guided_backprop", {}),
        ("lrp", {}),
        ("lrp", {"rule": "alpha_beta"}),
        ("deep_taylor", {}),
        ("deeplift", {}),
        ("grad_cam", {"layer": "last"}),
        ("integrated_gradients", {"steps": 4}),
        ("occlusion", {"patch": (2, 3)}),
        ("rise", {"samples": 20}),
        ("shapley", {"samples": 4}),
    ],
)
def test_it_is_the_same_as_a_constant_in_the_model(explainer, by_hand, method, parameters):
    with_held = explainer.explain(X[0], method, 1, **parameters)
    without = by_hand.explain(X[0], method, 1, **parameters)
    assert np.abs(without.map).max() > 0
    assert np.allclose(with_held.values, without.values, rtol=1e-6, atol=1e-9)
    assert with_held.score == pytest.approx(without.score, abs=1e-9)


def test_windows_leave_what_is_held_as_it_is(explainer, model):
    map = explainer.explain(X[0], "occlusion", 1, patch=(4, 5), stride=(4, 5)).map
    for i, j in np.ndindex(2, 2):
        hidden = X[0].copy()
        hidden[4 * i : 4 * i + 4, 5 * j : 5 * j + 5] = 0
        lost = said(model, X[0], AGE)[1] - said(model, hidden, AGE)[1]
        assert map[4 * i, 5 * j] == pytest.approx(lost, abs=1e-6)
    occlusion = explainer.report()["occlusion"]
    assert occlusion["beside"].startswith("unchanged")
    assert occlusion["first"].startswith("window 3 × 3")


def test_relevance_goes_to_the_map_and_to_what_is_held(explainer):
    found = explainer.explain(X[0], "lrp", 1, rule="epsilon", epsilon=1e-9, bias=False)
    table = found.conservation()
    held = table.loc[["age", "looked up"], "passed"]
    taken = table[["bias", "stabiliser", "rest"]].to_numpy().sum()
    assert (held != 0).all()
    assert found.map.sum() + held.sum() + taken == pytest.approx(found.score, abs=1e-5)
    assert found.residual == pytest.approx(-taken, abs=1e-5)
    (note,) = [each for each in found.notes if "Of the relevance" in each]
    assert f"{held['age']:.3g} to 'age'" in note
    assert f"{held['looked up']:.3g} to 'kind'" in note


def test_each_sample_has_its_own(explainer, model):
    given = {"age": AGES}
    for method in ("lrp", "occlusion"):
        every = explainer.explain_batch(X, method, given=given)
        for x, age, one in zip(X, AGES, every, strict=True):
            alone = explainer.explain(x, method, given={"age": age})
            assert one.target == alone.target
            assert np.allclose(one.values, alone.values, atol=1e-7)
            assert one.score == pytest.approx(said(model, x, age).max(), abs=1e-9)
    classes = reliance(explainer, X, HALF, given=given)["class"].tolist()
    assert classes == [f"class {said(model, x, a).argmax()}" for x, a in zip(X, AGES, strict=True)]


def test_what_if_curves_runs_and_targets_hold_it_too(explainer, model):
    given = {"age": 1.2}
    hidden = X[0].copy()
    hidden[:4] = 0
    without, _ = explainer.whatif(X[0], HALF, given=given)
    assert np.allclose(without.scores, said(model, hidden, 1.2), atol=1e-9)
    ((each, _),) = explainer.whatif_each(X[0], [HALF], given=given)
    assert np.allclose(each.scores, without.scores, atol=1e-9)
    margin = targets.Margin(0, 1)
    first, second, _ = said(model, X[0], 1.2)
    asked = explainer.scores(X[0], [0, margin], score="logit", given=given)
    assert np.allclose(asked, [first, first - second], atol=1e-9)
    map = explainer.explain(X[0], "gradient", 0, given=given)
    curve = deletion(explainer, X[0], map, steps=2, score="logit", orders=0, given=given)
    assert curve.scores[0] == pytest.approx(first, abs=1e-6)
    held = explainer.holding(given)
    runs = find_runs(held, X[0], methods="gradient", controls=19, seed=0)
    again = find_runs(explainer, X[0], methods="gradient", controls=19, seed=0, given=given)
    assert runs.equals(again)


# ------------------------------------------------------------------ what it is worth


def test_given_scores_are_what_is_lost_without(explainer, model):
    table = explainer.given_scores(X[0], 1).set_index("input")
    whole, step = said(model, X[0], AGE)[1], 1e-5
    slope = (said(model, X[0], AGE + step)[1] - said(model, X[0], AGE - step)[1]) / (2 * step)
    assert table.loc["age", "loss"] == pytest.approx(whole - said(model, X[0], 0.0)[1], abs=1e-9)
    assert table.loc["kind", "loss"] == pytest.approx(whole - said(model, X[0], AGE, 0)[1])
    assert table.loc["age", "gradient"] == pytest.approx(slope, rel=1e-5)
    assert table.loc["age", "gradient_x_value"] == pytest.approx(AGE * slope, rel=1e-5)
    assert np.isnan(table.loc["kind", "gradient"])
    assert "'kind' takes whole numbers" in " ".join(explainer.given_scores(X[0], 1).attrs["notes"])


def test_its_baseline_is_the_backgrounds(model):
    background = {"matrix": X, "age": [1.0, 2.0, 6.0], "kind": [3, 3, 1]}
    held = {"age": AGE, "kind": KIND}
    explainer = Explainer(model, given=held, background=background, baseline=0.0)
    table = explainer.given_scores(X[0], 1).set_index("input")
    assert table["baseline"].tolist() == [3.0, 3.0]
    lost = said(model, X[0], AGE)[1] - said(model, X[0], 3.0)[1]
    assert table.loc["age", "loss"] == pytest.approx(lost, abs=1e-9)
    assert len(explainer.background) == 3


def test_a_function_of_a_dict_shows_each_number(explainer):
    def function(given):
        sums = given["matrix"].sum((1, 2, 3))
        return np.stack([sums * given["age"][:, 0], given["age"][:, 1]], -1)

    asked = Explainer(function, input="matrix", given={"age": [2.0, 5.0]}, baseline=0.0)
    table = asked.given_scores(X[0], 0)
    assert table["element"].tolist() == ["", "0", "1"]
    assert np.allclose(table["loss"], [2 * X[0].sum(), 2 * X[0].sum(), 0])
    assert table["gradient"].isna().all()
    listed = Explainer(lambda given: given[0].sum((1, 2)) + given[1], input=0, given={1: [3.0]})
    assert listed.predict(X[0]).scores == pytest.approx([X[0].sum() + 3])


def test_a_subclassed_model_is_called_with_a_dict():
    keras.utils.set_random_seed(1)
    model = Named()
    explainer = Explainer(model, input="matrix", given={"age": [AGE]}, scores="logits")
    x = X[0][..., None]
    truth = model({"matrix": x[None], "age": np.array([[AGE]])}).numpy()[0]
    assert np.allclose(explainer.predict(x).scores, truth, atol=1e-9)
    map = explainer.explain(x, "input_x_gradient", 0)
    age = explainer.given_scores(x, 0).iloc[0]
    weight = model.dense.kernel.numpy()[3, 0]
    assert age["gradient"] == pytest.approx(weight)
    assert age["loss"] == pytest.approx(AGE * weight)
    bias = float(model.dense.bias.numpy()[0])  # the convolution's is 0, so that nothing else is
    assert map.map.sum() + age["loss"] + bias == pytest.approx(truth[0], abs=1e-5)


def test_it_travels_and_no_question_leaves_it(explainer):
    other = pickle.loads(pickle.dumps(explainer.holding({"age": 9.0})))
    assert other.given["age"] == [9.0]
    assert np.allclose(
        other.predict(X[0]).scores, explainer.predict(X[0], given={"age": 9.0}).scores
    )


# ------------------------------------------------------------------ what is refused, or said


def test_the_only_matrix_is_taken_and_said(explainer, model):
    (note,) = [each for each in explainer.explain(X[0], "gradient").notes if "inputs" in each]
    assert note.startswith("Of the inputs 'matrix', 'age', 'kind', 'matrix' is taken")
    a, b = keras.Input((4, 4, 1), name="a"), keras.Input((4, 4, 1), name="b")
    pair = keras.Model([a, b], layers.Flatten()(layers.Add()([a, b])), name="pair")
    with refuses(
        ValueError, "'a' (4, 4, 1), 'b' (4, 4, 1)", "several of which may be", "input='a'"
    ):
        Explainer(pair)
    with refuses(
        ValueError, "input is 'matrx'", "takes 'matrix' (8, 10, 1)", "did you mean 'matrix'?"
    ):
        Explainer(model, input="matrx")


def test_what_is_missing_or_does_not_fit_is_refused(explainer, model):
    with refuses(ValueError, "no 'age' (1,), 'kind' ()", "beside 'matrix'", "give given={'age'"):
        Explainer(model).predict(X[0])
    with refuses(ValueError, "names 'aeg'", "takes 'age', 'kind'", "did you mean 'age'?"):
        explainer.predict(X[0], given={"aeg": 1})
    with refuses(ValueError, "given['age'] has the shape (2,)", "takes (1,)", "of that shape"):
        explainer.predict(X[0], given={"age": [1, 2]})
    with refuses(ValueError, "given['kind'] holds 1.5", "whole numbers", "the category"):
        explainer.predict(X[0], given={"kind": 1.5})
    with refuses(ValueError, "given['age'] holds 1 number", "finite ones", "training data"):
        explainer.predict(X[0], given={"age": np.nan})
    with refuses(TypeError, "given['age'] is 'old'", "numbers are expected", "give a number"):
        explainer.predict(X[0], given={"age": "old"})
    with refuses(ValueError, "holds 2 values", "there are 3 matrices", "one value for each"):
        explainer.explain_batch(X, "gradient", given={"age": [1, 2]})
    with refuses(
        ValueError, "given names 'matrix'", "the matrix that is asked about", "give it as x"
    ):
        explainer.predict(X[0], given={"matrix": X[0]})
    with refuses(ValueError, "given names 'age'", "takes a matrix alone", "leave given= out"):
        Explainer(lambda X: X.sum((1, 2)), given={"age": 1})
    with refuses(ValueError, "given_scores", "takes a matrix alone", "ask explain"):
        Explainer(lambda X: X.sum((1, 2))).given_scores(X[0])
