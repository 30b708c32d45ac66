"""The view as Python sees it: what is shown, selection, runs, samples, targets, bad input."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import full_panels
import numpy as np
import pytest
from ipywidgets import VBox
from traitlets import TraitError

import heatbrush as hb
from heatbrush import protocol
from heatbrush.jobs.worker import Worker

PATCH = {"patch": (2, 2), "stride": (2, 2)}


def numbers(array: protocol.Array) -> np.ndarray:
    return np.frombuffer(array["bytes"], "<f4").reshape(array["shape"])


def panel(view: hb.View, name: str) -> protocol.PanelState:
    return next(panel for panel in full_panels.shown(view.widget) if panel["name"] == name)


# ------------------------------------------------------------------ what is shown


def test_the_first_sample_its_scores_and_its_map(make, explainer, samples) -> None:
    view = make([("occlusion", PATCH)], y=[0, 1, 1])
    sample = view.widget.sample
    assert (sample["index"], sample["count"], sample["truth"]) == (0, 3, 0)
    assert sample["matrix"]["shape"] == [4, 10, 1]
    np.testing.assert_array_equal(numbers(sample["matrix"])[..., 0], samples[0])
    prediction = explainer.predict(samples[0])
    assert view.widget.scores["kind"] == "values" and view.widget.scores["predicted"] == 0
    np.testing.assert_allclose(view.widget.scores["all"], prediction.scores)
    assert view.widget.target == {"a": 0, "b": None, "given": False}
    expected = explainer.explain(samples[0], "occlusion", **PATCH)
    shown = panel(view, "occlusion")
    np.testing.assert_array_equal(numbers(shown["map"]), expected.map)
    assert shown["score"] == pytest.approx(expected.score)
    assert shown["profile"] == "mean" and shown["channels"] is None and shown["run"] == 1
    assert shown["parameters"]["patch"] == [2, 2] and "2 × 2" in shown["summary"]
    assert view.target == hb.targets.Class(0)
    np.testing.assert_array_equal(view.explanations["occlusion"].map, expected.map)


def test_layers_to_choose_from_are_known_once_the_model_is_built(make, monkeypatch) -> None:
    layers: list[str] = []
    fields = [{"name": "layer", "default": None, "choices": layers}]
    monkeypatch.setattr(hb.Explainer, "fields", lambda self, name: [{**f} for f in fields])
    view = make(worker=Worker)
    view.wait(20)
    fields[0]["choices"] = ["conv_1"]
    view.sample = 1
    view.wait(20)
    assert view.widget.methods[0]["fields"][0]["choices"] == ["conv_1"]


def test_one_matrix_and_one_row_are_fine(make, samples) -> None:
    view = make(X=samples[0])
    assert view.widget.sample["count"] == 1
    row = make(X=samples[0][:1])
    assert panel(row, "occlusion")["map"]["shape"] == [1, 10]
    row.selection = hb.Region.columns(2, 5)
    assert row.run("occlusion", within=row.selection).wait(0).map.shape == (1, 10)


def test_a_model_is_given_an_explainer(sent, model, samples) -> None:
    view = hb.compare(model, samples, ["occlusion"])
    view.wait(20)
    assert view.explainer.model is model and list(view.explanations) == ["occlusion"]
    assert view.widget.classes == ["class 0", "class 1"]
    assert model.threads == {"heatbrush"}
    view.close()


def test_a_method_that_cannot_run_fails_in_its_own_panel(make) -> None:
    view = make(["gradient", "occlusion"])
    failure = panel(view, "gradient")["failure"]
    assert "gradient" in failure["title"] and "needs gradients" in failure["sentence"]
    assert failure["instead"][0] == "occlusion" and "gradient" not in failure["instead"]
    assert panel(view, "occlusion")["failure"] is None
    assert list(view.explanations) == ["occlusion"]


# ------------------------------------------------------------------ the selection


def test_selection_is_one_in_python_and_in_the_page(make) -> None:
    view = make()
    assert not view.selection
    region = hb.Region.rows(1, 3) | hb.Region.columns(2, 4)
    view.selection = region
    assert view.widget.selection == region.to_json() and view.selection == region
    view.widget.set_state({"selection": hb.Region.columns(5, 7).to_json()})
    assert view.selection == hb.Region.columns(5, 7)
    view.selection = hb.Region.cells(np.eye(4, 10, dtype=bool))
    assert view.selection.masked == (4, 10)
    view.selection = hb.Region()
    assert view.widget.selection == {"bands": []}


def test_the_height_is_one_in_python_and_in_the_page(make, sent) -> None:
    assert make().height is None
    view = make(height=np.int64(500))
    assert view.widget.height == view.height == 500
    view.height = 700
    assert view.widget.height == 700
    view.widget.set_state({"height": 420})
    assert view.height == 420
    view.widget.set_state({"height": 0})
    assert sent.messages[-1]["kind"] == "refused" and view.height == 420
    view.height = None
    assert view.widget.height is None


def test_a_selection_that_is_none_of_the_matrix_is_refused(make, sent) -> None:
    view = make()
    view.selection = hb.Region.rows(0, 2)
    with pytest.raises(ValueError, match=r"reaches row 8.*4 rows"):
        view.selection = hb.Region.rows(2, 9)
    with pytest.raises(TypeError, match="A selection is a Region"):
        view.selection = [1, 2]
    with pytest.raises(ValueError, match=r"cannot be read: no row lies at 9"):
        view.selection = "rows 9"
    view.selection = "0 to 1, 5 to 7"
    assert view.selection == hb.Region.rectangle(0, 2, 5, 8)
    view.selection = [hb.Region.rows(0, 2)]  # a list of one is that one
    other = hb.Region.cells(np.ones((3, 3), bool)).to_json()
    for wrong in ({"bands": "all"}, hb.Region.columns(3, 99).to_json(), other, 3):
        view.widget.set_state({"selection": wrong})
        assert sent.messages[-1]["kind"] == "refused"
    assert view.selection == hb.Region.rows(0, 2)


# ------------------------------------------------------------------ runs


def test_run_on_the_selection_reuses_the_panel(make) -> None:
    view = make()
    view.selection = hb.Region.columns(2, 6)
    found = view.run("occlusion", within=view.selection, patch=(1, 2)).wait(0)
    assert np.isfinite(found.map).any(0).tolist() == [False] * 2 + [True] * 4 + [False] * 4
    assert [panel["name"] for panel in view.widget.panels] == ["occlusion"]
    shown = panel(view, "occlusion")
    assert shown["run"] == 2 and shown["within"] == view.selection.to_json()
    assert view.explanations["occlusion"] is found


def test_run_in_a_new_panel_and_on_an_empty_region(make) -> None:
    view = make()
    found = view.run("occlusion", within=hb.Region(), panel="again").wait(0)
    assert np.isfinite(found.map).all() and found.within is None
    assert [panel["name"] for panel in view.widget.panels] == ["occlusion", "again"]


def test_a_failing_run_raises_for_the_waiter_and_tells_the_panel(make, model, sent) -> None:
    view = make({"a": "occlusion", "b": "occlusion"})
    view.selection = hb.Region.rows(0, 1)
    kept = panel(view, "a")
    model.error = RuntimeError("out of cheese")
    handle = view.run("occlusion", panel="b")
    with pytest.raises(RuntimeError, match="out of cheese"):
        handle.wait(0)
    assert "out of cheese" in panel(view, "b")["failure"]["sentence"]
    assert panel(view, "b")["map"] is None and "b" not in view.explanations
    assert panel(view, "a") == kept and view.selection == hb.Region.rows(0, 1)
    model.error = None
    assert view.run("occlusion", panel="b").wait(0) is view.explanations["b"]
    assert panel(view, "b")["failure"] is None


def test_a_failure_does_not_become_that_of_the_next_run(make, model) -> None:
    """The next run is asked for between a run's error and the word of it."""
    raised, gate = threading.Event(), threading.Event()

    class Late(Worker):
        def __init__(self, report: Callable[..., None]) -> None:
            def late(*given: Any) -> None:
                raised.set()
                assert gate.wait(20)
                report(*given)

            super().__init__(late)

    view = make(worker=Late)
    view.wait(20)
    model.error = RuntimeError("out of cheese")
    view.run("occlusion")
    assert raised.wait(20)
    model.error = None
    again = view.run("occlusion")
    gate.set()
    again.wait(20)
    assert panel(view, "occlusion")["failure"] is None
    assert list(view.explanations) == ["occlusion"]


def test_a_model_that_fails_from_the_start(make, model, sent) -> None:
    model.error = ZeroDivisionError("no")
    view = make()
    assert "ZeroDivisionError" in panel(view, "occlusion")["failure"]["sentence"]
    assert view.widget.scores["all"] == [] and view.explanations == {}
    assert any("ZeroDivisionError" in message["sentence"] for message in sent.of("refused"))
    model.error = None
    view.run("occlusion").wait(0)
    view.sample = 1
    assert len(view.widget.scores["all"]) == 2 and list(view.explanations) == ["occlusion"]


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda v: v.run("oclusion"), ValueError, "did you mean 'occlusion'"),
        (lambda v: v.run("occlusion", pacth=(1, 1)), ValueError, "did you mean 'patch'"),
        (lambda v: v.run("occlusion", patch=(99, 1)), ValueError, "99"),
        (lambda v: v.run("occlusion", stride=(0, 1)), ValueError, "stride"),
        (lambda v: v.run("occlusion", patch=(1, 1), stride=(2, 2)), ValueError, "gaps"),
        (lambda v: v.run("occlusion", within=hb.Region.rows(0, 99)), ValueError, "reaches row 98"),
        (lambda v: v.run("occlusion", within=(0, 3)), TypeError, "A region is expected"),
        (lambda v: v.run("occlusion", within=np.ones((4, 10), bool)), TypeError, "where.mask"),
        (lambda v: v.run("occlusion", panel=3), TypeError, "panel is 3"),
        (lambda v: setattr(v, "sample", 3), ValueError, "give an index from 0 to 2"),
        (lambda v: setattr(v, "sample", -1), ValueError, "give an index from 0 to 2"),
        (lambda v: setattr(v, "sample", "first"), TypeError, "whole number"),
        (lambda v: setattr(v, "target", 7), ValueError, "out of range"),
        (lambda v: setattr(v, "target", "lefft"), ValueError, "did you mean 'left'"),
        (lambda v: setattr(v, "target", 0.5), TypeError, "A target is"),
        (lambda v: setattr(v, "height", 239), ValueError, "height is 239, .* from 240 to 10000"),
        (lambda v: setattr(v, "height", 600.0), ValueError, r"height is 600\.0, but a whole"),
        (lambda v: setattr(v, "height", True), ValueError, "height is True"),
    ],
)
def test_bad_input_is_refused_at_once_and_changes_nothing(make, call, error, match) -> None:
    view = make()
    before = view.widget.panels, view.widget.sample, view.target, view.height
    with pytest.raises(error, match=match):
        call(view)
    assert (view.widget.panels, view.widget.sample, view.target, view.height) == before


# ------------------------------------------------------------------ samples and targets


def test_another_sample_computes_every_panel_with_its_own_parameters(make, samples) -> None:
    view = make({"a": "occlusion", "b": ("occlusion", PATCH)}, y=[0, 1, 1])
    view.run("occlusion", panel="b", within=hb.Region.rows(0, 2), **PATCH)
    view.sample = 1
    assert view.sample == 1 and view.widget.sample["index"] == 1
    np.testing.assert_array_equal(numbers(view.widget.sample["matrix"])[..., 0], samples[1])
    assert view.widget.target == {"a": 1, "b": None, "given": False}
    b = view.explanations["b"]
    assert b.parameters["patch"] == [2, 2] and b.within == hb.Region.rows(0, 2)
    expected = view.explainer.explain(samples[1], "occlusion", within=b.within, **PATCH)
    np.testing.assert_array_equal(b.map, expected.map)


def test_a_given_target_stays_and_none_is_the_predicted_class_again(make) -> None:
    view = make(target="right")
    assert view.target == hb.targets.Class(1)
    assert view.widget.target == {"a": 1, "b": None, "given": True}
    view.sample = 2
    assert view.widget.target["a"] == 1
    view.target = hb.targets.Margin("left", "right")
    assert view.widget.target == {"a": 0, "b": 1, "given": True}
    assert view.explanations["occlusion"].target == hb.targets.Margin(0, 1)
    view.target = None
    assert view.widget.target == {"a": 0, "b": None, "given": False}


def test_the_same_sample_again_computes_nothing(make, model) -> None:
    view = make()
    calls = model.calls
    view.sample = 0
    assert model.calls == calls


def test_a_target_by_name_before_the_classes_are_known(make, model) -> None:
    nameless = hb.Explainer(model)
    view = make(explainer=nameless, target="class 1")
    assert view.target == hb.targets.Class(1)
    wrong = make(explainer=hb.Explainer(model), target="class 9")
    assert "no class 'class 9'" in panel(wrong, "occlusion")["failure"]["sentence"]


# ------------------------------------------------------------------ threads and the end


def test_the_cell_returns_before_the_model_is_used(make, model) -> None:
    model.gate.clear()
    view = make(worker=Worker)
    assert view.explanations == {} and view.target is None
    assert [panel["name"] for panel in view.widget.panels] == ["occlusion"]
    with pytest.raises(TimeoutError, match="still computing"):
        view.wait(0.01)
    model.gate.set()
    view.wait(20)
    assert list(view.explanations) == ["occlusion"] and model.threads == {"heatbrush"}


def test_a_closed_view_can_be_read_but_not_run_and_opens_anew(make, model) -> None:
    view = make({"a": "occlusion", "b": "occlusion"}, worker=Worker)
    view._repr_mimebundle_()
    view.wait(20)
    view.selection = hb.Region.rows(0, 2)
    model.gate.clear()
    stopped = view.run("occlusion", panel="b", patch=(1, 1))
    view.close()
    view.close()
    model.gate.set()
    assert view.widget.comm is None and view.widget.layout.comm is None
    assert list(view.explanations) == ["a", "b"] and view.selection == hb.Region.rows(0, 2)
    with pytest.raises(hb.Cancelled):
        stopped.wait(20)
    for ask_for in (
        lambda: view.run("occlusion"),
        lambda: view.find_runs(),
        lambda: setattr(view, "sample", 1),
        lambda: setattr(view, "target", "right"),
    ):
        with pytest.raises(RuntimeError, match="closed; show it again"):
            ask_for()
    assert list(view.explanations) == ["a", "b"]
    kept = view.explanations["a"]
    view._repr_mimebundle_()
    view.wait(20)
    assert view.widget.comm is not None and view.widget.layout.comm is not None
    assert view.explanations["a"] is kept and view.selection == hb.Region.rows(0, 2)
    assert view.explanations["b"].parameters["patch"] == [1, 1]  # which it was stopped at
    view.sample = 1
    view.wait(20)
    assert list(view.explanations) == ["a", "b"] and view.explanations["a"] is not kept
    hb.close_all()
    assert view.widget.comm is None and view._session.worker.closed


def test_two_views_of_one_explainer(make, explainer, samples) -> None:
    views = [make({"a": "occlusion", "b": ("occlusion", PATCH)}, worker=Worker) for _ in range(2)]
    views[1].sample = 1
    for index, view in enumerate(views):
        view.wait(20)
        expected = explainer.explain(samples[index], "occlusion", **PATCH)
        np.testing.assert_array_equal(view.explanations["b"].map, expected.map)


def test_how_it_is_shown(make, monkeypatch: pytest.MonkeyPatch) -> None:
    view = make()
    assert view._display_() is view.widget
    data = view._repr_mimebundle_()
    data = data[0] if isinstance(data, tuple) else data
    assert "application/vnd.jupyter.widget-view+json" in data
    assert repr(view) == "<heatbrush.View of 3 × 4 × 10: occlusion; a layout takes its .widget>"
    with pytest.raises(TraitError, match=r"a layout takes its \.widget"):
        VBox([view])
    assert VBox([view.widget]).children == (view.widget,)
    shown: list[object] = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    view._ipython_display_()
    assert shown == [view.widget]  # no kernel, no charts


def test_lazy_names_are_listed_and_unknown_ones_refused() -> None:
    assert {"compare", "View", "Handle", "Explainer"} <= set(dir(hb))
    with pytest.raises(AttributeError, match="nonsense"):
        hb.nonsense  # noqa: B018


def test_the_example_of_a_handle(make: Callable[..., hb.View]) -> None:
    handle = make().run("occlusion")
    assert isinstance(handle, hb.Handle) and handle.done


def test_a_map_of_another_sample_is_not_shown_beside_it(make, samples) -> None:
    """While a new sample's maps are being computed, the old ones are gone, not merely late."""
    seen = []
    view = make()
    view.widget.observe(lambda change: seen.append(change["new"][0]["arrays"]), "panels")
    view.sample = 1
    assert seen[0] == "" and seen[-1] == "arrays_0"
    np.testing.assert_array_equal(
        view.explanations["occlusion"].map, view.explainer.explain(samples[1], "occlusion").map
    )
