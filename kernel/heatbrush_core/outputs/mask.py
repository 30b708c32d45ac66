"""Parts of a segmentation: cells of one class that touch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from heatbrush_core.matrix.arrays import Floats, Indices
from heatbrush_core.outputs.decoder import (
    Decoder,
    Index,
    Stride,
    check_channel,
    check_classes,
    label_of,
    output_shape,
)
from heatbrush_core.outputs.heatmap import RANKS
from heatbrush_core.outputs.peaks import groups
from heatbrush_core.outputs.places import Shape, centre, matrix_shape, strides
from heatbrush_core.outputs.terms import Term, log_softmax, sigmoid
from heatbrush_core.outputs.things import Found, Thing, nothing


class Mask(Decoder):
    """Parts are the connected cells of one class.

    With one channel, or where classes do not exclude each other, a cell belongs to each class whose
    score is above the threshold; with several that do, to the one with the highest score, if that
    is above it.

    Parameters
    ----------
    threshold : float
        What the score of a cell is above. Default 0.5.
    least : int
        Cells of a part; what has fewer is left out. Default 1.
    diagonal : bool
        Whether cells that touch at a corner are connected. Default False.
    background : int or None
        The channel that is no class. Default None.
    exclusive : bool
        Whether a cell has one class at most, as under a softmax. Default True.
    output : int
        The output that is the mask. Default 0.
    classes : tuple of str or None
        Names of all channels, the background's too. Default None, which counts them.
    scores : {"values", "logits"}
        Whether the mask holds the scores themselves, or their logits. Default "values".
    stride : (float, float) or None
        Rows and columns of the matrix per cell of the mask. Default None, where one is a multiple
        of the other.

    Raises
    ------
    ValueError
        One sentence, if one of these is out of range.
    """

    noun = "A mask"

    threshold: float = Field(default=0.5, description="a number that scores are above")
    least: Annotated[int, Field(ge=1)] = Field(default=1, description="a number of cells from 1 on")
    diagonal: bool = Field(default=False, description="True or False")
    background: Index | None = Field(default=None, description="a channel, or None")
    exclusive: bool = Field(default=True, description="True or False")
    output: Index = Field(default=0, description="the index of an output")
    classes: tuple[str, ...] | None = Field(default=None, description="a list of names, or None")
    scores: Literal["values", "logits"] = Field(
        default="values", description="'values' or 'logits'"
    )
    stride: Stride = Field(default=None, description="rows and columns per cell, or None")

    @property
    def more(self) -> dict[str, type]:
        """The columns that its things have besides those of all, and the kind of their numbers."""
        return {"cells": int}

    def check(self, shapes: Sequence[Shape], shape: Sequence[int]) -> None:
        """Refuse outputs without a mask, or without its channels; see `Decoder.check`."""
        mine = output_shape(shapes, self.output, self.noun, RANKS)
        channels = mine[2] if len(mine) == 3 else 1
        if self.background is not None:
            check_channel(self.background, channels, self.noun, "background")
        check_classes(self.classes, channels, self.noun)
        strides(mine[:2], matrix_shape(shape), self.stride, self.noun)

    def labels(self, scores: Floats) -> NDArray[np.bool_]:
        """Tell which cells belong to which class, (h, w, channels) bool, from their scores."""
        known = np.where(np.isnan(scores), -np.inf, scores)
        mine = known > self.threshold
        if self.exclusive and scores.shape[2] > 1:
            mine &= known.argmax(2)[..., None] == np.arange(scores.shape[2])
        if self.background is not None:
            mine[..., self.background] = False
        return mine

    def _scores(self, maps: Floats) -> Floats:
        if self.scores == "values":
            return maps
        several = self.exclusive and maps.shape[2] > 1
        return np.exp(log_softmax(maps)) if several else sigmoid(maps)

    def _find(self, outputs: list[Floats], shape: tuple[int, int]) -> Found:
        from scipy import ndimage

        raw = outputs[self.output]
        scores = self._scores(raw if raw.ndim == 3 else raw[..., None])
        stride = strides(scores.shape[:2], shape, self.stride, self.noun)
        mine = self.labels(scores)
        near = np.ones((3, 3)) if self.diagonal else None
        things, small = [], 0
        for code in range(scores.shape[2]):
            for cells in groups(ndimage.label(mine[..., code], near)[0]):
                if len(cells) < self.least:
                    small += 1
                    continue
                things.append(self._part(cells, code, scores, stride, raw.ndim))
        things.sort(key=lambda thing: -thing.score)
        notes = [f"Parts of fewer than {self.least} cells are left out ({small})."] if small else []
        if not things and not small:
            notes = self._nothing(scores, stride)
        return Found(tuple(things), tuple(notes))

    def _part(
        self, cells: Indices, code: int, scores: Floats, stride: tuple[float, float], rank: int
    ) -> Thing:
        low, high = cells.min(0), cells.max(0)
        size = (high - low + 1) * np.array(stride)
        middle = centre((low + high) / 2, np.array(stride))
        index = np.column_stack([cells, np.full(len(cells), code)])[:, :rank]
        channels = scores.shape[2]
        among = (0, channels) if self.exclusive and channels > 1 else None
        return Thing(
            kind="part",
            row=float(middle[0]),
            column=float(middle[1]),
            height=float(size[0]),
            width=float(size[1]),
            score=float(scores[(*cells.T, code)].mean()),
            label=label_of(self.classes, code),
            head=self.output,
            terms={"score": Term.score(self.output, index, self.scores, among)},
            more={"cells": len(cells)},
        )

    def _nothing(self, scores: Floats, stride: tuple[float, float]) -> list[str]:
        counted = [each for each in range(scores.shape[2]) if each != self.background]
        some = scores[..., counted]
        if not counted or np.isnan(some).all():
            return []
        best = np.unravel_index(np.nanargmax(some), some.shape)
        if self.exclusive and some[best] > self.threshold:
            return ["No part was found: the background has the highest score in every cell."]
        at = centre(np.array(best[:2]), np.array(stride))
        return [nothing(self.threshold, float(some[best]), float(at[0]), float(at[1]), "part")]
