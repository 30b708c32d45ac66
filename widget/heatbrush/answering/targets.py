"""What is explained, as a page or Python chooses it: a line, or a target, which gets one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from heatbrush.border.asked import Target
from heatbrush.lines.listed import targets_of
from heatbrush.session.session import Session
from heatbrush_core.checks import listed, short
from heatbrush_core.targets import Margin
from heatbrush_core.targets import Target as Kernels


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
    session.relist(lambda lines: lines.add(more))


def remove(session: Session, given: Any) -> None:
    """Take the line of a target away: one that was given or added, or its number or name.

    Where it is explained, what a view explains without a target takes its place.

    Raises
    ------
    ValueError
        In one sentence, for any other line, and for one that a pinned panel is about.
    """
    if session.samples.missing:
        raise ValueError(f"{session.samples.missing} Its lines stay as they are.")
    lines, question = session.samples.lines, session.board.question
    target = lines.checked(given, question.sample) if lines.there else given
    if not isinstance(target, Kernels) or target not in lines.added:
        has = [each.label(session.samples.explainer.classes) for each in lines.added]
        raise ValueError(
            f"{short(given)} has no line that was added, so that none can be taken away; "
            + (f"give one of {listed([*map(short, has)])}." if has else "none was added.")
        )
    for name, panel in session.board.panels.items():
        if panel.spec.pinned is not None and panel.spec.pinned.target == target:
            raise ValueError(
                f"The panel {short(name)} is pinned to this target; unpin or remove it first."
            )
    pair = (question.target.a, question.target.b) if isinstance(question.target, Margin) else ()
    if question.target == target or target in pair:
        session.show(replace(question, target=None))
    session.relist(lambda lines: lines.remove(target))


def step(session: Session, to: int | None = None, by: int = 0) -> None:
    """Explain the same target at another layer, or at another step; `to` counts from 0.

    Raises
    ------
    ValueError
        In one sentence, for a target that has no other place, and for a place that there is not.
    """
    question, board = session.board.question, session.board
    if session.samples.missing:
        raise ValueError(f"{session.samples.missing} No target can be asked about.")
    dial = session.samples.dial(question)
    if dial is None:
        raise ValueError(
            "What is explained stands at one place only; choose a Channel, Gram or Content of a "
            "layer, or a Step of a sequence, such as view.target = hb.targets.Step(0)."
        )
    target = dial.stepped(by) if to is None else dial.turned(to)
    if target == dial.target:
        return
    kept = [each.spec.pinned.target for each in board.panels.values() if each.spec.pinned]
    apart = session.samples.lines.stepped in kept
    session.samples.lines.check([target], question.sample)
    session.relist(lambda lines: lines.step(target, apart=apart))
    session.show(replace(question, target=target))


def show(session: Session, target: Target) -> None:
    """Explain a class, a line by its number or name, or any target; that gets a line first."""
    first, more = targets_of(target)
    if any(each not in session.samples.lines.added for each in more):
        add(session, more)
    question = session.board.question
    session.samples.lines.refuse(first, question.sample)
    session.show(replace(question, target=first))
