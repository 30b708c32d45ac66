"""Another target: chosen among outputs and layers, turned from layer to layer, taken away."""

from __future__ import annotations

from playwright.sync_api import expect

from browser.stage import Stage

OFFERED = {
    "kind": "offered",
    "outputs": [
        {
            **{"name": "the model's output", "rows": 32, "columns": 32, "channels": 1},
            **{"classes": 0, "steps": 0, "each": 1},
        }
    ],
    "layers": [
        {"name": f"conv_{k}", "shape": [32, 32, 8], "channels": 8, "cells": True}
        for k in range(400)
    ],
    **{"counts": True, "boxes": False, "missing": ""},
}


def test_another_target_by_keys_alone(stage: Stage) -> None:
    hand = stage.open("square", things="landmarks")
    keys = stage.page.keyboard
    hand.button("Another target: an output, a layer, a thing").focus()
    keys.press("Enter")
    (asked,) = stage.sent("offer")
    stage.reply(**OFFERED, viewer=asked["viewer"])
    dialog = hand.root.get_by_role("dialog", name="Another target")
    expect(dialog.get_by_role("option")).to_have_count(100)  # of 1,603, which typing narrows down
    keys.type("channel conv_27")
    first = dialog.get_by_role("option").first
    expect(first).to_contain_text("channel of conv_27")
    keys.press("Enter")
    form = hand.root.get_by_role("dialog", name="Parameters of channel of conv_27")
    form.get_by_label("channel").fill("9")
    expect(form.get_by_role("alert")).to_have_text(
        "channel: a whole number of at least 0 and at most 7."
    )
    form.get_by_label("channel").fill("5")
    form.get_by_label("cells").select_option("max")
    keys.press("Tab")
    form.get_by_label("channel").press("Enter")
    target = {"kind": "Channel", "layer": "conv_27", "index": 5, "reduce": "max"}
    assert stage.sent("add_target") == [{"kind": "add_target", "target": target, "like": None}]
    expect(form).to_have_count(0)
    # what takes no number is the target at once, and a refusal is said
    hand.button("Another target: an output, a layer, a thing").press("Enter")
    stage.reply(**OFFERED, viewer=asked["viewer"])
    keys.type("number of")
    keys.press("Enter")
    assert stage.sent("add_target")[-1]["target"] == {"kind": "Count"}
    stage.reply(kind="refused", sentence="There is no heat map.")
    expect(hand.root.locator(".heatbrush-status")).to_contain_text("There is no heat map.")


def test_the_dial_turns_layers_and_steps(stage: Stage) -> None:
    hand = stage.open("square", things="landmarks")
    layer = hand.button("Next layer")
    expect(layer).to_have_count(0)
    dial = {"what": "layer", "name": "conv_3", "at": 2, "count": 7}
    target = {"a": 3, "b": None, "given": True, "added": 1}
    stage.change("target", {**target, "dial": dial})
    row = hand.root.locator(".hb-dial")
    expect(row).to_have_text("conv_3, 3 of 7")
    layer.click()
    layer.click()  # quick presses count
    hand.button("Previous layer").click()
    assert [each["to"] for each in stage.sent("turn")] == [3, 4, 3]
    expect(hand.root).to_have_attribute("data-asked", "target")
    stage.change("target", {**target, "dial": {**dial, "name": "conv_4", "at": 3}})
    expect(row).to_have_text("conv_4, 4 of 7")
    hand.panel("occlusion").focus()
    stage.page.keyboard.press(".")
    assert stage.sent("turn")[-1]["to"] == 4
    stage.change("target", {**target, "dial": {**dial, "name": "conv_7", "at": 6}})
    expect(layer).to_have_attribute("aria-disabled", "true")
    stage.change(
        "target",
        {**target, "dial": {**dial, "what": "step", "name": "step 3", "at": 3, "count": 40}},
    )
    slider = hand.root.get_by_role("slider", name="Step")
    slider.fill("17")
    assert stage.sent("turn")[-1]["to"] == 17
    hand.button("Take this target's line away").click()
    assert stage.sent("remove_line") == [{"kind": "remove_line", "line": 3}]
    stage.change("target", {"a": 0, "b": None, "given": False, "added": 1})
    expect(hand.button("Take this target's line away")).to_have_count(0)
    expect(slider).to_have_count(0)


def test_a_saved_page_says_why_there_is_no_other_target(stage: Stage) -> None:
    dial = {"what": "step", "name": "step 3", "at": 3, "count": 9}
    target = {"a": 3, "b": None, "given": True, "added": 1, "dial": dial}
    hand = stage.open("square", things="landmarks", live=False)
    stage.change("target", target)
    for name in ("Another target: an output, a layer, a thing", "Next step"):
        expect(hand.button(name)).to_have_attribute("aria-disabled", "true")
        expect(hand.button(name)).to_have_attribute(
            "title", "This is a saved page: open the notebook to run methods."
        )
        hand.button(name).click(force=True)
    assert stage.sent("offer") == stage.sent("turn") == []
    expect(hand.root.get_by_role("slider", name="Step")).to_be_disabled()
