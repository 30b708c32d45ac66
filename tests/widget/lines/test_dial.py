"""A target that goes from layer to layer, or from step to step, and lines that are taken away."""

import keras
import numpy as np
import pytest
from keras import layers
from sentences import refuses

import heatbrush as hb
from heatbrush.jobs.worker import Worker
from heatbrush_core.targets import Channel, Class, Gram, Location, Margin, Step

GUARD = 20.0  # seconds until a test gives up


@pytest.fixture(scope="module")
def deep():
    """Two classes over three layers with channels."""
    keras.utils.set_random_seed(3)
    start = keras.Input((4, 10, 1))
    y = layers.Conv2D(2, 3, padding="same", activation="relu", name="c1")(start)
    y = layers.Conv2D(3, 3, padding="same", name="c2")(y)
    y = layers.Conv2D(3, 3, padding="same", name="c3")(y)
    y = layers.Dense(2, activation="softmax", name="kind")(layers.GlobalAveragePooling2D()(y))
    return hb.Explainer(keras.Model(start, y), classes=["a", "b"], baseline=0.0)


def steps(X):
    """Two numbers for each of ten steps: a column, and its square."""
    mean = X[..., 0].astype(float).mean(1)
    return np.stack([mean, mean**2], -1)


def same(view, explainer, x, target):
    assert view.target == target
    name, found = next(iter(view.explanations.items()))
    assert found.target == target
    np.testing.assert_array_equal(found.map, explainer.explain(x, name, target).map)
    return found


def test_one_line_goes_through_the_layers_and_a_visited_map_is_kept(make, deep, samples):
    view = make(["gradient"], explainer=deep, target=Gram("c1", samples[1]))
    names = deep.layers
    start = names.index("c1")
    assert len(names) - start == 3
    assert view.widget.target["dial"] == {
        "what": "layer", "name": "c1", "at": start, "count": len(names)
    }  # fmt: skip
    assert view.widget.target["added"] == 1
    same(view, deep, samples[0], Gram("c1", samples[1]))
    count, maps = 3, {}
    for place in range(start + 1, len(names)):
        view.step_target()
        target = Gram(names[place], samples[1])
        maps[place] = same(view, deep, samples[0], target)
        assert view.widget.classes[count:] == [target.label(())]
        assert view.widget.target["dial"]["at"] == place
        assert view.widget.scores["all"][count] == pytest.approx(
            deep.score(samples[0], target), abs=1e-6
        )
    view.step_target(9)  # ends at the last
    assert view.widget.target["dial"]["at"] == len(names) - 1
    view.step_target(-1)
    assert next(iter(view.explanations.values())) is maps[len(names) - 2]
    view.step_target(start + 2 - len(names))  # that one has a line, which stays
    assert view.widget.target["a"] == count - 1
    view.sample = 2
    same(view, deep, samples[2], Gram("c1", samples[1]))


def test_a_pinned_layer_keeps_its_line(make, deep, samples):
    view = make(["gradient"], explainer=deep, target=Channel("c1", 1))
    view.step_target()
    first = view.target
    view.pin("gradient")
    view.step_target()
    assert view.widget.classes[2:] == [
        each.label(()) for each in (Channel("c1", 1), first, view.target)
    ]
    (pinned,) = view.widget.panels
    assert pinned["pinned"]["target"] == first.label(())
    with refuses(ValueError, "'gradient' is pinned", "this target", "unpin"):
        view.remove_target(first)


def test_steps_of_a_sequence(make, samples, sent, ask):
    explainer = hb.Explainer(steps, baseline=0.0)
    view = make(explainer=explainer, target=Step(3, channel=1))
    assert view.widget.target["dial"] == {"what": "step", "name": "step 3", "at": 3, "count": 10}
    ask(view, "turn", to=7)
    same(view, explainer, samples[0], Step(7, channel=1))
    view.step_target(-2)
    same(view, explainer, samples[0], Step(5, channel=1))
    assert len(view.widget.classes) == 2
    ask(view, "turn", to=10)
    assert "Step 10" in sent.last("refused")["sentence"]
    view.target = Step(3, channel=1)
    assert view.widget.target["a"] == 0 and len(view.widget.classes) == 2
    view.target = Margin(0, 1)
    assert "dial" not in view.widget.target
    with refuses(ValueError, "one place only", "choose a Channel", "hb.targets.Step(0)"):
        view.step_target()


def test_lines_that_were_added_can_be_taken_away(make, deep, samples, sent, ask):
    view = make(["gradient"], explainer=deep)
    assert "added" not in view.widget.target
    view.add_target([Channel("c1", 0), Channel("c2", 2)])
    view.target = Channel("c2", 2)
    assert (view.widget.target["a"], view.widget.target["added"]) == (3, 2)
    view.remove_target(2)
    assert view.widget.classes == ["a", "b", Channel("c2", 2).label(())]
    assert (view.widget.target["a"], view.target) == (2, Channel("c2", 2))
    ask(view, "remove_line", line=2)
    said = deep.predict(samples[0]).predicted
    assert view.widget.classes == ["a", "b"]
    assert (view.target, view.widget.target["given"]) == (Class(said), False)
    assert "rivals" not in view.widget.scores and len(view.widget.scores["all"]) == 2
    ask(view, "remove_line", line=1)
    assert "has no line that was added" in sent.last("refused")["sentence"]
    view.add_target(Channel("c1", 0))
    view.target = Margin(2, 0)
    with refuses(ValueError, "Channel(", "none can be taken away", "mean of channel 0 of c1"):
        view.remove_target(Channel("c2", 1))
    view.remove_target(Channel("c1", 0).label(()))
    assert view.target == Class(said)


def test_a_map_whose_given_line_is_taken_away_has_its_highest_cell(make, samples):
    explainer = hb.Explainer(lambda X: X[..., 0], baseline=0.0)
    view = make(explainer=explainer, target=Location(1, 4))
    view.remove_target(Location(1, 4))
    highest = np.unravel_index(samples[0].argmax(), samples[0].shape)
    assert view.target == Location(*map(int, highest))
    assert len(view.widget.classes) == 1


def test_a_target_and_a_step_before_the_worker_has_made_its_line(make, deep, samples):
    view = make(["gradient"], explainer=deep, worker=Worker)
    view.target = Channel("c1", 1)  # of a model of classes, whose lines are its classes until then
    assert view.target == Channel("c1", 1)
    view.step_target()
    view.wait(GUARD)
    same(view, deep, samples[0], Channel("c2", 1))
    assert len(view.widget.classes) == 4
