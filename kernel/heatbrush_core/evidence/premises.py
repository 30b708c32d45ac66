"""What a result rests on, in sentences: what hidden cells become, whether that hides, the model.

Whether it hides is asked of the model once per matrix, target and baseline, and only for what was
asked about itself: what a search, a metric or a chart explains on its way is not looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.bars import is_part
from heatbrush_core.evidence import hiding
from heatbrush_core.evidence.hiding import Hiding
from heatbrush_core.inference.feeding import assumed
from heatbrush_core.matrix.baselines import words
from heatbrush_core.methods import Parameters, find
from heatbrush_core.progress import Watch
from heatbrush_core.targets import Target

if TYPE_CHECKING:
    from heatbrush_core.explanation.explanation import Explanation
    from heatbrush_core.inference.explaining import Explaining

KEPT = 1024
"""Matrices, with target and baseline, that an explainer remembers."""


def said(
    explainer: Explaining,
    x: NDArray[Any],
    aim: Target,
    baseline: Any = None,
    watch: Watch | None = None,
    known: NDArray[np.float64] | None = None,
) -> tuple[str, ...]:
    """Say what whatever hides cells of (H, W, C) x rests on; a baseline of None is the own one.

    `known` is (1, units), as in `said_of_all`.
    """
    (doubts,) = checked([explainer], x[None], [aim], baseline, watch, known)
    return (words(explainer.word(x, baseline)), *explainer.said, *doubts, *explainer.read_as)


def said_of_all(
    askers: Sequence[Explaining],
    X: NDArray[Any],
    aims: Sequence[Target],
    baseline: Any = None,
    watch: Watch | None = None,
    known: NDArray[np.float64] | None = None,
) -> tuple[str, ...]:
    """Say the same of (N, H, W, C) matrices together, of each by its asker.

    `known` are the model's (N, units) outputs with everything hidden, where they were asked for.
    """
    if len(X) == 1:
        return said(askers[0], X[0], aims[0], baseline, watch, known)
    doubt = ""
    if not is_part():
        asked = _Asked.of(askers, X, aims, baseline)
        try:
            doubt = hiding.of_many(asked.hidings(watch, known))
        except (RuntimeError, ValueError) as error:
            doubt = _failed(error)
    hidden = words(askers[0].word(X[0], baseline))
    doubts = [doubt] if doubt else []
    return (hidden, *assumed(askers), *doubts, *askers[0].read_as)


def said_of_map(
    explainer: Explaining, x: NDArray[Any], map: Explanation, watch: Watch | None = None
) -> tuple[str, ...]:
    """Say what a map of (H, W, C) x rests on that was made on the way to something else."""
    assert map.target is not None  # it was computed
    settings = find(map.method).settings(map.parameters, map.shape[:2])
    (doubts,) = of_settings([explainer], x[None], [map.target], settings, watch)
    return (*map.notes, *doubts)


def said_of_maps(
    askers: Sequence[Explaining],
    X: NDArray[Any],
    settings: Parameters,
    aims: Sequence[Target],
    watch: Watch | None = None,
) -> tuple[str, ...]:
    """Say what the maps of (N, H, W, C) matrices rest on, made by a method as `settings` say."""
    hides = settings.hides()
    if not hides:
        return (*assumed(askers), *askers[0].read_as)
    return said_of_all(askers, X, aims, hides[0], watch)


def of_settings(
    askers: Sequence[Explaining],
    X: NDArray[Any],
    aims: Sequence[Target],
    settings: Parameters,
    watch: Watch | None = None,
) -> list[tuple[str, ...]]:
    """Say of each matrix what speaks against the baseline of a method, if it has one."""
    hides = settings.hides()
    return checked(askers, X, aims, hides[0], watch) if hides else [()] * len(X)


def checked(
    askers: Sequence[Explaining],
    X: NDArray[Any],
    aims: Sequence[Target],
    baseline: Any = None,
    watch: Watch | None = None,
    known: NDArray[np.float64] | None = None,
) -> list[tuple[str, ...]]:
    """Say of each of (N, H, W, C) matrices what speaks against a baseline; mostly nothing does.

    The model is asked about at most 32 inputs for each, in most cases about one; about none where
    the call is a part of another. `known` is as in `said_of_all`.
    """
    if is_part():
        return [()] * len(X)
    asked = _Asked.of(askers, X, aims, baseline)
    try:
        found = enumerate(asked.hidings(watch, known))
        return [() if each.fits else (asked.doubt(i, each, watch),) for i, each in found]
    except (RuntimeError, ValueError) as error:
        return [(_failed(error),)] * len(X)


def _failed(error: Exception) -> str:
    """Say that the model has no answer to a matrix of which all is hidden."""
    why = str(error).split(", but ")[0]
    return (
        f"Whether the baseline hides is not known: with everything hidden, the model fails ({why})."
    )


class _Asked:
    """Matrices, each with its target and filling, and what was found out about each before.

    Arrays and functions as baselines are known again by the filling that they make.
    """

    def __init__(
        self,
        askers: Sequence[Explaining],
        X: NDArray[Any],
        aims: Sequence[Target],
        bases: NDArray[Any],
    ) -> None:
        self._askers, self._X, self._aims, self._bases = askers, X, aims, bases
        state, self._known = askers[0].state(), askers[0].checks
        self._keys: list[tuple[Hashable, ...]] = [
            (_digest(x), _digest(base), _cells(asker), asker.held_key, aim, state)
            for asker, x, base, aim in zip(askers, X, bases, aims, strict=True)
        ]

    @classmethod
    def of(
        cls,
        askers: Sequence[Explaining],
        X: NDArray[Any],
        aims: Sequence[Target],
        baseline: Any,
    ) -> _Asked:
        """Fill each matrix."""
        filled = [asker.fill(x, baseline) for asker, x in zip(askers, X, strict=True)]
        return cls(askers, X, aims, np.stack(filled))

    def hidings(
        self, watch: Watch | None, outputs: NDArray[np.float64] | None = None
    ) -> list[Hiding]:
        """Measure what each filling does, where that is not known."""
        known: dict[int, Any] = {i: self._known.get(key) for i, key in enumerate(self._keys)}
        new = [i for i, each in known.items() if each is None]
        if new:
            askers, aims = [self._askers[i] for i in new], [self._aims[i] for i in new]
            bases = self._bases[new]
            z = hiding.emptied(askers, bases, watch) if outputs is None else outputs[new]
            found = hiding.measured(askers, self._X[new], aims, bases, z)
            for index, each in zip(new, found, strict=True):
                known[index] = each
                self._keep(self._keys[index], each)
        return list(known.values())

    def doubt(self, index: int, found: Hiding, watch: Watch | None) -> str:
        """Say what speaks against a filling, and which baseline may tell more."""
        key = (*self._keys[index], "doubt")
        known = self._known.get(key)
        if known is None:
            x, aim = self._X[index], self._aims[index]
            base, asker = self._bases[index], self._askers[index]
            known = hiding.doubt(asker, x, aim, base, found, watch)
            self._keep(key, known)
        return str(known)

    def _keep(self, key: Hashable, found: Any) -> None:
        self._known[key] = found
        while len(self._known) > KEPT:
            self._known.popitem(last=False)


def _cells(asker: Explaining) -> bytes:
    """Know again which cells exist."""
    return b"" if asker.exists is None else asker.exists.tobytes()


def _digest(array: NDArray[Any]) -> bytes:
    """Know an array again without keeping it."""
    kind = f"{array.dtype}{array.shape}".encode()
    return kind + hashlib.blake2b(np.ascontiguousarray(array).data, digest_size=16).digest()
