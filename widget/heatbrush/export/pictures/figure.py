"""All panels of a view as one matplotlib figure, for a paper: on one scale, or each on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.colors import ListedColormap

from heatbrush.export.pictures import scales, things
from heatbrush.export.pictures.shown import Shown
from heatbrush_core.explanation.figure import draw_matrix
from heatbrush_core.explanation.page import Theme, theme_of
from heatbrush_core.maps.colours import overlaid

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw(shown: Shown, theme: Theme | None, shared: bool) -> Figure:
    """Draw the input and every map; what `View.figure` says holds."""
    names = list(shown.explanations)
    height, width = shown.matrix.shape[:2]
    aspect = shown.options["aspect"]
    shape, count = width / (height * (aspect or 1)), len(names) + 1
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
            things.draw(shown, name, place, ground)
            continue
        found = shown.explanations[name]
        apart = name in shown.pins
        title = f"{name}: {found.about}" if found.about and not apart else shown.named(name)
        scale = scales.of_map(shown, name, ground, shared)
        colours: Any = scale.table
        if shown.over_input(name):
            colours = ListedColormap(scales.legend(shown, scale.table, ground) / 255)
        found.plot(
            place,
            channel=shown.options["channel"],
            title=title,
            theme=theme,
            limit=scale.high,
            cmap=colours,
        )
        if shown.over_input(name):
            _lay_over(shown, name, place, scale, ground)
        things.draw(shown, name, place, ground)
    for place in places[:count]:
        if aspect is not None:
            place.set_aspect(aspect)
        if shown.options["flipped"]:
            place.invert_yaxis()
    return figure


def _lay_over(shown: Shown, name: str, place: Axes, scale: scales.Scale, ground: str) -> None:
    """Draw a map over the input, in the place of the map alone."""
    alone = place.images[0]
    places = scales.shares(scales.values(shown, name), scale)
    known = np.isfinite(places) & (True if shown.exists is None else shown.exists)
    beneath = scales.ground(*scales.of_input(shown, ground), ground)
    shares = np.nan_to_num(places, nan=0.5)
    over = overlaid(shares, scale.table, beneath, shown.options["opacity"])
    pixels = np.dstack([over, np.where(known, 255, 0).astype(np.uint8)])
    place.imshow(pixels, interpolation="nearest", aspect=place.get_aspect())
    alone.set_visible(False)


def _input(shown: Shown, place: Axes, ground: str, theme: Theme | None) -> None:
    cells, (low, high, table) = scales.of_input(shown, ground)
    title = f"input: {shown.sample.get('name') or 'sample ' + str(shown.sample['index'])}"
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
