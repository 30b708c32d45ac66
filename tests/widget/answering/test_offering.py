"""What a page may choose as a target, and what comes of its choice."""

import keras
import numpy as np
import pytest
from keras import layers

import heatbrush as hb
from heatbrush_core.targets import (
    Area,
    Channel,
    Class,
    Content,
    Count,
    Gram,
    Location,
    Neuron,
    Step,
)


@pytest.fixture(scope="module")
def coarse():
    """A map of half the rows and columns, and one number for each column."""
    keras.utils.set_random_seed(5)
    start = keras.Input((4, 10, 1))
    y = layers.Conv2D(3, 3, padding="same", activation="relu", name="c1")(start)
    map = layers.Conv2D(1, 2, strides=2, name="map")(y)
    each = layers.Reshape((10,), name="each")(
        layers.Lambda(lambda y: keras.ops.mean(y, (1, 3)), output_shape=(10,))(y)
    )
    return hb.Explainer(keras.Model(start, [map, each]), baseline=0.0, output="map")


def choose(ask, view, like=None, **target):
    ask(view, "add_target", target=target, like=like)


def test_a_page_is_told_what_the_model_has(make, coarse, explainer, sent, ask):
    view = make(["gradient"], explainer=coarse)
    ask(view, "offer", viewer=4)
    said = sent.last("offered")
    first, second = said["outputs"]
    assert (first["rows"], first["columns"], first["channels"]) == (2, 5, 1)
    assert (first["classes"], second["rows"], second["classes"]) == (0, 0, 10)
    shapes = {each["name"]: (each["shape"], each["channels"]) for each in said["layers"]}
    assert shapes["c1"] == ([4, 10, 3], 3)
    cells = [each["name"] for each in said["layers"] if each["cells"]]
    assert set(cells) == set(coarse.layers)
    assert (said["counts"], said["boxes"], said["missing"], said["viewer"]) == (False, False, "", 4)
    decoder = hb.outputs.Heatmap(threshold=0.3, scores="values")
    counting = keras.Model(coarse.model.input, coarse.model.outputs[0])
    view = make(["gradient"], explainer=hb.Explainer(counting, outputs=decoder, baseline=0.0))
    ask(view, "offer", viewer=0)
    assert sent.last("offered")["counts"]
    choose(ask, view, kind="Count")
    assert isinstance(view.target, Count)
    view = make(explainer=explainer)
    ask(view, "offer", viewer=0)
    assert (sent.last("offered")["layers"], sent.last("offered")["missing"]) == ([], "")


def test_what_a_page_chooses_has_a_line_and_is_explained(make, coarse, samples, ask):
    view = make(["gradient"], explainer=coarse)
    for given, target in (
        ({"kind": "Location", "row": 1, "column": 4}, Location(1, 4)),
        ({"kind": "Channel", "layer": "c1", "index": 2, "reduce": "max"}, Channel("c1", 2, "max")),
        ({"kind": "Neuron", "layer": "c1", "index": [1, 2, 0]}, Neuron("c1", (1, 2, 0))),
        ({"kind": "Step", "index": 3, "output": 1}, Step(3, output=1)),
        ({"kind": "Gram", "layer": "c1", "like": 2}, Gram("c1", samples[2][..., None])),
        ({"kind": "Content", "layer": "c1", "like": 1}, Content("c1", samples[1][..., None])),
    ):
        choose(ask, view, **given)
        assert view.target == target
        found = view.explanations["gradient"]
        np.testing.assert_array_equal(found.map, coarse.explain(samples[0], "gradient", target).map)
    assert view.widget.target["added"] == 6


def test_the_selection_is_an_area_of_a_coarser_map(make, coarse, samples, sent, ask):
    view = make(["gradient"], explainer=coarse)
    choose(ask, view, kind="Area", reduce="max")
    assert "select the area first" in sent.last("refused")["sentence"]
    # cell i of the map has its middle in row or column 2 i + 1
    view.selection = hb.Region.rectangle(1, 3, 2, 6)
    choose(ask, view, kind="Area", reduce="max")
    cells = np.zeros((2, 5), bool)
    cells[0, 1:3] = True
    answer = coarse.predict(samples[0]).shown
    assert view.target.region.mask((2, 5)).tolist() == cells.tolist()
    assert coarse.score(samples[0], view.target) == pytest.approx(
        answer.reshape(2, 5)[cells].max(), abs=1e-6
    )
    same = hb.Explainer(lambda X: X[..., 0], baseline=0.0)
    view = make(explainer=same)
    view.selection = hb.Region.rows(1, 3)
    choose(ask, view, kind="Area")
    assert view.target == Area(hb.Region.rows(1, 3))


def test_what_there_is_not_is_refused_in_a_sentence(make, coarse, samples, sent, ask):
    view = make(["gradient"], explainer=coarse)
    before, names = view.target, view.widget.classes
    for target, said in (
        ({"kind": "Location", "row": 2, "column": 0}, "2 rows (0 to 1)"),
        ({"kind": "Channel", "layer": "c2", "index": 0}, "did you mean 'c1'"),
        ({"kind": "Neuron", "layer": "c1", "index": [9, 0, 0]}, "(4, 10, 3)"),
        ({"kind": "Location", "row": "a", "column": 0}, "'a'"),
        ({"kind": "Function", "function": 1, "name": "f"}, "a page may choose"),
        ({"kind": "Area", "region": {"bands": []}}, "a page may choose"),
        ({"kind": "Gram", "layer": "c1"}, "A sample is asked for"),
        ({"kind": "Area", "output": 1}, "rows and columns"),
        ({}, "a page may choose"),
    ):
        choose(ask, view, **target)
        assert said in sent.last("refused")["sentence"]
    assert (view.target, view.widget.classes) == (before, names)


def test_classes_stay_where_targets_are_chosen(make, explainer, samples, ask):
    view = make(explainer=explainer)
    choose(ask, view, kind="Output", of=1)
    assert view.widget.classes[:2] == ["left", "right"]
    view.target = 0
    assert view.target == Class(0)
