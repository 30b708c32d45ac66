"""Every sample of a view, as an offline page needs it; the view itself is left as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from heatbrush.border import wire
from heatbrush.border.asked import Question, Spec
from heatbrush.border.slots import Shown, Slots
from heatbrush.export import page
from heatbrush.session.board import Panel, subtracted
from heatbrush.session.samples import Samples
from heatbrush.session.session import Session
from heatbrush_core.progress import Watch


def frames(
    session: Session, limit: float | None = None, watch: Watch | None = None
) -> list[dict[str, Any]]:
    """Return, for each sample in turn, the traits that differ from sample to sample.

    Where the first tells that a page of all would be larger than `limit` bytes, no other is made.
    `watch` counts samples.
    """
    made: list[dict[str, Any]] = []
    for sample in range(len(session.samples)):
        if watch is not None:
            watch.stop_if_cancelled()
        made.append(_frame(session, sample))
        if watch is not None:
            watch.advance()
        if limit is not None and sample == 0:
            page.check_size({}, made * len(session.samples), limit)
    return made


def traits(session: Session, question: Question, panels: dict[str, Any]) -> dict[str, Any]:
    """Return the traits that differ from sample to sample; `panels` are those of its maps."""
    samples = session.samples
    stored: dict[str, Any] = {"whatifs": samples.recalled(question)} if samples.missing else {}
    scores = samples.shown(question)
    if samples.lines.there:  # after the scores, which the lines are known by
        stored["classes"] = list(samples.classes(question.sample))
        stored["notes"] = session.notes(question)
    return {
        "sample": samples.state(question.sample, session.large.channel),
        "hidden": samples.hidden(question),
        "scores": scores,
        "target": wire.target(samples.aim(question), given=question.target is not None),
        **panels,
        "evidence": session.searches.state(question),
        **stored,
    }


def _frame(session: Session, sample: int) -> dict[str, Any]:
    samples = session.samples
    question = replace(session.board.question, sample=sample)
    if not samples.missing:
        samples.warnings[question] = tuple(session.checks.doubts(question))
        samples.weigh(question)
    shown = _panels(samples, session.board.panels, question)
    slots = Slots(session.large.arrays, session.large.empty())
    return traits(session, question, slots.traits(shown))


def _panels(samples: Samples, panels: Mapping[str, Panel], question: Question) -> list[Shown]:
    made: dict[str, Shown] = {}
    for name, panel in panels.items():
        if panel.spec.pinned is not None:
            made[name] = {**panel.shown.state, "name": name}, panel.shown.explanation
        elif panel.spec.of is None:
            made[name] = _panel(samples, name, panel.spec, question)
    # once those are there that they are of
    for name, panel in panels.items():
        if panel.spec.of is not None:
            found = [made[each][1] for each in panel.spec.of if each in made]
            blank = samples.blank(name, panel.spec, question.sample + 1)
            made[name] = subtracted(blank, panel.spec.of, found)
    return [made[name] for name in panels]


def _panel(samples: Samples, name: str, spec: Spec, question: Question) -> Shown:
    blank = samples.blank(name, spec, question.sample + 1)
    try:
        return samples.explained(blank, spec, question)
    except Exception as error:
        # a page of all samples is written also where a method cannot run on one of them
        blank["failure"] = wire.failure(spec.method, error, samples.answering(question, spec.model))
        return blank, None
