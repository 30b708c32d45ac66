"""Which cells exist, as it may be said, and the baselines of what does."""

import numpy as np
import pytest
from sentences import refuses

from heatbrush_core.matrix.baselines import NAMES, baseline
from heatbrush_core.matrix.validity import Validity, existing

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(3, 4, 6, 2))
MASK = RANDOM.random((4, 6)) < 0.7
MASKS = RANDOM.random((3, 4, 6)) < 0.7


def test_what_exists_is_said_in_many_ways():
    assert existing(None, X, "columns") is None
    np.testing.assert_array_equal(existing(MASK, X, "columns"), [MASK] * 3)
    np.testing.assert_array_equal(existing(MASKS.tolist(), X, "columns"), MASKS)
    holed = X.copy()
    holed[0, 1, 2], holed[2, 3, 4, 1], holed[1, 0, 0, 0] = np.nan, np.inf, -np.inf
    found = existing("finite", holed, "columns")
    assert np.argwhere(~found).tolist() == [[0, 1, 2], [1, 0, 0], [2, 3, 4]]
    np.testing.assert_array_equal(existing(lambda x: x[..., 0] > -1, X, "columns"), X[..., 0] > -1)


def test_lengths_run_along_time():
    lengths = np.array([2, 6, 3])
    found = existing(lengths, X, "columns")
    for mask, length in zip(found, lengths, strict=True):
        assert mask[:, :length].all() and not mask[:, length:].any()
    down = existing([1, 4, 2], X, "rows")
    assert down.sum(axis=(1, 2)).tolist() == [6, 24, 12] and down[:, 0].all()
    np.testing.assert_array_equal(existing(5, X, "columns"), existing([5, 5, 5], X, "columns"))


@pytest.mark.parametrize("given", [np.ones((4, 6), bool), np.ones((3, 4, 6), bool), [6, 6, 6]])
def test_all_cells_are_as_no_mask(given):
    assert existing(given, X, "columns") is None
    assert existing("finite", X, "columns") is None


@pytest.mark.parametrize(
    ("given", "kind", "said", "expected", "remedy"),
    [
        (np.ones((4, 5), bool), ValueError, "(4, 5)", "4 rows and 6 columns", "each cell"),
        (np.ones((4, 6)), TypeError, "float64", "True for each cell", "mask > 0"),
        (np.ones((4, 6), int), TypeError, "int64", "True for each cell", "mask > 0"),
        (np.ones((2, 4, 6), bool), ValueError, "2 masks", "there are 3 matrices", "one for each"),
        (np.ones((3, 6, 4), bool), ValueError, "(6, 4)", "4 rows", "each cell"),
        ([1, 2], ValueError, "2 lengths", "there are 3 matrices", "one for each"),
        ([1, 2, 7], ValueError, "length 7", "from 1 to 6", "give the number of columns"),
        ([1, 0, 6], ValueError, "length 0", "from 1 to 6", "give the number of columns"),
        ([1.0, 2.0, 3.0], TypeError, "float64 lengths", "whole numbers", "boolean masks"),
        ([[1, 2], [3]], TypeError, "[[1, 2], [3]]", "boolean (rows, columns) mask", "an array"),
        ("known", ValueError, "'known'", '"finite"', "a function of x"),
        (lambda x: x[..., 0], TypeError, "the function valid= returned", "True", "mask > 0"),
        (np.zeros((4, 6), bool), ValueError, "No cell of X[0]", "at least one", "leave"),
        (
            np.arange(3)[:, None, None] + 0 * MASKS != 1,
            ValueError,
            "No cell of X[1]",
            "one",
            "leave",
        ),
    ],
)
def test_what_says_nothing_is_refused(given, kind, said, expected, remedy):
    with refuses(kind, said, expected, remedy):
        existing(given, X, "columns", "X")


def test_lengths_need_time_and_the_explainer_one_mask():
    with refuses(ValueError, "lengths", 'time="none"', "boolean masks"):
        existing([1, 2, 3], X, "none")
    for given in ([5, 6], np.ones((2, 4, 6), bool), 5):
        with refuses(ValueError, "valid is", "one boolean", "explain, predict, find_runs"):
            Validity(given)
    with refuses(ValueError, "'all'", '"finite"', "a boolean mask"):
        Validity("all")


def test_a_mask_or_filling_that_is_written_into_later_changes_nothing():
    mask, fill = MASK.copy(), np.ones((4, 6))
    kept = Validity(mask, fill)
    mask[:], fill[:] = True, 0
    np.testing.assert_array_equal(kept.given, MASK)
    assert (kept.fill == 1).all()


@pytest.mark.parametrize("word", NAMES)
def test_baselines_are_those_of_the_cells_that_exist(word):
    """A padded matrix has the baseline of the one that is cut to its length."""
    x, background = X[0], RANDOM.normal(size=(5, 4, 6, 2))
    padded, others = x.copy(), background.copy()
    padded[:, 4:], others[:, :, 4:] = np.nan, np.nan
    found = baseline(word, padded, others)
    np.testing.assert_allclose(found[:, :4], baseline(word, x[:, :4], background[:, :, :4]))
    assert np.isfinite(found).all()


@pytest.mark.parametrize(
    ("word", "numbers"),
    [("row_median", lambda x: np.nanmedian(x, 1)), ("row_mean", lambda x: np.nanmean(x, 1))],
)
def test_gaps_count_for_nothing(word, numbers):
    x = np.where(MASK[..., None], X[1], np.nan)
    np.testing.assert_allclose(baseline(word, x), np.broadcast_to(numbers(x)[:, None], x.shape))
    x[2] = np.nan  # of a row without cells, nothing is known but what the others are
    np.testing.assert_allclose(baseline(word, x)[2], [np.nanmedian(x, (0, 1))] * 6)


def test_nan_is_a_baseline_only_for_models_that_read_it():
    with refuses(ValueError, "NaN", "finite number", 'valid="finite"'):
        baseline(np.nan, X[0])
    assert np.isnan(baseline(np.nan, X[0], takes_nan=True)).all()
    x = np.where(MASK[..., None], X[0], np.nan)
    with refuses(ValueError, "returned holds NaN", "finite number", "nan_to_num"):
        baseline(lambda x: x[:, ::-1], x)
    doubled = baseline(lambda x: 2 * x, x)  # NaN where there is no cell is no fault
    np.testing.assert_allclose(doubled[MASK], 2 * x[MASK])
