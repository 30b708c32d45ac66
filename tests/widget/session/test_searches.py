"""Finding runs from the page: a search on the worker, its progress and its table."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pytest

import heatbrush as hb
from heatbrush.answering.whatif import whatif
from heatbrush.border.wire import UNSEARCHED, number
from heatbrush.export.all_samples import frames
from heatbrush.export.table import written
from heatbrush.jobs.worker import Worker

GUARD = 20.0
QUICK = {"controls": 19}


@pytest.fixture
def compared(model, samples) -> hb.Explainer:
    """An explainer that has matrices of both classes to compare with."""
    background = np.random.default_rng(1).normal(size=(60, *samples.shape[1:], 1))
    background[:30, :, :5] += 1
    background[30:, :, 5:] += 1
    return hb.Explainer(model, classes=["left", "right"], background=background)


@pytest.fixture
def judged(make, compared):
    """A view without a thread."""
    return make(explainer=compared)


@pytest.fixture
def threaded(make, compared):
    """A view on a thread, which has computed its maps."""
    view = make(explainer=compared, worker=Worker)
    view.wait(GUARD)
    return view


def test_the_table_is_that_of_find_runs(judged, ask, sent, samples) -> None:
    assert judged.widget.evidence == UNSEARCHED and judged.evidence is None
    ask(judged, "find", axis="columns", parameters=QUICK)
    table = hb.find_runs(judged.explainer, samples[0], "columns", controls=19)
    shown = judged.widget.evidence
    assert len(table) and len(shown["runs"]) == len(table)
    for run, (_, row) in zip(shown["runs"], table.iterrows(), strict=True):
        region = hb.Region.from_json(run["region"])
        assert region == hb.Region.columns(row["start"], row["stop"])
        assert run["label"] == region.describe(*judged.explainer.axes(samples[0].shape))
        assert run["cells"] == region.mask(samples[0].shape).sum()
        for name in ("necessity", "sufficiency", "p"):
            assert run[name] == pytest.approx(row[name])
        assert run["elsewhere"] == number(row["elsewhere"])  # JSON holds no NaN
        assert run["methods"] == list(row["methods"])
    assert "19 background matrices" in shown["about"] and not shown["failed"]
    pd.testing.assert_frame_equal(judged.evidence, table)
    told = sent.of("searching")
    assert told[0]["total"] == 0 and told[-1]["done"] == told[-1]["total"] == 20


def test_python_asks_the_same(judged) -> None:
    table = judged.find_runs("columns", **QUICK).wait(GUARD)
    assert table is judged.evidence and len(judged.widget.evidence["runs"]) == len(table)
    with pytest.raises(ValueError, match="'rows' or 'columns'"):
        judged.find_runs("diagonals")
    with pytest.raises(ValueError, match="no parameter 'kk'"):
        judged.find_runs(kk=3)


def test_the_maps_shown_can_be_searched(judged, monkeypatch) -> None:
    asked = {}
    found = hb.find_runs

    def spy(*given, **more):
        asked.update(more)
        return found(*given, **more)

    monkeypatch.setattr("heatbrush.session.searches.find_runs", spy)
    judged.run("occlusion", patch=(None, 3), panel="wide")
    judged.find_runs(maps="shown", **QUICK).wait(GUARD)
    assert asked["methods"] == [("occlusion", {}), ("occlusion", {"patch": (None, 3)})]


def test_without_a_background_rows_have_no_p(make, ask) -> None:
    view = make()
    ask(view, "find", axis="rows", parameters=QUICK)
    shown = view.widget.evidence
    assert all(run["p"] is None for run in shown["runs"])
    assert "No p" in shown["about"] or not shown["runs"]


def test_what_cannot_be_compared_with_is_said(judged, ask) -> None:
    ask(judged, "find", axis="rows", parameters={**QUICK, "null": "phases"})
    shown = judged.widget.evidence
    assert shown["failed"] and "null='phases'" in shown["about"]
    ask(judged, "find", axis="columns", parameters={**QUICK, "null": "shifts"})
    shown = judged.widget.evidence
    assert not shown["failed"] and ("shifted" in shown["about"] or not shown["runs"])


def test_each_question_has_its_own_table(judged, ask) -> None:
    ask(judged, "find", axis="columns", parameters=QUICK)
    first = judged.widget.evidence
    judged.sample = 1
    assert judged.widget.evidence == UNSEARCHED and judged.evidence is None
    judged.sample = 0
    assert judged.widget.evidence == first and judged.evidence is not None


def test_an_error_stands_where_the_table_would(judged, ask, model) -> None:
    ask(judged, "find", axis="columns", parameters=QUICK)
    kept = judged.evidence
    model.error = RuntimeError("out of cheese")
    ask(judged, "find", axis="columns", parameters=QUICK)
    shown = judged.widget.evidence
    assert shown["failed"] and "out of cheese" in shown["about"] and shown["runs"] == []
    assert judged.evidence is kept or judged.evidence is None


def test_a_search_stops_at_once_and_the_table_stays(threaded, ask, model, sent) -> None:
    view = threaded
    view.find_runs("columns", **QUICK).wait(GUARD)
    kept = view.widget.evidence
    model.reached.clear()
    model.gate.clear()
    ask(view, "find", axis="columns", parameters=QUICK)
    number = sent.last("searching")["search"]
    assert model.reached.wait(GUARD)
    ask(view, "stop", search=number - 1)  # of an older one: too late
    assert not sent.of("stopped")
    ask(view, "stop", search=number)
    assert sent.messages[-1] == {"kind": "stopped", "search": number}
    model.gate.set()
    view.wait(GUARD)
    assert view.widget.evidence == kept and not sent.of("refused")


def test_a_newer_search_and_another_sample_replace_one(threaded, ask, model, sent) -> None:
    view = threaded
    model.reached.clear()
    model.gate.clear()
    ask(view, "find", axis="columns", parameters=QUICK)
    assert model.reached.wait(GUARD)
    ask(view, "find", axis="rows", parameters=QUICK)
    model.gate.set()
    view.wait(GUARD)
    newest = sent.last("searching")["search"]
    assert view.widget.evidence["axis"] == "rows"
    assert view.widget.evidence["search"] == newest and not sent.of("stopped")
    model.reached.clear()
    model.gate.clear()
    ask(view, "find", axis="rows", parameters=QUICK)
    assert model.reached.wait(GUARD)
    ask(view, "show", sample=1, a=None, b=None)
    model.gate.set()
    view.wait(GUARD)
    assert sent.last("stopped")["search"] == newest + 1
    assert view.widget.evidence == UNSEARCHED


def test_what_if_is_answered_during_a_search(judged, ask, sent, monkeypatch) -> None:
    asked = []
    found = hb.find_runs

    def asking(*given, progress, **more):
        def between(told) -> None:
            if not asked:
                asked.append(whatif(judged._session, 5, hb.Region.columns(0, 3)))
            progress(told)

        return found(*given, progress=between, **more)

    monkeypatch.setattr("heatbrush.session.searches.find_runs", asking)
    ask(judged, "find", axis="columns", parameters=QUICK)
    kinds = [m["kind"] for m in sent.messages]
    assert asked and "answer" in kinds


def test_a_page_drawn_meanwhile_hears_of_it(threaded, ask, model, sent) -> None:
    view = threaded
    model.reached.clear()
    model.gate.clear()
    ask(view, "find", axis="columns", parameters=QUICK)
    assert model.reached.wait(GUARD)
    ask(view, "hello")
    assert [m["kind"] for m in sent.messages[-2:]] == ["alive", "searching"]
    model.gate.set()
    view.wait(GUARD)


def test_the_table_can_be_exported(judged, ask, sent) -> None:
    ask(judged, "export", format="csv")
    assert "find runs first" in sent.last("refused")["sentence"]
    table = judged.find_runs(**QUICK).wait(GUARD)
    ask(judged, "export", format="csv")
    assert sent.messages[-1] == {"kind": "file", "name": "heatbrush-runs.csv", "type": "text/csv"}
    read = pd.read_csv(io.BytesIO(sent.buffers[-1][0]))
    assert list(read.columns) == [name for name in table.columns if name != "region"]
    assert list(read["start"]) == list(table["start"])
    assert read["methods"][0] == " ".join(table["methods"][0])


def test_no_text_of_a_table_is_run_by_a_spreadsheet() -> None:
    texts = ["=1+1", "+cmd", "-5 to 3", "@a", "\t=1", "\r=1", "-5", "+1e3", "a=1", "", "\ud800"]
    names = pd.DataFrame({"=label": texts, "score": [-1.5] * len(texts)})
    lines = list(csv.reader(io.StringIO(written(names).decode(), newline="")))
    assert lines[0] == ["'=label", "score"] and {line[1] for line in lines[1:]} == {"-1.5"}
    assert [line[0] for line in lines[1:]] == [
        *("'=1+1", "'+cmd", "'-5 to 3", "'@a", "'\t=1", "'\r=1", "-5", "+1e3", "a=1", "", "?")
    ]


def test_an_offline_page_keeps_the_runs_of_each_sample(judged) -> None:
    judged.find_runs(**QUICK).wait(GUARD)
    assert judged.sample == 0
    first, second, _ = frames(judged._session)
    assert first["evidence"]["runs"] and second["evidence"] == UNSEARCHED


def test_what_happens_elsewhere_and_the_notes_stand_in_the_page(make, ask) -> None:
    """Every column counts alike: the run that is found costs as much elsewhere."""
    random = np.random.default_rng(3)

    def diffuse(batch):
        z = 12 * batch.mean(axis=(1, 2, 3)) - 6
        return np.stack([-z, z], axis=1)

    background = random.normal(0, 0.1, size=(40, 4, 24, 1))
    X = 1 + random.normal(0, 0.1, size=(1, 4, 24))
    explainer = hb.Explainer(diffuse, scores="logits", background=background, baseline=0)
    view = make(explainer=explainer, X=X, y=None)
    ask(view, "find", axis="columns", parameters={**QUICK, "score": "logit", "maps": "usual"})
    shown, table = view.widget.evidence, view.evidence
    assert shown["score"] == "logit" and table.attrs["score"] == "logit"
    assert [run["elsewhere"] for run in shown["runs"]] == table["elsewhere"].tolist()
    assert shown["notes"] == list(table.attrs["notes"]) and "spread" in shown["notes"][-1]
    by_probability = view.find_runs(score="probability", **QUICK).wait(GUARD)
    assert by_probability.attrs["score"] == view.widget.evidence["score"] == "probability"
    (first,) = frames(view._session)
    assert first["evidence"] == view.widget.evidence


def test_the_score_of_a_model_without_probabilities_is_its_value(make, ask) -> None:
    explainer = hb.Explainer(lambda batch: batch[:, :, 2:5].sum((1, 2, 3))[:, None], baseline=0)
    view = make(explainer=explainer, y=None)
    ask(view, "find", axis="columns", parameters=QUICK)
    assert view.widget.evidence["score"] == "value"
    ask(view, "find", axis="columns", parameters={**QUICK, "score": "probability"})
    shown = view.widget.evidence
    assert shown["failed"] and "plain values" in shown["about"]
    with pytest.raises(ValueError, match="score='odds'"):
        view.find_runs(score="odds")
