"""Changes as matrices, how they are computed, and the batches they come in."""

import threading

import numpy as np
import pytest
from architectures import build
from hypothesis import given
from hypothesis import strategies as st
from keras import layers

from heatbrush_core import Cancelled, Explainer, Region
from heatbrush_core.matrix.perturbations import SPREAD, Boxes, Changes, alike, hidden
from heatbrush_core.network.network import Route

X = np.random.default_rng(6).normal(size=(32, 48)).astype("float32")


def body(x):
    for filters in (4, 8):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(2)(x)
    return layers.Dense(3)(layers.GlobalAveragePooling2D()(x))


@pytest.fixture(scope="module")
def model():
    return build(body, (32, 48, 1))


@given(st.data())
def test_hidden_cells_are_the_windows_inside_the_region(data):
    x, base = np.arange(35.0).reshape(5, 7, 1), -np.ones((5, 7, 1))
    spans = [st.tuples(st.integers(0, n - 1), st.integers(1, n)) for n in (5, 7)]
    edges = [data.draw(st.lists(span.filter(lambda s: s[0] < s[1]), min_size=3, max_size=3))
             for span in spans]  # fmt: skip
    edges = np.concatenate(edges, axis=1)
    inside = data.draw(st.sampled_from([None, np.arange(35).reshape(5, 7) % 3 > 0]))
    matrices = hidden(x, base, edges, inside).matrices(slice(0, 3))
    for matrix, (top, bottom, left, right) in zip(matrices, edges, strict=True):
        expected = x.copy()
        window = np.zeros((5, 7), bool)
        window[top:bottom, left:right] = True
        expected[window if inside is None else window & inside] = -1
        np.testing.assert_array_equal(matrix, expected)


def opened(model, **more):
    explainer = Explainer(model, **more)
    explainer.predict(X)
    return explainer, explainer._network.original(X[..., None])


def boxes(count, height, width):
    random = np.random.default_rng(0)
    return Boxes(
        random.integers(0, 33 - height, count), random.integers(0, 49 - width, count), height, width
    )


def test_the_route_follows_from_the_cost(model):
    _, original = opened(model)
    assert not original.route(boxes(1, 2, 2)).incremental
    assert original.route(boxes(2000, 2, 2)).incremental
    assert not original.route(boxes(2000, 32, 48)).incremental


def test_both_ways_give_the_same(model):
    _, original = opened(model)
    cells = np.random.default_rng(1).normal(size=(20, 3, 5, 1)).astype("float32")
    changes = Changes(X[..., None], boxes(20, 3, 5), lambda boxes, which: cells[which])
    found = [original.differences(changes, slice(2, 19), Route(route)) for route in (True, False)]
    assert found[0].shape == (17, 3) and found[0].dtype == np.float64
    np.testing.assert_allclose(*found, rtol=0, atol=1e-5 * np.abs(found[1]).max() + 1e-6)


def test_sampling_in_a_small_selection_is_incremental(model):
    _, original = opened(model)
    assert original.route(Boxes.of(slice(3, 7), slice(20, 29), 400)).incremental


METHODS = {
    "occlusion": {"patch": (2, 2), "stride": (1, 1)},
    "shapley": {"players": "columns", "samples": 400},
    "lime": {"players": "columns", "samples": 400},
    "rise": {"samples": 900},
}


@pytest.mark.parametrize("score", ["logit", "probability"])
@pytest.mark.parametrize("method", METHODS)
def test_methods_on_a_selection_are_the_same_both_ways(model, method, score, monkeypatch):
    region = Region.rectangle(3, 7, 20, 29) - Region.rectangle(4, 5, 21, 24)
    settings = {"target": 1, "within": region, "score": score, **METHODS[method]}
    explainer, original = opened(model)
    maps = []
    for route in (Route(True, "windows"), Route()):
        monkeypatch.setattr(type(original), "route", lambda *given, route=route: route)
        maps.append(explainer.explain(X, method, **settings))
    found, whole = maps
    scale = np.nanmax(np.abs(whole.map - (whole.score if method == "rise" else 0)))
    np.testing.assert_allclose(found.map, whole.map, atol=2e-4 * scale)
    assert found.score == pytest.approx(whole.score, abs=1e-6)


def test_maps_are_the_same_streamed_and_not(model):
    explainer, seen = Explainer(model, baseline=0), []
    plain = explainer.explain(X, "occlusion", 0, patch=3, stride=1)
    explainer = Explainer(model, batch_size=100, baseline=0)
    streamed = explainer.explain(X, "occlusion", 0, patch=3, stride=1, progress=seen.append)
    assert len(seen) == 14  # 1380 windows
    np.testing.assert_allclose(streamed.map, plain.map, atol=1e-6 * np.abs(plain.map).max())
    np.testing.assert_array_equal(seen[-1].map, streamed.map)


def test_a_coarse_map_comes_first(model):
    """After a sixteenth of the windows the whole matrix has a map that resembles the last."""
    seen = []
    explainer = Explainer(model, batch_size=8 * 12, baseline=0)
    final = explainer.explain(X, "occlusion", 0, patch=2, stride=1, progress=seen.append).map
    assert seen[0].done / seen[0].total < 1 / 14
    assert not np.isnan(seen[0].map).any()
    assert np.corrcoef(seen[0].map.ravel(), final.ravel())[0, 1] > 0.3
    distances = [np.abs(each.map - final).mean() for each in seen]
    assert distances[-1] == 0 and distances[0] > distances[len(seen) // 2] > 0


def test_the_first_batch_that_is_watched_is_a_small_one(model):
    explainer, settings = Explainer(model, baseline=0), {"patch": 2, "stride": 1}
    for _ in range(2):
        seen = []
        explainer.explain(X, "occlusion", 0, progress=seen.append, **settings)
    sizes = np.diff([0, *(progress.done for progress in seen)])
    assert len(sizes) >= 2 and sizes[0] <= sizes[1:].max()
    assert sizes[0] < seen[-1].total / 2


def test_cancel_stops_between_batches_of_windows(model):
    cancel, seen = threading.Event(), []

    def listen(progress):
        seen.append(progress.done)
        if len(seen) == 2:
            cancel.set()

    explainer = Explainer(model, batch_size=50, baseline=0)
    with pytest.raises(Cancelled):
        explainer.explain(X, "occlusion", patch=2, stride=1, progress=listen, cancel=cancel)
    assert seen == [50, 100]


def test_eager_models_are_computed_whole(model):
    model.run_eagerly = True
    try:
        _, original = opened(model)
        assert not original.route(boxes(2000, 2, 2)).incremental
    finally:
        model.run_eagerly = False


REGIONS = [
    Region.rectangle(3, 9, 2, 30),
    Region.rectangle(0, 1, 0, 1),
    Region.rows(4, 6),
    Region.columns(40, 48) | Region.rectangle(30, 32, 0, 3),
    Region.rectangle(3, 9, 2, 30) - Region.columns(4, 20),
    Region.everything(),
    *(Region.rectangle(row, row + 2, 7, 11) for row in range(30)),
]


@pytest.mark.parametrize("question", ["without", "only"])
@pytest.mark.parametrize("force", [True, False])
def test_many_regions_are_answered_as_each_alone(model, question, force, monkeypatch):
    explainer, original = opened(model, baseline="row_mean")
    monkeypatch.setattr(type(original), "route", lambda self, boxes: Route(force, f"route {force}"))
    found = explainer.predict_each(X, **{question: REGIONS})
    assert len(found) == len(REGIONS)
    for region, prediction in zip(REGIONS, found, strict=True):
        alone = explainer.predict(X, **{question: region})
        np.testing.assert_allclose(prediction.scores, alone.scores, rtol=1e-4, atol=1e-6)


def test_many_regions_of_a_function():
    explainer = Explainer(lambda batch: batch.sum(axis=(1, 2)) @ np.ones((1, 2)), baseline=0)
    found = explainer.predict_each(X, without=REGIONS)
    for region, prediction in zip(REGIONS, found, strict=True):
        expected = X.sum() - X[region.mask(X.shape)].sum()
        np.testing.assert_allclose(prediction.scores, expected, atol=1e-3)
    assert explainer.predict_each(X, only=[]) == []


@pytest.mark.parametrize("given, said", [({}, "neither"), ({"without": [], "only": []}, "both")])
def test_one_question_at_a_time(given, said):
    with pytest.raises(ValueError, match=said):
        Explainer(lambda batch: batch.sum(axis=(1, 2)), baseline=0).predict_each(X, **given)


def test_regions_must_fit(model):
    with pytest.raises(ValueError, match="32"):
        Explainer(model, baseline=0).predict_each(
            X, without=[Region.rows(0, 2), Region.rows(30, 40)]
        )


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 12)), min_size=1, max_size=12))
def test_groups_hold_regions_of_like_size(sizes):
    regions = [Region.rectangle(0, h, 0, w) for h, w in sizes]
    groups = alike(regions, (9, 12))
    assert sorted(np.concatenate(groups).tolist()) == list(range(len(sizes)))
    for group in groups:
        chosen = np.array(sizes)[group]
        assert chosen.max(axis=0).prod() <= SPREAD * chosen.prod(axis=1).min()


def test_a_walk_that_differs_from_the_model_is_not_used(model, monkeypatch):
    from heatbrush_core.network.incremental import Incremental

    plain = Explainer(model, baseline=0).explain(X, "occlusion", 0, patch=2, stride=1)
    walk = Incremental.differences
    monkeypatch.setattr(Incremental, "differences", lambda *given: 1.1 * walk(*given))
    _, original = opened(model)
    assert not original.route(boxes(2000, 2, 2)).incremental
    found = Explainer(model, baseline=0).explain(X, "occlusion", 0, patch=2, stride=1)
    scale = np.abs(plain.map).max()
    np.testing.assert_allclose(found.map, plain.map, rtol=0, atol=1e-4 * scale)
