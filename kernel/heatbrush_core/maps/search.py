"""How runs are searched for, so that the same can be done where there is nothing to be found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from heatbrush_core.checks import MethodLike, read_methods
from heatbrush_core.matrix.axes import AxisName, check_axis
from heatbrush_core.matrix.validity import Mask
from heatbrush_core.targets import ScoreKind

LINES = 4
"""Lines that an occlusion hides at once, at every place, unless it is told otherwise."""

Source = Literal["background", "phases", "shifts"]
"""Where matrices without evidence come from."""

NullChoice = Literal["auto", "background", "phases", "shifts"]
"""The same as it is asked for; "auto" leaves it to what there is."""

Methods = MethodLike | Sequence[MethodLike] | Mapping[str, MethodLike]

Kept = tuple[tuple[str, tuple[tuple[str, Any], ...]], ...]
"""Methods with their parameters, in order and unchangeable."""


@dataclass(frozen=True)
class Search:
    """How runs are looked for, so that the same can be done where there is nothing to be found.

    Parameters
    ----------
    axis
        "rows" or "columns".
    methods
        What makes the maps, as `of` takes it; kept as (name, ((parameter, value), ...)).
    k, min_length, max_length, penalty
        As `Explanation.runs` takes them.
    null
        What takes the place of matrices without evidence, see `matching.matched`.
    score
        Which score the regions are measured by: "logit", "probability" or "log_probability"; None
        is the probability, or the model's own value where it has none. The maps have their own.
    valid
        (H, W) which cells the matrix has that was searched; None where all exist.
    """

    axis: AxisName = "columns"
    methods: Kept = (("occlusion", ()),)
    k: int = 5
    min_length: int = 1
    max_length: int | None = None
    penalty: float | Literal["auto"] = field(default="auto")
    null: NullChoice = "auto"
    score: ScoreKind | None = None
    valid: Mask | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not _is_kept(self.methods):
            object.__setattr__(self, "methods", _kept(self.methods))

    @classmethod
    def of(cls, axis: AxisName, methods: Methods, **settings: Any) -> Search:
        """Read methods as `compare` does: names or pairs (name, {parameters}), one or several.

        Occlusion without parameters hides some whole lines at each place along the axis: `LINES`,
        or fewer where these were more than a quarter of all.
        """
        check_axis(axis)
        return cls(axis, _kept(methods), **settings)


def _kept(methods: Any) -> Kept:
    """Read methods into what compares by value."""
    read = read_methods(methods).values()
    return tuple((name, tuple(sorted(given.items()))) for name, given in read)


def _is_kept(methods: Any) -> bool:
    pairs = isinstance(methods, tuple) and all(isinstance(each, tuple) for each in methods)
    return pairs and all(len(each) == 2 and isinstance(each[1], tuple) for each in methods)


@dataclass(frozen=True)
class BlockSearch(Search):
    """The same for the rectangles of a map, see `Explanation.blocks`.

    Phases drawn anew along time leave the level of each line along it, such as that of each row, so
    that what whole lines do counts as chance.
    """
