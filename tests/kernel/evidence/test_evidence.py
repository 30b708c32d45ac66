"""What regions are worth, and which chance that is compared with."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted import trained
from sentences import refuses

from heatbrush_core import Explainer, Region
from heatbrush_core.evidence.evidence import placements

RANDOM = np.random.default_rng(8)


def probabilities(batch):
    """Two classes, whose logit is the mean of the first three columns times 4."""
    z = 4 * batch[:, :, :3].mean(axis=(1, 2, 3))
    return np.stack([1 / (1 + np.exp(z)), 1 / (1 + np.exp(-z))], axis=1)


FLAT = Explainer(probabilities, scores="probabilities")
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
    assert table["control_mean"].item() == pytest.approx(
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
