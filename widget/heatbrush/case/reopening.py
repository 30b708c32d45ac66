"""What a view is made of anew: from what a file holds, with the model or without."""

from __future__ import annotations

from typing import Any

import numpy as np

from heatbrush import protocol
from heatbrush.arguments import Given
from heatbrush.border import sample_names, wire
from heatbrush.border.asked import Question, Spec, Target
from heatbrush.border.options import Form
from heatbrush.case import tables
from heatbrush.case.form import EvidenceForm, PanelForm, QuestionForm, region_of
from heatbrush.case.reading import Filed
from heatbrush.case.writing import left
from heatbrush.session.history import Result
from heatbrush.session.samples import Samples
from heatbrush.session.searches import Settings
from heatbrush.session.session import Session
from heatbrush_core import Explainer, Explanation
from heatbrush_core.checks import listed
from heatbrush_core.explanation.difference import METHOD
from heatbrush_core.explanation.stored import Damaged
from heatbrush_core.inference.travel import opened
from heatbrush_core.methods import REGISTRY
from heatbrush_core.network.no_model import NoModel
from heatbrush_core.registry.parameters import check
from heatbrush_core.targets import Class, Margin, resolve

WITHOUT = (
    "This view was opened from a file without its model; open it with "
    "hb.load_view(path, explainer=...) to ask one."
)
LACK = "the view was opened from a file without its model"


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
        self.explainer = self._explainer(explainer)
        truth = self._said.truth
        self.truth = None if truth is None else list(truth)
        names = None if filed.said.names is None else list(filed.said.names)
        self._samples = Samples(
            self.explainer,
            filed.matrices,
            self.truth,
            filed.valid,
            names=sample_names.read(names, None, len(filed.matrices))[0],
        )
        models = list(dict.fromkeys(panel.model for panel, _ in filed.panels if panel.model))
        if models:
            self.notes.append(
                f"The maps are of several models, {listed(models)}; a view from a file asks one at "
                "most, so that a run of any panel is of that one."
            )
        self._numbers = self._baselines()
        self._panels = {panel.name: self._spec(panel, maps) for panel, maps in filed.panels}
        for name, spec in self._panels.items():
            own = [each for each, one in self._panels.items() if one.of is None]
            if spec.of is not None and (len(set(spec.of)) < 2 or not set(spec.of) <= set(own)):
                raise Damaged(f"{name} is the difference of panels that it does not hold")

    @property
    def given(self) -> Given:
        """What the view is made of."""
        return Given(self.explainer, self._samples, self._panels, self.notes, restore=self._restore)

    @property
    def question(self) -> Question:
        """What it shows first."""
        return self._question(self._said.question)

    @property
    def baseline(self) -> Any:
        """What hidden cells become in it."""
        return self._samples.baselines.spec(self.question.baseline)

    # ------------------------------------------------------------ who is asked

    def _explainer(self, given: Any) -> Explainer:
        filed, said = self._filed, self._said
        rows, columns = filed.axes
        if given is None and filed.model is None:
            shape = filed.matrices.shape[1:]
            without = NoModel((shape[0], shape[1], shape[2]), WITHOUT, LACK)
            return Explainer(without, said.classes or None, rows, columns)
        if given is None:
            return self._own()
        asker = given if isinstance(given, Explainer) else Explainer(given)
        _check_fits(filed, asker)
        given = asker if asker is given else Explainer(given, said.classes or None)
        self._compare(given)
        return given.named_as(rows, columns)

    def _own(self) -> Explainer:
        """Make the explainer that the file holds, with the settings that it had."""
        filed = self._filed
        if filed.model is None or filed.given is None:
            raise Damaged("it holds a model, but not what its explainer was")
        model = opened(filed.model, filed.name)
        try:
            return Explainer(model, filed.said.classes or None, *filed.axes, **filed.given)
        except (TypeError, ValueError) as error:
            raise Damaged(f"its model and its explainer do not fit: {error}") from error

    def _compare(self, given: Explainer) -> None:
        """Say whether the model is the one that computed the maps, or that nothing tells."""
        known, own = self._said.model, given.fingerprint()
        if known is None:
            return
        if known.fingerprint is None or own is None:
            self.notes.append(
                f"Nothing tells whether {given.named} is what computed the maps of this file "
                f"({known.name}): only weights of Keras models are compared."
            )
        elif known.fingerprint != own:
            self.notes.append(
                "The maps of this file were computed by a model with other weights than the one "
                "that is asked now; run a method again to see its map of this one."
            )

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

    def _spec(self, panel: PanelForm, maps: tuple[Explanation, ...]) -> Spec:
        within = None if panel.within is None else region_of(panel.within, self._filed.shape)
        found = [
            (self._question(each.question), one) for each, one in zip(panel.maps, maps, strict=True)
        ]
        if panel.of is not None:
            return Spec(METHOD, of=panel.of)
        pinned = None if panel.pinned is None else self._question(panel.pinned)
        if panel.kind == "given" or panel.method not in REGISTRY:
            if panel.kind == "method":
                self.notes.append(
                    f"{panel.name} shows the method {panel.method}, which there is not here: its "
                    "maps can be seen, and not computed again; register the Method of that name, "
                    "and open the file again."
                )
            each = self._each(panel.method, found)
            return Spec(panel.method, panel.parameters, within, each, pinned=pinned)
        return Spec(panel.method, panel.parameters, within, kept=tuple(found), pinned=pinned)

    def _each(
        self, method: str, found: list[tuple[Question, Explanation]]
    ) -> tuple[Explanation, ...]:
        """Return a map for each sample; where none was kept, one that knows nothing."""
        own = {question.sample: map for question, map in reversed(found)}
        first = next(iter(own.values()), None)
        gone = Explanation(
            values=np.full((*self._filed.shape, 1), np.nan),
            profile="sum" if first is None else first.profile,
            method=method,
            target=None,
            score=float("nan"),
            notes=("The file holds no map of this sample.",),
            row_axis=self._filed.axes[0],
            column_axis=self._filed.axes[1],
        )
        return tuple(own.get(place, gone) for place in range(len(self._filed.matrices)))

    def _question(self, form: QuestionForm) -> Question:
        if form.sample >= len(self._filed.matrices) or form.baseline >= len(self._numbers):
            raise Damaged("it asks about a sample or a baseline that it does not hold")
        target: Target = None
        if form.target is not None:
            first, *rest = form.target
            target = Margin(first, rest[0]) if rest else Class(first)
            if self._said.classes:
                try:
                    target = resolve(target, self._said.classes, 0)
                except ValueError as error:
                    raise Damaged("it explains a class that there is not") from error
        return Question(form.sample, target, self._numbers[form.baseline])

    # ------------------------------------------------------------ what is restored

    def _restore(self, session: Session) -> None:
        """Show at once what the file holds; what it does not is computed as the session starts."""
        filed, said, samples = self._filed, self._said, self._samples
        if samples.missing:
            samples.restore(filed.predictions, self._hidden())
        for form in said.evidence:
            self._found(session, form)
        if said.answered is not None:
            last: Any = said.answered.model_dump(include={"selection", "without", "only"})
            about = self._question(said.answered.question)
            last["sample"] = about.sample
            session.answered.restore(about, last)
        session.widget.options = _options(said.options)
        session.channel.select(filed.selection)
        session.widget.named = [
            {"name": each.name, "selection": wire.selection(region_of(each.selection, filed.shape))}
            for each in said.named
        ]
        board, question = session.board, session.board.question
        for name, panel in list(board.panels.items()):
            spec = panel.spec
            asked = spec.about(question)
            if spec.given or spec.known(asked) is not None:
                pending = board.ask(name, spec)
                shown, found = samples.explained(pending.blank, spec, asked)
                board.settle(name, Result(pending.run, spec, asked, shown, found))

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


def _check_fits(filed: Filed, explainer: Explainer) -> None:
    """Refuse an explainer of other matrices, or of other classes."""
    shape, wanted = filed.matrices.shape[1:], explainer.shape
    if wanted is not None and any(w not in (None, n) for w, n in zip(wanted, shape, strict=True)):
        size = " × ".join("any" if each is None else str(each) for each in wanted)
        raise ValueError(
            f"The explainer takes matrices of {size}, but those of {filed.name} have "
            f"{' × '.join(map(str, shape))}; give the explainer that the view was made with."
        )
    classes, kept = explainer.classes, filed.said.classes
    if classes and kept and tuple(classes) != kept:
        raise ValueError(
            f"The explainer has the classes {listed(classes)}, but the maps of {filed.name} "
            f"explain {listed(kept)}; give the explainer that the view was made with."
        )


def _options(said: dict[str, Any]) -> dict[str, Any]:
    """Read how the maps are drawn; what this release does not know, or has added, is as usual.

    The page's own look is no reason to refuse a file.
    """
    known = {name: value for name, value in said.items() if name in wire.OPTIONS}
    try:
        return Form.model_validate({**wire.OPTIONS, **known}).model_dump()
    except ValueError:
        return dict(wire.OPTIONS)
