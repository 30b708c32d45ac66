"""Marks of what a network of maps found: clicked, pointed at, under the brush, many of them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import pytest
from playwright.sync_api import Locator, expect

from browser.hand import Hand
from browser.stage import Stage
from browser.test_bundle_pictures import saved, texts

# of "square", 64 x 64: where the mock finds the landmarks
HEAD, TAIL, FIN = (16, 19.2), (38.4, 48), (51.5, 28.8)


def mark(hand: Hand, line: int, panel: str = "input") -> Locator:
    return hand.panel(panel).locator(f'.hb-thing[data-line="{line}"]')


def rows(hand: Hand) -> Locator:
    return hand.root.locator(".hb-scores tbody tr")


def places(mark: Locator) -> tuple[float, float]:
    """The middle of a mark, in pixels of the page."""
    box = mark.locator(".hb-thing-core").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_click_on_a_mark_makes_it_the_target_and_leaves_the_selection(stage: Stage) -> None:
    hand = stage.open("square", things="landmarks", selection={"bands": []})
    stage.drag((2, 40), (6, 50))
    selected = stage.bands
    page = stage.page
    for mode in ("Rectangle", "Cells"):
        hand.button(mode).click()
        page.mouse.move(*hand.point("input", TAIL[0] + 0.5, TAIL[1] + 0.5, stage.shape))
        expect(mark(hand, 1)).to_have_attribute("data-hot", "")
        expect(rows(hand).nth(1)).to_have_attribute("data-hot", "")
        assert hand.canvas("input").evaluate("(map) => map.style.cursor") == "pointer"
        page.mouse.down()
        page.mouse.up()
        assert stage.sent("show")[-1] == {"kind": "show", "sample": None, "a": 1, "b": None}
        expect(mark(hand, 1)).to_have_attribute("data-target", "")
        expect(rows(hand).nth(1)).to_have_attribute("data-target", "")
        stage.change("target", {"a": 0, "b": None, "given": False})
    assert stage.bands == selected
    # a press that moves draws, and one with Shift adds to the selection
    asked = len(stage.sent("show"))
    hand.button("Rectangle").click()
    stage.drag((TAIL[0], TAIL[1]), (TAIL[0] + 4, TAIL[1] + 4))
    assert stage.bands == [("add", [38, 43], [48, 53])]
    page.mouse.move(*hand.point("input", 2.5, 2.5, stage.shape))
    expect(hand.root.locator("[data-hot]")).to_have_count(0)
    assert len(stage.sent("show")) == asked


def test_a_line_of_the_list_marks_its_thing_for_pointer_and_keys(stage: Stage) -> None:
    hand = stage.open("square", things="landmarks")
    table = hand.root.get_by_role("grid", name="Scores of targets")
    rows(hand).nth(2).hover()
    expect(mark(hand, 2)).to_have_attribute("data-hot", "")
    # what is pointed at has its name and its score, whatever else is there
    expect(mark(hand, 2).locator("text")).to_have_text("2 fin .42")
    stage.page.mouse.move(5, 600)
    expect(hand.root.locator("[data-hot]")).to_have_count(0)
    table.focus()
    expect(mark(hand, 0)).to_have_attribute("data-hot", "")
    stage.page.keyboard.press("ArrowDown")
    expect(mark(hand, 1)).to_have_attribute("data-hot", "")
    active = table.get_attribute("aria-activedescendant")
    assert rows(hand).nth(1).get_attribute("id") == active
    stage.page.keyboard.press("Enter")
    assert stage.sent("show")[-1]["a"] == 1
    expect(rows(hand).nth(1)).to_have_attribute("aria-selected", "true")
    stage.page.keyboard.press("End")  # a target that is no thing has a line and no mark
    expect(rows(hand).nth(3)).to_have_attribute("data-hot", "")
    expect(hand.root.locator(".hb-thing[data-hot]")).to_have_count(0)
    rows(hand).nth(3).click()
    assert stage.sent("show")[-1]["a"] == 3
    expect(hand.panel("input")).to_have_attribute("aria-label", re.compile("3 marks"))


def test_marks_fade_and_are_struck_as_their_scores_fall_under_the_brush(stage: Stage) -> None:
    hand = stage.open("square", things="landmarks")
    hand.drag("input", (8, 8), (24, 28), stage.shape, drop=False)
    expect(mark(hand, 0)).to_have_attribute("data-struck", "")
    expect(mark(hand, 0).locator("text")).to_have_text("0 head .97 → .00")
    expect(mark(hand, 1)).not_to_have_attribute("data-struck", "")
    faded, whole = (
        float(mark(hand, line).evaluate("(mark) => getComputedStyle(mark).opacity"))
        for line in (0, 1)
    )
    assert faded < 0.7 and whole == 1
    stage.page.mouse.up()
    hand.button("Clear").click()
    expect(mark(hand, 0)).not_to_have_attribute("data-struck", "")


def test_of_fifty_things_the_list_scrolls_and_the_target_stays_in_sight(stage: Stage) -> None:
    hand = stage.open("square", things="many")
    box = hand.root.locator(".hb-lines")
    assert rows(hand).count() == 51
    assert box.bounding_box()["height"] < 160
    numbers = hand.panel("input").locator(".hb-thing > text:not([hidden])")
    assert numbers.count() > 40
    assert re.fullmatch(r"\d+", numbers.last.text_content())
    wanted = rows(hand).nth(40)

    def within(row: Locator) -> bool:
        # the cells of a row stick to an edge, not the row
        here, there = row.locator("td").first.bounding_box(), box.bounding_box()
        return (
            there["y"] <= here["y"] and here["y"] + here["height"] <= there["y"] + there["height"]
        )

    assert within(rows(hand).nth(0)) and not within(wanted)
    stage.page.mouse.move(*places(mark(hand, 40)))
    expect(wanted).to_have_attribute("data-hot", "")
    stage.frames()
    assert within(wanted) and within(rows(hand).nth(0))
    expect(mark(hand, 40).locator("text")).to_contain_text("40 cell .39")
    stage.page.mouse.down()
    stage.page.mouse.up()
    expect(wanted).to_have_attribute("data-target", "")
    box.evaluate("(box) => { box.scrollTop = 0 }")
    assert within(wanted) and within(rows(hand).nth(1))
    # 51 targets are found by typing
    expect(hand.root.get_by_role("button", name=re.compile("^Target class: cell"))).to_be_visible()
    drawn = ElementTree.fromstring(saved(stage, "Export", "SVG"))
    said = texts(drawn)
    assert sum(each.startswith("cell at ") for each in said) >= 9 and "42 more" in said
    assert rows(hand).nth(30).is_visible() is True


@pytest.mark.parametrize("flipped", [False, True])
def test_marks_stay_on_their_cells_flipped_zoomed_and_in_another_order(
    stage: Stage, flipped: bool
) -> None:
    hand = stage.open("square", things="landmarks")
    options = {**stage.get("options"), "flipped": flipped}
    stage.change("options", options)
    stage.frames()
    height = stage.shape[0]

    def expected(place: tuple[float, float]) -> tuple[float, float]:
        row = height - 1 - place[0] if flipped else place[0]
        return hand.point("input", row + 0.5, place[1] + 0.5, stage.shape)

    fin = places(mark(hand, 2))
    assert fin == pytest.approx(expected(FIN), abs=1)
    stage.page.mouse.move(*fin)
    stage.page.keyboard.down("Control")
    for _ in range(4):
        stage.page.mouse.wheel(0, -120)
    stage.page.keyboard.up("Control")
    stage.frames()
    assert places(mark(hand, 2)) == pytest.approx(fin, abs=1.5)  # it was zoomed around it
    hand.panel("input").focus()
    stage.page.keyboard.press("0")
    stage.change("options", {**options, "order": "name", "descending": True})
    stage.frames()
    labels = stage.get("axes")["rows"]["labels"]
    order = sorted(range(height), key=lambda row: -int(labels[row].split()[1]))
    place = order.index(52) - 0.5  # 51.5 lies half a row before the middle of row 52
    assert places(mark(hand, 2)) == pytest.approx(expected((place, FIN[1])), abs=1)


def test_marks_are_on_the_input_on_all_panels_or_nowhere(stage: Stage) -> None:
    hand = stage.open("square", things="parts")
    assert hand.panel("input").locator(".hb-thing").count() == 3
    assert hand.panel("occlusion").locator(".hb-thing").count() == 0
    for item, counts in (("Marks on all panels", [3, 3]), ("No marks", [0, 0])):
        hand.button("View").click()
        hand.root.get_by_role("menuitemradio", name=re.compile(f"^{item}")).click()
        for panel, count in zip(("input", "occlusion"), counts, strict=True):
            expect(hand.panel(panel).locator(".hb-thing")).to_have_count(count)
    assert stage.get("options")["things"] == "none"


def test_a_saved_page_points_at_things_and_says_why_none_becomes_the_target(stage: Stage) -> None:
    hand = stage.open("square", things="boxes", live=False)
    drawn = ElementTree.fromstring(saved(stage, "Export", "SVG"))
    assert "0 whale .95" in texts(drawn)
    core = mark(hand, 1).locator(".hb-thing-core").bounding_box()
    stage.page.mouse.move(core["x"] + 2, core["y"] + core["height"] / 2)
    expect(rows(hand).nth(1)).to_have_attribute("data-hot", "")
    stage.page.mouse.down()
    stage.page.mouse.up()
    assert stage.sent("show") == []
    hand.expect_status("Another target needs the kernel")
