"""Batches that the memory does not hold, scores that are no numbers, and shapes that change."""

import numpy as np
import pytest
import tensorflow as tf
from architectures import build, conv
from keras import layers, ops
from sentences import refuses

from heatbrush_core import Explainer, Region
from heatbrush_core.network import memory
from heatbrush_core.network.incremental import Incremental, IncrementalOriginal
from heatbrush_core.network.network import Route

X = np.random.default_rng(6).normal(size=(6, 8, 8, 1)).astype("float32")


class Full(layers.Layer):
    """Holds two matrices, when it runs; a third is told as TensorFlow tells it."""

    def call(self, x):
        def look(count):
            if 2 < count and count not in (16, 32):  # DeepLIFT runs single nodes at 16 points
                raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")
            return np.float32(0)

        extra = tf.numpy_function(look, [tf.shape(x)[0]], tf.float32)
        return x + tf.reshape(tf.stop_gradient(extra), ())


@pytest.fixture(scope="module")
def full():
    def body(x):
        return layers.Dense(3)(layers.GlobalAveragePooling2D()(Full()(conv(x, name="last"))))

    given = {"baseline": 0, "background": X, "scores": "logits"}
    model = build(body)
    return Explainer(model, **given), Explainer(model, batch_size=1, **given)


@pytest.mark.parametrize("method", ["gradient", "occlusion", "lrp", "grad_cam"])
def test_a_batch_that_does_not_fit_is_halved(full, method):
    explainer, one = full
    found = explainer.explain_batch(X, method, targets=1)
    for index in (0, 5):
        alone = one.explain(X[index], method, target=1)
        np.testing.assert_allclose(found[index].map, alone.map, atol=1e-5)
    explainer.outputs(6, X.__getitem__)
    notes = [n for n in explainer.explain(X[0], method, target=1).notes if "at once" in n]
    assert len(notes) == 1 and "as the memory did not hold more" in notes[0]
    assert explainer._network.held in (1, 2)


def test_windows_that_the_delta_walk_cannot_hold_are_fewer_or_whole_matrices(monkeypatch):
    model = build(lambda x: layers.Dense(2)(layers.GlobalAveragePooling2D()(conv(x))))
    expected = Explainer(model, baseline=0).explain(X[0], "occlusion", 1, patch=(1, 1)).map
    walk, sizes = Incremental.differences, []

    def limited(most):
        def differences(self, known, boxes, cells):
            sizes.append(len(boxes))
            if len(boxes) > most:
                raise tf.errors.ResourceExhaustedError(None, None, "OOM")
            return walk(self, known, boxes, cells)

        return differences

    monkeypatch.setattr(IncrementalOriginal, "route", lambda *_: Route(True, "windows", 1.0))
    for most in (5, 0):
        sizes.clear()
        monkeypatch.setattr(Incremental, "differences", limited(most))
        found = Explainer(model, baseline=0).explain(X[0], "occlusion", 1, patch=(1, 1)).map
        np.testing.assert_allclose(found, expected, atol=1e-5)
        assert min(sizes) <= max(most, 1) < max(sizes)


def test_a_function_that_runs_out_of_memory_is_asked_for_less():
    sizes = []

    def model(batch):
        sizes.append(len(batch))
        if len(batch) > 3:
            raise MemoryError("Unable to allocate 9 GiB")
        return batch.sum((1, 2))

    explainer = Explainer(model, baseline=0)
    explainer.predict(X[0])
    assert len(explainer.outputs(20, lambda which: X[np.arange(20)[which] % 6])) == 20
    many, sizes[:] = len(sizes), []
    explainer.predict_each(X[0], without=[Region.rows(i, i + 1) for i in range(8)])
    assert max(sizes) <= 3 < many  # the size that worked is kept


def test_one_matrix_that_does_not_fit_is_told_without_a_remedy_that_is_none():
    def model(batch):
        raise MemoryError

    with refuses(MemoryError, "The function model needs more memory", "one matrix", "smaller"):
        Explainer(model).predict(X[0])
    try:
        Explainer(model).predict(X[0])
    except MemoryError as error:
        assert "batch_size" not in str(error)


def test_what_says_that_memory_ran_out():
    class OutOfMemoryError(Exception):
        pass

    for error in (
        MemoryError(),
        OutOfMemoryError("CUDA"),
        RuntimeError("Graph execution error: OOM when allocating tensor with shape[9]"),
        tf.errors.InternalError(None, None, "RESOURCE_EXHAUSTED: failed to allocate"),
    ):
        assert memory.ran_out(error)
        try:
            raise ValueError("of another") from error
        except ValueError as other:
            assert memory.ran_out(other)
    assert not memory.ran_out(ValueError("room")) and not memory.ran_out(RuntimeError("zoom when"))


# ------------------------------------------------------------------ no numbers, other shapes


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_scores_that_are_no_numbers_are_refused(value):
    def broken(batch):
        return np.stack([batch.sum((1, 2, 3)), np.full(len(batch), value)], 1)

    with pytest.raises(
        ValueError, match=r"The function broken returns (NaN|infinite scores) for 1"
    ):
        Explainer(broken).predict(X[0])


@pytest.fixture(scope="module", params=["constant", "where"])
def masked(request):
    """A model whose last class is masked."""

    def body(x):
        z = layers.Dense(3)(layers.GlobalAveragePooling2D()(conv(x, name="last")))
        if request.param == "constant":
            return z + ops.convert_to_tensor([0.0, 0.0, -np.inf])
        return ops.where(ops.convert_to_tensor([True, True, False]), z, -np.inf)

    return Explainer(build(body), baseline=0, scores="logits")


@pytest.mark.parametrize("score", ["logit", "probability"])
def test_a_masked_class_does_not_disturb_the_others(masked, score):
    said = masked.predict(X[0])
    assert said.probabilities[2] == 0 and said.probabilities.sum() == pytest.approx(1)
    occluded = masked.explain(X[0], "occlusion", 1, score=score, patch=(8, 8), stride=(8, 8))
    gone = masked.predict(np.zeros((8, 8)))
    before, after = (
        each.scores[1] if score == "logit" else each.probabilities[1] for each in (said, gone)
    )
    np.testing.assert_allclose(occluded.map, before - after, atol=1e-5)
    for method in ("gradient", "lrp", "grad_cam") if score == "logit" else ("gradient", "rise"):
        found = masked.explain(X[0], method, 1, score=score)
        assert np.isfinite(found.map).all() and np.isfinite(found.score), method
    with refuses(ValueError, "The logit of the target is infinite", "a finite", "does not mask"):
        masked.explain(X[0], "gradient", 2)
    with refuses(ValueError, "The logit of the target is infinite", "a finite", "does not mask"):
        masked.explain(X[0], "occlusion", 2)


def test_a_model_whose_shape_changes_is_told():
    def changing(batch):
        return np.ones((len(batch), 2 if len(batch) == 1 else 3))

    explainer = Explainer(changing, baseline=0)
    explainer.predict(X[0])
    with refuses(ValueError, "changing returns 3 scores", "returned 2 before", "the same number"):
        explainer.explain(X[0], "occlusion")
