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

from heatbrush_core.checks import among, clean, short

AxisName = Literal["rows", "columns"]
AXES: tuple[AxisName, ...] = ("rows", "columns")
"""In the order in which an array has them."""
TimeAxis = Literal["rows", "columns", "none"]
"""Which axis is time, if any."""

YEARS = (1678, 2262)
"""Between which nanoseconds, the unit of pandas and xarray, hold any date."""

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
    dates : (length,) datetime64 or None
        The dates behind the labels, those with a time zone in UTC; None where these are no dates.
    """

    name: str
    labels: tuple[str, ...]
    values: NDArray[np.float64] | None = field(default=None, compare=False)
    dates: NDArray[np.datetime64] | None = field(default=None, compare=False)

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
        return cls(_name(given) or which, *_read(entries))

    @classmethod
    def of(cls, given: Any, which: AxisName) -> Axis:
        """Name as many lines as there are names; see `make`."""
        return cls.make(
            given, len(given) if isinstance(given, Axis) else _count(given, which), which
        )

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def numbered(self) -> bool:
        """Whether the labels are just indices, which need the axis's name beside them."""
        return self.labels == tuple(map(str, range(len(self.labels))))

    @property
    def coordinates(self) -> NDArray[Any]:
        """(length,) what the lines are called in results: numbers, dates, or else the labels."""
        if self.values is not None:
            return np.arange(len(self)) if self.numbered else self.values
        return np.array(self.labels) if self.dates is None else self.dates

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
            f"{which}= takes a list of names, one per {which[:-1]}, but got {short(given)}; "
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
    return clean(" / ".join(str(name) for name in names if name is not None))


def _count(given: Any, which: AxisName) -> int:
    return len(_entries(given, which))


def _read(
    entries: list[Any],
) -> tuple[tuple[str, ...], NDArray[np.float64] | None, NDArray[np.datetime64] | None]:
    """Labels, and the numbers or the dates behind them."""
    if all(isinstance(entry, np.datetime64 | datetime.date) for entry in entries):
        return _dates(entries), None, _moments(entries)
    if all(isinstance(entry, np.timedelta64 | datetime.timedelta) for entry in entries):
        entries = [np.timedelta64(entry) / np.timedelta64(1, "s") for entry in entries]
    if all(isinstance(e, Real) and not isinstance(e, bool | np.bool_) for e in entries):
        values = _frozen(entries)
        if np.isfinite(values).all():
            return _numbers(values), values, None
    return tuple(map(_text, entries)), None, None


def _text(entry: Any) -> str:
    return clean(" / ".join(map(str, entry)) if isinstance(entry, tuple) else entry)


def _frozen(numbers: Iterable[Any]) -> NDArray[np.float64]:
    values = np.array(list(numbers), np.float64)
    values.flags.writeable = False
    return values


def _moments(entries: list[Any]) -> NDArray[np.datetime64] | None:
    """Dates as NumPy has them; None where one is missing."""
    moments = [date(each) for each in entries]
    if any(np.isnat(each) for each in moments):
        return None
    in_range = all(
        YEARS[0] < each.astype("datetime64[Y]").astype(int) + 1970 < YEARS[1] for each in moments
    )
    dates = np.array(moments, "datetime64[ns]" if in_range else "datetime64[us]")
    dates.flags.writeable = False
    return dates


def date(given: datetime.date | np.datetime64) -> np.datetime64:
    """Read one date; a time zone, which NumPy does not have, is taken off in UTC."""
    if hasattr(given, "to_datetime64"):  # of pandas
        given = given.to_datetime64()
    if isinstance(given, datetime.datetime) and given.tzinfo is not None:
        given = given.astimezone(datetime.UTC).replace(tzinfo=None)
    return np.datetime64(given)


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


def names_in(x: Any, shape: Sequence[int]) -> tuple[Any, Any]:
    """Take the names of the rows and the columns that x itself has; None where it has none.

    Parameters
    ----------
    x
        One matrix or several: of a DataFrame the index and the columns, unless they just count; of
        an xarray DataArray its coordinates; of a list, what the first of it has.
    shape : (H, W, ...)
        Of one matrix, as it was read.
    """
    if isinstance(x, list | tuple) and len(x):
        return names_in(x[0], shape)
    if hasattr(x, "index") and hasattr(x, "columns"):
        return _unless_counted(x.index), _unless_counted(x.columns)
    dims = tuple(getattr(x, "dims", ()))
    if not hasattr(x, "coords") or len(dims) not in (2, 3, 4):
        return None, None
    first = {2: 0, 4: 1}.get(len(dims), int(tuple(x.shape[:2]) != tuple(shape[:2])))
    rows, columns = (x.coords[dim] if dim in x.coords else None for dim in dims[first : first + 2])
    return rows, columns


def _unless_counted(index: Any) -> Any:
    """Leave out what pandas makes where nobody gave names: 0, 1, 2 ..."""
    counts = type(index).__name__ == "RangeIndex" and index.start == 0 and index.step == 1
    return None if counts and index.name is None else index


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
            f"time is {short(time)}, but 'rows', 'columns', 'none' or None is expected; give the "
            "axis along which the matrix goes on in time, 'none' where neither does."
        )


def check_axis(axis: Any) -> None:
    """Refuse what is neither "rows" nor "columns"."""
    if not among(axis, AXES):
        raise ValueError(
            f"axis is {short(axis)}, but 'rows' or 'columns' is expected; give one of them."
        )


def check_counts(rows: Any, columns: Any, shape: Sequence[int | None] | None) -> None:
    """Refuse a wrong number of names, as far as a model tells the shape of its matrices."""
    for which, given, length in zip(AXES, (rows, columns), shape or (None, None), strict=False):
        if length is not None:
            Axis.make(given, length, which)
        elif not isinstance(given, Axis | None):
            _entries(given, which)
