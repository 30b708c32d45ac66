"""The panel of what the model returns: whole, without the selection, only it, the difference."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from browser.hand import Hand
from browser.soon import soon
from browser.stage import Stage


def value(stage: Stage, hand: Hand, row: float, column: float) -> str:
    """What the title says of a cell under the crosshair."""
    stage.page.mouse.move(*hand.point("output", row + 0.5, column + 0.5, stage.shape))
    stage.frames()
    return hand.panel("output").locator(".hb-right > b").inner_text()


def choose(hand: Hand, label: str) -> None:
    hand.panel("output").get_by_role("button", name=label, exact=True).click()


def test_the_output_follows_the_brush_and_asks_for_the_newest_selection_only(stage: Stage) -> None:
    hand = stage.open("wide", returned="landmarks", width=1200)
    panel = hand.panel("output")
    expect(panel.locator(".hb-said").first).to_contain_text("head")
    expect(panel.locator(".hb-said").first).to_contain_text("each cell stands for 4 × 4")
    expect(panel).to_have_attribute("aria-label", "the model's output, head")
    whole = value(stage, hand, 9, 22)
    # the cells that one cell of the map stands for have one value
    assert value(stage, hand, 8, 23) == whole != value(stage, hand, 8, 24)
    assert stage.sent("output") == []  # the whole map came with the sample
    choose(hand, "without selection")
    assert stage.get("options")["output"] == "without"
    stage.frames()
    assert stage.sent("output") == [] and value(stage, hand, 9, 22) == whole
    stage.drag((8, 16), (15, 31))
    soon(stage.page, lambda: stage.sent("output")[-1]["selection"], stage.get("selection"))
    # where nothing is left, the mock's output is a sigmoid of 0
    soon(stage.page, lambda: value(stage, hand, 9, 22), ".500")
    outside = value(stage, hand, 2, 4)
    choose(hand, "selection only")
    soon(stage.page, lambda: value(stage, hand, 2, 4), ".500")
    assert value(stage, hand, 9, 22) == whole
    choose(hand, "difference")
    soon(stage.page, lambda: float(value(stage, hand, 2, 4).replace("−", "-")), 0)
    lost = float(value(stage, hand, 9, 22).replace("−", "-"))
    assert abs(lost - (0.5 - float(whole))) < 0.002
    choose(hand, "output")
    assert value(stage, hand, 2, 4) == outside
    asked = [each["ask"] for each in stage.sent("output")]
    assert asked == sorted(set(asked))


def test_nothing_is_asked_while_the_panel_is_not_seen(stage: Stage) -> None:
    hand = stage.open("wide", returned="landmarks", width=1200)
    choose(hand, "without selection")
    hand.panel("gradient").get_by_role("button", name=re.compile("^Enlarge")).click()
    hand.drag("gradient", (8, 16), (15, 31), stage.shape)
    stage.expect_asked()
    assert stage.sent("output") == []
    stage.page.keyboard.press("Escape")
    soon(stage.page, lambda: len(stage.sent("output")), 1)
    hand.panel("output").get_by_role("button", name="Panel menu of output").click()
    hand.root.get_by_role("menuitem", name=re.compile("^Remove")).click()
    expect(hand.panel("output")).to_have_count(0)
    hand.button("Clear").click()
    stage.drag((4, 4), (9, 9))
    stage.expect_asked()
    assert len(stage.sent("output")) == 1
    hand.button("View").click()
    hand.root.get_by_role("menuitemcheckbox", name="Output").click()
    expect(hand.panel("output")).to_be_visible()


def test_an_output_and_a_channel_are_chosen_and_what_is_not_there_is_asked_for(
    stage: Stage,
) -> None:
    hand = stage.open("wide", returned="two", width=1200)
    panel = hand.panel("output")

    def menu(*labels: str) -> None:
        for label in labels:
            panel.get_by_role("button", name="Panel menu of output").click()
            hand.root.get_by_role("menuitem", name=re.compile(f"^{label}")).click()

    def take(label: str) -> None:
        hand.root.get_by_role("menuitemradio", name=label, exact=True).click()

    first, second = value(stage, hand, 5, 60), ""
    menu("Channel")
    take("vessel")
    soon(stage.page, lambda: stage.get("options")["output_channel"], 1)
    second = value(stage, hand, 5, 60)
    assert abs(float(second.replace("−", "-")) - 2 * float(first.replace("−", "-"))) < 0.02
    menu("Output")
    take("steps")
    expect(panel.locator(".hb-said").first).to_contain_text("one answer per column: all rows alike")
    assert value(stage, hand, 2, 60) == value(stage, hand, 17, 60)
    menu("Channel")
    take("rest")
    soon(stage.page, lambda: [each["part"] for each in stage.sent("output")], ["whole"])
    stage.page.wait_for_function("() => document.querySelector('[data-panel=output]')")
    soon(stage.page, lambda: value(stage, hand, 2, 60) != "not computed", True)


def test_a_saved_page_shows_the_whole_map_and_says_what_needs_the_kernel(stage: Stage) -> None:
    hand = stage.open(
        "square",
        returned="landmarks",
        things="landmarks",
        live=False,
        options={**stage_options(stage), "output": "without", "things": "all"},
    )
    panel = hand.panel("output")
    expect(panel).to_have_attribute("aria-label", "the model's output, head, 3 marks")
    expect(panel.locator(".hb-thing")).to_have_count(3)
    assert float(value(stage, hand, 9, 22)) > 0
    panel.get_by_role("button", name="Panel menu of output").click()
    item = hand.root.get_by_role("menuitemradio", name=re.compile("^without selection"))
    expect(item).to_have_attribute("aria-disabled", "true")
    expect(item).to_have_attribute("title", re.compile("saved page.*whole matrix is here"))
    assert stage.sent("output") == []


def test_a_model_without_a_map_has_no_such_panel(stage: Stage) -> None:
    hand = stage.open("square")
    expect(hand.panel("output")).to_have_count(0)
    hand.button("View").click()
    expect(hand.root.get_by_role("menuitemcheckbox", name="Output")).to_have_count(0)


def stage_options(stage: Stage) -> dict[str, object]:
    stage.open("square")
    options: dict[str, object] = stage.get("options")
    return options
