"""Labelled matrices whose evidence is known, as it was planted: drawn from a spec and a seed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.checks import among, index, short
from heatbrush_core.holding import check_held
from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.matrix.rectangles import Rectangle
from heatbrush_core.synthetic import grounds, shapes
from heatbrush_core.synthetic.shapes import Kind
from heatbrush_core.synthetic.spec import Distractor, Pattern, Spec

Split = Literal["train", "test"]

TRIES = 100
"""Arrangements of a crowded matrix before it is called impossible."""


@dataclass(frozen=True)
class Instance:
    """A pattern where it was planted.

    Attributes
    ----------
    kind
        Its shape.
    rows, columns
        Half-open ranges of indices.
    amplitude
        Its largest absolute value, with the sign it was drawn with.
    is_distractor
        Whether it carries nothing.
    """

    kind: Kind
    rows: tuple[int, int]
    columns: tuple[int, int]
    amplitude: float
    is_distractor: bool


@dataclass(frozen=True, eq=False)
class Samples:
    """Matrices, what they are, and which of their cells make them so.

    Attributes
    ----------
    X
        (N, H, W, C) float32; C is 2 on a ground of two channels, else 1.
    y
        (N,) integer labels, indices into the classes of the spec.
    truth
        (N, H, W) bool, the cells of the evidence of the sample's class, all of each instance's
        rectangle; none for a class without evidence.
    distractors
        (N, H, W) bool, the cells of distractors.
    instances
        For each sample, what was planted: its evidence first, then its distractors.
    """

    X: NDArray[np.float32]
    y: NDArray[np.int64]
    truth: NDArray[np.bool_]
    distractors: NDArray[np.bool_]
    instances: tuple[tuple[Instance, ...], ...]


def draw(spec: Spec, count: int, split: Split = "train") -> Samples:
    """Draw labelled matrices from a spec.

    Sample i is the same however many are drawn, and the classes are balanced up to one. Evidence,
    distractors and noise have their own chance: a spec without its distractors, or with less noise,
    makes the same matrices but for that. The two splits share no sample.

    Instances in one matrix do not overlap, though they may touch. Their number is drawn first; then
    sizes and places are drawn together, and all anew where one finds no room, so that where it is
    crowded instances are smaller than the middle of their range, on average.

    Parameters
    ----------
    spec : Spec
        What to draw.
    count : int
        Number of matrices, at least 1.
    split : {"train", "test"}
        In "test", distractors no longer tell the class. Default "train".

    Returns
    -------
    Samples

    Raises
    ------
    ValueError
        One sentence, if count or split is impossible, or instances find no room.

    Notes
    -----
    The same spec gives the same bits with the same release of NumPy and heatbrush on the same kind
    of processor; elsewhere sines and exponentials may be rounded otherwise in the last bit.
    """
    if (index(count) or 0) < 1:
        raise ValueError(
            f"Got count={short(count)}, but a whole number of matrices is expected; give 1 or more."
        )
    if not among(split, get_args(Split)):
        raise ValueError(f'Got split={short(split)}, but "train" or "test" is expected; give one.')
    cells = int(np.prod([float(n) for n in spec.shape]))
    # numbers, two masks, and a generator for each matrix
    needed = count * (cells * (4.0 * grounds.channels(spec.ground) + 2) + 2000)
    check_held(f"count={short(count)} of {spec.shape}", needed, "draw fewer, or smaller ones")
    *streams, of_rows = np.random.default_rng(spec.seed).spawn(3)
    order, each = streams[get_args(Split).index(split)].spawn(2)
    units = grounds.RowUnits.draw(spec.shape[0], of_rows)
    y = _labels(len(spec.classes), count, order)
    X = np.zeros((count, *spec.shape, grounds.channels(spec.ground)), np.float32)
    truth, distractors = np.zeros((2, count, *spec.shape), bool)
    instances = []
    for number, random in enumerate(each.spawn(count)):
        X[number], planted = _sample(spec, int(y[number]), split, units, random)
        for one in planted:
            mask = distractors if one.is_distractor else truth
            mask[number, slice(*one.rows), slice(*one.columns)] = True
        instances.append(tuple(planted))
    return Samples(X, y, truth, distractors, tuple(instances))


def _labels(classes: int, count: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Go through all classes once, in a random order, and again, as long as need be."""
    rounds = [random.permutation(classes) for _ in range(-(-count // classes))]
    return np.concatenate(rounds)[:count].astype(np.int64)


def _sample(
    spec: Spec, label: int, split: Split, units: grounds.RowUnits, random: np.random.Generator
) -> tuple[Floats, list[Instance]]:
    """One (H, W, C) matrix, and what was planted in it."""
    of_class, of_no_class, around, of_ground = random.spawn(4)
    matrix = np.zeros(spec.shape)
    planted: list[Instance] = []
    carried = [
        distractor
        for distractor in spec.distractors
        if of_no_class.random() < _probability(distractor, spec, label, split)
    ]
    for patterns, chance in ((spec.classes[label].evidence, of_class), (carried, of_no_class)):
        for pattern, place in _arranged(patterns, spec, planted, chance):
            planted.append(_planted(matrix, pattern, place, chance))
    each = [matrix + _noise(spec, around) for _ in range(grounds.channels(spec.ground))]
    return grounds.lay(spec.ground, np.stack(each), units, of_ground), planted


def _noise(spec: Spec, random: np.random.Generator) -> Floats:
    if not spec.noise.standard_deviation:
        return np.zeros(spec.shape)
    lengths = (spec.noise.correlation_rows, spec.noise.correlation_columns)
    return spec.noise.standard_deviation * shapes.noise(spec.shape, lengths, random)


def _probability(distractor: Distractor, spec: Spec, label: int, split: Split) -> float:
    each = [distractor.correlation.get(one.name, 0.0) for one in spec.classes]
    return each[label] if split == "train" else sum(each) / len(each)


def _planted(
    matrix: Floats, pattern: Pattern, place: Rectangle, random: np.random.Generator
) -> Instance:
    """Add an instance to the matrix, in place."""
    r0, r1, c0, c1 = place
    amplitude = float(random.uniform(*pattern.amplitude))
    size = (r1 - r0, c1 - c0)
    matrix[r0:r1, c0:c1] += amplitude * shapes.pattern(
        pattern.kind, size, pattern.frequency, random
    )
    return Instance(pattern.kind, (r0, r1), (c0, c1), amplitude, isinstance(pattern, Distractor))


def _arranged(
    patterns: Iterable[Pattern],
    spec: Spec,
    planted: Iterable[Instance],
    random: np.random.Generator,
) -> list[tuple[Pattern, Rectangle]]:
    """Find sizes and places for all instances of some patterns, beside those that are there."""
    wanted = [
        pattern
        for pattern in patterns
        for _ in range(random.integers(*pattern.count, endpoint=True))
    ]
    taken = [(*one.rows, *one.columns) for one in planted]
    for _ in range(TRIES):
        places = list(taken)
        for pattern in wanted:
            place = _place(pattern, spec.shape, places, random)
            if place is None:
                break
            places.append(place)
        else:
            return list(zip(wanted, places[len(taken) :], strict=True))
    raise ValueError(
        f"Got a spec that plants {len(wanted) + len(taken)} instances in one "
        f"{spec.shape[0]} × {spec.shape[1]} matrix, but in {TRIES} tries they found no room "
        "without overlap; lower counts or sizes, or open more rows and columns to them."
    )


def _place(
    pattern: Pattern, shape: tuple[int, int], taken: list[Rectangle], random: np.random.Generator
) -> Rectangle | None:
    """Draw a size, then one of all places where it overlaps nothing; None if there is none."""
    height, width = (
        int(random.integers(*size, endpoint=True)) for size in (pattern.height, pattern.width)
    )
    top, bottom = pattern.rows or (0, shape[0])
    left, right = pattern.columns or (0, shape[1])
    free = np.ones((bottom - top - height + 1, right - left - width + 1), bool)
    for r0, r1, c0, c1 in taken:
        rows = slice(max(r0 - height + 1 - top, 0), max(r1 - top, 0))
        columns = slice(max(c0 - width + 1 - left, 0), max(c1 - left, 0))
        free[rows, columns] = False
    places = np.flatnonzero(free)
    if not len(places):
        return None
    row, column = divmod(int(places[random.integers(len(places))]), free.shape[1])
    return top + row, top + row + height, left + column, left + column + width
