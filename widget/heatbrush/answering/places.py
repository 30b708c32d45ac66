"""What if, ahead of the hand: the scores of every place that a drag may come to.

The page asks for places in the order in which it wants them, and again for those that are left: so
it goes on at the speed of the model and of the connection, and what the hand has left behind is
asked no more.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from heatbrush import protocol
from heatbrush.answering.whatif import Pace
from heatbrush.border import wire
from heatbrush.border.asked import Question
from heatbrush.jobs.handle import Handle
from heatbrush.session.session import Session
from heatbrush_core import Region
from heatbrush_core.matrix.bands import Band

MOMENT = 0.06
"""Seconds after which the page is told what is there."""
STEP = 0.03
"""Seconds of work between which a question about the place under the hand is answered."""
FIRST, MOST = 8, 64
"""Places that the model is asked about together, at first and at the most: many cost less each. It
is fewer only where they would not fit in two steps."""


class Places:
    """Answers many places of one band.

    Parameters
    ----------
    session
        The view.
    pace
        How long a selection takes; where that is too long, none is answered ahead.
    """

    def __init__(self, session: Session, pace: Pace) -> None:
        self._session, self._pace = session, pace
        self._size = FIRST

    def ask(self, request: protocol.WhatifEach) -> Handle:
        """Answer places, the first ones first; a newer question of the same view takes its place.

        Raises
        ------
        ValueError
            For a band that the selection does not have, and for one without cells.
        """
        region = Region.from_json(request.selection)
        count = len(request.selection["bands"])
        if request.band >= count or len(region.bands) < count:
            raise ValueError(
                f"Band {request.band} of {count} was asked about, {len(region.bands)} of which "
                "hold cells; give the number of one, and bands that hold cells."
            )
        return self._session.worker.submit(
            ("whatif_each", str(request.viewer)),
            lambda job: self._answer(job, request, region),
            urgent=True,
        )

    def _answer(self, job: Handle, request: protocol.WhatifEach, region: Region) -> None:
        with self._session.lock:
            question = self._session.board.question
        found: list[NDArray[np.float64]] = []
        reason = ""
        start = time.perf_counter()
        try:
            # what is slower than the eye would only keep the place under the hand waiting
            while self._pace.seconds <= MOMENT and time.perf_counter() - start < MOMENT:
                places = request.places[len(found) : len(found) + self._fitting]
                if not places or job.cancelled.is_set():
                    break
                found += self._timed(question, region, request.band, places)
                self._session.worker.serve_urgent()
        except Exception as error:
            found, reason = [], wire.sentence(error)
        if not job.cancelled.is_set():
            self._say(request.ask, found, reason)

    def _timed(
        self, question: Question, region: Region, band: int, places: Sequence[list[int]]
    ) -> list[NDArray[np.float64]]:
        """Answer some places; the next time as many more, or fewer, as go into a step."""
        start = time.perf_counter()
        with self._pace.of(len(places)):
            found = self._scores(question, region, band, places)
        fits = STEP / (time.perf_counter() - start)
        if fits < 1 or len(places) == self._size:
            self._size = int(np.clip(self._size * np.clip(fits, 0.5, 2), FIRST, MOST))
        return found

    @property
    def _fitting(self) -> int:
        """How many places are asked about next: together they take no longer than one by one."""
        seconds = self._pace.seconds
        return min(self._size, max(1, int(2 * STEP / seconds))) if seconds else self._size

    def _scores(
        self, question: Question, region: Region, band: int, places: Sequence[list[int]]
    ) -> list[NDArray[np.float64]]:
        """(2, classes) scores for each place: without the selection, and with only it."""
        samples = self._session.samples
        x, exists = samples.matrix(question.sample), samples.exists(question.sample)
        regions = [moved(region, band, place) for place in places]
        # neighbours cost least beside each other, whatever the order in which they are wanted
        some = [i for i, each in enumerate(regions) if each.mask(samples.shape).any()]
        order = sorted(some, key=places.__getitem__)
        asked = [regions[i] for i in order]
        of_each = []
        for asker, own in samples.asked_by(question):
            pairs = asker.whatif_each(x, asked, exists)
            of_each.append([np.stack([each.shown[own] for each in pair]) for pair in pairs])
        count = len(samples.classes(question.sample)) * len(of_each)
        found = [np.full((2, count), np.nan)] * len(places)
        for index, *parts in zip(order, *of_each, strict=True):
            found[index] = np.concatenate(parts, 1)
        return found

    def _say(self, ask: int, found: Sequence[NDArray[np.float64]], reason: str) -> None:
        answers: protocol.Answers = {"kind": "answers", "ask": ask, "count": len(found)}
        if reason:
            answers["reason"] = reason
        numbers = np.asarray(found, "<f8")
        numbers[~np.isfinite(numbers)] = np.nan
        self._session.channel.say(answers, [numbers.tobytes()] if found else None)


def moved(region: Region, band: int, place: Sequence[int]) -> Region:
    """Return a selection with one of its bands at another place, as far as its own axes go."""
    r0, r1, c0, c1 = place
    old = region.bands[band]
    new = Band(
        old.op,
        None if old.rows is None else (r0, r1),
        None if old.columns is None else (c0, c1),
    )
    return replace(region, bands=(*region.bands[:band], new, *region.bands[band + 1 :]))
