"""Distances between matrices, and small pictures of them: against sums written out."""

from __future__ import annotations

import numpy as np
import pytest

from heatbrush.catalogue import alike, thumbnails


def block_means(x: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Written out: block i of n holds the lines from floor(i size / n) on."""
    height, width = x.shape[:2]
    r = [i * height // rows for i in range(rows + 1)]
    c = [i * width // columns for i in range(columns + 1)]
    return np.array(
        [
            [x[r[i] : r[i + 1], c[j] : c[j + 1]].mean((0, 1)) for j in range(columns)]
            for i in range(rows)
        ]
    )


def test_small_matrices_are_compared_cell_by_cell() -> None:
    X = np.random.default_rng(0).normal(size=(50, 4, 6, 2)).astype("float32")
    found = alike.Reduced(X.shape)
    assert found.whole and found.blocks == (4, 6)
    found.add(X, slice(0, 30))
    distances = found.distances(7)
    wanted = np.sqrt(((X.astype(float) - X[7]) ** 2).sum((1, 2, 3)))
    np.testing.assert_allclose(distances[:30], wanted[:30], rtol=1e-6)
    assert np.isnan(distances[30:]).all() and np.isnan(found.distances(40)).all()


def test_large_ones_by_their_block_means(monkeypatch: pytest.MonkeyPatch) -> None:
    X = np.random.default_rng(1).normal(size=(6, 50, 7, 2)).astype("float32")
    X[2, 0, 0, 0] = np.nan
    monkeypatch.setattr(alike, "MOST_SIDE", 10)
    found = alike.Reduced(X.shape)
    assert not found.whole and found.blocks == (10, 7)
    found.add(X, slice(0, 6))
    full = np.nan_to_num(X.astype(float))
    small = np.stack([block_means(x, 10, 7) for x in full])
    np.testing.assert_allclose(
        found.distances(3), np.sqrt(((small - small[3]) ** 2).sum((1, 2, 3))), rtol=1e-4
    )
    assert found.holes


def test_very_many_matrices_take_no_more_than_allowed() -> None:
    found = alike.Reduced((100_000, 64, 256, 3))
    assert found.values.nbytes <= alike.MOST_BYTES
    rows, columns = found.blocks
    assert 2 <= rows <= 64 and 2 <= columns <= 64
    assert alike.Reduced((3, 1, 5000, 1)).blocks == (1, alike.MOST_SIDE)


def test_a_picture_holds_the_block_means_on_a_scale_of_its_own() -> None:
    x = np.random.default_rng(2).normal(size=(60, 96, 2)).astype("float32")
    made = thumbnails.picture(x, None, (20, 48))
    small = block_means(x.sum(-1)[..., None], 20, 48)[..., 0]
    share = (small - small.min()) / (small.max() - small.min())
    assert made.dtype == np.uint8 and made.shape == (20, 48)
    assert np.abs(made - share * 254).max() <= 1


def test_a_picture_of_what_does_not_exist_is_the_same_or_absent() -> None:
    x = np.full((4, 6, 1), 3.0, "float32")
    assert (thumbnails.picture(x, None, (4, 6)) == 127).all()
    exists = np.zeros((4, 6), bool)
    assert (thumbnails.picture(x, exists, (4, 6)) == thumbnails.ABSENT).all()
    exists[:, :3] = True
    x[0, 0] = np.nan
    x[1, 1] = 5
    made = thumbnails.picture(x, exists, (4, 6))
    assert (made[:, 3:] == 255).all() and made[0, 0] == 255
    assert made[1, 1] == 254 and made[1, 0] == 0
    # of a large matrix not every cell is looked at
    large = np.zeros((4000, 1, 1), "float32")
    large[2000:] = 1
    assert thumbnails.picture(large, None, (20, 1))[:, 0].tolist() == [0] * 10 + [254] * 10
