"""What the model says without each named selection, and with only it: asked when nobody waits."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush.border.asked import Question
from heatbrush.jobs.handle import Handle
from heatbrush.session.session import Session
from heatbrush_core import Cancelled, Region

SLOT = ("named",)
FIRST = ("run", "find", "chart")
"""Slots of jobs that the list does not keep waiting, besides those that are urgent."""
KEPT = 2000
"""Answers that are remembered, so that going back to a sample asks nothing."""
OFTEN = 0.5
"""Seconds between two updates of the list while it is being asked about."""

Key = tuple[Question, tuple[Any, ...]]


class Scored:
    """Keeps the scores of the named selections of one view about what is shown.

    Parameters
    ----------
    session
        Whose sample and baseline are meant; the scores are those of every class.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: OrderedDict[Key, protocol.NamedScores] = OrderedDict()
        # whoever changes the list, the sample or the baseline, in Python or on a page
        session.widget.observe(lambda _: self.look(), ["named", "sample", "hidden", "classes"])

    def look(self) -> None:
        """Ask about what is named and shown, once nothing else is to be done."""
        session = self._session
        with session.lock:
            about = session.widget.named or session.widget.named_scores
            askable = self._known or not session.samples.missing
            if about and askable and not session.worker.closed:
                session.worker.submit(SLOT, self._work, idle=True)

    def state(self, question: Question) -> list[protocol.NamedScores]:
        """Return the scores of a question about any sample, asked now where they are not known.

        Of a view without a model, or one that is closed, those that are known.
        """
        if self._session.samples.missing or self._session.worker.closed:
            keys = [_key(question, each) for each in self._selections()]
            return [self._known[key] for key in keys if key in self._known]
        return [self._ask(question, each) for each in self._selections()]

    def restore(self, found: Mapping[Question, Sequence[protocol.NamedScores]]) -> None:
        """Take what a model said of named selections in an earlier view."""
        for question, each in found.items():
            self._known.update({_key(question, one["selection"]): one for one in each})
        self.look()

    def _selections(self) -> list[protocol.Selection]:
        return [each["selection"] for each in self._session.widget.named]

    def _work(self, job: Handle) -> None:
        session = self._session
        with session.lock:
            question = session.board.question
        found: list[protocol.NamedScores] = []
        told = time.monotonic()
        if session.samples.missing:
            return self._tell(question, self.state(question))
        for each in self._selections():
            session.worker.serve_urgent(*FIRST)
            if job.cancelled.is_set():
                raise Cancelled
            found.append(self._ask(question, each))
            if time.monotonic() - told > OFTEN:
                self._tell(question, found)
                told = time.monotonic()
        self._tell(question, found)

    def _tell(self, question: Question, found: Sequence[protocol.NamedScores]) -> None:
        with self._session.lock:
            if _of_any_target(self._session.board.question) == _of_any_target(question):
                self._session.channel.write(named_scores=list(found))

    def _ask(self, question: Question, selection: protocol.Selection) -> protocol.NamedScores:
        """Ask the model, once for each sample, baseline and selection."""
        key = _key(question, selection)
        found = self._known.pop(key, None)
        if found is None or not self._fits(found):
            found = self._asked(question, selection)
        if not found["reason"]:  # what went wrong may go well the next time
            self._known[key] = found
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        return found

    def _fits(self, found: protocol.NamedScores) -> bool:
        """Tell whether scores are those of all lines that their sample has now."""
        samples, numbers = self._session.samples, found["scores"]["shape"]
        count = len(samples.classes(found["sample"])) * max(1, len(samples.models.names))
        return not samples.lines.there or numbers[-1] == count

    def _asked(self, question: Question, selection: protocol.Selection) -> protocol.NamedScores:
        answer: protocol.NamedScores = {
            "sample": question.sample,
            "baseline": question.baseline,
            "selection": selection,
            "scores": wire.ABSENT,
            "reason": "",
        }
        region = Region.from_json(selection)
        try:
            without, only = self._session.samples.whatif(question, region)
        except Exception as error:  # whatever a model or a baseline of the user's raises
            return {**answer, "reason": wire.sentence(error)}
        return {**answer, "scores": wire.array(np.array([without, only], np.float32))}


def _key(question: Question, selection: protocol.Selection) -> Key:
    bands = tuple(
        (each["op"], _span(each["rows"]), _span(each["columns"])) for each in selection["bands"]
    )
    return _of_any_target(question), bands


def _span(span: Any) -> tuple[Any, ...] | None:
    return None if span is None else tuple(span)


def _of_any_target(question: Question) -> Question:
    """Return the question without its target: the scores are those of every class."""
    return replace(question, target=None)
