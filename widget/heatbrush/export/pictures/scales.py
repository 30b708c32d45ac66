"""The colour scales of what is shown, as the page has them: where each ends, and its colours."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from heatbrush.export.pictures.shown import Shown
from heatbrush_core.maps.colours import ends, greys, limits, overlaid


class Scale(NamedTuple):
    """From the lowest colour to the highest; `table` is that of one ground, light or dark."""

    low: float
    high: float
    table: str


def of_map(shown: Shown, name: str, theme: str, shared: bool | None = None) -> Scale:
    """Return the scale of a panel's map.

    Parameters
    ----------
    shared
        Whether all maps have one scale; None is as the page has it.
    """
    options = shown.options
    alike = options["limits"] == "shared" if shared is None else shared
    by_hand = options["by_hand"].get("" if alike else name)
    if by_hand:
        limit = by_hand[1]
    elif alike:
        limit = max(_limit(shown, each) for each in shown.explanations)
    else:
        limit = _limit(shown, name)
    return Scale(-limit, limit, f"{options['colours']} {theme}")


def _limit(shown: Shown, name: str) -> float:
    """Return the limit of one map, or the largest of the samples that pages have shown."""
    own = limits(values(shown, name), shown.options["quantile"])
    reach = shown.options["reach"].get(name)
    return max(own, reach["limit"]) if shown.options["limits"] == "samples" and reach else own


def values(shown: Shown, name: str) -> NDArray[np.floating]:
    """Return the (H, W) map of a panel, of one channel where one is shown."""
    channel, found = shown.options["channel"], shown.explanations[name]
    return found.map if channel is None else found.values[..., channel]


def of_input(shown: Shown, theme: str) -> tuple[NDArray[np.floating], Scale]:
    """Return the (H, W) input as it is drawn, and its scale.

    Where each row has a scale of its own, the numbers are places on it: -1 to 1 where it is
    centred at 0, else 0 to 1.
    """
    options = shown.options
    cells = np.asarray(shown.cells, np.float64)
    if shown.exists is not None:
        cells = np.where(shown.exists, cells, np.nan)
    low, high = ends(cells)
    plain = options["input_scale"] == "plain"
    centred = options["input_scale"] == "centred" or (not plain and low < 0 < high)
    table = _table(options["input_colours"], centred, theme)
    if options["rows_apart"]:
        each = [_ends(ends(row), centred) for row in cells]
        below, above = (np.array(side)[:, None] for side in zip(*each, strict=True))
        places = (cells - below) / (above - below)
        return (2 * places - 1, Scale(-1, 1, table)) if centred else (places, Scale(0, 1, table))
    by_hand = options["by_hand"].get("input")
    low, high = by_hand or (low, high)
    return cells, Scale(*_ends((low, high), centred), table)


def shares(cells: NDArray[np.floating], scale: Scale) -> NDArray[np.float64]:
    """Return the places of values on their scale, 0 to 1; NaN stays NaN."""
    places = (np.asarray(cells, np.float64) - scale.low) / ((scale.high - scale.low) or 1.0)
    made: NDArray[np.float64] = np.clip(places, 0, 1)
    return made


def ground(cells: NDArray[np.floating], scale: Scale, theme: str) -> NDArray[np.uint8]:
    """Return the (H, W, 3) input in grey, as it lies beneath the maps where that is wanted."""
    level = np.nan_to_num(shares(cells, scale) * 256)
    return greys(theme)[np.clip(level, 0, 255).astype(int)]


def legend(shown: Shown, table: str, theme: str) -> NDArray[np.uint8]:
    """Return the (256, 3) colours of a map over the middle grey of the input."""
    places = (np.arange(256) + 0.5) / 256
    return overlaid(places, table, greys(theme)[128], shown.options["opacity"])


def _ends(found: tuple[float, float], centred: bool) -> tuple[float, float]:
    most = max(abs(found[0]), abs(found[1])) or 1.0
    return (-most, most) if centred else found


def _table(colours: str, centred: bool, theme: str) -> str:
    if centred:
        return f"input signed {theme}"
    return f"input {theme}" if colours == "grey" else f"input {colours}"
