"""All panels of a view as one matplotlib figure, for a paper: on one scale, or each on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib import pyplot as plt

from heatbrush.export import scales
from heatbrush.export.shown import Shown
from heatbrush_core.explanation.figure import draw_matrix
from heatbrush_core.explanation.page import Theme, theme_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw(shown: Shown, theme: Theme | None, shared: bool) -> Figure:
    """Draw the input and every map; what `View.figure` says holds."""
    names = list(shown.explanations)
    height, width = shown.matrix.shape[:2]
    shape, count = width / height, len(names) + 1
    abreast = shown.abreast(count)
    lines = -(-count // abreast)
    wide = 7.2 / abreast
    tall = float(np.clip(wide / shape, 1.1, 3.2)) + 0.5
    figure, grid = plt.subplots(
        lines, abreast, figsize=(7.2, lines * tall), layout="constrained", squeeze=False
    )
    # a notebook would show it twice: as what is open, and as what the cell returns
    plt.close(figure)
    places = list(grid.flat)
    for empty in places[count:]:
        empty.remove()
    for place, name in zip(places, (None, *names), strict=False):
        ground = theme or theme_of(place)
        if name is None:
            _input(shown, place, ground, theme)
            continue
        found = shown.explanations[name]
        title = f"{name}: {found.about}" if found.about else name
        _, limit, table = scales.of_map(shown, name, ground, shared)
        found.plot(place, title=title, theme=theme, limit=limit, cmap=table)
    return figure


def _input(shown: Shown, place: Axes, ground: str, theme: Theme | None) -> None:
    cells, (low, high, table) = scales.of_input(shown, ground)
    title = f"input: sample {shown.sample['index']}"
    if shown.options["rows_apart"]:
        title += ", each row on its own scale"
    draw_matrix(
        cells,
        shown.axes,
        title,
        place,
        theme=theme,
        ends=(low, high),
        cmap=table,
        valid=shown.exists,
    )
