"""Evidence about matrices with padding and gaps: runs, places, nulls, samples of many lengths."""

import numpy as np
import pytest
from sentences import refuses

import heatbrush_core as hb
from heatbrush_core import Explainer, Region
from heatbrush_core.evidence import matching
from heatbrush_core.evidence.places import fits, placements, starts_of
from heatbrush_core.matrix.rectangles import bounding_box

RANDOM = np.random.default_rng(0)
GAPS = RANDOM.random((6, 20)) < 0.9
X = RANDOM.normal(size=(4, 20)).astype(np.float32)
X[:, 5:9] += 2
SEARCH = {"methods": [("occlusion", {"patch": (None, 2), "stride": (None, 1)})], "target": 0}
LENGTHS = [12, 17, 20, 12, 15]
SAMPLES = RANDOM.normal(size=(5, 4, 20))
SAMPLES[:, :, 5:9] += 1


def until(length):
    """A model that goes by the first columns, and most by a run of them."""

    def scores(batch):
        seen = batch[:, :, :length].mean(axis=(1, 3))
        said = 4 * np.maximum(seen[:, 5:9].mean(1) - 1, 0) + 0.1 * seen.sum(1)
        return np.stack([said, 0 * said], axis=1)

    return scores


def explainer(length=20, **given):
    return Explainer(until(length), scores="logits", **{"baseline": "row_median", **given})


def padded(length):
    x = X.copy()
    x[:, length:] = -3
    return x


@pytest.mark.parametrize("length", [10, 16])
@pytest.mark.parametrize("null", ["phases", "shifts"])
def test_runs_and_their_p_are_those_of_the_matrix_that_is_cut(length, null):
    asker, x = explainer(length, time="columns"), padded(length)
    found = hb.find_runs(asker, x, valid=length, controls=39, null=null, **SEARCH)
    cut = hb.find_runs(asker, x[:, :length], controls=39, null=null, **SEARCH)
    assert len(found) and found["p"].notna().all()
    numbers = ["start", "stop", "score", "necessity", "sufficiency", "elsewhere", "null_mean", "p"]
    np.testing.assert_allclose(found[numbers], cut[numbers], rtol=1e-5)
    assert found.attrs["notes"] == cut.attrs["notes"]
    regions = list(found["region"])
    mine = asker.evidence(x, regions, 0, controls=39)  # they remember what existed
    again = asker.evidence(x, regions, 0, controls=39, valid=length)
    np.testing.assert_array_equal(mine["p"], again["p"])
    theirs = asker.evidence(x[:, :length], regions, 0, controls=39)
    for column in ("cells", "necessity", "sufficiency, row_mean", "elsewhere_mean", "p"):
        np.testing.assert_allclose(mine[column], theirs[column], rtol=1e-5, err_msg=column)


def test_time_along_the_rows():
    x, length = padded(13), 13
    across = Explainer(lambda batch: until(20)(batch.swapaxes(1, 2)), time="rows", baseline=0)
    turned = hb.find_runs(across, x.T, "rows", valid=length, controls=19, target=0)
    plain = hb.find_runs(
        Explainer(until(20), time="columns", baseline=0), x, valid=length, controls=19, target=0
    )
    np.testing.assert_allclose(turned[["start", "stop", "p"]], plain[["start", "stop", "p"]])


@pytest.mark.parametrize("make", ["phases", "shifts"])
def test_copies_keep_what_does_not_exist(make):
    """Absent cells stay, a row keeps its level, and the rest is drawn over what exists."""
    x = np.where(GAPS[..., None], RANDOM.normal(size=(6, 20, 2)), 99.0)
    found = matching.matched(
        x, "columns", None, 25, np.random.default_rng(1), make, "columns", GAPS
    )
    for copy in found.matrices:
        assert (copy[~GAPS] == 99).all() and not np.allclose(copy[GAPS], x[GAPS])
        for row, own in zip(np.where(GAPS[..., None], copy, np.nan), x, strict=True):
            kept = np.where((own == 99), np.nan, own)
            np.testing.assert_allclose(np.nanmean(row, 0), np.nanmean(kept, 0))
    if make == "shifts":
        for row, own, cells in zip(next(iter(found.matrices)), x, GAPS, strict=True):
            turns = [np.roll(own[cells], by, axis=0) for by in range(cells.sum())]
            assert any(np.array_equal(row[cells], turn) for turn in turns)
    noted = matching.about_gaps(make, GAPS, "columns")
    assert len(noted) == 1 and "side by side" in noted[0]
    assert matching.about_gaps(make, np.arange(20) < np.full((6, 1), 9), "columns") == ()


def test_the_spectrum_of_what_exists_stays():
    x = RANDOM.normal(size=(3, 20, 1))
    exists = np.arange(20) < np.array([[7], [20], [12]])
    made = matching.matched(x, "columns", None, 19, RANDOM, "phases", "columns", exists)
    copy = next(iter(made.matrices))
    for new, old, cells in zip(copy, x, exists, strict=True):
        spectra = [np.abs(np.fft.rfft(each[cells, 0])) for each in (new, old)]
        np.testing.assert_allclose(*spectra, atol=1e-9)


def test_background_matrices_keep_their_own_lengths():
    """They are searched where both they and x have cells."""
    seen = []

    def scores(batch):
        seen.append(batch[..., 0])
        return np.stack([batch[:, :, 5:9].mean((1, 2, 3)), 0 * batch[:, 0, 0, 0] + 0.2], axis=1)

    background = RANDOM.normal(0, 0.1, size=(25, 4, 20))
    lengths = RANDOM.integers(10, 20, 25)
    for each, length in zip(background, lengths, strict=True):
        each[:, length:] = np.nan
    asker = Explainer(
        scores, valid="finite", background=background, baseline=7.0, fill=-9.0, time="columns"
    )
    x = X.copy()
    x[:, 15:] = np.nan
    seen.clear()
    table = hb.find_runs(asker, x, controls=20, **SEARCH)
    assert table.attrs["null"] == "background" and table.attrs["controls"] == 20
    fed = np.concatenate(seen)
    hidden = (fed == 7).any(axis=1)
    assert hidden.any() and not hidden[:, 15:].any()
    ends = (fed == -9).all(axis=1)
    assert not (hidden & ends).any() and set((~ends).sum(1)) >= set(np.minimum(lengths, 15)) - {15}


@pytest.mark.parametrize("shape", [(1, 3), (2, 2), (3, 1), (6, 20)])
def test_where_a_shape_fits(shape):
    own = RANDOM.random(shape) < 0.8
    own[0, 0] = True
    found = fits(own, GAPS)
    for (top, left), yes in np.ndenumerate(found):
        window = GAPS[top : top + shape[0], left : left + shape[1]]
        assert yes == window[own].all()


@pytest.mark.parametrize(
    "region",
    [
        Region.rectangle(1, 3, 2, 5),
        Region.columns(3, 5),
        Region.rows(2, 3),
        Region.rectangle(0, 1, 0, 1) | Region.rectangle(2, 3, 1, 2),
    ],
)
def test_places_exist(region):
    exists = (np.arange(20) < 14) & GAPS
    places = placements(region, (6, 20), 999, RANDOM, exists)
    mask = region.mask((6, 20)) & exists
    rows, columns = bounding_box(mask)
    own = mask[rows, columns]
    expected = 0
    for top in range(6 - own.shape[0] + 1):
        for left in range(20 - own.shape[1] + 1):
            same = (top, left) == (rows.start, columns.start)
            along = not region.mask((6, 20)).all(0).any() or top == rows.start
            across = not region.mask((6, 20)).all(1).any() or left == columns.start
            window = exists[top : top + own.shape[0], left : left + own.shape[1]]
            expected += window[own].all() and not same and along and across
    assert len(places) == expected
    for place in places:
        moved = place.mask((6, 20))
        assert exists[moved].all() and moved.sum() == mask.sum() and not np.array_equal(moved, mask)
    with refuses(ValueError, "columns(15, 18)", "no cell that exists", "give regions"):
        placements(Region.columns(15, 18), (6, 20), 9, RANDOM, exists)


def test_where_a_run_may_start():
    exists = np.arange(20) < np.array([[20], [14], [14], [9], [20], [20]])
    run = Region.columns(2, 5)
    assert np.flatnonzero(starts_of(run, "columns", (6, 20), exists)).tolist() == list(range(7))
    # at the ragged end, only rows that go on so far count
    late = Region.columns(10, 13)
    assert np.flatnonzero(starts_of(late, "columns", (6, 20), exists)).tolist() == list(range(12))
    assert starts_of(run, "columns", (6, 20), None).sum() == 18


def test_nothing_elsewhere_is_said():
    asker = explainer(time="columns")
    table = asker.evidence(X, [Region.columns(0, 6)], 0, chosen="before", valid=7)
    assert table["elsewhere_mean"].notna().all() and table["smallest_p"].tolist() == [0.5]
    alone = asker.evidence(X, [Region.columns(0, 7)], 0, chosen="before", valid=7)
    assert alone["p"].isna().all() and "fits nowhere else" in alone.attrs["notes"][-1]
    assert alone["cells"].tolist() == [28]


@pytest.mark.parametrize("axis", ["rows", "columns"])
def test_a_class_profile_is_the_mean_of_what_exists(axis):
    masks = RANDOM.random((5, 4, 20)) < 0.6
    masks[3:, :, 14:], masks[4, 2] = False, False
    asker, fine = explainer(time="columns"), {"patch": (2, 3), "stride": 1}
    found = hb.class_profile(
        asker, SAMPLES, [0, 0, 1, 1, 1], "occlusion", axis, valid=masks, **fine
    )
    each = np.array(
        [
            getattr(asker.explain(x, "occlusion", y, valid=mask, **fine), axis)
            for x, y, mask in zip(SAMPLES, [0, 0, 1, 1, 1], masks, strict=True)
        ]
    )
    np.testing.assert_allclose(found["profile"], each, rtol=1e-5)
    known = ~np.isnan(each)
    for place, which in ((0, slice(0, 2)), (1, slice(2, 5))):
        total, count = np.nansum(each[which], axis=0), known[which].sum(0)
        mean = found["mean"].to_numpy()[place]
        np.testing.assert_allclose(mean[count > 0], (total / np.maximum(count, 1))[count > 0], 1e-5)
        assert np.isnan(mean[count == 0]).all()
        low, high = found["low"].to_numpy()[place], found["high"].to_numpy()[place]
        assert (np.isnan(low) == (count < 2)).all()
        sure = count >= 2
        assert (low[sure] <= mean[sure]).all() and (mean[sure] <= high[sure]).all()


def test_class_profiles_of_lengths():
    asker = explainer(time="columns")
    found = hb.class_profile(asker, SAMPLES, [0] * 5, valid=LENGTHS)
    has = np.isfinite(found["profile"].to_numpy()).sum(1)
    assert has.tolist() == LENGTHS
    assert np.isfinite(found["mean"]).all() and np.isnan(found["low"].to_numpy()[0, 17:]).all()
    assert found["prototype"].item() in range(5)


def test_reliance_is_that_of_each_sample_cut():
    asker, region = explainer(time="columns"), Region.columns(4, 14)
    table = hb.reliance(asker, SAMPLES, region, np.zeros(5, int), valid=LENGTHS)
    for index, (x, length) in enumerate(zip(SAMPLES, LENGTHS, strict=True)):
        whole, without, only, nothing = (
            asker.predict(x, valid=length, **given).probabilities[0]
            for given in (
                {},
                {"without": region},
                {"only": region},
                {"without": Region.rows(0, None)},
            )
        )
        assert table["necessity"][index] == pytest.approx(whole - without)
        assert table["sufficiency"][index] == pytest.approx(only - nothing)
    late = hb.reliance(asker, SAMPLES, Region.columns(16, 20), valid=LENGTHS)
    assert late["necessity"].isna().tolist() == [True, False, False, True, True]
    assert "3 samples of 5" in late.attrs["notes"][-1]


@pytest.mark.parametrize("length", [11, 16])
def test_minimal_runs_and_interactions_are_those_of_the_matrix_that_is_cut(length):
    asker, x = explainer(length, time="columns", baseline=0), padded(length)
    for asked in ({"question": "changes"}, {"keep": 0.6}):
        found = hb.minimal_run(asker, x, target=0, valid=length, **asked)
        assert found == hb.minimal_run(asker, x[:, :length], target=0, **asked) or (
            found.bands == hb.minimal_run(asker, x[:, :length], target=0, **asked).bands
        )
    found = hb.interaction(asker, x, "columns", 3, 0, valid=length).to_numpy()
    cut = hb.interaction(asker, x[:, :length], "columns", 3, 0).to_numpy()
    np.testing.assert_allclose(found[: len(cut), : len(cut)], cut, atol=1e-6)
    assert np.isnan(found[len(cut) :]).all() and np.isnan(found[:, len(cut) :]).all()


def test_baselines_are_compared_over_what_exists():
    asker, x = explainer(13, time="columns"), padded(13)
    found = asker.baselines(x, 0, valid=13)
    cut = asker.baselines(x[:, :13], 0)
    found, cut = (each.drop("blur") for each in (found, cut))  # which is as wide as the matrix
    assert found["predicted"].tolist() == cut["predicted"].tolist()
    for column in ("score_hidden", "outside"):
        np.testing.assert_allclose(found[column], cut[column], rtol=1e-5)
