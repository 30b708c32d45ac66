"""Data from outside, checked field by field and refused in one sentence."""

from __future__ import annotations

import difflib
import operator
import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

LONGEST, MOST = 60, 6
"""Characters of what was given that a sentence repeats, and names that it lists."""
COMPARED = 200
"""Characters of a name beyond which no other is looked for that is like it: that takes minutes."""
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")


class Strict(BaseModel):
    """The base of frozen models without unknown names, whose errors are sentences.

    A subclass sets `noun`, the subject of these sentences, and describes each field by what is to
    be given for it. Where models are nested, the sentence is that of the innermost.

    Raises
    ------
    ValueError
        One sentence about the first thing that is wrong.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    noun: ClassVar[str]

    def __init__(self, **given: Any) -> None:
        try:
            super().__init__(**python_numbers(given))
        except ValidationError as error:
            raise ValueError(_sentence(type(self), given, error)) from error


def _sentence(model: type[Strict], given: dict[str, Any], error: ValidationError) -> str:
    wrong, known = Fault.first(error, "a list"), model.model_fields
    if wrong.kind == "value_error":
        return wrong.why
    name = wrong.path[0]
    if wrong.kind == "extra_forbidden":
        remedy = hint(name, known, "give one of these, or leave it out.")
        return f"{model.noun} has no {short(name)} among {', '.join(known)}; {remedy}"
    meaning = known[name].description
    if name not in given:
        return f"{model.noun} needs {name}, but it was not given; give {meaning}."
    why = clipped(wrong.why, 200)
    return f"{model.noun} has {name}={short(given[name])}, but {why}; give {meaning}."


class Fault(NamedTuple):
    """The first thing that pydantic finds wrong.

    Attributes
    ----------
    path
        Where it is: the names of the field and of those inside of it.
    kind
        What pydantic calls it.
    why
        What it should be, as the middle of a sentence; a validator's own sentence as it is.
    """

    path: tuple[str, ...]
    kind: str
    why: str

    @classmethod
    def first(cls, error: ValidationError, sequence: str) -> Fault:
        """Read an error; `sequence` is the word for what a tuple is read from."""
        first = error.errors()[0]
        path, kind = tuple(str(part) for part in first["loc"]), first["type"]
        # a name is missing from a dict, a number from a pair
        if kind == "too_long" or (kind == "missing" and isinstance(first["loc"][-1], int)):
            return cls(path, kind, "it should be a pair")
        why = first["msg"].removeprefix("Value error, ")
        if kind != "value_error":
            why = why.replace("a valid tuple", sequence).replace("valid dictionary", "dict")
            why = f"it should{why.partition('should')[2]}" if "should" in why else why
        return cls(path, kind, why)


def python_numbers(value: Any) -> Any:
    """Turn NumPy's numbers into Python's, also inside lists, which become tuples, and dicts."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, list | tuple):
        return tuple(python_numbers(part) for part in value)
    if isinstance(value, dict):
        return {name: python_numbers(part) for name, part in value.items()}
    return value


# ------------------------------------------------------------------ whole numbers


def index(value: Any) -> int | None:
    """Read a whole number of any kind, NumPy's too; None for all else, truth values included."""
    try:
        return None if isinstance(value, bool | np.bool_) else operator.index(value)
    except TypeError:
        return None


def whole(name: str, value: Any, least: int, most: int | None = None, why: str = "") -> int:
    """Read a whole number within limits; `why` says where the upper one comes from.

    Raises
    ------
    TypeError, ValueError
        In one sentence.
    """
    number = index(value)
    if number is None:
        raise TypeError(f"{name} is {short(value)}, but a whole number is expected; give one.")
    if number < least:
        raise ValueError(f"{name} is {number}, but at least {least} is expected; give more.")
    if most is not None and number > most:
        raise ValueError(
            f"{name} is {number}, but {why or f'at most {most} is expected'}; give {most} or less."
        )
    return number


def count(name: str, value: Any, most: int | None = None, otherwise: str = "") -> int:
    """Read a number of things, from 1 on; `otherwise` says what else may be given.

    Raises
    ------
    ValueError
        In one sentence, whatever was given.
    """
    number = index(value)
    if number is None or number < 1 or (most is not None and number > most):
        limits = "from 1 on" if most is None else f"from 1 to {most}"
        raise ValueError(
            f"{name} is {short(value)}, but a whole number {limits} is expected; give "
            f"one{otherwise}."
        )
    return number


# ------------------------------------------------------------------ methods


class Named(ABC):
    """A method that may be given instead of its name."""

    name: str

    @abstractmethod
    def enter(self) -> str:
        """See to it that the name means this method from now on, and return the name."""


Name = str | Named
MethodLike = Name | tuple[Name, Mapping[str, Any]] | Mapping[str, Any]
"""What `read_method` reads."""


def read_method(given: Any, beside: Mapping[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
    """Read a method as it may be asked for: its name, and its parameters.

    Parameters
    ----------
    given
        A name; a pair (name, {parameters}); or a dict {"name": name, parameter: value, ...}. A
        `Method` of the user's own stands for its name.
    beside
        Parameters that were given beside it, which win.

    Raises
    ------
    TypeError
        If it is none of these.
    """
    if not is_method(given):
        raise TypeError(
            f"method is {short(given)}, but a name or a pair (name, parameters) is expected; "
            'write it as "occlusion" or ("occlusion", {"patch": (3, None)}).'
        )
    if isinstance(given, Name):
        name, parameters = given, {}
    elif isinstance(given, Mapping):
        parameters = dict(given)
        name = parameters.pop("name")
    else:
        name, parameters = given[0], dict(given[1])
    entered = name.enter() if isinstance(name, Named) else name
    return entered, {**parameters, **(beside or {})}


def is_method(given: Any) -> bool:
    """Tell whether `read_method` can read it, whatever its name says."""
    if isinstance(given, Mapping):
        return isinstance(given.get("name"), Name)
    if isinstance(given, list | tuple) and len(given) == 2:
        # a dict with a name is a method of its own, so that the two are no pair
        pair = isinstance(given[1], Mapping) and "name" not in given[1]
        return pair and isinstance(given[0], Name)
    return isinstance(given, Name)


def read_methods(given: Any) -> dict[str, tuple[str, dict[str, Any]]]:
    """Read several methods, each as `read_method` does, by the names that tell them apart.

    Parameters
    ----------
    given
        A list of methods, or one; or a dict of names to them. In a list they go by their own names,
        and by numbers from 2 on where a method comes again: "occlusion 2".

    Raises
    ------
    TypeError
        If it is none of these.
    """
    if isinstance(given, Mapping):
        _check_apart(given.values())
        return {str(name): read_method(each) for name, each in given.items()}
    if not isinstance(given, Iterable):
        raise TypeError(
            f"methods= takes a list of methods, but got {short(given)}; "
            'give names or pairs, such as ["gradient", ("occlusion", {"patch": (3, None)})].'
        )
    several = [given] if is_method(given) else list(given)
    _check_apart(several)
    read = [read_method(each) for each in several]
    return dict(zip(numbered(name for name, _ in read), read, strict=True))


def _check_apart(several: Iterable[Any]) -> None:
    """Refuse different methods of one name, of which only the last would count."""
    known: dict[str, Named] = {}
    for each in several:
        named = each.get("name") if isinstance(each, Mapping) else each
        named = named[0] if isinstance(named, list | tuple) and named else named
        if isinstance(named, Named) and known.setdefault(named.name, named) is not named:
            raise ValueError(
                f"Two different methods are called {short(named.name)}, but a name means one of "
                "them; give one another name."
            )


# ------------------------------------------------------------------ names


def numbered(names: Iterable[str]) -> list[str]:
    """Tell names apart: one that comes again gets a number, from 2 on."""
    found: list[str] = []
    for name in names:
        once, number = name, 1
        while once in found:
            number += 1
            once = f"{name} {number}"
        found.append(once)
    return found


def among(given: Any, words: Collection[str]) -> bool:
    """Tell whether it is one of some words; an array, which no word equals, is none."""
    return isinstance(given, str) and given in words


def hint(
    name: Any, known: Iterable[str], otherwise: str = "give one of these.", cutoff: float = 0.6
) -> str:
    """Ask whether the nearest of the known names was meant; without a near one say `otherwise`.

    `cutoff` is how alike the two must be, 0 to 1.
    """
    if len(str(name)) > COMPARED:
        return otherwise
    some = [each for each in known if len(each) <= COMPARED]
    near = difflib.get_close_matches(str(name), some, n=1, cutoff=cutoff)
    return f"did you mean {near[0]!r}?" if near else otherwise


def clean(name: Any) -> str:
    """Read a name as text that can be written and sent: no NUL, no half of a surrogate pair."""
    return _UNWRITABLE.sub("\ufffd", str(name))


def clipped(text: str, longest: int = LONGEST) -> str:
    """Shorten a text for a sentence."""
    return text if len(text) <= longest else text[: longest - 3] + "..."


def listed(names: Collection[str]) -> str:
    """Write the first of some names, each shortened."""
    some = [clipped(name) for name in list(names)[:MOST]]
    return ", ".join(some + ["..."] * (len(names) > MOST))


def short(given: Any) -> str:
    """Write something from outside in a few words: an array by its shape, never by its numbers."""
    if isinstance(given, np.generic):
        return repr(given.item())
    if (shape := getattr(given, "shape", None)) is not None:
        return f"{_kind(given)} of shape {tuple(shape) if isinstance(shape, tuple) else shape}"
    try:
        several = isinstance(given, list | tuple | set | frozenset)
        return clipped(_several(given) if several else repr(given))
    except RecursionError:
        return f"{_kind(given)} that is nested too deep"


def _kind(given: Any) -> str:
    name = "array" if isinstance(given, np.ndarray) else type(given).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def _several(given: Collection[Any]) -> str:
    """Write a collection part by part where these are few, else tell how many they are."""
    text = repr(given)
    if len(text) <= LONGEST and not any(hasattr(part, "shape") for part in given):
        return text
    return f"{_kind(given)} of length {len(given)}"
