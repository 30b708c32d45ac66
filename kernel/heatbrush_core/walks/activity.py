"""Which units of a model's nodes move at all over some matrices, and which never do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from keras import ops
from numpy.typing import NDArray

from heatbrush_core.graph.graph import Graph
from heatbrush_core.graph.inputs.still import still
from heatbrush_core.graph.linear import Tensor
from heatbrush_core.walks.forward import Tensors

Extremes = Mapping[str, tuple[NDArray[np.floating], NDArray[np.floating]]]
"""By node, the lowest and the highest output over some matrices, place by place."""

SAME = 1e-6
"""Rounding in single precision, as a share of a unit's largest output."""


def extremes(graph: Graph, tensors: Tensors) -> dict[str, tuple[Tensor, Tensor]]:
    """Take the lowest and the highest output of each node that has units, over a batch.

    What no matrix reaches is left out.
    """
    found, unmoved = {}, still(graph)
    for node in graph.nodes:
        if node.kind != "structure" and node not in unmoved:
            values = tensors[node.outputs[0]]
            found[node.name] = ops.min(values, axis=0), ops.max(values, axis=0)
    return found


def never_active(graph: Graph, batches: Iterable[Extremes]) -> dict[str, str]:
    """Count the units of each node that no matrix moves, in words: "3 of 64".

    A unit is a channel. It moves where at any place its output differs between two matrices: a
    rectifier that never opens does not, nor does what takes from such units only.
    """
    lowest: dict[str, NDArray[np.floating]] = {}
    highest: dict[str, NDArray[np.floating]] = {}
    for batch in batches:
        for name, (low, high) in batch.items():
            lowest[name] = np.minimum(lowest.get(name, low), low)
            highest[name] = np.maximum(highest.get(name, high), high)
    return {name: _still(lowest[name], highest[name], graph.channels_first) for name in lowest}


def _still(low: NDArray[np.floating], high: NDArray[np.floating], channels_first: bool) -> str:
    """Count the units of one node whose lowest and highest outputs are the same everywhere."""
    if channels_first and low.ndim > 1:
        low, high = np.moveaxis(low, 0, -1), np.moveaxis(high, 0, -1)
    units = low.shape[-1]
    low, high = low.reshape(-1, units), high.reshape(-1, units)
    # of the unit's own size: sums that nearly cancel keep the rounding of what they are made of
    size = np.maximum(np.abs(low), np.abs(high)).max(axis=0)
    still = (high - low).max(axis=0) <= SAME * size
    return f"{int(still.sum())} of {units}"
