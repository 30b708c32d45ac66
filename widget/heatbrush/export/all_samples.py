"""Every sample of a view, as an offline page needs it; the view itself is left as it is."""

from __future__ import annotations

from typing import Any

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush.session.board import Question, Spec
from heatbrush.session.session import Session
from heatbrush_core.targets import Class, Margin


def frames(session: Session) -> list[dict[str, Any]]:
    """Return, for each sample in turn, the traits that differ from sample to sample."""
    return [_frame(session, sample) for sample in range(len(session.matrices))]


def _frame(session: Session, sample: int) -> dict[str, Any]:
    given = session.board.question.target
    target = session.aim(Question(sample, given))
    panels = session.board.panels.items()
    return {
        "sample": session.sample(sample),
        "scores": wire.scores(session.prediction(sample)),
        "target": wire.target(target, given=given is not None),
        "panels": [_panel(session, name, panel.spec, sample, target) for name, panel in panels],
        "evidence": session.searches.state(Question(sample, given)),
    }


def _panel(
    session: Session, name: str, spec: Spec, sample: int, target: Class | Margin
) -> protocol.PanelState:
    blank = session.blank(name, spec, run=sample + 1)
    try:
        explanation = session.explainer.explain(
            session.matrices[sample], spec.method, target, spec.within, **spec.parameters
        )
    except Exception as error:
        blank["failure"] = wire.failure(spec.method, error, session.explainer)
        return blank
    return wire.explained(blank, explanation)
