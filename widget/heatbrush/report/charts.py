"""The mean profile of a class as SVG: a line with its band where lines are many, else bars."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, TOP, SIDE, FOOT = 340, 84, 4, 6, 18
BARS = 48
"""Lines up to which each has a bar."""
STRONGEST = 3

Numbers = NDArray[np.float64]


def profile(
    mean: Numbers,
    low: Numbers,
    high: Numbers,
    labels: Sequence[str],
    ends: tuple[float, float],
    about: str,
) -> str:
    """Draw a profile and its band, NaN where nothing is known.

    Parameters
    ----------
    mean, low, high
        (lines,).
    labels
        What the lines are called.
    ends
        Those of the scale, which holds 0; profiles that are compared have the same.
    about
        What is drawn, for who does not see it.
    """
    step, span = (WIDTH - 2 * SIDE) / len(mean), (ends[1] - ends[0]) or 1.0

    def x(line: float) -> float:
        return round(SIDE + line * step, 2)

    def y(value: float) -> float:
        return round(float(TOP + HEIGHT * (ends[1] - value) / span), 2)

    drawn = []
    if len(mean) <= BARS:
        for line, value in enumerate(mean):
            if np.isnan(value):
                continue
            top, foot = sorted((y(value), y(0)))
            sign = "positive" if value >= 0 else "negative"
            wide = round(step * 0.76, 2)
            drawn.append(
                f'<rect class="{sign}" x="{x(line + 0.12)}" y="{top}" width="{wide}" '
                f'height="{round(foot - top, 2)}"/>'
            )
            if not np.isnan(low[line]):
                at = x(line + 0.5)
                drawn.append(f'<path class="error" d="M{at},{y(low[line])}V{y(high[line])}"/>')
    else:
        for part in _stretches(~np.isnan(low)):
            there = [f"{x(line + 0.5)},{y(high[line])}" for line in part]
            back = [f"{x(line + 0.5)},{y(low[line])}" for line in reversed(part)]
            drawn.append(f'<polygon class="band" points="{" ".join(there + back)}"/>')
        for part in _stretches(~np.isnan(mean)):
            points = " ".join(f"{x(line + 0.5)},{y(mean[line])}" for line in part)
            drawn.append(f'<polyline class="mean" points="{points}"/>')
    zero = f'<path class="zero" d="M{SIDE},{y(0)}H{WIDTH - SIDE}"/>'
    names = "".join(
        f'<text x="{x(line + 0.5)}" y="{HEIGHT + TOP + FOOT - 4}" text-anchor="{anchor}">'
        f"{escape(_short(labels[line]))}</text>"
        for line, anchor in _named(len(labels))
    )
    size = f"{WIDTH} {HEIGHT + TOP + FOOT}"
    return (
        f'<svg viewBox="0 0 {size}" role="img" aria-label="{escape(about)}">'
        f"{zero}{''.join(drawn)}{names}</svg>"
    )


def strongest(mean: Numbers, labels: Sequence[str]) -> str:
    """Name the lines of largest magnitude, with their values."""
    values = np.nan_to_num(mean)
    order = [line for line in np.argsort(-np.abs(values), kind="stable")[:STRONGEST]]
    told = [f"{_short(labels[line])} {values[line]:+.3g}" for line in order if values[line]]
    return ", ".join(told) or "none"


def _stretches(known: NDArray[np.bool_]) -> list[list[int]]:
    """Part the lines that are known where one between them is not."""
    lines = np.flatnonzero(known)
    parts = np.split(lines, np.flatnonzero(np.diff(lines) > 1) + 1)
    return [part.tolist() for part in parts if len(part)]


def _named(count: int) -> list[tuple[int, str]]:
    """Tell which lines have their name beneath, and how it stands."""
    if count < 3:
        return [(line, "start" if line == 0 else "end") for line in range(count)]
    return [(0, "start"), (count // 2, "middle"), (count - 1, "end")]


def _short(text: str, most: int = 24) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
