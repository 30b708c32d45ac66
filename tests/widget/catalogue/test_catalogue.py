"""The list of a view's samples: what is sent, what the model is asked, and how one steps in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import heatbrush as hb
from heatbrush.catalogue import scores as scores_module
from heatbrush.catalogue import survey as survey_module
from heatbrush.jobs.worker import InlineWorker, Worker
from heatbrush.view import View

GUARD = 20.0
MANY = 100_000
CLASSES = ["left", "right", "up"]
WEIGHTS = np.random.default_rng(5).normal(size=(24, 3))


def softmax(X: np.ndarray) -> np.ndarray:
    z = np.exp(np.asarray(X, float).reshape(len(X), -1) @ WEIGHTS)
    return z / z.sum(1, keepdims=True)


@pytest.fixture(scope="module")
def cells() -> np.ndarray:
    return np.random.default_rng(6).normal(size=(MANY, 4, 6)).astype("float32")


@pytest.fixture(scope="module")
def truth() -> np.ndarray:
    return np.random.default_rng(7).integers(0, 3, MANY)


@pytest.fixture
def many(make: Any, cells: np.ndarray, truth: np.ndarray) -> View:
    explainer = hb.Explainer(softmax, classes=CLASSES, scores="probabilities")
    ids = [f"p{at}" for at in range(MANY)]
    return make(explainer=explainer, X=cells[..., None], y=truth, ids=ids)


@pytest.fixture
def part(ask: Any, sent: Any) -> Callable[..., list[dict[str, Any]]]:
    """A part of the list, as the page gets it."""

    def part(view: View, start: int = 0, count: int = 5) -> list[dict[str, Any]]:
        ask(view, "window", viewer=3, start=start, count=count)
        view.wait(GUARD)
        message = sent.last("listed")
        assert (message["viewer"], message["start"]) == (3, start)
        assert message["number"] == view.widget.listing["number"]
        return message["samples"]

    return part


def indices(samples: list[dict[str, Any]]) -> list[int]:
    return [each["index"] for each in samples]


def test_a_hundred_thousand_samples_are_listed_without_sending_them(
    many: View, ask: Any, part: Any, sent: Any, cells: np.ndarray, truth: np.ndarray
) -> None:
    said = softmax(cells)
    predicted, two = said.argmax(1), np.sort(said, 1)[:, -2:]
    before = len(sent.messages)
    assert many.widget.listing["count"] == MANY and many.widget.listing["at"] == 0
    # by index nothing is asked of the model but the shown sample
    assert indices(part(many, 99_998)) == [99_998, 99_999]
    assert not many._catalogue.survey.scores.known.any()
    ask(many, "arrange", order="unsure")
    first = part(many, 0, 3)
    order = np.argsort(two[:, 1] - two[:, 0], kind="stable")
    listing = many.widget.listing
    assert listing["measure"] == "margin" and not listing["running"] and listing["total"] == 0
    np.testing.assert_allclose(
        [each["value"] for each in first], np.sort(two[:, 1] - two[:, 0])[:3], rtol=2e-2, atol=1e-7
    )
    assert set(indices(first)) <= set(order[:6].tolist())
    for each in first:
        at = each["index"]
        assert each["name"] == f"p{at}" and each["predicted"] == predicted[at]
        assert each["truth"] == truth[at]
    ask(many, "arrange", order="score", of=2, only="misclassified")
    found = part(many, 0, 4)
    wrong = np.flatnonzero(predicted != truth)
    assert many.widget.listing["count"] == len(wrong)
    best = wrong[np.argsort(-said[wrong, 2], kind="stable")]
    np.testing.assert_allclose(
        [each["value"] for each in found], said[best[:4], 2].astype("float32"), rtol=1e-5
    )
    ask(many, "arrange", order="alike matrices", of=17)
    near = np.sqrt(((cells.astype(float) - cells[17]) ** 2).sum((1, 2)))
    assert indices(part(many, 0, 4)) == np.argsort(near, kind="stable")[:4].tolist()
    ask(many, "arrange", order="alike scores", of=17)
    assert part(many, 0, 1)[0]["index"] == 17 and part(many, 0, 1)[0]["value"] == 0
    ask(many, "arrange", text="p9999")
    assert indices(part(many, 0, 100)) == [9999, *range(99_990, 100_000)]
    # 40 rows of the list, with a picture of 24 bytes each, are what one look at it takes
    ask(many, "arrange")
    part(many, 50_000, 40)
    (pixels,) = sent.buffers[-1]
    assert len(pixels) == 40 * 24
    words = sum(len(json.dumps(each)) for each in sent.messages[before:])
    assert words + sum(len(b) for each in sent.buffers[before:] for b in each) < 30_000
    assert len(json.dumps(many.widget.listing)) < 600


def test_scores_are_those_of_the_model_and_kept(
    make: Any, ask: Any, cells: np.ndarray, truth: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    explainer = hb.Explainer(softmax, classes=CLASSES, scores="probabilities")
    X, y = cells[:300], truth[:300]
    view = make(explainer=explainer, X=X, y=y, ids=[f"p{at}" for at in range(300)])
    asked = view.samples
    assert list(asked.columns) == ["name", "truth", "predicted", "probability", "margin"]
    assert asked.index.name == "sample" and asked["predicted"].isna().all()
    table = view.score_samples().wait(GUARD)
    said = softmax(X)
    two = np.sort(said, 1)[:, -2:]
    np.testing.assert_allclose(table["probability"], two[:, 1], rtol=1e-5)
    np.testing.assert_allclose(table["margin"], two[:, 1] - two[:, 0], atol=1e-6)
    assert table["predicted"].tolist() == [CLASSES[at] for at in said.argmax(1)]
    assert table["truth"].tolist() == [CLASSES[at] for at in y]
    assert table["name"][77] == "p77"
    # nothing is asked again
    monkeypatch.setattr(scores_module.Scores, "ask", None)
    assert view.score_samples().wait(GUARD).equals(table)
    ask(view, "arrange", order="unsure")
    assert view.widget.listing["count"] == 300


def test_steps_follow_the_list(make: Any, ask: Any, samples: np.ndarray) -> None:
    view = make(X=np.concatenate([samples, samples[::-1] * 2]), y=[1, 1, 0, 0, 0, 1])
    neighbours = view._session.ahead.neighbours
    assert neighbours(0) == [1] and neighbours(3) == [4, 2]
    ask(view, "arrange", only="misclassified", reverse=True)
    wrong = [at for at in range(6) if view.samples["truth"][at] != view.samples["predicted"][at]]
    assert view.widget.listing["count"] == len(wrong) >= 3
    wrong = wrong[::-1]
    view.sample = wrong[1]
    assert view.widget.listing["at"] == 1
    assert neighbours(wrong[1]) == [wrong[2], wrong[0]]
    ask(view, "step", by=1)
    assert view.sample == wrong[2] and view.widget.listing["at"] == 2
    ask(view, "step", by=-2)
    assert view.sample == wrong[0]
    ask(view, "step", by=-1)
    ask(view, "step", by=99)
    assert view.sample == wrong[-1]
    # from outside of the list, a step leads to its ends
    right = next(at for at in range(6) if at not in wrong)
    view.sample = right
    assert view.widget.listing["at"] is None
    ask(view, "step", by=1)
    assert view.sample == wrong[0]
    view.sample = right
    ask(view, "step", by=-1)
    assert view.sample == wrong[-1]
    ask(view, "arrange", text="nothing")
    ask(view, "step", by=1)
    assert view.sample == wrong[-1] and view.widget.listing["count"] == 0


@pytest.fixture
def slow(make: Any, ask: Any, model: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[View]:
    """A view with a thread, whose samples are looked at one by one."""
    monkeypatch.setattr(survey_module, "EVERY", 0.0)
    monkeypatch.setattr(survey_module.Survey, "_batch", lambda self, part: 1)
    view = make(X=np.random.default_rng(1).normal(size=(9, 4, 10)), worker=Worker)
    view.wait(GUARD)
    yield view
    model.gate.set()


def test_a_survey_tells_how_far_it_is_gives_way_and_can_be_stopped(
    slow: View, ask: Any, sent: Any, model: Any
) -> None:
    states: list[dict[str, Any]] = []
    slow.widget.observe(lambda change: states.append(change["new"]), "listing")
    takes = survey_module.Survey._take
    order: list[str] = []

    def take(self: Any, part: Any, which: slice) -> None:
        order.append(f"sample {which.start}")
        takes(self, part, which)
        if which.start == 2:
            # what the reader asks for meanwhile comes before the next batch
            ask(slow, "show", sample=4)
            slow._session.worker.submit(("else",), lambda job: order.append("asked for"))
        if which.start == 5:
            ask(slow, "survey", wanted=False)

    survey_module.Survey._take = take  # type: ignore[method-assign]
    try:
        ask(slow, "arrange", order="unsure")
        slow.wait(GUARD)
    finally:
        survey_module.Survey._take = takes  # type: ignore[method-assign]
    assert order == [
        *("sample 0", "sample 1", "sample 2", "asked for"),
        *("sample 3", "sample 4", "sample 5"),
    ]
    assert slow.sample == 4 and slow.explanations
    last = slow.widget.listing
    assert (last["done"], last["total"], last["running"]) == (6, 9, False)
    assert last["count"] == 6 and "not looked at yet" in last["about"]
    assert {state["done"] for state in states if state["running"]} >= {1, 2, 3, 4, 5}
    ask(slow, "survey", wanted=True)
    slow.wait(GUARD)
    last = slow.widget.listing
    assert (last["count"], last["total"], last["running"]) == (9, 0, False)
    assert "not looked at" not in last["about"]


def test_a_closed_view_looks_at_nothing_and_goes_on_when_it_is_shown_again(
    slow: View, ask: Any, model: Any
) -> None:
    model.gate.clear()
    model.reached.clear()
    ask(slow, "arrange", order="unsure")
    assert model.reached.wait(GUARD)
    assert slow.widget.listing["running"]
    slow.close()
    assert not slow.widget.listing["running"] and slow.samples["predicted"].isna().all()
    model.gate.set()
    slow._session.displayed()
    ask(slow, "survey", wanted=True)
    slow.wait(GUARD)
    assert slow.widget.listing["count"] == 9 and slow.samples["predicted"].notna().all()


def test_the_scores_of_too_many_classes_are_not_kept_and_that_is_said(
    make: Any, ask: Any, sent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scores_module, "MOST_BYTES", 20)
    view = make()
    for order in ("score", "alike scores"):
        ask(view, "arrange", order=order, of=1)
        assert "which is more than a view keeps" in sent.last("refused")["sentence"]
    ask(view, "arrange", order="unsure")
    assert view.widget.listing["count"] == 3 and view._catalogue.survey.scores.each is None


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"only": "misclassified"}, "No true classes were given"),
        ({"only": "true", "among": 0}, "No true classes were given"),
        ({"order": "name"}, "The samples have no names"),
        ({"order": "score", "of": 2}, "asks for class 2, but there are 2; give 0 to 1"),
        ({"order": "score"}, "asks for class None"),
        ({"only": "predicted", "among": -1}, "asks for class -1"),
        ({"order": "alike matrices", "of": 3}, "asks for sample 3, but there are 3; give 0 to 2"),
        ({"order": "alike scores"}, "asks for sample None"),
        ({"order": "size"}, "could not read"),
        ({"text": "n" * 1001}, "could not read"),
    ],
)
def test_what_samples_cannot_be_listed_by_is_refused(
    make: Any, ask: Any, sent: Any, wanted: dict[str, Any], words: str
) -> None:
    view = make()
    before = view.widget.listing
    ask(view, "arrange", **wanted)
    assert words in sent.last("refused")["sentence"]
    assert view.widget.listing == before


def test_without_a_model_samples_are_listed_by_index_and_matrix(
    make: Any, ask: Any, sent: Any, part: Any, samples: np.ndarray
) -> None:
    maps = {"mine": np.zeros(samples.shape)}
    view = make(maps, explainer=None, y=[0, 1, 0])
    for wanted in ({"order": "unsure"}, {"only": "predicted", "among": 0}):
        ask(view, "arrange", **wanted)
        assert "There is no model to ask" in sent.last("refused")["sentence"]
    with pytest.raises(ValueError, match="There is no model to ask"):
        view.score_samples()
    ask(view, "arrange", order="alike matrices", of=2)
    near = np.sqrt(((samples.astype(float) - samples[2]) ** 2).sum((1, 2)))
    assert indices(part(view)) == np.argsort(near).tolist()
    assert view.widget.listing["about"] == "Euclidean distance from sample 2, between the matrices."


def test_cells_that_do_not_exist_and_answers_that_are_no_numbers(
    make: Any, ask: Any, part: Any, samples: np.ndarray
) -> None:
    X, lengths = np.concatenate([samples] * 2), [10, 4, 10, 7, 10, 10]
    X[4, 0, 0] = 99

    def broken(batch: np.ndarray) -> np.ndarray:
        said = np.stack([batch[..., :5, :].mean((1, 2, 3)), batch[..., 5:, :].mean((1, 2, 3))], 1)
        said[batch[:, 0, 0, 0] == 99] = np.nan
        return said

    explainer = hb.Explainer(broken, classes=["left", "right"], time="columns")
    view = make(explainer=explainer, X=X, valid=lengths, worker=InlineWorker)
    table = view.score_samples().wait(GUARD)
    for at in (0, 1, 2, 3, 5):
        alone = explainer.predict(X[at], valid=np.tile(np.arange(10) < lengths[at], (4, 1)))
        assert table["predicted"][at] == alone.label
        assert table["score"][at] == pytest.approx(alone.shown.max(), rel=1e-5)
    assert table.loc[4].isna().all()
    ask(view, "arrange", order="unsure")
    assert 4 not in indices(part(view, 0, 9)) and view.widget.listing["count"] == 5


def test_one_sample_and_one_score(make: Any, ask: Any, part: Any, samples: np.ndarray) -> None:
    explainer = hb.Explainer(lambda X: X.mean((1, 2, 3))[:, None])
    view = make(explainer=explainer, X=samples[0])
    assert view.widget.listing["count"] == 1 and indices(part(view)) == [0]
    ask(view, "arrange", order="unsure")  # which takes two scores
    assert view.widget.listing["count"] == 0
    ask(view, "arrange", order="score", of=0)
    assert indices(part(view)) == [0]
