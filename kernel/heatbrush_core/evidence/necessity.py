"""What a region is worth to a score: what is lost without it, and what it gives alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.matrix.region import Region
from heatbrush_core.progress import Watch

if TYPE_CHECKING:
    from heatbrush_core.inference.predictor import Predictor
    from heatbrush_core.targets import ScoreKind, Target


@dataclass(frozen=True, eq=False)
class Probe:
    """One matrix, one target, one baseline, one score s.

    Attributes
    ----------
    predictor
        The model.
    x, base
        (H, W, C), the matrix, and what its cells become when they are hidden.
    aim
        The target, frozen.
    score
        Which score of the target; None is its probability, or its value where the model has none.
    """

    predictor: Predictor
    x: NDArray[Any]
    base: NDArray[Any]
    aim: Target
    score: ScoreKind | None = None

    def necessity(self, regions: Sequence[Region], watch: Watch | None = None) -> Floats:
        """(N,) s(x) - s(x without a region)."""
        whole, parts = self.predictor.exchanged(self.x, self.base, regions, watch)
        return self._scores(whole[None]) - self._scores(parts)

    def measured(
        self, regions: Sequence[Region], watch: Watch | None = None
    ) -> tuple[Floats, Floats, Floats]:
        """(N,) necessity; sufficiency, s(only a region) - s(nothing: the baseline); and the effect.

        The effect is the larger of the two. Where the baseline has the class already it is the
        necessity: a region need say nothing for it, and what it says alone is no evidence. A single
        score is no class that one could have.
        """
        nothing, parts = self.predictor.exchanged(self.base, self.x, regions, watch)
        necessity = self.necessity(regions, watch)
        sufficiency = self._scores(parts) - self._scores(nothing[None])
        several = len(self.predictor.classes) > 1
        has = several and self.predictor.read(nothing[None])[0].predicted == self.aim.pair[0]
        effect = necessity if has else np.maximum(necessity, sufficiency)
        return necessity, sufficiency, effect

    def reach(self) -> float:
        """Tell how far the score goes: 1 for a probability, else from the baseline's to x's."""
        if self.predictor.score_kind(self.score) == "probability":
            return 1.0
        nothing, _ = self.predictor.exchanged(self.base, self.x, [])
        whole, _ = self.predictor.exchanged(self.x, self.base, [])
        start, end = self._scores(np.stack([nothing, whole]))
        return abs(float(end - start))

    def _scores(self, outputs: Floats) -> Floats:
        return self.predictor.scored(outputs, self.aim, self.score)
