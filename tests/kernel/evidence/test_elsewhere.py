"""How many other places cost as much to hide as a run: against hiding each of them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted import trained

from heatbrush_core import Explainer, Region, find_runs, targets
from heatbrush_core.evidence import elsewhere
from heatbrush_core.evidence.necessity import Probe
from heatbrush_core.evidence.searching import Found
from heatbrush_core.progress import Watch

RANDOM = np.random.default_rng(3)
WEIGHTS = RANDOM.normal(size=(2, 6, 30))


def scores(batch):
    z = np.einsum("nijc,kij->nk", batch, WEIGHTS) / 8
    return z + np.sin(2 * z)  # never saturated: no two places are equal by rounding


EXPLAINER = Explainer(scores, scores="logits", baseline=0)


def by_hand(explainer, x, axis, start, stop, target, told="probabilities"):
    """The definition: hide every run of the length that shares no line with this one."""
    make = Region.rows if axis == "rows" else Region.columns
    lines, length = x.shape[0 if axis == "rows" else 1], stop - start

    def lost(region):
        said = [explainer.predict(x, without=each) for each in (None, region)]
        whole, without = (getattr(each, told)[target] for each in said)
        return whole - without

    places = [a for a in range(lines - length + 1) if a + length <= start or a >= stop]
    if len(places) < 5:
        return np.nan
    equal = 1e-6 * (1 if told == "probabilities" else abs(lost(Region.everything())))
    own = lost(make(start, stop)) - equal
    return np.mean([lost(make(a, a + length)) >= own for a in places])


@pytest.mark.parametrize("axis", ["rows", "columns"])
@pytest.mark.parametrize("score, told", [(None, "probabilities"), ("logit", "scores")])
def test_shares_are_those_of_every_other_place(axis, score, told):
    lines = 6 if axis == "rows" else 30
    some = 0
    for seed in range(4):
        x = np.random.default_rng(seed).normal(size=(6, 30))
        target = EXPLAINER.predict(x).predicted
        spans = [(a, b) for a in range(lines) for b in range(a + 1, min(a + 7, lines) + 1)]
        found = [Found(*span, 1.0, 1.0, ("by hand",)) for span in spans]
        probe = Probe(EXPLAINER, x[..., None], 0 * x[..., None], targets.Class(target), score)
        regions = [(Region.rows if axis == "rows" else Region.columns)(*span) for span in spans]
        shares = elsewhere.shares(probe, axis, found, probe.necessity(regions), RANDOM, Watch())
        expected = [by_hand(EXPLAINER, x, axis, *span, target, told) for span in spans]
        np.testing.assert_allclose(shares, expected)
        some += len({*shares[~np.isnan(shares)]})
    assert some > 4


@given(st.integers(1, 30), st.data())
def test_places_apart_share_no_line(lines, data):
    start = data.draw(st.integers(0, lines - 1))
    stop = data.draw(st.integers(start + 1, lines))
    length, own = stop - start, set(range(start, stop))
    runs = [set(range(a, a + length)) for a in range(lines - length + 1)]
    expected = [a for a, run in enumerate(runs) if not run & own]
    assert elsewhere.apart(start, stop, lines) == expected


def test_of_many_places_some_are_drawn():
    """A ramp: the share of a line in the middle is about a half, from 999 of 2999 places."""
    x = np.linspace(0, 1, 3000)[None, :, None]
    explainer = Explainer(lambda batch: batch.sum((1, 2, 3))[:, None], baseline=0)
    explainer.predict(x)
    asked = []

    class Counted(Probe):
        def necessity(self, regions, watch=None):
            asked.append(len(regions))
            return super().necessity(regions, watch)

    probe = Counted(explainer, x, 0 * x, targets.Class(0))
    found, own = [Found(1500, 1501, 1.0, 1.0, ("by hand",))], x[0, 1500]
    share = elsewhere.shares(probe, "columns", found, own, np.random.default_rng(0), Watch())
    assert asked == [999] and abs(share[0] - 0.5) < 0.05


def test_no_runs_have_no_shares():
    probe = Probe(EXPLAINER, np.ones((6, 30, 1)), np.zeros((6, 30, 1)), targets.Class(0))
    assert elsewhere.shares(probe, "rows", [], np.array([]), RANDOM, Watch()).shape == (0,)


def diffuse(batch):
    """Every cell counts alike, and little."""
    z = 12 * batch.mean(axis=(1, 2, 3)) - 6
    return np.stack([-z, z], axis=1)


def test_evidence_that_is_everywhere_is_listed_with_a_note():
    """The smallest possible p, and yet more than a fifth of the other places cost as much."""
    random = np.random.default_rng(3)
    background = random.normal(0, 0.1, size=(40, 4, 24, 1))
    x = 1 + random.normal(0, 0.1, size=(4, 24))
    explainer = Explainer(diffuse, scores="logits", background=background, baseline=0)
    table = find_runs(explainer, x, methods=("occlusion",), controls=19, score="logit")
    assert len(table) and (table["p"] == 0.05).any()
    spread = table[table["elsewhere"] > 0.2]
    assert len(spread)
    for row in table.itertuples():
        expected = by_hand(explainer, x, "columns", row.start, row.stop, 1, "scores")
        np.testing.assert_allclose(row.elsewhere, expected)
    hidden, note = table.attrs["notes"]
    assert hidden == "Hidden cells become 0."
    assert "spread over the whole matrix" in note
    for label, share in zip(spread["label"], spread["elsewhere"], strict=True):
        assert f"{label} (at {100 * share:.0f} % of the places)" in note
    assert table.attrs["why"] == ""


def test_a_run_that_stands_out_has_no_note():
    explainer, samples, planted = trained()
    x = samples.X[np.flatnonzero(samples.y == planted)[0]]
    table = find_runs(explainer, x, controls=19)
    first = table.iloc[0]
    assert first["elsewhere"] == by_hand(
        explainer, x, "columns", first["start"], first["stop"], planted
    )
    assert first["elsewhere"] <= 0.2 and str(first["label"]) not in " ".join(table.attrs["notes"])


@pytest.mark.parametrize("share, noted", [(np.nan, 0), (0.0, 0), (0.2, 0), (0.21, 1)])
def test_notes_begin_above_a_fifth(share, noted):
    row = {"axis": "rows", "label": "rows a–c", "elsewhere": share}
    assert len(elsewhere.notes(pd.DataFrame([row]))) == noted


def test_places_that_cost_the_same_count_though_float32_tells_them_apart():
    x = np.ones((4, 24, 1), np.float32)
    explainer = Explainer(lambda batch: batch.sum((1, 2, 3))[:, None] * 0.1, baseline=0)
    explainer.predict(x)
    probe, run = Probe(explainer, x, 0 * x, targets.Class(0)), Found(3, 6, 1.0, 1.0, ("by hand",))
    own = probe.necessity([Region.columns(3, 6)]) + 1e-6
    assert elsewhere.shares(probe, "columns", [run], own, RANDOM, Watch()) == 1
