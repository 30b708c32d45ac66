"""Matrices without evidence: what of a matrix they keep, and what is gone."""

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sentences import refuses

from heatbrush_core import Cancelled, Explainer, Region, find_runs
from heatbrush_core.evidence import matching

RANDOM = np.random.default_rng(8)


def test_phases_keep_mean_and_spectrum_of_each_row():
    for width in (15, 16):
        x = RANDOM.normal(size=(3, width, 2)) + 5
        new = matching.phase_randomised(x, RANDOM)
        assert np.abs(new - x).max() > 0.5 and new.dtype == x.dtype
        spectra = [np.abs(np.fft.rfft(each, axis=1)) for each in (x, new)]
        np.testing.assert_allclose(*spectra, atol=1e-9)


def test_rows_without_a_background_have_no_honest_chance():
    x = RANDOM.normal(size=(6, 8, 1))
    assert matching.matched(x, "rows", None, 99, RANDOM) is None
    source, found, exists = matching.matched(x, "columns", x[None][:0], 99, RANDOM)
    assert exists is None
    assert source == "phases" and found.shape == (99, 6, 8, 1)
    source, found, _ = matching.matched(x, "rows", np.stack([x] * 40), 30, RANDOM)
    assert source == "background" and len(found) == 30


@given(st.integers(2, 5), st.integers(2, 9), st.integers(1, 3), st.integers(0, 99))
def test_shifts_turn_each_row_as_it_is(height, width, channels, seed):
    random = np.random.default_rng(seed)
    x = random.normal(size=(height, width, channels)).astype("float32")
    new = matching.rows_shifted(x, random)
    assert new.dtype == x.dtype
    np.testing.assert_array_equal(np.sort(new, axis=1), np.sort(x, axis=1))
    for old, row in zip(x, new, strict=True):
        assert any(np.array_equal(np.roll(old, offset, axis=0), row) for offset in range(width))


def test_rows_are_shifted_against_each_other_by_every_offset():
    x = np.eye(2, 6)[..., None]
    places = [np.argmax(matching.rows_shifted(x, RANDOM)[..., 0], axis=1) for _ in range(300)]
    assert set(np.diff(places, axis=1).ravel() % 6) == set(range(6))


@pytest.mark.parametrize("null, make", [("phases", "phase_randomised"), ("shifts", "rows_shifted")])
def test_copies_are_drawn_when_their_turn_comes(monkeypatch, null, make):
    x, drawn = RANDOM.normal(size=(3, 8, 1)), []
    draw, seed = getattr(matching, make), np.random.default_rng
    expected, random = [], seed(3)
    for _ in range(19):
        expected.append(draw(x, random))

    def counted(*given):
        drawn.append(1)
        return draw(*given)

    monkeypatch.setattr(matching, make, counted)
    found = matching.matched(x, "columns", None, 19, seed(3), null).matrices
    assert not drawn and len(found) == 19
    first = next(iter(found))
    assert len(drawn) == 1
    np.testing.assert_array_equal(first, expected[0])
    np.testing.assert_array_equal(found, expected)


def test_a_search_is_stopped_between_its_controls_and_refuses_what_never_ends():
    explainer = Explainer(lambda X: np.stack([X[:, :, 3:6].mean((1, 2, 3))] * 2, 1), baseline=0)
    x, cancel, words = np.eye(4, 16), threading.Event(), []

    def listen(progress):
        words.append(progress.done)
        if progress.done == 3:
            cancel.set()

    with pytest.raises(Cancelled):
        find_runs(explainer, x, controls=100_000, progress=listen, cancel=cancel)
    assert max(words) == 3
    sentence = ("controls is 1000000000", "smallest there can be", "give 100000 or less")
    with refuses(ValueError, *sentence):
        find_runs(explainer, x, controls=10**9)
    with refuses(ValueError, *sentence):
        explainer.evidence(x, [Region.columns(3, 6)], controls=10**9)
