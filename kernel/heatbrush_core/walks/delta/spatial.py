"""The shape of a tensor, read as (N, rows, columns, channels) whatever its own axes are."""

from __future__ import annotations

import math
from dataclasses import dataclass

from heatbrush_core.graph.analysis.grids import GridAxes

LOST = GridAxes(None, None)


@dataclass(frozen=True)
class SpatialShape:
    """The shape of a tensor, read as (N, rows, columns, channels).

    Attributes
    ----------
    grid
        Which of its own axes are rows and columns.
    shape
        Its own shape, batch axis first.
    """

    grid: GridAxes
    shape: tuple[int, ...]

    @property
    def sizes(self) -> tuple[int, int]:
        """Cells along rows and columns, 1 for an axis that is lost."""
        h, w = (1 if axis is None else self.shape[axis] for axis in self.grid)
        return h, w

    @property
    def channels(self) -> int:
        """All that is neither rows nor columns."""
        return self.volume // math.prod(self.sizes)

    @property
    def volume(self) -> int:
        """Numbers of one matrix."""
        return math.prod(self.shape)

    @property
    def axes(self) -> frozenset[int]:
        """Its own axes that are rows or columns."""
        return frozenset(axis for axis in self.grid if axis is not None)

    @property
    def is_plain(self) -> bool:
        """Whether its own axes are (N, rows, columns, channels) already."""
        return self.grid == (1, 2) and len(self.shape) == 4

    @property
    def is_upright(self) -> bool:
        """Whether rows come before columns, or only one of the two is there."""
        axes = [axis for axis in self.grid if axis is not None]
        return axes == sorted(axes)

    @property
    def is_vector(self) -> bool:
        """Whether it has neither rows nor columns."""
        return self.grid == LOST
