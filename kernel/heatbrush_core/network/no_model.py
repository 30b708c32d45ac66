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
    why
        The sentence that refuses every question.
    lack
        The same in a clause.
    """

    name = "No model"

    def __init__(
        self, shape: Shape | None = None, why: str = NOTHING, lack: str = "there is no model"
    ) -> None:
        self.shape, self.why, self.without_graph = shape, why, lack
        self.offers = frozenset()

    def prepare(self, x: NDArray[Any], examples: Examples | None = None) -> NoReturn:
        """Refuse the question."""
        raise TypeError(self.why)

    def outputs(self, X: NDArray[Any]) -> NoReturn:
        """Refuse the question."""
        raise TypeError(self.why)
