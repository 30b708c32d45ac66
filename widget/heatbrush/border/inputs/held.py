"""What the inputs beside the matrix hold for each sample of a view, and what that is worth."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush_core import Explainer
from heatbrush_core.targets import ScoreKind

MOST = 12
"""Lines of the list."""
KEPT = 16
"""Samples whose explainers are kept."""


class HeldInputs:
    """What is held beside each of N matrices.

    Parameters
    ----------
    given
        By input, with an axis of samples; None where what explainers hold serves all.
    """

    def __init__(self, given: dict[Any, NDArray[Any]] | None = None) -> None:
        self._given = given
        self._made: dict[tuple[int, int], tuple[Explainer, Explainer]] = {}

    def of(self, asker: Explainer, sample: int) -> Explainer:
        """Return an explainer with what is held for a sample; the same one while nothing changes.

        A model that takes a matrix alone is returned as it is.
        """
        if self._given is None or asker.inputs is None:
            return asker
        key = id(asker), sample
        known = self._made.get(key)
        if known is None or known[0] is not asker:
            values = {name: each[sample] for name, each in self._given.items()}
            known = asker, asker.holding(values)
            while len(self._made) >= KEPT:
                self._made.pop(next(iter(self._made)))
            self._made[key] = known
        return known[1]

    def row(self, sample: int) -> dict[Any, NDArray[Any]]:
        """Return what was given for a sample; nothing where what explainers hold serves all."""
        return {name: each[sample] for name, each in (self._given or {}).items()}

    def some(self, which: Any = slice(None)) -> dict[Any, NDArray[Any]] | None:
        """Return what some of the samples have, as calls that take X want it."""
        if self._given is None:
            return None
        return {name: each[which] for name, each in self._given.items()}


def read(asker: Explainer, given: Any, count: int, single: bool) -> HeldInputs:
    """Read what `compare` was given: a value for each sample, or one beside a single matrix.

    Raises
    ------
    TypeError, ValueError
        In one sentence, for what does not fit, and for a held input that is left open.
    """
    if given is None:
        asker.check_held()
        return HeldInputs()
    askers = [asker.holding(given)] if single and count == 1 else asker.holding_each(given, count)
    for each in askers:
        each.check_held()
    return HeldInputs({name: np.stack([e.given[name] for e in askers]) for name in askers[0].given})


def bars(asker: Explainer, x: ArrayLike, target: Any, valid: Any) -> list[protocol.HeldBar]:
    """Ask what each held input is worth, for the list beside the scores; none without any.

    Single numbers are left out where that makes the list longer than `MOST`, and then those inputs
    that are worth least, which the last line counts.
    """
    if asker.inputs is None:
        return []
    score: ScoreKind = "probability" if asker.has_probabilities else "logit"
    rows = list(asker.given_scores(x, target, score, valid=valid).itertuples(index=False))
    if len(rows) > MOST:
        rows = [row for row in rows if not row.element]
    strongest = sorted(rows, key=lambda row: -abs(row.loss))[:MOST]
    found = [_bar(asker, row) for row in rows if row in strongest]
    return found if len(found) == len(rows) else [*found, _rest(len(rows) - len(found))]


def _bar(asker: Explainer, row: Any) -> protocol.HeldBar:
    size = np.size(asker.given[row.input])
    alone = row.element or size == 1
    return {
        "name": f"[{row.element}]" if row.element else str(row.input),
        "value": _written(row.value) if alone else f"{size} numbers",
        "baseline": _written(row.baseline) if alone else "",
        "part": bool(row.element),
        "loss": wire.number(row.loss),
        "gradient": wire.number(row.gradient),
    }


def _rest(count: int) -> protocol.HeldBar:
    nothing: protocol.HeldBar = {
        "name": f"{count} more", "value": "", "baseline": "", "part": False,
        "loss": None, "gradient": None,
    }  # fmt: skip
    return nothing


def _written(value: float) -> str:
    return f"{value:.4g}".replace("-", "\N{MINUS SIGN}")
