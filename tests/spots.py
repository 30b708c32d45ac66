"""Networks that find several things in one matrix: one trained, made once, and one by hand."""

from __future__ import annotations

from functools import cache
from typing import Any

import keras
import numpy as np
from benchmarks import landmarks

from heatbrush_core import outputs, synthetic

SIZE, SEEN = (9, 11), (13, 21)
"""Of an instance, and of what one cell of the matched filter sees: rows and columns."""
HEATMAP = outputs.Heatmap(threshold=0.5, distance=5)
"""Reads the answers of the matched filter."""


@cache
def trained() -> Any:
    """Train the network of the figures on fewer samples: for places, not yet for orientations."""
    return landmarks.trained(seed=1, samples=300, epochs=8).model


def instances(**given: Any) -> synthetic.Crosstalk:
    """Draw equal bumps in a row, without noise."""
    fixed = {"height": SIZE[0], "width": SIZE[1], "contrast": 2, "noise": 0}
    return synthetic.Crosstalk(**{"shape": (24, 128), **fixed, **given})


def matched(shape: tuple[int, int, int] = (24, 128, 1)) -> Any:
    """Make one convolution by hand that peaks at 1 where an instance is.

    Beside the bump it has small weights, so that a neighbour counts as far as it is seen.
    """
    scene = instances(instances=1).sample(0)
    (true,) = scene.truth
    top, left = (
        int(at - size // 2) for at, size in zip((true.row, true.column), SIZE, strict=True)
    )
    bump = scene.x[top : top + SIZE[0], left : left + SIZE[1], 0].astype(float)
    weights = np.full(SEEN, -0.01)
    rows, columns = ((seen - size) // 2 for seen, size in zip(SEEN, SIZE, strict=True))
    weights[rows : rows + SIZE[0], columns : columns + SIZE[1]] = bump / (bump**2).sum()
    start = keras.Input(shape, dtype="float64")
    model = keras.Model(start, keras.layers.Conv2D(1, SEEN, padding="same", dtype="float64")(start))
    model.layers[-1].set_weights([weights[..., None, None], np.zeros(1)])
    return model
