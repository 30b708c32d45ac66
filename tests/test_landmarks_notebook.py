"""The notebook on landmarks, its cells run as they stand, with fewer samples."""

from __future__ import annotations

import numpy as np
import pytest
from notebooks import ran

SMALLER = {"SAMPLES, EPOCHS, TEST = 800, 16, 200": "SAMPLES, EPOCHS, TEST = 200, 8, 20"}


@pytest.mark.slow
def test_each_landmark_rests_on_itself() -> None:
    made = ran("landmarks.ipynb", SMALLER)
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
