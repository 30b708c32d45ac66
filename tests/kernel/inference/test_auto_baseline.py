"""What "nothing" is where nobody says it: the median of each row, everywhere the same."""

import inspect

import keras
import numpy as np
import pandas as pd
import pytest

import heatbrush_core as hb
from heatbrush_core import Region
from heatbrush_core.matrix.baselines import NAMES, baseline, chosen, words

rng = np.random.default_rng(0)
LEVELS = np.array([-40.0, 0.5, 3, 700]).reshape(4, 1, 1)
X = (LEVELS + rng.normal(size=(30, 4, 12, 2))).astype(np.float32)
X[..., 1] *= 2
x = X[0].copy()
x[1:3, 4:7] += 5
WEIGHTS = rng.normal(size=(4, 12, 2, 2)) / 20


def scores(batch):
    """Three quarters of the weights' mass in rows 1 and 2, at any number of columns."""
    return np.einsum("nhwc,hwck->nk", batch - LEVELS, WEIGHTS)


def evidence(batch):
    """Two classes: how far rows 1 and 2 rise above their level, at any length."""
    z = np.maximum(batch[:, 1:3, :, 0] - LEVELS[1:3, :, 0] - 2, 0).sum((1, 2)) / 4 - 2
    return np.stack([-z, z], 1)


def of_x(matrix):
    return np.broadcast_to(np.median(matrix, axis=1, keepdims=True), matrix.shape)


def of_background(matrix, background=X):
    return np.broadcast_to(np.median(background, axis=(0, 2))[:, None], matrix.shape)


CASES = [(None, "row_median", of_x), (X, "background_row_median", of_background)]


@pytest.mark.parametrize("background, word, made", CASES)
def test_the_word_is_chosen_when_the_explainer_is_made(background, word, made):
    explainer = hb.Explainer(scores, background=background)
    assert explainer.baseline == word
    np.testing.assert_allclose(explainer.fill(explainer.matrix(x)), made(x), rtol=1e-6)


def test_it_is_the_default_of_the_explainer():
    assert inspect.signature(hb.Explainer).parameters["baseline"].default == "auto"
    given = hb.Explainer(scores, background=X, baseline="auto")
    assert given.baseline == hb.Explainer(scores, background=X).baseline


@pytest.mark.parametrize("background, word, made", CASES)
def test_maps_say_the_word_and_can_be_made_again(background, word, made):
    explainer = hb.Explainer(scores, background=background)
    found = explainer.explain(x, "occlusion", 0, patch=(1, 1))
    assert found.parameters["baseline"] == word
    assert words(word) in found.notes
    expected = (WEIGHTS[..., 0] * (x - made(x))).sum(-1)
    np.testing.assert_allclose(found.map, expected, atol=2e-4)
    assert found.score_at_baseline is None
    again = hb.Explainer(scores, background=background, baseline=0).explain(
        x, found.method, 0, **found.parameters
    )
    np.testing.assert_array_equal(again.map, found.map)


@pytest.mark.parametrize("background, word, made", CASES)
def test_every_question_hides_by_it(background, word, made):
    explainer, region = hb.Explainer(scores, background=background), Region.columns(4, 7)
    inside = region.mask((4, 12))[..., None]
    without = scores(np.where(inside, made(x), x)[None])[0]
    only = scores(np.where(inside, x, made(x))[None])[0]
    close = {"rtol": 1e-4, "atol": 1e-4}
    np.testing.assert_allclose(explainer.predict(x, without=region).scores, without, **close)
    np.testing.assert_allclose(explainer.predict(x, only=region).scores, only, **close)
    for said, expected in zip(explainer.whatif(x, region), (without, only), strict=True):
        np.testing.assert_allclose(said.scores, expected, **close)
    np.testing.assert_allclose(
        explainer.predict_each(x, without=[region])[0].scores, without, **close
    )
    whole = scores(x[None])[0]
    table = explainer.evidence(x, [region], 0)
    np.testing.assert_allclose(table["necessity"], [whole[0] - without[0]], **close)
    assert table.attrs["notes"] == (words(word),)


@pytest.mark.parametrize("background, word, made", CASES)
def test_each_of_many_has_its_own_rows_by_the_same_word(background, word, made):
    explainer = hb.Explainer(scores, background=background)
    each = explainer.explain_batch(X[:3], "occlusion", 0, patch=(1, 1))
    for matrix, found in zip(X, each, strict=False):
        assert found.parameters["baseline"] == word
        expected = (WEIGHTS[..., 0] * (matrix - made(matrix))).sum(-1)
        np.testing.assert_allclose(found.map, expected, atol=2e-4)
    table = hb.reliance(explainer, X[:3], Region.rows(1, 3), [0, 0, 0])
    for matrix, lost in zip(X, table["necessity"], strict=False):
        gone = (WEIGHTS[1:3, ..., 0] * (matrix - made(matrix))[1:3]).sum()
        assert lost == pytest.approx(gone, abs=1e-3)
    assert table.attrs["notes"] == (words(word),)


@pytest.mark.parametrize("background, word", [(None, "row_median"), (X, "background_row_median")])
def test_the_word_gives_the_same_tables_as_auto(background, word):
    """Matched matrices and controls among them."""
    tables = []
    for spec in ("auto", word):
        explainer = hb.Explainer(
            evidence, background=background, scores="logits", baseline=spec, time="columns"
        )
        table = hb.find_runs(explainer, x, methods=("occlusion",), target=1, controls=19)
        profile = hb.class_profile(explainer, X[:4], [0, 1, 0, 1])
        pairs = hb.interaction(explainer, x, "rows")
        for result in (table, pairs):
            assert result.attrs["notes"] == (words(word),)
        # two of the four have class 0, which an empty matrix has too
        hidden, of_two = profile.attrs["notes"]
        assert hidden == words(word) and "the class of 2 of 4 matrices" in of_two
        tables.append((table, profile, pairs))
    pd.testing.assert_frame_equal(tables[0][0], tables[1][0])
    assert (tables[0][0]["start"][0], tables[0][0]["stop"][0]) == (4, 7)
    assert tables[0][1].identical(tables[1][1]) and tables[0][2].identical(tables[1][2])


def test_a_run_can_have_another():
    explainer = hb.Explainer(scores, baseline=0)
    for given, kept in ((None, 0), (2, 2), ("auto", "row_median"), ("blur", "blur")):
        found = explainer.explain(x, "occlusion", 0, baseline=given)
        assert found.parameters["baseline"] == kept and words(kept) in found.notes
    assert words("row_median") in explainer.explain(x, "lime", baseline="auto").notes


def any_rows(batch):
    return np.stack([batch.mean((1, 2, 3)), batch.max((1, 2, 3))], 1)


def test_a_background_with_other_rows_says_nothing_of_a_matrix():
    explainer, more = hb.Explainer(any_rows, background=X, time="columns"), X[:, :, :7]
    assert explainer.settled(explainer.matrix(x)) is explainer
    assert explainer.settled(explainer.matrix(more[0])) is explainer
    np.testing.assert_allclose(explainer.fill(more[0]), of_background(more[0]))
    lower = explainer.matrix(x[:3])
    assert explainer.settled(lower).baseline == "row_median"
    assert explainer.settled(lower).settled(explainer.matrix(x)).baseline == "row_median"
    assert explainer.baseline == "background_row_median"
    np.testing.assert_allclose(explainer.fill(lower), of_x(lower))
    found = explainer.explain(lower, "occlusion")
    assert found.parameters["baseline"] == "row_median"
    table = hb.find_runs(explainer, lower, methods=("occlusion",), null="phases", controls=19)
    assert table.attrs["notes"] == (words("row_median"),)


def test_the_rule_by_hand():
    assert chosen(None) == chosen(None, x.shape) == "row_median"
    assert chosen(X) == chosen(X, x.shape) == chosen(X, (4, 99, 2)) == "background_row_median"
    assert chosen(X, (5, 12, 2)) == chosen(X, (4, 12, 1)) == "row_median"
    np.testing.assert_array_equal(baseline("auto", x, X), baseline("background_row_median", x, X))
    np.testing.assert_array_equal(baseline("auto", x), baseline("row_median", x))


@pytest.mark.parametrize(
    "spec, said",
    [
        (0, "become 0"),
        (-80.0, "become −80"),
        (np.float32(0.5), "become 0.5"),
        (np.zeros((4, 12)), "given array"),
        (lambda matrix: matrix, "given function"),
        ("row_median", "become the median of their row"),
        ("background_row_median", "the median of their row over the background"),
    ],
)
def test_the_sentence(spec, said):
    assert words(spec).startswith("Hidden cells become ") and words(spec).endswith(".")
    assert said in words(spec)


def test_every_word_has_a_sentence_of_its_own():
    said = [words(name) for name in NAMES if name != "auto"]
    assert len(set(said)) == len(said)


def test_metrics_hide_by_it():
    explainer = hb.Explainer(scores)
    found = explainer.explain(x, "occlusion", 0, patch=(1, 1))
    table = hb.sensitivity_n(explainer, x, found, [3, 9])
    np.testing.assert_allclose(table["correlation"], 1, atol=1e-4)  # the model is linear
    assert table.attrs["notes"] == (words("row_median"),)
    other = hb.sensitivity_n(explainer, x, found, [3], baseline=0)
    assert other.attrs["notes"] == (words(0),)
    curve = hb.deletion(explainer, x, found, "rows")
    assert curve.scores[-1] == pytest.approx(scores(of_x(x)[None])[0, 0], abs=1e-3)


def turned(matrices):
    return np.swapaxes(matrices, -3, -2)


@pytest.mark.parametrize("background", [None, X])
def test_where_rows_are_time_it_is_as_on_the_turned_matrix(background):
    """Sensors as columns: each hidden cell becomes the median of its column."""
    plain = hb.Explainer(scores, background=background)
    other = hb.Explainer(
        lambda batch: scores(turned(batch)),
        background=None if background is None else turned(background),
        time="rows",
    )
    asked = {"patch": (2, 3), "stride": (1, 1)}
    found = other.explain(turned(x), "occlusion", 0, patch=(3, 2), stride=(1, 1))
    np.testing.assert_allclose(
        found.map, plain.explain(x, "occlusion", 0, **asked).map.T, rtol=1e-4, atol=1e-4
    )
    word = "column_median" if background is None else "background_column_median"
    assert found.parameters["baseline"] == other.settled(turned(x)).baseline == word
    assert words(word) in found.notes


def test_layers_that_run_along_rows_make_columns_the_lines():
    start = keras.Input((20, 3))
    y = keras.layers.GlobalAveragePooling1D()(keras.layers.Conv1D(4, 3)(start))
    explainer = hb.Explainer(keras.Model(start, keras.layers.Dense(2)(y)))
    assert (explainer.time, explainer.baseline) == ("rows", "column_median")


def test_a_background_of_other_columns_is_not_taken_where_they_are_the_lines():
    explainer = hb.Explainer(lambda batch: batch.sum((1, 2, 3)), background=X, time="rows")
    fewer = explainer.matrix(x[:, :5])
    assert explainer.fill(fewer).shape == fewer.shape
    np.testing.assert_allclose(
        explainer.fill(fewer), np.median(fewer, 0, keepdims=True) + 0 * fewer
    )


def test_a_matrix_that_was_changed_in_place_is_filled_anew():
    explainer, matrix = hb.Explainer(scores), X[0].copy()
    first = explainer.fill(matrix).copy()
    np.testing.assert_array_equal(explainer.fill(matrix), first)
    matrix += 3
    np.testing.assert_allclose(explainer.fill(matrix), first + 3, atol=1e-5)
    means = np.broadcast_to(matrix.mean((0, 1)), matrix.shape)
    np.testing.assert_allclose(explainer.fill(matrix, "mean"), means, rtol=1e-5)


@pytest.mark.parametrize("word", ["auto", "background_mean"])
def test_another_background_is_taken_at_once(word):
    explainer = hb.Explainer(scores, background=X, baseline=word)
    matrix = explainer.matrix(x)
    explainer.fill(matrix)
    explainer.background = X + 3
    np.testing.assert_allclose(
        explainer.fill(matrix), hb.Explainer(scores, background=X + 3, baseline=word).fill(matrix)
    )


@pytest.mark.parametrize("given", [0, "row_mean", "auto", np.arange(12.0)[None], lambda m: m + 1])
def test_the_same_model_under_another_baseline(given):
    explainer = hb.Explainer(scores, background=X, baseline="blur")
    other, region = explainer.with_baseline(given), Region.columns(4, 7)
    expected = hb.Explainer(scores, background=X, baseline=given)
    np.testing.assert_array_equal(
        other.predict(x, without=region).scores, expected.predict(x, without=region).scores
    )
    assert explainer.baseline == "blur"
    np.testing.assert_array_equal(
        explainer.fill(explainer.matrix(x)), baseline("blur", explainer.matrix(x))
    )


def test_an_unknown_word_is_refused_at_once():
    with pytest.raises(ValueError, match="did you mean 'row_mean'"):
        hb.Explainer(scores).with_baseline("row_maen")
