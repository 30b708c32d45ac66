"""The scores of targets: of one, or of many at once, which take one pass of the model together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core.checks import short
from heatbrush_core.inference.aims.answer_maps import AnswerMaps
from heatbrush_core.inference.inputs.scores import held_scores, table
from heatbrush_core.matrix.region import Region
from heatbrush_core.network.scores.heads import Objective
from heatbrush_core.targets import ScoreKind

if TYPE_CHECKING:
    import pandas as pd


class Scoring(AnswerMaps):
    """What scores targets without explaining them."""

    def score(
        self,
        x: ArrayLike,
        target: Any = None,
        without: Region | None = None,
        only: Region | None = None,
        score: ScoreKind | None = None,
        valid: Any = None,
        given: Any = None,
    ) -> float:
        """Ask for the score of a target, of a matrix or of what is left of it.

        Parameters
        ----------
        x
            (H, W), (H, W, C) or (1, H, W, C).
        target
            As in `explain`.
        without, only, valid, given
            As in `predict`.
        score
            "probability", "logit" or "log_probability"; None is the probability, or the model's own
            value where it has none.

        Returns
        -------
        float
        """
        asker, matrix = self.aiming(x, valid, target, given)
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
        given: Any = None,
    ) -> NDArray[np.float64]:
        """Ask for the scores of many targets of one matrix at once, in one pass of the model.

        Parameters
        ----------
        x, without, only, score, valid, given
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
        asker, matrix = self.about(x, valid, given)
        whole = asker.whole()
        frozen = [each for each, _ in asker.frozen_lines(matrix, targets)]
        if not frozen:
            return np.zeros(0)
        network, left = whole.side_by_side(matrix, frozen), asker.left(matrix, without, only)
        with asker.lock:
            outputs = network.outputs(left[None])
        head = network.head
        assert head is not None
        kind = "probability" if score is None else head.checked(score)
        return np.asarray(head.numbers(outputs, kind), np.float64)[0]

    def given_scores(
        self,
        x: ArrayLike,
        target: Any = None,
        score: ScoreKind | None = None,
        valid: Any = None,
        given: Any = None,
    ) -> pd.DataFrame:
        """Tell what the inputs beside the matrix are worth to the score, while x stays whole.

        Parameters
        ----------
        x, target, valid, given
            As in `explain`.
        score
            "logit" (the default), "probability" or "log_probability".

        Returns
        -------
        DataFrame
            A row for each held input, and where it holds 2 to 20 numbers one for each "element" of
            it: "value" v, "baseline" b, "loss" s(x, v) - s(x, b), what the score s loses where b
            takes the place of v, all else as it is; "gradient" ds/dv at v, and "gradient_x_value",
            v ds/dv, summed over the numbers of the input. b is the mean of the background, of whole
            numbers the commonest, where the background is a dict that has the input, else 0.
            Whole numbers have no gradient, nor has a plain function: NaN. The losses of several
            inputs need not sum to what is lost without all. ``attrs["score"]`` names the score,
            ``attrs["notes"]`` is what was assumed, in sentences.

        Raises
        ------
        ValueError
            In one sentence, where the model takes a matrix alone.
        """
        asker, matrix = self.aiming(x, valid, target, given)
        if not asker.given:
            raise ValueError(
                f"given_scores asks what is held beside the matrix, but {self.named} takes a "
                "matrix alone; ask explain what its cells are worth."
            )
        aim = asker.aim(matrix, target)
        kind = asker.head.checked(score)
        objective = Objective(asker.head, asker.weights(aim), kind)
        return table(*held_scores(asker, matrix, objective), asker.head.name_of(kind))
