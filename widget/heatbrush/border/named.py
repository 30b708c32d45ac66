"""Selections that are kept under names: read as the page or Python gave them, or refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush_core import Region
from heatbrush_core.checks import clean, clipped, short

MOST = 100
"""Selections of one view that have a name: for each, the model is asked twice about each sample."""
BOXES = 20_000
"""Boxes of all of them: the list travels as a whole, and a box takes about 50 bytes of it."""
LONGEST = 200
"""Characters of a name."""


def read(given: Any, shape: tuple[int, int]) -> list[protocol.NamedSelection]:
    """Read the list as the page writes it.

    Raises
    ------
    ValueError
        In one sentence, for what is no such list, a name that is empty or comes twice, a selection
        that is empty or lies outside the matrix, and too many of them.
    """
    if not isinstance(given, list):
        raise ValueError(f"Named selections are {short(given)}, but a list is expected; send one.")
    found: dict[str, Region] = {}
    for each in given:
        fits = isinstance(each, Mapping) and set(each) == {"name", "selection"}
        if not fits or not isinstance(each["name"], str):
            raise ValueError(
                f"A named selection is {short(each)}, but a text as its name and its selection are "
                "expected; send both."
            )
        name = named(each["name"])
        if name in found:
            raise ValueError(
                f"Two selections are called {short(name)}, but each name stands for one; "
                "give one of them another name."
            )
        found[name] = Region.from_json(each["selection"])
    return written(found, shape)


def named(given: Any) -> str:
    """Read a name.

    Raises
    ------
    TypeError, ValueError
        In one sentence, for what is no text, and for text without a letter or too long.
    """
    if not isinstance(given, str):
        raise TypeError(
            f"A selection is called {short(given)}, but its name is text; give a text such as "
            "'burst'."
        )
    name = " ".join(clean(given).split())
    if not name or len(name) > LONGEST:
        raise ValueError(
            f"A selection is called {short(clipped(given))}, but a name of 1 to {LONGEST} "
            "characters is expected; give a shorter one that says something."
            if name
            else "The name of a selection is empty; give a text such as 'burst'."
        )
    return name


def written(regions: Mapping[str, Region], shape: tuple[int, int]) -> list[protocol.NamedSelection]:
    """Write the list, each region checked against the matrix; see `read` for what is refused."""
    for name, region in regions.items():
        if not region:
            raise ValueError(
                f"The selection {short(name)} holds no cell, so that there is nothing to keep; "
                "select cells first."
            )
        region.check(shape)
    boxes = sum(len(region.bands) for region in regions.values())
    if len(regions) > MOST or boxes > BOXES:
        raise ValueError(
            f"{len(regions)} named selections of {boxes} boxes are asked for, but a view keeps at "
            f"most {MOST} of {BOXES} boxes; delete some first."
        )
    return [
        {"name": name, "selection": wire.selection(region)}  # type: ignore[typeddict-item]
        for name, region in regions.items()
    ]
