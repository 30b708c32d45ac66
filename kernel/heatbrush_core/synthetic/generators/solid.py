"""Solids of revolution: a profile curve, a deformation, a place; cut open, and as a mesh."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.synthetic.generators.scene import Mask

if TYPE_CHECKING:
    import trimesh

AROUND, ALONG = 96, 64
"""Points of a mesh around its axis, a multiple of most numbers of lobes, and along its profile."""

Profile = Callable[[Floats], Floats]
"""Gets the radius in cells at angles from the axis, 0 at the top and pi at the bottom."""
Colour = tuple[float, float, float]
"""Red, green and blue, 0 to 1."""


@dataclass(frozen=True, eq=False)
class Solid:
    """A profile that goes round an axis, deformed, turned and put somewhere.

    Attributes
    ----------
    profile
        The curve, as a radius at each angle from the axis.
    colour
        Of the mesh.
    centre
        (x, z) in cells, x along the columns and z upwards.
    turn
        Angle of the axis from upwards to the right, in radians.
    lobes, depth
        Bulges around the axis: the radius grows by up to `depth` of itself where they are, and
        shrinks as much between them.
    bend
        Cells that the ends move to the side; the middle stays.
    """

    profile: Profile
    colour: Colour
    centre: tuple[float, float] = (0.0, 0.0)
    turn: float = 0.0
    lobes: int = 0
    depth: float = 0.0
    bend: float = 0.0

    def holds(self, points: Floats, inset: float = 0.0) -> Mask:
        """Tell which points (n, 3) lie inside, at least `inset` cells below the profile.

        x goes along the columns, y away from who looks, z upwards.
        """
        x, v, z = points[:, 0] - self.centre[0], points[:, 1], points[:, 2] - self.centre[1]
        cosine, sine = np.cos(self.turn), np.sin(self.turn)
        u, w = x * cosine - z * sine, x * sine + z * cosine
        u = u - self._bent(w)
        across = np.hypot(u, v)
        angle = np.arctan2(across, w)
        inside: Mask = np.hypot(across, w) <= self._radius(angle, np.arctan2(v, u)) - inset
        return inside

    def cut(self, shape: tuple[int, int], inset: float = 0.0) -> Mask:
        """Tell which cells of a matrix a cut through y = 0 shows; the matrix begins at x = 0."""
        near = self._near(shape)
        rows, columns = np.mgrid[near]
        points = np.stack([columns.ravel(), np.zeros(rows.size), -rows.ravel()], axis=1)
        found = np.zeros(shape, np.bool_)
        found[near] = self.holds(points, inset).reshape(rows.shape)
        return found

    def _near(self, shape: tuple[int, int]) -> tuple[slice, slice]:
        """Get the cells of a matrix that it may reach."""
        widest = float(self.profile(np.linspace(0, np.pi, ALONG)).max())
        reach = int(widest * (1 + self.depth) + abs(self.bend)) + 2
        middle = (round(-self.centre[1]), round(self.centre[0]))
        rows, columns = (
            slice(max(0, at - reach), min(cells, at + reach + 1))
            for at, cells in zip(middle, shape, strict=True)
        )
        return rows, columns

    def mesh(self) -> trimesh.Trimesh:
        """Make it a closed mesh of its colour."""
        trimesh = _trimesh()
        angles = np.linspace(0, np.pi, ALONG)
        radii = self.profile(angles)
        line = np.stack([radii * np.sin(angles), radii * np.cos(angles)], axis=1)
        # on the axis to the last bit, so that the mesh closes there
        line[[0, -1], 0] = 0
        made = trimesh.creation.revolve(line[::-1], sections=AROUND)
        made.vertices = self._deformed(np.asarray(made.vertices, np.float64))
        made.visual.vertex_colors = [round(255 * each) for each in self.colour] + [255]
        return made

    def _deformed(self, vertices: Floats) -> Floats:
        u, v, w = vertices.T
        angle, around = np.arctan2(np.hypot(u, v), w), np.arctan2(v, u)
        u, v, w = vertices.T * self._bulge(angle, around)
        u = u + self._bent(w)
        cosine, sine = np.cos(self.turn), np.sin(self.turn)
        x, z = u * cosine + w * sine, w * cosine - u * sine
        return np.stack([x + self.centre[0], v, z + self.centre[1]], axis=1)

    def _radius(self, angle: Floats, around: Floats) -> Floats:
        return self.profile(angle) * self._bulge(angle, around)

    def _bulge(self, angle: Floats, around: Floats) -> Floats:
        # none at the ends, where all directions around meet
        return 1 + self.depth * np.sin(angle) * np.cos(self.lobes * around)

    def _bent(self, w: Floats) -> Floats:
        reach = float(self.profile(np.array([0.0]))[0])
        return self.bend * np.minimum((w / reach) ** 2, 1)


def ellipsoid(along: float, across: float) -> Profile:
    """Get the profile of an ellipsoid by its half axes in cells."""
    return lambda angle: along * across / np.hypot(across * np.cos(angle), along * np.sin(angle))


def binary(solids: dict[str, Solid]) -> bytes:
    """Write solids as one glTF file (.glb), each under its name; its y points upwards."""
    scene = _trimesh().Scene()
    for name, solid in solids.items():
        mesh = solid.mesh()
        mesh.apply_transform([[1, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1]])
        scene.add_geometry(mesh, node_name=name, geom_name=name)
    content: bytes = scene.export(file_type="glb")
    return content


def _trimesh() -> Any:
    try:
        import trimesh
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "A mesh is made by trimesh, which is not installed; run pip install 'heatbrush[mesh]'."
        ) from error
    return trimesh
