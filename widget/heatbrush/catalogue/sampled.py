"""The samples of a view as Python sees them: which one is shown, and a table of all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from heatbrush.catalogue.catalogue import Catalogue
from heatbrush.jobs.handle import Handle
from heatbrush.session.session import Session

if TYPE_CHECKING:
    import pandas as pd


class Sampled(ABC):
    """What a view knows of all of its samples."""

    _session: Session
    _catalogue: Catalogue

    @abstractmethod
    def _answering(self, handle: Handle) -> Handle:
        """Let the cell that waits for a job have what comes of it."""

    @property
    def sample(self) -> int:
        """Index of the sample that is shown.

        Setting it, to an index or to a name of `ids`, computes every panel again.
        """
        return self._session.board.question.sample

    @sample.setter
    def sample(self, index: Any) -> None:
        with self._session.channel.answering():
            self._session.show(replace(self._session.board.question, sample=index))

    @property
    def samples(self) -> pd.DataFrame:
        """All samples, a row each, with what the model says as far as it was asked.

        The index is the sample's; the columns are its name (where samples have names), its true
        class (where y was given), the class predicted, the probability of that class (of a model
        that has none, its score), and the margin: how much more that is than the next. Missing
        values stand where the model was not asked yet: `score_samples` asks it. A model that
        returns a map has no classes, so that only the name is left.
        """
        import pandas as pd

        samples, scores = self._session.samples, self._catalogue.survey.scores
        classes = samples.explainer.classes
        columns: dict[str, Any] = {}
        if samples.names is not None:
            columns["name"] = list(samples.names.labels)
        if samples.truth is not None:
            columns["truth"] = [_called(each, classes) for each in samples.truth]
        index = pd.RangeIndex(len(samples), name="sample")
        if samples.lines.of_map:
            return pd.DataFrame(columns, index=index)
        columns["predicted"] = [_called(each, classes) for each in scores.predicted]
        columns[self._catalogue.survey.kind] = scores.best.astype(np.float64)
        columns["margin"] = scores.margin.astype(np.float64)
        return pd.DataFrame(columns, index=index)

    def score_samples(self) -> Handle:
        """Ask the model about all samples, in the background; what it said before is kept.

        Returns
        -------
        Handle
            ``wait()`` returns `samples`; ``cancel()`` stops it.

        Raises
        ------
        ValueError
            Without a model, and for one that returns a map, which has no classes.
        """
        samples = self._session.samples
        if samples.missing:
            raise ValueError(f"{samples.missing} Nothing tells the classes of samples.")
        samples.lines.refuse_map(
            "score_samples asks for the class of each sample", "ask explainer.scores about targets"
        )
        return self._answering(self._catalogue.survey.start(["scores"], lambda: self.samples))


def _called(index: int, classes: Any) -> str | None:
    if index < 0:
        return None
    return classes[index] if index < len(classes) else str(index)
