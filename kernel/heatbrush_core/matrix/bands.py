"""One stroke of a brush: a rectangle of cells that joins a region or leaves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from heatbrush_core.checks import index, short
from heatbrush_core.matrix.axes import Axis
from heatbrush_core.matrix.rectangles import END, Rectangle, Stroke

Range = tuple[int, int | None]
"""A half-open range of indices; a stop of None is the end of the axis."""


@dataclass(frozen=True)
class Band:
    """One painted rectangle.

    Parameters
    ----------
    op : {"add", "remove"}
        Whether the cells join the region or leave it.
    rows, columns : (int, int or None) or None
        Half-open range of indices, counted from 0; a stop of None is the end of the axis, and
        None the whole axis.

    Raises
    ------
    TypeError, ValueError
        One sentence, if a range is no pair of indices or stops before it starts.
    """

    op: Literal["add", "remove"]
    rows: Range | None = None
    columns: Range | None = None

    def __post_init__(self) -> None:
        if self.op not in ("add", "remove"):
            raise ValueError(f'A band has op {short(self.op)}; write "add" or "remove".')
        object.__setattr__(self, "rows", _range(self.rows, "rows"))
        object.__setattr__(self, "columns", _range(self.columns, "columns"))

    @property
    def rectangle(self) -> Rectangle:
        """First row, stop row, first column, stop column; END is the open end."""
        r0, r1 = self.rows or (0, None)
        c0, c1 = self.columns or (0, None)
        return r0, END if r1 is None else r1, c0, END if c1 is None else c1

    @property
    def stroke(self) -> Stroke:
        """The band as something to paint."""
        return self.op == "add", self.rectangle

    def describe(self, rows: Axis, columns: Axis) -> str:
        """Names of the band's rows and columns; an axis that is covered whole is not mentioned."""
        spans = [rows.span(self.rows), columns.span(self.columns)]
        return " × ".join(span for span in spans if span) or "everything"

    def __bool__(self) -> bool:
        r0, r1, c0, c1 = self.rectangle
        return r0 < r1 and c0 < c1

    def __str__(self) -> str:
        if self.rows is None and self.columns is None:
            return "Region.everything()"
        if self.columns is None and self.rows is not None:
            return f"Region.rows({self.rows[0]}, {self.rows[1]})"
        if self.rows is None and self.columns is not None:
            return f"Region.columns({self.columns[0]}, {self.columns[1]})"
        ends = [*(self.rows or ()), *(self.columns or ())]
        return f"Region.rectangle({', '.join(map(str, ends))})"


def _range(given: Any, which: str) -> Range | None:
    """Check a range; one from 0 to the end is the whole axis."""
    if given is None:
        return None
    if not isinstance(given, list | tuple) or len(given) != 2:
        raise TypeError(
            f"The {which} of a band are a pair (start, stop), but got {short(given)}; "
            "give two indices, with None as stop for the end of the axis."
        )
    start = _index(given[0], which)
    stop = None if given[1] is None else _index(given[1], which)
    if stop is not None and stop < start:
        raise ValueError(
            f"The {which} of a band run from {start} to {stop}, but a range must not stop before "
            "it starts; swap the two."
        )
    return None if (start, stop) == (0, None) else (start, stop)


def _index(given: Any, which: str) -> int:
    number = index(given)
    if number is None:
        raise TypeError(_not_an_index(given, which))
    if not 0 <= number < END:
        raise ValueError(_not_an_index(given, which))
    return number


def _not_an_index(given: Any, which: str) -> str:
    return (
        f"The {which} of a band got {short(given)} as an index, but indices are whole numbers "
        "counted from 0; give one, or None as stop for the end of the axis."
    )
