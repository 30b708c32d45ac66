"""How the maps are drawn: the options of a view, read from a page or from Python, or refused."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, get_type_hints

from pydantic import ConfigDict, ValidationError, create_model

from heatbrush import protocol
from heatbrush.border.whole import is_large
from heatbrush.border.wire import OPTIONS
from heatbrush_core.checks import among, hint, short
from heatbrush_core.maps.colours import DIVERGING

WIDEST = 99
"""Rows and columns of cells that a brush paints at once."""
HINTS = get_type_hints(protocol.Options)
# what an older page does not know stands at its default
FIELDS: Any = {name: (hinted, OPTIONS[name]) for name, hinted in HINTS.items()}  # type: ignore[literal-required]
MOST_PER_ROW, STEEPEST = 12, 20
MOST_LINES = 16
"""Rows of a matrix that are drawn as lines."""
Form = create_model("Options", __config__=ConfigDict(extra="forbid"), **FIELDS)


def read(given: Mapping[str, Any], channels: int) -> protocol.Options:
    """Return every option, those that are not given at their default.

    Parameters
    ----------
    given
        By their names in `protocol.Options`.
    channels
        Of the matrix.

    Raises
    ------
    ValueError
        In one sentence, for an unknown option, or a value that it cannot have.
    """
    options: Any = Form.model_validate(given).model_dump()
    if not 0 < options["quantile"] <= 1:
        raise ValueError(f"The quantile of the limits is {options['quantile']}; give 0 to 1.")
    if not 0 < options["opacity"] <= 1:
        raise ValueError(
            f"The opacity of maps is {options['opacity']}; give more than 0, at most 1."
        )
    _check_room(options["per_row"], options["aspect"])
    if not 1 <= options["brush"] <= WIDEST:
        raise ValueError(
            f"The brush is {options['brush']} cells wide, but 1 to {WIDEST} are expected; choose "
            "one of these."
        )
    for name in ("output_of", "output_channel"):
        if options[name] < 0:
            raise ValueError(
                f"The option {name} is {options[name]}, but a whole number from 0 on is expected; "
                "give one."
            )
    channel = options["channel"]
    if channel is not None and not 0 <= channel < channels:
        raise ValueError(
            f"Channel {channel} was asked for, but the matrix has {channels}; "
            f"give 0 to {channels - 1}, or null for their sum."
        )
    if options["colours"] not in DIVERGING:
        raise ValueError(
            f"The colours are {short(options['colours'])}, but one of {', '.join(DIVERGING)} is "
            f"expected; {hint(options['colours'], DIVERGING)}"
        )
    # as JSON has them
    options["by_hand"] = {name: _ends(name, ends) for name, ends in options["by_hand"].items()}
    for name, reach in options["reach"].items():
        if not 0 < reach["limit"] < math.inf:
            raise ValueError(
                f"The reach of {short(name)} is {reach['limit']}, but a positive number is "
                "expected; leave it out, since the page finds it."
            )
    made: protocol.Options = options
    return made


def _check_room(per_row: int | None, aspect: float | None) -> None:
    """Check how many panels stand side by side, and the shape of a cell."""
    if per_row is not None and not 1 <= per_row <= MOST_PER_ROW:
        raise ValueError(
            f"The panels per row are {per_row}; give 1 to {MOST_PER_ROW}, or null for as many as "
            "suit the view."
        )
    if aspect is not None and not 1 / STEEPEST <= aspect <= STEEPEST:
        raise ValueError(
            f"The aspect of cells is {aspect:g} heights to a width; give {1 / STEEPEST:g} to "
            f"{STEEPEST}, or null for what suits the view."
        )


def check_lines(lines: str, shape: Sequence[int]) -> None:
    """Refuse rows as lines where the page has no room, or no cells, for them."""
    if lines == "none":
        return
    if shape[0] > MOST_LINES:
        raise ValueError(
            f"The rows are to be drawn as lines, but the matrix has {shape[0]} and lines are for "
            f"{MOST_LINES} at most; leave lines at 'none'."
        )
    if is_large(shape):
        raise ValueError(
            f"The rows are to be drawn as lines, which needs every cell, but of {shape[0]} x "
            f"{shape[1]} the page has blocks only; leave lines at 'none'."
        )


def _check_order(made: protocol.Options, shape: Sequence[int]) -> None:
    """Check that rows can be shown in the order that is asked for."""
    order, groups = made["order"], made["groups"]
    if order != "own" and is_large(shape):
        raise ValueError(
            f"The rows are to be shown by {order}, but of {shape[0]} x {shape[1]} the page has "
            "blocks only; leave the order at 'own'."
        )
    if groups and len(groups) != shape[0]:
        raise ValueError(
            f"The groups are {len(groups)} labels, but the matrix has {shape[0]} rows; give one "
            "for each."
        )
    if order == "groups" and not groups:
        raise ValueError(
            "The rows are to be shown by group, but no groups are given; set view.groups."
        )


def changed(now: protocol.Options, given: Any, shape: Sequence[int]) -> protocol.Options:
    """Return the options after Python changed some of them, of a matrix (H, W, C).

    Raises
    ------
    TypeError, ValueError
        In one sentence, for anything but a dict of options and values that they can have.
    """
    if not isinstance(given, Mapping):
        raise TypeError(
            f"The options are {short(given)}, but a dict is expected; give those that change, such "
            "as {'limits': 'shared'}."
        )
    for name in given:
        if not among(name, HINTS):
            raise ValueError(
                f"The option {short(name)} is unknown; there are {', '.join(HINTS)}; "
                f"{hint(name, HINTS)}"
            )
    try:
        made = read({**now, **given}, shape[2])
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        raise ValueError(
            f"The option {name} is {short(given.get(name))}, which it cannot be: {first['msg']}; "
            f"it is {short(now[name])} now."  # type: ignore[literal-required]
        ) from None
    check_lines(made["lines"], shape)
    _check_order(made, shape)
    return made


def chosen(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a reader chose, where it is not as at first; the reach is found, not chosen."""
    found = ("reach", "mode")
    return {
        name: options[name]
        for name, default in OPTIONS.items()
        if name not in found and options[name] != default
    }


def _ends(name: str, given: Sequence[float]) -> list[float]:
    """Check the ends of one scale; those of a map are as far from 0 on both sides."""
    low, high = (float(end) for end in given)
    whose = f"of {name!r}" if name else "of all maps"
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(
            f"The colour limits {whose} are {low:g} and {high:g}; give the lower first."
        )
    if name not in ("input", "output") and low != -high:
        raise ValueError(
            f"The colour limits {whose} are {low:g} and {high:g}, but those of a map are centred "
            f"at 0; give {-max(abs(low), high):g} and {max(abs(low), high):g}."
        )
    return [low, high]
