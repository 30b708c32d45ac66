"""Which cells of a matrix are meant: bands painted in order, as a brush does, with set algebra."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core.checks import short
from heatbrush_core.matrix.axes import Axis
from heatbrush_core.matrix.bands import Band, Range
from heatbrush_core.matrix.rectangles import END, CutPlane, Rectangle, bounding_box, cover

LISTED = 6
"""Bands that a repr or a description spells out."""


@dataclass(frozen=True, eq=False, repr=False)
class Region:
    """A set of cells, as bands painted in order: a later band overrides an earlier one.

    Regions are combined with ``|`` (union), ``&`` (intersection), ``-`` (difference) and ``~``
    (all other cells). Two regions are equal if they hold the same cells, whatever their bands; as
    a region knows no matrix, "up to the end" and "up to 40" differ even where it has 40 columns.
    A region without cells is falsy.

    Parameters
    ----------
    bands : iterable of Band
        Usually left to the constructors `rows`, `columns`, `rectangle`, `cells` and `everything`.
    masked : (H, W), optional
        The shape of the mask that it comes from, which fits matrices of that shape alone; None
        where it comes from none.

    Examples
    --------
    >>> Region.rows(3, 8) | Region.columns(10, 40)
    Region.rows(3, 8) | Region.columns(10, 40)
    >>> Region.rows(3, 8) & Region.columns(10, None)
    Region.rectangle(3, 8, 10, None)
    """

    bands: tuple[Band, ...] = ()
    masked: tuple[int, int] | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "bands", tuple(self.bands))

    @classmethod
    def rows(cls, start: int, stop: int | None) -> Region:
        """Whole rows from `start` up to, not including, `stop`; None is the end."""
        return cls.rectangle(start, stop, 0, None)

    @classmethod
    def columns(cls, start: int, stop: int | None) -> Region:
        """Whole columns from `start` up to, not including, `stop`; None is the end."""
        return cls.rectangle(0, None, start, stop)

    @classmethod
    def rectangle(
        cls, row_start: int, row_stop: int | None, column_start: int, column_stop: int | None
    ) -> Region:
        """Cells where a range of rows meets a range of columns, both half-open."""
        band = Band("add", (row_start, row_stop), (column_start, column_stop))
        return cls((band,)) if band else cls()

    @classmethod
    def everything(cls) -> Region:
        """All cells."""
        return cls((Band("add"),))

    @classmethod
    def cells(cls, mask: ArrayLike) -> Region:
        """Cells that are True in a mask.

        Parameters
        ----------
        mask : (H, W) bool

        Raises
        ------
        TypeError
            If the mask is not boolean.
        ValueError
            If it has not two axes.
        """
        inside = np.asarray(mask)
        if inside.dtype != np.bool_:
            raise TypeError(
                f"A mask of cells is boolean, but got {inside.dtype} of shape {inside.shape}; "
                "compare it with a threshold first, such as explanation.map > 0.1."
            )
        if inside.ndim != 2:
            raise ValueError(
                f"A mask of cells has shape (rows, columns), but got {inside.shape}; "
                "reduce it to two axes first, such as mask.any(axis=-1) over channels."
            )
        height, width = inside.shape
        found = cls()
        if inside.any():
            found = cls._of(cover(inside, range(height + 1), range(width + 1)))
        return replace(found, masked=(height, width))

    where = cells

    @classmethod
    def _of(cls, rectangles: Iterable[Rectangle]) -> Region:
        def stop(index: int) -> int | None:
            return None if index == END else index

        return cls(
            tuple(Band("add", (r0, stop(r1)), (c0, stop(c1))) for r0, r1, c0, c1 in rectangles)
        )

    # -------------------------------------------------------------- algebra

    @property
    def _additive(self) -> bool:
        return all(band.op == "add" for band in self.bands)

    def _combine(self, other: Region, operation: Callable[..., Any]) -> Region:
        plane = CutPlane(band.rectangle for band in self.bands + other.bands)
        mine, theirs = (plane.paint(band.stroke for band in r.bands) for r in (self, other))
        found = Region._of(plane.rectangles(operation(mine, theirs)))
        return replace(found, masked=self._mask_with(other))

    def _mask_with(self, other: Region) -> tuple[int, int] | None:
        """Shape of the masks that both come from; two masks of different shapes are refused."""
        if None not in (self.masked, other.masked) and self.masked != other.masked:
            raise ValueError(
                f"One region comes from a mask of shape {self.masked}, the other from one of "
                f"{other.masked}, but both are to fit one matrix; make masks of its shape."
            )
        return self.masked or other.masked

    def __or__(self, other: Region) -> Region:
        if not isinstance(other, Region):
            return NotImplemented
        if other._additive:
            return Region(self.bands + other.bands, masked=self._mask_with(other))
        return self._combine(other, operator.or_)

    def __and__(self, other: Region) -> Region:
        if not isinstance(other, Region):
            return NotImplemented
        return self._combine(other, operator.and_)

    def __sub__(self, other: Region) -> Region:
        if not isinstance(other, Region):
            return NotImplemented
        if self.bands and other._additive:
            removed = (Band("remove", band.rows, band.columns) for band in other.bands)
            return Region((*self.bands, *removed), masked=self._mask_with(other))
        return self._combine(other, lambda mine, theirs: mine & ~theirs)

    def __invert__(self) -> Region:
        return Region.everything() - self

    @cached_property
    def _rectangles(self) -> tuple[Rectangle, ...]:
        """The same for every region with the same cells."""
        plane = CutPlane(band.rectangle for band in self.bands)
        return tuple(plane.rectangles(plane.paint(band.stroke for band in self.bands)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Region):
            return NotImplemented
        return self._rectangles == other._rectangles

    def __hash__(self) -> int:
        return hash(self._rectangles)

    def __bool__(self) -> bool:
        return bool(self._rectangles)

    # -------------------------------------------------------------- on a matrix

    def mask(self, shape: Sequence[int]) -> NDArray[np.bool_]:
        """Which cells of a matrix belong to the region.

        Parameters
        ----------
        shape : (H, W) or (H, W, C)
            Cells of the region outside the matrix are left out.

        Returns
        -------
        (H, W) bool
        """
        return self.window(0, 0, shape[0], shape[1])

    def window(self, top: int, left: int, height: int, width: int) -> NDArray[np.bool_]:
        """Which cells of a rectangle inside of a matrix belong to the region: (height, width)."""
        inside = np.zeros((height, width), bool)
        for add, (r0, r1, c0, c1) in (band.stroke for band in self.bands):
            rows, columns = (
                (max(r0 - top, 0), max(r1 - top, 0)),
                (max(c0 - left, 0), max(c1 - left, 0)),
            )
            inside[slice(*rows), slice(*columns)] = add
        return inside

    def bounds(self, shape: Sequence[int]) -> tuple[int, int, int, int]:
        """First row, stop row, first column and stop column of the region's bounding box.

        Raises
        ------
        ValueError
            If the region holds no cell of a matrix of this shape.
        """
        if self._additive:  # without a mask, which of a large matrix takes milliseconds
            return self._box(shape)
        inside = self.mask(shape)
        if not inside.any():
            raise ValueError(_empty(shape))
        rows, columns = bounding_box(inside)
        return rows.start, rows.stop, columns.start, columns.stop

    def _box(self, shape: Sequence[int]) -> tuple[int, int, int, int]:
        """Take the bounding box of bands of which none removes anything."""
        height, width = shape[0], shape[1]
        clipped = (
            (r0, min(r1, height), c0, min(c1, width))
            for r0, r1, c0, c1 in (band.rectangle for band in self.bands)
        )
        some = [(r0, r1, c0, c1) for r0, r1, c0, c1 in clipped if r0 < r1 and c0 < c1]
        if not some:
            raise ValueError(_empty(shape))
        tops, bottoms, lefts, rights = zip(*some, strict=True)
        return min(tops), max(bottoms), min(lefts), max(rights)

    def check(self, shape: Sequence[int]) -> None:
        """Refuse a region that does not fit a matrix of this shape, or holds none of its cells.

        Raises
        ------
        ValueError
            One sentence: which end is outside, or that its mask has another shape; what to do.
        """
        if self.masked not in (None, (shape[0], shape[1])):
            raise ValueError(
                f"The region comes from a mask of shape {self.masked}, but the matrix is "
                f"({shape[0]}, {shape[1]}); give a mask of the matrix's own rows and columns."
            )
        for band in self.bands:
            _inside(band.rows, shape[0], "row")
            _inside(band.columns, shape[1], "column")
        if not self.mask(shape).any():
            raise ValueError(_empty(shape))

    def describe(self, rows: Axis, columns: Axis) -> str:
        """Say which cells are meant, by the names of the axes: "acc 2 z–gyro z × 24.00–29.25"."""
        if not self:
            return "nothing"
        texts = [
            ("" if band.op == "add" else "without ") + band.describe(rows, columns)
            for band in self.bands[:LISTED]
        ]
        more = len(self.bands) - LISTED
        return ", ".join([*texts, f"{more} more"] if more > 0 else texts)

    # -------------------------------------------------------------- as text

    def to_json(self) -> dict[str, Any]:
        """Return the bands as plain data, the same that the widget syncs; the mask's shape too."""
        shape = {} if self.masked is None else {"masked": list(self.masked)}
        return {
            "bands": [
                {
                    "op": band.op,
                    "rows": None if band.rows is None else list(band.rows),
                    "columns": None if band.columns is None else list(band.columns),
                }
                for band in self.bands
            ],
            **shape,
        }

    @classmethod
    def from_json(cls, data: Any) -> Region:
        """Read what `to_json` wrote.

        Raises
        ------
        ValueError
            If the data is anything else, whatever its type: it may come from outside.
        """
        known = isinstance(data, dict) and set(data) <= {"bands", "masked"}
        bands, masked = (data.get("bands"), data.get("masked")) if known else (None, None)
        if not isinstance(bands, list | tuple) or not (masked is None or _is_shape(masked)):
            raise ValueError(f"A selection is {_FORM}, but got {short(data)}; send that form.")
        shape = None if masked is None else (masked[0], masked[1])
        return cls(tuple(band for band in map(_band, bands) if band), masked=shape)

    def __repr__(self) -> str:
        if len(self.bands) > LISTED:
            return f"<Region of {len(self.bands)} bands>"
        text = ""
        for band in self.bands:
            if band.op == "add":
                text = f"{text} | {band}" if text else str(band)
            else:
                text = f"({text})" if "|" in text else text
                text = f"{text or 'Region()'} - {band}"
        return text or "Region()"


_FORM = (
    '{"bands": [{"op": "add" or "remove", "rows": [start, stop] or null, "columns": ...}]}, '
    'of a mask with "masked": [rows, columns]'
)


def _is_shape(data: Any) -> bool:
    lengths = data if isinstance(data, list | tuple) else ()
    return len(lengths) == 2 and all(type(length) is int and length > 0 for length in lengths)


def _band(data: Any) -> Band:
    if not isinstance(data, dict) or set(data) != {"op", "rows", "columns"}:
        raise ValueError(f"A selection is {_FORM}, but one band is {short(data)}; send that form.")
    try:
        return Band(**data)
    except TypeError as error:
        raise ValueError(str(error)) from error


def _inside(given: Range | None, length: int, which: str) -> None:
    """Refuse an end beyond the axis; an open range may start at it, as in ~Region.rows(0, H)."""
    start, stop = given or (0, None)
    if max(start, stop or 0) > length:
        raise ValueError(
            f"The region reaches {which} {max(start, stop or 0) - 1}, but the matrix has {length} "
            f"{which}s, 0 to {length - 1}; cut the region with & Region.{which}s(0, {length}), "
            "or give None as stop for the end."
        )


def _empty(shape: Sequence[int]) -> str:
    return (
        f"The region holds no cell of the {shape[0]} × {shape[1]} matrix, but at least one is "
        "needed; select some rows or columns, or give no region for the whole matrix."
    )
