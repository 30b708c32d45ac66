import warnings

import numpy as np
import pandas as pd
import pytest
import xarray
from sentences import refuses

import heatbrush_core.matrix
from heatbrush_core.matrix.reading import matrices, matrix

H, W, C = 4, 6, 3
GREY, COLOUR, FLAT = (H, W, 1), (H, W, C), (H, W)


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch):
    monkeypatch.setattr(heatbrush_core.matrix.reading, "_said", set())


def numbers(*shape):
    return np.arange(np.prod(shape), dtype=np.float32).reshape(shape)


@pytest.mark.parametrize(
    ("given", "shape"),
    [
        ((H, W), GREY),
        ((H, W), FLAT),
        ((H, W), (None, None, 1)),
        ((H, W), (None, None, None)),
        ((H, W), None),
        ((H, W, 1), GREY),
        ((H, W, 1), FLAT),
        ((1, H, W), GREY),
        ((1, H, W), FLAT),
        ((1, H, W), (None, None, 1)),
        ((1, H, W, 1), GREY),
        ((H, W, C), COLOUR),
        ((H, W, C), (None, W, C)),
        ((H, W, C), None),
        ((1, H, W, C), COLOUR),
        ((1, H, W, C), None),
        ((1, W), (1, W, 1)),
        ((H, 1), (H, 1, 1)),
        ((1, 1), None),
    ],
)
def test_every_form_of_one_matrix(given, shape):
    x = numbers(*given)
    read = matrix(x, shape)
    assert read.ndim == 3
    assert read.dtype == np.float32
    np.testing.assert_array_equal(read.ravel(), x.ravel())
    assert shape is None or all(
        e in (None, g) for e, g in zip((*shape, 1), read.shape, strict=False)
    )


def test_the_shape_decides_what_three_axes_mean():
    assert matrix(numbers(1, H, W), (None, None, 1)).shape == (H, W, 1)
    assert matrix(numbers(1, H, W), (None, None, W)).shape == (1, H, W)
    assert matrix(numbers(1, H, W), None).shape == (1, H, W)
    assert matrices(numbers(5, H, W), GREY).shape == (5, H, W, 1)
    assert matrices(numbers(5, H, W), None).shape == (5, H, W, 1)
    assert matrices(numbers(5, H, W), FLAT).shape == (5, H, W, 1)
    assert matrices(numbers(5, H, 3), (None, None, 3)).shape == (1, 5, H, 3)
    assert matrices(numbers(H, W, 1), GREY).shape == (1, H, W, 1)
    assert matrices(numbers(H, W, 1), (None, None, 1)).shape == (1, H, W, 1)
    assert matrices(numbers(H, W, 1), (None, None, None)).shape == (H, W, 1, 1)


@pytest.mark.parametrize(
    ("given", "shape", "expected"),
    [
        ((H, W), GREY, (1, H, W, 1)),
        ((H, W, C), COLOUR, (1, H, W, C)),
        ((5, H, W), GREY, (5, H, W, 1)),
        ((5, H, W, C), COLOUR, (5, H, W, C)),
        ((5, H, W, C), None, (5, H, W, C)),
        ((5, H, W, 1), FLAT, (5, H, W, 1)),
    ],
)
def test_every_form_of_a_batch(given, shape, expected):
    X = numbers(*given)
    read = matrices(X, shape)
    assert read.shape == expected
    np.testing.assert_array_equal(read.ravel(), X.ravel())


def test_tables_lists_and_labelled_arrays():
    x = numbers(H, W)
    for given in (x.tolist(), pd.DataFrame(x), xarray.DataArray(x, dims=("sensor", "time"))):
        np.testing.assert_array_equal(matrix(given, GREY)[..., 0], x)


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [("float64", "float64"), ("float32", "float32"), ("float16", "float32"), (">f8", "float64")],
)
def test_floats_are_kept_or_widened_in_silence(dtype, expected):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert matrix(numbers(H, W).astype(dtype), GREY).dtype == np.dtype(expected)


def test_nothing_is_copied_without_need():
    X = numbers(5, H, W, 1)
    assert np.shares_memory(matrices(X, GREY), X)


@pytest.mark.parametrize(
    ("dtype", "kind"), [("int64", "integer"), ("uint8", "integer"), ("bool", "boolean")]
)
def test_a_cast_is_said_once_and_points_here(dtype, kind):
    x = np.ones((H, W), dtype)
    with pytest.warns(UserWarning, match=rf"{kind} \({dtype}\).*floats.*astype") as said:
        assert matrix(x, GREY).dtype == np.float32
        matrices(x, GREY)
    assert len(said) == 1
    assert said[0].filename == __file__


def test_each_kind_of_cast_is_said():
    with pytest.warns(UserWarning) as said:
        matrix(np.ones((H, W), bool))
        matrix(np.ones((H, W), int))
        matrix(np.ones((H, W), np.int8))
    assert ["boolean" in str(w.message) for w in said] == [True, False]


# ------------------------------------------------------------------ wrong shapes


@pytest.mark.parametrize("read", [matrix, matrices])
def test_wrong_lengths(read):
    with refuses(ValueError, "(5, 6)", "(4, 6, 1), that is (rows, columns, channels)", "crop, pad"):
        read(numbers(5, W), GREY)
    with refuses(ValueError, "(4, 6)", "(4, 6, 3)", "crop, pad or reshape"):
        read(numbers(H, W), COLOUR)
    with refuses(ValueError, "(4, 5)", "(any, 6, 1)", "crop, pad"):
        read(numbers(H, 5), (None, W, 1))
    with refuses(ValueError, "(4, 5)", "(4, 6), that is (rows, columns)", "crop, pad"):
        read(numbers(H, 5), FLAT)


@pytest.mark.parametrize("read", [matrix, matrices])
@pytest.mark.parametrize("shape", [(), (24,)])
def test_too_few_axes(read, shape):
    with refuses(ValueError, f"shape {shape}", "(4, 6, 1)", "reshape(rows, columns)"):
        read(numbers(*shape), GREY)
    with refuses(ValueError, f"shape {shape}", "(rows, columns, channels)", "reshape"):
        read(numbers(*shape))


@pytest.mark.parametrize("read", [matrix, matrices])
def test_too_many_axes(read):
    with refuses(ValueError, "(1, 1, 4, 6, 1)", "(4, 6, 1)", "reshape"):
        read(numbers(1, 1, H, W, 1), GREY)


@pytest.mark.parametrize(
    ("read", "given", "shape"),
    [
        (matrix, (W, H), GREY),
        (matrix, (W, H, C), COLOUR),
        (matrix, (1, W, H, C), COLOUR),
        (matrices, (W, H), GREY),
        (matrices, (5, W, H), GREY),
        (matrices, (5, W, H, C), COLOUR),
        (matrix, (C, H, W), COLOUR),
        (matrix, (1, C, H, W), COLOUR),
        (matrices, (5, C, H, W), COLOUR),
    ],
)
def test_the_remedy_named_works(read, given, shape):
    x = X = numbers(*given)
    with pytest.raises(ValueError) as caught:
        read(x, shape)
    remedy = str(caught.value).split("np.")[1].rstrip(".")
    rearranged = eval(f"np.{remedy}", {"np": np, "x": x, "X": X})
    assert read(rearranged, shape).shape[-3:] == (*shape, 1)[:3]


@pytest.mark.parametrize(
    ("given", "shape"),
    [((5, H, W, 1), GREY), ((5, H, W), GREY), ((5, H, W), FLAT), ((5, H, W, C), None)],
)
def test_a_batch_where_one_matrix_is_expected(given, shape):
    x = numbers(*given)
    with refuses(ValueError, f"{given}, a batch of 5 matrices", "one matrix is expected", "x[0]"):
        matrix(x, shape)
    assert matrix(x[0], shape).shape[:2] == (H, W)


@pytest.mark.parametrize("read", [matrix, matrices])
@pytest.mark.parametrize("shape", [(0, W), (H, 0), (0,), (0, H, W, 1), (H, W, 0)])
def test_empty(read, shape):
    with refuses(ValueError, f"empty, with shape {shape}", "at least one row", "check the file"):
        read(np.zeros(shape), GREY)


# ------------------------------------------------------------------ wrong numbers


@pytest.mark.parametrize(
    ("value", "kind"), [(np.nan, "NaN"), (np.inf, "infinite"), (-np.inf, "infinite")]
)
def test_not_finite(value, kind):
    x = numbers(H, W, C).astype(float)
    x[2, 5, 1] = value
    with refuses(ValueError, "1 cell", "finite number", "np.nan_to_num"):
        matrix(x, COLOUR)
    x[3] = np.nan
    with refuses(
        ValueError, f"19 cells that are NaN or infinite, the first ({kind})", "finite", "fill"
    ):
        matrix(x, COLOUR)
    with refuses(ValueError, "at row 2, column 5, channel 1,", "finite", "fill or cut"):
        matrix(x, COLOUR)


def test_not_finite_in_a_batch():
    X = numbers(5, H, W)
    X[3, 1, 2] = np.nan
    with refuses(ValueError, "at row 1, column 2 of matrix 3,", "finite number", "fill or cut"):
        matrices(X, GREY)


@pytest.mark.parametrize("read", [matrix, matrices])
def test_no_real_numbers(read):
    for given, dtype, remedy in [
        ([["a", "b"]], "<U1", "float)"),
        ([[1, None]], "object", "float)"),
        (None, "object", "float)"),
        (numbers(H, W).astype(complex), "complex128", "np.abs("),
        (np.zeros((H, W), "datetime64[s]"), "datetime64[s]", "float)"),
        (pd.DataFrame({"a": [1.0], "b": ["x"]}), "object", ".select_dtypes('number')"),
        (pd.DataFrame({"a": [1.0], "b": ["2"]}), "object", "float)"),
    ]:
        with refuses(TypeError, f"dtype {dtype}", "a matrix of real numbers", remedy):
            read(given)


@pytest.mark.parametrize("read", [matrix, matrices])
def test_no_array(read):
    with refuses(
        TypeError, "a list that NumPy cannot read", "real numbers", "rows of equal length"
    ):
        read([[1.0, 2.0], [3.0]])


@pytest.mark.parametrize("read", [matrix, matrices])
def test_masked_cells(read):
    x = np.ma.masked_greater(numbers(H, W), 20)
    with refuses(ValueError, "3 masked cells", "every cell needs a number", ".filled(0)"):
        read(x, GREY)
    assert read(x.filled(0), GREY).sum() == numbers(H, W)[numbers(H, W) <= 20].sum()


def test_what_float32_cannot_hold_is_infinite():
    with refuses(ValueError, "the first (infinite) at row 0, column 1", "finite", "nan_to_num"):
        matrix(np.array([[1, 10], [1, 1]], np.longdouble) ** 400)


def test_the_advice_for_a_table_with_a_column_of_text_works_when_pasted():
    x = pd.DataFrame({"a": [1.0, 2], "b": [3.0, 4], "who": ["x", "y"]})
    with pytest.raises(TypeError, match=r"such as (x.select_dtypes\('number'\))\.$") as caught:
        matrix(x)
    advice = str(caught.value).partition("such as ")[2].removesuffix(".")
    assert matrix(eval(advice, {"x": x})).shape == (2, 2, 1)
