"""Answers per step: steps of a sequence, and where they lie along an axis of the matrix."""

from __future__ import annotations

from collections.abc import Sequence as Several
from typing import Literal

import numpy as np
from pydantic import Field

from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.matrix.axes import AXES, AxisName
from heatbrush_core.outputs.decoder import (
    Decoder,
    Index,
    Positive,
    check_channel,
    check_classes,
    label_of,
    output_shape,
)
from heatbrush_core.outputs.places import Shape, centre, matrix_shape, strides
from heatbrush_core.outputs.terms import Term, log_softmax, sigmoid
from heatbrush_core.outputs.things import Found, Thing, nothing

RANKS = {1: "a sequence (steps,)", 2: "a sequence (steps, channels)"}


class Sequence(Decoder):
    """Steps are what a model says one after the other; equal answers in a row are one thing.

    Parameters
    ----------
    threshold : float or None
        What the score of a step is above. Default 0.3; None takes every step, as for a forecast.
    axis : {"columns", "rows"} or None
        The axis of the matrix that the steps go along. Default "columns"; None where they lie
        beside it, as the next steps of a forecast do.
    joined : bool
        Whether steps in a row with the same class are one thing. Default True.
    background : int or None
        The channel that is no class. Default None.
    output : int
        The output that is the sequence. Default 0.
    classes : tuple of str or None
        Names of all channels, the background's too. Default None, which counts them.
    scores : {"values", "logits"}
        Whether the output holds the scores themselves, or their logits: of a softmax where there
        are several channels. Default "values".
    stride : float or None
        Lines of the axis per step. Default None, where one is a multiple of the other.

    Raises
    ------
    ValueError
        One sentence, if one of these is out of range.
    """

    noun = "A sequence"

    threshold: float | None = Field(default=0.3, description="a number that scores are above")
    axis: AxisName | None = Field(default="columns", description="'columns', 'rows' or None")
    joined: bool = Field(default=True, description="True or False")
    background: Index | None = Field(default=None, description="a channel, or None")
    output: Index = Field(default=0, description="the index of an output")
    classes: tuple[str, ...] | None = Field(default=None, description="a list of names, or None")
    scores: Literal["values", "logits"] = Field(
        default="values", description="'values' or 'logits'"
    )
    stride: Positive | None = Field(default=None, description="lines per step, or None")

    @property
    def more(self) -> dict[str, type]:
        """The columns that its things have besides those of all, and the kind of their numbers."""
        return {"first": int, "last": int}

    def check(self, shapes: Several[Shape], shape: Several[int]) -> None:
        """Refuse outputs without a sequence, or without its channels; see `Decoder.check`."""
        mine = output_shape(shapes, self.output, self.noun, RANKS)
        channels = mine[1] if len(mine) == 2 else 1
        if self.background is not None:
            check_channel(self.background, channels, self.noun, "background")
        check_classes(self.classes, channels, self.noun)
        self._stride(mine[0], matrix_shape(shape))

    def _stride(self, steps: int, shape: tuple[int, int]) -> float:
        if self.axis is None:
            return float("nan")
        if self.stride is not None:
            return self.stride
        along = AXES.index(self.axis)
        cells = [1, 1]
        cells[along] = steps
        try:
            return strides(cells, shape, None, self.noun)[along]
        except ValueError as error:
            raise ValueError(
                f"A sequence has {steps} steps and the matrix {shape[along]} {self.axis}, but a "
                f"whole number of {self.axis} per step is expected; give stride=, the number of "
                f"{self.axis} per step, or axis=None where they lie beside the matrix."
            ) from error

    def _find(self, outputs: list[Floats], shape: tuple[int, int]) -> Found:
        raw = outputs[self.output]
        scores = self._scores(raw if raw.ndim == 2 else raw[:, None])
        stride = self._stride(len(scores), shape)
        counted = np.where(np.isnan(scores), -np.inf, scores)
        best = counted.argmax(1)
        top = counted.max(1)
        there = np.isfinite(top) & (top > (-np.inf if self.threshold is None else self.threshold))
        there &= best != (-1 if self.background is None else self.background)
        things = [
            self._thing(run, int(best[run[0]]), scores, shape, stride, raw.ndim)
            for run in _runs(there, best, self.joined)
        ]
        things.sort(key=lambda thing: -thing.score)
        if things or not np.isfinite(top).any():
            return Found(tuple(things))
        return Found((), (self._nothing(counted, stride),))

    def _scores(self, values: Floats) -> Floats:
        if self.scores == "values":
            return values
        return np.exp(log_softmax(values)) if values.shape[1] > 1 else sigmoid(values)

    def _thing(
        self,
        run: range,
        code: int,
        scores: Floats,
        shape: tuple[int, int],
        stride: float,
        rank: int,
    ) -> Thing:
        middle = float(centre((run[0] + run[-1]) / 2, stride))
        along = (middle, len(run) * stride)
        places = {
            None: ((float("nan"),) * 2,) * 2,
            "rows": (along, ((shape[1] - 1) / 2, float(shape[1]))),
            "columns": (((shape[0] - 1) / 2, float(shape[0])), along),
        }
        (row, height), (column, width) = places[self.axis]
        steps = np.array(run, np.intp)
        index = np.column_stack([steps, np.full(len(run), code)])[:, :rank]
        among = (0, scores.shape[1]) if scores.shape[1] > 1 else None
        return Thing(
            kind="step",
            row=row,
            column=column,
            height=height,
            width=width,
            score=float(scores[steps, code].mean()),
            label=label_of(self.classes, code),
            head=self.output,
            terms={"score": Term.score(self.output, index, self.scores, among)},
            more={"first": run[0], "last": run[-1]},
        )

    def _nothing(self, scores: Floats, stride: float) -> str:
        kept = [each for each in range(scores.shape[1]) if each != self.background]
        some = scores[:, kept]
        step = int(some.max(1).argmax()) if kept else 0
        score = float(some.max()) if kept else float("nan")
        if self.threshold is None or not kept or score > self.threshold:
            return "No step was found: the background has the highest score in every step."
        at = float(centre(step, stride))
        place = {"rows": (at, float("nan")), "columns": (float("nan"), at)}
        missing = float("nan")
        here = place[self.axis] if self.axis else (missing, missing)
        return nothing(self.threshold, score, *here, "step")


def _runs(there: Floats, best: Floats, joined: bool) -> list[range]:
    """Return the stretches of steps that are there and have the same class."""
    runs: list[range] = []
    for step in np.flatnonzero(there).tolist():
        last = runs[-1] if runs else range(0)
        if joined and last and last.stop == step and best[step] == best[last.start]:
            runs[-1] = range(last.start, step + 1)
        else:
            runs.append(range(step, step + 1))
    return runs
