"""The same target at each layer that has it, or at each step of a sequence, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal, NamedTuple

from heatbrush_core.checks import whole
from heatbrush_core.targets.cells import Channel, Neuron, Step
from heatbrush_core.targets.likeness import Content, Gram
from heatbrush_core.targets.target import Source, Sources, Target


class Dial(NamedTuple):
    """Where else a target may stand.

    Attributes
    ----------
    target
        Where it stands now.
    what
        What is stepped through: layers, or steps.
    names
        Of the places, in their order.
    at
        Its own place among them.
    """

    target: Target
    what: Literal["layer", "step"]
    names: tuple[str, ...]
    at: int

    def turned(self, to: int) -> Target:
        """Return the target at another place, counted from 0.

        Raises
        ------
        ValueError
            For a place that there is not.
        """
        to = whole("to", to, 0)
        if to >= len(self.names):
            raise ValueError(
                f"{self.what.capitalize()} {to} is asked for, but there are {len(self.names)}, "
                f"counted from 0; give 0 to {len(self.names) - 1}."
            )
        target: Any = self.target
        return replace(target, index=to) if self.what == "step" else _at(target, self.names[to])

    def stepped(self, by: int) -> Target:
        """Return the target so many places on, or before; it stays within the first and last."""
        return self.turned(min(max(self.at + by, 0), len(self.names) - 1))


def dial(target: Target, model: Sources, layers: Sequence[str]) -> Dial | None:
    """Find where else a target may stand; None where there is no other place for it.

    Parameters
    ----------
    target
    model
        What the model has.
    layers
        Those to step through, in their order. One that has no such channel or unit is left out.
    """
    if isinstance(target, Step):
        source = model.output(target.output)
        names = tuple(f"step {k}" for k in range(source.shape[0]))
        return _dial(target, "step", names, target.index)
    if not isinstance(target, Channel | Neuron | Gram | Content) or target.layer not in layers:
        return None
    there = tuple(name for name in layers if _has(model.layer(name), target))
    return _dial(target, "layer", there, there.index(target.layer)) if there else None


def _dial(
    target: Target, what: Literal["layer", "step"], names: tuple[str, ...], at: int
) -> Dial | None:
    return Dial(target, what, names, at) if len(names) > 1 else None


def _has(source: Source, target: Target) -> bool:
    """Tell whether a layer has what a target names, beside the layer."""
    if isinstance(target, Channel):
        return source.axes[2] is not None and int(target.index) < source.length(2)
    if isinstance(target, Neuron):
        at = target.index if isinstance(target.index, tuple) else (target.index,)
        return len(at) == len(source.shape) and all(
            i < n for i, n in zip(at, source.shape, strict=True)
        )
    return len(source.shape) > 1 or isinstance(target, Content)


def _at(target: Any, layer: str) -> Target:
    found: Target = replace(target, layer=layer)
    return found
