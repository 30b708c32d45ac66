"""What a grid should return for true boxes: the tensors that a network is trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from heatbrush_core.detection.anchors import size_iou
from heatbrush_core.detection.boxes import FIELDS, iou, read
from heatbrush_core.detection.similarity import Proposals
from heatbrush_core.matrix.arrays import Floats, Indices
from heatbrush_core.outputs.box_terms import Layout, channels
from heatbrush_core.outputs.decoder import code_of
from heatbrush_core.outputs.grid import Grid
from heatbrush_core.outputs.places import Shape, matrix_shape

SURE = 1e-7
"""How far from 0 and 1 a probability stays whose logit is taken."""

ROUNDING = 1e-9
"""Of a cell, by which a centre on the last edge of a grid may seem to lie beyond it."""


@dataclass(frozen=True, eq=False)
class Encoded:
    """True boxes as the tensors of a grid.

    Attributes
    ----------
    targets
        One array per head, in the shape of its output. In the cell and box that is responsible for
        a true box: the place of the centre within the cell, 0 to 1; the logarithm of height and
        width over the anchor's (or their ratio, where `size` is "linear"); objectness 1; and 1 for
        its class. All else is 0.
    head, predictor
        (n,) the head and the box of a cell that are responsible; -1 where none was free.
    cell
        (n, 2) row and column of the cell in that head; -1 where none was free.
    notes
        Sentences: what was left out.
    """

    targets: tuple[Floats, ...]
    head: Indices
    predictor: Indices
    cell: Indices
    notes: tuple[str, ...]


def encode_boxes(
    grid: Grid,
    boxes: ArrayLike,
    labels: Sequence[Any],
    shapes: Sequence[Shape],
    shape: Sequence[int],
    predicted: Proposals | None = None,
) -> Encoded:
    """Write true boxes as the tensors that a grid should return; `Grid.decode` reads them again.

    Responsible for a box is, of all boxes that some head has in the cell of its centre and that no
    other true box has taken, the one that fits best: by the intersection over union with what it
    predicts, or without `predicted` with its anchor, centre on centre; the first of equals.

    Parameters
    ----------
    grid : Grid
        Its heads, layout and classes.
    boxes : (n, 4)
        Row and column of the centre, height, width, all above 0; the centre lies in the matrix.
    labels : list
        The class of each: a name, or an index where the grid has none; 0 where there is none.
    shapes : list of tuple
        Of each output of the model, without the sample axis.
    shape : (rows, columns)
        Of the matrix.
    predicted : Proposals or None
        What the network says now, `grid.proposals(...)`, as free predictors are trained. Default
        None.

    Returns
    -------
    Encoded

    Raises
    ------
    ValueError
        One sentence, if a box, a class or a shape does not fit.
    """
    size = matrix_shape(shape)
    grid.check(shapes, size)
    layouts = grid.layouts(shapes, size)
    places = _inside(boxes, size)
    codes = _codes(grid, labels, len(places), layouts[0])
    targets = [np.zeros(shapes[each.output]) for each in layouts]
    taken: set[tuple[int, int, int, int]] = set()
    found = np.full((len(places), 4), -1, np.intp)
    for number, place in enumerate(places):
        choice = _responsible(place, layouts, shapes, taken, predicted)
        if choice is None:
            continue
        taken.add(choice)
        found[number] = choice
        head, predictor, row, column = choice
        _write(targets[head], layouts[head], (row, column), predictor, place, codes[number], grid)
    lost = int((found[:, 0] < 0).sum())
    notes = (
        f"Boxes are left out where no head has a free box in the cell of their centre ({lost} of "
        f"{len(places)}); give more boxes per cell, or a finer grid."
    )
    return Encoded(tuple(targets), found[:, 0], found[:, 1], found[:, 2:], (notes,) if lost else ())


def _inside(boxes: ArrayLike, size: tuple[int, int]) -> Floats:
    places = read(boxes)
    good = (places[:, :2] >= -0.5) & (places[:, :2] < np.array(size) - 0.5) & (places[:, 2:] > 0)
    if not good.all():
        worst = tuple(places[(~good.all(1)).argmax()].tolist())
        raise ValueError(
            f"A box is {worst}, but its centre is expected in the matrix of {size[0]} rows and "
            f"{size[1]} columns, from -0.5 on, and a height and width above 0; leave out what "
            "lies outside."
        )
    return places


def _codes(grid: Grid, labels: Sequence[Any], count: int, layout: Layout) -> list[int]:
    if len(labels) != count:
        raise ValueError(
            f"labels holds {len(labels)} classes, but there are {count} boxes; give one of each."
        )
    classes = layout.classes[1] - layout.classes[0]
    names = grid.classes if classes else None
    return [code_of(names, each, max(classes, 1), grid.noun) for each in labels]


def _responsible(
    place: Floats,
    layouts: list[Layout],
    shapes: Sequence[Shape],
    taken: set[tuple[int, int, int, int]],
    predicted: Proposals | None,
) -> tuple[int, int, int, int] | None:
    best: tuple[float, tuple[int, int, int, int] | None] = (-1.0, None)
    for head, layout in enumerate(layouts):
        cells, count = (place[:2] + 0.5) / layout.stride, np.array(shapes[layout.output][:2])
        if (cells > count + ROUNDING).any():  # a stride that was given need not cover the matrix
            continue
        row, column = np.minimum(np.floor(cells).astype(int), count - 1).tolist()
        fits = size_iou(place[None, 2:], layout.sizes)[0]
        if predicted is not None:
            here = (predicted.head == head) & (predicted.cell == [row, column]).all(1)
            said = np.nan_to_num(predicted.places[here], posinf=0.0)
            fits = iou(place, said)[0]
        for predictor, fit in enumerate(fits.tolist()):
            choice = (head, predictor, row, column)
            if choice not in taken and fit > best[0]:
                best = (fit, choice)
    return best[1]


def _write(
    target: Floats,
    layout: Layout,
    cell: tuple[int, int],
    predictor: int,
    place: Floats,
    code: int,
    grid: Grid,
) -> None:
    def put(number: int, value: float) -> None:
        target[layout.index(cell, predictor, number)] = value

    for axis, name in enumerate(FIELDS[:2]):
        put(layout.channels[name], (place[axis] + 0.5) / layout.stride[axis] - cell[axis])
    for axis, name in enumerate(FIELDS[2:]):
        ratio = place[2 + axis] / layout.sizes[predictor, axis]
        put(layout.channels[name], float(np.log(ratio)) if grid.size == "exp" else ratio)
    put(layout.channels["objectness"], 1.0)
    if layout.classes[1] > layout.classes[0]:
        put(layout.classes[0] + code, 1.0)


def learnt(grid: Grid, targets: Sequence[Floats], shapes: Sequence[Shape]) -> list[Floats]:
    """Return what a network that has learnt some targets returns: logits where the grid has them.

    Parameters
    ----------
    grid : Grid
        Whose targets these are.
    targets : sequence of array
        `Encoded.targets`, one per head.
    shapes : list of tuple
        Of each output of the model, without the sample axis.

    Returns
    -------
    list of array
        One per output; probabilities stay 1e-7 away from 0 and 1. Outputs that are no head are 0.

    Raises
    ------
    ValueError
        If these are not as many as the grid has heads.
    """
    if len(targets) != len(grid.heads):
        raise ValueError(
            f"targets holds {len(targets)} arrays, but the grid has {len(grid.heads)} heads; give "
            "one array per head."
        )
    outputs = [np.zeros(each) for each in shapes]
    for head, target in zip(grid.heads, targets, strict=True):
        boxes = np.array(target).reshape(*target.shape[:2], head.predictors, -1)
        order, classes = channels(grid.layout, boxes.shape[-1] - 5)
        chosen = [order[name] for name in FIELDS[:2]] if grid.centre == "sigmoid" else []
        chosen += [order["objectness"], *range(*classes)] if grid.scores == "logits" else []
        some = np.clip(boxes[..., chosen], SURE, 1 - SURE)
        boxes[..., chosen] = np.log(some) - np.log1p(-some)
        outputs[head.output] = boxes.reshape(target.shape)
    return outputs
