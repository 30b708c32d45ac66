"""The matrices of a view: what the model says of each, and what a question about one means."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush.border.asked import Question, Spec, Target
from heatbrush_core import Axis, Explainer, Explanation, Prediction
from heatbrush_core.checks import index, short
from heatbrush_core.network.no_model import NOTHING, NoModel
from heatbrush_core.progress import Listener
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
        self._kept: dict[int, NDArray[Any]] = {}

    def __len__(self) -> int:
        return len(self.matrices)

    def matrix(self, sample: int) -> NDArray[Any]:
        """Return one sample as it was when it was first asked for: who changes X changes no map."""
        if sample not in self._kept:
            copy = self.matrices[sample].copy()
            copy.flags.writeable = False
            self._kept.setdefault(sample, copy)
        return self._kept[sample]

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
        if target is not None and self.missing:
            raise ValueError(
                f"target is {short(target)}, but without a model there are no classes; leave it "
                "out."
            )
        if target is not None and self.explainer.classes:
            target = resolve(target, self.explainer.classes, 0)
        return Question(number, target)

    @property
    def missing(self) -> str:
        """Why the model cannot be asked: there is none; empty where there is one."""
        return NOTHING if isinstance(self.explainer.model, NoModel) else ""

    def prediction(self, sample: int) -> Prediction:
        """Ask what the model says of a sample, once."""
        if sample not in self._predictions:
            self._predictions[sample] = self.explainer.predict(self.matrix(sample))
        return self._predictions[sample]

    def aim(self, question: Question) -> Class | Margin:
        """Fix what a question is about: the class that is predicted, where no target was given.

        Without a model, where no map depends on it, it is the first class.
        """
        if self.missing:
            return Class(0)
        prediction = self.prediction(question.sample)
        return resolve(question.target, prediction.classes, prediction.predicted)

    def known_aim(self, question: Question) -> Target:
        """Return the same without asking the model: the target as given before it has answered."""
        return self.aim(question) if question.sample in self._predictions else question.target

    def scores(self, sample: int) -> protocol.Scores:
        """Return what the model says of a sample, as the page shows it; or why there is none."""
        return wire.scores(None if self.missing else self.prediction(sample), self.missing)

    def explained(
        self,
        blank: protocol.PanelState,
        spec: Spec,
        question: Question,
        progress: Listener | None = None,
        cancel: threading.Event | None = None,
    ) -> tuple[protocol.PanelState, Explanation]:
        """Explain a sample, or take the map that was given for it; return a panel that shows it."""
        if spec.given:
            found = spec.given[question.sample]
            return wire.as_given(wire.explained(blank, found), found), found
        found = self.explainer.explain(
            self.matrix(question.sample),
            spec.method,
            target=self.aim(question),
            within=spec.within,
            progress=progress,
            cancel=cancel,
            **spec.parameters,
        )
        return wire.explained(blank, found), found

    def state(self, index: int) -> protocol.Sample:
        """Return the matrix of a sample as the page draws it."""
        return {
            "index": index,
            "count": len(self),
            "others": True,
            "truth": None if self.truth is None else int(self.truth[index]),
            "matrix": wire.array(self.matrix(index)),
        }
