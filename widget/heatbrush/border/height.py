"""The height of a whole view in CSS pixels: read, or refused in a sentence."""

from __future__ import annotations

from typing import Any, SupportsIndex

from heatbrush_core.checks import short

LEAST, MOST = 240, 10_000
"""Less shows no map beside the scores; more is no screen."""


def read(given: Any) -> int | None:
    """Return a height of a view; None is as much as its content takes.

    Raises
    ------
    ValueError
        For anything but None and a whole number of pixels from `LEAST` to `MOST`.
    """
    if given is None:
        return None
    if isinstance(given, SupportsIndex) and not isinstance(given, bool):
        pixels = given.__index__()
        if LEAST <= pixels <= MOST:
            return pixels
    raise ValueError(
        f"height is {short(given)}, but a whole number of CSS pixels from {LEAST} to {MOST} is "
        "expected; give one, or None for a view as high as its content."
    )
