"""Which decoder the outputs of a model suit, where their shapes tell; else what they could be."""

from __future__ import annotations

from collections.abc import Sequence as Several
from dataclasses import dataclass

from heatbrush_core.matrix.axes import AxisName
from heatbrush_core.outputs.decoder import Decoder
from heatbrush_core.outputs.places import Shape, matrix_shape
from heatbrush_core.outputs.sequence import Sequence


@dataclass(frozen=True)
class Suit:
    """What the shapes of outputs tell.

    Attributes
    ----------
    decoder
        The one that they suit; None where more than one thing can have these shapes.
    why
        One sentence: what was seen, and, without a decoder, what to give.
    """

    decoder: Decoder | None
    why: str


def suits(shapes: Several[Shape], shape: Several[int]) -> Suit:
    """Say which decoder suits the outputs of a model, where that is safe.

    Safe is one thing only: one output of two axes (steps, classes), with as many steps as the
    matrix has columns, or rows, but not both, is a `Sequence`. A map of one channel can be
    landmarks, a segmentation, a matrix without its noise or any number per cell, and one of several
    channels also a grid of boxes: of these the decoder is to be given.

    Parameters
    ----------
    shapes : list of tuple
        Of each output of the model, without the sample axis.
    shape : (rows, columns)
        Of the matrix.

    Returns
    -------
    Suit
    """
    rows, columns = matrix_shape(shape)
    several = [tuple(each) for each in shapes]
    if len(several) != 1:
        return _unsure(several, "a model with several outputs can be anything", "Grid(heads=...)")
    (only,) = several
    if len(only) == 2 and only[1] > 1 and (only[0] == rows) != (only[0] == columns):
        axis: AxisName = "rows" if only[0] == rows else "columns"
        return Suit(
            Sequence(axis=axis),
            f"The output of shape {only} has an answer for each of the {only[0]} {axis}, so that "
            "it is read as a Sequence.",
        )
    if len(only) == 2:
        return _unsure(several, "no axis of the matrix alone has as many lines", "Sequence(axis=)")
    if len(only) == 4:
        return _unsure(several, "its anchors cannot be seen", "Grid(heads=[Head(anchors=...)])")
    if len(only) == 3:
        return _unsure(several, _of_map(only), "Heatmap(), Mask() or Grid()")
    return Suit(
        None,
        f"The output of shape {only} holds no places: take a class, or targets.Step(index); of "
        "steps, as those of a forecast, give outputs=Sequence(axis=None, threshold=None).",
    )


def _of_map(shape: Shape) -> str:
    if shape[2] == 1:
        return "a map of one channel can be landmarks, a mask or any number per cell"
    return f"a map of {shape[2]} channels can be landmarks, classes or boxes"


def _unsure(shapes: list[Shape], why: str, remedy: str) -> Suit:
    seen = ", ".join(map(str, shapes)) or "none"
    return Suit(
        None,
        f"No decoder was chosen for outputs of shape {seen}, since {why}; give outputs=, such as "
        f"{remedy}.",
    )
