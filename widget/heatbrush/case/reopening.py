"""What a view is made of anew: from what a file holds, with the model or without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatbrush import protocol
from heatbrush.arguments import Given
from heatbrush.border import wire
from heatbrush.border.asked import Opened, Question, Spec, Target
from heatbrush.border.inputs.held import HeldInputs
from heatbrush.border.named import written
from heatbrush.border.options import read
from heatbrush.case import listed, tables
from heatbrush.case.asking import askers
from heatbrush.case.form import EvidenceForm, PanelForm, QuestionForm, region_of
from heatbrush.case.reading import Filed
from heatbrush.case.writing import left
from heatbrush.selections.scored import Scored
from heatbrush.session.history import Result
from heatbrush.session.samples import Samples
from heatbrush.session.searches import Settings
from heatbrush.session.session import Session
from heatbrush_core import Explanation
from heatbrush_core.explanation.difference import METHOD
from heatbrush_core.explanation.stored import Damaged
from heatbrush_core.methods import REGISTRY
from heatbrush_core.registry.parameters import check
from heatbrush_core.targets import Class, Margin, resolve


class Reopened:
    """A file on its way to a view.

    Parameters
    ----------
    filed
        What it holds.
    explainer
        An `Explainer`, a model, or None: then the model of the file, if it holds one.
    """

    def __init__(self, filed: Filed, explainer: Any) -> None:
        self._filed, self._said = filed, filed.said
        self.notes = [*filed.said.notes, *left(list(self._said.samples), self._said.count)]
        self.notes += filed.notes
        self._was_given = explainer is not None
        asked = askers(filed, explainer)
        self.notes += asked.notes
        self.explainer = next(iter(asked.models.values()))
        self._models = asked.models if filed.said.models else {}
        truth = self._said.truth
        self.truth = None if truth is None else list(truth)
        self._samples = Samples(
            self.explainer,
            filed.matrices,
            self.truth,
            filed.valid,
            self._models,
            filed.names,
            HeldInputs(dict(filed.held) or None),
        )
        self._gone = self._lines(asked.same)
        self._same = asked.same and not self._gone
        self._numbers = self._baselines()
        self._panels = {panel.name: self._spec(panel, maps) for panel, maps in filed.panels}

    @property
    def given(self) -> Given:
        """What the view is made of."""
        made = (self.explainer, self._samples, self._panels, self.notes, self._models)
        lines = tuple(self._samples.lines.added)
        opened = Opened(self._filed.name, self.question, self._panels, self._was_given, lines)
        return Given(*made, opened, self._restore)

    @property
    def asked(self) -> Any:
        """What `compare` would be given to ask: None where there is no model."""
        return None if self._samples.missing else self._models or self.explainer

    @property
    def question(self) -> Question:
        """What it shows first."""
        found = self._question(self._said.question)
        return replace(found, target=None) if found.target in self._gone else found

    @property
    def baseline(self) -> Any:
        """What hidden cells become in it."""
        return self._samples.baselines.spec(self.question.baseline)

    # ------------------------------------------------------------ what is shown

    def _baselines(self) -> list[int]:
        """Give each baseline of the file the number that it has in the view."""
        own, known = self.explainer.baseline, self._samples.baselines
        if self._samples.missing:
            # none of them is made here: each stands for what was
            known.clear()
        numbers = []
        for form, spec in zip(self._said.baselines, self._filed.baselines, strict=True):
            if form.kind == "function" and not self._samples.missing and callable(own):
                self.notes.append(
                    "What hid cells was a function: it is taken to be the explainer's own."
                )
                numbers.append(0)
                continue
            if form.kind == "function":
                self.notes.append(
                    "What hid cells was a function, which no file keeps: its place is taken by "
                    "what it made of the sample that was shown."
                )
            numbers.append(known.adopt(spec))
        return numbers

    def _lines(self, same: bool) -> Sequence[Target]:
        """Take the lines that there were; return the targets that no file keeps.

        A model is asked for them anew, as for its scores.
        """
        held, lines = self._filed.lines, self._samples.lines
        if held is None:
            return ()
        if self._samples.missing:
            lines.restore(held.added, held.given, held.known, held.map)
            return ()
        gone = [each for each in held.added if listed.is_of_function(each)]
        added = [each for each in held.added if each not in gone]
        lines.restore(added, sum(each not in gone for each in held.added[: held.given]))
        self.notes += [
            f"{each.label(self.explainer.classes)} is a function, which no file keeps, so that it "
            "has no line; give it again to view.add_target."
            for each in gone
        ]
        if not same and held.map:
            self.notes.append(
                "The lines are what is found now; a map of this file may be of another thing."
            )
        return gone

    def _spec(self, panel: PanelForm, maps: tuple[Explanation, ...]) -> Spec:
        within = None if panel.within is None else region_of(panel.within, self._filed.shape)
        found = [
            (self._question(each.question), one) for each, one in zip(panel.maps, maps, strict=True)
        ]
        pinned = None if panel.pinned is None else self._question(panel.pinned)
        if panel.kind == "difference":
            return Spec(METHOD, of=self._parts(panel))
        if panel.kind == "given" or panel.method not in REGISTRY:
            if panel.kind == "method":
                self.notes.append(
                    f"{panel.name} shows the method {panel.method}, which there is not here: its "
                    "maps can be seen, and not computed again; register the Method of that name, "
                    "and open the file again."
                )
            given = self._each(panel, found)
            return Spec(panel.method, panel.parameters, within, given, pinned=pinned)
        asked: dict[str, Any] = {"pinned": pinned, "model": panel.model, "kept": tuple(found)}
        return Spec(panel.method, panel.parameters, within, **asked)

    def _parts(self, panel: PanelForm) -> tuple[str, str]:
        """Return the two panels that one is the difference of."""
        made = {each.name for each, _ in self._filed.panels if each.kind != "difference"}
        if panel.of is None or panel.of[0] == panel.of[1] or not made.issuperset(panel.of):
            raise Damaged("a panel is not the difference of two others that it holds")
        return panel.of

    def _each(
        self, panel: PanelForm, found: list[tuple[Question, Explanation]]
    ) -> tuple[Explanation | None, ...]:
        """Return a map for each sample, None where none was given.

        Where a method is not known here, and its map was not kept, one that knows nothing.
        """
        own = {question.sample: map for question, map in reversed(found)}
        places = range(len(self._filed.matrices))
        if panel.kind == "given":
            if not own:
                raise Damaged("a panel of maps that were given holds none")
            return tuple(own.get(place) for place in places)
        first = next(iter(own.values()), None)
        gone = Explanation(
            values=np.full((*self._filed.shape, 1), np.nan),
            profile="sum" if first is None else first.profile,
            method=panel.method,
            target=None,
            score=float("nan"),
            notes=("The file holds no map of this sample.",),
            row_axis=self._filed.axes[0],
            column_axis=self._filed.axes[1],
        )
        return tuple(own.get(place, gone) for place in places)

    def _question(self, form: QuestionForm) -> Question:
        if form.sample >= len(self._filed.matrices) or form.baseline >= len(self._numbers):
            raise Damaged("it asks about a sample or a baseline that it does not hold")
        target: Target = None
        if isinstance(form.target, dict):
            target = listed.target(form.target)
        elif form.target is not None:
            first, *rest = form.target
            target = Margin(first, rest[0]) if rest else Class(first)
            if self._filed.lines is None and self._said.classes:
                try:
                    target = resolve(target, self._said.classes, 0)
                except ValueError as error:
                    raise Damaged("it explains a class that there is not") from error
        return Question(form.sample, target, self._numbers[form.baseline])

    # ------------------------------------------------------------ what is restored

    def _restore(self, session: Session, scored: Scored) -> None:
        """Show at once what the file holds; what it does not is computed as the session starts."""
        filed, said, samples = self._filed, self._said, self._samples
        if samples.missing:
            first, *further = filed.models
            samples.restore(first.predictions, self._hidden(), self._whatifs())
            for name, kept in zip(samples.models, further, strict=True):
                samples.models.restore(name, kept.predictions)
        for form in said.evidence:
            self._found(session, form)
        if said.answered is not None and (filed.lines is None or self._same):
            last: Any = said.answered.model_dump(include={"selection", "without", "only"})
            about = self._question(said.answered.question)
            last["sample"] = about.sample
            session.answered.restore(about, last)
        session.channel.draw(_options(said.options, filed.matrices.shape[3]))
        session.channel.select(filed.selection)
        try:
            session.channel.keep(written(dict(filed.named), filed.shape))
        except ValueError as error:
            raise Damaged(f"its named selections cannot be kept: {error}") from error
        if samples.missing:
            scored.restore(self._named_scores())
        board, question = session.board, session.board.question
        for name, panel in list(board.panels.items()):
            spec = panel.spec
            about = spec.about(question)
            known = spec.given[about.sample] if spec.given else spec.known(question)
            if known is not None:
                pending = board.ask(name, spec)
                shown, found = samples.explained(pending.blank, spec, about)
                board.settle(name, Result(pending.run, spec, about, shown, found))

    def _named_scores(self) -> dict[Question, list[protocol.NamedScores]]:
        """Return what was said of named selections; a model that is there is asked anew."""
        filed = self._filed
        found: dict[Question, list[protocol.NamedScores]] = {}
        for form, array in zip(self._said.named_scores, filed.named_scores, strict=True):
            question, cells = self._question(form.question), region_of(form.selection, filed.shape)
            one: protocol.NamedScores = {
                "sample": question.sample,
                "baseline": question.baseline,
                "selection": cells.to_json(),  # type: ignore[typeddict-item]
                "scores": wire.array(array),
                "reason": "",
            }
            found.setdefault(question, []).append(one)
        return found

    def _whatifs(self) -> dict[Question, protocol.WhatIfs]:
        """Return the scores of runs, as a page is told of them."""
        found: dict[Question, protocol.WhatIfs] = {}
        for form, arrays in zip(self._said.whatifs, self._filed.whatifs, strict=True):
            of: dict[str, Any] = {
                axis: {"edges": getattr(form, axis).edges, "scores": _short(array)}
                for axis, array in arrays.items()
            }
            found[self._question(form.question)] = {
                "classes": form.classes,
                "rows": of.get("rows"),
                "columns": of.get("columns"),
                "missing": form.missing,
            }
        return found

    def _hidden(self) -> dict[Question, protocol.Hidden]:
        found: dict[Question, protocol.Hidden] = {}
        for form, array in zip(self._said.hidden, self._filed.hidden, strict=True):
            question = self._question(form.question)
            found[question] = {
                "number": question.baseline,
                "baseline": form.baseline,
                "sentence": form.sentence,
                "matrix": wire.given(array),
                "warnings": list(form.warnings),
            }
        return found

    def _found(self, session: Session, form: EvidenceForm) -> None:
        """Take what was found for a question, as a table too."""
        question, shape = self._question(form.question), self._filed.shape
        for run in form.state.runs:
            region_of(run.region, shape)
        exists = self._samples.exists(question.sample)
        table = None if form.table is None else tables.made(form.table, shape, exists)
        state: Any = {**form.state.model_dump(), "search": 0}
        asked = None
        if form.axis is not None and form.settings is not None:
            try:
                settings = check(Settings, "find_runs", form.settings)
            except (TypeError, ValueError) as error:
                raise Damaged("how its runs were searched cannot be read") from error
            assert isinstance(settings, Settings)
            asked = form.axis, settings
        session.searches.restore(question, state, table, asked)


def _short(array: NDArray[np.uint8]) -> protocol.Short:
    return {"shape": list(array.shape[:2]), "bytes": array.tobytes()}


def _options(said: dict[str, Any], channels: int) -> protocol.Options:
    """Read how the maps are drawn; what this release does not know, or has added, is as usual.

    The page's own look is no reason to refuse a file.
    """
    found = wire.OPTIONS
    for name, value in said.items():
        try:
            found = read({**found, name: value}, channels)
        except ValueError:
            continue
    return found
