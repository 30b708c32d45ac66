"""The bundle in pages unlike ours: their colours, direction, boxes, paper, wheel, fingers."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from browser.stage import Stage


@pytest.mark.parametrize(
    ("ground", "tone"),
    [
        ("oklch(0.15 0.02 250)", "dark"),
        ("color(srgb 0.98 0.98 0.98)", "light"),
        ("lab(20 0 0)", "dark"),
        ("#fff", "light"),
    ],
)
def test_the_tone_is_that_of_the_page(stage: Stage, ground: str, tone: str) -> None:
    """Whatever notation the page's colour is in; half-transparent layers are looked through."""
    hand = stage.open()
    stage.page.evaluate(
        """(ground) => {
          document.body.removeAttribute("data-jp-theme-light");
          document.body.style.background = ground;
          stage.home.style.background = "color(srgb 0.5 0.5 0.5 / 0.3)";
        }""",
        ground,
    )
    stage.page.evaluate("document.body.className = 'changed'")
    expect(hand.root).to_have_attribute("data-tone", tone)


@pytest.mark.parametrize(("schemes", "tone"), [("normal", "light"), ("light dark", "dark")])
def test_a_page_that_paints_nothing_is_as_the_browser_paints_it(
    stage: Stage, schemes: str, tone: str
) -> None:
    """White, whatever the reader's system prefers, unless the page says that it can be dark."""
    stage.page.emulate_media(color_scheme="dark")
    hand = stage.open()
    stage.page.evaluate(
        """(schemes) => {
          document.documentElement.style.colorScheme = schemes;
          document.body.removeAttribute("data-jp-theme-light");
          document.body.style.background = "none";
          document.body.className = "changed";
        }""",
        schemes,
    )
    expect(hand.root).to_have_attribute("data-tone", tone)


def test_the_view_has_a_width_where_the_page_gives_none(stage: Stage) -> None:
    hand = stage.open()
    stage.page.evaluate(
        """() => {
          const row = document.createElement("div");
          const wrapped = document.createElement("div");
          row.style.cssText = "display: flex; width: 900px";
          row.append("beside", wrapped);
          stage.home.style.width = "";
          wrapped.append(stage.home);
          document.body.append(row);
        }"""
    )
    expect(hand.canvas("input")).to_be_visible()
    assert hand.root.bounding_box()["width"] >= 360
    # a box that is as wide as what it holds, where there is room and where there is less
    for room, least, most in ((1400, 940, 1000), (700, 690, 700)):
        stage.page.evaluate(
            """(room) => {
              document.body.style.width = `${room}px`;
              const row = stage.home.parentElement.parentElement;
              row.style.cssText = "display: flex; width: fit-content";
              row.firstChild.textContent = "";
            }""",
            room,
        )
        assert least <= hand.root.bounding_box()["width"] <= most
    stage.page.evaluate("stage.home.parentElement.replaceWith(stage.home)")
    stage.page.evaluate("document.body.style.width = ''")
    stage.page.wait_for_function("document.querySelector('.heatbrush').clientWidth > 700")


def test_numbers_keep_their_order_beside_names_from_right_to_left(stage: Stage) -> None:
    names = ["\u05d7\u05dd", "\u05e7\u05e8", "looseness", "imbalance"]
    hand = stage.open(classes=names)
    stage.page.evaluate("document.documentElement.dir = 'rtl'")
    assert hand.root.evaluate("(root) => getComputedStyle(root).direction") == "ltr"
    table = hand.root.get_by_role("table", name="Class scores")
    name, number = (table.locator("tbody tr").first.locator(cell) for cell in ("th", "td >> nth=1"))
    assert name.bounding_box()["x"] < number.bounding_box()["x"]
    assert name.evaluate("(cell) => getComputedStyle(cell).unicodeBidi") == "isolate"


def test_on_paper_nothing_is_cut_off(stage: Stage) -> None:
    """The maps take the width of a sheet before it is printed, and theirs again after it."""
    hand = stage.open(width=1300)
    before = hand.canvas("input").bounding_box()["width"]
    stage.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    profile = hand.panel("input").locator(".hb-plot > svg")
    assert hand.canvas("input").bounding_box()["width"] < 680
    assert profile.bounding_box()["x"] + profile.bounding_box()["width"] <= 700
    stage.page.evaluate("dispatchEvent(new Event('afterprint'))")
    stage.frames()
    assert hand.canvas("input").bounding_box()["width"] == before


def test_the_wheel_with_control_zooms_the_map_and_not_the_page(stage: Stage) -> None:
    hand = stage.open()
    page = stage.page
    page.evaluate(
        "window.seen = []; addEventListener('wheel', (e) => seen.push(e.defaultPrevented))"
    )
    renders = hand.canvas("occlusion").get_attribute("data-renders")
    for part in (".hb-title", ".hb-corner"):
        box = hand.panel("occlusion").locator(part).first.bounding_box()
        page.mouse.move(box["x"] + 5, box["y"] + 5)
        page.keyboard.down("Control")
        page.mouse.wheel(0, -100)
        page.keyboard.up("Control")
        page.wait_for_function("seen.length > 0")
        assert page.evaluate("seen.splice(0)") == [True]
    stage.frames()
    assert hand.canvas("occlusion").get_attribute("data-renders") != renders


def test_two_fingers_scroll_the_page_over_a_map_that_is_seen_whole(chrome: Browser) -> None:
    context = chrome.new_context(has_touch=True, viewport={"width": 1100, "height": 500})
    stage = Stage(context.new_page())
    hand = stage.open()
    devtools = context.new_cdp_session(stage.page)
    x, y = hand.point("input", 10, 60, stage.shape)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": left, "y": top, "id": i} for i, (left, top) in enumerate(places)]
        devtools.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})

    start = stage.page.evaluate("scrollY")
    touch("Start", (x, y))
    touch("Start", (x, y), (x + 100, y))
    for up in (20, 40, 60):
        touch("Move", (x, y - up), (x + 100, y - up))
    touch("End")
    stage.frames()
    assert stage.page.evaluate("scrollY") - start == pytest.approx(60, abs=15)
    assert stage.bands == []
    context.close()
