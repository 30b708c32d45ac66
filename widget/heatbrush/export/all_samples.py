"""Every sample of a view, as an offline page needs it; the view itself is left as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from heatbrush.border import wire
from heatbrush.border.asked import Question, Spec
from heatbrush.border.slots import Shown, Slots
from heatbrush.export import page
from heatbrush.session.samples import Samples
from heatbrush.session.session import Session


def frames(session: Session, limit: float | None = None) -> list[dict[str, Any]]:
    """Return, for each sample in turn, the traits that differ from sample to sample.

    Where the first tells that a page of all would be larger than `limit` bytes, no other is made.
    """
    made: list[dict[str, Any]] = []
    for sample in range(len(session.samples)):
        made.append(_frame(session, sample))
        if limit is not None and sample == 0:
            page.check_size({}, made * len(session.samples), limit)
    return made


def _frame(session: Session, sample: int) -> dict[str, Any]:
    samples = session.samples
    question = replace(session.board.question, sample=sample)
    target = samples.aim(question)
    panels, large = session.board.panels.items(), session.large
    slots = Slots(large.arrays, large.empty())
    if not samples.missing:
        samples.warnings[question] = tuple(session.checks.doubts(question))
    return {
        "sample": samples.state(sample, session.large.channel),
        "hidden": samples.hidden(question),
        "scores": samples.scores(sample),
        "target": wire.target(target, given=question.target is not None),
        **slots.traits(_panel(samples, name, panel.spec, question) for name, panel in panels),
        "evidence": session.searches.state(question),
    }


def _panel(samples: Samples, name: str, spec: Spec, question: Question) -> Shown:
    blank = wire.panel(name, spec, samples.shape, run=question.sample + 1)
    try:
        return samples.explained(blank, spec, question)
    except Exception as error:
        # a page of all samples is written also where a method cannot run on one of them
        blank["failure"] = wire.failure(spec.method, error, samples.explainer)
        return blank, None
