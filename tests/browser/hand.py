"""A view in the browser, as a reader's hand and eye meet it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from browser.soon import soon

DRAWN = 'canvas.heatbrush-map:not([data-renders="0"])'


class Hand:
    """One heatbrush view on a page."""

    def __init__(self, page: Page, index: int = 0) -> None:
        self.page = page
        self.root: Locator = page.locator(".heatbrush:not(.hb-strip)").nth(index)

    def panel(self, name: str) -> Locator:
        return self.root.locator(f'.heatbrush-panel[data-panel="{name}"]')

    def canvas(self, name: str) -> Locator:
        """The map of a panel, once it is drawn: an empty canvas has a size, too."""
        return self.panel(name).locator(DRAWN)

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name, exact=True)

    def entry(self, method: str) -> Locator:
        """A method in the open picker."""
        return self.root.get_by_role("option", name=re.compile(rf"^{method} [A-Z]"))

    def choose(self, method: str) -> None:
        """Choose a method from the picker."""
        self.root.get_by_role("combobox", name="Method").click()
        self.entry(method).click()

    def goes(self, place: str) -> None:
        """Choose where a run goes: "new" or "replace"."""
        self.root.get_by_role("combobox", name="Result goes to").select_option(place)

    @property
    def state(self) -> str | None:
        return self.root.get_attribute("data-state")

    def point(
        self, name: str, row: float, column: float, shape: tuple[int, int]
    ) -> tuple[float, float]:
        """Page coordinates of a place in cells (0.5 is the middle of the first cell), unzoomed."""
        canvas = self.canvas(name)
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        assert box is not None
        x = box["x"] + box["width"] * column / shape[1]
        return x, box["y"] + box["height"] * row / shape[0]

    def drag(
        self,
        name: str,
        start: tuple[float, float],
        end: tuple[float, float],
        shape: tuple[int, int],
        hold: str | None = None,
        steps: int = 8,
        drop: bool = True,
    ) -> None:
        """Press on one cell's middle and drag to another's; `hold` is a modifier key."""
        first = self.point(name, start[0] + 0.5, start[1] + 0.5, shape)
        last = self.point(name, end[0] + 0.5, end[1] + 0.5, shape)
        if hold:
            self.page.keyboard.down(hold)
        self.page.mouse.move(*first)
        self.page.mouse.down()
        self.page.mouse.move(*last, steps=steps)
        if drop:
            self.page.mouse.up()
        if hold:
            self.page.keyboard.up(hold)

    def pixels(self, name: str) -> int:
        """A number that changes when what a canvas shows changes."""
        return self.canvas(name).evaluate(
            """(canvas) => {
              const pen = canvas.getContext('2d');
              const image = pen.getImageData(0, 0, canvas.width, canvas.height);
              return image.data.reduce((sum, value) => (Math.imul(sum, 31) + value) | 0, 17);
            }"""
        )

    def expect_pixels(self, name: str, pixels: int) -> None:
        """Wait until a canvas shows what gave this number."""
        soon(self.page, lambda: self.pixels(name), pixels)

    def expect_other_pixels(self, name: str, pixels: int) -> None:
        """Wait until a canvas shows something else."""
        soon(self.page, lambda: self.pixels(name) != pixels, True)

    def expect_state(self, state: str, timeout: float = 30_000) -> None:
        expect(self.root).to_have_attribute("data-state", state, timeout=timeout)

    def expect_status(self, pattern: str, timeout: float = 30_000) -> None:
        status = self.root.locator(".heatbrush-status")
        expect(status).to_contain_text(re.compile(pattern), timeout=timeout)
