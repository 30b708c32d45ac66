"""What hidden cells are replaced by: a word, number, array or function, made into one matrix."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.checks import hint, short
from heatbrush_core.matrix.axes import AxisName

Array = NDArray[Any]


def baseline(
    spec: Any,
    x: Array,
    background: Array | None = None,
    made: dict[str, Array] | None = None,
    takes_nan: bool = False,
) -> Array:
    """Compute the matrix that stands for "nothing there".

    Parameters
    ----------
    spec : float, array-like, callable or str
        A number for every cell; an array that broadcasts to (H, W), for all channels, or else to
        (H, W, C); a function from x to either; or one of `NAMES`, of which "auto" stands for the
        word that `chosen` gives.
    x : (H, W, C) float array
        The matrix that is explained, NaN where a cell does not exist: words leave it out, and a
        function of x may return NaN there.
    background : (N, H, W, C) float array, optional
        Typical matrices, for the words that begin with "background"; NaN as in x.
    made : dict, optional
        What words have made of this background so far; it is added to. Default none: made anew.
    takes_nan : bool
        Whether the model reads NaN as "no value", so that a hidden cell may become NaN.

    Returns
    -------
    (H, W, C) array of x's dtype

    Raises
    ------
    TypeError
        If `spec` is of none of these kinds.
    ValueError
        If it is no known word, does not broadcast, is not finite, or needs a background that is
        not there.

    Notes
    -----
    All words work per channel. "mean" and "median" are those of x; "row_mean" and "row_median" give
    each row its own, "column_mean" and "column_median" each column. "blur" is a Gaussian blur, a
    perturbation of Fong & Vedaldi (Interpretable Explanations of Black Boxes by Meaningful
    Perturbation, ICCV 2017, section 4.1), here with a standard deviation of a tenth of each axis,
    at least one cell, and with weights that are renormalised at the edges. "background_mean" and
    "background_median" are taken cell by cell, "background_row_median" row by row, over all columns
    of all matrices, of which there may be more or fewer than x has, and "background_column_median"
    column by column.
    """
    if isinstance(spec, str):
        return _complete(_named(spec, x, background, made).astype(x.dtype), x)
    if isinstance(spec, Real):
        return _broadcast(spec, x, "The baseline", takes_nan)
    if callable(spec):
        what = "What the baseline function returned"
        found = _broadcast(spec(x.copy()), x, what, takes_nan, np.isnan(x))
        return found if takes_nan else _complete(found, x)
    return _broadcast(spec, x, "The baseline", takes_nan)


def chosen(
    background: Array | None, shape: Sequence[int] | None = None, along: AxisName = "columns"
) -> str:
    """Choose what "auto" stands for: the median of each line along time, and channel.

    Parameters
    ----------
    background : (N, H, W, C) array or None
        Typical matrices; the medians are theirs, over the whole length of all their lines.
    shape : (H, W, C), optional
        Of the matrix that is asked about. Where the background has other lines or channels, the
        medians are the matrix's own, as they are without a background.
    along : {"rows", "columns"}
        Which axis is time. With "columns", a line is a row, such as a sensor's or a gene's; with
        "rows", as in a matrix of time and sensors, it is a column.
    """
    own, typical = {
        "columns": ("row_median", "background_row_median"),
        "rows": ("column_median", "background_column_median"),
    }[along]
    if background is None or not (shape is None or _fits(typical, shape, background)):
        return own
    return typical


def possible(shape: Sequence[int], background: Array | None) -> tuple[str, ...]:
    """List the words that can be made for a matrix of (H, W, C)."""
    return tuple(
        name
        for name in NAMES
        if name in _OF_X
        or (name in _OF_BACKGROUND and background is not None and _fits(name, shape, background))
    )


def is_auto(spec: Any) -> bool:
    """Tell whether the baseline is left to `chosen`."""
    return isinstance(spec, str) and spec == "auto"


def shown(number: float) -> str:
    """Write a number for reading, with a true minus."""
    return f"{float(number):g}".replace("-", "−").replace("nan", "NaN")


def called(spec: Any) -> str:
    """Write a baseline as one word: its own word or number, else "function" or "array"."""
    if isinstance(spec, str):
        return spec
    if callable(spec):
        return "function"
    return "array" if np.ndim(spec) else f"{float(spec):g}"


def words(spec: Any) -> str:
    """Say in a sentence what hidden cells become; `spec` is as in `baseline`, and not "auto"."""
    if isinstance(spec, str):
        said = _SAID[spec]
    elif callable(spec):
        said = "what the given function makes of the matrix"
    elif np.ndim(spec):
        said = "those of the given array"
    else:
        said = shown(spec)
    return f"Hidden cells become {said}."


def check_word(spec: Any) -> None:
    """Refuse a word that is none of `NAMES`; anything else is looked at when there is a matrix."""
    if isinstance(spec, str) and spec not in NAMES:
        raise ValueError(
            f"The baseline {short(spec)} is unknown; as a word it is one of {', '.join(NAMES)}; "
            f"{hint(spec, NAMES)}"
        )


def _named(name: str, x: Array, background: Array | None, made: dict[str, Array] | None) -> Array:
    if name in _OF_X:
        return np.broadcast_to(_OF_X[name](x), x.shape)
    check_word(name)
    if name == "auto":
        return _named(chosen(background, x.shape), x, background, made)
    if background is None:
        raise ValueError(
            f"The baseline {name!r} needs typical matrices, but the explainer has none; give it "
            "background= with shape (N, rows, columns, channels), or choose another baseline."
        )
    _check_fit(name, x, background)
    made = {} if made is None else made
    if name not in made:
        made[name] = _OF_BACKGROUND[name](background)
    return np.broadcast_to(made[name], x.shape)


def _fits(name: str, shape: Sequence[int], background: Array) -> bool:
    """Tell whether the background has what a word needs of a matrix of (H, W, C)."""
    _, height, width, channels = background.shape
    lines = {
        "background_row_median": (height, shape[0]),
        "background_column_median": (width, shape[1]),
    }
    if name in lines:
        has, needed = lines[name]
        return has == needed and channels == shape[2]
    return background.shape[1:] == tuple(shape)


def _check_fit(name: str, x: Array, background: Array) -> None:
    if not _fits(name, x.shape, background):
        line = name.split("_")[1] if name.endswith(("row_median", "column_median")) else ""
        like = f"with the same {line}s and channels" if line else "of the same shape"
        raise ValueError(
            f"The baseline {name!r} is {background.shape[1:]}, but the matrix is {x.shape}; "
            f"give a background of matrices {like}."
        )


def _complete(found: Array, x: Array) -> Array:
    """Put the median of each channel of x where a word has found nothing that exists."""
    lacking = np.isnan(found)
    return np.where(lacking, np.nanmedian(x, axis=(0, 1)), found) if lacking.any() else found


def _broadcast(
    given: Any, x: Array, what: str, takes_nan: bool, absent: Array | None = None
) -> Array:
    """Check an array or number and spread it over the matrix; it may be NaN where x is `absent`."""
    try:
        values = np.asarray(given)
    except Exception as error:  # whatever the object's own conversion raises
        raise TypeError(_wrong_kind(what, given)) from error
    if values.dtype.kind not in "fiu":
        raise TypeError(_wrong_kind(what, given))
    if not _is_allowed(values, takes_nan, absent):
        raise ValueError(
            f"{what} holds NaN or infinity, but a hidden cell needs a finite number; "
            "fill it first, such as np.nan_to_num(baseline), or, for a model that reads NaN as no "
            'value, give the Explainer valid="finite" and fill=float("nan").'
        )
    if values.ndim == 2 and all(n in (1, m) for n, m in zip(values.shape, x.shape, strict=False)):
        values = values[..., None]  # one number per row, per column or per cell
    if values.ndim == 4 and len(values) == 1:
        values = values[0]
    try:
        return np.broadcast_to(values, x.shape).astype(x.dtype)
    except ValueError as error:
        raise ValueError(
            f"{what} has shape {values.shape}, but it must broadcast to the matrix's {x.shape}; "
            "give one number, an array per cell, or one with axes of length 1."
        ) from error


def _is_allowed(values: Array, takes_nan: bool, absent: Array | None) -> bool:
    wrong = np.isinf(values) if takes_nan else ~np.isfinite(values)
    if not wrong.any():
        return True
    return absent is not None and wrong.shape == absent.shape and not (wrong & ~absent).any()


def _wrong_kind(what: str, given: Any) -> str:
    kind = f"{type(given).__name__}"
    if isinstance(given, np.ndarray):
        kind = f"array of dtype {given.dtype}"
    return (
        f"{what} is a {kind}, but a real number, an array of them, a function of x or a word is "
        f"expected; give one of these, words being {', '.join(NAMES)}."
    )


def _blur(x: Array) -> Array:
    """Blur; cells that do not exist have no weight."""
    lacking = np.isnan(x)
    if not lacking.any():
        return _blurred(x)
    weights = _blurred((~lacking).astype(np.float64))
    total = _blurred(np.where(lacking, 0, x))
    return np.divide(total, weights, out=np.full(x.shape, np.nan), where=weights > 0)


def _blurred(x: Array) -> Array:
    along_rows = np.tensordot(_gaussian(x.shape[0]), x, axes=(1, 0))
    return np.moveaxis(np.tensordot(_gaussian(x.shape[1]), along_rows, axes=(1, 1)), 0, 1)


def _gaussian(length: int) -> NDArray[np.float64]:
    """Weights of a blur along one axis, (length, length), each line summing to 1."""
    deviation = max(1.0, length / 10)
    places = np.arange(length)
    weights = np.exp(-(((places[:, None] - places) / deviation) ** 2) / 2)
    return weights / weights.sum(axis=1, keepdims=True)


def _median(x: Array, axis: int | tuple[int, ...]) -> Array:
    """Take the median of what exists, with axes of length 1; NaN where nothing does."""
    if not np.isnan(x).any():
        return np.asarray(np.median(x, axis=axis, keepdims=True))
    return _of_some(np.nanmedian, x, axis)


def _mean(x: Array, axis: int | tuple[int, ...]) -> Array:
    """Take the mean of what exists, with axes of length 1; NaN where nothing does."""
    if not np.isnan(x).any():
        return np.asarray(x.mean(axis=axis, keepdims=True, dtype=np.float64))
    return _of_some(np.nanmean, x.astype(np.float64), axis)


def _of_some(reduce: Callable[..., Array], x: Array, axis: int | tuple[int, ...]) -> Array:
    # lines without a number would be warned of
    nothing = np.isnan(x).all(axis=axis, keepdims=True)
    return np.where(nothing, np.nan, reduce(np.where(nothing, 0, x), axis=axis, keepdims=True))


_OF_X: dict[str, Callable[[Array], Array]] = {
    "mean": lambda x: _mean(x, (0, 1)),
    "median": lambda x: _median(x, (0, 1)),
    "row_mean": lambda x: _mean(x, 1),
    "row_median": lambda x: _median(x, 1),
    "column_median": lambda x: _median(x, 0),
    "column_mean": lambda x: _mean(x, 0),
    "blur": _blur,
}
_OF_BACKGROUND: dict[str, Callable[[Array], Array]] = {
    "background_mean": lambda background: _mean(background, 0)[0],
    "background_median": lambda background: _median(background, 0)[0],
    "background_row_median": lambda background: _median(background, (0, 2))[0],
    "background_column_median": lambda background: _median(background, (0, 1))[0],
}
NAMES = (*_OF_X, *_OF_BACKGROUND, "auto")
"""The words that a baseline can be."""
_SAID = {
    "mean": "the mean of the matrix",
    "median": "the median of the matrix",
    "row_mean": "the mean of their row",
    "row_median": "the median of their row",
    "column_median": "the median of their column",
    "column_mean": "the mean of their column",
    "blur": "those of the blurred matrix",
    "background_mean": "their mean over the background",
    "background_median": "their median over the background",
    "background_row_median": "the median of their row over the background",
    "background_column_median": "the median of their column over the background",
}
