"""The notebook on detection, its cells run as they stand, with networks that hardly learn."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import nbformat
import numpy as np
import pytest

NOTEBOOK = Path(__file__).parents[1] / "examples" / "detection.ipynb"
SMALLER = {
    "SAMPLES, UPDATES, SEEDS, SURE = 400, 400, 3, 0.3": (
        "SAMPLES, UPDATES, SEEDS, SURE = 64, 20, 1, 0.0"
    ),
    "(several * few, 1): [], (2 * few, 2): [], ": "",
}


@pytest.mark.slow
def test_each_answer_about_a_box_has_its_evidence() -> None:
    matplotlib.use("Agg")
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    assert cells[0].source.splitlines()[0].endswith("?")
    for whole, small in SMALLER.items():
        assert sum(whole in cell for cell in code) == 1
        code = [cell.replace(whole, small) for cell in code]
    made: dict[str, object] = {}
    for cell in code:
        exec(compile(cell, str(NOTEBOOK), "exec"), made)
    view, scores, works = made["view"], made["scores"], made["works"]
    try:
        assert scores["kind"].tolist() == ["anchors", "free"]
        for (kind, table), score in zip(works.items(), scores["mean"], strict=True):
            # the explainer's way and the decoder's: the same boxes, the same precision
            assert table["ap_alone"][0] == pytest.approx(score, abs=1e-6), kind
            assert table["head"].tolist() == ["all", 0, 1]
        shares = made["parts"].drop(columns="answer")
        np.testing.assert_allclose(shares.sum(axis=1), 1)
        view.wait(120)
        (map,) = view.explanations.values()
        explained = made["explainer"].explain(
            made["test"].X[0], "occlusion", made["targets"].Thing(0), **made["window"]
        )
        np.testing.assert_allclose(map.map, explained.map, atol=1e-6)
    finally:
        view.close()
