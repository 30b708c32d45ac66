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

PROTOCOL = 3


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


class NamedSelection(TypedDict):
    """A selection that is kept under a name; no other of the view has the same."""

    name: str
    selection: Selection


class AxisState(TypedDict):
    """One axis of the matrix: a label per line, and numbers where the labels are numeric."""

    name: str
    labels: list[str]
    values: list[float] | None


class Axes(TypedDict):
    """Both axes."""

    rows: AxisState
    columns: AxisState


class ThingMark(TypedDict):
    """A thing that the model's output says is there, as it is drawn on the maps.

    `row` and `column` are its centre in index units: (0, 0) is the centre of the first cell.
    `height` and `width` are in cells, None of a landmark. `line` is its place in `classes`: the
    score that follows the brush. `angle` is that of a landmark, in radians: 0 points along growing
    columns, a quarter turn towards row 0. `outline` holds the closed lines around a part and its
    holes, each a list of corners (row, column) on the edges of cells; it is empty of all else.
    """

    name: str
    kind: Literal["landmark", "part", "box", "step"]
    row: float
    column: float
    height: float | None
    width: float | None
    score: float | None
    line: int
    angle: float | None
    outline: list[list[tuple[float, float]]]


class OutputMap(TypedDict):
    """One output of the model that is a map, for the sample shown.

    `shape` is (h, w), 1 along an axis that the output lacks; its cells lie evenly over the matrix.
    `whole` is (channels, h, w) for the matrix as it is, NaN where the model returned no finite
    number, or only the first channels: of the others a page asks for the map.
    """

    number: int
    name: str
    kind: Literal["probabilities", "values"]
    shape: tuple[int, int]
    channels: list[str]
    whole: Array


class Sample(TypedDict):
    """The matrix shown, `index` of `count`; `truth` is a class index where y was given.

    `name` is what the sample is called, empty or missing where the samples have no names.
    `absent` is (H, W), 1 where a cell does not exist, as in padding or a gap; there is none where
    all do. Of a large matrix there is neither, but `large`.
    `others` says whether the other matrices can be shown: always by a kernel, by an offline page
    only if it holds them.
    """

    index: int
    name: NotRequired[str]
    count: int
    others: bool
    truth: int | None
    matrix: Array
    absent: Array
    large: NotRequired[Large]
    things: NotRequired[list[ThingMark]]
    outputs: NotRequired[list[OutputMap]]


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


class HeldBar(TypedDict):
    """What one input beside the matrix is worth: what the target's score loses without it.

    `value` is what it holds and `baseline` what takes its place, as text; the latter is empty where
    the input holds several numbers. `part` marks one number of the input before it. One without a
    `value` stands for those that are not listed. `loss` is the
    score less that with the baseline in its place, `gradient` the slope of the score along it;
    None where there is none, as of whole numbers.
    """

    name: str
    value: str
    baseline: str
    part: bool
    loss: float | None
    gradient: float | None


class Scores(TypedDict):
    """The model's scores of the sample, one per class: probabilities where it has them.

    A score that is not finite is None. `all` is empty until the model has
    answered, and where it failed. `missing` says why there is nothing to ask;
    empty where there is a model. `models` names several: `all`, and all else that holds a score
    per class, has those of the first model, then those of the next, and so on. `all` may be kept
    of a model that is missing. `rivals` counts the classes where targets stand after them, each
    with a score of its own; of a model that returns a map, 0: nothing is predicted then. `kinds`
    says of each class what its score is, where some are probabilities and others values; `kind` is
    "values" then. `held` are
    the inputs beside the matrix, for the shown target; it is missing until the model was asked, and
    where it takes a matrix alone.
    """

    kind: Literal["probabilities", "values"]
    all: list[float | None]
    predicted: int
    missing: NotRequired[str]
    models: NotRequired[list[str]]
    rivals: NotRequired[int]
    kinds: NotRequired[list[Literal["probabilities", "values"]]]
    held: NotRequired[list[HeldBar]]


class Dial(TypedDict):
    """Where the target stands among the layers, or the steps, that have it: `at`, of `count`."""

    what: Literal["layer", "step"]
    name: str
    at: int
    count: int


class Target(TypedDict):
    """What is explained: class `a`, or where `b` is set, `a` rather than `b`.

    `given` is False where `a` is the class that the model predicts. The last `added` lines are
    targets that can be taken away. `dial` is there where the target may stand elsewhere.
    """

    a: int
    b: int | None
    given: bool
    added: NotRequired[int]
    dial: NotRequired[Dial]


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


class Pin(TypedDict):
    """What a pinned panel was computed for, whatever the view shows.

    `a` is None while the class that the model predicts is not known, and where there is no model.
    `hidden` is the word of its `baseline`, empty where its method hides no cells by it. `name` is
    that of the sample, where it has one. `target` names what is explained where `a` and `b` are
    lines of that sample alone.
    """

    sample: int
    name: NotRequired[str]
    target: NotRequired[str]
    a: int | None
    b: int | None
    baseline: int
    hidden: str


class PanelState(TypedDict):
    """One method's panel, without its arrays, which `arrays` names the trait of.

    `arrays` is empty before the first result and after a failure. `run` is the number of the run
    that found it, 0 before the first; `restore` brings back smaller ones. `residual` is the sum of
    the whole map minus what it should be. `profile` says whether a line of the map is summed or
    averaged. `pinned` is there where later runs leave the panel alone. `of` names the two panels
    that it is the difference of.
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
    pinned: NotRequired[Pin]
    of: NotRequired[tuple[str, str]]


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


class Short(TypedDict):
    """Numbers in 24 bits: the upper three bytes of each little-endian float32, in C order.

    They are exact to one part in 65,000, and 0 is 0; NaN stands for none.
    """

    shape: list[int]
    bytes: bytes


class RunScores(TypedDict):
    """The scores of every run of lines of one axis that begins and ends at some `edges`.

    `scores` is (2 * classes, runs): without the run, then with only it. Runs are in the order of
    their first edge, then of their last.
    """

    edges: list[int]
    scores: Short


class WhatIfs(TypedDict):
    """What-ifs that a page without a kernel holds; None where it holds none of an axis.

    They are of the sample that is shown, and of these `classes`. `missing` says what else there
    could be, and how to get it.
    """

    classes: list[int]
    rows: RunScores | None
    columns: RunScores | None
    missing: str


class NamedScores(TypedDict):
    """The scores of every class without a named selection and with only it: (2, classes).

    They hold for this sample and baseline. Where there are none, `reason` says what went wrong.
    """

    sample: int
    baseline: int
    selection: Selection
    scores: Array
    reason: str


class Reach(TypedDict):
    """The largest colour limit of a panel so far, over the samples that were shown.

    `about` tells results apart that do not share it: those of other parameters, targets or limits.
    """

    about: str
    limit: float


class Arranged(TypedDict):
    """Which samples are listed, and in which order.

    `text` is a part of a name or of a class, or how an index begins. `among` is the class that
    `only` "true" and "predicted" are about; `of` the class of the order "score", or the sample that
    others are compared with. "unsure" puts the smallest margin between two scores first.
    """

    text: str
    only: Literal["all", "misclassified", "true", "predicted"]
    among: int | None
    order: Literal["index", "name", "unsure", "score", "alike scores", "alike matrices"]
    of: int | None
    reverse: bool


class Listing(TypedDict):
    """The list of samples, of which a page asks for a window; `number` grows as it changes.

    It holds `count`, and the shown sample stands `at` that place, None is nowhere. `measure` names
    the number that each sample has, `about` says what it is and what is missing. An order may need
    all samples to be looked at: `done` of `total` were, and `running` says whether that goes on.
    """

    number: int
    arranged: Arranged
    count: int
    at: int | None
    measure: str
    about: str
    done: int
    total: int
    running: bool


class Options(TypedDict):
    """How the maps are drawn; written by the browser, kept so that a reload finds them.

    `limits` says where the colours of the maps end: each at its `quantile` of |value|, all at the
    largest of these, or each at the largest of its own over the samples shown, which is its
    `reach`. `by_hand` holds the ends that a reader set, by panel, "" for all maps together; they
    go before. `input` is what the input panel shows: the whole matrix, or as the model gets it
    without the selection, or with only that. `input_scale` is where its colours are centred: at 0
    where it has both signs, always, or never; `rows_apart` gives each of its rows a scale of its
    own; `input_colours` are those of a scale that is not centred. `beneath` draws the input in
    grey under every map, whose colours are then as opaque as |value|, `opacity` at most. `blocks`
    is what is drawn of cells that are too many to be seen one by one in a large matrix.

    `per_row` is how many panels stand side by side, `aspect` the height of a cell in widths of it;
    None leaves them to the view. `flipped` puts the first row at the bottom. `lines`
    draws the rows of the input as curves, where there are few: over each map, or with its colours
    along them. `order` is in which rows are shown, while all messages keep that of the matrix: by
    name, by `groups`, a label for each row, or by the profile of the panel `order_by`, which may be
    "input". `brush` is how many rows and columns of cells the mode "cells" paints at once. `things`
    is where the things of the sample are drawn.

    `output` is what the panel of the model's output shows, where that is a map: for the whole
    matrix, without the selection or with only it, the difference that hiding it makes, or nothing,
    which takes the panel away. `output_of` is the output's place among the maps, `output_channel`
    its channel; where the model has none such, it is the first.
    """

    limits: Literal["own", "shared", "samples"]
    quantile: float
    colours: str
    channel: int | None
    profiles: bool
    evidence: bool
    mode: Literal["rows", "columns", "rectangle", "cells"]
    input: Literal["whole", "without", "only"]
    # a page or a file of an older version has none of these
    blocks: NotRequired[Literal["strongest", "mean"]]
    brush: NotRequired[int]
    reach: NotRequired[dict[str, Reach]]
    by_hand: NotRequired[dict[str, tuple[float, float]]]
    input_scale: NotRequired[Literal["signed", "centred", "plain"]]
    input_colours: NotRequired[Literal["grey", "viridis", "cividis"]]
    rows_apart: NotRequired[bool]
    beneath: NotRequired[bool]
    opacity: NotRequired[float]
    per_row: NotRequired[int | None]
    aspect: NotRequired[float | None]
    flipped: NotRequired[bool]
    lines: NotRequired[Literal["none", "over", "along"]]
    order: NotRequired[Literal["own", "name", "groups", "profile"]]
    order_by: NotRequired[str]
    descending: NotRequired[bool]
    groups: NotRequired[list[str]]
    things: NotRequired[Literal["input", "all", "none"]]
    output: NotRequired[Literal["whole", "without", "only", "difference", "none"]]
    output_of: NotRequired[int]
    output_channel: NotRequired[int]


class Traits(TypedDict):
    """Every synced trait of the widget; the browser writes the last five only.

    Beside these there are `arrays_0`, `arrays_1` and so on, a `PanelArrays` each: as many as there
    were panels with a map at one time. One that was left by its panel is empty until another takes
    it. An update that changes both brings the arrays before the `panels` that name them.

    `named_scores` are of the selections in `named`, each as soon as the model was asked about it.
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
    whatifs: WhatIfs
    named_scores: list[NamedScores]
    listing: Listing
    snapshot: str
    named: list[NamedSelection]
    selection: Selection
    pointed: Selection
    options: Options
    height: int | None


# ------------------------------------------------------------ traits of the strip of the charts


class ChartChoice(TypedDict):
    """One of several options; `chosen` is None where there is nothing to choose from."""

    kind: Literal["choice"]
    key: str
    label: str
    options: list[str]
    chosen: int | None


class ChartButton(TypedDict):
    """A button; `main` is the one that starts the work of the tab."""

    kind: Literal["button"]
    key: str
    text: str
    tip: str
    main: bool


class ChartWork(TypedDict):
    """What goes on, or went wrong; `done` is a share of 1, None where nothing waits or runs.

    Pressing its key cancels it.
    """

    kind: Literal["work"]
    key: str
    done: float | None
    said: str


class ChartText(TypedDict):
    """A few words."""

    kind: Literal["text"]
    text: str


class ChartEntry(TypedDict):
    """An entry of a legend: how a curve is drawn, its name, and what it says in numbers.

    `button` stands behind it; None is none.
    """

    kind: Literal["entry"]
    colour: str
    dash: Literal["solid", "dashed", "dotted", "dash_dotted"]
    text: str
    value: str
    button: ChartButton | None


class ChartRow(TypedDict):
    """Items side by side; `label` stands in the gutter on their left."""

    label: str
    items: list[ChartChoice | ChartButton | ChartWork | ChartText | ChartEntry]


class ChartTraits(TypedDict):
    """Every synced trait of the strip; the browser writes none.

    `rows` are those of each tab, none before it is opened. `opened` is the open tab; None is none.
    """

    protocol: int
    titles: list[str]
    opened: int | None
    rows: list[list[ChartRow]]


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
    every trait as well; `selection` is what was selected meanwhile, and `named` the list of named
    selections as it was changed meanwhile, None where nothing was.
    """

    kind: Literal["hello"]
    viewer: int = 0
    whole: bool = False
    selection: Annotated[Selection, UNCHECKED] | None = None
    named: Annotated[list[NamedSelection], UNCHECKED] | None = None


class Ping(Message):
    """Ask whether the kernel is still there: it answers `alive`."""

    kind: Literal["ping"]


class Run(Message):
    """Compute a method; `panel` names the panel that shows it, None is the one of that method.

    A new panel stands behind the panel `beside`, and gets what of its parameters no form shows.
    """

    kind: Literal["run"]
    method: str
    parameters: dict[str, Any] = Field(default_factory=dict)
    within: Annotated[Selection, UNCHECKED] | None = None
    panel: str | None = None
    beside: str | None = None


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


class Output(Message):
    """Ask for a map that the model returns: of the matrix, or of what is left of it.

    The answer is `output_cells`. A page has one question under way; a newer one of the same
    `viewer` takes its place.
    """

    kind: Literal["output"]
    viewer: int
    ask: int
    output: int = Field(ge=0)
    channel: int = Field(ge=0)
    part: Literal["whole", "without", "only"]
    selection: Annotated[Selection, UNCHECKED] | None = None


MOST_PLACES = 256
"""Places that one message may ask about."""

Place = Annotated[list[int], Field(min_length=4, max_length=4)]
"""First and stop row, first and stop column of a band, as far as its own axes go."""


class WhatifEach(Message):
    """The same for many places of one band, which a drag may come to: `answers` tells of them.

    The band number `band` of the selection stands at each of `places` in turn; an axis that the
    band spans whole it goes on to span. The first places are answered first, as many as take
    a moment; the page asks for the others again. A newer message of a viewer replaces an older one.
    """

    kind: Literal["whatif_each"]
    ask: int
    viewer: int = 0
    selection: Annotated[Selection, UNCHECKED]
    band: int = Field(ge=0)
    places: list[Place] = Field(min_length=1, max_length=MOST_PLACES)


class Show(Message):
    """Another sample, target or both; every panel is computed again. None leaves it as it is."""

    kind: Literal["show"]
    sample: int | None = None
    a: int | None = None
    b: int | None = None


class Offer(Message):
    """Ask what may be chosen as a target; the answer is `offered`."""

    kind: Literal["offer"]
    viewer: int = 0


class AddTarget(Message):
    """Give a target a line, and explain it: the plain data of one of `heatbrush.targets`.

    `like` is the number of the sample that `Gram` and `Content` compare with. An `Area` has no
    region here: it is the cells of the map whose middle is selected.
    """

    kind: Literal["add_target"]
    target: dict[str, Any]
    like: int | None = None


class Turn(Message):
    """Explain the same target at another layer, or step: at that place of its `dial`."""

    kind: Literal["turn"]
    to: int


class RemoveLine(Message):
    """Take the line of a target away, one of the last `added`."""

    kind: Literal["remove_line"]
    line: int


class Arrange(Message):
    """List other samples, or in another order; the `listing` trait says what came of it."""

    kind: Literal["arrange"]
    text: str = Field(default="", max_length=1000)
    only: Literal["all", "misclassified", "true", "predicted"] = "all"
    among: int | None = None
    order: Literal["index", "name", "unsure", "score", "alike scores", "alike matrices"] = "index"
    of: int | None = None
    reverse: bool = False


class Survey(Message):
    """Look at all samples, as the order of the list needs it; or stop that."""

    kind: Literal["survey"]
    wanted: bool


class Window(Message):
    """Ask for a part of the list: `count` samples from a place on; the answer is `listed`."""

    kind: Literal["window"]
    viewer: int = 0
    start: int = Field(ge=0)
    count: int = Field(ge=1, le=200)


class Step(Message):
    """Show the sample that stands so many places further on in the list, or before."""

    kind: Literal["step"]
    by: int = Field(ge=-1_000_000, le=1_000_000)


class Hide(Message):
    """Another baseline, by its number; whatever hides cells by it is computed again."""

    kind: Literal["hide"]
    baseline: int


class Compare(Message):
    """Compare what hidden cells may become, for the shown sample and target; or stop that."""

    kind: Literal["compare"]
    wanted: bool


class Restore(Message):
    """Undo and redo: sample, target, baseline and panels of an earlier state, by their numbers.

    `order` names the panels in their order.
    """

    kind: Literal["restore"]
    sample: int
    a: int
    b: int | None
    given: bool
    baseline: int = 0
    runs: dict[str, int]
    order: list[str] = Field(default_factory=list)


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


class Pinning(Message):
    """Keep what a panel shows, so that later runs go to a panel beside it; or follow again."""

    kind: Literal["pin"]
    panel: str
    wanted: bool


class Subtract(Message):
    """Show the panel `a` minus the panel `b` in a panel, a new one where there is none of its name.

    None names it by the two.
    """

    kind: Literal["subtract"]
    a: str
    b: str
    panel: str | None = None


class Order(Message):
    """Put the panels in an order; those that it does not name come after."""

    kind: Literal["order"]
    panels: list[str]


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
    | WhatifEach
    | Output
    | Show
    | Offer
    | AddTarget
    | Turn
    | RemoveLine
    | Arrange
    | Survey
    | Window
    | Step
    | Hide
    | Compare
    | Restore
    | Remove
    | Pinning
    | Subtract
    | Order
    | Export
    | CopyCode,
    Field(discriminator="kind"),
]
REQUEST: TypeAdapter[Any] = TypeAdapter(Request)


class OpenTab(Message):
    """Open a tab of the charts."""

    kind: Literal["open"]
    tab: int


class Choose(Message):
    """Choose an option, by its place, of the choice `key` of a tab."""

    kind: Literal["choose"]
    tab: int
    key: str
    option: int


class Press(Message):
    """Press the button `key` of a tab, or cancel the work `key`."""

    kind: Literal["press"]
    tab: int
    key: str


ChartRequest = Annotated[
    Hello | Ping | OpenTab | Choose | Press,
    Field(discriminator="kind"),
]
CHART_REQUEST: TypeAdapter[Any] = TypeAdapter(ChartRequest)


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


class ListedSample(TypedDict):
    """A sample of the list; classes are indices, None where that is not known.

    `name` is empty where samples have no names; `value` is what `Listing.measure` names.
    """

    index: int
    name: str
    truth: int | None
    predicted: int | None
    value: float | None


class Listed(TypedDict):
    """A part of the list with that `number`; the buffer holds a picture of each sample.

    A picture has a byte for each of `shape` places, rows first: 0 to 254 from the lowest to the
    highest of that sample, 255 where nothing exists.
    """

    kind: Literal["listed"]
    viewer: int
    number: int
    start: int
    samples: list[ListedSample]
    shape: tuple[int, int]


class OfferedOutput(TypedDict):
    """An output of the model: counts are 0 where it has no rows and columns, classes or steps.

    A step has `each` numbers.
    """

    name: str
    rows: int
    columns: int
    channels: int
    classes: int
    steps: int
    each: int


class OfferedLayer(TypedDict):
    """A layer of the model; `cells` tells whether these have channels and lie along the matrix."""

    name: str
    shape: list[int]
    channels: int
    cells: bool


class Offered(TypedDict):
    """The answer to `offer`: what a target may read of the model, in its own order.

    `counts` tells whether landmarks are counted, `boxes` whether its things are boxes. `missing`
    says why there is nothing to choose.
    """

    kind: Literal["offered"]
    viewer: int
    outputs: list[OfferedOutput]
    layers: list[OfferedLayer]
    counts: bool
    boxes: bool
    missing: str


class Answer(TypedDict):
    """The answer to `whatif`: scores of the kind of the `scores` trait.

    None where nothing is selected, and where it failed or was replaced; then `reason` says so.
    """

    kind: Literal["answer"]
    ask: int
    without: list[float | None] | None
    only: list[float | None] | None
    reason: NotRequired[str]


class Answers(TypedDict):
    """The answer to `whatif_each`, for the first `count` of its places.

    The buffer holds `count` times the scores of every class without the selection, then with only
    it, as float64; NaN where there is none, and for a place that leaves nothing selected. With a
    `count` of 0 nothing more is to be asked during this drag; `reason` says why.
    """

    kind: Literal["answers"]
    ask: int
    count: int
    reason: NotRequired[str]


class OutputCells(TypedDict):
    """The answer to `output`; the buffer holds (h, w) float32, NaN for what is no finite number.

    `sample` is the matrix that it is of. There is no buffer, and the shape is [0], where it failed
    or was replaced; then `reason` says so.
    """

    kind: Literal["output_cells"]
    viewer: int
    ask: int
    sample: int
    shape: list[int]
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
    | Listed
    | Offered
    | Answer
    | Answers
    | OutputCells
    | File
    | Code
    | Refused
)
