"""What speaks against the baselines of a view: asked when nobody waits, and shown."""

from __future__ import annotations

import numpy as np
import pytest

import heatbrush as hb
from heatbrush.border.asked import Question
from heatbrush.jobs.worker import Worker
from heatbrush_core.evidence import hiding

GUARD = 20.0
COLUMNS = {"bands": [{"op": "add", "rows": None, "columns": [0, 5]}]}
SAYS = "With everything hidden the model still says left"


@pytest.fixture
def lacking(model) -> hb.Explainer:
    """The model's "left" and "right" as logits: where all is 0, "left" comes first."""
    return hb.Explainer(
        lambda X: 9 * model(X) + [1, 0], classes=["left", "right"], scores="logits", baseline=0
    )


def test_it_is_shown_once_for_a_sample_and_a_target(make, lacking, checks, tmp_path) -> None:
    view = make(["occlusion", "gradient"], explainer=lacking)
    (said,) = view.widget.hidden["warnings"]
    assert said.startswith(SAYS) and 1 < sum(checks) <= 32
    # a map says it as well, once it is known, and so does its file
    found = view.explanations
    assert said in found["occlusion"].notes
    assert view.explanations["occlusion"] is found["occlusion"]
    saved = hb.load(view.save_npz(tmp_path / "maps.npz"))
    assert saved["occlusion"].notes == found["occlusion"].notes
    checks.clear()
    view.run("occlusion", patch=(1, 2))
    assert checks == []
    view.sample = 1  # which is "right", as nothing is
    assert view.widget.hidden["warnings"] == [] and checks == [1]
    assert not any(SAYS in note for note in view.explanations["occlusion"].notes)
    view.target = "left"
    assert view.widget.hidden["warnings"][0].startswith(SAYS)
    checks.clear()
    view.sample, view.target = 0, None
    assert view.widget.hidden["warnings"] == [said] and checks == []


def test_a_panel_with_a_baseline_of_its_own_is_named(make, lacking) -> None:
    view = make({"a": "occlusion", "b": ("occlusion", {"baseline": "blur"})}, explainer=lacking)
    assert [note[:3] for note in view.widget.hidden["warnings"]] == ["Wit", "b: "]
    assert (
        "b: With everything hidden the model still says left" in view.widget.hidden["warnings"][1]
    )
    view.run("occlusion", panel="b")  # the view's own, which has been told
    assert len(view.widget.hidden["warnings"]) == 1


def test_searches_and_python_calls_know_what_was_found(make, lacking, checks, samples) -> None:
    view = make(explainer=lacking)
    checks.clear()
    table = view.find_runs("columns", controls=19).wait()
    found = lacking.explain(samples[0], "occlusion")
    for notes in (table.attrs["notes"], found.notes):
        assert any(note.startswith(SAYS) for note in notes)
    assert checks == []


def test_whatever_somebody_waits_for_comes_first(make, ask, lacking, model, sent, checks) -> None:
    order = []
    view = make({"a": "occlusion", "b": "shapley"}, explainer=lacking, worker=Worker)
    view.wait(GUARD)
    checks.clear()
    model.reached.clear()
    model.gate.clear()
    view.sample = 2
    assert model.reached.wait(GUARD)  # the sample's scores
    view._session.checks.look()
    ask(view, "whatif", ask=1, selection=COLUMNS)
    view.widget.observe(lambda change: order.append("doubts" if checks else "early"), "hidden")
    view.widget.observe(lambda _: order.append(("panels", list(checks))), "panels")
    model.gate.set()
    view.wait(GUARD)
    assert sent.last("answer")["without"] is not None
    assert set(view.explanations) == {"a", "b"}
    # every map was there before the baseline was looked at
    assert all(asked == [] for told in order if told[0] == "panels" for asked in told[1:])
    assert checks and order[-1] == "doubts"


def test_a_whatif_is_answered_between_the_batches_of_a_check(
    make, ask, lacking, model, sent, monkeypatch
) -> None:
    explainer = hb.Explainer(lacking.model, scores="logits", baseline=0, batch_size=1)
    view = make(explainer=explainer, worker=Worker)
    view.wait(GUARD)
    emptied, asked, answered = hiding.emptied, [], []

    def interrupted(explainer, bases, *given, **named):
        if len(bases) > 1 and not asked:
            asked.append(len(bases))
            ask(view, "whatif", ask=3, selection=COLUMNS)
        found = emptied(explainer, bases, *given, **named)
        answered.append([each["ask"] for each in sent.of("answer")])
        return found

    monkeypatch.setattr(hiding, "emptied", interrupted)
    view.sample = 2
    view.wait(GUARD)
    assert asked and answered[-1] == [3]


def test_without_a_model_nothing_is_looked_at(make, samples) -> None:
    view = make({"mine": np.zeros(samples.shape[:3])}, explainer=None)
    view._session.checks.look()
    view.wait(GUARD)
    assert (
        view.widget.notes
        == make({"mine": np.zeros(samples.shape[:3])}, explainer=None).widget.notes
    )


def test_a_page_of_all_samples_says_it_of_each(make, lacking, tmp_path) -> None:
    from heatbrush.export.all_samples import frames

    view = make(explainer=lacking)
    shown = [frame["hidden"]["warnings"] for frame in frames(view._session)]
    assert [len(doubts) for doubts in shown] == [1, 0, 1]
    assert shown[0] == view.widget.hidden["warnings"]
    assert shown[2] == view._session.checks.doubts(Question(2, None))
