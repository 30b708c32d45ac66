"""Pins, differences, own maps, names, named selections, several models: saved, and there again."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest
import second_format as stored
from sentences import refuses

import heatbrush as hb
from heatbrush.case.asking import WITHOUT
from heatbrush.opening import load_view

STORED = Path(__file__).parent / "format-2.heatbrush"
FIRST, LAST = "before: fine", "before: last"
PANELS = ["apart", "mine", FIRST, "after: fine", LAST, "after: last"]


@pytest.fixture(scope="module")
def view():
    view = stored.shown(stored.models())
    yield view
    view.close()


@pytest.fixture(scope="module")
def path(view, tmp_path_factory) -> Path:
    return view.save(tmp_path_factory.mktemp("files") / "case", what_if=True)


@pytest.fixture
def opened():
    """Open a file; those that were opened are closed after the test."""
    views = []

    def opened(path, explainer=None):
        views.append(load_view(path, explainer))
        return views[-1]

    yield opened
    for each in views:
        each.close()


def same_maps(one, other) -> None:
    assert list(one.explanations) == list(other.explanations)
    for name, found in one.explanations.items():
        np.testing.assert_array_equal(found.map, other.explanations[name].map, err_msg=name)


def panel(view, name: str):
    return next(each for each in view.widget.panels if each["name"] == name)


def page_of(path) -> dict:
    with zipfile.ZipFile(path) as file:
        return json.loads(file.read("page.json"))


def test_all_is_there_without_the_models(view, path, opened) -> None:
    again = opened(path)
    assert again.panels == view.panels == PANELS
    same_maps(view, again)
    assert again.selections == dict(view.selections) and again.selection == stored.BURST
    assert again.options == view.options and again.options["by_hand"] == {"mine": [-3, 3]}
    again.wait()
    assert again.widget.sample["name"] == "cy"
    assert again.widget.scores == {**view.widget.scores, "missing": WITHOUT}
    assert tuple(panel(again, "apart")["of"]) == (FIRST, LAST)
    # sample "ada" is number 0 in both, and its class is the one that was predicted there
    assert panel(again, FIRST)["pinned"] == panel(view, FIRST)["pinned"]
    scored = again.widget.named_scores
    assert [(each["sample"], each["selection"], each["scores"]) for each in scored] == [
        (1, each["selection"], each["scores"]) for each in view.widget.named_scores
    ]
    assert len(scored) == 2 and scored[0]["scores"]["shape"] == [2, 4]


def test_another_sample_shows_what_is_kept_of_it(view, path, opened) -> None:
    again = opened(path)
    pinned = again.explanations[FIRST].map
    again.sample = "ada"
    again.wait()
    assert again.explanations[FIRST].map is not None
    np.testing.assert_array_equal(again.explanations[FIRST].map, pinned)
    assert "mine" not in again.explanations
    assert panel(again, "mine")["failure"]["title"] == "no map of this sample"
    scored = again.widget.named_scores
    assert [each["sample"] for each in scored] == [0, 0]
    # from what was opened, once more
    again.sample = "cy"
    again.wait()
    twice = opened(again.save(path.with_name("twice")))
    same_maps(view, twice)
    twice.wait()
    assert twice.widget.named_scores == again.widget.named_scores
    assert twice.widget.whatifs == again.widget.whatifs
    assert twice.widget.scores == again.widget.scores


def test_with_the_models_it_goes_on(view, path, opened) -> None:
    models = stored.models()
    again = opened(path, models)
    assert list(again.explainers) == ["before", "after"]
    same_maps(view, again)
    for name, found in (("before", models["before"]), ("after", models["after"])):
        expected = found.explain(stored.X[2], "occlusion", target="right", baseline=0.0)
        again.target = "right"
        made = again.run("occlusion", panel=f"{name}: new").wait()
        np.testing.assert_allclose(made.map, expected.map, atol=1e-6)
    again.unpin(FIRST)
    again.wait()
    expected = models["before"].explain(
        stored.X[2], "occlusion", target="right", baseline=0.0, patch=(1, 1)
    )
    np.testing.assert_allclose(again.explanations[FIRST].map, expected.map, atol=1e-6)
    apart = again.explanations[FIRST].map - again.explanations[LAST].map
    np.testing.assert_allclose(again.explanations["apart"].map, apart, atol=1e-6)


def test_other_models_are_refused(path, view) -> None:
    models = stored.models()
    with refuses(ValueError, "asks the models before, after", "got", "give a dict"):
        load_view(path, models["before"])
    with refuses(ValueError, "asks the models before, after", "got before", "give a dict"):
        load_view(path, {"before": models["before"]})
    turned = {"before": models["after"], "after": models["before"]}
    with refuses(ValueError, "the classes right, left", "explain left, right", "give the"):
        load_view(path, turned)
    with refuses(TypeError, "asks one model", "got", "give one Explainer"):
        load_view(STORED.with_name("format-1.heatbrush"), models)


def test_what_the_page_shows_is_numbered_as_the_file_is(path, view) -> None:
    page = page_of(path)
    state, frames = page["state"], page["frames"]
    # samples 0 and 2 of the view
    assert [each["sample"]["name"] for each in frames] == ["ada", "cy"]
    assert [each["sample"]["index"] for each in frames] == [0, 1]
    assert state["answered"]["sample"] == state["sample"]["index"] == 1
    assert (state["listing"]["count"], state["listing"]["at"]) == (2, 1)
    assert state["named"] == view.widget.named and state["options"] == view.widget.options
    for place, frame in enumerate(frames):
        assert [each["name"] for each in frame["panels"]] == PANELS
        assert frame["scores"]["models"] == ["before", "after"]
        assert [each["sample"] for each in frame["named_scores"]] == [place, place]
        assert frame["whatifs"]["classes"] and frame["whatifs"]["missing"] == ""
        pins = [each.get("pinned") for each in frame["panels"] if each["name"] == FIRST]
        assert [pin["sample"] for pin in pins] == [0]
        shown = {each["name"] for each in frame["panels"] if each["arrays"]}
        assert FIRST in shown
    assert {each["name"] for each in frames[1]["panels"] if each["arrays"]} == set(PANELS)


def test_what_ifs_are_those_of_the_models(path, view, opened) -> None:
    again = opened(path)
    again.wait()
    held = again.widget.whatifs
    runs = held["columns"]
    edges = runs["edges"]
    each = [(a, b) for a in edges for b in edges if a < b]
    raw = np.frombuffer(runs["scores"]["bytes"], np.uint8).reshape(*runs["scores"]["shape"], 3)
    whole = np.zeros((*raw.shape[:2], 4), np.uint8)
    whole[..., 1:] = raw
    found = whole.view("<f4")[..., 0]
    at = each.index((1, 3))
    for place, score in enumerate(held["classes"]):
        name = ("left", "right")[score % 2]
        model = stored.models()[("before", "after")[score // 2]]
        said = [model.predict(stored.X[2], **{kind: stored.BURST}) for kind in ("without", "only")]
        expected = [float(one.shown[one.classes.index(name)]) for one in said]
        lines = [found[place, at], found[len(held["classes"]) + place, at]]
        np.testing.assert_allclose(lines, expected, rtol=1e-4)


def test_the_code_opens_the_file_and_says_what_was_changed(path, opened, tmp_path) -> None:
    again = opened(path)
    assert "explainer" not in again.code() and "model" not in again.code().split("view =")[1]
    again.remove("after: last")
    again.unpin(FIRST)
    again.order(["mine", "apart"])
    again.add("other", stored.OWN * 2)
    again.pin("after: fine", sample="ada")
    again.height = 500
    again.wait()
    code = again.code()
    for line in (
        'view = hb.load_view("',
        'view.remove("after: last")',
        f'view.unpin("{FIRST}")',
        'view.add("other", other)',
        'view.pin("after: fine", sample=0, target="right")',
        "view.height = 500",
        'view.selections["burst"] = hb.Region.columns(1, 3)',
    ):
        assert line in code, line
    names = {"other": stored.OWN * 2}
    here = code.replace('load_view("case.heatbrush"', f"load_view({str(path)!r}")
    exec(compile(here, "code", "exec"), names)
    try:
        names["view"].wait()
        assert names["view"].panels == again.panels
        same_maps(again, names["view"])
        assert names["view"].code() == here
    finally:
        names["view"].close()
    assert 'view.explanations["mine"]' in again.code("mine")
    with_models = opened(path, stored.models())
    assert ", models)" in with_models.code()


def net(seed: int, classes: int = 2) -> keras.Model:
    keras.utils.set_random_seed(seed)
    ends = keras.layers.Dense(classes, activation="softmax")
    return keras.Sequential([keras.Input((3, 4, 1)), keras.layers.Flatten(), ends])


def test_each_of_several_models_goes_along(opened, tmp_path) -> None:
    steps = hb.outputs.Sequence(axis=None, threshold=None)
    asked = {
        "old": hb.Explainer(net(0), ["a", "b"], baseline=0.0, time="columns"),
        "new": hb.Explainer(
            net(1), ["b", "a"], baseline=1.0, batch_size=5, time="columns", outputs=steps
        ),
    }
    view = hb.compare(asked, stored.X[0], ["gradient"], charts=False)
    try:
        path = view.save(tmp_path / "both", model=True)
        again = opened(path)
        again.wait()
        assert again.widget.scores == view.widget.scores
        for name, explainer in asked.items():
            kept = again.explainers[name]
            assert kept.classes == explainer.classes
            assert kept.made_with["batch_size"] == explainer.made_with["batch_size"]
            assert kept.made_with["outputs"] == explainer.made_with["outputs"]
            one, other = (each.explain(stored.X[0], "gradient") for each in (explainer, kept))
            np.testing.assert_array_equal(one.map, other.map)
        other = opened(path, {"old": asked["old"], "new": hb.Explainer(net(2), ["b", "a"])})
        said = [note for note in other.widget.notes if "with other weights" in note]
        assert len(said) == 1 and said[0].startswith("new: ")
    finally:
        view.close()


@pytest.mark.parametrize("shape", [(1, 10, 1), (4, 1, 2)])
def test_dates_as_names_and_cells_that_do_not_exist(make, opened, tmp_path, shape) -> None:
    days = np.array(["2024-03-01", "2024-03-05", "2024-03-09"], "datetime64[D]")
    X = np.random.default_rng(0).normal(size=(3, *shape))
    X[0, 0, 0] = np.nan
    explainer = hb.Explainer(lambda batch: batch.mean((1, 2)), valid="finite", baseline=0.5)
    view = make(["occlusion"], explainer=explainer, X=X, ids=days, sample=2)
    view.pin("occlusion")
    view.sample = 0
    view.selections["first"] = hb.Region.rows(0, 1)
    again = opened(view.save(tmp_path / "days"))
    same_maps(view, again)
    assert again.sample == 0
    again.sample = days[2]
    again.wait()
    assert again.sample == 1 and panel(again, "occlusion")["pinned"]["sample"] == 1


def test_own_maps_for_one_sample_need_no_model(make, samples, opened, tmp_path) -> None:
    view = make({"all": list(samples * 2)}, explainer=None)
    view.sample = 1
    view.add("one", samples[1] * 3)
    view.selections["burst"] = hb.Region.columns(2, 4)
    view.sample = 0
    path = view.save(tmp_path / "own")
    again = opened(path)
    # that sample goes along, too
    assert len(again._session.samples) == 2
    again.sample = 1
    again.wait()
    np.testing.assert_array_equal(again.explanations["one"].map, samples[1] * 3)
    np.testing.assert_array_equal(again.explanations["all"].map, samples[1] * 2)
    assert list(again.selections) == ["burst"] and again.widget.named_scores == []


def test_a_file_of_the_second_format_opens(opened) -> None:
    """It was written as `second_format` makes it."""
    view = opened(STORED)
    view.wait()
    assert view.panels == PANELS
    first = stored.models()["before"].explain(
        stored.X[0], "occlusion", target="right", patch=(1, 1)
    )
    np.testing.assert_allclose(view.explanations[FIRST].map, first.map, atol=1e-6)
    np.testing.assert_array_equal(view.explanations["mine"].map, stored.OWN)
    assert dict(view.selections) == {"burst": stored.BURST, "end": stored.END}
    assert len(view.widget.named_scores) == 2 and view.options["flipped"] is True
    assert view.widget.sample["name"] == "cy" and view.widget.whatifs["classes"]
