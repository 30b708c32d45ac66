"""The difference of two maps against their numbers."""

from __future__ import annotations

import numpy as np
import pytest

import heatbrush as hb
from heatbrush_core.explanation.difference import difference, strength

A = np.array([[1.0, -4.0, 2.0], [0.0, np.nan, 8.0]])
B = np.array([[3.0, 1.0, np.nan], [2.0, 5.0, -2.0]])


def of(map, method="occlusion", unit="logit", **fields) -> hb.Explanation:
    known = hb.Explanation.of(map, method, rows=["a", "b"]).fields()
    return hb.Explanation(**{**known, "unit": unit, **fields})


def test_one_method_in_one_unit_is_subtracted_as_it_is() -> None:
    found = difference(of(A), of(B), ("fine", "coarse"))
    np.testing.assert_array_equal(found.map, A - B)
    assert np.isnan(found.map).sum() == 2 and found.unit == "logit" and found.given
    assert found.notes == (
        "fine minus coarse: one method and one unit, so the values are as they are.",
    )
    assert found.row_axis.labels == ("a", "b")


@pytest.mark.parametrize(("method", "unit"), [("gradient", "logit"), ("occlusion", "probability")])
def test_others_are_divided_by_their_99th_percentile(method, unit) -> None:
    found = difference(of(A), of(B, method, unit), ("a", "b"))
    scales = [np.nanquantile(np.abs(each), 0.99) for each in (A, B)]
    np.testing.assert_allclose(found.map, A / scales[0] - B / scales[1], rtol=1e-6)
    assert found.unit == "" and f"({scales[0]:.3g} and {scales[1]:.3g})" in found.notes[0]


def test_channels_are_kept_where_both_have_them() -> None:
    two = np.stack([A, 2 * A], axis=-1)
    both = difference(of(two), of(-two), ("a", "b"))
    np.testing.assert_array_equal(both.values, 2 * two)
    one = difference(of(two), of(B), ("a", "b"))
    assert one.shape == (2, 3, 1)
    np.testing.assert_array_equal(one.map, 3 * A - B)


def test_the_strength_of_maps_without_a_percentile() -> None:
    few = np.zeros((20, 20), "float32")
    assert strength(few) == 1 and strength(few * np.nan) == 1
    few[0, 0] = -3
    assert strength(few) == 3


def test_a_profile_of_means_stays_one_and_a_target_only_where_both_have_it() -> None:
    mean = of(A, profile="mean", target=hb.targets.Class(1))
    same = difference(mean, mean, ("a", "b"))
    assert same.profile == "mean" and same.target == hb.targets.Class(1)
    mixed = difference(mean, of(B, target=hb.targets.Class(0)), ("a", "b"))
    assert mixed.profile == "sum" and mixed.target is None
