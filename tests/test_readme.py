"""The README's ten lines, run as they are pasted."""

from __future__ import annotations

import re
from pathlib import Path

import keras
import matplotlib
import pytest

README = Path(__file__).parents[1] / "README.md"


@pytest.mark.slow
def test_the_ten_lines_run_as_pasted() -> None:
    matplotlib.use("Agg")
    keras.utils.set_random_seed(0)
    (block,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    made: dict[str, object] = {}
    exec(compile(block, str(README), "exec"), made)
    view, explainer, runs = made["view"], made["explainer"], made["runs"]
    try:
        view.wait(120)
        assert list(view.explanations) == ["lrp", "occlusion"]
        assert view.selection.bounds((16, 64)) == (2, 8, 10, 26)
        assert list(view.evidence["label"]) == list(runs["label"])
        assert len(runs) and made["made"].truth[1][:, runs.region[0].start].any()
        assert explainer.predict(made["X"][1]).label == "planted"
    finally:
        view.close()
