"""How far matrices lie from others at each layer: in texture, by Gram matrices, and in content."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from keras import ops

from heatbrush_core.graph.graph import Graph, Slot
from heatbrush_core.graph.linear import Tensor
from heatbrush_core.targets import Content, Gram, Source
from heatbrush_core.walks.forward import forward


class Place(NamedTuple):
    """A layer: its slot in the graph, and its shape and axes for matrices of one size."""

    slot: Slot
    source: Source


def distances(graph: Graph, trio: Sequence[Tensor], places: Sequence[Place]) -> Tensor:
    """Compare matrices with two others each, at some layers in one pass.

    Parameters
    ----------
    graph
        It has the slots of all places.
    trio
        Three times (N, ...) matrices in the model's own layout.
    places
        L layers.

    Returns
    -------
    (L, 4, N)
        From the first to the second and to the third, as `targets.Gram` measures it, then as
        `targets.Content` does.
    """
    first, *others = (forward(graph, x) for x in trio)
    return ops.stack(
        [
            ops.stack(
                [
                    kind.difference(ops, first[slot], other[slot], source)
                    for kind in (Gram, Content)
                    for other in others
                ]
            )
            for slot, source in places
        ]
    )
