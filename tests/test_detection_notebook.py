"""The notebook on detection, its cells run as they stand, with networks that hardly learn."""

from __future__ import annotations

import numpy as np
import pytest
from notebooks import ran

SMALLER = {
    "SAMPLES, UPDATES, SEEDS, SURE = 400, 400, 3, 0.3": (
        "SAMPLES, UPDATES, SEEDS, SURE = 64, 20, 1, 0.0"
    ),
    "(several * few, 1): [], (2 * few, 2): [], ": "",
}


@pytest.mark.slow
def test_each_answer_about_a_box_has_its_evidence() -> None:
    made = ran("detection.ipynb", SMALLER)
    view, scores, works = made["view"], made["scores"], made["works"]
    try:
        assert scores["kind"].tolist() == ["anchors", "free"]
        for (kind, table), score in zip(works.items(), scores["mean"], strict=True):
            # the explainer's way and the decoder's: the same boxes, and the same precision but for
            # boxes whose scores differ by no more than rounding, which may change places
            assert table["ap_alone"][0] == pytest.approx(score, rel=0.1), kind
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
