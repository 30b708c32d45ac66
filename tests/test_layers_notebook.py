"""The notebook on style and content layers, its cells run as they stand, with fewer samples."""

from __future__ import annotations

import pytest
from notebooks import ran

SMALLER = {
    "SAMPLES, EPOCHS, TRIPLETS, NETWORKS = 1200, 12, 300, 5": (
        "SAMPLES, EPOCHS, TRIPLETS, NETWORKS = 200, 8, 60, 1"
    ),
    'STEPS = ["relu1", "relu2", "relu3"]': 'STEPS = ["relu3"]',
}


@pytest.mark.slow
def test_layers_hold_what_a_network_was_trained_for() -> None:
    made = ran("layers.ipynb", SMALLER)
    view, scores = made["view"], made["scores"]
    try:
        texture, layout = scores["texture"].loc["relu3"], scores["layout"].loc["relu3"]
        assert texture["style"] > 0.8 > 0.3 > texture["content"]
        assert layout["style"] < texture["style"] - 0.2
        assert layout["content"] > texture["content"] + 0.3
        assert texture["style_random"] > 0.8  # filters that nobody trained tell a texture, too
        view.wait(120)
        assert list(view.explanations) == ["Gram, relu3", "Content, relu3"]
    finally:
        view.close()
