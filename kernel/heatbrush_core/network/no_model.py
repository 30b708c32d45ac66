"""No model at all: only ready maps are looked at, and every question is refused in a sentence."""

from __future__ import annotations

from typing import Any, NoReturn

from numpy.typing import NDArray

from heatbrush_core.network.network import Network, Shape
from heatbrush_core.network.self_check import Examples

NOTHING = "There is no model to ask; give an Explainer or a model beside the maps."


class NoModel(Network):
    """Stands where a model would be; offers nothing.

    Parameters
    ----------
    shape
        (H, W, C) of the matrices, as far as the maps tell it.
    """

    name = "No model"
    without_graph = "there is no model"

    def __init__(self, shape: Shape | None = None) -> None:
        self.shape = shape
        self.offers = frozenset()

    def prepare(self, x: NDArray[Any], examples: Examples | None = None) -> NoReturn:
        """Refuse the question."""
        raise TypeError(NOTHING)

    def outputs(self, X: NDArray[Any]) -> NoReturn:
        """Refuse the question."""
        raise TypeError(NOTHING)
