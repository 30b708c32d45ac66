"""Boxes of a detector that answers cell by cell, with one head or several, as YOLO does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from heatbrush_core.checks import Strict
from heatbrush_core.detection.boxes import FIELDS, suppress
from heatbrush_core.detection.similarity import Proposals
from heatbrush_core.matrix.arrays import Floats, Indices
from heatbrush_core.outputs.box_terms import Field as Part
from heatbrush_core.outputs.box_terms import Layout, channels, terms
from heatbrush_core.outputs.decoder import (
    Decoder,
    Index,
    Positive,
    Stride,
    check_classes,
    label_of,
    output_shape,
)
from heatbrush_core.outputs.places import Pair, Shape, arrays, matrix_shape, strides
from heatbrush_core.outputs.terms import log_softmax, sigmoid
from heatbrush_core.outputs.things import Found, Thing, nothing

RANKS = {
    3: "a grid (rows, columns, channels)",
    4: "a grid (rows, columns, boxes, numbers per box)",
}
PARTS: tuple[Part, ...] = ("row", "column", "height", "width", "objectness", "classes")


class Head(Strict):
    """One head of a grid: its output, and how many boxes each of its cells has.

    Parameters
    ----------
    output : int
        The output of the model that is this head. Default 0.
    anchors : tuple of (height, width), or None
        The sizes, in cells of the matrix, that the boxes of a cell start from; see `hb.anchors`.
        Default None: free predictors, whose boxes start from the size of a cell of the grid.
    boxes : int or None
        Boxes per cell. Default None: as many as there are anchors, else 1.
    stride : (float, float) or None
        Rows and columns of the matrix per cell of the grid. Default None, where one is a multiple
        of the other.

    Raises
    ------
    ValueError
        One sentence, if one of these is out of range, or boxes and anchors are not as many.
    """

    noun = "A head"

    output: Index = Field(default=0, description="the index of an output")
    anchors: Annotated[tuple[tuple[Positive, Positive], ...], Field(min_length=1)] | None = Field(
        default=None, description="a list of pairs (height, width), or None"
    )
    boxes: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="a number of boxes per cell, or None"
    )
    stride: Stride = Field(default=None, description="rows and columns per cell, or None")

    @model_validator(mode="after")
    def _as_many(self) -> Self:
        if self.anchors and self.boxes not in (None, len(self.anchors)):
            raise ValueError(
                f"A head has {len(self.anchors)} anchors and boxes={self.boxes}, but each box of a "
                "cell has one anchor; give as many, or leave boxes out."
            )
        return self

    @property
    def predictors(self) -> int:
        """Boxes per cell."""
        return len(self.anchors) if self.anchors else self.boxes or 1

    def sizes(self, stride: Pair) -> Floats:
        """Return the size that each box of a cell starts from, (predictors, 2)."""
        return np.array(self.anchors or [stride] * self.predictors, np.float64)


class Grid(Decoder):
    """Boxes, of which each cell of a grid has one or several, from one head or several.

    Each box of a cell has four numbers for its place, one for whether something is there
    (objectness) and one per class. The centre is the cell's corner plus `centre` of the number,
    in cells of the grid; height and width are those of the anchor times `size` of the number.

    Parameters
    ----------
    heads : tuple of Head
        Default one head, the first output, with one free box per cell.
    threshold : float
        What the score is above: objectness times the probability of the best class. Default 0.3.
    overlap : float or None
        Of two boxes of a class, from whatever heads, with a higher intersection over union than
        this, the better counts. Default 0.5; None keeps all.
    most : int
        Boxes at the most, the best. Default 100.
    classes : tuple of str or None
        Names. Default None, which counts them: what a box has more than five numbers.
    exclusive : bool
        Whether a box has one class (softmax), or each class by itself (sigmoid). Default True.
    scores : {"logits", "values"}
        Whether objectness and classes are logits, or went through sigmoid and softmax in the model
        itself. Default "logits".
    centre : {"sigmoid", "linear"}
        Default "sigmoid", which keeps the centre in its cell.
    size : {"exp", "linear"}
        Default "exp".
    layout : tuple of str
        The order of a box's numbers. Default row, column, height, width, objectness, classes; of
        YOLO it is column, row, width, height, objectness, classes. In an output of three axes the
        numbers of a box are beside each other: channel = box x numbers + number.

    Raises
    ------
    ValueError
        One sentence, if one of these is out of range.

    References
    ----------
    Redmon et al. (2016), You only look once, CVPR, for free predictors; Redmon and Farhadi (2017),
    YOLO9000, CVPR, for anchors.
    """

    noun = "A grid"

    heads: Annotated[tuple[Head, ...], Field(min_length=1)] = Field(
        default=(Head(),), description="a list of Head"
    )
    threshold: float = Field(default=0.3, description="a number that scores are above")
    overlap: Annotated[float, Field(ge=0, le=1)] | None = Field(
        default=0.5, description="a number from 0 to 1, or None"
    )
    most: Annotated[int, Field(ge=1)] = Field(default=100, description="a number from 1 on")
    classes: tuple[str, ...] | None = Field(default=None, description="a list of names, or None")
    exclusive: bool = Field(default=True, description="True or False")
    scores: Literal["logits", "values"] = Field(
        default="logits", description="'logits' or 'values'"
    )
    centre: Literal["sigmoid", "linear"] = Field(
        default="sigmoid", description="'sigmoid' or 'linear'"
    )
    size: Literal["exp", "linear"] = Field(default="exp", description="'exp' or 'linear'")
    layout: tuple[Part, ...] = Field(default=PARTS, description=f"an order of {', '.join(PARTS)}")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if sorted(self.layout) != sorted(PARTS):
            raise ValueError(
                f"A grid has layout={self.layout}, but each of {', '.join(PARTS)} is expected once;"
                " give them in the order of the output."
            )
        several = [head.output for head in self.heads]
        if len(set(several)) < len(several):
            raise ValueError(
                f"The heads of a grid read the outputs {several}, but each head is an output of "
                "its own; give different ones, or one head with more boxes."
            )
        return self

    @property
    def reads(self) -> tuple[int, ...]:
        """Which outputs of the model it reads."""
        return tuple(head.output for head in self.heads)

    @property
    def more(self) -> dict[str, type]:
        """The columns that its things have besides those of all, and the kind of their numbers."""
        return {"predictor": int}

    def check(self, shapes: Sequence[Shape], shape: Sequence[int]) -> None:
        """Refuse outputs that are no grids, or of other numbers per box; see `Decoder.check`."""
        several = [self._numbers(shapes, number) - 5 for number in range(len(self.heads))]
        if len(set(several)) > 1:
            raise ValueError(
                f"The heads of a grid have {', '.join(map(str, several))} classes, but all have the"
                " same; give each head as many boxes or anchors as its cells have."
            )
        check_classes(self.classes, several[0], self.noun)
        for head in self.heads:
            strides(shapes[head.output][:2], matrix_shape(shape), head.stride, self.noun)

    def _numbers(self, shapes: Sequence[Shape], number: int) -> int:
        """Return how many numbers a box of a head has."""
        head = self.heads[number]
        mine = output_shape(shapes, head.output, f"Head {number} of a grid", RANKS)
        boxes = head.predictors
        if len(mine) == 4:
            good = mine[2] == boxes and mine[3] >= 5
            per_box = mine[3]
        else:
            good = mine[2] % boxes == 0 and mine[2] // boxes >= 5
            per_box = mine[2] // boxes
        if not good:
            raise ValueError(
                f"Head {number} of a grid was given an output of shape {mine}, but for {boxes} "
                f"box{'es' * (boxes > 1)} per cell {boxes} x (5 + classes) channels are expected: "
                "four of the place, objectness, and the classes; give as many anchors or boxes as "
                "a cell has."
            )
        return per_box

    def layouts(self, shapes: Sequence[Shape], shape: Sequence[int]) -> list[Layout]:
        """Say for each head where the numbers of its boxes stand."""
        found = []
        for number, head in enumerate(self.heads):
            mine = shapes[head.output]
            stride = strides(mine[:2], matrix_shape(shape), head.stride, self.noun)
            classes = self._numbers(shapes, number) - 5
            parts = channels(self.layout, classes)
            found.append(Layout(*parts, head.output, len(mine), stride, head.sizes(stride)))
        return found

    def proposals(self, outputs: object, shape: Sequence[int]) -> Proposals:
        """Return all boxes of all cells and heads, whatever their scores, for one sample.

        Raises
        ------
        ValueError
            One sentence, if the outputs do not fit.
        """
        given, size = arrays(outputs), matrix_shape(shape)
        self.check([each.shape for each in given], size)
        return self._proposals(given, self.layouts([each.shape for each in given], size))

    def _proposals(self, outputs: list[Floats], layouts: list[Layout]) -> Proposals:
        parts = [
            self._of_head(outputs[each.output], each, number) for number, each in enumerate(layouts)
        ]
        return Proposals(*(np.concatenate(each) for each in zip(*parts, strict=True)))

    def _of_head(
        self, output: Floats, layout: Layout, number: int
    ) -> tuple[Floats, Floats, Floats, Indices, Indices, Indices]:
        raw = output.reshape(*output.shape[:2], len(layout.sizes), -1)
        cells = np.indices(raw.shape[:3]).reshape(3, -1).T
        raw = raw.reshape(len(cells), -1)
        place = {name: raw[:, layout.channels[name]] for name in FIELDS}
        with np.errstate(over="ignore"):  # what is too large is left out, and told
            middle = [
                cells[:, axis] * stride
                - 0.5
                + stride * (sigmoid(place[name]) if self.centre == "sigmoid" else place[name])
                for axis, (name, stride) in enumerate(zip(FIELDS, layout.stride, strict=False))
            ]
            size = [
                layout.sizes[cells[:, 2], axis]
                * (np.exp(place[name]) if self.size == "exp" else np.maximum(place[name], 0))
                for axis, name in enumerate(FIELDS[2:])
            ]
        objectness = raw[:, layout.channels["objectness"]]
        classes = raw[:, slice(*layout.classes)]
        if self.scores == "logits":
            objectness = sigmoid(objectness)
            if classes.shape[1]:
                classes = np.exp(log_softmax(classes)) if self.exclusive else sigmoid(classes)
        places = np.column_stack([*middle, *size])
        heads = np.full(len(cells), number)
        return places, objectness, classes, heads, cells[:, 2], cells[:, :2]

    def _find(self, outputs: list[Floats], shape: tuple[int, int]) -> Found:
        layouts = self.layouts([each.shape for each in outputs], shape)
        every = self._proposals(outputs, layouts)
        score, label = every.score, every.label
        sound = np.isfinite(every.places).all(1)
        above = np.flatnonzero(sound & (score > self.threshold))
        order = above[np.argsort(-score[above], kind="stable")]
        if self.overlap is not None:
            places = every.places[order]
            order = order[suppress(places, score[order], label[order], self.overlap)]
        kept, notes = order[: self.most], []
        things = [self._box(every, int(i), layouts, label) for i in kept]
        lost = int((~sound & (score > self.threshold)).sum())
        if lost:
            notes.append(f"Boxes whose place or size is not finite are left out ({lost}).")
        if len(order) > len(kept):
            notes.append(f"The best {self.most} of {len(order)} boxes are kept.")
        if not things and not lost and not np.isnan(score).all():
            best = int(np.nanargmax(score))
            at = every.places[best]
            notes.append(
                nothing(self.threshold, float(score[best]), float(at[0]), float(at[1]), "box")
            )
        return Found(tuple(things), tuple(notes))

    def _box(self, every: Proposals, i: int, layouts: list[Layout], label: Indices) -> Thing:
        row, column, height, width = every.places[i].tolist()
        head, predictor = int(every.head[i]), int(every.predictor[i])
        code = int(label[i])
        named = every.probabilities.shape[1] > 0
        cell = (int(every.cell[i, 0]), int(every.cell[i, 1]))
        return Thing(
            kind="box",
            row=row,
            column=column,
            height=height,
            width=width,
            score=float(every.score[i]),
            label=label_of(self.classes if named else None, code),
            head=head,
            terms=terms(self, layouts[head], cell, predictor, code),
            more={"predictor": predictor},
            probabilities=every.probabilities[i],
        )
