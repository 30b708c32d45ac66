"""Which axis of the matrix is time, as far as layers tell that run along one axis."""

from __future__ import annotations

from typing import Literal

from heatbrush_core.graph import layers
from heatbrush_core.graph.analysis.grids import grids
from heatbrush_core.graph.graph import Graph, Node


def time_axis(graph: Graph) -> Literal["rows", "columns"] | None:
    """Find the axis that one-dimensional convolutions and recurrent layers run along.

    None where there are no such layers, where they see neither axis whole, and where some run along
    the rows and others along the columns.
    """
    found: set[Literal["rows", "columns"]] = set()
    for node in graph.nodes:
        grid = grids(graph).get(node.inputs[0]) if node.inputs else None
        along = _along(node)
        if grid is None or along is None:
            continue
        if grid.rows == along:
            found.add("rows")
        if grid.columns == along:
            found.add("columns")
    return found.pop() if len(found) == 1 else None


def _along(node: Node) -> int | None:
    """Tell along which axis of its input a layer runs; None where it is no layer of this kind."""
    if layers.is_recurrent(node.operation):
        return 1
    if not layers.is_convolution_1d(node.operation):
        return None
    return 2 if layers.is_channels_first(node.operation) else 1
