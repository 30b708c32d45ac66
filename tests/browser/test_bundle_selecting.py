"""Selections that no hand draws: the Selection menu, and the strongest cells of a map."""

from __future__ import annotations

import re

import numpy as np
from playwright.sync_api import Locator, expect

from browser.stage import Stage

BOX = {"op": "add", "rows": [5, 9], "columns": [60, 100]}
ONE = {"bands": [BOX]}


def item(stage: Stage, name: str) -> Locator:
    return stage.hand.root.get_by_role("menuitem", name=re.compile(f"^{name}"))


def from_menu(stage: Stage, name: str) -> None:
    stage.hand.button("Selection").click()
    item(stage, name).click()


def painted(stage: Stage) -> np.ndarray:
    """The cells that the page selected."""
    mask = np.zeros(stage.shape, bool)
    for op, rows, columns in stage.bands:
        mask[slice(*(rows or [None])), slice(*(columns or [None]))] = op == "add"
    return mask


def values(stage: Stage, name: str) -> np.ndarray:
    """The map of a panel, as the kernel sent it."""
    found = stage.page.evaluate(
        """(name) => {
          const model = stage.model;
          const panel = model.get("panels").find((panel) => panel.name === name);
          const { map } = model.get(panel.arrays);
          const { buffer, byteOffset, byteLength } = map.bytes;
          return [...new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength))];
        }""",
        name,
    )
    return np.array(found).reshape(stage.shape)


def test_the_menu_inverts_grows_and_shrinks_one_step_of_undo_each(stage: Stage) -> None:
    hand = stage.open(selection=ONE)
    from_menu(stage, "Grow")
    assert stage.bands == [("add", [4, 10], [59, 101])]
    from_menu(stage, "Invert")
    assert stage.bands == [("add", None, None), ("remove", [4, 10], [59, 101])]
    hand.expect_status(r"2,948 cells")
    from_menu(stage, "Shrink")
    assert stage.bands == [("add", None, None), ("remove", [3, 11], [58, 102])]
    assert stage.saved == 3
    for _ in range(3):
        hand.button("Undo").click()
    assert stage.bands == [("add", [5, 9], [60, 100])]
    expect(hand.button("Undo")).to_be_disabled()
    last = stage.sent("whatif")[-1]["selection"]["bands"]
    assert last == [BOX]


def test_the_menu_by_keyboard_and_what_cannot_be_done_is_said(stage: Stage) -> None:
    hand = stage.open()
    button = hand.button("Selection")
    button.focus()
    press = stage.page.keyboard.press
    press("Enter")
    expect(item(stage, "Invert")).to_be_focused()
    menu = hand.root.get_by_role("menu", name="Selection")
    expect(menu).to_contain_text("Grow and shrink need a selection.")
    press("Escape")
    expect(button).to_be_focused()
    press("Enter")
    press("Enter")
    assert stage.bands == [("add", None, None)]
    for key in ("Enter", "ArrowDown", "Enter"):
        press(key)
    hand.expect_status("nothing is left to grow into")
    stage.change("selection", {"bands": [{"op": "add", "rows": [3, 5], "columns": None}]})
    stage.frames()
    for key in ("Enter", "ArrowUp", "Enter"):
        press(key)
    hand.expect_status("Shrinking would leave no cell; the selection stays as it is.")
    assert painted(stage).sum() == 2 * stage.shape[1]


def test_a_narrow_view_has_the_selection_menu_under_more(stage: Stage) -> None:
    hand = stage.open(width=400, selection=ONE)
    hand.button("More").click()
    item(stage, "Selection").click()
    item(stage, "Shrink").click()
    assert stage.bands == [("add", [6, 8], [61, 99])]


def test_the_strongest_cells_of_a_map_are_those_of_its_values(stage: Stage) -> None:
    hand = stage.open()
    for name, percent, positive in [
        ("gradient", 2, True),
        ("occlusion", 1, False),
        ("gradient", 10, False),
    ]:
        found = values(stage, name) if positive else np.abs(values(stage, name))
        wanted = round(found.size * percent / 100)
        hand.panel(name).get_by_role("button", name=re.compile("^Panel menu")).press("Enter")
        item(stage, "Strongest cells").press("Enter")
        item(stage, f"{percent} % {'positive' if positive else 'by'}").press("Enter")
        inside = painted(stage)
        assert found[inside].min() > found[~inside].max()
        assert inside.sum() == wanted
        hand.expect_status(f"{wanted} cells selected")
    assert stage.saved == 3
    rest = hand.root.locator(".hb-chip-rest")
    expect(rest).to_have_attribute("title", re.compile(r"^(.+\n){20}and \d+ more$"))


def test_a_saved_page_selects_the_strongest_cells_too(stage: Stage) -> None:
    hand = stage.open(kernel={"alive": False})
    hand.expect_state("saved")
    hand.button("Panel menu of gradient").click()
    item(stage, "Strongest cells").click()
    item(stage, "1 % by").click()
    assert painted(stage).sum() == 32
