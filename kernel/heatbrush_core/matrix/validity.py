"""Which cells of a matrix exist: padding and gaps do not, whatever the model is fed in their place.

The model always gets a whole matrix. Cells that do not exist are never hidden, never counted, and
have no place in a result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.checks import short
from heatbrush_core.matrix.axes import AXES, TimeAxis

Mask = NDArray[np.bool_]
Array = NDArray[Any]

FINITE = "finite"
"""The word by which cells exist that hold finite numbers."""


@dataclass(frozen=True, eq=False)
class Validity:
    """What tells which cells exist, and what the model is fed in the place of the others.

    Attributes
    ----------
    given
        None: all exist. "finite": those whose channels are all finite. A boolean (H, W) mask, or a
        function of (H, W, C) x that returns one.
    fill
        As a baseline is given; None is the baseline.
    fed
        Whether matrices come with the filling in them, so that only what is not finite is filled.
    """

    given: Any = None
    fill: Any = None
    fed: bool = False

    def __post_init__(self) -> None:
        for name in ("given", "fill"):
            # the caller may write into it later
            if isinstance(array := getattr(self, name), np.ndarray):
                object.__setattr__(self, name, array.copy())
        kinds = (None, FINITE) if self.given is None or isinstance(self.given, str) else ()
        if kinds and self.given not in kinds:
            raise ValueError(
                f'valid is {short(self.given)}, but as a word it is "finite"; give that, a boolean '
                "mask or a function of x that returns one."
            )
        if not kinds and not callable(self.given) and np.asarray(self.given).ndim != 2:
            raise ValueError(
                f"valid is {short(self.given)}, but the Explainer takes one boolean (rows, "
                'columns) mask, a function of x that returns one, or "finite"; give lengths, and a '
                "mask for each matrix, to explain, predict, find_runs and others."
            )

    def __str__(self) -> str:
        """As in "valid finite": what tells which cells exist; empty where all do."""
        if self.given is None or self.fed:
            return ""
        kind = "function" if callable(self.given) else "mask"
        return f"valid {self.given if isinstance(self.given, str) else kind}"

    @property
    def takes_nan(self) -> bool:
        """Whether the model is fed NaN, so that it must read NaN as "no value"."""
        if self.fill is None or isinstance(self.fill, str) or callable(self.fill):
            return False
        values = np.asarray(self.fill)
        return values.dtype.kind == "f" and bool(np.isnan(values).any())

    def missing(self, X: Array, masks: Mask) -> Mask | None:
        """(N, H, W, C) numbers in the place of which the model is fed `fill`; None for no one."""
        wrong = ~np.isfinite(X)
        words = isinstance(self.given, str)
        if self.fill is not None and not (words or self.fed):
            wrong |= ~masks[..., None]
        return wrong if wrong.any() else None


def existing(given: Any, X: Array, time: TimeAxis, name: str = "x") -> Mask | None:
    """Read which cells of (N, H, W, C) matrices exist.

    Parameters
    ----------
    given
        As in `Validity`; also (N, H, W) masks, or N lengths along the axis that is time, from 1 on,
        or one length for all.
    X
        The matrices, in which NaN and infinity may stand.
    time
        Which axis lengths run along.
    name
        What the matrices are called in a refusal.

    Returns
    -------
    (N, H, W) bool, or None where all cells of all matrices exist

    Raises
    ------
    TypeError, ValueError
        In one sentence, for what is none of these, for a wrong shape, and for a matrix of which no
        cell exists.
    """
    if given is None:
        return None
    if isinstance(given, str):
        Validity(given)  # refuses other words
        found = np.asarray(np.isfinite(X).all(axis=-1))
    elif callable(given):
        found = np.stack([_mask(given(x.copy()), x.shape[:2], _RETURNED) for x in X])
    else:
        found = _read(given, X.shape, time)
    some = found.reshape(len(found), -1).any(axis=1)
    if not some.all():
        which = f"{name}[{int(some.argmin())}]" if len(X) > 1 else name
        raise ValueError(
            f"No cell of {which} exists by valid=, but at least one is expected; leave such a "
            "matrix out, or give another valid=."
        )
    return None if found.all() else found


_RETURNED = "What the function valid= returned"


def are_lengths(given: Any) -> bool:
    """Tell whether what says which cells exist are lengths, one or several."""
    if given is None or isinstance(given, str) or callable(given):
        return False
    array = np.asarray(given)
    return array.ndim < 2 and array.dtype.kind in "iu"


def _read(given: Any, shape: Sequence[int], time: TimeAxis) -> Mask:
    """(N, H, W): read a mask, a mask for each matrix, or lengths."""
    try:
        array = np.asarray(given)
    except ValueError as error:
        raise TypeError(
            f"valid is {short(given)}, but a boolean (rows, columns) mask, a mask for each matrix, "
            "or their lengths are expected; give an array."
        ) from error
    if are_lengths(array):
        return _of_lengths(array, shape, time)
    if array.ndim < 2 and array.dtype != np.bool_:
        raise TypeError(
            f"valid holds {array.dtype} lengths, but whole numbers are expected; give one for each "
            "matrix, or boolean masks."
        )
    if array.ndim == 3:
        if len(array) != shape[0]:
            raise ValueError(
                f"valid holds {len(array)} masks, but there {_are(shape[0])}; give one (rows, "
                "columns) mask for all, or one for each."
            )
        return np.stack([_mask(each, shape[1:3], "valid") for each in array])
    return np.broadcast_to(_mask(array, shape[1:3], "valid"), tuple(shape[:3]))


def _mask(given: Any, shape: Sequence[int], what: str) -> Mask:
    """Check one (H, W) mask."""
    mask = np.asarray(given)
    if mask.dtype != np.bool_:
        raise TypeError(
            f"{what} holds {mask.dtype}, but True for each cell that exists and False for the "
            "others is expected; compare it first, such as mask > 0."
        )
    if mask.shape != tuple(shape[:2]):
        raise ValueError(
            f"{what} has shape {mask.shape}, but the matrix has {shape[0]} rows and {shape[1]} "
            "columns; give True or False for each cell."
        )
    return mask


def _of_lengths(lengths: Array, shape: Sequence[int], time: TimeAxis) -> Mask:
    """(N, H, W): the first cells along time exist."""
    if time == "none":
        raise ValueError(
            'valid holds lengths, which run along time, but the Explainer has time="none"; give '
            "boolean masks, or an Explainer with time=."
        )
    if lengths.ndim and len(lengths) != shape[0]:
        raise ValueError(
            f"valid holds {len(lengths)} lengths, but there {_are(shape[0])}; give one for each."
        )
    axis = AXES.index(time)
    most = shape[1 + axis]
    each = np.broadcast_to(lengths, shape[:1])
    if len(wrong := each[(each < 1) | (each > most)]):
        raise ValueError(
            f"valid holds the length {int(wrong[0])}, but a length along the {time} is from 1 to "
            f"{most}; give the number of {time} that exist."
        )
    inside = np.arange(most) < each[:, None]
    along = inside[:, :, None] if axis == 0 else inside[:, None, :]
    return np.broadcast_to(along, tuple(shape[:3]))


def _are(count: int) -> str:
    return "is one matrix" if count == 1 else f"are {count} matrices"


def known(X: Array, masks: Mask | None) -> Array:
    """(..., H, W, C) with NaN where a cell does not exist."""
    return X if masks is None else np.where(masks[..., None], X, np.nan).astype(X.dtype)
