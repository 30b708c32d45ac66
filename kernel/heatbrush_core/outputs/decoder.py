"""What every decoder is: a frozen object that reads things out of the outputs of a model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import Field

from heatbrush_core.checks import Strict, listed
from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.matrix.axes import Axis
from heatbrush_core.outputs.places import Shape, arrays, matrix_shape
from heatbrush_core.outputs.things import Found

if TYPE_CHECKING:
    import pandas as pd

Positive = Annotated[float, Field(gt=0)]
Stride = tuple[Positive, Positive] | None
Index = Annotated[int, Field(ge=0)]


class Decoder(Strict, ABC):
    """The base of `Heatmap`, `Mask`, `Grid` and `Sequence`."""

    noun = "A decoder"

    @property
    def reads(self) -> tuple[int, ...]:
        """Which outputs of the model it reads."""
        return (getattr(self, "output", 0),)

    @property
    def logits(self) -> bool:
        """Whether it takes scores for logits."""
        return getattr(self, "scores", "values") == "logits"

    @abstractmethod
    def check(self, shapes: Sequence[Shape], shape: Sequence[int]) -> None:
        """Refuse outputs of a shape that it cannot read.

        Parameters
        ----------
        shapes : list of tuple
            Of each output of the model, without the sample axis.
        shape : (rows, columns)
            Of the matrix.

        Raises
        ------
        ValueError
            One sentence: what was seen, and what is needed.
        """

    @property
    @abstractmethod
    def more(self) -> dict[str, type]:
        """The columns that its things have besides those of all, and the kind of their numbers."""

    @abstractmethod
    def _find(self, outputs: list[Floats], shape: tuple[int, int]) -> Found:
        """Read outputs that were checked."""

    def find(self, outputs: Any, shape: Sequence[int]) -> Found:
        """Find what the outputs for one sample say is there, with what each was read from.

        Parameters
        ----------
        outputs : array, or list or dict of arrays
            What the model returned for the sample, without the sample axis.
        shape : (rows, columns)
            Of the matrix; channels after them do not count.

        Returns
        -------
        Found
            Things, best first, and sentences.

        Raises
        ------
        ValueError
            One sentence, if the outputs do not fit.
        """
        given, size = arrays(outputs), matrix_shape(shape)
        self.check([each.shape for each in given], size)
        found = self._find(given, size)
        return Found(found.things, (*_unknown(given), *found.notes), self.more)

    def decode(
        self, outputs: Any, shape: Sequence[int], axes: tuple[Axis, Axis] | None = None
    ) -> pd.DataFrame:
        """Find what the outputs for one sample say is there, as a table.

        Parameters
        ----------
        outputs : array, or list or dict of arrays
            What the model returned for the sample, without the sample axis.
        shape : (rows, columns)
            Of the matrix.
        axes : (Axis, Axis) or None
            The names of its rows and columns. Default None, which counts them.

        Returns
        -------
        DataFrame
            A row per thing, best first: kind, row and column (the centre in index units: (0, 0) is
            the centre of the first cell), height and width (in cells; NaN for landmarks), score,
            class, head; row_value, height_value, column_value and width_value are the same in the
            units of the axes. Landmarks with an orientation have an angle, boxes a predictor.
            `attrs["notes"]` holds sentences, also where nothing was found.

        Raises
        ------
        ValueError
            One sentence, if the outputs do not fit.
        """
        size = matrix_shape(shape)
        rows, columns = axes or (None, None)
        named = Axis.make(rows, size[0], "rows"), Axis.make(columns, size[1], "columns")
        return self.find(outputs, size).table(*named)


def _unknown(outputs: list[Floats]) -> list[str]:
    """Say which outputs hold cells that are no numbers."""
    counts = [int(np.isnan(each).sum()) for each in outputs]
    return [
        f"Output {number} is NaN in {count} of its {outputs[number].size} cells; nothing is found "
        "there."
        for number, count in enumerate(counts)
        if count
    ]


def output_shape(shapes: Sequence[Shape], output: int, noun: str, ranks: dict[int, str]) -> Shape:
    """Take the shape of one output; refuse one that is not there, or has another rank.

    `ranks` says for each rank that can be read what the axes are.
    """
    if output >= len(shapes):
        raise ValueError(
            f"{noun} reads output {output}, but the model has {len(shapes)}, counted from 0; give "
            "the index of one of these."
        )
    shape = shapes[output]
    if len(shape) not in ranks or 0 in shape:
        raise ValueError(
            f"{noun} was given an output of shape {shape}, but {' or '.join(ranks.values())} of at "
            "least one cell is expected, without the sample axis; give another decoder"
            f"{'' if len(shapes) == 1 else ', or the index of another output'}."
        )
    return shape


def check_channel(channel: int, count: int, noun: str, name: str) -> None:
    """Refuse a channel that is not there."""
    if channel >= count:
        raise ValueError(
            f"{noun} has {name}={channel}, but the output has {count} "
            f"channel{'s' * (count != 1)}, counted from 0; give one of these."
        )


def check_classes(names: tuple[str, ...] | None, count: int, noun: str) -> None:
    """Refuse names that are more or fewer than the classes."""
    if names is not None and len(names) != count:
        raise ValueError(
            f"{noun} has {len(names)} classes ({listed(names)}), but the output has channels for "
            f"{count}; give {count} names, or None."
        )


def label_of(names: tuple[str, ...] | None, code: int) -> str | int:
    """Name a class; its index where no names were given."""
    return code if names is None else names[code]


def code_of(names: tuple[str, ...] | None, label: Any, count: int, noun: str) -> int:
    """Look a class up: the inverse of `label_of`.

    Raises
    ------
    ValueError
        If there is none.
    """
    if names is not None and label in names:
        return names.index(label)
    if names is None and isinstance(label, int | np.integer) and 0 <= label < count:
        return int(label)
    known = listed(names) if names is not None else f"0 to {count - 1}"
    raise ValueError(f"There is no class {label!r} among {noun}'s ({known}); give one of these.")
