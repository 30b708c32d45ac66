"""Minimal runs: the shortest that alone keeps class or score, or whose hiding changes the class."""

from __future__ import annotations

import threading
import warnings
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core.bars import with_bar
from heatbrush_core.checks import among, count, short
from heatbrush_core.evidence import premises
from heatbrush_core.evidence.places import lines_with_cells
from heatbrush_core.maps.runs import Run, bands
from heatbrush_core.matrix.axes import AXES, AxisName, check_axis
from heatbrush_core.progress import Listening, Watch
from heatbrush_core.targets import Class, ScoreKind, Target

if TYPE_CHECKING:
    from heatbrush_core.inference.explaining import Explaining

Question = Literal["keeps", "changes"]
QUESTIONS: tuple[Question, ...] = ("keeps", "changes")
ROUNDING = 1e-6
"""What float32 may take off a part that is kept, so that all of x always keeps all of the score."""


@with_bar
def minimal_run(
    explainer: Explaining,
    x: ArrayLike,
    axis: AxisName = "columns",
    question: Question | None = None,
    target: Any = None,
    longest: int | None = None,
    keep: float | None = None,
    score: ScoreKind | None = None,
    *,
    valid: Any = None,
    given: Any = None,
    progress: Listening = None,
    cancel: threading.Event | None = None,
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
        matrix has it no longer. None is "changes", or where `keep` is given, no question of the
        class.
    target
        The class; None is the predicted one. Where `keep` alone is asked, any target.
    longest
        Lines of the longest run that is tried; None is all.
    keep
        A part such as 0.8: the run alone must keep that part of the score s,
        (s(only it) - s(baseline)) / (s(x) - s(baseline)) >= keep. With question="keeps" it must
        have the class as well.
    score
        Which score s of the target: "probability" (the default where the model has one), "logit" or
        "log_probability".
    valid
        Which cells of x exist, as in `Explainer.explain`; no run holds a line without any.
    given
        What the other inputs hold, as in `Explainer.explain`.
    progress, cancel
        As in `Explainer.explain`; `progress` counts runs, of all lengths up to the longest, which
        are the most that are tried.

    Returns
    -------
    Run or None
        Of the shortest length that has one, the run that does it with the largest score (or the
        smallest, for "changes"); its `score` is the sufficiency or the necessity, its `notes` say
        what hidden cells become, and what speaks against that. None where no run does it. Without
        `keep` also None for "keeps" where the baseline has the class already, so that it says
        nothing, and for "changes" where x has another class than the target. Where None may be due
        to the baseline, a warning says so.

    Raises
    ------
    ValueError
        In one sentence, for an unknown axis or question, a margin as target of a question, an
        impossible length, part or score, and for a part to keep where s(x) is not above
        s(baseline).
    Cancelled
        When `cancel` was set.
    """
    check_axis(axis)
    _check(question, keep)
    if question is None and keep is None:
        question = "changes"
    explainer, matrix = explainer.aiming(x, valid, target, given)
    aim = explainer.aim(matrix, target)
    _check_class(question, aim)
    lines = matrix.shape[AXES.index(axis)]
    some = lines_with_cells(AXES.index(axis), matrix.shape, explainer.exists)
    longest = count("longest", lines if longest is None else longest, lines, ", or None")
    alone, base, make = question != "changes", explainer.fill(matrix), bands(axis)
    start, other = (base, matrix) if alone else (matrix, base)
    ends = [explainer.exchanged(*pair, [])[0] for pair in ((start, other), (other, start))]
    before, after = explainer.scored(np.stack(ends), aim, score)
    watch = Watch(sum(lines - each for each in range(longest)), progress, cancel)
    least = -np.inf if keep is None else _least(keep, before, after, aim.label(explainer.classes))
    notes = premises.said(explainer, matrix, aim, watch=Watch(cancel=cancel))
    done = keep is None and bool(_has(explainer, ends[0][None], aim)[0]) == alone
    for length in range(1, 1 if done else longest + 1):
        regions = [
            make(a, a + length) for a in range(lines - length + 1) if some[a : a + length].all()
        ]
        if not regions:
            break
        outputs = explainer.exchanged(start, other, regions, watch)[1]
        # the sufficiency of what keeps the class or the score, the necessity of what changes it
        worth = (explainer.scored(outputs, aim, score) - before) * (1 if alone else -1)
        does = worth >= least
        if question is not None:
            does &= _has(explainer, outputs, aim) == alone
        if does.any():
            best = int(np.where(does, worth, -np.inf).argmax())
            run = Run(regions[best].bands, float(worth[best]), notes=notes)
            return run.named(*explainer.axes(matrix.shape, x))
    (doubts,) = premises.checked([explainer], matrix[None], [aim])  # which is known by now
    for doubt in doubts:
        # behind `with_bar` is who called
        warnings.warn(f"No run of {axis} does it. {doubt}", stacklevel=3)
    return None


def _least(keep: float, nothing: float, whole: float, target: str) -> float:
    """Take the sufficiency that keeps a part of what the score gains from the baseline to x."""
    if not whole > nothing:
        raise ValueError(
            f"keep is {short(keep)}, but the score of {target} is {whole:.3g} for x and "
            f"{nothing:.3g} for the baseline, where a gain is expected of which a part can be "
            "kept; give another target or score, or an Explainer with another baseline."
        )
    return (keep - ROUNDING) * (whole - nothing)


def _has(explainer: Explaining, outputs: NDArray[np.float64], aim: Target) -> NDArray[np.bool_]:
    """(N, units) outputs -> (N,) whether the class is the one that scores most."""
    predicted = [each.predicted for each in explainer.read(outputs)]
    return np.array(predicted) == aim.pair[0]


def _check(question: Any, keep: Any) -> None:
    if question is not None and not among(question, QUESTIONS):
        raise ValueError(
            f"question is {short(question)}, but 'keeps' or 'changes' is expected; give one."
        )
    if keep is None:
        return
    if isinstance(keep, bool) or not isinstance(keep, Real) or not 0 < float(keep) <= 1:
        raise ValueError(
            f"keep is {short(keep)}, but a number above 0 and at most 1 is expected; give one such "
            "as 0.8, or None."
        )
    if question == "changes":
        raise ValueError(
            f"question is 'changes' and keep is {short(keep)}, but what a run keeps is asked of "
            "the run alone; give question='keeps', or leave one of the two out."
        )


def _check_class(question: Question | None, aim: Target) -> None:
    if question is not None and not isinstance(aim, Class):
        raise ValueError(
            f"target is {aim!r}, but a class is expected, which a matrix has or has not; give one."
        )
