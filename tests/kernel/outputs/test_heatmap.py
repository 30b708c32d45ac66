"""Landmarks: what was drawn is found again, and each score is the cell it names."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import refuses

from heatbrush_core.matrix.axes import Axis
from heatbrush_core.outputs import Heatmap, encode_landmarks, match


@st.composite
def scenes(draw):
    """Landmarks that lie apart, on a map of whole strides."""
    cells = draw(st.tuples(st.integers(3, 24), st.integers(3, 24)))
    stride = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    within = [st.floats(-0.5, n - 0.5, exclude_max=True, allow_subnormal=False) for n in cells]
    drawn = draw(st.lists(st.tuples(*within), max_size=5))
    places = []
    for place in drawn:
        if all(max(abs(place[0] - a), abs(place[1] - b)) > 7 for a, b in places):
            places.append(place)
    return cells, stride, (np.array(places).reshape(-1, 2) + 0.5) * stride - 0.5


@given(scenes(), st.data())
@settings(max_examples=80)
def test_what_was_drawn_is_found_again(scene, data):
    cells, stride, places = scene
    shape = (cells[0] * stride[0], cells[1] * stride[1])
    decoder = Heatmap(classes=("dog", "cat"), orientation=(0, 2))
    count = len(places)
    some = st.lists(st.sampled_from(["dog", "cat"]), min_size=count, max_size=count)
    labels = data.draw(some)
    angles = data.draw(st.lists(st.integers(-179, 180), min_size=count, max_size=count))
    drawn = encode_landmarks(decoder, places, shape, cells, labels, angles)
    assert drawn.shape == (*cells, 4)
    found = decoder.decode(drawn, shape)
    truth = pd.DataFrame({"row": places[:, 0], "column": places[:, 1], "class": labels})
    pairs = match(found, truth)
    assert len(found) == count == len(pairs.found)
    assert pairs.distance.max(initial=0) < 1e-6 * max(shape)
    for i, j in zip(pairs.found, pairs.truth, strict=True):
        turn = (found["angle"][i] - angles[j] + 180) % 360 - 180
        assert turn == pytest.approx(0, abs=1e-9)


def test_a_coarse_map_by_hand():
    values = np.zeros((4, 6, 1))
    values[1, 4] = 0.8
    found = Heatmap().decode(values, (16, 12))
    assert found.columns.tolist() == [
        "kind",
        "row",
        "column",
        "height",
        "width",
        "score",
        "class",
        "head",
        "row_value",
        "height_value",
        "column_value",
        "width_value",
    ]
    (row,) = found.to_dict("records")
    # (i + 0.5) * stride - 0.5
    assert (row["row"], row["column"]) == (5.5, 8.5)
    assert (row["kind"], row["score"], row["class"], row["head"]) == ("landmark", 0.8, 0, 0)
    assert np.isnan([row["height"], row["width"], row["height_value"]]).all()
    assert found.attrs["notes"] == []


def test_places_in_the_units_of_the_axes():
    values = np.zeros((4, 6))
    values[1, 4] = 0.8
    seconds = Axis.make(np.arange(12) / 4, 12, "columns")
    names = Axis.make(list("abcd"), 4, "rows")
    (row,) = Heatmap().decode(values, (4, 12), (names, seconds)).to_dict("records")
    assert (row["row_value"], row["column_value"]) == ("b", 8.5 / 4)
    days = Axis.make(pd.date_range("2026-01-01", periods=12), 12, "columns")
    (row,) = Heatmap().decode(values, (4, 12), (names, days)).to_dict("records")
    assert row["column_value"] == pd.Timestamp("2026-01-09 12:00")
    assert row["width_value"] is pd.NaT


def test_the_cell_that_a_score_names():
    random = np.random.default_rng(0)
    outputs = [random.normal(size=3), random.normal(size=(9, 9, 3))]
    decoder = Heatmap(output=1, scores="logits", threshold=0.6, orientation=(1, 2))
    found = decoder.find(outputs, (18, 9))
    assert len(found.things) >= 2
    for thing in found.things:
        (reading,) = thing.terms["score"].readings
        assert reading.output == thing.head == 1
        i, j, channel = reading.index[0]
        assert channel == 0
        assert found.thing(found.things.index(thing)) is thing
        logit = thing.terms["score"].value(outputs)
        assert logit == outputs[1][i, j, 0]
        assert thing.score == pytest.approx(1 / (1 + np.exp(-logit)))
        cosine, sine = outputs[1][i, j, 1:]
        assert thing.more["angle"] == pytest.approx(np.degrees(np.angle(cosine + 1j * sine)))
        assert thing.terms["cosine"].value(outputs) == cosine
        assert thing.terms["sine"].value(outputs) == sine
        assert abs(thing.row - (i * 2 + 0.5)) <= 1 and abs(thing.column - j) <= 0.5


def test_a_thing_that_is_not_there_is_refused():
    found = Heatmap().find(encode_landmarks(Heatmap(), [(3, 4), (3, 14)], (9, 19)), (9, 19))
    with refuses(ValueError, "k is 2", "2 things were found", "give 1 or less"):
        found.thing(2)
    with refuses(ValueError, "k is -1", "at least 0", "give more"):
        found.thing(-1)
    with refuses(TypeError, "k is 'x'", "a whole number", "give one"):
        found.thing("x")


def test_how_many_as_a_sum():
    decoder = Heatmap(sigma=1.2)
    places = [(10, 10), (10, 30), (24.3, 18.8)]
    drawn = encode_landmarks(decoder, places, (36, 40))
    count = decoder.count([drawn.shape])
    assert count.value([drawn]) == pytest.approx(3, abs=0.01)
    flat = decoder.count([drawn.shape[:2]])
    assert flat.value([drawn[..., 0]]) == pytest.approx(3, abs=0.01)


@pytest.mark.parametrize("shape", [(1, 12), (12, 1)])
def test_one_row_or_one_column(shape):
    drawn = encode_landmarks(Heatmap(), [(shape[0] // 2, shape[1] // 2)], shape)
    (row,) = Heatmap().decode(drawn, shape).to_dict("records")
    assert (row["row"], row["column"]) == (shape[0] // 2, shape[1] // 2)


def test_where_nothing_is_found():
    values = np.full((4, 6), 0.1)
    values[1, 4] = 0.21
    found = Heatmap().decode(values, (8, 12))
    assert len(found) == 0 and found.columns[0] == "kind"
    assert found.attrs["notes"] == [
        "No landmark was found above 0.3; the highest is 0.21 at row 2.5, column 8.5."
    ]
    with refuses(ValueError, "Thing 0", "none: no landmark was found above 0.3", "lower the"):
        Heatmap().find(values, (8, 12)).thing(0)
    values[0, :2] = np.nan
    notes = Heatmap().decode(values, (8, 12)).attrs["notes"]
    assert notes[0] == "Output 0 is NaN in 2 of its 24 cells; nothing is found there."
    assert len(Heatmap().decode(np.full((4, 6), np.nan), (4, 6)).attrs["notes"]) == 1


def test_a_decoder_is_stored_as_json():
    decoder = Heatmap(threshold=0.2, classes=("a", "b"), orientation=(2, 3))
    assert Heatmap.model_validate_json(decoder.model_dump_json()) == decoder


def test_refusals():
    outputs = np.zeros((4, 6, 2))
    with refuses(ValueError, "output of shape (6,)", "a map (rows, columns)", "another decoder"):
        Heatmap().decode(np.zeros(6), (4, 6))
    with refuses(ValueError, "has 5 rows and the matrix 8", "whole number", "stride="):
        Heatmap().decode(np.zeros((5, 6)), (8, 6))
    assert len(Heatmap(stride=(1.6, 1)).decode(np.ones((5, 6)), (8, 6))) == 1
    with refuses(ValueError, "reads output 2", "the model has 1", "give the index"):
        Heatmap(output=2).decode(outputs, (4, 6))
    with refuses(ValueError, "orientation=5", "has 2 channels", "give one of these"):
        Heatmap(orientation=(0, 5)).decode(outputs, (4, 6))
    with refuses(ValueError, "given 2 channels", "one more per kind", "more channels"):
        Heatmap(orientation=(0, 1)).decode(outputs, (4, 6))
    with refuses(ValueError, "has 1 classes (a)", "channels for 2", "give 2 names"):
        Heatmap(classes=["a"]).decode(outputs, (4, 6))
    with refuses(ValueError, "orientation=(1, 1)", "two channels", "two different"):
        Heatmap(orientation=(1, 1))
    with refuses(ValueError, "has distance=-1", "greater than or equal to 0", "give a number"):
        Heatmap(distance=-1)
    with refuses(ValueError, "has no 'treshold'", "threshold", "did you mean"):
        Heatmap(treshold=1)
    with refuses(ValueError, "outputs is 'x'", "the arrays", "give one array"):
        Heatmap().decode("x", (4, 6))
    with refuses(ValueError, "shape is (4,)", "rows and columns", "two whole numbers"):
        Heatmap().decode(outputs, (4,))


def test_refusals_of_what_is_drawn():
    with refuses(ValueError, "lies at (4.0, 3.5)", "4 rows and 6 columns", "leave out"):
        encode_landmarks(Heatmap(), [(4, 3.5)], (4, 6))
    with refuses(ValueError, "landmarks has shape (1, 3)", "(n, 2)", "row and column"):
        encode_landmarks(Heatmap(), [(1, 2, 3)], (4, 6))
    with refuses(ValueError, "labels holds 2", "1 landmarks", "one of each"):
        encode_landmarks(Heatmap(), [(1, 2)], (4, 6), labels=[0, 0])
    with refuses(ValueError, "no class 'c'", "a, b", "give one"):
        encode_landmarks(Heatmap(classes=("a", "b")), [(1, 2)], (4, 6), labels=["c"])
    with refuses(ValueError, "no class 3", "0 to 0", "give one"):
        encode_landmarks(Heatmap(), [(1, 2)], (4, 6), labels=[3])
    with refuses(ValueError, "angles is None", "1 landmarks", "one angle"):
        encode_landmarks(Heatmap(orientation=(1, 2)), [(1, 2)], (4, 6))
