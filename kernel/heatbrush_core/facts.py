"""An explanation in a few words, as text and as a table."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from heatbrush_core.explanation import Explanation


def text(e: Explanation) -> str:
    """Write it on one line."""
    return f"<Explanation {', '.join(f'{name}: {said}' for name, said in _facts(e).items())}>"


def table(e: Explanation) -> str:
    """Write it as an HTML table."""
    lines = (
        f"<tr><th style='text-align:left'>{html.escape(name)}</th>"
        f"<td style='text-align:left'>{html.escape(said)}</td></tr>"
        for name, said in _facts(e).items()
    )
    return f"<table>{''.join(lines)}</table>"


def _facts(e: Explanation) -> dict[str, str]:
    height, width, channels = e.shape
    within = "" if e.within is None else e.within.describe(e.row_axis, e.column_axis)
    facts = {
        "method": e.method,
        "parameters": ", ".join(f"{name}={_brief(v)}" for name, v in e.parameters.items()),
        "target": e.about,
        "score": f"{e.score:.4g}",
        "score at baseline": _number(e.score_at_baseline),
        "residual": _number(e.residual),
        "shape": f"{height} × {width}" + (f" × {channels}" if channels > 1 else ""),
        "within": within,
        "notes": " ".join(e.notes),
        "seconds": f"{e.seconds:.3g}",
    }
    return {name: said for name, said in facts.items() if said}


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _brief(value: Any) -> str:
    said = repr(value)
    return said if len(said) <= 40 else said[:37] + "..."
