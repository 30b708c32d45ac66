"""The lines of the table of scores where they are targets: each sample of a map has its own.

A line of a model of classes is a class. A target that is more than a class gets a line of its own,
after them. Of a model that returns a map, the lines of a sample are the things that are found in
it, or its highest cell, or the targets that were given; and those that were added.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from numpy.typing import NDArray

from heatbrush import protocol
from heatbrush.border.asked import Question
from heatbrush.border.asked import Target as Given
from heatbrush.border.marks import marks
from heatbrush.lines.added import Added
from heatbrush.lines.listed import Listed, targets_of
from heatbrush_core import Explainer, Prediction
from heatbrush_core.checks import index
from heatbrush_core.matrix.validity import Mask
from heatbrush_core.targets import (
    Channel,
    Class,
    Content,
    Dial,
    Gram,
    Margin,
    Neuron,
    Sources,
    Step,
    Target,
    Thing,
    dial,
)

KEPT = 12
"""Samples whose lines stay open, with all that was compiled for them."""
MOST = 50
"""Things of a sample that have lines: the strongest."""


class Lines:
    """Opens for each sample the explainer whose classes are its lines.

    Parameters
    ----------
    explainer
        The model, that of a view of several first.
    holding
        Returns the explainer of a model, "" for the first, with what is held for a sample.
    matrix, exists
        Return a sample, and which cells of it exist.
    """

    def __init__(
        self,
        explainer: Explainer,
        holding: Callable[[str, int], Explainer],
        matrix: Callable[[int], NDArray[Any]],
        exists: Callable[[int], Mask | None],
    ) -> None:
        self._explainer, self._holding = explainer, holding
        self._matrix, self._exists = matrix, exists
        self._added, self._was_map = Added(), False
        self._open: OrderedDict[tuple[str, int], Explainer] = OrderedDict()
        self._known: dict[int, Listed] = {}
        self._lock = threading.Lock()

    @property
    def there(self) -> bool:
        """Whether the lines are more than the classes of the model, as far as that is known."""
        return bool(self.added) or self.of_map

    @property
    def of_map(self) -> bool:
        """Whether the model returns a map, or things that are found, as far as that is known."""
        return self._was_map or _tells_no_class(self._explainer)

    @property
    def rivals(self) -> int:
        """How many of the lines are classes of the model, of which one is predicted."""
        return 0 if self.of_map else len(self._explainer.classes)

    def refuse_map(self, asks: str, remedy: str) -> None:
        """Refuse what asks for classes, where the model is known to return a map.

        Raises
        ------
        ValueError
            In one sentence.
        """
        if self.of_map:
            raise ValueError(
                f"{asks}, but {self._explainer.named} returns a map, which has none; {remedy}."
            )

    def give(self, given: Any, sample: Any = 0) -> Given:
        """Take the target, or several, that the view was made for; return what is shown first.

        Of a map they stand in the place of its highest cell.
        """
        first, more = targets_of(given)
        if fresh := [each for each in more if each not in self.added]:
            self.check(fresh, sample if isinstance(sample, int) else 0)
            self._added.add(fresh)
            self._added.given = len(self.added)
        return first

    def restore(
        self,
        added: Sequence[Target],
        given: int,
        known: Mapping[int, Listed] = MappingProxyType({}),
        of_map: bool = False,
    ) -> None:
        """Take the targets of an earlier view, of which the first `given` were given to that.

        Without a model, what is `known` of samples is taken, too, and whether the model that there
        was returned a map.
        """
        self._added.targets, self._added.given = list(added), given
        self._was_map = of_map
        self._known.update(known)

    @property
    def added(self) -> list[Target]:
        """Targets that have a line in every sample, in the order of these."""
        return self._added.targets

    @property
    def stepped(self) -> Target | None:
        """The target whose line goes from layer to layer, or from step to step."""
        return self._added.stepped

    @property
    def given(self) -> list[Target]:
        """Those of them that the view was made for."""
        return self.added[: self._added.given]

    @property
    def later(self) -> list[Target]:
        """The others."""
        return self.added[self._added.given :]

    def check(self, targets: Sequence[Target], sample: int) -> None:
        """Refuse targets that the model does not have, at the matrix of a sample.

        Raises
        ------
        TypeError, ValueError
            In one sentence.
        """
        asker, sources = self.sources(sample)
        x = asker.about(self._matrix(sample), self._exists(sample))[1]
        for each in targets:
            asker.fixed(x, each).terms(sources)

    def sources(self, sample: int) -> tuple[Explainer, Sources]:
        """Return whom to ask about a sample, as the model was opened, and what targets may read."""
        asker = self._holding("", sample)
        asker, x = asker.about(self._matrix(sample), self._exists(sample))
        return asker, asker.outputs_and_layers(x)

    def relist(self, change: Callable[[Added], bool]) -> bool:
        """Change which targets have lines of their own; tell whether that changes anything."""
        with self._lock:
            news = change(self._added)
            if news:
                self._open.clear()
                self._known.clear()
        return news

    def dial(self, target: Any, sample: int) -> Dial | None:
        """Find at which layers, or steps, a target may stand; None where it has no other place."""
        if not isinstance(target, Channel | Neuron | Gram | Content | Step):
            return None
        asker, sources = self.sources(sample)
        return dial(target, sources, asker.layers)

    # ------------------------------------------------------------ asking, on the worker's thread

    def of(self, sample: int, model: str = "") -> Explainer:
        """Return whom to ask about a sample: the explainer, or one whose classes are the lines."""
        with self._lock:
            known = self._open.get((model, sample))
            if known is not None:
                self._open.move_to_end((model, sample))
                return known
        asker = self._holding(model, sample)
        x, exists = self._matrix(sample), self._exists(sample)
        asker.about(x, exists)  # only then a function has shown whether it returns a map
        if not (self.there or _tells_no_class(asker)):
            return asker
        if model and self.of(sample) and self.known(sample) is None:
            return asker  # the first one tells classes
        if model:  # is asked about the very cells of the first
            twin = asker.lines(x, self._as_first(asker, sample), exists)
        else:
            twin = self._listed(asker, sample, x, exists)
        with self._lock:
            self._open[model, sample] = twin
            while len(self._open) > KEPT:
                self._open.popitem(last=False)
        return twin

    def _as_first(self, asker: Explainer, sample: int) -> list[Any]:
        """Return the lines of the first model, as another one is asked: by its own classes."""
        first, own = self.of(sample), self._known[sample].own
        if _tells_no_class(asker):
            return list(first.lined)
        return [*map(Class, range(len(asker.classes))), *first.lined[own:]]

    def _listed(
        self, asker: Explainer, sample: int, x: NDArray[Any], exists: Mask | None
    ) -> Explainer:
        """Open the lines of a sample; what was added and is gone from it is told."""
        own, said, drawn = self._own(asker, sample)
        added, gone = self.added, list[str]()
        try:
            twin = asker.lines(x, [*own, *added], exists)
        except ValueError:
            added, gone = _there(*asker.about(x, exists), added)
            if not gone:
                raise
            own = own if own or added else [None]
            twin = asker.lines(x, [*own, *added], exists)
        notes = (*said, *twin.lined_notes, *gone)
        found = Listed(len(own), twin.classes, twin.lined, tuple(added), notes, tuple(drawn))
        with self._lock:
            self._known[sample] = found
        return twin

    def _own(
        self, asker: Explainer, sample: int
    ) -> tuple[list[Any], Sequence[str], list[protocol.ThingMark]]:
        """Return the lines that a sample has before those that were added, what to say, marks."""
        if not _tells_no_class(asker):
            return [Class(index) for index in range(len(asker.classes))], (), []
        if asker.decoder is None:
            return ([] if self._added.given else [None]), (), []
        found = asker.found(self._matrix(sample), valid=self._exists(sample))
        if not found.things:  # the highest cell, which says why; or nothing but what was given
            return ([], found.notes, []) if self._added.given else ([None], (), [])
        drawn, untold = marks(found.things[:MOST])
        said = [*found.notes, *untold]
        if len(found.things) > MOST:
            said.append(
                f"The {MOST} strongest of {len(found.things)} things have lines; view.add_target "
                "gives others one."
            )
        return [Thing(k) for k in range(min(MOST, len(found.things)))], said, drawn

    # ------------------------------------------------------------ what is known of a sample

    def names(self, sample: int) -> tuple[str, ...]:
        """Return the labels of a sample's lines; empty where they are not known yet."""
        if not self.there:
            return self._explainer.classes
        known = self._known.get(sample)
        return () if known is None else known.names

    def own(self, sample: int) -> int:
        """Count the lines that a sample has before those that were added, as far as is known."""
        known = self._known.get(sample)
        return len(self.names(sample)) if known is None else known.own

    def known(self, sample: int) -> Listed | None:
        """Return the lines of a sample; None where they are not known yet."""
        return self._known.get(sample)

    def marks(self, sample: int) -> list[protocol.ThingMark]:
        """Return the marks of a sample's things; none where they are not known yet."""
        known = self._known.get(sample)
        return [] if known is None else list(known.marks)

    def checked(self, target: Given, sample: int) -> Given:
        """Read a target: a line of a sample by its number or name, or one that was added.

        A number means the same thing in another sample, and one that was added stays that one.

        Raises
        ------
        ValueError
            For a name that no line has.
        """
        if target is None or (
            isinstance(target, Target) and not isinstance(target, Class | Margin)
        ):
            return target
        if isinstance(target, Margin):
            return Margin(self._place(target.a, sample), self._place(target.b, sample))
        found = self._place(target.index if isinstance(target, Class) else target, sample)
        return found if isinstance(found, Target) else Class(found)

    def _place(self, given: Any, sample: int) -> int | str | Target:
        known = self._known.get(sample)
        if known is None or isinstance(given, Target):
            return given  # a name is looked up once the lines are known
        return known.place(given)

    def refuse(self, target: Given, sample: int) -> None:
        """Refuse a number that no line of a sample has, where its lines are known."""
        if (known := self._known.get(sample)) is not None:
            known.refuse(target)

    def aim(self, question: Question, said: Prediction) -> Class | Margin:
        """Find the line that a question is about; the strongest where the sample has none such."""
        found = self._known[question.sample].found(question.target)
        return Class(said.predicted) if found is None else found

    def frozen(self, aim: Class | Margin, sample: int) -> Target:
        """Return the target that a line of a sample stands for, where that is known."""
        known = self._known.get(sample)
        return aim if known is None else known.frozen(aim)

    def asked_for(self, aim: Class | Margin, sample: int) -> Target:
        """Return the same as it is asked for: what was added as it was given, a thing by number."""
        known = self._known.get(sample)
        return aim if known is None else known.asked_for(aim)

    def said(self, question: Question) -> list[str]:
        """Say what was chosen for a sample, and what a question asks for that it does not have."""
        known, target = self._known.get(question.sample), question.target
        if known is None:
            return []
        if target is None or known.found(target) is not None:
            return list(known.said)
        instead = "the strongest" if self.of_map else "the predicted class"
        return [*known.said, f"This sample has no {self._called(target)}; {instead} is explained."]

    def _called(self, target: Given) -> str:
        """Name a target by what it is in other samples."""
        if isinstance(target, Margin):
            return " rather than ".join(self._called(each) for each in (target.a, target.b))
        if isinstance(target, Target) and not isinstance(target, Class):
            return target.label(self._explainer.classes)
        number = index(target.index if isinstance(target, Class) else target)
        if number is None:
            return str(target)
        others = (each.called(number) for each in self._known.values() if number < each.own)
        return next(others, f"line {number}")


def _there(
    asker: Explainer, x: NDArray[Any], targets: Sequence[Target]
) -> tuple[list[Target], list[str]]:
    """Part targets into those that a matrix has, and sentences why it has none of the others."""
    there, gone = list[Target](), list[str]()
    for each in targets:
        try:
            asker.frozen_lines(x, [each])
        except ValueError as error:
            gone.append(str(error))
        else:
            there.append(each)
    return there, gone


def _tells_no_class(explainer: Explainer) -> bool:
    """Tell whether a model says no class of a matrix, as far as that is known."""
    return explainer.returns_map or not explainer.is_class(None)
