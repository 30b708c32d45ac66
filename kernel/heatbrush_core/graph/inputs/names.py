"""The inputs of a functional model: their names, and how the model is called with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from keras import tree


class Taken(NamedTuple):
    """An input of a model: its name, the shape of one value, and its type."""

    name: str
    shape: tuple[int | None, ...]
    dtype: str


def taken(functional: Any) -> list[Taken]:
    """List the inputs in the model's own order, by the keys of its dict, else by their names."""
    struct = functional._inputs_struct
    keys = {id(t): key for key, t in struct.items()} if isinstance(struct, dict) else {}
    return [
        Taken(str(keys.get(id(t), t.name)), tuple(t.shape[1:]), str(t.dtype))
        for t in functional.inputs
    ]


def arranged(functional: Any, values: Sequence[Any]) -> Any:
    """Put values, in the model's own order, where the model takes them: a dict, a list, or one."""
    return tree.pack_sequence_as(functional._inputs_struct, list(values))
