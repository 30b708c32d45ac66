"""The methods, a module for each kind of them; importing this enters all into the registry."""

from __future__ import annotations

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
from heatbrush_core.registry.method import Family, Method, Result
from heatbrush_core.registry.parameters import Parameters
from heatbrush_core.registry.registry import REGISTRY, find

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
REGISTRY.update(
    (method.name, method)
    for method in sorted(_ALL, key=lambda method: get_args(Family).index(method.family))
)
