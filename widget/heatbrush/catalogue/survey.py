"""Looking at all samples while nobody waits: what the model says of them, how alike they are."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from heatbrush import protocol
from heatbrush.catalogue.alike import Reduced, distances
from heatbrush.catalogue.scores import Scores
from heatbrush.jobs.handle import Handle
from heatbrush.session.session import Session
from heatbrush_core import Cancelled

SLOT = ("survey",)
EVERY = 0.5
"""Seconds between two words of how far it is; the list is made anew for each."""
NUMBERS = 2**21
"""Of the matrices that are reduced at once."""

Part = Literal["scores", "matrices"]


class Survey:
    """What is known of all samples of a view; nothing before an order needs it.

    Parameters
    ----------
    session
        Whose samples they are.
    told
        Called on the worker's thread whenever more is known, at most twice a second, and with True
        at the end.

    Attributes
    ----------
    scores : Scores
    running : bool
    """

    def __init__(self, session: Session, told: Callable[[bool], None]) -> None:
        self._session, self._samples, self._told = session, session.samples, told
        count = len(session.samples)
        self.scores = Scores(count)
        self.reduced: Reduced | None = None
        self.running = False
        self._part: Part = "scores"
        self._planned: tuple[Part, ...] = ()
        self._token = 0
        self._none, self._unknown = np.zeros(count, bool), np.full(count, np.nan, np.float32)
        self._measured: tuple[tuple[str, int, int], NDArray[Any]] | None = None

    # ------------------------------------------------------------ what is known

    @property
    def kind(self) -> str:
        """What a score is called."""
        return "probability" if self._samples.explainer.has_probabilities else "score"

    @property
    def classes(self) -> int:
        """How many classes there are, as far as that is known."""
        return len(self._samples.explainer.classes)

    def lacks(self, arranged: protocol.Arranged) -> list[Part]:
        """Return what a list needs, and is not known of all samples yet."""
        return [part for part in _parts(arranged) if not self._column(part).all()]

    def progress(self, arranged: protocol.Arranged) -> tuple[int, int]:
        """Return how many samples were looked at, of how many; 0 of 0 where all is known."""
        lacking = self.lacks(arranged)
        part = self._part if self.running else next(iter(lacking), None)
        if part is None:
            return 0, 0
        known = self._column(part)
        return int(known.sum()), len(known)

    def _column(self, part: Part) -> NDArray[np.bool_]:
        if part == "scores":
            return self.scores.known
        return self._none if self.reduced is None else self.reduced.known

    def values(self, arranged: protocol.Arranged) -> NDArray[Any] | None:
        """Return what samples are ordered by, NaN where that is not known; None for no number."""
        order, of = arranged["order"], arranged["of"] or 0
        each = self.scores.each
        if order == "unsure":
            return self.scores.margin
        if order == "score":
            return self._unknown if each is None else each[:, of]
        if order in ("alike scores", "alike matrices"):
            return self._distances(order, of)
        return None

    def _distances(self, order: str, of: int) -> NDArray[Any]:
        """Compute distances once for what is known: the list is made anew with every key."""
        scores = order == "alike scores"
        key = order, of, int(self._column("scores" if scores else "matrices").sum())
        if self._measured is None or self._measured[0] != key:
            if scores:
                each = self.scores.each
                found = self._unknown if each is None else distances(each, of)
            else:
                found = self._unknown if self.reduced is None else self.reduced.distances(of)
            self._measured = key, found
        return self._measured[1]

    def check(self, order: str) -> None:
        """Refuse an order by single classes where their scores would take too much memory.

        Raises
        ------
        ValueError
            In one sentence.
        """
        if order in ("score", "alike scores") and not self.scores.fits(self.classes):
            size = len(self._samples) * self.classes * 4 / 1e6
            raise ValueError(
                f"The scores of {len(self._samples):,} samples and {self.classes:,} classes take "
                f"{size:.0f} MB, which is more than a view keeps; order by the least sure instead."
            )

    def reduction(self) -> str:
        """Say how matrices are reduced before they are compared; empty where they are not."""
        found = self.reduced
        if found is None:
            return ""
        rows, columns = found.blocks
        said = "" if found.whole else f"Each is reduced to {rows} × {columns} block means first."
        return f"{said} A cell without a number counts as 0.".strip() if found.holes else said

    # ------------------------------------------------------------ looking

    def want(self, arranged: protocol.Arranged) -> None:
        """Look at all samples if a list needs it, and that is not under way."""
        lacking = self.lacks(arranged)
        if lacking and not (self.running and set(lacking) <= set(self._planned)):
            self.start(lacking)

    def start(self, parts: Sequence[Part], result: Callable[[], Any] = lambda: None) -> Handle:
        """Look at all samples, in the background; what is known is kept and not asked again.

        The handle's `wait` returns what `result` does then.
        """
        self._token += 1
        token = self._token
        self.running, self._part, self._planned = True, parts[0], tuple(parts)
        return self._session.worker.submit(
            SLOT,
            lambda job: self._work(job, parts, result),
            idle=True,
            dropped=lambda _job: self._dropped(token),
        )

    def stop(self) -> None:
        """Stop that; what is known stays."""
        self._session.worker.cancel(SLOT)

    def _dropped(self, token: int) -> None:
        """Say that it was stopped, unless another took its place."""
        if token == self._token:
            self.running = False
            if self._session.worker.closed:
                self._told(False)  # or a view that is displayed again would say that it runs
            else:
                self._session.worker.submit(("list",), lambda _job: self._told(True), urgent=True)

    def _work(self, job: Handle, parts: Sequence[Part], result: Callable[[], Any]) -> Any:
        try:
            for part in parts:
                self._part = part
                self._look(job, part)
            return result()
        finally:
            if not job.cancelled.is_set():
                self.running = False
                self._told(True)

    def _look(self, job: Handle, part: Part) -> None:
        samples, worker, said = self._samples, self._session.worker, time.monotonic()
        if part == "scores":
            # the model's head is known after this
            samples.prediction(self._session.board.question.sample)
        elif self.reduced is None:
            self.reduced = Reduced(samples.matrices.shape)
        known = self._column(part)
        start = 0
        while start < len(samples):
            stop = min(len(samples), start + self._batch(part))
            which, start = slice(start, stop), stop
            if known[which].all():
                continue
            self._take(part, which)
            worker.give_way(job)
            if job.cancelled.is_set():
                raise Cancelled("The survey was stopped.")
            if time.monotonic() - said >= EVERY:
                self._told(False)
                said = time.monotonic()

    def _batch(self, part: Part) -> int:
        samples = self._samples
        if part == "scores":
            return samples.explainer.batching(samples.matrices[0], "scores").size
        return max(1, NUMBERS // samples.matrices[0].size)

    def _take(self, part: Part, which: slice) -> None:
        if part == "scores":
            askers = self._samples.askers(which)
            self.scores.ask(askers, self._samples.matrices, which)
        elif self.reduced is not None:
            self.reduced.add(self._samples.matrices, which)


def _parts(arranged: protocol.Arranged) -> tuple[Part, ...]:
    """Name what a list needs to know of all samples."""
    by_scores = arranged["order"] in ("unsure", "score", "alike scores")
    needs_scores = by_scores or arranged["only"] in ("misclassified", "predicted")
    scores: tuple[Part, ...] = ("scores",) if needs_scores else ()
    return (*scores, "matrices") if arranged["order"] == "alike matrices" else scores
