"""Occlusion: how much of the score is lost when a window of the matrix is hidden."""

from __future__ import annotations

from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field

from heatbrush_core.inference.task import Task
from heatbrush_core.matrix.perturbations import hidden
from heatbrush_core.matrix.rectangles import bounding_box
from heatbrush_core.registry.baseline import WORDS, Baseline, baseline_text
from heatbrush_core.registry.method import Method, Result
from heatbrush_core.registry.parameters import Parameters, both

LARGEST, PART = 8, 8
"""Cells of the default window along an axis: an eighth of the axis, from 1 to 8 cells."""
AXES = ("row", "column")
LEVELS = (4, 2)
"""Every fourth window along both axes comes first, then every second, then the rest."""
Cells = Annotated[int, Field(ge=1)]
Pair = tuple[Cells | None, Cells | None]


class OcclusionParameters(Parameters):
    """The window, its step, and what it hides with."""

    patch: Annotated[Pair | None, BeforeValidator(both)] = Field(
        None,
        description="the window, rows and columns, or one number for both; None in one place is "
        "the whole axis; left out altogether it is an eighth of each axis, from 1 to "
        f"{LARGEST} cells",
        json_schema_extra={"unit": "rows × columns"},
    )
    stride: Annotated[Pair | None, BeforeValidator(both)] = Field(
        None,
        description="the step from window to window, at most the patch; None is half the patch, at "
        "least 1",
        json_schema_extra={"unit": "rows × columns"},
    )
    baseline: Baseline = Field(
        None, title="hidden means", description=f"what a hidden cell becomes: {WORDS}"
    )

    def resolved(self, shape: tuple[int, int]) -> Self:
        """Patch and stride as numbers; a whole axis stays None."""
        for name, cells, size in zip(AXES, self.patch or (), shape, strict=False):
            if cells is not None and cells > size:
                raise ValueError(
                    f"occlusion has patch={self.patch}, {cells} {name}s, but the matrix has only "
                    f"{size}; give at most {size}, or None for the whole axis."
                )
        patch = self.patch or default_patch(shape)
        whole = [size if cells is None else cells for cells, size in zip(patch, shape, strict=True)]
        given = self.stride or (None, None)
        stride = [step or max(1, cells // 2) for step, cells in zip(given, whole, strict=True)]
        for name, step, cells in zip(AXES, stride, whole, strict=True):
            if step > cells:
                raise ValueError(
                    f"occlusion has stride={self.stride}, {step} {name}s, but that leaves gaps "
                    f"between patches of {cells}; give at most {cells}, or None."
                )
        return self.model_copy(update={"patch": patch, "stride": tuple(stride)})

    def summary(self) -> str:
        """As in "patch 3 × 8 · stride 1 × 4"."""
        parts = [f"patch {_times(self.patch)}" if self.patch else "patch by size"]
        parts += [f"stride {_times(self.stride)}"] if self.stride else []
        parts += [baseline_text(self.baseline)] if self.baseline is not None else []
        return " · ".join(parts)


class Tiling:
    """Windows laid over the cells that may be hidden, as a grid of rows by columns of windows.

    Parameters
    ----------
    inside
        (H, W) bool, the cells that may be hidden; the windows cover their bounding box.
    patch, stride
        Cells of a window and of a step, per axis; None is the whole axis.

    Attributes
    ----------
    shape
        Windows along rows and columns, also those without a cell that may be hidden.
    """

    def __init__(self, inside: NDArray[np.bool_], patch: Pair, stride: Pair) -> None:
        self._inside = inside
        box = bounding_box(inside)
        self._spans = [
            np.array(_spans(span.start, span.stop, cells, step))
            for span, cells, step in zip(box, patch, stride, strict=True)
        ]
        self.shape = (len(self._spans[0]), len(self._spans[1]))

    def order(self, coarse_first: bool) -> NDArray[np.intp]:
        """(N,) numbers of the windows that hide something: row by row, or a coarse grid first."""
        sums = np.pad(self._inside.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
        (top, bottom), (left, right) = (spans.T for spans in self._spans)
        cells = sums[bottom][:, right] - sums[top][:, right]
        some = cells > sums[bottom][:, left] - sums[top][:, left]
        level = np.zeros(self.shape, np.intp)
        if coarse_first:
            for step in LEVELS:
                level[::step, ::step] -= 1
        chosen = np.flatnonzero(some)
        return chosen[np.argsort(level.ravel()[chosen], kind="stable")]

    def edges(self, windows: NDArray[np.intp]) -> NDArray[np.intp]:
        """(N, 4) first row, stop row, first column and stop column of windows."""
        rows, columns = np.divmod(windows, self.shape[1])
        return np.concatenate([self._spans[0][rows], self._spans[1][columns]], axis=1)

    def map(self, drops: NDArray[np.float64], guess: bool = False) -> NDArray[np.float64]:
        """(windows,) drops, NaN where unknown -> (H, W) mean over the windows that cover a cell.

        A cell that is covered by unknown windows only is NaN; or with `guess`, where a coarser grid
        of windows is known, what the next window of that has.
        """
        grid = drops.reshape(self.shape)
        for step in reversed(LEVELS) if guess else ():
            rows, columns = (np.arange(size) // step * step for size in self.shape)
            grid = np.where(np.isnan(grid), grid[np.ix_(rows, columns)], grid)
        known = ~np.isnan(grid)
        total, count = self._sums(np.where(known, grid, 0.0)), self._sums(known.astype(float))
        unknown = np.full(total.shape, np.nan)
        return np.divide(total, count, out=unknown, where=self._inside & (count > 0))

    def _sums(self, grid: NDArray[np.float64]) -> NDArray[np.float64]:
        """(H, W) sums over the windows that cover a cell.

        Slices, where a product of matrices would start threads that get in TensorFlow's way.
        """
        (rows, columns), (h, w) = self._spans, self._inside.shape
        lines, cells = np.zeros((h, grid.shape[1])), np.zeros((w, h))
        for (start, stop), values in zip(rows.tolist(), grid, strict=True):
            lines[start:stop] += values
        for (start, stop), values in zip(columns.tolist(), lines.T, strict=True):
            cells[start:stop] += values
        return cells.T


def occlusion(task: Task, settings: OcclusionParameters) -> Result:
    """Subtract the score with a window hidden; average over the windows that cover a cell.

    Only what a window reaches in each layer is computed again, where that is faster; the numbers
    are the same. While a listener is told of partial maps, a coarse grid of windows comes first.

    Source: Zeiler & Fergus (2014), section 4.2, with the edges and overlaps of captum's Occlusion:
    ceil((size - patch) / stride) + 1 positions per axis, the last one cut off at the edge.
    """
    x, base = task.x, task.baseline(settings.baseline)
    inside = np.ones(x.shape[:2], bool) if task.inside is None else task.inside
    assert settings.patch is not None and settings.stride is not None
    tiling, around = Tiling(inside, settings.patch, settings.stride), task.around()
    order = tiling.order(coarse_first=task.is_watched)
    changes = hidden(x, base, tiling.edges(order), task.inside)
    route = around.route(changes.boxes)
    drops = np.full(tiling.shape, np.nan).ravel()
    for batch in task.batches(len(order), route):
        drops[order[batch]] = -around.effects(changes, batch, route)
        watched = task.is_watched
        so_far = tiling.map(drops, guess=True).astype(np.float32) if watched else None
        task.report(batch.stop, len(order), so_far)
    return Result.of_cells(tiling.map(drops), x.shape[2], around.score)


def default_patch(shape: tuple[int, int]) -> tuple[int, int]:
    """Choose the window for an (H, W) matrix: small on a short axis, whose lines are told apart."""
    height, width = (max(1, min(LARGEST, size // PART)) for size in shape)
    return height, width


def _spans(start: int, stop: int, patch: int | None, stride: int | None) -> list[tuple[int, int]]:
    """Cover start..stop with half-open spans."""
    size = stop - start
    patch = min(patch or size, size)
    step = min(stride or size, patch)
    positions = -(-(size - patch) // step) + 1
    return [(a, min(a + patch, stop)) for a in range(start, start + positions * step, step)]


def _times(pair: Pair) -> str:
    return " × ".join("all" if cells is None else str(cells) for cells in pair)


METHODS = (
    Method(
        name="occlusion",
        family="attribution",
        question="How much does the score lose when this part is hidden?",
        needs="scores",
        Parameters=OcclusionParameters,
        compute=occlusion,
        profile="mean",
    ),
)
