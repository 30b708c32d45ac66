"""What is wrong with boxes: the six kinds of error of TIDE, and what each costs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from heatbrush_core.checks import short
from heatbrush_core.detection.boxes import best_first, overlaps
from heatbrush_core.detection.precision import MOST, interpolated
from heatbrush_core.detection.tables import Both, of_sample, read_both
from heatbrush_core.matrix.arrays import Floats

if TYPE_CHECKING:
    import pandas as pd

KINDS: Final = {
    "class": "at the place of a true box, but of another class",
    "place": "of the right class, but overlaps its true box too little",
    "both": "neither the right class nor the right place",
    "duplicate": "a true box that a better one found already",
    "background": "where nothing is",
    "missed": "a true box that no box found or nearly found",
}
"""The kinds of error, in the order of the source, in words."""

HUNDREDTHS = np.arange(101) / 100
"""Where TIDE reads the curve of precision: a rounding away from where COCO does."""


@dataclass(eq=False)
class _Fault:
    """One error: the box that is wrong (None where one is missed), and the true box it is about."""

    kind: str
    box: int | None
    truth: int | None = None
    mended: bool = False
    """Whether mending it makes the box a right one: at most one per true box, the best."""


@dataclass(eq=False)
class _Judged:
    """All boxes in the order in which they were looked at, which are right, and what is wrong."""

    both: Both
    order: list[int] = field(default_factory=list)
    right: set[int] = field(default_factory=set)
    faults: list[_Fault] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Errors:
    """What is wrong with boxes.

    Attributes
    ----------
    table
        A row per kind: kind, meaning, count, and cost, which is how much the average precision
        would rise if all errors of this kind were mended.
    boxes
        A row per box that is wrong: sample, box (its index in the table of that sample), kind,
        and `by`, what it was told apart by. A missed true box has none of these and is not in it.
    average_precision
        With all errors, at the one overlap.
    """

    table: pd.DataFrame
    boxes: pd.DataFrame
    average_precision: float


def errors(
    found: Any, truth: Any, overlap: float = 0.5, background: float = 0.1, by: str | None = None
) -> Errors:
    """Tell the errors of boxes by their kinds, and what each kind costs.

    Each box that is wrong has one kind: "place" where it overlaps a true box of its class by
    `background` to `overlap`, "class" where it overlaps one of another class by `overlap` or more,
    "duplicate" where the true box has a better one, "background" where it overlaps none by more
    than `background`, else "both"; the first that holds, in this order. A true box that no box
    found, and that no error of class or place could be mended to, is "missed".

    Parameters
    ----------
    found, truth : list of DataFrame
        See `average_precision`. At most 100 boxes per sample count.
    overlap : float
        Intersection over union from which on a box is right. Default 0.5.
    background : float
        Up to which it lies on nothing. Default 0.1.
    by : str or None
        A column of found, such as "head", that the table of boxes repeats.

    Returns
    -------
    Errors

    Raises
    ------
    TypeError, ValueError
        If these are no tables of boxes, or the two overlaps are not in order.

    References
    ----------
    Bolya et al. (2020), TIDE: a general toolbox for identifying object detection errors, ECCV. As
    there, a class of which only false boxes are found counts with a precision of 0.
    """
    if not 0 <= background < overlap <= 1:
        raise ValueError(
            f"background is {short(background)} and overlap {short(overlap)}, but 0 <= background "
            "< overlap <= 1 is expected; give two such numbers."
        )
    import pandas as pd

    judged = judge(read_both(found, truth, by), overlap, background)
    whole = _precision(judged, None)
    counts = {kind: [each for each in judged.faults if each.kind == kind] for kind in KINDS}
    rows = [
        (kind, KINDS[kind], len(some), max(_precision(judged, kind) - whole, 0.0))
        for kind, some in counts.items()
    ]
    boxes = judged.both.found
    starts = np.searchsorted(boxes.sample, np.arange(judged.both.samples))
    wrong = [
        (sample := int(boxes.sample[i]), i - int(starts[sample]), each.kind, boxes.group[i])
        for each in judged.faults
        if (i := each.box) is not None
    ]
    return Errors(
        pd.DataFrame(rows, columns=["kind", "meaning", "count", "cost"]),
        pd.DataFrame(wrong, columns=["sample", "box", "kind", "by"]),
        whole,
    )


def judge(both: Both, overlap: float, background: float) -> _Judged:
    """Tell of each box whether it is right, and if not, why."""
    judged = _Judged(both)
    for sample in range(both.samples):
        mine, theirs = (
            np.arange(len(each.sample))[of_sample(each, sample)]
            for each in (both.found, both.truth)
        )
        mine = mine[best_first(both.found.score[mine])][:MOST]
        judged.order += mine.tolist()
        _Sample(judged, mine, theirs, overlap, background).look()
    return judged


class _Sample:
    """The boxes of one sample, and their overlaps."""

    def __init__(
        self, judged: _Judged, mine: Any, theirs: Any, overlap: float, background: float
    ) -> None:
        both = judged.both
        self.judged, self.mine, self.theirs = judged, mine, theirs
        self.overlap, self.background = overlap, background
        self.ious = overlaps(both.found.places[mine], both.truth.places[theirs])
        self.same = both.found.label[mine][:, None] == both.truth.label[theirs][None]
        self.taken = np.zeros(len(theirs), bool)

    def look(self) -> None:
        wrong = [number for number in range(len(self.mine)) if not self._right(number)]
        made = [self._fault(number) for number in wrong]
        mendable: dict[int, _Fault] = {}
        for fault in made:  # from the best score down, so that the first is the one to mend
            if fault.truth is not None:
                mendable.setdefault(fault.truth, fault).mended = True
        missed = [
            _Fault("missed", None, int(each))
            for each, taken in zip(self.theirs, self.taken, strict=True)
            if not taken and int(each) not in mendable
        ]
        self.judged.faults += [*made, *missed]

    def _right(self, number: int) -> bool:
        free = self.ious[number] * self.same[number] * ~self.taken
        if not free.size or free.max() < self.overlap:
            return False
        self.taken[free.argmax()] = True
        self.judged.right.add(int(self.mine[number]))
        return True

    def _fault(self, number: int) -> _Fault:
        box, ious, same = int(self.mine[number]), self.ious[number], self.same[number]
        if not ious.size:
            return _Fault("background", box)
        alike, other = ious * same, ious * ~same
        if self.background <= alike.max() <= self.overlap:
            return self._about("place", box, int(alike.argmax()))
        if other.max() >= self.overlap:
            return self._about("class", box, int(other.argmax()))
        if (alike * self.taken).max() >= self.overlap:
            return _Fault("duplicate", box)
        return _Fault("background" if ious.max() <= self.background else "both", box)

    def _about(self, kind: str, box: int, truth: int) -> _Fault:
        """Make an error about a true box, unless that is found already."""
        return _Fault(kind, box, None if self.taken[truth] else int(self.theirs[truth]))


def _precision(judged: _Judged, mend: str | None) -> float:
    """Return the mean average precision, with all errors of one kind mended."""
    found, truth = judged.both.found, judged.both.truth
    counts = np.bincount(truth.label, minlength=len(judged.both.classes))
    points: list[tuple[int, float, bool]] = []
    if mend is None:
        points = [(found.label[i], found.score[i], i in judged.right) for i in judged.order]
        return _mean(points, counts)
    for each in judged.faults:
        if each.kind == mend and each.box is None and each.truth is not None:
            counts[truth.label[each.truth]] -= 1
        elif each.box is not None and each.kind != mend:
            points.append((found.label[each.box], found.score[each.box], False))
        elif each.box is not None and each.truth is not None and each.mended:
            points.append((truth.label[each.truth], found.score[each.box], True))
    right = [i for i in judged.order if i in judged.right]
    points += [(found.label[i], found.score[i], True) for i in right]
    return _mean(points, counts)


def _mean(points: list[tuple[int, float, bool]], counts: Any) -> float:
    """Average over all classes of which there is a box, found or true."""
    of_class: dict[int, list[tuple[float, bool]]] = {}
    for label, score, hit in points:
        of_class.setdefault(label, []).append((score, hit))
    values = [
        _of_class(of_class.get(code, []), true)
        for code, true in enumerate(counts.tolist())
        if true or code in of_class
    ]
    return float(np.mean(values)) if values else float("nan")


def _of_class(points: list[tuple[float, bool]], true: int) -> float:
    if not true or not points:
        return 0.0
    scores: Floats = np.array([score for score, _ in points])
    right = np.array([hit for _, hit in points])[best_first(scores)].cumsum()
    return interpolated(right / np.arange(1, len(points) + 1), right / true, HUNDREDTHS)
