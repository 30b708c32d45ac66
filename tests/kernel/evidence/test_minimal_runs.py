"""Minimal runs and interactions against trying everything."""

import numpy as np
import pandas as pd
import pytest
from architectures import build, conv, top
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import refuses

from heatbrush_core import Explainer, Region, targets
from heatbrush_core.evidence.interaction import interaction
from heatbrush_core.evidence.minimal_runs import minimal_run

WEIGHTS = np.random.default_rng(0).normal(size=(3, 5, 9))


def scores(batch):
    return np.tanh(np.einsum("nijc,kij->nk", batch, WEIGHTS) / 4) * 3


EXPLAINER = Explainer(scores, scores="logits")


def by_brute_force(explainer, x, axis, question, target):
    """The definition: from short to long, every run of a length."""
    lines = x.shape[0 if axis == "rows" else 1]
    make = Region.rows if axis == "rows" else Region.columns
    keeps = question == "keeps"
    everything = Region.everything()
    before = explainer.predict(x, without=everything) if keeps else explainer.predict(x)
    if (before.predicted == target) == keeps:
        return None
    for length in range(1, lines + 1):
        found = []
        for start in range(lines - length + 1):
            region = make(start, start + length)
            said = explainer.predict(x, **{"only" if keeps else "without": region})
            if (said.predicted == target) == keeps:
                share = said.probabilities[target]
                found.append((share if keeps else -share, -start))
        if found:
            start = -max(found)[1]
            return start, start + length
    return None


def span(run, axis):
    return None if run is None else (run.bands[0].rows if axis == "rows" else run.bands[0].columns)


def closed(found, lines):
    """A run with its end as a number; a run of all lines has no range."""
    if found is None:
        return None
    return found[0], lines if found[1] is None else found[1]


@settings(max_examples=40)
@given(
    st.integers(0, 999),
    st.sampled_from(["rows", "columns"]),
    st.sampled_from(["keeps", "changes"]),
    st.integers(0, 2),
)
def test_minimal_runs_are_the_shortest(seed, axis, question, target):
    x = np.random.default_rng(seed).normal(size=(5, 9))
    found = minimal_run(EXPLAINER, x, axis, question, target)
    expected = by_brute_force(EXPLAINER, x, axis, question, target)
    lines = x.shape[0 if axis == "rows" else 1]
    own = None if found is None else closed(span(found, axis) or (0, None), lines)
    assert own == expected


def test_minimal_runs_of_a_network():
    model = build(lambda x: top(conv(x, 4)), (6, 14, 1), seed=3)
    explainer, random = Explainer(model), np.random.default_rng(1)
    some = 0
    for _ in range(6):
        x = random.normal(size=(6, 14)) * 2
        target = explainer.predict(x).predicted
        for question in ("keeps", "changes"):
            found = minimal_run(explainer, x, "columns", question)
            expected = by_brute_force(explainer, x, "columns", question, target)
            own = None if found is None else closed(span(found, "columns") or (0, None), 14)
            assert own == expected
            some += found is not None
    assert some


def test_the_score_of_a_minimal_run_is_what_it_is_worth():
    x = np.random.default_rng(5).normal(size=(5, 9))
    target = EXPLAINER.predict(x).predicted
    run = minimal_run(EXPLAINER, x, "columns", "changes")
    whole, without = (EXPLAINER.predict(x, without=r) for r in (None, run))
    assert run.score == pytest.approx(whole.probabilities[target] - without.probabilities[target])


def test_a_baseline_that_has_the_class_keeps_nothing():
    target = EXPLAINER.predict(np.zeros((5, 9))).predicted
    assert minimal_run(EXPLAINER, np.ones((5, 9)), "rows", "keeps", target) is None


def test_runs_longer_than_asked_are_not_tried():
    x = np.random.default_rng(5).normal(size=(5, 9))
    run = minimal_run(EXPLAINER, x, "columns", "changes")
    start, stop = span(run, "columns")
    if stop - start > 1:
        assert minimal_run(EXPLAINER, x, "columns", "changes", longest=stop - start - 1) is None
    assert minimal_run(EXPLAINER, x, "columns", "changes", longest=stop - start) == run


def said(explainer, x, target, score, **asked):
    """The score of a class as a prediction tells it, and whether it is predicted."""
    found = explainer.predict(x, **asked)
    shown = {"logit": found.scores, "probability": found.probabilities}
    value = shown[score][target] if score in shown else np.log(found.probabilities[target])
    return value, found.predicted == target


@settings(max_examples=60)
@given(
    st.integers(0, 999),
    st.sampled_from(["rows", "columns"]),
    st.sampled_from([None, "keeps"]),
    st.floats(0.1, 1),
    st.sampled_from(["logit", "probability", "log_probability"]),
    st.integers(0, 2),
)
def test_what_keeps_a_part_of_the_score_is_the_shortest(seed, axis, question, keep, score, target):
    x = np.random.default_rng(seed).normal(size=(5, 9))
    explainer = Explainer(scores, scores="logits", baseline=0)
    make, lines = (Region.rows, 5) if axis == "rows" else (Region.columns, 9)
    whole, _ = said(explainer, x, target, score)
    nothing, _ = said(explainer, x, target, score, without=Region.everything())
    asked = {"question": question, "target": target, "keep": keep, "score": score}
    if whole <= nothing:
        with refuses(ValueError, f"keep is {keep!r}", "a gain is expected", "another baseline"):
            minimal_run(explainer, x, axis, **asked)
        return
    found = minimal_run(explainer, x, axis, **asked)
    for length in range(1, lines + 1):
        does = {}
        for start in range(lines - length + 1):
            value, has = said(explainer, x, target, score, only=make(start, start + length))
            enough = (value - nothing) / (whole - nothing) >= keep - 1e-6
            if enough and (has or question is None):
                does[value - nothing] = (start, start + length)
        if does:
            assert closed(span(found, axis) or (0, None), lines) == does[max(does)]
            assert found.score == pytest.approx(max(does))
            return
    assert found is None


def test_all_of_x_keeps_all_of_the_score():
    x = np.ones((5, 9))
    explainer = Explainer(lambda batch: batch.mean((1, 2, 3))[:, None], baseline=0)
    run = minimal_run(explainer, x, "columns", keep=1)
    assert run.mask((5, 9)).all() and run.score == pytest.approx(1)
    run = minimal_run(explainer, x, "columns", keep=0.5, longest=5)
    assert run.mask((5, 9)).sum() == 25 and run.score == pytest.approx(5 / 9)
    assert minimal_run(explainer, x, "columns", keep=0.6, longest=5) is None


def test_a_margin_can_be_kept_though_no_matrix_has_it():
    x = np.random.default_rng(3).normal(size=(5, 9))
    explainer = Explainer(scores, scores="logits", baseline=0)
    order = np.argsort(explainer.predict(x).scores)
    margin = targets.Margin(int(order[-1]), int(order[0]))
    run = minimal_run(explainer, x, "columns", target=margin, keep=0.7, score="logit")
    asked = ({"only": run}, {}, {"without": Region.everything()})
    numbers = [explainer.predict(x, **each).scores for each in asked]
    alone, whole, nothing = (each[order[-1]] - each[order[0]] for each in numbers)
    assert run.score == pytest.approx(alone - nothing)
    assert (alone - nothing) / (whole - nothing) >= 0.7


@pytest.mark.parametrize("score, told", [(None, "probabilities"), ("logit", "scores")])
@pytest.mark.parametrize("axis, size", [("rows", 1), ("columns", 1), ("columns", 4)])
def test_interactions_by_hand(axis, size, score, told):
    x = np.random.default_rng(2).normal(size=(5, 9))
    found = interaction(EXPLAINER, x, axis, size, target=1, score=score)
    lines = x.shape[0 if axis == "rows" else 1]
    make = Region.rows if axis == "rows" else Region.columns
    parts = [make(a, min(a + size, lines)) for a in range(0, lines, size)]
    whole = getattr(EXPLAINER.predict(x), told)[1]

    def lost(region):
        return whole - getattr(EXPLAINER.predict(x, without=region), told)[1]

    assert found.shape == (len(parts), len(parts))
    for i, a in enumerate(parts):
        for j, b in enumerate(parts):
            expected = lost(a) if i == j else lost(a | b) - lost(a) - lost(b)
            assert float(found[i, j]) == pytest.approx(expected, abs=1e-9)


def test_what_makes_up_for_another_interacts_above_zero():
    def either(batch):
        z = 9 * np.maximum(batch[:, 0].mean(axis=(1, 2)), batch[:, 2].mean(axis=(1, 2))) - 4
        return np.stack([-z, z], axis=1)

    def both(batch):
        z = 9 * np.minimum(batch[:, 0].mean(axis=(1, 2)), batch[:, 2].mean(axis=(1, 2))) - 4
        return np.stack([-z, z], axis=1)

    x = np.ones((4, 6))
    names = ["a", "b", "c", "d"]
    redundant = interaction(
        Explainer(either, rows=names, scores="logits", baseline=0), x, "rows", target=1
    )
    joint = interaction(
        Explainer(both, rows=names, scores="logits", baseline=0), x, "rows", target=1
    )
    assert float(redundant.sel(rows="a", other_rows="c")) > 0.9
    assert float(joint.sel(rows="a", other_rows="c")) < -0.9
    assert float(redundant.sel(rows="a", other_rows="b")) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    "question, given, expected, remedy",
    [
        (lambda x: minimal_run(EXPLAINER, x, "cells"), "'cells'", "'rows' or 'columns'", "give"),
        (lambda x: minimal_run(EXPLAINER, x, "rows", "holds"), "'holds'", "'keeps'", "give one"),
        (lambda x: minimal_run(EXPLAINER, x, keep=0), "keep is 0", "above 0", "such as 0.8"),
        (lambda x: minimal_run(EXPLAINER, x, keep=1.1), "keep is 1.1", "at most 1", "give one"),
        (lambda x: minimal_run(EXPLAINER, x, keep=True), "keep is True", "a number", "give one"),
        (
            lambda x: minimal_run(EXPLAINER, x, question="changes", keep=0.5),
            "'changes' and keep is 0.5",
            "asked of the run alone",
            "give question='keeps'",
        ),
        (lambda x: minimal_run(EXPLAINER, x, score="odds"), "'odds'", "logit", "give one"),
        (lambda x: interaction(EXPLAINER, x, score="odds"), "'odds'", "logit", "give one"),
        (lambda x: minimal_run(EXPLAINER, x, longest=0), "longest is 0", "1 to 9", "or None"),
        (
            lambda x: minimal_run(EXPLAINER, x, target=targets.Margin(0, 1)),
            "Margin",
            "a class is expected",
            "give one",
        ),
        (lambda x: interaction(EXPLAINER, x, "cells"), "'cells'", "'rows' or 'columns'", "give"),
        (lambda x: interaction(EXPLAINER, x, size=9), "size is 9", "1 to 5", "give one"),
        (
            lambda x: interaction(Explainer(lambda b: b.sum((1, 2))), np.zeros((300, 2))),
            "300 parts",
            "at most 256",
            "larger size",
        ),
    ],
)
def test_impossible_questions(question, given, expected, remedy):
    with refuses(ValueError, given, expected, remedy):
        question(np.ones((5, 9)))


def test_the_names_of_a_table_are_those_of_the_run():
    def first(batch):
        return 8 * batch[:, :, :2].mean(axis=(1, 2)) - 5

    explainer = Explainer(first, scores="logits", baseline=0)
    x = pd.DataFrame(np.ones((2, 5)), columns=pd.date_range("2024-01-01", periods=5))
    run = minimal_run(explainer, x)
    assert (run.start, run.stop, run.label) == (0, 1, "2024-01-01")
