"""RISE: the mean score of random blends of the matrix, by how visible each cell was in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from heatbrush_core.holding import check_held
from heatbrush_core.inference.task import Task
from heatbrush_core.maps.profiles import Errors
from heatbrush_core.matrix.perturbations import Boxes, Changes
from heatbrush_core.matrix.rectangles import bounding_box
from heatbrush_core.registry.baseline import WORDS, Baseline, baseline_text
from heatbrush_core.registry.method import Method, Result
from heatbrush_core.registry.parameters import Parameters
from heatbrush_core.registry.players import Grid, cut, grid_field, times

Floats = NDArray[np.float64]


class RiseParameters(Parameters):
    """How many masks, how coarse, and how much they leave visible."""

    samples: int = Field(2000, ge=1, description="random masks; more is less noisy")
    grid: Grid = grid_field("a mask cuts the matrix")
    keep: float = Field(
        0.5, gt=0, lt=1, description="the probability that a part of a mask is kept"
    )
    seed: int = Field(0, ge=0, description="the same seed gives the same masks")
    baseline: Baseline = Field(
        None, title="hidden means", description=f"what a hidden cell becomes: {WORDS}"
    )

    def resolved(self, shape: tuple[int, int]) -> Self:
        """Cut the grid to the matrix."""
        return self.model_copy(update={"grid": cut(self.grid, shape)})

    def summary(self) -> str:
        """As in "2000 samples · grid 7 × 7 · keep 0.5 · baseline 0"."""
        parts = [f"{self.samples} samples", f"grid {times(self.grid)}"]
        parts += [f"keep {self.keep:g}"] if self.keep != 0.5 else []
        parts += [baseline_text(self.baseline)] if self.baseline is not None else []
        return " · ".join(parts)


def rise(task: Task, settings: RiseParameters) -> Result:
    """Average the scores of random blends, each weighing as much as it shows of the cell.

    A blend is x * M + baseline * (1 - M) with a random mask M, see `Masks`; the map is the sum of
    score * M over all masks by the sum of M, cell by cell. It is not centred, as published: cells
    without influence stand near the mean score of the blends, not near 0.

    On a linear model it tends to score(baseline) + keep * sum(D) + (1 - keep) * A @ D @ B, where D
    is w * (x - baseline) summed over channels, and A (H, H) and B (W, W) are the means, over the
    shifts of a mask, of the dot products of any two lines' bilinear weights.

    Source: Petsiuk, Das & Saenko (2018), sections 3.1 and 3.2. They divide by what the sum of M is
    expected to be, samples * keep. Its own value has the same limit, and a score that is the same
    for all masks then makes a constant map instead of one with the noise of the masks. The standard
    error is that of a ratio of two means (Cochran 1977, on ratio estimates); that of a row or
    column is that of a mean of such ratios, all from the same masks, which are drawn once more.
    """
    x, base = task.x, task.way(settings.baseline)
    inside = np.ones(x.shape[:2], bool) if task.inside is None else task.inside
    masks, tally, around = Masks(inside, settings, x.dtype), Tally(inside.shape), task.around()
    check_held(
        f"rise with samples={settings.samples}", 24.0 * settings.samples, "give fewer samples"
    )
    effects = np.empty(settings.samples)
    box, score = bounding_box(inside), around.score
    between, base = x[box] - base[box], base[box]
    route = around.route(Boxes.of(*box, settings.samples))
    for batch in task.batches(settings.samples, route):
        M = masks.draw(batch.stop - batch.start)
        blends = M[:, *box, None] * between
        blends += base
        effects[batch] = around.effects(Changes.to(x, box, blends), slice(0, len(M)), route)
        tally.add(M, effects[batch])
        so_far = np.where(inside, score + tally.mean(), np.nan)
        task.report(batch.stop, settings.samples, so_far.astype(np.float32))
    map = np.where(inside, score + tally.mean(), np.nan)
    again, pull = Masks(inside, settings, x.dtype), Pull(tally, inside)
    for batch in task.batches(settings.samples, route):
        pull.add(again.draw(batch.stop - batch.start), effects[batch])
    note = (
        f"Not centred: cells without influence stand near {score + tally.overall():.4g}, the mean "
        "score of the blends, not near 0."
    )
    return Result.of_cells(
        map,
        x.shape[2],
        score,
        errors=Errors(tally.error(), *pull.errors()),
        notes=(note,),
    )


class Masks:
    """Random masks from a seed, the same however they are cut into batches.

    Each part of a coarse grid is kept, 1, or hidden, 0, on its own. The grid is stretched over the
    bounding box of the cells that may be hidden and one part more, with bilinear interpolation
    between the middles of the parts; the box is cut out of it at a random place, 0 to a part's
    height or width less 1. All other cells are 1.
    """

    def __init__(self, inside: NDArray[np.bool_], settings: RiseParameters, dtype: Any) -> None:
        self._inside, self._box, self._dtype = inside, bounding_box(inside), dtype
        self._sizes = inside[self._box].shape
        self._grid, self._keep = cut(settings.grid, self._sizes), settings.keep
        self._bits, *self._shifts = np.random.default_rng(settings.seed).spawn(3)

    def draw(self, count: int) -> NDArray[Any]:
        """(count, H, W) masks in 0..1; the mean of each cell that may be hidden is `keep`."""
        coarse = self._bits.random((count, *self._grid)) < self._keep
        rows, columns = (
            bilinear(size, parts, np.floor(random.random(count) * -(-size // parts)))
            for size, parts, random in zip(self._sizes, self._grid, self._shifts, strict=True)
        )
        fine = rows.astype(self._dtype) @ coarse @ columns.astype(self._dtype).transpose(0, 2, 1)
        masks = np.ones((count, *self._inside.shape), self._dtype)
        np.copyto(masks[:, *self._box], fine, where=self._inside[self._box])
        return masks


def bilinear(size: int, parts: int, shifts: Floats) -> Floats:
    """(N,) shifts -> (N, size, parts), how much each part of a grid weighs in each line."""
    length = (parts + 1) * -(-size // parts)
    places = (np.arange(size) + shifts[:, None] + 0.5) * parts / length - 0.5
    places = np.clip(places, 0, parts - 1)[..., None]
    return np.maximum(0, 1 - np.abs(places - np.arange(parts)))


class Tally:
    """Running sums over masks, from which each cell's weighted mean of the scores follows."""

    def __init__(self, shape: Sequence[int]) -> None:
        self.count, self._total = 0, 0.0
        self._sums, self._squares = np.zeros((2, *shape)), np.zeros((3, *shape))

    def add(self, masks: NDArray[Any], scores: Floats) -> None:
        """Take (N, H, W) masks and their (N,) scores."""
        powers = scores ** np.arange(3)[:, None]
        self.count += len(scores)
        self._total += float(scores.sum())
        self._sums += np.tensordot(powers[:2], masks, 1)
        self._squares += np.tensordot(powers, masks**2, 1)

    def overall(self) -> float:
        """Mean of the scores."""
        return self._total / self.count

    @property
    def weight(self) -> Floats:
        """(H, W), how much of each cell all masks together show."""
        return np.asarray(self._sums[0])

    def mean(self) -> Floats:
        """(H, W) means, NaN where all masks are 0."""
        weight, total = self._sums
        return np.divide(total, weight, out=np.full(total.shape, np.nan), where=weight > 0)

    def error(self) -> Floats:
        """(H, W) standard errors of the means; one mask tells none (NaN)."""
        mean, weight, (w, ws, wss) = self.mean(), self.weight, self._squares
        if self.count < 2:
            return np.full(mean.shape, np.nan)
        squares = np.maximum(wss - 2 * mean * ws + mean**2 * w, 0)
        squares *= self.count / (self.count - 1)
        unknown = np.full(mean.shape, np.nan)
        return np.divide(np.sqrt(squares), weight, out=unknown, where=weight > 0)


class Pull:
    """How far each mask pulls the means of the rows and columns of the map, summed in squares.

    A mask M with score s moves a cell's mean m, the sum of s * M by the sum of M, by M * (s - m) by
    the sum of M, and the mean of a line by the mean of that over its cells.

    Parameters
    ----------
    tally
        Of all masks.
    inside
        (H, W) bool, the cells that count.
    """

    def __init__(self, tally: Tally, inside: NDArray[np.bool_]) -> None:
        mean, weight = tally.mean(), tally.weight
        known = inside & (weight > 0)
        share = np.divide(1, weight, out=np.zeros(weight.shape), where=known)
        self._shares = [share / np.maximum(known.sum(axis, keepdims=True), 1) for axis in (1, 0)]
        self._mean = np.where(known, mean, 0)
        self._factor = tally.count / (tally.count - 1) if tally.count > 1 else np.nan
        self._squares = [np.zeros(size) for size in inside.shape]

    def add(self, masks: NDArray[Any], scores: Floats) -> None:
        """Take (N, H, W) masks and their (N,) scores once more."""
        for share, squares, line in zip(self._shares, self._squares, "hw", strict=True):
            shown, drawn = (
                np.einsum(f"nhw,hw->n{line}", masks, each) for each in (share, share * self._mean)
            )
            squares += ((scores[:, None] * shown - drawn) ** 2).sum(axis=0)

    def errors(self) -> tuple[Floats, Floats]:
        """(H,) and (W,) standard errors; one mask tells none (NaN)."""
        rows, columns = (np.sqrt(squares * self._factor) for squares in self._squares)
        return rows, columns


METHODS = (
    Method(
        name="rise",
        family="attribution",
        question="How high is the score, on average, where this cell stays visible?",
        needs="scores",
        Parameters=RiseParameters,
        compute=rise,
        profile="mean",
    ),
)
