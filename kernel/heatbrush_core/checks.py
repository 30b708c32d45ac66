"""Data from outside, checked field by field and refused in one sentence."""

from __future__ import annotations

import difflib
import operator
from typing import Any, ClassVar

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError


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
            super().__init__(**_plain(given))
        except ValidationError as error:
            raise ValueError(_sentence(type(self), given, error)) from error


def _plain(value: Any) -> Any:
    """NumPy's numbers as Python's, also inside lists and dicts."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, list | tuple):
        return tuple(_plain(part) for part in value)
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return value


def _sentence(model: type[Strict], given: dict[str, Any], error: ValidationError) -> str:
    first = error.errors()[0]
    if first["type"] == "value_error":
        return first["msg"].removeprefix("Value error, ")
    name, known = str(first["loc"][0]), model.model_fields
    if first["type"] == "extra_forbidden":
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "give one of these, or leave it out."
        return f"{model.noun} has no {name!r} among {', '.join(known)}; {hint}"
    meaning = known[name].description
    if name not in given:
        return f"{model.noun} needs {name}, but it was not given; give {meaning}."
    return f"{model.noun} has {name}={short(given[name])}, but {_why(first)}; give {meaning}."


def _why(first: Any) -> str:
    if first["type"] in ("missing", "too_long"):
        return "it should be a pair"
    words = first["msg"].replace("a valid tuple", "a list").replace("valid dictionary", "dict")
    return f"it should{words.partition('should')[2]}"


def whole(name: str, value: Any, least: int, most: int | None = None, why: str = "") -> int:
    """Read a whole number within limits; `why` says where the upper one comes from.

    Raises
    ------
    TypeError, ValueError
        In one sentence.
    """
    try:
        number = None if isinstance(value, bool | np.bool_) else operator.index(value)
    except TypeError:
        number = None
    if number is None:
        raise TypeError(f"{name} is {value!r}, but a whole number is expected; give one.")
    if number < least:
        raise ValueError(f"{name} is {number}, but at least {least} is expected; give more.")
    if most is not None and number > most:
        raise ValueError(
            f"{name} is {number}, but {why or f'at most {most} is expected'}; give {most} or less."
        )
    return number


def short(given: Any) -> str:
    """Cut the repr of something from outside to a length that a sentence can hold."""
    text = repr(given)
    return text if len(text) <= 60 else text[:57] + "..."
