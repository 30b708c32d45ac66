"""Targets as plain data for JSON, and back."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from heatbrush_core.checks import short
from heatbrush_core.matrix.region import Region
from heatbrush_core.outputs import Decoder
from heatbrush_core.targets.cells import Area, Channel, Location, Neuron, Step
from heatbrush_core.targets.classes import Class, Margin
from heatbrush_core.targets.frozen import Frozen, decoder_from_json, decoder_to_json
from heatbrush_core.targets.likeness import Content, Function, Gram, Reconstruction
from heatbrush_core.targets.sums import Output, Sum
from heatbrush_core.targets.target import Target
from heatbrush_core.targets.things import Box, Count, Thing

KINDS: dict[str, type[Any]] = {
    each.__name__: each
    for each in (
        *(Class, Margin, Location, Area, Step, Neuron, Channel, Sum, Output),
        *(Reconstruction, Gram, Content, Function, Thing, Box, Count),
    )
}


def to_json(target: Target) -> dict[str, Any]:
    """Write a target as plain data; of a function only its name is kept."""
    fields = dataclasses.fields(target)  # type: ignore[arg-type]
    return {
        "kind": type(target).__name__,
        **{_key(field.name): _written(getattr(target, field.name)) for field in fields},
    }


def from_json(data: Any) -> Target:
    """Read what `to_json` wrote.

    Raises
    ------
    ValueError
        For anything else: it may come from outside.
    """
    kind = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(kind, str) or kind not in KINDS:
        raise ValueError(
            f"A target is a dict with one of the kinds {', '.join(KINDS)}, but got {short(data)}; "
            "give what to_json wrote."
        )
    try:
        made = {name: _read(name, value) for name, value in data.items() if name != "kind"}
        if "counted" in made:
            made["kind"] = made.pop("counted")
        found: Target = KINDS[kind](**made)
    except (TypeError, ValueError, KeyError) as error:
        raise ValueError(f"The target {short(data)} cannot be read: {error}") from error
    return found


def _key(name: str) -> str:
    """Name a field in plain data, where "kind" is that of the target."""
    return "counted" if name == "kind" else name


def _written(value: Any) -> Any:
    if isinstance(value, Target):
        return to_json(value)
    if isinstance(value, Region | Frozen):
        return value.to_json()
    if isinstance(value, Decoder):
        return decoder_to_json(value)
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, tuple):
        return [_written(each) for each in value]
    return None if callable(value) else value


def _read(name: str, value: Any) -> Any:
    if name == "region" and value is not None:
        return Region.from_json(value)
    if name == "found" and value is not None:
        return Frozen.from_json(value)
    if name == "decoder" and value is not None:
        return decoder_from_json(value)
    if isinstance(value, dict):
        return from_json(value)
    if isinstance(value, list) and name != "like":
        return tuple(_read("", each) for each in value)
    return value
