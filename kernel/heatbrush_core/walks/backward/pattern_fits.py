"""What patterns are fitted from, and what was fitted: plain arrays, without TensorFlow."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Estimator = Literal["relu", "linear"]
Use = Literal["signal", "attribution"]
Key = tuple[str, Estimator]
"""The name of a linear node, and what is fitted for it."""
LINEAR: Estimator = "linear"


@dataclass(frozen=True, eq=False)
class Moments:
    """Sums over matrices and positions, in float64.

    Attributes
    ----------
    xy, x
        Of x times y and of x, where the unit is active; in the shape of the kernel.
    active
        (units,) how often each is active.
    y, count
        (units,) of y, and the number of values, over everything.
    """

    xy: NDArray[np.float64]
    x: NDArray[np.float64]
    active: NDArray[np.float64]
    y: NDArray[np.float64]
    count: NDArray[np.float64]

    def __add__(self, other: Moments) -> Moments:
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return Moments(*(mine + its for mine, its in pairs))


@dataclass(frozen=True, eq=False)
class Fit:
    """The patterns of all linear nodes.

    Attributes
    ----------
    patterns
        By the name of the node, in the shape of its whole kernel; zeros for a unit that was never
        active or never varied.
    notes
        What whoever sees a map made of them should know.
    background, weights
        What they belong to: the matrices, and the state of the weights and of what is held.
    """

    patterns: dict[str, NDArray[np.float64]]
    notes: tuple[str, ...]
    background: NDArray[Any]
    weights: Hashable
