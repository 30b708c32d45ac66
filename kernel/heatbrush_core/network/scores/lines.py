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
from heatbrush_core.network.scores.cells import Composed, Heads, Part
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
class Lines(Composed):
    """Reads outputs as the scores of several targets, which take the place of classes.

    Attributes
    ----------
    targets
        What each target adds up of these.
    rivals
        How many of the first targets exclude each other, as the model's classes do: one of these is
        what it predicts. 1 where the first target stands for it.
    """

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
        return bool(self.plain)

    @property
    def plain(self) -> tuple[int, ...]:
        """Number those that cannot be read as probabilities, where others can."""
        if not self.has_probabilities:
            return ()
        return tuple(i for i, is_one in enumerate(self._are_probabilities) if not is_one)

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

    def numbers(self, z: Any, kind: ScoreKind, xp: Any = np) -> Any:
        """(N, units) outputs -> (N, targets) scores of a kind, or plain values where none is."""
        found = [self._single(z, kind, xp)]
        for index in self._others:
            places, head, weights = self._apart(index)
            own = kind if head.has_probabilities else "logit"
            score = head.score(xp.take(z, places, axis=-1), weights, own, xp)
            found.append(xp.reshape(score, (-1, 1)))
        order = np.argsort([*self._alone, *self._others])
        return xp.take(xp.concatenate(found, axis=-1), order, axis=-1)

    def _single(self, z: Any, kind: ScoreKind, xp: Any) -> Any:
        """(N, units) outputs -> (N, n) targets that are one score: a thousand classes at once."""
        plain = self._heads.numbers(z, "logit", xp)
        asked = plain if kind == "logit" else self._heads.numbers(z, kind, xp)
        every, (columns, weights) = xp.concatenate([asked, plain], axis=-1), self._columns
        return xp.take(every, columns, axis=-1) * xp.asarray(weights, dtype=every.dtype)

    @cached_property
    def _heads(self) -> Heads:
        return Heads.of(self.parts)

    @cached_property
    def _are_probabilities(self) -> list[bool]:
        """Tell of each target whether it can be read as a probability."""
        return [
            Heads.of([self.parts[each.part] for each in target]).has_probabilities
            for target in self.targets
        ]

    @cached_property
    def _alone(self) -> list[int]:
        """List the targets that are one score, which lies where it was."""
        return [i for i, each in enumerate(self.targets) if len(each) == 1 and self._plain(each[0])]

    def _plain(self, picked: Picked) -> bool:
        part = self.parts[picked.part]
        return len(picked.scores) == 1 and not (part.beside or part.constant)

    @cached_property
    def _others(self) -> list[int]:
        return sorted(set(range(self.classes)) - set(self._alone))

    @cached_property
    def _columns(self) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Find these among the scores of the kind asked for, then plain ones; and their weights."""
        starts = np.cumsum([0, *(part.classes for part in self.parts)])
        picked = [self.targets[index][0] for index in self._alone]
        columns = [
            starts[each.part] + each.scores[0] + (0 if self._are_probabilities[i] else starts[-1])
            for i, each in zip(self._alone, picked, strict=True)
        ]
        return np.array(columns, np.intp), np.array([each.weights[0] for each in picked])

    def _apart(self, index: int) -> tuple[NDArray[np.intp], Heads, NDArray[np.float64]]:
        """Find the outputs of a target that is made of several scores, and how they are read."""
        if index not in self._made:
            starts = np.cumsum([0, *(part.units for part in self.parts)])
            several = [(each, self.parts[each.part]) for each in self.targets[index]]
            units = [starts[each.part] + np.arange(part.units) for each, part in several]
            weights = [np.zeros(part.classes) for _, part in several]
            for (each, _), own in zip(several, weights, strict=True):
                own[list(each.scores)] = each.weights
            head = Heads.of([part for _, part in several])
            self._made[index] = np.concatenate(units), head, np.concatenate(weights)
        return self._made[index]

    @cached_property
    def _made(self) -> dict[int, tuple[NDArray[np.intp], Heads, NDArray[np.float64]]]:
        return {}
