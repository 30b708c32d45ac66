"""What is read of a map, or of several outputs: many small heads side by side.

Each cell has a head of its own, over its channels, so that its logit or its probability comes
first, and a mean or a maximum over cells after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.network.scores.heads import Head
from heatbrush_core.targets import Reading, ScoreKind


@dataclass(frozen=True, eq=False)
class Beside:
    """Whole outputs of a model, in which NumPy looks for something that may have moved.

    Attributes
    ----------
    shapes
        Of each output, for one matrix.
    left
        (values) -> (N,) what is left of it, where a value is (N, ...) of each output; None where it
        is not looked for.
    weight
        By which that counts.
    """

    shapes: tuple[tuple[int, ...], ...]
    left: Callable[[Sequence[NDArray[Any]]], NDArray[np.float64]] | None
    weight: float = 1.0

    @property
    def units(self) -> int:
        """The number of cells."""
        return sum(int(np.prod(shape)) for shape in self.shapes)

    def score(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """(N, units) cells -> (N,) scores."""
        assert self.left is not None
        ends = np.cumsum([int(np.prod(shape)) for shape in self.shapes])[:-1]
        parts = zip(np.split(z, ends, axis=1), self.shapes, strict=True)
        return self.weight * self.left([part.reshape(-1, *shape) for part, shape in parts])


@dataclass(frozen=True)
class Part:
    """Outputs that are read alike: `count` heads, one after the other.

    Attributes
    ----------
    head
        Of one of them.
    count
        How many there are.
    largest
        Whether only the largest of their scores counts, with the weight that all have.
    constant
        What is added to their score.
    beside
        Whole outputs that come after these, in which what they are of is looked for; None where
        it is taken to stay where it is.
    """

    head: Head
    count: int
    largest: bool = False
    constant: float = 0.0
    beside: Beside | None = None

    @property
    def own(self) -> int:
        """The number of outputs that have slopes."""
        return self.head.units * self.count

    @property
    def units(self) -> int:
        """The number of outputs, with those beside it."""
        return self.own + (0 if self.beside is None else self.beside.units)

    @property
    def follows(self) -> bool:
        """Whether it looks for something that may have moved."""
        return self.beside is not None and self.beside.left is not None

    @property
    def classes(self) -> int:
        """The number of scores."""
        return self.head.classes * self.count


@dataclass(frozen=True)
class Composed(Head):
    """Reads outputs part by part, each by a head of its own.

    Attributes
    ----------
    parts
        What is read, one after the other.
    """

    parts: tuple[Part, ...] = ()

    @property
    def two_sided(self) -> bool:
        """Never: each part is read by itself."""
        return False

    def logits(self, z: Any, xp: Any = np) -> Any:
        """(N, units) outputs -> (N, classes) logits."""
        return self.numbers(z, "logit", xp)

    def log_probabilities(self, z: Any, xp: Any = np) -> Any:
        """(N, units) outputs -> (N, classes) log probabilities, or values where none is."""
        return self.numbers(z, "log_probability", xp)

    def probabilities(self, z: Any, xp: Any = np) -> Any:
        """(N, units) outputs -> (N, classes) probabilities, or values where none is."""
        return self.numbers(z, "probability", xp)


@dataclass(frozen=True)
class Heads(Composed):
    """Reads outputs by several heads, none of which excludes another."""

    @classmethod
    def of(cls, parts: Sequence[Part]) -> Self:
        """Put them side by side."""
        readings = {part.head.reading for part in parts}
        reading: Reading = readings.pop() if len(readings) == 1 else "values"
        return cls(reading, sum(part.units for part in parts), parts=tuple(parts))

    @property
    def classes(self) -> int:
        """The number of scores."""
        return sum(part.classes for part in self.parts)

    @property
    def has_probabilities(self) -> bool:
        """Whether all parts can be read as probabilities."""
        return not self.follows and all(part.head.has_probabilities for part in self.parts)

    @property
    def follows(self) -> bool:
        """Whether any part looks for something that may have moved."""
        return any(part.follows for part in self.parts)

    def staying(self) -> Heads:
        """Read the same outputs, but everything where it was, as slopes need it."""
        parts = (
            part if part.beside is None else replace(part, beside=replace(part.beside, left=None))
            for part in self.parts
        )
        return replace(self, parts=tuple(parts))

    @property
    def of_probabilities(self) -> bool:
        """Whether any part holds probabilities."""
        return any(part.head.of_probabilities for part in self.parts)

    @property
    def is_linear(self) -> bool:
        """Whether the score is a weighted sum of outputs."""
        more = (part.largest or part.constant or part.follows for part in self.parts)
        return not self.of_probabilities and not any(more)

    def numbers(self, z: Any, kind: ScoreKind, xp: Any = np) -> Any:
        """(N, units) outputs -> (N, classes) scores of a kind."""
        found = []
        for part, units, _ in self._each():
            cells = xp.reshape(z[..., units], (-1, part.count, part.head.units))
            numbers = part.head.numbers(cells, kind, xp)
            found.append(xp.reshape(numbers, (-1, part.classes)))
        return found[0] if len(found) == 1 else xp.concatenate(found, axis=-1)

    def score(self, z: Any, weights: Any, kind: ScoreKind, xp: Any = np) -> Any:
        """(N, units) outputs -> (N,) scores, of each part the sum or the largest.

        What may have moved is looked for in NumPy alone: elsewhere it is where it was.
        """
        numbers = self.numbers(z, kind, xp)
        total: Any = 0.0
        for part, units, classes in self._each():
            n, w = numbers[..., classes], weights[..., classes]
            nothing = xp.zeros_like(n)
            if part.follows and part.beside is not None and xp is np:
                total = total + part.beside.score(z[:, units.stop : units.stop + part.beside.units])
                continue
            total = total + part.constant
            if part.largest:
                most = xp.max(xp.where(w == 0, nothing - np.inf, n), axis=-1)
                count = xp.sum(xp.where(w == 0, nothing, nothing + 1), axis=-1)
                total = total + most * xp.sum(w, axis=-1) / count
            else:
                total = total + xp.sum(xp.where(w == 0, nothing, n) * w, axis=-1)
        return total

    def mean_slope(self, z0: Any, z: Any, weights: Any, xp: Any) -> Any:
        """Share the difference of two scores out: (N, units) slopes from outputs z0 to z.

        A sum has its weights. The largest has changed by what the cell that is the largest at the
        higher end has won, or lost, after DeepLIFT's rule for max pooling.
        """
        found = []
        for part, units, classes in self._each():
            w = weights[..., classes]
            found.append(_of_largest(z0[..., units], z[..., units], w, xp) if part.largest else w)
            if part.beside is not None:
                found.append(xp.zeros_like(z[..., units.stop : units.stop + part.beside.units]))
        return found[0] if len(found) == 1 else xp.concatenate(found, axis=-1)

    def _each(self) -> Iterator[tuple[Part, slice, slice]]:
        """Tell which outputs and which scores are those of each part."""
        units = classes = 0
        for part in self.parts:
            yield (
                part,
                slice(units, units + part.own),
                slice(classes, classes + part.classes),
            )
            units, classes = units + part.units, classes + part.classes


def _of_largest(z0: Any, z: Any, weights: Any, xp: Any) -> Any:
    """(N, n) slopes of the largest of the cells that have a weight, from z0 to z."""
    nothing = xp.zeros_like(z)
    before, after = (xp.where(weights == 0, nothing - np.inf, each) for each in (z0, z))
    low, high = (xp.max(each, axis=-1, keepdims=True) for each in (before, after))
    rises = high >= low
    at = xp.where(rises[:, 0], xp.argmax(after, axis=-1), xp.argmax(before, axis=-1))
    moved = xp.take_along_axis(z - z0, at[:, None], axis=-1)
    share = (high - low) / xp.where(moved == 0, moved + 1, moved)
    return xp.one_hot(at, z.shape[-1], dtype=z.dtype) * share * weights


class Reads(NamedTuple):
    """Which numbers of a source are read, how, and what each of their scores weighs."""

    cells: NDArray[np.intp]
    part: Part
    weights: NDArray[np.float64]


def of_cells(
    reading: Reading,
    channels: int,
    cells: NDArray[np.intp],
    weights: NDArray[np.float64],
    largest: bool = False,
    rivals: NDArray[np.intp] | None = None,
) -> Reads:
    """Read cells of a map, whose numbers have the channels last.

    The channels of a softmax exclude each other, so that all of a cell are read for one of them;
    `rivals` are the (k, m) cells that do so where these are not all channels.
    """
    if rivals is not None and reading == "softmax":
        mine = rivals == cells[:, None]
        part = Part(Head(reading, rivals.shape[1], of_cell=True), len(cells), largest)
        return Reads(rivals.ravel(), part, (mine * weights[:, None]).ravel())
    if reading != "softmax":
        return Reads(cells, Part(Head(reading, 1, of_cell=True), len(cells), largest), weights)
    places, which = np.unique(cells // channels, return_inverse=True)
    spread = np.zeros((len(places), channels))
    np.add.at(spread, (which, cells % channels), weights)
    every = (places[:, None] * channels + np.arange(channels)).ravel()
    part = Part(Head(reading, channels, of_cell=True), len(places), largest)
    return Reads(every, part, spread.ravel())


def of_whole(reading: Reading, shape: Sequence[int]) -> Heads:
    """Read all cells of a map, as it is returned for one matrix."""
    cells = int(np.prod(shape))
    channels = shape[-1] if reading == "softmax" else 1
    return Heads.of([Part(Head(reading, channels, of_cell=True), cells // channels)])
