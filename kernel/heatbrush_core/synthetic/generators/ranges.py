"""The ranges of a generator: what a fraction of one is, and how a range is declared and checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic.fields import FieldInfo

from heatbrush_core.checks import index

Number = int | float


def _pair(given: Any) -> Any:
    """Read one number as a range that holds nothing else."""
    return (given, given) if isinstance(given, int | float) else given


Range = Annotated[tuple[float, float], BeforeValidator(_pair)]
"""The lowest and the highest value of a parameter; one number holds it there."""
Counts = Annotated[tuple[int, int], BeforeValidator(_pair)]
"""The same of whole numbers, both ends included."""


@dataclass(frozen=True)
class Limits:
    """What a range of a generator may hold.

    Attributes
    ----------
    least, most
        Its ends at the most.
    is_share
        Whether it holds fractions of what the parameters before it leave open, see
        `Generator.room`.
    """

    least: float
    most: float
    is_share: bool = False


def parameter(default: tuple[Number, Number], meaning: str, least: float, most: float) -> Any:
    """Declare a range of a generator, as a field of its class.

    Parameters
    ----------
    default : (low, high)
    meaning : str
        What is drawn, in the words of an error: "height of the apple in cells".
    least, most : float
        The ends that a range may have.
    """
    return Field(
        default=default,
        description=f"a pair from {least:g} to {most:g}, the lowest and the highest {meaning}",
        json_schema_extra={"limits": [least, most, False]},
    )


def share(meaning: str) -> Any:
    """Declare a constrained parameter: its range are fractions of what the others leave open.

    Parameters
    ----------
    meaning : str
        What is drawn; `Generator.room` tells its ends in its own unit.
    """
    return Field(
        default=(0.0, 1.0),
        description=f"a pair from 0 to 1, fractions of the open range of the {meaning}",
        json_schema_extra={"limits": [0.0, 1.0, True]},
    )


def limits(field: FieldInfo) -> Limits | None:
    """Get what a range may hold; None for a field that is no parameter."""
    extra = field.json_schema_extra
    found: Any = extra.get("limits") if isinstance(extra, dict) else None
    return None if found is None else Limits(*found)


def at(low: Number, high: Number, fraction: float) -> Number:
    """Get the value at a fraction of a range, 0 to 1; each whole number has the same share."""
    if index(low) is None or index(high) is None:
        return float(low + fraction * (high - low))
    return int(min(high, low + int(fraction * (high - low + 1))))
