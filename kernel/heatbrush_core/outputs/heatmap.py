"""Landmarks as a network draws them: a map per kind that peaks where one is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.outputs.decoder import (
    Decoder,
    Index,
    Positive,
    Stride,
    check_channel,
    check_classes,
    code_of,
    label_of,
    output_shape,
)
from heatbrush_core.outputs.peaks import peaks, refined
from heatbrush_core.outputs.places import Shape, centre, matrix_shape, strides
from heatbrush_core.outputs.terms import Activation, Reading, Term, sigmoid
from heatbrush_core.outputs.things import Found, Thing, nothing

RANKS = {2: "a map (rows, columns)", 3: "a map (rows, columns, channels)"}


class Heatmap(Decoder):
    """Landmarks are the peaks of a map, to a fraction of a cell.

    Parameters
    ----------
    threshold : float
        What a peak is above. Default 0.3.
    distance : float
        Cells of the map; of two peaks of one kind that are less apart, the higher counts. Default
        3.
    output : int
        The output that is the map. Default 0.
    classes : tuple of str or None
        Names of the kinds, a channel each. Default None, which counts the channels.
    orientation : (int, int) or None
        The channels that hold cosine and sine of an angle, which is read at each peak; they are no
        kinds. Default None.
    scores : {"values", "logits"}
        Whether the map holds the scores themselves, or their logits. Default "values".
    sigma : float
        Standard deviation of the peaks that `encode_landmarks` draws, in cells of the map. Default
        1.5.
    stride : (float, float) or None
        Rows and columns of the matrix per cell of the map. Default None, where one is a multiple
        of the other.

    Raises
    ------
    ValueError
        One sentence, if one of these is out of range.
    """

    noun = "A heat map"

    threshold: float = Field(default=0.3, description="a number that peaks are above")
    distance: Annotated[float, Field(ge=0)] = Field(
        default=3, description="a number of cells from 0 on"
    )
    output: Index = Field(default=0, description="the index of an output")
    classes: tuple[str, ...] | None = Field(default=None, description="a list of names, or None")
    orientation: tuple[Index, Index] | None = Field(
        default=None, description="the channels of cosine and sine, or None"
    )
    scores: Literal["values", "logits"] = Field(
        default="values", description="'values' or 'logits'"
    )
    sigma: Positive = Field(default=1.5, description="a number of cells above 0")
    stride: Stride = Field(default=None, description="rows and columns per cell, or None")

    @model_validator(mode="after")
    def _two_channels(self) -> Self:
        if self.orientation and self.orientation[0] == self.orientation[1]:
            raise ValueError(
                f"A heat map has orientation={self.orientation}, but cosine and sine are two "
                "channels; give two different ones."
            )
        return self

    @property
    def more(self) -> dict[str, type]:
        """The columns that its things have besides those of all, and the kind of their numbers."""
        return {"angle": float} if self.orientation else {}

    def check(self, shapes: Sequence[Shape], shape: Sequence[int]) -> None:
        """Refuse outputs without a map, or without its channels; see `Decoder.check`."""
        mine = output_shape(shapes, self.output, self.noun, RANKS)
        channels = mine[2] if len(mine) == 3 else 1
        for channel in self.orientation or ():
            check_channel(channel, channels, self.noun, "orientation")
        kinds = self.kinds(channels)
        if not kinds:
            raise ValueError(
                f"A heat map was given {channels} channels, all of which are its orientation, but "
                "one more per kind of landmark is expected; give a model with more channels."
            )
        check_classes(self.classes, len(kinds), self.noun)
        strides(mine[:2], matrix_shape(shape), self.stride, self.noun)

    def kinds(self, channels: int) -> list[int]:
        """Return the channels that are kinds of landmarks, of so many."""
        return [each for each in range(channels) if each not in (self.orientation or ())]

    def _find(self, outputs: list[Floats], shape: tuple[int, int]) -> Found:
        raw = outputs[self.output]
        maps = raw if raw.ndim == 3 else raw[..., None]
        rows, columns = strides(maps.shape[:2], shape, self.stride, self.noun)
        kinds = self.kinds(maps.shape[2])
        scores = sigmoid(maps[..., kinds]) if self.scores == "logits" else maps[..., kinds]
        things = []
        for code, channel in enumerate(kinds):
            for cell in peaks(scores[..., code], self.threshold, self.distance).tolist():
                at = refined(scores[..., code], (cell[0], cell[1]))
                index = (*cell, channel)[: raw.ndim]
                thing = Thing(
                    kind="landmark",
                    row=float(centre(at[0], rows)),
                    column=float(centre(at[1], columns)),
                    height=float("nan"),
                    width=float("nan"),
                    score=float(scores[cell[0], cell[1], code]),
                    label=label_of(self.classes, code),
                    head=self.output,
                    terms=self._terms(index),
                    more=self._angle(maps[cell[0], cell[1]]),
                )
                things.append(thing)
        things.sort(key=lambda thing: -thing.score)
        if things or np.isnan(scores).all():
            return Found(tuple(things))
        best = np.unravel_index(np.nanargmax(scores), scores.shape)
        place = float(centre(best[0], rows)), float(centre(best[1], columns))
        return Found((), (nothing(self.threshold, float(scores[best]), *place, "landmark"),))

    def _terms(self, index: tuple[int, ...]) -> dict[str, Term]:
        """Read the score, and where there is an orientation its cosine and its sine."""
        channels = zip(("cosine", "sine"), self.orientation or (), strict=False)
        cells = {name: (*index[:2], channel) for name, channel in channels}
        score = Term.score(self.output, np.array([index], np.intp), self.scores)
        found = {
            name: Term(name, (Reading.cell(self.output, cell),)) for name, cell in cells.items()
        }
        return {"score": score, **found}

    def _angle(self, channels: Floats) -> dict[str, float]:
        if self.orientation is None:
            return {}
        cosine, sine = channels[list(self.orientation)]
        return {"angle": float(np.degrees(np.arctan2(sine, cosine)))}

    def codes(self, shapes: Sequence[Shape], kind: int | str | None) -> list[int]:
        """Look a kind of landmark up by its number or its name; None are all.

        Raises
        ------
        ValueError
            If there is no such kind.
        """
        mine = output_shape(shapes, self.output, self.noun, RANKS)
        count = len(self.kinds(mine[2] if len(mine) == 3 else 1))
        if isinstance(kind, int) and kind < count:
            return [kind]
        return [*range(count)] if kind is None else [code_of(self.classes, kind, count, "the map")]

    def count(self, shapes: Sequence[Shape], code: int = 0) -> Term:
        """Return a linear term that counts landmarks: the map's sum over that of one drawn peak.

        It counts what `encode_landmarks` draws, as far as peaks lie apart and away from the border.

        Parameters
        ----------
        shapes : list of tuple
            Of each output of the model, without the sample axis.
        code : int
            Which kind. Default 0.

        Raises
        ------
        ValueError
            If the output is no map, or there is no such kind.
        """
        mine = output_shape(shapes, self.output, self.noun, RANKS)
        kinds = self.kinds(mine[2] if len(mine) == 3 else 1)
        check_channel(code, len(kinds), self.noun, "code")
        cells = np.indices(mine[:2]).reshape(2, -1).T
        index = np.column_stack([cells, np.full(len(cells), kinds[code])])[:, : len(mine)]
        weights = np.full(len(cells), 1 / (2 * np.pi * self.sigma**2))
        activation: Activation = "sigmoid" if self.scores == "logits" else "linear"
        return Term("count", (Reading(self.output, index, weights, activation),))
