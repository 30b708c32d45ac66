"""Regions as one types them, as in the view's field: "acc y, 2.0 to 7.9; rows 2 to 8"."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.checks import clipped, hint, short
from heatbrush_core.matrix.axes import Axis, AxisName
from heatbrush_core.matrix.bands import Band
from heatbrush_core.matrix.lines import ROUNDING
from heatbrush_core.matrix.rectangles import stretches
from heatbrush_core.matrix.region import Region

TOGETHER = 12
"""Pieces that are read as one, where a name holds what parts them."""

_JOINED = re.compile(r"\s+to\s+|^to\s+|\s+to$|\s*–\s*")
_COMMA = re.compile(r",|\s×\s")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}(:\d{2}(:\d{2}(\.\d+)?)?)?)?)?)?")
_FULL = "0000-01-01T00:00:00"

Bools = NDArray[np.bool_]
Part = tuple[Bools | None, Bools | None]
T = TypeVar("T")


class _Wrong(Exception):
    """One sentence about a text that cannot be read so; perhaps it can be read in another way."""


def typed_region(text: str, rows: Axis, columns: Axis) -> Region:
    """Read a region in words.

    Parameters
    ----------
    text
        Rows, then after a comma columns; or either alone; several such parts between semicolons.
        Ranges have both ends included. What is a name as it stands is that name.
    rows, columns
        The axes whose names, numbers or dates are meant.

    Raises
    ------
    ValueError
        In one sentence: what is wrong, and the nearest name where one is unknown.

    Examples
    --------
    >>> typed_region("1 to 2, 0 to 3", Axis.make(None, 4, "rows"), Axis.make(None, 9, "columns"))
    Region.rectangle(1, 3, 0, 4)
    """
    axes: dict[AxisName, Axis] = {"rows": rows, "columns": columns}
    try:
        parts = _joined(text, ";", (rows, columns), lambda part: _part(part, axes))
    except _Wrong as wrong:
        raise ValueError(f"The selection {short(text)} cannot be read: {wrong}") from None
    found = (
        Band("add", across, along)
        for row_flags, column_flags in parts
        for across in _ranges(row_flags)
        for along in _ranges(column_flags)
    )
    return Region(tuple(found))


def _ranges(flags: Bools | None) -> list[tuple[int, int | None] | None]:
    return [None] if flags is None or flags.all() else list(stretches(flags))


def _joined(text: str, by: str, axes: tuple[Axis, ...], read: Callable[[str], T]) -> list[T]:
    """Read pieces one by one, or several as one where a name holds what parts them."""
    pieces = text.split(by)
    within = any(by in label for axis in axes for label in axis.labels)
    found: list[T] = []
    at = 0
    while at < len(pieces):
        at, made = _fewest(pieces, at, TOGETHER if within else 1, by, read)
        found.append(made)
    return found


def _fewest(
    pieces: list[str], at: int, longest: int, by: str, read: Callable[[str], T]
) -> tuple[int, T]:
    """Read the fewest pieces from one on that can be read; tell where they end."""
    first = None
    for end in range(at + 1, min(len(pieces), at + longest) + 1):
        piece = by.join(pieces[at:end]).strip()
        try:
            return end, read(piece)
        except _Wrong as wrong:
            first = first or wrong
    raise first or _Wrong("nothing is there.")


def _part(text: str, axes: dict[AxisName, Axis]) -> Part:
    """Rows as they stand; else rows and columns; else rows alone; else columns alone."""
    if text.lower() in ("everything", "all") and text not in axes["rows"].labels:
        return None, None
    ways: list[Callable[[], Part]] = [lambda: (_lines(*_worded(text, axes, "rows"), "rows"), None)]
    ways += [_both(text, comma, axes) for comma in reversed(list(_COMMA.finditer(text)))]
    ways += [lambda: (_several(text, axes, "rows"), None)]
    ways += [lambda: (None, _several(text, axes, "columns"))]
    wrongs = []
    for way in ways:
        try:
            return way()
        except _Wrong as wrong:
            wrongs.append(wrong)
    if len(ways) > 3:  # of the last comma
        raise wrongs[1]
    worded = axes["rows"].values is None and axes["columns"].values is not None
    of_columns = text.lower().startswith("column") or (worded and text[:1].isdigit())
    raise wrongs[-1 if of_columns else 0]


def _both(text: str, comma: re.Match[str], axes: dict[AxisName, Axis]) -> Callable[[], Part]:
    left, right = text[: comma.start()].strip(), text[comma.end() :].strip()
    return lambda: (
        _several(left, axes, "rows") if left else None,
        _several(right, axes, "columns"),
    )


def _several(text: str, axes: dict[AxisName, Axis], which: AxisName) -> Bools:
    """Lines of one axis, several of them between commas."""
    rest, axis, counted = _worded(text, axes, which)
    read = _joined(rest, ",", (axis,), lambda piece: _lines(piece, axis, counted, which))
    return np.logical_or.reduce(read)


def _worded(text: str, axes: dict[AxisName, Axis], which: AxisName) -> tuple[str, Axis, bool]:
    """Take "rows" or the axis's name from the start; with "rows", numbers may be places."""
    axis = axes[which]
    if text in axis.labels:
        return text, axis, False
    if word := re.match(rf"{which[:-1]}s?\s+(?=\S)", text, re.IGNORECASE):
        return text[word.end() :], axis, True
    called = axis.name and text.lower().startswith(f"{axis.name.lower()} ")
    return text[len(axis.name) :].strip() if called else text, axis, False


def _lines(text: str, axis: Axis, counted: bool, which: AxisName) -> Bools:
    """Tell of each line whether it is meant: a name as it stands, else a range, else one line."""
    if not text:
        raise _Wrong("nothing stands at one side of a comma or semicolon; write something there.")
    own = np.array(axis.labels) == text
    if own.any():
        return own
    wrong = None
    for joint in _JOINED.finditer(text):
        first, last = text[: joint.start()].strip(), text[joint.end() :].strip()
        try:
            return _between(first, last, axis, counted, which)
        except _Wrong as error:
            wrong = wrong or error
    if wrong:
        raise wrong
    return _between(text, text, axis, counted, which)


def _between(first: str, last: str, axis: Axis, counted: bool, which: AxisName) -> Bools:
    """Tell which lines lie from one end to the other; "" is the end of the axis."""
    if axis.values is not None:
        inside = _numbered(first, last, axis, axis.values, which)
    elif all(len(label) > 4 and _DATE.fullmatch(label) for label in axis.labels):
        inside = _dated(first, last, axis, which)
    else:
        inside = _named(first, last, axis, counted, which)
    if not inside.any():
        ends = first if first == last else f"{first or 'the start'} to {last or 'the end'}"
        raise _Wrong(f"no {which[:-1]} lies at {clipped(ends)}; {_extent(axis, which)}.")
    return inside


def _extent(axis: Axis, which: AxisName) -> str:
    return f"the {which} are {clipped(axis.labels[0])} to {clipped(axis.labels[-1])}"


def _check_order(first: str, last: str, ordered: bool) -> None:
    if not ordered:
        raise _Wrong(f"{clipped(first)} to {clipped(last)} runs backwards; swap the two.")


def _numbered(
    first: str, last: str, axis: Axis, values: NDArray[np.float64], which: AxisName
) -> Bools:
    """Compare numbers, as far as rounding lets them differ."""
    low = _number(first, axis, values, which) if first else -np.inf
    high = _number(last, axis, values, which) if last else np.inf
    _check_order(first, last, low <= high)
    slack = ROUNDING * np.abs(values).max(initial=0.0)
    inside: Bools = (values >= low - slack) & (values <= high + slack)
    return inside


def _number(text: str, axis: Axis, values: NDArray[np.float64], which: AxisName) -> float:
    if text in axis.labels:
        return float(values[axis.labels.index(text)])
    plain = text.replace("\u2212", "-")
    if not _NUMBER.fullmatch(plain):
        raise _Wrong(f"{short(text)} is no number, but {_extent(axis, which)}.")
    return float(plain)


def _dated(first: str, last: str, axis: Axis, which: AxisName) -> Bools:
    """Compare dates; one that is less precise means all of its year, month, day or hour."""
    low, high = (end.replace(" ", "T") for end in (first, last))
    for end in (low, high):
        if end and not _DATE.fullmatch(end):
            raise _Wrong(f"{short(end)} is no date, but {_extent(axis, which)}.")
    ordered = not (low and high) or _whole(low) <= _whole(high) or low.startswith(high)
    _check_order(first, last, ordered)
    moments = [_whole(label) for label in axis.labels]
    after = [not low or moment >= _whole(low) for moment in moments]
    before = [not high or moment[: len(high)] <= high for moment in moments]
    return np.array(after) & np.array(before)


def _whole(text: str) -> str:
    return text + _FULL[len(text) :]


def _named(first: str, last: str, axis: Axis, counted: bool, which: AxisName) -> Bools:
    """Take the lines from the first of one name to the last of another."""
    start = _place(first, axis, counted, which)[0] if first else 0
    stop = _place(last, axis, counted, which)[1] if last else len(axis) - 1
    _check_order(first, last, start <= stop)
    places = np.arange(len(axis))
    return (places >= start) & (places <= stop)


def _place(text: str, axis: Axis, counted: bool, which: AxisName) -> tuple[int, int]:
    """First and last line of a name, in any case if only one reads so; or a place from 0."""
    alike = {label for label in axis.labels if label.lower() == text.lower()}
    name = text if text in axis.labels else alike.pop() if len(alike) == 1 else None
    if name is not None:
        found = np.flatnonzero(np.array(axis.labels) == name)
        return int(found[0]), int(found[-1])
    if not (counted and text.isascii() and text.isdigit()):
        near = hint(text, axis.labels, f"{_extent(axis, which)}.")
        raise _Wrong(f"there is no {which[:-1]} named {short(text)}; {near}")
    place = int(text) if len(text) < 10 else len(axis)
    if place >= len(axis):
        raise _Wrong(f"there is no {which[:-1]} {clipped(text)}: they are 0 to {len(axis) - 1}.")
    return place, place
