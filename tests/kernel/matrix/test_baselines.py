import numpy as np
import pytest
from sentences import refuses

from heatbrush_core.matrix.baselines import NAMES, baseline

rng = np.random.default_rng(0)
X = rng.normal(size=(5, 4, 6, 2)).astype(np.float32)
x = X[0]


def near(given, expected):
    assert given.shape == x.shape
    assert given.dtype == x.dtype
    np.testing.assert_allclose(given, np.broadcast_to(expected, x.shape), rtol=1e-5, atol=1e-6)


def test_numbers():
    for number in (0, 0.0, 1.5, np.float32(1.5), np.int64(2)):
        near(baseline(number, x), number)


def test_arrays_that_broadcast():
    near(baseline(X[1], x), X[1])
    near(baseline(X[1:2], x), X[1])
    near(baseline(X[1, ..., 0], x), X[1, ..., :1])
    near(baseline([1.0, 2.0], x), [1.0, 2.0])
    near(baseline(X[1].mean(1, keepdims=True), x), X[1].mean(1, keepdims=True))


def test_two_axes_are_rows_and_columns():
    """Also where NumPy would take them for columns and channels, as in a square matrix of one."""
    square = rng.normal(size=(4, 4, 1))
    rows, columns = square[..., 0].mean(1, keepdims=True), square[..., 0].mean(0, keepdims=True)
    spread = baseline(rows, square), baseline(columns, square)
    np.testing.assert_allclose(spread[0][..., 0], np.repeat(rows, 4, axis=1))
    np.testing.assert_allclose(spread[1][..., 0], np.repeat(columns, 4, axis=0))


def test_functions_get_a_copy_of_x():
    def darkened(matrix):
        matrix *= 0.5
        return matrix

    before = x.copy()
    near(baseline(darkened, x), 0.5 * before)
    np.testing.assert_array_equal(x, before)
    near(baseline(lambda matrix: 3, x), 3)


def test_words_are_per_channel():
    near(baseline("mean", x), x.mean((0, 1)))
    near(baseline("median", x), np.median(x, (0, 1)))
    near(baseline("row_mean", x), x.mean(1, keepdims=True))
    near(baseline("column_mean", x), x.mean(0, keepdims=True))
    near(baseline("row_median", x), np.median(x, 1, keepdims=True))
    near(baseline("background_mean", x, X), X.mean(0))
    near(baseline("background_median", x, X), np.median(X, 0))
    by_hand = [[np.median(X[:, row, :, channel]) for channel in range(2)] for row in range(4)]
    near(baseline("background_row_median", x, X), np.array(by_hand)[:, None])


def test_background_rows_of_any_length():
    short = X[:, :, :3]
    near(baseline("background_row_median", x, short), np.median(short, (0, 2))[:, None])
    with refuses(ValueError, "(4, 6, 2)", "(3, 6, 2)", "with the same rows and channels"):
        baseline("background_row_median", x[:3], X)
    with refuses(ValueError, "(4, 6, 1)", "(4, 6, 2)", "with the same rows and channels"):
        baseline("background_row_median", x, X[..., :1])
    with refuses(ValueError, "(4, 1, 2)", "(4, 6, 2)", "of the same shape"):
        baseline("background_mean", x, X[:, :, :1])


def test_what_a_background_makes_is_made_once():
    made = {}
    first = baseline("background_median", x, X, made)
    assert list(made) == ["background_median"]
    first += 1
    near(baseline("background_median", x, X, made), np.median(X, 0))
    made["background_median"] = np.zeros(x.shape)
    near(baseline("background_median", x, X, made), 0)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dtype_is_that_of_x(name, dtype):
    assert baseline(name, x.astype(dtype), X).dtype == dtype


def test_blur_is_a_gaussian_that_is_renormalised_at_the_edges():
    matrix = np.zeros((30, 50, 1))
    matrix[12, 20] = 1
    blurred = baseline("blur", matrix)[..., 0]

    def bell(length, centre):
        weights = np.exp(
            -((np.arange(length)[:, None] - np.arange(length)) ** 2) / 2 / (length / 10) ** 2
        )
        return (weights / weights.sum(1, keepdims=True))[:, centre]

    np.testing.assert_allclose(blurred, np.outer(bell(30, 12), bell(50, 20)), atol=1e-12)
    np.testing.assert_allclose(baseline("blur", np.full((3, 40, 2), 7.0)), 7)


def test_blur_smooths_along_both_axes_but_not_over_channels():
    matrix = np.zeros((20, 30, 2))
    matrix[::2, :, 0] = 1
    blurred = baseline("blur", matrix)
    assert blurred[..., 0].std() < 0.1 * matrix[..., 0].std()
    assert not blurred[..., 1].any()


def test_one_row_or_one_column():
    for name in NAMES[:6]:
        assert baseline(name, x[:1]).shape == (1, 6, 2)
        assert baseline(name, x[:, :1]).shape == (4, 1, 2)


def test_the_result_can_be_written():
    for spec in (0.0, "mean", "blur", X[1], lambda matrix: matrix):
        assert baseline(spec, x).flags.writeable


def test_unknown_word():
    with refuses(ValueError, "'row_means'", "one of mean, median", "'row_mean'?"):
        baseline("row_means", x)
    with refuses(ValueError, "'zzz'", "one of mean, median", "give one of these"):
        baseline("zzz", x)


def test_background_that_is_missing_or_of_another_shape():
    with refuses(
        ValueError, "'background_mean'", "(N, rows, columns, channels)", "give it background="
    ):
        baseline("background_mean", x)
    with refuses(ValueError, "(4, 5, 2)", "(4, 6, 2)", "give a background"):
        baseline("background_median", x, X[:, :, :5])


def test_arrays_that_do_not_broadcast():
    with refuses(ValueError, "(6,)", "must broadcast to the matrix's (4, 6, 2)", "give one number"):
        baseline(np.zeros(6), x)
    with refuses(ValueError, "function returned has shape (9, 9)", "(4, 6, 2)", "give one number"):
        baseline(lambda matrix: np.zeros((9, 9)), x)


@pytest.mark.parametrize("wrong", [None, True, 1j, ["a"], np.array(["a"]), {"a": 1}])
def test_other_kinds(wrong):
    with refuses(TypeError, "The baseline is a", "a real number, an array", "give one of these"):
        baseline(wrong, x)


def test_a_function_that_returns_nothing():
    with refuses(
        TypeError, "function returned is a NoneType", "a real number", "give one of these"
    ):
        baseline(lambda matrix: None, x)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, np.full((4, 6, 2), np.nan)])
def test_not_finite(wrong):
    with refuses(ValueError, "NaN or infinity", "a finite number", "np.nan_to_num"):
        baseline(wrong, x)
