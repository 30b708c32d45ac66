"""The map that a model returns for what is left of a matrix, between the batches of what runs."""

from __future__ import annotations

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush.jobs.handle import Handle
from heatbrush.session.session import Session


def output(session: Session, request: protocol.Output) -> Handle:
    """Answer a page; of its questions the newest alone waits."""
    return session.worker.submit(
        ("output", str(request.viewer)),
        lambda _job: _answer(session, request),
        urgent=True,
        dropped=lambda _job: _refuse(session, request, "A newer map was asked for."),
    )


def _answer(session: Session, request: protocol.Output) -> None:
    with session.lock:
        question = session.board.question
    try:
        cells = session.samples.output(question, request)
    except BaseException as error:
        return _refuse(session, request, wire.sentence(error))
    h, w = cells.shape
    found: protocol.OutputCells = {
        "kind": "output_cells",
        "viewer": request.viewer,
        "ask": request.ask,
        "sample": question.sample,
        "shape": [h, w],
    }
    session.channel.say(found, [cells.astype("<f4").tobytes()])


def _refuse(session: Session, request: protocol.Output, reason: str) -> None:
    session.channel.say(
        {
            "kind": "output_cells",
            "viewer": request.viewer,
            "ask": request.ask,
            "sample": -1,
            "shape": [0],
            "reason": reason,
        }
    )
