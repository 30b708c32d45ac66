"""Padding and gaps: a padded matrix has the answers of the one that is cut to its length."""

import io

import numpy as np
import pytest
from sentences import refuses

import heatbrush_core as hb
from heatbrush_core import Explainer, Explanation, Region

RANDOM = np.random.default_rng(0)
WEIGHTS = RANDOM.normal(size=(3, 12, 2))
X = RANDOM.normal(size=(3, 12, 2)).astype(np.float32)
GAPS = RANDOM.random((3, 12)) < 0.8
FINE = {"patch": (2, 3), "stride": 1}
PERTURBING = [
    ("occlusion", FINE),
    ("occlusion", {"patch": (None, 2), "stride": (None, 1)}),
    ("shapley", {"players": "columns"}),
    ("lime", {"players": "columns"}),
    ("rise", {"samples": 50}),
]


def until(length):
    """A model that goes by the first columns alone; cells act together."""

    def scores(batch):
        said = (batch[:, :, :length] * WEIGHTS[:, :length]).sum((2, 3))
        return np.stack([said.sum(1), said[:, 0] * said[:, 1] + said[:, 2] ** 2], axis=1)

    return scores


def explainer(length=12, **given):
    given = {"baseline": "row_median", "time": "columns", **given}
    return Explainer(until(length), **given)


def padded(length, value):
    x = X.copy()
    x[:, length:] = value
    return x


@pytest.mark.parametrize("length", [5, 8, 11])
@pytest.mark.parametrize(("method", "parameters"), PERTURBING)
def test_padding_changes_nothing(method, parameters, length):
    asker, x = explainer(length), padded(length, -7)
    found = asker.explain(x, method, 1, valid=length, **parameters)
    cut = asker.explain(x[:, :length], method, 1, **parameters)
    np.testing.assert_allclose(found.map[:, :length], cut.map, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.rows, cut.rows, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.columns[:length], cut.columns, rtol=1e-5, atol=1e-6)
    if cut.row_errors is not None:
        np.testing.assert_allclose(found.row_errors, cut.row_errors, rtol=1e-4)
    for numbers in (found.map[:, length:], found.values[:, length:], found.columns[length:]):
        assert np.isnan(numbers).all()
    np.testing.assert_array_equal(found.valid, np.arange(12) < np.full((3, 1), length))
    assert found.score == cut.score and found.score_at_baseline == cut.score_at_baseline


def test_ways_of_saying_it_are_the_same():
    x, mask = padded(8, np.nan), np.broadcast_to(np.arange(12) < 8, (3, 12))
    first = explainer(8, fill=-7.0).explain(padded(8, -7), "occlusion", 0, valid=mask, **FINE)
    for asker, given, valid in (
        (explainer(8, fill=-7.0), x, 8),
        (explainer(8, fill=-7.0, valid="finite"), x, None),
        (explainer(8, fill=-7.0, valid=mask), X, None),
        (explainer(8, valid=lambda x: x[..., 0] != -7), padded(8, -7), None),
        (explainer(8, valid=~mask), padded(8, -7), mask),
    ):
        found = asker.explain(given, "occlusion", 0, valid=valid, **FINE)
        np.testing.assert_array_equal(found.map, first.map)
        assert asker.predict(given, valid=valid).scores.tolist() == [
            first.score,
            *(asker.predict(padded(8, -7), valid=mask).scores[1:]),
        ]


def test_all_cells_are_exactly_no_mask():
    asker, plain = explainer(valid="finite"), explainer()
    for method, parameters in PERTURBING:
        mine = asker.explain(X, method, 1, **parameters)
        masked = plain.explain(X, method, 1, valid=np.ones((3, 12), bool), **parameters)
        theirs = plain.explain(X, method, 1, **parameters)
        for each in (mine, masked):
            np.testing.assert_array_equal(each.map, theirs.map)
            assert each.valid is None and each.notes == theirs.notes
    assert plain.about(X, np.ones((3, 12), bool))[0] is plain


def test_which_axis_lengths_run_along_is_said_where_it_is_assumed():
    guessing, told = Explainer(until(12), baseline=0), explainer(baseline=0)
    assumed = "The lengths were taken along the columns"
    region = Region.columns(2, 5)
    for asker, yes in ((guessing, True), (told, False)):
        found = [
            asker.explain(X, "occlusion", 0, valid=8).notes,
            asker.evidence(X, [region], 0, chosen="before", valid=8).attrs["notes"],
            hb.reliance(asker, X[None], region, valid=[8]).attrs["notes"],
            hb.class_profile(asker, X[None], [0], valid=[8]).attrs["notes"],
        ]
        for notes in found:
            assert any(note.startswith(assumed) for note in notes) == yes
    whole = guessing.explain(X, "occlusion", 0, valid=np.arange(12) < np.full((3, 1), 8)).notes
    assert not any(note.startswith(assumed) for note in whole)


def test_an_explainer_says_what_exists():
    assert "valid finite" in repr(explainer(valid="finite"))
    assert "valid mask" in repr(explainer(valid=GAPS))
    assert "valid" not in repr(explainer())


def test_what_is_fed():
    """The baseline in the place of NaN; what x holds elsewhere; or the filling."""
    x = np.where(GAPS[..., None], X, np.nan)
    medians = np.broadcast_to(np.nanmedian(x, axis=1, keepdims=True), x.shape)
    fed = explainer(valid="finite").matrix(x)
    np.testing.assert_allclose(fed, np.where(np.isnan(x), medians, X), rtol=1e-6)
    np.testing.assert_array_equal(explainer(valid=GAPS).matrix(X), X)
    zeros = explainer(valid=GAPS, fill=0).matrix(X)
    np.testing.assert_array_equal(zeros, np.where(GAPS[..., None], X, 0))
    # of a cell that is known in one channel, the model is fed what is known
    x[0, 3, 0], x[0, 3, 1] = np.nan, 5
    half = explainer(valid="finite", fill=0)
    assert half.matrix(x)[0, 3].tolist() == [0, 5]
    assert not half.explain(x, "occlusion", 0, **FINE).valid[0, 3]


def test_hidden_cells_exist():
    """Whatever is hidden, the model sees cells that do not exist as they are."""
    seen = []

    def scores(batch):
        seen.append(batch)
        return batch.sum((1, 2, 3))[:, None]

    x = np.where(GAPS[..., None], X, -9)
    asker = Explainer(scores, baseline=0, valid=lambda x: x[..., 0] != -9, time="columns")
    for method, parameters in PERTURBING:
        asker.explain(x, method, **parameters)
    region = Region.columns(2, 9)
    asker.predict(x, without=region), asker.predict(x, only=region), asker.whatif(x, region)
    asker.predict_each(x, without=[region, Region.rows(0, 2)])
    asker.predict_each(x, only=[region])
    hb.find_runs(asker, x, controls=19), asker.evidence(x, [region], chosen="before")
    found = asker.explain(x, "occlusion", **FINE)
    hb.deletion(asker, x, found), hb.sensitivity_n(asker, x, found, n=3, samples=3)
    hb.stability(asker, x, "occlusion", samples=2), asker.baselines(x)
    plain = Explainer(scores, baseline=0, time="columns")  # to which the map tells it
    hb.deletion(plain, x, found), hb.sensitivity_n(plain, x, found, n=3, samples=3)
    assert (np.concatenate(seen)[:, ~GAPS] == -9).all()


def test_within_what_exists():
    asker, region = explainer(8), Region.columns(6, 10)
    found = asker.explain(padded(8, 0), "occlusion", 1, region, valid=8, **FINE)
    cut = asker.explain(padded(8, 0)[:, :8], "occlusion", 1, Region.columns(6, 8), **FINE)
    np.testing.assert_allclose(found.map[:, :8], cut.map, rtol=1e-5)
    assert np.isnan(found.map[:, 8:]).all() and found.within is region
    with refuses(ValueError, "columns(9, 12)", "none of its cells exists", "give a region"):
        asker.explain(X, "occlusion", 1, Region.columns(9, 12), valid=8)


def test_each_matrix_has_its_own_cells():
    several, lengths = RANDOM.normal(size=(4, 3, 12, 2)), [5, 12, 8, 5]
    asker = explainer(baseline=0.5)
    for method, parameters in (PERTURBING[0], ("rise", {"samples": 20})):
        found = asker.explain_batch(several, method, 0, valid=lengths, **parameters)
        for x, each, length in zip(several, found, lengths, strict=True):
            one = asker.explain(x, method, 0, valid=length, **parameters)
            np.testing.assert_array_equal(each.map, one.map)
            assert (each.valid is None) == (length == 12)


def test_nan_is_handed_on_to_a_model_that_reads_it():
    def scores(batch):
        missing = np.isnan(batch).sum((1, 2, 3))
        return np.stack([np.nansum(batch * WEIGHTS, (1, 2, 3)) - missing, 0.0 * missing], axis=1)

    x = np.where(GAPS[..., None], X, np.nan)
    nan = float("nan")
    asker = Explainer(scores, valid="finite", fill=nan, baseline=nan, time="columns")
    assert asker.predict(x).scores[0] == pytest.approx(scores(x[None])[0, 0])
    expected = (x * WEIGHTS).sum(-1) + 2  # two channels become NaN
    for method, given in (
        ("occlusion", {"patch": 1}),
        ("shapley", {"players": "grid", "grid": 12}),
    ):
        found = asker.explain(x, method, 0, **given)
        np.testing.assert_allclose(found.map, expected, rtol=1e-4, atol=1e-4)
        assert found.parameters["baseline"] != found.parameters["baseline"]
        assert "Hidden cells become NaN." in found.notes
    with refuses(ValueError, "The baseline is NaN", "between the baseline", "occlusion"):
        asker.explain(x, "rise", 0)
    number = Explainer(scores, valid="finite", fill=nan, baseline=0, time="columns")
    found = number.explain(x, "rise", 0, samples=20)
    np.testing.assert_array_equal(np.isnan(found.map), ~GAPS)
    assert len(hb.find_runs(asker, x, controls=19).attrs["notes"]) == 2  # the gaps
    with refuses(ValueError, "returns NaN", "numbers are expected", "weights"):
        Explainer(until(12), valid="finite", fill=nan).predict(x)
    with refuses(ValueError, "NaN", "finite number", 'valid="finite"'):
        Explainer(scores, baseline=nan).explain(X, "occlusion", 0)


def test_nan_is_refused_where_nobody_says_what_it_is():
    x = np.where(GAPS[..., None], X, np.nan)
    with refuses(ValueError, "NaN", "every cell needs", 'valid="finite"'):
        explainer().predict(x)
    with refuses(ValueError, "1 cell", "every cell that exists", "fill or cut"):
        explainer().predict(np.where(np.arange(24).reshape(3, 4, 2) > 0, 1, np.nan), valid=3)
    with refuses(ValueError, "No cell of x exists", "at least one", "another valid="):
        explainer(valid="finite").predict(np.full((3, 12, 2), np.nan))


def test_a_background_has_cells_of_its_own():
    background = RANDOM.normal(3, 1, size=(6, 3, 12, 2))
    background[:3, :, 7:] = np.nan
    x = padded(9, np.nan)
    asker = explainer(valid="finite", background=background, baseline="auto")
    assert asker.baseline == "background_row_median"
    medians = np.nanmedian(background, axis=(0, 2))[:, None]
    twin, fed = asker.about(x)
    np.testing.assert_allclose(fed[:, 9:], np.broadcast_to(medians, (3, 3, 2)), rtol=1e-6)
    np.testing.assert_allclose(
        twin.fill(fed)[:, :9], np.broadcast_to(medians, (3, 9, 2)), rtol=1e-6
    )
    assert np.isfinite(asker.background).all()
    np.testing.assert_allclose(
        asker.background[:3, :, 7:], np.broadcast_to(medians, (3, 3, 5, 2)), rtol=1e-6
    )
    same = explainer(valid="finite", background=background, baseline="background_mean").about(X)[0]
    np.testing.assert_allclose(same.fill(X), np.nanmean(background, axis=0), rtol=1e-6)
    background[4] = np.nan
    with refuses(ValueError, "No cell of background[4]", "at least one", "leave"):
        explainer(valid="finite", background=background)


def test_the_mask_is_kept():
    found = explainer(8).explain(padded(8, 0), "occlusion", 0, valid=8, **FINE)
    file = io.BytesIO()
    found.save(file)
    file.seek(0)
    loaded = Explanation.load(file)
    np.testing.assert_array_equal(loaded.valid, found.valid)
    assert not loaded.valid.flags.writeable
    np.testing.assert_array_equal(loaded.map, found.map)
    np.testing.assert_array_equal(found.to_xarray()["valid"], found.valid)
    assert "absent cells: 12" in repr(found)
    assert "valid" not in explainer().explain(X, "occlusion", 0, **FINE).to_xarray()
    with refuses(ValueError, "valid has shape (3, 4)", "(3, 5, 1)", "per row and column"):
        Explanation(
            values=np.zeros((3, 5, 1)), valid=np.ones((3, 4)), method="m", target=None, score=0
        )


def test_absent_cells_are_drawn_apart_from_those_not_computed():
    found = explainer(8).explain(padded(8, 0), "occlusion", 0, Region.columns(0, 5), valid=8)
    ax = found.plot()
    cover = ax.images[1].get_array()
    np.testing.assert_array_equal(np.ma.getmaskarray(cover), found.valid)
