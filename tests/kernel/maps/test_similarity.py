"""How alike two maps look: against scikit-image, and maps of which nothing can be said."""

import numpy as np
import pytest

from heatbrush_core import Region
from heatbrush_core.maps.similarity import chosen

RANDOM = np.random.default_rng(21)
MEASURES = ("spearman", "spearman_absolute", "ssim", "hog")


@pytest.fixture
def alike():
    """Compare two maps by name; not on the oldest versions, which have no scikit-image."""
    pytest.importorskip("skimage")
    return lambda name, a, b: chosen(name)[name](a, b)


@pytest.mark.parametrize("name", MEASURES)
def test_equal_maps_are_alike_whatever_their_scale(name, alike):
    a = RANDOM.normal(size=(9, 40))
    assert alike(name, a, a) == pytest.approx(1)
    assert alike(name, a, 1e-9 * a) == pytest.approx(1)


@pytest.mark.parametrize("name", MEASURES)
def test_only_ranks_with_signs_tell_a_map_from_its_negative(name, alike):
    waves = np.outer(np.sin(np.arange(20) / 3), np.cos(np.arange(30) / 4))
    assert alike(name, waves, -waves) == pytest.approx(-1 if name == "spearman" else 1, abs=0.3)


def test_ssim_is_that_of_scikit_image(alike):
    from skimage.metrics import structural_similarity

    a = RANDOM.normal(size=(12, 30)).cumsum(axis=1)
    b = a + RANDOM.normal(size=a.shape)
    scaled = a / abs(a).max(), b / abs(b).max()
    expected = structural_similarity(*scaled, win_size=5, data_range=2)
    assert alike("ssim", a, 7 * b) == pytest.approx(expected)
    assert 0 < expected < 0.99


@pytest.mark.parametrize("shape, cell", [((64, 150), (3, 8)), ((5, 64), (1, 3)), ((3, 3), (1, 1))])
def test_cells_of_hog_scale_with_the_map(shape, cell, alike):
    from skimage.feature import hog

    maps = RANDOM.normal(size=(2, *shape))
    features = [hog(m / abs(m).max(), pixels_per_cell=cell) for m in maps]
    assert alike("hog", *maps) == pytest.approx(np.corrcoef(features)[0, 1])


def test_noise_is_not_alike(alike):
    """As measured in appendix B of Adebayo et al.: 0.078 for uniform masks, otherwise near 0."""

    def mean(name, *shape):
        return np.mean([alike(name, *RANDOM.normal(size=(2, *shape))) for _ in range(40)])

    assert abs(mean("hog", 64, 64)) < 0.03 and abs(mean("ssim", 64, 64)) < 0.03
    small = {5: 0.25, 8: 0.14, 28: 0.03}  # what the docstring says
    for side, expected in small.items():
        assert mean("hog", side, side) == pytest.approx(expected, abs=0.06)
    masks = RANDOM.uniform(-1, 1, size=(10, 2, 299, 299))
    assert np.mean([alike("hog", *pair) for pair in masks]) == pytest.approx(0.078, abs=0.03)


@pytest.mark.parametrize("name", MEASURES)
def test_maps_of_which_nothing_can_be_said(name, alike):
    a, b = RANDOM.normal(size=(2, 9, 12))
    assert np.isnan(alike(name, a, np.full_like(a, 3)))
    assert np.isnan(alike(name, np.zeros_like(a), b))
    assert np.isnan(alike(name, a, np.full_like(a, np.nan)))
    least = {"ssim": 5, "hog": 3}.get(name, 1)
    for side in range(1, 7):
        for shape in ((side, 12), (9, side)):
            a, b = RANDOM.normal(size=(2, *shape))
            assert np.isnan(alike(name, a, b)) == (side < least)


@pytest.mark.parametrize("name", ["ssim", "hog"])
def test_only_a_known_rectangle_is_compared(name, alike):
    a, b = RANDOM.normal(size=(2, 9, 12))
    inside = Region.rectangle(1, 8, 3, 10).mask((9, 12))
    part = [np.where(inside, each, np.nan) for each in (a, b)]
    assert alike(name, *part) == alike(name, a[1:8, 3:10], b[1:8, 3:10])
    part[0][4, 5] = np.nan
    assert np.isnan(alike(name, *part))
