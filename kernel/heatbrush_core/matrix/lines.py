"""Lines of an axis as people call them: by name, by number, by date, or by index."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.checks import clipped, hint, index, short
from heatbrush_core.matrix.axes import Axis, AxisName, date
from heatbrush_core.matrix.bands import Range
from heatbrush_core.matrix.rectangles import stretches

Bools = NDArray[np.bool_]

ROUNDING = 1e-9
"""Of an axis' largest number: how far a value may lie outside a range that it is meant to end."""


def ranges(given: Any, axis: Axis | None, which: AxisName) -> list[Range | None]:
    """Read which lines are meant, as half-open ranges of indices.

    Parameters
    ----------
    given
        None for all lines; one line; a pair (first, last), either of which may be None for an end
        of the axis, or the same as a slice; or a list of lines and pairs. Along a named axis these
        are its names, numbers or dates, both ends included, and a date such as "2024-03" means all
        of it. Along an axis without names they are indices, and pairs half-open.
    axis
        None where the axis has no names.
    which : {"rows", "columns"}
        For messages.

    Raises
    ------
    TypeError, ValueError
        In one sentence, for what the axis does not have.
    """
    if given is None:
        return [None]
    several = isinstance(given, list | range) or getattr(given, "ndim", 0) == 1
    parts = [_spelt(each) for each in (given if several else [given])]
    if axis is None:
        return [_indices(each, which) for each in parts]
    inside = np.zeros(len(axis), np.bool_)
    for each in parts:
        inside |= _inside(each, axis, which)
    return list(stretches(inside))


def _spelt(given: Any) -> Any:
    """Take a slice for the pair of its ends."""
    whole = isinstance(given, slice) and given.step is None
    return (given.start, given.stop) if whole else given


def _indices(given: Any, which: AxisName) -> Range:
    """Read one index, or a half-open pair; `Band` checks the numbers of a pair."""
    if isinstance(given, tuple):
        return _pair(given, which)
    number = index(given)
    if number is None:
        raise TypeError(
            f"{which}= is {short(given)}, but the {which} have no names here, so that an index or "
            f"a pair (start, stop) is expected; give one, or names as {which}= to the Explainer."
        )
    return number, number + 1


def _pair(given: tuple[Any, ...], which: AxisName) -> tuple[Any, Any]:
    if len(given) != 2:
        raise TypeError(
            f"{which}= is {short(given)}, but a pair (first, last) is expected; give two ends, or "
            "a list for lines that are apart."
        )
    return given[0], given[1]


def _inside(given: Any, axis: Axis, which: AxisName) -> Bools:
    """Tell of each line of a named axis whether it is meant."""
    first, last = _pair(given, which) if isinstance(given, tuple) else (given, given)
    if axis.values is not None:
        inside = _between(first, last, axis.values, which)
    elif axis.dates is not None:
        inside = _during(first, last, axis.dates, which)
    else:
        inside = _named(first, last, axis.labels, which)
    if not inside.any():
        raise ValueError(
            f"{which}= is {short(given)}, but the {which} lie at {clipped(axis.labels[0])} to "
            f"{clipped(axis.labels[-1])} and none is there; give {which} that there are, both ends "
            "included."
        )
    return inside


def _between(first: Any, last: Any, values: NDArray[np.float64], which: AxisName) -> Bools:
    """Compare numbers, as far as rounding lets them differ: 0.1 * 3 is meant by 0.3."""
    low, high = _seconds(first, -np.inf, which), _seconds(last, np.inf, which)
    _check_order(first, last, low <= high, which)
    slack = ROUNDING * np.abs(values).max(initial=0.0)
    return (values >= low - slack) & (values <= high + slack)


def _seconds(given: Any, end: float, which: AxisName) -> float:
    """Read a number of the axis; time differences are seconds, as along the axis."""
    if given is None:
        return end
    if isinstance(given, np.timedelta64 | datetime.timedelta):
        return float(np.timedelta64(given) / np.timedelta64(1, "s"))
    if isinstance(given, bool | np.bool_) or not isinstance(given, int | float | np.number):
        raise TypeError(
            f"{which}= holds {short(given)}, but the {which} are named by numbers; give a number "
            f"or a pair of numbers, or Region.{which}(start, stop) for indices."
        )
    return float(given)


def _during(first: Any, last: Any, dates: NDArray[np.datetime64], which: AxisName) -> Bools:
    """Compare dates; one that is less precise than another means all of its month, day, hour."""
    inside = np.ones(len(dates), np.bool_)
    if first is not None:
        inside &= dates >= _date(first, which)
    if last is not None:
        # one more month, day, hour ... of the unit that it was given in
        inside &= dates < (_date(last, which) + 1).astype(dates.dtype)
    if first is not None and last is not None:
        _check_order(first, last, bool(_date(first, which) <= _date(last, which)), which)
    return inside


def _date(given: Any, which: AxisName) -> np.datetime64:
    try:
        if isinstance(given, str):
            return np.datetime64(given)
        if isinstance(given, datetime.date | np.datetime64):
            return date(given)
    except ValueError:
        pass  # a text that is no date is refused like all else
    raise TypeError(
        f"{which}= holds {short(given)}, but the {which} are named by dates; give one such as "
        f'"2024-03-01", or Region.{which}(start, stop) for indices.'
    )


def _named(first: Any, last: Any, labels: Sequence[str], which: AxisName) -> Bools:
    """Take the lines from the first of one name to the last of another, or all of one name."""
    known = np.array(labels)
    for name in (first, last):
        if name is not None and (not isinstance(name, str) or name not in labels):
            near = hint(name, labels, f"give a name, or Region.{which}(start, stop) for indices.")
            raise ValueError(f"There are no {which} named {short(name)}; {near}")
    if first is not None and first == last:
        return known == first
    start = 0 if first is None else int(np.flatnonzero(known == first)[0])
    stop = len(labels) if last is None else int(np.flatnonzero(known == last)[-1]) + 1
    _check_order(first, last, start < stop, which)
    numbers = np.arange(len(labels))
    return (numbers >= start) & (numbers < stop)


def _check_order(first: Any, last: Any, ordered: bool, which: AxisName) -> None:
    if not ordered:
        raise ValueError(
            f"{which}= runs from {short(first)} to {short(last)}, but the first comes after the "
            "last there; swap the two."
        )
