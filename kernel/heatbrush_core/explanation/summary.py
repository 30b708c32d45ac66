"""An explanation in a few words, as text on one line and as an HTML table."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from typing import Any

from heatbrush_core.checks import short


def facts(fields: Mapping[str, Any], about: str) -> dict[str, str]:
    """Say what it is: `fields` are its own, `about` the name of its target."""
    height, width, channels = fields["values"].shape
    parameters, counting = fields["parameters"], fields["counting"]
    counting = parameters if counting is None else counting
    within, valid = fields["within"], fields["valid"]
    said = {
        "method": fields["method"],
        "parameters": ", ".join(f"{name}={short(parameters[name])}" for name in counting),
        "target": about,
        "score": "" if math.isnan(fields["score"]) else f"{fields['score']:.4g}",
        "score at baseline": _number(fields["score_at_baseline"]),
        "residual": _number(fields["residual"]),
        "shape": f"{height} × {width}" + (f" × {channels}" if channels > 1 else ""),
        "within": ""
        if within is None
        else within.describe(fields["row_axis"], fields["column_axis"]),
        "absent cells": "" if valid is None else str(int((~valid).sum())),
        "notes": " ".join(fields["notes"]),
        # a map that was given took none
        "seconds": f"{fields['seconds']:.3g}" if fields["seconds"] else "",
    }
    return {name: text for name, text in said.items() if text}


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


def _number(value: float | None) -> str:
    """Write a number with four digits; nothing for None."""
    return "" if value is None else f"{value:.4g}"
