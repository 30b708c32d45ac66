"""Names along the rows or the columns of a matrix: strings, numbers, dates or a pandas Index."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from numbers import Real
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

AxisName = Literal["rows", "columns"]
AXES: tuple[AxisName, ...] = ("rows", "columns")
"""In the order in which an array has them."""
TimeAxis = Literal["rows", "columns", "none"]
"""Which axis is time, if any."""

_OFFSET = re.compile(r"[+-]\d\d:\d\d$")  # of a time zone: its zeros must stay


@dataclass(frozen=True)
class Axis:
    """One axis of a matrix.

    Parameters
    ----------
    name : str
        What the axis is: the name of the index it came from, else "rows" or "columns".
    labels : tuple of str
        A label per line.
    values : (length,) float64 or None
        The numbers behind the labels; None where these are no (finite) numbers.
    """

    name: str
    labels: tuple[str, ...]
    values: NDArray[np.float64] | None = field(default=None, compare=False)

    @classmethod
    def make(cls, given: Any, length: int, which: AxisName) -> Axis:
        """Name the lines of one axis.

        Parameters
        ----------
        given : None, iterable or Axis
            Strings, numbers, dates, time differences (taken in seconds), a pandas Index or an
            xarray coordinate, whose name becomes the axis's name. None numbers the lines from 0.
        length : int
            Lines along the axis.
        which : {"rows", "columns"}
            Which axis it is, for its name and for messages.

        Raises
        ------
        TypeError
            If `given` is no ordered collection of names.
        ValueError
            If it holds another number of names than there are lines.
        """
        if isinstance(given, Axis):
            _check_length(len(given), length, which)
            return given
        if given is None:
            return cls(which, tuple(map(str, range(length))), _frozen(range(length)))
        entries = _entries(given, which)
        _check_length(len(entries), length, which)
        labels, values = _read(entries)
        return cls(_name(given) or which, labels, values)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def numbered(self) -> bool:
        """Whether the labels are just indices, which need the axis's name beside them."""
        return self.labels == tuple(map(str, range(len(self.labels))))

    def span(self, lines: tuple[int, int | None] | None) -> str:
        """Name a half-open range of lines by its first and last label; empty for the whole axis."""
        start, stop = lines or (0, None)
        stop = len(self) if stop is None else min(stop, len(self))
        if start == 0 and stop == len(self):
            return ""
        if start >= stop:
            return f"no {self.name}"
        first, last = self.labels[start], self.labels[stop - 1]
        text = first if stop - start == 1 else f"{first}–{last}"
        return f"{self.name} {text}" if self.numbered else text


def _entries(given: Any, which: AxisName) -> list[Any]:
    if isinstance(given, str | bytes | set | frozenset) or not isinstance(given, Iterable):
        raise TypeError(
            f"{which}= takes a list of names, one per {which[:-1]}, but got {given!r}; "
            "give strings, numbers, dates or a pandas Index in the order of the matrix."
        )
    if not isinstance(given, np.ndarray) and not hasattr(given, "dims"):
        return list(given)
    array = np.asarray(given)  # an xarray object would give its cells as arrays
    if array.ndim != 1:
        raise ValueError(
            f"{which}= is an array of shape {array.shape}, but one name per {which[:-1]} is "
            "expected, an array with one axis; give it that, such as names.ravel()."
        )
    return list(array)


def _check_length(count: int, length: int, which: AxisName) -> None:
    if count != length:
        raise ValueError(
            f"{which}= holds {count} names, but the matrix has {length} {which}; "
            f"give {length} names, or None to number the {which} from 0."
        )


def _name(given: Any) -> str:
    """Name of a pandas or xarray object; those of several levels are joined."""
    names = getattr(given, "names", None) or [getattr(given, "name", None)]
    return " / ".join(str(name) for name in names if name is not None)


def _read(entries: list[Any]) -> tuple[tuple[str, ...], NDArray[np.float64] | None]:
    if all(isinstance(entry, np.datetime64 | datetime.date) for entry in entries):
        return _dates(entries), None
    if all(isinstance(entry, np.timedelta64 | datetime.timedelta) for entry in entries):
        entries = [np.timedelta64(entry) / np.timedelta64(1, "s") for entry in entries]
    if all(isinstance(e, Real) and not isinstance(e, bool | np.bool_) for e in entries):
        values = _frozen(entries)
        if np.isfinite(values).all():
            return _numbers(values), values
    return tuple(map(_text, entries)), None


def _text(entry: Any) -> str:
    return " / ".join(map(str, entry)) if isinstance(entry, tuple) else str(entry)


def _frozen(numbers: Iterable[Any]) -> NDArray[np.float64]:
    values = np.array(list(numbers), np.float64)
    values.flags.writeable = False
    return values


def _dates(entries: list[Any]) -> tuple[str, ...]:
    """ISO dates, without the parts of the time of day that are zero throughout."""
    labels = [e.isoformat() if isinstance(e, datetime.date) else str(e) for e in entries]
    if any(_OFFSET.search(label) for label in labels):
        return tuple(labels)
    for zero in (".000000000", ".000000", ".000", ":00", "T00:00", "T00"):
        if all(label.endswith(zero) for label in labels):
            labels = [label.removesuffix(zero) for label in labels]
    return tuple(labels)


def _numbers(values: NDArray[np.float64]) -> tuple[str, ...]:
    """Print numbers with the same decimals: as few as show them fully, else as tell them apart."""
    span = float(np.abs(values).max(initial=0.0))
    if span < 2**53 and (values == np.round(values)).all():
        return _fixed(values, 0)
    gap = np.diff(np.unique(values)).min(initial=span)
    exact, apart = 1e-7 * span, 0.05 * gap
    for error, most in ((exact, 4), (apart, 6)) if 1e-6 <= span < 1e9 else ():
        for decimals in range(1, most + 1):
            if np.abs(np.round(values, decimals) - values).max() <= error:
                return _fixed(values, decimals)
    return tuple(f"{value:.6g}" for value in values)


def _fixed(values: NDArray[np.float64], decimals: int) -> tuple[str, ...]:
    return tuple(f"{value:.{decimals}f}" for value in np.round(values, decimals) + 0.0)


def kept(names: Any) -> Any:
    """Keep what an iterator gives: an axis is named more than once."""
    return list(names) if isinstance(names, Iterator) else names


def are_times(names: Any, which: AxisName) -> bool:
    """Tell whether names along an axis are all dates, time differences or periods."""
    if names is None or isinstance(names, Axis):
        return False
    entries = _entries(names, which)
    return bool(entries) and all(_is_time(entry) for entry in entries)


def _is_time(entry: Any) -> bool:
    dates = np.datetime64 | np.timedelta64 | datetime.date | datetime.timedelta
    # a pandas Period is none of these, and pandas need not be there
    return isinstance(entry, dates) or hasattr(entry, "to_timestamp")


def check_time(time: Any) -> None:
    """Refuse what says of no axis whether it is time."""
    if time is not None and time not in get_args(TimeAxis):
        raise ValueError(
            f"time is {time!r}, but 'rows', 'columns', 'none' or None is expected; give the axis "
            "along which the matrix goes on in time, 'none' where neither does."
        )


def check_axis(axis: Any) -> None:
    """Refuse what is neither "rows" nor "columns"."""
    if axis not in AXES:
        raise ValueError(
            f"axis is {axis!r}, but 'rows' or 'columns' is expected; give one of them."
        )


def check_counts(rows: Any, columns: Any, shape: Sequence[int | None] | None) -> None:
    """Refuse a wrong number of names, as far as a model tells the shape of its matrices."""
    height, width, *_ = shape or (None, None)
    if height is not None:
        Axis.make(rows, height, "rows")
    if width is not None:
        Axis.make(columns, width, "columns")
