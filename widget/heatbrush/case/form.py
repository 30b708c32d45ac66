"""What the file of a view says of itself, field by field: the form of its manifest.

The file is a zip. "heatbrush.json" is the manifest, all other members are arrays (npy, no pickle),
"model.keras" where the model was kept, and "page.json", the traits of an offline page. A field that
this release does not know is left alone, and a panel of an unknown kind is left out and told of: a
release that only adds something keeps the number of the format.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from heatbrush_core import Region
from heatbrush_core.checks import Fault
from heatbrush_core.explanation.stored import Damaged

FORMAT = 2
"""Version of the files: a higher one was written by a later release.

Format 1 knows no pins, differences, names of samples, named selections and further models: a
release that reads no more would show a pinned map as one of another sample.
"""
ENDING = ".heatbrush"
MANIFEST, MODEL, PAGE = "heatbrush.json", "model.keras", "page.json"

Index = Annotated[int, Field(ge=0)]
Count = Annotated[int, Field(ge=1)]
AnyTarget = dict[str, Any]
"""A target that is no class, as `targets.to_json` writes it."""


class Form(BaseModel):
    """A part of the manifest; nothing is turned into anything else."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class AxisForm(Form):
    """An axis: its name, and a label per line; numbers and dates are arrays."""

    name: str
    labels: tuple[str, ...]


class QuestionForm(Form):
    """What a map answers: a sample of the file, a target, one of the baselines."""

    sample: Index
    target: Annotated[tuple[Index | str, ...], Field(min_length=1, max_length=2)] | AnyTarget | None
    baseline: Index


class MapForm(Form):
    """A map of a panel: the question, and what the names of its arrays begin with."""

    question: QuestionForm
    start: str


class PanelForm(Form):
    """A panel whose maps a method made or that were given, or the difference `of` two of these.

    `pinned` is what it is kept for, `model` the name of one of several.
    """

    name: str
    kind: Literal["method", "given", "difference"]
    method: str
    parameters: dict[str, Any]
    within: dict[str, Any] | None
    maps: tuple[MapForm, ...]
    pinned: QuestionForm | None = None
    model: str = ""
    of: tuple[str, str] | None = None


class BaselineForm(Form):
    """What hidden cells become: a word, a number, or an array; of a function what it made."""

    kind: Literal["word", "number", "array", "function"]
    value: str | float | None = None
    array: str | None = None


class HeldForm(Form):
    """An input beside the matrix, by name or by its place in a list: the shape of one value.

    What it holds for each sample is an array, "samples/0/held/0" of the first input, laid out flat.
    """

    name: str | int
    shape: tuple[Count, ...]


class HiddenForm(Form):
    """How a view says and draws what hidden cells of one sample become."""

    question: QuestionForm
    baseline: str
    sentence: str
    warnings: tuple[str, ...]
    array: str | None


class RunForm(Form):
    """A run of a table: its numbers by column, and the region with what is known of it."""

    numbers: dict[str, Any]
    cells: dict[str, Any]
    score: float
    share: float
    label: str
    notes: tuple[str, ...]


class SearchForm(Form):
    """How the runs of a table were searched."""

    axis: Literal["rows", "columns"]
    methods: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...]
    k: int
    min_length: int
    max_length: int | None
    penalty: float | str
    null: str
    score: str | None


class TableForm(Form):
    """A table of `find_runs`."""

    columns: tuple[str, ...]
    dtypes: dict[str, str]
    attrs: dict[str, Any]
    runs: tuple[RunForm, ...]
    search: SearchForm | None


class RunStateForm(Form):
    """A run as the page lists it; see `protocol.RunState`."""

    region: dict[str, Any]
    label: str
    methods: list[str]
    necessity: float | None
    sufficiency: float | None
    elsewhere: float | None
    p: float | None
    cells: int


class EvidenceStateForm(Form):
    """What the page shows of a search; see `protocol.EvidenceState`."""

    axis: Literal["rows", "columns"]
    runs: list[RunStateForm]
    score: Literal["probability", "log probability", "logit", "value"]
    about: str
    notes: list[str]
    failed: bool


class EvidenceForm(Form):
    """What was found for a question: for the page, as a table, and by which settings."""

    question: QuestionForm
    state: EvidenceStateForm
    table: TableForm | None
    axis: Literal["rows", "columns"] | None
    settings: dict[str, Any] | None


class AnsweredForm(Form):
    """The last what-if, and the question that it was about."""

    question: QuestionForm
    selection: dict[str, Any]
    without: list[float | None] | None
    only: list[float | None] | None


class NamedForm(Form):
    """A selection that is kept under a name."""

    name: str
    selection: dict[str, Any]


class NamedScoresForm(Form):
    """The scores without a selection and with only it: an array of (2, classes of all models)."""

    question: QuestionForm
    selection: dict[str, Any]
    array: str


class RunScoresForm(Form):
    """The scores of runs of one axis: an array of bytes; see `protocol.RunScores`."""

    edges: Annotated[list[Index], Field(min_length=2)]
    array: str


class WhatIfsForm(Form):
    """The scores of runs of rows and of columns of one sample; see `protocol.WhatIfs`."""

    question: QuestionForm
    classes: list[Index]
    rows: RunScoresForm | None
    columns: RunScoresForm | None
    missing: str


class ModelForm(Form):
    """The model that computed the maps; the rest is there where the file holds it."""

    name: str
    fingerprint: int | None
    given: dict[str, Any] | None
    baseline: BaselineForm | None
    valid: BaselineForm | None
    fill: BaselineForm | None
    background: str | None
    file: str = MODEL


class FurtherForm(Form):
    """One of several models, after the first."""

    classes: tuple[str, ...]
    probabilities: bool
    model: ModelForm | None


class ViewForm(Form):
    """The whole manifest.

    Attributes
    ----------
    count
        Samples of the view that was saved.
    samples
        Which of them the file holds, by their index there.
    scores
        Which of these have scores, by their place in the file.
    panels
        Each is read by its own form, as there may be kinds of a later release.
    ids
        What the samples are called.
    lines
        The member that says what the table of scores lists, where that is more than classes; it has
        a form of its own, and scores stand there then.
    models
        The names of several, of which `model` is the first and `further` are the others.
    """

    kind: Literal["view"]
    format: Count
    count: Count
    samples: Annotated[tuple[Index, ...], Field(min_length=1)]
    question: QuestionForm
    classes: tuple[str, ...]
    truth: tuple[Index, ...] | None
    valid: bool
    held: tuple[HeldForm, ...] = ()
    rows: AxisForm
    columns: AxisForm
    scores: tuple[Index, ...]
    probabilities: bool
    baselines: tuple[BaselineForm, ...]
    hidden: tuple[HiddenForm, ...]
    panels: tuple[dict[str, Any], ...]
    evidence: tuple[EvidenceForm, ...]
    answered: AnsweredForm | None
    selection: dict[str, Any]
    options: dict[str, Any]
    height: int | None
    notes: tuple[str, ...]
    model: ModelForm | None
    # a file of format 1 has none of these
    ids: AxisForm | None = None
    named: tuple[NamedForm, ...] = ()
    named_scores: tuple[NamedScoresForm, ...] = ()
    whatifs: tuple[WhatIfsForm, ...] = ()
    models: tuple[str, ...] = ()
    further: tuple[FurtherForm, ...] = ()
    lines: str | None = None


Read = TypeVar("Read", bound=Form)


def fitted(said: Any, form: type[Read], name: str = "") -> Read:
    """Read a JSON text, or what was read from one, as a form.

    Raises
    ------
    Damaged
        Where it does not say what the form asks for.
    """
    try:
        if isinstance(said, bytes):
            return form.model_validate_json(said)
        # JSON has lists, where a form has tuples
        return form.model_validate(said, strict=False)
    except ValidationError as error:
        wrong = Fault.first(error, "a list")
        where = ".".join(filter(None, (name, *wrong.path)))[:80] or "its text"
        raise Damaged(f"{where} is wrong: {wrong.why[:120].rstrip('.')}") from error


def region_of(cells: Any, shape: tuple[int, int]) -> Region:
    """Read a region that lies in a matrix of this shape.

    Raises
    ------
    Damaged
        Where it is none.
    """
    try:
        region = Region.from_json(cells)
        if region:
            region.check(shape)
    except (TypeError, ValueError) as error:
        raise Damaged("a region does not lie in its matrix") from error
    return region
