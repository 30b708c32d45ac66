"""Reading a matrix: from whatever was given to (H, W, C) floats of the shape the model expects."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.matrix.foreign import refuse_foreign

Shape = tuple[int | None, ...]
"""(H, W, C) of the model's input, or (H, W) if it has no channels; None where an axis is free."""

_said: set[str] = set()


def matrix(x: Any, shape: Shape | None = None, *, finite: bool = True) -> NDArray[Any]:
    """Read one matrix.

    Parameters
    ----------
    x : array-like
        (H, W), (H, W, C) or (1, H, W, C), of any real dtype; also a pandas DataFrame or an xarray
        DataArray. A three-dimensional array is whichever of these the model's shape allows, and
        (H, W, C) where it allows several.
    shape : tuple of int or None, optional
        What the model expects; None if that is unknown.
    finite : bool
        Whether NaN and infinity are refused.

    Returns
    -------
    (H, W, C) float64 if x is, else float32
        A view of x where nothing had to be converted.

    Raises
    ------
    TypeError
        If x holds no real numbers.
    ValueError
        If it is empty, holds NaN or infinity, is a batch or does not fit the model.

    Warns
    -----
    UserWarning
        Once per process for integers, and once for booleans.
    """
    refuse_foreign(x, "x", one=True)
    array = _numbers(x)
    found = _fitting(_single(array), shape)
    if found is None:
        batch = _fitting(_several(array, shape), shape)
        if batch is not None and len(batch) > 1:
            raise ValueError(
                f"x has shape {array.shape}, a batch of {len(batch)} matrices, but one matrix is "
                "expected; give one of them, such as x[0]."
            )
        raise ValueError(_misfit(array, shape, "x", one=True))
    floats = _floats(found)
    return (check_finite(floats) if finite else floats)[0]


def matrices(
    X: Any, shape: Shape | None = None, name: str = "X", *, finite: bool = True
) -> NDArray[Any]:
    """Read several matrices, or one as a batch of one.

    Parameters
    ----------
    X : array-like
        (N, H, W), (N, H, W, C), or one matrix (H, W) or (H, W, C). A three-dimensional array is
        whichever of these the model's shape allows; where it allows several, (H, W, C) if the
        number of channels is known and fits, else (N, H, W).
    shape : tuple of int or None, optional
        What the model expects; None if that is unknown.
    name : str
        What it is called in a refusal.
    finite : bool
        Whether NaN and infinity are refused.

    Returns
    -------
    (N, H, W, C) float64 if X is, else float32
        A view of X where nothing had to be converted.

    Raises
    ------
    TypeError, ValueError
        As in `matrix`.
    """
    refuse_foreign(X, name, one=False)
    array = _numbers(X, name)
    found = _fitting(_several(array, shape), shape)
    if found is None:
        raise ValueError(_misfit(array, shape, name, one=False))
    floats = _floats(found)
    return check_finite(floats) if finite else floats


# ------------------------------------------------------------------ what was given


def _numbers(x: Any, name: str = "x") -> NDArray[Any]:
    """Turn anything array-like into an array of real numbers that is not empty."""
    if np.ma.is_masked(x):
        raise ValueError(
            f"{name} is a masked array with {np.ma.count_masked(x)} masked cells, but every cell "
            f"needs a number; fill them first, such as {name}.filled(0), with valid=~{name}.mask "
            "where they do not exist."
        )
    try:
        array = np.asarray(x)
    except Exception as error:  # whatever the object's own conversion raises
        raise TypeError(
            f"{name} is a {type(x).__name__} that NumPy cannot read as an array, but a matrix of "
            "real numbers is expected; give rows of equal length, or an array."
        ) from error
    if array.dtype.kind not in "fiub" and array.dtype.name != "bfloat16":
        convert = _conversion(x, array, name)
        raise TypeError(
            f"{name} has dtype {array.dtype}, but a matrix of real numbers is expected; "
            f"convert it first, such as {convert}."
        )
    if array.size == 0:
        raise ValueError(
            f"{name} is empty, with shape {array.shape}, but at least one row and one column are "
            "expected; check the file or the slice that it comes from."
        )
    return array


def _conversion(x: Any, array: NDArray[Any], name: str) -> str:
    """Write how an array of another kind becomes one of real numbers."""
    if array.dtype.kind == "c":
        return f"np.abs({name})"
    if hasattr(x, "select_dtypes") and any(kind.kind == "O" for kind in x.dtypes):
        try:
            np.asarray(x, float)  # a text may be a number
        except (TypeError, ValueError):
            return f"{name}.select_dtypes('number')"
    return f"np.asarray({name}, float)"


def check_finite(batch: NDArray[Any], masks: NDArray[np.bool_] | None = None) -> NDArray[Any]:
    """Refuse NaN and infinity, naming the first and how many there are.

    (N, H, W) masks tell which cells of (N, H, W, C) exist; the others may hold anything.
    """
    # a sum is finite only where all are, and takes no copies
    if masks is None and np.isfinite(_total(batch)):
        return batch
    wrong = ~np.isfinite(batch)
    if masks is not None:
        wrong &= masks[..., None]
    count = int(wrong.sum())
    if not count:
        return batch
    n, row, column, channel = np.argwhere(wrong)[0].tolist()
    kind = "NaN" if np.isnan(batch[n, row, column, channel]) else "infinite"
    place = f"row {row}, column {column}"
    place += f", channel {channel}" if batch.shape[3] > 1 else ""
    place += f" of matrix {n}" if len(batch) > 1 else ""
    holds = "1 cell that is" if count == 1 else f"{count} cells that are"
    every = "every cell" if masks is None else "every cell that exists by valid="
    raise ValueError(
        f"The matrix holds {holds} NaN or infinite, the first ({kind}) at {place}, but {every} "
        "needs a finite number; fill or cut them first, such as np.nan_to_num(x), or give the "
        'Explainer valid="finite", by which such cells do not exist.'
    )


def _total(batch: NDArray[Any]) -> float:
    with np.errstate(over="ignore", invalid="ignore"):
        return float(batch.sum(dtype=np.float64))


def _floats(batch: NDArray[Any]) -> NDArray[Any]:
    kind = {"b": "boolean", "i": "integer", "u": "integer"}.get(batch.dtype.kind)
    if kind:
        _say_once(kind, batch.dtype)
    wide = batch.dtype.kind == "f" and batch.dtype.itemsize == 8  # in either byte order
    with np.errstate(over="ignore"):  # what float32 cannot hold is refused as infinite
        return np.ascontiguousarray(batch, np.float64 if wide else np.float32)


def _say_once(kind: str, dtype: np.dtype[Any]) -> None:
    """Warn about a cast, once per kind; the warning points at the first frame that is not ours."""
    if kind in _said:
        return
    _said.add(kind)
    level, frame = 1, inspect.currentframe()
    while frame is not None and frame.f_globals["__name__"].startswith("heatbrush"):
        level, frame = level + 1, frame.f_back
    warnings.warn(
        f"The matrix is {kind} ({dtype}), but models compute with floats, so it was cast to "
        "float32; give x.astype('float32') to say so yourself (this is said once).",
        UserWarning,
        stacklevel=level,
    )


# ------------------------------------------------------------------ what it can mean


def _single(array: NDArray[Any]) -> list[NDArray[Any]]:
    """List the ways to read an array as one matrix, likeliest first, each as (1, H, W, C)."""
    if array.ndim == 2:
        return [array[None, :, :, None]]
    if array.ndim == 3:
        return [array[None], *([array[..., None]] if len(array) == 1 else [])]
    return [array] if array.ndim == 4 and len(array) == 1 else []


def _several(array: NDArray[Any], shape: Shape | None) -> list[NDArray[Any]]:
    """List the ways to read an array as a batch, likeliest first, each as (N, H, W, C)."""
    if array.ndim == 2:
        return [array[None, :, :, None]]
    if array.ndim == 3:
        one, many = array[None], array[..., None]
        knows_channels = shape is not None and len(shape) == 3 and shape[2] is not None
        return [one, many] if knows_channels else [many, one]
    return [array] if array.ndim == 4 else []


def _fitting(readings: list[NDArray[Any]], shape: Shape | None) -> NDArray[Any] | None:
    return next((each for each in readings if _fits(each.shape[1:], shape)), None)


def _fits(given: Sequence[int], shape: Shape | None) -> bool:
    if shape is None:
        return True
    expected = shape if len(shape) == 3 else (*shape, 1)
    return all(e is None or g == e for g, e in zip(given, expected, strict=True))


def _misfit(array: NDArray[Any], shape: Shape | None, name: str, one: bool) -> str:
    if shape is None:
        expected = "(rows, columns) or (rows, columns, channels)"
    else:
        axes = ("rows", "columns", "channels")[: len(shape)]
        lengths = ", ".join("any" if length is None else str(length) for length in shape)
        expected = f"({lengths}), that is ({', '.join(axes)})"
    several = "" if one else "a batch of "
    return (
        f"{name} has shape {array.shape}, but the model expects {several}{expected}; "
        f"{_remedy(array, shape, name, one)}."
    )


def _remedy(array: NDArray[Any], shape: Shape | None, name: str, one: bool) -> str:
    """Say which rearrangement would fit, where there is one."""

    def fits(candidate: NDArray[Any]) -> bool:
        readings = _single(candidate) if one else _several(candidate, shape)
        return _fitting(readings, shape) is not None

    if array.ndim in (3, 4) and fits(np.moveaxis(array, -3, -1)):
        return f"put the channels last, np.moveaxis({name}, -3, -1)"
    if array.ndim < 2:
        return f"give it two axes, such as {name}.reshape(rows, columns)"
    first = int(array.ndim == 4 or (array.ndim == 3 and not one))
    if fits(np.swapaxes(array, first, first + 1)):
        return f"swap rows and columns, np.swapaxes({name}, {first}, {first + 1})"
    return "crop, pad or reshape it to that"
