"""The matrices of a view: what the model says of each, and what a question about one means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush.border.asked import Question, Target
from heatbrush_core import Axis, Explainer, Prediction
from heatbrush_core.checks import index, short
from heatbrush_core.targets import Class, Margin, resolve


class Samples:
    """The samples and their model.

    Parameters
    ----------
    explainer
        The model; its lock keeps two views of one explainer apart.
    matrices
        (N, H, W, C) samples.
    truth
        Class index per sample, or None.

    Attributes
    ----------
    shape
        Rows and columns of each matrix.
    axes
        The rows and the columns, with their names.
    """

    def __init__(
        self, explainer: Explainer, matrices: NDArray[Any], truth: Sequence[int] | None
    ) -> None:
        self.explainer, self.matrices, self.truth = explainer, matrices, truth
        self.shape = (int(matrices.shape[1]), int(matrices.shape[2]))
        self.axes: tuple[Axis, Axis] = explainer.axes(self.shape)
        self._predictions: dict[int, Prediction] = {}

    def __len__(self) -> int:
        return len(self.matrices)

    def axis(self, which: str) -> Axis:
        """Return one axis: "rows" or "columns"."""
        return self.axes[0 if which == "rows" else 1]

    def checked(self, question: Question) -> Question:
        """Refuse a sample or a target that there is not, and look the target's names up.

        Class names are looked up once they are known, after the first prediction at the latest.
        """
        sample, target = question.sample, question.target
        number = index(sample)
        if number is None:
            raise TypeError(
                f"A sample is asked for by its index, a whole number, but got {short(sample)}; "
                f"give 0 to {len(self) - 1}."
            )
        if not 0 <= number < len(self):
            raise ValueError(
                f"Sample {number} was asked for, but the view holds {len(self)}; "
                f"give an index from 0 to {len(self) - 1}."
            )
        if target is not None and self.explainer.classes:
            target = resolve(target, self.explainer.classes, 0)
        return Question(number, target)

    def prediction(self, sample: int) -> Prediction:
        """Ask what the model says of a sample, once."""
        if sample not in self._predictions:
            self._predictions[sample] = self.explainer.predict(self.matrices[sample])
        return self._predictions[sample]

    def aim(self, question: Question) -> Class | Margin:
        """Fix what a question is about: the class that is predicted, where no target was given."""
        prediction = self.prediction(question.sample)
        return resolve(question.target, prediction.classes, prediction.predicted)

    def known_aim(self, question: Question) -> Target:
        """Return the same without asking the model: the target as given before it has answered."""
        return self.aim(question) if question.sample in self._predictions else question.target

    def state(self, index: int) -> protocol.Sample:
        """Return the matrix of a sample as the page draws it."""
        return {
            "index": index,
            "count": len(self),
            "others": True,
            "truth": None if self.truth is None else int(self.truth[index]),
            "matrix": wire.array(self.matrices[index]),
        }
