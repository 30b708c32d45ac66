"""One step of the delta walk: which node is computed again, how, and how far a change reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from heatbrush_core.graph import pooling
from heatbrush_core.graph.graph import Node, Slot
from heatbrush_core.walks.delta.reach import Reaches, Window

How = Literal[
    "cells",  # the node itself, on the stretch, or where that must be on the whole
    "kernel",  # a convolution without padding of its own
    "pool",  # a pooling without padding of its own
    "moved",  # cells and channels are copied
    "picked",  # some cells are all that is left of a map
    "reduced",  # the mean, sum or largest of the whole map: what changed of it is added
    "vector",  # no rows and columns are left: the difference to what it was before is carried on
]


@dataclass(frozen=True, eq=False)
class Step:
    """One node of the delta walk.

    Attributes
    ----------
    node
        What is computed.
    how
        In which way.
    reach
        How its output depends on its input, along rows and along columns.
    reads
        Per input, whether the node needs a larger window of it than was computed, so that cells,
        new ones and old, must be gathered first.
    outputs
        What is made; all outputs of the node but where each is moved in its own way.
    channels
        Where "moved": the input channel of each output channel; None for the same.
    """

    node: Node
    how: How
    reach: Reaches
    reads: tuple[bool, ...]
    outputs: tuple[Slot, ...]
    channels: tuple[int, ...] | None = None

    def describe(self) -> str:
        """Say in a few words how the node is computed again."""
        if self.how in ("reduced", "vector"):
            return "difference"
        if self.how == "picked":
            return "some cells"
        windows = [each for each in self.reach if isinstance(each, Window)]
        if len(windows) == 2:
            steps = [str(window.stride) for window in windows]
            step = "" if steps == ["1", "1"] else f", step {' × '.join(steps)}"
            return f"window {' × '.join(str(window.size) for window in windows)}{step}"
        rows, columns = (each.describe() for each in self.reach)
        return rows if rows == columns else f"rows {rows}, columns {columns}"

    @property
    def averages_padding(self) -> bool:
        """Whether it averages windows that may hang over the edge, of which padding is no part."""
        if self.how != "pool" or self.node.kind != "mean":
            return False
        windows = pooling.pooling(self.node.operation, len(self.node.inputs[0].shape))
        return windows is not None and windows.padding == "same"

    @property
    def reduction(self) -> str:
        """Where "reduced": what the whole map becomes, its "mean", "sum" or "max"."""
        found = pooling.reduction(self.node.operation, len(self.node.inputs[0].shape))
        assert found is not None
        return found.how
