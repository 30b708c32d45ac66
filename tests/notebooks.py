"""The cells of an example notebook, run as they stand but for smaller settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib
import nbformat

EXAMPLES = Path(__file__).parents[1] / "examples"


def ran(name: str, smaller: Mapping[str, str]) -> dict[str, Any]:
    """Run a notebook that begins with a question; return what its cells made.

    `smaller` says what stands once in its code, and what takes its place.
    """
    matplotlib.use("Agg")
    path = EXAMPLES / name
    cells = nbformat.read(path, as_version=4).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    assert cells[0].source.splitlines()[0].endswith("?")
    for whole, small in smaller.items():
        assert sum(whole in cell for cell in code) == 1
        code = [cell.replace(whole, small) for cell in code]
    made: dict[str, Any] = {}
    for cell in code:
        exec(compile(cell, str(path), "exec"), made)
    return made
