"""Whether the baselines of a view hide: asked of the model when nobody waits for it."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import Any

from heatbrush.border.asked import Question
from heatbrush.jobs.handle import Handle
from heatbrush.jobs.worker import Worker
from heatbrush.pages.channel import Channel
from heatbrush.session.board import Board
from heatbrush.session.samples import Samples
from heatbrush_core import Explanation
from heatbrush_core.evidence import premises
from heatbrush_core.methods import find
from heatbrush_core.progress import Watch

SLOT = ("check",)
ASKED = ("run", "find")
"""Slots of jobs that a chart does not keep waiting."""
FIRST = (*ASKED, "chart")
"""Slots of jobs that a check does not keep waiting, besides those that are urgent."""

Warn = Callable[[Question, Sequence[str]], None]
"""Shows what speaks against the baselines of a question."""


class Checks:
    """The checks of one view, each about the sample, target and baselines that are shown.

    Parameters
    ----------
    channel
        Whose lock guards what is asked.
    samples
        What is looked at.
    board
        What is asked now, and by which methods.
    worker
        Which does it when it has nothing else to do.
    warn
        Is told what was found.
    weighed
        Is told of what question it is known now what the inputs beside the matrix are worth.
    """

    def __init__(
        self,
        channel: Channel,
        samples: Samples,
        board: Board,
        worker: Worker,
        warn: Warn,
        weighed: Callable[[Question], None],
    ) -> None:
        self._channel, self._samples, self._board = channel, samples, board
        self._worker, self._warn, self._weighed = worker, warn, weighed
        self._noted: weakref.WeakKeyDictionary[Explanation, Explanation] = (
            weakref.WeakKeyDictionary()
        )

    def look(self) -> None:
        """Look at what is shown once nothing else is to be done; what is known is not asked again.

        A newer look takes the place of one that waits.
        """
        with self._channel.lock:
            if not (self._samples.missing or self._worker.closed):
                self._worker.submit(SLOT, self._work, idle=True)

    def doubts(self, question: Question, watch: Watch | None = None) -> list[str]:
        """Say what speaks against the baseline of the view, and against those of single panels."""
        own = self._checked(question, "", watch)
        found, models = list(own), self._samples.models
        of = {model: self._checked(question, model, watch) for model in models}
        for model, said in of.items():
            found += [f"{model}: {each}" for each in said if each not in own]
        for name, map, (model, baseline) in self._hiding(question):
            said = self._checked(question, model, watch, baseline)
            # what a file has kept was noted when it was written
            fresh = [each for each in said if each not in map.notes]
            if fresh and map not in self._noted:
                self._noted[map] = map.noted(fresh)
            # one that fills as the view's does has been told
            told = of.get(model, own)
            found += [f"{name}: {each}" for each in said if each not in told]
        return found

    def _checked(
        self, question: Question, model: str, watch: Watch | None, baseline: Any = None
    ) -> Sequence[str]:
        """Ask one model; a baseline of None is the one of the view."""
        samples, sample = self._samples, question.sample
        aim, given = samples.aim(question, model), samples.matrix(sample)
        asker, x = samples.hiding(question, model).aiming(given, samples.exists(sample), aim)
        # of a line its target, which is no rival of the other lines
        (said,) = premises.checked([asker], x[None], [asker.aim(x, aim)], baseline, watch)
        return said

    def explanations(self) -> dict[str, Explanation]:
        """Return what the panels show, with what was found to speak against their baselines."""
        with self._channel.lock:
            found = self._board.explanations()
        return {name: self.noted(map) for name, map in found.items()}

    def noted(self, map: Explanation) -> Explanation:
        """Return a map with what was found so far to speak against its baseline."""
        return self._noted.get(map, map)

    def _hiding(self, question: Question) -> list[tuple[str, Explanation, tuple[str, Any]]]:
        """List the panels that hide cells, with their maps of a question, from whom and by what."""
        with self._channel.lock:
            models = {name: panel.spec.model for name, panel in self._board.panels.items()}
            found, panels = self._board.explanations(question), self._board.panels
            # a pinned map may be of another sample
            maps = {name: map for name, map in found.items() if panels[name].spec.pinned is None}
        return [
            (name, map, (models[name], baseline))
            for name, map in maps.items()
            if not map.given
            for baseline in find(map.method).settings(map.parameters, map.shape[:2]).hides()
        ]

    def _work(self, job: Handle) -> None:
        with self._channel.lock:
            question = self._board.question
        # words of progress are told before and after each batch, which others wait for
        watch = Watch(0, lambda _: self._serve(), job.cancelled)
        self._warn(question, self.doubts(question, watch))
        if self._samples.weigh(question):
            self._weighed(question)

    def _serve(self) -> None:
        self._worker.serve_urgent(*FIRST)
