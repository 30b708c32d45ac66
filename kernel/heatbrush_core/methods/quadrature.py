"""Points and weights of an integral over [0, 1], by five rules."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Rule = Literal["gauss_legendre", "left", "right", "middle", "trapezoid"]
Floats = NDArray[np.float64]

MOST = 10_000
"""Points of Gauss and Legendre: the work grows with their square, and fewer are exact already."""
ROUNDS = 4
"""Of Newton's method, which doubles the digits each time; the first guess has some four."""


def quadrature(rule: Rule, steps: int) -> tuple[Floats, Floats]:
    """Points in [0, 1] and their weights, which sum to 1; "trapezoid" has steps + 1 of them."""
    if rule == "gauss_legendre":
        nodes, weights = gauss_legendre(steps)
        return (nodes + 1) / 2, weights / 2
    if rule == "trapezoid":
        weights = np.full(steps + 1, 1 / steps)
        weights[[0, -1]] /= 2
        return np.linspace(0, 1, steps + 1), weights
    offset = {"left": 0.0, "middle": 0.5, "right": 1.0}[rule]
    return (np.arange(steps) + offset) / steps, np.full(steps, 1 / steps)


def gauss_legendre(count: int) -> tuple[Floats, Floats]:
    """(count,) nodes in (-1, 1) and weights: the zeros of a Legendre polynomial, by Newton.

    NumPy's takes the eigenvalues of a matrix, 15 s for 3000.

    Source: Press et al. (2007), Numerical Recipes, section 4.6.1, with Tricomi's first guess.
    """
    angles = np.pi * (4 * np.arange(count, 0, -1) - 1) / (4 * count + 2)
    nodes = (1 - (count - 1) / (8 * count**3)) * np.cos(angles)
    slopes = np.ones(count)
    for _ in range(ROUNDS):
        before, values = np.ones(count), nodes
        for degree in range(2, count + 1):
            before, values = (
                values,
                ((2 * degree - 1) * nodes * values - (degree - 1) * before) / degree,
            )
        slopes = count * (nodes * values - before) / (nodes**2 - 1)
        nodes = nodes - values / slopes
    nodes = (nodes - nodes[::-1]) / 2
    weights = 2 / ((1 - nodes**2) * slopes**2)
    weights = (weights + weights[::-1]) / 2
    return nodes, weights * (2 / weights.sum())
