"""A view written into one file: matrices, maps, scores, tables, selection, and the offline page."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import IO, Any

import numpy as np

from heatbrush.border import wire
from heatbrush.border.asked import Question, Spec, Target
from heatbrush.border.slots import Slots
from heatbrush.case import tables
from heatbrush.case.form import FORMAT, MANIFEST, MODEL, PAGE
from heatbrush.case.members import Members
from heatbrush.export.all_samples import traits
from heatbrush.export.page import offline
from heatbrush.session.board import subtracted
from heatbrush.session.session import Session
from heatbrush_core import Explainer, Explanation
from heatbrush_core.bars import with_bar
from heatbrush_core.explanation.archive import arrays
from heatbrush_core.explanation.plain_data import plain
from heatbrush_core.holding import check_held
from heatbrush_core.inference.travel import filed
from heatbrush_core.matrix.axes import Axis
from heatbrush_core.progress import Listening, Watch
from heatbrush_core.targets import Class, Margin


@with_bar
def save(
    session: Session,
    explainer: Explainer,
    file: IO[bytes],
    model: bool,
    all_samples: bool,
    *,
    progress: Listening = None,
    cancel: threading.Event | None = None,
) -> None:
    """Write what a session holds into an open file.

    Parameters
    ----------
    session
        Whose work is done.
    explainer
        As the view was given it.
    model
        Whether the model goes along.
    all_samples
        Whether every sample does, its maps computed now where they are not there; else those that
        some map is there of, and the one that is shown.
    progress, cancel
        As in `Explainer.explain`; `progress` counts samples.

    Raises
    ------
    TypeError
        In one sentence, where the model or the explainer cannot be kept in a file.
    Cancelled
        When `cancel` was set.
    """
    members = Members(file)
    try:
        Writing(session, members, all_samples).write(explainer if model else None, progress, cancel)
    finally:
        members.close()


class Writing:
    """One file that is being written."""

    def __init__(self, session: Session, members: Members, all_samples: bool) -> None:
        self._session, self._samples, self._members = session, session.samples, members
        with session.lock:
            self._now = session.board.question
            self._specs = {name: each.spec for name, each in session.board.panels.items()}
            self._shown = {name: each.shown for name, each in session.board.panels.items()}
        self._maps = {name: self._found(name) for name in self._specs}
        wanted = {of.sample for maps in self._maps.values() for of, _ in maps}
        wanted |= {spec.about(self._now).sample for spec in self._specs.values()}
        wanted.add(self._now.sample)
        self._all = all_samples
        self._kept = list(range(len(self._samples))) if all_samples else sorted(wanted)
        self._place = {index: place for place, index in enumerate(self._kept)}
        self._baselines: list[dict[str, Any]] = []
        self._numbers: dict[int, int] = {}
        self._hidden: list[dict[str, Any]] = []
        self._saved: dict[str, list[dict[str, Any]]] = {name: [] for name in self._specs}

    def write(
        self, explainer: Explainer | None, progress: Listening, cancel: threading.Event | None
    ) -> None:
        """Write all members, the manifest last; an explainer goes along with its model."""
        # what cannot be kept is refused before anything is computed
        known = self._model(explainer)
        # what is read at once: each sample, and the values and the map of each panel
        cells = self._samples.matrix(self._now.sample).nbytes * (1 + 2 * len(self._specs))
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
        scored = self._scores()
        widget, truth, names = self._session.widget, self._samples.truth, self._samples.names
        said = {
            "kind": "view",
            "format": FORMAT,
            "count": len(self._samples),
            "samples": self._kept,
            "question": self._question(self._now),
            "classes": widget.classes,
            "truth": None if truth is None else [truth[sample] for sample in self._kept],
            "valid": self._samples.valid is not None,
            "rows": rows,
            "columns": columns,
            **scored,
            "hidden": self._hidden,
            "panels": [self._panel(name) for name in self._specs],
            "evidence": list(self._evidence()),
            "answered": self._answered(),
            "names": None if names is None else [names.labels[sample] for sample in self._kept],
            "selection": widget.selection,
            "named": widget.named,
            "options": widget.options,
            "height": widget.height,
            "notes": widget.notes,
            "model": known,
            # last: what comes before adds to them
            "baselines": self._baselines,
        }
        self._page(frames)
        self._members.text(MANIFEST, said)

    # ------------------------------------------------------------ samples and maps

    def _found(self, name: str) -> list[tuple[Question, Explanation]]:
        """List the maps that are there of a panel, those that were given for every sample too."""
        spec, shown = self._specs[name], self._shown[name]
        if spec.of is not None:
            # made of its two panels wherever it is shown
            return []
        if spec.given:
            given = spec.given[self._now.sample]
            return [] if given is None else [(replace(self._now, target=None), given)]
        with self._session.lock:
            results = [shown, *self._session.board.history.of(spec)]
        found: list[tuple[Question, Explanation]] = list(spec.kept)
        for result in results:
            known = any(result.question.answered_by(of, spec) for of, _ in found)
            if result.explanation is not None and result.spec is spec and not known:
                found.append((result.question, self._session.checks.noted(result.explanation)))
        return found

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
        question = replace(self._now, sample=sample)
        if self._all and not samples.missing:
            samples.warnings[question] = tuple(self._session.checks.doubts(question))
        self._keep_hidden(question)
        frame = traits(self._session, question, Slots().traits(self._panels_of(question)))
        of = {"index": self._place[sample], "count": len(self._kept)}
        return {**frame, "sample": {**frame["sample"], **of}}

    def _panels_of(self, question: Question) -> list[Any]:
        """Write the maps of one sample; return what the page shows of them, with differences."""
        made = {
            name: self._panel_of(place, name, question)
            for place, (name, spec) in enumerate(self._specs.items())
            if spec.of is None
        }
        for name, spec in self._specs.items():
            if spec.of is not None:
                found = [made[each][1] for each in spec.of if each in made]
                blank = wire.panel(name, spec, self._samples.shape, run=question.sample + 1)
                made[name] = subtracted(blank, spec.of, found)
        return [made[name] for name in self._specs]

    def _panel_of(self, place: int, name: str, question: Question) -> Any:
        """Write the maps of one panel and sample; return what the page shows of them."""
        spec, sample = self._specs[name], question.sample
        if spec.pinned is not None:
            return self._pinned(place, name, spec, sample)
        maps = [(of, found) for of, found in self._maps[name] if of.sample == sample]
        if spec.given:
            given = spec.given[sample]
            maps = [] if given is None else [(replace(question, target=None), given)]
        blank = wire.panel(name, spec, self._samples.shape, run=sample + 1)
        fits = (found for of, found in maps if spec.given or question.answered_by(of, spec))
        now = next(fits, None)
        if now is None and self._all:
            try:
                _, now = self._samples.explained(blank, spec, question)
                maps.append((question, now))
            except Exception as error:
                # the file is written also where a method cannot run on one of many samples
                blank["failure"] = wire.failure(spec.method, error, self._samples.explainer)
        for number, (of, found) in enumerate(maps):
            self._keep_map(name, of, found, f"panels/{place}/{sample}-{number}/")
        if now is None:
            failed = self._shown[name].state["failure"] if sample == self._now.sample else None
            return {**blank, "failure": blank["failure"] or failed}, None
        state = wire.explained(blank, now)
        return (wire.as_given(state, now) if spec.given else state), now

    def _pinned(self, place: int, name: str, spec: Spec, sample: int) -> Any:
        """Write the maps of a pinned panel with their sample; each sample shows what is kept."""
        shown, start = self._shown[name], f"panels/{place}/{sample}-"
        own = ((of, found) for of, found in self._maps[name] if of.sample == sample)
        for number, (of, found) in enumerate(own):
            self._keep_map(name, of, found, f"{start}{number}/")
        pin = self._samples.blank(name, spec)["pinned"]
        return {
            **shown.state,
            "name": name,
            "pinned": {**pin, "sample": self._place[pin["sample"]]},
        }, shown.explanation

    def _keep_map(self, name: str, of: Question, found: Explanation, start: str) -> None:
        for key, part in arrays(found.fields()).items():
            self._members.array(f"{start}{key}", part)
        self._saved[name].append({"question": self._question(of), "start": start})

    def _panel(self, name: str) -> dict[str, Any]:
        spec, maps = self._specs[name], self._saved[name]
        return {
            "name": name,
            "kind": "given" if spec.given else "method",
            "method": spec.method,
            "parameters": self._parameters(spec, self._maps[name]),
            "within": wire.selection(spec.within),
            "maps": maps,
            "model": spec.model,
            "of": spec.of,
            "pinned": None if spec.pinned is None else self._question(spec.pinned),
        }

    def _parameters(
        self, spec: Spec, maps: Iterable[tuple[Question, Explanation]]
    ) -> dict[str, Any]:
        """Return parameters as plain data; of a function what it made of a matrix, as maps tell."""
        told = next((found.parameters for _, found in maps), {})
        return {
            name: told.get(name, plain(value)) if callable(value) else plain(value)
            for name, value in spec.parameters.items()
        }

    # ------------------------------------------------------------ what the model said

    def _scores(self) -> dict[str, Any]:
        found = {self._place[each]: self._samples.predicted(each) for each in self._kept}
        known = {place: each for place, each in found.items() if each is not None}
        shares = [one.probabilities for one in known.values() if one.probabilities is not None]
        if known:
            self._members.array("scores", [each.scores for each in known.values()])
        if shares:
            self._members.array("probabilities", shares)
        return {"scores": list(known), "probabilities": bool(shares)}

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
        if isinstance(spec, str):
            return {"kind": "word", "value": spec}
        if callable(spec):
            x = self._samples.matrix(self._now.sample)
            made = self._samples.explainer.with_baseline(spec).fill(x)
            return {"kind": "function", "array": self._members.array(name, made)}
        values = np.asarray(spec, np.float64)
        if values.ndim == 0:
            return {"kind": "number", "value": float(values)}
        return {"kind": "array", "array": self._members.array(name, values)}

    def _axis(self, axis: Axis, name: str) -> dict[str, Any]:
        for kind in ("values", "dates"):
            if (numbers := getattr(axis, kind)) is not None:
                self._members.array(f"{name}_{kind}", numbers)
        return {"name": axis.name, "labels": list(axis.labels)}

    # ------------------------------------------------------------ the model, and the page

    def _model(self, kept: Explainer | None) -> dict[str, Any] | None:
        explainer = self._samples.explainer
        if self._samples.missing:
            if kept is not None:
                raise TypeError(
                    "model=True keeps the model in the file, but the view has none to ask; leave "
                    "model out."
                )
            return None
        said: dict[str, Any] = {
            "name": explainer.named,
            "fingerprint": explainer.fingerprint(),
            **dict.fromkeys(("given", "baseline", "valid", "fill", "background")),
        }
        if kept is None:
            return said
        given, back = kept.made_with, kept.typical
        words = ("baseline", "valid", "fill")
        for name in words:
            if callable(given[name]):
                raise TypeError(
                    f"The explainer's {name} is a function, which no file keeps; give "
                    "model=False, and the explainer to load_view when the file is opened."
                )
        self._members.content(MODEL, filed(kept.model, kept.named))
        hiding = {
            name: None if given[name] is None else self._hiding(given[name], f"model/{name}")
            for name in words
        }
        return {
            **said,
            **hiding,
            "given": {name: given[name] for name in ("batch_size", "time", "output", "scores")},
            "background": None if back is None else self._members.array("model/background", back),
        }

    def _page(self, frames: list[dict[str, Any]]) -> None:
        """Write what an offline page shows: the sample of now, and the others to step through."""
        now = {**self._session.channel.snapshot(), **frames[self._place[self._now.sample]]}
        now["notes"] = [*now["notes"], *left(self._kept, len(self._samples))]
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


def _target(target: Target) -> list[int | str] | None:
    if target is None:
        return None
    if isinstance(target, Class | Margin):
        return [each for each in target.pair if each is not None]
    return [target]
