"""Comparing what hidden cells may become: a row per baseline, sent to the page as it is there."""

from __future__ import annotations

from collections.abc import Sequence

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush.border.asked import Question
from heatbrush.jobs.handle import Handle
from heatbrush.session.session import Session
from heatbrush_core import Cancelled
from heatbrush_core.evidence.hiding import hidings
from heatbrush_core.matrix.baselines import called, possible, words

SLOT = ("compare",)


def compare(session: Session) -> Handle:
    """Compare the view's baselines, 0 and every word that is possible, for what is shown now.

    It is served between the batches of what runs, as somebody waits before an open table.
    """
    return session.worker.submit(SLOT, lambda job: _work(session, job), urgent=True)


def stop(session: Session) -> None:
    """Stop comparing: nobody looks at the table any longer."""
    session.worker.cancel(SLOT)


def _work(session: Session, job: Handle) -> None:
    with session.lock:
        question = session.board.question
    rows: list[protocol.BaselineRow] = []
    try:
        numbers = _numbers(session, question)
        _say(session, rows, len(numbers))
        for number in numbers:
            rows.append(_row(session, question, number))
            if job.cancelled.is_set() or session.board.question != question:
                raise Cancelled("The table of baselines is not wanted any longer.")
            _say(session, rows, len(numbers))
            session.worker.serve_urgent()
    except Cancelled:
        raise
    except Exception as error:
        session.channel.say(
            {"kind": "compared", "rows": rows, "total": len(rows), "reason": wire.sentence(error)}
        )


def _numbers(session: Session, question: Question) -> list[int]:
    """Return what can be chosen: what was chosen in the view before, 0, and every word."""
    samples = session.samples
    shape, background = samples.matrices[question.sample].shape, samples.explainer.background
    others = [samples.baselines.number(each) for each in (0, *possible(shape, background))]
    return list(dict.fromkeys([*range(len(samples.baselines)), *others]))


def _row(session: Session, question: Question, number: int) -> protocol.BaselineRow:
    """Try one baseline on the shown matrix; `hidings` says how."""
    samples = session.samples
    spec, aim = samples.baselines.spec(number), samples.aim(question)
    sample = question.sample
    asker = samples.about(sample)
    asker, matrix = asker.aiming(samples.matrix(sample), samples.exists(sample), aim)
    # of a line its target, which is no rival of the other lines
    target = asker.aim(matrix, aim)
    (found,) = hidings(asker, matrix, target, [spec])
    return {
        "number": number,
        "baseline": called(spec),
        "sentence": words(spec),
        "predicted": found.predicted,
        "score_hidden": wire.number(found.score_hidden),
        "moved": wire.number(found.moved),
        "outside": wire.number(found.outside),
        "verdict": found.verdict(target.label(asker.classes)),
    }


def _say(session: Session, rows: Sequence[protocol.BaselineRow], total: int) -> None:
    session.channel.say({"kind": "compared", "rows": list(rows), "total": total})
