"""Figures say what they show, stand on a light or a dark page, and hold the result's numbers."""

from dataclasses import replace
from functools import cache

import matplotlib.pyplot as plt
import numpy as np
import pytest
import spots
from matplotlib.colors import to_hex

from heatbrush_core import (
    Explainer,
    Explanation,
    agreement,
    average_curves,
    class_profile,
    deletion,
    insertion,
    interaction,
    plot,
    step_profiles,
)
from heatbrush_core.explanation.page import INKS
from heatbrush_core.maps.colours import LINES, table

RNG = np.random.default_rng(2)
WEIGHTS = RNG.standard_normal((5, 8, 1, 3))
NAMES = ["normal", "worn", "ill $x$"]


def scores(X):
    z = np.einsum("nhwc,hwck->nk", X, WEIGHTS)
    z = np.exp(z - z.max(axis=1, keepdims=True))
    return z / z.sum(axis=1, keepdims=True)


@pytest.fixture
def explainer():
    return Explainer(scores, NAMES, columns=np.arange(8) / 10, scores="probabilities", baseline=0)


@pytest.fixture
def X():
    return RNG.standard_normal((6, 5, 8))


@pytest.fixture
def found(explainer, X):
    """One result of each kind that can be drawn."""
    ours = explainer.explain(X[0], "occlusion", "worn", patch=1, stride=1)
    curves = [deletion(explainer, x, explainer.explain(x, "occlusion", 1), "rows") for x in X]
    return {
        "explanation": ours,
        "dataset": ours.to_xarray(),
        "curve": insertion(explainer, X[0], ours, "columns"),
        "mean": average_curves(curves),
        "profiles": class_profile(explainer, X, [0, 0, 1, 1, 2, 2]),
        "interaction": interaction(explainer, X[0], target="worn"),
        "agreement": agreement({"ours": ours, "theirs": Explanation.of(-ours.map)}),
        "crosstalk": crosstalk(),
        "strip": strip(),
    }


@cache
def crosstalk():
    """What each of three instances of a matched filter loses without another one."""
    explainer = Explainer(spots.matched(), outputs=spots.HEATMAP, baseline=0.0)
    return explainer.crosstalk(spots.instances(instances=3).sample(2, gap=2).x)


@cache
def strip():
    """What each of six numbers, the means of columns, rests on."""
    explainer = Explainer(
        lambda X: X[..., 0].mean(1), baseline=0.0, scores="values", columns=list("abcdef")
    )
    return step_profiles(explainer, np.random.default_rng(1).normal(size=(2, 6)))


KINDS = (
    *("explanation", "dataset", "curve", "mean", "profiles", "interaction", "agreement"),
    "crosstalk",
    "strip",
)


@pytest.fixture(autouse=True)
def figures():
    yield
    plt.close("all")


def words(ax):
    """All that stands in a figure."""
    bars = [each.get_ylabel() for each in ax.figure.axes if each is not ax]
    return " | ".join([ax.get_title(loc="left"), ax.get_xlabel(), ax.get_ylabel(), *bars])


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("explanation", "occlusion · worn | columns | rows | logit"),
        ("dataset", "occlusion · worn | columns | rows | logit"),
        ("curve", "insertion by columns · worn | share of columns shown | probability"),
        ("mean", "deletion by rows · worn | share of rows hidden | probability"),
        ("profiles", "occlusion · columns by class · 90 % bands | columns | mean profile · logit"),
        (
            "interaction",
            "interaction of rows · worn | rows | rows | probability beyond each alone; on the "
            "diagonal, alone",
        ),
        ("agreement", "agreement by cells |  |  | rank correlation"),
        ("crosstalk", "cross-talk | loses | hidden | score that is lost"),
        ("strip", "occlusion of each step | columns | step | score"),
    ],
)
def test_a_figure_says_what_it_shows(found, kind, said):
    ax = plot(found[kind])
    assert words(ax) == said
    ax.figure.canvas.draw()


@pytest.mark.parametrize("kind", KINDS)
def test_a_figure_takes_a_place_a_title_and_a_page(found, kind):
    figure, ax = plt.subplots()
    assert plot(found[kind], ax, title="$mine", theme="dark") is ax
    assert ax.get_title(loc="left") == "$mine"
    assert to_hex(ax.get_facecolor()) == to_hex(figure.get_facecolor()) == INKS["dark"].ground
    assert to_hex(ax.title.get_color()) != INKS["dark"].ground
    assert to_hex(ax._left_title.get_color()) == INKS["dark"].ink
    ticks = [label.get_color() for label in (*ax.get_xticklabels(), *ax.get_yticklabels())]
    assert {to_hex(colour) for colour in ticks} == {INKS["dark"].mute}
    figure.canvas.draw()


def test_the_numbers_of_a_cross_talk_are_written_and_0_is_told_from_little():
    found = crosstalk()
    written = [text.get_text() for text in plot(found).texts]
    assert written.count("0") == (found.values == 0).sum() > 0
    assert [float(each) for each in written] == pytest.approx(found.values.ravel(), rel=0.5)
    many = found.isel(loses=[0] * 13)
    assert not plot(many).texts


@pytest.mark.parametrize(
    "kind", ["explanation", "dataset", "interaction", "agreement", "crosstalk"]
)
def test_maps_are_blue_to_red_unless_another_ramp_is_named(found, kind):
    for theme in ("light", "dark"):
        ax = plot(found[kind], theme=theme)
        ramp = table(f"blue-red {theme}") / 255
        np.testing.assert_allclose(ax.images[0].cmap.colors, ramp)
    assert plot(found[kind], cmap="PuOr").images[0].cmap.name == "PuOr"
    assert plot(found[kind], cmap=plt.get_cmap("PuOr")).images[0].cmap.name == "PuOr"


@pytest.mark.parametrize("kind", ["curve", "mean", "profiles"])
def test_lines_have_the_colours_of_the_charts_unless_a_ramp_is_named(found, kind):
    ax = plot(found[kind])
    named = [line for line in ax.lines if not line.get_label().startswith("_")]
    assert {line.get_color() for line in named} & set(LINES)
    ax = plot(found[kind], cmap="viridis")
    named = [line for line in ax.lines if not line.get_label().startswith("_")]
    assert not {to_hex(line.get_color()) for line in named} & set(LINES)


def test_the_numbers_are_those_of_the_result(found):
    profiles, pairs = found["profiles"], found["interaction"]
    assert not any(each.get_parse_math() for each in plot(profiles).get_legend().get_texts())
    drawn = [line for line in plot(profiles).lines if not line.get_label().startswith("_")]
    for line, mean in zip(drawn, profiles["mean"].values, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), mean)
    assert [line.get_label() for line in drawn] == [f"{name} (2)" for name in NAMES]
    np.testing.assert_array_equal(plot(pairs).images[0].get_array(), pairs.values)
    image = plot(found["agreement"]).images[0]
    assert image.get_clim() == (-1, 1) and image.get_array()[0, 1] == pytest.approx(-1)


def test_curves_are_drawn_over_each_other(found, explainer, X):
    first = found["curve"]
    other = insertion(explainer, X[1], explainer.explain(X[1], "occlusion"), "columns", orders=3)
    ax = plot({"mine": first, "yours": other}, theme="dark")
    lines = {line.get_label().split(",")[0]: line for line in ax.lines}
    for name, curve in (("mine", first), ("yours", other)):
        np.testing.assert_array_equal(lines[name].get_ydata(), curve.scores)
        np.testing.assert_array_equal(lines[name].get_xdata(), curve.shares)
        assert lines[name].get_label() == f"{name}, area {curve.area:.3g}"
    known = next(each for each in (first, other) if each.random is not None)
    np.testing.assert_array_equal(lines["random"].get_ydata(), known.random.scores)
    assert words(ax) == "insertion by columns · worn | share of columns shown | probability"
    with pytest.raises(ValueError, match="insertion by columns, insertion by rows"):
        plot({"a": first, "b": replace(first, by="rows")})


def test_profiles_stand_at_the_numbers_of_their_axis(found):
    profiles = found["profiles"].assign_coords(columns=np.arange(8) / 10)
    line = next(each for each in plot(profiles).lines if not each.get_label().startswith("_"))
    np.testing.assert_allclose(line.get_xdata(), np.arange(8) / 10)


def test_the_scale_is_that_of_the_score_that_was_explained(explainer, X):
    asked = {"score": "log_probability", "target": 1}
    made = explainer.explain(X[0], "occlusion", **asked)
    assert made.unit == "log probability"
    assert Explanation(**made.fields()).unit == "log probability"
    plain = Explainer(lambda X: X.mean((1, 2)), baseline=0).explain(X[0], "rise", samples=4)
    assert plain.unit == "score"


def test_the_slope_of_a_score_is_told_from_a_part_of_it():
    import keras

    model = keras.Sequential(
        [keras.Input((5, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(2)]
    )
    explainer = Explainer(model, scores="logits", baseline=0)
    units = {
        name: explainer.explain(np.ones((5, 8)), name).unit
        for name in ("gradient", "input_x_gradient", "deconvnet")
        if not explainer.why_not(name)
    }
    assert units["gradient"] == "logit per unit of x" and units["input_x_gradient"] == "logit"
    assert units.get("deconvnet", "") == ""


@pytest.mark.parametrize(
    ("given", "more", "error", "sentence"),
    [
        ("map", {}, TypeError, "plot got 'str'"),
        (np.zeros((3, 3)), {}, TypeError, "plot got 'ndarray'"),
        (None, {"theme": "blue"}, ValueError, "theme is 'blue', but 'light' or 'dark'"),
        (None, {"cmap": "viridiss"}, ValueError, "did you mean 'viridis'"),
    ],
)
def test_what_cannot_be_drawn_is_refused(given, more, error, sentence):
    given = Explanation.of(np.eye(3)) if given is None else given
    with pytest.raises(error, match=sentence):
        plot(given, **more)
