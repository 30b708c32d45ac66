"""What the numbers of a model's last layer mean: logits, probabilities or plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.checks import among, short
from heatbrush_core.targets import Reading, ScoreKind

SCORE_KINDS: tuple[ScoreKind, ...] = ("logit", "probability", "log_probability")


class NoNumber(Exception):
    """What led to an error: the model answered, but by NaN or infinity."""


def is_mute(error: BaseException) -> bool:
    """Tell whether a model that has no number for this may well answer about other matrices."""
    return isinstance(error.__cause__, NoNumber)


@dataclass(frozen=True)
class Head:
    """Reads `units` outputs z of a model as scores of `classes` classes.

    =====================  =========================  ===================================
    reading                logit of class k           probability of class k
    =====================  =========================  ===================================
    softmax                z_k                        softmax(z)_k
    sigmoid                z_k                        1 / (1 + exp(-z_k))
    probabilities          log z_k                    z_k
    sigmoid_probabilities  log(z_k / (1 - z_k))       z_k
    log_probabilities      z_k, log of a probability  exp(z_k)
    values                 z_k                        there is none
    =====================  =========================  ===================================

    A "softmax" and "probabilities" speak of classes that exclude each other, a "sigmoid" and
    "sigmoid_probabilities" of independent ones. One unit of these speaks for two classes: with L
    its logit and p its probability, class 0 has -L and 1 - p, class 1 has L and p.

    The logits of a softmax are lost in its probabilities up to one number per input, the same for
    all classes; log z_k is the choice for which softmax(logits) is z again, so the difference of
    two classes is exact.

    Every method takes `xp`, the library that computes: `numpy` or `keras.ops`.
    """

    reading: Reading
    units: int
    of_cell: bool = False
    """Whether these are the channels of one cell of a map: one alone speaks for itself only."""

    @property
    def two_sided(self) -> bool:
        """Whether one unit speaks for two classes."""
        known = self.reading in ("sigmoid", "sigmoid_probabilities")
        return self.units == 1 and known and not self.of_cell

    @property
    def classes(self) -> int:
        """The number of classes."""
        return 2 if self.two_sided else self.units

    @property
    def has_probabilities(self) -> bool:
        """Whether the model's outputs can be read as probabilities."""
        return self.reading != "values"

    @property
    def of_probabilities(self) -> bool:
        """Whether the outputs themselves are probabilities."""
        return self.reading in ("probabilities", "sigmoid_probabilities")

    @property
    def is_linear(self) -> bool:
        """Whether logits are linear in the outputs, and the score of a target in the logits."""
        return not self.of_probabilities

    def checked(self, score: ScoreKind | None) -> ScoreKind:
        """Check which score is to be explained against what the model has; None is the logit."""
        if score is None:
            return "logit"
        if not among(score, SCORE_KINDS):
            raise ValueError(
                f"score is {short(score)}, but one of {', '.join(SCORE_KINDS)} is expected; give "
                "one of these, or None."
            )
        if score != "logit" and not self.has_probabilities:
            raise ValueError(
                f"score={short(score)} needs probabilities, but this model returns plain values; "
                "leave score out, or say what they are: scores='logits' or another."
            )
        return score

    def name_of(self, score: ScoreKind | None) -> str:
        """Name the score that is explained, in words; plain values are just scores."""
        return (score or "logit").replace("_", " ") if self.has_probabilities else "score"

    def logits(self, z: Any, xp: Any = np) -> Any:
        """(N, units) outputs -> (N, classes) logits."""
        if self.reading == "probabilities":
            z = _log(z, xp)
        elif self.reading == "sigmoid_probabilities":
            z = _log(z, xp) - _log(1 - z, xp)
        return xp.concatenate([-z, z], axis=-1) if self.two_sided else z

    def log_probabilities(self, z: Any, xp: Any = np) -> Any:
        """(N, units) outputs -> (N, classes) log probabilities."""
        if self.of_probabilities:
            return _log(self.probabilities(z, xp), xp)
        logits = self.logits(z, xp)
        if self.reading == "log_probabilities":
            return logits
        if self.reading == "sigmoid":
            return -xp.logaddexp(xp.zeros_like(logits), -logits)
        shifted = logits - xp.max(logits, axis=-1, keepdims=True)
        return shifted - xp.log(xp.sum(xp.exp(shifted), axis=-1, keepdims=True))

    def probabilities(self, z: Any, xp: Any = np) -> Any:
        """(N, units) outputs -> (N, classes) probabilities."""
        if not self.of_probabilities:
            return xp.exp(self.log_probabilities(z, xp))
        return xp.concatenate([1 - z, z], axis=-1) if self.two_sided else z

    def numbers(self, z: Any, kind: ScoreKind, xp: Any = np) -> Any:
        """(N, units) outputs -> (N, classes) scores of a kind."""
        if kind == "logit":
            return self.logits(z, xp)
        if kind == "probability":
            return self.probabilities(z, xp)
        return self.log_probabilities(z, xp)

    def score(self, z: Any, weights: Any, kind: ScoreKind, xp: Any = np) -> Any:
        """(N, units) outputs -> (N,) scores: what is explained, weighted over the classes."""
        numbers = self.numbers(z, kind, xp)
        # a class that is masked with -inf and not asked for counts nothing, and -inf * 0 is NaN
        kept = xp.where(weights == 0, xp.zeros_like(numbers), numbers)
        return xp.sum(kept * weights, axis=-1)


@dataclass(frozen=True, eq=False)
class Objective:
    """What is explained, frozen before anything is perturbed: a score of a model's outputs.

    Attributes
    ----------
    head
        How the outputs are read.
    weights
        The target as weights of the classes: (n,), or (N, n) where N matrices are explained at
        once, each for its own.
    kind
        Which score of a class is explained.
    """

    head: Head
    weights: NDArray[np.float64]
    kind: ScoreKind

    @property
    def is_linear(self) -> bool:
        """Whether the score is linear in the outputs."""
        return self.kind == "logit" and self.head.is_linear

    def score(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """(N, units) outputs -> (N,) scores.

        Raises
        ------
        ValueError
            In one sentence, where the score of the target is infinite.
        """
        return self.finite(np.asarray(self.head.score(z, self.weights, self.kind)))

    def finite(self, found: NDArray[np.float64]) -> NDArray[np.float64]:
        """Refuse (N,) scores that are not all finite, as the model masks the target.

        Raises
        ------
        ValueError
            In one sentence.
        """
        if not np.isfinite(found).all():
            raise ValueError(
                f"The {self.head.name_of(self.kind)} of the target is infinite for "
                f"{int((~np.isfinite(found)).sum())} of {found.size} matrices, but a finite number "
                "is expected; explain a class that the model does not mask, or give "
                "score='probability'."
            ) from NoNumber()
        return found

    def change(self, z: NDArray[np.float64], dz: NDArray[np.float64]) -> NDArray[np.float64]:
        """(units,) outputs, (N, units) differences to them -> (N,) differences of the score.

        A linear score takes the differences alone, so that theirs keeps all their digits.
        """
        return self.score(dz) if self.is_linear else self.score(z + dz) - self.score(z[None])


def _log(p: Any, xp: Any) -> Any:
    """Take the logarithm, finite at zero."""
    return xp.log(xp.maximum(p, float(np.finfo(np.float32).tiny)))
