"""Runs that are found, with evidence."""

import numpy as np
import pandas as pd
import pytest
from planted import trained, truth
from sentences import refuses

from heatbrush_core import Explainer, Region, find_runs
from heatbrush_core.evidence.finding import COLUMNS


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def probabilities(batch):
    """Two classes, whose logit is the mean of the first three columns times 4."""
    z = 4 * batch[:, :, :3].mean(axis=(1, 2, 3))
    return np.stack([1 / (1 + np.exp(z)), 1 / (1 + np.exp(-z))], axis=1)


ONES = np.ones((4, 12))
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


@pytest.mark.slow
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


def test_the_same_seed_gives_the_same_table():
    explainer, samples, planted = trained()
    x = samples.X[np.flatnonzero(samples.y == planted)[2]]
    tables = [find_runs(explainer, x, methods=("occlusion",), controls=19) for _ in range(2)]
    pd.testing.assert_frame_equal(*tables)


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


STARTS = (2, 9, 16, 23)


def sure(batch):
    """A logit of -40 that rises by 20 with each of four stretches: three of them are plenty."""
    z = 20 * sum(batch[:, :, a : a + 3].mean(axis=(1, 2, 3)) for a in STARTS) - 40
    return np.stack([0 * z, z], axis=1)


def test_a_saturated_probability_is_searched_by_its_logit():
    random = np.random.default_rng(5)
    background = random.normal(0, 0.02, size=(40, 5, 30, 1))
    x = random.normal(0, 0.02, size=(5, 30))
    for start in STARTS:
        x[:, start : start + 3] += 1
    explainer = Explainer(sure, scores="logits", background=background, baseline=0)
    asked = {"methods": ("occlusion",), "controls": 39}
    blind = find_runs(explainer, x, **asked)
    assert blind.attrs["score"] == "probability" and len(blind) == 0
    table = find_runs(explainer, x, score="logit", **asked)
    assert table.attrs["score"] == "logit" and len(table) == 4
    whole, nothing = (
        explainer.predict(x, without=each).scores[1] for each in (None, Region.everything())
    )
    for run in table.itertuples():
        region = Region.columns(run.start, run.stop)
        lost = whole - explainer.predict(x, without=region).scores[1]
        alone = explainer.predict(x, only=region).scores[1] - nothing
        assert (run.necessity, run.sufficiency) == pytest.approx((lost, alone))
        assert max(lost, alone) >= 0.1 * (whole - nothing) and run.p == 1 / 40
        assert any(run.start < start + 3 and start < run.stop for start in STARTS)


@pytest.mark.parametrize("part, listed", [(0.12, 2), (0.08, 1)])
@pytest.mark.parametrize("score", ["logit", "log_probability"])
def test_another_score_must_move_by_a_tenth_of_what_it_gains(score, part, listed):
    """Two stretches, of which the smaller holds a part of what the score gains, which is 100."""

    def model(batch):
        first, second = (batch[:, :, a : a + 3].mean(axis=(1, 2, 3)) for a in (4, 20))
        z = 100 * ((1 - part) * first + part * second) - 110  # so that log p is the logit
        return np.stack([0 * z, z], axis=1)

    x = np.zeros((4, 30))
    x[:, 4:7] = x[:, 20:23] = 1
    background = np.random.default_rng(0).normal(0, 1e-3, size=(40, 4, 30, 1))
    explainer = Explainer(model, scores="logits", background=background, baseline=0)
    asked = {"methods": [("occlusion", {"patch": (None, 1), "stride": 1})], "penalty": 1.0}
    table = find_runs(explainer, x, target=1, controls=19, score=score, **asked)
    assert len(table) == listed and list(table["start"]) == [4, 20][:listed]


@pytest.mark.parametrize(
    "model, score, said",
    [
        (sure, "odds", ("'odds'", "logit, probability, log_probability", "give one")),
        (
            lambda b: b.sum((1, 2, 3))[:, None],
            "probability",
            ("needs", "plain values", "leave score out"),
        ),
    ],
)
def test_a_score_that_the_model_has_not(model, score, said):
    explainer = Explainer(model, scores="logits" if score == "odds" else None, baseline=0)
    with refuses(ValueError, *said):
        find_runs(explainer, np.ones((4, 30)), score=score)
    with refuses(ValueError, *said):
        explainer.evidence(np.ones((4, 30)), [Region.columns(0, 3)], score=score)


def test_the_rows_of_the_table_are_regions():
    """Each is the run of its row, and goes as it is into whatever takes regions."""
    explainer = Explainer(
        aligned, rows=list("abcdef"), scores="probabilities", baseline=0, columns=range(0, 240, 2)
    )
    table = find_runs(explainer, BUMPS, methods="occlusion", controls=19, null="shifts")
    (run,) = table.region
    (row,) = table.itertuples()
    assert (run.start, run.stop, run.label) == (row.start, row.stop, row.label)
    assert run == Region.columns(row.start, row.stop) and (run.score, run.share) == row[6:8]
    assert row.label == f"{2 * run.start}–{2 * run.stop - 2}"
    without = explainer.predict(BUMPS, without=run)
    assert row.necessity == pytest.approx(
        explainer.predict(BUMPS).probabilities[1] - without.probabilities[1]
    )
    for given in (table, table.region, run):
        (each,) = explainer.predict_each(BUMPS, without=given)
        np.testing.assert_allclose(each.scores, without.scores)
    judged = explainer.evidence(BUMPS, table, controls=19)
    assert judged["null"].item() == "repeat the choice"
    assert judged["p"].item() == row.p
