"""The baseline as a parameter: what stands for "nothing" in one computation."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import WithJsonSchema

from heatbrush_core.matrix.baselines import NAMES, called, shown

WORDS = f"a number, an array, a function of x, or one of {', '.join(NAMES)}; None: the explainer's"

# open: a form offers the names, and takes a number as well
SCHEMA = {
    "enum": list(NAMES),
    "type": "string",
    "nullable": True,
    "none": "the explainer's",
    "open": True,
}

Baseline = Annotated[Any, WithJsonSchema(SCHEMA)]


def baseline_text(spec: Any) -> str:
    """Write a baseline for titles: "baseline 0", "baseline row mean", "baseline array"."""
    number = not (isinstance(spec, str) or callable(spec) or np.ndim(spec))
    return f"baseline {shown(spec) if number else called(spec).replace('_', ' ')}"
