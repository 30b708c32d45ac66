"""The panels of a view as Python and the page arrange them: pins, differences, order, own maps."""

from __future__ import annotations

import full_panels
import numpy as np
import pytest

import heatbrush as hb
from heatbrush.export.all_samples import frames
from heatbrush.export.pictures.shown import shown
from heatbrush.jobs.worker import Worker

FINE = {"patch": (1, 1), "stride": (1, 1)}
MAP = np.arange(40.0).reshape(4, 10) - 20


def panel(view, name) -> dict:
    return next(panel for panel in full_panels.shown(view.widget) if panel["name"] == name)


def maps(view) -> dict[str, np.ndarray]:
    return {name: found.map for name, found in view.explanations.items()}


def moment(view) -> dict:
    """What the page sends to come back to what is shown now."""
    question = view._session.board.question
    target = question.target
    return {
        "kind": "restore",
        "sample": question.sample,
        "a": 0 if target is None else target.index,
        "b": None,
        "given": target is not None,
        "baseline": question.baseline,
        "runs": {each["name"]: each["run"] for each in view.widget.panels if each["arrays"]},
        "order": view.panels,
    }


# ------------------------------------------------------------------ pins


def test_a_pinned_panel_stays_and_later_runs_stand_beside_it(make, explainer, samples) -> None:
    view = make(["occlusion", ("rise", {"samples": 20})], baseline=0)
    kept = view.explanations["occlusion"]
    view.pin("occlusion")
    assert view.explanations["occlusion"] is kept
    assert panel(view, "occlusion")["pinned"] == {
        "sample": 0, "a": 0, "b": None, "baseline": 1, "hidden": "0",
    }  # fmt: skip
    handle = view.run("occlusion", **FINE)
    assert view.panels == ["occlusion", "occlusion 2", "rise"]
    assert handle.wait() is view.explanations["occlusion 2"]
    view.run("occlusion")
    assert view.panels == ["occlusion", "occlusion 2", "rise"]
    view.sample, view.target = 1, "right"
    assert view.explanations["occlusion"] is kept
    assert panel(view, "occlusion")["pinned"]["sample"] == 0
    there = explainer.with_baseline(0).explain(samples[1], "occlusion", "right").map
    np.testing.assert_array_equal(maps(view)["occlusion 2"], there)
    view.pin("occlusion 2")
    view.run("occlusion", panel="occlusion 2", **FINE)
    assert view.panels == ["occlusion", "occlusion 2", "occlusion 3", "rise"]
    view.unpin("occlusion")
    assert "pinned" not in panel(view, "occlusion")
    np.testing.assert_array_equal(maps(view)["occlusion"], there)


def test_a_pin_may_name_another_sample_target_and_baseline(make, explainer, samples) -> None:
    view = make(["occlusion"], baseline=0)
    view.pin("occlusion", sample=1, target="right", baseline="mean")
    there = explainer.with_baseline("mean").explain(samples[1], "occlusion", "right")
    np.testing.assert_array_equal(maps(view)["occlusion"], there.map)
    kept = panel(view, "occlusion")["pinned"]
    assert kept == {"sample": 1, "a": 1, "b": None, "baseline": 2, "hidden": "mean"}
    assert view.sample == 0 and view.explanations["occlusion"].about == "right"
    # nothing is computed anew for what it shows already
    before = view.explanations["occlusion"]
    view.sample, view.target, view.baseline = 1, "right", "mean"
    view.unpin("occlusion")
    assert view.explanations["occlusion"] is before


def test_a_pin_of_what_is_not_computed_yet_is_kept_for_that_sample(held, samples) -> None:
    held.hold()
    held.pin("a")
    held.sample = 1
    held._session.samples.explainer.model.gate.set()
    held.wait(20)
    there = held.explainer.explain(samples[0], "occlusion", "left", **FINE).map
    np.testing.assert_array_equal(maps(held)["a"], there)
    assert panel(held, "a")["pinned"]["a"] == 0


def test_undo_brings_a_pin_back_also_where_its_map_was_let_go(make, ask) -> None:
    view = make(["occlusion"])
    free = moment(view)
    view.pin("occlusion")
    pinned, map = moment(view), maps(view)["occlusion"]
    view.sample = 1
    ask(view, **free)
    assert "pinned" not in panel(view, "occlusion") and view.sample == 0
    view.sample = 1
    view._session.board.history.forget()
    ask(view, **{**pinned, "sample": 1})
    np.testing.assert_array_equal(maps(view)["occlusion"], map)
    assert panel(view, "occlusion")["pinned"]["sample"] == 0


# ------------------------------------------------------------------ differences


def test_a_difference_follows_its_two_panels(make, explainer, samples) -> None:
    view = make(
        {"fine": ("occlusion", FINE), "coarse": "occlusion", "rise": ("rise", {"samples": 20})}
    )
    name = view.difference("fine", "coarse")
    assert name == "fine - coarse" and view.panels == ["fine", "coarse", name, "rise"]

    def right() -> None:
        found = maps(view)
        np.testing.assert_allclose(found[name], found["fine"] - found["coarse"], atol=1e-7)

    right()
    view.sample = 1
    right()
    first = panel(view, name)["run"]
    view.run("occlusion", panel="fine", patch=(2, 2), stride=(2, 2))
    right()
    assert panel(view, name)["run"] != first
    assert panel(view, name)["of"] == ("fine", "coarse")
    other = view.difference("coarse", "rise", panel="units")
    found = maps(view)
    scaled = [
        found[each] / np.nanquantile(np.abs(found[each]), 0.99) for each in ("coarse", "rise")
    ]
    np.testing.assert_allclose(found[other], scaled[0] - scaled[1], rtol=1e-5)
    assert "99th percentile" in panel(view, "units")["notes"][0]
    view.remove("coarse")
    assert view.panels == ["fine", "rise"]


def test_a_difference_has_nothing_where_one_of_its_maps_has_none(make, model) -> None:
    view = make({"part": "occlusion", "whole": "occlusion"})
    view.run("occlusion", panel="part", within=hb.Region.rows(0, 2))
    name = view.difference("part", "whole")
    assert np.isnan(maps(view)[name][2:]).all() and np.isfinite(maps(view)[name][:2]).all()
    model.error = RuntimeError("broken")
    view.run("occlusion", panel="part")
    assert name not in view.explanations
    failure = panel(view, name)["failure"]
    assert failure["sentence"].startswith("One of part and whole shows no map")
    model.error = None
    view.run("occlusion", panel="part")
    assert not maps(view)[name].any()


def test_undo_brings_back_the_difference_of_then(make, ask) -> None:
    view = make({"a": ("occlusion", FINE), "b": "occlusion"})
    bare = moment(view)
    name = view.difference("a", "b")
    then, map = moment(view), maps(view)[name]
    view.run("occlusion", panel="a")
    assert not maps(view)[name].any()
    ask(view, **then)
    np.testing.assert_array_equal(maps(view)[name], map)
    assert panel(view, name)["run"] == then["runs"][name]
    ask(view, **bare)
    assert view.panels == ["a", "b"]
    view._session.board.history.forget()
    ask(view, **then)
    np.testing.assert_array_equal(maps(view)[name], map)
    assert view.panels == ["a", "b", name]


def test_a_difference_waits_for_its_panels_and_stays_while_others_are_undone(held, ask) -> None:
    before = moment(held)
    held.hold()
    held.sample = 1
    name = held.difference("a", "b")
    ask(held, **before)
    held._session.samples.explainer.model.gate.set()
    held.wait(20)
    found = maps(held)
    np.testing.assert_allclose(found[name], found["a"] - found["b"], atol=1e-7)


def test_a_pinned_result_and_what_is_shown_are_subtracted(make) -> None:
    view = make({"a": "occlusion", "b": "occlusion"})
    view.pin("a")
    name = view.difference("b", "a")
    view.sample = 1
    found = maps(view)
    assert found[name].any()
    np.testing.assert_allclose(found[name], found["b"] - found["a"], atol=1e-7)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (("difference", "a", "c"), ValueError, "There is no panel 'c'; the view has 'a', 'b', 'd'"),
        (("difference", "a", "a"), ValueError, "takes two panels and a third"),
        (("difference", "a", "b", "a"), ValueError, "takes two panels and a third"),
        (("difference", "a", "d"), ValueError, "'d' is a difference itself"),
        (("difference", "a", "b", 7), TypeError, "panel is 7, but a panel's name is expected"),
        (("pin", "d"), ValueError, "pin these, 'a' and 'b', and it stays too"),
        (("pin", "e"), ValueError, "There is no panel 'e'"),
        (("unpin", "e"), ValueError, "There is no panel 'e'"),
        (("remove", "e"), ValueError, "There is no panel 'e'"),
        (("order", ["b", "e"]), ValueError, "There is no panel 'e'"),
        (("order", "b"), TypeError, "a list of names is expected"),
        (("add", "mine", "gradient"), TypeError, "an array of a number per cell is expected"),
        (("add", "mine", MAP[:3]), ValueError, r"The map mine has shape \(3, 10\)"),
        (("add", "mine", [MAP] * 2), ValueError, "mine has 2 maps, but there are 3 matrices"),
        (("add", 3, MAP), TypeError, "panel is 3, but a panel's name is expected"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(make, call, error, sentence) -> None:
    view = make({"a": "occlusion", "b": "occlusion"})
    view.difference("a", "b", "d")
    name, *given = call
    with pytest.raises(error, match=sentence):
        getattr(view, name)(*given)
    assert view.panels == ["a", "b", "d"]


# ------------------------------------------------------------------ order, own maps, messages


def test_panels_are_ordered_and_undo_knows_the_order(make, ask) -> None:
    view = make({"a": "occlusion", "b": "occlusion", "1": "occlusion"})
    before = moment(view)
    view.order(["1"])
    assert view.panels == [each["name"] for each in view.widget.panels] == ["1", "a", "b"]
    ask(view, kind="order", panels=["b", "1"])
    assert view.panels == ["b", "1", "a"]
    ask(view, **before)
    assert view.panels == ["a", "b", "1"]


def test_own_maps_are_added_for_one_sample_or_for_all(make) -> None:
    view = make(["occlusion"])
    view.sample = 1
    view.add("mine", MAP)
    np.testing.assert_array_equal(maps(view)["mine"], MAP)
    view.sample = 2
    assert "mine" not in view.explanations
    failure = panel(view, "mine")["failure"]
    assert "mine was given for another sample only" in failure["sentence"]
    view.sample = 1
    np.testing.assert_array_equal(maps(view)["mine"], MAP)
    view.add("mine", np.stack([MAP, 2 * MAP, 3 * MAP]))
    view.sample = 2
    np.testing.assert_array_equal(maps(view)["mine"], 3 * MAP)
    view.difference("mine", "occlusion")
    view.pin("mine")
    view.sample = 0
    np.testing.assert_array_equal(maps(view)["mine"], 3 * MAP)
    assert maps(view)["mine - occlusion"].any()


def test_without_a_model_maps_are_added_subtracted_and_pinned(make) -> None:
    view = make({"mine": [MAP, MAP, MAP]}, explainer=None)
    view.add("other", 2 * MAP)
    view.difference("other", "mine")
    scaled = MAP / np.quantile(np.abs(MAP), 0.99)
    np.testing.assert_allclose(maps(view)["other - mine"], scaled - scaled, atol=1e-6)
    view.pin("mine")
    assert panel(view, "mine")["pinned"] == {
        "sample": 0, "a": None, "b": None, "baseline": 0, "hidden": "",
    }  # fmt: skip


def test_the_page_duplicates_pins_and_subtracts(make, ask, sent) -> None:
    filling = np.full((4, 10, 1), 0.5)
    view = make([("occlusion", {"baseline": filling, **FINE}), ("rise", {"samples": 20})])
    given = panel(view, "occlusion")["parameters"]
    ask(view, kind="run", method="occlusion", parameters=given, panel="twin", beside="occlusion")
    assert view.panels == ["occlusion", "twin", "rise"]
    np.testing.assert_array_equal(maps(view)["twin"], maps(view)["occlusion"])
    ask(view, kind="pin", panel="twin", wanted=True)
    assert "pinned" in panel(view, "twin")
    ask(view, kind="pin", panel="twin", wanted=False)
    assert "pinned" not in panel(view, "twin")
    ask(view, kind="subtract", a="twin", b="occlusion", panel="same")
    assert not maps(view)["same"].any() and sent.of("refused") == []
    ask(view, kind="subtract", a="twin", b="nothing")
    assert "There is no panel 'nothing'" in sent.last("refused")["sentence"]


def test_a_view_that_is_opened_anew_computes_what_it_must(make) -> None:
    view = make({"a": "occlusion", "b": "occlusion"}, worker=Worker)
    view.wait(20)
    name = view.difference("a", "b")
    view.pin("a")
    view.wait(20)
    view.close()
    view._session.displayed()
    view.wait(20)
    assert list(view.explanations) == ["a", "b", name]


def test_files_say_what_a_pinned_map_is_of_and_hold_differences(make, samples, tmp_path) -> None:
    view = make({"a": "occlusion", "b": ("occlusion", FINE)}, baseline=0)
    view.pin("a")
    name = view.difference("b", "a")
    kept = maps(view)["a"]
    view.sample = 1
    stored = hb.load(view.save_npz(tmp_path / "maps"))
    np.testing.assert_array_equal(stored["a"].map, kept)
    np.testing.assert_array_equal(stored[name].map, maps(view)[name])
    assert stored["a"].notes[-1] == "Pinned: it is of sample 0, target left."
    titles = [axes.get_title(loc="left") for axes in view.figure().axes]
    assert "a (sample 0, target left)" in titles and "b: right" in titles
    view.options = {"beneath": True}
    drawn = {axes.get_title(loc="left"): len(axes.images) for axes in view.figure().axes}
    # the input that is shown is not that of the pinned map
    assert drawn["a (sample 0, target left, not over its input)"] == 1 and drawn["b: right"] == 2
    assert shown(view._session).named("b") == "b"
    for sample, frame in enumerate(frames(view._session)):
        a, b, c = (found["map"]["bytes"] for found in full_panels.full(frame))
        a, b, c = (np.frombuffer(each, "<f4").reshape(4, 10) for each in (a, b, c))
        np.testing.assert_array_equal(a, kept)
        np.testing.assert_allclose(c, b - a, atol=1e-6)
        assert b.any() and frame["panels"][0]["pinned"]["sample"] == 0, sample
