"""Minimal runs: the shortest stretch that alone keeps the answer, or whose hiding changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core.checks import among, count, short
from heatbrush_core.maps.runs import Run, bands
from heatbrush_core.matrix.axes import AXES, AxisName, check_axis
from heatbrush_core.targets import Class

if TYPE_CHECKING:
    from heatbrush_core.inference.explaining import Explaining

Question = Literal["keeps", "changes"]
QUESTIONS: tuple[Question, ...] = ("keeps", "changes")


def minimal_run(
    explainer: Explaining,
    x: ArrayLike,
    axis: AxisName = "columns",
    question: Question = "changes",
    target: Any = None,
    longest: int | None = None,
) -> Run | None:
    """Find the shortest run of rows or columns that settles the answer, exactly.

    All runs of one length are tried, then all of the next: a longer run need not do what a
    shorter one does, so nothing is skipped.

    Parameters
    ----------
    explainer
        The model; its baseline hides cells. Without names or a head of its own, classes are the
        scores in order.
    x
        (H, W), (H, W, C) or (1, H, W, C).
    axis
        "rows" or "columns".
    question
        "keeps": the run alone, all else hidden, still has the class. "changes": without the run the
        matrix has it no longer.
    target
        The class; None is the predicted one.
    longest
        Lines of the longest run that is tried; None is all.

    Returns
    -------
    Run or None
        Of the shortest length that has one, the run that does it with the largest probability (or
        the smallest, for "changes"); its `score` is the sufficiency or the necessity. None where no
        run does it, and for "keeps" where the baseline has the class already, so that it says
        nothing; for "changes" where x has another class than the target.

    Raises
    ------
    ValueError
        In one sentence, for an unknown axis or question, a margin as target, or an impossible
        length.
    """
    check_axis(axis)
    matrix = explainer.asked(x)
    aim = explainer.aim(matrix, target)
    lines = matrix.shape[AXES.index(axis)]
    longest = lines if longest is None else longest
    _check(question, aim, longest, lines)
    assert isinstance(aim, Class)
    base = explainer.fill(matrix)
    start, other = (base, matrix) if question == "keeps" else (matrix, base)
    alone = question == "keeps"
    whole = explainer.exchanged(start, other, [])[0][None]
    if _has(explainer, whole, aim)[0] == alone:
        return None
    before, make = explainer.scored(whole, aim)[0], bands(axis)
    for length in range(1, longest + 1):
        regions = [make(a, a + length) for a in range(lines - length + 1)]
        outputs = explainer.exchanged(start, other, regions)[1]
        does = _has(explainer, outputs, aim) == alone
        if does.any():
            # the sufficiency of what keeps the class, the necessity of what changes it
            worth = (explainer.scored(outputs, aim) - before) * (1 if alone else -1)
            best = int(np.where(does, worth, -np.inf).argmax())
            run = Run(regions[best].bands, float(worth[best]))
            return run.named(*explainer.axes(matrix.shape, x))
    return None


def _has(explainer: Explaining, outputs: NDArray[np.float64], aim: Class) -> NDArray[np.bool_]:
    """(N, units) outputs -> (N,) whether the class is the one that scores most."""
    predicted = [each.predicted for each in explainer.read(outputs)]
    return np.array(predicted) == aim.pair[0]


def _check(question: Any, aim: Any, longest: Any, lines: int) -> None:
    if not among(question, QUESTIONS):
        raise ValueError(
            f"question is {short(question)}, but 'keeps' or 'changes' is expected; give one."
        )
    if not isinstance(aim, Class):
        raise ValueError(
            f"target is {aim!r}, but a class is expected, which a matrix has or has not; give one."
        )
    count("longest", longest, lines, ", or None")
