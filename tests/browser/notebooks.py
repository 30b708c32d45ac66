"""Notebooks for the browser tests: a NumPy model whose speed and answers are known."""

from __future__ import annotations

# class "left" lives on columns 0-9, class "right" on columns 20-29; each sample costs `pause` s
MODEL = """
import time
import numpy as np
import heatbrush as hb

pause = 0.0

def model(batch):
    time.sleep(pause * len(batch))
    left, right = batch[:, :, 0:10].mean((1, 2, 3)), batch[:, :, 20:30].mean((1, 2, 3))
    odds = np.exp(np.stack([4 * left, 2 * right], 1))
    return odds / odds.sum(1, keepdims=True)

x = np.ones((8, 40), "float32")
explainer = hb.Explainer(
    model, batch_size=4, classes=["left", "right"], scores="probabilities", baseline=0,
    rows=[f"sensor {i}" for i in range(8)], columns=np.arange(40) / 4,
)
"""

COMPARE = """
view = hb.compare(explainer, x, methods=[("occlusion", {"patch": (4, 4)})])
view
"""

SHAPE = (8, 40)
