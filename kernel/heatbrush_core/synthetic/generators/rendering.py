"""How a surface becomes a matrix: its height, its depth, or the light that it sends back."""

from __future__ import annotations

from typing import Literal

import numpy as np

from heatbrush_core.matrix.arrays import Floats

Rendering = Literal["intensity", "depth", "height"]

AMBIENT = 0.4
"""Share of the light that comes from everywhere."""
LIGHT, VIEW = np.radians(40), np.radians(12)
"""Angles of the light, and of the eye that sees depth, from straight above."""


def direction(tilt: float, random: np.random.Generator) -> Floats:
    """Draw the direction (x, y, z) towards a light or an eye: its tilt from z is given."""
    azimuth = 2 * np.pi * random.random()
    return np.array([np.sin(tilt) * np.cos(azimuth), np.sin(tilt) * np.sin(azimuth), np.cos(tilt)])


def render(
    how: Rendering, height: Floats, albedo: Floats, unit: float, random: np.random.Generator
) -> Floats:
    """Render a surface that is seen from above.

    Parameters
    ----------
    how : {"intensity", "depth", "height"}
        height is the surface itself. depth is the distance from a plane that a seeded direction
        looks along, 12 degrees from straight above. intensity is the albedo under a light from
        a seeded direction, 40 degrees from straight above, as a matt surface sends it back
        (Lambert), with 0.4 of the light from everywhere.
    height : (H, W)
        In cells.
    albedo : (H, W)
        The share of light that each cell sends back.
    unit : float
        Cells that are 1 in heights and depths.
    random : numpy.random.Generator
        Draws the direction.

    Returns
    -------
    (H, W) float64
    """
    if how == "height":
        return height / unit
    if how == "depth":
        rows, columns = np.indices(height.shape)
        x, y, z = direction(VIEW, random)
        distance = -(x * columns - y * rows + z * height)
        return (distance - distance.min()) / unit
    down, right = np.gradient(height)
    x, y, z = direction(LIGHT, random)
    # the normal is (-right, down, 1), as rows go down and y up
    facing = (-x * right + y * down + z) / np.sqrt(right**2 + down**2 + 1)
    return albedo * (AMBIENT + (1 - AMBIENT) * np.maximum(facing, 0))
