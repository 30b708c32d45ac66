"""The masks that Keras carries beside tensors, followed from layer to layer with symbols.

Keras keeps the mask of a tensor as an attribute of it: which steps of a sequence count. Most layers
hand it on; attention, recurrent layers and some merges read it. In a graph a mask is a slot like
any other, since it depends on the input as everything does.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import keras
from keras import layers, tree

from heatbrush_core.graph.graph import Slot
from heatbrush_core.graph.linear import Tensor

FORGETS = (layers.MultiHeadAttention,)
"""What takes the mask off the tensors that it reads."""
READS = (*FORGETS, layers.Multiply, layers.Maximum, layers.Minimum)
"""What looks at the masks of its tensors itself, beside or instead of what `call` is given."""


class MadeMask(NamedTuple):
    """A mask that a layer makes: (*tensors of `inputs`) -> (the mask,), to be held by `slot`."""

    call: Callable[..., tuple[Tensor, ...]]
    inputs: list[Slot]
    slot: Slot


class Masks:
    """Which slot is the mask of which, while a model is walked in the order in which it runs."""

    def __init__(self) -> None:
        self._of: dict[Slot, Slot] = {}

    def of(self, value: Any) -> Slot | None:
        """Find the mask of a slot; None where it has none, and for what is no slot."""
        return self._of.get(value) if isinstance(value, Slot) else None

    def put(self, values: Any, masks: Any) -> None:
        """Give the slots of a model inside the masks that it was called with."""
        for value, mask in zip(tree.flatten(values), tree.flatten(masks), strict=False):
            if isinstance(mask, Slot):
                self._of[value] = mask

    def passed(self, operation: Any, args: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Add the masks that Keras gives a layer's `call` beside its tensors.

        They are called "mask" where one argument is a tensor or a list of tensors, and after their
        argument, such as "query_mask", where several are.
        """
        if not isinstance(operation, keras.Layer):
            return kwargs
        bound = inspect.signature(operation.call).bind(*args, **kwargs)
        bound.apply_defaults()
        tensors = {name: each for name, each in bound.arguments.items() if _holds_tensors(each)}
        found = {}
        for name, value in tensors.items():
            wanted = "mask" if len(tensors) == 1 else f"{name}_mask"
            masks = tree.map_structure(self.of, value)
            if bound.arguments.get(wanted, 0) is None and _slots(masks):
                found[wanted] = masks
        return {**kwargs, **found}

    def read(self, operation: Any, inputs: Sequence[Slot]) -> list[Slot | None]:
        """List the mask of each input that a layer itself looks at; empty where it does not."""
        masks = [self.of(slot) for slot in inputs] if isinstance(operation, READS) else []
        return masks if any(mask is not None for mask in masks) else []

    def follow(
        self, made: Any, args: Any, kwargs: dict[str, Any], outputs: Sequence[Slot]
    ) -> list[MadeMask]:
        """Find the masks of a call's outputs: what is handed on, and what has to be made.

        Parameters
        ----------
        made
            The call, a Keras node.
        args, kwargs
            What it is called with, slots in the place of tensors, and with the masks passed.
        outputs
            The slots of its results.
        """
        layer = made.operation
        if not isinstance(layer, keras.Layer):
            return []
        first = args[0] if args else next(iter(kwargs.values()), None)
        previous = kwargs.get("mask")
        if previous is None:
            previous = tree.map_structure(self.of, first)
        self._forget(made, args, kwargs)
        if not layer.supports_masking:
            return []
        return self._computed(made, (first, previous), outputs)

    def _forget(self, made: Any, args: Any, kwargs: dict[str, Any]) -> None:
        if not isinstance(made.operation, FORGETS):
            return
        signature = inspect.signature(made.operation.call)
        given = signature.bind(*args, **kwargs).arguments
        types = {str(t.dtype) for t in made.input_tensors}
        if types == {made.operation.compute_dtype}:  # else it is a copy that loses its mask
            for name in given.keys() & {"query", "value", "key"}:
                self._of.pop(given[name], None)

    def _computed(
        self, made: Any, given: tuple[Any, Any], outputs: Sequence[Slot]
    ) -> list[MadeMask]:
        """Ask the layer with symbols of Keras what becomes of its masks."""
        layer = made.operation
        symbols = {slot: keras.KerasTensor(slot.shape, "bool") for slot in _slots(given[1])}
        numbers = str(made.input_tensors[0].dtype)
        symbols.update((slot, keras.KerasTensor(slot.shape, numbers)) for slot in _slots(given[0]))
        masks = {id(symbols[slot]): slot for slot in _slots(given[1])}
        found = tree.flatten(layer.compute_mask(*_replaced(given, symbols)))
        if all(mask is None for mask in found):
            return []
        inputs, new = _slots(given), []
        for index, (output, mask) in enumerate(zip(outputs, found, strict=False)):
            if id(mask) in masks:
                self._of[output] = masks[id(mask)]
            elif mask is not None:
                self._of[output] = Slot(mask.shape)
                new.append(MadeMask(_maker(layer, given, index), inputs, self._of[output]))
        return new


def _maker(layer: Any, given: tuple[Any, Any], index: int) -> Callable[..., tuple[Tensor, ...]]:
    """Make the call that computes one of a layer's masks."""

    def call(*tensors: Tensor) -> tuple[Tensor, ...]:
        left = iter(tensors)
        filled = tree.map_structure(lambda v: next(left) if isinstance(v, Slot) else v, given)
        return (tree.flatten(layer.compute_mask(*filled))[index],)

    return call


def _replaced(structure: Any, by: dict[Slot, Any]) -> Any:
    return tree.map_structure(lambda v: by[v] if isinstance(v, Slot) else v, structure)


def _holds_tensors(value: Any) -> bool:
    """Tell whether an argument is a tensor, or a structure of nothing else."""
    leaves = tree.flatten(value)
    return (
        bool(leaves)
        and all(
            leaf is None or isinstance(leaf, Slot) or keras.ops.is_tensor(leaf) for leaf in leaves
        )
        and any(leaf is not None for leaf in leaves)
    )


def _slots(structure: Any) -> list[Slot]:
    return [leaf for leaf in tree.flatten(structure) if isinstance(leaf, Slot)]
