"""Several targets side by side: each a score of its own, of one pass of the model.

A line of a table of scores belongs to each. It is read as if it were asked for alone, so that a
probability may stand beside a plain value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.checks import short
from heatbrush_core.network.scores.cells import Heads, Part
from heatbrush_core.network.scores.heads import Head
from heatbrush_core.targets import ScoreKind


class Picked(NamedTuple):
    """What a target reads of one part: which of its scores, and what each weighs."""

    part: int
    scores: tuple[int, ...]
    weights: tuple[float, ...]

    @classmethod
    def of(cls, part: int, weights: NDArray[np.float64]) -> Picked:
        """Take what has a weight among all scores of a part."""
        scores = np.flatnonzero(weights)
        return cls(part, tuple(scores.tolist()), tuple(weights[scores].tolist()))


@dataclass(frozen=True)
class Lines(Head):
    """Reads outputs as the scores of several targets, which take the place of classes.

    Attributes
    ----------
    parts
        What is read of the model, one after the other.
    targets
        What each target adds up of these.
    rivals
        How many of the first targets exclude each other, as the model's classes do: one of these is
        what it predicts. 1 where the first target stands for it.
    """

    parts: tuple[Part, ...] = ()
    targets: tuple[tuple[Picked, ...], ...] = ()
    rivals: int = 1

    @classmethod
    def side_by_side(
        cls, parts: Sequence[Part], targets: Sequence[tuple[Picked, ...]], rivals: int = 1
    ) -> Lines:
        """Read these targets of these parts."""
        units = sum(part.units for part in parts)
        return cls("values", units, parts=tuple(parts), targets=tuple(targets), rivals=rivals)

    @property
    def two_sided(self) -> bool:
        """Never: each target is read by itself."""
        return False

    @property
    def classes(self) -> int:
        """The number of targets."""
        return len(self.targets)

    @property
    def has_probabilities(self) -> bool:
        """Whether any target can be read as a probability."""
        return any(self._are_probabilities)

    @property
    def mixed(self) -> bool:
        """Whether some can be read as probabilities, and others cannot."""
        return self.has_probabilities and not all(self._are_probabilities)

    @property
    def of_probabilities(self) -> bool:
        """Whether any part holds probabilities."""
        return self._heads.of_probabilities

    @property
    def is_linear(self) -> bool:
        """Whether every score is a weighted sum of outputs."""
        return self._heads.is_linear

    def checked(self, score: ScoreKind | None) -> ScoreKind:
        """Check which score is to be explained against what all targets have; None is the logit."""
        if score not in (None, "logit") and self.mixed:
            plain = self._are_probabilities.count(False)
            raise ValueError(
                f"score={short(score)} needs probabilities, but {plain} of the {self.classes} "
                "targets are plain values; leave score out, or ask about the others alone."
            )
        return super().checked(score)

    def logits(self, z: Any, xp: Any = np) -> Any:
        """(N, units) outputs -> (N, targets) logits."""
        return self.numbers(z, "logit", xp)

    def log_probabilities(self, z: Any, xp: Any = np) -> Any:
        """(N, units) outputs -> (N, targets) log probabilities, or the values where none is."""
        return self.numbers(z, "log_probability", xp)

    def probabilities(self, z: Any, xp: Any = np) -> Any:
        """(N, units) outputs -> (N, targets) probabilities, or the values where none is."""
        return self.numbers(z, "probability", xp)

    def numbers(self, z: Any, kind: ScoreKind, xp: Any = np) -> Any:
        """(N, units) outputs -> (N, targets) scores of a kind, or plain values where none is."""
        plain = self._heads.numbers(z, "logit", xp)
        asked = plain if kind == "logit" else self._heads.numbers(z, kind, xp)
        every = xp.concatenate([asked, plain], axis=-1)
        alone, (columns, weights) = self._alone
        # a thousand classes are picked at once, not one by one
        found = [xp.take(every, columns, axis=-1) * xp.asarray(weights, dtype=every.dtype)]
        found += [self._summed(every, z, index, xp)[:, None] for index in self._others]
        order = np.argsort([*alone, *self._others])
        return xp.take(xp.concatenate(found, axis=-1), order, axis=-1)

    def _summed(self, every: Any, z: Any, index: int, xp: Any) -> Any:
        """(N, scores) of each kind -> (N,) the score of a target that is more than one of them."""
        total: Any = 0.0
        for picked, columns in zip(self.targets[index], self._columns(index), strict=True):
            part = self.parts[picked.part]
            if part.follows and part.beside is not None and xp is np:
                start = self._units[picked.part] + part.own
                total = total + part.beside.score(z[:, start : start + part.beside.units])
                continue
            some = xp.take(every, columns, axis=-1)
            total = total + part.constant
            if part.largest:
                total = total + xp.max(some, axis=-1) * picked.weights[0]
            else:
                total = total + xp.sum(some * np.asarray(picked.weights), axis=-1)
        return total

    @cached_property
    def _heads(self) -> Heads:
        return Heads.of(self.parts)

    @cached_property
    def _starts(self) -> NDArray[np.intp]:
        """Tell where the scores of each part begin, and where all end."""
        return np.cumsum([0, *(part.classes for part in self.parts)])

    @cached_property
    def _units(self) -> NDArray[np.intp]:
        """Tell where the outputs of each part begin, and where all end."""
        return np.cumsum([0, *(part.units for part in self.parts)])

    @cached_property
    def _are_probabilities(self) -> list[bool]:
        """Tell of each target whether all that it reads can be read as probabilities."""
        return [
            all(self._is_probability(self.parts[each.part]) for each in target)
            for target in self.targets
        ]

    @staticmethod
    def _is_probability(part: Part) -> bool:
        return part.head.has_probabilities and not part.follows

    def _columns(self, index: int) -> list[NDArray[np.intp]]:
        """Find what a target reads among the scores of the kind asked for, then plain ones."""
        first = 0 if self._are_probabilities[index] else self._starts[-1]
        return [
            first + self._starts[each.part] + np.array(each.scores, np.intp)
            for each in self.targets[index]
        ]

    @cached_property
    def _alone(self) -> tuple[list[int], tuple[NDArray[np.intp], NDArray[np.float64]]]:
        """List the targets that are one score, with its column and its weight."""
        plain = [not (part.constant or part.follows) for part in self.parts]
        one = [
            i
            for i, each in enumerate(self.targets)
            if len(each) == 1 == len(each[0].scores) and plain[each[0].part]
        ]
        columns = np.array([self._columns(i)[0][0] for i in one], np.intp)
        return one, (columns, np.array([self.targets[i][0].weights[0] for i in one]))

    @cached_property
    def _others(self) -> list[int]:
        return sorted(set(range(self.classes)) - set(self._alone[0]))
