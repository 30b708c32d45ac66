"""An explanation as a matplotlib figure, in the colours and on the scale of the notebook view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from heatbrush_core.explanation import page
from heatbrush_core.explanation.page import Colours, Theme
from heatbrush_core.maps.colours import limits
from heatbrush_core.matrix.axes import Axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap


SQUARE = (0.4, 2.5)
"""Columns per row between which cells are drawn as squares; longer matrices fill the axes."""


def draw(
    cells: NDArray[Any],
    axes: tuple[Axis, Axis],
    title: str,
    ax: Axes | None = None,
    *,
    unit: str = "",
    cmap: Colours | None = None,
    theme: Theme | None = None,
    limit: float | None = None,
    quantile: float = 0.998,
    colourbar: bool = True,
    valid: NDArray[np.bool_] | None = None,
) -> Axes:
    """Draw an (H, W) map, with names along it; see `Explanation.plot`. `unit` is what it holds.

    Cells that are NaN are hatched, those that do not exist by `valid` are the grey of the frame.
    """
    ax = page.opened(ax, theme, _size(*cells.shape))
    end = limits(cells, quantile) if limit is None else limit
    image = _image(ax, cells, page.ramp(ax, cmap), -end, end)
    if np.isnan(cells).any():
        _hatch(ax)
    if valid is not None:
        _blot(ax, ~valid)
    page.dressed(ax, title)
    _name_lines(ax, *axes)
    if colourbar:
        page.scale(ax, image, unit)
    return ax


def draw_matrix(
    cells: NDArray[Any],
    axes: tuple[Axis, Axis],
    title: str,
    ax: Axes | None = None,
    *,
    theme: Theme | None = None,
    ends: tuple[float, float] | None = None,
    cmap: Colours | None = None,
    valid: NDArray[np.bool_] | None = None,
) -> Axes:
    """Draw an (H, W) matrix that was explained: from its lowest to its highest number, in grey."""
    ax = page.opened(ax, theme, _size(*cells.shape))
    known = cells if valid is None else cells[valid]
    low, high = ends or (float(np.nanmin(known)), float(np.nanmax(known)))
    ramp = page.ramp(ax, cmap or f"input {page.theme_of(ax)}")
    image = _image(ax, cells, ramp, low, high)
    if valid is not None:
        _blot(ax, ~valid)
    page.dressed(ax, title)
    _name_lines(ax, *axes)
    page.scale(ax, image, "")
    return ax


def _image(ax: Axes, cells: NDArray[Any], ramp: Colormap, low: float, high: float) -> Any:
    square = SQUARE[0] < cells.shape[1] / cells.shape[0] < SQUARE[1]
    return ax.imshow(
        cells,
        cmap=ramp,
        vmin=low,
        vmax=high,
        interpolation="nearest",
        aspect="equal" if square else "auto",
    )


def _size(height: int, width: int) -> tuple[float, float]:
    """Inches of a figure of its own: long matrices are low, tall ones high."""
    wide = 7.2 if width > height / SQUARE[1] else 4.4
    return wide, float(np.clip(wide * height / width, 2.4, 6.4))


def _hatch(ax: Axes) -> None:
    """Hatch what was not computed, so that it cannot be taken for zero."""
    ground = Rectangle(
        (0, 0), 1, 1, transform=ax.transAxes, fill=False, linewidth=0, hatch="////", zorder=-1
    )
    ground.set_edgecolor((0.5, 0.5, 0.5, 0.35))
    ax.add_patch(ground)


def _blot(ax: Axes, absent: NDArray[np.bool_]) -> None:
    """Cover what does not exist, so that it cannot be taken for what was not computed."""
    grey = ListedColormap([page.INKS[page.theme_of(ax)].rule])
    cells = np.ma.masked_where(~absent, absent.astype(float))
    ax.imshow(cells, cmap=grey, interpolation="nearest", aspect=ax.get_aspect())


def _name_lines(ax: Axes, rows: Axis, columns: Axis) -> None:
    """Name as many rows and columns as fit without touching."""
    box = ax.get_window_extent()
    points = 72 / ax.figure.dpi
    size = page.SMALL
    down = _places(len(rows), box.height * points / (1.4 * size))
    along = named_along(ax, columns)
    # set once, not by a formatter, whose texts would read a $ in a name as mathematics
    style: dict[str, Any] = {"fontsize": size, "parse_math": False}
    ax.set_yticks(down, [rows.labels[line] for line in down], **style)
    ax.set_xticks(along, [columns.labels[line] for line in along], **style)
    ax.set_ylabel(rows.name, parse_math=False)
    ax.set_xlabel(columns.name, parse_math=False)


def named_along(ax: Axes, axis: Axis) -> list[int]:
    """List the lines along the lower edge whose names fit without touching."""
    longest = max((len(label) for label in axis.labels), default=1)
    room = ax.get_window_extent().width * 72 / ax.figure.dpi
    return _places(len(axis), room / ((longest + 2) * 0.6 * page.SMALL))


def _places(count: int, room: float) -> list[int]:
    """List the lines that get a name, where `room` names fit: every 1st, 2nd, 5th, 10th ..."""
    locator = MaxNLocator(max(1, int(room)), steps=(1, 2, 5, 10), integer=True, min_n_ticks=1)
    return [int(place) for place in locator.tick_values(0, count) if 0 <= place < count]
