"""Deletion and insertion against their definition, closed forms, and exhaustive greedy orders."""

import itertools
import threading
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from architectures import build, conv, one_sigmoid, top
from hypothesis import given
from hypothesis import strategies as st
from reference import models
from sentences import refuses

from heatbrush_core import Cancelled, Explainer, Explanation, Region, average_curves
from heatbrush_core.metrics.curves import deletion, insertion
from heatbrush_core.network.network import Route
from heatbrush_core.targets import Class, Margin

matplotlib.use("Agg")
RANDOM = np.random.default_rng(12)
X = RANDOM.normal(size=(8, 6, 2)).astype("float32")
CURVES = {"deletion": deletion, "insertion": insertion}


def explained(map, target=0, channels=1):
    """A map as an explanation; it has NaN where nothing was computed."""
    map = np.asarray(map, float)
    values = np.repeat(map[..., None] / channels, channels, axis=2)
    return Explanation(values=values, map=map, method="by hand", target=Class(target), score=0)


def published(f, x, base, parts, order, counts):
    """(K,) scores and the area, word by word: hide the first parts, ask, add up trapezoids."""
    scores = []
    for count in counts:
        matrix = x.copy()
        for part in order[:count]:
            matrix[parts == part] = base[parts == part]
        scores.append(f(matrix))
    trapezoids = [(a + b) / 2 for a, b in itertools.pairwise(scores)]
    return np.array(scores), sum(trapezoids) / len(trapezoids)


PARTS = {
    "cells": np.arange(48).reshape(8, 6),
    "rows": np.arange(8)[:, None] + np.zeros((1, 6)),
    "columns": np.arange(6) + np.zeros((8, 1)),
}


@pytest.fixture(scope="module")
def explainer():
    return Explainer(build(lambda x: top(conv(x)), (8, 6, 2)), baseline=0.3)


@pytest.mark.parametrize("mode", CURVES)
@pytest.mark.parametrize("by, steps", [("cells", 7), ("cells", None), ("rows", None), ("rows", 3),
                                       ("columns", None), ("columns", 1)])  # fmt: skip
def test_curves_are_the_published_ones(explainer, mode, by, steps):
    explanation = explainer.explain(X, "input_x_gradient", 1)
    curve = CURVES[mode](explainer, X, explanation, by, steps, orders=2)
    base = np.full_like(X, 0.3)
    start, end = (X, base) if mode == "deletion" else (base, X)
    axes = {"cells": (), "rows": (1,), "columns": (0,)}[by]
    importance = explanation.map.sum(axis=axes).ravel()
    order = sorted(range(len(importance)), key=lambda part: -importance[part])
    n = len(order)
    wanted = steps or n
    counts = [n * step // wanted for step in range(wanted + 1)]

    def probability(matrix):
        return explainer.predict(matrix).probabilities[1]

    scores, area = published(probability, start, end, PARTS[by], order, counts)
    np.testing.assert_allclose(curve.shares, np.array(counts) / n)
    np.testing.assert_allclose(curve.scores, scores, atol=1e-6)
    assert curve.area == pytest.approx(area, abs=1e-6)
    np.testing.assert_array_equal(curve.order, order)
    assert (curve.mode, curve.by, curve.greedy) == (mode, by, None)


def linear(w, b=2.0):
    return Explainer(lambda batch: np.einsum("nijc,ijc->n", batch, w) + b, baseline=0)


def test_linear_models_have_a_closed_form():
    w = RANDOM.normal(size=(5, 7, 2))
    x = RANDOM.normal(size=(5, 7, 2))
    D = (w * (x - 1)).sum(2)
    curve = deletion(linear(w), x, explained(D, channels=2), baseline=1.0, steps=35)
    full, gains = (w * x).sum() + 2, np.sort(D.ravel())[::-1]
    np.testing.assert_allclose(curve.scores, full - np.append(0, gains.cumsum()), atol=1e-9)
    back = insertion(linear(w), x, explained(D, channels=2), baseline=1.0, steps=35)
    np.testing.assert_allclose(back.scores, w.sum() + 2 + np.append(0, gains.cumsum()), atol=1e-9)
    assert curve.area + back.area == pytest.approx(full + w.sum() + 2)  # they mirror each other
    worst = deletion(linear(w), x, explained(-D, channels=2), baseline=1.0, steps=35)
    assert curve.area < curve.random.mean < worst.area


def test_random_orders_are_drawn_evenly():
    """Whatever the order, the mean curve on a linear model is the line between both ends."""
    w, x = RANDOM.normal(size=(2, 6, 9, 1))
    many = deletion(linear(w), x, explained(w[..., 0]), orders=400)
    middle = (many.scores[0] + many.scores[-1]) / 2
    assert abs(many.random.mean - middle) < 4 * many.random.deviation / 20
    line = np.linspace(many.scores[0], many.scores[-1], len(many.scores))
    assert np.abs(many.random.scores - line).max() < 0.2 * np.ptp(many.scores)
    few, again, other = (
        deletion(linear(w), x, explained(w[..., 0]), orders=40, seed=seed) for seed in (0, 0, 1)
    )
    assert few.random.mean == again.random.mean != other.random.mean
    assert 0.5 < few.random.deviation / many.random.deviation < 2
    assert deletion(linear(w), x, explained(w[..., 0]), orders=0).random is None
    assert np.isnan(deletion(linear(w), x, explained(w[..., 0]), orders=1).random.deviation)


def test_random_orders_are_curves_like_any_other(explainer):
    """The spread that is reported is the one that maps in random order have."""
    found = deletion(explainer, X, explained(X[..., 0], channels=2), "rows", orders=3, seed=4)
    areas, generator = [], np.random.default_rng(4)
    for _ in range(3):
        map = np.zeros((8, 6))
        map[generator.permutation(8)] = np.arange(8)[::-1, None]
        alone = deletion(explainer, X, explained(map, channels=2), "rows", orders=0)
        areas.append(alone.area)
    assert found.random.mean == pytest.approx(np.mean(areas), abs=1e-6)
    assert found.random.deviation == pytest.approx(np.std(areas, ddof=1), abs=1e-6)


def test_ties_go_in_reading_order_and_unknown_cells_last():
    w = np.ones((3, 3, 1))
    map = [[np.nan, 0, 1], [0, 1, -1], [0, np.nan, 0]]
    curve = deletion(linear(w), w, explained(map), orders=0)
    assert curve.order.tolist() == [2, 4, 1, 3, 6, 8, 5, 0, 7]
    region = Explanation(values=w, method="by hand", target=Class(0), score=0,
                         within=Region.rows(1, 3))  # fmt: skip
    assert deletion(linear(w), w, region, "rows", orders=0).order.tolist() == [1, 2, 0]


def tangled(batch):
    """Rows and columns that matter together, each in its own way."""
    a, b = batch[..., 0], np.roll(batch[..., 0], 1, axis=1)
    return np.tanh(a * b).sum(axis=(1, 2)) + np.abs(a.sum(axis=1) - 1).max(axis=1)


def greedy_by_hand(x, base, axis, lowest):
    current, left, order = x.copy(), list(range(x.shape[axis])), []
    while left:
        scores = []
        for line in left:
            trial = current.copy()
            trial[(slice(None),) * axis + (line,)] = base[(slice(None),) * axis + (line,)]
            scores.append(tangled(trial[None])[0])
        best = int(np.argmin(scores) if lowest else np.argmax(scores))
        order.append(left.pop(best))
        current[(slice(None),) * axis + (order[-1],)] = base[(slice(None),) * axis + (order[-1],)]
    return order


@pytest.mark.parametrize("mode", CURVES)
@pytest.mark.parametrize("axis, by", [(0, "rows"), (1, "columns")])
def test_greedy_orders_try_every_line(mode, axis, by):
    x, base = RANDOM.normal(size=(2, 6, 9, 1))
    map = RANDOM.normal(size=(6, 9))
    explainer = Explainer(tangled, baseline=base)
    curve = CURVES[mode](explainer, x, explained(map), by, greedy=True, orders=0)
    start, end = (x, base) if mode == "deletion" else (base, x)
    order = greedy_by_hand(start, end, axis, mode == "deletion")
    assert curve.greedy.order.tolist() == order
    place = np.zeros(len(order))
    place[order] = np.arange(len(order))[::-1]
    map = np.expand_dims(place, 1 - axis) + np.zeros((6, 9))
    as_map = CURVES[mode](explainer, x, explained(map), by, orders=0)
    np.testing.assert_allclose(curve.greedy.scores, as_map.scores)
    assert curve.greedy.area == pytest.approx(as_map.area)


def test_greedy_is_the_best_order_on_linear_models():
    w, x = RANDOM.normal(size=(2, 7, 4, 1))
    map = explained((w * x)[..., 0])
    curve = deletion(linear(w), x, map, "rows", greedy=True)
    assert curve.greedy.order.tolist() == curve.order.tolist()
    assert curve.greedy.area == pytest.approx(curve.area)
    assert curve.area < curve.random.mean


def test_greedy_is_the_same_through_the_delta_walk(monkeypatch):
    from heatbrush_core.network.incremental import IncrementalOriginal

    explainer, found = Explainer(build(lambda x: top(conv(x)), (8, 6, 2)), baseline=0), []
    explanation = explainer.explain(X, "gradient", 2)
    for route in (Route(True, "windows"), Route()):
        monkeypatch.setattr(IncrementalOriginal, "route", lambda *given, route=route: route)
        found.append(deletion(explainer, X, explanation, "columns", greedy=True, orders=0))
    assert found[0].greedy.order.tolist() == found[1].greedy.order.tolist()
    np.testing.assert_allclose(found[0].greedy.scores, found[1].greedy.scores, atol=1e-6)


@given(st.integers(1, 6), st.integers(1, 6), st.data())
def test_any_size_and_any_number_of_steps(height, width, data):
    x = np.arange(1.0, height * width + 1).reshape(height, width, 1)
    by = data.draw(st.sampled_from(["cells", "rows", "columns"]))
    n = {"cells": height * width, "rows": height, "columns": width}[by]
    steps = data.draw(st.integers(1, n))
    curve = deletion(linear(np.ones_like(x)), x, explained(x[..., 0]), by, steps, orders=2,
                     greedy=by != "cells")  # fmt: skip
    assert len(curve.shares) == len(curve.scores) == steps + 1
    assert curve.shares[0] == 0 and curve.shares[-1] == 1 and (np.diff(curve.shares) > 0).all()
    assert curve.scores[0] == pytest.approx(x.sum() + 2) and curve.scores[-1] == pytest.approx(2)
    assert sorted(curve.order.tolist()) == list(range(n))
    if by != "cells":
        assert curve.greedy.order.tolist() == curve.order.tolist()


def test_which_score(explainer):
    by_logit = deletion(explainer, X, explained(X[..., 0], 1, 2), "rows", score="logit", orders=0)
    assert by_logit.scores[0] == pytest.approx(explainer.predict(X).scores[1], abs=1e-5)
    margin = Explanation(values=X, method="by hand", target=Margin(0, 2), score=0)
    p = explainer.predict(X).probabilities
    found = deletion(explainer, X, margin, "rows", orders=0).scores[0]
    assert found == pytest.approx(p[0] - p[2], abs=1e-6)
    two = Explainer(build(one_sigmoid), baseline=0)
    x = RANDOM.normal(size=(8, 8))
    up, down = (deletion(two, x, explained(x, k), "rows", orders=0).scores for k in (1, 0))
    np.testing.assert_allclose(up + down, 1, atol=1e-6)


def test_batches_make_no_difference():
    x = RANDOM.normal(size=(6, 9, 1))
    found = [
        deletion(
            Explainer(tangled, batch_size=size, baseline=0),
            x,
            explained(x[..., 0]),
            "rows",
            greedy=True,
        )
        for size in (1, 5, None)
    ]
    for other in found[1:]:
        np.testing.assert_allclose(other.scores, found[0].scores)
        np.testing.assert_allclose(other.random.scores, found[0].random.scores)
        assert other.greedy.order.tolist() == found[0].greedy.order.tolist()


def test_progress_counts_matrices_and_the_lock_is_free_meanwhile():
    asked, seen, free = [], [], []
    explainer = Explainer(
        lambda batch: (asked.append(len(batch)), tangled(batch))[1], batch_size=4, baseline=0
    )
    x = RANDOM.normal(size=(6, 9, 1))

    def other():
        if explainer.lock.acquire(blocking=False):
            free.append(True)
            explainer.lock.release()

    def listen(progress):
        seen.append((progress.done, progress.total))
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()

    deletion(explainer, x, explained(x[..., 0]), steps=20, orders=3, progress=listen)
    assert seen[-1] == (2 + 4 * 19, 2 + 4 * 19) and len(free) == len(seen)
    assert sum(asked) == 2 + seen[-1][1]  # one to count the scores, one to check the baseline
    seen.clear()
    deletion(explainer, x, explained(x[..., 0]), "rows", orders=1, greedy=True, progress=listen)
    assert seen[-1] == (20 + 2 + 3 * 5,) * 2 and seen == sorted(seen)


def test_cancel():
    cancel, x = threading.Event(), RANDOM.normal(size=(6, 9, 1))
    explainer = Explainer(tangled, batch_size=4, baseline=0)
    with pytest.raises(Cancelled):
        deletion(explainer, x, explained(x[..., 0]), progress=lambda _: cancel.set(), cancel=cancel)


def test_curves_are_read_only_and_say_what_they_are():
    x = np.ones((3, 3, 1))
    curve = insertion(linear(x), x, explained(x[..., 0]), "rows", greedy=True, baseline=0)
    for array in (curve.shares, curve.scores, curve.order, curve.random.scores, curve.greedy.order):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    assert "insertion by rows: area 6.5, random 6.5 ± 0, greedy 6.5" in repr(curve)


# ------------------------------------------------------------------ over samples, and drawn


def some_curves(count, **settings):
    """Deletion of count linear samples by rows."""
    w, found = RANDOM.normal(size=(5, 4, 1)), []
    for x in RANDOM.normal(size=(count, 5, 4, 1)):
        given = {"by": "rows", "orders": 6, **settings}
        found.append(deletion(linear(w), x, explained((w * x)[..., 0]), **given))
    return found


def test_the_mean_of_curves_is_that_of_each_step():
    curves = some_curves(7, greedy=True)
    mean, scores = average_curves(curves), np.array([each.scores for each in curves])
    np.testing.assert_allclose(mean.scores, scores.mean(0))
    np.testing.assert_allclose(mean.errors, scores.std(0, ddof=1) / np.sqrt(7))
    areas = np.array([each.area for each in curves])
    assert mean.area == pytest.approx(areas.mean())
    assert mean.area_error == pytest.approx(areas.std(ddof=1) / np.sqrt(7))
    np.testing.assert_array_equal(mean.areas, areas)
    np.testing.assert_array_equal(mean.shares, curves[0].shares)
    assert (mean.mode, mean.by) == ("deletion", "rows")
    assert mean.random.mean == pytest.approx(np.mean([each.random.mean for each in curves]))
    deviations = np.array([each.random.deviation for each in curves])
    assert mean.random.deviation == pytest.approx(np.sqrt((deviations**2).sum()) / 7)
    assert mean.greedy.area == pytest.approx(np.mean([each.greedy.area for each in curves]))
    assert "Mean of 7 curves of deletion by rows" in repr(mean)
    with pytest.raises(ValueError, match="read-only"):
        mean.scores[0] = 1


def test_means_of_what_only_some_have():
    mean = average_curves([*some_curves(1), *some_curves(1, orders=0)])
    assert mean.random is None and mean.greedy is None
    one = average_curves(some_curves(1))
    assert np.isnan(one.area_error) and np.isnan(one.errors).all()


def test_the_spread_of_random_orders_is_that_of_each_step():
    w, x = RANDOM.normal(size=(2, 6, 1, 1))
    curve = deletion(linear(w), x, explained(w[..., 0]), "rows", orders=400)
    gains = (w * x).ravel()
    drawn = np.array([RANDOM.permutation(gains)[:2].sum() for _ in range(4000)])
    assert curve.random.spread[2] == pytest.approx(drawn.std(), rel=0.2)
    np.testing.assert_allclose(curve.random.spread[[0, -1]], 0, atol=1e-12)


def test_curves_are_drawn():
    figure, ax = plt.subplots()
    curve = some_curves(1, greedy=True)[0]
    assert curve.plot(ax) is ax
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert [label.split(",")[0] for label in labels] == ["random", "greedy", curve.method]
    assert f"{curve.area:.3g}" in labels[-1] and len(ax.collections) == 1
    np.testing.assert_allclose(ax.lines[-1].get_xydata(), np.c_[curve.shares, curve.scores])
    assert ax.get_title(loc="left") == "deletion by rows · class 0"
    assert ax.get_xlabel() == "share of rows hidden"
    ax.clear()
    average_curves(some_curves(3)).plot(ax)
    assert len(ax.lines) == 2 and len(ax.collections) == 2
    ax.clear()
    some_curves(1, orders=1)[0].plot(ax)
    assert len(ax.lines) == 2 and not len(ax.collections)  # one order has no spread
    figure.canvas.draw()
    plt.close(figure)


def test_curves_that_do_not_fit_together():
    one, two = some_curves(2)
    with refuses(ValueError, "empty", "at least one curve", "give some"):
        average_curves([])
    with refuses(TypeError, "float", "a Curve for each sample", "deletion or insertion"):
        average_curves([one, one.area])
    for other in (some_curves(1, steps=2)[0], some_curves(1, by="columns")[0]):
        with refuses(ValueError, f"by {other.by} in", "the same steps", "average those"):
            average_curves([one, two, other])


@pytest.mark.parametrize(
    "given, kind, said, expected, remedy",
    [
        ({"by": "row"}, ValueError, "by is 'row'", "cells, rows, columns", "give one of these"),
        ({"steps": 0}, ValueError, "steps is 0", "at least 1", "give more"),
        ({"by": "rows", "steps": 9}, ValueError, "steps is 9", "only 8 rows", "give 8 or less"),
        ({"steps": 2.5}, TypeError, "steps is 2.5", "whole number", "give one"),
        ({"steps": True}, TypeError, "steps is True", "whole number", "give one"),
        ({"orders": -1}, ValueError, "orders is -1", "at least 0", "give more"),
        ({"seed": -1}, ValueError, "seed is -1", "at least 0", "give more"),
        ({"greedy": True}, ValueError, "for cells", "rows or columns", "by='rows'"),
        ({"score": "chance"}, ValueError, "'chance'", "logit", "give one of these"),
        ({"baseline": "blurr"}, ValueError, "'blurr'", "blur", "did you mean"),
    ],
)
def test_refusals(explainer, given, kind, said, expected, remedy):
    with refuses(kind, said, expected, remedy):
        deletion(explainer, X, explained(X[..., 0], channels=2), **given)


def test_an_explanation_of_the_matrix_is_expected(explainer):
    with refuses(TypeError, "ndarray", "An Explanation is expected", "explainer.explain"):
        deletion(explainer, X, X)
    with refuses(ValueError, "(8, 5, 2)", "(8, 6, 2)", "give the matrix that was explained"):
        deletion(explainer, X, explained(X[:, :5, 0], channels=2))
    with refuses(ValueError, "Target 7", "3 classes are 0 to 2", "give one of these"):
        deletion(explainer, X, explained(X[..., 0], 7, 2))


# ------------------------------------------------------------------ against xplique

STORED = np.load(Path(__file__).parents[2] / "reference" / "xplique.npz")
ASKED = sorted(key.rpartition("|")[0] for key in STORED.files if key.endswith("|scores"))


@pytest.mark.parametrize("name", sorted({key.partition("|")[0] for key in ASKED}))
def test_scores_and_areas_are_those_of_xplique(name):
    """Deletion and Insertion of xplique 2.0.2; see tests/reference/xplique_curves.py."""
    explainer = Explainer(models.load(name), baseline=0)
    samples, maps = models.inputs(name), STORED[f"{name}|maps"]
    targets = [explainer.predict(x).predicted for x in samples]
    for key in (key for key in ASKED if key.startswith(f"{name}|")):
        _, mode, steps, baseline = key.split("|")
        steps = maps[0].size if steps == "-1" else int(steps)
        found = [
            CURVES[mode](
                explainer, x, explained(map[..., 0], target), steps=steps,
                baseline=float(baseline), orders=0,
            )
            for x, map, target in zip(samples, maps, targets, strict=True)
        ]  # fmt: skip
        scores = np.array([each.scores for each in found])
        np.testing.assert_allclose(scores, STORED[f"{key}|scores"], atol=1e-5, err_msg=key)
        area = np.mean([each.area for each in found])
        np.testing.assert_allclose(area, STORED[f"{key}|area"], atol=1e-5, err_msg=key)
