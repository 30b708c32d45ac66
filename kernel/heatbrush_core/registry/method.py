"""What a method is: its name, its question, its needs, its parameters and its maths."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.inference.task import Task
from heatbrush_core.maps.profiles import Errors
from heatbrush_core.network.network import Network, Offer
from heatbrush_core.registry import parameters

Family = Literal["function", "signal", "attribution", "class activation", "your own"]


LARGE = 0.05
"""Part of what a map should sum to from which its residual is said in a note."""
ROUNDING = 1e-5
"""Part of the sum of the sizes of all cells that single precision may lose."""


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
    score_at_baseline
        The score of the baseline, where the method has one.
    promised
        What the values of the whole matrix should sum to; None where the method promises nothing.
    errors
        Standard errors of the map and its profiles, where they are estimates from samples.
    notes
        Sentences about this map that whoever looks at it should read.
    conservation
        One row per node in which relevance can be lost, as `Explanation.conservation` tells.
    """

    values: NDArray[Any]
    score: float
    map: NDArray[Any] | None = None
    score_at_baseline: float | None = None
    promised: float | None = None
    errors: Errors = field(default_factory=Errors)
    notes: tuple[str, ...] = ()
    conservation: tuple[dict[str, Any], ...] = ()

    @functools.cached_property
    def residual(self) -> float | None:
        """The sum of the whole map minus what it should be; None where nothing is promised."""
        if self.promised is None:
            return None
        # cells outside a region that a method could not touch are NaN
        return float(np.nansum(self.values, dtype=np.float64)) - self.promised

    @property
    def missed(self) -> tuple[str, ...]:
        """Say that the residual is large, more than `LARGE` of what was promised."""
        residual = self.residual
        if residual is None or self.promised is None:
            return ()
        if abs(residual) <= LARGE * abs(self.promised):
            return ()
        # where cells cancel, their rounding alone is large against a sum near 0
        if abs(residual) <= ROUNDING * float(np.nansum(np.abs(self.values), dtype=np.float64)):
            return ()
        due = "the score" if self.score_at_baseline is None else "the difference of the two scores"
        share = f"{abs(residual / self.promised):.0%}".replace("%", " %") if self.promised else ""
        size = f"{share} of {due} that the map should sum to" if share else f"{residual:.2g}, not 0"
        where = "; conservation() tells which layers took it" if self.conservation else ""
        return (f"The residual is {size}: so much of the sum lies in no cell{where}.",)

    @classmethod
    def of_cells(cls, map: NDArray[Any], channels: int, score: float, **more: Any) -> Result:
        """Make a result of a method that scores all channels of a cell together."""
        values = np.repeat(map[..., None] / channels, channels, axis=2)
        return cls(values, score, map, **more)


@dataclass(frozen=True, eq=False)
class Method:
    """One entry of the registry; `Parameters` is the pydantic model of what the method takes.

    Attributes
    ----------
    name
        As `explain` takes it.
    family
        "function", "signal", "attribution" or "class activation", after Kindermans et al.
        (2018); or "your own".
    question
        What it answers, one plain sentence.
    needs
        What the model must offer: "scores", "gradient" or "graph".
    compute
        (task, parameters) -> Result, for methods that take many passes for each matrix.
    together
        (task, (N, H, W, C), parameters) -> N Results, for methods that take one pass for many
        matrices. A method has either of the two.
    profile
        Whether a line of the map is summed, or averaged where cells are not parts of a sum.
    needs_background
        Whether the explainer must have typical matrices.
    shares
        Whether it shares the score out, beginning with what it is a sum of: the outputs.
    refuses
        Says why the method cannot run on a network that offers what it needs; empty where it can.
    """

    name: str
    family: Family
    question: str
    needs: Offer
    Parameters: type[parameters.Parameters]
    compute: Callable[[Task, Any], Result] | None = None
    together: Callable[[Task, NDArray[Any], Any], list[Result]] | None = None
    profile: Literal["sum", "mean"] = "sum"
    needs_background: bool = False
    shares: bool = False
    refuses: Callable[[Network], str] | None = None

    def settings(self, given: dict[str, Any], shape: tuple[int, int]) -> parameters.Parameters:
        """Read `given` as the method's own parameters, checked against the (H, W) of the matrix."""
        checked = parameters.check(self.Parameters, self.name, given)
        return checked.resolved(shape)

    def validated(self, given: dict[str, Any], shape: tuple[int, ...]) -> dict[str, Any]:
        """Complete the parameters of a computation on a matrix of that shape.

        Raises
        ------
        ValueError
            For an unknown name or an impossible value, in one sentence.
        """
        return dict(self.settings(given, (shape[0], shape[1])))

    def one(self, task: Task, settings: Any) -> Result:
        """Explain the task's matrix."""
        if self.compute is not None:
            return self.compute(task, settings)
        return self.each(task, task.x[None], settings)[0]

    def each(self, task: Task, X: NDArray[Any], settings: Any) -> list[Result]:
        """Explain each of (N, H, W, C) matrices, in one batch where the method can."""
        if self.together is not None:
            return self.together(task, X, settings)
        return [self.one(task.quiet(x), settings) for x in X]

    def fields(self) -> list[dict[str, Any]]:
        """Make the method's form, one dict per parameter."""
        return parameters.fields(self.Parameters)

    def summary(self, given: dict[str, Any]) -> str:
        """Write a short text of the parameters, for titles."""
        return parameters.check(self.Parameters, self.name, given).summary()
