"""Models that return maps, steps, or several outputs: what is read, and what walks make of it."""

import pickle

import keras
import numpy as np
import pytest
from keras import layers
from map_models import MAP, SHAPE, answer, headed, map_model
from sentences import refuses

from heatbrush_core import (
    Explainer,
    Region,
    class_profile,
    deletion,
    load,
    randomisation,
    reliance,
)
from heatbrush_core.targets import (
    Area,
    Channel,
    Class,
    Function,
    Location,
    Margin,
    Neuron,
    Output,
    Step,
    Sum,
    from_json,
    to_json,
)

X = np.random.default_rng(5).normal(size=SHAPE[:2])


@pytest.fixture(scope="module")
def model():
    return map_model(2, "sigmoid")


@pytest.fixture(scope="module")
def explainer(model):
    return Explainer(model, baseline=0.0)


def field(row: int, column: int) -> np.ndarray:
    """The cells that c2, the pooling and c1 make one cell of the map of."""
    rows, columns = (slice(max(0, 2 * (i - 1) - 1), 2 * (i + 1) + 3) for i in (row, column))
    inside = np.zeros(SHAPE[:2], bool)
    inside[rows, columns] = True
    return inside


@pytest.mark.parametrize("at", [(0, 0), (3, 5), (7, 11)])
def test_nothing_lies_outside_of_the_receptive_field(explainer, at):
    inside = field(*at)
    for method in ("gradient", "occlusion", "lrp", "guided_backprop"):
        more = {"patch": (1, 1)} if method == "occlusion" else {}
        found = explainer.explain(X, method, Location(*at, 1), **more)
        assert (found.map[~inside] == 0).all()
        assert (found.map[inside] != 0).any()


@pytest.mark.parametrize(
    "target",
    [
        Location(3, 5, 1),
        Location(0, 11),
        Area(Region.rectangle(1, 3, 4, 9)),
        Margin(Location(1, 1), Location(6, 10)),
        Neuron("c1", (2, 9, 1)),
    ],
)
def test_the_delta_walk_through_the_needed_cells_alone(model, target):
    walking, whole = Explainer(model, baseline=0.3), Explainer(model, baseline=0.3)
    whole._network.incremental = False
    for patch, stride in (((1, 1), (1, 1)), ((5, 4), (2, 3)), ((1, None), (1, None))):
        ask = {"patch": patch, "stride": stride, "target": target}
        found, truth = walking.explain(X, "occlusion", **ask), whole.explain(X, "occlusion", **ask)
        size = np.abs(truth.map).max()
        np.testing.assert_allclose(found.map, truth.map, rtol=1e-6, atol=1e-7 * size)
        assert size > 0


def test_a_shift_by_whole_strides_shifts_the_map(explainer):
    moved = np.roll(X, (4, 6), (0, 1))
    for method in ("gradient", "occlusion", "lrp", "integrated_gradients"):
        more = {"patch": (2, 2), "stride": (2, 2)} if method == "occlusion" else {}
        found = explainer.explain(X, method, Location(3, 4), **more).map
        other = explainer.explain(moved, method, Location(5, 7), **more).map
        inside = field(3, 4)
        np.testing.assert_allclose(
            np.roll(found, (4, 6), (0, 1))[np.roll(inside, (4, 6), (0, 1))],
            other[field(5, 7)],
            atol=1e-7,
        )


def test_maps_are_complete(explainer):
    target = Margin(Location(3, 5), Area(Region.rectangle(1, 3, 4, 9), 1))
    for method in ("integrated_gradients", "deeplift", "shapley"):
        found = explainer.explain(X, method, target, **({"seed": 0} if method == "shapley" else {}))
        # the kinks of rectifiers and of the pooling lie between the points of the way
        share = 1e-2 if method == "integrated_gradients" else 1e-6
        assert abs(found.residual) < share * abs(found.score - found.score_at_baseline)


def test_predict_gives_the_map_as_it_is(explainer, model):
    said, truth = explainer.predict(X), answer(model, X)
    assert said.label is None
    assert said.classes == ()
    np.testing.assert_allclose(said.probabilities, truth, atol=1e-12)
    np.testing.assert_allclose(said.scores, np.log(truth / (1 - truth)), atol=1e-9)
    assert "(8, 12, 2)" in repr(said)
    hidden = Region.rectangle(2, 9, 3, 12)
    truth = answer(model, np.where(hidden.mask(X.shape), 0, X))
    np.testing.assert_allclose(explainer.predict(X, without=hidden).shown, truth, atol=1e-12)
    (found,) = explainer.predict_each(X, without=[hidden])
    np.testing.assert_allclose(found.shown, truth, atol=1e-12)


def test_without_a_target_it_is_the_highest_cell(explainer, model):
    at = np.unravel_index(answer(model, X).argmax(), (*MAP, 2))
    found = explainer.explain(X, "occlusion")
    assert found.target == Location(*map(int, at))
    assert found.about == f"row {at[0]}, column {at[1]}" + (", channel 1" if at[2] else "")
    (note,) = [each for each in found.notes if "highest cell" in each]
    assert found.about in note
    assert not [
        each for each in explainer.explain(X, "gradient", found.target).notes if "high" in each
    ]
    several = explainer.explain_batch(np.stack([X, -X, X]), "gradient")
    assert several[0].target == several[2].target == found.target
    other = np.unravel_index(answer(model, -X).argmax(), (*MAP, 2))
    assert several[1].target == Location(*map(int, other))
    np.testing.assert_array_equal(several[0].map, explainer.explain(X, "gradient").map)


def test_names_are_those_of_channels(model):
    explainer = Explainer(model, classes=["sky", "road"], baseline=0.0)
    found = explainer.explain(X, "gradient", Location(3, 5, 1))
    assert found.about == "row 3, column 5, road"
    with refuses(ValueError, "holds 3 names", "2 channels", "give 2 names"):
        Explainer(model, classes=["a", "b", "c"]).predict(X)


def test_maps_of_any_size(model):
    free = map_model(2, "sigmoid", free=True)
    free.set_weights(model.get_weights())
    explainer, fixed = Explainer(free, baseline=0.0), Explainer(model, baseline=0.0)
    target = Location(3, 5, 1)
    for method in ("gradient", "occlusion", "lrp"):
        np.testing.assert_allclose(
            explainer.explain(X, method, target).map,
            fixed.explain(X, method, target).map,
            atol=1e-7,
        )
    wide = np.concatenate([X, X], axis=1)
    assert explainer.predict(wide).shown.shape == (8, 24, 2)
    assert explainer.predict(X).shown.shape == (8, 12, 2)
    truth = answer(free, wide)[3, 20, 0]
    assert explainer.score(wide, Location(3, 20)) == pytest.approx(truth, abs=1e-12)
    with refuses(ValueError, "column 20", "12 columns (0 to 11)", "give one of these"):
        explainer.score(X, Location(3, 20))


class Own(keras.Model):
    """A map by code of its own."""

    def __init__(self, inner):
        super().__init__(dtype="float64")
        self.inner = inner

    def call(self, x):
        return self.inner(x)


def test_models_without_a_graph(model, explainer):
    linear = map_model(2)
    own, plain = Explainer(Own(linear), baseline=0.0), Explainer(linear, baseline=0.0)
    target = Sum([(1, Location(3, 5, 1)), (-2, Area(Region.rectangle(1, 3, 4, 9)))])
    for method in ("gradient", "occlusion", "integrated_gradients"):
        found, truth = (each.explain(X, method, target).map for each in (own, plain))
        np.testing.assert_allclose(found, truth, atol=1e-6 * np.abs(truth).max())
    function = Explainer(lambda batch: np.asarray(linear(batch)), baseline=0.0)
    found = function.explain(X, "occlusion", target).map
    np.testing.assert_allclose(found, truth_of(plain, target), atol=1e-6 * np.abs(found).max())
    assert function.explain(X, "occlusion").target == plain.explain(X, "occlusion").target
    shares = Explainer(
        lambda batch: np.asarray(model(batch)), baseline=0.0, scores="sigmoid_probabilities"
    )
    found = shares.explain(X, "occlusion", Location(3, 5)).map
    truth = explainer.explain(X, "occlusion", Location(3, 5)).map
    np.testing.assert_allclose(found, truth, atol=1e-5 * np.abs(truth).max())
    for unsaid in (Explainer(Own(model)), Explainer(lambda batch: np.asarray(model(batch)))):
        notes = unsaid.explain(X, "occlusion", Location(3, 5), patch=(8, 8)).notes
        assert any("lie between 0 and 1" in each for each in notes)
    assert not any("between 0 and 1" in each for each in own.explain(X, "gradient").notes)
    with refuses(ValueError, "'c1'", "seen in a graph only", "such as Location"):
        own.explain(X, "gradient", Neuron("c1", (0, 0, 0)))


def truth_of(explainer, target):
    return explainer.explain(X, "occlusion", target).map


@pytest.fixture(scope="module")
def several():
    """A map of two channels, three classes, and four steps of a forecast, of one body."""
    start = keras.Input(SHAPE, dtype="float64")
    body = map_model(2)
    y = body(start)
    flat = layers.GlobalAveragePooling2D(dtype="float64")(y)
    kind = layers.Dense(3, activation="softmax", dtype="float64", name="kind")(flat)
    steps = layers.Dense(8, dtype="float64")(flat)
    steps = layers.Reshape((4, 2), dtype="float64", name="steps")(steps)
    named = {"where": layers.Activation("linear", dtype="float64")(y), "kind": kind, "steps": steps}
    return keras.Model(start, named)


def test_several_outputs(several):
    explainer = Explainer(several, baseline=0.0)
    outputs = several(X[None, ..., None])
    truth = {name: np.asarray(each)[0] for name, each in outputs.items()}
    asked = {
        Output("kind", 1): truth["kind"][1],
        Location(3, 5, 1, output="where"): truth["where"][3, 5, 1],
        Step(2, 1, output="steps"): truth["steps"][2, 1],
    }
    for target, number in asked.items():
        assert explainer.score(X, target) == pytest.approx(number, abs=1e-9)
        assert explainer.explain(X, "gradient", target).map.any()
    found = explainer.explain(X, "gradient", Output("kind"))
    assert found.target == Output("kind", int(truth["kind"].argmax()))
    assert "highest cell" in " ".join(explainer.explain(X, "gradient", Output("where")).notes)
    first = Explainer(several, output="kind", baseline=0.0)
    for method in ("gradient", "lrp", "occlusion"):
        np.testing.assert_allclose(
            first.explain(X, method, 1).map,
            explainer.explain(X, method, Output("kind", 1)).map,
            atol=1e-7,
        )
    assert any("is of the first" in each for each in explainer.explain(X, "gradient").notes)
    assert first.score(X, Class(1)) == pytest.approx(truth["kind"][1], abs=1e-9)
    both = Margin(Class(1), Location(3, 5, output="where"))
    logit = first.explain(X, "gradient", 1).score
    assert first.explain(X, "gradient", both).score == pytest.approx(
        logit - truth["where"][3, 5, 0]
    )
    with refuses(ValueError, "'wher'", "the outputs", "did you mean 'where'?"):
        explainer.score(X, Location(0, 0, output="wher"))
    with refuses(ValueError, "output is 7", "3 outputs", "give one of these"):
        explainer.score(X, Location(0, 0, output=7))
    with refuses(ValueError, "Step needs", "(8, 12, 2)", "Location(row, column)"):
        explainer.score(X, Step(1, output="where"))
    with refuses(ValueError, "Location needs", "(3,)", "take a class"):
        explainer.score(X, Location(0, 0, output="kind"))


def test_units_of_layers(explainer, model, several):
    inner = keras.Model(model.inputs, model.get_layer("c2").output)
    cells = answer(inner, X)
    assert explainer.score(X, Neuron("c2", (3, 5, 2))) == pytest.approx(cells[3, 5, 2], abs=1e-12)
    assert explainer.score(X, Channel("c2", 4)) == pytest.approx(cells[..., 4].mean(), abs=1e-12)
    assert explainer.score(X, Channel("c2", 4, "max")) == pytest.approx(cells[..., 4].max())
    head = np.zeros((*MAP, 6))
    head[3, 5, int(cells[3, 5].argmax())] = 1
    target = Neuron("c2", (3, 5, int(cells[3, 5].argmax())))
    hand = Explainer(headed(inner, head), baseline=0.0, scores="values")
    for method in ("gradient", "occlusion"):
        truth = hand.explain(X, method).map
        np.testing.assert_allclose(explainer.explain(X, method, target).map, truth, atol=1e-6)
    nested = Explainer(several, output="kind", baseline=0.0)
    assert nested.explain(X, "lrp", Channel("c2", 1)).map.any()
    with refuses(ValueError, "no layer 'c3'", "c1", "did you mean"):
        explainer.score(X, Neuron("c3", 1))
    with refuses(ValueError, "index 7", "(8, 12, 6)", "3 numbers"):
        explainer.score(X, Neuron("c2", 7))
    with refuses(ValueError, "channel 6", "6 channels (0 to 5)", "give one of these"):
        explainer.score(X, Channel("c2", 6))


def test_many_scores_at_once(explainer, several):
    hidden = Region.rectangle(2, 9, 3, 12)
    asked = [Location(row, 5) for row in range(8)] + [Area(Region.rows(0, 2), 1), None]
    for more in ({}, {"without": hidden}, {"only": hidden, "score": "logit"}):
        found = explainer.scores(X, asked, **more)
        # what is highest is frozen on x, not on what is left of it
        each = [*asked[:-1], explainer.explain(X, "gradient").target]
        truth = [explainer.score(X, target, **more) for target in each]
        np.testing.assert_allclose(found, truth, atol=1e-9)
    first = Explainer(several, output="kind", baseline=0.0)
    mixed = [1, Location(3, 5, output="where"), Output("kind", 2), Step(1, 1, output="steps"), None]
    np.testing.assert_allclose(
        first.scores(X, mixed), [first.score(X, each) for each in mixed], atol=1e-9
    )
    assert explainer.scores(X, []).shape == (0,)
    with refuses(TypeError, "Location(row=1", "a list of targets", "ask score"):
        explainer.scores(X, Location(1, 1))
    with refuses(ValueError, "without= and only=", "one region is expected", "ask twice"):
        explainer.scores(X, [Location(1, 1)], without=hidden, only=hidden)


def channels_first():
    start = keras.Input((2, 6, 9))
    y = layers.Conv2D(3, 3, padding="same", data_format="channels_first", name="c")(start)
    return keras.Model(start, layers.Conv2D(2, 1, data_format="channels_first")(y))


def without_channels():
    start = keras.Input((6, 9))
    y = layers.Conv2D(1, 3, padding="same", name="c")(layers.Reshape((6, 9, 1))(start))
    return keras.Model(start, layers.Reshape((6, 9))(y))


def by_steps():
    start = keras.Input((7, 3))
    y = layers.LSTM(4, return_sequences=True, name="c")(start)
    return keras.Model(start, layers.Dense(2, activation="softmax")(y))


def one_row():
    start = keras.Input((1, 12, 1))
    y = layers.Conv2D(3, (1, 3), padding="same", activation="relu", name="c")(start)
    return keras.Model(start, layers.Conv2D(1, (1, 3), padding="same")(y))


@pytest.mark.parametrize(
    ("make", "shape", "target", "at"),
    [
        (channels_first, (6, 9, 2), Location(2, 5, 1), (1, 2, 5)),
        (without_channels, (6, 9), Location(2, 5), (2, 5)),
        (by_steps, (7, 3), Step(3, 1), (3, 1)),
        (one_row, (1, 12), Location(0, 5), (0, 5, 0)),
    ],
)
def test_models_of_other_layouts(make, shape, target, at):
    keras.utils.set_random_seed(2)
    model, x = make(), np.random.default_rng(2).normal(size=shape).astype("float32")
    inward = x.transpose(2, 0, 1) if make is channels_first else x.reshape(model.input_shape[1:])
    explainer, truth = Explainer(model, baseline=0.0), np.asarray(model(inward[None]))[0]
    assert explainer.score(x, target) == pytest.approx(truth[at], abs=1e-6)
    np.testing.assert_allclose(explainer.predict(x).shown, truth, atol=1e-6)
    assert truth[at] != truth.max()
    # steps with classes are things, the strongest of which would be taken
    highest = explainer.explain(x, "gradient", Output(0) if explainer.decoder else None).target
    assert explainer.score(x, highest) == pytest.approx(truth.max(), abs=1e-6)
    found = explainer.explain(x, "occlusion", target, patch=(1, 1), stride=(1, 1)).map
    slope = explainer.explain(x, "gradient", target).map
    # a recurrent layer is computed as a whole, and rounds as that does
    noise = 1e-6 if make is by_steps else 0
    np.testing.assert_array_equal(np.abs(found) > noise, slope != 0)
    cells = np.asarray(keras.Model(model.inputs, model.get_layer("c").output)(inward[None]))[0]
    mean = (cells if make is channels_first else np.moveaxis(cells, -1, 0))[0].mean()
    assert explainer.score(x, Channel("c", 0)) == pytest.approx(mean, abs=1e-6)


def test_how_the_cells_of_a_map_are_read():
    linear = map_model(2)
    linear.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True))
    assert Explainer(linear).explain(X, "gradient", Location(0, 0)).unit == "logit per unit of x"
    linear.compile(loss="mse")
    assert Explainer(linear).predict(X).kind == "values"
    sigmoid = map_model(1, "sigmoid")
    moved = keras.Model(sigmoid.inputs, layers.Reshape(MAP, dtype="float64")(sigmoid.output))
    explainer = Explainer(moved, baseline=0.0)
    assert explainer.predict(X).kind == "probabilities"
    plain = Explainer(sigmoid, baseline=0.0)
    target = Location(3, 5)
    np.testing.assert_allclose(
        explainer.explain(X, "gradient", target).map,
        plain.explain(X, "gradient", target).map,
        rtol=1e-6,
        atol=1e-9,
    )


def test_class_activation_looks_before_the_map(explainer):
    notes = explainer.explain(X, "grad_cam", Location(3, 5)).notes
    assert any("the layer 'c2'" in each for each in notes)
    notes = explainer.explain(X, "grad_cam", Neuron("c1", (3, 5, 0))).notes
    assert any("the layer 'c1'" in each for each in notes)


def test_a_batch_may_ask_for_other_targets(explainer):
    targets = [Location(3, 5), Neuron("c2", (1, 2, 0)), Location(3, 5)]
    found = explainer.explain_batch(np.stack([X, X, -X]), "gradient", targets)
    assert [each.target for each in found] == targets
    for each, x in zip(found, (X, X, -X), strict=True):
        np.testing.assert_allclose(
            each.map, explainer.explain(x, "gradient", each.target).map, atol=1e-9
        )
    with refuses(ValueError, "targets holds 2", "3 matrices", "one for each"):
        explainer.explain_batch(np.stack([X, X, -X]), "gradient", targets[:2])


def test_what_asks_for_classes_is_refused(explainer):
    both = np.stack([X, -X])
    with refuses(ValueError, "what class the model says", "returns a map", "ask about a target"):
        reliance(explainer, both, Region.rows(0, 3))
    with refuses(ValueError, "names no cell", "returns a map", "targets.Location"):
        class_profile(explainer, both, [0, 1], "gradient")


def test_measures_and_tables_take_any_target(explainer):
    target = Location(3, 5, 1)
    found = explainer.explain(X, "occlusion", target)
    curve = deletion(explainer, X, found)
    start, end = explainer.score(X, target), explainer.score(np.zeros_like(X), target)
    assert curve.scores[0] == pytest.approx(start, abs=1e-6)
    assert curve.scores[-1] == pytest.approx(end, abs=1e-6)
    table = explainer.baselines(X, target)
    assert table.loc["0", "score_hidden"] == pytest.approx(end, abs=1e-9)
    assert table.loc["0", "predicted"] == f"{end:.3g}"
    kept = randomisation(explainer, X, "gradient", target=target)
    assert [*kept.index] == ["map", "c2", "c1"]
    assert explainer.score(X, target) == pytest.approx(start, abs=1e-12)


def test_targets_that_do_not_fit(explainer):
    with refuses(ValueError, "Location(8, 0) has row 8", "8 rows (0 to 7)", "give one of these"):
        explainer.explain(X, "gradient", Location(8, 0))
    with refuses(ValueError, "channel 2", "2 channels (0 to 1)", "give one of these"):
        explainer.explain(X, "gradient", Location(0, 0, 2))
    with refuses(ValueError, "the model's output", "has 8 rows", "cut the region"):
        explainer.explain(X, "gradient", Area(Region.rows(3, 12)))
    with refuses(ValueError, "The target 1 names no cell", "(8, 12, 2)", "Location"):
        explainer.explain(X, "gradient", 1)
    with refuses(ValueError, "row is -1", "at least 0", "give more"):
        Location(-1, 0)
    with refuses(TypeError, "Area takes a Region", "[1]", "Region.rectangle"):
        Area([1])
    with refuses(ValueError, "'median'", "mean, sum, max", "give one"):
        Area(Region.rows(0, 1), reduce="median")
    with refuses(TypeError, "list of (weight, target)", "[]", "Sum(["):
        Sum([])
    with refuses(ValueError, "with itself", "two different targets", "alone as target"):
        Margin(Location(1, 1), Location(1, 1))


TARGETS = [
    Location(3, 5, 1, "where"),
    Area(Region.rectangle(1, 3, 4, 9), reduce="max"),
    Step(2, 1),
    Neuron("c2", (3, 5, 2)),
    Channel("c2", 4, "sum"),
    Output("kind", 2),
    Margin(Class(1), Location(0, 0)),
    Sum([(0.5, 1), (-1.0, Margin(Location(0, 1), Location(1, 0)))]),
]


@pytest.mark.parametrize("target", TARGETS)
def test_targets_travel(target):
    assert from_json(to_json(target)) == target
    assert pickle.loads(pickle.dumps(target)) == target
    assert {target: 1}[from_json(to_json(target))] == 1
    assert target.label(("a", "b", "c")) and target.label(())


def test_explanations_keep_their_target(explainer, tmp_path):
    target = Area(Region.rectangle(1, 3, 4, 9), 1, reduce="max")
    found = explainer.explain(X, "occlusion", target)
    found.save(tmp_path / "one.npz")
    again = load(tmp_path / "one.npz")
    assert again.target == target
    assert again.about == found.about
    assert found.about.startswith("max of ")
    explainer.explain(X, "gradient", lambda y: keras.ops.mean(y, axis=(1, 2, 3))).save(
        tmp_path / "two.npz"
    )
    # a function is given what the model returns, here probabilities, not their logits
    mean = explainer.score(X, lambda y: keras.ops.mean(y, axis=(1, 2, 3)))
    assert mean == pytest.approx(answer(explainer.model, X).mean(), abs=1e-12)
    lost = load(tmp_path / "two.npz").target
    assert lost == Function(None, "<lambda>")
    with refuses(ValueError, "<lambda>", "a file does not keep", "give it again"):
        explainer.explain(X, "gradient", lost)


def test_explainers_travel(explainer):
    target = Location(3, 5)
    other = pickle.loads(pickle.dumps(explainer))
    truth = explainer.explain(X, "gradient", target).map
    np.testing.assert_allclose(other.explain(X, "gradient", target).map, truth, atol=1e-7)
