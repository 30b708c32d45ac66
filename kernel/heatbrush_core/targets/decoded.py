"""What a decoder finds in one matrix, looked for once, and only if a target asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.outputs import Decoder, Found


@dataclass(frozen=True, eq=False)
class Decoded:
    """What a decoder finds in the outputs of a model for one matrix.

    Attributes
    ----------
    decoder
        The decoder.
    outputs
        What the model returned for the matrix, channels last, without the sample axis.
    shape
        (rows, columns) of the matrix.
    """

    decoder: Decoder
    outputs: Sequence[NDArray[Any]]
    shape: tuple[int, int]

    @cached_property
    def found(self) -> Found:
        """The things, best first."""
        return self.decoder.find(list(self.outputs), self.shape)

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Of each output."""
        return tuple(tuple(map(int, np.shape(each))) for each in self.outputs)


Look = Callable[[], Decoded]
"""Looks at one matrix; that may cost a pass of the model."""


def looked(look: Look | None, said: str) -> Decoded:
    """Look for things, where somebody can.

    Raises
    ------
    ValueError
        In one sentence.
    """
    if look is None:
        raise ValueError(
            f"{said} is found in what a model says of a matrix, but here is none; give it as "
            "target to an explainer that has outputs=, a decoder."
        )
    return look()


def unfrozen(said: str) -> ValueError:
    """Say that a target was not looked up in any matrix yet."""
    return ValueError(
        f"{said} stands for what a model finds in a matrix, but none was asked yet; give it as "
        "target to an explainer with a matrix, such as explainer.explain(x, method, target)."
    )
