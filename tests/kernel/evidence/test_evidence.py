"""What regions are worth, and which chance that is compared with."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted import trained
from sentences import refuses

from heatbrush_core import Explainer, Region, Search
from heatbrush_core.evidence import searching
from heatbrush_core.evidence.places import placements

RANDOM = np.random.default_rng(8)


def probabilities(batch):
    """Two classes, whose logit is the mean of the first three columns times 4."""
    z = 4 * batch[:, :, :3].mean(axis=(1, 2, 3))
    return np.stack([1 / (1 + np.exp(z)), 1 / (1 + np.exp(-z))], axis=1)


FLAT = Explainer(probabilities, scores="probabilities", baseline=0)
ONES = np.ones((4, 12))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def test_necessity_and_sufficiency_are_differences_of_the_probability():
    regions = [Region.columns(0, 3), Region.columns(0, 1), Region.columns(5, 8)]
    table = FLAT.evidence(ONES, regions, target=1)
    expected = [sigmoid(4) - 0.5, sigmoid(4) - sigmoid(8 / 3), 0]
    np.testing.assert_allclose(table["necessity"], expected, atol=1e-9)
    np.testing.assert_allclose(table["sufficiency"], [sigmoid(4) - 0.5, sigmoid(4 / 3) - 0.5, 0])
    assert list(table["cells"]) == [12, 4, 12]
    assert list(table.index) == ["columns 0–2", "columns 0", "columns 5–7"]
    assert (table["necessity, row_mean"].abs() < 1e-9).all()


def test_what_is_of_unknown_origin_has_no_p():
    table = FLAT.evidence(ONES, [Region.columns(0, 3)], target=1)
    assert table["null"].item() == "none" and np.isnan(table["p"].item())
    assert table["elsewhere_mean"].item() == pytest.approx(
        np.mean([sigmoid(4) - sigmoid(4 * (1 - max(0, 3 - a) / 3)) for a in range(1, 10)])
    )


def test_regions_fixed_before_are_compared_with_all_places():
    regions = [Region.columns(0, 3), Region.columns(9, 12), Region.rows(1, 2)]
    table = FLAT.evidence(ONES, regions, target=1, chosen="before")
    assert list(table["null"]) == ["placement"] * 3
    np.testing.assert_allclose(table["p"], [1 / 10, 1.0, 1.0])
    np.testing.assert_allclose(table["smallest_p"], [1 / 10, 1 / 10, 1 / 4])
    np.testing.assert_allclose(table["p_adjusted"], [3 / 10, 1.0, 1.0])


@given(st.integers(1, 4), st.integers(1, 12), st.integers(1, 40), st.integers(0, 99))
def test_placements_are_the_other_places_of_the_shape(height, width, most, seed):
    region = Region.rectangle(0, height, 12 - width, 12)
    found = placements(region, (4, 12), most, np.random.default_rng(seed))
    places = (4 - height + 1) * (12 - width + 1) - 1
    assert len(found) == min(most, places)
    assert len({str(each) for each in found}) == len(found)
    assert all(each.mask((4, 12)).sum() == height * width and each != region for each in found)


def test_the_shape_of_a_placement_is_kept():
    region = Region.rectangle(0, 2, 0, 3) - Region.rectangle(0, 1, 1, 2)
    for place in placements(region, (3, 5), 99, RANDOM):
        mask = place.mask((3, 5))
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        own = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        np.testing.assert_array_equal(own, [[True, False, True], [True, True, True]])


@pytest.mark.parametrize(
    "settings, said",
    [
        ({"chosen": "after"}, ("'after'", "'before', a Search or None", "give 'before' only")),
        ({"controls": 0}, ("controls is 0", "from 1 on", "give one")),
    ],
)
def test_impossible_questions(settings, said):
    with refuses(ValueError, *said):
        FLAT.evidence(ONES, [Region.columns(0, 3)], **settings)


def test_runs_of_an_explanation_remember_how_they_were_found():
    explainer, samples, planted = trained()
    x = samples.X[np.flatnonzero(samples.y == planted)[1]]
    explanation = explainer.explain(x, "occlusion", planted, patch=(None, 4), stride=(None, 1))
    found = explanation.runs("columns", k=2)
    table = explainer.evidence(x, found, planted, controls=19)
    assert set(table["null"]) == {"repeat the choice"} and table["p"].iloc[0] == 0.05
    table = explainer.evidence(x, [*found, Region.rows(0, 2)], planted, controls=19)
    assert set(table["null"]) == {"none"}


def test_blocks_repeat_their_own_choice():
    """Rectangles of a map are compared with the best rectangles of matrices without evidence."""
    random = np.random.default_rng(4)
    noise = random.normal(0, 0.3, size=(61, 8, 24, 1))

    def model(batch):
        first = 6 * batch[:, 2:5, 8:14].mean((1, 2, 3)) - 3
        return np.stack([first, -first], 1)

    explainer = Explainer(model, background=noise[:40])
    x = noise[40].copy()
    x[2:5, 8:14] += 1
    explanation = explainer.explain(x, "occlusion", patch=(2, 3), stride=1)
    found = explanation.blocks(k=2)
    table = explainer.evidence(x, found, controls=40)
    assert set(table["null"]) == {"repeat the choice"} and table["smallest_p"].iloc[0] == 1 / 41
    assert table["p"].iloc[0] == 1 / 41
    ps = []
    for each in noise[41:]:
        blank = explainer.explain(each, "occlusion", target=0, patch=(2, 3), stride=1).blocks(k=1)
        if blank:
            ps += explainer.evidence(each, blank, target=0, controls=40)["p"].tolist()
    assert len(ps) >= 15 and np.mean(np.array(ps) <= 0.1) <= 0.3 and np.mean(ps) > 0.25


def test_another_score_is_measured_and_remembered_by_the_search():
    random = np.random.default_rng(6)
    weights = random.normal(size=(2, 4, 16))

    def model(batch):
        return np.einsum("nijc,kij->nk", batch, weights)

    background = random.normal(size=(60, 4, 16, 1))
    explainer = Explainer(model, scores="logits", background=background, baseline=0)
    x = random.normal(size=(4, 16))
    target = explainer.predict(x).predicted
    regions = [Region.columns(3, 6), Region.columns(9, 10)]
    nothing = explainer.predict(x, without=Region.everything()).scores[target]
    whole = explainer.predict(x).scores[target]
    search = Search.of("columns", ["occlusion"], k=2, score="logit")
    by_search = explainer.evidence(x, regions, target, search, controls=19)
    by_word = explainer.evidence(x, regions, target, "before", controls=19, score="logit")
    plain = Search.of("columns", ["occlusion"], k=2)
    overridden = explainer.evidence(x, regions, target, plain, controls=19, score="logit")
    for table in (by_search, by_word, overridden):
        assert table.attrs["score"] == "logit"
        for row, region in zip(table.itertuples(), regions, strict=True):
            lost = whole - explainer.predict(x, without=region).scores[target]
            alone = explainer.predict(x, only=region).scores[target] - nothing
            assert (row.necessity, row.sufficiency) == pytest.approx((lost, alone))
    np.testing.assert_array_equal(by_search["p"], overridden["p"])
    others = background[[explainer.predict(b).predicted != target for b in background]]
    width = regions[0].mask((4, 16)).any(0).sum()
    places = [Region.columns(a, a + width) for a in range(14) if a != 3]
    lost = [whole - explainer.predict(x, without=each).scores[target] for each in places]
    assert by_word["elsewhere_mean"].iloc[0] == pytest.approx(np.mean(lost))
    assert by_word["elsewhere_sd"].iloc[0] == pytest.approx(np.std(lost, ddof=1))
    assert len(others) >= 19 and set(by_search["null"]) == {"repeat the choice"}


def test_the_search_is_repeated_with_its_score():
    """The best logit of a search in each matched matrix is what p compares with."""
    random = np.random.default_rng(7)

    def model(batch):
        z = 6 * batch[:, 1:3, 4:8].mean((1, 2, 3)) - 2
        return np.stack([-z, z], 1)

    background = random.normal(0, 0.5, size=(30, 4, 16, 1))
    explainer = Explainer(model, scores="logits", background=background, baseline=0)
    x = random.normal(0, 0.5, size=(4, 16))
    x[1:3, 4:8] += 0.4
    search = Search.of("columns", ["occlusion"], k=1, score="logit")
    aim = explainer.aim(explainer.asked(x), 1)
    matched = searching.matched(search, explainer, x[..., None], aim, 25, random)
    repeats = searching.repeated(search, explainer, aim, matched)
    for other, best in zip(matched.matrices, repeats.necessity, strict=True):
        found = searching.found(search, explainer, other, aim)
        runs = [Region.columns(each.start, each.stop) for each in found]
        whole = explainer.predict(other).scores[1]
        lost = [whole - explainer.predict(other, without=run).scores[1] for run in runs]
        assert best == pytest.approx(max(lost, default=-np.inf))


def test_one_region_is_taken_where_a_list_is():
    region = Region.columns(0, 3)
    one, several = (FLAT.evidence(ONES, given, target=1) for given in (region, [region]))
    np.testing.assert_array_equal(one["necessity"], several["necessity"])


def test_a_mask_of_another_shape_is_refused_wherever_regions_are():
    wrong = Region.where(np.ones((3, 3), bool))
    for ask in (
        lambda: FLAT.evidence(ONES, wrong),
        lambda: FLAT.predict(ONES, without=wrong),
        lambda: FLAT.predict_each(ONES, only=wrong),
        lambda: FLAT.explain(ONES, "occlusion", within=wrong),
    ):
        with refuses(ValueError, "(3, 3)", "(4, 12)", "give a mask of the matrix's own"):
            ask()
