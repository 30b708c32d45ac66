"""The keyboard on a focused panel does all that the mouse does."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from browser.stage import Stage

BOX = {"op": "add", "rows": [5, 9], "columns": [60, 100]}
ONE = {"bands": [BOX]}


def press(stage: Stage, *keys: str) -> None:
    for key in keys:
        stage.page.keyboard.press(key)


def go(stage: Stage, name: str = "gradient") -> Locator:
    """Focus a panel as Tab does, its cell at the first one."""
    panel = stage.hand.panel(name)
    panel.focus()
    return panel


def stretch(stage: Stage, *keys: str, hold: str = "Shift") -> None:
    for key in hold.split("+"):
        stage.page.keyboard.down(key)
    press(stage, *keys)
    for key in reversed(hold.split("+")):
        stage.page.keyboard.up(key)


def test_panels_are_reached_by_tab_and_say_what_they_are(stage: Stage) -> None:
    hand = stage.open()
    for name, label in [
        ("input", "input matrix, 20 rows × 160 columns"),
        ("gradient", "gradient map for target bearing"),
    ]:
        panel = hand.panel(name)
        assert (panel.get_attribute("role"), panel.get_attribute("tabindex")) == (
            "application",
            "0",
        )
        assert (panel.get_attribute("aria-label") or "").startswith(label)
    assert hand.root.get_attribute("data-lm-suppress-shortcuts") == "true"


def test_arrows_move_the_cell_and_the_status_reads_it(stage: Stage) -> None:
    hand = stage.open()
    go(stage)
    press(stage, "ArrowDown", "ArrowDown", "Control+ArrowRight", "ArrowRight")
    hand.expect_status(r"acc 1 z, 2\.75: input .*gradient [+−0]")
    expect(hand.panel("input").locator(".hb-hair").first).to_be_visible()


@pytest.mark.parametrize("holding", ["taken", "stretched"])
def test_keys_read_what_was_answered_ahead(stage: Stage, holding: str) -> None:
    stage.open()
    go(stage)
    press(stage, "c", *["ArrowDown"] * 5, *["Control+ArrowRight"] * 9)
    if holding == "stretched":
        stage.page.keyboard.down("Shift")
        press(stage, "ArrowRight")
    else:
        press(stage, "Space", "Enter", "ArrowRight")
    stage.page.wait_for_function(
        """() => {
          const [asked] = stage.model.sent.filter(({ kind }) => kind === "whatif_each");
          return asked && stage.model.kernel.ahead >= asked.places.length;
        }"""
    )
    table, asked = stage.hand.root.locator(".hb-scores"), len(stage.sent("whatif"))
    expect(table).not_to_have_attribute("data-waiting", "")
    before = table.inner_text()
    stage.page.evaluate("stage.model.kernel.alive = false")
    press(stage, "Control+ArrowRight")
    stage.frames()
    expect(table).not_to_have_attribute("data-waiting", "")
    assert table.inner_text() != before and len(stage.sent("whatif")) == asked


def test_shift_and_arrows_stretch_a_band_that_is_written_once(stage: Stage) -> None:
    stage.open()
    go(stage)
    press(stage, "ArrowDown", "ArrowRight")
    stretch(stage, "ArrowDown", "ArrowDown", "Control+ArrowRight")
    assert stage.bands == [("add", [1, 4], [1, 12])]
    assert stage.saved == 1


@pytest.mark.parametrize(
    ("key", "band"),
    [("r", ("add", [0, 3], None)), ("c", ("add", None, [0, 2])), ("b", ("add", [0, 3], [0, 2]))],
)
def test_letters_set_the_mode(stage: Stage, key: str, band: tuple[object, ...]) -> None:
    stage.open()
    go(stage)
    press(stage, key)
    stretch(stage, "ArrowDown", "ArrowDown", "ArrowRight")
    assert stage.bands == [band]


def test_alt_and_shift_remove(stage: Stage) -> None:
    stage.open(selection={"bands": [{"op": "add", "rows": [0, 4], "columns": None}]})
    go(stage)
    press(stage, "ArrowDown")
    stretch(stage, "ArrowRight", "ArrowRight", hold="Alt+Shift")
    assert stage.bands[1:] == [("remove", [1, 2], [0, 3])]


def test_space_selects_the_cell_delete_removes_the_band_esc_clears(stage: Stage) -> None:
    stage.open()
    go(stage)
    press(stage, "Space", "ArrowDown", "ArrowDown", "Space")
    assert stage.bands == [("add", [0, 1], [0, 1]), ("add", [2, 3], [0, 1])]
    press(stage, "Delete")
    assert stage.bands == [("add", [0, 1], [0, 1])]
    press(stage, "Escape")
    assert stage.bands == []


def test_enter_takes_the_band_arrows_move_and_shift_resizes(stage: Stage) -> None:
    stage.open()
    go(stage)
    press(stage, "Space", "Enter", "ArrowDown", "Control+ArrowRight")
    stretch(stage, "ArrowRight", "ArrowDown")
    assert stage.bands == [("add", [0, 1], [0, 1])]
    press(stage, "Enter")
    assert stage.bands == [("add", [1, 3], [10, 12])]
    assert stage.saved == 2
    press(stage, "Enter", "ArrowDown", "Escape")
    assert stage.bands == [("add", [1, 3], [10, 12])]


def test_a_taken_band_is_dropped_where_it_is_when_the_focus_or_the_mouse_goes_elsewhere(
    stage: Stage,
) -> None:
    hand = stage.open()
    go(stage)
    press(stage, "Space", "Enter", "ArrowDown")
    hand.button("Rows").focus()
    assert stage.bands == [("add", [1, 2], [0, 1])]
    go(stage)
    press(stage, "Enter", "ArrowDown")
    stage.drag((10, 30), (12, 40), name="gradient")
    assert stage.bands == [("add", [10, 13], [30, 41])]
    press(stage, "ArrowRight", "ArrowRight")
    assert stage.bands == [("add", [10, 13], [30, 41])]


def test_undo_and_redo(stage: Stage) -> None:
    stage.open()
    go(stage)
    press(stage, "Space", "Control+z")
    assert stage.bands == []
    press(stage, "Control+Shift+z")
    assert stage.bands == [("add", [0, 1], [0, 1])]
    press(stage, "Control+z", "Control+y")
    assert stage.bands == [("add", [0, 1], [0, 1])]


def test_plus_zooms_to_the_cell_and_zero_resets(stage: Stage) -> None:
    hand = stage.open()
    go(stage)
    whole = hand.pixels("gradient")
    press(stage, "+", "+")
    stage.frames()
    near = hand.pixels("gradient")
    press(stage, "-", "0")
    stage.frames()
    assert near != whole
    assert hand.pixels("gradient") == whole


def test_brackets_step_the_sample_and_p_hides_the_profiles(stage: Stage) -> None:
    stage.open()
    go(stage)
    press(stage, "]")
    assert stage.sent("show") == [{"kind": "show", "sample": 38, "a": None, "b": None}]
    press(stage, "p")
    assert stage.get("options")["profiles"] is False


def test_enter_with_no_band_runs_and_esc_cancels_before_it_clears(stage: Stage) -> None:
    hand = stage.open(kernel={"pace": 500})
    go(stage)
    press(stage, "Enter")
    hand.expect_state("running")
    press(stage, "Space", "Escape")
    hand.expect_state("idle")
    assert [message["panel"] for message in stage.sent("cancel")] == ["occlusion"]
    assert stage.bands == [("add", [0, 1], [0, 1])]


def test_saving_and_function_keys_reach_the_page_and_no_other(stage: Stage) -> None:
    stage.open()
    stage.page.evaluate(
        "() => { window.heard = []; addEventListener('keydown', (event) => heard.push(event.key)) }"
    )
    go(stage)
    press(stage, "r", "ArrowDown", "x", "F2", "Control+s")
    assert stage.page.evaluate("heard") == ["F2", "s"]


def test_handles_show_only_where_the_hand_is(stage: Stage) -> None:
    hand = stage.open(selection=ONE)
    stage.page.mouse.move(*hand.point("gradient", 7.5, 80.5, stage.shape))
    stage.page.mouse.down()
    stage.page.mouse.up()
    stage.frames()
    handles = {
        name: bool(hand.panel(name).locator("path.hb-handle").get_attribute("d"))
        for name in ("input", "occlusion", "gradient")
    }
    assert handles == {"input": False, "occlusion": False, "gradient": True}


def test_the_focus_stays_in_the_view_when_what_held_it_goes(stage: Stage) -> None:
    hand = stage.open(methods=("occlusion", "gradient"))
    held = stage.page.locator(".heatbrush :focus")
    stage.drag((2, 3), (6, 9))
    hand.root.get_by_role("button", name=re.compile("^Remove ")).press("Enter")
    expect(hand.root.locator(".hb-chip")).to_have_count(0)
    expect(held).to_have_count(1)
    hand.button("Undo").press("Enter")
    expect(hand.root.locator(".hb-chip")).to_have_count(1)
    hand.button("Clear").press("Enter")
    expect(hand.button("Clear")).to_be_disabled()
    expect(hand.button("Clear")).to_be_focused()
    hand.button("Panel menu of gradient").press("Enter")
    hand.root.get_by_role("menuitem", name="Remove").press("Enter")
    expect(hand.panel("gradient")).to_have_count(0)
    expect(held).to_have_count(1)


def test_a_button_that_is_off_does_nothing(stage: Stage) -> None:
    hand = stage.open()
    saved, sent = stage.saved, len(stage.sent("show"))
    for name in ("Clear", "Undo", "Redo"):
        expect(hand.button(name)).to_be_disabled()
        hand.button(name).press("Enter")
    stage.frames()
    assert (stage.saved, len(stage.sent("show"))) == (saved, sent)
