"""What synthetic matrices are made of: the shapes of evidence, and noise with a correlation."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import numpy as np

from heatbrush_core.matrix.arrays import Floats

Kind = Literal["bump", "chirp", "texture", "oscillation", "step"]
Frequency = tuple[float, float]
"""A low and a high frequency in cycles per column, at most 0.5."""

REACH = 4
"""Correlation lengths after which a Gaussian kernel is cut off; 3e-4 of its peak is left there."""


def pattern(
    kind: Kind, size: tuple[int, int], frequency: Frequency | None, random: np.random.Generator
) -> Floats:
    """Make one instance of a shape, scaled so that its largest absolute value is 1.

    Parameters
    ----------
    kind : {"bump", "chirp", "texture", "oscillation", "step"}
        bump is half a sine wave along each axis, the highest in the middle. step is 1 in every
        cell. texture is 1 or -1 in each cell, by a coin, so that no template and no mean tells it.
        oscillation is a sine wave along the columns, the same in all rows, with a random phase and
        one frequency out of the range. chirp is one too, but its frequency rises along the
        instance, from the low end of the range in the first column to the high end in the last.
    size : (height, width)
        In cells; a chirp has at least 2 columns.
    frequency : (low, high) or None
        In cycles per column; needed by oscillation and chirp alone.
    random : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    (height, width) float64
    """
    values = SHAPES[kind](size, frequency or (0, 0), random)
    return values / np.abs(values).max()


def _bump(size: tuple[int, int], _: Frequency, __: np.random.Generator) -> Floats:
    rows, columns = (np.sin(np.pi * (np.arange(n, dtype=np.float64) + 0.5) / n) for n in size)
    return rows[:, None] * columns


def _step(size: tuple[int, int], _: Frequency, __: np.random.Generator) -> Floats:
    return np.ones(size)


def _texture(size: tuple[int, int], _: Frequency, random: np.random.Generator) -> Floats:
    return np.where(random.integers(0, 2, size), 1.0, -1.0)


def _oscillation(
    size: tuple[int, int], frequency: Frequency, random: np.random.Generator
) -> Floats:
    return _wave(size, random.uniform(*frequency) * np.arange(size[1], dtype=np.float64), random)


def _chirp(size: tuple[int, int], frequency: Frequency, random: np.random.Generator) -> Floats:
    low, high = frequency
    columns = np.arange(size[1], dtype=np.float64)
    return _wave(size, low * columns + (high - low) * columns**2 / (2 * (size[1] - 1)), random)


def _wave(size: tuple[int, int], cycles: Floats, random: np.random.Generator) -> Floats:
    """Repeat a sine wave in every row; `cycles` are those passed up to each column."""
    return np.tile(np.sin(2 * np.pi * (cycles + random.random())), (size[0], 1))


SHAPES: dict[Kind, Callable[[tuple[int, int], Frequency, np.random.Generator], Floats]] = {
    "bump": _bump,
    "chirp": _chirp,
    "texture": _texture,
    "oscillation": _oscillation,
    "step": _step,
}


def noise(
    shape: tuple[int, int], lengths: tuple[float, float], random: np.random.Generator
) -> Floats:
    """Make normal noise of mean 0 and standard deviation 1 whose cells go with their neighbours.

    White noise is smoothed along each axis with a Gaussian kernel of standard deviation L, and
    scaled to a standard deviation of 1 by the kernel's own weights, not by what this matrix happens
    to have. Two cells d apart along that axis then have the correlation exp(-d² / (4 L²)). The
    white noise is drawn beyond the edges, so that cells there are like all others.

    Parameters
    ----------
    shape : (H, W)
        The matrix.
    lengths : (float, float)
        L along a column, from row to row, and L along a row, in cells; 0 leaves the noise white.
    random : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    (H, W) float64
    """
    kernels = [_kernel(length) for length in lengths]
    sizes = [cells + len(kernel) - 1 for cells, kernel in zip(shape, kernels, strict=True)]
    values = random.standard_normal(sizes)
    for axis, kernel in enumerate(kernels):
        values = _smoothed(values, kernel, axis)
    return values


def _kernel(length: float) -> Floats:
    """Weights whose squares sum to 1, which keep the variance of white noise."""
    if length == 0:
        return np.ones(1)
    reach = math.ceil(REACH * length)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / length) ** 2)
    return weights / np.sqrt((weights**2).sum())


def _smoothed(values: Floats, kernel: Floats, axis: int) -> Floats:
    """Add up shifted copies: a matrix product may round differently from machine to machine."""
    lines = np.moveaxis(values, axis, 0)
    count = len(lines) - len(kernel) + 1
    total = np.zeros((count, *lines.shape[1:]))
    for start, weight in enumerate(kernel):
        total += weight * lines[start : start + count]
    return np.moveaxis(total, 0, axis)
