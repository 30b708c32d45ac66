"""Inputs beside the matrix in a view: each sample has its own; a list tells their worth."""

import numpy as np
import pytest
from sentences import refuses

import heatbrush as hb

RANDOM = np.random.default_rng(2)
X = RANDOM.normal(size=(3, 4, 5))
AGES = np.array([1.0, 2.0, -3.0])


def model(given):
    """Two scores that are plain sums, so that every loss is known."""
    sums = given["matrix"].sum((1, 2, 3))
    return np.stack([sums + 10 * given["age"], sums * given["age"] - given["dose"][:, 1]], -1)


def said(x, age):
    return [x.sum() + 10 * age, x.sum() * age - 7]


@pytest.fixture
def explainer():
    return hb.Explainer(model, input="matrix", given={"dose": [4.0, 7.0], "age": 0.0}, baseline=0.0)


def test_each_sample_is_asked_with_what_is_held_for_it(explainer):
    given = {"age": AGES, "dose": np.tile([4.0, 7.0], (3, 1))}
    view = hb.compare(explainer, X, ["occlusion"], target=1, given=given, charts=False)
    try:
        for sample, (x, age) in enumerate(zip(X, AGES, strict=True)):
            view.sample = sample
            view.wait(60)
            scores = view.widget.scores
            assert scores["all"] == pytest.approx(said(x, age))
            names = [(bar["name"], bar["value"], bar["part"]) for bar in scores["held"]]
            assert names == [
                ("dose", "2 numbers", False),
                ("[0]", "4", True),
                ("[1]", "7", True),
                ("age", f"{age:g}".replace("-", "−"), False),
            ]
            lost = [bar["loss"] for bar in scores["held"]]
            assert lost == pytest.approx([-7, 0, -7, x.sum() * age], abs=1e-6)
            assert view.explanations["occlusion"].score == pytest.approx(said(x, age)[1])
        view.target = 0
        view.wait(60)
        assert view.widget.scores["held"][-1]["loss"] == pytest.approx(10 * AGES[2])
        assert "given=given" in view.code()
        region = hb.Region.rows(0, 2)
        without, only = view._session.samples.whatif(view._session.board.question, region)
        assert without == pytest.approx(said(X[2][2:], AGES[2]))
        assert only == pytest.approx(said(X[2][:2], AGES[2]))
    finally:
        view.close()


def test_bars_are_of_the_line_that_has_the_number_now(explainer):
    """A line that was taken away gives its number to the next."""
    three, five = (hb.targets.Sum([(weight, hb.targets.Step(0))]) for weight in (3, 5))
    view = hb.compare(
        explainer, X, ["occlusion"], given={"age": AGES, "dose": np.ones((3, 2))}, charts=False
    )
    try:
        view.add_target([three, five])
        for target, weight in ((three, 3), (five, 5)):
            view.target = target
            view.wait(60)
            assert view.widget.target["a"] == 2
            lost = {bar["name"]: bar["loss"] for bar in view.widget.scores["held"]}
            assert lost["age"] == pytest.approx(weight * 10 * AGES[0])
            view.remove_target(target)
    finally:
        view.close()


def test_what_explainers_hold_serves_all_samples(explainer):
    view = hb.compare(explainer, X, ["occlusion"], charts=False)
    try:
        view.wait(60)
        assert [bar["name"] for bar in view.widget.scores["held"]][-1] == "age"
        assert "given" not in view.code()
    finally:
        view.close()


def test_a_long_list_keeps_what_is_worth_most():
    many = {str(k): float(k) for k in range(20)}
    sums = hb.Explainer(
        lambda given: sum(each.reshape(len(each), -1).sum(1) for each in given.values()),
        input="matrix",
        given=many,
    )
    view = hb.compare(sums, X, ["occlusion"], charts=False)
    try:
        view.wait(60)
        names = [bar["name"] for bar in view.widget.scores["held"]]
        assert names == [*map(str, range(8, 20)), "8 more"]
    finally:
        view.close()


def test_a_file_keeps_what_each_sample_held(explainer, tmp_path):
    given = {"age": AGES, "dose": np.tile([4.0, 7.0], (3, 1))}
    view = hb.compare(explainer, X, ["occlusion"], target=1, given=given, charts=False)
    try:
        view.wait(60)
        with refuses(TypeError, "model=True", "has several inputs", "leave model out"):
            view.save(tmp_path / "view.heatbrush", model=True)
        path = view.save(tmp_path / "view.heatbrush", all_samples=True)
    finally:
        view.close()
    for asker in (explainer, None):
        again = hb.load_view(path, explainer=asker)
        try:
            again.sample = 2
            again.wait(60)
            assert again.widget.scores["all"] == pytest.approx(said(X[2], AGES[2]))
            held = again._session.samples.held_for(2)
            assert held["age"] == AGES[2]
            assert held["dose"].tolist() == [4.0, 7.0]
        finally:
            again.close()


def test_what_does_not_fit_is_refused_at_once(explainer):
    with refuses(ValueError, "given['age'] holds 2 values", "there are 3 matrices", "for each"):
        hb.compare(explainer, X, ["occlusion"], given={"age": [1.0, 2.0]})
    with refuses(ValueError, "nothing was given", "beside it", "given="):
        hb.compare(hb.Explainer(model, input="matrix"), X, ["occlusion"])
