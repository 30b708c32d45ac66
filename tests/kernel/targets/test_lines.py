"""Several targets as the classes of one twin: each is what it is when it is asked about alone."""

import pickle

import keras
import numpy as np
import pytest
from keras import layers
from map_models import SHAPE, map_model
from sentences import refuses

from heatbrush_core import Explainer, Region, deletion, find_runs, interaction, outputs, reliance
from heatbrush_core.inference import neighbours
from heatbrush_core.targets import (
    Area,
    Class,
    Count,
    Location,
    Margin,
    Neuron,
    Output,
    Reconstruction,
    Sum,
    Thing,
)

RANDOM = np.random.default_rng(5)
X = RANDOM.normal(size=SHAPE[:2])
HIDDEN = Region.rectangle(2, 9, 3, 12)
MANY = [
    Location(3, 5, 1),
    Area(Region.rectangle(1, 3, 4, 9)),
    Location(0, 11),
    Area(Region.rows(0, 3), 1, reduce="max"),
    Sum([(0.5, Location(6, 6)), (-2, Location(6, 6, 1))]),
    Neuron("c1", (2, 9, 1)),
    Location(3, 5, 1),
]
"""Probabilities, a mean and a largest of such, a sum, a plain value; and one of them twice."""


@pytest.fixture(scope="module")
def explainer():
    return Explainer(map_model(2, "sigmoid"), baseline=0.1)


@pytest.fixture(scope="module")
def twin(explainer):
    return explainer.lines(X, MANY)


@pytest.fixture(scope="module")
def classes():
    """A model of three classes, with its layers and a second output."""
    keras.utils.set_random_seed(3)
    start = keras.Input(SHAPE, dtype="float64")
    y = layers.Conv2D(4, 3, activation="relu", dtype="float64", name="c1")(start)
    flat = layers.GlobalAveragePooling2D(dtype="float64", name="pooled")(y)
    kind = layers.Dense(3, activation="softmax", dtype="float64", name="kind")(flat)
    size = layers.Dense(1, dtype="float64", name="size")(flat)
    return Explainer(
        keras.Model(start, [kind, size]), classes=["a", "b", "c"], output="kind", baseline=0.1
    )


@pytest.mark.parametrize("end", ["sigmoid", "softmax"])
def test_scores_and_what_ifs_of_all_are_those_of_each(explainer, end):
    if end == "softmax":
        explainer = Explainer(map_model(2, end), baseline=0.1)
    twin = explainer.lines(X, MANY)
    places = [HIDDEN, Region.columns(4, 6), Region.columns(5, 7), Region.columns(6, 8)]
    for more in ({}, {"without": HIDDEN}, {"only": HIDDEN}):
        said = twin.predict(X, **more)
        truth = [explainer.score(X, each, **more) for each in MANY]
        np.testing.assert_allclose(said.shown, truth, atol=1e-12)
        plain = [explainer.score(X, each, score="logit", **more) for each in MANY]
        np.testing.assert_allclose(said.scores, plain, atol=1e-9)
    for place, (without, only) in zip(places, twin.whatif_each(X, places), strict=True):
        left = [explainer.score(X, each, without=place) for each in MANY]
        np.testing.assert_allclose(without.shown, left, atol=1e-9)
        left = [explainer.score(X, each, only=place) for each in MANY]
        np.testing.assert_allclose(only.shown, left, atol=1e-9)
    each, pair = twin.predict_each(X, without=[HIDDEN]), twin.whatif(X, HIDDEN)
    np.testing.assert_allclose(each[0].shown, pair[0].shown, atol=1e-9)


def test_small_places_are_walked_through_what_all_lines_read():
    x = RANDOM.normal(size=(64, 128))  # where a walk costs less than whole matrices
    explainer = Explainer(map_model(2, "sigmoid", free=True), baseline=0.1)
    targets = [Location(3, 5, 1), Location(20, 40), Location(30, 60, 1)]
    twin = explainer.lines(x, targets)
    # one node reads all cells of a map: to compile one for each takes as long for each
    assert [node.name for node in twin._network.graph.nodes][-2:] == ["map", "target"]
    regions = [Region.rectangle(r, r + 2, c, c + 2) for r in range(30, 60) for c in range(70, 90)]
    found = np.array([each.shown for each in twin.predict_each(x, without=regions)])
    assert twin._network.compiled.incremental((64, 128, 1)).trusted
    truth = [[explainer.score(x, t, without=each) for t in targets] for each in regions[::90]]
    np.testing.assert_allclose(found[::90], truth, atol=1e-9)
    said = twin.predict(x).shown
    assert (found[:, [0, 2]] == said[[0, 2]]).all() and (found[:, 1] != said[1]).any()


def test_what_the_lines_are(explainer, twin):
    assert twin.classes[0] == MANY[0].label(())
    assert twin.classes[6] == f"{twin.classes[0]} 2"  # the same label once more
    assert twin.lined == tuple(MANY) and not explainer.lined
    assert not twin.returns_map and explainer.returns_map
    said = twin.predict(X)
    assert (said.predicted, said.label) == (0, twin.classes[0])
    assert said.kind == "values"  # as one of them is none
    alike = explainer.lines(X, MANY[:3])
    assert alike.predict(X).kind == "probabilities"
    assert not twin.lined_notes
    (said,) = explainer.lines(X, [None, *MANY[:2]]).lined_notes
    assert said.startswith("No target was given, so that it is the highest cell")
    again = twin.whole()
    assert not again.lined and again.classes == explainer.classes
    assert again.predict(X).shown.shape == explainer.predict(X).shown.shape
    with pytest.raises(ValueError, match="1 of the 7 targets are plain values"):
        twin.head.checked("probability")


@pytest.mark.parametrize(
    ("line", "target"),
    [
        (0, MANY[0]),
        (3, MANY[3]),
        (5, MANY[5]),
        (None, MANY[0]),
        (Margin(0, 2), Margin(MANY[0], MANY[2])),
        (Location(7, 7), Location(7, 7)),
    ],
)
def test_maps_of_a_line_are_those_of_its_target(explainer, twin, line, target):
    for method in ("gradient", "occlusion", "lrp"):
        found, truth = twin.explain(X, method, line), explainer.explain(X, method, target)
        np.testing.assert_array_equal(found.map, truth.map)
        assert (found.target, found.score) == (truth.target, truth.score)
    (batched,) = twin.explain_batch([X], "gradient", line)
    np.testing.assert_array_equal(batched.map, explainer.explain(X, "gradient", target).map)
    assert twin.score(X, line) == explainer.score(X, target)


def test_evidence_curves_and_reliance_of_a_line(explainer, twin):
    ask = {"controls": 19, "seed": 1}
    found = twin.evidence(X, [HIDDEN], 2, chosen="before", **ask)
    truth = explainer.evidence(X, [HIDDEN], MANY[2], chosen="before", **ask)
    np.testing.assert_array_equal(found["necessity"], truth["necessity"])
    assert found["p"].equals(truth["p"])
    runs = find_runs(twin, X, target=1, **ask)
    np.testing.assert_array_equal(
        runs["necessity"], find_runs(explainer, X, target=MANY[1], **ask)["necessity"]
    )
    map = twin.explain(X, "gradient", 3)
    np.testing.assert_array_equal(deletion(twin, X, map).scores, deletion(explainer, X, map).scores)
    np.testing.assert_array_equal(
        interaction(twin, X, size=4, target=1), interaction(explainer, X, size=4, target=MANY[1])
    )
    left = reliance(twin, [X, -X], HIDDEN, y=[2, 2])["necessity"]
    lost = [
        explainer.score(x, MANY[2]) - explainer.score(x, MANY[2], without=HIDDEN) for x in (X, -X)
    ]
    np.testing.assert_allclose(left, lost, atol=1e-9)


def test_classes_come_first_and_exclude_each_other(classes):
    more = [Output("size", 0), Neuron("pooled", 2), Margin("a", "b")]
    twin = classes.lines(X, ["a", 1, Class(2), *more])
    assert twin.classes[:3] == ("a", "b", "c") and twin.classes[5] == "a rather than b"
    said, plain = twin.predict(X), classes.predict(X)
    np.testing.assert_allclose(said.shown[:3], plain.shown, atol=1e-12)
    np.testing.assert_allclose(said.shown[3:], [classes.score(X, each) for each in more], atol=1e-9)
    assert (said.predicted, said.label) == (plain.predicted, plain.label)
    assert twin._network.head.units == 3 + 1 + 1  # the classes are read once
    for line, target in ((None, None), ("b", 1), (twin.classes[4], more[1]), (5, more[2])):
        found, truth = twin.explain(X, "gradient", line), classes.explain(X, "gradient", target)
        np.testing.assert_array_equal(found.map, truth.map)


def test_a_line_that_some_methods_have_no_rule_for(explainer):
    twin = explainer.lines(X, [Location(1, 1), Neuron("c1", (2, 9, 1))])
    assert not twin.why_not("lrp")
    auto = keras.Sequential(
        [keras.Input(SHAPE, dtype="float64"), layers.Conv2D(1, 3, padding="same", dtype="float64")]
    )
    twin = Explainer(auto, baseline=0.0).lines(X, [Location(1, 1), Reconstruction()])
    assert twin.explain(X, "lrp", 0).map.any()
    with pytest.raises(TypeError, match="is no sum"):
        twin.explain(X, "lrp", 1)


def test_a_function_of_matrices_has_lines():
    def halves(X):
        return np.stack([X[:, ::2, :, 0], X[:, 1::2, :, 0]], axis=-1)

    explainer = Explainer(halves, baseline=0.0)
    targets = [Location(2, 3), Location(2, 3, 1), Area(Region.rows(0, 4))]
    twin = explainer.lines(X, targets)
    np.testing.assert_allclose(twin.predict(X).shown, [X[4, 3], X[5, 3], X[0:8:2].mean()])
    without = twin.predict(X, without=Region.rows(5, 6))
    np.testing.assert_allclose(without.shown, [X[4, 3], 0, X[0:8:2].mean()])


def test_lines_travel_and_hide_in_another_way(explainer, twin):
    again = pickle.loads(pickle.dumps(twin))
    assert (again.classes, again.lined) == (twin.classes, twin.lined)
    np.testing.assert_allclose(again.predict(X).shown, twin.predict(X).shown, atol=1e-12)
    other = twin.with_baseline(2.0).predict(X, without=HIDDEN).shown
    truth = explainer.with_baseline(2.0)
    np.testing.assert_allclose(other, [truth.score(X, each, without=HIDDEN) for each in MANY])


def test_what_is_no_list_of_targets(explainer):
    with refuses(TypeError, "Location(row=1", "A list of targets is expected", "give one"):
        explainer.lines(X, Location(1, 1))
    with refuses(ValueError, "no target", "at least one", "give a list"):
        explainer.lines(X, [])
    with refuses(ValueError, "row 8", "8 rows", "give one of these"):
        explainer.lines(X, [Location(8, 0)])
    with refuses(ValueError, "Target 9", "are 0 to 1", "give one of these"):
        explainer.lines(X, MANY[:2]).explain(X, "gradient", 9)


def test_things_that_may_have_moved_beside_cells_and_counts():
    x = np.abs(RANDOM.normal(size=SHAPE[:2]))
    decoder = outputs.Heatmap(threshold=0.05, distance=2)
    explainer = Explainer(map_model(1, "sigmoid"), baseline=0.1, outputs=decoder)
    count = len(explainer.things(x))
    assert count == 16
    several = [Thing(0), Thing(1, follow="match"), Count(), Location(2, 3), Thing(count - 1)]
    twin = explainer.lines(x, several)
    for more in ({}, {"without": HIDDEN}, {"only": HIDDEN}):
        truth = [explainer.score(x, each.frozen((), None), **more) for each in twin.lined]
        np.testing.assert_allclose(twin.predict(x, **more).shown, truth, atol=1e-9)
        np.testing.assert_allclose(explainer.scores(x, several, **more), truth, atol=1e-9)
    for line in (1, 2):
        found = twin.explain(x, "occlusion", line)
        truth = explainer.explain(x, "occlusion", several[line])
        np.testing.assert_array_equal(found.map, truth.map)
    with refuses(ValueError, "Thing", "16 things were found", "give one of these"):
        explainer.lines(x, [Thing(count)])


def test_many_regions_are_asked_in_portions(twin, monkeypatch):
    """The cells of a large part are not held for all regions at once."""
    regions = [Region.columns(a, b) for a in range(9) for b in range(a + 1, 10)]
    whole = [[each.shown for each in pair] for pair in twin.whatif_each(X, regions)]
    without = [each.shown for each in twin.predict_each(X, without=regions)]
    held = []
    read = type(twin).read
    monkeypatch.setattr(neighbours, "PORTION", 1)
    monkeypatch.setattr(type(twin), "read", lambda self, z: held.append(len(z)) or read(self, z))
    again = [[each.shown for each in pair] for pair in twin.whatif_each(X, regions)]
    np.testing.assert_allclose(again, whole, atol=1e-12)
    found = [each.shown for each in twin.predict_each(X, without=regions)]
    np.testing.assert_allclose(found, without, atol=1e-12)
    assert max(held) == neighbours.RUN < len(regions)
