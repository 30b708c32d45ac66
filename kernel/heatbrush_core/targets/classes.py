"""Targets that are classes: one, or one rather than another; and the labels of classes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.checks import clean, hint, index, listed, short
from heatbrush_core.targets.decoded import Look
from heatbrush_core.targets.target import Scores, Sources, Target, Term


@dataclass(frozen=True)
class Class(Target):
    """The score of one class.

    Parameters
    ----------
    index : int or str
        The class, counted from 0, or its name until `resolve` has looked it up.
    """

    index: int | str

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", _reference(self.index))

    @property
    def of_classes(self) -> bool:
        """A class is one."""
        return True

    @property
    def pair(self) -> tuple[int, None]:
        """Index of the class, and None."""
        return _index(self.index), None

    def weights(self, n: int) -> NDArray[np.float64]:
        """Weights of the n outputs, so that the explained score is ``outputs @ weights``."""
        return _one_hot(_index(self.index), n)

    def label(self, classes: Sequence[str]) -> str:
        """Name of the class."""
        return classes[_index(self.index)]

    def terms(self, model: Sources) -> list[Term]:
        """Read the class of the explainer's own output."""
        return [of_class(model, None, _index(self.index))]

    def frozen(self, classes: Sequence[str], look: Look | None = None) -> Class:
        """Look its name up."""
        return Class(_look_up(self.index, classes))


@dataclass(frozen=True)
class Margin(Target):
    """How much more one target scores than another: "why a rather than b".

    Parameters
    ----------
    a, b : int, str or target
        Two different classes, counted from 0, or their names until `resolve` has looked them up; or
        any two targets.
    """

    a: int | str | Target
    b: int | str | Target

    def __post_init__(self) -> None:
        object.__setattr__(self, "a", part(self.a))
        object.__setattr__(self, "b", part(self.b))
        if self.a == self.b and not self.of_classes:
            raise ValueError(
                f"Margin compares {short(self.a)} with itself, but two different targets are "
                "expected; give another one, or this one alone as target."
            )
        if self.a == self.b:
            raise ValueError(
                f"Margin({short(self.a)}, {short(self.b)}) compares a class with itself, but two "
                "different classes are expected; give another one, or the class alone as target."
            )

    @property
    def of_classes(self) -> bool:
        """Whether both are classes."""
        return not isinstance(self.a, Target) and not isinstance(self.b, Target)

    @property
    def compares(self) -> bool:
        """Whether either does."""
        return any(as_target(each).compares for each in (self.a, self.b))

    @property
    def pair(self) -> tuple[int | None, int | None]:
        """Indices of the class and of the one it is compared with; None where they are none."""
        return (_index(self.a), _index(self.b)) if self.of_classes else (None, None)

    def weights(self, n: int) -> NDArray[np.float64]:
        """Weights of the n outputs, so that the explained score is ``outputs @ weights``."""
        return _one_hot(_index(self.a), n) - _one_hot(_index(self.b), n)

    def label(self, classes: Sequence[str]) -> str:
        """Names of both classes: "a rather than b"."""
        return f"{named_part(self.a, classes)} rather than {named_part(self.b, classes)}"

    def terms(self, model: Sources) -> list[Term]:
        """Read both, and take the second off."""
        first, second = (as_target(each).terms(model) for each in (self.a, self.b))
        return [*first, *(each.times(-1.0) for each in second)]

    def frozen(self, classes: Sequence[str], look: Look | None = None) -> Margin:
        """Look the names of classes up, and things."""
        return Margin(*(_frozen_part(each, classes, look) for each in (self.a, self.b)))


def part(given: Any) -> int | str | Target:
    """Read what a target may be made of: any target, a class also by its index or name."""
    if isinstance(given, Class):
        return given.index
    return given if isinstance(given, Target) else _reference(given)


def as_target(given: int | str | Target) -> Target:
    """Take an index or a name for a class."""
    return given if isinstance(given, Target) else Class(given)


def of_class(model: Sources, output: Any, number: int) -> Scores:
    """Read one class of an output that is a vector of scores."""
    source = model.output(output)
    if not source.classes:
        raise ValueError(
            f"A class is asked for, but {source.name} has the shape {source.shape} and no classes; "
            "take Location(row, column, channel), Area(region), Step(index) or Neuron(layer, "
            "index)."
        )
    if number >= source.classes:
        raise ValueError(
            f"Target {number} is out of range, as {source.name} has the classes 0 to "
            f"{source.classes - 1}; give one of these."
        )
    return Scores(source, _one_hot(number, source.classes))


def named_part(given: int | str | Target, classes: Sequence[str]) -> str:
    """Name a part of a target; a class that has no name by its index."""
    if isinstance(given, Target):
        return given.label(classes)
    return classes[_index(given)] if _index(given) < len(classes) else f"class {given}"


def _frozen_part(
    given: int | str | Target, classes: Sequence[str], look: Look | None
) -> int | str | Target:
    return given.frozen(classes, look) if isinstance(given, Target) else _look_up(given, classes)


def names(classes: Any) -> tuple[str, ...]:
    """Read the names of the classes, in the order of the model's outputs.

    Raises
    ------
    TypeError
        For what is no list, or has no order of its own: a set, a dict, one string.
    """
    unordered = isinstance(classes, str | bytes | Set | Mapping)
    if unordered or not isinstance(classes, Iterable):
        raise TypeError(
            f"classes= takes a list of names, one per class, but got {short(classes)}; give "
            "strings in the order of the model's outputs, or None."
        )
    return tuple(map(clean, classes))


def check_names(names: Sequence[str] | None, classes: int, what: str = "classes") -> None:
    """Refuse names that are more or fewer than the classes; None are no names."""
    if names is not None and len(names) != classes:
        raise ValueError(
            f"classes holds {len(names)} names, but the model scores {classes} {what}; "
            f"give {classes} names, or None."
        )


def labels(y: Any, count: int, classes: Sequence[str]) -> list[int]:
    """Read the classes of several samples.

    Parameters
    ----------
    y : array-like
        (count,) indices of classes, or names; whole floats are indices too.
    count : int
        The number of samples.
    classes : sequence of str
        Names of the classes; empty where they are not known yet, and any index is taken.

    Returns
    -------
    list of int
        A class index per sample.

    Raises
    ------
    ValueError
        If there is another number of labels than of samples, or a label that is no class.
    TypeError
        If the labels are neither whole numbers nor names.
    """
    given = np.atleast_1d(np.asarray(y))
    if given.shape != (count,):
        remedy = "such as y.argmax(axis=1)" if given.ndim == 2 else "in the order of the samples"
        raise ValueError(
            f"y has shape {given.shape}, but there are {count} samples; "
            f"give one class index or name per sample, {remedy}."
        )
    found = [_label(each) for each in given.tolist()]
    if classes:
        return [_of_class(each, classes) for each in found]
    if any(isinstance(each, str) for each in found):
        raise ValueError(
            "y holds class names, but the names of the model's classes are not known; "
            "give classes= to the Explainer, or class indices as y."
        )
    return [_index(each) for each in found]


def _label(given: Any) -> int | str:
    """Read a label; tables make floats of whole numbers where one is missing elsewhere."""
    if isinstance(given, str):
        return clean(given)
    whole = isinstance(given, float) and given.is_integer()
    number = index(int(given) if whole else given)
    if number is None or number < 0:
        raise TypeError(
            f"y holds {short(given)}, but a label is the index of a class, counted from 0, or "
            "its name; give one of these per sample."
        )
    return number


def _of_class(label: int | str, classes: Sequence[str]) -> int:
    try:
        return _look_up(label, classes)
    except ValueError as error:
        raise ValueError(f"y holds a label that is no class: {error}") from error


def resolve(target: Any, classes: Sequence[str], predicted: int) -> Class | Margin:
    """Look a target up among the model's classes.

    Parameters
    ----------
    target : None, int, str, Class or Margin of classes
        None is the predicted class; a str is a class name.
    classes : sequence of str
        Names of the model's outputs, in their order.
    predicted : int
        Class that the model predicts.

    Returns
    -------
    Class or Margin
        With indices in the place of names.

    Raises
    ------
    TypeError
        If the target is none of these kinds.
    ValueError
        If there is no such class, or several of that name.
    """
    if target is None:
        return Class(predicted)
    if isinstance(target, Margin | Class) and target.of_classes:
        return target.frozen(classes)
    return Class(_look_up(_reference(target), classes))


def _look_up(reference: int | str, classes: Sequence[str]) -> int:
    if isinstance(reference, str):
        return _named(reference, classes)
    if reference >= len(classes):
        last = len(classes) - 1
        choice = f"are 0 to {last}" if last else "is 0 only"
        raise ValueError(
            f"Target {reference} is out of range, as the model's {len(classes)} "
            f"class{'es' if last else ''} {choice}; give one of these, or a class name."
        )
    return reference


def _named(name: str, classes: Sequence[str]) -> int:
    found = [number for number, each in enumerate(classes) if each == name]
    if len(found) > 1:
        numbers = [*map(str, found)]
        raise ValueError(
            f"Target {short(name)} is the name of {len(found)} classes ({listed(numbers)}), "
            "but one is expected; give its index."
        )
    if not found:
        remedy = hint(name, classes, "give one of these, or an index.", cutoff=0.5)
        raise ValueError(
            f"There is no class {short(name)} among the model's ({listed(classes)}); {remedy}"
        )
    return found[0]


def _reference(given: Any) -> int | str:
    """Check the kind of a reference to a class; NumPy integers become ints."""
    if isinstance(given, str):
        return clean(given)
    number = index(given)
    if number is None:
        raise TypeError(
            f"A target is None, an int, a class name, Class or Margin, but got {short(given)} "
            f"({type(given).__name__}); give the index of the class or its name."
        )
    if number < 0:
        raise ValueError(
            f"Target {number} is negative, but classes are counted from 0; give the index of the "
            "class from the front, or its name."
        )
    return number


def _index(reference: int | str | Target) -> int:
    if not isinstance(reference, int):
        raise TypeError(
            f"The target still holds the class name {short(reference)} where an index is expected; "
            "look it up with resolve first."
        )
    return reference


def _one_hot(index: int, n: int) -> NDArray[np.float64]:
    weights = np.zeros(n)
    weights[index] = 1.0
    return weights


def of_ready_map(given: Any) -> Target | None:
    """Read the target of a map that was given; names mean nothing without a model."""
    if given is None or isinstance(given, Target):
        return given
    number = index(given)
    if number is None or number < 0:
        raise TypeError(
            f"target is {short(given)}, but the index of a class, targets.Class or targets.Margin "
            "is expected; give one, or None for a map of which nobody says it."
        )
    return Class(number)
