"""Which part the evidence lies on: the share of a map's mass in each mask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.checks import short
from heatbrush_core.synthetic.generators.scene import Scene

if TYPE_CHECKING:
    import pandas as pd


def mass_by_part(map: Any, masks: Mapping[str, Any] | Scene) -> pd.DataFrame:
    """Measure which share of a map's mass lies on each part.

    Parameters
    ----------
    map : Explanation or (H, W) array
        A cell that is NaN counts as not there.
    masks : Scene or dict of str to (H, W) bool
        The cells of each part; a scene stands for its `masks`, and ``scene.kinds`` joins all parts
        of a kind.

    Returns
    -------
    DataFrame
        A row per part, by its name: "cells" and "area", how many cells are there and which share
        of all these are; "mass", the share of the sum of absolute values; "positive" and
        "negative", the shares of the sums of positive and of negative values. A share of a sum
        that is 0 is NaN. Shares over parts that share no cell and leave none over sum to 1.

    Raises
    ------
    TypeError, ValueError
        One sentence, for masks that are not boolean or not of the map's shape, and for infinite
        values.
    """
    import pandas as pd

    values = np.asarray(getattr(map, "map", map), np.float64)
    if values.ndim != 2:
        raise ValueError(
            f"The map has shape {values.shape}, but (rows, columns) is expected; give one map, "
            "summed over channels."
        )
    if np.isinf(values).any():
        raise ValueError(
            "The map holds an infinite value, but shares of its mass are asked for; set such cells "
            "to NaN, which counts as not there."
        )
    named = masks.masks if isinstance(masks, Scene) else masks
    if not isinstance(named, Mapping) or not named:
        raise TypeError(
            f"masks is {short(masks)}, but a scene or a dict of masks by name is expected; give "
            "one such as scene.masks."
        )
    there = ~np.isnan(values)
    known = np.where(there, values, 0)
    sums = {
        "mass": np.abs(known),
        "positive": np.maximum(known, 0),
        "negative": -np.minimum(known, 0),
    }
    rows = {}
    for name, given in named.items():
        mask = _checked(name, given, values.shape)
        cells = int((mask & there).sum())
        area = cells / int(there.sum()) if there.any() else float("nan")
        shares = {each: _share(part[mask].sum(), part.sum()) for each, part in sums.items()}
        rows[name] = {"cells": cells, "area": area, **shares}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("part")


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")


def _checked(name: str, given: Any, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    mask = np.asarray(given)
    if mask.dtype != np.bool_:
        raise TypeError(
            f"The mask of {short(name)} is {mask.dtype}, but a boolean matrix is expected; compare "
            "it first, such as mask > 0."
        )
    if mask.shape != shape:
        raise ValueError(
            f"The mask of {short(name)} has shape {mask.shape} and the map {shape}, but both are "
            "(rows, columns) of one matrix; give the masks of the sample that was explained."
        )
    return mask
