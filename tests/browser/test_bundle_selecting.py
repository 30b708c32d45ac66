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
    stage.expect_asked()
    assert stage.sent("whatif")[-1]["selection"]["bands"] == [BOX]


def test_the_menu_by_keyboard_and_what_cannot_be_done_is_said(stage: Stage) -> None:
    hand = stage.open()
    button = hand.button("Selection")
    button.focus()
    press = stage.page.keyboard.press
    press("Enter")
    expect(item(stage, "Type")).to_be_focused()
    menu = hand.root.get_by_role("menu", name="Selection")
    expect(menu).to_contain_text("Grow and shrink need a selection.")
    press("Escape")
    expect(button).to_be_focused()
    for key in ("Enter", *3 * ["ArrowDown"], "Enter"):
        press(key)
    assert stage.bands == [("add", None, None)]
    for key in ("Enter", *4 * ["ArrowDown"], "Enter"):
        press(key)
    hand.expect_status("nothing is left to grow into")
    stage.change("selection", {"bands": [{"op": "add", "rows": [3, 5], "columns": None}]})
    stage.frames()
    for key in ("Enter", *3 * ["ArrowUp"], "Enter"):
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


def test_a_selection_is_typed_and_what_is_wrong_stands_beneath_the_field(stage: Stage) -> None:
    hand = stage.open()
    from_menu(stage, "Type")
    box = hand.root.get_by_role("dialog", name="Type a selection")
    field = box.get_by_role("textbox")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("placeholder", "acc 1 x, 0.00 to 5.00")
    alert = box.get_by_role("alert")
    for wrong, why in [
        ("acc 2 w, 15 to 24.75", 'There is no row named "acc 2 w"; the nearest name is "acc 2 x".'),
        ("mic 1, 50", "No column lies at 50; the nearest is 39.75."),
    ]:
        field.fill(wrong)
        field.press("Enter")
        expect(alert).to_have_text(why)
        expect(field).to_have_attribute("aria-invalid", "true")
    field.press_sequentially(";")
    expect(alert).to_be_hidden()
    assert (stage.bands, stage.saved) == ([], 0)
    field.fill("acc 2 z to gyro z, 15 to 24.75; rows 12 to 13")
    field.press("Enter")
    expect(box).to_be_hidden()
    expect(hand.button("Selection")).to_be_focused()
    assert stage.bands == [("add", [5, 9], [60, 100]), ("add", [12, 14], None)]
    assert stage.saved == 1
    hand.button("Undo").click()
    assert stage.bands == []
    from_menu(stage, "Type")
    field.fill("39 to")
    box.get_by_role("button", name="Select").click()
    assert stage.bands == [("add", None, [156, 160])]


def test_typing_in_a_narrow_view(stage: Stage) -> None:
    hand = stage.open(width=400)
    hand.button("More").click()
    item(stage, "Selection").click()
    item(stage, "Type").click()
    field = hand.root.get_by_role("dialog", name="Type a selection").get_by_role("textbox")
    field.fill("rpm")
    field.press("Enter")
    assert stage.bands == [("add", [19, 20], None)]


def test_a_row_and_a_column_are_found_by_typing(stage: Stage) -> None:
    hand = stage.open()
    from_menu(stage, "Find a row")
    box = hand.root.get_by_role("dialog", name="Find a row")
    field = box.get_by_role("combobox", name="Name of the row")
    expect(field).to_be_focused()
    expect(box.get_by_role("option")).to_have_count(20)
    field.fill("c 2 ")  # of "acc 2 x" ... and "mic 2": the one whose name begins so comes first
    expect(box.get_by_role("status")).to_have_text("4 names")
    field.fill("zz")
    expect(box.get_by_role("status")).to_have_text("No row has this in its name.")
    field.press("Enter")
    assert (stage.bands, stage.saved) == ([], 0)
    field.fill("GYRO")
    field.press("ArrowDown")
    field.press("Shift+Enter")
    expect(box).to_be_visible()
    assert stage.bands == [("add", [7, 8], None)]
    field.press("ArrowDown")
    field.press("Shift+Enter")
    field.press("Shift+Enter")  # it is there already
    assert stage.bands == [("add", [7, 8], None), ("add", [8, 9], None)]
    field.fill("rpm")
    field.press("Enter")
    expect(box).to_be_hidden()
    expect(hand.button("Selection")).to_be_focused()
    assert stage.bands == [("add", [19, 20], None)]
    # in a zoomed view the column that was found is brought into sight
    hand.panel("input").focus()
    for _ in range(8):
        stage.page.keyboard.press("+")
    from_menu(stage, "Find a column")
    box = hand.root.get_by_role("dialog", name="Find a column")
    box.get_by_role("combobox").fill("39.7")
    box.get_by_role("option", name="39.75").click()
    assert stage.bands == [("add", None, [159, 160])]
    expect(hand.panel("input").locator(".hb-plot")).to_contain_text("39.75")


def test_one_class_of_a_thousand_is_found_by_typing(stage: Stage) -> None:
    classes = [
        f"species {number:03}, the {'black' if number % 7 else 'red'} one" for number in range(1000)
    ]
    all_scores = [(number + 1) / 500500 for number in range(1000)]
    hand = stage.open(
        classes=classes,
        scores={"kind": "probabilities", "all": all_scores, "predicted": 999},
        target={"a": 999, "b": None, "given": False},
        kernel={"pace": 5},
    )
    button = hand.root.get_by_role("button", name=re.compile("^Target class"))
    assert button.inner_text() == classes[999]
    expect(hand.root.get_by_role("combobox", name="Target class")).to_have_count(0)
    button.press("Enter")
    box = hand.root.get_by_role("dialog", name="Target class")
    # what is chosen is in sight; not all of the thousand are drawn
    chosen = box.get_by_role("option", selected=True)
    expect(chosen).to_be_in_viewport()
    expect(box.get_by_role("status")).to_have_text("1,000 names, 100 listed")
    field = box.get_by_role("combobox")
    field.fill("red 49")
    expect(box.get_by_role("option")).to_have_count(4)
    expect(box.get_by_role("status")).to_have_text("4 names")
    field.press("ArrowDown")
    field.press("Enter")
    fits = [n for n, name in enumerate(classes) if "red" in name and "49" in name]
    (asked,) = stage.sent("show")
    assert (asked["a"], asked["b"]) == (fits[1], None)
    expect(button).to_have_text(classes[fits[1]])
    rival = hand.root.get_by_role("button", name=re.compile("^Rather than"))
    rival.click()
    hand.root.get_by_role("dialog", name="Rather than").get_by_role("combobox").fill("999")
    stage.page.keyboard.press("Enter")
    assert stage.sent("show")[-1]["b"] == 999


def test_a_saved_page_says_why_no_class_can_be_chosen(stage: Stage) -> None:
    classes = [f"class {number}" for number in range(40)]
    scores = {"kind": "probabilities", "all": [1 / 40] * 40, "predicted": 0}
    hand = stage.open(classes=classes, scores=scores, live=False)
    button = hand.root.get_by_role("button", name=re.compile("^Target class"))
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_have_attribute("title", re.compile("^This is a saved page"))
    button.press("Enter")
    hand.expect_status("^This is a saved page: open the notebook")
