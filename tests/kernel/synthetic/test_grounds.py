"""Each kind of ground is what it says, in noise and in evidence, and files keep it."""

from typing import get_args

import numpy as np
import pytest
from sentences import refuses

from heatbrush_core import synthetic
from heatbrush_core.synthetic.grounds import Ground, RowUnits, lay

GROUNDS = get_args(Ground)


def drawn(ground, count=40, seed=0, make=synthetic.columns, kind="step"):
    return synthetic.draw(make(kind, seed=seed, ground=ground), count)


def nothing_and_evidence(samples, level=0):
    """Cells where nothing is planted, and where something is, one row per channel."""
    X = np.moveaxis(samples.X - level, -1, 0)
    return X[:, ~samples.truth], X[:, samples.truth]


@pytest.mark.parametrize("make", [synthetic.columns, synthetic.rows])
@pytest.mark.parametrize("ground", GROUNDS)
def test_the_truth_is_the_same_on_any_ground(ground, make):
    plain, other = drawn("standard", make=make), drawn(ground, make=make)
    np.testing.assert_array_equal(other.truth, plain.truth)
    np.testing.assert_array_equal(other.y, plain.y)
    assert other.instances == plain.instances
    assert other.X.shape == (*plain.X.shape[:3], 2 if ground == "channels" else 1)
    assert other.X.dtype == np.float32


@pytest.mark.parametrize("ground", GROUNDS)
def test_the_same_spec_gives_the_same_matrices(ground):
    few, many = drawn(ground, 5), drawn(ground, 9)
    np.testing.assert_array_equal(few.X, many.X[:5])
    assert (drawn(ground, 5, seed=1).X != few.X).any()


@pytest.mark.parametrize("ground", GROUNDS)
def test_evidence_stands_out_of_its_ground(ground):
    samples = drawn(ground, 200)
    level = np.median(samples.X, axis=(0, 2), keepdims=True)
    nothing, evidence = nothing_and_evidence(samples, level)
    assert (evidence.mean(1) > nothing.mean(1) + nothing.std(1)).all()


def test_middle_is_around_a_half():
    nothing, evidence = nothing_and_evidence(drawn("middle"))
    assert nothing.min() >= 0 and evidence.max() <= 1
    assert nothing.mean() == pytest.approx(0.5, abs=0.01)
    assert nothing.std() == pytest.approx(1 / 8, abs=0.01)


def test_counts_are_whole_and_mostly_nothing():
    nothing, evidence = nothing_and_evidence(drawn("counts"))
    assert (nothing == np.round(nothing)).all() and nothing.min() == 0
    # the mean of 0.3 exp(0.8 z) over normal z
    assert nothing.mean() == pytest.approx(0.3 * np.exp(0.32), rel=0.05)
    assert (nothing == 0).mean() > 0.6 > (evidence == 0).mean()


def test_decibels_have_a_floor_and_are_loudest_at_0():
    nothing, evidence = nothing_and_evidence(drawn("decibels"))
    assert nothing.min() == -80 and max(nothing.max(), evidence.max()) <= 0
    assert (nothing == -80).mean() == pytest.approx(0.2, abs=0.02)  # P(z < -5 / 6)
    assert np.median(nothing) == pytest.approx(-70, abs=0.5)


def test_rows_have_levels_and_units_that_all_matrices_share():
    plain, samples = drawn("standard"), drawn("rows")
    for row in range(16):
        unit, level = np.polyfit(plain.X[:, row].ravel(), samples.X[:, row].ravel(), 1)
        np.testing.assert_allclose(samples.X[:, row], level + unit * plain.X[:, row], atol=1e-4)
        assert 0.3 < unit < 3.2
    levels = np.median(samples.X, axis=(0, 2))
    assert levels.std() > 1
    np.testing.assert_allclose(levels, np.median(drawn("rows").X[:20], axis=(0, 2)), atol=0.5)


def test_strokes_lie_on_an_empty_ground():
    nothing, evidence = nothing_and_evidence(drawn("strokes"))
    assert (nothing == 0).mean() == pytest.approx(0.84, abs=0.02)  # P(z < 1)
    assert (evidence > 0).mean() > 0.8 and evidence.max() <= 1


def test_channels_mean_different_things_and_have_noise_of_their_own():
    samples = drawn("channels")
    np.testing.assert_array_equal(samples.X[..., :1], drawn("middle").X)
    assert samples.X[..., 1].min() == -80
    nothing, _ = nothing_and_evidence(samples)
    assert abs(np.corrcoef(nothing)[0, 1]) < 0.03


@pytest.mark.parametrize("ground", GROUNDS)
def test_no_noise(ground):
    spec = synthetic.columns("step", ground=ground)
    silent = synthetic.Spec(**{**dict(spec), "noise": {"standard_deviation": 0}})
    samples = synthetic.draw(silent, 4)
    if ground not in ("counts", "rows"):
        nothing, _ = nothing_and_evidence(samples)
        assert (nothing == nothing[:, :1]).all()


def test_files_keep_the_ground(tmp_path):
    spec = synthetic.rows(ground="decibels")
    spec.save(tmp_path / "spec.json")
    assert '"ground": "decibels"' in (tmp_path / "spec.json").read_text()
    assert synthetic.load(tmp_path / "spec.json") == spec


def test_a_file_without_a_ground_is_standard(tmp_path):
    spec = synthetic.columns()
    spec.save(tmp_path / "spec.json")
    lines = (tmp_path / "spec.json").read_text().splitlines()
    kept = "\n".join(line for line in lines if "ground" not in line)
    (tmp_path / "spec.json").write_text(kept)
    assert synthetic.load(tmp_path / "spec.json") == spec


def test_an_unknown_ground():
    with refuses(ValueError, "ground='mud'", "'middle'", "a kind of ground"):
        synthetic.columns(ground="mud")


def test_a_matrix_is_laid_by_hand():
    units, random = RowUnits(np.array([5.0, -5]), np.array([2.0, 0.5])), np.random.default_rng(0)
    values = np.array([[[0.0, 1, 8], [-1, 0, -8]]])
    np.testing.assert_array_equal(
        lay("rows", values, units, random)[..., 0], [[5, 7, 21], [-5.5, -5, -9]]
    )
    np.testing.assert_array_equal(
        lay("middle", values, units, random)[..., 0], [[0.5, 0.625, 1], [0.375, 0.5, 0]]
    )
    np.testing.assert_array_equal(
        lay("strokes", values, units, random)[..., 0], [[0, 0, 1], [0, 0, 0]]
    )
    np.testing.assert_array_equal(
        lay("decibels", values, units, random)[..., 0], [[-70, -58, 0], [-80, -70, -80]]
    )
