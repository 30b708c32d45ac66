"""One view's work: what is asked goes to the worker, what is found goes to the page.

Any thread may ask. Only the worker's thread uses the model, and only it writes the traits that hold
results: widgets are not safe to write from two threads.
"""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush.border.asked import Question, Spec, Target
from heatbrush.border.panels import Panels
from heatbrush.border.slots import Slots
from heatbrush.jobs.handle import Handle, Report
from heatbrush.jobs.worker import Worker
from heatbrush.lines.added import Added
from heatbrush.pages.channel import Channel
from heatbrush.pages.presence import Presence
from heatbrush.session.ahead import Ahead
from heatbrush.session.answered import Answered
from heatbrush.session.arrangement import Arrangement
from heatbrush.session.board import Board, Pending
from heatbrush.session.checks import Checks
from heatbrush.session.filling import Filling
from heatbrush.session.history import Result
from heatbrush.session.large import LargeMaps
from heatbrush.session.samples import Samples
from heatbrush.session.searches import Asked, Searches
from heatbrush_core import Cancelled, Explanation
from heatbrush_core.targets import Class, Margin

SESSIONS: weakref.WeakSet[Session] = weakref.WeakSet()
"""Those of this process."""


class Session:
    """The samples, the panels and the page of one view.

    Parameters
    ----------
    samples
        What is explained, and by which model.
    question
        The sample and target shown first.
    panels
        What is computed first, by panel name, once the session is started.
    worker
        Makes the worker from what it reports errors to.
    notes
        Sentences that the reader should see, such as how the matrices were read.

    Attributes
    ----------
    board : Board
    channel : Channel
    worker : Worker
    searches : Searches
    checks : Checks
    arrangement : Arrangement
    answered : Answered
    ahead : Ahead
    widget : Panels
    presence : Presence
    ending : list of callables
        What else is to be closed with the view.
    large : LargeMaps
        What the page asks for of maps that it does not hold whole.
    lock : HomeLock
        That of the channel.
    """

    def __init__(
        self,
        samples: Samples,
        question: Question,
        panels: Mapping[str, Spec],
        worker: Callable[[Report], Worker],
        notes: Sequence[str] = (),
    ) -> None:
        self.samples = samples
        self.board = Board(samples.checked(question), samples.blank)
        for name, spec in panels.items():
            self.board.open(name, spec)
        self.large = LargeMaps(samples, self.board)
        self._slots = Slots(self.large.arrays, self.large.empty())
        self._notes = tuple(notes)
        self.widget = self._page(notes)
        self.channel = Channel(self.widget)
        self.lock = self.channel.lock
        self.worker = worker(self._report)
        self._filling = Filling(self.channel, self.board, self.worker)
        self.searches = Searches(self.channel, samples, self.board, self.worker)
        self.answered = Answered(self.channel, samples, self.board, self.worker)
        self.checks = Checks(
            self.channel, samples, self.board, self.worker, self.warn, self.weighed
        )
        self.arrangement = Arrangement(
            self.channel, samples, self.board, self.worker, self._ask, self._publish
        )
        self.ahead = Ahead(self.channel, samples, self.board, self.worker)
        self.presence = Presence(self.channel, self.worker, self.close)
        self.ending: list[Callable[[], None]] = []
        self._stopped: dict[str, Spec] = {}
        self._lists = itertools.count()
        self.widget.displayed = self.displayed
        self.widget.observe(self._drawn, "options")
        SESSIONS.add(self)

    def _page(self, notes: Sequence[str]) -> Panels:
        """Make the widget as it is before the model has answered."""
        explainer, (rows, columns) = self.samples.explainer, self.samples.axes
        return Panels(
            axes={"rows": wire.axis(rows), "columns": wire.axis(columns)},
            classes=list(self.samples.classes(self.board.question.sample)),
            families=wire.families(),
            methods=wire.methods(explainer, self.board.given()),
            tables=wire.tables(),
            sample=self.samples.state(self.board.question.sample),
            hidden=self.samples.unfilled(self.board.question),
            scores=wire.scores(None, self.samples.missing),
            target=wire.target(Class(0), given=False),
            notes=list(notes),
            finder=Searches.form(),
            **self._panels(),
        )

    # ------------------------------------------------------------ asking, from any thread

    def start(self) -> None:
        """Publish the scores, and compute every panel that shows nothing yet."""
        self._publish()
        for name, panel in list(self.board.panels.items()):
            if panel.spec.of is None and not panel.shown.run:
                self.run(name, panel.spec)

    def run(self, name: str, spec: Spec, beside: str | None = None) -> Handle:
        """Compute something for a panel, instead of what it waits for; a new name opens a panel.

        A pinned panel stays as it is, and a panel beside it takes the run.
        """
        with self.lock:
            free = self.board.successor(name, spec.method) if spec.pinned is None else name
            return self._ask(free, spec, beside if free == name else name)

    def _ask(self, name: str, spec: Spec, beside: str | None = None) -> Handle:
        """Compute something for just this panel."""
        with self.lock:
            self.worker.require_open()
            opened = name not in self.board.panels
            pending = self.board.ask(name, spec, beside)
            self._say_queued(name, pending)
            if opened:
                self._publish()
            return self.worker.submit(
                ("run", name),
                lambda job: self._compute(job, name, pending),
                dropped=lambda _job: self._withdrawn(name, pending.run),
            )

    def run_each(self, name: str, spec: Spec, beside: str | None = None) -> Handle:
        """Do the same by the model of the panel, or by every model where the name tells of none.

        What is returned is the run of the first model.
        """
        with self.lock:
            known = {panel: each.spec.model for panel, each in self.board.panels.items()}
            asked = self.samples.models.addressed(name, known)
            twins = self.samples.models.twins(beside, known)
            handles = [
                self.run(each, replace(spec, model=model), twins.get(model, beside))
                for each, model in asked.items()
            ]
        return handles[0]

    def cancel(self, name: str, run: int | None = None) -> None:
        """Stop what a panel waits for, or only a certain run; the page has the word after this."""
        with self.lock:
            if run is None or self.board.awaited(name, run) is not None:
                self.worker.cancel(("run", name))

    def remove(self, name: str) -> None:
        """Take a panel away, and the differences of it."""
        self.worker.require_open()
        self.cancel(name)
        with self.lock:
            self.board.remove(name)
            self._publish()

    def show(self, question: Question) -> None:
        """Show another sample, target or baseline, and compute again what they change."""
        question = self.samples.checked(question)
        with self.lock:
            before = self.board.question
            if question == before:
                return
            self.worker.require_open()
            wanted = self._wanted(question)
            self.searches.stop()
            self.board.question = question
            self._publish()
            for name in self.board.stale(before):
                self.run(name, self.board.panels[name].spec)
            self.searches.again(wanted)

    def relist(self, change: Callable[[Added], bool]) -> None:
        """Change which targets have lines of their own in the table of scores."""

        def work(_job: Handle) -> None:
            # between two batches, as the worker alone uses what the model has said
            self.samples.relist(change)
            self.answered.forget()

        with self.lock:
            self.worker.require_open()
            self.worker.submit(("lines", str(next(self._lists))), work, urgent=True)
            self._publish()

    def hide(self, baseline: Any) -> None:
        """Hide cells in another way, by anything that `Samples.baseline` takes."""
        self.show(replace(self.board.question, baseline=self.samples.baseline(baseline)))

    def warn(self, question: Question, warnings: Sequence[str]) -> None:
        """Show what speaks against the baseline of a question, whenever that is asked."""
        with self.lock:
            self.samples.warnings[question] = tuple(warnings)
            self.channel.write(hidden=self.samples.hidden(self.board.question))

    def weighed(self, question: Question) -> None:
        """Show what the held inputs are worth, once that is known of what is shown."""
        with self.lock:
            if question == self.board.question:
                self.channel.write(scores=self.samples.shown(question))

    def restore(
        self, question: Question, runs: Mapping[str, int], order: Sequence[str] = ()
    ) -> None:
        """Go back to an earlier state; results that were let go are computed again."""
        question = self.samples.checked(question)
        with self.lock:
            self.worker.require_open()
            for name, panel in list(self.board.panels.items()):
                # the board keeps those that wait for their first result
                if panel.shown.run:
                    self.cancel(name)
            wanted = self._wanted(question)
            if question != self.board.question:
                self.searches.stop()
            gone = self.board.restore(question, runs)
            self.board.arrange(order)
            self._publish()
            for name in gone:
                self.run(name, self.board.panels[name].spec)
            self.searches.again(wanted)

    def _wanted(self, question: Question) -> Asked | None:
        """Return the search whose table another baseline makes anew; another matrix has none."""
        before = self.board.question
        turned = question != before and replace(before, baseline=question.baseline) == question
        return self.searches.wanted(before) if turned else None

    def export(self, make: Callable[[], tuple[str, str, bytes]]) -> Handle:
        """Send a file: its name, its type and its bytes."""

        def work(_job: Handle) -> None:
            name, type, content = make()
            self.channel.say({"kind": "file", "name": name, "type": type}, [content])

        return self.worker.submit(("export",), work, urgent=True)

    def hello(self, viewer: int = 0) -> None:
        """Tell a page that was just drawn that there is a kernel, and what runs in it."""
        with self.lock:
            self.channel.flow.hello(viewer)
            self.channel.say({"kind": "alive"})
            for name, panel in self.board.panels.items():
                if panel.pending is None:
                    continue
                self._say_queued(name, panel.pending)
                if panel.pending.progress is not None:
                    self.channel.say(panel.pending.progress)
            self.searches.hello()
        self.ahead.look()

    def seen(self, viewer: int, number: int, pixels: tuple[int, int] | None) -> None:
        """Take the word of a page that it has a partial map, and how large it draws one."""
        with self.lock:
            self.channel.flow.seen(viewer, number, pixels)

    def displayed(self) -> None:
        """Take note that the view is about to be displayed, and open it anew if it was closed."""
        if self.worker.closed:
            self.worker.open()
            self._publish()
            for name, spec in self._stopped.items():
                self.run(name, spec)
        self.presence.displayed()

    def close(self) -> None:
        """Stop the work and take the view off the page; what it shows can still be read."""
        if self.worker.closed:
            return
        with self.lock:
            panels = self.board.panels.items()
            self._stopped = {name: panel.spec for name, panel in panels if panel.pending}
            self.worker.close()
            self.board.history.forget()
            self.ahead.forget()
        self.presence.over()
        self._end()
        self.widget.close()

    def forgotten(self) -> None:
        """Hold nothing for somebody in Python; a page that shows the view may go on asking."""
        self.worker.rest()
        if self.widget.comm is None:
            self._end()

    def _end(self) -> None:
        while self.ending:
            self.ending.pop()()

    @property
    def target(self) -> Target:
        """What is explained; None while the class that the model predicts is not known."""
        return self.samples.target(self.board.question)

    def notes(self, question: Question) -> list[str]:
        """Return what the reader should know of the view, and of the sample of a question."""
        said = self.samples.outputs.notes(question.sample)
        return [*self._notes, *self.samples.lines.said(question), *said]

    def _drawn(self, change: Any) -> None:
        """Send another channel of large maps, of which the page holds one."""
        channel = change["new"]["channel"]
        if self.large.wanted and channel != self.large.channel and not self.worker.closed:
            with self.lock:
                self.large.channel = channel
                self._slots.renew()
                self._publish()

    def _say_queued(self, name: str, pending: Pending) -> None:
        method, run = pending.spec.method, pending.run
        self.channel.say({"kind": "queued", "panel": name, "method": method, "run": run})

    def _withdrawn(self, name: str, run: int) -> None:
        """Say that a run was stopped, and take away a map that belongs to another question."""
        with self.lock:
            if self.board.withdraw(name, run) and not self.worker.closed:
                self.channel.say({"kind": "cancelled", "panel": name, "run": run})
                self._publish()

    def _publish(self) -> None:
        """Have the traits say what the board says, soon, on the worker's thread."""
        self.worker.submit(("publish",), lambda _job: self._write_all(), urgent=True)

    # ------------------------------------------------------------ working, on the worker's thread

    def _compute(self, job: Handle, name: str, pending: Pending) -> Explanation:
        """One run, from the prediction that fixes the target to the panel that shows the map."""
        spec, blank = pending.spec, pending.blank
        with self.lock:
            question = spec.about(self.board.question)
        try:
            pulse = self._filling.pulse(name, pending.run)
            known = self.ahead.take(question, spec)
            if known is None and question.target == self.samples.lines.stepped:
                known = self.board.history.answer(question, spec)
            shown, explanation = self.samples.explained(
                blank, spec, question, pulse, job.cancelled, known
            )
        except Cancelled:
            raise
        except BaseException as error:
            asker = self.samples.answering(question, spec.model)
            failure = wire.failure(spec.method, error, asker)
            self._settle(name, Result(pending.run, spec, question, {**blank, "failure": failure}))
            raise
        self._settle(name, Result(pending.run, spec, question, shown, explanation))
        return explanation

    def _panels(self) -> dict[str, Any]:
        """Return the traits that say what the panels show."""
        return self._slots.traits(self.board.shown())

    def _settle(self, name: str, result: Result) -> None:
        """Show a result, unless it is no longer wanted."""
        with self.lock:
            if self.board.settle(name, result):
                self.channel.write(**self._panels())
                if result.explanation is not None:
                    self.checks.look()
                    self.ahead.look()

    def _write_all(self) -> None:
        """Sample, scores, target and panels in one update; without scores where the model fails."""
        with self.lock:
            question = self.board.question
        hidden = self.samples.hidden(question)
        scores: protocol.Scores = wire.UNKNOWN
        target: Class | Margin = Class(0)
        error: BaseException | None = None
        # outside of the lock: nobody who asks should wait for the model
        try:
            scores = self.samples.shown(question)
            target = self.samples.aim(question)
        except BaseException as raised:
            error = raised
        lined = self._lined(question, error)
        # what runs, and the layers to choose from, may be known only now
        with self.lock:
            given = self.board.given()
        methods = wire.methods(self.samples.explainer, given)
        names = list(self.samples.classes(question.sample))
        with self.lock:
            if question == self.board.question:
                # scores of named selections are those of the lines before, until they are asked
                lines: dict[str, Any] = {} if names == self.widget.classes else {"named_scores": []}
                if error is None:
                    self.board.question = self.samples.checked(question)
                self.channel.write(
                    classes=names,
                    methods=methods,
                    sample=self.samples.state(question.sample, self.large.channel),
                    hidden=hidden,
                    scores=scores,
                    target={**wire.target(target, given=question.target is not None), **lined},
                    **self._panels(),
                    evidence=self.searches.state(self.board.question),
                    answered=self.answered.state(self.board.question),
                    whatifs=self.samples.recalled(question),
                    notes=self.notes(question),
                    **lines,
                )
        if error is not None:
            raise error
        self.checks.look()
        self.ahead.look()

    def _lined(self, question: Question, error: BaseException | None) -> dict[str, Any]:
        """Tell which lines can be taken away, and where else the target may stand."""
        lines = self.samples.lines
        count = len(lines.names(question.sample)) - lines.own(question.sample)
        found: dict[str, Any] = {"added": count} if count else {}
        dial = None if error else self.samples.dial(question)
        return found if dial is None else {**found, "dial": wire.dial(dial)}

    def _report(self, job: Handle, error: BaseException) -> None:
        """Show what a job raised as a refusal; a run's or a search's is where it belongs by now."""
        if job.slot[0] not in ("run", "find"):
            self.channel.say({"kind": "refused", "sentence": wire.sentence(error)})
