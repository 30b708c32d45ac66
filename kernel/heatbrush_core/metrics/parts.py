"""Parts of a matrix: the cells, rows or columns that a map ranks, and the cells of each."""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.checks import among, short
from heatbrush_core.explanation.explanation import Explanation
from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.matrix.validity import Mask

Parts = Literal["cells", "rows", "columns"]
"""What is ranked, and hidden or shown as one."""


def ranked(explanation: Explanation, by: Parts) -> Floats:
    """Take what a map says of each part: of its H * W cells in reading order, or of its lines.

    Raises
    ------
    TypeError
        For what is no Explanation.
    ValueError
        For an unknown `by`.
    """
    check_by(by)
    check_explanation(explanation)
    values = {"cells": explanation.map, "rows": explanation.rows, "columns": explanation.columns}
    return values[by].ravel().astype(np.float64)


def present(exists: Mask | None, by: Parts, shape: tuple[int, ...]) -> NDArray[np.intp]:
    """(n,) numbers of the parts of an (H, W) matrix that hold a cell that exists; None: all."""
    mask = np.ones(shape[:2], np.bool_) if exists is None else exists
    some = {"cells": mask.ravel(), "rows": mask.any(axis=1), "columns": mask.any(axis=0)}
    return np.flatnonzero(some[by])


def labels(by: Parts, shape: tuple[int, ...]) -> NDArray[np.intp]:
    """(H, W) number of the part that each cell belongs to."""
    rows, columns = np.indices(shape[:2])
    numbers = {"cells": rows * shape[1] + columns, "rows": rows, "columns": columns}
    return numbers[by].astype(np.intp)


def check_by(by: Any) -> None:
    """Refuse parts that are none of `Parts`."""
    if not among(by, get_args(Parts)):
        raise ValueError(
            f"by is {short(by)}, but one of {', '.join(get_args(Parts))} is expected; give one "
            "of these."
        )


def check_explanation(given: Any) -> None:
    """Refuse what is no Explanation."""
    if not isinstance(given, Explanation):
        raise TypeError(
            f"An Explanation is expected, but got {type(given).__name__}; make one with "
            "explainer.explain(x, method), or of a ready map with Explanation.of(map)."
        )
