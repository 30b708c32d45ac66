"""The table of scores where its lines are targets: of maps, of layers, of several outputs."""

import keras
import numpy as np
import pytest
from keras import layers
from sentences import refuses

import heatbrush as hb
from heatbrush_core.targets import Area, Class, Function, Location, Margin, Neuron, Output

REGION = hb.Region.rectangle(0, 2, 3, 8)
SELECTION = REGION.to_json()


def halves(X):
    """A map of two rows: the means of two columns, of rows 0 and 1, and of 2 and 3."""
    X = X[..., 0].astype(float)
    pairs = (X[:, :, ::2] + X[:, :, 1::2]) / 2
    return np.stack([pairs[:, :2].mean(1), pairs[:, 2:].mean(1)], 1)[..., None]


@pytest.fixture
def mapped():
    return hb.Explainer(halves, baseline=0.0)


@pytest.fixture(scope="module")
def layered():
    """Three classes, and a second output."""
    keras.utils.set_random_seed(3)
    start = keras.Input((4, 10, 1), dtype="float64")
    y = layers.Conv2D(2, 3, activation="relu", dtype="float64", name="c1")(start)
    flat = layers.Flatten(dtype="float64")(y)
    kind = layers.Dense(3, activation="softmax", dtype="float64", name="kind")(flat)
    size = layers.Dense(1, dtype="float64", name="size")(flat)
    model = keras.Model(start, [kind, size])
    return hb.Explainer(model, classes=["a", "b", "c"], output="kind", baseline=0.0)


def highest(x) -> Location:
    map = halves(x[None, ..., None])[0, ..., 0]
    return Location(*map_place(map))


def map_place(map):
    return tuple(int(i) for i in np.unravel_index(map.argmax(), map.shape))


def test_each_sample_of_a_map_has_a_line_of_its_own(make, mapped, samples):
    view = make(explainer=mapped)
    places = [highest(x) for x in samples]
    assert len(set(places)) > 1
    for index, (x, place) in enumerate(zip(samples, places, strict=True)):
        view.sample = index
        assert view.widget.classes == [place.label(())]
        assert view.widget.scores["all"] == pytest.approx([mapped.score(x, place)])
        assert view.widget.scores["rivals"] == 0
        assert (view.widget.target, view.target) == ({"a": 0, "b": None, "given": False}, place)
        assert any("No target was given" in each for each in view.widget.notes)
        found = view.explanations["occlusion"]
        truth = mapped.explain(x, "occlusion", place)
        np.testing.assert_array_equal(found.map, truth.map)
        assert found.target == place


def test_the_things_of_each_sample_have_marks_and_lines_in_the_same_order(make, samples):
    decoder = hb.outputs.Heatmap(threshold=-9.0, distance=1)
    explainer = hb.Explainer(halves, baseline=0.0, outputs=decoder)
    view = make(explainer=explainer)
    counts = []
    for index, x in enumerate(samples):
        view.sample = index
        things, marked = explainer.things(x), view.widget.sample["things"]
        assert [mark["row"] for mark in marked] == things["row"].tolist()
        assert [mark["column"] for mark in marked] == things["column"].tolist()
        assert [mark["line"] for mark in marked] == list(range(len(things)))
        assert [mark["score"] for mark in marked] == pytest.approx(view.widget.scores["all"])
        counts.append(len(marked))
    assert max(counts) > 1
    view.add_target(Location(1, 4))
    assert len(view.widget.classes) == counts[-1] + 1
    assert len(view.widget.sample["things"]) == counts[-1]


def test_a_map_without_a_decoder_has_lines_and_no_marks(make, mapped, explainer):
    assert make(explainer=mapped).widget.sample["things"] == []
    assert "things" not in make(explainer=explainer).widget.sample


def test_added_targets_have_lines_in_every_sample(make, mapped, samples, sent, ask):
    view, more = make(explainer=mapped), [Location(1, 4), Area(hb.Region.rows(0, 1))]
    view.selection = REGION
    ask(view, "whatif", ask=1, selection=SELECTION, viewer=0)
    assert len(sent.last("answer")["without"]) == 1
    view.add_target(more)
    assert view.target == highest(samples[0])  # what is explained stays
    assert view.widget.classes[1:] == [each.label(()) for each in more]
    assert view.widget.answered["without"] is None  # of one line only
    ask(view, "whatif", ask=2, selection=SELECTION, viewer=0)
    lines = [highest(samples[0]), *more]
    for kind in ("without", "only"):
        said = sent.last("answer")[kind]
        truth = [mapped.score(samples[0], each, **{kind: REGION}) for each in lines]
        np.testing.assert_allclose(said, truth, atol=1e-6)
    view.target = more[0]
    assert view.widget.target == {"a": 1, "b": None, "given": True, "added": 2}
    view.sample = 1
    assert (view.target, view.widget.target["a"]) == (more[0], 1)
    np.testing.assert_array_equal(
        view.explanations["occlusion"].map, mapped.explain(samples[1], "occlusion", more[0]).map
    )
    view.add_target(more[0])
    assert len(view.widget.classes) == 3  # it has a line
    ask(view, "show", a=2, b=0)
    assert view.target == Margin(more[1], highest(samples[1]))
    ask(view, "restore", sample=0, a=2, b=None, given=True, baseline=0, runs={}, order=[])
    assert view.target == more[1]


def test_places_of_a_moved_brush_tell_every_line(make, mapped, samples, sent, ask):
    view = make(explainer=mapped, target=[Location(0, 1), Location(1, 4)])
    assert view.target == Location(0, 1)
    assert view.widget.classes == ["row 0, column 1", "row 1, column 4"]
    places = [[0, 2, column, column + 5] for column in range(4)]
    ask(view, "whatif_each", ask=1, selection=SELECTION, band=0, places=places, viewer=0)
    assert sent.last("answers")["count"] == 4
    found = np.frombuffer(sent.buffers[-1][0]).reshape(4, 2, 2)
    for place, numbers in zip(places, found, strict=True):
        region = hb.Region.rectangle(*place)
        targets = [Location(0, 1), Location(1, 4)]
        for kind, some in zip(("without", "only"), numbers, strict=True):
            truth = mapped.scores(samples[0], targets, **{kind: region})
            np.testing.assert_allclose(some, truth, atol=1e-6)


def test_layers_and_outputs_beside_the_classes_of_a_model(make, layered, samples):
    view = make(["gradient"], explainer=layered, target=Neuron("c1", (1, 2, 0)))
    assert view.widget.classes == ["a", "b", "c", Neuron("c1", (1, 2, 0)).label(())]
    assert view.widget.scores["rivals"] == 3
    said = layered.predict(samples[0])
    assert view.widget.scores["predicted"] == said.predicted
    np.testing.assert_allclose(view.widget.scores["all"][:3], said.shown, atol=1e-6)
    np.testing.assert_array_equal(
        view.explanations["gradient"].map,
        layered.explain(samples[0], "gradient", Neuron("c1", (1, 2, 0))).map,
    )
    for given, target in (
        ("b", Class(1)),
        (3, Neuron("c1", (1, 2, 0))),
        (None, Class(said.predicted)),
    ):
        view.target = given
        assert view.target == target
    view.target = Output("size", 0)  # gets a line by that
    assert len(view.widget.classes) == 5 and view.widget.target["a"] == 4
    view.score_samples().wait()
    assert list(view.samples["predicted"]) == [layered.predict(x).label for x in samples]


def test_models_of_maps_are_asked_about_the_same_cells(make, mapped, samples):
    other = hb.Explainer(lambda X: 3 * halves(X), baseline=0.0)
    view = make(explainer={"one": mapped, "three": other}, target=Location(1, 4))
    own = mapped.score(samples[0], Location(1, 4))
    assert view.widget.scores["all"] == pytest.approx([own, 3 * own])
    found = view.explanations
    np.testing.assert_allclose(
        found["three: occlusion"].map, 3 * found["one: occlusion"].map, atol=1e-6
    )


def test_a_baseline_of_the_view_counts_for_lines(make, mapped, samples, sent, ask):
    view = make(explainer=mapped, target=Location(1, 4))
    view.baseline = 2.0
    ask(view, "whatif", ask=1, selection=SELECTION, viewer=0)
    truth = mapped.with_baseline(2.0).score(samples[0], Location(1, 4), only=REGION)
    assert sent.last("answer")["only"] == pytest.approx([truth])
    ask(view, "compare", wanted=True)
    assert any(row["score_hidden"] == pytest.approx(2.0) for row in sent.last("compared")["rows"])


def test_a_pin_names_the_line_of_its_own_sample(make, mapped, samples):
    view = make(explainer=mapped)
    view.pin("occlusion")
    view.sample = 1
    (panel,) = view.widget.panels
    assert panel["pinned"]["target"] == highest(samples[0]).label(())
    assert panel["pinned"]["sample"] == 0
    assert view.widget.classes == [highest(samples[1]).label(())]


def test_named_selections_tell_the_lines_that_there_are(make, mapped, samples):
    view = make(explainer=mapped)
    view.selections["mine"] = REGION
    view.wait()
    assert view.widget.named_scores[0]["scores"]["shape"] == [2, 1]
    view.add_target(Location(1, 4))
    view.wait()
    (scored,) = view.widget.named_scores
    numbers = np.frombuffer(scored["scores"]["bytes"], "<f4").reshape(2, 2)
    assert numbers[0, 1] == pytest.approx(mapped.score(samples[0], Location(1, 4), without=REGION))


def test_runs_curves_and_interactions_are_of_the_line(make, mapped, samples):
    view = make(explainer=mapped, target=Location(1, 4), charts=True)
    found = view.find_runs("columns", controls=19).wait()
    truth = hb.find_runs(mapped, samples[0], target=Location(1, 4), controls=19)
    np.testing.assert_array_equal(found["necessity"], truth["necessity"])
    assert view.widget.evidence["score"] == "value"
    assert "score loses" in view.charts.open("Interaction").work.said
    tab = view.charts.open("Classes")
    tab._compute()
    assert tab.work.said.startswith("The model returns a map, so that samples have no classes")


def test_a_saved_page_has_the_lines_of_each_sample(make, mapped, samples, tmp_path):
    from heatbrush.export.all_samples import frames

    view = make(explainer=mapped)
    made = frames(view._session)
    assert [each["classes"] for each in made] == [[highest(x).label(())] for x in samples]
    assert [each["scores"]["all"] for each in made] == [
        pytest.approx([mapped.score(x, highest(x))]) for x in samples
    ]
    assert all(any("No target" in note for note in each["notes"]) for each in made)
    assert view.save_html(tmp_path / "page").exists()


def test_the_code_of_a_view_makes_the_same_lines(make, mapped, samples):
    view = make(explainer=mapped, target=[Location(0, 1), Margin(Location(0, 0), Location(1, 1))])
    view.add_target(Area(hb.Region.rows(0, 1), reduce="max"))
    view.target = 2
    code = view.code()
    assert "target=[hb.targets.Location(0, 1), hb.targets.Margin(" in code
    assert 'view.add_target([hb.targets.Area(hb.Region.rows(0, 1), reduce="max")])' in code
    scope = {"explainer": mapped, "X": samples}
    exec(code, scope)
    scope["view"].wait()
    assert scope["view"].widget.classes == view.widget.classes
    assert scope["view"].target == view.target
    scope["view"].close()
    panel = view._exports.code("panel", "occlusion")
    exec(panel, scope)
    np.testing.assert_array_equal(scope["explanation"].map, view.explanations["occlusion"].map)


def test_a_file_keeps_targets_beside_classes(make, layered, samples, tmp_path):
    neuron, error = Neuron("c1", (1, 2, 0)), Function(lambda kinds: kinds[0][:, 0])
    view = make(["gradient"], explainer=layered, target=neuron)
    view.add_target([error, Output("size", 0)])
    view.target = Margin(1, 0)
    view.selection = REGION
    view.selections["mine"] = REGION
    view.wait()
    filed = view.save(tmp_path / "view", what_if=True)
    alone, again = hb.load_view(filed), hb.load_view(view.save(tmp_path / "whole", model=True))
    for each in (alone, again):
        each.wait()
        assert each.target == view.target == Margin(1, 0)
        np.testing.assert_array_equal(
            each.explanations["gradient"].map, view.explanations["gradient"].map
        )
    for trait in ("classes", "scores", "answered", "named_scores", "target"):
        kept = getattr(alone.widget, trait)
        if trait == "scores":
            assert kept["missing"]
            kept = {key: value for key, value in kept.items() if key != "missing"}
        assert kept == getattr(view.widget, trait), trait
    alone.target = neuron  # the map is not there, but the line is
    alone.wait()
    assert (alone.target, alone.widget.target["a"]) == (neuron, 3)
    assert again.widget.classes == [*view.widget.classes[:4], view.widget.classes[5]]
    assert any("is a function, which no file keeps" in each for each in again.widget.notes)
    again.add_target(error)
    again.wait()
    assert again.widget.classes[-1] == view.widget.classes[4]
    assert again.widget.scores["all"][-1] == view.widget.scores["all"][4]
    alone.close()
    again.close()


def test_a_file_keeps_the_lines_of_several_models(make, mapped, samples, tmp_path):
    other = hb.Explainer(lambda X: 3 * halves(X), baseline=0.0)
    view = make(explainer={"one": mapped, "three": other}, target=Location(1, 4))
    filed = view.save(tmp_path / "view", all_samples=True, what_if=True)
    again = hb.load_view(filed)
    for sample in (0, 1, 2):
        view.sample = again.sample = sample
        again.wait()
        assert again.widget.scores["all"] == view.widget.scores["all"]
        assert again.widget.classes == view.widget.classes
        found, kept = view.explanations["three: occlusion"], again.explanations["three: occlusion"]
        np.testing.assert_array_equal(kept.map, found.map)
    again.close()


def test_what_a_view_of_a_map_cannot_do(make, mapped, samples, tmp_path, sent, ask):
    known = hb.Explainer(keras.Sequential([keras.Input((4, 10, 1)), layers.Conv2D(1, 3)]))
    with refuses(ValueError, "y holds classes", "returns a map", "leave it out"):
        make(explainer=known, y=[0, 1, 1])
    view = make(explainer=mapped)
    with refuses(ValueError, "Target 9", "are 0 to 0", "give one of these"):
        view.target = 9
    with refuses(ValueError, "'b' is no line", "which has 'row", "its number"):
        view.target = "b"
    with refuses(ValueError, "Location(2, 0)", "2 rows (0 to 1)", "give one of these"):
        view.target = Location(2, 0)
    with refuses(ValueError, "Location(2, 0)", "2 rows (0 to 1)", "give one of these"):
        view.add_target(Location(2, 0))
    with refuses(TypeError, "got 'a'", "a target of hb.targets", "view.target"):
        view.add_target("a")
    assert view.widget.classes == [highest(samples[0]).label(())]
    plain = make(explainer=hb.Explainer(lambda X: X.mean((1, 2)), classes=["a"], baseline=0.0))
    filed = plain.save(tmp_path / "plain")
    with refuses(ValueError, "returns a map", "explain a", "the view was made with"):
        hb.load_view(filed, explainer=known)
    with refuses(ValueError, "the class of each sample", "returns a map", "explainer.scores"):
        view.score_samples()
    filed = view.save(tmp_path / "view")
    with refuses(ValueError, "has the classes a", "returns a map", "the view was made with"):
        hb.load_view(filed, plain.explainer)
    with refuses(ValueError, "tells of its classes", "returns a map", "hb.compare"):
        hb.model_page(mapped, samples, tmp_path / "page")
    arranged = {"text": "", "only": "all", "among": None, "of": None, "reverse": False}
    ask(view, "arrange", order="unsure", **arranged)
    assert "which has none; list them by index" in sent.last("refused")["sentence"]
    assert list(view.samples.columns) == []
    view.close()
    with pytest.raises(RuntimeError):
        view.add_target(Location(1, 4))
