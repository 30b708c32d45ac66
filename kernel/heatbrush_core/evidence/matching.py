"""Matched matrices: like a given one, but without its evidence; a search is repeated on them.

A run that a map suggested has been chosen because it looked good, so its necessity cannot be
compared with that of any place. It can be compared with the best that the same search finds in
matrices that hold no evidence. Which matrices are that, is said here; where none are honest, None.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.checks import among, short, whole
from heatbrush_core.maps.search import NullChoice, Source
from heatbrush_core.matrix.axes import AxisName, TimeAxis
from heatbrush_core.matrix.rectangles import stretches
from heatbrush_core.matrix.validity import Mask

Matrices = NDArray[np.floating]
MOST = 100_000
"""Matched matrices, or other places, at the most."""
FEWEST = 19
"""Matched matrices below which no p at 5 % is attainable, so that none are given."""


class Copies:
    """M matrices without the evidence of one, each drawn when its turn comes.

    They are the same each time they are gone through. Together they would fill the memory, and
    nobody could stop while they are drawn.

    Parameters
    ----------
    x
        (H, W, C).
    make
        Draws one.
    count
        M.
    random
        What is drawn from, from where it stands now; it is left there.
    """

    def __init__(
        self,
        x: Matrices,
        make: Callable[[Matrices, np.random.Generator], Matrices],
        count: int,
        random: np.random.Generator,
    ) -> None:
        self._x, self._make, self._count = x, make, count
        self._random = copy.deepcopy(random)
        self.shape = (count, *x.shape)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Matrices]:
        random = copy.deepcopy(self._random)
        return (self._make(self._x, random) for _ in range(self._count))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Matrices:
        """Draw all."""
        return np.asarray(np.stack(list(self)), dtype)


class Matched(NamedTuple):
    """Where matrices without evidence come from, and (M, H, W, C) these.

    `exists` is (M, H, W), which of their cells count; None where they are those of x.
    """

    source: Source
    matrices: Matrices | Copies
    exists: Mask | None = None


def matched(
    x: Matrices,
    axis: AxisName,
    others: Matrices | None,
    count: int,
    random: np.random.Generator,
    null: NullChoice = "auto",
    time: TimeAxis = "columns",
    exists: Mask | None = None,
    counted: Mask | None = None,
) -> Matched | None:
    """Make or choose matrices without evidence that are otherwise like x.

    Parameters
    ----------
    x
        (H, W, C).
    axis
        What is searched, "rows" or "columns".
    others
        (N, H, W, C) background samples that the model takes for another class, or None.
    count
        How many at the most.
    random
        Chooses.
    null
        "background": of `others`, without repeats. "phases", for the axis that is time: x with the
        phases of each line along time drawn anew, so that events in time are gone, level and
        spectrum stay. "shifts": x with each line along time turned by itself, so that only how
        they are aligned is gone. "auto": the background where there are at least `FEWEST` of other
        classes, else phases for the axis that is time.
    time
        Which axis is time; with "none" there are no phases, and shifts are along the columns.
    exists
        (H, W) which cells of x exist; None are all. The others stay as they are, and the cells of
        a line that exist are drawn anew, or turned, as if they stood side by side.
    counted
        (N, H, W) which cells of the others count; None are those that x has.

    Returns
    -------
    Matched or None
        None for "auto" where nothing is honest: for an axis that is not time, such as sensors, as
        their levels are what tells one from the other.

    Raises
    ------
    ValueError
        In one sentence, for an unknown null, and for one that is not possible here.
    """
    candidates = 0 if others is None else len(others)
    enough = candidates >= FEWEST
    if isinstance(null, str) and null == "auto":  # an array equals no word
        if not enough and (axis != time or count < FEWEST):
            return None
        null = "background" if enough else "phases"
    else:
        _check(null, x, axis, candidates, count, time)
    if null == "background":
        assert others is not None
        which = random.permutation(candidates)[:count]
        return Matched(null, others[which], None if counted is None else counted[which])
    make = phase_randomised if null == "phases" else rows_shifted

    def made(x: Matrices, random: np.random.Generator) -> Matrices:
        if time == "rows":  # turned, so that time goes along the columns, and back
            turned = x.swapaxes(0, 1), None if exists is None else exists.T
            return _of_cells(make, *turned, random).swapaxes(0, 1)
        return _of_cells(make, x, exists, random)

    return Matched(null, Copies(x, made, count, random))


def _of_cells(
    make: Callable[[Matrices, np.random.Generator], Matrices],
    x: Matrices,
    exists: Mask | None,
    random: np.random.Generator,
) -> Matrices:
    """Make a copy of (H, W, C) x in which cells that do not exist are as they were.

    Rows that have the same cells are done together, so that a padded matrix is drawn as the one
    that is cut to its length.
    """
    if exists is None:
        return make(x, random)
    copy = x.copy()
    patterns, which = np.unique(exists, axis=0, return_inverse=True)
    for index, pattern in enumerate(patterns):
        if pattern.any():
            cells = np.ix_(which.ravel() == index, pattern)
            copy[cells] = make(x[cells], random)
    return copy


def about_gaps(source: Source, exists: Mask | None, time: TimeAxis) -> tuple[str, ...]:
    """Say how copies were made of lines that have gaps; nothing where none has any."""
    if exists is None:
        return ()
    lines = exists.T if time == "rows" else exists
    if all(len(stretches(line)) <= 1 for line in lines):
        return ()
    done = "phases were drawn anew" if source == "phases" else "they were turned"
    return (
        f"Where a {'column' if time == 'rows' else 'row'} has gaps, {done} over its cells that "
        "exist as if these stood side by side: the copies are less like the matrix around gaps.",
    )


def _check(
    null: NullChoice, x: Matrices, axis: AxisName, others: int, count: int, time: TimeAxis
) -> None:
    """Refuse a null that was insisted on and is unknown or not possible."""
    if not among(null, get_args(NullChoice)):
        names = ", ".join(map(repr, get_args(NullChoice)))
        raise ValueError(
            f"null is {short(null)}, but one of {names} is expected; give one of these."
        )
    if count < FEWEST:
        raise ValueError(
            f"controls is {count}, but null={short(null)} takes at least {FEWEST} matched "
            "matrices, as fewer cannot give a p of 5 %; give more."
        )
    if null == "background" and others < FEWEST:
        raise ValueError(
            f"null='background' was given, but the background has {others} matrices that the model "
            f"takes for another class, and at least {FEWEST} are expected; give the Explainer more "
            "with background=, or null='auto'."
        )
    if null == "phases" and time == "none":
        raise ValueError(
            "null='phases' was given, but phases are drawn anew along time, and the Explainer has "
            "time='none'; give null='background', null='auto', or an Explainer with time=."
        )
    if null == "phases" and axis != time:
        raise ValueError(
            f"null='phases' was given for {axis}, but it keeps the level of each {axis[:-1]}, "
            f"which tells one from the other, and is for {time}, which are time; give "
            "null='background', null='auto', or an Explainer with time=."
        )
    if null == "shifts" and min(x.shape[:2]) < 2:
        raise ValueError(
            f"null='shifts' was given for a matrix of {x.shape[0]} × {x.shape[1]}, but lines are "
            "shifted against each other, which takes two rows and two columns; give null='auto'."
        )


def check_controls(controls: int) -> int:
    """Refuse more controls than anybody could wait for; each repeats a whole search."""
    return whole("controls", controls, 0, MOST, f"a p of 1 in {MOST} is the smallest there can be")


def phase_randomised(x: Matrices, random: np.random.Generator) -> Matrices:
    """Draw the phases of each row and channel of (H, W, C) x anew; mean and spectrum stay.

    Source: Theiler et al. (1992), "Testing for nonlinearity in time series: the method of surrogate
    data", section 2.4.1.
    """
    width = x.shape[1]
    spectrum = np.fft.rfft(x, axis=1)
    phases = random.uniform(0, 2 * np.pi, spectrum.shape)
    # the mean has no phase, and at an even width the highest frequency only a sign
    phases[:, 0] = 0
    if width % 2 == 0:
        phases[:, -1] = np.pi * random.integers(0, 2, phases[:, -1].shape)
    turned = np.fft.irfft(spectrum * np.exp(1j * phases), width, axis=1)
    return turned.astype(x.dtype)


def rows_shifted(x: Matrices, random: np.random.Generator) -> Matrices:
    """Turn each row of (H, W, C) x circularly by an offset of its own, its channels together.

    What a row holds stays, and in which order, but for the seam; how rows are aligned is gone.
    """
    height, width = x.shape[:2]
    offsets = random.integers(width, size=(height, 1))
    turned = (np.arange(width) - offsets) % width
    return np.take_along_axis(x, turned[..., None], axis=1)
