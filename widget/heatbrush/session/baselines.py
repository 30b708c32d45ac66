"""What hidden cells become in one view: the baselines that were chosen, by number."""

from __future__ import annotations

import threading
from numbers import Real
from typing import Any

from numpy.typing import NDArray

from heatbrush_core import Explainer
from heatbrush_core.checks import index, short


class Baselines:
    """The baselines of a view; the explainer that it was made from keeps its own.

    A word is fixed by the first matrix, for all of them: matrices of one shape have the same.

    Parameters
    ----------
    explainer
        Its own baseline is number 0.
    x
        (H, W, C), one of the matrices.
    """

    def __init__(self, explainer: Explainer, x: NDArray[Any]) -> None:
        self._explainer, self._x = explainer, x
        self._specs: list[Any] = [explainer.word(x)]
        self._twins: dict[int, Explainer] = {}
        # a baseline may be set in Python while the worker numbers those of the table
        self._numbering = threading.Lock()

    def __len__(self) -> int:
        return len(self._specs)

    def number(self, given: Any) -> int:
        """Return the number of a baseline, a new one where it was not chosen before.

        Raises
        ------
        TypeError, ValueError
            For what is no baseline of these matrices.
        """
        spec = self._explainer.word(self._x, given)
        with self._numbering:
            for number, known in enumerate(self._specs):
                if _same(known, spec):
                    return number
            # what cannot be made is refused before anything is asked with it
            self._explainer.with_baseline(spec).fill(self._x)
            self._specs.append(spec)
            return len(self._specs) - 1

    def known(self, spec: Any) -> int | None:
        """Return the number of a baseline that was chosen before; None where it was not."""
        return next((n for n, known in enumerate(self._specs) if _same(known, spec)), None)

    def clear(self) -> None:
        """Forget all: where there is no model, the explainer's own says nothing."""
        self._specs.clear()

    def adopt(self, spec: Any) -> int:
        """Give a number to a baseline that was made, and checked, where it was chosen."""
        number = self.known(spec)
        if number is None:
            self._specs.append(spec)
            return len(self._specs) - 1
        return number

    def spec(self, number: int) -> Any:
        """Return a baseline: its word, never "auto", or its value."""
        return self._specs[number]

    def checked(self, number: Any) -> int:
        """Refuse a number that no baseline has."""
        known = index(number)
        if known is None or not 0 <= known < len(self):
            raise ValueError(
                f"Baseline {short(number)} was asked for, but this view knows {len(self)}; "
                "choose one from the table of baselines."
            )
        return known

    def explainer(self, number: int) -> Explainer:
        """Return the explainer with a baseline of the view; the same one while nothing changes."""
        base, spec = self._explainer, self._specs[number]
        if _same(base.baseline, spec):
            return base
        twin = self._twins.get(number)
        # typical matrices may be given later
        if twin is None or twin.background is not base.background:
            twin = self._twins[number] = base.with_baseline(spec)
        return twin


def _same(one: Any, other: Any) -> bool:
    """Tell whether two baselines are one; arrays and functions only where they are one object."""
    if isinstance(one, str) and isinstance(other, str):
        return one == other
    if isinstance(one, Real) and isinstance(other, Real):
        return bool(one == other or (one != one and other != other))  # NaN is one baseline, too
    return one is other
