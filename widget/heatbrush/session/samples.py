"""The matrices of a view: what the model says of each, and what a question about one means."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from heatbrush import protocol
from heatbrush.blocks.large import LargeMap, of_matrix
from heatbrush.border import wire
from heatbrush.border.asked import Question, Spec, Target, hides
from heatbrush.border.inputs import held as held_inputs
from heatbrush.border.inputs.held import HeldInputs
from heatbrush.border.sample_names import SampleNames
from heatbrush.border.whole import is_large
from heatbrush.lines.added import Added
from heatbrush.lines.lines import Lines
from heatbrush.returned.maps import OutputMaps, part_of
from heatbrush.session.baselines import Baselines
from heatbrush.session.models import Models
from heatbrush_core import Axis, Explainer, Explanation, Prediction, Region
from heatbrush_core.bars import within_a_call
from heatbrush_core.checks import index, short
from heatbrush_core.matrix.arrays import Floats32
from heatbrush_core.matrix.baselines import called, words
from heatbrush_core.matrix.validity import Mask
from heatbrush_core.network.no_model import NoModel
from heatbrush_core.progress import Listener
from heatbrush_core.targets import Class, Dial, Margin, ScoreKind, resolve
from heatbrush_core.targets import Target as Kernels

PLANES = 4
"""Large matrices of which blocks are kept: the last samples and channels that were drawn."""


class Samples:
    """The samples and their model.

    Parameters
    ----------
    explainer
        The model; its lock keeps two views of one explainer apart.
    matrices
        (N, H, W, C) samples.
    truth
        Class index per sample, or None.
    valid
        (N, H, W) which cells exist; None where all of all samples do.
    models
        All models by name, where there are several; the first is `explainer`.
    names
        What the samples are called; None where they have no names.
    held
        What else the model is given with each; None is what its explainer holds.

    Attributes
    ----------
    shape
        Rows and columns of each matrix.
    axes
        The rows and the columns, with their names.
    baselines
        What hidden cells may become, by number.
    lines
        What the table of scores lists of each sample.
    outputs
        The maps that the model returns.
    warnings
        By question, what speaks against its baseline, a sentence each.
    """

    def __init__(
        self,
        explainer: Explainer,
        matrices: NDArray[Any],
        truth: Sequence[int] | None,
        valid: Mask | None = None,
        models: Mapping[str, Explainer] | None = None,
        names: SampleNames | None = None,
        held: HeldInputs | None = None,
    ) -> None:
        self.matrices, self.truth, self.valid, self.names = matrices, truth, valid, names
        # what exists is said with every question: these matrices are filled already
        self.explainer = explainer if valid is None else explainer.having(None)
        self.shape = (int(matrices.shape[1]), int(matrices.shape[2]))
        self.axes: tuple[Axis, Axis] = explainer.axes(self.shape)
        self.baselines = Baselines(self.explainer, matrices[0])
        self.outputs = OutputMaps()
        self.models = Models(models or {}, matrices[0])
        self.held = held or HeldInputs()
        self.lines = Lines(self.explainer, self._holding, self.matrix, self.exists)
        self.warnings: dict[Question, Sequence[str]] = {}
        self._bars: dict[tuple[int, Any], list[protocol.HeldBar]] = {}
        self._predictions: dict[int, Prediction] = {}
        self._kept: dict[int, NDArray[Any]] = {}
        self._filled: tuple[tuple[int, int], protocol.Array] | None = None
        self._hidden: dict[tuple[int, int], protocol.Hidden] = {}
        self._planes: dict[tuple[int, int | None], LargeMap] = {}
        self._making = threading.Lock()
        self._whatifs: dict[tuple[int, int], protocol.WhatIfs] = {}

    def __len__(self) -> int:
        return len(self.matrices)

    def matrix(self, sample: int) -> NDArray[Any]:
        """Return one sample as it was when it was first asked for: who changes X changes no map."""
        if sample not in self._kept:
            copy = self.matrices[sample].copy()
            copy.flags.writeable = False
            self._kept.setdefault(sample, copy)
        return self._kept[sample]

    def exists(self, sample: int) -> Mask | None:
        """Tell which cells of a sample exist; None where all do."""
        return None if self.valid is None else self.valid[sample]

    def axis(self, which: str) -> Axis:
        """Return one axis: "rows" or "columns"."""
        return self.axes[0 if which == "rows" else 1]

    def checked(self, question: Question) -> Question:
        """Refuse a sample or a target that there is not, and look the target's names up.

        Class names are looked up once they are known, after the first prediction at the latest.
        """
        sample, target = question.sample, question.target
        number = self.place(sample)
        if target is not None and self.missing and not (self.explainer.classes or self.lines.there):
            raise ValueError(
                f"target is {short(target)}, but without a model there are no classes; leave it "
                "out."
            )
        if target is not None and (self.lines.there or _has_a_line(target)):
            target = self.lines.checked(target, number)
        elif target is not None and self.explainer.classes:
            target = resolve(target, self.explainer.classes, 0)
        return Question(number, target, self.baselines.checked(question.baseline))

    def place(self, sample: Any) -> int:
        """Return the index of a sample, given as that or by its name; a number is an index."""
        number = index(sample)
        if number is None and self.names is not None:
            number = self.names.place(sample)
        if number is None:
            named = "" if self.names is None else ", or by its name"
            raise TypeError(
                f"A sample is asked for by its index, a whole number{named}, but got "
                f"{short(sample)}; give 0 to {len(self) - 1}."
            )
        if not 0 <= number < len(self):
            raise ValueError(
                f"Sample {number} was asked for, but the view holds {len(self)}; "
                f"give an index from 0 to {len(self) - 1}."
            )
        return number

    def name(self, sample: int) -> str:
        """Return what a sample is called; empty where the samples have no names."""
        return "" if self.names is None else self.names.labels[sample]

    def called(self, sample: int) -> str:
        """Return what a sample is called in a sentence: its name, or else its index."""
        return self.name(sample) or f"sample {sample}"

    @property
    def missing(self) -> str:
        """Why the model cannot be asked: there is none; empty where there is one."""
        model = self.explainer.model
        return model.why if isinstance(model, NoModel) else ""

    def baseline(self, given: Any) -> int:
        """Return the number of a baseline, given as anything that `Explainer` takes.

        Raises
        ------
        ValueError, TypeError
            For what is no baseline here, and where there is no model.
        """
        if self.missing:
            if (known := self.baselines.known(given)) is not None:
                return known
            raise ValueError(
                f"The baseline is {short(given)}, but without a model no cell is hidden; leave it "
                "out, or give an Explainer."
            )
        return self.baselines.number(given)

    def hiding(self, question: Question, model: str = "") -> Explainer:
        """Return the explainer of a model that hides and holds as a question wants it."""
        if model in self.models:
            asker = self.models.hiding(model, self.baselines.spec(question.baseline))
        else:
            asker = self.baselines.explainer(question.baseline)
        if not self.lines.there:
            return self.held.of(asker, question.sample)
        return self.about(question.sample, model).with_baseline(asker.baseline)

    def asked(self, model: str = "") -> Explainer:
        """Return the explainer of one of several models, with its own baseline."""
        return self.models.explainer(model) if model in self.models else self.explainer

    def answering(self, question: Question, model: str = "") -> Explainer:
        """Return who can tell which methods run: of a target that is no class, who reads it."""
        if self.missing or not self.lines.there:
            return self.asked(model)
        try:
            asker, x = self.about(question.sample, model), self.matrix(question.sample)
            return asker.toward(x, self.aim(question, model))
        except (TypeError, ValueError, RuntimeError):  # as what is asked fails, and says why
            return self.asked(model)

    def about(self, sample: int, model: str = "") -> Explainer:
        """Return whom to ask about a sample; its classes are what the table of scores lists."""
        return self.lines.of(sample, model if model in self.models else "")

    def _holding(self, model: str, sample: int) -> Explainer:
        """Return the explainer of a model, with what is held for a sample."""
        return self.held.of(self.asked(model), sample)

    def held_for(self, sample: int) -> dict[Any, NDArray[Any]]:
        """Return what the inputs beside the matrix hold for a sample; nothing without any."""
        return self.held.row(sample) or self.explainer.given

    def askers(self, which: slice = slice(None)) -> list[Explainer]:
        """List whom to ask about some of the samples, each with what is held for it."""
        return [self.held.of(self.explainer, n) for n in range(len(self))[which]]

    def prediction(self, sample: int) -> Prediction:
        """Ask what the model says of a sample, once."""
        if sample not in self._predictions:
            self._predictions[sample] = self.about(sample).predict(
                self.matrix(sample), valid=self.exists(sample)
            )
        return self._predictions[sample]

    def relist(self, change: Callable[[Added], bool]) -> None:
        """Change which targets have lines of their own; what the model said is asked anew."""
        if self.lines.relist(change):
            self._predictions.clear()
            self._bars.clear()
            self.models.forget()

    def dial(self, question: Question) -> Dial | None:
        """Find where else the target of a question may stand: at which layers, or steps."""
        return None if self.missing else self.lines.dial(self.target(question), question.sample)

    def classes(self, sample: int) -> tuple[str, ...]:
        """Return what the table of scores lists of a sample, as far as that is known."""
        return self.lines.names(sample)

    def predicted(self, sample: int) -> Prediction | None:
        """Return the same; without a model what is kept of one, or None."""
        return self._predictions.get(sample) if self.missing else self.prediction(sample)

    def restore(
        self,
        predictions: Mapping[int, Prediction],
        hidden: Mapping[Question, protocol.Hidden],
        whatifs: Mapping[Question, protocol.WhatIfs],
    ) -> None:
        """Take what a model said in an earlier view, and what hid cells there, without a model."""
        self._predictions.update(predictions)
        self._hidden = {(of.sample, of.baseline): found for of, found in hidden.items()}
        self._whatifs = {(of.sample, of.baseline): found for of, found in whatifs.items()}

    def recalled(self, question: Question) -> protocol.WhatIfs:
        """Return the scores of runs that an earlier view stored of a sample and baseline."""
        return self._whatifs.get((question.sample, question.baseline), wire.NO_WHATIFS)

    def aim(self, question: Question, model: str = "") -> Class | Margin:
        """Fix what a question is about: the class that is predicted, where no target was given.

        Of several models the first predicts it for all. Without a model, where no map depends on
        it, it is the first class.
        """
        prediction = self.predicted(question.sample)
        if prediction is None:
            classes = self.explainer.classes
            return resolve(question.target, classes, 0) if classes else Class(0)
        if self.lines.there:
            aim = self.lines.aim(question, prediction)
        else:
            aim = resolve(question.target, prediction.classes, prediction.predicted)
        if model not in self.models:
            return aim
        return self.models.aim(model, aim, self.places(model, question.sample))

    def scored_as(self, question: Question, score: ScoreKind | None) -> str:
        """Name the score that is measured of what a question is about."""
        if not self.lines.there:
            return self.explainer.scored_as(score)
        asker, x = self.about(question.sample), self.matrix(question.sample)
        return asker.toward(x, self.aim(question)).scored_as(score)

    def known_aim(self, question: Question) -> Target:
        """Return the same without asking the model: the target as given before it has answered."""
        given = question.target
        of_lines = isinstance(given, Margin) and self.lines.there
        if _has_a_line(given) and given not in self.lines.added and not of_lines:
            return given  # its line comes as soon as the worker has a moment
        return self.aim(question) if question.sample in self._predictions else given

    def target(self, question: Question) -> Target:
        """Return the same as Python knows it: of a line, the target that it stands for."""
        aim = self.known_aim(question)
        if self.lines.there and isinstance(aim, Class | Margin):
            return self.lines.frozen(aim, question.sample)
        return aim

    def asked_for(self, question: Question) -> Target:
        """Return the same as Python asks for it: a thing by its number, where it was not given."""
        aim = self.known_aim(question)
        if self.lines.there and isinstance(aim, Class | Margin):
            return self.lines.asked_for(aim, question.sample)
        return aim

    @property
    def decoders(self) -> list[Any]:
        """What the explainer of each model was given to read things out of maps; None for most."""
        askers = [self.explainer, *map(self.models.explainer, self.models)]
        return [each.made_with["outputs"] for each in askers]

    def scores(self, sample: int) -> protocol.Scores:
        """Return what the model says of a sample, as the page shows it; or why there is none."""
        first = self.predicted(sample)
        if not self.missing:
            asker, x = self._holding("", sample), self.matrix(sample)
            self.outputs.find(sample, asker, x, self.exists(sample))
        found = wire.scores(first, self.missing)
        # without a model, what was kept of one sample is there of all models or of none
        for model in self.models if first is not None else ():
            said = self.said(model, sample)
            found["all"] += self.models.shown(said, self.places(model, sample))
        if self.lines.there:
            found["rivals"] = self.lines.rivals
        return {**found, "models": list(self.models.names)} if self.models.names else found

    def output(self, question: Question, request: protocol.Output) -> Floats32:
        """Ask for a map that the first model returns for what is left of a sample."""
        x, exists = self.matrix(question.sample), self.exists(question.sample)
        return part_of(self.hiding(question), x, exists, request)

    def shown(self, question: Question) -> protocol.Scores:
        """Return the same, with what the held inputs are worth to the target where that is known.

        Without a target it is what was found for the class that is predicted.
        """
        found, aim = self.scores(question.sample), self.known_aim(question)
        bars = self._bars.get((question.sample, aim))
        return {**found, "held": bars} if bars else found

    def weigh(self, question: Question) -> bool:
        """Ask what the held inputs are worth to a question; tell whether that is news."""
        if self.missing or self.explainer.inputs is None:
            return False
        key = question.sample, self.aim(question)
        if key in self._bars:
            return False
        asker = self.about(question.sample)
        x, exists = self.matrix(question.sample), self.exists(question.sample)
        self._bars[key] = held_inputs.bars(asker, x, key[1], exists)
        return True

    def whatif(
        self, question: Question, region: Region
    ) -> tuple[list[float | None], list[float | None]]:
        """Ask what each model says without a region, and with only it; one after the other."""
        x, exists = self.matrix(question.sample), self.exists(question.sample)
        both: tuple[list[float | None], list[float | None]] = ([], [])
        for asker, own in self.asked_by(question):
            for numbers, said in zip(both, asker.whatif(x, region, exists), strict=True):
                numbers += wire.numbers(said.shown[own])
        return both

    def asked_by(self, question: Question) -> Iterator[tuple[Explainer, Any]]:
        """Yield each model as a question hides cells, and its places of the first one's classes."""
        yield self.hiding(question), slice(None)
        for model in self.models:
            yield self.hiding(question, model), self.places(model, question.sample)

    def said(self, model: str, sample: int) -> Prediction:
        """Return what a further model says of a sample."""
        x, exists = self.matrix(sample), self.exists(sample)
        return self.models.prediction(model, sample, lambda: self.about(sample, model), x, exists)

    def places(self, model: str, sample: int) -> list[int]:
        """Find the first model's classes in a further one, which may know them only once asked."""
        return self.models.places(model, self.prediction(sample), self.said(model, sample))

    def blank(self, name: str, spec: Spec, run: int = 0) -> protocol.PanelState:
        """Return a panel that shows nothing yet; a pinned one says what it is kept for."""
        state = wire.panel(name, spec, self.shape, run)
        return state if spec.pinned is None else {**state, "pinned": self._pin(spec, spec.pinned)}

    def apart(self, spec: Spec, question: Question) -> str:
        """Say what a pinned panel was computed for, where that is not what a question asks."""
        kept = spec.pinned
        if kept is None:
            return ""
        said = [self.called(kept.sample)] if kept.sample != question.sample else []
        aim, shown = self.known_aim(kept), self.known_aim(question)
        if isinstance(aim, Class | Margin) and aim != shown:
            said.append(f"target {aim.label(self.classes(kept.sample))}")
        if hides(spec) and kept.baseline != question.baseline:
            said.append(f"baseline {called(self.baselines.spec(kept.baseline))}")
        return ", ".join(said)

    def _pin(self, spec: Spec, kept: Question) -> protocol.Pin:
        aim = self.known_aim(kept) if kept.sample in self._predictions else None
        assert aim is None or isinstance(aim, Kernels)  # after a prediction, names are looked up
        a, b = (None, None) if aim is None else aim.pair
        hidden = called(self.baselines.spec(kept.baseline)) if hides(spec) else ""
        pin: protocol.Pin = {
            "sample": kept.sample, "a": a, "b": b, "baseline": kept.baseline, "hidden": hidden,
        }  # fmt: skip
        if name := self.name(kept.sample):
            pin["name"] = name
        if aim is not None and self.lines.there:
            pin["target"] = aim.label(self.classes(kept.sample))
        return pin

    def explained(
        self,
        blank: protocol.PanelState,
        spec: Spec,
        question: Question,
        progress: Listener | None = None,
        cancel: threading.Event | None = None,
        known: Explanation | None = None,
    ) -> tuple[protocol.PanelState, Explanation]:
        """Explain a sample, or take the map that is known already; return a panel that shows it."""
        if spec.given:
            given = spec.given[question.sample]
            if given is None:
                raise ValueError(
                    f"{spec.method} was given for another sample only; give one map for each of "
                    f"the {len(self)} samples to view.add."
                )
            return wire.as_given(wire.explained(blank, given), given), given
        found = spec.known(question) or known or self.explain(spec, question, progress, cancel)
        if spec.pinned is not None:
            blank = {**blank, "pinned": self._pin(spec, spec.pinned)}
        return wire.explained(blank, found), found

    def explain(
        self,
        spec: Spec,
        question: Question,
        progress: Listener | None = None,
        cancel: threading.Event | None = None,
    ) -> Explanation:
        """Compute the map of a sample."""
        with within_a_call():  # whether the baseline hides is asked when nobody waits
            return self.hiding(question, spec.model).explain(
                self.matrix(question.sample),
                spec.method,
                target=self.aim(question, spec.model),
                within=spec.within,
                valid=self.exists(question.sample),
                progress=progress,
                cancel=cancel,
                **spec.parameters,
            )

    @property
    def large(self) -> bool:
        """Whether pages hold the matrices, and their maps, only reduced."""
        return is_large(self.shape)

    def plane(self, index: int, channel: int | None) -> LargeMap:
        """Return what is drawn of a large sample; the last ones are kept."""
        with self._making:
            key = index, channel
            if key not in self._planes:
                plane = of_matrix(self.matrix(index), channel, self._gaps(index))
                while len(self._planes) >= PLANES:
                    self._planes.pop(next(iter(self._planes)))
                self._planes[key] = plane
            return self._planes[key]

    def _gaps(self, index: int) -> Mask | None:
        """Tell which cells exist where some do not."""
        exists = self.exists(index)
        return None if exists is None or exists.all() else exists

    def state(self, index: int, channel: int | None = None) -> protocol.Sample:
        """Return the matrix of a sample as the page draws it, a large one of a channel reduced."""
        exists = self._gaps(index)
        found: protocol.Sample = {
            "index": index,
            "name": self.name(index),
            "count": len(self),
            "others": True,
            "truth": None if self.truth is None else int(self.truth[index]),
            "matrix": wire.ABSENT,
            "absent": wire.ABSENT,
        }
        if outputs := self.outputs.known(index):
            found["outputs"] = outputs
        if self.lines.of_map:
            found["things"] = self.lines.marks(index)
        if self.large:
            return {**found, "large": self.plane(index, channel).as_input}
        absent = wire.given(None if exists is None else ~exists)
        return {**found, "matrix": wire.array(self.matrix(index)), "absent": absent}

    def unfilled(self, question: Question) -> protocol.Hidden:
        """Return what hidden cells become without their matrix, which may take a while."""
        if self.missing:
            return self._hidden.get((question.sample, question.baseline), wire.UNHIDDEN)
        spec = self.baselines.spec(question.baseline)
        return {
            "number": question.baseline,
            "baseline": called(spec),
            "sentence": words(spec),
            "matrix": wire.ABSENT,
            "warnings": list(self.warnings.get(question, ())),
        }

    def hidden(self, question: Question) -> protocol.Hidden:
        """Return what hidden cells of a sample become, as the page says and draws it."""
        found = self.unfilled(question)
        if self.missing or self.large:  # a page that holds no whole matrix hides nothing in it
            return found
        try:
            return {**found, "matrix": self._fill(question)}
        except Exception as error:  # whatever a function of the user's raises for this sample
            return {**found, "warnings": [*found["warnings"], wire.sentence(error)]}

    def _fill(self, question: Question) -> protocol.Array:
        """Make the baseline of a sample; the last one is kept, as each result is published."""
        key = question.sample, question.baseline
        if self._filled is None or self._filled[0] != key:
            asker = self.hiding(question).having(self.exists(question.sample))
            filled = asker.fill(self.matrix(question.sample))
            self._filled = key, wire.constant(filled)
        return self._filled[1]


def _has_a_line(target: Any) -> bool:
    """Tell whether a target is more than a class, so that it gets a line of its own."""
    return isinstance(target, Kernels) and not target.of_classes
