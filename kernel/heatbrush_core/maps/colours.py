"""The colours of maps and lines, the same in the view and in figures, and where scales end."""

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
    "blue-orange light": (
        "034da8 286dce 548fe6 86b1f1 bcd3f6 f3f4f6 eecaaf e19f6b cf751e a65901 7c4101"
    ),
    "blue-orange dark": (
        "80c5ff 3da3ee 2c80bd 285f89 273f53 202022 4e3722 7e4e1e ac671a da8427 fda856"
    ),
    "pink-green light": (
        "8c1d62 b13e81 cd679f e194bb eec4d8 f3f4f6 c4dab6 96be79 6ba13c 4a8202 356000"
    ),
    "pink-green dark": (
        "ff97cd db73ab ad5986 7f4463 4e3241 202022 344127 49642b 618832 7dad43 a0d06b"
    ),
    "input light": ("eff7fd d4e0e9 bbc9d5 a3b2c0 8e9caa 7a8693 68707c 565c64 45484c"),
    "input dark": ("1d2126 2a3039 37404b 46515e 55636f 677580 7a8790 8f99a0 a6acaf"),
    "input signed light": (
        "584331 79614c 9a816b baa593 d8cbc1 f3f4f6 c6cfd8 9babbc 75899c 55687b 3a4958"
    ),
    "input signed dark": (
        "baa894 9d8871 7f6b54 5f4f3e 3f362d 202022 313940 465461 5f7182 7b8fa0 9dadbc"
    ),
    "input viridis": (
        "440154 48186a 472d7b 424086 3b528b 33638d 2c728e 26828e 21918c 1f9f88 27ad81 3dbc74 "
        "5cc863 81d34d aadc32 d5e21a fde725"
    ),
    "input cividis": (
        "00224e 002e6a 1a386f 32436d 434e6c 535a6d 61656f 6f7073 7d7c78 8b8778 9a9376 aaa073 "
        "bbad6d ccba64 ddc858 efd748 fee838"
    ),
}
"""Stops of each ramp, in even steps of OKLab: negative to positive; for the input low to high.

viridis and cividis are every 16th colour of matplotlib's, the same on light and dark ground.
"""

TABLES = tuple(STOPS)
"""Names of the ramps."""
DIVERGING = ("blue-red", "purple-green", "blue-orange", "pink-green")
"""What maps can be drawn in, on light and dark ground; each is told apart by colour-blind eyes."""

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


def overlaid(
    shares: NDArray[np.floating], ramp: str, ground: NDArray[np.uint8], opacity: float
) -> NDArray[np.uint8]:
    """Colours of a map over something else, as opaque as its values are strong.

    Parameters
    ----------
    shares : array
        Places of the values on their scale: 0 and 1 are its ends, 0.5 is zero.
    ramp : str
        One of `TABLES` that has zero in its middle.
    ground : (..., 3) uint8
        What is seen where the map is 0.
    opacity : float
        Of the strongest values, 0 to 1; that of others is proportional to their magnitude.

    Returns
    -------
    (..., 3) uint8
        Each sign begins at two fifths of its ramp: paler colours would be no colours on grey.
    """
    index = np.clip(np.floor(shares * 256), 0, 255)
    strength = np.abs(2 * index - 255) / 255
    place = 127.5 + np.where(index >= 128, 1, -1) * (0.4 + 0.6 * strength) * 127.5
    over = table(ramp)[np.floor(place + 0.5).astype(int)]
    part = (opacity * strength)[..., None]
    mixed: NDArray[np.uint8] = np.floor(ground * (1 - part) + over * part + 0.5).astype(np.uint8)
    return mixed


def greys(ground: str) -> NDArray[np.uint8]:
    """Return the input's ramp as what lies beneath a map: without a hue, and near to the page.

    Parameters
    ----------
    ground : {"light", "dark"}

    Returns
    -------
    (256, 3) uint8
    """
    light = table(f"input {ground}").sum(axis=1, dtype=float)
    grey = np.floor((0.4 * light[0] + 0.6 * light) / 3 + 0.5)
    return np.repeat(grey[:, None], 3, axis=1).astype(np.uint8)


def colormap(name: str) -> Colormap:
    """Colours of a ramp for matplotlib; cells without a value stay transparent."""
    from matplotlib.colors import ListedColormap

    colours = ListedColormap(table(name) / 255.0, name=f"heatbrush {name}")
    return colours.with_extremes(bad=(0, 0, 0, 0))


def ends(values: NDArray[np.floating], share: float = 0.01) -> tuple[float, float]:
    """Where the scale of an input ends, so that a few extreme cells do not fade all others.

    Parameters
    ----------
    values : array
        Any shape; NaN and infinity are left out.
    share : float
        Of the cells, that lies beyond each end.

    Returns
    -------
    (low, high) : float
        Quantiles; where those are one number, the ends of the values; around that number where
        all values are the same; 0 and 1 without any value.
    """
    known = values[np.isfinite(values)].astype(np.float64)
    if not known.size:
        return 0.0, 1.0
    low, high = (float(end) for end in np.quantile(known, (share, 1 - share)))
    if low < high:
        return low, high
    low, high = float(known.min()), float(known.max())
    return (low, high) if low < high else (low - 0.5, low + 0.5)


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
