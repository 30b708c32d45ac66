"""All panels of a view as one matplotlib figure, for a paper: on one scale, or each on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib import pyplot as plt

from heatbrush.export.shown import Shown
from heatbrush_core.explanation.figure import draw_matrix
from heatbrush_core.explanation.page import Theme
from heatbrush_core.maps.colours import limits

if TYPE_CHECKING:
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
    title = f"input: {shown.sample.get('name') or 'sample ' + str(shown.sample['index'])}"
    draw_matrix(shown.cells, shown.axes, title, places[0], theme=theme, valid=shown.exists)
    ends = [limits(shown.explanations[name].map, shown.options["quantile"]) for name in names]
    for place, name, own in zip(places[1:], names, ends, strict=False):
        found = shown.explanations[name]
        apart = name in shown.pins
        title = f"{name}: {found.about}" if found.about and not apart else shown.named(name)
        limit = max(ends) if shared else own
        found.plot(place, title=title, theme=theme, limit=limit)
    return figure
