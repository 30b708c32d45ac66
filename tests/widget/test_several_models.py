"""Several models in one view: the same question, asked of each by the names of its classes."""

from __future__ import annotations

import numpy as np
import pytest

import heatbrush as hb

REGION = hb.Region.columns(2, 5)
PAIR = ["before: occlusion", "after: occlusion"]


def turned(batch: np.ndarray) -> np.ndarray:
    """Class "right" comes first, and only half of each side counts."""
    return np.stack([batch[:, :, 5:8].mean((1, 2, 3)), batch[:, :, :3].mean((1, 2, 3))], 1)


def quoted(name: str) -> str:
    return f'"{name}"'


def squeezed(code: str) -> str:
    """Put what stands in several lines into one."""
    return " ".join(code.split()).replace("( ", "(").replace("[ ", "[").replace(", ]", "]")


@pytest.fixture
def after() -> hb.Explainer:
    return hb.Explainer(turned, classes=["right", "left"])


@pytest.fixture
def both(make, explainer, after):
    return make(explainer={"before": explainer, "after": after}, baseline=0)


def said(explainer: hb.Explainer, x: np.ndarray, **asked) -> list[float]:
    """Scores of left and right."""
    found = explainer.predict(x, **asked)
    return [float(found.shown[found.classes.index(name)]) for name in ("left", "right")]


def test_each_model_has_a_panel_of_its_own_and_its_scores(both, explainer, after, samples) -> None:
    maps = both.explanations
    assert list(maps) == ["before: occlusion", "after: occlusion"]
    for asked, found in zip((explainer, after), maps.values(), strict=True):
        expected = asked.explain(samples[0], "occlusion", target="left", baseline=0)
        np.testing.assert_allclose(found.map, expected.map, atol=1e-6)
        assert found.target.label(asked.classes) == "left"
    scores = both.widget.scores
    assert scores["models"] == ["before", "after"] and scores["predicted"] == 0
    expected = [*said(explainer, samples[0]), *said(after, samples[0])]
    np.testing.assert_allclose(scores["all"], expected, rtol=1e-6)
    assert any("the class that before predicts" in note for note in both.widget.notes)


def test_a_target_and_a_what_if_mean_the_same_class_for_both(
    both, explainer, after, samples, ask, sent
) -> None:
    both.target = hb.targets.Margin("right", "left")
    found = both.explanations["after: occlusion"]
    expected = after.explain(
        samples[0], "occlusion", target=hb.targets.Margin("right", "left"), baseline=0
    )
    np.testing.assert_allclose(found.map, expected.map, atol=1e-6)
    ask(both, "whatif", ask=1, selection=REGION.to_json())
    answer = sent.last("answer")
    for kind in ("without", "only"):
        each = [
            said(asked, samples[0], **{kind: REGION})
            for asked in (explainer.with_baseline(0), after.with_baseline(0))
        ]
        np.testing.assert_allclose(answer[kind], np.concatenate(each), atol=1e-6)


def test_hidden_cells_become_the_same_for_both(make, explainer, after, samples) -> None:
    view = make(explainer={"a": explainer.with_baseline(2.0), "b": after.with_baseline(-1.0)})
    expected = after.explain(samples[0], "occlusion", target="left", baseline=2.0)
    np.testing.assert_allclose(view.explanations["b: occlusion"].map, expected.map, atol=1e-6)
    view.baseline = "row_mean"
    expected = after.explain(samples[0], "occlusion", target="left", baseline="row_mean")
    np.testing.assert_allclose(view.explanations["b: occlusion"].map, expected.map, atol=1e-6)


def test_a_run_asks_the_model_that_its_panel_names_else_all(both, ask) -> None:
    both.run("occlusion", patch=(1, 1), panel="after: fine")
    assert list(both.explanations) == ["before: occlusion", "after: occlusion", "after: fine"]
    assert both.run("occlusion", patch=(4, 1), panel="lines").wait().shape[:2] == (4, 10)
    assert {"before: lines", "after: lines"} <= set(both.explanations)
    ask(both, "run", method="occlusion", parameters={"patch": [2, 2]}, within=None, panel=None)
    for model in ("before", "after"):
        assert both.explanations[f"{model}: occlusion"].parameters["patch"] == [2, 2]
    assert list(both.panels)[:4] == [*PAIR, "after: fine", "before: lines"]
    new = {"method": "occlusion", "parameters": {"patch": [3, 1]}, "panel": "new"}
    ask(both, "run", **new, beside="before: occlusion")
    each = [name for name in both.panels if "new" in name or name in PAIR]
    assert each == ["before: occlusion", "before: new", "after: occlusion", "after: new"]
    before = both.explanations["after: fine"]
    ask(both, "run", method="occlusion", parameters={"patch": [1, 2]}, panel="after: fine")
    found = both.explanations["after: fine"]
    assert found is not before and found.parameters["patch"] == [1, 2]


def test_the_code_makes_the_same_panels_again(both) -> None:
    both.run("occlusion", patch=(1, 1), panel="after: fine")
    code = both.code()
    assert 'hb.compare(\n    models,\n    X,\n    methods=["occlusion"],' in code or (
        'hb.compare(models, X, methods=["occlusion"]' in code
    )
    assert 'view.run("occlusion", panel="after: fine", patch=(1, 1))' in code
    both.pin("before: occlusion")
    both.difference(*PAIR)
    arranged = both.code()
    assert 'view.pin("before: occlusion"' in arranged
    assert 'view.difference("before: occlusion", "after: occlusion")' in arranged
    order = both.panels
    both.order(order[::-1])
    assert f"view.order([{', '.join(map(quoted, order[::-1]))}])" in squeezed(both.code())
    alone = both.code("after: occlusion")
    assert 'models["after"].explain(X[0], "occlusion"' in alone
    namespace = {"models": both.explainers, "X": both._session.samples.matrices}
    exec(alone, namespace)
    np.testing.assert_allclose(
        namespace["explanation"].map, both.explanations["after: occlusion"].map, atol=1e-6
    )


def test_maps_that_were_given_belong_to_no_model(make, explainer, after, samples) -> None:
    view = make(
        {"mine": np.zeros_like(samples), "o": "occlusion"}, explainer={"a": explainer, "b": after}
    )
    assert list(view.explanations) == ["mine", "a: o", "b: o"]


def test_one_named_model_is_a_view_of_one(make, explainer) -> None:
    view = make(explainer={"only": explainer})
    assert list(view.explanations) == ["occlusion"] and "models" not in view.widget.scores


def test_what_does_not_go_together_is_refused_in_one_sentence(make, explainer, samples) -> None:
    def refused(match: str, **models) -> None:
        with pytest.raises((ValueError, TypeError), match=match):
            make(explainer=models or {})

    three = hb.Explainer(lambda X: X.mean((1, 2)), classes=["left", "middle"])
    refused(r"'b' has the classes left, middle, but .* has left, right", a=explainer, b=three)
    refused("empty dict")
    refused("a name and an Explainer or model are expected", a=explainer, b=None)
    with pytest.raises(TypeError, match="a name and an Explainer"):
        make(explainer={1: explainer, "b": explainer})


def test_models_that_answer_on_another_scale_are_told_once_that_is_known(make, explainer) -> None:
    sure = hb.Explainer(
        lambda X: np.full((len(X), 2), 0.5), classes=["left", "right"], scores="probabilities"
    )
    view = make(explainer={"a": explainer, "b": sure})
    failure = view.widget.panels[1]["failure"]
    assert "'b' answers in probabilities, but 'a' in plain values" in failure["sentence"]


def test_a_file_holds_the_maps_of_each_and_says_who_is_asked(both, explainer, tmp_path) -> None:
    view = hb.load_view(both.save(tmp_path / "both"), explainer, charts=False)
    assert list(view.explanations) == PAIR
    assert any("of several models, before, after; a view" in note for note in view.widget.notes)
    view.close()
