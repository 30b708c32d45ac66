"""What if: the scores without a selection and with only it, between the batches of what runs."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush.jobs.handle import Handle
from heatbrush.session.session import Session
from heatbrush_core import Region

UNDER_WAY = 2
LAST = 3
"""Selections whose times tell how long one takes."""


class Pace:
    """How long a selection takes: as the fastest of the last ones, since any may have to wait."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=LAST)

    @contextmanager
    def of(self, count: int) -> Iterator[None]:
        """Take note of how long so many take."""
        start = time.perf_counter()
        yield
        self._seconds.append((time.perf_counter() - start) / count)

    @property
    def seconds(self) -> float:
        """That of one; 0 before the first."""
        return min(self._seconds, default=0.0)


def whatif(
    session: Session, ask: int, region: Region, viewer: int = 0, pace: Pace | None = None
) -> Handle:
    """Answer the question `ask` of one view on the page; its next but one takes its place.

    A page has two questions under way, so that one answer travels while the other is worked on.
    `pace` is told how long it takes.
    """
    return session.worker.submit(
        ("whatif", str(viewer), str(ask % UNDER_WAY)),
        lambda _job: session.channel.say(_answer(session, ask, region, pace or Pace())),
        urgent=True,
        dropped=lambda _job: session.channel.say(_none(ask, "A newer selection was asked about.")),
    )


def _answer(session: Session, ask: int, region: Region, pace: Pace) -> protocol.Answer:
    if not region:
        return _none(ask)
    with session.lock:
        question = session.board.question
    samples = session.samples
    if samples.missing and (known := session.answered.known(question, region)) is not None:
        return {"kind": "answer", "ask": ask, "without": known["without"], "only": known["only"]}
    try:
        with pace.of(1):
            without, only = samples.whatif(question, region)
    except BaseException as error:
        return _none(ask, wire.sentence(error))
    session.answered.keep(question, region, without, only)
    return {"kind": "answer", "ask": ask, "without": without, "only": only}


def _none(ask: int, reason: str = "") -> protocol.Answer:
    answer: protocol.Answer = {"kind": "answer", "ask": ask, "without": None, "only": None}
    return {**answer, "reason": reason} if reason else answer
