"""What a model returned: how it is read, whether it is scores at all, and what it raised."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.network.network import Scores
from heatbrush_core.network.scores.heads import NoNumber
from heatbrush_core.targets import Reading

# what Keras and TensorFlow put around the words of a layer or an operation: headings, where it was
# defined, the node's name, the arguments
_BOLD = re.compile(r"\x1b\[\d*m")
_WHERE = re.compile(r'File ".*", line \d+, in ')
_HEADING = re.compile(
    r"Exception encountered when calling|in user code:|Graph execution error:|Detected at node|"
    r"\d+ root error|\(\d+\) successful operations|\d+ derived errors|Stack trace for|\[\[\{\{node"
)
_AFTER = re.compile(
    r"(Call a|A)rguments received by|\[\[\{\{node|Original stack trace|\(1\) [A-Z_]+:"
)
_AROUND = re.compile(
    r"^\(0\) [A-Z_]+:|for '\{\{node .*?\}\} = .*?'|"
    r"\{\{function_node [^}]*\}\}|\[Op:[^\]]*\]( name: ?\S*)?"
)
SHARES_OF_CELLS = (
    "The cells of the map are read as plain values, though they lie between 0 and 1; what is "
    "explained is the value itself. If they are probabilities, say scores='sigmoid_probabilities'."
)
_TYPE = re.compile(r"^[\w.]*(Error|Exception): ")
_LONGEST = 300  # characters of a message that are quoted


def worded(scores: Scores, units: int) -> Reading:
    """Read outputs as the user's word, or a loss, says what they are."""
    if scores == "logits":
        return "sigmoid" if units == 1 else "softmax"
    if scores == "probabilities":
        return "sigmoid_probabilities" if units == 1 else "probabilities"
    return "sigmoid" if scores == "sigmoid_logits" else scores


def flat(scores: NDArray[Any], count: int) -> NDArray[Any]:
    """Lay the cells of (N, ...) maps out side by side; anything else stays as it is."""
    is_map = scores.ndim > 2 and len(scores) == count and scores.size
    return scores.reshape(count, -1) if is_map else scores


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
        ) from NoNumber()
    if np.isposinf(scores).any():
        raise ValueError(
            f"{name} returns infinite scores for {int(np.isposinf(scores).any(axis=1).sum())} of "
            f"{count} matrices, but finite numbers are expected, or -inf for classes that are "
            "masked; check its weights, and the size of the cells and of the baseline that it gets."
        ) from NoNumber()
    return scores.astype(np.float64)


def failure(name: str, shape: tuple[int, ...], error: Exception) -> RuntimeError:
    """Say that the model itself raised while predicting, in its own words."""
    words = _words(error)
    why = f" ({words})" if words else ""
    return RuntimeError(
        f"{name} raised {type(error).__name__} for a batch of shape {shape}{why}, but scores are "
        "expected; check that it predicts such a batch by itself."
    )


def fails(count: int, error: Exception) -> str:
    """Say that a batch is too many, in the words of what failed."""
    said = str(error).split(", but ")[0] if error.__cause__ is None else _words(error.__cause__)
    return f"a batch of {count} fails ({said})"


def _words(error: BaseException) -> str:
    """Take out of an error what the layer or the operation said that failed."""
    lines = [_BOLD.sub("", line).strip() for line in str(error).splitlines()]
    places = [index for index, line in enumerate(lines) if _WHERE.match(line)]
    if places:  # each place is followed by its line of code, where there is one
        after = places[-1] + 1
        lines = lines[after + 1 :] if lines[after : after + 1] != [""] else lines[after:]
    said: list[str] = []
    for line in lines:
        if said and _AFTER.match(line):
            break
        line = _TYPE.sub("", line)
        if line and not _HEADING.match(line):
            said.append(_AROUND.sub("", line).strip())
    words = " ".join(filter(None, said))
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]} …"
