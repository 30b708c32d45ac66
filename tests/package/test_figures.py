"""Figures in the docs that a test can hold."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_size_of_the_bundle_is_the_one_that_is_told() -> None:
    told = re.search(r"the bundle, minified \| (\d+) kB", (ROOT / "docs/figures.md").read_text())
    size = (ROOT / "widget/heatbrush/static/widget.js").stat().st_size / 1000
    assert told is not None and abs(int(told[1]) - size) <= 1, f"it is {size:.0f} kB: tell that"
    assert size <= 300
