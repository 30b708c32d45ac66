"""Which axis of a matrix is time, as far as the names along it or the model's layers tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from heatbrush_core.matrix.axes import AXES, AxisName, are_times

if TYPE_CHECKING:
    from heatbrush_core.graph.graph import Graph


def told(rows: Any, columns: Any, graph: Graph | None) -> AxisName | None:
    """Take the axis that alone has dates as names, else the one that layers over time run along."""
    given = zip(AXES, (rows, columns), strict=True)
    dated = [axis for axis, names in given if are_times(names, axis)]
    if len(dated) == 1:
        return dated[0]
    if graph is None:
        return None
    from heatbrush_core.graph.analysis.time_axis import time_axis  # needs Keras

    return time_axis(graph)
