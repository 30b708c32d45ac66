"""Score-CAM: against the published steps, one channel at a time."""

import threading

import numpy as np
import pytest
import tensorflow as tf
from architectures import build, conv, top
from keras import layers
from sentences import refuses

from heatbrush_core import Cancelled, Explainer
from heatbrush_core.methods import REGISTRY

SHAPE = (8, 6, 2)


def body(x):
    y = layers.MaxPooling2D((2, 1))(conv(x, 4, name="first"))
    return top(conv(y, 6, strides=(1, 2), name="last"))


def matrix(seed=0):
    return np.random.default_rng(seed).normal(size=SHAPE).astype("float32")


def logits(model, X):
    """The logits of the model, by its own layers."""
    for layer in model.layers[1:-1]:
        X = layer(X)
    last = model.layers[-1]
    return np.asarray(X @ last.kernel + last.bias, "float64")


def activations(model, x, layer):
    cells = x[None]
    for each in model.layers[1:]:
        cells = each(cells)
        if each.name == layer:
            return np.asarray(cells[0], "float64")


def stretched(map, upsample):
    return tf.image.resize(map[..., None], SHAPE[:2], upsample)[..., 0].numpy()


def published(
    model, x, target, layer="last", how="softmax", base=0.0, scores=logits, upsample="bilinear"
):
    """The map, channel by channel; `base` is a number."""
    A, x = activations(model, x, layer), x.astype("float64")
    increases, kept = [], []
    for k in range(A.shape[2]):
        mask = stretched(A[..., k], upsample)[..., None]
        if mask.min() == mask.max():
            continue
        mask = (mask - mask.min()) / (mask.max() - mask.min())
        blend = mask * x + (1 - mask) * base
        pair = np.stack([blend, np.full_like(x, base)]).astype("float32")
        seen, nothing = scores(model, pair)[:, target]
        kept.append(k)
        increases.append(seen - nothing)
    weights = np.array(increases)
    if how == "softmax":
        weights = np.exp(weights) / np.exp(weights).sum()
    coarse = sum(weight * A[..., k] for weight, k in zip(weights, kept, strict=True))
    return coarse, len(kept)


def same(found, coarse, relu, upsample="bilinear"):
    expected = stretched(np.maximum(coarse, 0) if relu else coarse, upsample)
    assert np.abs(expected).max() > 0
    assert np.abs(found - expected).max() <= 1e-4 * np.abs(expected).max()


@pytest.mark.parametrize("how", ["softmax", "increase"])
@pytest.mark.parametrize("layer, base", [("last", 0.0), ("first", 0.0), ("last", -0.7)])
def test_the_published_steps(how, layer, base):
    model, x = build(body, SHAPE), matrix()
    for target in (0, 2):
        coarse, _ = published(model, x, target, layer, how, base)
        given = {"layer": layer, "weights": how, "baseline": base, "relu": False}
        found = Explainer(model, baseline=0).explain(x, "score_cam", target, **given)
        same(found.map, coarse, relu=False)
        np.testing.assert_allclose(found.values.sum(-1), found.map, rtol=1e-4, atol=1e-7)
        assert found.score == pytest.approx(logits(model, x[None])[0, target], rel=1e-4)


def test_nearest_also_stretches_the_masks():
    model, x = build(body, SHAPE), matrix()
    coarse, _ = published(model, x, 1, upsample="nearest")
    found = Explainer(model, baseline=0).explain(x, "score_cam", 1, upsample="nearest")
    same(found.map, coarse, True, "nearest")


def test_the_weights_of_the_authors_code():
    """They take the probability of a blend and leave the one of the baseline out."""
    model, x = build(body, SHAPE), matrix()

    def probabilities(model, X):
        seen = np.asarray(model(X), "float64")
        return np.stack([seen[0], np.zeros_like(seen[1])])

    theirs, _ = published(model, x, 1, how="increase", scores=probabilities)
    given = {"score": "probability", "weights": "increase", "relu": False}
    found = Explainer(model, baseline=0).explain(x, "score_cam", 1, **given)
    nothing = np.asarray(model(np.zeros((1, *SHAPE))))[0, 1]
    A = activations(model, x, "last")
    same(found.map, theirs - nothing * A[..., np.ptp(A, (0, 1)) > 0].sum(-1), relu=False)


def test_channels_that_are_the_same_everywhere_have_no_weight():
    model, x = build(body, SHAPE), matrix()
    layer = model.get_layer("last")
    kernel, bias = layer.get_weights()
    kernel[..., :3], bias[:3] = 0, [0.0, 2.0, -1.0]
    layer.set_weights([kernel, bias])
    coarse, live = published(model, x, 0)
    assert live == 3
    events = []
    found = Explainer(model, batch_size=1, baseline=0).explain(
        x, "score_cam", 0, progress=events.append
    )
    same(found.map, coarse, relu=True)
    assert [(event.done, event.total) for event in events] == [(1, 3), (2, 3), (3, 3)]
    np.testing.assert_allclose(events[-1].map, found.map, atol=1e-6)
    layer.set_weights([kernel * 0, bias])
    nothing = Explainer(model, baseline=0).explain(x, "score_cam", 0)
    assert not nothing.map.any()


def test_batches_and_each_matrix_on_its_own():
    model = build(body, SHAPE)
    alone = [
        Explainer(model, batch_size=7, baseline=0).explain(matrix(seed), "score_cam")
        for seed in (0, 1)
    ]
    both = Explainer(model, batch_size=2, baseline=0).explain_batch(
        [matrix(0), matrix(1)], "score_cam"
    )
    for one, other in zip(alone, both, strict=True):
        np.testing.assert_allclose(one.map, other.map, atol=1e-6)
        assert one.target == other.target


def test_it_stops_between_batches():
    cancel, seen = threading.Event(), []

    def listen(progress):
        seen.append(progress.done)
        cancel.set()

    explainer = Explainer(build(body, SHAPE), batch_size=2, baseline=0)
    with pytest.raises(Cancelled):
        explainer.explain(matrix(), "score_cam", progress=listen, cancel=cancel)
    assert seen == [2]


def test_parameters():
    explainer = Explainer(build(body, SHAPE), baseline=0)
    with refuses(ValueError, "weights='mean'", "'softmax' or 'increase'", "weights is"):
        explainer.explain(matrix(), "score_cam", weights="mean")
    summary = REGISTRY["score_cam"].summary
    assert summary({}) == ""
    assert summary({"layer": "last", "weights": "increase", "baseline": 0}) == (
        "last · increase · baseline 0"
    )
