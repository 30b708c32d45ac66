"""The cells of a matrix that a found thing has: its box, its part, or a disc around its place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.matrix.region import Region
from heatbrush_core.outputs import Heatmap, Mask, Thing
from heatbrush_core.outputs.places import Pair, cell_of, strides
from heatbrush_core.targets import Decoded


def extents(decoded: Decoded) -> tuple[list[Region], str]:
    """Find the cells of each thing of a matrix, and say in a sentence which these are.

    A box, and a run of steps, has the cells whose centres lie in it; a part those that its cells of
    the map stand for. A landmark is a point: it has the cells that are less than `distance` cells
    of the map away from it, and nearer to it than to any other landmark.

    Parameters
    ----------
    decoded : Decoded
        What was found, and where.

    Returns
    -------
    list of Region, str

    Raises
    ------
    ValueError
        In one sentence, for steps that lie beside the matrix.
    """
    decoder, things, shape = decoded.decoder, decoded.found.things, decoded.shape
    if isinstance(decoder, Heatmap):
        stride = _stride(decoded, decoder)
        reach = max(decoder.distance, 1)  # a landmark has the cell that it lies in at the least
        masks = _discs(things, shape, stride, reach)
        up, along = (f"{reach * each:g}" for each in stride)
        size = up if up == along else f"{up} rows or {along} columns"
        said = (
            f"The cells of a landmark are those less than {size} cells away from it and nearer to "
            "it than to any other; regions= takes others."
        )
    elif isinstance(decoder, Mask):
        masks = [_part(each, decoded, _stride(decoded, decoder)) for each in things]
        said = "The cells of a part are those that its cells of the map stand for."
    else:
        masks = [_box(k, each, shape) for k, each in enumerate(things)]
        said = "The cells of a thing are those of its box, also where boxes overlap."
    return [Region.cells(mask) for mask in masks], said


def _stride(decoded: Decoded, decoder: Heatmap | Mask) -> Pair:
    cells = decoded.shapes[decoder.output][:2]
    return strides(cells, decoded.shape, decoder.stride, decoder.noun)


def _discs(
    things: Sequence[Thing], shape: tuple[int, int], stride: Pair, reach: float
) -> list[NDArray[np.bool_]]:
    places = np.array([(each.row, each.column) for each in things]).reshape(-1, 2, 1, 1)
    gaps = (np.indices(shape) - places) / np.array(stride)[:, None, None]
    away: Floats = np.hypot(gaps[:, 0], gaps[:, 1])
    nearest = away.argmin(0)
    return [(nearest == k) & (one < reach) for k, one in enumerate(away)]


def _part(thing: Thing, decoded: Decoded, stride: Pair) -> NDArray[np.bool_]:
    (reading,) = thing.terms["score"].readings
    of_map = np.zeros(decoded.shapes[reading.output][:2], np.bool_)
    of_map[tuple(reading.index[:, :2].T)] = True
    lines = [
        np.clip(np.rint(cell_of(np.arange(length), step)).astype(int), 0, cells - 1)
        for length, step, cells in zip(decoded.shape, stride, of_map.shape, strict=True)
    ]
    found: NDArray[np.bool_] = of_map[np.ix_(*lines)]
    return found


def _box(k: int, thing: Thing, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Take the cells whose centres lie in a box; all of an axis on which it has no place."""
    if np.isnan([thing.row, thing.column]).all():
        raise ValueError(
            f"Thing {k} is a {thing.kind} that lies beside the matrix, but cells of the matrix are "
            "hidden; give regions=, a list of those to hide."
        )
    inside = []
    ends = ((thing.row, thing.height), (thing.column, thing.width))
    for (middle, size), length in zip(ends, shape, strict=True):
        lines = np.arange(length)
        within = np.abs(lines - middle) <= size / 2
        if not within.any() and not np.isnan(middle):
            within[np.clip(round(middle), 0, length - 1)] = True  # a box between two centres
        inside.append(np.isnan(middle) | within)
    found: NDArray[np.bool_] = inside[0][:, None] & inside[1]
    return found
