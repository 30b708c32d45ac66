"""What can be asked: a computation, and what it is about; as Python or the page gave it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from heatbrush_core import Explanation, Region
from heatbrush_core.targets import Class, Margin

Which = Literal["rows", "columns"]
"""One of the two axes of a matrix."""

Target = Class | Margin | int | str | None


@dataclass(frozen=True)
class Spec:
    """What to compute: a method, its parameters as given, the cells; None is the whole matrix.

    `given` holds a map for each sample that was computed elsewhere: there is nothing to compute.
    """

    method: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    within: Region | None = None
    given: tuple[Explanation, ...] = ()


@dataclass(frozen=True)
class Question:
    """What is asked of a method: a sample, and the target as given; None is the predicted class."""

    sample: int
    target: Target
