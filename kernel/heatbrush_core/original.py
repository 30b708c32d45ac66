"""A matrix whose scores are known, and what changes of it do to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.changes import Boxes, Changes

if TYPE_CHECKING:
    from heatbrush_core.network import Network


class Way(NamedTuple):
    """How many changes are computed.

    Attributes
    ----------
    incremental
        Whether only what a change reaches is computed again.
    work
        The kind of work, for the pace of batches.
    bytes
        Memory of one change; None for that of a matrix.
    seconds
        Estimated time of one change; None where nothing is known.
    """

    incremental: bool = False
    work: str = "scores"
    bytes: float | None = None
    seconds: float | None = None


class Original:
    """One matrix; each change of it is asked of the model as a whole matrix.

    Parameters
    ----------
    network
        The model.
    x
        (H, W, C).

    Attributes
    ----------
    outputs
        (units,) the model's outputs for x.
    """

    def __init__(self, network: Network, x: NDArray[Any]) -> None:
        self.network, self.x = network, x
        self.outputs = self._first_outputs()

    def _first_outputs(self) -> NDArray[np.float64]:
        return self.network.outputs(self.x[None])[0]

    def way(self, boxes: Boxes) -> Way:
        """Choose how changes inside these boxes are computed, by what either way costs."""
        return Way()

    def differences(self, changes: Changes, which: slice, way: Way) -> NDArray[np.float64]:
        """(N', units) outputs for some of the changes, less those for x."""
        return self.network.outputs(changes.matrices(which)) - self.outputs
