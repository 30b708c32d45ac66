"""Large maps in blocks, against loops over the cells and NumPy's own quantiles."""

from __future__ import annotations

import numpy as np
import pytest

from heatbrush.blocks import large, pyramid
from heatbrush.blocks.extremes import ends, magnitudes
from heatbrush.blocks.pyramid import Pyramid, steps_for
from heatbrush.blocks.strongest import MOST, covered, strongest
from heatbrush_core import Region


def gappy(shape: tuple[int, int], seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    cells = rng.normal(size=shape).astype("float32")
    cells[rng.random(shape) < 0.3] = np.nan
    cells[: shape[0] // 3, : shape[1] // 2] = np.nan
    return cells


@pytest.mark.parametrize("shape", [(13, 21), (1, 37), (40, 1), (16, 16)])
@pytest.mark.parametrize("kept", [4, 40, 10_000])
@pytest.mark.parametrize("missing", ["nothing", "values", "cells"])
def test_blocks_are_what_their_cells_say(shape, kept, missing, monkeypatch) -> None:
    """Whatever level they are made of; infinity where no cell exists, NaN where none is known."""
    monkeypatch.setattr(pyramid, "KEPT", kept)
    cells = gappy(shape) if missing == "values" else np.nan_to_num(gappy(shape), nan=1.5)
    exists = None
    if missing == "cells":
        exists = ~np.isnan(gappy(shape, 1))
        cells[~exists] = 99.0
    made = Pyramid(cells, exists)
    for steps in ((1, 1), (2, 1), (1, 4), (4, 4), (16, 32)):
        counts = [-(-size // step) for size, step in zip(shape, steps, strict=True)]
        rows, columns = ((n // 3, n) for n in counts)
        level = made.blocks(steps, rows, columns)
        found = {name: level.value(name) for name in ("strongest", "mean")}
        for i, j in np.ndindex(found["mean"].shape):
            part = tuple(
                slice((first + at) * step, (first + at + 1) * step)
                for first, at, step in zip((rows[0], columns[0]), (i, j), steps, strict=True)
            )
            block = cells[part] if exists is None else cells[part][exists[part]]
            known = block[~np.isnan(block)]
            if not block.size:
                assert found["strongest"][i, j] == found["mean"][i, j] == np.inf
            elif not known.size:
                assert np.isnan(found["strongest"][i, j]) and np.isnan(found["mean"][i, j])
            else:
                assert found["strongest"][i, j] == known[np.argmax(np.abs(known))]
                assert found["mean"][i, j] == pytest.approx(known.mean(dtype=float), abs=1e-5)


@pytest.mark.parametrize("shape", [(8192, 8192), (3, 100_000), (1, 10_000_000), (9, 9)])
def test_an_overview_has_as_many_blocks_as_it_may(shape) -> None:
    steps = steps_for(shape, 1000)
    counts = [-(-size // step) for size, step in zip(shape, steps, strict=True)]
    assert counts[0] * counts[1] <= 1000
    assert counts[0] * counts[1] > 240 or steps == (1, 1)
    assert shape[0] < 10 or max(counts) <= 2 * min(counts)


@pytest.mark.parametrize(
    "cells",
    [
        np.random.default_rng(0).normal(size=(300, 400)),
        np.round(np.random.default_rng(1).normal(size=(300, 400))),
        np.where(np.random.default_rng(2).random((300, 400)) < 0.999, 0, 7.0),
        # the sample that the first guess is made of sees nothing of what counts
        np.concatenate([np.zeros((2, 500_000)), np.full((1, 500_000), 3.0)]),
        np.array([[2.0, np.nan]]),
        np.zeros((3, 4)),
    ],
)
def test_quantiles_near_the_ends_are_exact(cells) -> None:
    cells = cells.astype("float32")
    known = cells[~np.isnan(cells)].astype(float)
    asked = (0.98, 0.998, 1.0)
    assert magnitudes(cells, asked) == pytest.approx(np.quantile(np.abs(known), asked), abs=1e-6)
    assert ends(cells, 0.01) == pytest.approx(np.quantile(known, [0.01, 0.99]), abs=1e-6)
    assert magnitudes(np.full((2, 2), np.nan, "float32"), asked) == [0, 0, 0]


def test_halves_keep_eleven_bits_of_all_that_is_seen() -> None:
    """Beside a value a million times as large, too; NaN and infinity stay what they are."""
    values = np.float32([[1e30, -3.14159e24, np.nan], [np.inf, 0, 1e29]])
    made = large.halves(values)
    assert made["shape"] == [2, 3] and len(made["bytes"]) == 12
    back = np.frombuffer(made["bytes"], "<f2").reshape(2, 3).astype(float) * made["scale"]
    np.testing.assert_allclose(back, values, rtol=2**-11)
    assert large.halves(np.zeros((2, 2), "float32"))["scale"] > 0


@pytest.mark.parametrize("positive", [True, False])
@pytest.mark.parametrize("percent", [1, 10, 60])
def test_the_strongest_cells_are_those_of_a_sort(positive, percent) -> None:
    rng = np.random.default_rng(0)
    cells = rng.normal(size=(60, 80)).astype("float32") * 0.01
    cells[10:20, 30:50] += 2
    cells[40:45] -= 3
    cells[:5, :5] = np.nan
    region, note = strongest(cells, percent, positive)
    strength = np.nan_to_num(cells if positive else np.abs(cells), nan=-1)
    wanted = round(percent / 100 * np.count_nonzero(~np.isnan(cells)))
    expected = strength >= max(np.sort(strength.ravel())[-wanted], 1e-30)
    assert region is not None
    np.testing.assert_array_equal(region.mask(cells.shape), expected)
    assert (note == "") == (expected.sum() == wanted)


def test_what_cannot_be_selected_says_why() -> None:
    rng = np.random.default_rng(0)
    region, why = strongest(rng.normal(size=(300, 300)).astype("float32"), 20, False)
    assert region is None and "choose fewer or larger pieces" in why
    region, why = strongest(-np.ones((2, 2), "float32"), 20, True)
    assert region is None and why.startswith("No cell of this map is positive")
    assert strongest(np.ones((2, 2), "float32"), 20, True)[0] == Region.everything()


@pytest.mark.parametrize("seed", range(30))
def test_pieces_cover_the_cells_and_no_others(seed) -> None:
    rng = np.random.default_rng(seed)
    mask = rng.random((9, 12)) < rng.choice([0.1, 0.5, 0.9])
    mask[rng.integers(9) :, : rng.integers(1, 12)] = rng.random() < 0.5
    region, count = covered(mask)
    assert region is not None and count <= MOST
    np.testing.assert_array_equal(region.mask(mask.shape), mask)
