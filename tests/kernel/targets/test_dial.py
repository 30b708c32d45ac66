"""Where else a target may stand: layers and steps that have it, in the order of computation."""

import keras
import numpy as np
import pytest
from keras import layers
from sentences import refuses

import heatbrush as hb
from heatbrush_core.targets import (
    Channel,
    Class,
    Content,
    Gram,
    Location,
    Margin,
    Neuron,
    Step,
    dial,
)

X = np.random.default_rng(1).normal(size=(4, 10)).astype("float32")


@pytest.fixture(scope="module")
def explainer():
    keras.utils.set_random_seed(1)
    start = keras.Input((4, 10, 1))
    y = layers.Conv2D(2, 3, padding="same", activation="relu", name="c1")(start)
    y = layers.Conv2D(5, 3, padding="same", name="c2")(y)
    y = layers.MaxPooling2D(2, name="pool")(y)
    y = layers.Conv2D(3, 1, name="c3")(y)
    y = layers.Reshape((5, 6))(layers.Permute((2, 1, 3))(y))
    steps = layers.Dense(2, name="each")(y)
    return hb.Explainer(keras.Model(start, steps), baseline=0.0)


def at(explainer, target):
    _, x = explainer.about(X)
    return dial(target, explainer.outputs_and_layers(x), explainer.layers)


@pytest.mark.parametrize("kind", [Gram, Content])
def test_likeness_stands_at_every_layer_that_has_channels(explainer, kind):
    other = X + 1
    found = at(explainer, kind("c2", other))
    assert found.names == explainer.layers and found.names[found.at] == "c2"
    for place, name in enumerate(explainer.layers):
        assert found.turned(place) == kind(name, other)


def test_layers_without_such_a_channel_or_unit_are_left_out(explainer):
    two, five = at(explainer, Channel("c1", 1, "max")), at(explainer, Channel("c2", 4))
    assert set(explainer.layers) - set(five.names) >= {"c1", "c3"}
    assert set(two.names) >= {"c1", "c2", "c3"}
    assert two.turned(two.names.index("c3")) == Channel("c3", 1, "max")
    unit = at(explainer, Neuron("c1", (3, 9, 0)))
    assert {"c1", "c2"} <= set(unit.names) and not {"pool", "c3"} & set(unit.names)
    for found in (two, five, unit):
        for place in range(len(found.names)):  # the model has each
            assert np.isfinite(explainer.score(X, found.turned(place)))


def test_steps_go_through_the_answers_and_end_at_both_ends(explainer):
    found = at(explainer, Step(3, channel=1))
    assert (found.what, len(found.names), found.at) == ("step", 5, 3)
    assert found.stepped(1) == found.stepped(9) == Step(4, channel=1)
    assert found.stepped(-9) == Step(0, channel=1)
    answers = explainer.predict(X).shown
    scores = [explainer.score(X, found.turned(k)) for k in range(5)]
    np.testing.assert_allclose(scores, answers[:, 1], atol=1e-6)
    with refuses(ValueError, "Step 5", "there are 5", "give 0 to 4"):
        found.turned(5)


@pytest.mark.parametrize("target", [Class(0), Location(0, 1), Margin(Step(0), Step(1))])
def test_a_target_that_stands_at_one_place_has_no_dial(explainer, target):
    assert at(explainer, target) is None
