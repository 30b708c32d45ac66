"""What a question holds: the inputs beside the matrix, the same for all compared."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.inference.asking import Asking
from heatbrush_core.network.inputs import reading
from heatbrush_core.network.inputs.inputs import HoldingLock, Inputs, Name, Values
from heatbrush_core.network.scores.heads import Objective
from heatbrush_core.progress import Watch

SHOWN = 6
"""Numbers of a held input that a sentence names."""


class Holding(Asking):
    """What asks a model of several inputs, all but the matrix of which are held.

    Attributes
    ----------
    given
        What is held, by input, each without an axis of samples; empty where the model takes a
        matrix alone.
    """

    held_values: Values
    # what stands for no value of each: of the background, where it has the input
    usual_values: Values

    @property
    def given(self) -> dict[Name, NDArray[Any]]:
        """What is held of the other inputs."""
        return {name: value[0] for name, value in self.held_values.items()}

    @property
    def held_key(self) -> bytes:
        """What is held, as something to know it again by."""
        return reading.digest(self.held_values)

    @property
    def inputs(self) -> Inputs | None:
        """Which of several inputs the matrix is; None where the model takes a matrix alone."""
        return self._network.inputs

    def holding(self, given: Any) -> Self:
        """Ask the same model with other values of its held inputs.

        Parameters
        ----------
        given
            A value for some of the inputs beside the matrix, by name, without an axis of samples;
            the others keep theirs. None keeps all.

        Returns
        -------
        Explainer
            The same but for these values; what is compiled stays shared.

        Raises
        ------
        TypeError, ValueError
            In one sentence, for an input that is not there, and a value that does not fit it.
        """
        if given is None:
            return self
        return self.with_held(reading.one(given, self.inputs, self.named, self._takes_nan))

    def holding_each(self, given: Any, count: int) -> list[Self]:
        """Ask the same model with other values for each of N matrices.

        `given` has an axis of samples. Those that hold the same are one explainer.
        """
        if given is None:
            return [self] * count
        rows = reading.each(given, count, self.inputs, self.named, self._takes_nan)
        known: dict[bytes, Self] = {}
        return [known.setdefault(reading.digest(row), self.with_held(row)) for row in rows]

    def held_slopes(self, x: NDArray[Any], objective: Objective) -> dict[Name, NDArray[Any] | None]:
        """Take the slope of the score of (H, W, C) x along each held input; none of a function."""
        with self.lock:
            return self._network.held_slopes(x, objective) if self.has_gradient else {}

    @property
    def has_gradient(self) -> bool:
        """Whether the score has a slope at all."""
        return "gradient" in self._network.offers

    def held_baseline(self, name: Name) -> NDArray[Any]:
        """Take what stands for no value of a held input: what is usual in the background, else 0.

        (1, ...) as the model is fed it.
        """
        usual, value = self.usual_values.get(name), self.held_values[name]
        return np.zeros_like(value) if usual is None else usual.astype(value.dtype)

    def with_held(self, values: Values) -> Self:
        """Hold some values, and the others as before."""
        if not values:
            return self
        twin = copy.copy(self)
        vars(twin)["held_values"] = {**self.held_values, **values}
        twin.lock_values()
        return twin

    def lock_values(self) -> None:
        """Have the lock put in what is held."""
        if self.inputs is not None:
            self.lock = HoldingLock(self.lock, self.inputs, self.held_values)

    def check_held(self) -> None:
        """Refuse a question that leaves a held input open."""
        if self.inputs is not None:
            reading.complete(self.held_values, self.inputs, self.named)

    @property
    def named(self) -> str:
        """The model inside a sentence, as in "the function f"."""
        name = self._network.name
        return name[:1].lower() + name[1:]

    @property
    def _takes_nan(self) -> bool:
        """Whether NaN may be fed."""
        return False


def held_at(asker: Holding) -> tuple[str, ...]:
    """Say what the inputs beside the matrix hold."""
    if not asker.held_values:
        return ()
    held = [f"{name!r} {_words(value)}" for name, value in asker.given.items()]
    return (f"Held beside the matrix, and hidden by nothing: {', '.join(held)}.",)


def _words(value: NDArray[Any]) -> str:
    """Write a value: its numbers where these are few, else its shape."""
    if value.size > SHOWN:
        return f"of shape {value.shape}"
    numbers = ", ".join(f"{each:.6g}" for each in value.ravel().tolist())
    return numbers if value.size == 1 else f"({numbers})"


def outputs_of_each(
    askers: Sequence[Holding],
    make: Callable[[slice], NDArray[Any]],
    watch: Watch | None = None,
) -> NDArray[np.float64]:
    """Take the outputs for N matrices, each with what its asker holds.

    Parameters
    ----------
    askers
        N of them, of the same model.
    make
        Makes some of the matrices, (N', H, W, C).
    watch
        Whom each matrix advances.

    Returns
    -------
    (N, units)
        Those that hold the same, one after the other, are asked together.
    """
    found, start = [], 0
    while start < len(askers):
        values, stop = askers[start].held_values, start + 1
        while stop < len(askers) and askers[stop].held_values is values:
            stop += 1
        first = start

        def some(which: slice, first: int = first) -> NDArray[Any]:
            return make(slice(first + which.start, first + which.stop))

        found.append(askers[start].outputs(stop - start, some, watch))
        start = stop
    return np.concatenate(found)


def together(askers: Sequence[Holding]) -> dict[Name, NDArray[Any]] | None:
    """Put what several askers hold together, with an axis of samples; None where nothing is."""
    names = askers[0].held_values
    held = [{name: each.held_values[name] for name in names} for each in askers]
    return {name: np.concatenate([each[name] for each in held]) for name in names} or None


def of_background(given: Mapping[Name, Any], inputs: Inputs | None, named: str) -> Values:
    """Find what is usual of each held input that a background has: its mean, or what is commonest.

    Of whole numbers, which may be categories, it is the one that is there most often.
    """
    if not given:
        return {}
    count = len(np.asarray(next(iter(given.values()))))
    rows = reading.each(given, count, inputs, named)
    found = {}
    for name in given:
        every = np.concatenate([row[name] for row in rows])
        if every.dtype.kind == "f":
            found[name] = every.mean(axis=0, keepdims=True)
            continue
        values, where, counts = np.unique(every, axis=0, return_index=True, return_counts=True)
        commonest = counts == counts.max()
        found[name] = values[commonest][[int(where[commonest].argmin())]]
    return found
