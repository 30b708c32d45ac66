"""The lines of the table of scores where they are targets: each sample of a map has its own.

A line of a model of classes is a class. A target that is more than a class gets a line of its own,
after them. Of a model that returns a map, the lines of a sample are its highest cell, or the
targets that were given, and those that were added.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from numpy.typing import NDArray

from heatbrush.border.asked import Question
from heatbrush.border.asked import Target as Given
from heatbrush_core import Explainer, Prediction
from heatbrush_core.checks import hint, index, listed, short
from heatbrush_core.matrix.validity import Mask
from heatbrush_core.targets import Class, Function, Margin, Target

KEPT = 12
"""Samples whose lines stay open, with all that was compiled for them."""


class Listed(NamedTuple):
    """What is known of the lines of a sample.

    Attributes
    ----------
    own
        How many it has before those that were added.
    names, targets
        The label of each line, and what it stands for.
    said
        What was chosen, in sentences.
    """

    own: int
    names: tuple[str, ...]
    targets: tuple[Target, ...]
    said: tuple[str, ...]


class Lines:
    """Opens for each sample the explainer whose classes are its lines.

    Parameters
    ----------
    explainer
        The model, that of a view of several first.
    others
        Returns the explainer of a further model.
    matrix, exists
        Return a sample, and which cells of it exist.

    Attributes
    ----------
    added
        Targets that have a line in every sample, in the order in which they were added.
    """

    def __init__(
        self,
        explainer: Explainer,
        others: Callable[[str], Explainer],
        matrix: Callable[[int], NDArray[Any]],
        exists: Callable[[int], Mask | None],
    ) -> None:
        self._explainer, self._others = explainer, others
        self._matrix, self._exists = matrix, exists
        self.added: list[Target] = []
        self._given = 0
        self._open: OrderedDict[tuple[str, int], Explainer] = OrderedDict()
        self._known: dict[int, Listed] = {}
        self._lock = threading.Lock()

    @property
    def there(self) -> bool:
        """Whether the lines are more than the classes of the model, as far as that is known."""
        return bool(self.added) or self._explainer.returns_map

    @property
    def of_map(self) -> bool:
        """Whether the model returns a map, as far as that is known."""
        return self._explainer.returns_map

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
        if more:
            self.check(more, sample if isinstance(sample, int) else 0)
        self.add(more)
        self._given = len(self.added)
        return first

    @property
    def given(self) -> list[Target]:
        """Those of them that the view was made for."""
        return self.added[: self._given]

    @property
    def later(self) -> list[Target]:
        """The others."""
        return self.added[self._given :]

    def check(self, targets: Sequence[Target], sample: int) -> None:
        """Refuse targets that the model does not have, at the matrix of a sample.

        Raises
        ------
        TypeError, ValueError
            In one sentence.
        """
        asker, x = self._explainer.about(self._matrix(sample), self._exists(sample))
        sources = asker.outputs_and_layers(x)
        for each in targets:
            asker.fixed(x, each).terms(sources)

    def add(self, targets: Sequence[Target]) -> bool:
        """Give targets lines of their own; tell whether any had none."""
        fresh = [each for each in dict.fromkeys(targets) if each not in self.added]
        with self._lock:
            if fresh:
                self.added += fresh
                self._open.clear()
                self._known.clear()
        return bool(fresh)

    # ------------------------------------------------------------ asking, on the worker's thread

    def of(self, sample: int, model: str = "") -> Explainer:
        """Return whom to ask about a sample: the explainer, or one whose classes are the lines."""
        with self._lock:
            known = self._open.get((model, sample))
            if known is not None:
                self._open.move_to_end((model, sample))
                return known
        asker = self._others(model) if model else self._explainer
        x, exists = self._matrix(sample), self._exists(sample)
        asker.about(x, exists)  # only then a function has shown whether it returns a map
        if not (self.there or asker.returns_map):
            return asker
        own = self._targets(asker, sample, model)
        twin = asker.lines(x, [*own, *self.added], exists)
        with self._lock:
            self._open[model, sample] = twin
            while len(self._open) > KEPT:
                self._open.popitem(last=False)
            if not model:
                self._known[sample] = Listed(len(own), twin.classes, twin.lined, twin.lined_notes)
        return twin

    def _targets(self, asker: Explainer, sample: int, model: str) -> list[Any]:
        """Return the lines that a sample has before those that were added."""
        if not asker.returns_map:
            return [Class(index) for index in range(len(asker.classes))]
        if model:  # is asked about the very cells of the first
            first = self.of(sample)
            return list(first.lined[: self._known[sample].own])
        return [] if self._given else [None]

    # ------------------------------------------------------------ what is known of a sample

    def names(self, sample: int) -> tuple[str, ...]:
        """Return the labels of a sample's lines; empty where they are not known yet."""
        if not self.there:
            return self._explainer.classes
        known = self._known.get(sample)
        return () if known is None else known.names

    def checked(self, target: Given, sample: int) -> Given:
        """Read a target: a line of a sample by its number or name, or one that was added.

        A number means the same thing in another sample, and one that was added stays that one.

        Raises
        ------
        ValueError
            For a name that no line has.
        """
        if isinstance(target, Margin):
            return Margin(self._place(target.a, sample), self._place(target.b, sample))
        if target is None or (isinstance(target, Target) and not isinstance(target, Class)):
            return target
        found = self._place(target.index if isinstance(target, Class) else target, sample)
        return found if isinstance(found, Target) else Class(found)

    def _place(self, given: Any, sample: int) -> int | Target:
        known = self._known.get(sample)
        if isinstance(given, Target):
            return given
        if isinstance(given, str):
            names = () if known is None else known.names
            if given not in names:
                there = listed([*map(short, names)]) or "none that is known yet"
                raise ValueError(
                    f"The target {short(given)} is no line of this sample, which has {there}; "
                    f"{hint(given, names, 'give one of these, or its number.')}"
                )
            given = names.index(given)
        number = index(given)
        assert number is not None
        if known is not None and known.own <= number < len(known.names):
            return self.added[number - known.own]
        return number

    def refuse(self, target: Given, sample: int) -> None:
        """Refuse a number that no line of a sample has, where its lines are known."""
        known = self._known.get(sample)
        number = index(target.index if isinstance(target, Class) else target)
        if known is not None and number is not None and number >= len(known.names):
            raise ValueError(
                f"Target {number} is out of range, as the lines of this sample are 0 to "
                f"{len(known.names) - 1}; give one of these, or a target of hb.targets."
            )

    def aim(self, question: Question, said: Prediction) -> Class | Margin:
        """Find the line that a question is about; the strongest where the sample has none such."""
        found = self._found(question, len(said.classes))
        return Class(said.predicted) if found is None else found

    def _found(self, question: Question, count: int) -> Class | Margin | None:
        target = question.target
        if isinstance(target, Margin):
            places = [self._line(part, question.sample, count) for part in (target.a, target.b)]
            a, b = places
            return None if a is None or b is None or a == b else Margin(a, b)
        place = self._line(target, question.sample, count)
        return None if place is None else Class(place)

    def _line(self, part: Any, sample: int, count: int) -> int | None:
        known = self._known.get(sample)
        if isinstance(part, Target) and part in self.added:
            return None if known is None else known.own + self.added.index(part)
        number = index(part.index if isinstance(part, Class) else part)
        return number if number is not None and number < count else None

    def frozen(self, aim: Class | Margin, sample: int) -> Target:
        """Return the target that a line of a sample stands for, where that is known."""
        known, (a, b) = self._known.get(sample), aim.pair
        if known is None or a is None:
            return aim
        return known.targets[a] if b is None else Margin(*(_part(known.targets[i]) for i in (a, b)))

    def said(self, question: Question) -> list[str]:
        """Say what was chosen for a sample, and what a question asks for that it does not have."""
        known = self._known.get(question.sample)
        if known is None:
            return []
        said = list(known.said)
        if question.target is not None and self._found(question, len(known.names)) is None:
            said.append(f"This sample has no {self._called(question.target)}; {self._instead}.")
        return said

    @property
    def _instead(self) -> str:
        return "the strongest is explained" if self.of_map else "the predicted class is explained"

    def _called(self, target: Given) -> str:
        """Name a target by the label that it has in other samples."""
        if isinstance(target, Margin):
            return " rather than ".join(self._called(_given(each)) for each in (target.a, target.b))
        number = index(target.index if isinstance(target, Class) else target)
        if number is None:
            return str(target)
        others = (each.names[number] for each in self._known.values() if number < len(each.names))
        return next(others, f"line {number}")


def targets_of(given: Any) -> tuple[Given, list[Target]]:
    """Tell the target that is shown first from those that get lines of their own.

    Classes, as a name or a number, have a line already.
    """
    several = list(given) if isinstance(given, list | tuple) else [given]
    read = [Function(each) if _is_function(each) else each for each in several]
    more = [each for each in read if isinstance(each, Target) and not each.of_classes]
    return (read[0] if read else None), more


def _is_function(given: Any) -> bool:
    return callable(given) and not isinstance(given, type | Target)


def _part(target: Target) -> Any:
    return target.index if isinstance(target, Class) else target


def _given(part: Any) -> Any:
    return Class(part) if isinstance(part, int) else part
