"""A view written into one file: matrices, maps, scores, tables, selection, and the offline page."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import IO, Any, NamedTuple

import numpy as np

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush.border.asked import Question, Target
from heatbrush.border.slots import Slots
from heatbrush.case import listed, models, scores, tables
from heatbrush.case.form import FORMAT, MANIFEST, PAGE
from heatbrush.case.members import Members
from heatbrush.case.panels import Panels
from heatbrush.export import what_ifs
from heatbrush.export.all_samples import traits
from heatbrush.export.page import offline
from heatbrush.selections.scored import Scored
from heatbrush.session.session import Session
from heatbrush_core import Explainer
from heatbrush_core.bars import with_bar
from heatbrush_core.holding import check_held
from heatbrush_core.matrix.axes import Axis
from heatbrush_core.progress import Listening, Watch
from heatbrush_core.targets import Class, Margin, to_json
from heatbrush_core.targets import Target as Kernels

MORE = "give view.save a larger budget for more."
UNSAVED = (
    "This file holds the scores without a selection for none but those that it was saved with; "
    "view.save(path, what_if=True) stores those of all runs of rows and of columns."
)


class Wanted(NamedTuple):
    """What goes into a file.

    Attributes
    ----------
    explainers
        Whose models go along: of each model, in their order; empty leaves them out.
    all_samples
        Whether every sample does, its maps computed now where they are not there; else those that
        some map is there of, and the one that is shown.
    what_if
        Bytes for the scores of runs of rows and of columns; 0 keeps none.
    """

    explainers: tuple[Explainer, ...] = ()
    all_samples: bool = False
    what_if: float = 0


@with_bar
def save(
    session: Session,
    scored: Scored,
    file: IO[bytes],
    wanted: Wanted,
    *,
    progress: Listening = None,
    cancel: threading.Event | None = None,
) -> None:
    """Write what a session holds into an open file.

    Parameters
    ----------
    session
        Whose work is done.
    scored
        The scores of its named selections.
    wanted
        What goes along.
    progress, cancel
        As in `Explainer.explain`; `progress` counts samples, then what-ifs.

    Raises
    ------
    TypeError
        In one sentence, where the model or the explainer cannot be kept in a file.
    Cancelled
        When `cancel` was set.
    """
    members = Members(file)
    try:
        Writing(session, scored, members, wanted).write(progress, cancel)
    finally:
        members.close()


class Writing:
    """One file that is being written."""

    def __init__(self, session: Session, scored: Scored, members: Members, wanted: Wanted) -> None:
        self._session, self._samples, self._members = session, session.samples, members
        self._scored, self._wanted = scored, wanted
        self._panels = Panels(session, members, wanted.all_samples)
        self._now = self._panels.now
        self._kept = (
            list(range(len(self._samples))) if wanted.all_samples else sorted(self._panels.needed)
        )
        self._place = {index: place for place, index in enumerate(self._kept)}
        self._asked = {each: replace(self._now, sample=each) for each in self._kept}
        self._baselines: list[dict[str, Any]] = []
        self._numbers: dict[int, int] = {}
        self._hidden: list[dict[str, Any]] = []

    def write(self, progress: Listening, cancel: threading.Event | None) -> None:
        """Write all members, the manifest last."""
        # what cannot be kept is refused before anything is computed
        known, *further = models.written(self._samples, self._members, self._wanted.explainers)
        # what is read at once: each sample, and the values and the map of each panel
        cells = self._samples.matrix(self._now.sample).nbytes * (1 + 2 * len(self._panels.specs))
        what, less = f"The file of {len(self._kept)} samples", "leave all_samples=True out"
        check_held(what, cells * len(self._kept), less)
        watch, frames = Watch(len(self._kept), progress, cancel), []
        for sample in self._kept:
            watch.stop_if_cancelled()
            frames.append(self._sample(sample))
            watch.advance()
        rows, columns = (
            self._axis(each, name)
            for each, name in zip(self._samples.axes, ("rows", "columns"), strict=True)
        )
        widget, truth = self._session.widget, self._samples.truth
        lines = listed.written(self._samples, self._kept, self._members)
        said_of = self._samples.lines.said(self._now)  # stands with the lines
        said = {
            "kind": "view",
            "format": FORMAT,
            "count": len(self._samples),
            "samples": self._kept,
            "question": self._question(self._now),
            "classes": widget.classes if lines is None else self._samples.explainer.classes,
            "truth": None if truth is None else [truth[sample] for sample in self._kept],
            "valid": self._samples.valid is not None,
            "held": [
                {"name": name, "shape": list(value.shape)}
                for name, value in self._samples.held_for(self._now.sample).items()
            ],
            "rows": rows,
            "columns": columns,
            "ids": self._ids(),
            "lines": lines,
            **self._scores(further, lines is None),
            **self._whatifs(frames, watch),
            "hidden": self._hidden,
            "panels": self._panels.said(self._question),
            "evidence": list(self._evidence()),
            "answered": self._answered(),
            "selection": widget.selection,
            "named": widget.named,
            "options": widget.options,
            "height": widget.height,
            "notes": [note for note in widget.notes if note not in said_of],
            "model": known,
            "models": self._samples.models.names,
            # last: what comes before adds to them
            "baselines": self._baselines,
        }
        self._page(frames)
        self._members.text(MANIFEST, said)

    # ------------------------------------------------------------ samples

    def _sample(self, sample: int) -> dict[str, Any]:
        """Write one sample and its maps; return what an offline page needs of it."""
        start, samples = f"samples/{self._place[sample]}", self._samples
        self._members.array(f"{start}/matrix", samples.matrix(sample))
        exists = samples.exists(sample)
        if samples.valid is not None:
            shape = samples.shape
            self._members.array(
                f"{start}/valid", np.ones(shape, np.bool_) if exists is None else exists
            )
        for number, value in enumerate(samples.held_for(sample).values()):
            self._members.array(f"{start}/held/{number}", value.ravel())
        question = self._asked[sample]
        if self._wanted.all_samples and not samples.missing:
            samples.warnings[question] = tuple(self._session.checks.doubts(question))
        self._keep_hidden(question)
        shown = self._panels.write(question, self._place, self._question)
        frame = traits(self._session, question, Slots().traits(shown))
        of = {"index": self._place[sample], "count": len(self._kept)}
        return {
            **frame,
            "sample": {**frame["sample"], **of},
            "named_scores": self._numbered(self._scored.state(question)),
        }

    # ------------------------------------------------------------ what the models said

    def _scores(self, further: list[Any], of_classes: bool) -> dict[str, Any]:
        """Write the scores of classes by each model, and those without named selections."""
        samples, members = self._samples, self._members
        found = {self._place[each]: samples.predicted(each) for each in self._kept}
        known = {at: each for at, each in found.items() if of_classes and each is not None}
        shares = scores.predictions(list(known.values()), "", members)
        others = []
        for at, (name, model) in enumerate(zip(samples.models, further, strict=True), 1):
            said = [samples.said(name, self._kept[place]) for place in known]
            classes = said[0].classes if said else samples.asked(name).classes
            of_it = scores.predictions(said, f"models/{at}/", members)
            others.append({"classes": classes, "probabilities": of_it, "model": model})
        named = {question: self._scored.state(question) for question in self._asked.values()}
        return {
            "scores": list(known),
            "probabilities": shares,
            "further": others,
            "named_scores": scores.named(named, self._questions, members),
        }

    @property
    def _questions(self) -> dict[Question, dict[str, Any]]:
        """What is asked of each sample now, as the manifest says it."""
        return {question: self._question(question) for question in self._asked.values()}

    def _whatifs(self, frames: list[dict[str, Any]], watch: Watch) -> dict[str, Any]:
        """Write the scores of runs, and let the page have them."""
        if self._samples.missing:
            found = [self._samples.recalled(each) for each in self._asked.values()]
        elif self._wanted.what_if:
            found = what_ifs.stored(self._session, self._kept, self._wanted.what_if, watch, MORE)
        else:
            found = [what_ifs.none(UNSAVED) for _ in self._kept]
        for frame, each in zip(frames, found, strict=True):
            frame["whatifs"] = each
        of = dict(zip(self._asked.values(), found, strict=True))
        return {"whatifs": scores.whatifs(of, self._questions, self._members)}

    def _numbered(self, found: Sequence[protocol.NamedScores]) -> list[protocol.NamedScores]:
        """Return scores of samples as they are numbered in the file."""
        return [{**each, "sample": self._place[each["sample"]]} for each in found]

    def _keep_hidden(self, question: Question) -> None:
        found = self._samples.hidden(question)
        if not found["sentence"]:
            return
        start, matrix = f"samples/{self._place[question.sample]}/hidden", found["matrix"]
        some = matrix["shape"] != wire.ABSENT["shape"]
        values = np.frombuffer(matrix["bytes"], "<f4").reshape(matrix["shape"]) if some else None
        self._hidden.append(
            {
                "question": self._question(question),
                "baseline": found["baseline"],
                "sentence": found["sentence"],
                "warnings": found["warnings"],
                "array": None if values is None else self._members.array(start, values),
            }
        )

    def _answered(self) -> dict[str, Any] | None:
        last = self._session.answered.state(self._now)
        if last["without"] is None:
            return None
        return {**last, "question": self._question(self._now)}

    def _evidence(self) -> Iterator[dict[str, Any]]:
        searches = self._session.searches
        with self._session.lock:
            found = searches.questions()
        for question in found:
            if question.sample not in self._place:
                continue
            table, asked = searches.table(question), searches.asked(question)
            yield {
                "question": self._question(question),
                "state": searches.state(question),
                "table": None if table is None else tables.told(table),
                "axis": None if asked is None else asked[0],
                "settings": None if asked is None else asked[1].model_dump(),
            }

    # ------------------------------------------------------------ what is asked

    def _question(self, question: Question) -> dict[str, Any]:
        return {
            "sample": self._place[question.sample],
            "target": _target(question.target),
            "baseline": self._baseline(question.baseline),
        }

    def _baseline(self, number: int) -> int:
        """Keep a baseline of the view, once, and return its place in the file."""
        if number not in self._numbers:
            self._numbers[number] = len(self._baselines)
            spec = self._samples.baselines.spec(number)
            self._baselines.append(self._hiding(spec, f"baselines/{len(self._baselines)}"))
        return self._numbers[number]

    def _hiding(self, spec: Any, name: str) -> dict[str, Any]:
        if not callable(spec):
            return models.hiding(spec, name, self._members)
        x = self._samples.matrix(self._now.sample)
        made = self._samples.explainer.with_baseline(spec).fill(x)
        return {"kind": "function", "array": self._members.array(name, made)}

    def _ids(self) -> dict[str, Any] | None:
        names = self._samples.names
        if names is None:
            return None
        dates = None if names.dates is None else names.dates[self._kept]
        return self._axis(
            Axis("", tuple(names.labels[at] for at in self._kept), None, dates), "ids"
        )

    def _axis(self, axis: Axis, name: str) -> dict[str, Any]:
        for kind in ("values", "dates"):
            if (numbers := getattr(axis, kind)) is not None:
                self._members.array(f"{name}_{kind}", numbers)
        return {"name": axis.name, "labels": list(axis.labels)}

    # ------------------------------------------------------------ the model, and the page

    def _page(self, frames: list[dict[str, Any]]) -> None:
        """Write what an offline page shows: the sample of now, and the others to step through."""
        at, count = self._place[self._now.sample], len(self._kept)
        now = {**self._session.channel.snapshot(), **frames[at]}
        missing = left(self._kept, len(self._samples))
        for each in (now, *frames):
            if "notes" in each:  # those of lines differ from sample to sample
                each["notes"] = [*each["notes"], *missing]
        now["answered"] = {**self._session.answered.state(self._now), "sample": at}
        # the list of samples is that of the file, by index
        now["listing"] = {**wire.UNLISTED, "count": count, "at": at}
        several = frames if len(frames) > 1 else []
        self._members.text(PAGE, {"state": offline(now, several), "frames": several})


def left(kept: list[int], count: int) -> list[str]:
    """Say which samples of a view are in its file, where some are not."""
    if len(kept) == count:
        return []
    several = len(kept) > 1
    shown = ", ".join(map(str, kept[:8])) + (" ..." if len(kept) > 8 else "")
    numbered = f"numbered 0 to {len(kept) - 1} here" if several else "numbered 0 here"
    return [
        f"The file holds {len(kept)} of the view's {count} samples, {shown} there and {numbered}; "
        "all_samples=True keeps all."
    ]


def _target(target: Target) -> list[int | str] | dict[str, Any] | None:
    if target is None:
        return None
    if isinstance(target, Class | Margin) and target.of_classes:
        return [each for each in target.pair if each is not None]
    return to_json(target) if isinstance(target, Kernels) else [target]
