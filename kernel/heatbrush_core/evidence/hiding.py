"""Whether a baseline hides: what the model says of it alone, and how it compares with others."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.evidence.necessity import Probe
from heatbrush_core.evidence.places import fits
from heatbrush_core.inference.inputs.holding import outputs_of_each
from heatbrush_core.matrix import baselines, validity
from heatbrush_core.matrix.region import Region
from heatbrush_core.matrix.validity import Mask
from heatbrush_core.methods import find
from heatbrush_core.network.scores.heads import is_mute
from heatbrush_core.progress import Watch
from heatbrush_core.targets import Target

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
COMPARE = "explainer.baselines(x) compares all"


@dataclass(frozen=True)
class Hiding:
    """What one baseline does to one matrix.

    Attributes
    ----------
    predicted
        The class that the model says when everything is hidden; empty where it says none.
    score_hidden
        The target's score with everything hidden: its probability where the model has one; NaN
        where it has no number then.
    outside
        Share of the filled cells outside the range of the background, or else of x, by channel.
    says_target
        Whether the model says the target with everything hidden; never without probabilities.
    moved
        Mean absolute change of the score over `PLACES` hidden places; NaN where nobody asked. It is
        no larger for fillings that are an event of their own than for those that hide well, and
        about 0 for both where evidence is in one place: it decides nothing.
    """

    predicted: str
    score_hidden: float
    outside: float
    says_target: bool
    moved: float = float("nan")

    @property
    def has_class(self) -> bool:
        """Whether it says so with a probability of at least `SURE`."""
        return self.says_target and self.score_hidden >= SURE

    @property
    def is_mute(self) -> bool:
        """Whether the model has no number for the target with everything hidden."""
        return math.isnan(self.score_hidden)

    @property
    def fits(self) -> bool:
        """Whether nothing speaks against the baseline."""
        return not (self.is_mute or self.has_class) and self.outside <= FAR

    def verdict(self, target: str) -> str:
        """Say in a sentence what speaks against the baseline, or that nothing does."""
        if self.is_mute:
            return "With everything hidden the model has no finite score."
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


def emptied(
    askers: Sequence[Explaining],
    bases: NDArray[Any],
    watch: Watch | None = None,
    failing: bool = False,
) -> NDArray[np.float64]:
    """(N, units) outputs for (N, H, W, C) fillings by themselves, NaN where the model has none.

    Each is asked of its asker, with what that holds. With `failing`, they are NaN as well where
    the model fails.
    """
    unknown = np.full((len(bases), askers[0].head.units), np.nan)
    inner = (watch or Watch()).inside()
    ask = partial(outputs_of_each, askers, bases.__getitem__, inner)
    found = _or(unknown, ask, failing)
    if found is unknown and len(bases) > 1:
        pairs = zip(askers, bases, strict=True)
        return np.concatenate([emptied([a], each[None], watch, failing) for a, each in pairs])
    return found


def measured(
    askers: Sequence[Explaining],
    X: NDArray[Any],
    aims: Sequence[Target],
    bases: NDArray[Any],
    outputs: NDArray[np.float64],
) -> list[Hiding]:
    """Say what the filling of each of (N, H, W, C) matrices does; `emptied` gives the outputs."""
    found = []
    read = askers[0].read(outputs)
    for asker, z, said, aim, x, base in zip(askers, outputs, read, aims, X, bases, strict=True):
        score = float(_or(np.full(1, np.nan), partial(asker.scored, z[None], aim))[0])
        same = asker.has_probabilities and said.predicted == aim.pair[0]
        outside = _outside(validity.known(base, asker.exists), _known(asker, x))
        # of a target that is no class, its score stands for what the model says
        label = "" if np.isnan(z).any() else said.label or f"{score:.3g}"
        found.append(Hiding(label, score, outside, bool(same and label)))
    return found


def hidings(
    explainer: Explaining, x: NDArray[Any], aim: Target, specs: Sequence[Any]
) -> list[Hiding]:
    """Try baselines on (H, W, C) x: each takes one matrix with everything hidden, and `PLACES`."""
    bases = np.stack([explainer.fill(x, spec) for spec in specs])
    X, askers = np.broadcast_to(x, bases.shape), [explainer] * len(bases)
    found = measured(askers, X, [aim] * len(bases), bases, emptied(askers, bases))
    places = _places(x.shape, explainer.exists)
    unknown = np.full(len(places), np.nan)
    probes = [Probe(explainer, x, base, aim) for base in bases]
    lost = [_or(unknown, partial(each.necessity, places)) for each in probes]
    return [
        replace(each, moved=float(np.abs(one).mean()))
        for each, one in zip(found, lost, strict=True)
    ]


def _or(
    unknown: NDArray[np.float64],
    ask: Callable[[], NDArray[np.float64]],
    failing: bool = False,
) -> NDArray[np.float64]:
    """Ask the model; return NaN where it has no score, or, if `failing`, where it fails."""
    try:
        return ask()
    except (RuntimeError, ValueError) as error:
        if is_mute(error) or (failing and isinstance(error, RuntimeError)):
            return unknown
        raise


def table(
    explainer: Explaining, x: ArrayLike, target: Any = None, valid: Any = None, given: Any = None
) -> pd.DataFrame:
    """Compare the baselines that are possible here; `Explainer.baselines` says how."""
    import pandas as pd

    explainer, matrix = explainer.aiming(x, valid, target, given)
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
    index = pd.Index([baselines.called(each) for each in specs], name="baseline")
    return pd.DataFrame(rows, index=index)


def doubt(
    explainer: Explaining,
    x: NDArray[Any],
    aim: Target,
    base: NDArray[Any],
    found: Hiding,
    watch: Watch | None = None,
) -> str:
    """Say what speaks against a filling of (H, W, C) x, and which baseline may tell more."""
    other = _better(explainer, x, aim, base, watch)
    remedy = (
        "no other baseline here hides it" if other is None else f"baseline={other!r} may tell more"
    )
    said = found.verdict(aim.label(explainer.classes)).rstrip(".")
    return f"{said}; {remedy} ({COMPARE})."


def of_many(found: Sequence[Hiding]) -> str:
    """Say what speaks against the fillings of several matrices; empty where nothing does."""
    has, far = (
        sum(each) for each in zip(*((h.has_class, h.outside > FAR) for h in found), strict=True)
    )
    if has:
        return (
            f"With everything hidden the model still says the class of {has} of {len(found)} "
            "matrices: what is measured of these is what holds against the rest; another baseline "
            f"may tell more ({COMPARE})."
        )
    if mute := sum(each.is_mute for each in found):
        return (
            f"With everything hidden the model has no finite score for {mute} of {len(found)} "
            f"matrices ({COMPARE})."
        )
    if far:
        return (
            f"Of {far} of {len(found)} matrices cells are filled with values outside the range of "
            f"what the model is known to see: hiding may be an event of its own ({COMPARE})."
        )
    return ""


def _better(
    explainer: Explaining,
    x: NDArray[Any],
    aim: Target,
    base: NDArray[Any],
    watch: Watch | None,
) -> Any:
    """Find the baseline inside the known range that takes most of the target's score away."""
    words = baselines.possible(x.shape, explainer.background)
    filled = [(each, explainer.fill(x, each)) for each in (0, *words)]
    others = [(each, made) for each, made in filled if not np.array_equal(made, base)]
    if not others:
        return None
    specs = [each for each, _ in others]
    bases, aims = np.stack([made for _, made in others]), [aim] * len(others)
    askers = [explainer] * len(others)
    outputs = emptied(askers, bases, watch, failing=True)  # one that fails is no better
    found = measured(askers, np.broadcast_to(x, bases.shape), aims, bases, outputs)
    fitting = [
        (each.score_hidden, index)
        for index, each in enumerate(found)
        if not (each.is_mute or each.says_target) and each.outside <= FAR
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
    if callable(own) or np.ndim(own):
        return True
    # whatever kind of number 0 was given as
    return isinstance(own, str) != isinstance(spec, str) or bool(own != spec)
