"""Cells that are picked out of a layer, as one flat vector: the end of a graph with another target.

Only the smallest box around them is cut out, so that a walk need not compute the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from keras import ops
from numpy.typing import NDArray

from heatbrush_core.graph.linear import Tensor


@dataclass(frozen=True, eq=False)
class Pick:
    """(N, ...) cells -> (N, k) of them.

    Attributes
    ----------
    starts, stops
        The box around them, along each axis but that of the batch.
    order
        (k,) which cell of the box comes where; None for all cells in their order.
    """

    starts: tuple[int, ...]
    stops: tuple[int, ...]
    order: NDArray[np.int32] | None

    @classmethod
    def of(cls, cells: NDArray[np.intp], shape: Sequence[int]) -> Self:
        """Pick the (k,) cells of these numbers out of a layer of that shape."""
        at = np.unravel_index(cells, tuple(shape))
        starts, stops = tuple(int(a.min()) for a in at), tuple(int(a.max()) + 1 for a in at)
        sizes = tuple(b - a for a, b in zip(starts, stops, strict=True))
        inside = tuple(a - start for a, start in zip(at, starts, strict=True))
        order = np.ravel_multi_index(inside, sizes).astype(np.int32)
        whole = np.array_equal(order, np.arange(int(np.prod(sizes))))
        return cls(starts, stops, None if whole else order)

    @property
    def count(self) -> int:
        """The number of cells that are picked."""
        return self.volume if self.order is None else len(self.order)

    @property
    def volume(self) -> int:
        """The number of cells in the box."""
        return int(np.prod([b - a for a, b in zip(self.starts, self.stops, strict=True)]))

    def moved(self, axes: Sequence[int]) -> Pick:
        """Pick the same cells where the box's lines along some axes are all that is given."""
        starts = tuple(0 if i + 1 in axes else a for i, a in enumerate(self.starts))
        lengths = zip(self.starts, self.stops, starts, strict=True)
        return replace(self, starts=starts, stops=tuple(b - a + new for a, b, new in lengths))

    def __call__(self, x: Tensor) -> Tensor:
        """Cut the box out, and pick."""
        box = tuple(slice(a, b) for a, b in zip(self.starts, self.stops, strict=True))
        flat = ops.reshape(x[(slice(None), *box)], (-1, self.volume))
        return flat if self.order is None else ops.take(flat, self.order, axis=1)
