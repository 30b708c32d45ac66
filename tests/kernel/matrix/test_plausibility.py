"""Matrices unlike the background, and padding that carries evidence, as they were made."""

import numpy as np
import pytest

from heatbrush_core import Explainer
from heatbrush_core.matrix.axes import Axis
from heatbrush_core.matrix.plausibility import Usual, padding

RANDOM = np.random.default_rng(4)
KINDS = {
    "standardised": lambda n: RANDOM.normal(size=(n, 12, 40, 1)),
    "around a half": lambda n: 0.5 + 0.1 * RANDOM.normal(size=(n, 12, 40, 1)).clip(-4, 4),
    "counts": lambda n: RANDOM.poisson(2.0, size=(n, 12, 40, 1)).astype(float),
    "decibels": lambda n: -40 + 8 * RANDOM.normal(size=(n, 12, 40, 1)),
    "units": lambda n: RANDOM.normal(size=(n, 12, 40, 1)) * np.logspace(-2, 2, 12)[:, None, None],
    "strokes": lambda n: (RANDOM.random((n, 12, 40, 1)) < 0.1).astype(float),
    "two channels": lambda n: RANDOM.normal(size=(n, 12, 40, 2)) * [1, 100] + [0, 1000],
}


@pytest.mark.parametrize("kind", KINDS)
def test_matrices_of_the_same_kind_are_like_the_background(kind):
    usual = Usual.of(KINDS[kind](16))
    assert not any(usual.unlike(x) for x in KINDS[kind](30))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("factor", [10, 0.1])
def test_a_forgotten_normalisation_is_told(kind, factor):
    usual = Usual.of(KINDS[kind](16))
    for x in KINDS[kind](10):
        said = usual.unlike(factor * x)
        assert said.startswith("The values") and "normalisation" in said
        assert f"{factor * x[..., 0].min():.3g}" in said


def test_a_forgotten_offset_is_told_and_its_channel():
    usual = Usual.of(KINDS["two channels"](16))
    said = usual.unlike(KINDS["two channels"](1)[0] - [0, 1000])
    assert "of channel 1" in said and "their mean" in said


def test_an_empty_matrix_is_no_fault():
    usual = Usual.of(KINDS["strokes"](16))
    assert usual.unlike(np.zeros((12, 40, 1))) == ""


AXES = Axis.make(None, 4, "rows"), Axis.make(np.arange(20) / 10, 20, "columns")


def padded(after, value=0.0):
    x = RANDOM.normal(size=(4, 20, 1))
    x[:, after:] = x[:, after - 1 : after] if value is None else value
    return x


@pytest.mark.parametrize("value", [0.0, 7.0, None])
def test_padding_that_carries_evidence_is_told(value):
    x, map = padded(15, value), np.ones((4, 20))
    (said,) = padding(x, map, AXES)
    first = 14 if value is None else 15  # the column that was repeated is constant to the edge too
    assert said.startswith(f"{20 - first} columns ({first / 10}–1.9) hold the same values")
    assert f"carry {(20 - first) / 20:.0%} of this map" in said


def test_rows_at_the_front_are_told():
    x = padded(20)
    x[:2] = 3
    (said,) = padding(x, np.ones((4, 20)), AXES)
    assert said.startswith("2 rows (rows 0–1) hold") and "50%" in said


@pytest.mark.parametrize(
    "x, map",
    [
        (padded(15), np.pad(np.ones((4, 15)), ((0, 0), (0, 5)))),  # it carries none
        (padded(19), np.ones((4, 20))),  # one column is no padding
        (np.zeros((4, 20, 1)), np.ones((4, 20))),  # an empty matrix has no edge
        (padded(15), np.zeros((4, 20))),
        (padded(15), np.full((4, 20), np.nan)),
        (padded(20), np.ones((4, 20))),
    ],
)
def test_else_nothing_is_said(x, map):
    assert list(padding(x, map, AXES)) == []


def test_notes_tell_it():
    def length(batch):
        """The sum of the last columns: a model that goes by the padding."""
        return batch[:, :, -5:].sum(axis=(1, 2))

    background = RANDOM.normal(size=(8, 4, 20, 1))
    explainer = Explainer(length, background=background, baseline=0)
    x = padded(15, 2.0)
    *_, hidden, note = explainer.explain(x, "occlusion", patch=(1, 1)).notes
    assert hidden == "Hidden cells become 0."
    assert note.startswith("5 columns (columns 15–19)")
    ten = explainer.explain(10 * background[0], "occlusion", patch=(1, 1)).notes
    assert len(ten) == 2 and "times the largest of the background" in ten[1]
    assert explainer.explain(background[0], "occlusion", patch=(1, 1)).notes == (hidden,)
    (first, second) = explainer.explain_batch(
        np.stack([x, background[0]]), "occlusion", patch=(1, 1)
    )
    assert first.notes == (hidden, note) and second.notes == (hidden,)
