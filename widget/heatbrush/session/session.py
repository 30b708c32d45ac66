"""One view's work: what is asked goes to the worker, what is found goes to the page.

Any thread may ask. Only the worker's thread uses the model, and only it writes the traits that hold
results. A lock guards the board, and is held while something is sent, so that nothing stale is sent
after it was withdrawn.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush.border.panels import Panels
from heatbrush.session.board import Board, Question, Result, Spec, Target
from heatbrush.session.pulse import of_panel
from heatbrush.session.searches import Searches
from heatbrush.session.worker import Handle, Report, Worker
from heatbrush_core import Cancelled, Explainer, Explanation, Prediction, Region
from heatbrush_core.targets import Class, Margin, resolve


class Session:
    """The model, the matrices and the page of one view.

    Parameters
    ----------
    explainer
        The model; its lock keeps two sessions of one explainer apart.
    matrices
        (N, H, W, C) samples.
    truth
        Class index per sample, or None.
    question
        The sample and target shown first.
    panels
        What is computed first, by panel name, once the session is started.
    worker
        Makes the worker from what it reports errors to.
    notes
        Sentences that the reader should see, such as how the matrices were read.
    """

    def __init__(
        self,
        explainer: Explainer,
        matrices: NDArray[Any],
        truth: Sequence[int] | None,
        question: Question,
        panels: Mapping[str, Spec],
        worker: Callable[[Report], Worker],
        notes: Sequence[str] = (),
    ) -> None:
        self.explainer = explainer
        self.matrices = matrices
        self.truth = truth
        self.shape = (int(matrices.shape[1]), int(matrices.shape[2]))
        question = self.checked(question)
        rows, columns = explainer.axes(self.shape)
        self.board = Board(question, self.blank)
        self.lock = threading.RLock()
        self.worker = worker(self._report)
        self.searches = Searches(self)
        self._predictions: dict[int, Prediction] = {}
        # newest context of a handler: what is sent in it is answered on the handler's subshell
        self._context = contextvars.copy_context()
        self.widget = Panels(
            axes={"rows": wire.axis(rows), "columns": wire.axis(columns)},
            classes=list(explainer.classes),
            families=wire.families(),
            methods=wire.methods(explainer),
            tables=wire.tables(),
            sample=self.sample(question.sample),
            target=wire.target(Class(0), given=False),
            notes=list(notes),
            finder=self.searches.form(),
            panels=self._opened(panels),
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
            run = self.board.ask(name, spec)
            self.say({"kind": "queued", "panel": name, "method": spec.method, "run": run})
            if opened:
                self._publish()
            return self.worker.submit(
                ("run", name),
                lambda job: self._compute(job, name, run, spec),
                dropped=lambda job: self._withdrawn(name, run),
            )

    def cancel(self, name: str, run: int | None = None) -> None:
        """Stop what a panel waits for, or only a certain run; the page has the word after this."""
        with self.lock:
            if run is None or self.board.waits(name, run):
                self.worker.cancel(("run", name))

    def remove(self, name: str) -> None:
        """Take a panel away."""
        self.cancel(name)
        with self.lock:
            self.board.panels.pop(name, None)
            self._publish()

    def show(self, question: Question) -> None:
        """Show another sample, another target or both, and compute every panel again."""
        question = self.checked(question)
        with self.lock:
            if question == self.board.question:
                return
            self.searches.stop()
            self.board.question = question
            self.start()

    def restore(self, question: Question, runs: Mapping[str, int]) -> None:
        """Go back to an earlier state; results that were let go are computed again."""
        question = self.checked(question)
        with self.lock:
            for name in [*self.board.panels]:
                if self.board.panels[name].shown.run:
                    self.cancel(name)
            if question != self.board.question:
                self.searches.stop()
            missing = self.board.restore(question, runs)
            self._publish()
            for name in missing:
                self.run(name, self.board.panels[name].spec)

    def checked(self, question: Question) -> Question:
        """Refuse a sample or a target that there is not, and look the target's names up.

        Class names are looked up once they are known, after the first prediction at the latest.
        """
        count, sample, target = len(self.matrices), question.sample, question.target
        if isinstance(sample, bool) or not isinstance(sample, int | np.integer):
            raise TypeError(
                f"A sample is asked for by its index, a whole number, but got {sample!r}; "
                f"give 0 to {count - 1}."
            )
        if not 0 <= sample < count:
            raise ValueError(
                f"Sample {sample} was asked for, but the view holds {count}; "
                f"give an index from 0 to {count - 1}."
            )
        if target is not None and self.explainer.classes:
            target = resolve(target, self.explainer.classes, 0)
        return Question(int(sample), target)

    def export(self, make: Callable[[], tuple[str, str, bytes]]) -> Handle:
        """Send a file: its name, its type and its bytes."""

        def work(job: Handle) -> None:
            name, type, content = make()
            self.say({"kind": "file", "name": name, "type": type}, [content])

        return self.worker.submit(("export",), work, urgent=True)

    def hello(self) -> None:
        """Tell a page that was just drawn that there is a kernel, and what runs in it."""
        with self.lock:
            self.say({"kind": "alive"})
            for name, panel in self.board.panels.items():
                if panel.pending is None:
                    continue
                method, run = panel.spec.method, panel.pending
                self.say({"kind": "queued", "panel": name, "method": method, "run": run})
                if panel.progress is not None:
                    self.say(panel.progress)
            self.searches.hello()

    @property
    def selection(self) -> Region:
        """The cells that are brushed."""
        return Region.from_json(self.widget.selection)

    def select(self, region: Region) -> None:
        """Make a region the selection, in Python and in the page."""
        if region:
            region.check(self.shape)
        self._context.copy().run(setattr, self.widget, "selection", wire.selection(region))

    def heard(self) -> None:
        """Remember the context of a message from the page."""
        self._context = contextvars.copy_context()

    def say(self, message: protocol.Reply, buffers: list[bytes] | None = None) -> None:
        """Send a message to the page."""
        with self.lock:
            self._context.copy().run(self.widget.send, message, buffers)

    def close(self) -> None:
        """Stop the work and take the view off the page."""
        self.worker.close()
        self.widget.close()

    # ------------------------------------------------------------ working, on the worker's thread

    def _compute(self, job: Handle, name: str, run: int, spec: Spec) -> Explanation:
        """One run, from the prediction that fixes the target to the panel that shows the map."""
        with self.lock:
            question = self.board.question
        blank = self.blank(name, spec, run)
        try:
            explanation = self._explain(job, name, run, spec, question)
        except Cancelled:
            raise
        except BaseException as error:
            blank["failure"] = wire.failure(spec.method, error, self.explainer)
            self._settle(name, Result(run, spec, question, blank))
            raise
        shown = wire.explained(blank, explanation)
        self._settle(name, Result(run, spec, question, shown, explanation))
        return explanation

    def _explain(
        self, job: Handle, name: str, run: int, spec: Spec, question: Question
    ) -> Explanation:
        return self.explainer.explain(
            self.matrices[question.sample],
            spec.method,
            target=self.aim(question),
            within=spec.within,
            progress=of_panel(self, name, run),
            cancel=job.cancelled,
            **spec.parameters,
        )

    def _settle(self, name: str, result: Result) -> None:
        """Show a result, unless it is no longer wanted."""
        with self.lock:
            if self.board.settle(name, result):
                self._write(panels=self.board.states())

    def show_evidence(self) -> None:
        """Show what was found for the question that is asked now."""
        self._write(evidence=self.searches.state(self.board.question))

    def _withdrawn(self, name: str, run: int) -> None:
        """Say that a run was stopped, and take away a map that belongs to another question."""
        with self.lock:
            if self.board.withdraw(name, run) and not self.worker.closed:
                self.say({"kind": "cancelled", "panel": name, "run": run})
                self._publish()

    def _publish(self) -> None:
        """Have the traits say what the board says, soon, on the worker's thread."""
        self.worker.submit(("publish",), self._write_all, urgent=True)

    def _write_all(self, job: Handle) -> None:
        """Sample, scores, target and panels in one update; without scores where the model fails."""
        with self.lock:
            question = self.board.question
        prediction: Prediction | None = None
        target: Class | Margin = Class(0)
        error: Exception | None = None
        try:
            prediction = self.prediction(question.sample)
            target = self.aim(question)
        except Exception as raised:
            error = raised
        # what runs, and the layers to choose from, may be known only now
        methods = wire.methods(self.explainer)
        with self.lock:
            if question == self.board.question:
                if error is None:
                    self.board.question = self.checked(question)
                self._write(
                    classes=list(self.explainer.classes),
                    methods=methods,
                    sample=self.sample(question.sample),
                    scores=wire.scores(prediction),
                    target=wire.target(target, given=question.target is not None),
                    panels=self.board.states(),
                    evidence=self.searches.state(self.board.question),
                )
        if error is not None:
            raise error

    def _write(self, **traits: Any) -> None:
        self._context.copy().run(lambda: self.widget.publish(**traits))

    def _report(self, job: Handle, error: BaseException) -> None:
        """Show what a job raised as a refusal; a run's or a search's is where it belongs by now."""
        if job.slot[0] not in ("run", "find"):
            self.say({"kind": "refused", "sentence": wire.sentence(error)})

    # ------------------------------------------------------------ what is known

    @property
    def target(self) -> Target:
        """What is explained; None while the class that the model predicts is not known."""
        question = self.board.question
        return self.aim(question) if question.sample in self._predictions else question.target

    def aim(self, question: Question) -> Class | Margin:
        """Fix what a question is about: the class that is predicted, where no target was given."""
        prediction = self.prediction(question.sample)
        return resolve(question.target, prediction.classes, prediction.predicted)

    def snapshot(self) -> dict[str, Any]:
        """Return all traits of the page, as they are now."""
        with self.lock:
            return {name: getattr(self.widget, name) for name in protocol.Traits.__annotations__}

    def prediction(self, sample: int) -> Prediction:
        """Ask what the model says of a sample, once."""
        if sample not in self._predictions:
            self._predictions[sample] = self.explainer.predict(self.matrices[sample])
        return self._predictions[sample]

    def sample(self, index: int) -> protocol.Sample:
        """Return the matrix of a sample as the page draws it."""
        return {
            "index": index,
            "count": len(self.matrices),
            "others": True,
            "truth": None if self.truth is None else int(self.truth[index]),
            "matrix": wire.array(self.matrices[index]),
        }

    def _opened(self, panels: Mapping[str, Spec]) -> list[protocol.PanelState]:
        for name, spec in panels.items():
            self.board.open(name, spec)
        return self.board.states()

    def blank(self, name: str, spec: Spec, run: int = 0) -> protocol.PanelState:
        """Return a panel that shows nothing yet."""
        return wire.panel(name, spec.method, spec.parameters, spec.within, self.shape, run)
