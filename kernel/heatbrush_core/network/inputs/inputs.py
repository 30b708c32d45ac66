"""The inputs of a model with several: the matrix, and the others, which are held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.checks import hint, listed, short

Name = str | int
"""An input is named, or counted where a model takes a list."""
Values = Mapping[Name, NDArray[Any]]
"""By input, (1, ...) what it holds."""


class Spec(NamedTuple):
    """What is known of a held input: the shape of one value, and whether it takes whole numbers."""

    shape: tuple[int | None, ...]
    is_whole: bool


class Inputs:
    """The inputs of a function, or of a model that does not show them.

    Parameters
    ----------
    matrix
        The name of the matrix, or its place in a list.
    specs
        What is known of the others; None where only what is given tells which there are.
    note
        What was chosen, as a sentence.

    Attributes
    ----------
    values
        What the others hold just now.
    """

    def __init__(
        self, matrix: Name, specs: Mapping[Name, Spec] | None = None, note: str = ""
    ) -> None:
        self.matrix, self.note = matrix, note
        self.specs = None if specs is None else dict(specs)
        self.values: Values = {}

    def again(self) -> Inputs:
        """Make the same for another model that takes the same."""
        return Inputs(self.matrix, self.specs, self.note)

    def put(self, values: Values) -> None:
        """Hold these values from now on."""
        self.values = values

    def arguments(self, X: NDArray[Any]) -> Any:
        """Put (N, H, W, C) matrices among the held inputs, each repeated N times."""
        held = {name: np.repeat(each, len(X), axis=0) for name, each in self.values.items()}
        return named_or_listed(self.matrix, X, held)


def named_or_listed(matrix: Name, X: Any, held: Mapping[Name, Any]) -> Any:
    """Make the dict that a model takes, or the list where inputs are counted."""
    every = {matrix: X, **held}
    return [every[i] for i in range(len(every))] if isinstance(matrix, int) else every


def chosen(
    names: Sequence[str],
    shapes: Sequence[tuple[int | None, ...]],
    wanted: Any,
    subject: str,
) -> tuple[int, str]:
    """Find which of a model's inputs is the matrix; say it where that was not given.

    Raises
    ------
    ValueError
        In one sentence, for no such input, and where several may be the matrix.
    """
    every = listed([f"{n!r} {s}" for n, s in zip(names, shapes, strict=True)])
    model = f"{subject[:1].lower()}{subject[1:]}"
    if wanted is not None:
        number = wanted if isinstance(wanted, int) and not isinstance(wanted, bool) else None
        if number is not None and 0 <= number < len(names):
            return number, ""
        if wanted in names:
            return names.index(wanted), ""
        raise ValueError(
            f"input is {short(wanted)}, but {model} takes {every}; "
            f"{hint(wanted, names, 'give the name of the one that is the matrix.')}"
        )
    if len(names) == 1:
        return 0, ""
    fit = [i for i, shape in enumerate(shapes) if len(shape) in (2, 3)]
    if len(fit) != 1:
        many = "none of which is" if not fit else "several of which may be"
        raise ValueError(
            f"{subject} takes {every}, {many} a matrix; say which is meant, such as "
            f"input={names[fit[0] if fit else 0]!r}."
        )
    (only,) = fit
    return only, (
        f"Of the inputs {listed([*map(repr, names)])}, {names[only]!r} is taken for the matrix, as "
        "no other has rows and columns; the others are held."
    )


class HoldingLock:
    """The lock of an explainer whose question holds some inputs: taken, it puts them in.

    Whatever asks the model takes the lock before, so that no batch is computed with the values of
    another question.

    Parameters
    ----------
    base
        The lock that all questions to this model share.
    inputs
        Where the values are put.
    values
        What is held.
    """

    def __init__(self, base: Any, inputs: Inputs, values: Values) -> None:
        self.base = getattr(base, "base", base)
        self.home = self.base.home
        self._inputs, self._values = inputs, values
        self._before: list[Values] = []  # touched only while the lock is held

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Take the lock, and put the values in."""
        taken = bool(self.base.acquire(blocking, timeout))
        if taken:
            self._before.append(self._inputs.values)
            self._put(self._values)
        return taken

    def release(self) -> None:
        """Put back what was held before, and give the lock back."""
        self._put(self._before.pop())
        self.base.release()

    def _put(self, values: Values) -> None:
        # nothing was held before the first question, and what is held may stay then
        if values and values is not self._inputs.values:
            self._inputs.put(values)

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *error: Any) -> None:
        self.release()
