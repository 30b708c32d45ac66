"""Ready specs: one planted run of columns or rows, two copies of it, or a shortcut beside it."""

from __future__ import annotations

from heatbrush_core.synthetic import shapes
from heatbrush_core.synthetic.grounds import Ground
from heatbrush_core.synthetic.shapes import Kind
from heatbrush_core.synthetic.spec import ClassSpec, Distractor, Evidence, Spec

FREQUENCIES: dict[Kind, shapes.Frequency] = {"oscillation": (0.15, 0.25), "chirp": (0.05, 0.35)}


def columns(
    kind: Kind = "bump",
    shape: tuple[int, int] = (16, 64),
    seed: int = 0,
    ground: Ground = "standard",
) -> Spec:
    """Make a spec of two classes: "planted" has one run of 8 to 12 columns, "nothing" none.

    The evidence is in a quarter to a half of the rows, its peak 2 to 3 standard deviations of the
    noise, which is white.

    Parameters
    ----------
    kind : {"bump", "chirp", "texture", "oscillation", "step"}
        The shape of the evidence. Default "bump".
    shape : (rows, columns)
        Default (16, 64); at least 12 columns, which the evidence has at most.
    seed : int
        Default 0.
    ground : {"standard", "middle", "counts", "decibels", "rows", "strokes", "channels"}
        What the matrices are made of, see `Spec`. Default "standard".
    """
    some = (max(1, shape[0] // 4), max(1, shape[0] // 2))
    evidence = _evidence(kind, some, (8, 12))
    return Spec(shape=shape, classes=_one_of_two(evidence), ground=ground, seed=seed)


def rows(
    kind: Kind = "bump",
    shape: tuple[int, int] = (64, 16),
    seed: int = 0,
    ground: Ground = "standard",
) -> Spec:
    """Make a spec as `columns` does, with one run of 8 to 12 rows over some of the columns."""
    some = (max(1, shape[1] // 4), max(1, shape[1] // 2))
    evidence = _evidence(kind, (8, 12), some)
    return Spec(shape=shape, classes=_one_of_two(evidence), ground=ground, seed=seed)


def redundant(kind: Kind = "bump", shape: tuple[int, int] = (16, 64), seed: int = 0) -> Spec:
    """Make a spec as `columns` does, with two copies of the evidence: either tells the class."""
    some = (max(1, shape[0] // 4), max(1, shape[0] // 2))
    evidence = _evidence(kind, some, (8, 12), copies=2)
    return Spec(shape=shape, classes=_one_of_two(evidence), seed=seed)


def shortcut(kind: Kind = "bump", shape: tuple[int, int] = (16, 64), seed: int = 0) -> Spec:
    """Make a spec as `columns` does, with a shortcut in the first 8 columns.

    It is a step of 4 to 6 columns and a peak of 4 in the first eighth of the rows, in 95 % of the
    training matrices of "planted" and 5 % of "nothing"; in the test split it is in half of either.
    The evidence stays out of its columns, so that at least 20 are needed.
    """
    spec = columns(kind, shape, seed)
    evidence = spec.classes[0].evidence[0]
    fields = {**evidence.model_dump(), "columns": (8, shape[1])}
    step = Distractor(
        kind="step",
        height=(1, max(1, shape[0] // 8)),
        width=(4, 6),
        amplitude=(4, 4),
        rows=(0, max(1, shape[0] // 8)),
        columns=(0, 8),
        correlation={"planted": 0.95, "nothing": 0.05},
    )
    return Spec(
        shape=shape, classes=_one_of_two(Evidence(**fields)), distractors=(step,), seed=seed
    )


def _evidence(
    kind: Kind, height: tuple[int, int], width: tuple[int, int], copies: int = 1
) -> Evidence:
    return Evidence(
        kind=kind,
        height=height,
        width=width,
        amplitude=(2, 3),
        count=(copies, copies),
        frequency=FREQUENCIES.get(kind),
    )


def _one_of_two(evidence: Evidence) -> tuple[ClassSpec, ClassSpec]:
    return ClassSpec(name="planted", evidence=(evidence,)), ClassSpec(name="nothing")
