"""The inputs of a Keras model: the held ones as constants of its graph."""

from __future__ import annotations

from typing import Any

import numpy as np

from heatbrush_core.graph.inputs.held import HeldInput
from heatbrush_core.graph.inputs.names import Taken, arranged, taken
from heatbrush_core.graph.linear import Tensor
from heatbrush_core.graph.model import precision
from heatbrush_core.graph.tracing import functional_behind
from heatbrush_core.network.inputs.inputs import Inputs, Name, Spec, Values, chosen, named_or_listed


class KerasInputs(Inputs):
    """The inputs of a Keras model, whose held values are read whenever it runs.

    Attributes
    ----------
    held
        The held inputs by name, as the graph has them.
    """

    def __init__(
        self,
        matrix: Name,
        dtype: str,
        every: list[Taken] | None = None,
        note: str = "",
    ) -> None:
        others = [each for each in every or [] if each.name != matrix]
        specs: dict[Name, Spec] = {
            each.name: Spec(each.shape, "float" not in each.dtype) for each in others
        }
        super().__init__(matrix, None if every is None else specs, note)
        self._dtype, self._every = dtype, every
        self.held: dict[Name, HeldInput] = {
            each.name: HeldInput(each.name, each.shape, self._typed(each.dtype)) for each in others
        }

    def again(self) -> KerasInputs:
        """Make the same for a copy of the model."""
        return KerasInputs(self.matrix, self._dtype, self._every, self.note)

    def in_order(self) -> list[HeldInput | None]:
        """List what stands for each input of a functional model: None for the matrix."""
        assert self._every is not None
        return [self.held.get(each.name) for each in self._every]

    def put(self, values: Values) -> None:
        """Hold these values from now on."""
        for name, value in values.items():
            if name not in self.held:  # of a model that does not show its inputs
                whole = np.issubdtype(value.dtype, np.integer)
                kind = str(value.dtype) if whole else self._dtype
                self.held[name] = HeldInput(str(name), value.shape[1:], kind)
            self.held[name].put(value)
        super().put(values)

    def around(self, X: Tensor, model: Any) -> Any:
        """Put a batch of matrices, as the model takes them, among the held inputs."""
        held = {name: each.like(X) for name, each in self.held.items()}
        if self._every is None:
            return named_or_listed(self.matrix, X, held)
        values = [held.get(each.name, X) for each in self._every]
        return arranged(functional_behind(model), values)

    def _typed(self, dtype: str) -> str:
        return self._dtype if "float" in dtype else dtype


def opened_inputs(
    model: Any, wanted: Name | KerasInputs | None, subject: str
) -> KerasInputs | None:
    """Find the inputs of a model; None where it takes a matrix alone.

    Raises
    ------
    ValueError
        In one sentence, where the matrix is not among them, or may be any of several.
    """
    if isinstance(wanted, KerasInputs):
        return wanted
    functional, dtype = functional_behind(model), precision(model)
    if functional is None:
        return None if wanted is None else KerasInputs(wanted, dtype)
    every = taken(functional)
    place, note = chosen(
        [each.name for each in every], [each.shape for each in every], wanted, subject
    )
    if len(every) == 1:
        return None
    return KerasInputs(every[place].name, dtype, every, note)
