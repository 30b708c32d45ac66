"""What a model returned: how it is read, whether it is scores at all, and what it raised."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.network.heads import Reading
from heatbrush_core.network.network import Scores

_KERAS_SAYS = "Exception encountered when calling"  # before what a layer said itself, in bold
_BOLD = re.compile(r"\x1b\[\d*m")


def worded(scores: Scores, units: int) -> Reading:
    """Read outputs as the user's word, or a loss, says what they are."""
    if scores == "logits":
        return "sigmoid" if units == 1 else "softmax"
    if scores == "probabilities":
        return "sigmoid_probabilities" if units == 1 else "probabilities"
    return "sigmoid" if scores == "sigmoid_logits" else scores


def score_vectors(name: str, scores: NDArray[Any], count: int) -> NDArray[np.float64]:
    """(N, n) float64 of what a model returned for N matrices, or the reason why it is not that."""
    if scores.ndim == 1:
        scores = scores[:, None]
    if scores.ndim != 2 or len(scores) != count or not scores.size:
        raise ValueError(
            f"{name} returns shape {scores.shape} for a batch of {count} matrices, but one score "
            f"vector per matrix, ({count}, n), is expected; add a layer such as "
            "GlobalAveragePooling2D or Flatten and Dense, or wrap the model in a function."
        )
    if scores.dtype.kind not in "fiub":
        raise TypeError(
            f"{name} returns dtype {scores.dtype}, but numbers are expected; return an array of "
            "scores (N, n)."
        )
    if np.isnan(scores).any():
        raise ValueError(
            f"{name} returns NaN for {int(np.isnan(scores).any(axis=1).sum())} of {count} "
            "matrices, but numbers are expected; check its weights, and the size of the cells and "
            "of the baseline that it gets."
        )
    return scores.astype(np.float64)


def failure(name: str, shape: tuple[int, ...], error: Exception) -> RuntimeError:
    """Say that the model itself raised while predicting."""
    lines = [_BOLD.sub("", line).strip() for line in str(error).splitlines()]
    lines = [line for line in lines if line and not line.startswith(_KERAS_SAYS)]
    why = f" ({lines[0]})" if lines else ""
    return RuntimeError(
        f"{name} raised {type(error).__name__} for a batch of shape {shape}{why}, but scores are "
        "expected; check that it predicts such a batch by itself."
    )
