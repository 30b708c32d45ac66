"""The colours of maps and lines, the same in the view and in figures, and the limits of a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.checks import among, hint, short

if TYPE_CHECKING:
    from matplotlib.colors import Colormap

STOPS = {
    "blue-red light": (
        "1449b1 2e6bd1 548fe6 84b3f2 bad4f5 f3f4f6 f3c6bc eb9787 da6959 bf3c32 9d0811"
    ),
    "blue-red dark": (
        "60cbff 1ba6e9 2381bc 2c5e8a 2a3e54 202022 51332b 83482f b3602f de8034 fea754"
    ),
    "purple-green light": (
        "612f8d 8151ad a076c7 bd9eda d9c9e8 f3f4f6 bbdac2 80be93 42a26a 02814c 015d38"
    ),
    "purple-green dark": (
        "eaa6ff bf85da 9468af 6a4f80 42374f 202022 2a4433 356a44 499053 6bb565 96d97e"
    ),
    "input light": ("eff7fd d4e0e9 bbc9d5 a3b2c0 8e9caa 7a8693 68707c 565c64 45484c"),
    "input dark": ("1d2126 2a3039 37404b 46515e 55636f 677580 7a8790 8f99a0 a6acaf"),
}
"""Stops of each ramp, in even steps of OKLab: negative to positive; for the input low to high."""

TABLES = tuple(STOPS)
"""Names of the ramps."""

# at least 4 : 1 on white and on #111, so that they are read in light and dark themes alike
LINES = (
    "#2f7ed8",
    "#c2610c",
    "#2e8b57",
    "#8e63ce",
    "#d1495b",
    "#16868a",
    "#96703f",
    "#c05299",
)
"""Colours of lines that are drawn together, one for each."""
GREY = "#7b7b7b"
"""Of what stands beside them for comparison."""


def table(name: str) -> NDArray[np.uint8]:
    """Colours of a ramp, interpolated linearly between its stops.

    Parameters
    ----------
    name : str
        One of `TABLES`.

    Returns
    -------
    (256, 3) uint8
        Red, green and blue, from the lowest value to the highest.

    Raises
    ------
    ValueError
        If there is no ramp of that name.
    """
    if not among(name, STOPS):
        raise ValueError(
            f"The colour table {short(name)} is unknown; there are {', '.join(TABLES)}; "
            f"{hint(name, TABLES)}"
        )
    stops = np.array([list(bytes.fromhex(stop)) for stop in STOPS[name].split()])
    places = np.linspace(0, len(stops) - 1, 256)
    channels = [np.interp(places, np.arange(len(stops)), channel) for channel in stops.T]
    return np.round(np.stack(channels, axis=1)).astype(np.uint8)


def colormap(name: str) -> Colormap:
    """Colours of a ramp for matplotlib; cells without a value stay transparent."""
    from matplotlib.colors import ListedColormap

    colours = ListedColormap(table(name) / 255.0, name=f"heatbrush {name}")
    return colours.with_extremes(bad=(0, 0, 0, 0))


def limits(values: NDArray[np.floating], quantile: float = 0.998) -> float:
    """Where a symmetric colour scale ends, so that a few extreme cells do not fade all others.

    Parameters
    ----------
    values : array
        Any shape; NaN and infinity are left out.
    quantile : float
        Share of the cells, by magnitude, that lie within the limits; 1 is the largest magnitude.

    Returns
    -------
    float
        The quantile of ``abs(values)``; where that is 0, the largest magnitude; 1 for a map of
        zeros or without any value.
    """
    magnitudes = np.abs(values[np.isfinite(values)], dtype=np.float64)
    if not magnitudes.size or not magnitudes.any():
        return 1.0
    return float(np.quantile(magnitudes, quantile) or magnitudes.max())
