"""Evidence: what regions are worth, p values that are right, and runs that are found."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted import trained, truth
from sentences import refuses

from heatbrush_core import Explainer, Region, find_runs, targets
from heatbrush_core.evidence import nulls, searching
from heatbrush_core.evidence.evidence import placements
from heatbrush_core.evidence.finding import COLUMNS
from heatbrush_core.maps.search import Found, Search, merged

RANDOM = np.random.default_rng(8)


def uniform(ps):
    """Kolmogorov and Smirnov's distance of p values from the uniform distribution."""
    ps = np.sort(np.asarray(ps))
    ranks = np.arange(1, len(ps) + 1) / len(ps)
    return max((ranks - ps).max(), (ps - ranks + 1 / len(ps)).max())


# ------------------------------------------------------------------ necessity and sufficiency


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


# ------------------------------------------------------------------ chance


def test_phases_keep_mean_and_spectrum_of_each_row():
    for width in (15, 16):
        x = RANDOM.normal(size=(3, width, 2)) + 5
        new = nulls.phase_randomised(x, RANDOM)
        assert np.abs(new - x).max() > 0.5 and new.dtype == x.dtype
        spectra = [np.abs(np.fft.rfft(each, axis=1)) for each in (x, new)]
        np.testing.assert_allclose(*spectra, atol=1e-9)


def test_holm_by_hand():
    adjusted = nulls.holm(np.array([0.01, np.nan, 0.04, 0.03]))
    np.testing.assert_allclose(adjusted, [0.03, np.nan, 0.06, 0.06])


def test_p_counts_the_observed_itself():
    assert nulls.p_value(2.0, [1.0, 2.0, 3.0]) == 3 / 4
    assert nulls.p_value(9.0, [1.0, 2.0, 3.0]) == 1 / 4
    assert np.isnan(nulls.p_value(1.0, []))


def test_rows_without_a_background_have_no_honest_chance():
    x = RANDOM.normal(size=(6, 8, 1))
    assert nulls.matched(x, "rows", None, 99, RANDOM) is None
    source, found = nulls.matched(x, "columns", x[None][:0], 99, RANDOM)
    assert source == "phases" and found.shape == (99, 6, 8, 1)
    source, found = nulls.matched(x, "rows", np.stack([x] * 40), 30, RANDOM)
    assert source == "background" and len(found) == 30


@given(st.integers(2, 5), st.integers(2, 9), st.integers(1, 3), st.integers(0, 99))
def test_shifts_turn_each_row_as_it_is(height, width, channels, seed):
    random = np.random.default_rng(seed)
    x = random.normal(size=(height, width, channels)).astype("float32")
    new = nulls.rows_shifted(x, random)
    assert new.dtype == x.dtype
    np.testing.assert_array_equal(np.sort(new, axis=1), np.sort(x, axis=1))
    for old, row in zip(x, new, strict=True):
        assert any(np.array_equal(np.roll(old, offset, axis=0), row) for offset in range(width))


def test_rows_are_shifted_against_each_other_by_every_offset():
    x = np.eye(2, 6)[..., None]
    places = [np.argmax(nulls.rows_shifted(x, RANDOM)[..., 0], axis=1) for _ in range(300)]
    assert set(np.diff(places, axis=1).ravel() % 6) == set(range(6))


BUMPS = np.random.default_rng(2).normal(0, 0.05, size=(6, 120))
BUMPS[[1, 4], 40:43] += 1


def answers(evidence):
    z = 8 * evidence - 16  # a bump has 3
    return np.stack([sigmoid(-z), sigmoid(z)], axis=1)


def aligned(batch):
    """A bump counts where rows 1 and 4 have one in the same columns."""
    both = np.minimum(batch[:, 1, :, 0], batch[:, 4, :, 0])
    return answers(np.maximum(both, 0).sum(axis=1))


def alone(batch):
    """A bump counts in row 1 wherever it is."""
    return answers(np.maximum(batch[:, 1, :, 0] - 0.5, 0).sum(axis=1) * 2)


def test_shifts_find_evidence_across_rows_and_no_other():
    found = {}
    for network in (aligned, alone):
        explainer = Explainer(network, scores="probabilities")
        table = find_runs(explainer, BUMPS, methods=("occlusion",), controls=59, null="shifts")
        assert table.attrs["null"] == "shifts" and table.attrs["controls"] == 59
        found[network] = (table.attrs["best_p"], len(table))
        by_phases = find_runs(explainer, BUMPS, methods=("occlusion",), controls=59)
        assert by_phases.attrs["null"] == "phases" and by_phases.attrs["best_p"] <= 0.05
    assert found[aligned][0] <= 0.05 and found[aligned][1] == 1
    assert found[alone][0] > 0.5 and found[alone][1] == 0


def test_a_null_that_is_insisted_on():
    others = np.stack([ONES] * 30)[..., None]
    explainer = Explainer(probabilities, scores="probabilities", background=-others)
    for null in ("background", "phases", "shifts"):
        search = Search.of("columns", ["occlusion"], null=null)
        matched = searching.matched(
            search, explainer, ONES[..., None], targets.Class(1), 25, RANDOM
        )
        assert matched.source == null and matched.matrices.shape == (25, 4, 12, 1)
    table = explainer.evidence(ONES, [Region.columns(0, 3)], 1, chosen=search, controls=19)
    assert table["p"].item() == 1.0  # what the rows hold by themselves is still there


@pytest.mark.parametrize(
    "axis, null, x, controls, said",
    [
        ("columns", "shift", ONES, 19, ("'shift'", "'phases', 'shifts'", "give one of these")),
        ("columns", "background", ONES, 19, ("has 0 matrices", "at least 19", "background=")),
        ("rows", "phases", ONES, 19, ("given for rows", "for columns", "null='auto'")),
        ("columns", "shifts", ONES[:1], 19, ("1 × 12", "two rows", "null='auto'")),
        ("rows", "shifts", ONES[:, :1], 19, ("4 × 1", "two columns", "null='auto'")),
        ("columns", "shifts", ONES, 18, ("controls is 18", "at least 19", "give more")),
    ],
)
def test_a_null_that_is_not_possible(axis, null, x, controls, said):
    explainer = Explainer(probabilities, scores="probabilities")
    with refuses(ValueError, *said):
        find_runs(explainer, x, axis, ("occlusion",), controls=controls, null=null)


def test_p_is_uniform_for_a_region_drawn_at_random():
    """Without evidence, over 60 samples: no distance that comes by chance once in a hundred."""
    explainer, samples, planted = trained()
    ps = []
    for index in np.flatnonzero(samples.y != planted)[:60]:
        start = int(RANDOM.integers(0, 55))
        region = Region.columns(start, start + 10)
        table = explainer.evidence(samples.X[index], [region], planted, chosen="before")
        ps.append(table["p"].item())
    assert uniform(ps) < 1.63 / np.sqrt(60)


def test_p_is_uniform_for_the_best_of_a_search():
    """The same, where the run is the best that a search of the very sample found."""
    explainer, samples, planted = trained()
    nothing = samples.X[samples.y != planted]
    search = Search.of("columns", ["occlusion"], k=3)
    aim = explainer.aim(explainer.matrix(nothing[0]), planted)
    best = np.array([searching.best(search, explainer, explainer.matrix(x), aim) for x in nothing])[
        :, 1
    ]
    observed, rest = best[:60], best[60:]
    ps = [nulls.p_value(each, RANDOM.permutation(rest)[:99]) for each in observed]
    assert uniform(ps) < 1.63 / np.sqrt(60)
    # the wrong way: the same runs against other places of the same samples
    wrong = []
    for x, size in zip(nothing[:60], observed, strict=True):
        found = searching.found(search, explainer, explainer.matrix(x), aim)
        if found and np.isfinite(size):
            regions = [search.region(each) for each in found]
            table = explainer.evidence(x, regions, planted, chosen="before")
            wrong.append(table["p"].min())
    assert np.mean(np.array(wrong) <= 0.05) > 0.2


# ------------------------------------------------------------------ finding


def test_planted_runs_are_found():
    explainer, samples, planted = trained()
    overlaps = []
    for index in np.flatnonzero(samples.y == planted)[:25]:
        x, (start, stop) = samples.X[index], truth(samples, index)
        without = explainer.predict(x, without=Region.columns(start, stop)).predicted
        if explainer.predict(x).predicted != planted or without == planted:
            continue
        table = find_runs(explainer, x, controls=19)
        assert list(table.columns) == COLUMNS
        first = table.iloc[0]
        both = min(stop, first["stop"]) - max(start, first["start"])
        overlaps.append(both / (max(stop, first["stop"]) - min(start, first["start"])))
        assert first["p"] == 0.05 and first["null"] == "repeat the choice"
        assert first["length"] == first["stop"] - first["start"] and "occlusion" in first["methods"]
    assert len(overlaps) >= 15
    assert np.mean(np.array(overlaps) >= 0.7) >= 0.9


def test_a_class_without_evidence_has_an_empty_table_that_says_why():
    explainer, samples, planted = trained()
    x = samples.X[np.flatnonzero(samples.y != planted)[0]]
    table = find_runs(explainer, x, methods=("occlusion",), controls=39)
    assert explainer.predict(x).predicted != planted
    assert len(table) == 0 and list(table.columns) == COLUMNS
    assert "less than" in table.attrs["why"] or "without evidence" in table.attrs["why"]
    assert 0 < table.attrs["best_p"] <= 1


def redundant(batch):
    """A logit that is there as soon as either of two columns is."""
    hints = np.maximum(
        batch[:, :, 4:6].mean(axis=(1, 2, 3)), batch[:, :, 14:16].mean(axis=(1, 2, 3))
    )
    z = 8 * hints - 4
    return np.stack([sigmoid(-z), sigmoid(z)], axis=1)


def test_redundant_evidence_is_found_by_what_it_gives_alone():
    random = np.random.default_rng(0)
    x = np.zeros((6, 20))
    x[:, 4:6] = x[:, 14:16] = 1
    background = random.normal(0, 0.1, size=(60, 6, 20, 1))
    explainer = Explainer(redundant, background=background, scores="probabilities")
    methods = [("shapley", {"players": "columns", "samples": 40})]
    table = find_runs(explainer, x, methods=methods, controls=59)
    found = sorted(zip(table["start"], table["stop"], strict=True))
    assert found == [(4, 6), (14, 16)]
    assert (table["necessity"] < 0.1).all() and (table["sufficiency"] > 0.8).all()
    assert (table["p"] <= 0.05).all()


def test_runs_of_an_explanation_remember_how_they_were_found():
    explainer, samples, planted = trained()
    x = samples.X[np.flatnonzero(samples.y == planted)[1]]
    explanation = explainer.explain(x, "occlusion", planted, patch=(None, 4), stride=(None, 1))
    found = explanation.runs("columns", k=2)
    table = explainer.evidence(x, found, planted, controls=19)
    assert set(table["null"]) == {"repeat the choice"} and table["p"].iloc[0] == 0.05
    table = explainer.evidence(x, [*found, Region.rows(0, 2)], planted, controls=19)
    assert set(table["null"]) == {"none"}


def test_the_same_seed_gives_the_same_table():
    explainer, samples, planted = trained()
    x = samples.X[np.flatnonzero(samples.y == planted)[2]]
    tables = [find_runs(explainer, x, methods=("occlusion",), controls=19) for _ in range(2)]
    pd.testing.assert_frame_equal(*tables)


def test_runs_that_nearly_agree_are_one():
    runs = [
        Found(3, 9, 2.0, 0.5, ("a",)),
        Found(20, 22, 1.0, 0.1, ("a",)),
        Found(4, 9, 9.0, 0.4, ("b",)),
        Found(8, 20, 1.0, 0.2, ("b",)),
        Found(15, 16, 1.0, 0.2, ("c",)),
    ]
    kept = merged(runs)
    assert [(each.start, each.stop, each.methods) for each in kept] == [
        (3, 9, ("a", "b")),
        (20, 22, ("a",)),
        (8, 20, ("b", "c")),
    ]


@pytest.mark.parametrize("scale", [0.001, 1000.0])
def test_a_score_without_probabilities_is_listed_by_its_own_range(scale):
    """A regression: the same runs whatever its unit."""

    def model(batch):
        return scale * batch[:, 2:4, 20:26].sum((1, 2, 3))[:, None]

    explainer = Explainer(model)
    x = np.zeros((6, 40))
    x[2:4, 20:26] = 1
    table = find_runs(explainer, x, methods=("occlusion",), null="phases", controls=39)
    assert 18 <= table["start"][0] <= 20 and 26 <= table["stop"][0] <= 28
    assert table["necessity"][0] == pytest.approx(12 * scale)
    nothing = find_runs(explainer, np.zeros((6, 40)), methods=("occlusion",), null="phases")
    assert not len(nothing) and nothing.attrs["why"]


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
