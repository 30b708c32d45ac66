"""The page that matplotlib figures stand on: its ground, its inks and its type are the view's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import Colormap, to_rgba

from heatbrush_core.checks import clean, hint, short
from heatbrush_core.maps.colours import LINES, TABLES, colormap

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Theme = Literal["light", "dark"]
Colours = str | Colormap
"""One of our own colour tables, or what matplotlib knows."""

SMALL, NORMAL, LARGE = 8.0, 9.0, 10.0
"""Points of ticks, of axis names and of titles."""


class Inks(NamedTuple):
    """The colours of a page: what lies beneath, titles, names and numbers, and thin lines."""

    ground: str
    ink: str
    mute: str
    rule: str


INKS: dict[Theme, Inks] = {
    "light": Inks("#ffffff", "#1a1c1f", "#5c636c", "#c6cbd1"),
    "dark": Inks("#111111", "#eceef0", "#a0a7b0", "#43484f"),
}
"""As in the stylesheet of the view."""


def opened(ax: Axes | None, theme: Theme | None, size: tuple[float, float]) -> Axes:
    """Take the place to draw in, a new figure by default, and give it a theme's ground.

    Raises
    ------
    ValueError
        For an unknown theme.
    """
    if theme not in (None, *get_args(Theme)):
        raise ValueError(
            f"theme is {short(theme)}, but 'light' or 'dark' is expected; give one, or None for "
            "the ground that is there."
        )
    if ax is None:
        ax = plt.subplots(figsize=size, layout="constrained")[1]
    if theme is not None:
        # names and numbers stand beside the axes, on the figure
        ax.set_facecolor(INKS[theme].ground)
        ax.figure.set_facecolor(INKS[theme].ground)
    return ax


def theme_of(ax: Axes) -> Theme:
    """Tell whether the ground beneath is light or dark; where there is none, it is light."""
    for ground in (ax.get_facecolor(), ax.figure.get_facecolor()):
        red, green, blue, alpha = to_rgba(ground)
        if alpha:
            return "dark" if 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.5 else "light"
    return "light"


def dressed(ax: Axes, title: str, frame: Sequence[str] = ()) -> Axes:
    """Write the title and set the type; of the frame, only these sides stay."""
    inks = INKS[theme_of(ax)]
    ax.set_title(clean(title), loc="left", fontsize=LARGE, color=inks.ink, parse_math=False)
    for name, spine in ax.spines.items():
        spine.set_visible(name in frame)
        spine.set(color=inks.rule, linewidth=0.8)
    ax.tick_params(labelcolor=inks.mute, color=inks.rule, length=3, width=0.8, labelsize=SMALL)
    for axis in (ax.xaxis, ax.yaxis):
        axis.label.set(color=inks.mute, fontsize=NORMAL)
    return ax


def legend(ax: Axes, abreast: int | None = None) -> None:
    """Name the lines, without a box: among them, or so many abreast above the whole figure."""
    look: Any = {"frameon": False, "fontsize": SMALL, "labelcolor": INKS[theme_of(ax)].mute}
    if abreast is None:
        made = ax.legend(**look)
    else:
        lines = ax.get_legend_handles_labels()
        made = ax.figure.legend(*lines, loc="outside upper left", ncols=abreast, **look)
    for text in made.get_texts():
        text.set_parse_math(False)  # a $ in a name is no mathematics


def scale(ax: Axes, image: Any, label: str) -> None:
    """Draw the legend of colours beside a map, with what the numbers are."""
    inks = INKS[theme_of(ax)]
    bar = ax.figure.colorbar(image, ax=ax, aspect=30, fraction=0.05, pad=0.02)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelcolor=inks.mute, color=inks.rule, length=3, labelsize=SMALL)
    bar.set_label(label, color=inks.mute, fontsize=NORMAL)


def ramp(ax: Axes, cmap: Colours | None) -> Colormap:
    """Take the colours of signed numbers; None are blue to red, as the ground asks for.

    Raises
    ------
    ValueError
        For a name that nobody knows.
    """
    if cmap is None:
        return colormap(f"blue-red {theme_of(ax)}")
    if isinstance(cmap, Colormap):
        return cmap.with_extremes(bad=(0, 0, 0, 0))
    if cmap in TABLES:
        return colormap(cmap)
    if cmap not in mpl.colormaps:
        known = [*TABLES, *mpl.colormaps]
        raise ValueError(
            f"cmap is {short(cmap)}, but one of {', '.join(TABLES)} or a name of matplotlib is "
            f"expected; {hint(cmap, known)}"
        )
    return mpl.colormaps[cmap].with_extremes(bad=(0, 0, 0, 0))


def lines(ax: Axes, cmap: Colours | None, count: int) -> list[Any]:
    """Take colours for some lines: those of the view's charts, or evenly from a colour map."""
    if cmap is None:
        return [LINES[index % len(LINES)] for index in range(count)]
    return [ramp(ax, cmap)(place) for place in np.linspace(0, 1, count)]
