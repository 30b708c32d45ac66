"""What a saved explanation says of itself, field by field: the form of the text in its file."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, TypeVar

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from heatbrush_core.checks import Fault
from heatbrush_core.explanation.stored import Damaged, Foreign, Stored

FORMAT = 1
"""Version of the npz files: a higher one was written by a later release."""


class Newer(Exception):
    """The file was written by a later release; the message is its version."""


def _known(value: float) -> float:
    if np.isinf(value):
        raise ValueError("it should be finite")
    return value


Index = Annotated[int, Field(ge=0)]
Version = Annotated[int, Field(ge=1)]
Number = Annotated[float, AfterValidator(_known)]
"""NaN where nobody knows it."""


class Form(BaseModel):
    """A part of the text; nothing is turned into anything else, and nothing unknown is taken."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class AxisForm(Form):
    """An axis: its name, and a label per line."""

    name: str
    labels: tuple[str, ...]


class Facts(Form):
    """All of one explanation that is no array; `Explanation` says what each is."""

    format: Version
    method: str
    parameters: dict[str, Any]
    score: Number
    score_at_baseline: Number | None
    residual: Number | None
    seconds: Number
    profile: Literal["sum", "mean"]
    unit: str
    target: Annotated[tuple[Index, ...], Field(min_length=1, max_length=2)] | dict[str, Any] | None
    classes: tuple[str, ...]
    notes: tuple[str, ...]
    conservation: tuple[dict[str, Any], ...]
    counting: tuple[str, ...] | None
    within: dict[str, Any] | None
    row_axis: AxisForm
    column_axis: AxisForm


class Panels(Form):
    """What the file of a view says: the names of its panels, by what their arrays begin with."""

    format: Version
    sample: Index
    panels: dict[str, str]


Read = TypeVar("Read", bound=Form)


def read(stored: Stored, name: str, form: type[Read]) -> Read:
    """Read a text of a file as a form.

    Raises
    ------
    Damaged
        Where it does not say what the form asks for.
    """
    try:
        text = stored.text(name)
    except Foreign as error:
        raise Damaged(f"{name} is missing, or no text") from error
    try:
        return form.model_validate_json(text)
    except ValidationError as error:
        wrong = Fault.first(error, "a list")
        where = ".".join(wrong.path)[:60] or "the text"
        raise Damaged(f"of {name}, {where} is wrong: {wrong.why[:120].rstrip('.')}") from error


def opened(stored: Stored) -> Facts | Panels:
    """Read what a file says of itself, and so whether it holds one explanation or several.

    Raises
    ------
    Foreign, Newer, Damaged
        By what is wrong.
    """
    if "heatbrush.json" in stored:
        raise Foreign("it holds a view: load_view opens it")
    text = stored.text("heatbrush")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Damaged("what it says of itself is no JSON") from error
    version = said.get("format") if isinstance(said, dict) else None
    if not isinstance(version, int) or (len(said) < 2 and version <= FORMAT):
        raise Foreign("")
    if version > FORMAT:
        raise Newer(str(version)[:20])
    if "panels" in said:
        return read(stored, "heatbrush", Panels)
    return read(stored, "heatbrush", Facts)
