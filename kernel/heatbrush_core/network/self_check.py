"""A model held against itself: is it random, does it take batches, does its graph compute the same.

One matrix is not enough for the last: a mask, say, matters only where steps are hidden. So the
model is also asked about a few matrices made from the first, and about some of the background.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]
SAME = 1e-5
"""Of the largest score: two answers to the same question that differ by more are random."""
DRAWS = 8
"""How often a random model is asked about the same matrix."""


@dataclass(frozen=True, eq=False)
class Examples:
    """Matrices that a model should know, beside the one that is asked about.

    Attributes
    ----------
    background
        (N, H, W, C) typical matrices, or None.
    hidden
        Makes an (H, W, C) matrix of which a part is at the baseline; called only where it is used.
    """

    background: NDArray[np.floating] | None
    hidden: Callable[[], NDArray[np.floating]]

    def some(self) -> Iterator[NDArray[np.floating]]:
        """Give a few, in the order of importance."""
        yield self.hidden()
        if self.background is not None:
            yield from self.background[[0, -1]]


def apart(answers: Sequence[Scores]) -> float:
    """Find how far answers to the same question lie apart; 0 where that is only rounding."""
    stacked = np.stack(answers)
    known = np.isfinite(stacked).all(axis=0)  # a masked class has -inf each time
    if not (known | (stacked == stacked[0]).all(axis=0)).all():
        return np.inf
    furthest = float(np.ptp(np.where(known, stacked, 0), axis=0).max())
    return furthest if furthest > SAME * largest(answers[0]) else 0.0


def largest(scores: Scores) -> float:
    """Take the size of the largest score, of those that are finite."""
    return max(float(np.abs(scores[np.isfinite(scores)]).max(initial=0)), 1e-9)


def drawn(first: Scores, ask: Callable[[], Scores]) -> float:
    """Ask a question again, and often where the answer is another; how far they lie apart."""
    again = [first, ask()]
    return apart([*again, *(ask() for _ in range(DRAWS - 2))]) if apart(again) else 0.0


def apart_in_a_batch(
    x: NDArray[np.floating], alone: Scores, ask: Callable[[NDArray[np.floating]], Scores]
) -> float:
    """Find how far the scores of x beside another matrix lie from those of x alone.

    A layer with a fixed batch raises here, and one that mixes matrices gives other scores.
    """
    # the rows in reverse: another matrix of the same values, which may be codes
    return apart([alone[:1], ask(np.stack([x, x[::-1]]))[:1]])


def matrices(
    x: NDArray[np.floating], masked: Iterable[float], examples: Examples | None
) -> Iterator[NDArray[np.floating]]:
    """Make some six other matrices on which graph and model should agree.

    Parameters
    ----------
    x
        (H, W, C), the matrix of the first question.
    masked
        What stands for a step that does not count.
    examples
        What else to try.
    """
    noise = np.random.default_rng(0).normal(0, float(np.nanstd(x)) or 1.0, x.shape)
    yield (x + 0.3 * noise).astype(x.dtype)
    for value in masked:
        for part in (np.s_[-(len(x) // 3 or 1) :], np.s_[:, : x.shape[1] // 3 or 1]):
            hidden = x.copy()
            hidden[part] = value
            yield hidden
    for example in () if examples is None else examples.some():
        if example.shape == x.shape:
            yield example.astype(x.dtype)


# ------------------------------------------------------------------ in words


def random(name: str, apart: float) -> str:
    """Say that a model gives other scores each time."""
    return (
        f"{name} gives other scores for the same matrix (up to {apart:.2g} apart): dropout or "
        "noise is on at inference; a map shows one draw of it, and explain(..., repeats=20) "
        "averages over many."
    )


def given_up(name: str, apart: float | None) -> str:
    """Say that a graph is not used, and what is explained instead."""
    why = (
        "its graph cannot be run node by node"
        if apart is None
        else f"its graph gives other scores (up to {apart:.2g} apart)"
    )
    return (
        f"{name} is explained as a whole, from its scores and its gradient, as {why}; methods that "
        "go through the layers, such as lrp, deeplift and grad_cam, are left out, and occlusion "
        "computes whole matrices."
    )


def alone(name: str, why: str) -> str:
    """Say that a model is asked about one matrix at a time, and why."""
    return f"{name} is asked about one matrix at a time, which takes longer: {why}."


def stateful(name: str, layers: Sequence[str]) -> str:
    """Say that a model that keeps a state is explained without one."""
    return (
        f"{name} keeps a state from batch to batch ({', '.join(layers)}); each matrix is explained "
        "as the first of its sequence, as after a reset of the state."
    )
