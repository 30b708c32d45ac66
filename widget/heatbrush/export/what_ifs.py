"""The what-ifs of an offline page: what the model says without each run of lines, and with only it.

A page has no model to ask, so all is asked before it is written, and stored in 24 bits a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush.border.asked import Question
from heatbrush.session.session import Session
from heatbrush_core import Region, checks
from heatbrush_core.inference.neighbours import portions
from heatbrush_core.progress import Watch
from heatbrush_core.targets import Class, Margin

Which = Literal["rows", "columns"]
AXES: tuple[Which, Which] = ("columns", "rows")
"""In the order in which their runs get room."""
MOST = 50_000
"""Runs of one axis: a minute or two for a small network."""
EACH = 2 * 4
"""Bytes of the page for one class of one run: two numbers of three bytes, as text."""
BESIDE = 3000
"""Bytes for what stands beside the numbers."""
MORE = "give view.save_html a larger budget for more."
NO_ROOM = "This page has no room for the scores without a selection"
UNSAVED = (
    "This page holds the scores without a selection for none but the one that it was saved with; "
    "view.save_html(path) stores those of all runs of rows and of columns."
)


@dataclass(frozen=True)
class Plan:
    """What a page has room for, of one sample.

    Attributes
    ----------
    edges
        By axis, where runs may begin and end; fewer than two is no run.
    classes
        How many classes, the explained ones first.
    """

    edges: dict[Which, list[int]]
    classes: int

    @property
    def runs(self) -> int:
        """Of both axes."""
        return sum(len(edges) * (len(edges) - 1) // 2 for edges in self.edges.values())


def planned(shape: tuple[int, int], classes: int, explained: int, room: float) -> Plan:
    """Use the room of a page: for the explained classes, then for others, then coarser edges.

    Parameters
    ----------
    shape
        Rows and columns.
    classes, explained
        Of the model, and how many of them are explained.
    room
        Bytes.
    """
    lengths: dict[Which, int] = {"columns": shape[1], "rows": shape[0]}
    steps = {axis: _step(length) for axis, length in lengths.items()}
    while True:
        plan = Plan({axis: _edges(lengths[axis], steps[axis]) for axis in AXES}, explained)
        fits = int((room - BESIDE) / (EACH * plan.runs))
        if fits >= explained:
            return replace(plan, classes=min(classes, fits))
        axis = max(AXES, key=lambda each: len(plan.edges[each]))
        if len(plan.edges[axis]) == 2:
            return Plan({axis: [] for axis in AXES}, 0)
        steps[axis] *= 2


def stored(
    session: Session,
    samples: Sequence[int],
    room: float,
    watch: Watch,
    more: str = MORE,
) -> list[protocol.WhatIfs]:
    """Ask the model about every run that a page has room for, in each of some samples.

    Parameters
    ----------
    room
        Bytes, for all samples together.
    watch
        Of all that is done: it gets a part for each question to the model.
    more
        What to do where it says that some are missing.

    Raises
    ------
    Cancelled
        Once the caller has asked for it.
    """
    questions = [replace(session.board.question, sample=sample) for sample in samples]
    plans = [_plan(session, question, room / len(questions)) for question in questions]
    asks = 2 * _models(session)
    watch.total += sum(asks * plan.runs for plan in plans)
    return [
        _computed(session, question, plan, watch, more)
        for question, plan in zip(questions, plans, strict=True)
    ]


def check_budget(budget: float) -> None:
    """Refuse what is no number of bytes.

    Raises
    ------
    ValueError
        In one sentence.
    """
    if not budget > 0:
        raise ValueError(
            f"budget is {checks.short(budget)}, but a number of bytes is expected; give one such "
            "as 1.5e6, or what_if=False."
        )


def none(sentence: str) -> protocol.WhatIfs:
    """Return what a page without what-ifs holds: why there are none."""
    return {**wire.NO_WHATIFS, "missing": sentence}


def _plan(session: Session, question: Question, room: float) -> Plan:
    samples = session.samples
    explained, models = _explained(samples.aim(question)), _models(session)
    count = len(samples.prediction(question.sample).classes)
    return planned(samples.shape, count * models, len(explained) * models, room)


def _computed(
    session: Session, question: Question, plan: Plan, watch: Watch, more: str
) -> protocol.WhatIfs:
    samples = session.samples
    if not plan.classes:
        return none(f"{NO_ROOM}; {more}")
    said = samples.scores(question.sample)
    names = _names(samples.prediction(question.sample).classes, samples.models.names)
    count = len(names) // _models(session)
    first = [
        each + at * count
        for at in range(_models(session))
        for each in _explained(samples.aim(question))
    ]
    others = [each for each in range(len(names)) if each not in first]
    others.sort(key=lambda each: -(said["all"][each] or 0.0))
    classes = [*first, *others][: plan.classes]
    found = {
        axis: _scores(session, question, axis, edges, classes, watch)
        for axis, edges in plan.edges.items()
    }
    missing = _missing(plan, samples.shape, [names[each] for each in classes], names, more)
    return {
        "classes": classes,
        "rows": found["rows"],
        "columns": found["columns"],
        "missing": missing,
    }


def _models(session: Session) -> int:
    return max(1, len(session.samples.models.names))


def _names(classes: Sequence[str], models: Sequence[str]) -> list[str]:
    """Name the scores of a page: those of the first model, then those of the next."""
    return [f"{model}: {each}" for model in models for each in classes] or list(classes)


def _missing(
    plan: Plan, shape: tuple[int, int], classes: Sequence[str], every: Sequence[str], more: str
) -> str:
    """Say in one sentence what a page does not hold; empty where it holds all runs."""
    said = []
    if len(classes) < len(every):
        said.append(f"for {checks.listed(classes)}, not for the others")
    for axis, length in zip(AXES, shape[::-1], strict=True):
        edges = plan.edges[axis]
        if len(edges) <= length:
            each = f"every {edges[1]} {axis}" if len(edges) > 2 else "the ends of the matrix"
            said.append(f"for {axis} that begin and end at {each}")
    if not said:
        return ""
    return f"This page holds the scores without a selection {', and '.join(said)}; {more}"


def _explained(target: Class | Margin) -> list[int]:
    """List the classes that a target is about."""
    return [each for each in target.pair if each is not None]


def _step(length: int) -> int:
    """How far apart edges must lie, so that there are not too many runs."""
    step = 1
    while (count := len(_edges(length, step))) * (count - 1) / 2 > MOST:
        step *= 2
    return step


def _edges(length: int, step: int) -> list[int]:
    return [*range(0, length, step), length]


def _scores(
    session: Session,
    question: Question,
    axis: Which,
    edges: Sequence[int],
    classes: Sequence[int],
    watch: Watch,
) -> protocol.RunScores | None:
    """Ask without each run of one axis, and with only it."""
    if len(edges) < 2:
        return None
    samples, make = session.samples, Region.rows if axis == "rows" else Region.columns
    regions = [make(a, b) for a, b in runs(edges)]
    both: tuple[list[NDArray[np.float64]], ...] = ([], [])
    for hiding, own in samples.asked_by(question):
        asker, x = hiding.about(samples.matrix(question.sample), samples.exists(question.sample))
        hidden = asker.fill(x)
        for kept, other, numbers in ((x, hidden, both[0]), (hidden, x, both[1])):
            said = [
                each.shown[own]
                for some in portions(len(regions), asker.head.units)
                for each in asker.read(asker.exchanged(kept, other, regions[some], watch)[1])
            ]
            numbers.append(np.array(said))
    of_each = [np.concatenate(numbers, 1)[:, classes].T for numbers in both]
    return {"edges": list(edges), "scores": short(np.concatenate(of_each))}


def runs(edges: Sequence[int]) -> list[tuple[int, int]]:
    """List every run between two edges: by its first, then by its last."""
    return [(a, b) for index, a in enumerate(edges) for b in edges[index + 1 :]]


def short(values: NDArray[np.floating]) -> protocol.Short:
    """Return numbers in 24 bits, rounded; what is not finite becomes none."""
    whole = np.where(np.isfinite(values), values, np.nan).astype("<f4")
    bits = whole.view("<u4")
    rounded = np.where(np.isnan(whole), bits, bits + 0x7F + (bits >> 8 & 1)).astype("<u4")
    upper = rounded[..., None].view(np.uint8)[..., 1:]
    return {"shape": list(values.shape), "bytes": upper.tobytes()}
