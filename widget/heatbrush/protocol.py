"""The border of kernel and browser: every trait and message; `make protocol` writes the TypeScript.

Arrays travel as raw little-endian float32 bytes beside their shape; NaN means "not computed" and
occurs only inside such bytes, never in JSON. A tuple travels as a JSON array of that length, and is
a list on arrival.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, WrapValidator

# pydantic reads the TypedDict of `typing` only on Python 3.12 and newer
from typing_extensions import TypedDict

PROTOCOL = 2


# ------------------------------------------------------------ traits: state that outlives a page


class Array(TypedDict):
    """A float32 array: `bytes` holds shape[0] * shape[1] * ... little-endian numbers in C order.

    An array that there is not has the shape [0] and no bytes; in a trait it is never None. Clients
    that save the state keep the place of each buffer that they were sent once.
    """

    shape: list[int]
    bytes: bytes


class Halves(TypedDict):
    """A float16 array, for what is only drawn: each number times `scale` is the value.

    NaN means "not computed"; infinity is where no cell exists.
    """

    shape: list[int]
    scale: float
    bytes: bytes


class Large(TypedDict):
    """What a page holds of a map or matrix that is too large to be sent whole.

    `shape` is (H, W), of the matrix (H, W, C), and `channel` what is drawn of several, None their
    sum. `strongest` and `mean` are (h, w): block (i, j) gathers the cells from row i * steps[0] and
    column j * steps[1] on, the last of an axis perhaps fewer. `rows` (H,) and `columns` (W,) are
    the profiles of all cells. `quantiles` pairs quantiles with exact values: of the magnitudes of a
    map, of the values of the matrix.
    """

    shape: list[int]
    channel: int | None
    steps: tuple[int, int]
    strongest: Halves
    mean: Halves
    rows: Array
    columns: Array
    quantiles: list[tuple[float, float]]


class Band(TypedDict):
    """One painted rectangle, half-open; None is the whole axis, a stop of None its end."""

    op: Literal["add", "remove"]
    rows: tuple[int, int | None] | None
    columns: tuple[int, int | None] | None


class Selection(TypedDict):
    """Bands painted in order: a later one overrides an earlier one. No bands is no selection.

    `masked` is the shape of the mask that a region from Python comes from; what the brush changes
    has none.
    """

    bands: list[Band]
    masked: NotRequired[tuple[int, int]]


class AxisState(TypedDict):
    """One axis of the matrix: a label per line, and numbers where the labels are numeric."""

    name: str
    labels: list[str]
    values: list[float] | None


class Axes(TypedDict):
    """Both axes."""

    rows: AxisState
    columns: AxisState


class Sample(TypedDict):
    """The matrix shown, `index` of `count`; `truth` is a class index where y was given.

    `absent` is (H, W), 1 where a cell does not exist, as in padding or a gap; there is none where
    all do. Of a large matrix there is neither, but `large`.
    `others` says whether the other matrices can be shown: always by a kernel, by an offline page
    only if it holds them.
    """

    index: int
    count: int
    others: bool
    truth: int | None
    matrix: Array
    absent: Array
    large: NotRequired[Large]


class Hidden(TypedDict):
    """What hidden cells become in this view.

    `number` tells the baselines of a view apart; `baseline` is its word or value as text, empty
    where there is no model. `matrix` is the baseline of the shown sample: of its shape, or with an
    axis of length 1 along which it is the same; there is none where it cannot be made. `warnings`
    say what speaks against it, a sentence each.
    """

    number: int
    baseline: str
    sentence: str
    matrix: Array
    warnings: list[str]


class Scores(TypedDict):
    """The model's scores of the sample, one per class: probabilities where it has them.

    A score that is not finite is None. `all` is empty until the model has
    answered, and where it failed. `missing` says why there is nothing to ask;
    empty where there is a model.
    """

    kind: Literal["probabilities", "values"]
    all: list[float | None]
    predicted: int
    missing: NotRequired[str]


class Target(TypedDict):
    """What is explained: class `a`, or where `b` is set, `a` rather than `b`.

    `given` is False where `a` is the class that the model predicts.
    """

    a: int
    b: int | None
    given: bool


class Failure(TypedDict):
    """Why a panel has no map: a title, one sentence, and methods that would work here."""

    title: str
    sentence: str
    instead: list[str]


class Loss(TypedDict):
    """Relevance in one node on its way to the input: what arrives, is passed on, and is lost to."""

    node: str
    arrives: float | None
    passed: float | None
    bias: float | None
    stabiliser: float | None
    rest: float | None


class PanelState(TypedDict):
    """One method's panel, without its arrays, which `arrays` names the trait of.

    `arrays` is empty before the first result and after a failure. `run` is the number of the run
    that found it, 0 before the first; `restore` brings back smaller ones. `residual` is the sum of
    the whole map minus what it should be. `profile` says whether a line of the map is summed or
    averaged.
    """

    name: str
    method: str
    parameters: dict[str, Any]
    summary: str
    run: int
    within: Selection | None
    seconds: float | None
    score: float | None
    score_at_baseline: float | None
    residual: float | None
    notes: list[str]
    conservation: list[Loss]
    profile: Literal["sum", "mean"]
    arrays: str
    failure: Failure | None


class PanelArrays(TypedDict):
    """The arrays of one panel, in a trait of their own, so that only what changed is sent.

    `run` is the number of the run that found them, 0 where no panel uses the trait. `map` is
    (H, W); `channels` is (H, W, C) where C > 1. Standard errors are of the map (H, W) and of its
    profiles (H,) and (W,). Of a large map there are neither map nor channels, but `large`.
    """

    run: int
    map: Array
    standard_error: Array
    row_errors: Array
    column_errors: Array
    channels: Array
    large: NotRequired[Large]


class FieldState(TypedDict):
    """One field of a method's form, made from its parameter schema.

    A list is set in Python only. `none` is the word for None. `when` names other fields: the form
    hides this one unless each of them has one of the values listed; of several, one must hold.
    """

    name: str
    label: str
    kind: Literal["integer", "number", "boolean", "choice", "pair", "list", "text"]
    default: Any
    nullable: bool
    none: str
    minimum: float | None
    maximum: float | None
    exclusive: bool
    choices: list[str] | None
    when: dict[str, list[Any]] | list[dict[str, list[Any]]]
    unit: str
    help: str


class FamilyState(TypedDict):
    """A family of methods, in the order of the picker; `about` says what its maps are."""

    name: str
    about: str


class MethodState(TypedDict):
    """A method of the picker; `reason` says why it cannot run on this model, empty where it can."""

    name: str
    family: str
    question: str
    reason: str
    fields: list[FieldState]


class RunState(TypedDict):
    """A run of rows or columns that was found, by which methods, and the evidence for it.

    `elsewhere` is the share of other places of its length that cost as much to hide.
    """

    region: Selection
    label: str
    methods: list[str]
    necessity: float | None
    sufficiency: float | None
    elsewhere: float | None
    p: float | None
    cells: int


class EvidenceState(TypedDict):
    """The runs found in a sample, best first; `search` is the number of the search, 0 before any.

    `about` says what p was computed against, or why nothing is listed, or what went wrong; `notes`
    what else should be known. `score` is what was measured; "value" where a model has only that.
    """

    search: int
    axis: Literal["rows", "columns"]
    runs: list[RunState]
    score: Literal["probability", "log probability", "logit", "value"]
    about: str
    notes: list[str]
    failed: bool


class Answered(TypedDict):
    """The last what-if of a selection, for pages without a kernel; None before the first.

    It holds for this sample and selection only; the scores are those of every class.
    """

    sample: int
    selection: Selection
    without: list[float | None] | None
    only: list[float | None] | None


class Options(TypedDict):
    """How the maps are drawn; written by the browser, kept so that a reload finds them.

    `input` is what the input panel shows: the whole matrix, or as the model gets it without the
    selection, or with only that. `blocks` is what is drawn of cells that are too many to be seen
    one by one in a large matrix.
    """

    limits: Literal["own", "shared"]
    quantile: float
    colours: str
    channel: int | None
    profiles: bool
    evidence: bool
    mode: Literal["rows", "columns", "rectangle"]
    input: Literal["whole", "without", "only"]
    blocks: Literal["strongest", "mean"]


class Traits(TypedDict):
    """Every synced trait of the widget; the browser writes the last four only.

    Beside these there are `arrays_0`, `arrays_1` and so on, a `PanelArrays` each: as many as there
    were panels with a map at one time. One that was left by its panel is empty until another takes
    it. An update that changes both brings the arrays before the `panels` that name them.

    `bare` leaves the maps, their brush and the status line: there is no model to ask. `pointed` is
    what the pointer is over in a list, so that it can be shown wherever it lies. `snapshot` names
    the output that stands in for the view where it is not drawn; the page hides it. `height` is
    that of the whole view in CSS pixels, in which its maps scroll; None is as much as it takes.
    """

    protocol: int
    live: bool
    bare: bool
    axes: Axes
    classes: list[str]
    families: list[FamilyState]
    methods: list[MethodState]
    tables: dict[str, bytes]
    sample: Sample
    hidden: Hidden
    scores: Scores
    target: Target
    panels: list[PanelState]
    notes: list[str]
    finder: list[FieldState]
    evidence: EvidenceState
    answered: Answered
    snapshot: str
    selection: Selection
    pointed: Selection
    options: Options
    height: int | None


# ------------------------------------------------------------------ messages from the browser


class Message(BaseModel):
    """A request; unknown fields are refused."""

    # the page sends every field, so the TypeScript types ask for those with a default too
    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_serialization_defaults_required=True
    )


# `Region.from_json` checks a selection, and its refusals say what a selection is
UNCHECKED = WrapValidator(lambda given, _: given)


# strict: what JSON brings is a list
Pair = Annotated[list[int], Field(min_length=2, max_length=2)]


class Hello(Message):
    """A view was drawn: the kernel answers `alive`, and repeats what is running.

    `viewer` is a number, one per view on a page. `whole`, after the connection was cut, asks for
    every trait as well; `selection` is what was selected meanwhile, None where nothing was.
    """

    kind: Literal["hello"]
    viewer: int = 0
    whole: bool = False
    selection: Annotated[Selection, UNCHECKED] | None = None


class Ping(Message):
    """Ask whether the kernel is still there: it answers `alive`."""

    kind: Literal["ping"]


class Run(Message):
    """Compute a method; `panel` names the panel that shows it, None is the one of that method."""

    kind: Literal["run"]
    method: str
    parameters: dict[str, Any] = Field(default_factory=dict)
    within: Annotated[Selection, UNCHECKED] | None = None
    panel: str | None = None


class Seen(Message):
    """A partial map arrived at a viewer, which shows a whole map in so many CSS pixels.

    `rows` and `columns` of them are None until it is laid out. Each view on a page answers for
    itself, and only then is it sent the next one.
    """

    kind: Literal["seen"]
    viewer: int
    number: int
    rows: int | None = Field(ge=1, le=8192)
    columns: int | None = Field(ge=1, le=8192)


class Blocks(Message):
    """Ask for what is drawn of a large map: some blocks of `steps` cells, powers of two.

    `panel` None is the input, of which `run` is the index of the sample. `rows` and `columns` are
    the first block and the one after the last. The answer is `tile`; a page asks for another only
    when it has that.
    """

    kind: Literal["blocks"]
    viewer: int
    ask: int
    panel: str | None
    run: int
    channel: int | None
    statistic: Literal["strongest", "mean"]
    steps: Pair
    rows: Pair
    columns: Pair


class Value(Message):
    """Ask for the exact values of a cell in large maps; the answer is `values`."""

    kind: Literal["value"]
    viewer: int
    ask: int
    row: int
    column: int


class Strongest(Message):
    """Ask which cells of a large map are strongest, in percent of all; the answer is `cells`."""

    kind: Literal["strongest"]
    viewer: int
    panel: str
    percent: float = Field(gt=0, le=100)
    positive: bool


class Cancel(Message):
    """Stop a run of a panel, if it still runs or waits."""

    kind: Literal["cancel"]
    panel: str
    run: int


class Find(Message):
    """Find the runs of rows or columns that count, with evidence."""

    kind: Literal["find"]
    axis: Literal["rows", "columns"]
    parameters: dict[str, Any] = Field(default_factory=dict)


class Stop(Message):
    """Stop a search, if it still runs or waits."""

    kind: Literal["stop"]
    search: int


class Whatif(Message):
    """Scores without the selection and with only it. `ask` comes back in the answer.

    A newer question replaces an older one of the same `viewer`: a number, one per view on a page.
    """

    kind: Literal["whatif"]
    ask: int
    viewer: int = 0
    selection: Annotated[Selection, UNCHECKED]


class Show(Message):
    """Another sample, target or both; every panel is computed again. None leaves it as it is."""

    kind: Literal["show"]
    sample: int | None = None
    a: int | None = None
    b: int | None = None


class Hide(Message):
    """Another baseline, by its number; whatever hides cells by it is computed again."""

    kind: Literal["hide"]
    baseline: int


class Compare(Message):
    """Compare what hidden cells may become, for the shown sample and target; or stop that."""

    kind: Literal["compare"]
    wanted: bool


class Restore(Message):
    """Undo and redo: sample, target, baseline and panels of an earlier state, by their numbers."""

    kind: Literal["restore"]
    sample: int
    a: int
    b: int | None
    given: bool
    baseline: int = 0
    runs: dict[str, int]


class Here(Message):
    """The page `viewer` shows the view: said when it is drawn, and as the answer to `calling`."""

    kind: Literal["here"]
    viewer: int


class Leaving(Message):
    """The page `viewer` does not show the view any longer."""

    kind: Literal["leaving"]
    viewer: int


class Remove(Message):
    """Take a panel away."""

    kind: Literal["remove"]
    panel: str


class Export(Message):
    """Ask for a file."""

    kind: Literal["export"]
    format: Literal["html", "npz", "csv"]


class CopyCode(Message):
    """Ask for the Python that makes the view, the panel `panel`, or the selection; see `code`."""

    kind: Literal["copy_code"]
    part: Literal["view", "panel", "selection"]
    panel: str | None = None


Request = Annotated[
    Hello
    | Ping
    | Here
    | Leaving
    | Run
    | Seen
    | Blocks
    | Value
    | Strongest
    | Cancel
    | Find
    | Stop
    | Whatif
    | Show
    | Hide
    | Compare
    | Restore
    | Remove
    | Export
    | CopyCode,
    Field(discriminator="kind"),
]
REQUEST: TypeAdapter[Any] = TypeAdapter(Request)


# ------------------------------------------------------------------ messages to the browser


class Alive(TypedDict):
    """The answer to `hello` and `ping`, sent by the handler itself."""

    kind: Literal["alive"]


class Calling(TypedDict):
    """Every page that shows the view says `here`; one that does not is taken to be gone."""

    kind: Literal["calling"]


class Queued(TypedDict):
    """A run was accepted; anything of this panel with a smaller run number is stale."""

    kind: Literal["queued"]
    panel: str
    method: str
    run: int


class Progress(TypedDict):
    """At most about 10 a second, and 1 a second while a page is late to have seen a partial map."""

    kind: Literal["progress"]
    panel: str
    run: int
    done: int
    total: int
    seconds_left: float | None


class Partial(TypedDict):
    """A map that is still filling; the buffer holds it as float32, NaN where not computed yet.

    Where the map has more cells than pages have pixels for it, `shape` is smaller than the matrix:
    row i of h is drawn for the rows from floor(i H / h) to floor((i + 1) H / h), columns alike, and
    holds their value of largest magnitude. Two more buffers hold the profiles then, (H,) and (W,),
    of all cells that are computed. `number` counts the partial maps of the view: `seen` answers it,
    and until then no other is sent, but for a page that takes longer than the others wait.
    """

    kind: Literal["partial"]
    panel: str
    run: int
    number: int
    shape: list[int]


class Tile(TypedDict):
    """The answer to `blocks`: as asked, and `shape` of the float16 in the buffer, see `Halves`.

    There is no buffer, and the shape is [0], where that run is not shown any more.
    """

    kind: Literal["tile"]
    viewer: int
    ask: int
    shape: list[int]
    scale: float


class CellValue(TypedDict):
    """What a map holds in one cell, by the run that found it; `error` is its standard error."""

    run: int
    value: float | None
    error: float | None


class Values(TypedDict):
    """The answer to `value`: of the input, and by panel name. None is "not computed".

    `absent` tells that the cell does not exist; `sample` is the index of the matrix.
    """

    kind: Literal["values"]
    viewer: int
    ask: int
    row: int
    column: int
    sample: int
    absent: bool
    input: float | None
    panels: dict[str, CellValue]


class StrongestCells(TypedDict):
    """The answer to `strongest`: a selection, or why there is none; `note` says what it is not."""

    kind: Literal["cells"]
    viewer: int
    selection: Selection | None
    note: str


class Cancelled(TypedDict):
    """The run was stopped; the panel keeps what it showed before."""

    kind: Literal["cancelled"]
    panel: str
    run: int


class Searching(TypedDict):
    """How far a search is; the first word says that it was accepted."""

    kind: Literal["searching"]
    search: int
    done: int
    total: int
    seconds_left: float | None


class Stopped(TypedDict):
    """The search was stopped; the table stays as it was."""

    kind: Literal["stopped"]
    search: int


class BaselineRow(TypedDict):
    """What one baseline does to the shown matrix; its columns are those of `explainer.baselines`.

    `number` is what `hide` takes. `sentence` says what hidden cells become, `verdict` what speaks
    against it.
    """

    number: int
    baseline: str
    sentence: str
    predicted: str
    score_hidden: float | None
    moved: float | None
    outside: float | None
    verdict: str


class Compared(TypedDict):
    """The answer to `compare`: the rows so far, of `total`. `reason` says what went wrong."""

    kind: Literal["compared"]
    rows: list[BaselineRow]
    total: int
    reason: NotRequired[str]


class Answer(TypedDict):
    """The answer to `whatif`: scores of the kind of the `scores` trait.

    None where nothing is selected, and where it failed or was replaced; then `reason` says so.
    """

    kind: Literal["answer"]
    ask: int
    without: list[float | None] | None
    only: list[float | None] | None
    reason: NotRequired[str]


class File(TypedDict):
    """A file to save; the buffer holds it."""

    kind: Literal["file"]
    name: str
    type: str


class Code(TypedDict):
    """The answer to `copy_code`: Python, for the clipboard."""

    kind: Literal["code"]
    text: str


class Refused(TypedDict):
    """A request that could not be taken, and why, in one sentence."""

    kind: Literal["refused"]
    sentence: str


Reply = (
    Alive
    | Calling
    | Queued
    | Progress
    | Partial
    | Tile
    | Values
    | StrongestCells
    | Cancelled
    | Searching
    | Stopped
    | Compared
    | Answer
    | File
    | Code
    | Refused
)
