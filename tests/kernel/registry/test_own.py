"""A method of the user's own: found by itself and by name, checked, shown in a form."""

import threading

import numpy as np
import pydantic
import pytest

from heatbrush_core import (
    Cancelled,
    Explainer,
    Method,
    find_runs,
    randomisation,
    register,
    stability,
)
from heatbrush_core.methods import REGISTRY
from heatbrush_core.registry.parameters import forget
from heatbrush_core.targets import Class

RNG = np.random.default_rng(0)
WEIGHTS = RNG.standard_normal((6, 8, 2, 3))


class Width(pydantic.BaseModel):
    """What the method `wide` takes."""

    width: int = pydantic.Field(3, ge=1, description="columns that count")


def linear(X):
    return np.einsum("nhwc,hwck->nk", X, WEIGHTS)


def products(explainer, x, target):
    """What is each cell's part of the score?

    More than this is not asked.
    """
    return WEIGHTS[..., target.index] * x


def wide(explainer, x, target, width):
    """(H, W): the parts of the first columns."""
    cells = (WEIGHTS[..., target.index] * x).sum(axis=2)
    cells[:, width:] = 0
    return cells


@pytest.fixture(autouse=True)
def registry():
    before = dict(REGISTRY)
    yield REGISTRY
    for name in set(REGISTRY) - set(before):
        del REGISTRY[name]
    forget()


@pytest.fixture
def explainer():
    return Explainer(linear, baseline=0)


@pytest.fixture
def x():
    return RNG.standard_normal((6, 8, 2))


def test_a_linear_models_parts_sum_to_its_score(explainer, x):
    made = explainer.explain(x, Method("products", products), target=2)
    assert made.method == "products" and made.parameters == {} and made.target == Class(2)
    np.testing.assert_allclose(made.values, WEIGHTS[..., 2] * x, rtol=1e-6)
    assert made.score == pytest.approx(linear(x[None])[0, 2])
    assert made.map.sum() == pytest.approx(made.score, rel=1e-5)


def test_a_cell_without_channels_shares_its_value_between_them(explainer, x):
    made = explainer.explain(x, Method("wide", wide, parameters=Width), target=0, width=2)
    expected = wide(None, x, Class(0), 2)
    np.testing.assert_allclose(made.map, expected, rtol=1e-6)
    np.testing.assert_allclose(made.values, np.repeat(expected[..., None] / 2, 2, 2), rtol=1e-6)
    assert made.parameters == {"width": 2}


def test_what_is_passed_is_known_by_its_name_and_the_newest_counts(explainer, x):
    first = Method("mine", lambda e, x, t: np.ones(x.shape[:2]))
    assert explainer.explain(x, first).map.sum() == 48
    assert explainer.explain(x, "mine").map.sum() == 48
    newer = register(Method("mine", lambda e, x, t: np.zeros(x.shape[:2])))
    assert explainer.explain(x, "mine").map.sum() == 0
    assert newer is REGISTRY["mine"]
    assert explainer.explain(x, first).map.sum() == 48


def test_it_is_taken_wherever_a_method_is(explainer, x):
    method = Method("wide", wide, parameters=Width)
    X = np.stack([x, -x])
    pair, table = (method, {"width": 4}), {"name": method, "width": 4}
    for asked in (pair, table, ("wide", {"width": 4})):
        maps = [each.map for each in explainer.explain_batch(X, asked, targets=1)]
        np.testing.assert_allclose(maps[1], -maps[0], rtol=1e-6)
        assert np.count_nonzero(maps[0]) == 24
    assert stability(explainer, x, method, samples=2, target=0).spearman > 0.5
    assert isinstance(find_runs(explainer, x, methods=[pair, "occlusion"]).attrs["why"], str)


def test_it_stands_in_tables_and_forms(explainer):
    register(Method("wide", wide, "How wide?", Width))
    row = explainer.methods().loc["wide"]
    assert (row["family"], row["question"], row["parameters"]) == ("your own", "How wide?", "width")
    assert row["runs here"] == "yes" and "Your own" in explainer.methods()._repr_html_()
    (field,) = explainer.fields("wide")
    assert (field["kind"], field["default"], field["minimum"]) == ("integer", 3, 1)
    assert field["help"] == "columns that count"
    assert REGISTRY["wide"].summary({"width": 5}) == "width 5"
    assert REGISTRY["wide"].summary({"width": 3}) == ""
    over = {field["name"]: field for field in explainer.fields("smoothgrad")}["over"]
    assert "wide" in over["choices"]


def test_the_question_is_the_functions_own_where_none_is_given():
    assert Method("products", products).question == "What is each cell's part of the score?"
    assert Method("plain", lambda e, x, t: x).question == ""


def test_the_function_may_write_into_its_matrix(explainer, x):
    kept = x.copy()

    def greedy(explainer, x, target):
        x[:] = 0
        return x

    explainer.explain(x, Method("greedy", greedy))
    np.testing.assert_array_equal(x, kept)


def test_it_is_asked_of_the_copy_whose_weights_are_random(x):
    import keras

    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.Input((6, 8, 2)), keras.layers.Flatten(), keras.layers.Dense(3, name="last")]
    )
    explainer, asked = Explainer(model, baseline=0), []

    def slope(explainer, x, target):
        asked.append(explainer)
        return explainer.explain(x, "gradient", target).values

    table = randomisation(explainer, x, Method("slope", slope), measures=["spearman"])
    assert asked[0] is explainer and asked[-1] is not explainer
    assert abs(table["spearman"].iloc[-1]) < 0.9


@pytest.mark.parametrize(
    ("returned", "sentence"),
    [
        (np.zeros((3, 3)), r"The map of mine has shape \(3, 3\), but the matrix is \(6, 8, 2\)"),
        (np.zeros(6), r"shape \(6,\), but \(rows, columns\)"),
        ("map", "holds <U3 where numbers are expected"),
        ([[1.0], [1.0, 2.0]], "rows of different lengths"),
        (np.full((6, 8), np.inf), "infinite numbers"),
    ],
)
def test_what_is_no_map_is_refused(explainer, x, returned, sentence):
    with pytest.raises((TypeError, ValueError), match=sentence):
        explainer.explain(x, Method("mine", lambda e, x, t: returned))


def test_unknown_cells_stay_unknown(explainer, x):
    cells = np.ones((6, 8))
    cells[2] = np.nan
    made = explainer.explain(x, Method("mine", lambda e, x, t: cells, profile="mean"))
    assert np.isnan(made.rows[2]) and made.rows[0] == 1 and made.columns[0] == 1


def test_a_function_without_parameters_takes_none(explainer, x):
    with pytest.raises(ValueError, match="mine has no parameter 'width', as it takes none"):
        explainer.explain(x, Method("mine", products), width=2)


def test_limits_are_kept_and_unknown_names_refused(explainer, x):
    method = Method("wide", wide, parameters=Width)
    with pytest.raises(ValueError, match="wide has width=0, but it should be greater"):
        explainer.explain(x, method, width=0)
    with pytest.raises(ValueError, match="no parameter 'widht' among width; did you mean 'width'"):
        explainer.explain(x, method, widht=1)


def test_the_score_is_the_functions_own_business(x):
    explainer = Explainer(lambda X: linear(X), scores="logits", baseline=0)
    with pytest.raises(ValueError, match="score='probability' means nothing to it"):
        explainer.explain(x, Method("mine", products), score="probability")


def test_a_name_that_is_taken_is_refused(explainer, x):
    with pytest.raises(ValueError, match="There is a method 'lrp' already"):
        explainer.explain(x, Method("lrp", products))
    one, other = Method("mine", products), Method("mine", products)
    with pytest.raises(ValueError, match="Two different methods are called 'mine'"):
        find_runs(explainer, x, methods=[one, (other, {})])


class Target(pydantic.BaseModel):
    """Parameters with a name that is taken."""

    target: int = 0


class Called(pydantic.BaseModel):
    """Parameters that no form can show."""

    model_config = {"arbitrary_types_allowed": True}
    what: np.ndarray | None = None


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Method("", products), "name is text"),
        (lambda: Method("mine", 3), "The function of mine is 3"),
        (lambda: Method("mine", products, profile="max"), "'sum' or 'mean'"),
        (lambda: Method("mine", products, parameters={"a": 1}), "subclass of pydantic.BaseModel"),
        (lambda: Method("mine", products, parameters=Target), "have 'target', which every"),
        (lambda: Method("mine", products, parameters=Called), "make no form"),
        (lambda: register("mine"), "register takes a Method"),
    ],
)
def test_what_makes_no_method_is_refused(make, sentence):
    with pytest.raises((TypeError, ValueError), match=sentence):
        make()


def test_what_the_function_asks_is_seen_and_stopped_from_outside(x):
    explainer = Explainer(linear, baseline=0, batch_size=4)
    told, stop = [], threading.Event()

    def slow(explainer, x, target):
        return explainer.explain(x, "occlusion", target, patch=1, stride=1).map

    def listen(progress):
        told.append(progress)
        stop.set()

    explainer.explain(x, Method("slow", slow), progress=told.append)
    assert told and all(each.done <= each.total for each in told)
    with pytest.raises(Cancelled):
        explainer.explain(x, "slow", progress=listen, cancel=stop)
    quiet = len(told)
    explainer.explain(x, "slow")
    assert len(told) == quiet
