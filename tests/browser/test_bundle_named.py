"""Selections that are kept under names: the list beneath the maps, by mouse and by keyboard."""

from __future__ import annotations

import re

import numpy as np
from playwright.sync_api import Locator, expect

from browser.stage import Stage

BAND = {"op": "add", "rows": [5, 9], "columns": [96, 118]}
BURST = {"name": "burst", "selection": {"bands": [BAND]}}
TOP = {"name": "top", "selection": {"bands": [{"op": "add", "rows": [0, 3], "columns": None}]}}


def table(stage: Stage) -> Locator:
    return stage.hand.root.get_by_role("table", name="Named selections")


def row(stage: Stage, name: str) -> Locator:
    button = stage.page.get_by_role("button", name=f"Select {name}", exact=True)
    return table(stage).locator("tbody tr").filter(has=button)


def names(stage: Stage) -> list[str]:
    return [each["name"] for each in stage.get("named")]


def halves(stage: Stage, name: str) -> list[str]:
    return [text.strip() for text in row(stage, name).locator("td.hb-worth").all_inner_texts()]


def test_a_selection_is_kept_by_mouse_with_the_scores_of_its_cells(stage: Stage) -> None:
    hand = stage.open(kernel={"pace": 5})
    expect(hand.root.get_by_role("region", name="Named selections")).to_be_hidden()
    stage.drag((5, 96), (8, 117))
    expect(hand.root.locator(".hb-scores tr[data-target] .hb-without")).to_have_text(
        re.compile(r"\d")
    )
    hand.button("Selection").click()
    hand.root.get_by_role("menuitem", name="Keep …").click()
    box = hand.root.get_by_role("dialog", name="Keep selection")
    field = box.get_by_role("textbox", name="Name of the selection")
    expect(field).to_have_value("acc 2 z–gyro z × 24.00–29.25")
    field.fill("  the   burst ")
    box.get_by_role("button", name="Keep").click()
    hand.expect_status("“the burst” is kept.")
    assert stage.get("named") == [{**BURST, "name": "the burst"}]
    # the same numbers as those of the brush, which the kernel gave too
    expect(row(stage, "the burst").locator("td.hb-worth").first).to_have_text(re.compile(r"\d"))
    scores = hand.root.locator(".hb-scores tr[data-target]")
    shown = [scores.locator(f".hb-{part}").inner_text() for part in ("without", "only")]
    assert halves(stage, "the burst") == shown
    # another target: what the kernel has said holds for every class
    values = stage.page.evaluate(
        "[...new Float32Array(stage.model.get('named_scores')[0].scores.bytes.buffer)]"
    )
    sent = len(stage.sent("whatif"))
    stage.change("target", {"a": 1, "b": None, "given": True})
    stage.frames()
    expected = [f"{values[1]:.2f}".lstrip("0"), f"{values[5]:.2f}".lstrip("0")]
    assert halves(stage, "the burst") == expected
    assert len(stage.sent("whatif")) == sent


def test_the_list_selects_joins_renames_and_deletes_by_keyboard(stage: Stage) -> None:
    hand = stage.open(named=[BURST, TOP], kernel={"pace": 5})
    press = stage.page.keyboard.press
    hand.root.get_by_role("button", name="Select burst").focus()
    assert stage.get("pointed") == BURST["selection"]
    press("Enter")
    assert stage.bands == [("add", [5, 9], [96, 118])]
    expect(row(stage, "burst")).to_have_attribute("data-on", "")
    press("Tab")  # Rename
    press("Enter")
    box = hand.root.get_by_role("dialog", name="Rename selection")
    field = box.get_by_role("textbox")
    expect(field).to_have_value("burst")
    for wrong, why in [("top", "Another selection is called “top” already"), (" ", "is empty")]:
        field.fill(wrong)
        press("Enter")
        expect(box.get_by_role("alert")).to_contain_text(why)
    field.fill("bang")
    press("Enter")
    expect(box).to_be_hidden()
    assert names(stage) == ["bang", "top"]
    expect(hand.root.get_by_role("button", name="Rename bang")).to_be_focused()
    press("Tab")
    press("Enter")  # Delete: the focus stays in the list
    assert names(stage) == ["top"]
    hand.expect_status("“bang” is deleted from the list.")
    expect(hand.root.get_by_role("button", name="Delete top")).to_be_focused()
    row(stage, "top").click(modifiers=["Shift"])
    assert stage.bands == [("add", [5, 9], [96, 118]), ("add", [0, 3], None)]
    press("Delete")
    hand.root.get_by_role("button", name="Delete top").press("Enter")
    expect(table(stage)).to_be_hidden()
    assert stage.bands[0] == ("add", [5, 9], [96, 118])


def test_a_name_that_is_taken_stands_for_the_new_cells(stage: Stage) -> None:
    hand = stage.open(named=[BURST], selection=TOP["selection"])
    hand.button("Keep selection …").press("Enter")
    box = hand.root.get_by_role("dialog", name="Keep selection")
    box.get_by_role("textbox").fill("burst")
    box.get_by_role("button", name="Replace").click()
    assert stage.get("named") == [{**TOP, "name": "burst"}]
    expect(hand.root.locator(".hb-named")).to_have_count(1)
    # without a selection there is nothing to keep
    hand.button("Clear").click()
    expect(hand.button("Keep selection …")).to_have_attribute("title", "Select cells first")
    hand.button("Keep selection …").press("Enter")
    hand.expect_status("Nothing is selected: select cells first, then keep them.")


def test_a_joined_selection_holds_the_cells_of_both(stage: Stage) -> None:
    """Also where one of them takes cells away."""
    hole = {"bands": [{**BAND, "rows": None, "columns": None}, {**BAND, "op": "remove"}]}
    stage.open(named=[{"name": "hole", "selection": hole}], selection=TOP["selection"])
    inside = {"op": "add", "rows": [6, 12], "columns": [100, 110]}
    stage.change("selection", {"bands": [inside, {**inside, "op": "remove", "rows": [7, 8]}]})
    row(stage, "hole").click(modifiers=["Shift"])
    mask = np.ones(stage.shape, bool)
    mask[5:9, 96:118] = False
    mask[[6, 8], 100:110] = True
    found = np.zeros(stage.shape, bool)
    for op, rows, columns in stage.bands:
        found[slice(*(rows or [None])), slice(*(columns or [None]))] = op == "add"
    np.testing.assert_array_equal(found, mask)


def test_a_saved_page_has_the_stored_scores_and_keeps_what_is_named_while_it_is_open(
    stage: Stage,
) -> None:
    stage.open(named=[BURST])
    stage.page.evaluate("stage.kernel.saved(stage.model)")
    stage.page.wait_for_function("stage.model.get('named_scores').length === 1")
    bars = halves(stage, "burst")
    assert all(re.fullmatch(r"\.\d\d", text) for text in bars)
    stage.page.evaluate("stage.scored = stage.model.get('named_scores')")
    hand = stage.open(named=[BURST], live=False, selection=TOP["selection"])
    stage.page.evaluate("stage.model.change('named_scores', stage.scored)")
    stage.frames()
    hand.expect_state("saved")
    assert halves(stage, "burst") == bars
    # selected, its scores of every class stand in the head too
    row(stage, "burst").click()
    scores = hand.root.locator(".hb-scores tr[data-target]")
    expect(scores.locator(".hb-without")).to_have_text(bars[0])
    expect(scores.locator(".hb-only")).to_have_text(bars[1])
    # what is new has no scores, and its tip says why
    stage.change("selection", TOP["selection"])
    hand.button("Keep selection …").click()
    hand.root.get_by_role("dialog").get_by_role("textbox").fill("top")
    stage.page.keyboard.press("Enter")
    hand.expect_status("“top” is kept. A saved page forgets it when it is closed.")
    assert halves(stage, "top") == ["–", "–"]
    tip = row(stage, "top").locator("td.hb-worth").first
    expect(tip).to_have_attribute("title", re.compile("saved page"))
