"""What a hidden cell becomes is the same in maps, what-ifs and searches of a view, and is said."""

from typing import Any

import full_panels
import numpy as np
import pytest

import heatbrush as hb
from heatbrush.border.asked import Spec, hides
from heatbrush.border.wire import ABSENT
from heatbrush.export.all_samples import frames
from heatbrush.jobs.worker import Worker
from heatbrush_core import Region
from heatbrush_core.methods import REGISTRY
from heatbrush_core.registry.parameters import forget

GUARD = 20.0
COLUMNS = {"bands": [{"op": "add", "rows": None, "columns": [0, 5]}]}
ROW_MEDIAN = "Hidden cells become the median of their row."


def test_all_samples_of_a_view_have_the_same_word(make, samples, explainer) -> None:
    view = make(("occlusion", "gradient"))
    assert view.explainer is explainer and explainer.baseline == "row_median"
    for sample in range(len(samples)):
        view.sample = sample
        view.wait()
        occluded = view.explanations["occlusion"]
        assert occluded.parameters["baseline"] == "row_median"
        notes = {panel["name"]: panel["notes"] for panel in view.widget.panels}
        assert ROW_MEDIAN in notes["occlusion"] and ROW_MEDIAN not in notes["gradient"]


def test_a_what_if_hides_by_it(make, ask, sent, samples) -> None:
    view = make()
    ask(view, "whatif", ask=1, selection=COLUMNS)
    answer = sent.last("answer")
    hidden = samples[0].copy()
    hidden[:, :5] = np.median(samples[0], axis=1, keepdims=True)
    expected = [hidden[:, :5].mean(), hidden[:, 5:].mean()]
    np.testing.assert_allclose(answer["without"], expected, rtol=1e-5)


def test_a_search_says_it(make) -> None:
    view = make()
    view.find_runs("columns", controls=19).wait()
    assert view.evidence.attrs["notes"][0] == ROW_MEDIAN
    table = view.explainer.evidence(view.explainer.matrix(np.eye(6, 12)), [Region.columns(0, 3)], 0)
    assert table.attrs["notes"] == (ROW_MEDIAN,)


@pytest.mark.parametrize("given", [0, "blur"])
def test_a_panel_can_have_another(make, given) -> None:
    view = make([("occlusion", {"baseline": given})])
    assert view.explanations["occlusion"].parameters["baseline"] == given


# ------------------------------------------------------------------ a baseline of the view's own


def filled(view) -> np.ndarray:
    """The baseline of the shown matrix as the page has it, spread over the matrix."""
    sent, shape = view.widget.hidden["matrix"], view.widget.sample["matrix"]["shape"]
    values = np.frombuffer(sent["bytes"], "<f4").reshape(sent["shape"])
    return np.broadcast_to(values, shape)


def shown(view, name: str) -> np.ndarray:
    panel = next(panel for panel in full_panels.shown(view.widget) if panel["name"] == name)
    return np.frombuffer(panel["map"]["bytes"], "<f4").reshape(panel["map"]["shape"])


def restored(view) -> dict[str, Any]:
    """What the page sends to come back to what it shows now."""
    runs = {panel["name"]: panel["run"] for panel in view.widget.panels}
    question = {"sample": view.sample, "a": 0, "b": None, "given": False}
    return {**question, "baseline": view.widget.hidden["number"], "runs": runs}


def test_the_page_is_told_what_hidden_cells_become(make, samples) -> None:
    view = make()
    hidden = view.widget.hidden
    assert (view.baseline, hidden["baseline"], hidden["number"]) == ("row_median", "row_median", 0)
    assert (hidden["sentence"], hidden["warnings"]) == (ROW_MEDIAN, [])
    assert hidden["matrix"]["shape"] == [4, 1, 1]  # a number per row, not one per cell
    for sample in (0, 1):
        view.sample = sample
        medians = np.median(samples[sample], axis=1)[:, None, None]
        np.testing.assert_array_equal(filled(view), np.broadcast_to(medians, (4, 10, 1)))


CELLS = np.arange(40.0).reshape(4, 10)


@pytest.mark.parametrize(
    "given, word, shape",
    [
        (0.5, "0.5", [1, 1, 1]),
        ("column_mean", "column_mean", [1, 10, 1]),
        ("blur", "blur", [4, 10, 1]),
        (CELLS, "array", [4, 10, 1]),
        (lambda x: x.max(), "function", [1, 1, 1]),
    ],
)
def test_any_baseline_is_the_views_own(make, explainer, ask, sent, samples, given, word, shape):
    view = make(baseline=given)
    hidden, base = view.widget.hidden, explainer.fill(samples[0][..., None], given)
    assert view.baseline is given and explainer.baseline == "row_median"
    assert (hidden["baseline"], hidden["matrix"]["shape"]) == (word, shape)
    np.testing.assert_array_equal(filled(view), base.astype("float32"))
    expected = explainer.explain(samples[0], "occlusion", baseline=given)
    np.testing.assert_array_equal(shown(view, "occlusion"), expected.map)
    ask(view, "whatif", ask=1, selection=COLUMNS)
    said = view.explainer.with_baseline(given).predict(samples[0], without=Region.columns(0, 5))
    np.testing.assert_allclose(sent.last("answer")["without"], said.scores, rtol=1e-6)


PANELS = {
    "hidden": "occlusion",
    "given": ("occlusion", {"baseline": "auto", "patch": (1, 1)}),
    "own": "left",
    "ready": np.ones((3, 4, 10)),
}


@pytest.fixture
def several(make, monkeypatch):
    """Panels that hide by the view's baseline, and panels that do not; the own one may."""
    method = hb.Method("left", lambda explainer, x, target: explainer.fill(x)[..., 0])
    monkeypatch.setitem(REGISTRY, "left", method)
    yield make(PANELS)
    forget()


def test_another_baseline_computes_again_what_hides_by_it_and_nothing_else(several, samples):
    before = {panel["name"]: panel["run"] for panel in several.widget.panels}
    several.baseline = "mean"
    after = {panel["name"]: panel["run"] for panel in several.widget.panels}
    assert {name for name in after if after[name] != before[name]} == {"hidden", "own"}
    parameters = {name: e.parameters for name, e in several.explanations.items()}
    assert parameters["hidden"]["baseline"] == "mean"
    assert parameters["given"]["baseline"] == "row_median"
    assert set(parameters) == set(PANELS)
    np.testing.assert_allclose(shown(several, "own"), samples[0].mean(), rtol=1e-5)
    assert several.explainer.baseline == "row_median"


def test_undo_brings_the_earlier_baseline_and_its_maps_back(several, ask, model) -> None:
    first, maps = restored(several), {name: shown(several, name) for name in PANELS}
    several.baseline = 3
    second, calls = restored(several), model.calls
    ask(several, "restore", **first)
    assert several.baseline == "row_median" and several.widget.hidden["number"] == 0
    for name, values in maps.items():
        np.testing.assert_array_equal(shown(several, name), values)
    ask(several, "restore", **second)
    assert several.baseline == 3 and restored(several) == second
    assert several.explanations["hidden"].parameters["baseline"] == 3
    assert model.calls == calls  # nothing is computed twice


@pytest.mark.parametrize(
    "given, back", [("auto", "row_median"), ("row_median", "row_median"), (None, "row_median")]
)
def test_it_reads_as_the_word_in_use(make, given, back) -> None:
    view = make(baseline=7)
    assert view.baseline == 7
    view.baseline = given
    assert view.baseline == back and view.widget.hidden["number"] == 0
    view.target, view.sample = "right", 2
    assert view.baseline == back


@pytest.mark.parametrize(
    "given, error, said",
    [
        ("row_meadian", ValueError, "did you mean 'row_median'"),
        (np.zeros((3, 3)), ValueError, "must broadcast"),
        ("background_mean", ValueError, "needs typical matrices"),
        ({"row": 0}, TypeError, "a real number"),
    ],
)
def test_what_is_no_baseline_is_refused_and_nothing_changes(make, given, error, said) -> None:
    view = make()
    before = view.widget.hidden
    with pytest.raises(error, match=said):
        view.baseline = given
    with pytest.raises(error, match=said):
        make(baseline=given)
    assert view.baseline == "row_median" and view.widget.hidden == before


def test_a_baseline_that_fails_for_one_sample_is_said_there(make, samples) -> None:
    def fussy(x):
        if x.mean() == samples[1].mean():
            raise ValueError("This sample has no level.")
        return 0

    view = make(baseline=fussy)
    assert filled(view).max() == 0
    view.sample = 1
    hidden = view.widget.hidden
    assert (hidden["matrix"], hidden["warnings"]) == (ABSENT, ["This sample has no level."])


def test_evidence_belongs_to_its_baseline_and_is_searched_again_for_another(make, samples, sent):
    view = make()
    view.baseline = 1
    assert view.evidence is None and not sent.of("searching")  # nobody asked for any
    view.baseline = "auto"
    view.find_runs("rows", controls=19, k=2).wait()
    first = view.widget.evidence
    view.baseline = 0
    assert view.evidence.attrs["notes"][0] == "Hidden cells become 0."
    expected = hb.find_runs(
        hb.Explainer(view.explainer.model, ["left", "right"], baseline=0),
        samples[0],
        "rows",
        controls=19,
        k=2,
    )
    np.testing.assert_array_equal(view.evidence["necessity"], expected["necessity"])
    assert view.widget.evidence["search"] > first["search"]
    view.baseline = "auto"
    assert view.widget.evidence == first
    view.sample = 1
    assert view.evidence is None  # another sample is searched when somebody asks


def test_a_search_under_way_begins_anew_with_another_baseline(make, slow, model, sent) -> None:
    view = make(explainer=slow, worker=Worker)
    view.wait(GUARD)
    model.reached.clear()
    model.gate.clear()
    handle = view.find_runs("columns", controls=19)
    assert model.reached.wait(GUARD)
    view.baseline = 0
    assert handle.done and view.evidence is None
    model.gate.set()
    view.wait(GUARD)
    assert view.evidence.attrs["notes"][0] == "Hidden cells become 0."
    assert [said["search"] for said in sent.of("stopped")] == [1]


def test_charts_follow(make, explainer, samples) -> None:
    """Curves of a map that stays, and pairs of rows."""
    view = make([("occlusion", {"baseline": "auto"})])
    assert view.charts is not None
    charts = view.charts
    found = view.explanations["occlusion"]
    for given in ("auto", 5):
        hidden = explainer.with_baseline(given)
        curves = charts.open("Curves")
        view.baseline = given
        expected = hb.deletion(hidden, samples[0], found, "cells").scores
        (line,) = (m for m in curves.figures["deletion"].figure.marks if m.labels == ["occlusion"])
        np.testing.assert_allclose(line.y, expected, rtol=1e-5)
        pairs = charts.open("Interaction")
        (panel,) = full_panels.shown(pairs.matrix)
        values = np.frombuffer(panel["map"]["bytes"], "<f4").reshape(4, 4)
        np.testing.assert_allclose(values, hb.interaction(hidden, samples[0], "rows"), rtol=1e-5)
    assert view.explanations["occlusion"] is found


def test_a_background_that_is_given_later_changes_no_word(make, explainer, samples) -> None:
    view = make()
    explainer.background = samples[..., None] + 5
    assert explainer.baseline == "background_row_median"
    view.sample = 1
    assert view.explanations["occlusion"].parameters["baseline"] == "row_median"
    np.testing.assert_array_equal(filled(view)[:, 0, 0], np.median(samples[1], axis=1))
    for word in ("background_mean", "auto"):
        view.baseline = word
        expected = explainer.explain(samples[1], "occlusion", baseline=word)
        assert view.baseline == expected.parameters["baseline"]
        np.testing.assert_array_equal(shown(view, "occlusion"), expected.map)


@pytest.mark.parametrize(
    "method, parameters, does",
    [
        ("occlusion", {}, True),
        ("occlusion", {"baseline": None}, True),
        ("occlusion", {"baseline": "auto"}, False),
        ("occlusion", {"baseline": 0}, False),
        ("gradient", {}, False),
        ("smoothgrad", {}, False),
        ("smoothgrad", {"over": "deeplift"}, True),
    ],
)
def test_what_hides_by_the_baseline_of_the_view(method, parameters, does) -> None:
    assert hides(Spec(method, parameters)) is does


def test_warnings_stand_with_the_question_that_they_are_about(make) -> None:
    view = make()
    session, asked = view._session, view._session.board.question
    session.checks.look = lambda: None  # which would say what it finds
    session.warn(asked, ["Everything hidden is still left."])
    assert view.widget.hidden["warnings"] == ["Everything hidden is still left."]
    view.baseline = 0
    assert view.widget.hidden["warnings"] == []
    session.warn(asked, ["Another sentence."])
    assert view.widget.hidden["warnings"] == []
    view.baseline = "auto"
    assert view.widget.hidden["warnings"] == ["Another sentence."]


def test_a_page_of_all_samples_holds_the_baseline_of_each(make, samples) -> None:
    view = make(baseline="row_mean")
    for x, frame in zip(samples, frames(view._session), strict=True):
        sent = frame["hidden"]["matrix"]
        means = np.frombuffer(sent["bytes"], "<f4").reshape(sent["shape"])
        np.testing.assert_allclose(means[:, 0, 0], x.mean(1), rtol=1e-6)
        assert frame["hidden"]["sentence"] == "Hidden cells become the mean of their row."
        assert frame["panels"][0]["notes"][0] == frame["hidden"]["sentence"]


def test_forms_say_whose_baseline_is_taken(make) -> None:
    methods = {method["name"]: method for method in make().widget.methods}
    fields = {field["name"]: field for field in methods["occlusion"]["fields"]}
    assert fields["baseline"]["none"] == "the view's"
    assert fields["baseline"]["help"].endswith("None: the view's")


# ------------------------------------------------------------------ the table


def test_the_table_is_that_of_the_kernel_and_a_row_of_it_can_be_chosen(make, ask, sent, samples):
    view = make(baseline=-3)
    ask(view, "compare", wanted=True)
    said = sent.of("compared")
    rows = {row["baseline"]: row for row in said[-1]["rows"]}
    assert [len(each["rows"]) for each in said] == list(range(len(rows) + 1))
    assert {each["total"] for each in said} == {len(rows)}
    for name, row in view.explainer.baselines(samples[0]).iterrows():
        assert rows[name]["predicted"] == row["predicted"]
        for column in ("score_hidden", "moved", "outside"):
            assert rows[name][column] == pytest.approx(row[column])
        assert rows[name]["verdict"] == row["verdict"]
    assert {"-3", "0", "row_median", "column_mean", "blur"} <= set(rows)
    assert rows["blur"]["sentence"] == "Hidden cells become those of the blurred matrix."
    ask(view, "hide", baseline=rows["blur"]["number"])
    assert view.baseline == "blur"
    assert view.explanations["occlusion"].parameters["baseline"] == "blur"
    ask(view, "hide", baseline=99)
    assert "Baseline 99 was asked for" in sent.last("refused")["sentence"]


def test_a_table_that_fails_says_why(make, ask, sent, model) -> None:
    view = make()
    model.error = RuntimeError("The model is out of cheese.")
    ask(view, "compare", wanted=True)
    assert "out of cheese" in sent.last("compared")["reason"]


def test_a_table_that_nobody_looks_at_is_not_computed_further(make, ask, sent, model, slow) -> None:
    view = make(explainer=slow, worker=Worker)
    view.wait(GUARD)
    model.reached.clear()
    model.gate.clear()
    ask(view, "compare", wanted=True)
    assert model.reached.wait(GUARD)
    ask(view, "compare", wanted=False)
    model.gate.set()
    view.wait(GUARD)
    last = sent.last("compared")
    assert len(last["rows"]) < last["total"] and "reason" not in last


def test_without_a_model_there_is_nothing_to_hide() -> None:
    maps = {"mine": np.ones((4, 10))}
    view = hb.compare(None, np.zeros((4, 10)), maps)
    assert view.widget.hidden["sentence"] == "" and view.widget.hidden["matrix"] == ABSENT
    with pytest.raises(ValueError, match="without a model no cell is hidden"):
        view.baseline = 0
    view.close()
    with pytest.raises(ValueError, match="without a model no cell is hidden"):
        hb.compare(None, np.zeros((4, 10)), maps, baseline=0)
