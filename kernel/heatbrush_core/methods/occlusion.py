"""Occlusion: how much of the score is lost when a window of the matrix is hidden."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field

from heatbrush_core.methods.baseline import WORDS, Baseline, baseline_text
from heatbrush_core.methods.method import Method, Result
from heatbrush_core.methods.parameters import Parameters, both
from heatbrush_core.rectangles import bounding_box
from heatbrush_core.task import Task

PATCH = 8
AXES = ("row", "column")
Cells = Annotated[int, Field(ge=1)]
Pair = tuple[Cells | None, Cells | None]


class OcclusionParameters(Parameters):
    """The window, its step, and what it hides with."""

    patch: Annotated[Pair | None, BeforeValidator(both)] = Field(
        None,
        description="the window, rows and columns, or one number for both; None in one place is "
        f"the whole axis, and left out altogether it is {PATCH} by {PATCH}, less on a shorter axis",
        json_schema_extra={"unit": "rows × columns"},
    )
    stride: Annotated[Pair | None, BeforeValidator(both)] = Field(
        None,
        description="the step from window to window, at most the patch; None is half the patch",
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
        patch = self.patch or (min(PATCH, shape[0]), min(PATCH, shape[1]))
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


class Window(NamedTuple):
    """A rectangle of cells, half-open."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def cells(self) -> tuple[slice, slice]:
        """The window as an index of an (H, W) array."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


def windows(box: Window, patch: Pair, stride: Pair) -> Iterator[Window]:
    """Lay windows over `box`, row by row; the last of each axis is clipped at the edge."""
    rows = _spans(box.top, box.bottom, patch[0], stride[0])
    columns = _spans(box.left, box.right, patch[1], stride[1])
    return (Window(*r, *c) for r in rows for c in columns)


def occlusion(task: Task, settings: OcclusionParameters) -> Result:
    """Subtract the score with a window hidden; average over the windows that cover a cell.

    Source: Zeiler & Fergus (2014), section 4.2, with the edges and overlaps of captum's Occlusion:
    ceil((size - patch) / stride) + 1 positions per axis, the last one cut off at the edge.
    """
    x, base = task.x, task.baseline(settings.baseline)
    inside = np.ones(x.shape[:2], bool) if task.inside is None else task.inside
    assert settings.patch is not None and settings.stride is not None
    rows, columns = bounding_box(inside)
    box = Window(rows.start, rows.stop, columns.start, columns.stop)
    tiling = windows(box, settings.patch, settings.stride)
    todo = [window for window in tiling if inside[window.cells].any()]
    score = float(task.scores(x[None])[0])
    total, count = np.zeros(x.shape[:2]), np.zeros(x.shape[:2])
    for batch in task.batches(len(todo), "scores"):
        drops = score - task.scores(_hidden(x, base, inside, todo[batch]))
        for window, drop in zip(todo[batch], drops, strict=True):
            total[window.cells] += drop
            count[window.cells] += 1
        task.report(batch.stop, len(todo), _average(total, count, inside).astype(np.float32))
    return Result.of_cells(_average(total, count, inside), x.shape[2], score)


def _hidden(
    x: NDArray[Any], base: NDArray[Any], inside: NDArray[np.bool_], batch: list[Window]
) -> NDArray[Any]:
    """(n, H, W, C): x with the cells of one window each at the baseline."""
    X = np.repeat(x[None], len(batch), axis=0)
    for hidden, window in zip(X, batch, strict=True):
        cells = inside[window.cells]
        hidden[window.cells][cells] = base[window.cells][cells]
    return X


def _average(
    total: NDArray[Any], count: NDArray[Any], inside: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Take the mean drop per cell, NaN where no window has been yet."""
    known = inside & (count > 0)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=known)


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
