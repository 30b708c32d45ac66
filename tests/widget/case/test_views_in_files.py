"""A view saved and opened again: the same maps, names, tables and selection, model or not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sentences import refuses

import heatbrush as hb
from heatbrush.case.asking import WITHOUT
from heatbrush.opening import load_view
from heatbrush_core.registry.registry import REGISTRY

STORED = Path(__file__).parent / "format-1.heatbrush"
METHODS = {"coarse": ("occlusion", {"baseline": 0}), "Größe / 2": ("occlusion", {"patch": (1, 1)})}


@pytest.fixture
def reopened(tmp_path):
    """Save a view, and open it; those that were opened are closed after the test."""
    views = []

    def reopen(view, explainer=None, **how):
        path = view.save(tmp_path / "case", **how)
        assert path == tmp_path / "case.heatbrush"
        views.append(load_view(tmp_path / "case", explainer))
        return views[-1]

    yield reopen
    for view in views:
        view.close()


def same(one, other, but=()) -> None:
    """Hold the explanations of two views against each other, field by field."""
    assert list(one) == list(other)
    for name, explanation in one.items():
        for field, value in explanation.fields().items():
            if field in but:
                continue
            np.testing.assert_array_equal(other[name].fields()[field], value, err_msg=field)
        for axis in ("row_axis", "column_axis"):
            before, after = getattr(explanation, axis), getattr(other[name], axis)
            np.testing.assert_array_equal(before.coordinates, after.coordinates)


def test_everything_is_there_at_once_without_a_model(make, explainer, samples, reopened) -> None:
    dates = pd.date_range("2024-03-01", periods=10, freq="h")
    named = hb.Explainer(explainer.model, ["left", "right"], list("wxyz"), dates, time="columns")
    view = make(METHODS, explainer=named, y=["left", "right", "left"], target="left", height=640)
    view.selection = hb.Region.rows(0, 2) - hb.Region.columns(3, 5)
    view.widget.options = {**view.widget.options, "colours": "pink-green", "limits": "shared"}
    view.find_runs("columns", controls=19).wait()
    again = reopened(view)
    assert view.widget.answered["without"] is not None
    same(view.explanations, again.explanations)
    assert again.selection == view.selection and again.height == 640
    assert again.target == view.target and again.baseline == view.baseline == "row_median"
    again.wait()
    for trait in ("options", "axes", "classes", "target", "answered", "hidden"):
        assert getattr(again.widget, trait) == getattr(view.widget, trait), trait
    assert again.widget.sample["truth"] == 0
    assert again.widget.scores == {**view.widget.scores, "missing": WITHOUT}
    before, after = view.evidence, again.evidence
    pd.testing.assert_frame_equal(before.drop(columns="region"), after.drop(columns="region"))
    assert list(before["region"]) == list(after["region"]) and len(after)
    for one, other in zip(before["region"], after["region"], strict=True):
        assert (one.origin, one.label, one.score) == (other.origin, other.label, other.score)
    assert before.attrs == after.attrs
    assert again.widget.evidence["runs"] == view.widget.evidence["runs"]


def test_what_needs_the_model_says_where_it_is(make, sent, ask, reopened) -> None:
    view = make(["occlusion"])
    view.selection = hb.Region.columns(0, 5)
    again = reopened(view)
    with refuses(TypeError, "from a file", "without its model", "load_view(path, explainer=...)"):
        again.run("occlusion", patch=(1, 1)).wait()
    with refuses(ValueError, "'mean'", "without a model no cell is hidden", "give an Explainer"):
        again.baseline = "mean"
    ask(again, "whatif", ask=1, viewer=0, selection=again.widget.selection)
    again.wait()
    # what was answered when it was saved is still known
    assert sent.last("answer")["without"] == view.widget.answered["without"]
    ask(again, "whatif", ask=2, viewer=0, selection={"bands": []} | hb.Region.rows(0, 1).to_json())
    again.wait()
    assert sent.last("answer") == {
        "kind": "answer", "ask": 2, "without": None, "only": None, "reason": WITHOUT
    }  # fmt: skip


def test_with_an_explainer_it_goes_on(make, explainer, samples, reopened) -> None:
    view = make(METHODS, y=[0, 1, 0])
    view.find_runs("columns", controls=19).wait()
    view.sample = 1
    again = reopened(view, explainer, all_samples=True)
    same(view.explanations, again.explanations)
    again.wait()
    assert any("Nothing tells whether the function" in note for note in again.widget.notes)
    np.testing.assert_array_equal(
        again.run("occlusion", panel="new", patch=(1, 1)).wait().map,
        view.explanations["Größe / 2"].map,
    )
    again.baseline = 2.0
    again.wait()
    # whose baseline was given stays, the other is computed anew
    same({"coarse": view.explanations["coarse"]}, {"coarse": again.explanations["coarse"]})
    hidden = again.explanations["Größe / 2"]
    view.baseline = 2.0
    view.wait()
    np.testing.assert_array_equal(hidden.map, view.explanations["Größe / 2"].map)
    again.baseline, again.sample = "row_median", 0
    again.wait()
    # its runs remember their search, so that evidence can be asked of them
    table = explainer.evidence(samples[0], again.evidence, controls=19)
    assert list(table["null"]) == ["repeat the choice"] * len(again.evidence)


def test_samples_without_maps_are_left_and_told_of(make, reopened, model) -> None:
    view = make(METHODS)
    first = view.explanations
    view.sample = 2
    calls = model.calls
    again = reopened(view)
    assert model.calls == calls and len(again._session.samples) == 2
    assert any("2 of the view's 3 samples, 0, 2 there and numbered 0 to 1" in note
               for note in again.widget.notes)  # fmt: skip
    assert again.sample == 1
    same(view.explanations, again.explanations)
    again.sample = 0
    again.wait()
    same(first, again.explanations)
    # once more, from what was opened
    same(first, reopened(again).explanations)


def test_all_samples_are_computed_where_they_are_not_there(make, samples, reopened) -> None:
    told: list[hb.Progress] = []
    view = make(METHODS)
    again = reopened(view, all_samples=True, progress=told.append)
    assert (told[-1].done, told[-1].total) == (3, 3)
    for sample in (2, 1, 0):
        again.sample = view.sample = sample
        again.wait()
        same(view.explanations, again.explanations, but=("seconds",))
        np.testing.assert_array_equal(
            again._session.samples.matrix(sample)[..., 0], samples[sample]
        )
    assert not any("The file holds" in note for note in again.widget.notes)


def test_a_save_can_be_cancelled(make, tmp_path) -> None:
    import threading

    view, over = make(), threading.Event()
    over.set()
    path = view.save(tmp_path / "case")
    before = path.read_bytes()
    with pytest.raises(hb.Cancelled):
        view.save(path, all_samples=True, cancel=over)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_what_no_memory_would_hold_is_refused_before_it_is_computed(
    make, tmp_path, model, monkeypatch
) -> None:
    view = make()
    calls = model.calls
    monkeypatch.setattr("heatbrush_core.holding.MOST", 1000)
    with refuses(ValueError, "The file of 3 samples", "are expected", "leave all_samples=True out"):
        view.save(tmp_path / "none", all_samples=True)
    assert model.calls == calls and not list(tmp_path.iterdir())


def test_a_closed_view_is_saved_as_it_was(make, tmp_path) -> None:
    view = make(METHODS)
    before = view.save(tmp_path / "before").read_bytes()
    view.close()
    assert view.save(tmp_path / "after").read_bytes() == before


def test_the_same_view_makes_the_same_file(make, tmp_path) -> None:
    view = make(METHODS)
    assert view.save(tmp_path / "a").read_bytes() == view.save(tmp_path / "b").read_bytes()


@pytest.mark.parametrize("shape", [(1, 10, 1), (4, 1, 1), (4, 10, 2)])
def test_matrices_of_any_kind_with_cells_that_do_not_exist(make, reopened, shape) -> None:
    X = np.random.default_rng(0).normal(size=(2, *shape))
    X[0, 0, 0] = np.nan
    explainer = hb.Explainer(lambda batch: batch.mean((1, 2)), valid="finite", baseline=0.5)
    view = make(["occlusion"], explainer=explainer, X=X)
    again = reopened(view, all_samples=True)
    same(view.explanations, again.explanations)
    for sample in (0, 1):
        for find in ("matrix", "exists"):
            before, after = (getattr(v._session.samples, find)(sample) for v in (view, again))
            np.testing.assert_array_equal(before, after)
            assert before.dtype == after.dtype


def test_a_thousand_classes_and_a_margin(make, reopened) -> None:
    names = [f"class of number {n}" for n in range(1000)]
    weights = np.random.default_rng(0).normal(size=(4 * 10, 1000))
    explainer = hb.Explainer(lambda batch: batch.reshape(len(batch), -1) @ weights, names)
    view = make(["occlusion"], explainer=explainer, target=hb.targets.Margin(7, 999))
    again = reopened(view)
    same(view.explanations, again.explanations)
    assert again.target == view.target and list(again.explainer.classes) == names


def test_ready_maps_need_no_model(make, samples, reopened) -> None:
    view = make({"mine": list(samples * 2)}, explainer=None)
    again = reopened(view)
    assert again.explanations["mine"].map.tolist() == (samples[0] * 2).tolist()
    again.wait()
    # nothing was ever asked, so that there is nothing to give
    assert "scores" not in again.widget.scores and again.widget.scores["all"] == []


def test_a_method_of_ones_own_is_shown_where_it_is_not_known(make, tmp_path) -> None:
    mine = hb.Method("mine in files", lambda explainer, x, target: x[..., 0] * 3)
    view = make([mine])
    path = view.save(tmp_path / "case")
    own = view.explanations
    REGISTRY.pop("mine in files")
    again = load_view(path)
    np.testing.assert_array_equal(again.explanations["mine in files"].map, own["mine in files"].map)
    assert any("which there is not here" in note for note in again.widget.notes)


def test_a_function_as_a_baseline_is_kept_as_what_it_made(
    make, explainer, samples, reopened
) -> None:
    view = make(["occlusion"], baseline=lambda x: x * 0 + 2)
    again = reopened(view)
    same(view.explanations, again.explanations)
    np.testing.assert_array_equal(again.baseline, np.full((4, 10, 1), 2.0))
    assert any("a function, which no file keeps" in note for note in again.widget.notes)
    twin = explainer.with_baseline(lambda x: x * 0 + 2)
    with_it = reopened(view, twin)
    assert callable(with_it.baseline) and any("own" in note for note in with_it.widget.notes)


def test_an_explainer_of_something_else_is_refused(make, tmp_path, explainer) -> None:
    path = make().save(tmp_path / "case")
    other = hb.Explainer(explainer.model, classes=["up", "down"])
    with refuses(ValueError, "the classes up, down", "explain left, right", "give the explainer"):
        load_view(path, other)


def test_a_file_of_the_first_format_opens() -> None:
    """It was written by 0.1.0, as `write_format_1` of this folder makes it."""
    view = load_view(STORED)
    try:
        assert list(view.explanations) == ["occlusion", "by hand"]
        found = view.explanations["occlusion"]
        expected = np.float32([[0.1, 0.1, 0, 0], [0.1, 0.1, 0, 0], [0.1, 0.1, 0, 0]])
        np.testing.assert_allclose(found.map, expected, atol=1e-6)
        assert found.row_axis.labels == ("acc x", "acc y", "gyro")
        assert view.selection == hb.Region.columns(0, 2)
        assert view.evidence is not None and view.evidence["label"].tolist() == ["0.0–0.1"]
        assert [str(view.target), view.baseline, view.height] == ["Class(index=0)", 0.0, 480]
    finally:
        view.close()


def test_names_pins_differences_and_their_order_come_back(make, reopened) -> None:
    view = make({"a": "occlusion", "b": "occlusion"}, ids=["anna", "bert", "7"], baseline=0)
    view.selections["top"] = hb.Region.rows(0, 2)
    view.pin("a")
    name = view.difference("b", "a")
    view.order([name, "b"])
    view.sample = "bert"
    view.wait()
    again = reopened(view)
    assert again.panels == view.panels == [name, "b", "a"]
    assert dict(again.selections) == dict(view.selections)
    assert again.widget.sample["name"] == "bert"
    assert not any("Method" in note for note in again.widget.notes)
    for each, map in view.explanations.items():
        np.testing.assert_allclose(again.explanations[each].map, map.map, atol=1e-6)
    pins = [panel.get("pinned", {}).get("name") for panel in again.widget.panels]
    assert pins == [None, None, "anna"]
    assert again.widget.panels[0]["of"] == ("b", "a")
    again.sample = "anna"
    assert again.sample == 0
