"""That every call on a matrix says where its baseline has the class, asked once and of it alone."""

import warnings

import numpy as np
import pytest

import heatbrush_core as hb
from heatbrush_core import Cancelled, Explainer, Region
from heatbrush_core.bars import within_a_call
from heatbrush_core.evidence import premises
from heatbrush_core.methods import REGISTRY

SAYS = "With everything hidden the model still says ill (1.00)"
ZERO = "Hidden cells become 0."
FUNCTION = "Hidden cells become what the given function makes of the matrix."
CLASSES = ["healthy", "ill"]
X = np.random.default_rng(0).uniform(0.9, 1.1, (6, 24)).astype("float32")
X[0] = 0
SHIFTED = X * np.linspace(1, 1.1, 24, dtype="float32")
HALVES = np.repeat([0.0, 1.0], 12)[None]


def even(batch):
    """Ill where both halves are as high, which is so of what is empty."""
    cells = np.asarray(batch)[..., 0]
    z = 3 - 8 * np.abs(cells[..., :12].mean((1, 2)) - cells[..., 12:].mean((1, 2)))
    return np.stack([-z, z], 1)


def lacking(batch):
    """Ill where cells are low: without any, it is more so."""
    z = 6 - 8 * np.asarray(batch).mean((1, 2, 3))
    return np.stack([-z, z], 1)


def explained(model=even, **more):
    return Explainer(model, **{"classes": CLASSES, "scores": "logits", "baseline": 0, **more})


@pytest.fixture(scope="module")
def network():
    """The same as `even`, with a gradient."""
    import keras
    from keras import layers

    halves = np.repeat([[1.0], [-1.0]], 12, axis=0) / 72
    start = keras.Input((6, 24, 1))
    apart = layers.Dense(2, activation="relu")(layers.Flatten()(start))
    model = keras.Model(start, layers.Dense(2, activation="softmax")(apart))
    either = np.concatenate([np.tile(halves, (6, 1)), -np.tile(halves, (6, 1))], axis=1)
    model.set_weights([either, np.zeros(2), np.array([[8, -8], [8, -8]]), np.array([-3, 3])])
    return model


def curve(make):
    def notes(explainer):
        return make(explainer, X, explainer.explain(X, "occlusion"), "columns", orders=1).notes

    return notes


def mean_curve(explainer):
    one = hb.deletion(explainer, X, explainer.explain(X, "occlusion"), "rows", orders=0)
    return hb.average_curves([one, one]).notes


def agreed(explainer):
    maps = [explainer.explain(X, each) for each in ("occlusion", "shapley")]
    return hb.agreement(maps).attrs["notes"]


CALLS = {
    "explain": lambda e: e.explain(X, "occlusion").notes,
    "explain_batch": lambda e: e.explain_batch([X, SHIFTED], "occlusion")[1].notes,
    "shapley": lambda e: e.explain(X, "shapley").notes,
    "lime": lambda e: e.explain(X, "lime", samples=50).notes,
    "rise": lambda e: e.explain(X, "rise", samples=50).notes,
    "find_runs": lambda e: hb.find_runs(e, X, methods="occlusion", null="auto").attrs["notes"],
    "evidence": lambda e: e.evidence(X, Region.rows(1, 2), controls=19).attrs["notes"],
    "minimal_run": lambda e: hb.minimal_run(e, X).notes,
    "interaction": lambda e: hb.interaction(e, X, "rows").attrs["notes"],
    "reliance": lambda e: hb.reliance(e, X[None], Region.rows(1, 2)).attrs["notes"],
    "class_profile": lambda e: hb.class_profile(e, X[None], [1]).attrs["notes"],
    "deletion": curve(hb.deletion),
    "insertion": curve(hb.insertion),
    "average_curves": mean_curve,
    "sensitivity_n": lambda e: hb.sensitivity_n(
        e, X, e.explain(X, "occlusion"), 3, 5, by="rows"
    ).attrs["notes"],
    "stability": lambda e: hb.stability(e, X, "occlusion", samples=2).notes,
    "agreement": agreed,
}


@pytest.mark.parametrize("call", CALLS)
def test_each_call_says_that_the_baseline_has_the_class(call, checks):
    notes = CALLS[call](explained(time="columns"))
    assert isinstance(notes, tuple) and ZERO in notes
    (said,) = (each for each in notes if each.startswith(SAYS))
    assert said.endswith("(explainer.baselines(x) compares all).")
    # of each matrix that was asked about, by itself and against other baselines; of no other
    assert sum(checks) <= 32 * (2 if call == "explain_batch" else 1)
    assert not any(SAYS in each for each in CALLS[call](explained(baseline=HALVES)))
    assert any(SAYS in each for each in CALLS[call](explained(baseline=np.zeros_like)))


@pytest.mark.parametrize(
    "method, more",
    [
        ("integrated_gradients", {"steps": 4}),
        ("deeplift", {}),
        ("smoothgrad", {"over": "deeplift", "samples": 2}),
    ],
)
def test_methods_of_gradients_say_it_too(network, method, more):
    explainer = Explainer(network, classes=CLASSES, baseline=0)
    notes = explainer.explain(X, method, **more).notes
    assert ZERO in notes and any(each.startswith(SAYS) for each in notes)
    made = explainer.with_baseline(np.zeros_like)
    table = hb.randomisation(made, X, (method, more))
    assert [each for each in table.attrs["notes"] if each.startswith(("Hidden", "With"))] == [
        each.replace(ZERO, FUNCTION) for each in notes if each.startswith(("Hidden", "With"))
    ]
    # it is asked again as the explanation tells, of an explainer with another baseline too
    found = made.explain(X, method, **more)
    asker = explainer.with_baseline("blur") if "baseline" in found.parameters else made
    again = asker.explain(X, found.method, **found.parameters)
    np.testing.assert_array_equal(again.values, found.values)


def test_what_hides_nothing_says_nothing_and_asks_nothing(network, checks):
    explainer = Explainer(network, classes=CLASSES, baseline=0)
    for method in ("gradient", ("smoothgrad", {"samples": 2})):
        assert explainer.explain(X, method).notes == ()
        assert hb.stability(explainer, X, method, samples=2).notes == ()
    assert hb.class_profile(explainer, X[None], [1], "gradient").attrs["notes"] == ()
    assert checks == []


def test_what_is_explained_on_the_way_is_not_looked_at(checks):
    explainer = explained(background=np.stack([X, 1 - X] * 10)[..., None])
    table = hb.find_runs(explainer, X, methods="occlusion", target=1, controls=19, null="phases")
    assert table.attrs["controls"] == 19
    others = len(checks) > 1 and checks[1]
    assert checks == [1, others] and others <= 31
    for call in ("stability", "class_profile"):
        CALLS[call](explainer)
    assert checks == [1, others]  # of the same matrix, target and baseline

    def own(explainer, x, target):
        return explainer.explain(x + 1, "occlusion", target).map

    explainer.explain(X, hb.Method("by_occlusion", own))
    del REGISTRY["by_occlusion"]
    assert checks == [1, others]


def test_many_matrices_are_counted(checks):
    apart = np.concatenate([X[:, :12], 2 * X[:, 12:]], axis=1)
    explainer, several = explained(), np.stack([X, apart, SHIFTED])
    profile = hb.class_profile(explainer, several, [1, 0, 1])
    table = hb.reliance(explainer, several, Region.rows(0, 1), [1, 0, 1])
    for notes in (profile.attrs["notes"], table.attrs["notes"]):
        hidden, said = notes
        assert hidden == ZERO and "the class of 2 of 3 matrices" in said
    assert checks == [3]  # what is known is not asked again, and reliance asks by itself
    first, second, _ = explainer.explain_batch(several, "occlusion", [1, 0, 1])
    assert any(SAYS in each for each in first.notes) and second.notes == (ZERO,)


def test_it_is_asked_once_until_something_changes(network, checks):
    def asked(explainer, **more):
        checks.clear()
        notes = explainer.explain(X, "occlusion", **more).notes
        return sum(checks), any(SAYS in each for each in notes)

    explainer = Explainer(network, classes=CLASSES, baseline=0)
    count, said = asked(explainer)
    assert 1 < count <= 32 and said
    assert asked(explainer) == (0, True) == asked(explainer, score="probability")
    assert asked(explainer, target="healthy") == (1, False)
    assert asked(explainer, baseline=0.0) == (0, True)  # which fills alike
    assert asked(explainer, baseline=HALVES) == (1, False)
    assert asked(explainer, baseline=lambda x: x * 0 + HALVES[..., None]) == (0, False)
    explainer.background = np.stack([X, SHIFTED])[..., None]
    assert asked(explainer)[0] > 1
    old = network.get_weights()
    try:
        network.set_weights([*old[:3], np.array([3.0, -3.0])])
        count, said = asked(explainer)
        assert count and not said  # of another class now
    finally:
        network.set_weights(old)


def test_a_mean_of_curves_tells_what_some_have():
    explainer = explained()
    apart = np.concatenate([X[:, :12], 2 * X[:, 12:]], axis=1)
    one, other = (
        hb.deletion(explainer, x, explainer.explain(x, "occlusion"), "rows", orders=0)
        for x in (X, apart)
    )
    assert other.notes == (ZERO,)
    hidden, said = hb.average_curves([other, one]).notes
    assert hidden == ZERO
    assert said.startswith(f"1 of 2 curves have notes of their own, such as: {SAYS}")


def test_few_are_remembered(monkeypatch):
    monkeypatch.setattr(premises, "KEPT", 3)
    explainer = explained()
    for step in range(4):
        explainer.explain(X + step / 100, "occlusion")
    assert len(explainer.checks) == 3


def test_a_check_is_stopped_between_its_batches(checks):
    import threading

    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        explained().explain(X, "occlusion", cancel=cancel)
    explainer = explained()
    x = explainer.asked(X)
    with pytest.raises(Cancelled):
        watch = hb.progress.Watch(cancel=cancel)
        premises.checked([explainer], x[None], [explainer.aim(x, 1)], watch=watch)


def test_a_part_of_something_else_is_not_checked(checks):
    with within_a_call():
        assert explained().explain(X, "occlusion").notes == (ZERO,)
    assert checks == []


def test_no_run_because_of_the_baseline_is_a_warning():
    with pytest.warns(
        UserWarning, match="No run of columns does it. With everything hidden"
    ) as said:
        assert hb.minimal_run(explained(lacking, baseline=0), X * 0.1) is None
    assert said[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert hb.minimal_run(explained(lacking, baseline=2), X * 0.1) is not None


def test_minimal_run_tells_how_far_it_is_and_can_be_stopped():
    import threading

    seen, cancel = [], threading.Event()
    explainer = explained(lacking, batch_size=4)
    with pytest.warns(UserWarning, match="still says ill"):
        found = hb.minimal_run(explainer, X / 10, "rows", longest=2, progress=seen.append)
    assert found is None and (seen[-1].done, seen[-1].total) == (6 + 5, 6 + 5)

    def stop(progress):
        cancel.set()

    with pytest.raises(Cancelled):
        hb.minimal_run(explainer, X / 10, "columns", progress=stop, cancel=cancel)


def test_a_model_that_is_random_is_told_in_every_table():
    random = np.random.default_rng(0)
    explainer = explained(lambda batch: even(batch) + random.normal(0, 0.1, (len(batch), 2)))
    for call in ("interaction", "reliance", "evidence", "stability", "sensitivity_n", "deletion"):
        notes = CALLS[call](explainer)
        assert any("gives other scores" in each for each in notes), (call, notes)
