"""What a running explanation tells its caller, and how the caller stops it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


class Cancelled(Exception):
    """Raised by `Explainer.explain` when its `cancel` event was set."""


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes
    ----------
    done, total
        Units of work (windows, steps, samples) finished, and all of them.
    map
        (H, W) float32, what is known so far, NaN where nothing is; None where a method has no map
        before it ends.
    """

    done: int
    total: int
    map: NDArray[np.float32] | None = None


Listener = Callable[[Progress], None]
