"""Methods and maps of the user's own in a view: beside those of the model, and without a model."""

from __future__ import annotations

import full_panels
import numpy as np
import pydantic
import pytest

import heatbrush as hb
from heatbrush.answering.whatif import whatif
from heatbrush.export.all_samples import frames
from heatbrush.jobs.worker import Worker
from heatbrush_core.methods import REGISTRY
from heatbrush_core.network.no_model import NOTHING
from heatbrush_core.registry.parameters import forget

MAP = np.arange(40.0).reshape(4, 10) - 20


class Width(pydantic.BaseModel):
    """What the method `wide` takes."""

    width: int = pydantic.Field(3, ge=1, description="columns that count")


def wide(explainer, x, target, width=3):
    """Where are the first columns?"""
    cells = np.zeros(x.shape[:2])
    cells[:, :width] = target.index + 1
    return cells


@pytest.fixture(autouse=True)
def registry():
    before = set(REGISTRY)
    yield
    for name in set(REGISTRY) - before:
        del REGISTRY[name]
    forget()


def methods(view) -> dict[str, dict]:
    return {method["name"]: method for method in view.widget.methods}


def panel(view, name) -> dict:
    return next(panel for panel in full_panels.shown(view.widget) if panel["name"] == name)


# ------------------------------------------------------------------ methods


def test_an_own_method_has_a_panel_a_place_in_the_picker_and_a_form(make, ask) -> None:
    method = hb.Method("wide", wide, parameters=Width)
    view = make([method, (method, {"width": 5})])
    assert [each["name"] for each in view.widget.panels] == ["wide", "wide 2"]
    first, second = (view.explanations[name] for name in ("wide", "wide 2"))
    target = view.target.index
    np.testing.assert_array_equal(first.map, wide(None, np.zeros((4, 10, 1)), view.target))
    assert second.map.sum() == 20 * (target + 1) and panel(view, "wide 2")["summary"] == "width 5"
    listed = methods(view)["wide"]
    assert (listed["family"], listed["question"]) == ("your own", "Where are the first columns?")
    assert listed["reason"] == "" and [field["name"] for field in listed["fields"]] == ["width"]
    ask(view, kind="run", method="wide", parameters={"width": 1}, panel="wide")
    assert view.explanations["wide"].map.sum() == 4 * (target + 1)


def test_an_own_method_can_be_run_from_python_and_registered_later(make) -> None:
    view = make()
    view.run(hb.Method("wide", wide))
    assert view.explanations["wide"].map.any() and "wide" in methods(view)
    hb.register(hb.Method("late", wide))
    view.sample = 1
    assert methods(view)["late"]["reason"] == ""


def test_what_an_own_function_raises_stands_in_its_panel(make) -> None:
    def broken(explainer, x, target):
        raise ValueError("The map has no end.")

    view = make([hb.Method("broken", broken)])
    failure = panel(view, "broken")["failure"]
    assert (failure["title"], failure["sentence"]) == ("broken did not run", "The map has no end.")


def test_a_what_if_is_answered_while_an_own_function_asks_the_model(make, sent) -> None:
    view, answered = make(worker=Worker), []
    view.wait(20)

    def slow(explainer, x, target):
        whatif(view._session, 1, hb.Region.rows(0, 1))
        found = explainer.explain(x, "occlusion", target)
        answered.append(bool(sent.of("answer")))
        return found.map

    view.run(hb.Method("slow", slow)).wait(20)
    assert answered == [True]


# ------------------------------------------------------------------ maps beside a model


def test_a_given_map_stands_beside_computed_ones(make, samples) -> None:
    maps = np.stack([MAP, 2 * MAP, 3 * MAP])
    view = make({"mine": maps, "ours": "occlusion"})
    assert list(view.explanations) == ["mine", "ours"]
    np.testing.assert_array_equal(view.explanations["mine"].map, MAP)
    shown = panel(view, "mine")
    assert (shown["method"], shown["score"], shown["seconds"]) == ("mine", None, None)
    assert shown["summary"] == "given"
    assert shown["notes"] == ["This map was given, and stays the same for every target."]
    view.sample = 2
    np.testing.assert_array_equal(view.explanations["mine"].map, 3 * MAP)
    listed = methods(view)["mine"]
    assert listed["family"] == "your own" and "cannot be computed again" in listed["reason"]


def test_an_explanation_may_be_given_itself(make, samples) -> None:
    made = [hb.Explainer(lambda X: X.mean((1, 2))).explain(x, "occlusion", 0) for x in samples]
    view = make({"old": made, "new": "occlusion"})
    assert view.explanations["old"] is made[0]
    assert "It explains" in panel(view, "old")["notes"][-1]
    view.run("occlusion", panel="old")
    assert view.explanations["old"] is not made[0]
    one = make(
        [hb.Explanation.of(MAP, "theirs"), "occlusion", hb.Explanation.of(MAP, "theirs")],
        X=samples[0],
    )
    assert list(one.explanations) == ["theirs", "occlusion", "theirs 2"]


def test_a_given_map_cannot_be_run(make, ask, sent) -> None:
    view = make({"mine": [MAP] * 3})
    ask(view, kind="run", method="mine", parameters={}, panel="mine")
    assert "no method 'mine'" in sent.last("refused")["sentence"]
    np.testing.assert_array_equal(view.explanations["mine"].map, MAP)


def test_given_maps_are_left_out_of_a_search(make) -> None:
    view = make({"mine": [MAP] * 3})
    with pytest.raises(ValueError, match="were given, and cannot be made of matched matrices"):
        view.find_runs(maps="shown", controls=19).wait()
    view = make({"mine": [MAP] * 3, "ours": "occlusion"})
    table = view.find_runs("rows", maps="shown", controls=19).wait()
    assert all(methods == ("occlusion",) for methods in map(tuple, table["methods"]))


@pytest.mark.parametrize(
    ("given", "error", "sentence"),
    [
        ({"mine": MAP}, ValueError, "mine has 1 map, but there are 3 matrices"),
        ({"mine": [MAP] * 2}, ValueError, "mine has 2 maps, but there are 3"),
        ({"mine": [MAP[:3]] * 3}, ValueError, r"The map mine has shape \(3, 10\)"),
        ({"mine": [hb.Explanation.of(MAP[:3])] * 3}, ValueError, r"The map mine has shape \(3"),
        (np.stack([MAP] * 3), TypeError, "maps need names"),
    ],
)
def test_maps_that_do_not_fit_are_refused(make, given, error, sentence) -> None:
    with pytest.raises(error, match=sentence):
        make(given)


# ------------------------------------------------------------------ maps without a model


@pytest.fixture
def alone(make, samples):
    """A view of maps without a model."""
    return make({"mine": [MAP, 2 * MAP, 3 * MAP], "other": [-MAP] * 3}, explainer=None)


def test_maps_need_no_model(alone) -> None:
    assert list(alone.explanations) == ["mine", "other"]
    np.testing.assert_array_equal(alone.explanations["mine"].map, MAP)
    alone.sample = 1
    np.testing.assert_array_equal(alone.explanations["mine"].map, 2 * MAP)
    assert alone.target is None and alone.widget.sample["index"] == 1


def test_what_needs_a_model_is_disabled_with_the_reason(alone, ask, sent) -> None:
    assert alone.widget.scores == {"kind": "values", "all": [], "predicted": 0, "missing": NOTHING}
    assert all(method["reason"] for method in alone.widget.methods)
    assert methods(alone)["occlusion"]["reason"].startswith("occlusion needs a model")
    assert sent.of("refused") == []
    ask(alone, kind="whatif", ask=1, viewer=0, selection=hb.Region.rows(0, 2).to_json())
    answer = sent.last("answer")
    assert answer["without"] is None and answer["reason"] == NOTHING
    alone.run("occlusion")
    failure = panel(alone, "occlusion")["failure"]
    assert failure == {
        "title": "occlusion cannot run without a model",
        "sentence": NOTHING,
        "instead": [],
    }
    with pytest.raises(TypeError, match="no model"):
        alone.find_runs().wait()
    assert alone.widget.evidence["about"] == NOTHING and alone.widget.evidence["failed"]


def test_charts_that_need_a_model_say_so_and_others_work(alone) -> None:
    said = {}
    for title in alone.charts.strip.titles:
        tab = alone.charts.open(title)
        if hasattr(tab, "work"):
            said[tab.title] = tab.work.said
    assert said["Curves"] == said["Interaction"] == NOTHING
    assert "no model" not in said["Agreement"]
    assert hb.agreement(alone.explanations)["spearman"].values[0, 1] == pytest.approx(-1)


def test_maps_without_a_model_are_exported(alone, tmp_path) -> None:
    page = alone.save_html(tmp_path / "page.html", all_samples=True)
    assert NOTHING in page.read_text("utf-8")
    assert len(frames(alone._session)) == 3
    with np.load(alone.save_npz(tmp_path / "maps")) as stored:
        np.testing.assert_array_equal(stored["other/map"], -MAP)


def test_the_maps_tell_names_and_channels(make, samples) -> None:
    named = hb.Explanation.of(MAP, rows=list("abcd"))
    view = make([named], explainer=None, X=np.zeros((4, 10, 3)))
    assert view.widget.axes["rows"]["labels"] == list("abcd") and len(view.widget.panels) == 1
    assert view.widget.sample["count"] == 1 and view.widget.sample["matrix"]["shape"] == [4, 10, 3]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"methods": None}, "There is no model, so that methods= must hold ready maps"),
        ({"methods": ["occlusion"]}, "There is no model, so that methods= must hold ready maps"),
        ({"target": 1}, "target is 1, but without a model there are no classes"),
    ],
)
def test_what_means_nothing_without_a_model_is_refused(make, change, sentence) -> None:
    with pytest.raises(ValueError, match=sentence):
        make(**{"methods": {"mine": [MAP] * 3}, "explainer": None, **change})
