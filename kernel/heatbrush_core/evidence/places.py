"""Other places for a shape of cells: all of a matrix where each of its cells would exist."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.matrix.axes import AXES, AxisName
from heatbrush_core.matrix.rectangles import bounding_box
from heatbrush_core.matrix.region import Region
from heatbrush_core.matrix.validity import Mask


def fits(own: Mask, exists: Mask) -> Mask:
    """(h, w) shape, (H, W) -> (H - h + 1, W - w + 1): where all its cells would exist.

    It is the number of cells that do not, a correlation, that is taken by way of its spectrum.
    """
    (h, w), (height, width) = own.shape, exists.shape
    if exists.all():
        return np.ones((height - h + 1, width - w + 1), np.bool_)
    spectrum = np.fft.rfft2(~exists) * np.conj(np.fft.rfft2(own, exists.shape))
    lacking = np.fft.irfft2(spectrum, exists.shape)[: height - h + 1, : width - w + 1]
    return np.asarray(lacking < 0.5)


def counted(region: Region, shape: Sequence[int], exists: Mask | None) -> Mask:
    """(H, W) the cells of a region that exist.

    Raises
    ------
    ValueError
        Where there is none.
    """
    mask = region.mask((shape[0], shape[1]))
    if exists is None:
        return mask
    if not (mask & exists).any():
        raise ValueError(
            f"The region {region!r} holds no cell that exists by valid=, but at least one is "
            "expected; give regions of cells that exist."
        )
    return mask & exists


def placements(
    region: Region,
    shape: Sequence[int],
    most: int,
    random: np.random.Generator,
    exists: Mask | None = None,
) -> list[Region]:
    """Put the shape of a region elsewhere in a matrix: everywhere, or at `most` random places.

    A band of whole rows moves along the rows only, one of whole columns along the columns. Of the
    region, the cells count that exist, and all cells of another place do.
    """
    mask = counted(region, shape, exists)
    rows, columns = bounding_box(mask)
    own = mask[rows, columns]
    h, w = own.shape
    down, right = shape[0] - h + 1, shape[1] - w + 1
    here = rows.start * right + columns.start
    if exists is None:
        places = np.delete(np.arange(down * right), here)
    else:
        free = fits(own, exists) & _same_lines(region, shape, rows.start, columns.start, own.shape)
        places = np.setdiff1d(np.flatnonzero(free), here)
    if len(places) > most:
        places = random.choice(places, most, replace=False)
    whole = own.all()
    found = []
    for top, left in zip(*np.divmod(places, right), strict=True):
        if whole:
            found.append(Region.rectangle(int(top), int(top) + h, int(left), int(left) + w))
        else:
            moved = np.zeros_like(mask)
            moved[top : top + h, left : left + w] = own
            found.append(Region.cells(moved))
    return found


def lines_with_cells(axis: int, shape: Sequence[int], exists: Mask | None) -> Mask:
    """(lines,) of an axis, 0 for rows: which have a cell that exists."""
    if exists is None:
        return np.ones(shape[axis], np.bool_)
    return np.asarray(exists.any(axis=1 - axis))


def starts_of(region: Region, axis: AxisName, shape: Sequence[int], exists: Mask | None) -> Mask:
    """Tell, for a run of whole lines, from which lines on one like it has no cell that is absent.

    Returns
    -------
    (starts,) bool
    """
    mask = counted(region, shape, exists)
    across = AXES.index(axis)
    lines = np.flatnonzero(region.mask((shape[0], shape[1])).any(axis=1 - across))
    if exists is None:
        return np.ones(shape[across] - len(lines) + 1, np.bool_)
    own = np.take(mask, lines, axis=across)
    return fits(own, exists).ravel()


def _same_lines(
    region: Region, shape: Sequence[int], top: int, left: int, own: Sequence[int]
) -> NDArray[np.bool_]:
    """Where a band of whole rows or columns may move, though not all of its cells exist."""
    rows, columns = bounding_box(region.mask((shape[0], shape[1])))
    allowed = np.ones((shape[0] - own[0] + 1, shape[1] - own[1] + 1), np.bool_)
    if rows.stop - rows.start == shape[0]:
        allowed[np.arange(len(allowed)) != top] = False
    if columns.stop - columns.start == shape[1]:
        allowed[:, np.arange(allowed.shape[1]) != left] = False
    return allowed
