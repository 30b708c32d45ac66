"""`batch_size` is the most that the model is given at once, whatever is asked."""

import numpy as np
import pytest
import tensorflow as tf
from architectures import build, conv
from keras import layers

from heatbrush_core import Explainer, Region, find_runs
from heatbrush_core.methods import REGISTRY
from heatbrush_core.metrics.curves import deletion

RANDOM = np.random.default_rng(6)
X = RANDOM.normal(size=(3, 8, 8, 1)).astype("float32")
MORE = {"score_cam": {"layer": "last"}}


class Counts(layers.Layer):
    """Refuses more than one matrix, when it runs."""

    def call(self, x):
        count = tf.shape(x)[0]
        # the quadrature of DeepLIFT runs a node that no rule knows at 16 points at once
        check = tf.debugging.Assert((count == 1) | (count == 16), ["one matrix at a time"])
        with tf.control_dependencies([] if check is None else [check]):
            return tf.identity(x)


def explainer(**more):
    def body(x):
        y = conv(Counts()(x), name="last")
        return layers.Dense(3)(layers.GlobalAveragePooling2D()(y))

    return Explainer(build(body), baseline=0, background=X, **more)


ONE = explainer(batch_size=1)


def test_more_than_one_is_refused_by_this_model():
    with pytest.raises(RuntimeError, match="one matrix at a time"):
        explainer(batch_size=2).whatif(X[0], Region.rows(0, 3))


@pytest.mark.parametrize("method", REGISTRY)
def test_every_method(method):
    assert not ONE.why_not(method)
    found = ONE.explain(X[0], method, target=1, **MORE.get(method, {}))
    assert np.isfinite(found.map).all()
    for each in ONE.explain_batch(X[:2], method, targets=[1, 2], **MORE.get(method, {})):
        assert np.isfinite(each.map).all()


def test_everything_else():
    regions = [Region.rows(0, 3), Region.columns(2, 7)]
    parts = ONE.whatif(X[0], regions[0])
    alone = (ONE.predict(X[0], without=regions[0]), ONE.predict(X[0], only=regions[0]))
    for part, expected in zip(parts, alone, strict=True):
        np.testing.assert_allclose(part.scores, expected.scores, atol=1e-6)
    assert len(ONE.predict_each(X[0], without=regions)) == 2
    ONE.evidence(X[0], regions, target=1, controls=3)
    explanation = ONE.explain(X[0], "gradient", target=1)
    deletion(ONE, X[0], explanation)
    find_runs(ONE, X[0], target=1, methods=["occlusion"], controls=5)
