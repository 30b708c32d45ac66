"""What evidence and metrics may ask of an explainer: a predictor that can explain."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core.bars import lent
from heatbrush_core.checks import MethodLike
from heatbrush_core.inference.scoring import Scoring
from heatbrush_core.inference.task import Task
from heatbrush_core.matrix.arrays import Indices
from heatbrush_core.matrix.region import Region
from heatbrush_core.matrix.validity import Mask
from heatbrush_core.network.scores.heads import Objective
from heatbrush_core.progress import Listening, Watch
from heatbrush_core.targets import ScoreKind, Target

if TYPE_CHECKING:
    from heatbrush_core.explanation.explanation import Explanation


class Explaining(Scoring):
    """A predictor that can explain; `Explainer` is the one there is, and knows the methods."""

    @abstractmethod
    def explain(
        self, x: ArrayLike, method: MethodLike, target: Any = None, **asked: Any
    ) -> Explanation:
        """Ask which cells of x made the model say it; see `Explainer.explain`."""

    @abstractmethod
    def explain_batch(
        self, X: ArrayLike, method: MethodLike, targets: Any = None, **asked: Any
    ) -> list[Explanation]:
        """Explain each of several matrices; see `Explainer.explain_batch`."""

    @abstractmethod
    def why_not(self, method: str) -> str:
        """Say in one sentence why a method cannot run on this model; empty where it can."""

    def others(self, aim: Target, watch: Watch | None = None) -> Indices | None:
        """Find the background samples that the model takes for another class than the target."""
        first, _ = aim.pair
        if self.background is None or first is None:
            return None
        outputs = self.outputs(len(self.background), self.background.__getitem__, watch)
        return np.flatnonzero([each.predicted != first for each in self.read(outputs)])

    def task(
        self,
        x: NDArray[Any],
        aims: Sequence[Target],
        score: ScoreKind | None,
        within: Region | None,
        watch: Watch | None = None,
    ) -> Task:
        """Get ready to ask about (H, W, C) x, or about many matrices like it, each with its aim."""
        inside = self._inside(within, x.shape)
        weights = np.stack([self.weights(aim) for aim in aims])
        watch = watch or Watch()

        def own(function: Callable[..., Any], x: NDArray[Any], **given: Any) -> Any:
            with lent(watch):
                return function(self, x, aims[0], **given)

        return Task(
            network=self._network,
            lock=self.lock,
            x=x,
            objective=Objective(
                self.head, weights[0] if len(aims) == 1 else weights, self.head.checked(score)
            ),
            inside=inside,
            exists=self.exists,
            fill=lambda spec, x: self.fill(x, spec),
            background=self.background,
            batching=lambda work: self.batching(x, work),
            own=own,
            watch=watch,
        )

    def _inside(self, within: Region | None, shape: Sequence[int]) -> Mask | None:
        """(H, W) which cells may be touched: those of a region that exist; None are all."""
        if within is None:
            return self.exists
        inside = within.mask((shape[0], shape[1]))
        if self.exists is None:
            return inside
        if not (inside & self.exists).any():
            raise ValueError(
                f"within is {within!r}, but none of its cells exists by valid=; give a region with "
                "cells that exist."
            )
        return inside & self.exists


def opened(
    explainer: Explaining,
    x: ArrayLike,
    explanation: Explanation,
    score: ScoreKind | None,
    progress: Listening,
    cancel: Any,
    valid: Any = None,
) -> tuple[Explaining, Target, Task]:
    """Get ready to ask a model about x and the target of a map: whom, about which, and what.

    With `valid` of None, the cells of x exist that do so in the map. A score of None is the
    probability, or the model's own value where it has none.

    Raises
    ------
    ValueError
        For a map of another shape, and for a target that the model does not have.
    """
    exists = explanation.valid if valid is None else valid
    explainer, x = explainer.aiming(x, exists, explanation.target)
    # a map that was given may say one thing of all channels
    of_cells = explanation.given and explanation.shape[2] == 1
    if explanation.map.shape != x.shape[:2] or not (of_cells or explanation.shape == x.shape):
        raise ValueError(
            f"The explanation has shape {explanation.shape}, but the matrix is {x.shape}; give "
            "the matrix that was explained."
        )
    kind = explainer.score_kind(score)
    aim = explainer.aim(x, explanation.target)
    return explainer, aim, explainer.task(x, [aim], kind, None, Watch(0, progress, cancel))
