"""Matrices of which a page holds no whole map: what is drawn, asked for and said of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from browser.bridge import Bridge
from heatbrush.jobs.worker import InlineWorker
from heatbrush.view import View
from heatbrush_core import Region

H, W = 1500, 1200
SHAPE = (H, W)
SPOT = (301, 899)
MIB = 2**20

Open = Callable[..., Bridge]


def slope() -> np.ndarray:
    """Each cell has a value of its own, of both signs."""
    return (np.arange(H * W, dtype="float32").reshape(SHAPE) - H * W / 2) / (H * W)


def spot() -> np.ndarray:
    map = np.zeros(SHAPE, "float32")
    map[SPOT] = 1
    return map


@pytest.fixture(scope="module")
def maps() -> tuple[np.ndarray, dict[str, np.ndarray]]:
    return slope() + 1, {"slope": slope(), "spot": spot()}


@pytest.fixture
def open_large(page: Page, maps: Any) -> Iterator[Open]:
    X, methods = maps
    view = View(None, X, methods, charts=False, snapshot=False, worker=InlineWorker)
    yield lambda **look: opened(Bridge(page, view), **look)
    view.close()


def opened(bridge: Bridge, **look: Any) -> Bridge:
    bridge.open(**look)
    quiet(bridge)
    return bridge


def quiet(bridge: Bridge) -> None:
    """Wait until nothing is asked for any more, and what is there is drawn."""
    bridge.page.evaluate(
        """async () => {
          const frame = () => new Promise((done) => requestAnimationFrame(done));
          for (let before = -1; before !== bridge.sent.length || bridge.under > 0; ) {
            before = bridge.sent.length;
            await new Promise((done) => setTimeout(done, 150));
            for (let _ = 0; _ < 3; _++) await frame();
          }
        }"""
    )


def asked(bridge: Bridge, kind: str) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = bridge.page.evaluate("bridge.sent")
    return [message for message in sent if message["kind"] == kind]


def zoom(bridge: Bridge, name: str, cell: tuple[int, int], turns: int) -> None:
    """Turn the wheel over a cell of the whole map."""
    x, y = bridge.hand.point(name, cell[0] + 0.5, cell[1] + 0.5, SHAPE)
    bridge.page.mouse.move(x, y)
    bridge.page.keyboard.down("Control")
    for _ in range(turns):
        bridge.page.mouse.wheel(0, -80)
    bridge.page.keyboard.up("Control")
    quiet(bridge)


def colour(bridge: Bridge, name: str, x: float, y: float) -> list[int]:
    """Return the colour at a place of a map, as a part of its width and height."""
    found: list[int] = bridge.hand.canvas(name).evaluate(
        """(canvas, [x, y]) => Array.from(canvas.getContext("2d").getImageData(
          Math.floor(x * canvas.width), Math.floor(y * canvas.height), 1, 1).data)""",
        [x, y],
    )
    return found


def test_one_cell_of_two_million_is_seen_unless_the_mean_is_chosen(open_large: Open) -> None:
    bridge = open_large()
    hand, page = bridge.hand, bridge.page
    at = (SPOT[1] + 0.5) / W, (SPOT[0] + 0.5) / H
    hand.button("View").click()
    page.get_by_role("menuitemradio", name="Limits at the largest value").click()
    quiet(bridge)
    expect(hand.panel("spot")).to_contain_text("strongest of each 4 × 4 cells")
    zero = colour(bridge, "spot", 0.1, 0.1)
    red, _, blue, _ = colour(bridge, "spot", *at)
    assert red > blue + 60
    hand.button("View").click()
    page.get_by_role("menuitemradio", name="Mean of each block").click()
    quiet(bridge)
    expect(hand.panel("spot")).to_contain_text("mean of each 4 × 4 cells")
    assert np.abs(np.subtract(colour(bridge, "spot", *at), zero)).max() < 30


def test_zoomed_to_its_cells_each_is_drawn_and_read_exactly(open_large: Open) -> None:
    bridge = open_large()
    zoom(bridge, "slope", SPOT, 14)
    expect(bridge.hand.panel("slope")).to_contain_text("cell by cell")
    value = float(slope()[SPOT])
    assert round(value, 3) == -0.299
    for name, told in (("slope", "−.299"), ("spot", "+1.000")):
        expect(bridge.hand.panel(name).locator(".hb-right")).to_contain_text(told)
    expect(bridge.hand.root.locator(".hb-readout")).to_contain_text("301, 899: .701")


def test_a_repaint_takes_no_more_than_a_mebibyte_per_panel(open_large: Open) -> None:
    bridge = open_large(width=1900)
    for turns in (0, 3, 5, 7):
        bridge.page.evaluate("bridge.bytes = 0; bridge.sent = []")
        zoom(bridge, "slope", SPOT, turns)
        for message in asked(bridge, "blocks"):
            (r0, r1), (c0, c1) = message["rows"], message["columns"]
            assert 2 * (r1 - r0) * (c1 - c0) <= MIB
    # the last turns: what was passed over meanwhile was not sent for all panels
    assert bridge.page.evaluate("bridge.bytes") <= 4 * 3 * MIB


def test_a_slow_line_is_asked_one_thing_at_a_time_and_the_newest_last(open_large: Open) -> None:
    bridge = open_large()
    bridge.page.evaluate("bridge.delay = 300; bridge.sent = []")
    zoom(bridge, "slope", SPOT, 10)
    bridge.page.wait_for_function("bridge.open === 0")
    found = asked(bridge, "blocks")
    # ten turns of three panels would be thirty
    assert {message["panel"] for message in found} == {None, "slope", "spot"} and len(found) <= 6
    assert bridge.page.evaluate("bridge.most") == 1
    expect(bridge.hand.panel("spot")).to_contain_text("cell by cell")


def test_the_brush_selects_cells_of_the_whole_matrix(open_large: Open) -> None:
    bridge = open_large()
    bridge.hand.drag("slope", (300, 200), (900, 600), SHAPE)
    quiet(bridge)
    r0, r1, c0, c1 = bridge.view.selection.bands[0].rectangle
    assert abs(r0 - 300) < 4 and abs(r1 - 901) < 8 and abs(c0 - 200) < 4 and abs(c1 - 601) < 8
    expect(bridge.hand.root.locator(".heatbrush-status")).to_contain_text("cells selected")
    bridge.hand.root.get_by_role("button", name="Panel menu of spot").click()
    bridge.page.get_by_role("menuitem", name="Strongest cells").click()
    bridge.page.get_by_role("menuitem", name="1 %").first.click()
    quiet(bridge)
    assert bridge.view.selection == Region.rectangle(SPOT[0], SPOT[0] + 1, SPOT[1], SPOT[1] + 1)
    bridge.hand.expect_status("1 % are 18,000 cells, but only 1 are other than 0")


def test_zoom_by_buttons_and_the_minimap_by_mouse_and_keys(open_large: Open) -> None:
    bridge = open_large()
    hand, page = bridge.hand, bridge.page
    minimap = hand.root.get_by_role("button", name="Minimap")
    expect(minimap).to_be_hidden()
    expect(hand.button("Zoom out")).to_have_attribute("aria-disabled", "true")
    for _ in range(5):
        hand.button("Zoom in").click()
    half = [n * 1.5**-5 / 2 for n in SHAPE]
    r0, c0 = (math.floor(n / 2 - part) for n, part in zip(SHAPE, half, strict=True))
    seen = f"Rows {r0}–{H - 1 - r0}, columns {c0}–{W - 1 - c0} are seen"
    expect(minimap).to_have_attribute("title", f"{seen}. Drag to move.")
    box = minimap.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 1, box["y"] + 1)
    rows, columns = (math.ceil(2 * part) - 1 for part in half)
    seen = f"Rows 0–{rows}, columns 0–{columns} are seen"
    expect(minimap).to_have_attribute("title", f"{seen}. Drag to move.")
    minimap.focus()
    page.keyboard.press("ArrowDown")
    moved = half[0] / 2
    rows = f"{math.floor(moved)}–{math.ceil(moved + 2 * half[0]) - 1}"
    seen = f"Rows {rows}, columns 0–{columns} are seen"
    expect(minimap).to_have_attribute("aria-label", f"Minimap. {seen}. Arrow keys move.")
    hand.button("Whole matrix").focus()
    page.keyboard.press("Enter")
    expect(minimap).to_be_hidden()


def test_a_saved_page_says_that_it_holds_blocks(open_large: Open, tmp_path: Path) -> None:
    bridge = open_large()
    bridge.view.save_html(tmp_path / "large.html")
    assert (tmp_path / "large.html").stat().st_size < 5 * MIB
    bridge.page.goto((tmp_path / "large.html").as_uri())
    hand = bridge.hand
    hand.canvas("slope").wait_for()
    hand.expect_status("It holds reduced maps: one value of each 4 × 4 cells")
    expect(hand.panel("spot")).to_contain_text("strongest of each 4 × 4 cells")
    x, y = hand.point("spot", SPOT[0] + 0.5, SPOT[1] + 0.5, SHAPE)
    bridge.page.mouse.move(x, y)
    expect(hand.panel("spot").locator(".hb-right")).to_contain_text(
        "strongest of its block: +1.000"
    )
    hand.button("Export").click()
    entry = bridge.page.get_by_role("menuitem", name="npz")
    expect(entry).to_have_attribute("title", "This page holds only blocks of its large maps.")
