"""What the outputs are made of: the rows and columns of each layer that any of them reads.

Where a target is one cell of a map, a window elsewhere changes most layers without reaching it.
Only what is changed and needed is computed again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from heatbrush_core.graph.graph import Graph, Slot
from heatbrush_core.walks.delta.reach import Cropped, Reach, Span
from heatbrush_core.walks.delta.spatial import SpatialShape
from heatbrush_core.walks.delta.steps import Step

Range = tuple[int, int]
"""The first cell along an axis, and the one behind the last."""
Ranges = tuple[Range, Range]
"""Along rows and along columns."""


def whole(shape: SpatialShape) -> Ranges:
    """Take all rows and columns."""
    rows, columns = shape.sizes
    return (0, rows), (0, columns)


def needs(
    graph: Graph,
    shapes: Mapping[Slot, SpatialShape],
    steps: Sequence[Step],
    windows_of: Mapping[Slot, Slot | None],
) -> dict[Slot, Ranges]:
    """Go back from the outputs, and find what is read of each slot.

    Parameters
    ----------
    graph, shapes, steps
        As in `Locality`.
    windows_of
        The slot whose windows a slot shares; such slots are needed together. None where a change
        reaches every cell.

    Returns
    -------
    dict
        By the slot whose windows are shared; what is missing there is needed as a whole.
    """
    found: dict[Slot, Ranges] = {}
    for step in reversed(steps):
        root = windows_of[step.outputs[0]]
        wanted = None if root is None else found.get(root)
        if step.how == "picked":
            wanted = (0, 1), (0, 1)
        elif step.how in ("reduced", "vector") or graph.logits in step.outputs:
            wanted = None  # all of it
        for slot in step.node.inputs:
            shared = windows_of[slot]
            if shared is None:
                continue
            read = whole(shapes[slot]) if wanted is None else _read(step, shapes[slot], wanted)
            known = found.get(shared)
            found[shared] = read if known is None else _both(known, read)
    return found


def _read(step: Step, shape: SpatialShape, wanted: Ranges) -> Ranges:
    rows, columns = (
        (0, 1)
        if shape.grid[which] is None
        else _along(step.reach[which], wanted[which], shape.sizes[which])
        for which in (0, 1)
    )
    return rows, columns


def _along(reach: Reach, wanted: Range, size: int) -> Range:
    """Find the stretch that makes the wanted one along one axis, of `size` cells."""
    low, high = wanted
    if isinstance(reach, Cropped):
        # it is run as a whole, but what does not reach the wanted cells may be what it likes
        cells = np.flatnonzero((reach.first < high) & (reach.last >= low))
    else:
        cells = reach.read(Span(np.array([low], np.intp), high - low), size).ravel()
        cells = cells[cells >= 0]
    return (int(cells.min()), int(cells.max()) + 1) if cells.size else (0, 1)


def _both(one: Ranges, other: Ranges) -> Ranges:
    rows, columns = ((min(a, c), max(b, d)) for (a, b), (c, d) in zip(one, other, strict=True))
    return rows, columns
