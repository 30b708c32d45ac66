"""One view's work: what is asked goes to the worker, what is found goes to the page.

Any thread may ask. Only the worker's thread uses the model, and only it writes the traits that hold
results: widgets are not safe to write from two threads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush.border.asked import Question, Spec, Target
from heatbrush.border.panels import Panels
from heatbrush.session.answered import Answered
from heatbrush.session.board import Board, Pending
from heatbrush.session.channel import Channel
from heatbrush.session.history import Result
from heatbrush.session.pulse import Pulse
from heatbrush.session.samples import Samples
from heatbrush.session.searches import Searches
from heatbrush.session.worker import Handle, Report, Worker
from heatbrush_core import Cancelled, Explanation, Progress
from heatbrush_core.targets import Class, Margin


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
    answered : Answered
    widget : Panels
    lock : threading.RLock
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
        self.board = Board(
            samples.checked(question), lambda name, spec: wire.panel(name, spec, samples.shape)
        )
        for name, spec in panels.items():
            self.board.open(name, spec)
        self.widget = self._page(notes)
        self.channel = Channel(self.widget)
        self.lock = self.channel.lock
        self.worker = worker(self._report)
        self.searches = Searches(self.channel, samples, self.board, self.worker)
        self.answered = Answered(self.channel, samples, self.board, self.worker)

    def _page(self, notes: Sequence[str]) -> Panels:
        """Make the widget as it is before the model has answered."""
        explainer, (rows, columns) = self.samples.explainer, self.samples.axes
        return Panels(
            axes={"rows": wire.axis(rows), "columns": wire.axis(columns)},
            classes=list(explainer.classes),
            families=wire.families(),
            methods=wire.methods(explainer, self.board.given()),
            tables=wire.tables(),
            sample=self.samples.state(self.board.question.sample),
            scores=wire.scores(None, self.samples.missing),
            target=wire.target(Class(0), given=False),
            notes=list(notes),
            finder=Searches.form(),
            panels=self.board.states(),
        )

    # ------------------------------------------------------------ asking, from any thread

    def start(self) -> None:
        """Publish the scores, and compute every panel."""
        self._publish()
        for name, panel in list(self.board.panels.items()):
            self.run(name, panel.spec)

    def run(self, name: str, spec: Spec) -> Handle:
        """Compute something for a panel, instead of what it waits for; a new name opens a panel."""
        with self.lock:
            opened = name not in self.board.panels
            pending = self.board.ask(name, spec)
            self._say_queued(name, pending)
            if opened:
                self._publish()
            return self.worker.submit(
                ("run", name),
                lambda job: self._compute(job, name, pending),
                dropped=lambda _job: self._withdrawn(name, pending.run),
            )

    def cancel(self, name: str, run: int | None = None) -> None:
        """Stop what a panel waits for, or only a certain run; the page has the word after this."""
        with self.lock:
            if run is None or self.board.awaited(name, run) is not None:
                self.worker.cancel(("run", name))

    def remove(self, name: str) -> None:
        """Take a panel away."""
        self.cancel(name)
        with self.lock:
            self.board.panels.pop(name, None)
            self._publish()

    def show(self, question: Question) -> None:
        """Show another sample, another target or both, and compute every panel again."""
        question = self.samples.checked(question)
        with self.lock:
            if question == self.board.question:
                return
            self.searches.stop()
            self.board.question = question
            self.start()

    def restore(self, question: Question, runs: Mapping[str, int]) -> None:
        """Go back to an earlier state; results that were let go are computed again."""
        question = self.samples.checked(question)
        with self.lock:
            for name, panel in list(self.board.panels.items()):
                # the board keeps those that wait for their first result
                if panel.shown.run:
                    self.cancel(name)
            if question != self.board.question:
                self.searches.stop()
            gone = self.board.restore(question, runs)
            self._publish()
            for name in gone:
                self.run(name, self.board.panels[name].spec)

    def export(self, make: Callable[[], tuple[str, str, bytes]]) -> Handle:
        """Send a file: its name, its type and its bytes."""

        def work(_job: Handle) -> None:
            name, type, content = make()
            self.channel.say({"kind": "file", "name": name, "type": type}, [content])

        return self.worker.submit(("export",), work, urgent=True)

    def hello(self) -> None:
        """Tell a page that was just drawn that there is a kernel, and what runs in it."""
        with self.lock:
            self.channel.say({"kind": "alive"})
            for name, panel in self.board.panels.items():
                if panel.pending is None:
                    continue
                self._say_queued(name, panel.pending)
                if panel.pending.progress is not None:
                    self.channel.say(panel.pending.progress)
            self.searches.hello()

    def close(self) -> None:
        """Stop the work and take the view off the page."""
        self.worker.close()
        self.widget.close()

    @property
    def target(self) -> Target:
        """What is explained; None while the class that the model predicts is not known."""
        return self.samples.known_aim(self.board.question)

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
            question = self.board.question
        try:
            pulse = self._pulse(name, pending.run)
            shown, explanation = self.samples.explained(blank, spec, question, pulse, job.cancelled)
        except Cancelled:
            raise
        except BaseException as error:
            failure = wire.failure(spec.method, error, self.samples.explainer)
            self._settle(name, Result(pending.run, spec, question, {**blank, "failure": failure}))
            raise
        self._settle(name, Result(pending.run, spec, question, shown, explanation))
        return explanation

    def _pulse(self, name: str, run: int) -> Pulse:
        """Make what a run calls between its batches: it fills its panel."""

        def tell(progress: Progress, seconds_left: float | None) -> None:
            with self.lock:
                pending = self.board.awaited(name, run)
                if pending is None:
                    return
                pending.progress = {
                    "kind": "progress",
                    "panel": name,
                    "run": run,
                    "done": progress.done,
                    "total": progress.total,
                    "seconds_left": seconds_left,
                }
                self.channel.say(pending.progress)
                if progress.map is not None:
                    map = wire.array(progress.map)
                    partial: protocol.Partial = {
                        "kind": "partial",
                        "panel": name,
                        "run": run,
                        "shape": map["shape"],
                    }
                    self.channel.say(partial, [map["bytes"]])

        return Pulse(self.worker, tell)

    def _settle(self, name: str, result: Result) -> None:
        """Show a result, unless it is no longer wanted."""
        with self.lock:
            if self.board.settle(name, result):
                self.channel.write(panels=self.board.states())

    def _write_all(self) -> None:
        """Sample, scores, target and panels in one update; without scores where the model fails."""
        with self.lock:
            question = self.board.question
        scores: protocol.Scores = wire.UNKNOWN
        target: Class | Margin = Class(0)
        error: Exception | None = None
        # outside of the lock: nobody who asks should wait for the model
        try:
            scores = self.samples.scores(question.sample)
            target = self.samples.aim(question)
        except Exception as raised:
            error = raised
        # what runs, and the layers to choose from, may be known only now
        with self.lock:
            given = self.board.given()
        methods = wire.methods(self.samples.explainer, given)
        with self.lock:
            if question == self.board.question:
                if error is None:
                    self.board.question = self.samples.checked(question)
                self.channel.write(
                    classes=list(self.samples.explainer.classes),
                    methods=methods,
                    sample=self.samples.state(question.sample),
                    scores=scores,
                    target=wire.target(target, given=question.target is not None),
                    panels=self.board.states(),
                    evidence=self.searches.state(self.board.question),
                    answered=self.answered.state(self.board.question),
                )
        if error is not None:
            raise error

    def _report(self, job: Handle, error: BaseException) -> None:
        """Show what a job raised as a refusal; a run's or a search's is where it belongs by now."""
        if job.slot[0] not in ("run", "find"):
            self.channel.say({"kind": "refused", "sentence": wire.sentence(error)})
