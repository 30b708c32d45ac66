"""An explanation as a matplotlib figure, in the colours and on the scale of the notebook view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from heatbrush_core.maps.colours import colormap, limits
from heatbrush_core.matrix.axes import Axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes


SQUARE = (0.4, 2.5)
"""Columns per row between which cells are drawn as squares; longer matrices fill the axes."""


def draw(
    cells: NDArray[np.float32],
    axes: tuple[Axis, Axis],
    title: str,
    ax: Axes | None,
    *,
    colours: str | None,
    limit: float | None,
    quantile: float,
    colourbar: bool,
) -> Axes:
    """Draw an (H, W) map, with names along it; see `Explanation.plot`."""
    height, width = cells.shape
    if ax is None:
        ax = plt.subplots(layout="constrained")[1]
    end = limits(cells, quantile) if limit is None else limit
    image = ax.imshow(
        cells,
        cmap=colormap(colours or _ramp(ax)),
        vmin=-end,
        vmax=end,
        interpolation="nearest",
        aspect="equal" if SQUARE[0] < width / height < SQUARE[1] else "auto",
    )
    if np.isnan(cells).any():
        _hatch(ax)
    ax.set_title(title, loc="left", fontsize="medium", parse_math=False)
    _name_lines(ax, *axes)
    if colourbar:
        ax.figure.colorbar(image, ax=ax)
    return ax


def _ramp(ax: Axes) -> str:
    red, green, blue = to_rgb(ax.get_facecolor())
    dark = 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.5
    return f"blue-red {'dark' if dark else 'light'}"


def _hatch(ax: Axes) -> None:
    """Hatch what was not computed, so that it cannot be taken for zero."""
    ground = Rectangle(
        (0, 0), 1, 1, transform=ax.transAxes, fill=False, linewidth=0, hatch="////", zorder=-1
    )
    ground.set_edgecolor((0.5, 0.5, 0.5, 0.35))
    ax.add_patch(ground)


def _name_lines(ax: Axes, rows: Axis, columns: Axis) -> None:
    """Name as many rows and columns as fit without touching."""
    box = ax.get_window_extent()
    points = 72 / ax.figure.dpi
    size = 8.0
    longest = max((len(label) for label in columns.labels), default=1)
    down = _places(len(rows), box.height * points / (1.4 * size))
    along = _places(len(columns), box.width * points / ((longest + 2) * 0.6 * size))
    # set once, not by a formatter, whose texts would read a $ in a name as mathematics
    style: dict[str, Any] = {"fontsize": size, "parse_math": False}
    ax.set_yticks(down, [rows.labels[line] for line in down], **style)
    ax.set_xticks(along, [columns.labels[line] for line in along], **style)
    ax.set_ylabel(rows.name, parse_math=False)
    ax.set_xlabel(columns.name, parse_math=False)


def _places(count: int, room: float) -> list[int]:
    """List the lines that get a name, where `room` names fit: every 1st, 2nd, 5th, 10th ..."""
    locator = MaxNLocator(max(1, int(room)), steps=(1, 2, 5, 10), integer=True, min_n_ticks=1)
    return [int(place) for place in locator.tick_values(0, count) if 0 <= place < count]
