"""Finding a sample: the list by hand and by keys, steps in it, a page that holds all of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

import heatbrush as hb
from browser.conftest import Watch
from browser.hand import Hand
from browser.soon import soon
from browser.stage import Stage
from heatbrush.jobs.worker import InlineWorker
from heatbrush.view import View

NAMED = {"names": True}


def opener(hand: Hand) -> Locator:
    return hand.root.get_by_role("button", name=re.compile("^Find a sample"))


def box(hand: Hand) -> Locator:
    return hand.root.get_by_role("dialog", name="Find a sample")


def listed(hand: Hand, **how: Any) -> Locator:
    return box(hand).get_by_role("listbox", name="Samples").get_by_role("option", **how)


def rows(hand: Hand) -> Locator:
    """Those whose sample is there."""
    return listed(hand).filter(has=hand.page.locator("canvas"))


def expect_active(hand: Hand, index: int) -> None:
    """Wait until the keys are at a sample, by its name and index, as a screen reader says it."""

    def read() -> list[str]:
        field = box(hand).get_by_role("combobox").first
        place = field.get_attribute("aria-activedescendant")
        return hand.root.locator(f"#{place}").inner_text().split()[:3]

    soon(hand.page, read, ["patient", str(index * 7 % 240), str(index)])


def shows(stage: Stage) -> int:
    return stage.get("sample")["index"]


def test_by_keys_alone_a_sample_is_found_and_shown(stage: Stage) -> None:
    hand = stage.open(kernel=NAMED)
    expect(opener(hand)).to_have_text("patient 19, index 37 of 240")
    opener(hand).focus()
    press = stage.page.keyboard.press
    press("Enter")
    field = box(hand).get_by_label("Name, class or index")
    expect(field).to_be_focused()
    # it opens at the sample that is shown
    expect(listed(hand, selected=True)).to_contain_text("patient 19 37")
    expect_active(hand, 37)
    stage.page.keyboard.type("patient 8")
    expect(box(hand).get_by_role("status")).to_have_text("11 of 240 samples")
    for key in ("ArrowDown", "PageDown", "ArrowUp", "PageUp", "ArrowDown", "ArrowDown"):
        press(key)
    wanted = stage.page.evaluate("stage.kernel.places[2]")
    assert str(wanted * 7 % 240).startswith("8")
    expect_active(hand, wanted)
    press("Enter")
    expect(box(hand)).to_have_count(0)
    expect(opener(hand)).to_be_focused()
    assert shows(stage) == wanted
    expect(opener(hand)).to_have_text(re.compile(r"^patient 8\d*, 3 of 11 listed$"))
    # the map's own keys step through the list now
    hand.panel("input").focus()
    press("]")
    assert shows(stage) == stage.page.evaluate("stage.kernel.places[3]")
    assert [message["by"] for message in stage.sent("step")] == [1]
    assert not [message for message in stage.sent("show") if message["sample"] != wanted]


def test_enter_waits_for_the_list_that_was_typed(stage: Stage) -> None:
    hand = stage.open(kernel=NAMED)
    opener(hand).click()
    rows(hand).first.wait_for()
    stage.page.keyboard.type("patient 133")
    stage.page.keyboard.press("Enter")
    expect(box(hand)).to_have_count(0)
    assert shows(stage) == stage.page.evaluate("stage.kernel.places[0]")
    expect(opener(hand)).to_have_text("patient 133, 1 of 1 listed")
    for way in ("Previous", "Next"):
        expect(hand.button(f"{way} sample")).to_be_disabled()


def test_by_hand_the_list_is_ordered_scrolled_and_left(stage: Stage) -> None:
    hand = stage.open()
    opener(hand).click()
    rows(hand).first.wait_for()
    asked = [(message["start"], message["count"]) for message in stage.sent("window")]
    assert all(count < 50 for _, count in asked)
    # a heading stands over its column, whether the list has a scroll bar or not
    ends = ".hb-heads .hb-number, .hb-samples [role=option]:first-child .hb-number"
    over, under = (
        box(hand)
        .locator(ends)
        .evaluate_all("(found) => found.map((each) => each.getBoundingClientRect().right)")
    )
    assert over == pytest.approx(under, abs=1)
    box(hand).get_by_label("Which samples").select_option(label="misclassified")
    box(hand).get_by_label("Order of the samples").select_option(label="least sure first")
    expect(box(hand)).to_contain_text("The margin is the largest probability minus the second")
    (first,) = stage.sent("arrange")[-1:]
    assert (first["only"], first["order"], first["of"]) == ("misclassified", "unsure", None)
    box(hand).get_by_label("Order of the samples").select_option(label="near to this one: matrices")
    assert stage.sent("arrange")[-1]["of"] == 37
    reverse = box(hand).get_by_role("button", name="Reverse the order")
    reverse.click()
    expect(reverse).to_have_attribute("aria-pressed", "true")
    total = stage.get("listing")["count"]
    expect(box(hand).get_by_role("status")).to_have_text(f"{total} of 240 samples")
    box(hand).get_by_role("listbox").evaluate("(list) => list.scrollTo(0, 1e6)")
    last = stage.page.evaluate("stage.kernel.places.at(-1)")
    expect(rows(hand).last).to_contain_text(re.compile(rf"^{last}\D"))
    # what is drawn is what is seen, of the whole list
    assert listed(hand).count() < 16
    expect(listed(hand).first).to_have_attribute("aria-setsize", str(total))
    rows(hand).last.click()
    expect(box(hand)).to_have_count(0)
    hand.button("Previous sample").click()
    assert stage.sent("step")[-1]["by"] == -1
    opener(hand).click()
    box(hand).get_by_role("button", name="All by index").click()
    expect(box(hand).get_by_role("status")).to_have_text("240 samples")
    stage.page.keyboard.press("Escape")
    expect(opener(hand)).to_have_text(f"{shows(stage)} of 240")
    steps = len(stage.sent("step"))
    hand.button("Next sample").click()
    assert len(stage.sent("step")) == steps and stage.sent("show")[-1]["sample"] == shows(stage)


def test_a_look_at_all_samples_is_seen_and_can_be_stopped(stage: Stage) -> None:
    hand = stage.open(kernel={"surveyed": {"done": 61, "total": 240, "running": True}})
    opener(hand).click()
    box(hand).get_by_label("Order of the samples").select_option(label="least sure first")
    expect(box(hand)).to_contain_text("61 of 240 samples looked at …")
    # while more is found out, rows stay until new ones are here; a click means what it is on
    stage.page.evaluate("stage.kernel.alive = false")
    stage.change("listing", {**stage.get("listing"), "number": 9, "count": 230})
    expect(box(hand).get_by_role("status")).to_have_text("230 of 240 samples")
    assert rows(hand).count() > 8
    second = int(rows(hand).nth(1).inner_text().split()[0])
    rows(hand).nth(1).click()
    assert stage.sent("show")[-1]["sample"] == second
    stage.page.evaluate("stage.kernel.alive = true")
    opener(hand).click()
    box(hand).get_by_role("button", name="Cancel").click()
    expect(box(hand)).to_contain_text("61 of 240 samples looked at.")
    box(hand).get_by_role("button", name="Look at all").click()
    assert [message["wanted"] for message in stage.sent("survey")] == [False, True]


def test_it_fits_a_narrow_page_and_what_cannot_be_asked_is_not_offered(stage: Stage) -> None:
    hand = stage.open(
        width=360, scores={"kind": "values", "all": [], "predicted": 0, "missing": "None."}
    )
    opener(hand).click()
    for name, left in (
        ("Which samples", "true: normal"),
        ("Order of the samples", "near to this one: matrices"),
    ):
        offered = box(hand).get_by_label(name).locator("option").all_inner_texts()
        assert left in offered
        assert not [each for each in offered if re.search("sure|score|predicted|misclass", each)]
    size, home = box(hand).bounding_box(), hand.root.bounding_box()
    assert size and home and size["x"] >= home["x"] and size["width"] <= 360
    stage.page.keyboard.press("Escape")
    stage.page.evaluate("stage.model.comm_live = false; stage.model.emit('comm_live_update')")
    expect(opener(hand)).to_have_attribute("aria-disabled", "true")
    expect(opener(hand)).to_have_attribute("title", re.compile("Run this cell again"))
    opener(hand).click(force=True)
    expect(box(hand)).to_have_count(0)


def test_a_page_that_holds_all_samples_lists_them_without_a_kernel(
    page: Page, watch: Watch, tmp_path: Path
) -> None:
    X = np.random.default_rng(3).normal(size=(12, 4, 10)).astype("float32")

    def model(batch: Any) -> Any:
        return np.stack([batch[:, :, :5].mean((1, 2, 3)), batch[:, :, 5:].mean((1, 2, 3))], 1)

    explainer = hb.Explainer(model, classes=["left", "right"])
    y = [0, 1] * 6
    names = [f"case {at}" for at in range(12)]
    view = View(explainer, X, ["occlusion"], y, ids=names, worker=InlineWorker)
    table = view.score_samples().wait(10)
    place = view.save_html(tmp_path / "page", all_samples=True)
    view.close()
    wrong = table[table["truth"] != table["predicted"]]
    page.goto(place.as_uri())
    hand = Hand(page)
    opener(hand).click()
    expect(rows(hand)).to_have_count(12)
    box(hand).get_by_label("Which samples").select_option(label="misclassified")
    box(hand).get_by_label("Order of the samples").select_option(label="least sure first")
    order = wrong.sort_values("margin").index.tolist()
    expect(rows(hand)).to_have_count(len(order))

    def said() -> list[str]:
        return [each.split()[1] for each in rows(hand).all_inner_texts()]

    soon(page, said, [str(at) for at in order])
    rows(hand).first.click()
    expect(opener(hand)).to_have_text(f"case {order[0]}, 1 of {len(order)} listed")
    hand.button("Next sample").click()
    expect(opener(hand)).to_have_text(f"case {order[1]}, 2 of {len(order)} listed")
    watch.assert_clean()
