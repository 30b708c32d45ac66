"""Many matrices that differ from one matrix inside a box each: windows hidden, regions blended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.matrix.arrays import Indices
from heatbrush_core.matrix.rectangles import bounding_box
from heatbrush_core.matrix.region import Region

SPREAD = 2
"""Largest allowed area of a group's box, divided by the area of its smallest region."""


@dataclass(frozen=True, eq=False)
class Boxes:
    """N rectangles of a matrix, all of one size and all inside of it.

    Attributes
    ----------
    rows, columns
        (N,) first row and column of each.
    height, width
        Cells of each.
    """

    rows: Indices
    columns: Indices
    height: int
    width: int

    @classmethod
    def around(cls, edges: NDArray[Any], shape: tuple[int, ...]) -> Boxes:
        """Make boxes as large as the largest of (N, 4) rectangles, moved inwards at the edges.

        A rectangle is its first row, stop row, first column and stop column.
        """
        height, width = (int((edges[:, i + 1] - edges[:, i]).max()) for i in (0, 2))
        rows = np.minimum(edges[:, 0], shape[0] - height).astype(np.intp)
        return cls(rows, np.minimum(edges[:, 2], shape[1] - width).astype(np.intp), height, width)

    @classmethod
    def of(cls, rows: slice, columns: slice, count: int) -> Boxes:
        """Take the same box `count` times."""
        top, left = (np.full(count, each.start, np.intp) for each in (rows, columns))
        return cls(top, left, rows.stop - rows.start, columns.stop - columns.start)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, which: slice | NDArray[np.bool_]) -> Boxes:
        return Boxes(self.rows[which], self.columns[which], self.height, self.width)

    @property
    def cells(self) -> tuple[Indices, Indices]:
        """(N, h, 1) rows and (N, 1, w) columns: an index of a matrix that gives (N, h, w)."""
        rows = self.rows[:, None, None] + np.arange(self.height)[:, None]
        return rows, self.columns[:, None, None] + np.arange(self.width)


@dataclass(frozen=True, eq=False)
class Changes:
    """N matrices that differ from one inside a box each; their cells are made when asked for.

    Attributes
    ----------
    x
        (H, W, C) the matrix that they differ from.
    boxes
        Where each may differ.
    fill
        (N' boxes, which of the N they are) -> (N', h, w, C) new cells.
    """

    x: NDArray[Any]
    boxes: Boxes
    fill: Callable[[Boxes, slice], NDArray[Any]]

    @classmethod
    def to(cls, x: NDArray[Any], box: tuple[slice, slice], cells: NDArray[Any]) -> Changes:
        """Change one box to each of (N, h, w, C) cells."""
        return cls(x, Boxes.of(*box, len(cells)), lambda _, which: cells[which])

    def __len__(self) -> int:
        return len(self.boxes)

    def cells(self, which: slice) -> NDArray[Any]:
        """(N', h, w, C) new cells of some of the matrices."""
        return self.fill(self.boxes[which], which)

    def matrices(self, which: slice) -> NDArray[Any]:
        """(N', H, W, C) some of the matrices, whole."""
        boxes = self.boxes[which]
        X = np.repeat(self.x[None], len(boxes), axis=0)
        X[np.arange(len(boxes))[:, None, None], *boxes.cells] = self.cells(which)
        return X


def hidden(
    x: NDArray[Any], base: NDArray[Any], edges: NDArray[Any], inside: NDArray[np.bool_] | None
) -> Changes:
    """Hide one of (N, 4) rectangles in each matrix: their cells become those of `base`.

    Only cells that are `inside`, (H, W), are hidden; None are all.
    """
    boxes = Boxes.around(edges, x.shape)
    plain = inside is None and all(
        len(set((edges[:, i + 1] - edges[:, i]).tolist())) == 1 for i in (0, 2)
    )

    def fill(boxes: Boxes, which: slice) -> NDArray[Any]:
        rows, columns = boxes.cells
        if plain:
            return base[rows, columns]
        top, bottom, left, right = (each[:, None, None] for each in edges[which].T)
        chosen = (rows >= top) & (rows < bottom) & (columns >= left) & (columns < right)
        if inside is not None:
            chosen = chosen & inside[rows, columns]
        return np.where(chosen[..., None], base[rows, columns], x[rows, columns])

    return Changes(x, boxes, fill)


def replaced(x: NDArray[Any], other: NDArray[Any], regions: Sequence[Region]) -> Changes:
    """Replace the cells of one region in each matrix by those of `other`."""
    shape = x.shape[:2]
    edges = np.array([region.bounds(shape) for region in regions])
    return Changes(x, Boxes.around(edges, x.shape), _filling(x, other, regions))


def differing(
    x: NDArray[Any], other: NDArray[Any], first: Region, regions: Sequence[Region]
) -> Changes:
    """Do the same, as changes of the matrix in which the cells of `first` are replaced.

    What is alike in a region and the first lies outside of the box.
    """
    held = first.mask(x.shape)
    edges = np.array([_bounds(region.mask(x.shape) ^ held) for region in regions])
    start = np.where(held[..., None], other, x)
    return Changes(start, Boxes.around(edges, x.shape), _filling(x, other, regions))


def _bounds(mask: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Find the box around the cells of a mask; around one cell, whichever, if it has none."""
    if not mask.any():
        return 0, 1, 0, 1
    rows, columns = bounding_box(mask)
    return rows.start, rows.stop, columns.start, columns.stop


def _filling(
    x: NDArray[Any], other: NDArray[Any], regions: Sequence[Region]
) -> Callable[[Boxes, slice], NDArray[Any]]:
    """Fill boxes with the cells of `other` where the region of each is, and else of x."""

    def fill(boxes: Boxes, which: slice) -> NDArray[Any]:
        at, size = boxes.cells, (boxes.height, boxes.width)
        places = zip(regions[which], boxes.rows.tolist(), boxes.columns.tolist(), strict=True)
        chosen = np.stack([region.window(top, left, *size) for region, top, left in places])
        return np.where(chosen[..., None], other[at], x[at])

    return fill


def alike(regions: Sequence[Region], shape: tuple[int, ...]) -> list[Indices]:
    """Sort regions into groups for which one size of box does, by their numbers.

    Within a group the box of all is at most `SPREAD` times as large as that of each, so that little
    is computed in vain.
    """
    edges = np.array([region.bounds(shape) for region in regions])
    sizes = edges[:, 1::2] - edges[:, ::2]
    groups: list[list[int]] = []
    largest = np.zeros(2, np.intp)
    for index in np.argsort(sizes.prod(axis=1), kind="stable").tolist():
        joined = np.maximum(largest, sizes[index])
        first = sizes[groups[-1][0]] if groups else joined
        if groups and joined.prod() <= SPREAD * first.prod():
            groups[-1].append(index)
            largest = joined
        else:
            groups.append([index])
            largest = sizes[index]
    return [np.array(group, np.intp) for group in groups]
