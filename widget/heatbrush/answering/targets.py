"""What is explained, as a page or Python chooses it: a line, or a target, which gets one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from heatbrush.border.asked import Target
from heatbrush.lines.listed import targets_of
from heatbrush.session.session import Session
from heatbrush_core.checks import short


def add(session: Session, given: Any) -> None:
    """Give a target, or several, a line of its own in the table of scores.

    Raises
    ------
    TypeError, ValueError
        In one sentence, for a class, which has a line, and for what the model does not have.
    """
    _, more = targets_of(given)
    if not more:
        raise TypeError(
            f"add_target takes a target of hb.targets, or a list of them, but got {short(given)}; "
            "classes have a line already, so choose one by view.target."
        )
    samples = session.samples
    if samples.missing:
        raise ValueError(f"{samples.missing} No target can be asked about.")
    samples.lines.check(more, session.board.question.sample)
    session.add(more)


def show(session: Session, target: Target) -> None:
    """Explain a class, a line by its number or name, or any target; that gets a line first."""
    first, more = targets_of(target)
    if any(each not in session.samples.lines.added for each in more):
        add(session, more)
    question = session.board.question
    session.samples.lines.refuse(first, question.sample)
    session.show(replace(question, target=first))
