"""The lines of a view in its file: targets that have scores of their own, of each sample others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
from pydantic import Field

from heatbrush.case.arrays import Arrays
from heatbrush.case.form import Count, Form, Index, fitted
from heatbrush.case.members import Members
from heatbrush.lines.listed import Listed
from heatbrush.session.samples import Samples
from heatbrush_core import Prediction
from heatbrush_core.explanation.stored import Damaged
from heatbrush_core.targets import Target, decoder_to_json, from_json, to_json

MEMBER = "lines.json"
Number = Annotated[float, Field(allow_inf_nan=False)]


class MarkForm(Form):
    """A thing as it is drawn; see `protocol.ThingMark`."""

    name: str
    kind: Literal["landmark", "part", "box", "step"]
    row: Number
    column: Number
    height: Number | None
    width: Number | None
    score: Number | None
    line: Index
    angle: Number | None
    outline: list[list[tuple[Number, Number]]]


class SaidForm(Form):
    """What a model said of the lines: the names of two arrays, the second where it has such."""

    classes: tuple[str, ...]
    scores: str
    probabilities: str | None
    rivals: Count | None
    mixed: bool


class ListedForm(Form):
    """The lines of one sample, and what each model said of them; see `lines.listed.Listed`.

    `added` numbers those of all that were added that this sample has.
    """

    own: Index
    names: Annotated[tuple[str, ...], Field(min_length=1)]
    targets: tuple[dict[str, Any], ...]
    added: tuple[Index, ...]
    said: tuple[str, ...]
    marks: tuple[MarkForm, ...]
    by: tuple[SaidForm, ...]


class LinesForm(Form):
    """The lines of all samples of the file, None of one that no model was asked about.

    `map` says whether the model returns a map, which `decoder` reads; of those that were added,
    the first `given` were given to `compare`.
    """

    map: bool
    decoder: dict[str, Any] | None
    added: tuple[dict[str, Any], ...]
    given: Index
    samples: tuple[ListedForm | None, ...]


class FiledLines(NamedTuple):
    """The same, read.

    Attributes
    ----------
    known
        By place in the file.
    said
        What each model said of each of these.
    """

    map: bool
    decoder: dict[str, Any] | None
    added: tuple[Target, ...]
    given: int
    known: dict[int, Listed]
    said: tuple[dict[int, Prediction], ...]


# ------------------------------------------------------------ writing


def written(samples: Samples, kept: Sequence[int], members: Members) -> str | None:
    """Write the lines of some samples, whose scores are known; None where lines are classes.

    They are a member of their own, as a target may name every cell of a mask.
    """
    lines, decoder = samples.lines, samples.explainer.decoder
    if not lines.there:
        return None
    said = {
        "map": lines.of_map,
        "decoder": None if decoder is None else decoder_to_json(decoder),
        "added": [to_json(each) for each in lines.added],
        "given": len(lines.given),
        "samples": [_sample(samples, each, place, members) for place, each in enumerate(kept)],
    }
    members.text(MEMBER, said)
    return MEMBER


def _sample(samples: Samples, sample: int, place: int, members: Members) -> dict[str, Any] | None:
    known, first = samples.lines.known(sample), samples.predicted(sample)
    if known is None or first is None:
        return None
    by = [first, *(samples.said(name, sample) for name in samples.models)]
    return {
        "own": known.own,
        "names": known.names,
        "targets": [to_json(each) for each in known.targets],
        "added": [samples.lines.added.index(each) for each in known.added],
        "said": known.said,
        "marks": known.marks,
        "by": [_said(each, f"lines/{place}/{at}/", members) for at, each in enumerate(by)],
    }


def _said(found: Prediction, start: str, members: Members) -> dict[str, Any]:
    shares = found.probabilities
    return {
        "classes": found.classes,
        "scores": members.array(f"{start}scores", found.scores),
        "probabilities": None if shares is None else members.array(f"{start}shares", shares),
        "rivals": found.rivals,
        "mixed": found.mixed,
    }


# ------------------------------------------------------------ reading


def read(text: bytes, arrays: Arrays, samples: int, models: int) -> FiledLines:
    """Read the lines of a file of so many samples and models.

    Raises
    ------
    Damaged
        Where they do not fit each other, or the file.
    """
    form = fitted(text, LinesForm, "lines")
    added = tuple(map(target, form.added))
    if len(form.samples) != samples or form.given > len(added):
        raise Damaged("it holds the lines of another number of samples or targets")
    known, by = dict[int, Listed](), [dict[int, Prediction]() for _ in range(models)]
    for place, each in enumerate(form.samples):
        if each is None:
            continue
        known[place] = _listed(each, added)
        if len(each.by) != models:
            raise Damaged("its lines have scores of another number of models")
        for found, one in zip(by, each.by, strict=True):
            if sorted(one.classes) != sorted(each.names):
                raise Damaged("its models have not the same lines")
            found[place] = _prediction(one, arrays)
    return FiledLines(form.map, form.decoder, added, form.given, known, tuple(by))


def target(said: Any) -> Target:
    """Read a target.

    Raises
    ------
    Damaged
        Where it is none.
    """
    try:
        return from_json(said)
    except ValueError as error:
        raise Damaged("it explains a target that cannot be read") from error


def is_of_function(given: Target) -> bool:
    """Tell whether a target asks a function, which no file keeps."""
    return _names_function(to_json(given))


def _names_function(said: Any) -> bool:
    if isinstance(said, list):
        return any(map(_names_function, said))
    if not isinstance(said, dict):
        return False
    return said.get("kind") == "Function" or any(map(_names_function, said.values()))


def _listed(form: ListedForm, added: tuple[Target, ...]) -> Listed:
    count = len(form.names)
    if not (
        len(form.targets) == count == form.own + len(form.added) == len(set(form.names))
        and all(each < len(added) for each in form.added)
        and all(each.line < count for each in form.marks)
    ):
        raise Damaged("its lines do not fit each other")
    marks: list[Any] = [each.model_dump() for each in form.marks]
    targets = tuple(map(target, form.targets))
    own = tuple(added[each] for each in form.added)
    return Listed(form.own, form.names, targets, own, form.said, tuple(marks))


def _prediction(form: SaidForm, arrays: Arrays) -> Prediction:
    shape = (len(form.classes),)
    if form.rivals is not None and form.rivals > len(form.classes):
        raise Damaged("more of its lines exclude each other than there are")
    scores, shares = (
        None if name is None else arrays.read(name, shape, "f").astype(np.float64)
        for name in (form.scores, form.probabilities)
    )
    assert scores is not None
    return Prediction(scores, shares, form.classes, form.rivals, form.mixed)


def size(lines: FiledLines, place: int) -> int:
    """Count the scores that all models have of the lines of a sample."""
    if place not in lines.known:
        raise Damaged("it holds scores of a sample without lines")
    return len(lines.known[place].names) * len(lines.said)
