"""The registry: every method by its name."""

from __future__ import annotations

import difflib
from typing import get_args

from heatbrush_core.methods import (
    class_activation,
    deeplift,
    gradients,
    lime,
    occlusion,
    paths,
    patterns,
    relevance,
    rise,
    score_cam,
    shapley,
    signals,
    smoothing,
)
from heatbrush_core.methods.method import Family, Method, Result
from heatbrush_core.methods.parameters import Parameters

__all__ = ["REGISTRY", "Method", "Parameters", "Result", "find"]

MODULES = (
    gradients,
    smoothing,
    paths,
    signals,
    patterns,
    relevance,
    deeplift,
    occlusion,
    rise,
    shapley,
    lime,
    class_activation,
    score_cam,
)
_ALL = [method for module in MODULES for method in module.METHODS]

REGISTRY: dict[str, Method] = {
    method.name: method
    for method in sorted(_ALL, key=lambda method: get_args(Family).index(method.family))
}


def find(name: str) -> Method:
    """Look a method up by its name.

    Raises
    ------
    ValueError
        When there is none; the sentence names the nearest.
    """
    if isinstance(name, str) and name in REGISTRY:
        return REGISTRY[name]
    near = difflib.get_close_matches(str(name), REGISTRY, n=1)
    hint = f"did you mean {near[0]!r}?" if near else "give one of these."
    raise ValueError(f"There is no method {name!r} among {', '.join(REGISTRY)}; {hint}")
