"""A small PNG of a view: the input, its maps and the selection, for where no page draws them."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw, ImageFont

from heatbrush.blocks.reduced import strongest
from heatbrush.export.pictures import scales, things
from heatbrush.export.pictures.scales import Scale
from heatbrush.export.pictures.shown import Shown
from heatbrush_core import Axis
from heatbrush_core.maps.colours import overlaid, table

MOST_BYTES = 34_000
"""It travels twice in one output, as an image and inside HTML, a third longer each time."""
CELLS = 40_000
"""About so many cells of noise, of all maps together, fill the file beside its words."""
MOST_LINES, FEWEST_LINES = 256, 24
"""That are drawn along an axis of each map: a longer one is reduced."""
MOST_MAPS = 11
"""Beside the input."""
WIDTH, GUTTER, LEGEND, GAP = 720, 84, 56, 14
TITLE, FOOT, LINE = 20, 16, 13
GROUND, INK, MUTE, UNKNOWN = "#ffffff", "#1a1c1f", "#5c636c", (176, 182, 189)
MARKS = things.COLOURS["light"][0]


def png(shown: Shown) -> bytes:
    """Draw the view, with fewer cells where the file would be large."""
    maps = min(len(shown.explanations), MOST_MAPS) + 1
    height, width = shown.matrix.shape[:2]
    most, room = MOST_LINES, CELLS
    ramps = (f"{shown.options['colours']} light", scales.of_input(shown, "light")[1].table)
    known = None if shown.options["beneath"] else ramps
    while True:
        while maps * min(height, most) * min(width, most) > room and most > FEWEST_LINES:
            most -= 8
        content = _written(_drawn(shown, most), known)
        if len(content) <= MOST_BYTES or most <= FEWEST_LINES:
            return content
        room //= 2


class Place(NamedTuple):
    """Where a map lies, in pixels."""

    left: int
    top: int
    width: int
    height: int


def _drawn(shown: Shown, most: int) -> Image.Image:
    names = list(shown.explanations)[:MOST_MAPS]
    places, height = _places(shown, len(names) + 1)
    image = Image.new("RGB", (WIDTH, height), GROUND)
    draw = ImageDraw.Draw(image)
    for place, name in zip(places, (None, *names), strict=True):
        title, values, scale = _content(shown, name)
        beneath = _beneath(shown, most) if name and shown.over_input(name) else None
        low, high, _ = scale
        cells = strongest(values, *(min(size, most) for size in values.shape))
        pixels = _painted(cells, place, scale, beneath, shown.options["opacity"])
        _frame(pixels, shown, place)
        if shown.options["flipped"]:
            pixels = pixels[::-1]
        map = Image.fromarray(pixels)
        _mark(map, shown, name)
        image.paste(map, (place.left, place.top))
        ends = f"{low:.3g} … {high:.3g}"
        right = place.left + place.width
        draw.text((right - _width(ends), place.top - TITLE + 4), ends, MUTE, _font())
        room = place.width - _width(ends) - 8
        draw.text((place.left, place.top - TITLE + 4), _fitting(title, room), INK, _font())
        if place.left == places[0].left:
            _name_rows(draw, shown.axes[0], place, shown.options["flipped"])
        _name_columns(draw, shown.axes[1], place)
    return image


def _places(shown: Shown, count: int) -> tuple[list[Place], int]:
    """Put wide maps beneath each other, square ones three abreast, tall ones four."""
    height, width = shown.matrix.shape[:2]
    shape = width / (height * (shown.options["aspect"] or 1))
    abreast = shown.abreast(count)
    wide = (WIDTH - GUTTER - GAP * (abreast - 1)) // abreast - (1 if abreast > 1 else LEGEND)
    tall = int(np.clip(wide / shape, 56, 130 if abreast == 1 else 260))
    step = TITLE + tall + FOOT
    places = [
        Place(GUTTER + index % abreast * (wide + GAP), TITLE + index // abreast * step, wide, tall)
        for index in range(count)
    ]
    return places, step * -(-count // abreast) + 4


def _content(shown: Shown, name: str | None) -> tuple[str, NDArray[np.floating], Scale]:
    """Return a title, an (H, W) map, and its scale on the white ground; name None is the input."""
    if name is None:
        apart = ", each row on its own scale" if shown.options["rows_apart"] else ""
        return f"input{apart}", *scales.of_input(shown, "light")
    return shown.named(name), scales.values(shown, name), scales.of_map(shown, name, "light")


def _beneath(shown: Shown, most: int) -> NDArray[np.uint8]:
    """Return the input in grey, reduced as the maps over it are."""
    cells, scale = scales.of_input(shown, "light")
    return scales.ground(
        strongest(cells, *(min(size, most) for size in cells.shape)), scale, "light"
    )


def _painted(
    cells: NDArray[np.floating],
    place: Place,
    scale: Scale,
    beneath: NDArray[np.uint8] | None,
    opacity: float,
) -> NDArray[np.uint8]:
    """Return the pixels of a map; what was not computed is hatched, or it would look like zero."""
    share = scales.shares(cells, scale)
    known = np.where(np.isfinite(share), share, 0.5)
    if beneath is None:
        colours = table(scale.table)[(known * 255).astype(np.uint8)]
    else:
        colours = overlaid(known, scale.table, beneath, opacity)
    down, along = _lines(place.height, cells.shape[0]), _lines(place.width, cells.shape[1])
    pixels = colours[down][:, along]
    missing = ~np.isfinite(share)[down][:, along]
    stripes = np.add.outer(np.arange(place.height), np.arange(place.width)) % 6 < 2
    pixels[missing] = 255
    pixels[missing & stripes] = UNKNOWN
    return pixels


def _lines(pixels: int, count: int) -> NDArray[np.int64]:
    """Say which line each pixel shows."""
    return np.arange(pixels) * count // pixels


def _frame(pixels: NDArray[np.uint8], shown: Shown, place: Place) -> None:
    """Frame what is selected: a dark line on a light one, to be seen on any colour."""
    if not shown.selection:
        return
    mask = shown.selection.mask(shown.matrix.shape[:2])
    spread = mask[_lines(place.height, mask.shape[0])][:, _lines(place.width, mask.shape[1])]
    inner = _shrunk(spread)
    pixels[spread & ~_shrunk(inner)] = 255
    pixels[spread & ~inner] = 26


def _mark(map: Image.Image, shown: Shown, name: str | None) -> None:
    """Draw the things that the model found, each with the number of its line."""
    (rows, columns), flipped = shown.matrix.shape[:2], shown.options["flipped"]
    draw = ImageDraw.Draw(map)

    def at(row: float, column: float) -> tuple[float, float]:
        row = rows - 1 - row if flipped else row
        return (column + 0.5) / columns * map.width, (row + 0.5) / rows * map.height

    marks = things.marked(shown, name)
    for mark in marks:
        drawn = [[at(*corner) for corner in line] for line in things.lines(mark, (rows, columns))]
        x, y = at(mark["row"], mark["column"])
        if mark["kind"] == "landmark":
            drawn += [[(x - 3, y - 3), (x + 3, y + 3)], [(x - 3, y + 3), (x + 3, y - 3)]]
        wide = 2 if mark["line"] == shown.target["a"] else 1
        for width, ink in ((wide + 2, GROUND), (wide, MARKS)):
            for line in drawn:
                draw.line(line, ink, width)
    for mark in marks:  # over all lines
        x, y = at(mark["row"], mark["column"])
        number = str(mark["line"])
        # within the map, also where the thing lies at its edge
        x = min(x + 5, map.width - _width(number))
        y = min(max(y - 12, 0), map.height - 11)
        draw.text((x, y), number, MARKS, _font(), stroke_width=1, stroke_fill=GROUND)


def _shrunk(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Take the outermost pixels away."""
    padded = np.pad(mask, 1)
    across = padded[:-2, 1:-1] & padded[2:, 1:-1]
    return mask & across & padded[1:-1, :-2] & padded[1:-1, 2:]


def _name_rows(draw: ImageDraw.ImageDraw, axis: Axis, place: Place, flipped: bool) -> None:
    """Name as many rows as fit beside a map."""
    step = max(1, -(-len(axis.labels) * LINE // place.height))
    for row in range(0, len(axis.labels), step):
        name = _fitting(axis.labels[row], GUTTER - 8)
        below = (row + 0.5) * place.height / len(axis.labels)
        middle = place.top + (place.height - below if flipped else below)
        draw.text((GUTTER - 6 - _width(name), middle - 6), name, MUTE, _font())


def _name_columns(draw: ImageDraw.ImageDraw, axis: Axis, place: Place) -> None:
    """Name as many columns as fit beneath a map."""
    count = len(axis.labels)
    longest = max(_width(label[:12]) for label in axis.labels[:: max(1, count // 100)]) + 12
    step = max(1, -(-count * longest // place.width))
    for column in range(0, count, step):
        left = place.left + column * place.width / count
        name = _fitting(axis.labels[column], longest)
        if left + _width(name) <= place.left + place.width:
            draw.text((left, place.top + place.height + 2), name, MUTE, _font())


@cache
def _font() -> ImageFont.FreeTypeFont:
    """Take the type of figures, which knows Latin, Greek and Cyrillic letters."""
    import matplotlib

    path = Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
    return ImageFont.truetype(str(path), 10)


def _width(text: str) -> int:
    return int(_font().getlength(text)) + 1


def _fitting(text: str, room: int) -> str:
    """Cut a text to so many pixels."""
    text = " ".join(text.split())
    if _width(text[:200]) <= room:
        return text[:200]
    kept = next((n for n in range(min(len(text), 200), 0, -1) if _width(text[:n] + "…") <= room), 0)
    return text[:kept] + "…" if kept else ""


def _written(image: Image.Image, ramps: tuple[str, str] | None) -> bytes:
    """Write as many colours as the eye tells apart: a third of the bytes.

    Where colours lie over others no `ramps` hold them: they are found in the picture.
    """
    palette = _palette(*ramps) if ramps else None
    few = image.quantize(128, palette=palette, dither=Image.Dither.NONE)
    file = io.BytesIO()
    few.save(file, "PNG", optimize=True)
    return file.getvalue()


@cache
def _palette(maps: str, given: str) -> Image.Image:
    """Return steps of the map's colours, zero among them, of the input's, and greys for names."""
    steps = np.linspace(0, 255, 65).round().astype(int)
    greys = np.linspace(26, 255, 16).round().astype(np.uint8)
    marks = [ImageColor.getrgb(MARKS)]
    colours = [table(maps)[steps], table(given)[steps[::2]], np.stack([greys] * 3, 1), marks]
    palette = Image.new("P", (1, 1))
    palette.putpalette(np.concatenate([*colours, [UNKNOWN]]).astype(np.uint8).tobytes())
    return palette
