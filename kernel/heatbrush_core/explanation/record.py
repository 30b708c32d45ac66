"""What an explanation holds: arrays that nobody can change, and what they came from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core.checks import clean
from heatbrush_core.explanation import arrays, summary
from heatbrush_core.explanation.plain_data import plain
from heatbrush_core.maps.profiles import Profile
from heatbrush_core.matrix.arrays import Floats32
from heatbrush_core.matrix.axes import Axis
from heatbrush_core.matrix.region import Region
from heatbrush_core.targets import Target


@dataclass(frozen=True, eq=False, init=False, repr=False)
class Record:
    """The fields of an `Explanation`, which tells what each is."""

    values: Floats32
    map: Floats32
    profile: Profile
    unit: str
    rows: Floats32
    columns: Floats32
    method: str
    parameters: dict[str, Any]
    target: Target | None
    score: float
    score_at_baseline: float | None
    residual: float | None
    standard_error: Floats32 | None
    row_errors: Floats32 | None
    column_errors: Floats32 | None
    notes: tuple[str, ...]
    seconds: float
    within: Region | None
    valid: NDArray[np.bool_] | None
    row_axis: Axis
    column_axis: Axis
    classes: tuple[str, ...]
    _conservation: tuple[dict[str, Any], ...]
    _counting: tuple[str, ...] | None

    def __init__(
        self,
        *,
        values: ArrayLike,
        map: ArrayLike | None = None,
        profile: Profile = "sum",
        unit: str = "",
        method: str,
        parameters: Mapping[str, Any] | None = None,
        target: Target | None,
        score: float,
        score_at_baseline: float | None = None,
        residual: float | None = None,
        standard_error: ArrayLike | None = None,
        row_errors: ArrayLike | None = None,
        column_errors: ArrayLike | None = None,
        notes: Sequence[str] = (),
        conservation: Sequence[Mapping[str, Any]] = (),
        counting: Sequence[str] | None = None,
        seconds: float = 0.0,
        within: Region | None = None,
        valid: ArrayLike | None = None,
        row_axis: Axis | None = None,
        column_axis: Axis | None = None,
        classes: Sequence[str] = (),
    ) -> None:
        """Read what a method found.

        `map` of None is the sum over channels; axes of None number the lines. Cells outside
        `within`, and those that do not exist by `valid`, become NaN. `counting` names the
        parameters that a repr shows; None are all.
        """
        errors = arrays.Errors(standard_error, row_errors, column_errors)
        valid = arrays.read_valid(valid, np.shape(values))
        found = arrays.read(values, map, profile, within, valid, errors)
        height, width = found.map.shape
        fields = {
            **found._asdict(),
            "profile": profile,
            "unit": unit,
            "method": clean(method),
            "parameters": {name: plain(value) for name, value in (parameters or {}).items()},
            "target": target,
            "score": float(score),
            "score_at_baseline": None if score_at_baseline is None else float(score_at_baseline),
            "residual": None if residual is None else float(residual),
            "notes": tuple(notes),
            "_conservation": tuple(dict(row) for row in conservation),
            "_counting": None if counting is None else tuple(counting),
            "seconds": float(seconds),
            "within": within,
            "valid": valid,
            "row_axis": Axis.make(row_axis, height, "rows"),
            "column_axis": Axis.make(column_axis, width, "columns"),
            "classes": tuple(clean(name) for name in classes),
        }
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    @property
    def given(self) -> bool:
        """Whether the map was given, see `of`: there is no score, and nothing to run again."""
        return math.isnan(self.score)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Rows, columns and channels."""
        height, width, channels = self.values.shape
        return height, width, channels

    @property
    def about(self) -> str:
        """What was explained, in words: a class, or "a rather than b"; empty where unknown."""
        if self.target is None:
            return ""
        if not self.target.of_classes:
            return self.target.label(self.classes)
        last = max(index for index in self.target.pair if index is not None)
        unnamed = tuple(f"class {index}" for index in range(last + 1))
        return self.target.label(self.classes if last < len(self.classes) else unnamed)

    @property
    def title(self) -> str:
        """What a figure of it is called: the method, and what was explained."""
        return " · ".join(filter(None, (self.method, self.about)))

    def noted(self, sentences: Sequence[str]) -> Self:
        """Return the same map with more sentences to be read."""
        return type(self)(**{**self.fields(), "notes": (*self.notes, *sentences)})

    def fields(self) -> dict[str, Any]:
        """Take it apart into what the constructor takes."""
        names = (name for name in self.__dataclass_fields__ if name not in ("rows", "columns"))
        return {name.removeprefix("_"): getattr(self, name) for name in names}

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """Take the map as an array, (H, W) float32 unless another dtype is asked for."""
        return np.array(self.map, dtype, copy=copy)

    def __repr__(self) -> str:
        return summary.text(summary.facts(self.fields(), self.about))

    def _repr_html_(self) -> str:
        return summary.table(summary.facts(self.fields(), self.about))
