"""The shapes of evidence, cell by cell."""

import numpy as np
import pytest

from heatbrush_core.synthetic import (
    shapes,
)


def values(kind, size, frequency=None, seed=0):
    return shapes.pattern(kind, size, frequency, np.random.default_rng(seed))


@pytest.mark.parametrize("size", [(1, 1), (1, 5), (4, 7), (6, 6)])
def test_bumps_rise_to_the_middle(size):
    bump = values("bump", size)
    assert (bump > 0).all()
    np.testing.assert_allclose(bump, bump[::-1, ::-1])
    for profile in (bump.max(0), bump.max(1)):
        half = profile[: (len(profile) + 1) // 2]
        assert (np.diff(half) > 0).all() and half[-1] == pytest.approx(1)


def test_steps_are_flat_and_textures_are_coins():
    np.testing.assert_array_equal(values("step", (3, 4)), 1)
    texture = values("texture", (50, 60))
    assert set(np.unique(texture)) == {-1, 1}
    assert abs(texture.mean()) < 4 / np.sqrt(texture.size)
    assert abs((texture[:, 1:] * texture[:, :-1]).mean()) < 4 / np.sqrt(texture.size)
    assert (texture != values("texture", (50, 60), seed=1)).any()


@pytest.mark.parametrize("seed", range(5))
def test_oscillations_have_one_frequency_of_the_range(seed):
    wave = values("oscillation", (3, 50), (0.1, 0.2), seed)
    assert (wave == wave[0]).all()
    middle, around = wave[0, 1:-1], wave[0, 2:] + wave[0, :-2]
    cosine = (around @ middle) / (middle @ middle) / 2  # v[t - 1] + v[t + 1] = 2 cos(w) v[t]
    np.testing.assert_allclose(around, 2 * cosine * middle, atol=1e-9)
    assert 0.1 <= np.arccos(cosine) / (2 * np.pi) <= 0.2
    assert (wave != values("oscillation", (3, 50), (0.1, 0.2), seed + 5)).any()


@pytest.mark.parametrize("seed", range(5))
def test_chirps_rise_from_the_low_to_the_high_frequency(seed):
    wave = values("chirp", (2, 401), (0.02, 0.22), seed)
    assert (wave == wave[0]).all()
    crossings = np.flatnonzero(np.diff(np.sign(wave[0])))
    for start in (0, 100, 200, 300):
        found = ((start <= crossings) & (crossings < start + 100)).sum()
        mean = 0.02 + 0.2 * (start + 50) / 400
        assert found == pytest.approx(2 * 100 * mean, abs=1.5)
