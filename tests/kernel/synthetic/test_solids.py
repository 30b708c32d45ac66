"""Solids against closed forms and brute force, and what trimesh reads of an exported file."""

import builtins

import numpy as np
import pytest
import trimesh
from sentences import refuses

from heatbrush_core.synthetic import Apple
from heatbrush_core.synthetic.generators.solid import Solid, ellipsoid

GREY = (0.5, 0.5, 0.5)
UPRIGHT = [[1, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1]]
"""From a file, whose y points upwards, back to z."""


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """An apple with all its deformations, as it is in its file."""
    made = Apple(lobes=0.05, bend=0.04, lean=15, seed=2)
    place = made.export(tmp_path_factory.mktemp("mesh") / "apple", seed=4)
    assert place.name == "apple.glb"
    scene = trimesh.load(place, force="scene")
    return made, {
        name: each.copy().apply_transform(UPRIGHT) for name, each in scene.geometry.items()
    }


def test_every_part_is_a_closed_mesh(exported):
    made, meshes = exported
    seeds = made.sample(4).parameters["seeds"]
    assert set(meshes) == {"skin", "stem", *(f"seed {n + 1}" for n in range(seeds))}
    for mesh in meshes.values():
        assert mesh.is_watertight and mesh.is_winding_consistent and mesh.volume > 0


def test_bounds_and_colours(exported):
    made, meshes = exported
    values = made.sample(4).parameters
    half = values["size"] / 2
    extents = meshes["skin"].extents
    # across, 2 half (1 + lobes) at the most; a lean and a bend move little of it
    assert 2 * half * 0.9 < extents[1] <= 2 * half * 1.05 + 1e-4
    assert 2 * half * 0.85 < extents[2] <= 2 * half * 1.05
    red, green, _, alpha = meshes["skin"].visual.vertex_colors[0]
    assert red > green and alpha == 255
    assert meshes["seed 1"].visual.vertex_colors[0][:3].tolist() == [51, 26, 13]


def test_seeds_lie_inside_the_skin(exported):
    made, meshes = exported
    solids = made.solids({**made.sample(4).parameters, "row": 0, "column": 0}, _chance(made, 4))
    thick = max(1.5, made.sample(4).parameters["skin"] * made.sample(4).parameters["size"] / 2)
    for name, mesh in meshes.items():
        if name.startswith("seed"):
            assert solids["skin"].holds(np.asarray(mesh.vertices), thick).all()
    assert not solids["skin"].holds(np.asarray(meshes["stem"].vertices)).all()


def _chance(made, seed):
    return lambda part: made._chance(seed, part)


def test_the_cut_is_where_the_mesh_is_cut(exported):
    """The cells that are drawn are those whose centres lie inside the outline of the mesh."""
    made, meshes = exported
    scene = made.sample(4)
    at = scene.parameters["column"], scene.parameters["row"]
    section = meshes["skin"].section(plane_origin=(0, 1e-7, 0), plane_normal=(0, 1, 0))
    (outline,) = section.discrete
    rows, columns = np.indices(made.shape)
    angles = np.arctan2(outline[:, 0], outline[:, 2])
    order = np.argsort(angles)
    x, z = columns - at[0], at[1] - rows
    # the outline is a star around the core, so that each direction meets it once
    edge = np.interp(
        np.arctan2(x, z), angles[order], np.hypot(*outline[:, [0, 2]].T)[order], period=2 * np.pi
    )
    gap = edge - np.hypot(x, z)
    drawn = made.sample(4, without=["stem"], **scene.parameters).parts > 0
    clear = abs(gap) > 0.1
    np.testing.assert_array_equal(drawn[clear], gap[clear] > 0)
    assert clear.mean() > 0.97


def test_an_ellipsoid_is_one():
    solid = Solid(ellipsoid(9.0, 4.0), GREY, (3.0, -2.0), turn=np.radians(30))
    mesh = solid.mesh()
    assert mesh.volume == pytest.approx(4 / 3 * np.pi * 9 * 4 * 4, rel=0.01)
    np.testing.assert_allclose(mesh.center_mass, [3, 0, -2], atol=1e-6)
    axis = np.array([np.sin(np.radians(30)), 0, np.cos(np.radians(30))])
    random = np.random.default_rng(0)
    points = random.uniform(-10, 10, (4000, 3))
    along = (points - [3, 0, -2]) @ axis
    across = np.linalg.norm(points - [3, 0, -2] - along[:, None] * axis, axis=1)
    held = (along / 9) ** 2 + (across / 4) ** 2 <= 1
    np.testing.assert_array_equal(solid.holds(points), held)
    assert 0.01 < held.mean() < 0.2
    shape = (30, 40)
    rows, columns = np.indices(shape)
    flat = np.stack([columns.ravel(), np.zeros(columns.size), -rows.ravel()], 1).astype(float)
    np.testing.assert_array_equal(solid.cut(shape), solid.holds(flat).reshape(shape))


@pytest.mark.parametrize("given", [{}, {"turn": 0.4, "bend": 1.5}, {"lobes": 5, "depth": 0.1}])
def test_meshes_and_solids_have_the_same_surface(given):
    solid = Solid(ellipsoid(9.0, 7.0), GREY, (1.0, 2.0), **given)
    vertices, middle = np.asarray(solid.mesh().vertices), np.array([1.0, 0, 2.0])
    assert solid.holds(middle + 0.99 * (vertices - middle)).all()
    assert not solid.holds(middle + 1.02 * (vertices - middle)).any()


def test_without_trimesh(monkeypatch, tmp_path):
    whole = builtins.__import__

    def without(name, *rest):
        if name == "trimesh":
            raise ModuleNotFoundError(name)
        return whole(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with refuses(ModuleNotFoundError, "trimesh", "not installed", "heatbrush[mesh]"):
        Apple().export(tmp_path / "apple.glb")
    assert not list(tmp_path.iterdir())
