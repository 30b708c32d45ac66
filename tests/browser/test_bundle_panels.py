"""Panels side by side: duplicated, subtracted, pinned, moved, and added by a run on a selection."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, expect

import heatbrush as hb
from browser.conftest import Watch
from browser.hand import Hand
from browser.stage import Stage

SELECTION = {"bands": [{"op": "add", "rows": [5, 9], "columns": [96, 118]}]}
THREE = ("occlusion", "gradient", "lrp")


def order(stage: Stage) -> list[str]:
    """The panels as they stand, the input first."""
    panels = stage.hand.root.locator(".heatbrush-panel")
    return panels.evaluate_all("(all) => all.map((one) => one.dataset.panel)")


def menu(stage: Stage, panel: str, *names: str) -> None:
    """Open the menu of a panel with a mouse, and take one entry after the other."""
    stage.hand.button(f"Panel menu of {panel}").click()
    for name in names:
        entry = re.compile(f"^{name}")
        items = stage.hand.root.locator('[role="menu"] [role^="menuitem"]')
        items.filter(has_text=entry).first.click()


def off(stage: Stage, name: str) -> str | None:
    """Why an entry of the open menu does nothing."""
    items = stage.hand.root.locator('[role="menu"] [role^="menuitem"]')
    item = items.filter(has_text=re.compile(f"^{name}")).first
    assert item.get_attribute("aria-disabled") == "true", name
    return item.get_attribute("title")


def grab(stage: Stage, name: str) -> tuple[float, float]:
    box = stage.hand.panel(name).locator(".hb-title").first.bounding_box()
    assert box is not None
    return box["x"] + 24, box["y"] + 9


def take(stage: Stage, name: str, onto: str, by: tuple[float, float] = (0, 0)) -> None:
    """Drag a panel by its title onto another's, and do not let go."""
    stage.page.mouse.move(*grab(stage, name))
    stage.page.mouse.down()
    x, y = grab(stage, onto)
    stage.page.mouse.move(x + by[0], y + by[1], steps=4)


# ------------------------------------------------------------------ duplicates


def test_a_duplicate_opens_the_form_with_the_panel_s_own_and_stands_beside_it(stage: Stage) -> None:
    hand = stage.open(methods=THREE, kernel={"pace": 1})
    menu(stage, "occlusion", "Duplicate")
    form = hand.root.get_by_role("dialog", name="Parameters of occlusion")
    form.get_by_label("patch, rows").fill("2")
    form.get_by_label("patch, columns").fill("5")
    form.get_by_role("button", name="Run").click()
    name = "occlusion, patch 2 × 5"
    expect(hand.panel(name)).to_contain_text("patch 2 × 5")
    hand.expect_state("idle")
    assert order(stage) == ["input", "occlusion", name, "gradient", "lrp"]
    (sent,) = stage.sent("run")
    assert (sent["panel"], sent["beside"]) == (name, "occlusion")
    assert sent["parameters"]["patch"] == [2, 5] and sent["within"] is None
    # the form of the toolbar is as it was
    expect(
        hand.root.get_by_role("button", name="Parameters of occlusion: defaults")
    ).to_be_visible()
    hand.button("Undo").click()
    assert set(stage.sent("restore")[0]["runs"]) == set(THREE)


def test_a_duplicate_by_keys_keeps_its_region_and_gets_a_number_where_nothing_differs(
    stage: Stage,
) -> None:
    hand = stage.open(methods=("occlusion", "gradient"), kernel={"pace": 1})
    stage.page.evaluate(
        """(within) => stage.model.change("panels", stage.model.full.map(
          (one) => ({ ...one, within, run: one.run + 5 })))""",
        SELECTION,
    )
    hand.button("Panel menu of gradient").focus()
    stage.page.keyboard.press("Enter")
    for _ in range(20):
        if stage.page.evaluate("document.activeElement.textContent").startswith("Duplicate"):
            break
        stage.page.keyboard.press("ArrowDown")
    stage.page.keyboard.press("Enter")
    expect(hand.root.get_by_role("dialog", name="Parameters of gradient")).to_be_visible()
    stage.page.keyboard.press("Enter")
    expect(hand.panel("gradient 2")).to_be_visible()
    hand.expect_state("idle")
    assert stage.sent("run")[0]["within"] == SELECTION


# ------------------------------------------------------------------ an order


def test_a_panel_is_dragged_by_its_title(stage: Stage) -> None:
    hand = stage.open(methods=THREE)
    take(stage, "lrp", "occlusion")
    expect(hand.root.locator(".hb-drop")).to_be_visible()
    stage.page.mouse.up()
    expect(hand.root.locator(".hb-drop")).to_have_count(0)
    stage.frames()
    assert order(stage) == ["input", "lrp", "occlusion", "gradient"]
    hand.expect_status("lrp is map 1 of 3")
    hand.button("Undo").click()
    assert stage.sent("restore")[0]["order"] == list(THREE)
    # onto its own place, or with Escape, nothing moves
    take(stage, "gradient", "gradient", (0, 12))
    stage.page.mouse.up()
    take(stage, "gradient", "lrp")
    stage.page.keyboard.press("Escape")
    stage.page.mouse.up()
    # a press is no drag
    stage.page.mouse.click(*grab(stage, "gradient"))
    stage.frames()
    assert len(stage.sent("order")) == 1 and stage.bands == []


def test_panels_side_by_side_are_dragged_across_and_to_the_end(stage: Stage) -> None:
    stage.open("square", THREE, width=1100)
    box = stage.hand.panel("lrp").bounding_box()
    assert box is not None
    take(stage, "occlusion", "lrp", (box["width"] - 60, 0))
    stage.page.mouse.up()
    stage.frames()
    assert order(stage) == ["input", "gradient", "lrp", "occlusion"]
    take(stage, "lrp", "gradient", (-20, 0))
    stage.page.mouse.up()
    stage.frames()
    assert order(stage) == ["input", "lrp", "gradient", "occlusion"]


def test_keys_move_a_panel_and_say_where_it_is(stage: Stage) -> None:
    hand = stage.open(methods=THREE)
    panel = hand.panel("gradient")
    panel.focus()
    stage.page.keyboard.press("<")
    hand.expect_status("gradient is map 1 of 3")
    stage.frames()
    assert order(stage) == ["input", "gradient", "occlusion", "lrp"]
    expect(panel).to_be_focused()
    stage.page.keyboard.press("<")
    hand.expect_status("gradient is the first map already")
    stage.page.keyboard.press(">")
    stage.page.keyboard.press(">")
    hand.expect_status("gradient is map 3 of 3")
    assert order(stage) == ["input", "occlusion", "lrp", "gradient"]
    menu(stage, "gradient")
    assert off(stage, "Move on") == "This is the last map."
    stage.page.keyboard.press("Escape")
    menu(stage, "gradient", "Move back")
    stage.frames()
    assert order(stage) == ["input", "occlusion", "gradient", "lrp"]
    # the input stays the first
    hand.panel("input").focus()
    stage.page.keyboard.press(">")
    assert len(stage.sent("order")) == 4


def test_a_saved_page_is_ordered_for_itself(stage: Stage) -> None:
    hand = stage.open(methods=THREE, live=False)
    take(stage, "lrp", "occlusion")
    stage.page.mouse.up()
    stage.frames()
    assert order(stage) == ["input", "lrp", "occlusion", "gradient"]
    hand.panel("gradient").focus()
    stage.page.keyboard.press("<")
    stage.frames()
    assert order(stage) == ["input", "lrp", "gradient", "occlusion"]
    hand.button("Undo").click()
    hand.button("Undo").click()
    stage.frames()
    assert order(stage) == ["input", *THREE]
    hand.button("Redo").click()
    stage.frames()
    assert order(stage) == ["input", "lrp", "occlusion", "gradient"]
    assert stage.sent("order") == stage.sent("restore") == [] and stage.saved == 0


# ------------------------------------------------------------------ differences and pins


def test_a_difference_is_chosen_from_the_menu_and_goes_with_its_panels(stage: Stage) -> None:
    hand = stage.open(methods=THREE)
    menu(stage, "occlusion", "Difference", "minus gradient")
    name = "occlusion - gradient"
    expect(hand.panel(name)).to_contain_text("difference, raw values")
    expect(hand.panel(name)).to_contain_text("occlusion minus gradient")
    label = f"{name}: difference of occlusion and gradient for target bearing"
    expect(hand.panel(name)).to_have_attribute("aria-label", label)
    assert stage.sent("subtract") == [
        {"kind": "subtract", "a": "occlusion", "b": "gradient", "panel": name}
    ]
    menu(stage, name)
    assert off(stage, "Rerun") == "A difference follows occlusion and gradient."
    assert "follows its two panels" in str(off(stage, "Pinned"))
    assert "two panels that show a map of their own" in str(off(stage, "Difference"))
    stage.page.keyboard.press("Escape")
    menu(stage, "gradient")
    remove = hand.root.get_by_role("menuitem", name="Remove")
    expect(remove).to_contain_text("and its differences")
    stage.page.keyboard.press("Escape")
    hand.button("Undo").click()
    assert stage.sent("restore")[0]["order"] == list(THREE)


def test_a_pinned_panel_says_what_it_was_computed_for(stage: Stage) -> None:
    hand = stage.open(methods=("occlusion", "gradient"), kernel={"pace": 1})
    before = hand.pixels("occlusion")
    menu(stage, "occlusion", "Pinned")
    title = hand.panel("occlusion").locator(".hb-title").first
    expect(title).to_contain_text("pinned · patch 3 × 8")
    label = "occlusion map for target bearing, pinned"
    expect(hand.panel("occlusion")).to_have_attribute("aria-label", label)
    hand.button("Next sample").click()
    expect(title).to_contain_text("pinned: sample 37")
    hand.root.get_by_role("combobox", name="Target class").select_option("looseness")
    expect(title).to_contain_text("pinned: sample 37, target bearing")
    assert hand.pixels("occlusion") == before
    label = "occlusion map, pinned: sample 37, target bearing"
    expect(hand.panel("occlusion")).to_have_attribute("aria-label", label)
    menu(stage, "occlusion")
    assert "stays as it is" in str(off(stage, "Rerun"))
    stage.page.keyboard.press("Escape")
    # there is nothing to replace
    expect(hand.root.get_by_role("combobox", name="Result goes to")).to_be_hidden()
    hand.button("Run").click()
    expect(hand.panel("occlusion 2")).to_be_visible()
    hand.expect_state("idle")
    assert order(stage) == ["input", "occlusion", "occlusion 2", "gradient"]
    expect(title).to_contain_text("pinned: sample 37, target bearing")
    hand.button("Run").click()
    hand.expect_state("idle")
    assert [sent["panel"] for sent in stage.sent("run")] == ["occlusion 2"] * 2
    menu(stage, "occlusion", "Pinned")
    assert [sent["wanted"] for sent in stage.sent("pin")] == [True, False]
    expect(title).not_to_contain_text("pinned")


def test_a_pinned_map_of_another_sample_has_none_of_the_gaps_of_this_one(stage: Stage) -> None:
    hand = stage.open(methods=("occlusion",))
    menu(stage, "occlusion", "Pinned")
    before = hand.pixels("occlusion")
    stage.page.evaluate(
        """() => {
          const sample = stage.model.get("sample");
          const [H, W] = sample.matrix.shape;
          const bytes = new DataView(new Float32Array(H * W).fill(1, 0, 3 * W).buffer);
          stage.model.change("sample", { ...sample, index: 3, absent: { shape: [H, W], bytes } });
        }"""
    )
    stage.frames()
    assert hand.pixels("occlusion") == before


def test_without_a_kernel_what_it_must_do_is_off_with_the_reason(stage: Stage) -> None:
    hand = stage.open(methods=THREE, live=False)
    why = "This is a saved page: open the notebook to run methods."
    menu(stage, "gradient")
    for name in ("Rerun", "Duplicate", "Difference", "Pinned", "Remove", "Copy as code"):
        assert off(stage, name) == why
    expect(hand.root.get_by_role("menu").get_by_text(why)).to_be_visible()


# ------------------------------------------------------------------ a run on a selection


def goes(stage: Stage) -> Any:
    return stage.hand.root.get_by_role("combobox", name="Result goes to")


def test_a_run_on_a_selection_adds_a_panel_unless_it_is_to_replace_one(stage: Stage) -> None:
    hand = stage.open(methods=("occlusion", "gradient"), kernel={"pace": 20})
    expect(goes(stage)).to_have_value("replace")
    stage.change("selection", {"bands": [{"op": "add", "rows": [5, 9], "columns": None}]})
    expect(goes(stage)).to_have_value("new")
    name = "occlusion, acc 2 z–gyro z"
    expect(goes(stage)).to_have_attribute("title", f'A new panel: "{name}"')
    hand.button("Run").click()
    hand.expect_state("running")
    cancel = hand.root.locator(".hb-run").get_by_role("button", name="Cancel", exact=True)
    expect(cancel).to_be_visible()
    expect(hand.panel(name)).to_contain_text("within the selection")
    hand.expect_state("idle")
    expect(hand.panel("occlusion")).not_to_contain_text("within the selection")
    assert order(stage) == ["input", "occlusion", name, "gradient"]
    hand.panel("gradient").focus()
    goes(stage).select_option("replace")
    expect(goes(stage)).to_have_attribute("title", 'Replaces "occlusion"')
    hand.button("Run").click()
    expect(hand.panel("occlusion")).to_contain_text("within the selection")
    hand.expect_state("idle")
    assert [sent["panel"] for sent in stage.sent("run")] == [name, "occlusion"]
    hand.choose("gradient")
    expect(goes(stage)).to_have_value("new")


def test_a_run_that_adds_a_panel_is_cancelled_from_the_toolbar(stage: Stage) -> None:
    hand = stage.open(methods=("occlusion",), kernel={"pace": 400}, selection=SELECTION)
    hand.button("Run").click()
    hand.expect_state("running")
    assert len(order(stage)) == 3
    hand.root.locator(".hb-run").get_by_role("button", name="Cancel", exact=True).click()
    hand.expect_state("idle")
    stage.frames()
    assert order(stage) == ["input", "occlusion"]
    expect(hand.button("Run")).to_be_visible()


# ------------------------------------------------------------------ a page of a real view


def test_a_saved_page_keeps_pins_and_differences_from_sample_to_sample(
    page: Page, watch: Watch, tmp_path: Path
) -> None:
    def model(batch: np.ndarray) -> np.ndarray:
        return np.stack([batch[:, :, :5].mean((1, 2, 3)), batch[:, :, 5:].mean((1, 2, 3))], 1)

    X = np.random.default_rng(0).normal(size=(3, 4, 10)).astype("float32")
    patch = ("occlusion", {"patch": (1, 1), "stride": (1, 1)})
    view = hb.compare(
        hb.Explainer(model, classes=["left", "right"]), X, {"a": "occlusion", "b": patch}
    )
    try:
        view.pin("a")
        view.difference("b", "a")
        file = view.save_html(tmp_path / "page.html", all_samples=True)
    finally:
        view.close()
    page.goto(file.as_uri())
    hand = Hand(page)
    names = ["input", "a", "b", "b - a"]
    panels = hand.root.locator(".heatbrush-panel")
    shown = {name: hand.pixels(name) for name in names}
    hand.panel("b - a").focus()
    page.keyboard.press("<")
    page.keyboard.press("<")
    hand.button("Next sample").click()
    expect(hand.panel("a").locator(".hb-title").first).to_contain_text("pinned: sample 0")
    after = {name: hand.pixels(name) for name in names}
    assert [name for name in names if after[name] == shown[name]] == ["a"]
    assert panels.evaluate_all("(all) => all.map((one) => one.dataset.panel)") == [
        "input", "b - a", "a", "b",
    ]  # fmt: skip
    hand.button("Previous sample").click()
    expect(hand.panel("a").locator(".hb-title").first).not_to_contain_text("sample 0")
    assert {name: hand.pixels(name) for name in names} == shown
    watch.assert_clean()


def test_a_run_that_nobody_sees_says_where_it_goes(stage: Stage) -> None:
    hand = stage.open(methods=("occlusion",), kernel={"pace": 1}, selection=SELECTION)
    hand.panel("occlusion").get_by_role("button", name="Enlarge").click()
    hand.button("Run").click()
    hand.expect_status("^occlusion, .* fills a panel that is seen after Back")
