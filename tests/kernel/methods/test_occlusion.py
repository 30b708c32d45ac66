"""Occlusion against the plainest loop that could do it, and its edges and regions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import refuses

from heatbrush_core import Explainer, Region
from heatbrush_core.bars import within_a_call

RANDOM = np.random.default_rng(4)
WEIGHTS = RANDOM.normal(size=(3, 7, 10))


def scores(batch):
    """Three scores, not linear, so that overlapping windows differ."""
    return np.tanh(np.einsum("nijc,kij->nk", batch, WEIGHTS) / 5) * 3


EXPLAINER = Explainer(scores, baseline=0)
X = RANDOM.normal(size=(7, 10, 1))


def plain_occlusion(x, patch, stride, inside, base, target):
    """One window at a time, from the definition."""
    rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    total, count = np.zeros(inside.shape), np.zeros(inside.shape)
    row = rows[0]
    while True:
        column = columns[0]
        while True:
            window = np.zeros(inside.shape, bool)
            window[row : row + patch[0], column : column + patch[1]] = True
            window &= inside
            hidden = np.where(window[..., None], base, x)
            drop = scores(x[None])[0, target] - scores(hidden[None])[0, target]
            total[window] += drop
            count[window] += 1
            if column + patch[1] > columns[-1]:
                break
            column += stride[1]
        if row + patch[0] > rows[-1]:
            break
        row += stride[0]
    return np.where(inside, total / np.where(inside, count, 1), np.nan)


@settings(max_examples=40)
@given(st.data())
def test_map_is_the_definition(data):
    patch = tuple(data.draw(st.integers(1, size)) for size in (7, 10))
    stride = tuple(data.draw(st.integers(1, size)) for size in patch)
    top, left = data.draw(st.integers(0, 6)), data.draw(st.integers(0, 9))
    bottom, right = data.draw(st.integers(top + 1, 7)), data.draw(st.integers(left + 1, 10))
    region = Region.rectangle(top, bottom, left, right) | Region.rows(2, 3)
    region = data.draw(st.sampled_from([region, Region.everything()]))
    explanation = EXPLAINER.explain(
        X, "occlusion", 1, patch=patch, stride=stride, within=region, baseline=0.5
    )
    expected = plain_occlusion(X, patch, stride, region.mask((7, 10)), 0.5, 1)
    np.testing.assert_allclose(explanation.map, expected, atol=1e-6)


@pytest.mark.parametrize(
    "given, patch, stride",
    [
        ({}, (1, 1), (1, 1)),
        ({"patch": (3, 5)}, (3, 5), (1, 2)),
        ({"patch": 4, "stride": 2}, (4, 4), (2, 2)),
        ({"patch": (1, None)}, (1, None), (1, 5)),
        ({"patch": (None, 1), "stride": (None, 1)}, (None, 1), (3, 1)),
        ({"patch": (7, 8), "stride": (2, 8)}, (7, 8), (2, 8)),
    ],
)
def test_defaults_are_filled_in(given, patch, stride):
    parameters = EXPLAINER.explain(X, "occlusion", **given).parameters
    assert tuple(parameters["patch"]) == patch and tuple(parameters["stride"]) == stride


@pytest.mark.parametrize(
    "shape, patch, stride",
    [
        ((6, 64), (1, 8), (1, 4)),
        ((15, 16), (1, 2), (1, 1)),
        ((24, 1000), (3, 8), (1, 4)),
        ((64, 1), (8, 1), (4, 1)),
    ],
)
def test_the_default_window_is_an_eighth_of_each_axis_up_to_eight_cells(shape, patch, stride):
    explainer = Explainer(lambda batch: batch.sum((1, 2)))
    parameters = explainer.explain(np.ones(shape), "occlusion").parameters
    assert tuple(parameters["patch"]) == patch and tuple(parameters["stride"]) == stride


def test_the_default_tells_each_of_six_sensors_from_the_others():
    weights = np.arange(6.0)[:, None, None]
    explainer = Explainer(lambda batch: (batch * weights).sum((1, 2)), baseline=0)
    x = np.ones((6, 64))
    map = explainer.explain(x, "occlusion").map
    # a window of 1 x 8 on a linear model loses the weights of its cells
    np.testing.assert_allclose(map, np.repeat(8 * np.arange(6.0)[:, None], 64, axis=1), rtol=1e-6)


def test_none_hides_whole_rows_and_columns():
    rows = EXPLAINER.explain(X, "occlusion", 0, patch=(1, None)).map
    for row in range(7):
        without = EXPLAINER.predict(X, without=Region.rows(row, row + 1)).scores[0]
        drop = EXPLAINER.predict(X).scores[0] - without
        np.testing.assert_allclose(rows[row], drop, atol=1e-6)
    columns = EXPLAINER.explain(X, "occlusion", 0, patch=(None, 1)).map
    assert np.ptp(columns, axis=0).max() == 0


def test_baseline_is_the_explainers_unless_given():
    explainer = Explainer(scores, baseline="row_mean")
    own = explainer.explain(X, "occlusion", 0)
    assert own.parameters["baseline"] == "row_mean"
    given = EXPLAINER.explain(
        X, "occlusion", 0, baseline=np.broadcast_to(X.mean(1)[:, None], X.shape)
    )
    np.testing.assert_allclose(own.map, given.map, atol=1e-6)


def test_channels_are_hidden_together():
    two = np.concatenate([X, X / 2], axis=2)
    explanation = EXPLAINER.explain(two, "occlusion", 0, patch=(1, 1))
    np.testing.assert_array_equal(explanation.values[..., 0], explanation.values[..., 1])
    hidden = two.copy()
    hidden[2, 3] = 0
    drop = (scores(two[None]) - scores(hidden[None]))[0, 0]
    assert explanation.map[2, 3] == pytest.approx(drop, abs=1e-6)


def test_profiles_are_means():
    explanation = EXPLAINER.explain(X, "occlusion", within=Region.rows(0, 2))
    assert explanation.rows[0] == pytest.approx(explanation.map[0].mean(), abs=1e-6)
    assert np.isnan(explanation.rows[2])


def test_windows_touch_only_the_region():
    seen = []
    explainer = Explainer(lambda batch: (seen.append(batch.copy()), scores(batch))[1], baseline=0)
    region = Region.rectangle(1, 4, 2, 6) - Region.rectangle(2, 3, 3, 5)
    with within_a_call():  # the check of the baseline hides everything
        explainer.explain(X, "occlusion", patch=(2, 2), stride=(1, 1), within=region, baseline=9.0)
    changed = (np.concatenate(seen) != X).any(axis=(0, 3))
    np.testing.assert_array_equal(changed, region.mask((7, 10)))


@pytest.mark.parametrize(
    "parameters, given, expected, remedy",
    [
        ({"patch": (8, 3)}, "patch=(8, 3), 8 rows", "has only 7", "or None for the whole axis"),
        ({"patch": (1, 11)}, "11 columns", "has only 10", "give at most 10"),
        ({"patch": (0, 3)}, "patch=(0, 3)", "greater than or equal to 1", "rows and columns"),
        ({"patch": "wide"}, "patch='wide'", "a pair", "rows and columns"),
        ({"patch": (3,)}, "patch=(3,)", "it should be a pair", "rows and columns"),
        ({"patch": (1, 2, 3)}, "patch=(1, 2, 3)", "it should be a pair", "rows and columns"),
        ({"patch": (1.5, 3)}, "patch=(1.5, 3)", "a valid integer", "rows and columns"),
        ({"stride": (0, 1)}, "stride=(0, 1)", "greater than or equal to 1", "at most the patch"),
        ({"stride": (1, -1)}, "stride=(1, -1)", "greater than or equal to 1", "at most the patch"),
        ({"patch": (2, 2), "stride": (3, 1)}, "3 rows", "gaps between patches of 2", "at most 2"),
        ({"patc": (2, 2)}, "'patc'", "patch, stride, baseline", "did you mean 'patch'?"),
        ({"colour": 1}, "'colour'", "patch, stride, baseline", "give one of these"),
        ({"baseline": "row_men"}, "'row_men'", "row_mean", "did you mean 'row_mean'?"),
    ],
)
def test_impossible_parameters(parameters, given, expected, remedy):
    with refuses(ValueError, given, expected, remedy):
        EXPLAINER.explain(X, "occlusion", **parameters)


def test_impossible_regions():
    with pytest.raises(ValueError):
        EXPLAINER.explain(X, "occlusion", within=Region())
    with pytest.raises(ValueError):
        EXPLAINER.explain(X, "occlusion", within=Region.rows(3, 9))
