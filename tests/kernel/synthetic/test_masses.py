"""Mass by part against hand-made sums."""

import numpy as np
import pytest
from sentences import refuses

from heatbrush_core import Explanation
from heatbrush_core.synthetic import Landmarks, mass_by_part

MAP = np.array([[1.0, -3.0, 0.0], [2.0, np.nan, 4.0]])
LEFT = np.array([[True, False, False], [True, False, False]])
MASKS = {"left": LEFT, "rest": ~LEFT}


@pytest.mark.parametrize("given", [MAP, Explanation.of(MAP)])
def test_shares_of_a_map(given):
    table = mass_by_part(given, MASKS)
    assert table.index.tolist() == ["left", "rest"] and table.index.name == "part"
    assert table["cells"].tolist() == [2, 3]
    np.testing.assert_allclose(table["area"], [0.4, 0.6])
    np.testing.assert_allclose(table["mass"], [0.3, 0.7])
    np.testing.assert_allclose(table["positive"], [3 / 7, 4 / 7])
    np.testing.assert_allclose(table["negative"], [0, 1])


def test_sums_that_are_nothing_have_no_shares():
    table = mass_by_part(np.zeros((2, 3)), MASKS)
    assert table[["mass", "positive", "negative"]].isna().all(axis=None)
    empty = mass_by_part(np.full((2, 3), np.nan), MASKS)
    assert empty["cells"].tolist() == [0, 0] and empty["area"].isna().all()


def test_a_scene_stands_for_its_masks():
    scene = Landmarks(count=3).sample(1)
    table = mass_by_part(scene.x[..., 0], scene)
    assert tuple(table.index) == scene.names
    np.testing.assert_allclose(table[["area", "mass", "positive", "negative"]].sum(), 1)
    kinds = mass_by_part(scene.x[..., 0], scene.kinds)
    assert kinds.loc["landmark", "mass"] == pytest.approx(table["mass"].iloc[1:].sum())
    for name, mask in scene.masks.items():
        assert table.loc[name, "cells"] == mask.sum()


def test_refusals():
    with refuses(ValueError, "shape (2, 3, 1)", "(rows, columns)", "one map"):
        mass_by_part(MAP[..., None], MASKS)
    with refuses(ValueError, "infinite", "shares", "NaN"):
        mass_by_part(np.full((2, 3), np.inf), MASKS)
    with refuses(TypeError, "masks is", "dict of masks", "scene.masks"):
        mass_by_part(MAP, [LEFT])
    with refuses(TypeError, "'left' is int64", "boolean", "mask > 0"):
        mass_by_part(MAP, {"left": LEFT.astype(np.int64)})
    with refuses(ValueError, "shape (3, 2)", "(2, 3)", "masks of the sample"):
        mass_by_part(MAP, {"left": LEFT.T})
