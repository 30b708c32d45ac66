"""Which operations take windows, or whole axes, together: their sizes, and what they become."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from heatbrush_core.graph.layers import known

POOLINGS = {"MaxPooling1D", "MaxPooling2D", "MaxPool"}
POOLINGS |= {"AveragePooling1D", "AveragePooling2D", "AveragePool"}
REDUCTIONS = {"Mean": "mean", "Sum": "sum", "Max": "max", "Amax": "max"}


class Pooling(NamedTuple):
    """The windows of a pooling, along its axes in order."""

    sizes: tuple[int, ...]
    strides: tuple[int, ...]
    padding: str


class Reduction(NamedTuple):
    """What some axes become: their "mean", "sum" or "max"."""

    how: str
    axes: frozenset[int]


def pooling(operation: Any, rank: int) -> Pooling | None:
    """Take the windows of a pooling of tensors of some rank; None for anything else."""
    if known(operation) not in POOLINGS:
        return None
    sizes = _each(operation.pool_size, rank - 2)
    strides = _each(operation.strides, rank - 2) if operation.strides else sizes
    return Pooling(sizes, strides, operation.padding)


def reduction(operation: Any, rank: int) -> Reduction | None:
    """Take an operation as one that leaves one cell of some axes; None for anything else."""
    name = known(operation)
    if pooled := re.fullmatch(r"Global(Average|Max)Pooling\dD", name):
        first = operation.data_format == "channels_first"
        axes = frozenset(range(2, rank) if first else range(1, rank - 1))
        return Reduction("mean" if pooled[1] == "Average" else "max", axes)
    if name not in REDUCTIONS or getattr(operation, "initial", None) is not None:
        return None
    given = range(rank) if operation.axis is None else _each(operation.axis, 1)
    return Reduction(REDUCTIONS[name], frozenset(axis % rank for axis in given))


def _each(given: Any, count: int) -> tuple[int, ...]:
    """Take one number for each of some axes."""
    return (given,) * count if isinstance(given, int) else tuple(given)
