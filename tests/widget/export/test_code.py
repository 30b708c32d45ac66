"""The Python of a view, which is run here: it must make the same maps and the same selection."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import heatbrush as hb
from heatbrush.export.written import Names
from heatbrush_core import targets as kinds

PATCH = {"patch": (2, 2), "stride": (1, 2)}
BAND = hb.Region.columns(2, 7) - hb.Region.rows(0, 1)


def run(code: str, **names: Any) -> dict[str, Any]:
    exec(compile(code, "code", "exec"), names)
    return names


def same(view: hb.View, code: str, **names: Any) -> hb.View:
    """Run the code of a view, and hold what comes of it against the view."""
    made = run(code, X=view.X_given, **names)["view"]
    try:
        made.wait(20)
        assert list(made.explanations) == list(view.explanations) != []
        for name, found in view.explanations.items():
            again = made.explanations[name]
            assert np.array_equal(again.map, found.map, equal_nan=True), name
            assert (again.method, again.within) == (found.method, found.within)
        assert made.selection == view.selection and made.sample == view.sample
        assert made.target == view.target
        shown = made.code()
        assert shown == code
    finally:
        made.close()
    return made


def same_maps(view: hb.View, **names: Any) -> None:
    """Run the code of each panel."""
    for name, found in view.explanations.items():
        made = run(view.code(name), X=view.X_given, **names)["explanation"]
        assert np.array_equal(made.map, found.map, equal_nan=True), name


@pytest.fixture
def shown(make, samples):
    """Make a view that remembers what it was made of."""

    def shown(methods: Any, **options: Any) -> hb.View:
        view = make(methods, **options)
        view.X_given = options.get("X", samples)
        return view

    return shown


def test_the_code_of_a_view_makes_it_again(shown, ask, explainer) -> None:
    view = shown({"fine": ("occlusion", PATCH), "lime": ("lime", {"samples": 20})}, sample=1)
    view.target, view.baseline = "left", "mean"
    view.run("occlusion", within=BAND, panel="part", patch=(1, 2)).wait(20)
    ask(view, "run", method="occlusion", parameters={"patch": [2, 3]}, panel='"quoted"')
    view.selection = BAND | hb.Region.columns(9, None)
    code = view.code()
    assert "sample=1" in code and 'target="left"' in code and 'baseline="mean"' in code
    assert '"fine": ("occlusion", {"patch": (2, 2), "stride": (1, 2)})' in code
    assert "patch=(2, 3)" in code
    same(view, code, explainer=explainer)
    same_maps(view, explainer=explainer)


def test_plain_panels_are_a_list_and_the_first_may_have_a_region(shown, explainer) -> None:
    view = shown(["occlusion", "occlusion"])
    assert 'methods=["occlusion", "occlusion"]' in view.code() and "target=" not in view.code()
    view.run("occlusion", within=BAND).wait(20)
    same(view, view.code(), explainer=explainer)


@pytest.mark.parametrize(
    "region",
    [
        hb.Region.everything() - hb.Region.rows(1, 2) - hb.Region.columns(3, 4),
        hb.Region.rectangle(0, 2, 3, None) | hb.Region.rows(3, 4),
        hb.Region.cells(np.random.default_rng(1).random((4, 10)) > 0.5),
    ],
)
def test_every_selection_is_written(shown, ask, sent, region) -> None:
    view = shown(["occlusion"])
    view.selection = region
    ask(view, "copy_code", part="selection", panel=None)
    names = run(sent.last("code")["text"], view=type("Place", (), {})())
    assert names["view"].selection == region and names["view"].selection.masked == region.masked


def test_what_no_code_can_say_is_a_variable_with_a_comment(shown, model, samples) -> None:
    def brightness(_explainer, x, _target):
        return np.abs(x[..., 0])

    ready = [x * 2 for x in samples]
    own = hb.Method("my brightness", brightness)
    explainer = hb.Explainer(model, classes=["same", "same"])
    ground = samples.mean(0)
    view = shown(
        {"own": own, "class": ready, "hidden": ("occlusion", {"baseline": ground})},
        explainer=explainer,
        baseline=ground,
        target=hb.targets.Margin(0, 1),
        y=[0, 1, 0],
        charts=False,
        snapshot=False,
    )
    code = view.code()
    assert "# my_brightness: your own method 'my brightness'." in code
    assert "# _class: the maps that were given for the panel 'class'." in code
    assert "# baseline: the parameter baseline of occlusion, as it was given." in code
    assert "target=hb.targets.Margin(0, 1)" in code and "y=y" in code
    given = {"explainer": explainer, "y": [0, 1, 0], "baseline": ground}
    same(view, code, my_brightness=own, _class=ready, **given)
    panel = run(view.code("hidden"), X=samples, **given)["explanation"]
    assert np.array_equal(panel.map, view.explanations["hidden"].map)
    assert view.code("class").splitlines()[-1] == "_class[0]"
    own_map = run(view.code("own"), X=samples, my_brightness=own, **given)["explanation"]
    assert np.array_equal(own_map.map, view.explanations["own"].map)


def test_one_matrix_a_model_and_gaps(shown, model, samples) -> None:
    exists = np.ones((4, 10), bool)
    exists[:, 8:] = False
    view = shown(["occlusion"], X=samples[0], explainer=model, valid=exists)
    code = view.code()
    assert "hb.compare(" in code and "model, X" in " ".join(code.split())
    same(view, code, model=model, valid=exists)
    same_maps(view, model=model, exists=exists)


def test_pins_differences_own_maps_and_the_order_are_written(shown, explainer, samples) -> None:
    view = shown({"fine": ("occlusion", PATCH), "coarse": "occlusion"}, sample=1)
    view.add("mine", samples[1])
    view.pin("fine")
    view.sample, view.target, view.baseline = 2, "left", "mean"
    view.difference("fine", "coarse")
    view.difference("mine", "coarse", panel="apart")
    view.pin("coarse", sample=0, baseline=0)
    view.order(["apart", "coarse"])
    code = view.code()
    for line in (
        'view.pin("fine", sample=1, target="right", baseline="row_median")',
        'view.pin("coarse", sample=0, baseline=0)',
        'view.difference("fine", "coarse")',
        'view.difference("mine", "coarse", panel="apart")',
        'view.order(["apart", "coarse", "fine", "fine - coarse", "mine"])',
    ):
        assert line in code.splitlines(), code
    assert "# mine: the map that was given for the panel 'mine'." in code
    again = same(view, code, explainer=explainer, mine=samples[1])
    assert again.panels == view.panels
    for name in ("fine", "coarse"):
        made = run(view.code(name), X=samples, explainer=explainer)["explanation"]
        np.testing.assert_array_equal(made.map, view.explanations[name].map)
    assert 'view.difference("fine", "coarse")' in view.code("fine - coarse")


def test_the_page_gets_the_same_code(shown, ask, sent) -> None:
    view = shown(["occlusion"])
    ask(view, "copy_code", part="view", panel=None)
    assert sent.last("code")["text"] == view.code()
    ask(view, "copy_code", part="panel", panel="occlusion")
    assert sent.last("code")["text"] == view.code("occlusion")
    for asked, said in (("panel", "There is no panel"), ("selection", "Nothing is selected")):
        ask(view, "copy_code", part=asked, panel="gone")
        assert said in sent.last("refused")["sentence"]
    ask(view, "remove", panel="occlusion")
    with pytest.raises(ValueError, match="no panel"):
        view.code()


GRID = hb.outputs.Grid(
    heads=(hb.outputs.Head(anchors=((4, 8.5),)), hb.outputs.Head(output=1, boxes=2)),
    overlap=None,
    classes=("chirp", "hum"),
)
DECODERS = [
    GRID,
    hb.outputs.Heatmap(threshold=0.1, stride=(2, 2)),
    hb.outputs.Mask(exclusive=False, background=0),
    hb.outputs.Sequence(axis=None, threshold=None),
]
LOCATION = kinds.Location(2, 3, output="where")
WRITTEN = [
    kinds.Class("left"),
    kinds.Margin("left", LOCATION),
    LOCATION,
    kinds.Area(BAND, 1, reduce="max"),
    kinds.Step(4, output=1),
    kinds.Neuron("dense", 3),
    kinds.Channel("conv", 1, "sum"),
    kinds.Sum(((0.5, LOCATION), (-2.0, kinds.Thing(1)), (1.0, "left"))),
    kinds.Output("size"),
    kinds.Reconstruction(BAND),
    kinds.Thing(1, "match"),
    kinds.Box(0, "position", "left", follow="match"),
    kinds.Count("part", GRID),
    kinds.Gram("conv", np.eye(3)),
    kinds.Content("conv", np.eye(3)),
    kinds.Function(np.sum),
]


def test_every_target_and_decoder_is_written() -> None:
    assert {type(each).__name__ for each in WRITTEN} == {*kinds.writing.KINDS}
    assert {type(each).__name__ for each in DECODERS} == {*kinds.frozen.DECODERS}
    names = Names()
    named = {"like": np.eye(3), "like_2": np.eye(3), "function": np.sum, "hb": hb}
    for each in [*WRITTEN, *DECODERS]:
        assert eval(names.written(each), dict(named)) == each
    assert [each.split(":")[0] for each in names.comments] == ["like", "like_2", "function"]
    assert names.written(DECODERS[1]) == "hb.outputs.Heatmap(threshold=0.1, stride=(2.0, 2.0))"
