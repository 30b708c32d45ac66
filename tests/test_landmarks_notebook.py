"""The notebook on landmarks, its cells run as they stand, with fewer samples."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import nbformat
import numpy as np
import pytest

NOTEBOOK = Path(__file__).parents[1] / "examples" / "landmarks.ipynb"
WHOLE, SMALL = "SAMPLES, EPOCHS, TEST = 800, 16, 200", "SAMPLES, EPOCHS, TEST = 200, 8, 20"


@pytest.mark.slow
def test_each_landmark_rests_on_itself() -> None:
    matplotlib.use("Agg")
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    assert cells[0].source.splitlines()[0].endswith("?") and WHOLE in code[0]
    made: dict[str, object] = {}
    for cell in code:
        exec(compile(cell.replace(WHOLE, SMALL), str(NOTEBOOK), "exec"), made)
    view = made["view"]
    try:
        assert made["recall"] >= 0.95
        own, crosstalk = made["own"], made["crosstalk"].values
        inside = [each["evidence on its own part"] for each in own.values()]
        assert len(inside) >= 9 and np.mean(inside) > 0.8
        assert (crosstalk == 0).sum() > crosstalk.size / 2
        assert (np.diag(crosstalk) > np.abs(crosstalk - np.diag(np.diag(crosstalk))).max()).all()
        lost = made["hiding"]
        assert 0.5 < np.mean([lost[name] for name in lost if name != "background"]) < 1.5
        view.wait(120)
        assert len(view.explanations) == 1
        lines = view.widget.classes
        assert len(lines) == len(made["things"]) + 1
        assert lines[0].startswith("landmark 0 at row") and lines[-1] == "number of landmarks"
    finally:
        view.close()
