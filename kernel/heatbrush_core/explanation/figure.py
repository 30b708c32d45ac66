"""An explanation as a matplotlib figure, in the colours and on the scale of the notebook view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from heatbrush_core.maps import colours as ramps
from heatbrush_core.matrix.axes import Axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes


SQUARE = (0.4, 2.5)
"""Columns per row between which cells are drawn as squares; longer matrices fill the axes."""

STEPS = (1, 2, 5)
"""Every how many lines there is a name: these, times a power of ten."""


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
    end = ramps.limits(cells, quantile) if limit is None else limit
    image = ax.imshow(
        cells,
        cmap=ramps.colormap(colours or _ramp(ax)),
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
    row_step = _step(len(rows), box.height * points / (1.4 * size))
    column_step = _step(len(columns), box.width * points / ((longest + 2) * 0.6 * size))
    style: dict[str, Any] = {"fontsize": size, "parse_math": False}  # a $ in a name is a $
    ax.set_yticks(range(0, len(rows), row_step), rows.labels[::row_step], **style)
    ax.set_xticks(range(0, len(columns), column_step), columns.labels[::column_step], **style)
    ax.set_ylabel(rows.name, parse_math=False)
    ax.set_xlabel(columns.name, parse_math=False)


def _step(count: int, room: float) -> int:
    """Every how many lines a name fits: 1, 2, 5, 10, 20, ..."""
    power = 1
    while True:
        for step in STEPS:
            if count / (step * power) <= max(room, 1.0):
                return step * power
        power *= 10
