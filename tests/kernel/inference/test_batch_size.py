"""`batch_size` is the most that a model is given at once; what takes one at a time gets one."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from architectures import build, conv
from keras import layers, ops

from heatbrush_core import Explainer, Region, find_runs
from heatbrush_core.methods import REGISTRY
from heatbrush_core.metrics.curves import deletion

RANDOM = np.random.default_rng(6)
X = RANDOM.normal(size=(3, 8, 8, 1)).astype("float32")
MORE = {"score_cam": {"layer": "last"}, "rise": {"samples": 64}}


class Counts(layers.Layer):
    """Refuses more than one matrix, when it runs."""

    def call(self, x):
        check = tf.debugging.Assert(tf.shape(x)[0] == 1, ["one matrix at a time"])
        with tf.control_dependencies([] if check is None else [check]):
            return tf.identity(x)


def body(x, before):
    y = conv(before(x), name="last")
    return layers.Dense(3)(layers.GlobalAveragePooling2D()(y))


def declared():
    """A batch of 1 in the input's shape, in a reshape, and in a layer of its own."""

    def before(x):
        return Counts()(ops.reshape(ops.tanh(x), (1, 8, 8, 1)))

    start = keras.Input(batch_shape=(1, 8, 8, 1))
    return keras.Model(start, body(start, before))


WIRED, FREE = declared(), build(lambda x: body(x, ops.tanh))
FREE.set_weights(WIRED.get_weights())
EXPLAINERS = {
    "batch_size=1": Explainer(
        build(lambda x: body(x, Counts())), baseline=0, background=X, batch_size=1
    ),
    "found out": Explainer(WIRED, baseline=0, background=X),
}
TRUTH = Explainer(FREE, baseline=0, background=X)


@pytest.mark.parametrize("method", REGISTRY)
def test_every_method(method):
    explainer, more = EXPLAINERS["found out"], MORE.get(method, {})
    assert not explainer.why_not(method)
    found = explainer.explain(X[0], method, target=1, **more)
    both = explainer.explain_batch(X[:2], method, targets=[1, 2], **more)
    truth = TRUTH.explain(X[0], method, target=1, **more)
    for each in (found, both[0]):
        np.testing.assert_allclose(each.map, truth.map, atol=1e-5)
    assert np.isfinite(both[1].map).all()


@pytest.mark.parametrize("name", EXPLAINERS)
def test_everything_else(name):
    explainer = EXPLAINERS[name]
    regions = [Region.rows(0, 3), Region.columns(2, 7)]
    parts = explainer.whatif(X[0], regions[0])
    predict = explainer.predict
    alone = (predict(X[0], without=regions[0]), predict(X[0], only=regions[0]))
    for part, expected in zip(parts, alone, strict=True):
        np.testing.assert_allclose(part.scores, expected.scores, atol=1e-6)
    assert len(explainer.predict_each(X[0], without=regions)) == 2
    explainer.evidence(X[0], regions, target=1, controls=3)
    explanation = explainer.explain(X[0], "gradient", target=1)
    deletion(explainer, X[0], explanation)
    find_runs(explainer, X[0], target=1, methods=["occlusion"], controls=5)
    explainer.baselines(X[0])
    explainer.explain(X[0], "deeplift", target=1)
    assert "never active" in explainer.report()


def test_that_it_is_asked_about_single_matrices_is_said():
    by_name = {
        name: explainer.explain(X[0], "gradient", target=1).notes
        for name, explainer in EXPLAINERS.items()
    }
    assert not by_name["batch_size=1"]
    (note,) = by_name["found out"]
    assert "is asked about one matrix at a time" in note
    assert "a batch of 2 fails (Input to reshape is a tensor with 128 values" in note


@pytest.mark.parametrize("masked", [False, True], ids=["", "a class is masked"])
def test_a_model_that_mixes_the_matrices_of_a_batch_is_asked_about_each_alone(masked):
    class Mixing(layers.Layer):
        def call(self, x):
            return x - ops.mean(x, axis=0, keepdims=True) * 0.5

    mask = ops.convert_to_tensor([0.0, 0.0, -np.inf if masked else 0.0])
    model = build(lambda x: body(x, Mixing()) + mask)
    explainer = Explainer(model, baseline=0)
    without, only = explainer.whatif(X[0], Region.rows(0, 3))
    for part, hidden in ((without, np.s_[:3]), (only, np.s_[3:])):
        x = X[0].copy()
        x[hidden] = 0
        np.testing.assert_allclose(part.scores, model(x[None])[0], atol=1e-5)
    (note,) = explainer.explain(X[0], "occlusion", target=1).notes[:1]
    assert "beside another, a matrix gets other scores" in note


@pytest.mark.parametrize("refuses", [True, False])
def test_a_function_of_one_matrix(refuses):
    weights = RANDOM.normal(size=(64, 2))

    def single(batch):
        if refuses and len(batch) > 1:
            raise ValueError("one matrix at a time")
        return batch[0].reshape(1, -1) @ weights

    explainer = Explainer(single, baseline=0)
    found = explainer.explain(X[0], "occlusion", target=1, patch=1, stride=1)
    np.testing.assert_allclose(found.map.ravel(), X[0].ravel() * weights[:, 1], atol=1e-5)
    note = found.notes[0]
    assert "The function single is asked about one matrix at a time" in note
    assert ("(one matrix at a time)" if refuses else "returns shape (1, 2)") in note
