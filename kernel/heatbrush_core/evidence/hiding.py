"""Whether a baseline hides: what the model says of it alone, and with random places at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.evidence.necessity import Probe
from heatbrush_core.evidence.places import fits
from heatbrush_core.matrix import baselines, validity
from heatbrush_core.matrix.region import Region
from heatbrush_core.matrix.validity import Mask
from heatbrush_core.methods import find
from heatbrush_core.targets import Class, Margin

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

    from heatbrush_core.inference.explaining import Explaining

PLACES = 8
"""Places that are hidden, of the size of occlusion's default window."""
SURE = 0.5
"""Probability of the target with everything hidden from which on a baseline has the class."""
FAR = 0.01
"""Share of the filled cells outside the known range from which on it is said."""


@dataclass(frozen=True)
class Hiding:
    """What one baseline does to one matrix.

    Attributes
    ----------
    predicted
        The class that the model says when everything is hidden.
    score_hidden
        The target's score with everything hidden: its probability where the model has one.
    moved
        Mean absolute change of that score over the hidden places. It is large where evidence is
        everywhere, and also where hiding is an event of its own: it decides nothing.
    outside
        Share of the filled cells outside the range of the background, or else of x, by channel.
    has_class
        Whether the model says the target with everything hidden, with a probability of at least
        `SURE`; never where it has no probabilities.
    """

    predicted: str
    score_hidden: float
    moved: float
    outside: float
    has_class: bool

    @property
    def fits(self) -> bool:
        """Whether nothing speaks against the baseline."""
        return not self.has_class and self.outside <= FAR

    def verdict(self, target: str) -> str:
        """Say in a sentence what speaks against the baseline, or that nothing does."""
        if self.has_class:
            return (
                f"With everything hidden the model still says {target} ({self.score_hidden:.2f}): "
                "what the maps show is what holds against the rest."
            )
        if self.outside > FAR:
            return (
                f"{self.outside:.0%} of the cells that it fills lie outside the range of what the "
                "model is known to see: hiding may be an event of its own."
            )
        return f"With everything hidden the model says {self.predicted}."


def hidings(
    explainer: Explaining, x: NDArray[Any], aim: Class | Margin, specs: Sequence[Any]
) -> list[Hiding]:
    """Try baselines on (H, W, C) x: each takes one matrix with everything hidden, and `PLACES`."""
    places, known, found = _places(x.shape, explainer.exists), _known(explainer, x), []
    for spec in specs:
        base = explainer.fill(x, spec)
        nothing, _ = explainer.exchanged(base, x, [])
        said, score = explainer.read(nothing[None])[0], explainer.scored(nothing[None], aim)[0]
        sure = explainer.has_probabilities and score >= SURE
        lost = Probe(explainer, x, base, aim).necessity(places)
        found.append(
            Hiding(
                said.label,
                float(score),
                float(np.abs(lost).mean()),
                _outside(validity.known(base, explainer.exists), known),
                bool(sure and said.predicted == aim.pair[0]),
            )
        )
    return found


def table(
    explainer: Explaining, x: ArrayLike, target: Any = None, valid: Any = None
) -> pd.DataFrame:
    """Compare the baselines that are possible here; `Explainer.baselines` says how."""
    import pandas as pd

    explainer, matrix = explainer.about(x, valid)
    aim = explainer.aim(matrix, target)
    own = explainer.baseline
    words = baselines.possible(matrix.shape, explainer.background)
    specs = [own, *(each for each in (0, *words) if _is_other(each, own))]
    made, label = hidings(explainer, matrix, aim, specs), aim.label(explainer.classes)
    rows = [
        {
            "predicted": each.predicted,
            "score_hidden": each.score_hidden,
            "moved": each.moved,
            "outside": each.outside,
            "verdict": each.verdict(label),
        }
        for each in made
    ]
    index = pd.Index([_named(each) for each in specs], name="baseline")
    return pd.DataFrame(rows, index=index)


def notes(explainer: Explaining, x: NDArray[Any], aim: Class | Margin) -> tuple[str, ...]:
    """Say what speaks against the explainer's own baseline; some 20 matrices are asked about."""
    own = explainer.baseline
    (found,) = hidings(explainer, x, aim, [own])
    if found.fits:
        return ()
    said = found.verdict(aim.label(explainer.classes)).rstrip(".")
    other = _better(explainer, x, aim)
    remedy = (
        "no other baseline here hides it" if other is None else f"baseline={other!r} may tell more"
    )
    return (f"{said}; {remedy} (explainer.baselines(x) compares all).",)


def _better(explainer: Explaining, x: NDArray[Any], aim: Class | Margin) -> Any:
    """Find the baseline inside the known range that takes most of the target's score away."""
    own, known = explainer.baseline, _known(explainer, x)
    words = baselines.possible(x.shape, explainer.background)
    specs = [each for each in (0, *words) if _is_other(each, own)]
    bases = np.stack([explainer.fill(x, each) for each in specs])
    outputs = explainer.outputs(len(bases), bases.__getitem__)
    scores = explainer.scored(outputs, aim)
    fitting = [
        (score, index)
        for index, (score, said) in enumerate(zip(scores, explainer.read(outputs), strict=True))
        if not (explainer.has_probabilities and said.predicted == aim.pair[0])
        and _outside(validity.known(bases[index], explainer.exists), known) <= FAR
    ]
    return specs[min(fitting)[1]] if fitting else None


def _known(explainer: Explaining, x: NDArray[Any]) -> NDArray[Any]:
    return validity.known(x, explainer.exists) if explainer.typical is None else explainer.typical


def _places(shape: Sequence[int], exists: Mask | None = None) -> list[Region]:
    """Draw places of the size of occlusion's default window, the same for each matrix of a size.

    All their cells exist; where no such place is left, some do.
    """
    patch = dict(find("occlusion").settings({}, (shape[0], shape[1])))["patch"]
    sizes = [n or length for n, length in zip(patch, shape, strict=False)]
    random = np.random.default_rng(0)
    starts = [
        random.integers(0, length - n + 1, PLACES) for n, length in zip(sizes, shape, strict=False)
    ]
    if exists is not None:
        own = np.ones(sizes, np.bool_)
        free = fits(own, exists)
        free = free if free.any() else ~fits(own, ~exists)
        drawn = random.choice(np.flatnonzero(free), PLACES)
        starts = [np.asarray(each) for each in np.unravel_index(drawn, free.shape)]
    return [
        Region.rectangle(int(row), int(row) + sizes[0], int(column), int(column) + sizes[1])
        for row, column in zip(*starts, strict=True)
    ]


def _outside(base: NDArray[Any], known: NDArray[Any]) -> float:
    """Take the share of cells of a filling that lie outside the range of what is known.

    Either is NaN where no cell exists.
    """
    axes = tuple(range(known.ndim - 1))
    low, high = np.nanmin(known, axes), np.nanmax(known, axes)
    filled = ~np.isnan(base)
    outside = float(((base < low) | (base > high)).sum())
    return outside / float(filled.sum()) if filled.any() else 0.0


def _is_other(spec: Any, own: Any) -> bool:
    return not (isinstance(own, type(spec)) and np.ndim(own) == 0 and own == spec)


def _named(spec: Any) -> str:
    if isinstance(spec, str):
        return spec
    if callable(spec):
        return "function"
    return "array" if np.ndim(spec) else f"{float(spec):g}"
