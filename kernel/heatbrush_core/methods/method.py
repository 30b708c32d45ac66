"""What a method is: its name, its question, its needs, its parameters and its maths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from numpy.typing import NDArray

from heatbrush_core.methods import parameters
from heatbrush_core.network import Offer
from heatbrush_core.task import Task

Family = Literal["function", "signal", "attribution", "class activation"]


@dataclass(frozen=True, eq=False)
class Result:
    """What a method found.

    Attributes
    ----------
    values
        (H, W, C).
    score
        The score of the matrix that was explained.
    map
        (H, W), where a method scores all channels of a cell together; None: the sum of `values`.
    score_at_baseline, residual
        Where the method promises that its map sums to the difference of the two scores: the other
        score, and what the sum misses.
    """

    values: NDArray[Any]
    score: float
    map: NDArray[Any] | None = None
    score_at_baseline: float | None = None
    residual: float | None = None


@dataclass(frozen=True, eq=False)
class Method:
    """One entry of the registry; `Parameters` is the pydantic model of what the method takes.

    Attributes
    ----------
    name
        As `explain` takes it.
    family
        "function", "signal", "attribution" or "class activation", after Kindermans et al. (2018).
    question
        What it answers, one plain sentence.
    needs
        What the model must offer: "scores", "gradient" or "graph".
    compute
        (task, parameters) -> Result.
    maps
        (task, (N, H, W, C), parameters) -> (N, H, W, C): many matrices at once, for methods that
        others may average; None where that makes no sense.
    profile
        Whether a line of the map is summed, or averaged where cells are not parts of a sum.
    """

    name: str
    family: Family
    question: str
    needs: Offer
    Parameters: type[parameters.Parameters]
    compute: Callable[[Task, Any], Result]
    maps: Callable[[Task, NDArray[Any], Any], NDArray[Any]] | None = None
    profile: Literal["sum", "mean"] = "sum"

    def settings(self, given: dict[str, Any], shape: tuple[int, int]) -> parameters.Parameters:
        """Read `given` as the method's own parameters, checked against the (H, W) of the matrix."""
        checked = parameters.check(self.Parameters, self.name, given)
        return checked.resolved(shape)

    def validated(self, given: dict[str, Any], shape: tuple[int, ...]) -> dict[str, Any]:
        """Complete the parameters of a run on a matrix of that shape.

        Raises
        ------
        ValueError
            For an unknown name or an impossible value, in one sentence.
        """
        return dict(self.settings(given, (shape[0], shape[1])))

    def fields(self) -> list[dict[str, Any]]:
        """Make the method's form, one dict per parameter."""
        return parameters.fields(self.Parameters)

    def summary(self, given: dict[str, Any]) -> str:
        """Write a short text of the parameters, for titles."""
        return parameters.check(self.Parameters, self.name, given).summary()
