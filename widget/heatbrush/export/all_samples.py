"""Every sample of a view, as an offline page needs it; the view itself is left as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush.border.asked import Question, Spec
from heatbrush.session.samples import Samples
from heatbrush.session.session import Session


def frames(session: Session) -> list[dict[str, Any]]:
    """Return, for each sample in turn, the traits that differ from sample to sample."""
    return [_frame(session, sample) for sample in range(len(session.samples))]


def _frame(session: Session, sample: int) -> dict[str, Any]:
    samples = session.samples
    question = replace(session.board.question, sample=sample)
    target = samples.aim(question)
    panels = session.board.panels.items()
    return {
        "sample": samples.state(sample),
        "hidden": samples.hidden(question),
        "scores": samples.scores(sample),
        "target": wire.target(target, given=question.target is not None),
        "panels": [_panel(samples, name, panel.spec, question) for name, panel in panels],
        "evidence": session.searches.state(question),
    }


def _panel(samples: Samples, name: str, spec: Spec, question: Question) -> protocol.PanelState:
    blank = wire.panel(name, spec, samples.shape, run=question.sample + 1)
    try:
        return samples.explained(blank, spec, question)[0]
    except Exception as error:
        # a page of all samples is written also where a method cannot run on one of them
        blank["failure"] = wire.failure(spec.method, error, samples.explainer)
        return blank
