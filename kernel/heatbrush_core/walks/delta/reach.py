"""Along one axis: which cells of a layer's output may change with a stretch of its input."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.intp]
NOTHING = -1
"""Read where there is no cell: padding."""


class Span(NamedTuple):
    """N stretches of one axis, one per window, all of one size and all inside the axis.

    Attributes
    ----------
    starts
        (N,) first cell of each.
    size
        Indices of each, at least 1.
    """

    starts: Indices
    size: int

    @classmethod
    def whole(cls, count: int, size: int) -> Self:
        """Take the whole axis for each window."""
        return cls(np.zeros(count, np.intp), size)

    @classmethod
    def fitted(cls, first: Indices, last: Indices, size: int) -> Self:
        """Cover first..last, inclusive, in an axis of some size; one at an edge is moved inwards.

        A stretch larger than it need be is right too: what did not change is computed again.
        """
        first, last = np.maximum(first, 0), np.minimum(last, size - 1)
        length = int(np.clip((last - first).max(initial=0) + 1, 1, size))
        return cls(np.clip(first, 0, size - length), length)

    def within(self, low: int, high: int) -> Span:
        """Leave out what lies beyond low..high; what lies there altogether is moved to its edge."""
        size = min(self.size, high - low)
        return Span(np.clip(self.starts, low, high - size), size)

    @property
    def last(self) -> Indices:
        """(N,) last cell of each."""
        return self.starts + self.size - 1

    @property
    def cells(self) -> Indices:
        """(N, size) numbers of the cells."""
        return self.starts[:, None] + np.arange(self.size)


class Reach(ABC):
    """How the output of a layer depends on its input, along one axis.

    `touched` goes forward with a change, `read` goes back from what must be computed to what that
    takes. Both may give more cells than they must, never fewer.
    """

    @abstractmethod
    def touched(self, changed: Span, size: int) -> Span:
        """Find the output cells, of an axis of `size`, that may change with the input's."""

    @abstractmethod
    def read(self, wanted: Span, size: int) -> Indices:
        """(N, n) input cells, of an axis of `size`, that make the wanted output; -1 for padding."""

    def describe(self) -> str:
        """Name it for the report."""
        return type(self).__name__.lower()


@dataclass(frozen=True)
class Same(Reach):
    """Each cell makes the one in its place."""

    def touched(self, changed: Span, size: int) -> Span:
        """Find the same cells."""
        return changed

    def read(self, wanted: Span, size: int) -> Indices:
        """Take the same cells."""
        return wanted.cells

    def describe(self) -> str:
        """Name it for the report."""
        return "cell by cell"


@dataclass(frozen=True)
class Whole(Reach):
    """Every cell may make every other."""

    def touched(self, changed: Span, size: int) -> Span:
        """Find all cells."""
        return Span.whole(len(changed.starts), size)

    def read(self, wanted: Span, size: int) -> Indices:
        """Take all cells."""
        return Span.whole(len(wanted.starts), size).cells


@dataclass(frozen=True)
class Picked(Reach):
    """Cells low..high, without the last, are read, and make what has no such axis any more."""

    low: int
    high: int

    def touched(self, changed: Span, size: int) -> Span:
        """Find all that is made."""
        return Span.whole(len(changed.starts), size)

    def read(self, wanted: Span, size: int) -> Indices:
        """Take these cells."""
        cells = np.arange(self.low, self.high)
        return np.broadcast_to(cells, (len(wanted.starts), len(cells)))


@dataclass(frozen=True)
class Window(Reach):
    """A window of `size` cells is moved by `stride`: a convolution or a pooling.

    Attributes
    ----------
    before
        Indices of padding in front of the axis.
    input_dilation
        Steps from input cell to input cell, with zeros between (> 1 for transposed convolutions).
    """

    size: int
    stride: int = 1
    before: int = 0
    input_dilation: int = 1

    def touched(self, changed: Span, size: int) -> Span:
        """Find all windows that reach into the changed cells."""
        first, last = changed.starts * self.input_dilation, changed.last * self.input_dilation
        # window k covers k * stride - before and the size - 1 cells behind; the first that reaches
        # `first` is the smallest k for which that is enough: a division rounded up, as -(-a // b)
        return Span.fitted(
            -((self.size - 1 - self.before - first) // self.stride),
            (last + self.before) // self.stride,
            size,
        )

    def read(self, wanted: Span, size: int) -> Indices:
        """Take the windows of the wanted cells, one after the other without gaps."""
        count = (wanted.size - 1) * self.stride + self.size
        cells = (wanted.starts * self.stride - self.before)[:, None] + np.arange(count)
        # the zeros between dilated cells are read like padding
        cells = np.where(cells % self.input_dilation == 0, cells // self.input_dilation, NOTHING)
        return np.where((cells >= 0) & (cells < size), cells, NOTHING)


@dataclass(frozen=True, eq=False)
class Moved(Reach):
    """Each output cell is a copy of one input cell, or nothing: padding, cropping, upsampling.

    Attributes
    ----------
    source
        (output cells,) the input cell that each copies, -1 for none.
    size
        Indices of the input.
    """

    source: Indices
    size: int

    def touched(self, changed: Span, size: int) -> Span:
        """Find the stretch from the first to the last copy of a changed cell."""
        first, last = copies(self.source, self.source + 1, self.size)
        return Span.fitted(first[changed.cells].min(1), last[changed.cells].max(1), size)

    def read(self, wanted: Span, size: int) -> Indices:
        """Take what the wanted cells copy."""
        return self.source[wanted.cells]

    def describe(self) -> str:
        """Name it for the report."""
        return "moved"


@dataclass(frozen=True, eq=False)
class Cropped(Reach):
    """Each output cell depends on a stretch of cells, but the layer must be run as a whole.

    Its weights belong to places, or it interpolates. It is run on the whole axis, and what the
    change cannot reach is cut off again.

    Attributes
    ----------
    first, last
        (input cells,) the first and the last output cell that each input cell reaches.
    """

    first: Indices
    last: Indices

    @classmethod
    def in_place(cls, size: int) -> Self:
        """Make that of a layer whose cells reach the ones in their places only."""
        return cls(np.arange(size), np.arange(size))

    def touched(self, changed: Span, size: int) -> Span:
        """Find what the changed cells reach."""
        return Span.fitted(self.first[changed.cells].min(1), self.last[changed.cells].max(1), size)

    def read(self, wanted: Span, size: int) -> Indices:
        """Take all cells."""
        return Span.whole(len(wanted.starts), size).cells

    def describe(self) -> str:
        """Name it for the report."""
        return "run whole, then cut"


Reaches = tuple[Reach, Reach]
"""Along rows and along columns."""
WHOLE: Reaches = (Whole(), Whole())
"""Of a node about which nothing is known."""


def copies(low: Indices, high: Indices, size: int) -> tuple[Indices, Indices]:
    """Turn what each output cell reads, low to high, into what each of `size` inputs reaches.

    Returns
    -------
    first, last
        (size,) each; where nothing is reached, the first is beyond the axis and the last before it.
    """
    count = len(low)
    first, last = np.full(size, count, np.intp), np.full(size, -1, np.intp)
    for output, (start, stop) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        if start >= 0:
            first[start:stop] = np.minimum(first[start:stop], output)
            last[start:stop] = output
    return first, last
