"""Cross-talk against brute force, and exactly 0 where nothing of another thing is seen."""

import numpy as np
import pytest
import spots
from benchmarks import landmarks
from sentences import refuses

from heatbrush_core import Explainer, Region, outputs, synthetic
from heatbrush_core.targets import Thing

ROWS, COLUMNS = (size // 2 for size in spots.SEEN)


@pytest.fixture(scope="module")
def explainer():
    return Explainer(spots.matched(), outputs=spots.HEATMAP, baseline=0.0)


def drawn(gap, count=4):
    """Draw a row of instances, and their boxes by the numbers of the things that they are."""
    scene = spots.instances(instances=count, gap=(0, 1)).sample(3, gap=gap)
    return scene, [scene.masks[f"instance {i + 1}"] for i in range(count)]


def order_of(explainer, scene):
    """Tell which instance each found thing is."""
    match = outputs.match(explainer.things(scene.x), scene.things[["row", "column"]], 1)
    assert len(match.found) == len(scene.truth) and not len(match.false)
    return match.truth[np.argsort(match.found)]


@pytest.mark.parametrize("follow", ["cell", "match"])
def test_it_is_what_hiding_by_hand_takes_from_each(explainer, follow):
    scene, masks = drawn(1)
    order = order_of(explainer, scene)
    hidden = {f"instance {i + 1}": Region.cells(masks[i]) for i in order}
    table = explainer.crosstalk(scene.x, hidden, follow)
    assert list(table["hidden"].values) == list(hidden)
    assert list(table["loses"].values) == [f"landmark {k}" for k in range(4)]
    for j, region in enumerate(hidden.values()):
        for k in range(4):
            asked = Thing(k, follow)
            left = explainer.score(scene.x, asked, without=region)
            lost = explainer.score(scene.x, asked) - left
            assert table.values[j, k] == pytest.approx(lost, abs=1e-12)


@pytest.mark.parametrize("gap", [1, 4, 12])
def test_it_is_exactly_0_where_the_hidden_cells_are_not_seen(explainer, gap):
    scene, masks = drawn(gap)
    order = order_of(explainer, scene)
    table = explainer.crosstalk(scene.x, [Region.cells(masks[i]) for i in order]).values
    seen = np.zeros((4, *scene.x.shape[:2]), bool)
    for k, place in explainer.things(scene.x)[["row", "column"]].round().astype(int).iterrows():
        top, left = max(0, place["row"] - ROWS), max(0, place["column"] - COLUMNS)
        seen[k, top : place["row"] + ROWS + 1, left : place["column"] + COLUMNS + 1] = True
    sees = np.array(
        [[(masks[i] & one & (scene.x[..., 0] != 0)).any() for one in seen] for i in order]
    )
    np.testing.assert_array_equal(table != 0, sees)
    between = sees & ~np.eye(4, dtype=bool)
    assert between.any() == (gap < 5)
    assert (table[between] < 0).all()  # the weights beside the bump are negative
    assert (np.diag(table) > 0.9).all()


def test_without_regions_each_is_hidden_by_a_disc_of_its_own(explainer):
    scene, _ = drawn(1)
    table = explainer.crosstalk(scene.x)
    assert (
        table.dims == ("hidden", "loses")
        and table["hidden"].values.tolist() == table["loses"].values.tolist()
    )
    said = "less than 5 cells away from it and nearer to it than to any other"
    assert any(said in note for note in table.attrs["notes"])
    assert "Hidden cells become 0." in table.attrs["notes"]
    places = explainer.things(scene.x)[["row", "column"]].to_numpy()
    away = np.hypot(*(np.indices((24, 128)) - places[:, :, None, None]).transpose(1, 0, 2, 3))
    own = [(away[k] < 5) & (away.argmin(0) == k) for k in range(4)]
    expected = explainer.crosstalk(scene.x, [Region.cells(mask) for mask in own])
    np.testing.assert_array_equal(table.values, expected.values)


def test_a_trained_network_depends_only_on_those_that_it_sees():
    explainer = Explainer(spots.trained(), outputs=landmarks.HEATMAP, baseline=0.0)
    x = synthetic.Landmarks(seed=1).sample(landmarks.TEST, count=10).x
    table, things = explainer.crosstalk(x), explainer.things(x)
    places = things[["row", "column"]].to_numpy()
    away = np.hypot(*(np.indices(x.shape[:2]) - places[:, :, None, None]).transpose(1, 0, 2, 3))
    sees = np.zeros((len(things),) * 2, bool)
    for i, at in enumerate(((places + 0.5) / 2 - 0.5).round().astype(int)):
        (r0, c0), (r1, c1) = np.maximum(0, 2 * at - 8), 2 * at + 10
        for j in range(len(things)):
            sees[j, i] = ((away[j] < 6) & (away.argmin(0) == j))[r0:r1, c0:c1].any()
    assert 10 < sees.sum() < 100
    np.testing.assert_array_equal(table.values[~sees], 0)
    assert (np.diag(table) > 0.5).all()


def test_what_cannot_be_compared_is_refused(explainer):
    with refuses(ValueError, "no landmark was found above 0.5", "there is none", "lower the thr"):
        explainer.crosstalk(np.zeros((24, 128)))
    scene, _ = drawn(4)
    with refuses(ValueError, "'nearest'", "cell", "match"):
        explainer.crosstalk(scene.x, follow="nearest")
    with refuses(TypeError, "'columns'", "A list of regions is expected", "give one"):
        explainer.crosstalk(scene.x, "columns")
    with refuses(ValueError, "139", "128", "cut"):
        explainer.crosstalk(scene.x, {"far": Region.columns(120, 140)})
