"""Terms in Keras: the same numbers, and their gradients, which lie on the cells they name."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from heatbrush_core.outputs import Grid, Head, Heatmap, Mask, Sequence

RANDOM = np.random.default_rng(0)
GRID = Grid(heads=[Head(output=1, boxes=2), Head(anchors=[(3, 5)])], threshold=0.2)
CASES = {
    "grid": (GRID, [RANDOM.normal(size=(2, 3, 7)), RANDOM.normal(size=(4, 6, 2, 7))], (8, 12)),
    "values": (
        Grid(scores="values", threshold=0.1),
        [RANDOM.uniform(0.2, 0.9, (4, 6, 7))],
        (8, 12),
    ),
    "each": (Grid(exclusive=False), [RANDOM.normal(size=(4, 6, 8))], (8, 12)),
    "map": (Heatmap(), [RANDOM.uniform(size=(5, 7, 2))], (5, 7)),
    "mask": (Mask(), [RANDOM.uniform(size=(5, 7, 2))], (5, 7)),
    "steps": (Sequence(), [RANDOM.uniform(size=(7, 2))], (5, 7)),
}


@pytest.mark.parametrize("name", CASES)
def test_in_keras_they_have_the_same_value_and_the_gradient_of_a_difference(name):
    decoder, outputs, shape = CASES[name]
    things = decoder.find(outputs, shape).things
    assert things
    batch = [tf.constant(np.stack([each, each * 0.5])) for each in outputs]
    for thing in things[:3]:
        for term in thing.terms.values():
            with tf.GradientTape() as tape:
                tape.watch(batch)
                said = term.compute(keras.ops, batch)
            expected = [term.value(outputs), term.value([each * 0.5 for each in outputs])]
            np.testing.assert_allclose(said, expected, rtol=1e-12)
            slopes = tape.gradient(said, batch, unconnected_gradients="zero")
            for number, slope in enumerate(slopes):
                named = set()
                for each in term.readings:
                    if each.output == number:
                        named |= set(each.places(outputs[number].shape).tolist())
                found = set(np.flatnonzero(slope.numpy()[0]).tolist())
                assert found <= named and (not term.linear or found == named)
                for cell in named:
                    step = np.zeros(outputs[number].size)
                    step[cell] = 1e-6
                    moved = [
                        [o + sign * step.reshape(o.shape) if k == number else o]
                        for sign in (1, -1)
                        for k, o in enumerate(outputs)
                    ]
                    ahead, back = (
                        term.value([each[0] for each in part])
                        for part in (moved[: len(outputs)], moved[len(outputs) :])
                    )
                    slope_there = slope.numpy()[0].ravel()[cell]
                    assert slope_there == pytest.approx((ahead - back) / 2e-6, abs=1e-6)


def test_far_from_zero_they_stay_finite_with_a_gradient():
    outputs = np.zeros((1, 1, 7))
    (thing,) = Grid(threshold=0).find(outputs, (2, 2)).things
    for far in (-2000.0, 2000.0):
        given = tf.constant(outputs[None] + far * np.array([1, 1, 0, 0, 1, 1, -1]))
        for term in thing.terms.values():
            with tf.GradientTape() as tape:
                tape.watch(given)
                said = term.compute(keras.ops, [given])
            assert np.isfinite(said).all() and np.isfinite(tape.gradient(said, given)).all()


def test_single_precision_stays_single():
    (thing,) = Grid(threshold=0).find(np.zeros((1, 1, 7)), (2, 2)).things
    for term in thing.terms.values():
        assert term.compute(np, [np.zeros((3, 1, 1, 7), "float32")]).dtype == "float32"
        said = term.compute(keras.ops, [tf.zeros((3, 1, 1, 7))])
        assert said.dtype == "float32" and said.shape == (3,)
