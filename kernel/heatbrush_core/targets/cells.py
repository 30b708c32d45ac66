"""Targets inside a map: a cell, the cells of a region, a step of a sequence, a unit of a layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from heatbrush_core.checks import hint, index, listed, short, whole
from heatbrush_core.matrix.bands import Band, Range
from heatbrush_core.matrix.region import Region
from heatbrush_core.targets.target import (
    Cells,
    Reduce,
    Source,
    Sources,
    Target,
    Term,
    Which,
    check_output,
    check_reduce,
    of,
)

SAID = 3
"""Bands of a region that its label names."""


@dataclass(frozen=True)
class Location(Target):
    """The score of one cell of an output map.

    Parameters
    ----------
    row, column : int
        The cell in the output's own rows and columns. Cell i of a map that is coarser by `stride`
        lies at (i + 0.5) * stride - 0.5 in the rows of the matrix.
    channel : int
        Which of the map's channels.
    output : str or int, optional
        One of several outputs; None is the one that the explainer was opened with.
    """

    row: int
    column: int
    channel: int = 0
    output: Which = None

    def __post_init__(self) -> None:
        for name in ("row", "column", "channel"):
            object.__setattr__(self, name, whole(name, getattr(self, name), 0))
        check_output(self.output)

    def label(self, classes: Sequence[str]) -> str:
        """As in "row 3, column 5"."""
        return f"row {self.row}, column {self.column}{_channel(self, classes)}{of(self.output)}"

    def terms(self, model: Sources) -> list[Term]:
        """Read one cell."""
        source = as_map(model.output(self.output), "Location")
        said = f"Location({self.row}, {self.column})"
        places = enumerate((("row", self.row), ("column", self.column), ("channel", self.channel)))
        for which, (noun, given) in places:
            source.check(said, which, given, noun)
        cells = source.cells(rows=[self.row], columns=[self.column], channels=[self.channel])
        return [Cells.reduced(source, cells, "sum")]


@dataclass(frozen=True)
class Area(Target):
    """The cells of a region of an output map: their mean, their sum, or the largest of them.

    The score of each cell comes first, its logit or its probability, and then the mean.

    Parameters
    ----------
    region : Region
        In the output's own rows and columns.
    channel : int
        Which of the map's channels.
    output : str or int, optional
        One of several outputs; None is the one that the explainer was opened with.
    reduce : {"mean", "sum", "max"}
        How the cells become one number.
    """

    region: Region
    channel: int = 0
    output: Which = None
    reduce: Reduce = "mean"

    def __post_init__(self) -> None:
        check_region(self.region, "Area")
        object.__setattr__(self, "channel", whole("channel", self.channel, 0))
        check_output(self.output)
        check_reduce(self.reduce)

    def label(self, classes: Sequence[str]) -> str:
        """As in "mean of rows 3 to 7"."""
        cells = in_words(self.region)
        return f"{self.reduce} of {cells}{_channel(self, classes)}{of(self.output)}"

    def terms(self, model: Sources) -> list[Term]:
        """Read the region's cells of one channel."""
        source = as_map(model.output(self.output), "Area")
        source.check("Area", 2, self.channel, "channel")
        cells = in_region(self.region, source, channels=[self.channel])
        return [Cells.reduced(source, cells, self.reduce)]


@dataclass(frozen=True)
class Step(Target):
    """One step of a model that answers step by step, such as a forecast.

    Parameters
    ----------
    index : int
        The step; of an output that is one vector, the place in it.
    channel : int
        Which of the step's numbers.
    output : str or int, optional
        One of several outputs; None is the one that the explainer was opened with.
    """

    index: int
    channel: int = 0
    output: Which = None

    def __post_init__(self) -> None:
        for name in ("index", "channel"):
            object.__setattr__(self, name, whole(name, getattr(self, name), 0))
        check_output(self.output)

    def label(self, classes: Sequence[str]) -> str:
        """As in "step 3"."""
        return f"step {self.index}{_channel(self, classes)}{of(self.output)}"

    def terms(self, model: Sources) -> list[Term]:
        """Read one number of one step."""
        source = model.output(self.output)
        if len(source.shape) > 2:
            raise ValueError(
                f"Step needs an output of steps, (steps,) or (steps, channels), but {source.name} "
                f"has the shape {source.shape}; take Location(row, column) or Area(region)."
            )
        steps = Source(
            source.key, source.name, source.shape, (0, None, 1 if source.shape[1:] else None)
        )
        steps.check(f"Step({self.index})", 0, self.index, "step")
        steps.check(f"Step({self.index})", 2, self.channel, "channel")
        cells = steps.cells(rows=[self.index], channels=[self.channel])
        return [Cells.reduced(steps, cells, "sum")]


@dataclass(frozen=True)
class Neuron(Target):
    """One unit of a layer.

    Parameters
    ----------
    layer : str
        A layer by its name, as `report` lists them, also inside of nested models.
    index : int or tuple of int
        The unit, in the layer's own order of axes; an int in a flat layer.
    """

    layer: str
    index: int | tuple[int, ...]

    def __post_init__(self) -> None:
        _check_layer(self.layer, "Neuron")
        given = self.index if isinstance(self.index, list | tuple) else (self.index,)
        numbers = tuple(whole("index", each, 0) for each in given)
        object.__setattr__(self, "index", numbers if len(numbers) > 1 else numbers[0])

    def label(self, classes: Sequence[str]) -> str:
        """As in "conv_2 at (3, 5, 0)"."""
        return f"{self.layer} at {self.index}"

    def terms(self, model: Sources) -> list[Term]:
        """Read one unit."""
        source = model.layer(self.layer)
        at = self.index if isinstance(self.index, tuple) else (self.index,)
        if len(at) != len(source.shape) or any(
            i >= n for i, n in zip(at, source.shape, strict=True)
        ):
            last = tuple(n - 1 for n in source.shape)
            raise ValueError(
                f"Neuron has index {self.index}, but {source.name} has the shape {source.shape}; "
                f"give {len(source.shape)} number{'s' if len(source.shape) != 1 else ''}, "
                f"up to {last if len(last) != 1 else last[0]}."
            )
        cell = np.ravel_multi_index(at, source.shape)
        return [Cells.reduced(source, np.array([cell], np.intp), "sum")]


@dataclass(frozen=True)
class Channel(Target):
    """One channel of a layer: the mean of its cells, their sum, or the largest.

    Parameters
    ----------
    layer : str
        A layer by its name, as `report` lists them, also inside of nested models.
    index : int
        The channel.
    reduce : {"mean", "sum", "max"}
        How the cells become one number.
    """

    layer: str
    index: int
    reduce: Reduce = "mean"

    def __post_init__(self) -> None:
        _check_layer(self.layer, "Channel")
        object.__setattr__(self, "index", whole("index", self.index, 0))
        check_reduce(self.reduce)

    def label(self, classes: Sequence[str]) -> str:
        """As in "mean of channel 3 of conv_2"."""
        return f"{self.reduce} of channel {self.index} of {self.layer}"

    def terms(self, model: Sources) -> list[Term]:
        """Read all cells of the channel."""
        source = model.layer(self.layer)
        source.check(f"Channel of {self.layer!r}", 2, self.index, "channel")
        return [Cells.reduced(source, source.cells(channels=[self.index]), self.reduce)]


def as_map(source: Source, noun: str) -> Source:
    """Refuse an output that has no rows and columns."""
    if None in source.axes[:2]:
        flat = len(source.shape) < 3
        instead = "a class, Step(index)" if flat else "a function of the outputs"
        raise ValueError(
            f"{noun} needs an output with rows and columns, but {source.name} has the shape "
            f"{source.shape}; take {instead}, or Neuron(layer, index)."
        )
    return source


def in_region(region: Region, source: Source, **more: Any) -> Any:
    """Take the numbers of a region's cells, in all channels but where `more` names some."""
    shape = (source.length(0), source.length(1))
    try:
        region.check(shape)
    except ValueError as error:
        raise ValueError(f"In the rows and columns of {source.name}: {error}") from error
    inside = np.zeros(int(np.prod(source.shape)), np.bool_).reshape(source.shape)
    view = np.moveaxis(inside, [axis for axis in source.axes[:2] if axis is not None], (0, 1))
    view[region.mask(shape)] = True
    cells = source.cells(**more)
    return cells[inside.ravel()[cells]]


def in_words(region: Region) -> str:
    """Say which cells, counted from 0: "rows 3 to 7, columns 0 to 4 and row 9"."""
    said = [
        f"{(' without ' if band.op == 'remove' else ' and ') if i else ''}{_band(band)}"
        for i, band in enumerate(region.bands[:SAID])
    ]
    more = len(region.bands) - SAID
    return "".join([*said, f" and {more} more"] if more > 0 else said)


def _band(band: Band) -> str:
    spans = [_span("row", band.rows), _span("column", band.columns)]
    return ", ".join(filter(None, spans)) or "all cells"


def _span(noun: str, span: Range | None) -> str:
    if span is None:
        return ""
    first, stop = span
    if stop is None:
        return f"{noun}s from {first} on"
    return f"{noun} {first}" if stop == first + 1 else f"{noun}s {first} to {stop - 1}"


def check_region(given: Any, noun: str) -> None:
    """Refuse what is no region."""
    if not isinstance(given, Region):
        raise TypeError(
            f"{noun} takes a Region of the output's rows and columns, but got {short(given)}; give "
            "one, such as Region.rectangle(3, 8, 10, 40)."
        )


def nearest_layer(name: str, known: Sequence[str]) -> str:
    """Say that there is no such layer."""
    remedy = hint(name, known, "give one of these.", cutoff=0.5)
    return f"There is no layer {short(name)} among the model's ({listed([*known])}); {remedy}"


def _check_layer(given: Any, noun: str) -> None:
    if not isinstance(given, str):
        raise TypeError(
            f"{noun} takes the name of a layer, but got {short(given)}; give one that report() "
            "lists."
        )


def _channel(target: Any, classes: Sequence[str]) -> str:
    """Name the channel where there are names, or where it is not the first."""
    number = index(target.channel) or 0
    if number < len(classes):
        return f", {classes[number]}"
    return f", channel {number}" if number else ""
