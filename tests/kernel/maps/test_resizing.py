"""Stretching a coarse map, against TensorFlow's."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from heatbrush_core.maps.resizing import resized

sizes = st.tuples(st.integers(1, 9), st.integers(1, 9))


@settings(max_examples=40)
@given(sizes, sizes)
def test_bilinear_is_that_of_tensorflow(small, large):
    maps = np.random.default_rng(0).normal(size=(2, *small))
    expected = tf.image.resize(maps[..., None], large)[..., 0]
    np.testing.assert_allclose(resized(maps, large, "bilinear"), expected, atol=1e-5)


@settings(max_examples=40)
@given(sizes, sizes)
def test_nearest_is_that_of_tensorflow(small, large):
    maps = np.random.default_rng(0).normal(size=(2, *small)).astype("float32")
    expected = tf.image.resize(maps[..., None], large, "nearest")[..., 0]
    np.testing.assert_array_equal(resized(maps, large, "nearest"), expected)


@pytest.mark.parametrize("how", ["bilinear", "nearest"])
def test_a_map_of_the_same_size_and_a_constant_stay(how):
    map = np.random.default_rng(0).normal(size=(5, 7))
    np.testing.assert_array_equal(resized(map, (5, 7), how), map)
    np.testing.assert_allclose(resized(np.full((3, 2), 0.7), (8, 5), how), 0.7)


def test_what_lies_between_two_cells():
    np.testing.assert_allclose(resized(np.array([[0.0, 4.0]]), (1, 4), "bilinear"), [[0, 1, 3, 4]])
    np.testing.assert_array_equal(resized(np.array([[0.0, 4.0]]), (1, 3), "nearest"), [[0, 4, 4]])
