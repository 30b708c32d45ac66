"""A few facts, as text on one line and as an HTML table."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any


def text(facts: Mapping[str, str]) -> str:
    """Write it on one line."""
    return f"<Explanation {', '.join(f'{name}: {said}' for name, said in facts.items())}>"


def table(facts: Mapping[str, str]) -> str:
    """Write it as an HTML table."""
    lines = (
        f"<tr><th style='text-align:left'>{html.escape(name)}</th>"
        f"<td style='text-align:left'>{html.escape(said)}</td></tr>"
        for name, said in facts.items()
    )
    return f"<table>{''.join(lines)}</table>"


def number(value: float | None) -> str:
    """Write a number with four digits; nothing for None."""
    return "" if value is None else f"{value:.4g}"


def brief(value: Any) -> str:
    """Write a value, cut to a length that a line can hold."""
    said = repr(value)
    return said if len(said) <= 40 else said[:37] + "..."
