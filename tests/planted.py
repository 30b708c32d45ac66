"""A small network that was trained on planted runs of columns, made once per test session."""

from __future__ import annotations

from functools import cache

import numpy as np
from benchmarks import planted

from heatbrush_core import Explainer, synthetic

SAMPLES, EPOCHS = 800, 10


@cache
def trained(kind: str = "step", seed: int = 7) -> tuple[Explainer, synthetic.Samples, int]:
    """Get an explainer of the network, test samples, and the class that has evidence."""
    made = planted.trained(planted.pooled, kind, seed, SAMPLES, SAMPLES, epochs=EPOCHS)
    return made.explainer, made.samples, made.planted


def truth(samples: synthetic.Samples, index: int) -> tuple[int, int]:
    """The columns of the planted run, half-open."""
    columns = np.flatnonzero(samples.truth[index].any(0))
    return int(columns[0]), int(columns[-1]) + 1
