"""Regions as users give them: one, a list, or the table of a search."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from heatbrush_core.checks import short
from heatbrush_core.matrix.region import Region


def check_region(given: Any, shape: Sequence[int]) -> None:
    """Refuse what is no Region, and a region that does not fit a matrix of this shape.

    Raises
    ------
    TypeError, ValueError
        In one sentence; see `Region.check`.
    """
    if not isinstance(given, Region):
        raise TypeError(
            f"A region is expected, but got {type(given).__name__}; make one, such as "
            "Region.columns(10, 40), or Region.where(mask) of a boolean (rows, columns) mask."
        )
    given.check(shape)


def single(given: Any) -> Any:
    """Take the region out of a list of just one, or such a table; anything else stays.

    Raises
    ------
    ValueError
        In one sentence, for several regions.
    """
    regions = listed(given)
    if not isinstance(regions, list | tuple) or not regions:
        return given
    if not all(isinstance(each, Region) for each in regions):
        return given
    if len(regions) != 1:
        raise ValueError(
            f"One region is expected, but got {len(regions)}; join them, such as a | b, or ask "
            "about one after the other."
        )
    return regions[0]


def read_region(given: Any, shape: Sequence[int]) -> Region:
    """Read one region that fits a matrix of this shape: itself, or a list or table of just it.

    Raises
    ------
    TypeError, ValueError
        In one sentence; see `Region.check`.
    """
    region: Region = single(given)
    check_region(region, shape)
    return region


Regions = Region | Iterable[Region]
"""What `read_regions` reads; a DataFrame is iterable."""


def listed(given: Any) -> Any:
    """Take a list for one region, and for a table of `find_runs`; anything else stays."""
    if isinstance(given, Region):
        return [given]
    return list(given["region"]) if "region" in getattr(given, "columns", ()) else given


def read_regions(given: Any, shape: Sequence[int]) -> list[Region]:
    """Read several regions that fit a matrix of this shape.

    Parameters
    ----------
    given
        A list of regions, or one; or a table of `find_runs`, whose column "region" holds them.
    shape : (H, W) or (H, W, C)

    Raises
    ------
    TypeError, ValueError
        In one sentence; see `Region.check`.
    """
    given = listed(given)
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable):
        raise TypeError(
            f"A list of regions is expected, but got {short(given)}; give one such as "
            "[Region.columns(10, 40)], or the table of find_runs."
        )
    regions = list(given)
    for region in regions:
        check_region(region, shape)
    return regions
