"""The scores of targets: of one, or of many at once, which take one pass of the model together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core.checks import short
from heatbrush_core.inference.lining import Lining
from heatbrush_core.matrix.region import Region
from heatbrush_core.targets import ScoreKind


class Scoring(Lining):
    """What scores targets without explaining them."""

    def score(
        self,
        x: ArrayLike,
        target: Any = None,
        without: Region | None = None,
        only: Region | None = None,
        score: ScoreKind | None = None,
        valid: Any = None,
    ) -> float:
        """Ask for the score of a target, of a matrix or of what is left of it.

        Parameters
        ----------
        x
            (H, W), (H, W, C) or (1, H, W, C).
        target
            As in `explain`.
        without, only, valid
            As in `predict`.
        score
            "probability", "logit" or "log_probability"; None is the probability, or the model's own
            value where it has none.

        Returns
        -------
        float
        """
        asker, matrix = self.aiming(x, valid, target)
        aim = asker.aim(matrix, target)
        matrix = asker.left(matrix, without, only)
        return float(asker.scored(asker.outputs(1, matrix[None].__getitem__), aim, score)[0])

    def scores(
        self,
        x: ArrayLike,
        targets: Sequence[Any],
        without: Region | None = None,
        only: Region | None = None,
        score: ScoreKind | None = None,
        valid: Any = None,
    ) -> NDArray[np.float64]:
        """Ask for the scores of many targets of one matrix at once, in one pass of the model.

        Parameters
        ----------
        x, without, only, score, valid
            As in `score`; of several kinds of outputs each has its own.
        targets
            A list of targets, each as in `explain`. None is what the model says of x, whatever is
            hidden of it.

        Returns
        -------
        (N,) float64
            In the order of the targets.
        """
        if not isinstance(targets, list | tuple):
            raise TypeError(
                f"scores takes a list of targets, but got {short(targets)}; give one, or ask score "
                "for a single target."
            )
        asker, matrix = self.about(x, valid)
        whole, frozen = asker.whole(), asker.frozen_lines(matrix, targets)
        if not frozen:
            return np.zeros(0)
        network, left = whole.side_by_side(matrix, frozen), asker.left(matrix, without, only)
        with asker.lock:
            outputs = network.outputs(left[None])
        head = network.head
        assert head is not None
        kind = "probability" if score is None else head.checked(score)
        return np.asarray(head.numbers(outputs, kind), np.float64)[0]

    def left(self, x: NDArray[Any], without: Region | None, only: Region | None) -> NDArray[Any]:
        """Take what is left of a matrix without a region, or with only one."""
        if without is not None and only is not None:
            raise ValueError(
                "without= and only= are both given, but one region is expected; ask twice."
            )
        if without is not None:
            return self.parts(x, without)[0]
        return x if only is None else self.parts(x, only)[1]
