"""Methods that hide nothing, where cells do not exist; and networks that read NaN as no value."""

import keras
import numpy as np
import pytest

import heatbrush_core as hb
from heatbrush_core import Explainer
from heatbrush_core.network.network import Original

RANDOM = np.random.default_rng(5)
X = RANDOM.normal(size=(6, 4, 9)).astype("float32")
GAPS = RANDOM.random((4, 9)) < 0.7
SHARE = "of this map, by size, lies on cells that do not exist"


def layers(*inside):
    keras.utils.set_random_seed(3)
    cells = keras.Input((4, 9, 1))
    out = cells
    for layer in inside:
        out = layer(out)
    return keras.Model(cells, keras.layers.Dense(2)(keras.layers.Flatten()(out)))


@pytest.fixture(scope="module")
def linear():
    model = layers()
    return model, model.get_weights()[0][:, 0].reshape(4, 9)


def test_what_lies_on_no_cell_is_taken_away_and_said(linear):
    model, weights = linear
    asker = Explainer(model, scores="logits", baseline=0, valid=GAPS, time="columns")
    for method, whole in (("gradient", weights), ("lrp", weights * X[0])):
        found = asker.explain(X[0], method, 0)
        np.testing.assert_allclose(found.map, np.where(GAPS, whole, np.nan), rtol=1e-4, atol=1e-6)
        share = np.abs(whole)[~GAPS].sum() / np.abs(whole).sum()
        assert any(note.startswith(f"{share:.0%} {SHARE}") for note in found.notes)
    # the residual is that of the whole map, whose sum is the score
    assert found.residual == pytest.approx(0, abs=1e-4)
    assert abs(np.nansum(found.map) - found.score) > 0.01


@pytest.mark.parametrize("method", ["integrated_gradients", "deeplift", "expected_gradients"])
def test_the_way_from_a_baseline_leaves_them_where_they_are(linear, method):
    """So that what is shown sums to what is promised."""
    model, weights = linear
    background = RANDOM.normal(size=(4, 4, 9))
    asker = Explainer(
        model, scores="logits", baseline=0.5, background=background, valid=lambda x: GAPS
    )
    found = asker.explain(X[0], method, 0)
    start = background.mean(0) if method == "expected_gradients" else 0.5
    expected = np.where(GAPS, weights * (X[0] - start), np.nan)
    np.testing.assert_allclose(found.map, expected, rtol=1e-3, atol=1e-4)
    promised = found.score - found.score_at_baseline
    assert np.nansum(found.map) == pytest.approx(promised, abs=1e-4)
    assert not any(SHARE in note for note in found.notes)


@pytest.mark.parametrize("method", ["gradient", "deeplift"])
@pytest.mark.parametrize("valid", [GAPS, [3, 9, 5, 5, 8, 9]])
def test_many_matrices_are_as_each_by_itself(linear, method, valid):
    asker = Explainer(linear[0], scores="logits", baseline="row_median", time="columns")
    found = asker.explain_batch(X, method, 0, valid=valid)
    for index, (x, each) in enumerate(zip(X, found, strict=True)):
        one = asker.explain(x, method, 0, valid=valid if valid is GAPS else valid[index])
        np.testing.assert_allclose(each.map, one.map, rtol=1e-4, atol=1e-6)


def test_a_network_that_reads_nan():
    """It is the same network over matrices whose gaps are 0, and changes are whole matrices."""

    def known(x):
        return keras.ops.where(keras.ops.isnan(x), keras.ops.zeros_like(x), x)

    convolution = keras.layers.Conv2D(3, 3, activation="relu")
    reading, plain = layers(keras.layers.Lambda(known), convolution), layers(convolution)
    plain.set_weights(reading.get_weights())
    nan = float("nan")
    x, zeros = np.where(GAPS, X[0], nan), np.where(GAPS, X[0], 0)
    asker = Explainer(reading, scores="logits", valid="finite", fill=nan, baseline=nan)
    other = Explainer(plain, scores="logits", valid=GAPS, baseline=0)
    fine = {"patch": (2, 2), "stride": 1}
    for method, given in (("occlusion", fine), ("shapley", {}), ("gradient", {})):
        mine, theirs = (
            asker.explain(x, method, 0, **given),
            other.explain(zeros, method, 0, **given),
        )
        np.testing.assert_allclose(mine.map, theirs.map, rtol=1e-3, atol=1e-5)
    assert type(asker._network.original(asker.matrix(x))) is Original
    assert type(other._network.original(other.matrix(zeros))) is not Original
    number = Explainer(reading, scores="logits", valid="finite", fill=nan, baseline=0)
    found, theirs = (
        each.explain(v, "rise", 0, samples=40) for each, v in ((number, x), (other, zeros))
    )
    np.testing.assert_allclose(found.map, theirs.map, rtol=1e-3, atol=1e-5)
    lost = number.explain(x, "deeplift", 0)
    assert np.isnan(lost.map[GAPS]).any()
    assert any("carries NaN on" in note for note in lost.notes)
    table = hb.find_runs(asker, x, target=0, controls=19)
    assert "Hidden cells become NaN." in table.attrs["notes"]
