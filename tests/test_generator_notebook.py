"""The notebook on generators, its cells run as they stand, with fewer samples."""

from __future__ import annotations

from pathlib import Path

import pytest
from notebooks import ran

SMALLER = {"SAMPLES, EPOCHS, ROWS = 1000, 10, 128": "SAMPLES, EPOCHS, ROWS = 300, 10, 16"}


@pytest.mark.slow
def test_the_colour_moves_the_network_of_the_market(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = ran("generator.ipynb", SMALLER)
    view, sweeps, parts = made["view"], made["sweeps"], made["parts"]
    try:
        red = {name: table.loc["red", "total"] for name, table in sweeps.items()}
        assert red["market"] > 0.2 > red["orchard"]
        skin = {name: table.loc["skin", "mass"] for name, table in parts.items()}
        assert skin["market"] > skin["orchard"]
        written = {path.name for path in tmp_path.iterdir()}
        assert {"heatbrush-apples.json", "heatbrush-apple.glb"} < written
        view.wait(120)
        assert len(view.explanations) == 2
    finally:
        view.close()
