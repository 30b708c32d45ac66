"""The places of a moved brush, each asked as a change of another, against each asked alone."""

import numpy as np
import pytest
from architectures import build, conv
from keras import layers

from heatbrush_core import Explainer, Region
from heatbrush_core.inference import neighbours
from heatbrush_core.network.incremental import Incremental
from heatbrush_core.network.network import Costs

SHAPE = (16, 80)
X = np.random.default_rng(3).normal(size=SHAPE).astype("float32")
COLUMNS = Region.columns
PATHS = {
    "an edge": [COLUMNS(min(30, c), max(30, c) + 1) for c in range(70)],
    "rows": [Region.rows(2, r) for r in range(3, 17)],
    "a band": [COLUMNS(c, c + 9) for c in range(70)],
    "beside another band": [Region.rows(0, 3) | COLUMNS(20, c) for c in range(21, 80)],
    "a removal": [COLUMNS(5, 75) - COLUMNS(20, c) for c in range(21, 75)],
    "a corner": [Region.rectangle(4, r, 10, c) for r in (6, 9) for c in range(11, 44)],
    "the same": [COLUMNS(3, 9)] * 3,
    "one": [Region.rows(2, 3)],
}


@pytest.fixture(scope="module")
def explainer():
    def body(x):
        x = layers.MaxPooling2D()(conv(conv(x, 8), 8))
        return layers.Dense(3, activation="softmax")(layers.GlobalAveragePooling2D()(conv(x, 8)))

    return Explainer(build(body, (*SHAPE, 1)), baseline="row_mean")


def agrees(explainer, x, regions, **valid):
    found = explainer.whatif_each(x, regions, **valid)
    assert len(found) == len(regions)
    for region, pair in zip(regions, found, strict=True):
        for kind, said in zip(("without", "only"), pair, strict=True):
            expected = explainer.predict(x, **{kind: region}, **valid)
            np.testing.assert_allclose(said.scores, expected.scores, rtol=1e-4, atol=2e-6)
            np.testing.assert_allclose(said.shown, expected.shown, atol=1e-6)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("near", [True, False])
def test_each_place_is_answered_as_alone(explainer, path, near, monkeypatch):
    monkeypatch.setattr(neighbours, "_pays", lambda *_: near)
    agrees(explainer, X, PATHS[path])


def test_only_what_differs_is_computed_again(explainer, monkeypatch):
    walked, sizes = Incremental.differences, []

    def watched(self, known, boxes, cells):
        sizes.append((len(boxes), boxes.height, boxes.width))
        return walked(self, known, boxes, cells)

    monkeypatch.setattr(Incremental, "differences", watched)
    by_width = lambda self, boxes: Costs(float(boxes.width), 100.0)  # noqa: E731
    monkeypatch.setattr(Incremental, "costs", by_width)
    explainer.whatif_each(X, PATHS["an edge"][31:63])  # 1 to 32 columns wide
    assert sizes[-2:] == [(32, 16, 16)] * 2  # from the middle one no edge is further than 16


def test_gaps_stay_as_they_are(explainer):
    valid = np.ones(SHAPE, bool)
    valid[:, 60:] = valid[3, 10:20] = False
    agrees(explainer, X, PATHS["an edge"][20:50], valid=valid)


def test_a_function_is_asked_about_whole_matrices():
    def sums(batch):
        return np.stack([batch.sum((1, 2, 3)), batch[:, :, :9].sum((1, 2, 3))], 1)

    agrees(Explainer(sums, baseline=0), X, PATHS["a band"][:5])
    assert Explainer(sums, baseline=0).whatif_each(X, []) == []


def test_regions_must_fit(explainer):
    with pytest.raises(ValueError, match="80 columns"):
        explainer.whatif_each(X, [COLUMNS(0, 3), COLUMNS(70, 90)])
