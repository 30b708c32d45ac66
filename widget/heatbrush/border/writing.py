"""How a number is written, as the page writes it: one rule for its scores, charts and sentences."""

from __future__ import annotations

import math

DASH, MINUS = "–", "−"
TINY = 1e-4
"""Below this a number is written with its power of ten."""


def number(value: float, digits: int = 2) -> str:
    """Return a number with few digits: .41, −.03, 1.62, 240; a dash where there is none.

    What two decimals would make a zero keeps two digits: .0004, 3.1e−6. `number` of
    js/src/values/writing.ts does the same, but for large numbers.
    """
    if not math.isfinite(value):
        return DASH
    size = abs(value)
    text = f"{size:.{digits}f}" if size < 10 else f"{size:.3g}"
    if size and not float(text):
        text = f"{float(f'{size:.2g}'):g}" if size >= TINY else _power(size)
    return (MINUS if value < 0 else "") + (text[1:] if text.startswith("0.") else text)


def _power(size: float) -> str:
    head, power = f"{size:.1e}".split("e")
    return f"{float(head):g}e{int(power)}".replace("-", MINUS)
