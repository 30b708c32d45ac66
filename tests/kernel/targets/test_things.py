"""Things as targets: the number that the outputs say, heads made by hand, frozen and followed."""

import pickle

import keras
import numpy as np
import pandas as pd
import pytest
from keras import layers
from map_models import MAP, SHAPE, answer, headed, logits_of, map_model
from sentences import refuses

from heatbrush_core import Explainer, Region, deletion, load
from heatbrush_core.outputs import Grid, Head, Heatmap, Mask, Sequence, follow, heads
from heatbrush_core.targets import (
    Box,
    Count,
    Location,
    Margin,
    Sum,
    Thing,
    from_json,
    to_json,
)

X = np.random.default_rng(5).normal(size=SHAPE[:2])
HIDDEN = Region.rectangle(2, 9, 3, 14)
WITHOUT = np.where(HIDDEN.mask(X.shape), 0, X)
MARKS = Heatmap(threshold=0.3, classes=("eye", "ear"))
GRID = Grid(heads=[Head(boxes=2)], classes=("tone", "chirp"), threshold=0.05, overlap=None)
ENDS = [("head", "z")]


@pytest.fixture(scope="module")
def marks():
    """A heat map of two kinds of landmark, with a sigmoid in the model."""
    return map_model(2, "sigmoid")


@pytest.fixture(scope="module")
def landmarks(marks):
    return Explainer(marks, baseline=0.0, outputs=MARKS)


@pytest.fixture(scope="module")
def grid():
    """Two boxes in each cell of the map, of two classes: 2 x 7 numbers."""
    return map_model(14, seed=4)


@pytest.fixture(scope="module")
def boxes(grid):
    return Explainer(grid, baseline=0.0, outputs=GRID)


def weights(cells, channels):
    found = np.zeros((*MAP, channels))
    for at, weight in cells.items():
        found[at] += weight
    return found


# ---------------------------------------------------------------------- what is found


def test_things_are_what_the_decoder_finds(landmarks, marks):
    assert landmarks.decoder == MARKS
    named = Explainer(marks, baseline=0.0, outputs=MARKS, columns=np.arange(24) / 10)
    for matrix, more in ((X, {}), (WITHOUT, {"without": HIDDEN})):
        table = named.things(X, **more)
        truth = MARKS.decode(answer(marks, matrix), SHAPE, (None, np.arange(24) / 10))
        assert len(table) > 3
        pd.testing.assert_frame_equal(table, truth)
    some = landmarks.found(X).things
    assert [each.score for each in some] == pytest.approx([*landmarks.things(X)["score"]])
    strict = Explainer(marks, baseline=0.0, outputs=MARKS.model_copy(update={"threshold": 1.5}))
    assert len(strict.things(X)) == 0
    assert "No landmark was found above 1.5" in strict.things(X).attrs["notes"][0]


def test_the_score_of_a_thing_is_the_number_in_the_output(landmarks, marks):
    for k, thing in enumerate(landmarks.found(X).things[:3]):
        assert landmarks.score(X, Thing(k)) == pytest.approx(thing.score, abs=1e-9)
        truth = thing.terms["score"].value([answer(marks, WITHOUT)])
        assert landmarks.score(X, Thing(k), without=HIDDEN) == pytest.approx(truth, abs=1e-9)
    found = landmarks.explain(X, "gradient", Thing(1)).target
    assert found.label(()).startswith("landmark 1 (")
    assert landmarks.score(WITHOUT, found) == pytest.approx(
        landmarks.score(X, Thing(1), without=HIDDEN), abs=1e-9
    )


def test_the_terms_of_a_box_are_numbers_of_its_cells(boxes, grid):
    every = GRID.proposals(answer(grid, WITHOUT), SHAPE)
    edges = ("top", "bottom", "left", "right")
    for k, box in enumerate(boxes.found(X).things[:2]):
        asked = {
            **{name: Box(k, name) for name in ("all", "objectness", "class")},
            **{edge: Box(k, "position", edge) for edge in edges},
        }
        for x, more in ((X, {}), (WITHOUT, {"without": HIDDEN})):
            truth = [box.terms[name].value([answer(grid, x)]) for name in asked]
            found = boxes.scores(X, [*asked.values()], score="logit", **more)
            np.testing.assert_allclose(found, truth, atol=1e-9)
        (at,) = np.flatnonzero(
            (every.cell == boxes_cell(box)).all(1) & (every.predictor == box.more["predictor"])
        )
        # what-ifs take probabilities: of what is there, of what it is, and of both
        there, what = every.objectness[at], every.probabilities[at, GRID.classes.index(box.label)]
        asked = [Box(k, "objectness"), Box(k, "class"), Box(k), Thing(k)]
        found = boxes.scores(X, asked, without=HIDDEN)
        np.testing.assert_allclose(found, [there, what, there * what, there * what], atol=1e-9)
        assert boxes.scores(X, [Thing(k)])[0] == pytest.approx(box.score, abs=1e-9)


def boxes_cell(box):
    return box.terms["objectness"].readings[0].index[0, :2]


def test_how_many_there_are(landmarks, marks):
    for kind, channels in ((None, (0, 1)), ("ear", (1,)), (0, (0,))):
        truth = answer(marks, X)[..., channels].sum() / (2 * np.pi * 1.5**2)
        assert landmarks.score(X, Count(kind)) == pytest.approx(truth, abs=1e-9)
    assert landmarks.explain(X, "occlusion", Count("ear")).about == "number of ear"
    summed = keras.Model(marks.inputs, layers.Flatten(dtype="float64")(marks.output))
    dense = layers.Dense(1, use_bias=False, dtype="float64", name="head")
    hand = keras.Model(marks.inputs, dense(summed.output))
    dense.set_weights([np.full((int(np.prod(MAP)) * 2, 1), 1 / (2 * np.pi * 1.5**2))])
    head = Explainer(hand, baseline=0.0, scores="values")
    for method in ("gradient", "occlusion", "lrp"):
        more = METHODS[method]
        rules = {"rules": ENDS} if method == "lrp" else {}
        found = landmarks.explain(X, method, Count(), **more)
        alike(found, head.explain(X, method, **more, **rules))


# ---------------------------------------------------------------------- heads made by hand

METHODS = {
    "gradient": {},
    "occlusion": {"patch": (4, 5)},
    "deeplift": {},
    "lrp": {"rule": "gamma", "gamma": 0.3},
}
"""One of each walk."""


def alike(found, truth):
    size = np.abs(truth.map).max()
    np.testing.assert_allclose(found.map, truth.map, rtol=2e-6, atol=1e-6 * size)
    assert size > 0


def cells_of(thing, name):
    return {
        tuple(at): weight
        for each in thing.terms[name].readings
        for at, weight in zip(each.index.tolist(), each.weights, strict=True)
    }


def test_a_landmark_is_a_head_made_by_hand(landmarks, marks):
    thing = landmarks.found(X).things[1]
    made = headed(logits_of(marks), weights(cells_of(thing, "score"), 2))
    head = Explainer(made, baseline=0.0, scores="values")
    for method, more in METHODS.items():
        rules = {"rules": ENDS} if method == "lrp" else {}
        found = landmarks.explain(X, method, Thing(1), **more)
        alike(found, head.explain(X, method, **more, **rules))


def test_parts_of_a_box_are_heads_made_by_hand(grid):
    linear = GRID.model_copy(update={"centre": "linear", "size": "linear", "threshold": 0.01})
    boxes = Explainer(grid, baseline=0.0, outputs=linear)
    thing = boxes.found(X).things[0]
    asked = {"class": Box(0, "class"), "left": Box(0, "position", "left")}
    # what a walk makes of one sum it makes of another
    walks = {"class": ("gradient", "lrp"), "left": ("occlusion", "deeplift")}
    for name, target in asked.items():
        made = headed(grid, weights(cells_of(thing, name), 14))
        head = Explainer(made, baseline=0.0, scores="values")
        for method in walks[name]:
            more = METHODS[method]
            rules = {"rules": ENDS} if method == "lrp" else {}
            found, truth = (
                boxes.explain(X, method, target, **more),
                head.explain(X, method, **more, **rules),
            )
            alike(found, truth)
            # the place of the cell is added to what is read of it
            constant = thing.terms[name].constant
            assert found.score == pytest.approx(truth.score + constant, abs=1e-9)


def test_a_logit_of_a_cell_that_the_model_does_not_tell_of(marks):
    linear = logits_of(marks)
    plain = Explainer(linear, baseline=0.0, outputs=Heatmap(scores="logits", threshold=0.3))
    shares = Explainer(marks, baseline=0.0, outputs=Heatmap(threshold=0.3))
    for method in ("gradient", "occlusion", "lrp"):
        alike(plain.explain(X, method, Thing(1)), shares.explain(X, method, Thing(1)))
    for k, thing in enumerate(plain.found(X).things[:2]):
        assert plain.score(X, Thing(k)) == pytest.approx(thing.score, abs=1e-9)
    parts = Explainer(linear, baseline=0.0, outputs=Mask(scores="logits"))
    thing = parts.found(X).things[0]
    assert len(thing.terms["score"].readings[0].index) > 1
    assert parts.score(X, Thing(0)) == pytest.approx(thing.score, abs=1e-9)
    made = headed(linear, weights(cells_of(thing, "score"), 2))
    head = Explainer(made, baseline=0.0, scores="values")
    for method in ("gradient", "occlusion"):
        alike(parts.explain(X, method, Thing(0)), head.explain(X, method))


def test_probabilities_within_the_model():
    """A grid whose model ends in sigmoid and softmax itself: its terms are logits again."""
    inner = map_model(14, seed=4)
    y = layers.Reshape((*MAP, 2, 7), dtype="float64")(inner.output)
    parts = [
        y[..., :4],
        layers.Activation("sigmoid", dtype="float64")(y[..., 4:5]),
        layers.Activation("softmax", dtype="float64")(y[..., 5:]),
    ]
    model = keras.Model(inner.inputs, layers.Concatenate(dtype="float64")(parts))
    within = Explainer(model, baseline=0.0, outputs=GRID.model_copy(update={"scores": "values"}))
    without = Explainer(inner, baseline=0.0, outputs=GRID)
    np.testing.assert_allclose(within.things(X)["score"], without.things(X)["score"], atol=1e-9)
    for name in ("all", "objectness"):
        alike(*(each.explain(X, "gradient", Box(0, name)) for each in (within, without)))
    asked = [Box(0, name) for name in ("all", "objectness", "class")]
    found, truth = (each.scores(X, asked, without=HIDDEN) for each in (within, without))
    np.testing.assert_allclose(found, truth, atol=1e-9)


def test_nothing_lies_outside_of_the_receptive_field(boxes):
    row, column = boxes_cell(boxes.found(X).things[0])
    rows, columns = (slice(max(0, 2 * (i - 1) - 1), 2 * (i + 1) + 3) for i in (row, column))
    inside = np.zeros(X.shape, bool)
    inside[rows, columns] = True
    for target in (Box(0), Box(0, "class")):
        for method in ("gradient", "occlusion"):
            more = {"patch": (1, 1)} if method == "occlusion" else {}
            found = boxes.explain(X, method, target, **more).map
            assert (found[~inside] == 0).all()
            assert (found[inside] != 0).any()


def test_what_is_no_sum_is_refused_by_methods_that_share_it_out(boxes):
    for name, target in (("all", Box(0)), ("left", Box(0, "position", "left"))):
        with refuses(
            TypeError, "lrp shares", f"the term '{name}' of a thing is no sum", "occlusion"
        ):
            boxes.explain(X, "lrp", target)
        found = boxes.explain(X, "integrated_gradients", target)
        assert abs(found.residual) < 1e-2 * abs(found.score - found.score_at_baseline)


# ---------------------------------------------------------------------- followed


@pytest.mark.parametrize("name", ["landmarks", "boxes"])
def test_perturbations_follow_the_best_match(name, request):
    explainer = request.getfixturevalue(name)
    model, decoder = explainer.model, explainer.decoder
    for k, thing in enumerate(explainer.found(X).things[:2]):
        target = Thing(k, follow="match")
        truth = follow(decoder, thing, answer(model, WITHOUT), SHAPE)
        assert explainer.score(X, target, without=HIDDEN) == pytest.approx(truth, abs=1e-9)
    found = explainer.explain(X, "occlusion", target, patch=(8, 8), stride=(8, 8))
    truth = np.zeros(X.shape)
    whole = follow(decoder, thing, answer(model, X), SHAPE)
    for row in (0, 8):
        for column in (0, 8, 16):
            window = Region.rectangle(row, row + 8, column, column + 8).mask(X.shape)
            left = follow(decoder, thing, answer(model, np.where(window, 0, X)), SHAPE)
            truth[window] = whole - left
    np.testing.assert_allclose(found.map, truth, atol=1e-6)
    assert found.about.endswith("best match")
    assert not [note for note in found.notes if "best match has no slope" in note]
    slopes = explainer.explain(X, "gradient", target)
    np.testing.assert_array_equal(slopes.map, explainer.explain(X, "gradient", Thing(k)).map)
    assert any("best match has no slope" in note for note in slopes.notes)
    way = explainer.explain(X, "integrated_gradients", target)
    cell = explainer.explain(X, "integrated_gradients", Thing(k))
    assert way.residual == pytest.approx(cell.residual, abs=1e-6)
    table = explainer.evidence(X, [HIDDEN], target, controls=3)
    left = follow(decoder, thing, answer(model, WITHOUT), SHAPE)
    assert table["necessity"].iloc[0] == pytest.approx(whole - left, abs=1e-9)


def test_what_follows_may_be_part_of_a_sum(landmarks):
    both = Margin(Thing(0, follow="match"), Thing(1))
    found = landmarks.score(X, both, without=HIDDEN, score="logit")
    parts = [
        landmarks.score(X, Thing(0, follow="match"), without=HIDDEN),
        landmarks.score(X, Thing(1), without=HIDDEN, score="logit"),
    ]
    assert found == pytest.approx(parts[0] - parts[1], abs=1e-9)
    twice = Sum([(2, Thing(0, follow="match"))])
    assert landmarks.score(X, twice, without=HIDDEN) == pytest.approx(2 * parts[0], abs=1e-9)
    asked = [Thing(2), Thing(0, follow="match"), Count(), Thing(1)]
    found = landmarks.scores(X, asked, without=HIDDEN)
    truth = [landmarks.score(X, each, without=HIDDEN) for each in asked]
    np.testing.assert_allclose(found, truth, atol=1e-9)
    lines = landmarks.lines(X, asked)
    np.testing.assert_allclose(lines.whatif(X, HIDDEN)[0].shown, truth, atol=1e-9)
    assert lines.classes[1].endswith("best match")


def test_edges_that_are_sums(grid):
    linear = GRID.model_copy(update={"centre": "linear", "size": "linear", "threshold": 0.01})
    boxes = Explainer(grid, baseline=0.0, outputs=linear)
    thing = boxes.found(X).things[0]
    asked = [Box(0, "position", "left"), Box(0, "position", "left", follow="match"), Box(0)]
    left = answer(grid, WITHOUT)
    truth = [
        thing.terms["left"].value([left]),
        follow(linear, thing, left, SHAPE),
        np.exp(thing.terms["all"].value([left])),
    ]
    found = boxes.lines(X, asked).whatif(X, HIDDEN)[0].shown
    np.testing.assert_allclose(found, truth, atol=1e-9)
    # a place is read beside others with its constant, which no difference has
    table = boxes.explain(X, "occlusion", asked[0], patch=(16, 24))
    whole = thing.terms["left"].value([answer(grid, X)])
    nothing = thing.terms["left"].value([answer(grid, 0 * X)])
    np.testing.assert_allclose(table.map, whole - nothing, rtol=1e-5)


# ---------------------------------------------------------------------- without a target


def test_without_a_target_it_is_the_strongest_thing(landmarks, boxes, marks):
    for explainer in (landmarks, boxes):
        found = explainer.explain(X, "occlusion", patch=(8, 8))
        assert found.target == explainer.explain(X, "gradient", Thing(0)).target
        (note,) = [each for each in found.notes if "strongest thing" in each]
        assert found.about in note
    strict = Explainer(marks, baseline=0.0, outputs=Heatmap(threshold=1.5))
    found = strict.explain(X, "gradient")
    at = np.unravel_index(answer(marks, X).argmax(), (*MAP, 2))
    assert found.target == Location(*map(int, at))
    (note,) = [each for each in found.notes if "highest cell" in each]
    assert "No landmark was found above 1.5; the highest is 1 at row" in note
    none = Explainer(boxes.model, baseline=0.0, outputs=GRID.model_copy(update={"threshold": 2.0}))
    best = none.explain(X, "gradient")
    assert best.target.found == boxes.explain(X, "gradient", Thing(0)).target.found
    (note,) = [each for each in best.notes if "strongest" in each]
    assert "No box was found above 2" in note
    several = landmarks.explain_batch(np.stack([X, -X]), "gradient", Thing(0))
    for x, each in zip((X, -X), several, strict=True):
        alike(each, landmarks.explain(x, "gradient", Thing(0)))
    assert several[0].target != several[1].target


def test_a_sequence_is_found_from_the_shapes():
    keras.utils.set_random_seed(3)
    start = keras.Input((3, 7), dtype="float64")
    y = layers.Permute((2, 1), dtype="float64")(start)
    y = layers.Conv1D(4, 3, padding="same", activation="tanh", dtype="float64")(y)
    logits = layers.Dense(2, dtype="float64")(y)
    shares = layers.Activation("softmax", dtype="float64")(logits)
    x = np.random.default_rng(1).normal(size=(3, 7))
    explainer = Explainer(keras.Model(start, shares), baseline=0.0)
    assert explainer.decoder == Sequence(axis="columns")
    table = explainer.things(x)
    assert "read as a Sequence" in table.attrs["notes"][0]
    found = explainer.explain(x, "gradient")
    assert found.target.found.thing.kind == "step"
    assert any("read as a Sequence" in note for note in found.notes)
    assert explainer.score(x) == pytest.approx(table["score"].iloc[0], abs=1e-9)
    unsaid = Explainer(keras.Model(start, logits), baseline=0.0)
    assert unsaid.decoder is None
    with refuses(ValueError, "there is none", "plain values", "Sequence()"):
        unsaid.things(x)
    said = Explainer(keras.Model(start, logits), baseline=0.0, scores="logits")
    assert said.decoder == Sequence(axis="columns", scores="logits")
    np.testing.assert_allclose(said.things(x)["score"], table["score"], atol=1e-9)
    assert said.score(x) == pytest.approx(explainer.score(x), abs=1e-9)


# ---------------------------------------------------------------------- several heads


@pytest.fixture(scope="module")
def two_heads():
    """Boxes on two grids, with a class of the whole matrix beside them."""
    start = keras.Input(SHAPE, dtype="float64")
    fine = map_model(7, seed=4)(start)
    coarse = layers.AveragePooling2D(2, dtype="float64")(map_model(7, seed=5)(start))
    kind = layers.GlobalAveragePooling2D(dtype="float64")(fine)
    return keras.Model(start, [fine, kind, coarse])


def returned(model, x):
    return [np.asarray(each)[0] for each in model(x[None, ..., None])]


def test_several_outputs(two_heads):
    grid = Grid(heads=[Head(), Head(output=2)], threshold=0.05)
    explainer = Explainer(two_heads, baseline=0.0, outputs=grid)
    outputs = returned(two_heads, X)
    truth = grid.decode(outputs, SHAPE)
    assert set(truth["head"]) == {0, 1}
    found = explainer.things(X)
    np.testing.assert_allclose(found["score"], truth["score"], atol=1e-9)
    things = explainer.found(X).things
    k = next(k for k, each in enumerate(things) if each.head == 1)
    assert explainer.score(X, Box(k)) == pytest.approx(things[k].score, abs=1e-9)
    matched = explainer.score(X, Thing(k, follow="match"))
    assert matched == pytest.approx(follow(grid, things[k], outputs, SHAPE), abs=1e-9)
    batch = np.stack([X, -X, WITHOUT])
    every = grid.model_copy(update={"overlap": None, "most": 10**6})
    some = [every.decode(returned(two_heads, x), SHAPE) for x in batch]
    true = [explainer.things(x).iloc[:3] for x in batch]
    expected = heads(some, true, grid.overlap, overlaps=(0.5,))
    compared = explainer.heads(batch, true, overlaps=(0.5,))
    assert compared.equals(expected)
    assert compared["ap_without"].iloc[1] < compared["ap_alone"].iloc[0]


# ---------------------------------------------------------------------- kept and carried


def test_frozen_things_travel(landmarks, boxes, tmp_path):
    cases = [
        (landmarks, Thing(1)),
        (landmarks, Thing(1, follow="match")),
        (landmarks, Count("ear")),
        (landmarks, Margin(Thing(0), Thing(1))),
        (boxes, Box(1, "class")),
        (boxes, Box(0, "position", "left", follow="match")),
    ]
    for explainer, target in cases:
        found = explainer.explain(X, "occlusion", target, patch=(8, 8))
        again = from_json(to_json(found.target))
        assert again == found.target
        assert hash(again) == hash(found.target)
        assert pickle.loads(pickle.dumps(found.target)) == found.target
        assert again != target
        found.save(tmp_path / "one.npz")
        kept = load(tmp_path / "one.npz")
        assert kept.target == found.target
        assert kept.about == found.about
        truth = explainer.score(X, found.target, without=HIDDEN)
        assert explainer.score(X, kept.target, without=HIDDEN) == truth
        curve = deletion(explainer, X, kept)
        start = explainer.score(X, kept.target)
        assert curve.scores[0] == pytest.approx(start, abs=1e-6)
    data = to_json(boxes.explain(X, "gradient", Box(0)).target)
    data["found"]["term"]["readings"][0]["weights"] = []
    with refuses(ValueError, "The target", "cannot be read", "not as many"):
        from_json(data)


def test_explainers_keep_their_decoder(landmarks, marks):
    other = pickle.loads(pickle.dumps(landmarks))
    assert other.decoder == MARKS
    assert other.score(X, Thing(1)) == pytest.approx(landmarks.score(X, Thing(1)), abs=1e-9)
    assert landmarks.copied(keras.models.clone_model(marks)).decoder == MARKS
    assert landmarks.having(np.ones(X.shape, bool)).decoder == MARKS


def test_cells_that_do_not_exist_and_channels_first():
    keras.utils.set_random_seed(2)
    start = keras.Input((2, 6, 10))
    y = layers.Conv2D(3, 3, padding="same", activation="tanh", data_format="channels_first")(start)
    model = keras.Model(start, layers.Conv2D(2, 1, data_format="channels_first")(y))
    x = np.random.default_rng(2).normal(size=(6, 10, 2)).astype("float32")
    explainer = Explainer(model, baseline=0.0, outputs=Heatmap(threshold=0.1))
    outputs = np.asarray(model(x.transpose(2, 0, 1)[None]))[0].transpose(1, 2, 0)
    truth = explainer.decoder.decode(outputs, x.shape)
    np.testing.assert_allclose(explainer.things(x)["score"], truth["score"], atol=1e-6)
    for k in range(2):
        assert explainer.score(x, Thing(k)) == pytest.approx(truth["score"][k], abs=1e-6)
        assert explainer.score(x, Thing(k, follow="match")) >= truth["score"][k] - 1e-6
    gaps = x.copy()
    gaps[2, 3] = np.nan
    valid = Explainer(model, baseline=0.0, outputs=Heatmap(threshold=0.1), valid="finite")
    filled = np.nan_to_num(gaps)
    np.testing.assert_allclose(valid.things(gaps)["score"], explainer.things(filled)["score"])


# ---------------------------------------------------------------------- what does not fit


def test_what_does_not_fit(landmarks, boxes, marks, grid):
    count = len(landmarks.things(X))
    with refuses(
        ValueError,
        f"Thing {count}",
        f"{count} things were found, counted from 0 (landmark 0",
        "threshold",
    ):
        landmarks.score(X, Thing(count))
    with refuses(ValueError, "Box(0)", "a landmark", "give Thing(0)"):
        landmarks.score(X, Box(0))
    with refuses(ValueError, "Count sums a heat map", "a Grid", "len(explainer.things(x))"):
        boxes.score(X, Count())
    with refuses(ValueError, "no class 'nose'", "eye", "give one of these"):
        landmarks.score(X, Count("nose"))
    with refuses(ValueError, "edge='left'", 'term="position"', "leave edge out"):
        Box(0, "class", "left")
    with refuses(ValueError, "edge=None", 'term="position"', '"left"'):
        Box(0, "position")
    with refuses(ValueError, "follow is 'peak'", "cell, match", "give one"):
        Thing(0, follow="peak")
    with refuses(ValueError, "k is -1", "at least 0", "give more"):
        Thing(-1)
    other = Explainer(lambda batch: np.zeros((len(batch), 2, 3, 1)), baseline=0.0)
    for asked in (Box(0), Box(0, "objectness"), Box(0, follow="match"), Box(0, "position", "top")):
        with refuses(ValueError, "The thing was found in an output", "(2, 3, 1)", "freeze it"):
            other.score(X, boxes.fixed(X[..., None], asked))
    plain = Explainer(marks, baseline=0.0)
    assert plain.decoder is None
    for ask in (plain.things, plain.found, lambda x: plain.score(x, Thing(0))):
        with refuses(ValueError, "there is none", "(8, 12, 2)", "give outputs="):
            ask(X)
    with refuses(TypeError, "outputs is 'boxes'", "a decoder is expected", "Heatmap()"):
        Explainer(marks, outputs="boxes")
    with refuses(ValueError, "(8, 12, 14)", "for 4 boxes", "4 x (5 + classes)"):
        Explainer(grid, outputs=Grid(heads=[Head(boxes=4)]))
    with refuses(
        ValueError, "scores='logits'", "ends in a softmax or a sigmoid", "scores='values'"
    ):
        Explainer(marks, outputs=Heatmap(scores="logits"))
    with refuses(ValueError, "reads output 3", "the model has 1", "give the index"):
        Explainer(grid, outputs=Heatmap(output=3))
    with refuses(ValueError, "heads compares", "a Heatmap", "Grid(heads=...)"):
        landmarks.heads(X[None], [landmarks.things(X)])
    with refuses(ValueError, "Thing(0) stands for", "none was asked yet", "explainer.explain"):
        landmarks.score(X, Output_of(Thing(0)))


def Output_of(thing):
    """A target that hands its terms on without freezing it."""

    class Unfrozen(Thing):
        def frozen(self, classes, look=None):
            return self

    return Unfrozen(thing.k)


def test_things_stand_side_by_side(boxes, landmarks):
    """Constants, activations and what follows a match are read as if each were asked for alone."""
    several = [
        Box(0),
        Box(1, "class"),
        Box(0, "position", "left"),
        Thing(1, follow="match"),
        Location(1, 1, 3),
        Margin(Box(0, "position", "right"), Box(0, "position", "left")),
    ]
    for explainer, targets in ((boxes, several), (landmarks, [Thing(0), Thing(1, "match"), None])):
        twin = explainer.lines(X, targets)
        for hidden in (None, HIDDEN):
            alone = [explainer.score(X, each, without=hidden) for each in twin.lined]
            np.testing.assert_allclose(twin.predict(X, without=hidden).shown, alone, atol=1e-9)
            np.testing.assert_allclose(explainer.scores(X, targets, hidden), alone, atol=1e-9)
